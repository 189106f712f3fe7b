// expect: gradus: the step OneOverL needs curvature_bound()
#include <gradus/solvers/iterative/gradient_descent.hpp>

double f(const Eigen::VectorXd& x, Eigen::VectorXd& gradient);
const auto result = gradus::GradientDescent<gradus::OneOverL>{}.minimize(f, Eigen::VectorXd(3));
