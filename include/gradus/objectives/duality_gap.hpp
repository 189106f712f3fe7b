#pragma once
// How far a point is from the optimum of a convex loss plus absolute values and squares, at most.

#include <gradus/objectives/elastic_part.hpp>

#include <algorithm>
#include <limits>

namespace gradus {

/// What the bound needs to know of a point.
template <Scalar S>
struct DualPoint {
    const Vector<S>& x;         ///< slopes first, then intercepts
    const Vector<S>& gradient;  ///< of the mean loss there
    S value{0};                 ///< F(x): what is reported has its rounding
    S excess{0};                ///< the mean loss there beyond the least that any eta could give
    Index first_intercept = 0;
    /// What the terms of each component of the gradient would give without cancelling: its rounding is some of that.
    const Vector<S>& gradient_scale;
    S unit_of_eta{1};
};

/// F(x) - min F is at most this; -1: nothing is known, because some slopes are not penalised.
///
/// The slopes u_i of the loss at x, made smaller by a factor c, are a point of the dual problem, and Fenchel's
/// conjugate l* of a convex loss is known there well enough: l*(u_i) = u_i eta_i - l(eta_i) at c = 1, l*(0) = -min l,
/// and l* is convex. With g = X'u / n that gives, without another look at the rows,
///
///     gap(c) = (1 - c) (loss(x) - least loss) + sum_j  elastic_j(x_j) + elastic_j*(-c g_j) + c g_j x_j,
///     elastic*(v) = (|v| - l1)_+^2 / (2 l2),  without l2: 0 for |v| <= l1, else infinite
///
/// for squared, logistic, multinomial, ordinal, Poisson and Huber's loss alike (Mairal, thesis 2010, ch. 2 and app. D;
/// Fercoq, Gramfort and Salmon, ICML 2015). c is the largest up to 1 with |c g_j| <= l1_j where l2_j = 0. Rounding of
/// the gradient and of each term is added, so that the number is not below the true one where the intercepts are
/// optimal. For what one that is optimal but for rounding could still gain, its slope times its own size and the unit
/// of eta are added: an allowance, and no bound.
template <Scalar S>
GRADUS_ONCE S duality_gap(const ElasticPart<S>& part, const DualPoint<S>& at) {
    using std::abs, std::isfinite;
    const auto rounding = [&](Index j) { return S(16) * epsilon<S> * at.gradient_scale[j]; };
    S c(1);
    for (Index j = 0; j < at.first_intercept; ++j) {
        if (part.is_free(j)) return S(-1);
        if (part.l2()[j] > S(0)) continue;
        const S slope = abs(at.gradient[j]) + rounding(j);
        if (slope > part.l1()[j]) c = std::min(c, S(part.l1()[j] / slope));
    }
    S free(0);  // intercepts
    for (Index j = at.first_intercept; j < at.x.size(); ++j)
        free += (abs(at.gradient[j]) + rounding(j) * epsilon<S>)*(abs(at.x[j]) + at.unit_of_eta);
    const auto gap = [&](const S& share) {
        S sum = (S(1) - share) * at.excess + free, error = S(8) * epsilon<S> * abs(at.value);
        for (Index j = 0; j < at.first_intercept; ++j) {
            const S x = abs(at.x[j]), l1 = part.l1()[j], l2 = part.l2()[j];
            const S own = x * (l1 + l2 / 2 * x), cross = share * at.gradient[j] * at.x[j];
            const S beyond = std::max(S(0), S(share * (abs(at.gradient[j]) + rounding(j)) - l1));
            const S conjugate = l2 > S(0) ? S(beyond / l2 * beyond / 2) : S(0);
            sum += std::max(S(0), S(own + conjugate + cross));
            error += S(8) * epsilon<S> * (own + conjugate + abs(cross)) + rounding(j) * x;
        }
        return S(sum + error);
    };
    const S least = gap(c);
    return isfinite(least) ? least : S(-1);
}

}  // namespace gradus
