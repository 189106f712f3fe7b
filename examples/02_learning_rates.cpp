// Learning rates: crawl, converge, oscillate, diverge, each as fast as theory predicts.
//
// The hue of 178 wines by their alcohol and the intensity of their colour (all less their means, so no intercept is
// needed).
//
//     f(w) = 1/2 mean (X w - y)^2        error(k) = (I - t H)^k error(0), H = X'X / n with the eigenvalues mu <= L
//     along an eigenvector of lambda each step multiplies the error by 1 - t lambda, so all of it shrinks for
//     0 < t < 2 / L, in the end by max(|1 - t L|, |1 - t mu|) a step

#include "support/example.hpp"
#include <gradus/examination/learning_rate.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

using namespace example;

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table wines = show.read("wine_cultivars.csv");
    const Names names{"alcohol", "color"};
    const MatrixXd measured = wines.columns(names), X = measured.rowwise() - measured.colwise().mean();
    const VectorXd hue = wines.column("hue"), y = hue.array() - hue.mean(), start = VectorXd::Zero(2);
    const double n = static_cast<double>(y.size());
    const auto f = [&](const VectorXd& w, VectorXd& gradient) {
        const VectorXd residual = X * w - y;
        gradient = X.transpose() * residual / n;
        return residual.squaredNorm() / 2 / n;
    };

    const MatrixXd H = X.transpose() * X / n;
    const VectorXd best = H.llt().solve(X.transpose() * y / n);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(H);
    const double mu = eigen.eigenvalues()[0], L = eigen.eigenvalues()[1];
    const VectorXd steepest = eigen.eigenvectors().col(1);
    const gradus::LearningRateReport rates = gradus::analyse_learning_rate(f, start);
    show.finding(text("the eigenvalues of H are mu = ", mu, " and L = ", L,
                      "; the library's analysis finds both from gradients alone and says: steps below 2 / L = ",
                      rates.stable_step(), " converge, and 2 / (L + mu) = ", rates.best_step(), " is the best"),
                 std::abs(rates.largest_curvature - L) < 1e-6 * L && std::abs(rates.smallest_curvature - mu) < 1e-6);

    Picture picture;
    picture.number("mu", mu).number("L", L).number("part", std::abs(best.dot(steepest)) / best.norm());
    const auto run = [&](double step, const std::string& name, const std::string& what) {
        std::vector<double> k, error, along;
        const auto watch = [&](const gradus::IterationRecord<double>& now) {
            k.push_back(now.iteration), error.push_back((now.x - best).norm() / best.norm());
            along.push_back((now.x - best).dot(steepest) / -best.dot(steepest));
        };
        const gradus::GradientDescent<gradus::FixedStep> descent{.step = {step}, .tolerance = 1e-8};
        const auto end = descent.minimize(f, start, watch);
        const double predicted = std::max(std::abs(1 - step * L), std::abs(1 - step * mu));
        const double rate = error.back() / error[error.size() - 2];
        const double steps = rates.predicted_iterations(step, descent.tolerance);
        show.finding(text("a step of ", what, " = ", step, ": the error is multiplied by ", rate, ", predicted ",
                          predicted, "; ",
                          end.converged() ? text("after ", end.iterations,
                                                 " steps the relative gradient is 1e-8, predicted ", steps)
                                          : "it grows until the library stops it, predicted"),
                     std::abs(rate - predicted) < 1e-5 && (end.converged() ? std::abs(end.iterations - steps) <= 1
                                                                           : std::isinf(steps) && predicted > 1));
        picture.data(name, k, error, along).number(name + "_step", step);
        return along;
    };
    run(0.1 / L, "crawls", "0.1 / L"), run(0.9 / L, "converges", "0.9 / L");
    const std::vector<double> side = run(1.9 / L, "oscillates", "1.9 / L");
    run(2.1 / L, "diverges", "2.1 / L"), run(rates.best_step(), "best", "2 / (L + mu)");
    show.finding(text("with 1.9 / L the error along the steepest direction jumps from side to side: 1, ", side[1], ", ",
                      side[2], ", ", side[3], " of what it was at the start"),
                 std::abs(side[1] + 0.9) < 1e-12 && std::abs(side[3] + 0.729) < 1e-12);

    gradus::LinearRegression<double> model({.fit_intercept = false, .feature_names = names});
    const gradus::FitReport report = model.fit(X, y, gradus::GradientDescent<gradus::FixedStep>{.step = {2.1 / L}});
    show.finding(text("the report of the library's model with 2.1 / L: \"", report.message, "\""),
                 !report.converged() && report.message.find(text("2/L = ", 2 / L)) != std::string::npos &&
                     report.message.find("'color'") != std::string::npos);

    show.draw(picture);
    return show.status();
}
