// expect: gradus: metrics of a model take weights, but neither an offset nor trials
#include <gradus/gradus.hpp>

double measure(const gradus::LinearRegression<double>& model, const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    return gradus::r_squared(model, gradus::Observations(X, y).offset(y));
}
