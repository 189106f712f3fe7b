// The generic model with a loss of the user's own.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// log cosh(eta - y): quadratic near zero, linear far away
struct LogCosh {
    using Scalar = double;
    static double value(double y, double eta) {
        return std::abs(eta - y) + std::log1p(std::exp(-2 * std::abs(eta - y))) - std::log(2.0);
    }
    static double slope(double y, double eta) { return std::tanh(eta - y); }
    static double curvature(double y, double eta) { return 1 - slope(y, eta) * slope(y, eta); }
};

// eta for a count, mean exp(eta)
struct PoissonLoss {
    using Scalar = double;
    static double value(double y, double eta) { return std::exp(eta) - y * eta; }
    static double slope(double y, double eta) { return std::exp(eta) - y; }
    static double curvature(double, double eta) { return std::exp(eta); }
    static bool admits(double y) { return y >= 0; }
    static const char* domain() { return "a count >= 0"; }
    static double intercept_only(double mean) { return std::log(mean); }
};

}  // namespace

TEST_CASE("Regression with a pointwise loss: robust against one wild row", "[models]") {
    Random random(141);
    const Eigen::MatrixXd X = normal_matrix<double>(random, 80, 2);
    Eigen::VectorXd y = 2 * X.col(0) - X.col(1) + normal_vector<double>(random, 80) / 10;
    y.array() += 3;
    y[5] = 1000;
    Regression<Pointwise<LogCosh>> model;
    const FitReport report = model.fit(X, y);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.rank == 2);
    const Eigen::VectorXd slope = (model.decision_function(X).col(0) - y).array().tanh() / 80;
    CHECK(X.transpose().lazyProduct(slope).cwiseAbs().maxCoeff() <= tolerance::direct<double>);
    CHECK(std::abs(slope.sum()) <= tolerance::direct<double>);
    CHECK((model.coefficients().col(0) - Eigen::Vector2d(2, -1)).norm() < 0.2);
    CHECK_THAT(report.objective, near(
                                     [&] {
                                         double sum = 0;
                                         for (Index i = 0; i < 80; ++i)
                                             sum += LogCosh::value(y[i], model.decision_function(X)(i, 0));
                                         return sum / 80;
                                     }(),
                                     tolerance::product<double>));
}

TEST_CASE("Regression with a ridge, weights and an offset", "[models]") {
    Random random(142);
    const Eigen::MatrixXd X = normal_matrix<double>(random, 60, 2);
    Eigen::VectorXd y(60), s = uniform_vector<double>(random, 60, 0.5, 2), o = normal_vector<double>(random, 60) / 3;
    for (Index i = 0; i < 60; ++i) y[i] = std::floor(std::exp(0.5 * X(i, 0) + o[i] + 1) + random.uniform());
    Regression<Pointwise<PoissonLoss>, Ridge> model{{.penalty = {.lambda = 0.2}}};
    const FitReport report = model.fit(Observations(X, y).weights(s).offset(o));
    INFO(report);
    CHECK(report.converged());
    const Eigen::VectorXd mean = (model.decision_function(X).col(0) + o).array().exp();
    const Eigen::VectorXd slope = s.cwiseProduct(mean - y) / s.sum();
    CHECK((X.transpose().lazyProduct(slope) + 0.2 * model.coefficients().col(0)).cwiseAbs().maxCoeff() <=
          tolerance::direct<double>);
    CHECK(std::abs(slope.sum()) <= tolerance::direct<double>);

    const Eigen::MatrixXd before = model.coefficients();
    y[7] = -2;
    CHECK_THROWS_WITH(model.fit(Observations(X, y).weights(s).offset(o)),
                      Catch::Matchers::ContainsSubstring("-2 in row 7") &&
                          Catch::Matchers::ContainsSubstring("a count >= 0"));
    CHECK(model.coefficients() == before);
    const Regression<Pointwise<PoissonLoss>, Ridge> unfitted;
    CHECK_THROWS_AS(unfitted.coefficients(), std::logic_error);
    CHECK_THROWS_AS(unfitted.decision_function(X), std::logic_error);
}
