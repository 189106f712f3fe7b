// Huber regression.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"

#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Wild {
    Eigen::MatrixXd X;
    Eigen::VectorXd y;
    // a third of the rows off by `size` to twice that, to one side
    Wild(std::uint64_t seed, Index n, double slope, double size) {
        Random random(seed);
        X = normal_matrix<double>(random, n, 3);
        y = slope * (X.col(0) - X.col(1) / 2) + normal_vector<double>(random, n);
        for (Index i = 0; i < n; ++i)
            if (random.uniform() < 0.3) y[i] += size * (1 + random.uniform());
    }
};

// the gradient of the mean loss, slopes first, in units of delta
double largest_gradient(const Wild& data, const HuberRegression<double>& model, double delta) {
    const Eigen::VectorXd r = (model.predict(data.X) - data.y).cwiseMax(-delta).cwiseMin(delta) / delta;
    const double n = static_cast<double>(r.size());
    return std::max(std::abs(r.sum()), (data.X.transpose() * r).cwiseAbs().maxCoeff()) / n;
}

}  // namespace

TEST_CASE("Huber regression from the constant fit with a third of the rows wild", "[models][huber]") {
    for (const double slope : {1.0, 50.0, 1e4})
        for (const double size : {1e2, 1e6, 1e9})
            for (const Index n : {100, 1000}) {
                const Wild data(501, n, slope, size);
                HuberRegression<double> model;
                const FitReport report = model.fit(data.X, data.y);
                INFO("slope " << slope << ", errors of " << size << ", " << n << " rows\n" << report);
                CHECK(report.converged());
                CHECK(report.rank == 3);
                CHECK(largest_gradient(data, model, 1.345) <= 1e-9);
                CHECK(std::abs(model.coefficients()[0] - slope) < (n == 100 ? 1 : 0.3));
                LinearRegression<double> pulled;
                pulled.fit(data.X, data.y);
                if (size > 1e3) CHECK(std::abs(pulled.intercept()) > 10 * std::abs(model.intercept()));
            }
}

TEST_CASE("Huber regression without outliers is least squares", "[models][huber]") {
    const Wild data(502, 60, 2, 0);
    HuberRegression<double> model{{.delta = 1000}};
    const FitReport report = model.fit(data.X, data.y);
    INFO(report);
    LinearRegression<double> squares;
    squares.fit(data.X, data.y);
    CHECK(report.converged());
    CHECK(error_of(model.coefficients(), squares.coefficients()) <= tolerance::direct<double>);
    CHECK_THAT(model.score(data.X, data.y), near(squares.score(data.X, data.y), tolerance::direct<double>));
    CHECK_THAT(report.objective_formula, ContainsSubstring("delta = 1000"));
    // units: y and delta ten times as large
    HuberRegression<double> one{{.delta = 0.7}}, ten{{.delta = 7}};
    one.fit(data.X, data.y);
    ten.fit(data.X, 10 * data.y);
    CHECK(error_of(ten.coefficients(), 10 * one.coefficients()) <= tolerance::direct<double>);
    // another solver; weights are frequencies; the ridge shrinks
    HuberRegression<double> descended{{.delta = 0.7}};
    CHECK(descended.fit(data.X, data.y, GradientDescent<>{}).converged());
    CHECK(error_of(descended.coefficients(), one.coefficients()) <= tolerance::first_order);
    Eigen::MatrixXd twice(61, 3);
    twice << data.X, data.X.row(4);
    Eigen::VectorXd y(61), s = Eigen::VectorXd::Ones(60);
    y << data.y, data.y[4];
    s[4] = 2;
    HuberRegression<double> repeated{{.delta = 0.7}};
    repeated.fit(twice, y);
    one.fit(Observations(data.X, data.y).weights(s));
    CHECK(error_of(repeated.coefficients(), one.coefficients()) <= tolerance::direct<double>);
    HuberRegression<double, Ridge> shrunk{{.penalty = {.lambda = 10}}};
    CHECK(shrunk.fit(data.X, data.y).converged());
    CHECK(shrunk.coefficients().norm() < 0.5 * one.coefficients().norm());
}

// Every row is beyond delta of every constant: the Hessian is zero where the fit starts.
TEST_CASE("Huber regression where it starts without any curvature", "[models][huber]") {
    Eigen::MatrixXd X(40, 1);
    Eigen::VectorXd y(40);
    for (Index i = 0; i < 40; ++i) {
        X(i, 0) = i < 20 ? -1 - 0.01 * static_cast<double>(i) : 1 + 0.01 * static_cast<double>(i);
        y[i] = 1e5 * X(i, 0);
    }
    HuberRegression<double> model;
    const FitReport report = model.fit(X, y);
    INFO(report);
    CHECK(report.converged());
    CHECK_THAT(model.coefficients()[0], near(1e5, 1e-9, 0));
}

TEST_CASE("The Huber location of a sample", "[models][huber]") {
    Random random(503);
    for (const double delta : {0.01, 1.0, 30.0})
        for (const Index n : {1, 2, 7, 100}) {
            Matrix<double> y = normal_matrix<double>(random, n, 1);
            if (n > 2) y(1, 0) = 1e12, y(2, 0) = -3e5;
            const Vector<double> s = uniform_vector<double>(random, n, 0, 2);
            const double c = Huber<double>(delta).intercept_only(y, s)[0];
            const Eigen::ArrayXd r = (c - y.col(0).array()).max(-delta).min(delta);
            INFO("delta " << delta << ", n " << n << ", c " << c);
            CHECK(std::abs((s.array() * r).sum()) <= tolerance::product<double> * delta * s.sum());
        }
    const Matrix<double> pair = (Matrix<double>(2, 1) << -1e6, 1e6).finished();  // every constant between is as good
    CHECK(std::abs(Huber<double>(1).intercept_only(pair, Vector<double>::Ones(2))[0]) < 1e6);
}

TEST_CASE("Huber regression refuses what is no delta", "[models][huber]") {
    const Wild data(504, 20, 1, 0);
    for (const double delta : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        HuberRegression<double> model{{.delta = delta}};
        CHECK_THROWS_WITH(model.fit(data.X, data.y), ContainsSubstring("delta"));
        CHECK_THROWS_AS(model.predict(data.X), NotFitted);
    }
}
