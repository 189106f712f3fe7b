// expect: gradus: this solver needs second derivatives
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/regression.hpp>

struct Absolute {
    using Scalar = double;
    static double value(double y, double eta) { return eta < y ? y - eta : eta - y; }
    static double slope(double y, double eta) { return eta < y ? -1 : 1; }
};

void fit(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    gradus::Regression<gradus::Pointwise<Absolute>> model;
    model.fit(X, y, gradus::Newton{});
}
