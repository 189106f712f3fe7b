// Leaving out one row beside fits to the others.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/leave_one_out.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/ridge.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

Vector<double> without(const Vector<double>& weights, Index i) {
    Vector<double> out = weights;
    out[i] = 0;
    return out;
}

}  // namespace

TEST_CASE("least squares: what the fit to the others predicts, the ridge as a sum what it was", "[leave_one_out]") {
    const double lambda = GENERATE(0.0, 0.3);
    const bool has_intercept = GENERATE(true, false);
    Random random(811);
    const Index n = 25;
    Matrix<double> X = normal_matrix<double>(random, n, 4);
    X.col(1) *= 1e5;
    X.col(2).array() += 30;
    const Vector<double> y = X * Vector<double>{{1, 2e-5, -1, 0.5}} + normal_vector<double>(random, n);
    Vector<double> s = uniform_vector<double>(random, n, 0.2, 3);
    s[7] = 0;
    const double total = s.sum();
    LinearRegression<double, Ridge> model({.penalty = Ridge{lambda}, .fit_intercept = has_intercept});
    model.fit(Observations(X, y).weights(s));
    const LeaveOneOut left = leave_one_out(model, Observations(X, y).weights(s));
    double sum = 0;
    for (Index i = 0; i < n; ++i) {
        const Vector<double> others = without(s, i);
        LinearRegression<double, Ridge> refitted(
            {.penalty = Ridge{lambda * total / others.sum()}, .fit_intercept = has_intercept});
        refitted.fit(Observations(X, y).weights(others));
        const double eta = refitted.predict(X.row(i))[0];
        INFO("row " << i);
        CHECK(std::abs(left.linear_predictor(i, 0) - eta) <= 1e-9 * (1 + std::abs(eta)));
        const double loss = s[i] > 0 ? (y[i] - eta) * (y[i] - eta) / 2 : 0;
        CHECK(std::abs(left.loss[i] - loss) <= 1e-8 * (1 + loss));
        sum += s[i] / total * loss;
    }
    CHECK(std::abs(left.mean_loss - sum) <= 1e-9 * sum);
    CHECK(left.leverage[7] == 0);
    if (lambda == 0) CHECK(std::abs(left.leverage.sum() - 4 - has_intercept) <= 1e-9);
}

TEST_CASE("several targets, each as by itself", "[leave_one_out]") {
    const auto known = known_least_squares<double>(821, 20, 3, 2, true);
    MultivariateRegression<double> both;
    both.fit(known.X, known.Y);
    const LeaveOneOut left = leave_one_out(both, known.X, known.Y);
    for (Index c = 0; c < 2; ++c) {
        LinearRegression<double> one;
        const Vector<double> y = known.Y.col(c);
        one.fit(known.X, y);
        CHECK((leave_one_out(one, known.X, y).linear_predictor - left.linear_predictor.col(c)).norm() <=
              1e-10 * left.linear_predictor.col(c).norm());
    }
}

TEST_CASE("dependent columns leave predictions as they are", "[leave_one_out]") {
    const auto known = known_least_squares<double>(823, 20, 3, 1, true);
    Matrix<double> more(20, 4);
    more << known.X, known.X.col(0) - 2 * known.X.col(2);
    LinearRegression<double> three, four;
    three.fit(known.X, known.Y);
    four.fit(more, known.Y);
    CHECK(
        (leave_one_out(three, known.X, known.Y).linear_predictor - leave_one_out(four, more, known.Y).linear_predictor)
            .norm() <= 1e-8);
}

TEST_CASE("other losses: one step of Newton from the fit, near the fit to the others", "[leave_one_out]") {
    Random random(827);
    const Index n = 200;
    const Matrix<double> X = normal_matrix<double>(random, n, 3);
    Eigen::VectorXi classes(n);
    Vector<double> counts(n);
    for (Index i = 0; i < n; ++i) {
        classes[i] = (X(i, 0) + random.normal() > 0) + (X(i, 1) + random.normal() > 1);
        counts[i] = static_cast<double>(random.below(static_cast<std::uint64_t>(2 + std::exp(0.5 * X(i, 2)))));
    }
    LogisticRegression<double, Ridge> softmax({.penalty = Ridge{1e-3}});
    softmax.fit(X, classes);
    const LeaveOneOut of_classes = leave_one_out(softmax, X, classes);
    PoissonRegression<double> poisson;
    poisson.fit(X, counts);
    const LeaveOneOut of_counts = leave_one_out(poisson, X, counts);
    for (Index i = 0; i < n; i += 20) {
        const Vector<double> others = without(Vector<double>::Ones(n), i);
        LogisticRegression<double, Ridge> softmax_again(
            {.penalty = Ridge{1e-3 * static_cast<double>(n) / static_cast<double>(n - 1)}});
        softmax_again.fit(Observations(X, classes).weights(others));
        const Matrix<double> eta = softmax_again.decision_function(X.row(i)),
                             before = softmax.decision_function(X.row(i));
        INFO("row " << i);
        CHECK((of_classes.linear_predictor.row(i) - eta).norm() <= 0.1 * (before - eta).norm() + 1e-6);
        PoissonRegression<double> poisson_again;
        poisson_again.fit(Observations(X, counts).weights(others));
        const double there = poisson_again.decision_function(X.row(i))[0],
                     here = poisson.decision_function(X.row(i))[0];
        CHECK(std::abs(of_counts.linear_predictor(i, 0) - there) <= 0.1 * std::abs(here - there) + 1e-6);
    }
    CHECK(of_classes.mean_loss > softmax.report().mean_loss);
    CHECK(of_counts.standard_error > 0);
}

TEST_CASE("a lasso: in the coefficients that are not zero, near the fit to the others", "[leave_one_out]") {
    Random random(831);
    const Index n = 80;
    const Matrix<double> X = normal_matrix<double>(random, n, 12);
    Vector<double> y(n);
    Eigen::VectorXi labels(n);
    for (Index i = 0; i < n; ++i) {
        y[i] = X(i, 0) - X(i, 1) + 0.5 * random.normal();
        labels[i] = y[i] > 0;
    }
    const auto eta_of = [&](const auto& model, Index i) {
        if constexpr (requires { model.decision_function(X.row(i)); }) return model.decision_function(X.row(i)).sum();
        else return model.predict(X.row(i)).sum();
    };
    const auto check = [&](auto model, const auto& targets, double share) {
        model.fit(X, targets);
        const LeaveOneOut found = leave_one_out(model, X, targets);
        double wrong = 0, size = 0;
        for (Index i = 0; i < n; i += 8) {
            auto options = model.options();  // the lasso as a sum what it was
            options.penalty.lambda *= static_cast<double>(n) / static_cast<double>(n - 1);
            decltype(model) again(options);
            again.fit(Observations(X, targets).weights(without(Vector<double>::Ones(n), i)));
            const double eta = eta_of(again, i);
            wrong += std::abs(found.linear_predictor(i, 0) - eta);
            size += std::abs(eta_of(model, i) - eta);
        }
        CHECK(wrong <= share * size);
        CHECK(found.mean_loss > model.report().mean_loss);
    };
    check(LinearRegression<double, Lasso>({.penalty = {.lambda = 0.05}}), y, 0.2);
    check(LogisticRegression<double, Lasso>({.penalty = {.lambda = 0.01}}), labels, 0.2);
    check(LogisticRegression<double, ElasticNet>({.penalty = {.lambda = 0.01}}), labels, 0.2);
}

TEST_CASE("leave_one_out refuses other data", "[leave_one_out]") {
    const auto known = known_least_squares<double>(829, 20, 3, 1, true);
    LinearRegression<double> model;
    CHECK_THROWS_AS(leave_one_out(model, known.X, known.Y), NotFitted);
    model.fit(known.X, known.Y);
    const Matrix<double> other = known.Y.array().square();
    CHECK_THROWS_AS(leave_one_out(model, known.X, other), InvalidInput);
}
