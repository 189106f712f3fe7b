// Watching a fit and stopping it.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// the columns of W one after another, then b
Eigen::VectorXd parameters_of(const LogisticRegression<double>& model, bool has_intercept) {
    const Eigen::MatrixXd& W = model.coefficients();
    Eigen::VectorXd all(W.size() + (has_intercept ? model.intercept().size() : 0));
    all.head(W.size()) = W.reshaped();
    if (has_intercept) all.tail(model.intercept().size()) = model.intercept();
    return all;
}

// What an observer has seen, and when it asks to stop.
struct Watch {
    int stop_at = -1;
    std::vector<Eigen::VectorXd> points, gradients;
    std::vector<double> values, norms;

    Control operator()(const IterationRecord<double>& record) {
        CHECK(record.iteration == static_cast<int>(points.size()));
        points.push_back(record.x);
        gradients.push_back(record.gradient);
        values.push_back(record.value);
        norms.push_back(record.gradient_norm);
        return record.iteration == stop_at ? Control::stop : Control::proceed;
    }
};

struct Given {
    Eigen::MatrixXd X;
    Eigen::VectorXi y;

    explicit Given(Index classes) {
        Random random(131);
        const Eigen::MatrixXd Z = normal_matrix<double>(random, 100, 2);
        const Index k = classes == 2 ? 1 : classes;
        y = draw_classes<double>(random, Z, normal_matrix<double>(random, 2, k), Eigen::VectorXd::Zero(k)).cast<int>();
        X = Z * Eigen::Vector2d(50, 0.01).asDiagonal();  // coordinates that Newton does not run in
        X.col(0).array() += 300;
    }
};

template <class Solver>
void check_records(const Given& rows, bool has_intercept, const Solver& solver) {
    LogisticRegression<double> model{{.fit_intercept = has_intercept}}, alone = model;
    Watch watch;
    const FitReport report = model.fit(rows.X, rows.y, solver, watch);
    INFO(report);
    REQUIRE(watch.points.size() >= 2);
    // the same fit as unobserved
    alone.fit(rows.X, rows.y, solver);
    CHECK(alone.coefficients() == model.coefficients());
    // in the user's coordinates, from the first record to the last
    const Eigen::VectorXd answer = parameters_of(model, has_intercept);
    CHECK(error_of(watch.points.back(), answer, answer.cwiseAbs().minCoeff()) <= tolerance::first_order);
    for (std::size_t t = 0; t < watch.points.size(); ++t) {
        CHECK(watch.points[t].size() == answer.size());
        CHECK(watch.gradients[t].size() == answer.size());
        CHECK_THAT(watch.norms[t], near(watch.gradients[t].cwiseAbs().maxCoeff(), tolerance::rounding<double>));
    }
    // value and gradient of the first record, by hand: slopes zero
    const Index p = 2, k = model.coefficients().cols();
    CHECK(watch.points[0].head(p * k) == Eigen::VectorXd::Zero(p * k));
    Eigen::MatrixXd eta = Eigen::MatrixXd::Zero(1, k);
    if (has_intercept) eta = watch.points[0].tail(k).transpose();
    const double total = k == 1 ? 1 + std::exp(eta(0, 0)) : eta.array().exp().sum();
    Eigen::MatrixXd slope(100, k);
    double value = 0;
    for (Index i = 0; i < 100; ++i) {
        for (Index c = 0; c < k; ++c)
            slope(i, c) = (std::exp(eta(0, c)) / total - (rows.y[i] == (k == 1 ? 1 : c))) / 100;
        value += (std::log(total) - (k == 1 ? rows.y[i] * eta(0, 0) : eta(0, rows.y[i]))) / 100;
    }
    CHECK_THAT(watch.values[0], near(value, tolerance::product<double>));
    const Eigen::MatrixXd gradient = rows.X.transpose().lazyProduct(slope);
    const Eigen::VectorXd seen = watch.gradients[0].head(p * k);
    CHECK(error_of(seen, Eigen::VectorXd(gradient.reshaped()), gradient.cwiseAbs().maxCoeff()) <=
          tolerance::product<double>);
}

}  // namespace

TEST_CASE("An observer sees the user's coordinates", "[models][observer]") {
    for (const Index classes : {2, 3})
        for (const bool has_intercept : {true, false}) {
            INFO(classes << " classes, intercept " << has_intercept);
            check_records(Given(classes), has_intercept, Newton{});
        }
}

TEST_CASE("An observer of gradient descent sees them too", "[models][observer]") {
    Given rows(2);
    rows.X.col(0) = (rows.X.col(0).array() - 300) / 50;
    rows.X.col(1) *= 100;
    check_records(rows, true, GradientDescent<>{});
}

TEST_CASE("An observer may stop a fit, and the model is the point that it saw", "[models][observer]") {
    for (const Index classes : {2, 3}) {
        const Given rows(classes);
        LogisticRegression<double> model;
        Watch watch;
        watch.stop_at = 2;
        const FitReport report = model.fit(rows.X, rows.y, Newton{}, watch);
        INFO(report);
        CHECK(report.status == Status::stopped_by_observer);
        CHECK_FALSE(report.converged());
        CHECK(report.iterations == 2);
        CHECK(watch.points.size() == 3);
        CHECK(error_of(parameters_of(model, true), watch.points.back(), 0) <= tolerance::product<double>);
        CHECK(model.predict_probability(rows.X).allFinite());
        CHECK(model.predict(rows.X).size() == 100);
        CHECK_THAT(report.objective, near(watch.values.back(), tolerance::rounding<double>));
    }
}

TEST_CASE("An observer may be a lambda that returns nothing", "[models][observer]") {
    const Given rows(2);
    LogisticRegression<double> model;
    int calls = 0;
    const FitReport report = model.fit(rows.X, rows.y, Newton{}, [&](const IterationRecord<double>&) { ++calls; });
    CHECK(report.converged());
    CHECK(calls >= report.iterations);
}
