// Targets, penalties and weights of any size, and columns that differ in their last digits.

#include "support/catch.hpp"
#include "support/correct_digits.hpp"
#include "support/problems.hpp"
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/sgd.hpp>

#include <cmath>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;
using Eigen::MatrixXd, Eigen::VectorXd, Eigen::VectorXi;

namespace {

double digits_of(const VectorXd& w, const VectorXd& right) {
    const double error = (w - right).cwiseAbs().maxCoeff() / right.cwiseAbs().maxCoeff();
    return error > 0 ? -std::log10(error) : 16;
}

}  // namespace

TEST_CASE("Huber's loss: targets of any size", "[models][scales]") {
    Random random(1);
    const MatrixXd X = normal_matrix<double>(random, 60, 2);
    const VectorXd y = X.col(0).array() + 1 + normal_vector<double>(random, 60).array();
    HuberRegression<double> of_one({.delta = 1});
    of_one.fit(X, y);
    for (const int power : {-1000, -600, -500, 500, 700, 1000}) {
        const double unit = std::ldexp(1.0, power);
        HuberRegression<double> model({.delta = unit});
        const VectorXd scaled = unit * y;
        for (const FitReport& report : {model.fit(X, scaled), model.fit(X, scaled, LBFGS{})}) {
            INFO("2^" << power << "\n" << report);
            CHECK(report.converged());
            CHECK(report.correct_digits >= 10);
            CHECK(digits_of(model.coefficients() / unit, of_one.coefficients()) >= 12);
        }
        CHECK(std::abs(model.score(X, scaled) - of_one.score(X, y)) <= 1e-12);
        HuberRegression<double, Ridge> penalised({.delta = unit, .penalty = {.lambda = 0.5}}),
            penalised_at_one({.delta = 1, .penalty = {.lambda = 0.5}});
        penalised_at_one.fit(X, y);
        CHECK(penalised.fit(X, scaled).converged());
        CHECK(digits_of(penalised.coefficients() / unit, penalised_at_one.coefficients()) >= 12);
    }
}

TEST_CASE("targets whose squares are beyond the range: steps in the user's units do not take zero for the optimum",
          "[models][scales]") {
    Random random(1);
    const MatrixXd X = normal_matrix<double>(random, 60, 2);
    const VectorXd y = X.col(0) + normal_vector<double>(random, 60);
    LinearRegression<double> model;
    model.fit(X, y);
    const VectorXd right = model.coefficients();
    for (const double unit : {1e-160, 1e-200, 1e-300}) {
        const FitReport report = model.fit(X, VectorXd(unit * y), GradientDescent<>{});
        INFO(unit << "\n" << report);
        CHECK((!report.converged() || digits_of(model.coefficients() / unit, right) >= 6));
    }
}

TEST_CASE("a strong ridge: the coefficients are X'y / (n lambda)", "[models][ridge]") {
    MatrixXd X(6, 2);
    X << 0, 1, 1, 0, 2, 2, 3, 1, 4, 0, 5, 1;
    const VectorXd y = (VectorXd(6) << 1, 2, 3, 1, 2, 4).finished();
    for (const double lambda : {1e20, 1e40, 1e100, 1e200, 1e290}) {
        LinearRegression<double, Ridge> model({.penalty = {.lambda = lambda}, .fit_intercept = false});
        for (const FitReport& report : {model.fit(X, y), model.fit(X, y, SVD{})}) {
            INFO(report);
            CHECK(report.converged());
            CHECK(digits_of(model.coefficients() * lambda, X.transpose() * y / 6) >= 14);
        }
    }
    LinearRegression<double, Ridge> beyond({.penalty = {.lambda = 1e308}});
    CHECK_THROWS_WITH(beyond.fit(X, y), ContainsSubstring("1e+308"));
    CHECK_FALSE(beyond.is_fitted());
}

TEST_CASE("a ridge of nothing, or next to nothing, hides no weak direction", "[models][ridge]") {
    for (const double apart : {1e-7, 1e-9, 1e-11}) {
        Random random(7);
        MatrixXd X = normal_matrix<double>(random, 28, 2);
        VectorXi levels(28);
        for (Index i = 0; i < 28; ++i) {
            const double eta = 0.3 * X(i, 0) - 1.5 * X(i, 1) + 1.5 * random.normal();
            levels[i] = (eta > -0.7) + (eta > 0.9);
        }
        X.col(1) = X.col(0) + apart * X.col(1);
        OrdinalRegression<double> plain;
        const FitReport without = plain.fit(X, levels);
        for (const double lambda : {0.0, 1e-300, 1e-40}) {
            OrdinalRegression<double, Ridge> model({.penalty = {.lambda = lambda}});
            const FitReport report = model.fit(X, levels);
            INFO("lambda " << lambda << "\n" << report << without);
            CHECK(report.objective <= without.objective + 1e-6);
            CHECK((!report.converged() || report.correct_digits < 0 ||
                   digits_of(model.coefficients(), plain.coefficients()) >= report.correct_digits - 1));
            CHECK((!report.converged() || without.converged()));
        }
    }
}

TEST_CASE("a row far away: the others' rank is not taken from them in silence", "[models][rank]") {
    Random random(11);
    const MatrixXd X = normal_matrix<double>(random, 14, 2);
    const VectorXd y = X.col(0) - X.col(1) + 0.5 * normal_vector<double>(random, 14);
    VectorXi labels(14);
    for (Index i = 0; i < 14; ++i) labels[i] = X(i, 0) + 1.5 * random.normal() > 0;
    for (const double factor : {1e16, 1e17, 1e20, 1e100}) {
        MatrixXd Z = X;
        Z.row(3) *= factor;
        LinearRegression<double> linear;
        LogisticRegression<double> logistic;
        for (const FitReport& report : {linear.fit(Z, y), linear.fit(Z, y, SVD{}), logistic.fit(Z, labels)}) {
            INFO(factor << "\n" << report);
            CHECK(report.status == Status::ill_conditioned);
            CHECK(report.correct_digits == 0);
            CHECK_THAT(report.message, ContainsSubstring("row 3") && ContainsSubstring("the rank is 2"));
        }
    }
    // columns that depend on each other in the other rows too, and columns of unlike size, are another matter
    MatrixXd Z(14, 3);
    Z << X, X.rowwise().sum();
    Z.row(3) *= 1e9;
    LinearRegression<double> model;
    const FitReport dependent = model.fit(Z, y);
    INFO(dependent);
    CHECK(dependent.rank == 2);
    CHECK(dependent.message.find("that of rounding") == std::string::npos);
}

TEST_CASE("a run that ended early with no digit right is no success", "[models][digits]") {
    Random random(5);
    MatrixXd X(2000, 2);
    VectorXi labels(2000);
    for (Index i = 0; i < X.rows(); ++i) {
        X(i, 0) = random.normal();
        const double z = random.normal();
        X(i, 1) = X(i, 0) + 1e-5 * z;
        labels[i] = X(i, 0) + 0.5 * z + random.normal() > 0;
    }
    LogisticRegression<double> model;
    const FitReport report = model.fit(X, labels, SGD<>{});
    INFO(report);
    CHECK_FALSE(report.converged());
    CHECK(report.condition_number > 1e4);
}

TEST_CASE("too few steps on drawn rows: the remedy arrives", "[models][remedies]") {
    Random random(4);
    MatrixXd X = normal_matrix<double>(random, 40, 2);
    VectorXi labels(40);
    for (Index i = 0; i < 40; ++i) labels[i] = X(i, 0) + 0.5 * X(i, 1) + random.normal() > 0;
    LogisticRegression<double> model;
    const FitReport report = model.fit(X, labels, SGD<>{.batch = 4, .max_iterations = 50});
    CHECK(report.status == Status::iteration_limit);
    CHECK_THAT(report.remedy, ContainsSubstring("Newton{}"));
    CHECK(model.fit(X, labels, Newton{}).converged());
}

TEST_CASE("Firth's prior beside weights of next to nothing: zero, or no success", "[models][firth]") {
    const MatrixXd X = VectorXd::LinSpaced(6, 0, 5);
    const std::vector<int> labels{0, 1, 0, 1, 1, 0};
    for (const double weight : {1e-6, 1e-9, 1e-12, 1e-100, 1e-300}) {
        FirthLogisticRegression<double> model;
        const FitReport report = model.fit(Observations(X, labels).weights(VectorXd(VectorXd::Constant(6, weight))));
        INFO(weight << "\n" << report);
        CHECK((!report.converged() || std::abs(model.coefficients()(0, 0)) <= weight));
    }
}

TEST_CASE("a start that is not finite is refused by direct solvers too", "[models][input]") {
    LinearRegression<double> model;
    model.start_at(VectorXd(VectorXd::Constant(1, std::numeric_limits<double>::infinity())), 0.0);
    CHECK_THROWS_WITH(model.fit(MatrixXd(VectorXd::LinSpaced(4, 0, 3)), VectorXd(VectorXd::LinSpaced(4, 0, 1))),
                      ContainsSubstring("start_at"));
}
