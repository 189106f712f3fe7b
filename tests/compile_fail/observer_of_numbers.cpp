// expect: gradus: an observer is called with (const gradus::IterationRecord<Scalar>&) and returns void or
// gradus::Control
#include <gradus/solvers/iterative/gradient_descent.hpp>

double square(const gradus::Vector<double>& x, gradus::Vector<double>& gradient) {
    gradient = 2 * x;
    return x.squaredNorm();
}

int main() {
    const auto observer = [](int, double) {};
    gradus::GradientDescent<>{}.minimize(square, Eigen::Vector2d(1, 1), observer);
}
