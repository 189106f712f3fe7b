// Several features: the gradient as a product with X', and what unlike units do to gradient descent.
//
// The alcohol content of 178 Italian wines by three measurements and an intercept, the last column of X.
//
//     f(w) = 1/2 mean (X w - y)^2        gradient = X'(X w - y) / n        H = X'X / n
//     descent with the step t: error(k) = (I - t H)^k error(0); with the best fixed step, t = 2 / (L + mu), it shrinks
//     by (kappa - 1) / (kappa + 1) a step, kappa = L / mu, where L and mu are the largest and the least eigenvalue of H

#include "support/example.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

using namespace example;

struct MeanSquares {
    MatrixXd X;
    VectorXd y;
    double operator()(const VectorXd& w, VectorXd& gradient) const {
        const VectorXd residual = X * w - y;
        gradient = X.transpose() * residual / static_cast<double>(y.size());
        return residual.squaredNorm() / 2 / static_cast<double>(y.size());
    }
    VectorXd gradient_by_loops(const VectorXd& w) const {
        VectorXd gradient = VectorXd::Zero(w.size());
        for (Index i = 0; i < y.size(); ++i) {
            double residual = -y[i];
            for (Index j = 0; j < w.size(); ++j) residual += X(i, j) * w[j];
            for (Index j = 0; j < w.size(); ++j) gradient[j] += residual * X(i, j) / static_cast<double>(y.size());
        }
        return gradient;
    }
};

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table wines = show.read("wine_cultivars.csv");
    const Names names{"alcalinity", "color", "flavanoids"};
    const VectorXd y = wines.column("alcohol");
    const MatrixXd X = wines.columns(names);
    const Standardised scaled(X);
    const MeanSquares as_measured{with_ones(X), y}, standard{with_ones(scaled.Z), y};

    VectorXd at = VectorXd::LinSpaced(4, -1, 1), gradient(4);
    as_measured(at, gradient);
    const double off = (as_measured.gradient_by_loops(at) - gradient).norm() / gradient.norm();
    show.finding(text("X'(X w - y) / n and the loop over rows and columns differ by ", off, " of their size"),
                 off < 1e-14);
    std::cout << text("  (", microseconds([&] { as_measured(at, gradient); }), " and ",
                      microseconds([&] { gradient += as_measured.gradient_by_loops(at); }), " microseconds here)\n");

    Picture picture;
    double steps[2], kappa[2];
    VectorXd answer[2];
    for (int which = 0; which < 2; ++which) {
        const MeanSquares& f = which == 0 ? as_measured : standard;
        const MatrixXd H = f.X.transpose() * f.X / static_cast<double>(y.size());
        const VectorXd curvature = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues();
        const VectorXd best = H.llt().solve(f.X.transpose() * y / static_cast<double>(y.size()));
        std::vector<double> step, error;
        const auto watch = [&](const gradus::IterationRecord<double>& now) {
            const double left = (now.x - best).norm() / best.norm();
            if (step.empty() || left < 1e-6 || now.iteration > 1.1 * step.back())
                step.push_back(now.iteration), error.push_back(left);
            return left < 1e-6 ? gradus::Control::stop : gradus::Control::proceed;
        };
        const auto end = gradus::GradientDescent<gradus::FixedStep>{.step = {2 / (curvature[3] + curvature[0])},
                                                                    .max_iterations = 1'000'000,
                                                                    .tolerance = 0}
                             .minimize(f, VectorXd::Zero(4).eval(), watch);
        kappa[which] = curvature[3] / curvature[0], steps[which] = end.iterations, answer[which] = end.x;
        const double predicted = std::log(1e-6) / std::log((kappa[which] - 1) / (kappa[which] + 1));
        show.finding(text(which ? "standardised: " : "as measured: ", "condition number ", kappa[which], ", ",
                          steps[which], " steps to an error of 1e-6; (kappa - 1) / (kappa + 1) predicts ",
                          std::ceil(predicted), " at most"),
                     steps[which] <= std::ceil(predicted) && steps[which] > predicted / 2);
        picture.data(which ? "standard" : "measured", step, error);
    }
    const VectorXd back = answer[1].head(3).cwiseQuotient(scaled.deviation.transpose());
    show.finding(text("divided by the deviations, the coefficients of the standardised columns are those of the "
                      "measured ones, off by ",
                      (back - answer[0].head(3)).norm()),
                 (back - answer[0].head(3)).norm() < 1e-4 * back.norm());
    show.finding(text("standardising saves a factor ", steps[0] / steps[1]), steps[0] > 100 * steps[1]);

    picture.number("few", steps[1]).number("many", steps[0]);
    picture.number("kappa", kappa[0]).number("kappa_standard", kappa[1]);
    show.draw(picture);
    return show.status();
}
