// Average marginal effects on means: counts and numbers.

#include <gradus/core/random.hpp>
#include <gradus/inference/marginal_effects.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/poisson_regression.hpp>

#include <Eigen/LU>
#include <cmath>
#include <support/catch.hpp>

using namespace gradus;
using Catch::Matchers::WithinRel;
using Eigen::MatrixXd, Eigen::VectorXd;

namespace {

struct CountsByExposure {
    MatrixXd X{150, 3};
    VectorXd y{150}, exposure{150}, s{150};

    CountsByExposure() {
        Random random(4);
        for (Index i = 0; i < 150; ++i) {
            X.row(i) << random.normal(), 100 + 10 * random.normal(), static_cast<double>(random.below(2));
            exposure[i] = random.uniform(-1, 1);
            const double mean = std::exp(0.4 * X(i, 0) + 0.02 * (X(i, 1) - 100) + 0.5 * X(i, 2) + exposure[i]);
            y[i] = std::floor(mean + std::sqrt(mean) * std::abs(random.normal()));
            s[i] = 1 + static_cast<double>(random.below(3));
        }
    }
};

}  // namespace

TEST_CASE("Average marginal effects on the mean of counts, by the formulas of the delta method", "[inference]") {
    const CountsByExposure given;
    PoissonRegression<double> model{{.feature_names = {"a", "b", "group"}}};
    const auto data = Observations(given.X, given.y).weights(given.s).offset(given.exposure);
    REQUIRE(model.fit(data).converged());
    const MarginalEffects effects = marginal_effects(model, data, {.discrete = {"group"}});
    REQUIRE(effects.estimates.size() == 3);

    // mu = exp(Z beta + o), Z with the intercept last; covariance (Z' diag(s mu) Z)^-1
    MatrixXd Z(150, 4);
    Z << given.X, VectorXd::Ones(150);
    VectorXd beta(4);
    beta << model.coefficients(), model.intercept();
    const double total = given.s.sum();
    const auto means = [&](const MatrixXd& at) {
        return VectorXd((at * beta + given.exposure).array().exp() * given.s.array() / total);
    };
    const VectorXd mu = means(Z);
    const MatrixXd covariance = (Z.transpose() * (mu * total).asDiagonal() * Z).inverse();
    const auto error = [&](const VectorXd& gradient) { return std::sqrt(gradient.dot(covariance * gradient)); };
    for (Index j = 0; j < 2; ++j) {
        VectorXd gradient = beta[j] * Z.transpose() * mu;
        gradient[j] += mu.sum();
        const Estimate& effect = effects.estimates[static_cast<std::size_t>(j)];
        CHECK_THAT(effect.estimate, WithinRel(beta[j] * mu.sum(), 1e-12));
        CHECK_THAT(effect.std_error, WithinRel(error(gradient), 1e-9));
    }
    // with an intercept the mean of mu is that of the counts
    CHECK_THAT(effects["a"].estimate, WithinRel(beta[0] * given.s.dot(given.y) / total, 1e-12));
    MatrixXd one = Z, zero = Z;
    one.col(2).setOnes();
    zero.col(2).setZero();
    CHECK_THAT(effects["group"].estimate, WithinRel(means(one).sum() - means(zero).sum(), 1e-12));
    CHECK_THAT(effects["group"].std_error,
               WithinRel(error(one.transpose() * means(one) - zero.transpose() * means(zero)), 1e-9));
}

TEST_CASE("Marginal effects of Huber regression are its coefficients", "[inference]") {
    const CountsByExposure given;
    VectorXd y = given.X.col(0) + 0.1 * given.X.col(1);
    for (Index i = 0; i < 150; ++i) y[i] += i % 20 == 0 ? 50 : std::sin(3.0 * static_cast<double>(i));
    HuberRegression<double> model;
    REQUIRE(model.fit(given.X, y).converged());
    const MarginalEffects effects = marginal_effects(model, given.X, y, {.discrete = {2}});
    const Inference table = infer(model, given.X, y);
    REQUIRE(effects.estimates.size() == 3);
    for (std::size_t j = 0; j < 3; ++j) {
        CHECK_THAT(effects.estimates[j].estimate, WithinRel(table.estimates[j + 1].estimate, 1e-10));
        CHECK_THAT(effects.estimates[j].std_error, WithinRel(table.estimates[j + 1].std_error, 1e-10));
    }
}
