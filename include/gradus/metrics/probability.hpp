#pragma once
// How good predicted probabilities are.

#include <gradus/metrics/rows.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace gradus {

namespace detail {

/// Rows of probabilities and the place of the class that came true (-1: the row is absent).
template <Scalar S>
struct Outcomes {
    Matrix<S> P;
    std::vector<Index> truth;
    WeightColumn<S> weights;

    bool is_absent(Index i) const { return truth[static_cast<std::size_t>(i)] < 0; }
    Index truth_of(Index i) const { return truth[static_cast<std::size_t>(i)]; }
};

template <Scalar S, Column Y, class Label, RowWeights W>
Outcomes<S> read_outcomes(const char* name, const Y& y, Matrix<S> P, const Classes<Label>& classes, const W& weights) {
    const Index K = static_cast<Index>(classes.size());
    if (K < 2) reject("classes: ", K, " given, at least two are needed");
    check_rows("y", label_count("y", y), name, P.rows());
    if (P.cols() != K && !(P.cols() == 1 && K == 2))
        reject(name, " has ", P.cols(), " columns for ", K, " classes",
               K == 2 ? "; expected both, or the second alone" : "");
    Outcomes<S> out{std::move(P), {}, read_weights<S>(weights, row_count(y))};
    out.truth = read_labels<Label>("y", y, out.weights, classes);
    return out;
}

/// Probabilities that were printed with three digits pass; decision values and logarithms do not.
template <Scalar S>
void check_row_sum(const char* name, const S& sum, Index row) {
    if (!(sum > S(0.999) && sum < S(1.001)))
        reject(name, ": the probabilities in row ", row, " sum to ", sum, " instead of 1");
}

/// P is n x K with rows that sum to one, or with two classes the n probabilities of the second.
template <Column Y, Column P, class Label, RowWeights W>
auto read_probabilities(const Y& y, const P& probability, const Classes<Label>& classes, const W& weights) {
    using S = Real<P>;
    auto out =
        read_outcomes<S>("P", y,
                         read_numbers<S>(
                             "P", probability, [](const S& p) { return p >= S(0) && p <= S(1); }, "between 0 and 1"),
                         classes, weights);
    if (out.P.cols() > 1)
        for (Index i = 0; i < out.P.rows(); ++i) check_row_sum<S>("P", out.P.row(i).sum(), i);
    return out;
}

/// The weighted mean of f(i) >= 0 over the rows that are there.
template <Scalar S, class F>
S mean_over_rows(const Outcomes<S>& rows, F f) {
    Sum<S> sum;
    for (Index i = 0; i < rows.P.rows(); ++i)
        if (!rows.is_absent(i)) sum.add(S(rows.weights.s[i] * f(i)));
    return value_or_infinity(sum) / rows.weights.total;
}

}  // namespace detail

/// -sum_i s_i log P(i, y_i) / sum_i s_i, in nats. y: n labels among the K classes; P: n x K, columns as in `classes`,
/// rows that sum to one (to three digits); or for two classes the n probabilities of the second:
///
///     log_loss(y, model.predict_probability(X), model.classes())
///
/// A row whose class was given the probability zero makes it +infinity: nothing is clipped. Where that is the underflow
/// of exp, or 1 - p has lost its digits, take log_loss_of_logarithms(). O(n K). Throws InvalidInput (as all of these)
/// for an entry outside [0, 1], a label that is not among the classes, sizes or weights that do not fit.
template <Column Y, Column P, class Label = detail::LabelOf<Y>, RowWeights W = Unweighted>
detail::Real<P> log_loss(const Y& y, const P& probability, const Classes<Label>& classes, const W& weights = {}) {
    using S = detail::Real<P>;
    const auto rows = detail::read_probabilities(y, probability, classes, weights);
    return detail::mean_over_rows(rows, [&](Index i) {
        using std::log, std::log1p;
        if (rows.P.cols() > 1) return S(-log(rows.P(i, rows.truth_of(i))));
        return rows.truth_of(i) == 1 ? S(-log(rows.P(i, 0))) : S(-log1p(S(-rows.P(i, 0))));
    });
}

/// The same from the n x K logarithms of the probabilities, which keep their digits where a probability underflows or
/// is next to one:
///
///     log_loss_of_logarithms(y, model.predict_log_probability(X), model.classes())
template <Column Y, Column P, class Label = detail::LabelOf<Y>, RowWeights W = Unweighted>
detail::Real<P> log_loss_of_logarithms(const Y& y, const P& log_probability, const Classes<Label>& classes,
                                       const W& weights = {}) {
    using S = detail::Real<P>;
    const auto rows =
        detail::read_outcomes<S>("log P", y,
                                 detail::read_numbers<S>(
                                     "log P", log_probability, [](const S& l) { return l <= S(0); }, "<= 0"),
                                 classes, weights);
    if (rows.P.cols() == 1) reject("log P has 1 column; both logarithms are needed, log(1 - p) too");
    for (Index i = 0; i < rows.P.rows(); ++i) detail::check_row_sum<S>("log P", rows.P.row(i).array().exp().sum(), i);
    return detail::mean_over_rows(rows, [&](Index i) { return S(-rows.P(i, rows.truth_of(i))); });
}

/// The mean squared distance between forecast and outcome (Brier, Monthly Weather Review 78 (1950), 1). P as in
/// log_loss().
///
///     n x K:  sum_i s_i sum_c (P(i, c) - [y_i = c])^2 / sum_i s_i, in [0, 2]: Brier's own
///     n:      sum_i s_i (p_i - [y_i = second class])^2 / sum_i s_i, in [0, 1]: half of it, usual for two classes
template <Column Y, Column P, class Label = detail::LabelOf<Y>, RowWeights W = Unweighted>
detail::Real<P> brier_score(const Y& y, const P& probability, const Classes<Label>& classes, const W& weights = {}) {
    using S = detail::Real<P>;
    const auto rows = detail::read_probabilities(y, probability, classes, weights);
    const Index first = rows.P.cols() == 1 ? 1 : 0;  // the class of the first column
    return detail::mean_over_rows(rows, [&](Index i) {
        S square(0);
        for (Index c = 0; c < rows.P.cols(); ++c) {
            const S e = rows.P(i, c) - S(rows.truth_of(i) == c + first ? 1 : 0);
            square += e * e;
        }
        return square;
    });
}

enum class Binning {
    equal_width,  ///< [0, 1/B), ..., [1 - 1/B, 1]
    equal_counts  ///< the same weight in each, as far as ties allow
};

struct CalibrationOptions {
    Index bins = 10;
    Binning binning = Binning::equal_width;
};

/// The rows whose predicted probability lies between low and high.
template <Scalar S>
struct CalibrationBin {
    S low, high;  ///< the edges of the bin (equal width), or the least and the largest probability in it (equal counts)
    S mean_predicted;  ///< weighted
    S observed_share;  ///< of the second class, weighted
    S weight;          ///< > 0: bins without rows are left out
    Index rows;        ///< of positive weight
};

namespace detail {

/// k / B
template <Scalar S>
S bin_edge(Index k, Index B) {
    return S(static_cast<double>(k)) / S(static_cast<double>(B));
}

/// The bin of p among B of equal width, to the last bit of the edges k/B as they are reported.
template <Scalar S>
Index bin_of(const S& p, Index B) {
    Index k = std::min(B - 1, static_cast<Index>(S(p * S(static_cast<double>(B)))));
    while (k > 0 && p < bin_edge<S>(k, B)) --k;
    while (k + 1 < B && p >= bin_edge<S>(k + 1, B)) ++k;
    return k;
}

/// The bin of each row (in `order`, by rising p) among B of equal weight: rows with the same p go together, where the
/// middle of their weight lies.
template <Scalar S>
std::vector<Index> bins_of_equal_weight(const Outcomes<S>& rows, const std::vector<Index>& order, Index B) {
    std::vector<Index> bins(order.size());
    Sum<S> before;
    for (std::size_t first = 0, next = 0; first < order.size(); first = next) {
        Sum<S> here;
        for (; next < order.size() && rows.P(order[next], 0) == rows.P(order[first], 0); ++next)
            here.add(rows.weights.s[order[next]]);
        const S middle = before.value() + here.value() / S(2);
        const Index k = static_cast<Index>(S(middle * S(static_cast<double>(B)) / rows.weights.total));
        std::fill(bins.begin() + static_cast<std::ptrdiff_t>(first), bins.begin() + static_cast<std::ptrdiff_t>(next),
                  std::min(k, B - 1));
        before.add(here.value());
    }
    return bins;
}

}  // namespace detail

/// Predicted against observed: the rows in bins of their predicted probability p, from the lowest, without empty bins.
/// y: n labels, p: n probabilities of the second of two classes. Of more classes take one at a time:
/// calibration_table(indicator(y, c), P.col(k), {0, 1}). O(n log n).
template <Column Y, Column P, class Label = detail::LabelOf<Y>, RowWeights W = Unweighted>
std::vector<CalibrationBin<detail::Real<P>>>
calibration_table(const Y& y, const P& probability, const Classes<Label>& classes,
                  const CalibrationOptions& options = {}, const W& weights = {}) {
    using S = detail::Real<P>;
    if (options.bins < 1) reject("calibration_table: ", options.bins, " bins, at least one is needed");
    const auto rows = detail::read_probabilities(y, probability, classes, weights);
    if (rows.P.cols() != 1)
        reject("P has ", rows.P.cols(), " columns; a calibration table takes the probability of the second class");
    const auto p = [&](Index i) { return rows.P(i, 0); };

    std::vector<Index> order;
    for (Index i = 0; i < rows.P.rows(); ++i)
        if (!rows.is_absent(i)) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](Index i, Index j) { return p(i) < p(j); });
    const bool by_width = options.binning == Binning::equal_width;
    std::vector<Index> bins;
    if (!by_width) bins = detail::bins_of_equal_weight(rows, order, options.bins);
    else
        for (const Index i : order) bins.push_back(detail::bin_of<S>(p(i), options.bins));

    std::vector<CalibrationBin<S>> table;
    for (std::size_t first = 0, next = 0; first < order.size(); first = next) {
        Sum<S> weight, predicted, observed;
        for (; next < order.size() && bins[next] == bins[first]; ++next) {
            const Index i = order[next];
            weight.add(rows.weights.s[i]);
            predicted.add(S(rows.weights.s[i] * p(i)));
            if (rows.truth_of(i) == 1) observed.add(rows.weights.s[i]);
        }
        const Index k = bins[first];
        table.push_back({by_width ? detail::bin_edge<S>(k, options.bins) : p(order[first]),
                         by_width ? detail::bin_edge<S>(k + 1, options.bins) : p(order[next - 1]),
                         predicted.value() / weight.value(), observed.value() / weight.value(), weight.value(),
                         static_cast<Index>(next - first)});
    }
    return table;
}

/// sum_b weight_b |mean_predicted_b - observed_share_b| / sum_b weight_b (Naeini, Cooper, Hauskrecht, AAAI 2015, 2901).
/// It depends on the bins, and is not zero for a perfectly calibrated model: each bin's share has its own scatter.
template <Scalar S>
S expected_calibration_error(const std::vector<CalibrationBin<S>>& table) {
    using std::abs;
    if (table.empty()) reject("expected_calibration_error: the table has no bins");
    Sum<S> gap, total;
    for (const CalibrationBin<S>& bin : table) {
        gap.add(S(bin.weight * abs(S(bin.mean_predicted - bin.observed_share))));
        total.add(bin.weight);
    }
    return gap.value() / total.value();
}

}  // namespace gradus
