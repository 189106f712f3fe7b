// expect: constraint
#include <gradus/solvers/iterative/gradient_descent.hpp>

gradus::GradientDescent<double> solver;
