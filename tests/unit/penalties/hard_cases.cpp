// Penalties with corners on data that are not made for them.
#include "support/catch.hpp"
#include "support/problems.hpp"
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/bounds.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/non_negative.hpp>
#include <gradus/solvers/iterative/auto.hpp>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;
using Eigen::VectorXd;

namespace {

struct Signal {
    Matrix<double> X;
    VectorXd y;
    explicit Signal(Index n = 40, double size = 1) : X(n, 2), y(n) {
        Random random(31);
        X = normal_matrix<double>(random, n, 2);
        for (Index i = 0; i < n; ++i) y[i] = size * (X(i, 0) - 0.3 * X(i, 1) + 0.2 * random.normal());
    }
};

}  // namespace

TEST_CASE("Huber's loss where all residuals exceed delta", "[penalties]") {
    for (const double size : {1e2, 1e3, 1e6, 1e9}) {
        const Signal at(60, size);
        HuberRegression<double, Lasso> model({.penalty = {.lambda = 0.01}});
        const FitReport report = model.fit(at.X, at.y);
        INFO(size << ": " << report.message);
        CHECK(report.converged());
        CHECK(report.relative_duality_gap < 1e-6);
        CHECK_THAT(model.coefficients()[0], Catch::Matchers::WithinRel(size, 0.2));
        const auto choice = cross_validate(model, at.X, at.y, {.folds = 3, .count = 10});
        CHECK(choice.unconverged == 0);
        CHECK(choice.best > 0);
    }
}

TEST_CASE("counts without an intercept, and counts that are all the same", "[penalties]") {
    Random random(32);
    Matrix<double> X(30, 2);
    VectorXd y(30);
    for (Index i = 0; i < 30; ++i) {
        X(i, 0) = 1;
        X(i, 1) = random.normal();
        y[i] = std::floor(std::exp(7 + 0.3 * X(i, 1)));
    }
    PoissonRegression<double, Lasso> free(
        {.penalty = {.lambda = 0.01, .factors = Eigen::Vector2d(0, 1)}, .fit_intercept = false}),
        with({.penalty = {.lambda = 0.01}});
    CHECK(free.fit(X, y).converged());
    CHECK(with.fit(Matrix<double>(X.col(1)), y).converged());
    CHECK_THAT(free.coefficients()[1], Catch::Matchers::WithinRel(with.coefficients()[0], 1e-8));
    CHECK_THAT(free.coefficients()[0], Catch::Matchers::WithinRel(with.intercept(), 1e-8));
    PoissonRegression<double, NonNegative> sign({.fit_intercept = false});
    CHECK(sign.fit(X, y).converged());
    for (const double count : {1.0, 7.0, 100.0}) {
        const VectorXd same = VectorXd::Constant(30, count);
        CHECK(with.fit(X, same).converged());
        CHECK(with.coefficients().isZero(0));
        CHECK_THAT(with.intercept(), Catch::Matchers::WithinAbs(std::log(count), 1e-14));
        PoissonRegression<double> plain;
        CHECK(plain.fit(Matrix<double>(X.col(1)), same, LBFGS{}).converged());
    }
}

TEST_CASE("the gap of a run that stopped early is no less than the true one, however far its intercept is",
          "[penalties]") {
    Matrix<double> X(4, 1);
    VectorXd y(4);
    X << -1, 1, -1, 1;
    y << 100, 101, 102, 103;
    HuberRegression<double, Lasso> model({.penalty = {.lambda = 0.1}});
    const double optimum = model.fit(X, y).objective;
    for (int steps = 0; steps < 20; ++steps)
        for (const bool by_gradients : {false, true}) {
            model.start_at(VectorXd::Zero(1), 0.0);
            const FitReport report = by_gradients ? model.fit(X, y, FISTA{.max_iterations = steps})
                                                  : model.fit(X, y, CoordinateDescent{.max_iterations = steps});
            INFO(report.solver << ", " << steps << " steps");
            CHECK(report.duality_gap >= report.objective - optimum - 1e-12);
        }
}

TEST_CASE("the tolerance is on the gap with few features too", "[penalties]") {
    Random random(34);
    for (int problem = 0; problem < 8; ++problem) {
        const Matrix<double> X = normal_matrix<double>(random, 50, 20);
        Eigen::VectorXi y(50);
        for (Index i = 0; i < 50; ++i) y[i] = X(i, 0) + random.normal() > 0;
        LogisticRegression<double, Lasso> model({.penalty = {.lambda = 0.01}});
        for (const double tolerance : {1e-2, 1e-3, 1e-6}) {
            const FitReport report = model.fit(X, y, CoordinateDescent{.tolerance = tolerance, .refines = false});
            CHECK(report.converged());
            CHECK(report.relative_duality_gap <= tolerance);
        }
    }
}

TEST_CASE("what is not unique is said of every convex penalty of coefficients or groups", "[penalties]") {
    const Signal at;
    Matrix<double> X(at.X.rows(), 3);
    X << at.X, at.X.col(0);
    const auto says_so = ContainsSubstring("other coefficients may be as good: column 2 depends");
    const VectorXd low = VectorXd::Constant(3, -1), high = VectorXd::Constant(3, 5);
    CHECK_THAT((LinearRegression<double, NonNegative>().fit(X, at.y).message), says_so);
    CHECK_THAT((LinearRegression<double, Bounds>({.penalty = {.lower = low, .upper = high}}).fit(X, at.y).message),
               says_so);
    CHECK_THAT((LinearRegression<double, GroupLasso>({.penalty = {.lambda = 0.01}}).fit(X, at.y).message), says_so);
    // within a group equal columns share their effect
    CHECK_THAT(
        (LinearRegression<double, GroupLasso>({.penalty = {.lambda = 0.01, .groups = {0, 1, 0}}}).fit(X, at.y).message),
        !says_so);
    CHECK_THAT((LinearRegression<double, NonNegative>().fit(at.X, at.y).message), !says_so);
}

TEST_CASE("amounts beyond the range, the solver chosen, and folds that do not converge", "[penalties]") {
    const Signal at;
    LinearRegression<double, Lasso> huge({.penalty = {.lambda = 1e300, .factors = Eigen::Vector2d(1, 1e20)}});
    CHECK_THROWS_WITH(huge.fit(at.X, at.y), ContainsSubstring("column 1 is beyond the range of double"));
    LinearRegression<float, Lasso> narrow({.penalty = {.lambda = 1e39}});
    CHECK_THROWS_WITH(narrow.fit(at.X.cast<float>().eval(), at.y.cast<float>().eval()),
                      ContainsSubstring("beyond the range of float"));
    LinearRegression<double, Lasso> model({.penalty = {.lambda = 0.1}});
    CHECK(model.fit(at.X, at.y, Auto{}).solver == std::string("CoordinateDescent"));
    Eigen::VectorXi labels(40);
    for (Index i = 0; i < 40; ++i) labels[i] = at.y[i] > 0.3 * at.X(i, 1);
    const auto stopped =
        cross_validate(LogisticRegression<double, Lasso>(), at.X, labels,
                       {.folds = 4, .count = 5, .solver = CoordinateDescent{.max_iterations = 1, .tolerance = 1e-14}});
    CHECK(stopped.unconverged > 0);
    CHECK_THROWS_WITH(cross_validate(model, at.X, at.y, {.fold_of_row = std::vector<Index>(40, 3)}),
                      ContainsSubstring(".folds = 4"));
}

TEST_CASE("the area under the curve of a perfect order is one, whatever the weights", "[penalties]") {
    Random random(33);
    for (int problem = 0; problem < 50; ++problem) {
        const Index n = 31;
        Matrix<double> eta(n, 1), y(n, 1);
        VectorXd s(n);
        for (Index i = 0; i < n; ++i) {
            y(i, 0) = i % 2 == 0;
            eta(i, 0) = y(i, 0) + 0.4 * random.uniform();
            s[i] = random.uniform(0.1, 1);
        }
        const double loss = detail::one_minus_auc<double>(eta, y, s);
        CHECK(loss >= 0);
        CHECK(loss <= 1e-15);
    }
}
