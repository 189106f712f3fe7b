// However X and y lie in memory, nothing but the numbers matters: the answer is the same to the last bit, or, where a
// sum over a row or over a copy is taken in another order than down a column, to the rounding of the last correction.

#include "cases.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Fits {
    Data data = made_data(31, 700, 5, 1, 2);  // more than one block of rows
    Eigen::VectorXi labels = data.Y.col(0).cast<int>();
    Eigen::VectorXd y = data.X.rowwise().sum() + data.Y.col(0);
    LogisticRegression<double> logistic, other_logistic;
    LinearRegression<double> linear, other_linear;

    Fits() {
        logistic.fit(data.X, labels);
        linear.fit(data.X, y);
    }

    template <class X>
    void check_same_numbers(const X& x, const char* what, double tolerance) {
        INFO(what);
        CHECK(other_logistic.fit(x, labels).converged());
        CHECK(error_of(other_logistic.coefficients(), logistic.coefficients(), 0) <= tolerance);
        CHECK(error_of(other_logistic.intercept(), logistic.intercept(), 0) <= tolerance);
        CHECK(other_linear.fit(x, y).converged());
        CHECK(other_linear.coefficients() == linear.coefficients());
        CHECK(other_linear.intercept() == linear.intercept());
    }
    template <class X>
    void check_same_bits(const X& x, const char* what) {
        check_same_numbers(x, what, 0);
    }
};

}  // namespace

TEST_CASE("Column order, Map, Block, strides and expressions give the same bits", "[identities][layout]") {
    Fits fits;
    const Eigen::MatrixXd& X = fits.data.X;
    std::vector<double> memory(X.data(), X.data() + X.size());
    const Eigen::Map<const Eigen::MatrixXd> mapped(memory.data(), X.rows(), X.cols());
    fits.check_same_bits(mapped, "Map");
    Eigen::MatrixXd larger = Eigen::MatrixXd::Constant(X.rows() + 3, X.cols() + 2, 1e300);
    larger.block(2, 1, X.rows(), X.cols()) = X;
    fits.check_same_bits(larger.block(2, 1, X.rows(), X.cols()), "Block");
    const Eigen::MatrixXd half = X / 2;
    fits.check_same_bits(half + half, "expression");
}

TEST_CASE("Row order gives the same numbers", "[identities][layout]") {
    Fits fits;
    const RowMajor rows = fits.data.X;
    fits.check_same_numbers(rows, "row major", tolerance::rounding<double>);
    const Eigen::MatrixXd transposed = fits.data.X.transpose();
    fits.check_same_numbers(transposed.transpose(), "transpose", tolerance::rounding<double>);
}

TEST_CASE("float data in a double model are the same numbers", "[identities][layout]") {
    Fits fits;  // the features lie on a grid of 2^-12, so float holds them exactly
    const Eigen::MatrixXf narrow = fits.data.X.cast<float>();
    REQUIRE(narrow.cast<double>() == fits.data.X);
    fits.check_same_numbers(narrow, "float", tolerance::rounding<double>);
}

TEST_CASE("Labels in a std::vector, as float, or as expressions are the same labels", "[identities][layout]") {
    Fits fits;
    const std::vector<int> in_a_vector(fits.labels.data(), fits.labels.data() + fits.labels.size());
    const auto check = [&](const auto& labels, const char* what) {
        INFO(what);
        CHECK(fits.other_logistic.fit(fits.data.X, labels).converged());
        CHECK(fits.other_logistic.coefficients() == fits.logistic.coefficients());
        CHECK(fits.other_logistic.intercept() == fits.logistic.intercept());
        CHECK(fits.other_logistic.classes() == fits.logistic.classes());
    };
    check(in_a_vector, "std::vector<int>");
    check(Eigen::VectorXf(fits.labels.cast<float>()), "VectorXf");
    check((fits.labels.array() * 1).matrix(), "expression");
    const std::vector<double> targets(fits.y.data(), fits.y.data() + fits.y.size());
    CHECK(fits.other_linear.fit(fits.data.X, targets).converged());
    CHECK(fits.other_linear.coefficients() == fits.linear.coefficients());
}

TEST_CASE("Weights of one and offsets of zero are the default", "[identities][layout]") {
    Fits fits;
    const Eigen::VectorXd one = Eigen::VectorXd::Ones(fits.y.size()), zero = Eigen::VectorXd::Zero(fits.y.size());
    fits.other_logistic.fit(Observations(fits.data.X, fits.labels).weights(one).offset(zero));
    CHECK(error_of(fits.other_logistic.coefficients(), fits.logistic.coefficients()) <=
          tolerance::second_order<double>);
    fits.other_linear.fit(Observations(fits.data.X, fits.y).weights(one).offset(zero));
    CHECK(error_of(fits.other_linear.coefficients(), fits.linear.coefficients()) <= tolerance::direct<double>);
}
