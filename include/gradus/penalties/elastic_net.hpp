#pragma once
// The elastic net: lasso and ridge in one.

#include <gradus/penalties/elastic_terms.hpp>

namespace gradus {

/// lambda * sum_jc factor_j (l1_ratio |w_jc| + (1 - l1_ratio) / 2 w_jc^2), in the user's scale (Zou and Hastie, J. R.
/// Statist. Soc. B 67 (2005), 301): zeros as of the lasso, but columns that resemble each other share their effect.
///
/// The scale is that of Lasso and Ridge; lambda and l1_ratio are glmnet's lambda and alpha (which for squared loss
/// rescales y first), and scikit-learn's ElasticNet(alpha, l1_ratio). `factors` as of Lasso. With `units`, one >= 0 per
/// feature, w_jc stands for unit_j w_jc, the coefficient that column j divided by its unit would have: deviations make
/// the penalty that of standardised columns.
struct ElasticNet {
    static constexpr bool is_zero = false;
    static constexpr const char* formula = "lambda (l1_ratio |W|_1 + (1 - l1_ratio)/2 |W|^2)";

    double lambda = 1;
    double l1_ratio = 0.5;
    Eigen::VectorXd factors = {}, units = {};

    /// Throws InvalidInput unless lambda >= 0, 0 <= l1_ratio <= 1, and there are no factors and no units, or one >= 0
    /// for each of p features.
    void check(Index features) const {
        detail::check_lambda_and_factors("elastic net", lambda, factors, features);
        detail::check_one_per_feature("elastic net", "unit", units, features);
        if (!(l1_ratio >= 0 && l1_ratio <= 1))
            reject("elastic net: l1_ratio is ", l1_ratio, ", but must be between 0 and 1");
    }

    /// The same penalty of columns divided by these, as of Lasso.
    ElasticNet in_units(const Eigen::VectorXd& other) const {
        return {lambda, l1_ratio, factors, detail::times_factors(units, other)};
    }

    double l1(Index j) const { return l1_ratio * amount(j) * unit(j); }
    double l2(Index j) const { return (1 - l1_ratio) * amount(j) * unit(j) * unit(j); }

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

private:
    double amount(Index j) const { return factors.size() ? lambda * factors[j] : lambda; }
    double unit(Index j) const { return units.size() ? units[j] : 1; }
};

}  // namespace gradus
