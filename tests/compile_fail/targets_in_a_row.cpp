// expect: gradus: a row vector where one column is expected
#include <gradus/models/linear_regression.hpp>

void fit(const Eigen::MatrixXd& X, const Eigen::RowVectorXd& y) {
    gradus::LinearRegression<double> model;
    model.fit(X, y);
}
