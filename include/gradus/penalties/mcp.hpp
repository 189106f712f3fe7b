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
        detail::check_elastic("MCP", lambda, factors, features);
        if (!(gamma > 0) || !std::isfinite(gamma)) reject("MCP: gamma is ", gamma, ", but must be a finite number > 0");
    }

    template <Scalar S>
    S value(Index j, const S& w) const {
        const S l = amount<S>(j), g(gamma), size = w < S(0) ? S(-w) : w;
        return size <= g * l ? S(size * (l - size / (S(2) * g))) : S(g * l * l / S(2));
    }
    template <Scalar S>
    S prox(Index j, const S& step, const S& w) const {
        const S l = amount<S>(j), g(gamma), size = w < S(0) ? S(-w) : w;
        const S end = g * l;  // of the curved piece, which has a minimum of its own where it is convex
        const S inner = step < g ? std::clamp(S((size - step * l) / (S(1) - step / g)), S(0), end) : S(0);
        return detail::best_of<S>({S(0), inner, std::max(size, end)}, step, w, [&](const S& v) { return value(j, v); });
    }
    template <Scalar S>
    S subdifferential_distance(Index j, const S& w, const S& slope) const {
        const S l = amount<S>(j), size = w < S(0) ? S(-w) : w;
        return detail::concave_distance(w, slope, std::max(S(0), S(l - size / S(gamma))), l);
    }

private:
    template <Scalar S>
    S amount(Index j) const {
        return S(factors.size() ? lambda * factors[j] : lambda);
    }
};

}  // namespace gradus
