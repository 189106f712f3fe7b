// The header of robust covariances by itself: its templates need no other of this room.

#include <gradus/inference/robust.hpp>
#include <gradus/models/linear_regression.hpp>

#include <Eigen/LU>
#include <support/catch.hpp>

using namespace gradus;
using Catch::Matchers::WithinRel;
using Eigen::MatrixXd, Eigen::VectorXd;

TEST_CASE("A cluster of a single row counts, in the last place too", "[inference]") {
    MatrixXd X(8, 1);
    X << 1, 2, 3, 4, 5, 6, 7, 8.5;
    VectorXd y(8);
    y << 1, 3, 2, 5, 4, 7, 6, 9;
    const std::vector<int> cluster{1, 1, 2, 2, 3, 3, 3, 9};
    LinearRegression<double> model;
    model.fit(X, y);
    const MatrixXd found = clustered_inference(model, X, y, cluster).covariance();

    // (X'X)^-1 (sum over clusters u u') (X'X)^-1, u = X_g' r_g, times G / (G - 1) (n - 1) / (n - p)
    MatrixXd Z(8, 2);
    Z << VectorXd::Ones(8), X;
    const VectorXd r = y - model.predict(X);
    MatrixXd meat = MatrixXd::Zero(2, 2);
    for (const int label : {1, 2, 3, 9}) {
        VectorXd score = VectorXd::Zero(2);
        for (Index i = 0; i < 8; ++i)
            if (cluster[static_cast<std::size_t>(i)] == label) score += Z.row(i).transpose() * r[i];
        meat += score * score.transpose();
    }
    const MatrixXd bread = (Z.transpose() * Z).inverse();
    const MatrixXd expected = bread * meat * bread * (4.0 / 3 * 7 / 6);
    for (Index i = 0; i < 4; ++i) CHECK_THAT(found(i / 2, i % 2), WithinRel(expected(i / 2, i % 2), 1e-10));
}
