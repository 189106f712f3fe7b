#pragma once
// From what the user passes to the data of a fit: sizes, finiteness and weights are checked here, and this is where bad input throws.

#include <gradus/data/column_statistics.hpp>
#include <gradus/data/observations.hpp>

#include <string>
#include <vector>

namespace gradus::detail {

template <Scalar S>
struct Prepared {
    Sample<S> sample;
    ColumnStatistics<S> columns;
    std::vector<std::string> feature_names;  ///< empty, or one for each column
};

/// Throws InvalidInput unless the sizes of X, y, weights and offset agree, all entries are finite, and some weight is positive.
/// `targets` are the n x t numbers that the loss sees; `outputs` is k.
template <Scalar S, class Data>
GRADUS_ONCE Prepared<S> prepare(const Data& data, const DenseView<S>& targets, Index outputs,
                                const std::vector<std::string>& names) {
    Prepared<S> out;
    out.sample.X = view_of<S>(data.X_part());
    out.sample.Y = targets;
    const Index n = out.sample.X.rows();
    if (targets.rows() != n) reject("X has ", n, " rows, y has ", targets.rows());
    if (n == 0) reject("X has no rows");
    if (!names.empty() && static_cast<Index>(names.size()) != out.sample.features())
        reject("feature_names has ", names.size(), " entries, X has ", out.sample.features(), " columns");
    out.sample.total_weight = S(static_cast<double>(n));
    if constexpr (Data::has_weights) {
        const auto weights = view_of<S>(data.weights_part());
        if (weights.rows() != n || weights.columns() != 1)
            reject("weights: ", weights.rows(), " x ", weights.columns(), " entries for ", n, " rows");
        Sum<S> total;
        for (Index i = 0; i < n; ++i) {
            const S s = weights(i, 0);
            using std::isfinite;
            if (!(s >= S(0)) || !isfinite(s))
                reject("weights: the entry in row ", i, " is ", static_cast<double>(s),
                       ", but must be finite and >= 0");
            total.add(s);
        }
        if (!(total.value() > S(0))) reject("weights: all ", n, " entries are zero");
        out.sample.weights = weights;
        out.sample.total_weight = total.value();
    }
    if constexpr (Data::has_offset) {
        const auto offset = view_of<S>(data.offset_part());
        if (offset.rows() != n || offset.columns() != outputs)
            reject("offset: ", offset.rows(), " x ", offset.columns(), " entries, expected ", n, " x ", outputs);
        column_statistics<S>(offset, out.sample, "offset");
        out.sample.offset = offset;
    }
    out.columns = column_statistics<S>(out.sample.X, out.sample, "X", names);
    out.feature_names = std::vector<std::string>(names);
    return out;
}

/// Root of the raw weighted mean square of each column, and of each column about the shift, in the units of the coordinates.
template <Scalar S>
GRADUS_ONCE Vector<S> raw_root_mean_square(const ColumnStatistics<S>& columns) {
    using std::sqrt;
    Vector<S> out(columns.mean.size());
    for (Index j = 0; j < out.size(); ++j)
        out[j] = sqrt(columns.mean[j] * columns.mean[j] + columns.deviation[j] * columns.deviation[j]);
    return out;
}
template <Scalar S>
GRADUS_ONCE Vector<S> root_mean_square(const ColumnStatistics<S>& columns, const Equilibration<S>& coordinates) {
    if (coordinates.is_identity()) return raw_root_mean_square(columns);
    ColumnStatistics<S> seen = columns;
    for (Index j = 0; j < seen.mean.size(); ++j) {
        seen.mean[j] = (columns.mean[j] - coordinates.shift[j]) * coordinates.scale[j];
        seen.deviation[j] = columns.deviation[j] * coordinates.scale[j];
    }
    return raw_root_mean_square(seen);
}

/// Root of the weighted sum of squares of each raw column.
template <Scalar S>
Vector<S> column_norms(const Prepared<S>& prepared) {
    using std::sqrt;
    Vector<S> norms = raw_root_mean_square(prepared.columns);
    for (Index j = 0; j < norms.size(); ++j) norms[j] *= sqrt(prepared.sample.total_weight);
    return norms;
}

/// Throws InvalidInput naming the first target that the loss is not defined for.
template <Scalar S, class Loss>
void check_targets(const Loss& loss, const DenseView<S>& y) {
    for (Index i = 0; i < y.rows(); ++i)
        for (Index c = 0; c < y.columns(); ++c) {
            using std::isfinite;
            const S target = y(i, c);
            if (!isfinite(target) || !loss.admits(target))
                reject("y has ", static_cast<double>(target), " in row ", i,
                       y.columns() > 1 ? text(", column ", c) : std::string(), "; this loss needs ", loss.domain());
        }
}

}  // namespace gradus::detail
