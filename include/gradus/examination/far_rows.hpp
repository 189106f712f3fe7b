#pragma once
// Rows so far from the others that the rank of X hangs on them.

#include <gradus/examination/rank.hpp>

namespace gradus {

/// Rows far from the others, and the rank of the features without them.
struct FarRows {
    Index count = 0, first = -1;
    Index rank = -1;  ///< -1: there are none, or it is no larger
};

namespace detail {

/// Whether a hundredth of what a column varies by may be the work of one row.
template <Scalar S>
bool may_have_far_rows(const ColumnStatistics<S>& columns, Index rows) {
    const S n = S(static_cast<double>(rows));
    for (Index j = 0; j < columns.mean.size(); ++j) {
        const S furthest = std::max(S(columns.largest[j] - columns.mean[j]), S(columns.mean[j] - columns.least[j])),
                sizes = furthest / columns.deviation[j];
        if (S(100) * sizes * sizes >= n) return true;
    }
    return false;
}

/// The largest entry of each row, each column in units of its own largest: n x 1.
template <Scalar S>
GRADUS_ONCE Matrix<S> row_sizes(const Prepared<S>& prepared) {
    using std::abs;
    Sample<S> sample = prepared.sample;
    sample.X = sample.X.seen_in(equilibrate(prepared.columns, false));
    sample.offset.reset();  // of outputs that are not looked at
    const RowWalk<S> walk(sample, linear_predictor<S>(sample.features(), 1, false));
    Matrix<S> out = Matrix<S>::Zero(sample.rows(), 1);
    walk.for_each(Vector<S>::Zero(sample.features()), [&](const EvaluatedRows<S>& rows) {
        rows.block.for_each_piece([&](Index first, const ConstMatrixView<S>& X) {
            for (Index j = 0; j < X.cols(); ++j)
                for (Index i = 0; i < X.rows(); ++i) {
                    S& size = out(rows.block.first() + first + i, 0);
                    size = std::max(size, S(abs(X(i, j))));
                }
        });
    });
    return out;
}

}  // namespace detail

/// Where columns depend on each other: beside a row 1e16 times as large as the others these are rounding in the sums
/// over each column, and columns that are independent in all of them look dependent. Rows a million times as large as
/// the geometric mean of all are left out and the rank is found again.
template <Scalar S>
GRADUS_ONCE FarRows far_rows(const Prepared<S>& prepared, bool has_intercept, Index rank) {
    using std::exp, std::log;
    FarRows out;
    const Index n = prepared.sample.rows();
    if (!detail::may_have_far_rows(prepared.columns, n) || prepared.sample.X.storage().is_streamed()) return out;
    const Matrix<S> sizes = detail::row_sizes(prepared);
    Matrix<S> weights = prepared.sample.weights ? prepared.sample.weights->all() : Matrix<S>(Matrix<S>::Ones(n, 1));
    S sum(0), counted(0);
    for (Index i = 0; i < n; ++i)
        if (weights(i, 0) > S(0) && sizes(i, 0) > S(0)) sum += log(sizes(i, 0)), counted += S(1);
    const S typical = exp(sum / counted);
    for (Index i = 0; i < n; ++i) {
        if (!(weights(i, 0) > S(0)) || !(sizes(i, 0) > S(1e6) * typical)) continue;
        weights(i, 0) = S(0);
        if (out.count++ == 0) out.first = i;
    }
    if (out.count == 0 || !(weights.maxCoeff() > S(0))) return out;
    Prepared<S> others = prepared;
    others.largest_weight = detail::take_weights(Values<S>(std::move(weights)), others.sample);
    others.columns = column_statistics(others.sample.X, others.sample, others.largest_weight, "X");
    const DesignRank<S> found = design_rank(others, has_intercept);
    if (found.is_known && found.rank() > rank) out.rank = found.rank();
    return out;
}

/// What a report says of them.
inline std::string far_rows_message(const FarRows& rows, Index rank, Index features) {
    return text("; rank ", rank, " of ", features, " is that of rounding: ", rows.count,
                rows.count == 1 ? " row is" : " rows are",
                " a million times as large as the others or more (the first is row ", rows.first,
                "), without which the rank is ", rows.rank, ". Leave out or rescale what is wrong there");
}

}  // namespace gradus
