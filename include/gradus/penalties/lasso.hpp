#pragma once
// The lasso: the sum of the absolute coefficients.

#include <gradus/penalties/elastic_terms.hpp>

namespace gradus {

/// lambda * sum_jc factor_j |w_jc|, in the user's scale (Tibshirani, J. R. Statist. Soc. B 58 (1996), 267): many
/// coefficients become exactly zero. From some lambda on all of them are: see largest_lambda().
///
/// The loss is a *mean* over rows, squares with 1/2: lambda is that of glmnet and of scikit-learn's Lasso(alpha), and
/// 1 / (C n) of its LogisticRegression(C). The columns are taken as they are, not standardised; `factors`, one >= 0 per
/// feature, weigh them against each other (the deviations of the columns: as if standardised; 0: not penalised; 1 /
/// |first estimate|: the adaptive lasso); empty means 1 for each.
struct Lasso {
    static constexpr bool is_zero = false;
    static constexpr const char* formula = "lambda |W|_1";

    double lambda = 1;
    Eigen::VectorXd factors = {};

    /// Throws InvalidInput unless lambda >= 0 and there are no factors or one >= 0 for each of p features.
    void check(Index features) const { detail::check_lambda_and_factors("lasso", lambda, factors, features); }

    /// The same penalty of the coefficients that columns divided by these units would have: of standardised ones, where
    /// the units are the deviations.
    Lasso in_units(const Eigen::VectorXd& units) const { return {lambda, detail::times_factors(factors, units)}; }

    double l1(Index j) const { return factors.size() ? lambda * factors[j] : lambda; }
    double l2(Index) const { return 0; }

    template <Scalar S>
    S value(const Coefficients<S>& W) const {
        return detail::elastic_value<S>(*this, W);
    }
    template <Scalar S>
    void prox(const ConstVectorView<S>& steps, MatrixView<S> W) const {
        detail::elastic_prox<S>(*this, steps, W);
    }
    template <Scalar S>
    void subdifferential_distance(const Coefficients<S>& W, const ConstMatrixView<S>& G, MatrixView<S> out) const {
        detail::elastic_distance<S>(*this, W, G, out);
    }
};

}  // namespace gradus
