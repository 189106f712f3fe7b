// Fits that several tests of inference look at.
#pragma once

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/reference_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>

namespace gradus::test {

/// Birth weight, and whether it is low, by four features. In R:
///     d <- read.csv("birthwt.csv"); con <- glm.control(epsilon = 1e-15, maxit = 100)
///     l <- lm(bwt ~ age + lwt + smoke + ht, d); b <- glm(low ~ age + lwt + smoke + ht, binomial, d, control = con)
struct BirthWeight {
    Table table = read_table("birthwt");
    std::vector<std::string> names = {"age", "lwt", "smoke", "ht"};
    Eigen::MatrixXd X = table.columns<double>(names);
    Eigen::VectorXd weight = table.column<double>("bwt");
    Eigen::VectorXi low = table.labels();
    LinearRegression<double> linear;
    LogisticRegression<double> binary;

    BirthWeight() {
        linear = LinearRegression<double>({.feature_names = names});
        binary = LogisticRegression<double>({.feature_names = names});
        REQUIRE(linear.fit(X, weight).converged());
        REQUIRE(binary.fit(X, low).converged());
    }
};

/// Three programs by two scores.
struct Programs {
    Table table = read_table("hsbdemo");
    Eigen::MatrixXd X = table.columns<double>({"write", "math"});
    Eigen::VectorXi program = table.labels();
    LogisticRegression<double> model;

    Programs() { REQUIRE(model.fit(X, program).converged()); }
};

/// Every number of `values` is within a relative tolerance of its fellow.
template <class Values>
void check_all(const Values& values, const std::vector<double>& expected, double tolerance) {
    REQUIRE(static_cast<std::size_t>(values.size()) == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK_THAT(static_cast<double>(values[static_cast<Index>(i)]), near(expected[i], tolerance, 0));
    }
}

/// The rows of X, each as often as its weight says.
template <class M>
M repeated(const M& rows, const Eigen::VectorXd& weights) {
    M out(static_cast<Index>(weights.sum()), rows.cols());
    for (Index i = 0, at = 0; i < rows.rows(); ++i)
        for (int times = 0; times < static_cast<int>(weights[i]); ++times) out.row(at++) = rows.row(i);
    return out;
}

/// |A - B| relative to the roots of the diagonals.
inline double covariance_distance(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B) {
    double worst = 0;
    for (Index j = 0; j < A.cols(); ++j)
        for (Index i = 0; i < A.rows(); ++i)
            worst = std::max(worst, std::abs(A(i, j) - B(i, j)) / std::sqrt(B(i, i) * B(j, j)));
    return worst;
}

}  // namespace gradus::test
