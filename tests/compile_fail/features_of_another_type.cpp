// expect: gradus: X must be a dense Eigen matrix, an Eigen::SparseMatrix (or a Map of one), or gradus::Rows(table)
#include <gradus/models/linear_regression.hpp>

#include <Eigen/SparseCore>

void fit(const Eigen::SparseMatrix<double>& X, const Eigen::VectorXd& y) {
    gradus::LinearRegression<double> model;
    model.fit(2.0 * X, y);
}
