// expect: gradus: this solver needs an objective that is a mean over rows
#include <gradus/solvers/iterative/saga.hpp>

double f(const Eigen::VectorXd& x, Eigen::VectorXd& gradient);
const auto result = gradus::SAGA{}.minimize(f, Eigen::VectorXd(3));
