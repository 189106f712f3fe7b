// Fits whose numbers are hard on the arithmetic: answers from exact arithmetic, or known from an easier form of the
// same problem.

#include "support/catch.hpp"
#include "support/correct_digits.hpp"
#include "support/problems.hpp"
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>

#include <cmath>

using namespace gradus;
using namespace gradus::test;
using Eigen::MatrixXd, Eigen::VectorXd, Eigen::VectorXi;

TEST_CASE("three rows with a condition number of 10^13: no more digits are claimed than are there",
          "[models][report]") {
    MatrixXd X(3, 2);
    const double e = std::pow(10, -11);
    X << 0.4, 0.4 + e * 3, 4.3, 4.3 + e * 4, -8.7, -8.7 + e * 1;
    const VectorXd y = (VectorXd(3) << -3.3, 0.2, -7.3).finished(),
                   exact = (VectorXd(2) << -1250333052199.6078, 1250333052197.2993).finished();
    LinearRegression<double> model;
    const FitReport report = model.fit(X, y);
    const double truth = correct_digits_of_all(model.coefficients(), exact);
    CHECK(report.correct_digits <= truth + 1);
    CHECK(report.correct_digits <= 6);
    CHECK((report.converged() == (report.correct_digits >= 3)));
}

TEST_CASE("what stands in a row without weight is no matter", "[models][weights]") {
    const double absurd = GENERATE(0.0, 1e9, -1e200, 1e300, -1.7e308), weight = GENERATE(0.0, 1e-300);
    MatrixXd X(6, 1);
    X << absurd, 1, 2, 3, 4, 5;
    VectorXd s = VectorXd::Ones(6);
    s[0] = weight;
    VectorXi labels(6);
    labels << 0, 0, 1, 0, 1, 1;
    LogisticRegression<double> without, with;
    without.fit(MatrixXd(X.bottomRows(5)), VectorXi(labels.tail(5)));
    const auto judge = [&](const FitReport& report) {
        INFO("row " << absurd << ", weight " << weight << "\n" << report);
        CHECK(report.converged());
        CHECK(correct_digits_of_all(with.coefficients(), without.coefficients()) >= 14);
    };
    judge(with.fit(Observations(X, labels).weights(s)));
    judge(with.fit(Observations(X, labels).weights(s), LBFGS{}));
    VectorXd y = VectorXd::LinSpaced(6, 1, 9);
    y[3] = 0.5;
    LinearRegression<double> line, line_without;
    line_without.fit(MatrixXd(X.bottomRows(5)), VectorXd(y.tail(5)));
    for (const bool by_cholesky : {false, true}) {
        const FitReport report =
            by_cholesky ? line.fit(Observations(X, y).weights(s), Cholesky{}) : line.fit(Observations(X, y).weights(s));
        INFO("row " << absurd << ", weight " << weight << "\n" << report);
        CHECK(report.converged());
        CHECK(report.correct_digits >= 14);
        CHECK(correct_digits_of_all(line.coefficients(), line_without.coefficients()) >= 14);
    }
    FirthLogisticRegression<double> firth, firth_without;
    firth_without.fit(MatrixXd(X.bottomRows(5)), VectorXi(labels.tail(5)));
    const FitReport report = firth.fit(Observations(X, labels).weights(s));
    INFO("row " << absurd << ", weight " << weight << "\n" << report);
    CHECK(report.converged());
    CHECK(correct_digits_of_all(firth.coefficients(), firth_without.coefficients()) >= 10);
}

TEST_CASE("columns near either end of the range", "[models][scales]") {
    Random random(1);
    const Index n = 40;
    const MatrixXd X = normal_matrix<double>(random, n, 2);
    const VectorXd y = 3 * X.col(0) - X.col(1) + 0.1 * normal_vector<double>(random, n);
    const VectorXi labels =
        draw_classes<double>(random, X, MatrixXd::Constant(2, 1, 0.7), VectorXd::Zero(1)).cast<int>();
    LinearRegression<double> line, scaled_line;
    LogisticRegression<double> logistic, scaled_logistic;
    line.fit(X, y);
    logistic.fit(X, labels);
    for (const double scale : {1e-290, 1e-165, 1e155, 1e290}) {
        const MatrixXd Z = X * scale;
        INFO("times " << scale);
        CHECK(scaled_line.fit(Z, y).converged());
        CHECK(correct_digits_of_all(VectorXd(scaled_line.coefficients() * scale), line.coefficients()) >= 13);
        for (const bool by_newton : {true, false}) {
            CHECK((by_newton ? scaled_logistic.fit(Z, labels) : scaled_logistic.fit(Z, labels, LBFGS{})).converged());
            CHECK(correct_digits_of_all(MatrixXd(scaled_logistic.coefficients() * scale), logistic.coefficients()) >=
                  (by_newton ? 13 : 8));
        }
    }
}

TEST_CASE("one row for each group: a perfect fit is a success", "[models][saturated]") {
    const MatrixXd X = MatrixXd::Identity(3, 3);
    const VectorXd counts = (VectorXd(3) << 4, 7, 2).finished(), trials = (VectorXd(3) << 10, 9, 7).finished(),
                   successes = (VectorXd(3) << 3, 5, 2).finished();
    PoissonRegression<double> poisson;
    FitReport report = poisson.fit(X, counts);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.correct_digits > 12);
    CHECK(correct_digits_of_all(poisson.predict(X), counts) >= 14);
    LogisticRegression<double> grouped;
    CHECK(grouped.fit(Observations(X, successes).trials(trials)).converged());
    MatrixXd Z(2, 2);
    Z << 1, 2, 3, 5;
    CHECK(poisson.fit(Z, VectorXd(counts.head(2))).converged());
    LinearRegression<double> line;
    CHECK(line.fit(Z, VectorXd(counts.head(2))).converged());
}

TEST_CASE("weights from a millionth to a million", "[models][weights]") {
    MatrixXd X(4, 1);
    X << 1, 2, 2, 0;
    const VectorXi labels = (VectorXi(4) << 0, 1, 0, 1).finished();
    const VectorXd s = (VectorXd(4) << 1, 1e6, 1, 1e-6).finished();
    LogisticRegression<double> newton, newton_cg;
    const FitReport report = newton.fit(Observations(X, labels).weights(s));
    INFO(report);
    CHECK(report.converged());
    CHECK(newton_cg.fit(Observations(X, labels).weights(s), NewtonCG{}).converged());
    CHECK(correct_digits_of_all(newton.coefficients(), newton_cg.coefficients()) >= 10);
}

TEST_CASE("targets far from one, and far from zero, by solvers that look at values", "[models][scales]") {
    MatrixXd X(4, 1);
    X << 1, 2, 2, 0;
    const VectorXd y = (VectorXd(4) << 1e100, 3e100, 2e100, 1e100).finished();
    LinearRegression<double> by_qr, model;
    by_qr.fit(X, y);
    const FitReport report = model.fit(X, y, LBFGS{});
    INFO(report);
    CHECK(report.converged());
    CHECK(correct_digits_of_all(model.coefficients(), by_qr.coefficients()) >= 8);
    Random random(1);
    const VectorXd far = (VectorXd::Constant(50, 1e10) + normal_vector<double>(random, 50)).eval();
    CHECK(model.fit(MatrixXd(50, 0), far, Newton{}).converged());
    CHECK(std::abs(model.intercept() - far.mean()) <= 1e-5);
}

TEST_CASE("each of several targets has its digits", "[models][multivariate]") {
    Random random(5);
    const MatrixXd X = normal_matrix<double>(random, 30, 3);
    MatrixXd Y = X * normal_matrix<double>(random, 3, 3) + normal_matrix<double>(random, 30, 3);
    MultivariateRegression<double> plain, scaled;
    plain.fit(X, Y);
    const VectorXd unit = (VectorXd(3) << 1e-200, 1, 1e150).finished();
    const MatrixXd Z = Y * unit.asDiagonal();
    for (const bool by_qr : {true, false}) {
        const FitReport report = by_qr ? scaled.fit(X, Z) : scaled.fit(X, Z, LBFGS{});
        INFO(report);
        CHECK(report.converged());
        CHECK(correct_digits_of_all(MatrixXd(scaled.coefficients() * unit.cwiseInverse().asDiagonal()),
                                    plain.coefficients()) >= (by_qr ? 13 : 4));
    }
}

namespace {

struct NoCurvature {
    using Scalar = double;
    static double value(double y, double eta) {
        const double r = std::abs(eta - y);
        return r + std::log1p(std::exp(-2 * r)) - std::log(2.0);
    }
    static double slope(double y, double eta) { return std::tanh(eta - y); }
};

}  // namespace

TEST_CASE("ill-conditioned: no digits are claimed, and remedies are those of the model", "[models][report]") {
    Random random(1);
    const Index n = 60;
    MatrixXd X(n, 2);
    VectorXd counts(n), y(n);
    VectorXi labels(n);
    for (Index i = 0; i < n; ++i) {
        X(i, 0) = random.normal();
        X(i, 1) = X(i, 0) + 1e-12 * random.normal();
        counts[i] = static_cast<double>(random.below(4));
        y[i] = random.normal();
        labels[i] = random.normal() > 0;
    }
    const auto judge = [](const FitReport& report, const char* remedy, Status status = Status::ill_conditioned) {
        INFO(report);
        CHECK(report.status == status);
        CHECK(report.correct_digits < 3);
        CHECK(report.remedy.find(remedy) != std::string::npos);
    };
    judge(PoissonRegression<double>().fit(X, counts), "PoissonRegression");
    judge(LinearRegression<double>().fit(X, y, Newton{}), "QR");
    judge(HuberRegression<double>().fit(X, y), "HuberRegression");
    judge(LinearRegression<double>().fit(X, y, LBFGS{}), "QR");
    judge(LogisticRegression<double>().fit(X, labels, ConjugateGradient{}), "LogisticRegression",
          Status::line_search_failed);
    Regression<Pointwise<NoCurvature>> no_curvature;
    const FitReport report = no_curvature.fit(X, y, GradientDescent<>{.max_iterations = 3});
    CHECK(report.message.find("condition number") == std::string::npos);
}

TEST_CASE("Cholesky sees a weak direction, and hands over to QR", "[models][cholesky]") {
    Random random(1);
    const Index n = 200;
    const MatrixXd X = normal_matrix<double>(random, n, 2);
    const VectorXd y = X.col(0) - X.col(1) + 0.1 * normal_vector<double>(random, n);
    MatrixXd Z = X;
    Z.col(1).array() += 1e8;
    LinearRegression<double> model;
    FitReport report = model.fit(Z, y, Cholesky{});
    CHECK(report.converged());
    CHECK(report.rank == 2);
    CHECK(report.message.find("by QR, because") != std::string::npos);
    Z.col(1) = X.col(0) + 1e-8 * X.col(1);
    report = model.fit(Z, VectorXd(2 * X.col(0)), Cholesky{});
    INFO(report);
    CHECK(report.converged());
    const VectorXd exact = (VectorXd(2) << 2, 0).finished();
    CHECK((model.coefficients() - exact).cwiseAbs().maxCoeff() <= 2 * std::pow(10.0, -report.correct_digits + 1));
}

TEST_CASE("equal columns under a ridge of next to nothing", "[models][ridge]") {
    Random random(3);
    MatrixXd X = normal_matrix<double>(random, 30, 3);
    X.col(2) = X.col(1);
    const VectorXd y = X.rowwise().sum() + normal_vector<double>(random, 30);
    for (const double lambda : {0.0, 1e-300, 1e-30, 1e-14}) {
        LinearRegression<double, Ridge> model({.penalty = {.lambda = lambda}});
        for (const int solver : {0, 1, 2}) {
            const FitReport report = solver == 0   ? model.fit(X, y)
                                     : solver == 1 ? model.fit(X, y, Cholesky{})
                                                   : model.fit(X, y, SVD{});
            INFO("lambda " << lambda << "\n" << report);
            CHECK(report.converged());
            CHECK(correct_digits(model.coefficients()[1], model.coefficients()[2]) >= report.correct_digits - 1);
        }
    }
}

TEST_CASE("squares beyond the range are no numbers, and no report shows any", "[models][report]") {
    MatrixXd X(3, 1);
    X << 1, 2, 3;
    const VectorXd y = (VectorXd(3) << 1e160, 2e160, 4e160).finished();
    LinearRegression<double> model;
    FitReport report = model.fit(X, y);
    CHECK(report.converged());
    CHECK(std::isfinite(report.objective));
    CHECK(correct_digits(model.score(X, y), 27.0 / 28) >= 14);
    LinearRegression<double, Ridge> no_ridge({.penalty = {.lambda = 0}, .fit_intercept = false});
    report = no_ridge.fit(X, VectorXd(y * 1e20));
    CHECK(report.converged());
    CHECK(std::isfinite(report.objective));
    HuberRegression<double> huber({.fit_intercept = false});
    const MatrixXd tiny = (MatrixXd(1, 2) << 5.9e-304, 0).finished();
    huber.fit(tiny, VectorXd(VectorXd::Zero(1)), LBFGS{});
    CHECK(huber.coefficients().allFinite());
}
