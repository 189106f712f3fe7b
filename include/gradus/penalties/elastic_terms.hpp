#pragma once
// The function a |w| + b/2 w^2 of one coefficient: its prox, and how far a slope is from its subgradients.

#include <gradus/penalties/factors.hpp>
#include <gradus/penalties/penalty.hpp>

#include <cmath>

namespace gradus {

/// w moved towards zero by `amount`, and no further: the prox of amount |w| (Donoho and Johnstone, Biometrika 81
/// (1994), 425).
template <Scalar S>
S soft_threshold(const S& w, const S& amount) {
    return w > amount ? S(w - amount) : w < -amount ? S(w + amount) : S(0);
}

/// Of all sums of `slope` and a subgradient of a |w| + b/2 w^2 the one nearest to zero.
template <Scalar S>
S elastic_residual(const S& w, const S& slope, const S& a, const S& b) {
    if (w == S(0)) return soft_threshold(slope, a);
    return slope + b * w + (w > S(0) ? a : S(-a));
}

namespace detail {

// The members of a CornerPenalty for sum_jc l1_j |w_jc| + l2_j / 2 w_jc^2, from l1(j) and l2(j) of the penalty.

template <Scalar S, class P>
S elastic_value(const P& penalty, const Coefficients<S>& W) {
    S sum(0);
    for (Index j = 0; j < W->rows(); ++j)
        sum += S(penalty.l1(j)) * W->row(j).template lpNorm<1>() + S(penalty.l2(j)) / 2 * W->row(j).squaredNorm();
    return sum;
}
template <Scalar S, class P>
void elastic_prox(const P& penalty, const ConstVectorView<S>& steps, MatrixView<S> W) {
    for (Index c = 0; c < W.cols(); ++c)
        for (Index j = 0; j < W.rows(); ++j)
            W(j, c) = soft_threshold(S(W(j, c)), S(steps[j] * S(penalty.l1(j)))) / (S(1) + steps[j] * S(penalty.l2(j)));
}
template <Scalar S, class P>
void elastic_distance(const P& penalty, const Coefficients<S>& W, const ConstMatrixView<S>& G, MatrixView<S> out) {
    using std::abs;
    for (Index c = 0; c < G.cols(); ++c)
        for (Index j = 0; j < G.rows(); ++j)
            out(j, c) = abs(elastic_residual((*W)(j, c), S(G(j, c)), S(penalty.l1(j)), S(penalty.l2(j))));
}

}  // namespace detail

}  // namespace gradus
