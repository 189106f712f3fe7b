// expect: gradus: this solver needs value_and_gradient
#include <gradus/solvers/iterative/gradient_descent.hpp>

double square(const gradus::Vector<double>& x) { return x.squaredNorm(); }

int main() { gradus::GradientDescent<>{}.minimize(square, Eigen::Vector2d(1, 1)); }
