// Bias-reduced logistic regression: what must not change it, its gradient, and that it is finite.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/reference_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/firth_logistic_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Data {
    Eigen::MatrixXd X;
    Eigen::VectorXi y;
};
Data draw(std::uint64_t seed, Index n, Index p, int classes) {
    Random random(seed);
    Data out{normal_matrix<double>(random, n, p), Eigen::VectorXi(n)};
    for (Index i = 0; i < n; ++i) {
        const double eta = 1.5 * out.X(i, 0) + random.normal();
        out.y[i] = eta < -0.7 ? 0 : eta < 0.7 ? 1 % classes : classes - 1;
    }
    for (int c = 0; c < classes; ++c) out.y[c] = c;
    return out;
}

void check_same(const FirthLogisticRegression<double>& a, const Eigen::MatrixXd& W, const Eigen::VectorXd& b) {
    CHECK((a.coefficients() - W).cwiseAbs().maxCoeff() <
          tolerance::second_order<double> * (1 + W.cwiseAbs().maxCoeff()));
    CHECK((a.intercept() - b).cwiseAbs().maxCoeff() < tolerance::second_order<double> * (1 + b.cwiseAbs().maxCoeff()));
}

}  // namespace

TEST_CASE("Firth without an independent column is the model of no feature", "[firth]") {
    FirthLogisticRegression<double> model({.fit_intercept = false});
    const FitReport report = model.fit(Eigen::MatrixXd(Eigen::MatrixXd::Zero(4, 1)), Eigen::Vector4i(0, 1, 0, 1));
    INFO(report);
    CHECK(report.rank == 0);
    CHECK(model.coefficients()(0, 0) == 0);
}

TEST_CASE("Firth: columns of any scale, repeated rows, groups", "[firth]") {
    for (const int classes : {2, 3}) {
        const Data data = draw(11, 40, 2, classes);
        FirthLogisticRegression<double> model, other;
        const FitReport report = model.fit(data.X, data.y);
        INFO(report);
        CHECK(report.converged());
        CHECK(report.existence == Existence::not_examined);
        const Eigen::MatrixXd W = model.coefficients();
        const Eigen::VectorXd b = model.intercept();

        const Eigen::Vector2d scale(0x1p20, 0x1p-20);
        const FitReport scaled = other.fit(Eigen::MatrixXd(data.X * scale.asDiagonal()), data.y);
        check_same(other, scale.cwiseInverse().asDiagonal() * W, b);
        // det I is that of the user's columns
        CHECK_THAT(scaled.penalised_log_likelihood, near(report.penalised_log_likelihood, 1e-12));

        Eigen::VectorXd weights = Eigen::VectorXd::Ones(40);
        weights[5] = 3;
        weights[7] = 0;
        Eigen::MatrixXd rows(41, 2);
        Eigen::VectorXi labels(41);
        Index at = 0;
        for (Index i = 0; i < 40; ++i)
            for (int copy = 0; copy < static_cast<int>(weights[i]); ++copy, ++at) {
                rows.row(at) = data.X.row(i);
                labels[at] = data.y[i];
            }
        other.fit(rows, labels);
        FirthLogisticRegression<double> weighted;
        const FitReport by_weight = weighted.fit(Observations(data.X, data.y).weights(weights));
        check_same(weighted, other.coefficients(), other.intercept());
        CHECK_THAT(by_weight.penalised_log_likelihood, near(other.report().penalised_log_likelihood, 1e-12));
    }
    const Eigen::MatrixXd X = (Eigen::MatrixXd(4, 1) << 0, 1, 2, 3).finished();
    const Eigen::VectorXd hits = (Eigen::VectorXd(4) << 0, 1, 3, 4).finished(),
                          trials = Eigen::VectorXd::Constant(4, 4);
    FirthLogisticRegression<double> grouped, single;
    grouped.fit(Observations(X, hits).trials(trials));
    Eigen::MatrixXd rows(16, 1);
    Eigen::VectorXi labels(16);
    for (Index i = 0; i < 16; ++i) {
        rows(i, 0) = X(i / 4, 0);
        labels[i] = static_cast<double>(i % 4) < hits[i / 4];
    }
    single.fit(rows, labels);
    check_same(grouped, single.coefficients(), single.intercept());
}

TEST_CASE("Firth with a saturated design adds half an observation to each cell", "[firth]") {
    // Firth 1993, section 3.3: log odds (y + 1/2) / (m - y + 1/2), also where y = m
    const Eigen::MatrixXd X = (Eigen::MatrixXd(2, 1) << 0, 1).finished();
    const Eigen::VectorXd hits = (Eigen::VectorXd(2) << 2, 7).finished(),
                          trials = (Eigen::VectorXd(2) << 9, 7).finished();
    FirthLogisticRegression<double> model;
    model.fit(Observations(X, hits).trials(trials));
    CHECK_THAT(model.intercept()[0], near(std::log(2.5 / 7.5), tolerance::second_order<double>));
    CHECK_THAT(model.intercept()[0] + model.coefficients()(0, 0),
               near(std::log(7.5 / 0.5), tolerance::second_order<double>));
}

TEST_CASE("Jeffreys' prior: gradient, and softmax of two classes against one eta", "[firth]") {
    using L = long double;
    for (const int classes : {2, 3, 4}) {
        const Data data = draw(23 + static_cast<std::uint64_t>(classes), 25, 2, classes);
        const Matrix<L> X = data.X.cast<L>();
        const Vector<L> y = data.y.cast<L>();
        Sample<L> sample;
        sample.X = Design<L>(DenseView<L>(X));
        sample.Y = DenseView<L>(y);
        sample.total_weight = 25;
        const EmpiricalRisk risk(Multinomial<L>(classes), NoPenalty{}, sum_to_zero_predictor<L>(2, classes, true),
                                 sample);
        std::vector<Index> kept(static_cast<std::size_t>(risk.dimension()));
        for (std::size_t j = 0; j < kept.size(); ++j) kept[j] = static_cast<Index>(j);
        const Jeffreys<std::remove_cv_t<decltype(risk)>> f(risk, kept, L(0));
        Random random(5);
        const Vector<L> theta = normal_vector<L>(random, risk.dimension());
        Vector<L> gradient(theta.size());
        f.value_and_gradient(theta, gradient);
        for (Index j = 0; j < theta.size(); ++j) {
            const L h = 1e-5L;
            Vector<L> up = theta, down = theta;
            up[j] += h;
            down[j] -= h;
            CHECK_THAT(static_cast<double>((f.value(up) - f.value(down)) / (2 * h)),
                       near(static_cast<double>(gradient[j]), 1e-8));
        }
        if (classes > 2) continue;
        const EmpiricalRisk one(Logistic<L>(), NoPenalty{}, linear_predictor<L>(2, 1, true), sample);
        const Jeffreys<std::remove_cv_t<decltype(one)>> g(one, kept, L(0));
        // eta = sqrt 2 times Helmert's coordinate, so that I differs by the factor 2 for each of three parameters
        const Vector<L> same = theta * -std::sqrt(L(2));
        CHECK_THAT(static_cast<double>(g.value(same) - 3 * std::log(L(2)) / 50),
                   near(static_cast<double>(f.value(theta)), 1e-15));
    }
}

TEST_CASE("Firth is finite on separated data, and knows dependent columns", "[firth]") {
    const Table iris = read_table("iris");
    const Eigen::MatrixXd X = iris.features<double>();
    const Eigen::VectorXi setosa = (iris.labels().array() == 0).cast<int>();
    for (const Eigen::VectorXi& y : {setosa, iris.labels()}) {
        FirthLogisticRegression<double> model;
        const FitReport report = model.fit(X, y);
        INFO(report);
        CHECK(report.converged());
        CHECK(model.coefficients().cwiseAbs().maxCoeff() < 20);
        CHECK(std::isfinite(report.penalised_log_likelihood));

        Eigen::MatrixXd twice(X.rows(), 5);
        twice << X, X.col(1);
        FirthLogisticRegression<double> dependent;
        const FitReport deficient = dependent.fit(twice, y);
        INFO(deficient);
        CHECK(deficient.converged());
        CHECK(deficient.rank == 4);
        CHECK((dependent.decision_function(twice) - model.decision_function(X)).cwiseAbs().maxCoeff() < 1e-8);
        CHECK((dependent.coefficients().row(1) - dependent.coefficients().row(4)).cwiseAbs().maxCoeff() < 1e-8);
    }
}

TEST_CASE("Firth on columns that are nearly the same claims no digit that it has not", "[firth]") {
    for (int draw = 0; draw < 40; ++draw) {
        Random random(static_cast<std::uint64_t>(draw));
        const Index n = 30;
        const double apart = std::pow(10.0, random.uniform(-5, -2));
        Eigen::MatrixXd X(n, 2);
        Eigen::VectorXi y(n);
        for (Index i = 0; i < n; ++i) {
            X(i, 0) = random.normal();
            X(i, 1) = X(i, 0) + apart * random.normal();
            y[i] = i < 2 ? static_cast<int>(i) : X(i, 0) + random.normal() > 0;
        }
        FirthLogisticRegression<double> model;
        FirthLogisticRegression<long double> wide;
        const FitReport report = model.fit(X, y);
        INFO(report);
        REQUIRE(wide.fit(Matrix<long double>(X.cast<long double>()), y).converged());
        CHECK(report.converged());
        const Matrix<double> expected = wide.coefficients().cast<double>();
        const double digits =
            -std::log10((model.coefficients() - expected).cwiseAbs().maxCoeff() / expected.cwiseAbs().maxCoeff());
        CHECK(digits >= 3);
        CHECK(report.correct_digits <= digits + 1);
    }
}
