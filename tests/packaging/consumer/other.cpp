// The second translation unit of the same program.
#include <gradus/gradus.hpp>

double intercept(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    gradus::LinearRegression<double> model;
    model.fit(X, y);
    return model.intercept();
}
