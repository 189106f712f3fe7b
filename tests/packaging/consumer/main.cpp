// An outsider's program: fits y = 1 + 2 x and succeeds when the slope is 2.
#include <gradus/models/linear_regression.hpp>

#include <Eigen/Core>
#include <cmath>

int main() {
    const Eigen::MatrixXd X = Eigen::VectorXd::LinSpaced(5, 0.0, 4.0);
    const Eigen::VectorXd y = 1.0 + 2.0 * X.col(0).array();

    gradus::LinearRegression<double> model;
    model.fit(X, y);
    return std::abs(model.coefficients()(0) - 2.0) < 1e-12 ? 0 : 1;
}
