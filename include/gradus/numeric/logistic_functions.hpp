#pragma once
// The logistic function and its relatives on arrays of eta. Together with softmax.hpp the only place that takes exp or
// log of eta: every formula goes through exp(-|eta|), which lies in (0, 1] and so cannot overflow.

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

/// log(1 + u) for a block of 0 <= u <= 1 by vectors: the logarithm of the rounded sum, times u / (sum - 1), which takes
/// the rounding back (Goldberg, ACM Comput. Surv. 23 (1991), theorem 4). The library's log1p goes one number at a time,
/// a tenth of a sweep over 100 columns.
template <Scalar S>
BlockArray<S> log1p_of(const BlockArray<S>& u) {
    const BlockArray<S> sum = S(1) + u;
    BlockArray<S> out = sum.log();
    for (Index i = 0; i < u.size(); ++i) {
        const S part = sum[i] - S(1);
        out[i] = part > S(0) ? S(out[i] * (u[i] / part)) : u[i];
    }
    return out;
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
