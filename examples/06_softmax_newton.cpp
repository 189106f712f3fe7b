// Softmax: Newton with the full Hessian against gradient descent, by error, sweeps over the data and time.
//
// Three cultivars of wine by 13 measurements (standardised, and a 1 for the intercept): p = softmax(W'x).
//
//     f(W) = mean -log p_y + lambda/2 |W|^2 (without the intercepts)
//     df/dW_c = mean (p_c - [c = y]) x + lambda W_c            d2f/dW_c dW_d = mean p_c ([c = d] - p_d) x x' + lambda [c = d] I

#include "support/example.hpp"

#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

#include <Eigen/Eigenvalues>
#include <chrono>

using namespace example;

struct Softmax {
    MatrixXd X;         // n x q, the last column is 1
    MatrixXd is_class;  // n x 3, one 1 in each row
    double lambda;

    auto penalised(const VectorXd& w) const {  // W with the intercepts left out
        MatrixXd W = w.reshaped(X.cols(), 3);
        W.bottomRows(1).setZero();
        return W;
    }
    MatrixXd probabilities(const VectorXd& w) const {
        const MatrixXd eta = X * w.reshaped(X.cols(), 3), e = (eta.colwise() - eta.rowwise().maxCoeff()).array().exp();
        return e.array().colwise() / e.rowwise().sum().array();
    }
    double operator()(const VectorXd& w, VectorXd& gradient) const {
        const double n = static_cast<double>(X.rows());
        const MatrixXd p = probabilities(w), W = penalised(w);
        gradient = (X.transpose() * (p - is_class) / n + lambda * W).reshaped();
        return -(p.array() * is_class.array()).rowwise().sum().log().mean() + lambda / 2 * W.squaredNorm();
    }
    void hessian(const VectorXd& w, MatrixXd& H) const {
        const Index q = X.cols();
        const MatrixXd p = probabilities(w);
        for (Index c = 0; c < 3; ++c)
            for (Index d = 0; d < 3; ++d) {
                const VectorXd weight = p.col(c).array() * ((c == d) - p.col(d).array()) / static_cast<double>(X.rows());
                H.block(c * q, d * q, q, q) = X.transpose() * weight.asDiagonal() * X;
            }
        H.diagonal() += lambda * penalised(VectorXd::Ones(3 * q)).reshaped();
    }
};

/// Follows a run: after each sweep over the data the error of W against the best, and the time.
struct Trace {
    VectorXd best;
    std::vector<double> sweep = {}, error = {}, milliseconds = {};
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    void operator()(const gradus::IterationRecord<double>& now) {
        const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
        sweep.push_back(now.iteration), milliseconds.push_back(passed.count());
        MatrixXd off = (now.x - best).reshaped(best.size() / 3, 3);
        off.bottomRows(1).array() -= off.bottomRows(1).mean();  // the same for all classes: no probability feels it
        error.push_back(off.norm() / best.norm());
    }
};

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table wines = show.read("wine_cultivars.csv");
    const VectorXd cultivar = wines.column("cultivar");
    const MatrixXd raw = wines.columns(Names(wines.names().begin(), wines.names().end() - 1));
    const MatrixXd centred = raw.rowwise() - raw.colwise().mean();
    Softmax f{MatrixXd::Ones(raw.rows(), 14), MatrixXd(raw.rows(), 3), 0.01};
    f.X.leftCols(13) = centred.array().rowwise() / centred.array().square().colwise().mean().sqrt();
    for (int c = 0; c < 3; ++c) f.is_class.col(c) = (cultivar.array() == c).cast<double>();

    gradus::LogisticRegression<double, gradus::Ridge> model{{.penalty = {.lambda = f.lambda}}};
    model.fit(f.X.leftCols(13), cultivar);
    const VectorXd best = (MatrixXd(14, 3) << model.coefficients(), model.intercept().transpose()).finished().reshaped();
    VectorXd gradient(42);
    f(best, gradient);
    show.finding(text("where the library's softmax model ends, the gradient written out here is ", gradient.norm()), gradient.norm() < 1e-14);

    MatrixXd H(42, 42);
    f.hessian(best, H);
    VectorXd curvature = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues();
    show.finding(text("one eigenvalue of the Hessian there is zero (", curvature[0], "): adding a number to all three intercepts changes no probability; the others lie between ", curvature[1], " and ", curvature[41]), std::abs(curvature[0]) < 1e-15 && curvature[1] > 0.005);

    const VectorXd start = VectorXd::Zero(42);
    f.hessian(start, H);
    const double largest = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues()[41];
    Trace newton{best}, descent{best};
    gradus::Newton{}.minimize(f, start, newton);
    descent.start = std::chrono::steady_clock::now();
    gradus::GradientDescent<gradus::FixedStep>{.step = {1 / largest}, .tolerance = 1e-14}.minimize(f, start, descent);
    std::size_t last = 0;  // the last step of Newton that rounding does not touch
    while (newton.error[last + 1] > 1e-10) ++last;
    const auto& e = newton.error;
    for (const double v : e) std::cout << v << ' ';
    show.finding(text("each step of Newton squares the error: the last ones leave ", e[last - 2], ", ", e[last - 1], ", ", e[last], " and ", e[last+1], ", which is ", e[last - 1] / e[last - 2] / e[last - 2], " and ", e[last] / e[last - 1] / e[last - 1], " times the square of the one before"),
                 e[last] < 3 * e[last - 1] * e[last - 1] && e[last-1] < 3 * e[last - 2] * e[last - 2]);
    const auto sweeps_to = [](const Trace& t, double error) { return std::find_if(t.error.begin(), t.error.end(), [&](double v) { return v < error; }) - t.error.begin(); };
    const auto few = sweeps_to(newton, 1e-6), many = sweeps_to(descent, 1e-6);
    show.finding(text("six digits take Newton ", few, " sweeps over the data and gradient descent ", many), few < 10 && many > 100 * few && many < Index(descent.error.size()));
    const auto at = [](const Trace& t, auto i) { return t.milliseconds[static_cast<std::size_t>(i)]; };
    std::cout << text("  (", at(newton, few), " and ", at(descent, many), " milliseconds here)\n");
    const double rate = 1 - curvature[1] / largest, seen = descent.error[static_cast<std::size_t>(many)] / descent.error[static_cast<std::size_t>(many) - 1];
    show.finding(text("the error of gradient descent shrinks to ", seen, " of itself at each step, as 1 - mu / L = ", rate, " foretells"), std::abs(seen - rate) < 1e-4);

    Picture picture;
    picture.data("newton", newton.sweep, newton.error, newton.milliseconds);
    std::vector<double> sweep, error, time;  // a curve needs few points
    for (std::size_t i = 0; i < descent.sweep.size(); i += 1 + i / 20)
        sweep.push_back(descent.sweep[i]), error.push_back(descent.error[i]), time.push_back(descent.milliseconds[i]);
    picture.data("descent", sweep, error, time);
    show.draw(picture << R"(
set multiplot layout 1,2 title 'Newton doubles its digits at each step; gradient descent adds a few per thousand' font ',16'
set logscale xy; set format '10^{%T}'; set yrange [1e-15:2]
set xlabel 'sweeps over the data (+1)'; set ylabel 'relative error of the coefficients'
plot $newton using ($1 + 1):2 with linespoints pt 7 ps 0.6 lc rgb blue lw 2, $descent using ($1 + 1):2 with lines lc rgb red lw 2
set xlabel 'milliseconds'; unset ylabel
plot $newton using 3:2 with linespoints pt 7 ps 0.6 lc rgb blue lw 2, $descent using 3:2 with lines lc rgb red lw 2
)");
    return show.status();
}
