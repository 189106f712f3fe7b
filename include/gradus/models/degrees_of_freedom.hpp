#pragma once
// How many parameters does a fit with corners estimate?

#include <gradus/models/feature_subset.hpp>
#include <gradus/numeric/cholesky.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace gradus::detail {

/// U'^-1 of upper triangular U, by blocks of rows.
template <Scalar S>
GRADUS_ONCE Matrix<S> inverse_of_transposed(const Matrix<S>& U) {
    constexpr Index block = 64;
    const Index d = U.rows();
    Matrix<S> V = Matrix<S>::Identity(d, d);
    for (Index first = 0; first < d; first += block) {
        const Index width = std::min(block, d - first);
        if (first > 0)
            V.block(first, 0, width, first) =
                -transposed_product<S>(U.block(0, first, first, width), V.topLeftCorner(first, first));
        solve_upper_transposed<S>(U.block(first, first, width, width), V.block(first, 0, width, first + width));
    }
    return V;
}

/// The trace of (H + P)^-1 H over the s parameters that are not zero or not penalised, H the Hessian of the mean loss
/// at theta, P that of the penalty: for squared loss the divergence of the fit (Stein, Ann. Statist. 9 (1981), 1135).
/// NaN where the part has no curvature() or it is not known, or where H + P is not positive definite. O(s^3).
template <class Risk, class Part, class S = typename Risk::Scalar>
GRADUS_ONCE double degrees_of_freedom(const Problem<S>& problem, const Risk& risk, const Part& part,
                                      const Vector<S>& theta) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    if constexpr (!requires(Index l) { part.curvature(theta, l, l); }) return unknown;
    else {
        const auto support = FeatureSubset<S>::support(risk.predictor(), theta);
        const Vector<S> own = support.of(theta);
        const Part corner = part.of(support);
        std::vector<Index> places;
        for (Index j = 0; j < own.size(); ++j)
            if (own[j] != S(0) || corner.is_free(j)) places.push_back(j);
        const auto place = [&](Index l) { return places[static_cast<std::size_t>(l)]; };
        const Index s = static_cast<Index>(places.size());
        const double count = static_cast<double>(s);
        const auto is_curved = [&](Index j) { return corner.curvature(own, j, j) != S(0); };
        if (std::none_of(places.begin(), places.end(), is_curved)) return count;
        Matrix<S> P(s, s), H, A(s, s), U;
        for (Index m = 0; m < s; ++m)
            for (Index l = 0; l < s; ++l) P(l, m) = corner.curvature(own, place(l), place(m));
        support.risk(problem, risk).hessian(own, H);
        for (Index m = 0; m < s; ++m)
            for (Index l = m; l < s; ++l) A(l, m) = H(place(l), place(m)) + P(l, m);
        if (!cholesky(A, U)) return unknown;
        const Matrix<S> V = inverse_of_transposed<S>(U);  // (H + P)^-1 = V'V
        S lost(0);
        for (Index m = 0; m < s; ++m)
            for (Index l = m; l < s; ++l)
                if (P(l, m) != S(0)) lost += (l == m ? S(1) : S(2)) * P(l, m) * dot(&V(l, l), &V(l, m), s - l);
        return count - static_cast<double>(lost);  // the trace of I less that of (H + P)^-1 P
    }
}

}  // namespace gradus::detail
