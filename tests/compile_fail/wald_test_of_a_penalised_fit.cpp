// expect: gradus: a penalised fit has no Wald test
#include <gradus/inference/inference.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/penalties/ridge.hpp>

gradus::Inference look(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    gradus::LinearRegression<double, gradus::Ridge> model;
    model.fit(X, y);
    return gradus::infer(model, X, y);
}
