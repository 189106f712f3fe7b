// expect: gradus: this penalty chose features on these rows
#include <gradus/inference/inference.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/penalties/lasso.hpp>

gradus::Inference look(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    gradus::LinearRegression<double, gradus::Lasso> model;
    model.fit(X, y);
    return gradus::infer(model, X, y);
}
