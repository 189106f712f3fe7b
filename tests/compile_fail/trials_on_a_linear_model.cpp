// expect: gradus: trials belong to LogisticRegression
#include <gradus/models/linear_regression.hpp>

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXd& y, const Eigen::VectorXd& m) {
    gradus::LinearRegression<double> model;
    model.fit(gradus::Observations(X, y).trials(m));
}
