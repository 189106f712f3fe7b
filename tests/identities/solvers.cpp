// Different ways to one optimum.

#include "cases.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#include <gradus/solvers/iterative/saga.hpp>
#include <gradus/solvers/iterative/sgd.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

Data standardised(const Data& data) {
    Data out = data;
    out.X.rowwise() -= out.X.colwise().mean().eval();
    for (Index j = 0; j < out.X.cols(); ++j)
        out.X.col(j) /= out.X.col(j).norm() / std::sqrt(static_cast<double>(out.X.rows()));
    return out;
}

template <class Solver, class Model>
void check_descent(Model by_newton, Model by_descent, const Data& data, const Solver& solver = {}) {
    const Eigen::VectorXi labels = data.Y.col(0).cast<int>();
    const FitReport newton = by_newton.fit(data.X, labels), descent = by_descent.fit(data.X, labels, solver);
    INFO(newton << descent);
    CHECK(newton.converged());
    CHECK(descent.converged());
    CHECK(error_of(by_descent.coefficients(), by_newton.coefficients()) <= tolerance::first_order);
    CHECK(error_of(by_descent.intercept(), by_newton.intercept()) <= tolerance::first_order);
    CHECK_THAT(descent.objective, near(newton.objective, tolerance::first_order * tolerance::first_order));
    CHECK(newton.objective <= descent.objective * (1 + tolerance::rounding<double>));
}

}  // namespace

TEMPLATE_TEST_CASE("Newton and the solvers by descent agree", "[identities][solvers]", GradientDescent<>,
                   ConjugateGradient, LBFGS, NewtonCG) {
    for (const Index classes : {2, 3}) {
        const Data data = standardised(made_data(41, 200, 4, 1, classes));
        for (const bool has_intercept : {true, false}) {
            INFO(classes << " classes, intercept " << has_intercept);
            const LogisticRegression<double> model{{.fit_intercept = has_intercept}};
            check_descent<TestType>(model, model, data);
        }
        const LogisticRegression<double, Ridge> ridge{{.penalty = {.lambda = 0.1}}};
        check_descent<TestType>(ridge, ridge, data);
    }
}

TEST_CASE("Newton and all first-order and stochastic solvers agree", "[identities][solvers]") {
    const LogisticRegression<double> model;
    for (const Index classes : {2, 3}) {
        const Data data = standardised(made_data(41, 200, 4, 1, classes));
        check_descent(model, model, data, GradientDescent<BarzilaiBorwein>{});
        check_descent(model, model, data, Momentum<>{});
        check_descent(model, model, data, Nesterov{});
        check_descent(model, model, data, SAGA{});
        check_descent(model, model, data, Adam<ConstantStep>{.step = {0.03}, .batch = 0, .tolerance = 1e-8});
        const Data many = standardised(made_data(48, 3000, 4, 1, classes));  // enough rows for mini-batches
        LogisticRegression<double> by_newton, by_sgd;
        const Eigen::VectorXi labels = many.Y.col(0).cast<int>();
        by_newton.fit(many.X, labels);
        const FitReport sgd = by_sgd.fit(many.X, labels, SGD<>{.tolerance = 1e-2});  // within what it states
        INFO(sgd);
        CHECK(sgd.converged());
        CHECK(sgd.relative_gradient <= 1e-2);
        CHECK(error_of(by_sgd.coefficients(), by_newton.coefficients()) <= 0.2);
    }
}

TEST_CASE("Direct and iterative solvers agree on least squares", "[identities][solvers]") {
    const Data data = standardised(made_data(42, 90, 5, 1, 0));
    for (const bool has_intercept : {true, false}) {
        LinearRegression<double> by_qr{{.fit_intercept = has_intercept}}, other = by_qr;
        const FitReport qr = by_qr.fit(data.X, data.Y);
        CHECK(qr.converged());
        const auto check = [&](const FitReport& report, double tolerance) {
            INFO(report);
            CHECK(report.converged());
            CHECK(error_of(other.coefficients(), by_qr.coefficients()) <= tolerance);
            CHECK_THAT(other.intercept(), near(by_qr.intercept(), tolerance));
            CHECK_THAT(report.objective,
                       near(qr.objective, std::max(tolerance * tolerance, tolerance::value_at_optimum<double>)));
            CHECK(report.rank == qr.rank);
        };
        check(other.fit(data.X, data.Y, Cholesky{}), tolerance::direct<double>);
        check(other.fit(data.X, data.Y, SVD{}), tolerance::direct<double>);
        check(other.fit(data.X, data.Y, Newton{}), tolerance::second_order<double>);
        check(other.fit(data.X, data.Y, NewtonCG{}), tolerance::second_order<double>);
        check(other.fit(data.X, data.Y, LBFGS{}), tolerance::first_order);
        check(other.fit(data.X, data.Y, ConjugateGradient{}), tolerance::first_order);
        check(other.fit(data.X, data.Y, GradientDescent<>{}), tolerance::first_order);
    }
}

TEST_CASE("With a ridge the solvers agree too", "[identities][solvers]") {
    const Data data = made_data(43, 40, 6, 1, 0);
    LinearRegression<double, Ridge> by_qr{{.penalty = {.lambda = 0.3}}}, other = by_qr;
    by_qr.fit(data.X, data.Y);
    other.fit(data.X, data.Y, Cholesky{});
    CHECK(error_of(other.coefficients(), by_qr.coefficients()) <= tolerance::direct<double>);
    other.fit(data.X, data.Y, Newton{});
    CHECK(error_of(other.coefficients(), by_qr.coefficients()) <= tolerance::second_order<double>);
    // and the normal equations: (X'X / n + lambda I) w = X'y / n, centred
    const Eigen::MatrixXd X = data.X.rowwise() - data.X.colwise().mean();
    Eigen::MatrixXd G = X.transpose().lazyProduct(X);
    G = G / static_cast<double>(X.rows()) + 0.3 * Eigen::MatrixXd::Identity(6, 6);
    const Eigen::VectorXd left = G.lazyProduct(by_qr.coefficients()),
                          right = X.transpose().lazyProduct(data.Y.col(0)) / static_cast<double>(X.rows());
    CHECK(error_of(left, right) <= tolerance::direct<double>);
}

TEST_CASE("A warm start reaches the same answer, sooner", "[identities][solvers]") {
    for (const Index classes : {2, 3}) {
        const Data data = made_data(44, 150, 3, 1, classes);
        const Eigen::VectorXi labels = data.Y.col(0).cast<int>();
        LogisticRegression<double> cold;
        const FitReport first = cold.fit(data.X, labels);
        LogisticRegression<double> warm;
        warm.start_at(cold.coefficients(), cold.intercept());
        const FitReport again = warm.fit(data.X, labels);
        INFO(first << again);
        CHECK(again.converged());
        CHECK(again.iterations < first.iterations);
        CHECK(again.iterations <= 1);
        CHECK(error_of(warm.coefficients(), cold.coefficients()) <= tolerance::second_order<double>);

        Eigen::MatrixXd away = cold.coefficients().array() + 1.5;
        away.colwise() -= away.rowwise().mean().eval() * (classes > 2 ? 1.0 : 0.0);
        warm.start_at(away, cold.intercept());
        CHECK(warm.fit(data.X, labels).converged());
        CHECK(error_of(warm.coefficients(), cold.coefficients()) <= tolerance::second_order<double>);
        // the start is used once
        const FitReport afterwards = warm.fit(data.X, labels);
        CHECK(afterwards.iterations == first.iterations);
        CHECK(warm.coefficients() == cold.coefficients());
    }
    const Data data = standardised(made_data(45, 90, 5, 1, 0));
    LinearRegression<double> exact, warm;
    exact.fit(data.X, data.Y);
    warm.start_at(exact.coefficients(), exact.intercept());
    const FitReport report = warm.fit(data.X, data.Y, GradientDescent<>{});
    CHECK(report.converged());
    CHECK(report.iterations == 0);
    CHECK(error_of(warm.coefficients(), exact.coefficients()) <= tolerance::direct<double>);
}

TEST_CASE("A multinomial model of two classes is the binary one, at half its ridge", "[identities][solvers]") {
    const Data data = made_data(46, 150, 3, 1, 2);
    const Eigen::VectorXi labels = data.Y.col(0).cast<int>();
    const double lambda = 0.2;
    LogisticRegression<double, Ridge> binary{{.penalty = {.lambda = lambda / 2}}};
    CHECK(binary.fit(data.X, labels).converged());
    Regression<Multinomial<double>, Ridge> multinomial{{.loss = Multinomial<double>(2), .penalty = {.lambda = lambda}}};
    const FitReport report = multinomial.fit(data.X, data.Y);
    INFO(report);
    CHECK(report.converged());
    const Eigen::MatrixXd& W = multinomial.coefficients();
    CHECK(error_of((W.col(1) - W.col(0)).eval(), binary.coefficients()) <= tolerance::second_order<double>);
    CHECK(error_of((W.col(1) + W.col(0)).eval(), Eigen::MatrixXd::Zero(3, 1).eval()) <=
          tolerance::second_order<double>);
    CHECK_THAT(multinomial.intercept()[1] - multinomial.intercept()[0],
               near(binary.intercept()[0], tolerance::second_order<double>));
}

TEST_CASE("Grouped counts are the single outcomes", "[identities][solvers]") {
    Random random(47);
    const Index n = 25, p = 2;
    const Eigen::MatrixXd X = normal_matrix<double>(random, n, p);
    Eigen::VectorXd trials(n), successes(n), weights(n);
    std::vector<Index> rows;
    std::vector<int> labels;
    std::vector<double> s;
    for (Index i = 0; i < n; ++i) {
        trials[i] = static_cast<double>(random.below(9));  // zero trials now and then
        weights[i] = static_cast<double>(1 + i % 3);
        successes[i] = 0;
        for (int t = 0; t < static_cast<int>(trials[i]); ++t) {
            const int outcome = random.uniform() < 1 / (1 + std::exp(-X(i, 0) + 0.5)) ? 1 : 0;
            successes[i] += outcome;
            rows.push_back(i);
            labels.push_back(outcome);
            s.push_back(weights[i]);
        }
    }
    const Eigen::MatrixXd expanded = X(rows, Eigen::indexing::all);
    LogisticRegression<double> grouped, single;
    const FitReport one = single.fit(Observations(expanded, labels).weights(s)),
                    many = grouped.fit(Observations(X, successes).trials(trials).weights(weights));
    INFO(one << many);
    CHECK(one.converged());
    CHECK(many.converged());
    CHECK(error_of(grouped.coefficients(), single.coefficients()) <= tolerance::second_order<double>);
    CHECK(error_of(grouped.intercept(), single.intercept()) <= tolerance::second_order<double>);
    CHECK_THAT(many.objective, near(one.objective, tolerance::value_at_optimum<double>));
    CHECK_THAT(many.total_weight, near(one.total_weight, tolerance::rounding<double>));
    CHECK(grouped.classes() == std::vector<int>{0, 1});
}
