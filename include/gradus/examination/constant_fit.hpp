#pragma once
// The best constant eta: where fits start, what they are compared with, and the unit of their gradients.

#include <gradus/data/targets.hpp>
#include <gradus/losses/any_loss.hpp>
#include <gradus/numeric/cholesky.hpp>
#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/power_of_two.hpp>

#include <algorithm>

namespace gradus {

template <Scalar S>
struct ConstantFit {
    Vector<S> eta;    ///< k numbers, the offset comes to them; zeros without an intercept
    S mean_loss{0};   ///< there
    S slope_size{0};  ///< root mean square of the rows' slopes there
};

namespace detail {

/// Sums over all rows at eta + offset.
template <Scalar S>
struct ConstantPart {
    explicit ConstantPart(Index outputs) : slope(outputs), curvature(pair_count(outputs)) {}
    Sum<S> value;
    S slope_norm{0};  // root of the sum of the rows' squares of slopes: the squares may be beyond the range
    VectorSum<S> slope, curvature;
    void merge(const ConstantPart& other) {
        using std::hypot;
        value.merge(other.value);
        slope_norm = hypot(slope_norm, other.slope_norm);
        slope.merge(other.slope);
        curvature.merge(other.curvature);
    }
};

/// The root of sum_i v_i^2 / s_i over rows that have a weight.
template <Scalar S>
S norm_of_weighted(const S* v, const Vector<S>& s) {
    using std::abs, std::sqrt;
    S largest(0), sum(0);
    for (Index i = 0; i < s.size(); ++i) largest = std::max(largest, S(abs(v[i])));
    const S unit = scale_to_one(largest);
    for (Index i = 0; i < s.size(); ++i)
        if (s[i] > S(0)) sum += unit * v[i] / s[i] * (unit * v[i]);
    return sqrt(sum) / unit;
}

template <Scalar S>
GRADUS_NOINLINE void add_constant_rows(const AnyLoss<S>& loss, const Sample<S>& sample, const Vector<S>& eta,
                                       Index first, Index b, ConstantPart<S>& part) {
    using std::hypot;
    const Index k = loss.outputs();
    Matrix<S> y(b, sample.Y.columns()), rows(b, k), slope(b, k), curvature = Matrix<S>::Zero(b, pair_count(k));
    Vector<S> s(b), sums(k), curvatures(pair_count(k));
    sample.copy_targets(first, y);
    sample.copy_weights(first, s);
    if (sample.offset) sample.copy_offset(first, rows);
    else rows.setZero();
    for (Index c = 0; c < k; ++c)
        for (Index i = 0; i < b; ++i) rows(i, c) += eta[c];
    part.value.add(loss.has_curvature() ? loss.derivatives(y, rows, s, slope, curvature)
                                        : loss.value_and_slope(y, rows, s, slope));
    for (Index c = 0; c < k; ++c) {
        sums[c] = slope.col(c).sum();
        part.slope_norm = hypot(part.slope_norm, norm_of_weighted<S>(&slope(0, c), s));
    }
    for (Index c = 0; c < curvatures.size(); ++c) curvatures[c] = curvature.col(c).sum();
    part.slope.add(sums);
    part.curvature.add(curvatures);
}

/// Of the rows' targets, what a closed form needs: the distinct ones with their weights where there are few of them, as
/// of classes, else their mean.
template <Scalar S>
struct TargetSummary {
    Matrix<S> y;
    Vector<S> s;
};
/// at(block, weights, rows) for block after block of numbers beside the rows: copy(first, out) reads them.
template <Scalar S>
GRADUS_ONCE void for_each_weighted_block(const Sample<S>& sample, Index columns, FunctionRef<Index, MatrixView<S>> copy,
                                         FunctionRef<const Matrix<S>&, const Vector<S>&, Index> at) {
    const Index most = std::min<Index>(max_block_rows, sample.rows());
    Vector<S> s(most);
    Matrix<S> block(most, columns);
    for (Index first = 0; first < sample.rows(); first += max_block_rows) {
        const Index b = std::min<Index>(max_block_rows, sample.rows() - first);
        copy(first, block.topRows(b));
        sample.copy_weights(first, s.head(b));
        at(block, s, b);
    }
}

/// Mean of such numbers, over all rows that have a weight.
template <Scalar S>
GRADUS_ONCE Vector<S> weighted_mean(const Sample<S>& sample, Index columns, FunctionRef<Index, MatrixView<S>> copy) {
    VectorSum<S> sum(columns);
    Vector<S> row(columns);
    for_each_weighted_block<S>(sample, columns, copy, [&](const Matrix<S>& block, const Vector<S>& s, Index b) {
        for (Index i = 0; i < b; ++i) {
            for (Index c = 0; c < columns; ++c) row[c] = s[i] > S(0) ? S(s[i] * block(i, c)) : S(0);
            sum.add(row);
        }
    });
    sum.mean(sample.total_weight, row);
    return row;
}

/// The weight of the rows whose target is `value`; their number is added to `rows`.
template <Scalar S>
GRADUS_NOINLINE S weight_of_value(const S* y, const S* s, Index count, const S& value, S& rows) {
    rows += lane_sum<S>(count, [=](Index i) { return y[i] == value && s[i] > S(0) ? S(1) : S(0); });
    return lane_sum<S>(count, [=](Index i) { return y[i] == value ? s[i] : S(0); });
}

/// Value by value: 400000 rows of two classes take 0.3 ms; row by row, which a processor guesses wrongly every other
/// time, 2.7.
template <Scalar S>
GRADUS_ONCE TargetSummary<S> summarise_targets(const Sample<S>& sample) {
    constexpr Index most = 64;
    const Index t = sample.Y.columns();
    std::vector<S> values, weights;
    bool are_few = t == 1;
    const auto count = [&](const S* y, const S* s, Index b) {
        S rows(0), rows_with_weight = lane_sum<S>(b, [=](Index i) { return s[i] > S(0) ? S(1) : S(0); });
        for (std::size_t at = 0; at < values.size(); ++at) weights[at] += weight_of_value<S>(y, s, b, values[at], rows);
        for (Index i = 0; rows < rows_with_weight && i < b && are_few; ++i) {
            if (!(s[i] > S(0)) || std::find(values.begin(), values.end(), y[i]) != values.end()) continue;
            values.push_back(y[i]);
            weights.push_back(weight_of_value<S>(y, s, b, values.back(), rows));
            are_few = static_cast<Index>(values.size()) <= most;
        }
    };
    const auto read = [&](Index first, MatrixView<S> out) { sample.copy_targets(first, out); };
    if (are_few)
        for_each_weighted_block<S>(sample, t, read, [&](const Matrix<S>& y, const Vector<S>& s, Index b) {
            if (are_few) count(y.data(), s.data(), b);
        });
    const Index distinct = are_few ? static_cast<Index>(values.size()) : 1;
    TargetSummary<S> out{Matrix<S>(distinct, t), Vector<S>::Constant(distinct, sample.total_weight)};
    if (are_few) {
        std::copy(values.begin(), values.end(), out.y.data());
        std::copy(weights.begin(), weights.end(), out.s.data());
        return out;
    }
    const Vector<S> row = weighted_mean<S>(sample, t, read);
    out.y.row(0) = row.transpose();
    return out;
}

}  // namespace detail

/// The constant row eta = C c, C: k x r of a predictor, that minimises the mean loss beside the offset: the loss's
/// closed form, less the mean of the offset; and where there is an offset, or no closed form, Newton's steps from
/// there, halved until the loss falls. No look at X: O(n k) a step.
template <Scalar S>
GRADUS_ONCE ConstantFit<S> fit_constant(const AnyLoss<S>& loss, const Sample<S>& sample, const Matrix<S>& C) {
    using std::abs, std::isfinite, std::sqrt;
    const Index k = loss.outputs(), r = C.cols();
    const Ranges ranges = sample.X.ranges();
    const auto sums_at = [&](const Vector<S>& eta) {
        return reduce(sample.walker(), ranges.count(), detail::ConstantPart<S>(k),
                      [&](Index range, detail::ConstantPart<S>& part, int) {
                          const Index end = ranges.first(range) + ranges.rows_of(range);
                          for (Index first = ranges.first(range); first < end; first += max_block_rows)
                              detail::add_constant_rows<S>(loss, sample, eta, first,
                                                           std::min<Index>(max_block_rows, end - first), part);
                      });
    };
    Vector<S> eta = Vector<S>::Zero(k);
    if (r > 0) {
        const auto summary = detail::summarise_targets<S>(sample);
        const Vector<S> closed_form = loss.intercept_only(summary.y, summary.s);
        if (all_finite(closed_form)) eta = closed_form;
        if (sample.offset) {
            const auto read = [&](Index first, MatrixView<S> out) { sample.copy_offset(first, out); };
            add_multiple(S(-1), detail::weighted_mean<S>(sample, k, read), eta);
        }
    }
    auto sums = sums_at(eta);
    const S& total = sample.total_weight;
    Vector<S> slope, curvature;
    for (int step = 0; r > 0 && step < 100 && loss.has_curvature() && isfinite(sums.value.value()); ++step) {
        sums.slope.mean(total, slope);
        sums.curvature.mean(total, curvature);
        const S size = sums.slope_norm / sqrt(total);
        Vector<S> d = transposed_product<S>(C, slope);
        if (!(max_norm(d) > S(1e3) * epsilon<S> * size)) break;
        Matrix<S> H = Matrix<S>::Zero(r, r), U;
        for (Index b = 0; b < k; ++b)
            for (Index a = 0; a < k; ++a)
                for (Index m = 0; m < r; ++m)
                    for (Index l = 0; l < r; ++l)
                        H(l, m) += C(a, l) * C(b, m) * curvature[pair_index(std::max(a, b), std::min(a, b), k)];
        if (!cholesky(H, U)) break;
        solve_upper_transposed<S>(U, d);
        solve_upper<S>(U, d);
        const Vector<S> change = product<S>(C, d);
        bool is_better = false;
        for (S t(1); t > S(1e-6) && !is_better; t /= S(2)) {
            Vector<S> next = eta;
            add_multiple(S(-t), change, next);
            auto there = sums_at(next);
            is_better = there.value.value() < sums.value.value();
            if (is_better) eta = std::move(next), sums = std::move(there);
        }
        if (!is_better) break;
    }
    S slope_size = sums.slope_norm / sqrt(total), change(0);  // of slopes, by eta
    sums.curvature.mean(total, curvature);
    for (Index c = 0; c < k && loss.has_curvature(); ++c)
        change = std::max(change, S(abs(eta[c]) * curvature[pair_index(c, c, k)]));
    // where every row is as predicted, as of constant counts, slopes are rounding, and no unit
    if (slope_size > S(0) && slope_size <= S(64) * epsilon<S> * change) slope_size = change;
    return {eta, sums.value.value() / total, slope_size};
}

}  // namespace gradus
