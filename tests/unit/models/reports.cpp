// What a report says is so: recomputed by hand.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>

#include <Eigen/SVD>
#include <sstream>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Given {
    Eigen::MatrixXd X;
    Eigen::VectorXd y, s, o;

    Given(std::uint64_t seed, Index classes) {
        Random random(seed);
        X = normal_matrix<double>(random, 150, 3);
        X.col(1) *= 40;
        X.col(2).array() += 7;
        s = uniform_vector<double>(random, 150, 0.5, 2);
        o = normal_vector<double>(random, 150) / 4;
        if (classes == 0) y = X.rowwise().sum() + normal_vector<double>(random, 150);
        else {
            const Index k = classes == 2 ? 1 : classes;
            const Eigen::MatrixXd Z = X * Eigen::Vector3d(1, 1.0 / 40, 0.1).asDiagonal();
            y = draw_classes<double>(random, Z, normal_matrix<double>(random, 3, k), Eigen::VectorXd::Zero(k));
        }
    }
};

double condition_of(Eigen::MatrixXd X, const Eigen::VectorXd& weight) {
    const Eigen::VectorXd mean = X.transpose().lazyProduct(weight) / weight.sum();
    X.rowwise() -= mean.transpose();
    X = (weight.cwiseSqrt().asDiagonal() * X).eval();
    for (Index j = 0; j < X.cols(); ++j) X.col(j) /= X.col(j).norm();
    const Eigen::VectorXd sigma = Eigen::JacobiSVD<Eigen::MatrixXd>(X).singularValues();
    return sigma[0] / sigma[sigma.size() - 1];
}

}  // namespace

TEST_CASE("A linear report, by hand", "[models][report]") {
    const Given rows(121, 0);
    const double lambda = 0.3;
    LinearRegression<double, Ridge> model{{.penalty = {.lambda = lambda}, .feature_names = {"a", "b", "c"}}};
    const FitReport report = model.fit(Observations(rows.X, rows.y).weights(rows.s).offset(rows.o));
    INFO(report);
    const Eigen::VectorXd w = model.coefficients();
    const Eigen::VectorXd residual = rows.y - rows.o - (rows.X.lazyProduct(w).array() + model.intercept()).matrix();
    const double total = rows.s.sum(), loss = rows.s.dot(residual.cwiseAbs2()) / 2 / total;
    CHECK_THAT(report.mean_loss, near(loss, tolerance::product<double>));
    CHECK_THAT(report.objective, near(loss + lambda / 2 * w.squaredNorm(), tolerance::product<double>));
    const Eigen::VectorXd gradient =
        -(rows.X.transpose().lazyProduct(rows.s.cwiseProduct(residual))) / total + lambda * w;
    const double gradient_norm = std::max(gradient.cwiseAbs().maxCoeff(), std::abs(rows.s.dot(residual)) / total);
    CHECK(gradient_norm <= tolerance::direct<double>);
    CHECK_THAT(report.gradient_norm, near(gradient_norm, 0, tolerance::direct<double>));
    CHECK(report.model == "linear regression");
    CHECK(report.solver == "QR");
    CHECK(report.rows == 150);
    CHECK(report.features == 3);
    CHECK(report.parameters == 4);
    CHECK(report.rank == 3);
    CHECK_THAT(report.total_weight, near(total, tolerance::product<double>));
    CHECK(report.feature_names == std::vector<std::string>{"a", "b", "c"});
    CHECK(report.dependent_columns.empty());
    CHECK(report.separating_slopes.size() == 0);
    std::ostringstream words;
    words << report;
    for (const char* part :
         {"linear regression by QR: converged", "1/2 mean |y - eta|^2", "lambda/2", "150 rows, 3 features"})
        CHECK_THAT(words.str(), ContainsSubstring(part));
    CHECK_THAT(words.str(), ContainsSubstring(report.message));
}

TEST_CASE("The condition number of a linear report is that of the centred columns of unit length", "[models][report]") {
    const Given rows(122, 0);
    LinearRegression<double> model;
    const FitReport report = model.fit(Observations(rows.X, rows.y).weights(rows.s));
    CHECK_THAT(report.condition_number, near(condition_of(rows.X, rows.s), tolerance::condition_estimate, 0));
}

TEST_CASE("A logistic report, by hand", "[models][report]") {
    for (const Index classes : {2, 3}) {
        const Given rows(123, classes);
        const Eigen::VectorXi labels = rows.y.cast<int>();
        const double lambda = 0.01;
        LogisticRegression<double, Ridge> model{{.penalty = {.lambda = lambda}, .feature_names = {"a", "b", "c"}}};
        const FitReport report = model.fit(Observations(rows.X, labels).weights(rows.s));
        INFO(report);
        CHECK(report.status == Status::converged);
        const Eigen::MatrixXd log_p = model.predict_log_probability(rows.X), p = model.predict_probability(rows.X);
        const double total = rows.s.sum();
        double loss = 0;
        Eigen::MatrixXd slope = p;
        for (Index i = 0; i < 150; ++i) {
            loss -= rows.s[i] * log_p(i, labels[i]) / total;
            slope(i, labels[i]) -= 1;
            slope.row(i) *= rows.s[i] / total;
        }
        if (classes == 2) slope = slope.col(1).eval();
        const Eigen::MatrixXd gradient = rows.X.transpose().lazyProduct(slope) + lambda * model.coefficients();
        const double gradient_norm =
            std::max(gradient.cwiseAbs().maxCoeff(), slope.colwise().sum().cwiseAbs().maxCoeff());
        CHECK_THAT(report.mean_loss, near(loss, tolerance::product<double>));
        CHECK_THAT(report.objective,
                   near(loss + lambda / 2 * model.coefficients().squaredNorm(), tolerance::product<double>));
        CHECK(gradient_norm <= tolerance::direct<double>);
        CHECK_THAT(report.gradient_norm, near(gradient_norm, 0, tolerance::direct<double>));
        CHECK(report.relative_gradient >= 0);
        CHECK(report.relative_gradient <= Newton{}.tolerance);
        CHECK(report.rows == 150);
        CHECK(report.rank == 3);
        CHECK(report.parameters == 4 * (classes - 1));
        CHECK(report.solver == "Newton");
        CHECK(report.iterations > 2);
        CHECK(report.counts.hessians >= report.iterations);
        std::ostringstream words;
        words << report;
        for (const auto& part :
             {report.message, report.model, std::string("by Newton: converged"), report.objective_formula})
            CHECK_THAT(words.str(), ContainsSubstring(part));
    }
}

TEST_CASE("The gradient of an unfinished fit is that of the user's coordinates", "[models][report]") {
    const Given rows(124, 2);
    const Eigen::VectorXi labels = rows.y.cast<int>();
    LogisticRegression<double> model;
    const FitReport report = model.fit(rows.X, labels, Newton{.max_iterations = 1});
    INFO(report);
    CHECK(report.status == Status::iteration_limit);
    CHECK(report.iterations == 1);
    CHECK_THAT(report.message, ContainsSubstring("max_iterations = 1"));
    const Eigen::VectorXd slope = (model.predict_probability(rows.X).col(1) - rows.y) / 150;
    const double largest = std::max(rows.X.transpose().lazyProduct(slope).cwiseAbs().maxCoeff(), std::abs(slope.sum()));
    CHECK(largest > tolerance::first_order);
    CHECK_THAT(report.gradient_norm, near(largest, tolerance::second_order<double>, 0));
    CHECK_THAT(report.objective, near(-(rows.y.array() * model.predict_log_probability(rows.X).col(1).array() +
                                        (1 - rows.y.array()) * model.predict_log_probability(rows.X).col(0).array())
                                           .mean(),
                                      tolerance::product<double>));
}

TEST_CASE("A model says in one sentence what it is", "[reports]") {
    const auto said = [](const auto& model) {
        std::ostringstream out;
        out << model;
        return out.str();
    };
    Eigen::MatrixXd X(6, 2);
    X << 1, 2, 2, 1, 3, 5, 4, 1, 5, 3, 6, 4;
    const std::vector<int> labels{0, 1, 0, 0, 1, 1};
    LogisticRegression<double> model;
    CHECK(said(model) == "logistic regression, not fitted yet");
    model.fit(X, labels, Newton{});
    CHECK(said(model) == "binary logistic regression of 2 features, fitted to 6 rows by Newton: converged");
    const auto given =
        LogisticRegression<double>::from_parameters(Eigen::MatrixXd::Ones(1, 1), Eigen::VectorXd::Zero(1), {0, 1});
    CHECK(said(given) == "logistic regression of 1 feature, made from parameters");
}
