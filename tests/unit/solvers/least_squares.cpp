// The direct solvers on least-squares problems with known solutions.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/column_statistics.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/dual.hpp>
#include <gradus/solvers/direct/qr.hpp>
#include <gradus/solvers/direct/svd.hpp>

#include <Eigen/LU>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Fit {
    Matrix<double> W;
    Vector<double> b;
    LeastSquaresSolution<double> solution;
};

// As the models do it: equilibrated columns, and the answer brought back to the user's.
template <class Solver>
Fit solve(const Solver& solver, const Sample<double>& sample, bool has_intercept, const Vector<double>& ridge = {}) {
    const auto columns =
        column_statistics<double>(sample.X, sample, sample.weights ? sample.weights->all().maxCoeff() : 1, "X");
    LeastSquares<double> problem;
    problem.sample = sample;
    problem.sample.X = sample.X.seen_in(equilibrate(columns, has_intercept));
    problem.norms =
        std::sqrt(sample.total_weight) * (columns.mean.array().square() + columns.deviation.array().square()).sqrt();
    problem.has_intercept = has_intercept;
    problem.ridge = ridge;
    Fit fit;
    fit.solution = solver.template solve<double>(problem);
    fit.W = problem.columns().scale.asDiagonal() * fit.solution.Z;
    fit.b = fit.solution.b - fit.W.transpose().lazyProduct(problem.columns().shift);
    return fit;
}

Sample<double> sample_of(const Matrix<double>& X, const Matrix<double>& Y) {
    Sample<double> sample;
    sample.X = Design<double>(DenseView<double>(X));
    sample.Y = DenseView<double>(Y);
    sample.total_weight = static_cast<double>(X.rows());
    return sample;
}

}  // namespace

TEMPLATE_TEST_CASE("direct solvers find known solutions: long, square, wide; one target or several", "[direct]", QR,
                   Cholesky, SVD) {
    const bool has_intercept = GENERATE(true, false);
    const Index k = GENERATE(1, 3);
    struct Shape {
        Index n, p;
    };
    for (const auto [n, p] :
         {Shape{40, 5}, Shape{600, 20}, Shape{6, 5}, Shape{6, 6}, Shape{5, 9}, Shape{3, 40}, Shape{50, 1}}) {
        INFO("n = " << n << ", p = " << p << ", k = " << k << ", intercept " << has_intercept);
        const auto known = known_least_squares<double>(107, n, p, k, has_intercept);
        const Fit fit = solve(TestType{}, sample_of(known.X, known.Y), has_intercept);
        CHECK(fit.solution.rank == known.rank);
        CHECK(error_of(fit.W, known.W) <= tolerance::direct<double>);
        CHECK(error_of(fit.b, known.b) <= tolerance::direct<double>);
        CHECK(fit.solution.gradient.cwiseAbs().maxCoeff() <= tolerance::direct<double>);
        CHECK_THAT(fit.solution.loss,
                   near(known.residuals.squaredNorm() / 2 / static_cast<double>(n), tolerance::direct<double>));
        CHECK(fit.solution.correct_digits > 8);
        CHECK(fit.solution.sweeps >= 1);
    }
}

TEMPLATE_TEST_CASE("direct solvers give the solution of least norm where columns are dependent", "[direct]", QR,
                   Cholesky, SVD) {
    const bool has_intercept = GENERATE(true, false);
    const auto known = known_least_squares<double>(109, 60, 8, 2, has_intercept, 5);
    const Fit fit = solve(TestType{}, sample_of(known.X, known.Y), has_intercept);
    CHECK(fit.solution.rank == 5);
    CHECK(error_of(fit.W, known.W) <= tolerance::direct<double>);
    CHECK(error_of(fit.b, known.b) <= tolerance::direct<double>);
}

TEMPLATE_TEST_CASE("few rows, and zeros and repetitions among the first columns", "[direct]", QR, Cholesky, SVD) {
    Random random(127);
    for (int problem = 0; problem < 300; ++problem) {
        const Index n = 1 + problem % 7, p = 1 + problem / 7 % 9;
        Matrix<double> X(n, p), Y(n, 1);
        for (Index j = 0; j < p; ++j) {
            const auto kind = random.below(4);
            for (Index i = 0; i < n; ++i)
                X(i, j) = kind == 0 ? 0 : kind == 1 && j > 0 ? X(i, j - 1) : static_cast<double>(random.below(17)) - 8;
        }
        for (Index i = 0; i < n; ++i) Y(i, 0) = static_cast<double>(random.below(17)) - 8;
        INFO(X);
        const Fit fit = solve(TestType{}, sample_of(X, Y), true);
        Matrix<double> design(n, p + 1);
        design << Vector<double>::Ones(n), X;
        CHECK(fit.solution.rank == Eigen::FullPivLU<Matrix<double>>(design).rank() - 1);
        const Matrix<double> residuals = (Y - X * fit.W).rowwise() - fit.b.transpose();
        CHECK((design.transpose() * residuals).cwiseAbs().maxCoeff() <= 1e-9);
    }
}

TEMPLATE_TEST_CASE("dependent columns are named", "[direct]", QR, Cholesky) {
    Random random(113);
    Matrix<double> X = normal_matrix<double>(random, 30, 6);
    X.col(2) = X.col(0) - 2 * X.col(1);
    X.col(4).setConstant(7);  // the intercept again
    const Matrix<double> Y = normal_matrix<double>(random, 30, 1);
    const Fit fit = solve(TestType{}, sample_of(X, Y), true);
    CHECK(fit.solution.rank == 4);
    CHECK(fit.solution.dependent == std::vector<Index>{2, 4});
}

TEMPLATE_TEST_CASE("weights, offset and ridge are those of the formula", "[direct]", QR, Cholesky, SVD, Dual) {
    Random random(127);
    const Index n = 40, p = GENERATE(4, 90);
    const bool all_have_a_ridge = GENERATE(false, true);
    const Matrix<double> X = normal_matrix<double>(random, n, p), Y = normal_matrix<double>(random, n, 2),
                         offset = normal_matrix<double>(random, n, 2);
    Vector<double> s = uniform_vector<double>(random, n, 0, 3), ridge = Vector<double>::LinSpaced(p, 0, 9);
    s[3] = 0;
    if (all_have_a_ridge) ridge[0] = 1e-3;
    Sample<double> sample = sample_of(X, Y);
    sample.weights = DenseView<double>(s);
    sample.offset = DenseView<double>(offset);
    sample.total_weight = s.sum();
    const Fit fit = solve(TestType{}, sample, true, ridge);
    // the normal equations of the formula: X's (eta - Y) + ridge w = 0, 1's (eta - Y) = 0
    Matrix<double> residual = X.lazyProduct(fit.W) + offset - Y;
    residual.rowwise() += fit.b.transpose();
    residual = s.asDiagonal() * residual;
    const Matrix<double> slopes = X.transpose().lazyProduct(residual) + ridge.asDiagonal() * fit.W;
    CHECK(fit.solution.rank == p);
    CHECK(error_of(slopes, Matrix<double>::Zero(p, 2)) <= tolerance::direct<double>);
    CHECK(error_of(residual.colwise().sum(), Matrix<double>::Zero(1, 2)) <= tolerance::direct<double>);
    CHECK(fit.solution.gradient.cwiseAbs().maxCoeff() <= tolerance::direct<double>);
}

// a ridge larger than the columns is folded in before the rows: together they are fewer than the columns of (1 | X | Y)
TEMPLATE_TEST_CASE("a ridge of any size on fewer rows than targets", "[direct]", QR, SVD) {
    Random random(131);
    const Index n = GENERATE(1, 2, 3);
    const double lambda = GENERATE(1e-3, 1., 1e3, 1e20);
    Matrix<double> X = normal_matrix<double>(random, n, 4);
    X.col(1) *= 1e4;
    const Matrix<double> Y = normal_matrix<double>(random, n, 5);
    const Fit fit = solve(TestType{}, sample_of(X, Y), true, Vector<double>::Constant(4, lambda));
    Matrix<double> residual = X.lazyProduct(fit.W) - Y;
    residual.rowwise() += fit.b.transpose();
    const Matrix<double> slopes = X.transpose().lazyProduct(residual) + lambda * fit.W;
    CHECK(error_of(slopes, Matrix<double>::Zero(4, 5)) <= 1e4 * tolerance::direct<double>);
    CHECK(error_of(residual.colwise().sum(), Matrix<double>::Zero(1, 5)) <= tolerance::direct<double>);
}

// the intercept is what the dual form has to treat on its own
TEST_CASE("the dual form has the digits of QR, whatever the ridge, and asks QR where it has not", "[direct]") {
    const bool has_intercept = GENERATE(true, false);
    const double lambda = GENERATE(10., 1e-2, 1e-6, 1e-9, 1e-13, 1e-17);
    Random random(149);
    Matrix<double> X = normal_matrix<double>(random, 15, 40);
    X.col(3) = X.col(2);
    X.col(5).setConstant(4);
    X.col(6) *= 1e-6;
    X.col(7).array() += 1e4;
    const Matrix<double> Y = normal_matrix<double>(random, 15, 2);
    const Sample<double> sample = sample_of(X, Y);
    const Vector<double> ridge = Vector<double>::Constant(40, lambda);
    const Fit dual = solve(Dual{}, sample, has_intercept, ridge), qr = solve(QR{}, sample, has_intercept, ridge);
    INFO("lambda " << lambda << ", intercept " << has_intercept << ", by " << dual.solution.method);
    if (has_intercept) CHECK(std::string(dual.solution.method) == (lambda > 1e-10 ? "Dual" : "QR"));
    CHECK(dual.solution.correct_digits >= std::min(13., qr.solution.correct_digits));
    const double digits = std::min(dual.solution.correct_digits, qr.solution.correct_digits);
    CHECK((dual.W - qr.W).norm() <= 4 * std::pow(10, -digits) * qr.W.norm());
    CHECK((dual.b - qr.b).norm() <= 4 * std::pow(10, -digits) * (qr.b.norm() + 1e4 * qr.W.norm()));
    CHECK(dual.solution.condition <= 1.5 * qr.solution.condition);
    CHECK(dual.solution.condition >= qr.solution.condition / 1.5);
}

TEST_CASE("a dual form that would be too large is refused before it is there", "[direct]") {
    Random random(151);
    const Matrix<double> X = normal_matrix<double>(random, 10, 900), Y = normal_matrix<double>(random, 10, 1);
    const Sample<double> sample = sample_of(X, Y);
    const Fit fit = solve(Dual{.max_megabytes = 0.1}, sample, true, Vector<double>::Ones(900));
    CHECK(fit.solution.megabytes_needed > 0.1);
    CHECK(fit.solution.megabytes_needed < 0.2);
    CHECK(fit.W == Matrix<double>::Zero(900, 1));
}

TEST_CASE("a ridge makes dependent columns determined", "[direct]") {
    Random random(131);
    Matrix<double> X = normal_matrix<double>(random, 20, 3);
    X.col(2) = X.col(1);
    const Matrix<double> Y = normal_matrix<double>(random, 20, 1);
    const Fit fit = solve(QR{}, sample_of(X, Y), true, Vector<double>::Constant(3, 0.5));
    CHECK(fit.solution.rank == 3);
    CHECK_THAT(fit.W(1, 0), near(fit.W(2, 0), tolerance::direct<double>));  // by symmetry
}

// Columns of unlike units and far from zero: QR keeps the digits that the data have.
TEST_CASE("units and origins of the columns do not matter", "[direct]") {
    const auto known = known_least_squares<double>(137, 50, 4, 1, true);
    Matrix<double> X = known.X;
    const Vector<double> units = (Vector<double>(4) << 0x1p-40, 1, 0x1p50, 0x1p-3).finished();
    X = X * units.asDiagonal();
    const Fit fit = solve(QR{}, sample_of(X, known.Y), true);
    CHECK(fit.solution.rank == 4);
    CHECK(error_of(units.asDiagonal() * fit.W, known.W) <= tolerance::direct<double>);
    CHECK(fit.solution.condition < 100);
}

TEST_CASE("no features: the mean of the targets", "[direct]") {
    const Matrix<double> X(5, 0), Y = Vector<double>::LinSpaced(5, 1, 5);
    Sample<double> sample = sample_of(X, Y);
    sample.total_weight = 5;
    LeastSquares<double> problem;
    problem.sample = sample;
    problem.norms = Vector<double>(0);
    CHECK_THAT(QR{}.solve(problem).b[0], near(3, tolerance::direct<double>));
}
