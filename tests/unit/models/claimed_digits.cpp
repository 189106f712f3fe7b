// The digits that a report claims, against a fit in long double.

#include "support/catch.hpp"
#include "support/correct_digits.hpp"
#include "support/problems.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <sstream>

using namespace gradus;
using namespace gradus::test;

// Problems whose conditioning grows: columns that share more and more of their values.
TEST_CASE("A linear report does not claim digits that are not there", "[models][report]") {
    int claimed_too_many = 0, problems = 0;
    std::ostringstream all;
    double worst = -100;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(6000 + seed);
        const Index n = 20 + 3 * static_cast<Index>(seed % 20), p = 2 + static_cast<Index>(seed % 5);
        const double part = std::pow(10.0, -static_cast<double>(seed % 10));
        Eigen::MatrixXd X = normal_matrix<double>(random, n, p);
        for (Index j = 1; j < p; ++j) X.col(j) = X.col(0) + part * X.col(j);
        if (seed % 3 == 1) X.array() += 1000;
        const Eigen::VectorXd y = X.rowwise().sum() + normal_vector<double>(random, n) * (seed % 2 ? 1.0 : 1e-3);
        LinearRegression<double> model;
        LinearRegression<long double> exact;
        const FitReport report = model.fit(X, y);
        exact.fit(X, y);
        if (report.rank < p) continue;
        const double truth =
            correct_digits_of_all(model.coefficients(), Eigen::VectorXd(exact.coefficients().cast<double>()), 16, 1e-6);
        ++problems;
        worst = std::max(worst, report.correct_digits - truth);
        if (report.correct_digits > truth + 1) {
            ++claimed_too_many;
            all << "seed " << seed << ": claims " << report.correct_digits << ", has " << truth << ", condition number "
                << report.condition_number << "\n";
        }
    }
    INFO(all.str() << "worst excess " << worst);
    CHECK(problems >= 50);
    CHECK(claimed_too_many == 0);
}

// Of thousands of rows a part stands for all; here those that count come last.
TEST_CASE("Nor does one of many rows", "[models][report]") {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        Random random(6500 + seed);
        const Index n = 4500 + 1000 * static_cast<Index>(seed), p = 3;
        const double part = std::pow(10.0, -static_cast<double>(seed % 7));
        Eigen::MatrixXd X = normal_matrix<double>(random, n, p);
        for (Index j = 1; j < p; ++j) X.col(j) = X.col(0) + part * X.col(j);
        Eigen::VectorXd noise = normal_vector<double>(random, n);
        for (Index i = 0; i < n; ++i)
            noise[i] *= std::pow(10.0, 4 * static_cast<double>(i) / static_cast<double>(n) - 2);
        const Eigen::VectorXd y = X.rowwise().sum() + noise;
        LinearRegression<long double> exact;
        REQUIRE(exact.fit(X, y).converged());
        const auto check = [&](const auto& solver) {
            LinearRegression<double> model;
            const FitReport report = model.fit(X, y, solver);
            INFO("seed " << seed << ", by " << report.solver << ": claims " << report.correct_digits);
            CHECK(report.converged());
            CHECK(report.correct_digits <=
                  1 + correct_digits_of_all(model.coefficients(), Eigen::VectorXd(exact.coefficients().cast<double>()),
                                            16, 1e-6));
        };
        check(DirectAuto{});
        check(SVD{});
        check(Newton{});
    }
}

TEST_CASE("A logistic report does not claim digits that are not there", "[models][report]") {
    int claimed_too_many = 0, problems = 0;
    std::ostringstream all;
    double worst = -100;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(7000 + seed);
        const Index n = 60 + 3 * static_cast<Index>(seed % 20), p = 2 + static_cast<Index>(seed % 3);
        const double part = std::pow(10.0, -static_cast<double>(seed % 7));
        Eigen::MatrixXd X = normal_matrix<double>(random, n, p);
        const Eigen::VectorXi y =
            draw_classes<double>(random, X, Eigen::MatrixXd::Constant(p, 1, 0.7), Eigen::VectorXd::Zero(1)).cast<int>();
        for (Index j = 1; j < p; ++j) X.col(j) = X.col(0) + part * X.col(j);
        if (seed % 3 == 1) X.array() += 100;
        LogisticRegression<double> model;
        LogisticRegression<long double> exact;
        const FitReport report = model.fit(X, y);
        if (!report.converged() || report.rank < p) continue;
        if (!exact.fit(X, y).converged()) continue;
        const double truth =
            correct_digits_of_all(model.coefficients(), Eigen::MatrixXd(exact.coefficients().cast<double>()), 16, 1e-6);
        ++problems;
        worst = std::max(worst, report.correct_digits - truth);
        if (report.correct_digits > truth + 1) {
            ++claimed_too_many;
            all << "seed " << seed << ": claims " << report.correct_digits << ", has " << truth << ", condition number "
                << report.condition_number << "\n";
        }
    }
    INFO(all.str() << "worst excess " << worst);
    CHECK(problems >= 50);
    CHECK(claimed_too_many == 0);
}

// A column that is a sum of others, of which some weigh little: its entries say little about those, and so about how to
// share the slopes.
TEST_CASE("A solution of least norm does not claim digits that the columns do not hold", "[models][report]") {
    for (const int bits : {0, 10, 17, 24, 30}) {
        const double small = std::ldexp(1.0, -bits);
        Random random(17);
        Eigen::MatrixXd X(40, 4);
        for (Index i = 0; i < X.rows(); ++i) {
            const auto draw = [&] {
                return std::round(random.normal() * 64) / 64;
            };  // so that sums and multiples are exact
            const double a = draw(), b = draw();
            X.row(i) << a, b * small, a + b * small, draw();
        }
        const Eigen::VectorXd y = X.rowwise().sum() + normal_vector<double>(random, X.rows());
        LinearRegression<double> model;
        LinearRegression<long double> exact;
        exact.fit(X, y);
        for (const bool by_svd : {false, true}) {
            const FitReport report = by_svd ? model.fit(X, y, SVD{}) : model.fit(X, y);
            INFO("small 2^-" << bits << " " << report);
            REQUIRE(report.rank == 3);
            const double truth = correct_digits_of_all(model.coefficients(),
                                                       Eigen::VectorXd(exact.coefficients().cast<double>()), 16, 1e-6);
            CHECK(report.correct_digits <= truth + 1);
            CHECK(report.correct_digits >= 14 - 0.3 * bits);
        }
    }
}

namespace {

template <class Model, class Y, class Solver>
void check_knows_how_far(Model model, const Eigen::MatrixXd& X, const Y& y, const Eigen::VectorXd& expected,
                         const Solver& solver) {
    const FitReport report = model.fit(X, y, solver);
    INFO(report);
    const double truth = correct_digits_of_all(model.coefficients(), expected, 16, 1e-6);
    CHECK((truth >= 3 || !report.converged()));
    CHECK(report.correct_digits <= truth + 1);
}

}  // namespace

TEST_CASE("A small gradient is no success where the curvature is smaller still", "[models][report]") {
    for (const double part : {1e-3, 1e-5, 1e-7}) {
        Random random(5);
        Eigen::MatrixXd X = normal_matrix<double>(random, 40, 2);
        X.col(1) = X.col(0) + part * X.col(1);
        const Eigen::VectorXd y = X.col(0) + normal_vector<double>(random, 40);
        const Eigen::VectorXi labels = (y.array() > 0).cast<int>();
        LinearRegression<long double> line;
        LogisticRegression<long double> curve;
        line.fit(X, y);
        curve.fit(X, labels);
        const auto each = [&](const auto& solver) {
            check_knows_how_far(LinearRegression<double>(), X, y, line.coefficients().cast<double>(), solver);
            check_knows_how_far(LogisticRegression<double>(), X, labels, curve.coefficients().cast<double>(), solver);
        };
        each(GradientDescent<>{});
        each(Nesterov{});
        each(GradientDescent<BarzilaiBorwein>{});
    }
}
