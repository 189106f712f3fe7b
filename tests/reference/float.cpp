// Single precision.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/core/random.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>

using namespace gradus;
using namespace gradus::test;

TEST_CASE("float models reach float digits on well conditioned data", "[reference][float]") {
    const ReferenceModel norris = reference_model("nist_norris", "nist");
    const Table table = read_table(norris.set);
    LinearRegression<float> ols;
    CHECK(ols.fit(norris.design<float>(table), table.column<float>("y")).converged());
    CHECK(correct_digits(ols.coefficients()[0], norris.estimates<float>()[1]) >= tolerance::digits::float_line);

    const ReferenceModel iris = reference_model("iris_versicolor_virginica", "logit");
    const Table flowers = read_table(iris.set);
    LogisticRegression<float> logistic;
    const FitReport report = logistic.fit(iris.design<float>(flowers), flowers.labels());
    INFO(report);
    CHECK(report.converged());
    CHECK(correct_digits_of_all(Eigen::VectorXf(logistic.coefficients().col(0)),
                                Eigen::VectorXf(iris.estimates<float>().tail(4))) >= tolerance::digits::float_logistic);
}

namespace {

// A million rows in float: a running sum of that many terms of like size has no correct digit beyond the second, and a
// Gram matrix of uncentred columns none at all.
struct Million {
    Eigen::MatrixXf X{1'000'000, 3};
    Eigen::VectorXf y{1'000'000};
    Eigen::VectorXi label{1'000'000};
    Eigen::Vector3d w{0.5, -1.25, 2};
    double b = 3;

    Million() {
        Random random(20240501);
        for (Index i = 0; i < X.rows(); ++i) {
            double eta = b;
            for (Index j = 0; j < 3; ++j) {
                X(i, j) = static_cast<float>(100 + random.normal());
                eta += w[j] * static_cast<double>(X(i, j));
            }
            y[i] = static_cast<float>(eta + 0.01 * random.normal());
            label[i] = random.uniform() < 1 / (1 + std::exp(-(eta - b - 125))) ? 1 : 0;
        }
    }
};

}  // namespace

TEST_CASE("A million float rows keep their digits", "[reference][float]") {
    const Million data;
    // the same float data in a double model: the exact answer to compare with
    LinearRegression<double> exact;
    CHECK(exact.fit(data.X, data.y).converged());
    const Eigen::VectorXf w = exact.coefficients().cast<float>();

    LinearRegression<float> ols;
    CHECK(ols.fit(data.X, data.y, QR{}).converged());
    INFO("QR " << ols.coefficients().transpose() << ", exact " << exact.coefficients().transpose());
    CHECK(correct_digits_of_all(ols.coefficients(), w) >= tolerance::digits::float_rows);
    LinearRegression<float> gram;
    CHECK(gram.fit(data.X, data.y, Cholesky{}).converged());
    INFO("Cholesky " << gram.coefficients().transpose());
    CHECK(correct_digits_of_all(gram.coefficients(), w) >= tolerance::digits::float_rows);
}

TEST_CASE("A million float rows keep the digits of a logistic fit", "[reference][float]") {
    const Million data;
    LogisticRegression<double> exact_logistic;
    CHECK(exact_logistic.fit(data.X, data.label).converged());
    LogisticRegression<float> logistic;
    const FitReport report = logistic.fit(data.X, data.label);
    INFO(report);
    INFO("float " << logistic.coefficients().transpose() << ", double " << exact_logistic.coefficients().transpose());
    CHECK(
        correct_digits_of_all(logistic.coefficients(), Eigen::MatrixXf(exact_logistic.coefficients().cast<float>())) >=
        tolerance::digits::float_logistic);
}

// A tolerance of 1e-8 lies below the rounding of a float gradient: Newton must not go on for it with the right answer
// in hand.
TEST_CASE("A million float rows: converged, or at the rounding floor", "[reference][float]") {
    const Million data;
    LogisticRegression<float> logistic;
    const FitReport report = logistic.fit(data.X, data.label);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.iterations < 30);
}
