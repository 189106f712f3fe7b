// Weights, targets and curvatures far apart: what is asked for exists, and is found.
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/verify.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>

using namespace gradus;
using namespace gradus::test;

// after the first step the row that weighs most is saturated, and the curvature of the slope has all but vanished
TEMPLATE_TEST_CASE("Weights from 1e-6 to 1e6", "[extreme]", Newton, NewtonCG) {
    const Eigen::MatrixXd X = Eigen::Vector4d(1, 2, 2, 0);
    const Eigen::Vector4i labels(0, 1, 0, 1);
    const Eigen::Vector4d weights(1, 1e6, 1, 1e-6);
    LogisticRegression<double> model;
    const auto data = Observations(X, labels).weights(weights);
    const FitReport report = model.fit(data, TestType{});
    INFO(report);
    CHECK(report.converged());
    CHECK(report.existence == Existence::finite);
    CHECK(verify(model, data).of_largest > 8);
}

// the first step is of size one, the answer a googol times as large
TEST_CASE("Targets of 1e100: a line search finds steps of any size", "[extreme]") {
    const Eigen::MatrixXd X = Eigen::Vector4d(1, 2, 2, 0);
    const Eigen::VectorXd y = Eigen::Vector4d(1e100, 3e100, 2e100, 1e100);
    LinearRegression<double> model, direct;
    const FitReport report = model.fit(X, y, LBFGS{});
    INFO(report);
    CHECK(report.converged());
    direct.fit(X, y);
    CHECK(std::abs(model.coefficients()[0] / direct.coefficients()[0] - 1) < 1e-8);
}

// the gradient of an intercept of 1e10 is its own rounding
TEST_CASE("A mean of 1e10 alone", "[extreme]") {
    Random random(1);
    Eigen::VectorXd y(50);
    for (double& number : y) number = 1e10 + random.normal();
    LinearRegression<double> model;
    const FitReport report = model.fit(Eigen::MatrixXd(50, 0), y, Newton{});
    INFO(report);
    CHECK(report.converged());
    CHECK(std::abs(model.intercept() / y.mean() - 1) <= 4 * epsilon<double>);
}
