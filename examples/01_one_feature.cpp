// One feature: the squared loss is a valley over slope and intercept, and gradient descent walks down to the closed
// form.
//
// Calibration of an ozone monitor (NIST, "Norris"): its reading y by the true concentration x, both in units of 1000.
//
//     f(a, b) = 1/2 mean (a x + b - y)^2        df/da = mean (a x + b - y) x        df/db = mean (a x + b - y)
//     H = [ mean x^2   mean x ]                 the same everywhere: f is a quadratic, its contours are ellipses
//         [ mean x     1      ]

#include "support/example.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

#include <Eigen/Eigenvalues>

using namespace example;

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table norris = show.read("nist_norris.csv");
    const VectorXd x = norris.column("x") / 1000, y = norris.column("y") / 1000;

    const auto loss = [&](const VectorXd& at, VectorXd& gradient) {
        const VectorXd residual = (at[0] * x.array() + at[1] - y.array()).matrix();
        gradient[0] = residual.dot(x) / static_cast<double>(x.size());
        gradient[1] = residual.mean();
        return residual.squaredNorm() / 2 / static_cast<double>(x.size());
    };

    const double slope = (x.array() - x.mean()).matrix().dot(y) / (x.array() - x.mean()).square().sum();
    const double intercept = y.mean() - slope * x.mean();
    gradus::LinearRegression<double> model;
    model.fit(x, y);
    show.finding(text("the closed form, covariance / variance, gives slope ", slope, " and intercept ",
                      1000 * intercept, " / 1000; NIST certifies 1.00212 and -0.262323, and the library's QR agrees"),
                 std::abs(slope - 1.00211681802045) < 1e-12 && std::abs(intercept + 0.262323073774029e-3) < 1e-12 &&
                     std::abs(model.coefficients()[0] - slope) < 1e-12);

    Eigen::Matrix2d H;
    H << x.squaredNorm() / static_cast<double>(x.size()), x.mean(), x.mean(), 1;
    const Eigen::Vector2d curvature = Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d>(H).eigenvalues();
    const double step = 1;
    show.finding(text("the valley curves by ", curvature[1], " across and by ", curvature[0],
                      " along: steps below 2 / ", curvature[1], " = ", 2 / curvature[1], " converge, and ", step,
                      " is one"),
                 step < 2 / curvature[1]);

    std::vector<double> a, b, value;
    const auto watch = [&](const gradus::IterationRecord<double>& at) {
        a.push_back(at.x[0]), b.push_back(at.x[1]), value.push_back(at.value);
    };
    const gradus::GradientDescent<gradus::FixedStep> descent{.step = {step}, .tolerance = 1e-13};
    const auto end = descent.minimize(loss, Eigen::Vector2d(-0.3, 1.3).eval(), watch);
    show.finding(text("gradient descent ends at slope ", end.x[0], " and intercept ", 1000 * end.x[1], " / 1000 after ",
                      end.iterations, " steps: the closed form"),
                 end.converged() && (end.x - Eigen::Vector2d(slope, intercept)).norm() < 1e-11);
    show.finding("every step lowers the loss, until rounding hides the gain",
                 std::is_sorted(value.rbegin(), value.rend() - 1, [](double l, double r) { return l < r - 1e-16; }));

    const double shrink = (a[101] - slope) / (a[100] - slope);
    show.finding(text("along the valley the error shrinks to ", shrink, " of itself at each step: 1 - step * ",
                      curvature[0], " = ", 1 - step * curvature[0]),
                 std::abs(shrink - (1 - step * curvature[0])) < 1e-6);

    Picture picture;
    picture.data("path", a, b).number("best_a", slope).number("best_b", intercept);
    picture.number("h11", H(0, 0)).number("h12", H(0, 1)).number("least", end.value);
    show.draw(picture);
    return show.status();
}
