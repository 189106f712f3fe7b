// expect: gradus: a path is for a model whose penalty has corners and a lambda, as Lasso has
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/path.hpp>

void look(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    gradus::fit_path(gradus::LinearRegression<double, gradus::Ridge>(), X, y);
}
