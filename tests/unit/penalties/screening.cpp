// Features that are not read, because they cannot matter.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/path.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/scad.hpp>

#include <Eigen/SparseCore>
#include <algorithm>
#include <vector>

using namespace gradus;
using namespace gradus::test;

namespace {

using Risk = ModelObjective<double>;
using Screen = detail::ScreenedGradient<Risk>;
using Fits = detail::CornerFit<Risk, CoordinateDescent>;

// Along a walk with short steps, in parameters of which few are not zero: what an optimum asks of the features is known
// exactly, though not all are read.
template <class Model, class Penalty, class Data>
void check_walk(const Model& model, Penalty penalty, const Data& data) {
    typename detail::PathFit<Model>::Labels labels;
    const Problem<double> problem = detail::PathFit<Model>::problem(model, data, labels);
    const Fits fits(problem, {});
    const Risk& risk = fits.risk();
    REQUIRE(Screen::suits(risk));
    Screen screen(problem, risk);
    Evaluation<double> at = fits.at();
    screen.start_at(at);
    const Vector<double> unit = fits.corner_of(Lasso{.lambda = 1}).l1(), start = fits.gradient();
    double largest = 0;
    for (Index l = 0; l < unit.size(); ++l)
        if (unit[l] > 0) largest = std::max(largest, std::abs(start[l]) / unit[l]);
    Random random(93);
    const Index d = risk.dimension(), r = risk.predictor().intercepts();
    Vector<double> x = at.x;
    Index unread = 0;
    for (int step = 0; step < 30; ++step) {
        x[static_cast<Index>(random.below(static_cast<std::uint64_t>(d)))] += 0.003 * random.normal();
        for (Index l = d - r; l < d; ++l) x[l] += 0.002 * random.normal();
        penalty.lambda = largest * std::pow(0.97, step);
        const auto part = fits.corner_of(penalty);
        screen.move_to(x, at);
        screen.complete(part, at);
        const Evaluation<double> exact = evaluate<double>(risk, x);
        Vector<double> ours, theirs;
        part.residual(x, at.gradient, ours);
        part.residual(x, exact.gradient, theirs);
        CHECK(at.x == x);
        CHECK_THAT(at.value, near(exact.value, 1e-14));
        for (Index l = 0; l < d; ++l) {
            CHECK(std::abs(ours[l] - theirs[l]) <= 1e-13 * risk.gradient_scale()[l]);
            unread += std::abs(at.gradient[l] - exact.gradient[l]) > 1e-12 * risk.gradient_scale()[l];
        }
    }
    CHECK(unread > d);
    // and with all of them
    std::vector<Index> all;
    for (Index j = 0; j < problem.features(); ++j) all.push_back(j);
    screen.read(all, at);
    const Vector<double> exact = evaluate<double>(risk, x).gradient;
    for (Index l = 0; l < d; ++l) CHECK(std::abs(at.gradient[l] - exact[l]) <= 1e-13 * risk.gradient_scale()[l]);
}

struct Signals {
    Matrix<double> X;
    Vector<double> y, s;
    Eigen::VectorXi classes, counts;

    explicit Signals(double density) : y(150), s(150), classes(150), counts(150) {
        Random random(94);
        X = normal_matrix<double>(random, 150, 400);
        for (double& x : X.reshaped()) x = random.uniform() < density ? x + 0.5 : 0.0;
        for (Index i = 0; i < 150; ++i) {
            const double eta = X(i, 3) - 0.7 * X(i, 8) + 0.5 * random.normal();
            y[i] = 2 + eta;
            s[i] = i % 7 == 0 ? 0.0 : random.uniform(0.2, 3.0);
            classes[i] = eta < -0.3 ? 0 : eta < 0.4 ? 1 : 2;
            counts[i] = static_cast<int>(std::exp(std::min(2.0, eta)));
        }
    }
};

template <class X>
void check_losses(const X& features, const Signals& rows) {
    check_walk(LinearRegression<double, Lasso>(), Lasso{}, Observations(features, rows.y).weights(rows.s));
    check_walk(LinearRegression<double, Lasso>{{.fit_intercept = false}}, Lasso{}, Observations(features, rows.y));
    check_walk(LinearRegression<double, SCAD>(), SCAD{}, Observations(features, rows.y));
    check_walk(LogisticRegression<double, Lasso>(), Lasso{}, Observations(features, rows.classes));
    check_walk(PoissonRegression<double, Lasso>(), Lasso{}, Observations(features, rows.counts).weights(rows.s));
}

}  // namespace

TEST_CASE("What an optimum asks of features that were not read is known, for every loss", "[screening]") {
    const Signals dense(1), sparse(0.05);
    check_losses(dense.X, dense);
    check_losses(Eigen::SparseMatrix<double>(sparse.X.sparseView()), sparse);
}

// The column is along what the slopes moved by, so that the bound is an equality; and it is zero in the rows left out,
// so that in the others it is larger than in all.
TEST_CASE("A column that is larger in the rows of a fold than in all of them is not left unread", "[screening]") {
    Random random(98);
    const Index n = 60;
    Matrix<double> X = normal_matrix<double>(random, n, 2);
    const Vector<double> y = normal_vector<double>(random, n);
    std::vector<Index> fold_of_row;
    for (Index i = 0; i < n; ++i) fold_of_row.push_back(i % 2);
    const auto in_fold = [&](const Vector<double>& v) {
        Vector<double> out = v;
        for (Index i = 1; i < n; i += 2) out[i] = 0;
        return out;
    };
    const double step = 0.3;
    const Vector<double> before = in_fold(-y), after = in_fold(step * X.col(0) - y);
    X.col(1) = after - after.dot(before) / before.squaredNorm() * before;
    const LinearRegression<double, Lasso> model{{.fit_intercept = false}};
    typename detail::PathFit<LinearRegression<double, Lasso>>::Labels labels;
    const Problem<double> all =
        detail::PathFit<LinearRegression<double, Lasso>>::problem(model, Observations(X, y), labels);
    const detail::FoldWeights<double> others(all.sample(), fold_of_row, 1, false);
    const Problem<double> problem = detail::reweighted(all, others);
    const Fits fits(problem, {});
    const Risk& risk = fits.risk();
    Screen screen(problem, risk);
    Evaluation<double> at = fits.at();
    screen.start_at(at);
    Vector<double> x = at.x;
    x[0] = step / risk.coordinates().scale_of(0);
    const Evaluation<double> exact = evaluate<double>(risk, x);
    CHECK(std::abs(exact.gradient[1]) > 0);
    // inside of what rows of all would bound it by, and outside in truth
    Lasso penalty{.lambda = 1};
    penalty.lambda = 0.9 * std::abs(exact.gradient[1]) / fits.corner_of(penalty).l1()[1];
    screen.move_to(x, at);
    screen.complete(fits.corner_of(penalty), at);
    CHECK_THAT(at.gradient[1], near(exact.gradient[1], 1e-13));
}

TEST_CASE("Coordinate descent takes X that cannot be read by columns as well", "[screening]") {
    const Signals rows(0.05);
    const LinearRegression<double, Lasso> model;
    const CoordinateDescent solver{.tolerance = 1e-9, .refines = false};
    const PathOptions options{.count = 20, .smallest = 0.05, .solver = solver};
    const auto by_columns = fit_path(model, rows.X, rows.y, options);
    const Eigen::SparseMatrix<double> columns = rows.X.sparseView();
    const Eigen::SparseMatrix<double, Eigen::RowMajor> lines = columns;
    const auto check = [&](const auto& X) {
        const auto path = fit_path(model, X, rows.y, options);
        for (Index i = 0; i < path.size(); ++i) {
            CHECK(path.report(i).relative_duality_gap <= 1e-9);
            CHECK(by_columns.report(i).relative_duality_gap <= 1e-9);
            CHECK_THAT(path.report(i).objective, near(by_columns.report(i).objective, 2e-9));
        }
    };
    check(Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>(rows.X));
    check(columns);
    check(lines);
}

// Asked for in several turns, some again and some no more; by columns, and by rows where columns lie apart.
TEST_CASE("Products of columns that were asked for one after another are those of the Hessian", "[screening]") {
    const Signals rows(1);
    const LinearRegression<double, Lasso> model;
    const auto check = [&](const auto& X) {
        typename detail::PathFit<LinearRegression<double, Lasso>>::Labels labels;
        const Problem<double> problem = detail::PathFit<LinearRegression<double, Lasso>>::problem(
            model, Observations(X, rows.y).weights(rows.s), labels);
        const Fits fits(problem, {});
        const Risk& risk = fits.risk();
        Matrix<double> H;
        risk.hessian(Vector<double>::Zero(risk.dimension()), H);
        REQUIRE(detail::GramCache<Risk>::suits(risk));
        detail::GramCache<Risk> products;
        std::vector<std::vector<Index>> turns{{5, 390, 17}, {17, 2}, {}, {}, {5, 1}};
        for (Index j = 0; j < 200; ++j) turns[2].push_back(j);
        for (Index j = 250; j < 400; ++j) turns[3].push_back(j);
        for (const std::vector<Index>& turn : turns) {
            const std::vector<Index> features = products.with(risk, turn);
            for (const Index j : turn) CHECK(std::count(features.begin(), features.end(), j) == 1);
            const ConstMatrixView<double> G = products.hessian(risk);
            const auto place = [&](Index l) {
                return l < G.cols() - 1 ? features[static_cast<std::size_t>(l)] : risk.dimension() - 1;
            };
            double furthest = 0;
            for (Index l = 0; l < G.cols(); ++l)
                for (Index m = 0; m < G.cols(); ++m)
                    furthest = std::max(furthest, std::abs(G(m, l) - H(place(m), place(l))));
            CHECK(furthest <= 1e-13 * H.diagonal().maxCoeff());
        }
    };
    check(rows.X);
    check(Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>(rows.X));
}

TEST_CASE("A tolerance on the duality gap is met, and not by far more than was asked", "[screening]") {
    const Signals rows(1);
    for (const double tolerance : {1e-3, 1e-6}) {
        const CoordinateDescent solver{.tolerance = tolerance, .refines = false};
        const auto path = fit_path(LinearRegression<double, Lasso>(), rows.X, rows.y,
                                   {.count = 30, .smallest = 0.02, .solver = solver});
        double largest = 0;
        for (Index i = 0; i < path.size(); ++i) {
            CHECK(path.report(i).converged());
            largest = std::max(largest, path.report(i).relative_duality_gap);
        }
        CHECK(largest <= tolerance);
        CHECK(largest >= 1e-3 * tolerance);
    }
}

TEST_CASE("Threads share out the columns that are read, with the same bits", "[screening]") {
    Random random(97);
    const Matrix<double> X = normal_matrix<double>(random, 400, 1500);
    const Vector<double> y = X.leftCols(5).rowwise().sum() + normal_vector<double>(random, 400);
    const LinearRegression<double, Lasso> model;
    const PathOptions options{.count = 15, .smallest = 0.05};
    const auto one = fit_path(model, X, y, options), two = fit_path(model, Observations(X, y).on(Threads{2}), options);
    for (Index i = 0; i < one.size(); ++i)
        CHECK(Vector<double>(one.coefficients(i)) == Vector<double>(two.coefficients(i)));
}
