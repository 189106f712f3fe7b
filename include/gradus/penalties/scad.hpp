#pragma once
// Smoothly clipped absolute deviation: a lasso that leaves large coefficients alone.

#include <gradus/penalties/concave_terms.hpp>

namespace gradus {

/// The sum over jc of the function of |w| that is 0 at 0 and has the slope lambda_j up to lambda_j, (gamma lambda_j -
/// |w|) / (gamma - 1) up to gamma lambda_j, and 0 beyond; lambda_j = lambda factor_j, in the user's scale (Fan and Li,
/// J. Amer. Statist. Assoc. 96 (2001), 1348, eq. 2.7): zeros as of the lasso, but large coefficients are not shrunk.
///
/// It is not convex: a fit ends at a stationary point, which depends on where it began. In columns of unit mean square
/// and with squared loss it is a minimum in each coefficient. `factors` as of Lasso.
struct SCAD {
    static constexpr bool is_zero = false;
    static constexpr bool is_convex = false;
    static constexpr const char* formula = "SCAD(W; lambda, gamma)";

    double lambda = 1;
    double gamma = 3.7;
    Eigen::VectorXd factors = {};

    /// Throws InvalidInput unless lambda >= 0, gamma > 2, and there are no factors or one >= 0 for each of p features.
    void check(Index features) const {
        detail::check_lambda_and_factors("SCAD", lambda, factors, features);
        if (!(gamma > 2) || !std::isfinite(gamma))
            reject("SCAD: gamma is ", gamma, ", but must be a finite number > 2");
    }

    template <Scalar S>
    S value(Index j, const S& w) const {
        return of<S>(j).value(w);
    }
    template <Scalar S>
    S prox(Index j, const S& step, const S& w) const {
        return of<S>(j).prox(step, w);
    }
    template <Scalar S>
    S subdifferential_distance(Index j, const S& w, const S& slope) const {
        return of<S>(j).subdifferential_distance(w, slope);
    }
    template <Scalar S>
    S curvature(Index j, const S& w) const {
        return of<S>(j).curvature(w);
    }

private:
    template <Scalar S>
    detail::FadingSlope<S> of(Index j) const {
        const S l(factors.size() ? lambda * factors[j] : lambda);
        return {l, l, S(gamma) * l};
    }
};

}  // namespace gradus
