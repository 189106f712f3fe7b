#pragma once
// How far a point is from the optimum of a convex loss plus absolute values and squares, at most.

#include <gradus/objectives/elastic_part.hpp>
#include <gradus/objectives/separable_part.hpp>

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

namespace detail {

template <Scalar S>
S gradient_rounding(const DualPoint<S>& at, Index j) {
    return S(16) * epsilon<S> * at.gradient_scale[j];
}
/// Whether no intercept's slope is more than a thousandth of what a gradient is far from the optimum.
template <Scalar S>
bool has_near_intercepts(const DualPoint<S>& at) {
    using std::abs;
    for (Index j = at.first_intercept; j < at.x.size(); ++j)
        if (abs(at.gradient[j]) > S(1e-3) * at.gradient_scale[j]) return false;
    return true;
}
/// What intercepts that are nearly optimal could still gain; of others nothing is known (infinite).
template <Scalar S>
S allowance(const DualPoint<S>& at) {
    using std::abs;
    if (!has_near_intercepts(at)) return std::numeric_limits<S>::infinity();
    S sum(0);
    for (Index j = at.first_intercept; j < at.x.size(); ++j) {
        const S slope = abs(at.gradient[j]) + epsilon<S> * gradient_rounding(at, j);
        sum += slope * (abs(at.x[j]) + at.unit_of_eta);
    }
    return sum;
}
template <Scalar S>
S if_finite(const S& gap) {
    return gap - gap == S(0) ? gap : S(-1);
}

}  // namespace detail

/// F(x) - min F is at most this; -1: nothing is known, because some slopes are not penalised, or an intercept is far
/// from its optimum.
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
/// optimal. For what one that is nearly so could still gain, its slope times its own size and the unit of eta are
/// added: an allowance, and no bound, which is why the gap is unknown where one is far from it.
template <Scalar S>
GRADUS_ONCE S duality_gap(const ElasticPart<S>& part, const DualPoint<S>& at) {
    using std::abs;
    const auto rounding = [&](Index j) { return detail::gradient_rounding(at, j); };
    S c(1);
    for (Index j = 0; j < at.first_intercept; ++j) {
        if (part.is_free(j)) return S(-1);
        if (part.l2()[j] > S(0)) continue;
        const S slope = abs(at.gradient[j]) + rounding(j);
        if (slope > part.l1()[j]) c = std::min(c, S(part.l1()[j] / slope));
    }
    const S free = detail::allowance(at);
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
    return detail::if_finite(gap(c));
}

/// The same for a penalty of single parameters with the conjugate that it gives, at its largest for slopes that are
/// wrong by their rounding to either side; c the largest of 1, 1/2, 1/4 ... down to 2^-10 for which that is finite, and
/// from there the largest by bisection. -1: there is none, or the penalty has no conjugate.
template <Scalar S>
GRADUS_ONCE S duality_gap(const SeparablePart<S>& part, const DualPoint<S>& at) {
    using std::abs;
    if (!part.has_conjugate()) return S(-1);
    const auto conjugate = [&](Index j, const S& share) {
        const S r = detail::gradient_rounding(at, j);
        return std::max(part.conjugate(j, S(-share * (at.gradient[j] - r))),
                        part.conjugate(j, S(-share * (at.gradient[j] + r))));
    };
    const auto gap = [&](const S& share) {
        S sum = (S(1) - share) * at.excess + detail::allowance(at), error = S(8) * epsilon<S> * abs(at.value);
        for (Index j = 0; j < at.first_intercept; ++j) {
            if (part.is_free(j)) return std::numeric_limits<S>::infinity();
            const S own = part.value(j, at.x[j]), dual = conjugate(j, share), cross = share * at.gradient[j] * at.x[j];
            sum += std::max(S(0), S(own + dual + cross));
            error += S(8) * epsilon<S> * (abs(own) + abs(dual) + abs(cross)) +
                     detail::gradient_rounding(at, j) * abs(at.x[j]);
        }
        return S(sum + error);
    };
    S best = gap(S(1)), share(1), step(S(1) / S(2));
    if (best - best == S(0)) return best;
    while (step > S(1e-3) && !(gap(step) - gap(step) == S(0))) step /= S(2);
    if (!(step > S(1e-3))) return S(-1);
    for (share = step; step > epsilon<S>; step /= S(2))
        if (const S more = share + step; more <= S(1) && gap(more) - gap(more) == S(0)) share = more;
    return detail::if_finite(gap(share));
}

/// The same for a part that tells its dual_share(): a norm, whose conjugate is zero there.
template <Scalar S, class Part>
requires requires(const Part& part, const Vector<S>& v) { part.dual_share(v, v); }
GRADUS_ONCE S duality_gap(const Part& corner, const DualPoint<S>& at) {
    using std::abs;
    Vector<S> rounding(at.x.size());
    for (Index j = 0; j < rounding.size(); ++j) rounding[j] = detail::gradient_rounding(at, j);
    const S share = corner.dual_share(at.gradient, rounding), own = corner.value(at.x);
    if (share < S(0)) return S(-1);
    S cross(0), error = S(8) * epsilon<S> * (abs(at.value) + own);
    for (Index j = 0; j < at.first_intercept; ++j) {
        cross += share * at.gradient[j] * at.x[j];
        error += S(8) * epsilon<S> * abs(share * at.gradient[j] * at.x[j]) + rounding[j] * abs(at.x[j]);
    }
    return detail::if_finite(
        S((S(1) - share) * at.excess + detail::allowance(at) + std::max(S(0), S(own + cross)) + error));
}

}  // namespace gradus
