#pragma once
// Labels, or counts of successes, as the numbers that a loss sees.

#include <gradus/data/labels.hpp>
#include <gradus/models/preparation.hpp>

namespace gradus::detail {

/// The rows of a classification. `prepared` looks at y and weights, which may be moved but not changed.
template <Scalar S, class Label>
struct ClassSample {
    Classes<Label> classes;
    Vector<S> y;        ///< n class codes; with trials the share of successes
    Vector<S> weights;  ///< with trials: how many single outcomes each row stands for
    Prepared<S> prepared;
};

/// n labels, of the classes given or, when there are none, of those found, sorted. Throws InvalidInput.
template <Scalar S, class Label, class Data>
GRADUS_ONCE ClassSample<S, Label> sample_of_labels(const Data& data, const Classes<Label>& classes,
                                                   const std::vector<std::string>& names) {
    const Index n = row_count(data.y_part());
    ClassSample<S, Label> out;
    out.classes = classes;
    const auto counts = [&](Index i) {
        if constexpr (Data::has_weights)
            return i >= row_count(data.weights_part()) || view_of<S>(data.weights_part())(i, 0) > S(0);
        else return static_cast<void>(i), true;
    };
    if (data.X_part().rows() != n) reject("X has ", data.X_part().rows(), " rows, y has ", n);
    if (n == 0) reject("X has no rows");
    out.y = encode_labels<S>(data.y_part(), n, out.classes, counts);
    const Index K = static_cast<Index>(out.classes.size());
    out.prepared = prepare<S>(data, DenseView<S>(out.y), K == 2 ? 1 : K, names);
    return out;
}

/// m_i outcomes of which y_i are successes: the share y_i / m_i with weight s_i m_i, the classes are 0 and 1. Throws InvalidInput.
template <Scalar S, class Label, class Data>
GRADUS_ONCE ClassSample<S, Label> sample_of_counts(const Data& data, const std::vector<std::string>& names) {
    static_assert(std::is_arithmetic_v<Label>,
                  "gradus: with trials, y counts successes, and the classes are the numbers 0 and 1");
    const auto successes = view_of<S>(data.y_part()), trials = view_of<S>(data.trials_part());
    const Index n = successes.rows();
    if (data.X_part().rows() != n) reject("X has ", data.X_part().rows(), " rows, y has ", n);
    if (trials.rows() != n) reject("trials has ", trials.rows(), " entries for ", n, " rows");
    ClassSample<S, Label> out{{Label(0), Label(1)}, Vector<S>(n), Vector<S>(n), {}};
    out.prepared = prepare<S>(data, successes, 1, names);
    Sample<S>& sample = out.prepared.sample;
    Sum<S> total, hits;
    sample.copy_weights(0, out.weights);
    for (Index i = 0; i < n; ++i) {
        using std::isfinite;
        const S m = trials(i, 0), y = successes(i, 0);
        if (!(m >= S(0)) || !isfinite(m))
            reject("trials: the entry in row ", i, " is ", static_cast<double>(m), ", but must be finite and >= 0");
        if (!(y >= S(0) && y <= m))
            reject("y has ", static_cast<double>(y), " successes of ", static_cast<double>(m), " trials in row ", i);
        out.y[i] = m > S(0) ? S(y / m) : S(0);
        out.weights[i] *= m;
        total.add(out.weights[i]);
        hits.add(out.weights[i] * out.y[i]);
    }
    if (!(total.value() > S(0))) reject("trials: all ", n, " entries are zero");
    if (!(hits.value() > S(0) && hits.value() < total.value()))
        reject("single class: every trial has the same outcome; the estimate would be infinite");
    sample.Y = DenseView<S>(out.y);
    sample.weights = DenseView<S>(out.weights);
    sample.total_weight = total.value();
    out.prepared.columns = column_statistics<S>(sample.X, sample, "X", names);
    return out;
}

template <Scalar S, class Label, class Data>
ClassSample<S, Label> class_sample(const Data& data, const Classes<Label>& classes,
                                   const std::vector<std::string>& names) {
    if constexpr (Data::has_trials) return sample_of_counts<S, Label>(data, names);
    else return sample_of_labels<S>(data, classes, names);
}

}  // namespace gradus::detail
