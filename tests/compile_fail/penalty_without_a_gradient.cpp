// expect: gradus: this objective needs a smooth penalty, with add_gradient() and add_curvature()
#include <gradus/models/linear_regression.hpp>
#include <gradus/solvers/iterative/newton.hpp>

struct ValueAlone {
    template <class S>
    S value(const gradus::Coefficients<S>& W) const {
        return W->squaredNorm();
    }
};

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    gradus::LinearRegression<double, ValueAlone> model;
    model.fit(X, y, gradus::Newton{});
}
