#pragma once
// How far predicted numbers are from the targets.

#include <gradus/metrics/rows.hpp>
#include <gradus/numeric/power_of_two.hpp>

namespace gradus {

namespace detail {

/// One number for a column of targets; for an n x k matrix k numbers, one for each column.
template <class Y, class P>
using PerTarget = std::conditional_t<is_column<Y>() && is_column<P>(), Real<Y, P>, Vector<Real<Y, P>>>;

/// f(y, prediction, weights) for each column.
template <Column Y, Column P, RowWeights W, class F>
PerTarget<Y, P> for_each_target(const Y& y, const P& prediction, const W& weights, F f) {
    using S = Real<Y, P>;
    Matrix<S> targets = read_finite<S>("y", y), predicted = read_finite<S>("prediction", prediction);
    if (targets.rows() != predicted.rows() || targets.cols() != predicted.cols())
        reject("y is ", targets.rows(), " x ", targets.cols(), ", prediction is ", predicted.rows(), " x ",
               predicted.cols());
    const WeightColumn<S> w = read_weights<S>(weights, targets.rows());
    for (Index i = 0; i < w.rows(); ++i)  // what stands in an absent row is nobody's business, not even its range
        if (w.s[i] == S(0)) targets.row(i).setZero(), predicted.row(i).setZero();
    Vector<S> out(targets.cols());
    for (Index c = 0; c < out.size(); ++c) out[c] = f(targets.col(c), predicted.col(c), w);
    if constexpr (is_column<Y>() && is_column<P>()) return out[0];
    else return out;
}

/// sum_i s_i e_i^2
template <Scalar S>
S sum_of_squares(const ConstVectorView<S>& e, const WeightColumn<S>& w) {
    Sum<S> sum;
    for (Index i = 0; i < e.size(); ++i) sum.add(S(w.s[i] * e[i] * e[i]));
    return value_or_infinity(sum);
}

/// (d e, d): the errors times a power of two that brings the largest to the size of one. Their squares would leave the
/// range long before they do.
template <Scalar S>
std::pair<Vector<S>, S> scaled_errors(const ConstVectorView<S>& y, const ConstVectorView<S>& prediction) {
    Vector<S> e = y - prediction;
    const S d = scale_to_one<S>(e.cwiseAbs().maxCoeff());
    e *= d;
    return {std::move(e), d};
}

/// sum_i s_i (y_i - mean(y))^2 in two passes; what the rounding of the mean adds is taken off again (the corrected
/// algorithm of Chan, Golub, LeVeque, The American Statistician 37 (1983), 242), so that the digits do not suffer where
/// the mean is far larger than the spread.
template <Scalar S>
S variation(const ConstVectorView<S>& y, const WeightColumn<S>& w) {
    Sum<S> sum, rest;
    for (Index i = 0; i < y.size(); ++i) sum.add(S(w.s[i] * y[i]));
    const Vector<S> e = y.array() - S(sum.value() / w.total);
    for (Index i = 0; i < y.size(); ++i) rest.add(S(w.s[i] * e[i]));
    return sum_of_squares<S>(e, w) - rest.value() * rest.value() / w.total;
}

template <Scalar S>
bool is_constant(const ConstVectorView<S>& y, const WeightColumn<S>& w) {
    Index first = 0;
    while (w.s[first] == S(0)) ++first;
    for (Index i = first; i < y.size(); ++i)
        if (w.s[i] > S(0) && y[i] != y[first]) return false;
    return true;
}

}  // namespace detail

/// sum_i s_i (y_i - prediction_i)^2 / sum_i s_i, in the square of y's unit. y and prediction: n finite numbers each, or
/// n x k matrices, which give k numbers. O(n k), in the common type of y and prediction; +infinity beyond its range.
/// Throws InvalidInput (as all of these) where the sizes differ, an entry is not finite, a weight is negative, or all
/// weights are zero.
template <Column Y, Column P, RowWeights W = Unweighted>
detail::PerTarget<Y, P> mean_squared_error(const Y& y, const P& prediction, const W& weights = {}) {
    using S = detail::Real<Y, P>;
    return detail::for_each_target(y, prediction, weights, [](const auto& t, const auto& p, const auto& w) {
        const auto [e, d] = detail::scaled_errors<S>(t, p);
        return S(detail::sum_of_squares<S>(e, w) / w.total / d / d);
    });
}

/// The root of the mean squared error, in y's unit.
template <Column Y, Column P, RowWeights W = Unweighted>
detail::PerTarget<Y, P> root_mean_squared_error(const Y& y, const P& prediction, const W& weights = {}) {
    using S = detail::Real<Y, P>;
    return detail::for_each_target(y, prediction, weights, [](const auto& t, const auto& p, const auto& w) {
        using std::sqrt;
        const auto [e, d] = detail::scaled_errors<S>(t, p);
        return S(sqrt(S(detail::sum_of_squares<S>(e, w) / w.total)) / d);
    });
}

/// sum_i s_i |y_i - prediction_i| / sum_i s_i, in y's unit.
template <Column Y, Column P, RowWeights W = Unweighted>
detail::PerTarget<Y, P> mean_absolute_error(const Y& y, const P& prediction, const W& weights = {}) {
    using S = detail::Real<Y, P>;
    return detail::for_each_target(y, prediction, weights, [](const auto& t, const auto& p, const auto& w) {
        using std::abs;
        const auto [e, d] = detail::scaled_errors<S>(t, p);
        Sum<S> sum;
        for (Index i = 0; i < e.size(); ++i) sum.add(S(w.s[i] * abs(e[i])));
        return S(detail::value_or_infinity(sum) / w.total / d);
    });
}

/// R^2 = 1 - sum_i s_i (y_i - prediction_i)^2 / sum_i s_i (y_i - m)^2 with m the weighted mean of y: 1 is perfect, 0 no
/// better than m, and negative worse than it. NaN for a constant target, whatever is predicted: there is nothing to
/// explain.
template <Column Y, Column P, RowWeights W = Unweighted>
detail::PerTarget<Y, P> r_squared(const Y& y, const P& prediction, const W& weights = {}) {
    using S = detail::Real<Y, P>;
    return detail::for_each_target(y, prediction, weights, [](const auto& t, const auto& p, const auto& w) {
        if (detail::is_constant<S>(t, w)) return std::numeric_limits<S>::quiet_NaN();
        const S d = scale_to_one<S>(t.cwiseAbs().maxCoeff());
        return S(S(1) - detail::sum_of_squares<S>((t - p) * d, w) / detail::variation<S>(t * d, w));
    });
}

}  // namespace gradus
