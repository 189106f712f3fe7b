// expect: gradus: this solver needs an objective that is a mean over rows
#include <gradus/solvers/iterative/sgd.hpp>

double f(const Eigen::VectorXd& x, Eigen::VectorXd& gradient);
const auto result = gradus::SGD<>{}.minimize(f, Eigen::VectorXd(3));
