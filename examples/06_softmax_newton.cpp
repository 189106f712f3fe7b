// Softmax: Newton with the full Hessian against gradient descent, by error, sweeps over the data and time.
//
// Three cultivars of wine by 13 measurements (standardised, and a 1 for the intercept): p = softmax(W'x).
//
//     f(W) = mean -log p_y + lambda/2 |W|^2 (without the intercepts)
//     df/dW_c = mean (p_c - [c = y]) x + lambda W_c
//     d2f/dW_c dW_d = mean p_c ([c = d] - p_d) x x' + lambda [c = d] I
//
// The Hessian is singular, since a number that is added to all intercepts changes nothing. Newton's step is then taken
// with its pseudo-inverse, as in the textbook, or in a basis of the directions that change something.

#include "support/example.hpp"
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <chrono>

using namespace example;

struct Softmax {
    MatrixXd X;         // n x q, the last column is 1
    MatrixXd is_class;  // n x 3, one 1 in each row
    VectorXd ridge;     // lambda of each parameter, 0 of the intercepts

    MatrixXd eta(const VectorXd& w) const { return X * w.reshaped(X.cols(), 3); }
    double operator()(const VectorXd& w, VectorXd& gradient) const {
        const double n = static_cast<double>(X.rows());
        const MatrixXd p = gradus::softmax<double>(eta(w)), log_p = gradus::log_softmax<double>(eta(w));
        const VectorXd pull = ridge.cwiseProduct(w);
        gradient = (X.transpose() * (p - is_class) / n).reshaped() + pull;
        return -log_p.cwiseProduct(is_class).sum() / n + w.dot(pull) / 2;
    }
    void hessian(const VectorXd& w, MatrixXd& H) const {
        const Index q = X.cols();
        const MatrixXd p = gradus::softmax<double>(eta(w));
        for (Index c = 0; c < 3; ++c)
            for (Index d = 0; d < 3; ++d) {
                const double same = c == d, n = static_cast<double>(X.rows());
                const VectorXd weight = p.col(c).array() * (same - p.col(d).array()) / n;
                H.block(c * q, d * q, q, q) = X.transpose() * weight.asDiagonal() * X;
            }
        H.diagonal() += ridge;
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
    std::size_t first_below(double bound) const {
        const auto found = std::find_if(error.begin(), error.end() - 1, [&](double e) { return e < bound; });
        return static_cast<std::size_t>(found - error.begin());
    }
};

/// w - H^+ g: the pseudo-inverse of the full Hessian, by its eigenvalues.
VectorXd textbook_step(const Softmax& f, const VectorXd& w) {
    MatrixXd H(w.size(), w.size());
    VectorXd gradient(w.size());
    f(w, gradient);
    f.hessian(w, H);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(H);
    const VectorXd& lambda = eigen.eigenvalues();
    const VectorXd inverse = (lambda.array() > 1e-12 * lambda[lambda.size() - 1]).select(lambda.cwiseInverse(), 0);
    return w - eigen.eigenvectors() * (inverse.asDiagonal() * (eigen.eigenvectors().transpose() * gradient));
}

/// The same step in coordinates in which nothing is superfluous: W = Theta Q', where the columns of Q, 3 x 2, are
/// orthonormal and sum to zero; B = Q (x) I.
VectorXd reduced_step(const Softmax& f, const MatrixXd& B, const VectorXd& w) {
    MatrixXd H(w.size(), w.size());
    VectorXd gradient(w.size());
    f(w, gradient);
    f.hessian(w, H);
    return w - B * (B.transpose() * H * B).llt().solve(B.transpose() * gradient);
}
MatrixXd basis_of_sum_zero(Index q) {
    const double a = std::sqrt(0.5), b = std::sqrt(1 / 6.0);
    const Eigen::Matrix<double, 3, 2> Q = (Eigen::Matrix<double, 3, 2>() << a, b, -a, b, 0, -2 * b).finished();
    MatrixXd B(3 * q, 2 * q);
    for (Index c = 0; c < 3; ++c)
        for (Index d = 0; d < 2; ++d) B.block(c * q, d * q, q, q) = Q(c, d) * MatrixXd::Identity(q, q);
    return B;
}

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table wines = show.read("wine_cultivars.csv");
    const VectorXd cultivar = wines.column("cultivar");
    const MatrixXd Z = Standardised(wines.columns(Names(wines.names().begin(), wines.names().end() - 1))).Z;
    const double lambda = 0.01;
    const MatrixXd ridge = (MatrixXd(14, 3) << MatrixXd::Constant(13, 3, lambda), MatrixXd::Zero(1, 3)).finished();
    Softmax f{with_ones(Z), MatrixXd(Z.rows(), 3), ridge.reshaped()};
    for (int c = 0; c < 3; ++c) f.is_class.col(c) = (cultivar.array() == c).cast<double>();

    gradus::LogisticRegression<double, gradus::Ridge> model{{.penalty = {.lambda = lambda}}};
    model.fit(Z, cultivar);
    const VectorXd best =
        (MatrixXd(14, 3) << model.coefficients(), model.intercept().transpose()).finished().reshaped();
    VectorXd gradient(42);
    f(best, gradient);
    show.finding(text("where the library's softmax model ends, the gradient written out here is ", gradient.norm()),
                 gradient.norm() < 1e-14);

    MatrixXd H(42, 42);
    f.hessian(best, H);
    VectorXd curvature = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues();
    show.finding(text("one eigenvalue of the Hessian there is zero (", curvature[0],
                      "): adding a number to all three intercepts changes no probability; the others lie between ",
                      curvature[1], " and ", curvature[41]),
                 std::abs(curvature[0]) < 1e-15 && curvature[1] > 0.005);

    const VectorXd start = VectorXd::Zero(42);
    f.hessian(start, H);
    const double largest = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues()[41];
    Trace newton{best}, descent{best};
    gradus::Newton{}.minimize(f, start, newton);
    descent.start = std::chrono::steady_clock::now();
    gradus::GradientDescent<gradus::FixedStep>{.step = {1 / largest}, .tolerance = 1e-14}.minimize(f, start, descent);
    const std::vector<double>& e = newton.error;
    const std::size_t last = newton.first_below(1e-10);  // the last step that rounding does not touch
    const auto share = [&](std::size_t step) { return e[step] / e[step - 1] / e[step - 1]; };
    show.finding(text("the last steps of Newton leave errors of ", e[last - 3], ", ", e[last - 2], ", ", e[last - 1],
                      " and ", e[last], ": ", share(last - 2), ", ", share(last - 1), " and ", share(last),
                      " times the square of the one before"),
                 share(last - 2) < 3 && share(last - 1) < 3 && share(last) < 3);
    const std::size_t few = newton.first_below(1e-6), many = descent.first_below(1e-6);
    show.finding(text("six digits take Newton ", few, " sweeps over the data and gradient descent ", many),
                 few < 10 && many > 100 * few);
    std::cout << text("  (", newton.milliseconds[few], " and ", descent.milliseconds[many], " milliseconds here)\n");
    const double rate = 1 - curvature[1] / largest, seen = descent.error[many] / descent.error[many - 1];
    show.finding(text("the error of gradient descent shrinks to ", seen, " of itself at each step, as 1 - mu / L = ",
                      rate, " predicts: a digit takes ", -1 / std::log10(rate), " steps"),
                 std::abs(seen - rate) < 1e-4);

    const MatrixXd B = basis_of_sum_zero(14);
    std::vector<VectorXd> textbook{start}, reduced{start};
    std::vector<double> step{0}, textbook_error, reduced_error;
    double apart = 0;
    for (int k = 1; k <= 9; ++k) {
        textbook.push_back(textbook_step(f, textbook.back()));
        reduced.push_back(reduced_step(f, B, reduced.back()));
        apart = std::max(apart, (textbook.back() - reduced.back()).norm() / best.norm());
        step.push_back(k);
    }
    for (const VectorXd& w : textbook) textbook_error.push_back((w - best).norm() / best.norm());
    for (const VectorXd& w : reduced) reduced_error.push_back((w - best).norm() / best.norm());
    show.finding(
        text("the step of the textbook, by the pseudo-inverse of the full 42 x 42 Hessian, and that in a basis "
             "of 28 directions make the same iterates: they are at most ",
             apart, " apart, and end with errors of ", textbook_error.back(), " and ", reduced_error.back()),
        apart < 1e-12 && textbook_error.back() < 1e-13 && reduced_error.back() < 1e-13);
    const double full_time = microseconds([&] { textbook.back() = textbook_step(f, textbook[8]); }),
                 reduced_time = microseconds([&] { reduced.back() = reduced_step(f, B, reduced[8]); });
    std::cout << text("  (", full_time, " and ", reduced_time, " microseconds a step here)\n");
    f.ridge.setZero();
    f.hessian(best, H);
    const VectorXd without_ridge = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues();
    const auto zeros = (without_ridge.array().abs() < 1e-14 * without_ridge[41]).count();
    show.finding(text("without the ridge ", zeros, " eigenvalues are zero, one for each row of W"), zeros == 14);

    Picture picture;
    picture.data("textbook", step, textbook_error).data("reduced", step, reduced_error);
    picture.number("full_time", full_time).number("reduced_time", reduced_time);
    picture.number("full_error", textbook_error.back()).number("reduced_error", reduced_error.back());
    picture.data("newton", newton.sweep, newton.error, newton.milliseconds);
    std::vector<double> sweep, error, time;  // a curve needs few points
    for (std::size_t i = 0; i < descent.sweep.size(); i += 1 + i / 20)
        sweep.push_back(descent.sweep[i]), error.push_back(descent.error[i]), time.push_back(descent.milliseconds[i]);
    picture.data("descent", sweep, error, time);
    picture.number("per_digit", -1 / std::log10(rate));
    show.draw(picture);
    return show.status();
}
