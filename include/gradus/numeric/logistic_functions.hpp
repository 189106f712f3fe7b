#pragma once
// The logistic function and its relatives on arrays of eta. Together with softmax.hpp the only place that takes exp or log of eta:
// every formula goes through exp(-|eta|), which lies in (0, 1] and so cannot overflow.

#include <gradus/core/types.hpp>

namespace gradus {

/// u = exp(-|eta|), the quantity from which the functions below are made.
template <class Derived>
auto exp_of_minus_abs(const Eigen::ArrayBase<Derived>& eta) {
    return (-eta.abs()).exp();
}

/// log(1 + exp(eta)) = max(eta, 0) + log1p(u); relative error of a few roundings for every eta.
/// (Maechler, "Accurately computing log(1 - exp(-|a|))", 2012, eq. 10, uses four branches; with u none is needed.)
template <class Derived, class U>
auto log1pexp(const Eigen::ArrayBase<Derived>& eta, const Eigen::ArrayBase<U>& u) {
    using S = typename Derived::Scalar;
    return eta.max(S(0)) + u.log1p();
}

/// sigmoid(eta) = 1 / (1 + exp(-eta)), with full relative accuracy in both tails.
template <class Derived, class U>
auto sigmoid(const Eigen::ArrayBase<Derived>& eta, const Eigen::ArrayBase<U>& u) {
    using S = typename Derived::Scalar;
    return (eta >= S(0)).select(U::PlainObject::Ones(u.rows(), u.cols()), u) / (S(1) + u);
}

/// 1 - sigmoid(eta) = sigmoid(-eta) without the cancellation.
template <class Derived, class U>
auto sigmoid_complement(const Eigen::ArrayBase<Derived>& eta, const Eigen::ArrayBase<U>& u) {
    using S = typename Derived::Scalar;
    return (eta >= S(0)).select(u, U::PlainObject::Ones(u.rows(), u.cols())) / (S(1) + u);
}

}  // namespace gradus
