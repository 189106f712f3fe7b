// Variance inflation and condition indices: R's figures, and dependences that are known.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/reference_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/diagnostics/collinearity.hpp>

using namespace gradus;
using namespace gradus::test;

// lo <- read.csv("nist_longley.csv"); car::vif(lm(y ~ ., lo))
// X <- cbind(1, as.matrix(lo[, 1:6])); s <- svd(sweep(X, 2, sqrt(colSums(X^2)), "/")); s$d[1] / s$d
// p <- t(s$v^2) / s$d^2; sweep(p, 2, colSums(p), "/")[7, ]
TEST_CASE("Collinearity of Longley's data, as in R", "[diagnostics]") {
    const Eigen::MatrixXd X = read_table("nist_longley").features<double>();
    const Collinearity found = collinearity(X);
    const double vif[] = {135.53243827996880, 1788.51348271769984, 33.61889059604623,
                          3.58893019344541,   399.15102231253371,  758.98059740669680};
    const double indices[] = {1,
                              9.14172051987046,
                              12.25573504927154,
                              25.33660709862303,
                              230.42394600187546,
                              1048.08029800359100,
                              43275.04358717983268};
    const double last[] = {0.9998503008585734, 0.0383314109553411, 0.6546279533653313, 0.6892567687316520,
                           0.3020453755573727, 0.1597273486179903, 0.9998391233821368};
    for (Index j = 0; j < 6; ++j) CHECK_THAT(found.variance_inflation[j], near(vif[j], tolerance::r, 0));
    for (Index j = 0; j < 7; ++j) {
        CHECK_THAT(found.condition_indices[j], near(indices[j], tolerance::r, 0));
        CHECK_THAT(found.variance_proportions(6, j), near(last[j], tolerance::r, 0));
        CHECK_THAT(found.variance_proportions.col(j).sum(), near(1, tolerance::product<double>));
    }
}

TEST_CASE("Variance inflation does not see units or origins, and is infinite for a combination", "[diagnostics]") {
    Random random(51);
    Eigen::MatrixXd X = normal_matrix<double>(random, 40, 4);
    X.col(3) = X.col(0) + X.col(1) + X.col(3) / 100;
    Eigen::MatrixXd Z = X;
    Z.col(0) *= std::exp2(27);
    Z.col(1).array() += 1000;
    const Eigen::VectorXd a = collinearity(X).variance_inflation, b = collinearity(Z).variance_inflation;
    for (Index j = 0; j < 4; ++j) CHECK_THAT(b[j], near(a[j], tolerance::invariance, 0));
    CHECK(a[3] > 1e4);
    CHECK(a[2] < 2);
    X.col(3) = X.col(0) + X.col(1);
    X.col(2).setConstant(3);
    const Collinearity exact = collinearity(X);
    CHECK(std::isinf(exact.variance_inflation[0]));
    CHECK(std::isinf(exact.variance_inflation[3]));
    CHECK(std::isnan(exact.variance_inflation[2]));
    CHECK_FALSE(exact.condition_indices[4] < 1e14);
    CHECK_THROWS_AS(collinearity(Eigen::MatrixXd(5, 0)), InvalidInput);
}

// A dependent column takes only those with it that make the combination; each other one has the inflation that it has
// without it. By hand: 1 / (1 - R^2) of a column by all others.
TEST_CASE("Variance inflation beside a constant or dependent column", "[diagnostics]") {
    Eigen::MatrixXd K(6, 3);
    K << 1, 3, 5, 2, 1, 5, 3, 4, 5, 4, 1, 5, 5, 5, 5, 6, 9, 5;
    const auto inflation = [](const Eigen::MatrixXd& X) { return collinearity(X).variance_inflation; };
    const double plain = inflation(K.leftCols(2))[0];
    CHECK_THAT(plain, near(1.94044, 3e-6, 0));
    for (const double constant : {5.0, 0.0, -1e9}) {
        K.col(2).setConstant(constant);
        const Eigen::VectorXd beside = inflation(K);
        CHECK_THAT(beside[0], near(plain, tolerance::invariance, 0));
        CHECK_THAT(beside[1], near(plain, tolerance::invariance, 0));
        CHECK(std::isnan(beside[2]));
    }
    Eigen::MatrixXd D(6, 4);  // a, b, 2 b, a^2
    D << K.col(0), K.col(1), 2 * K.col(1), K.col(0).array().square().matrix();
    const Eigen::VectorXd first = inflation(D);
    CHECK_THAT(first[0], near(42.386, 2e-5, 0));
    CHECK(std::isinf(first[1]));
    CHECK(std::isinf(first[2]));
    CHECK_THAT(first[3], near(59.274, 2e-5, 0));
    D << K.col(0), K.col(1), 2 * K.col(0), Eigen::VectorXd::Zero(6);
    const Eigen::VectorXd second = inflation(D.leftCols(3));  // a, b, 2 a
    CHECK(std::isinf(second[0]));
    CHECK_THAT(second[1], near(plain, tolerance::invariance, 0));
    CHECK(std::isinf(second[2]));
}

TEST_CASE("Collinearity of rows with weights is that of the rows written out", "[diagnostics]") {
    Eigen::MatrixXd K(5, 2), written(8, 2);
    K << 1, 3, 2, 1, 3, 4, 4, 1, 100, -100;
    const Eigen::VectorXd weights{{2, 1, 3, 2, 0}};
    written << 1, 3, 1, 3, 2, 1, 3, 4, 3, 4, 3, 4, 4, 1, 4, 1;
    const Eigen::VectorXd found = collinearity(K, {}, weights).variance_inflation,
                          expected = collinearity(written).variance_inflation;
    CHECK_THAT(found[0], near(expected[0], tolerance::invariance, 0));
    CHECK_THAT(found[1], near(expected[1], tolerance::invariance, 0));
    CHECK_THROWS_AS(collinearity(K, {}, Eigen::VectorXd::Ones(3)), InvalidInput);
}
