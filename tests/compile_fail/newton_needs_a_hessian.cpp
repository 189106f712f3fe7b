// expect: gradus: this solver needs second derivatives
#include <gradus/solvers/iterative/newton.hpp>

double square(const gradus::Vector<double>& x, gradus::Vector<double>& gradient) {
    gradient = 2 * x;
    return x.squaredNorm();
}

int main() { gradus::Newton{}.minimize(square, Eigen::Vector2d(1, 1)); }
