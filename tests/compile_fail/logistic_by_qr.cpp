// expect: gradus: this solver is for least squares
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/direct/qr.hpp>

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXi& y) {
    gradus::LogisticRegression<double> model;
    model.fit(X, y, gradus::QR{});
}
