#pragma once
// The minimax concave penalty: a lasso that leaves large coefficients alone.

#include <gradus/penalties/concave_terms.hpp>

namespace gradus {

/// sum_jc of lambda_j |w| - w^2 / (2 gamma) up to |w| = gamma lambda_j, and gamma lambda_j^2 / 2 beyond; lambda_j =
/// lambda factor_j, in the user's scale (Zhang, Ann. Statist. 38 (2010), 894): zeros as of the lasso, but large
/// coefficients are not shrunk.
///
/// It is not convex: a fit ends at a stationary point, which depends on where it began. In columns of unit mean square
/// and with squared loss it is a minimum in each coefficient for gamma > 1. `factors` as of Lasso.
struct MCP {
    static constexpr bool is_zero = false;
    static constexpr bool is_convex = false;
    static constexpr const char* formula = "MCP(W; lambda, gamma)";

    double lambda = 1;
    double gamma = 3;
    Eigen::VectorXd factors = {};

    /// Throws InvalidInput unless lambda >= 0, gamma > 0, and there are no factors or one >= 0 for each of p features.
    void check(Index features) const {
        detail::check_lambda_and_factors("MCP", lambda, factors, features);
        if (!(gamma > 0) || !std::isfinite(gamma)) reject("MCP: gamma is ", gamma, ", but must be a finite number > 0");
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
        return {l, S(0), S(gamma) * l};
    }
};

}  // namespace gradus
