// expect: gradus: this function has corners, and this solver needs a smooth one
#include <gradus/solvers/iterative/lbfgs.hpp>

struct Corner {
    double value(const Eigen::VectorXd& x) const { return x.cwiseAbs().sum(); }
    void prox(double, Eigen::VectorXd&) const {}
    void residual(const Eigen::VectorXd&, const Eigen::VectorXd&, Eigen::VectorXd&) const {}
};

const auto bowl = [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) { return gradient = x, x.squaredNorm() / 2; };
const auto result =
    gradus::LBFGS{}.minimize(gradus::Composite(bowl, Corner()), Eigen::VectorXd(Eigen::VectorXd::Ones(2)));
