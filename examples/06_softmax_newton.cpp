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

struct Run {
    std::vector<VectorXd> at;
    std::vector<double> sweep, milliseconds;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    void operator()(const gradus::IterationRecord<double>& now) {
        sweep.push_back(now.iteration);
        at.push_back(now.x);
        milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::vector<double> error(const VectorXd& best) const {
        std::vector<double> out;
        for (const VectorXd& w : at) out.push_back((w - best).norm() / best.norm());
        return out;
    }
};

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table wines = show.read("wine_cultivars.csv");
    const Names features(wines.names().begin(), wines.names().end() - 1);
    const MatrixXd raw = wines.columns(features), centred = raw.rowwise() - raw.colwise().mean();
    const MatrixXd Z = centred.array().rowwise() / centred.array().square().colwise().mean().sqrt();
    const VectorXd cultivar = wines.column("cultivar");
    Softmax f{MatrixXd::Ones(Z.rows(), 14), MatrixXd(Z.rows(), 3), 0.01};
    f.X.leftCols(13) = Z;
    for (int c = 0; c < 3; ++c) f.is_class.col(c) = (cultivar.array() == c).cast<double>();

    const VectorXd start = VectorXd::Zero(42);
    Run newton, descent;
    const auto best = gradus::Newton{}.minimize(f, start, newton);
    std::cout << best.message << ' ' << best.rank << name(best.status) << '\n';
    MatrixXd H(42, 42);
    f.hessian(best.x, H);
    const VectorXd curvature = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues();
    std::cout << curvature.transpose() << '\n';
    f.hessian(start, H);
    const VectorXd curvature0 = Eigen::SelfAdjointEigenSolver<MatrixXd>(H).eigenvalues();
    std::cout << curvature0.transpose() << '\n';
    const auto slow = gradus::GradientDescent<gradus::FixedStep>{.step = {1 / curvature0[41]}, .tolerance = 1e-12}.minimize(f, start, descent);
    std::cout << slow.message << '\n';
    const auto e = newton.error(best.x);
    for (auto v : e) std::cout << v << ' ';
    std::cout << newton.milliseconds.back() << ' ' << descent.milliseconds.back() << '\n';
    gradus::LogisticRegression<double, gradus::Ridge> model{{.penalty = {.lambda = 0.01}}};
    const gradus::FitReport report = model.fit(Z, cultivar);
    std::cout << report << (model.coefficients() - best.x.reshaped(14, 3).topRows(13)).norm() << '\n';
    return show.status();
}
