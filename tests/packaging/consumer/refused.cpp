// Bad input, for a build without exceptions.
#include <gradus/models/linear_regression.hpp>

#include <Eigen/Core>
#include <limits>

int main() {
    Eigen::MatrixXd X = Eigen::VectorXd::LinSpaced(5, 0.0, 4.0);
    const Eigen::VectorXd y = 1.0 + 2.0 * X.col(0).array();
    X(2, 0) = std::numeric_limits<double>::quiet_NaN();

    gradus::LinearRegression<double> model;
    model.fit(X, y);
    return 0;
}
