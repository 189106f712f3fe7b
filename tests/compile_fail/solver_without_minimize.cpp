// expect: gradus: a solver has a member minimize(objective, start, observer) const that returns gradus::Result<Scalar>
#include <gradus/models/logistic_regression.hpp>

struct NotASolver {};

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXi& y) {
    gradus::LogisticRegression<double> model;
    model.fit(X, y, NotASolver{});
}
