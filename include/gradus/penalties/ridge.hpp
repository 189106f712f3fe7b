#pragma once
// The ridge: half the squared length of the coefficients.

#include <gradus/penalties/factors.hpp>
#include <gradus/penalties/penalty.hpp>

namespace gradus {

/// lambda / 2 * sum_jc factor_j w_jc^2, in the user's scale (Hoerl and Kennard, Technometrics 12 (1970), 55).
///
/// The loss is a *mean* over rows: scikit-learn's Ridge(alpha) is lambda = alpha / n, its LogisticRegression(C) is
/// lambda = 1 / (C n). `factors`, one >= 0 per feature, weigh the features against each other (0: not penalised); empty
/// means 1 for each.
struct Ridge {
    static constexpr bool is_zero = false;
    static constexpr bool is_quadratic = true;
    static constexpr bool is_class_symmetric = true;

    static constexpr const char* formula = "lambda/2 |W|^2";

    double lambda = 1;
    Eigen::VectorXd factors = {};

    /// Throws InvalidInput unless lambda >= 0 and there are no factors or one >= 0 for each of p features.
    void check(Index features) const { detail::check_lambda_and_factors("ridge", lambda, factors, features); }

    /// Whether there is nothing of it in the numbers of S.
    template <Scalar S>
    bool vanishes() const {
        for (Index j = 0; j < factors.size(); ++j)
            if (amount<S>(j) > S(0)) return false;
        return factors.size() > 0 || !(amount<S>(0) > S(0));
    }

    template <Scalar S>
    S value(const Coefficients<S>& W) const {
        S sum(0);
        for (Index j = 0; j < W->rows(); ++j)  // zero times a square beyond the range is not zero
            if (amount<S>(j) > S(0)) sum += amount<S>(j) * W->row(j).squaredNorm();
        return sum / 2;
    }
    template <Scalar S>
    void add_gradient(const Coefficients<S>& W, MatrixView<S> G) const {
        for (Index j = 0; j < W->rows(); ++j) G.row(j) += amount<S>(j) * W->row(j);
    }
    template <Scalar S>
    void add_curvature(const Coefficients<S>& W, MatrixView<S> h) const {
        for (Index j = 0; j < W->rows(); ++j) h.row(j).array() += amount<S>(j);
    }

private:
    template <Scalar S>
    S amount(Index j) const {
        return S(factors.size() ? lambda * factors[j] : lambda);
    }
};

}  // namespace gradus
