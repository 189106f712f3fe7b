// expect: gradus: this solver is for a smooth function plus one with corners
#include <gradus/solvers/iterative/fista.hpp>

const auto bowl = [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) { return gradient = x, x.squaredNorm() / 2; };
const auto result = gradus::FISTA{}.minimize(bowl, Eigen::VectorXd(Eigen::VectorXd::Ones(2)));
