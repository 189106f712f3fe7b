// Acceleration: gradient descent needs steps in proportion to the condition number kappa, Nesterov's method to its
// square root.
//
// f(x) = 1/2 sum_j c_j x_j^2 with 20 curvatures c_j spread evenly, in the logarithm, between 1 / kappa and L = 1; start
// (1, ..., 1).
//
//     gradient descent: x <- x - (1/L) grad f(x)          error(k) <= (1 - 1/kappa)^k       about kappa log(10^6) steps
//     momentum: with the best step and share of the last step kept, for which kappa must be known
//                                                         error(k) ~ (1 - 2/sqrt(kappa))^k  about sqrt(kappa)/2
//                                                         log(10^6)
//     Nesterov: the same step, from a point ahead of x    error(k) ~ (1 - 1/sqrt(kappa))^k  about sqrt(kappa) log(10^6)
//
// for an error of a millionth (Nesterov, Soviet Math. Dokl. 27 (1983), 372; restarted by O'Donoghue and Candes 2015, so
// that kappa need not be known).

#include "support/example.hpp"
#include <gradus/line_search/one_over_l.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>

#include <cmath>

using namespace example;

struct Valley {
    VectorXd curvature;
    explicit Valley(double kappa) : curvature(20) {
        for (Index j = 0; j < 20; ++j) curvature[j] = std::pow(kappa, -static_cast<double>(j) / 19);
    }
    double operator()(const VectorXd& x, VectorXd& gradient) const {
        gradient = curvature.cwiseProduct(x);
        return gradient.dot(x) / 2;
    }
    double curvature_bound() const { return 1; }  // L: where solvers take 1 / L from
};

template <class Solver>
double steps_of(Solver solver, double kappa) {
    solver.max_iterations = 100'000'000;
    solver.tolerance = 0;
    const VectorXd start = VectorXd::Ones(20);
    const auto watch = [&](const gradus::IterationRecord<double>& now) {
        return now.x.norm() <= 1e-6 * start.norm() ? gradus::Control::stop : gradus::Control::proceed;
    };
    return solver.minimize(Valley(kappa), start, watch).iterations;
}

/// The heavy ball with the constants that are best between the curvatures 1 / kappa and 1.
gradus::Momentum<gradus::FixedStep> heavy_ball(double kappa) {
    const double root = std::sqrt(1 / kappa), factor = (1 - root) / (1 + root);
    return {.step = {4 / ((1 + root) * (1 + root))}, .momentum = factor * factor};
}

int main(int argc, char** argv) {
    Example show(argc, argv);
    std::vector<double> kappa, descent, kappa_far, momentum, nesterov;
    for (int decade = 1; decade <= 6; ++decade) {
        const double k = std::pow(10, decade);
        if (decade <= 5)
            kappa.push_back(k), descent.push_back(steps_of(gradus::GradientDescent<gradus::OneOverL>{}, k));
        kappa_far.push_back(k), momentum.push_back(steps_of(heavy_ball(k), k));
        nesterov.push_back(steps_of(gradus::Nesterov{}, k));
        const std::string plain = decade <= 5 ? text(descent.back()) : "not tried";
        std::cout << text("  condition number ", k, ": gradient descent ", plain, ", momentum ", momentum.back(),
                          ", Nesterov ", nesterov.back())
                  << '\n';
    }
    const double slope = std::log10(descent.back() / descent.front()) / 4,
                 slope_momentum = std::log10(momentum.back() / momentum.front()) / 5,
                 slope_nesterov = std::log10(nesterov.back() / nesterov.front()) / 5;
    show.finding(text("gradient descent: steps grow as the condition number to the power ", slope),
                 std::abs(slope - 1) < 0.05);
    show.finding(text("momentum with the best constants: to the power ", slope_momentum),
                 std::abs(slope_momentum - 0.5) < 0.1);
    show.finding(text("Nesterov: to the power ", slope_nesterov), std::abs(slope_nesterov - 0.5) < 0.1);
    show.finding(text("at a condition number of 100000 that is ", descent.back() / nesterov[4], " times fewer steps"),
                 descent.back() > 50 * nesterov[4]);
    show.draw(Picture()
                  .data("descent", kappa, descent)
                  .data("momentum", kappa_far, momentum)
                  .data("nesterov", kappa_far, nesterov)
                  .number("slope", slope)
                  .number("slope_momentum", slope_momentum)
                  .number("slope_nesterov", slope_nesterov));
    return show.status();
}
