// Poisson regression.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/poisson_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

// Twelve rows with an offset and weights; the answers come from Newton's method in 40 digits (Python's mpmath: sixty
// steps from b = (1, 0, 0), with lu_solve on X' diag(w m) X and X' (w (m - y)); log-likelihoods with loggamma(y + 1)).
struct Twelve {
    Eigen::MatrixXd X{12, 2};
    Eigen::VectorXd o{12}, s{12}, y{12};
    Twelve() {
        X.col(0) << 0.5, 1.5, -0.7, 2.2, 0.1, -1.3, 3.0, 0.9, -0.2, 1.1, 2.6, -2.0;
        X.col(1) << 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0;
        o << 0.2, 0, 0.4, -0.3, 1.1, 0, 0.5, 0.7, -0.9, 0.3, 0.1, 0.6;
        s << 1, 2, 1, 1, 3, 1, 1, 2, 1, 1, 1, 2;
        y << 3, 6, 0, 9, 4, 1, 31, 7, 0, 5, 17, 0;
    }
    auto observations() const { return Observations(X, y).weights(s).offset(o); }
};

// by counting arrivals, or for large means the nearest to a normal
double draw_count(Random& random, double mean) {
    if (mean > 50) return std::max(0.0, std::round(mean + std::sqrt(mean) * random.normal()));
    double count = 0;
    for (double left = std::exp(mean); (left *= random.uniform()) > 1;) ++count;
    return count;
}

struct Given {
    Eigen::MatrixXd X;
    Eigen::VectorXd y;
    Given(double base, Index n = 300) {
        Random random(401);
        X = normal_matrix<double>(random, n, 3);
        y.resize(n);
        for (Index i = 0; i < n; ++i) y[i] = draw_count(random, std::exp(base + 0.9 * X(i, 0) - 0.5 * X(i, 1)));
    }
};

}  // namespace

TEST_CASE("Poisson regression against forty digits", "[models][poisson]") {
    const Twelve data;
    PoissonRegression<double> model;
    const FitReport report = model.fit(data.observations());
    INFO(report);
    CHECK(report.converged());
    CHECK(report.correct_digits > 12);
    CHECK_THAT(model.intercept(), near(0.3658810066813292402, tolerance::direct<double>));
    CHECK_THAT(model.coefficients()[0], near(0.93603451023014364266, tolerance::direct<double>));
    CHECK_THAT(model.coefficients()[1], near(-0.21988054990199010718, tolerance::direct<double>));
    CHECK_THAT(model.score(data.observations()), near(0.96447762526181864106, tolerance::direct<double>));
    CHECK_THAT(model.predict(data.X)[0] * std::exp(0.2), near(2.2569576005294490139, tolerance::direct<double>));
    CHECK_THAT(report.objective_formula, ContainsSubstring("exp(eta) - y eta"));

    PoissonRegression<long double> wide;
    wide.fit(data.observations());
    CHECK_THAT(static_cast<double>(wide.intercept() - 0.3658810066813292402L), near(0, tolerance::direct<long double>));
    PoissonRegression<float> narrow;
    CHECK(narrow.fit(data.observations()).converged());
    CHECK_THAT(narrow.intercept(), near(0.3658810066813292402, tolerance::direct<float>));
}

TEST_CASE("Poisson regression from the constant fit, counts from none to a million", "[models][poisson]") {
    for (const double base : {-3.0, 0.0, 4.0, 8.0, 11.5}) {
        const Given rows(base);
        PoissonRegression<double> model;
        const FitReport report = model.fit(rows.X, rows.y);
        INFO("largest count " << rows.y.maxCoeff() << '\n' << report);
        CHECK(report.converged());
        CHECK(report.iterations < 15);
        // the equations of the optimum, with numbers as large as the counts
        const Eigen::VectorXd residual = model.predict(rows.X) - rows.y;
        CHECK(std::abs(residual.sum()) <= tolerance::direct<double> * rows.y.sum());
        CHECK((rows.X.transpose() * residual).cwiseAbs().maxCoeff() <= tolerance::direct<double> * rows.y.sum());
        // a constant offset moves the intercept alone, wherever the fit starts then
        const Eigen::VectorXd offset = Eigen::VectorXd::Constant(rows.y.size(), 14);
        PoissonRegression<double> moved;
        const FitReport moved_report = moved.fit(Observations(rows.X, rows.y).offset(offset));
        CHECK(moved_report.converged());
        CHECK(moved_report.iterations <= report.iterations + 1);
        CHECK_THAT(moved.intercept(), near(model.intercept() - 14, tolerance::direct<double>));
        CHECK(error_of(moved.coefficients(), model.coefficients()) <= tolerance::direct<double>);
    }
    const Given rows(11.5);
    CHECK(rows.y.maxCoeff() > 1e6);
}

TEST_CASE("Poisson regression where the estimate is infinite says so, with the direction", "[models][poisson]") {
    Given rows(1);
    for (Index i = 0; i < 300; ++i) {
        rows.X(i, 2) = i < 40;
        if (i < 40) rows.y[i] = 0;
    }
    PoissonRegression<double> model{{.feature_names = {"a", "b", "group"}}};
    const FitReport report = model.fit(rows.X, rows.y);
    INFO(report);
    CHECK(report.status == Status::separated);
    CHECK_FALSE(report.converged());
    CHECK_THAT(report.message, ContainsSubstring("no finite maximum"));
    CHECK_THAT(report.remedy, ContainsSubstring("PoissonRegression<double, gradus::Ridge>"));
    REQUIRE(report.separating_slopes.size() == 3);
    CHECK(report.separating_slopes(2, 0) == -1);
    CHECK(report.separating_slopes.topRows(2).isZero(0));
    const FitReport descent =
        PoissonRegression<double>().fit(rows.X, rows.y, GradientDescent<>{.max_iterations = 3000});
    INFO(descent);
    CHECK_FALSE(descent.converged());

    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(300);
    CHECK(PoissonRegression<double>().fit(rows.X, zero).status == Status::separated);

    // one count in the group and the estimate is finite; without weight it does not count
    rows.y[7] = 1;
    CHECK(PoissonRegression<double>().fit(rows.X, rows.y).converged());
    Eigen::VectorXd s = Eigen::VectorXd::Ones(300);
    s[7] = 0;
    CHECK(PoissonRegression<double>().fit(Observations(rows.X, rows.y).weights(s)).status == Status::separated);
    // a ridge makes it finite too
    rows.y[7] = 0;
    PoissonRegression<double, Ridge> shrunk{{.penalty = {.lambda = 1e-3}}};
    const FitReport with_ridge = shrunk.fit(rows.X, rows.y);
    INFO(with_ridge);
    CHECK(with_ridge.converged());
    CHECK(shrunk.coefficients()[2] < -2);
}

TEST_CASE("Poisson regression: input, start and score", "[models][poisson]") {
    Given rows(1);
    PoissonRegression<double> model;
    CHECK_THROWS_AS(model.predict(rows.X), NotFitted);
    const FitReport first = model.fit(rows.X, rows.y);
    const Eigen::VectorXd w = model.coefficients();
    const double b = model.intercept();
    CHECK(model.start_at(w, b).fit(rows.X, rows.y).iterations <= 1);
    CHECK(first.iterations > 2);
    CHECK_THROWS_WITH(model.start_at(Eigen::VectorXd::Zero(2), 0).fit(rows.X, rows.y),
                      ContainsSubstring("2 coefficients and 1 intercepts, expected 3 and 1"));
    model = {};
    model.fit(rows.X, rows.y);
    CHECK(model.score(rows.X, rows.y) > 0.5);
    CHECK_THAT(PoissonRegression<double>(model).predict(rows.X)[3],
               near(std::exp(model.decision_function(rows.X)[3]), tolerance::rounding<double>));
    rows.y[5] = -1;
    CHECK_THROWS_WITH(model.fit(rows.X, rows.y), ContainsSubstring("-1 in row 5") && ContainsSubstring("a count >= 0"));
    CHECK(model.intercept() == b);
    PoissonRegression<double> constant;
    const Eigen::VectorXd ones = Eigen::VectorXd::LinSpaced(300, 1, 3);
    constant.fit(Eigen::MatrixXd(300, 0), ones);
    CHECK_THAT(constant.intercept(), near(std::log(2.0), tolerance::direct<double>));
    CHECK_THAT(constant.score(Eigen::MatrixXd(300, 0), ones), near(0, tolerance::direct<double>));
}
