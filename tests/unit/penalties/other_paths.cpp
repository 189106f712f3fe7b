// Paths and cross-validation with penalties that are not convex, groups, and penalties from outside.

#include "support/catch.hpp"
#include "support/path_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/mcp.hpp>
#include <gradus/penalties/scad.hpp>
#include <gradus/preprocessing/splits.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

/// The slopes of the mean squared loss where all coefficients are zero.
Vector<double> slopes_at_zero(const PathData& data) {
    const Vector<double> r = data.y.mean() - data.y.array();
    return data.X.transpose() * r / static_cast<double>(data.y.size());
}

/// The lasso with factors, written by a user: of single coefficients ...
struct Outside {
    static constexpr bool is_zero = false;
    double lambda = 1;
    Eigen::VectorXd factors = {};
    double amount(Index j) const { return factors.size() ? lambda * factors[j] : lambda; }
    double value(Index j, double w) const { return amount(j) * std::abs(w); }
    double prox(Index j, double step, double w) const { return soft_threshold(w, step * amount(j)); }
    double subdifferential_distance(Index j, double w, double slope) const {
        return std::abs(elastic_residual(w, slope, amount(j), 0.0));
    }
};
struct OutsideWithCurvature : Outside {
    double curvature(Index, double) const { return 0; }
};
/// ... and of the whole matrix.
struct OutsideMatrix {
    static constexpr bool is_zero = false;
    double lambda = 1;
    double value(const Coefficients<double>& W) const { return lambda * W->cwiseAbs().sum(); }
    void prox(const ConstVectorView<double>& steps, MatrixView<double> W) const {
        for (Index c = 0; c < W.cols(); ++c)
            for (Index j = 0; j < W.rows(); ++j) W(j, c) = soft_threshold(double(W(j, c)), lambda * steps[j]);
    }
    void subdifferential_distance(const Coefficients<double>& W, const ConstMatrixView<double>& G,
                                  MatrixView<double> out) const {
        for (Index c = 0; c < G.cols(); ++c)
            for (Index j = 0; j < G.rows(); ++j)
                out(j, c) = std::abs(elastic_residual((*W)(j, c), double(G(j, c)), lambda, 0.0));
    }
};

/// Every place of the path is a stationary point, and says so.
template <class Penalty>
void check_stationary(Penalty penalty, const PathData& data) {
    const double n = static_cast<double>(data.y.size());
    const LinearRegression<double, Penalty> model{{.penalty = penalty}};
    const auto path = fit_path(model, data.X, data.y, {.count = 20, .smallest = 0.02});
    const Vector<double> g = slopes_at_zero(data);
    CHECK_THAT(path.lambda(0), near(g.cwiseAbs().maxCoeff(), 1e-13));
    CHECK(path.nonzero(0) == 0);
    CHECK(path.nonzero(1) > 0);
    CHECK(path.deviance_explained(19) > 0.8);
    for (Index i = 0; i < path.size(); ++i) {
        INFO(path.report(i));
        CHECK(path.report(i).converged());
        CHECK_THAT(path.report(i).message, Catch::Matchers::ContainsSubstring("a stationary point"));
        CHECK(path.report(i).duality_gap == -1);
        penalty.lambda = path.lambda(i);
        const Vector<double> w = path.coefficients(i);
        const Vector<double> slope = data.X.transpose() * (path.model(i).predict(data.X) - data.y) / n;
        for (Index j = 0; j < w.size(); ++j) CHECK(penalty.subdifferential_distance(j, w[j], slope[j]) <= 1e-11);
    }
}

/// Each loss of a fold is that of a path on the rows of the others.
template <class Model, class Y>
void check_folds(const Model& model, const Matrix<double>& X, const Y& y, double smallest) {
    const auto choice = cross_validate(model, X, y, {.folds = 3, .seed = 5, .count = 8, .smallest = smallest});
    CHECK(choice.best > 0);
    CHECK(choice.mean_loss[choice.best] < 0.9 * choice.mean_loss[0]);
    CHECK(choice.one_standard_error_lambda >= choice.best_lambda);
    CHECK(choice.model.options().penalty.lambda == choice.best_lambda);
    CHECK(choice.model.coefficients() == choice.path.coefficients(choice.best));
    for (Index fold = 0; fold < 3; ++fold) {
        std::vector<Index> in, out;
        for (Index i = 0; i < X.rows(); ++i)
            (choice.fold_of_row[static_cast<std::size_t>(i)] == fold ? out : in).push_back(i);
        const Matrix<double> others = take_rows(X, in), own = take_rows(X, out);
        const auto path = fit_path(model, others, Y(y(in)), {.lambdas = choice.lambdas});
        const double m = static_cast<double>(out.size());
        for (const Index place : {0, 3, 7}) {
            double loss = 0;
            if constexpr (requires { choice.model.classes(); }) {
                const Matrix<double> P = path.model(place).predict_probability(own);
                for (Index i = 0; i < P.rows(); ++i) loss -= std::log(P(i, y[out[static_cast<std::size_t>(i)]])) / m;
            } else {
                loss = (path.model(place).predict(own) - y(out)).squaredNorm() / 2 / m;
            }
            CHECK_THAT(choice.fold_loss(place, fold), near(loss, 1e-7));
        }
    }
}

}  // namespace

TEST_CASE("Paths of MCP and SCAD lead over stationary points", "[path]") {
    for (const Index p : {15, 260}) {
        check_stationary(MCP{}, draw_path_data(901, 120, p));
        check_stationary(SCAD{}, draw_path_data(901, 120, p));
    }
}

TEST_CASE("Orthonormal columns: a path of MCP is that of its threshold, and counts what that passes on", "[path]") {
    Random random(907);
    const Index n = 80, p = 12;
    const Matrix<double> X = std::sqrt(static_cast<double>(n)) * orthonormal<double>(random, n, p);
    const Vector<double> y = X * Vector<double>::LinSpaced(p, -2, 2) + 0.1 * normal_vector<double>(random, n);
    const Vector<double> z = X.transpose() * y / n;
    const LinearRegression<double, MCP> model{{.penalty = {.gamma = 2}, .fit_intercept = false}};
    const auto path = fit_path(model, X, y, {.count = 15});
    for (Index i = 1; i < path.size(); ++i) {
        const double lambda = path.lambda(i);
        double degrees = 0;
        for (Index j = 0; j < p; ++j) {
            const double size = std::abs(z[j]);
            const double firm = size > 2 * lambda ? z[j] : 2 * soft_threshold(z[j], lambda);
            CHECK_THAT(path.coefficients(i)[j], near(firm, 1e-12));
            degrees += size <= lambda ? 0 : size < 2 * lambda ? 2 : 1;
        }
        CHECK_THAT(path.degrees_of_freedom(i), near(degrees, 1e-9));
        CHECK(std::isfinite(path.bic(i)));
    }
}

TEST_CASE("Factors of features: where a path begins, and what is never penalised", "[path]") {
    const PathData data = draw_path_data(911, 100, 10);
    const Vector<double> g = slopes_at_zero(data);
    const Eigen::VectorXd factors = Eigen::VectorXd::LinSpaced(10, 0.5, 5);
    const double largest = (g.array().abs() / factors.array()).maxCoeff();
    const LinearRegression<double, SCAD> scad{{.penalty = {.factors = factors}}};
    const LinearRegression<double, Outside> outside{{.penalty = {1, factors}}};
    const LinearRegression<double, GroupLasso> groups{{.penalty = {.factors = factors}}};
    CHECK_THAT(fit_path(scad, data.X, data.y, {.count = 1}).lambda(0), near(largest, 1e-13));
    CHECK_THAT(fit_path(outside, data.X, data.y, {.count = 1}).lambda(0), near(largest, 1e-13));
    CHECK_THAT(fit_path(groups, data.X, data.y, {.count = 1}).lambda(0), near(largest, 1e-13));

    MCP half{.factors = Eigen::VectorXd::Ones(10)};
    half.factors[4] = 0;
    const auto beside = fit_path(LinearRegression<double, MCP>{{.penalty = half}}, data.X, data.y, {.count = 5});
    CHECK(beside.nonzero(0) == 1);
    CHECK(beside.coefficients(0)[4] != 0);
    CHECK(beside.nonzero(1) > 1);
    half.factors.setZero();
    const LinearRegression<double, MCP> free{{.penalty = half}};
    CHECK_THROWS_AS(fit_path(free, data.X, data.y), std::invalid_argument);
    CHECK(fit_path(free, data.X, data.y, {.lambdas = {1}}).nonzero(0) == 10);
}

TEST_CASE("Paths of groups come and go together", "[path]") {
    const PathData data = draw_path_data(919, 100, 30);
    GroupLasso penalty;
    for (Index j = 0; j < 30; ++j) penalty.groups.push_back(j % 10);
    const LinearRegression<double, GroupLasso> model{{.penalty = penalty}};
    const auto path = fit_path(model, data.X, data.y, {.count = 12});
    const Vector<double> g = slopes_at_zero(data);
    double largest = 0;
    for (Index j = 0; j < 10; ++j)
        largest = std::max(largest, Eigen::Vector3d(g[j], g[j + 10], g[j + 20]).norm() / std::sqrt(3.0));
    CHECK_THAT(path.lambda(0), near(largest, 1e-13));
    CHECK(path.nonzero(0) == 0);
    for (Index i = 0; i < path.size(); ++i) {
        CHECK(path.report(i).converged());
        CHECK(path.report(i).relative_duality_gap >= 0);
        CHECK(path.report(i).relative_duality_gap <= 1e-6);
        CHECK(path.nonzero(i) % 3 == 0);
    }
    CHECK(path.nonzero(1) > 0);
    for (const Index i : {4, 11}) {
        auto alone = path.model(i);
        REQUIRE(alone.fit(data.X, data.y, FISTA{.tolerance = 1e-11}).converged());
        CHECK(error_of(path.coefficients(i), alone.coefficients()) <= 1e-6);
    }

    const LogisticRegression<double, GroupLasso> classifier;
    const auto classes = fit_path(classifier, data.X, data.classes, {.count = 6, .smallest = 0.1});
    CHECK(classes.nonzero(0) == 0);
    CHECK(classes.nonzero(5) > 0);
    for (Index i = 0; i < classes.size(); ++i) {
        CHECK(classes.report(i).converged());
        const Matrix<double> W = classes.coefficients(i);
        for (Index j = 0; j < 30; ++j) CHECK((W.row(j).array() == 0).all() == (W.row(j).array() == 0).any());
    }
    Matrix<double> Y(100, 2);
    Y << data.y, data.y.array().square() / 10;
    const auto outputs = fit_path(MultivariateRegression<double, GroupLasso>{}, data.X, Y, {.count = 6});
    CHECK(outputs.nonzero(0) == 0);
    CHECK(outputs.nonzero(5) > 0);
    CHECK(outputs.nonzero(5) % 2 == 0);
    CHECK(outputs.report(5).converged());
}

TEST_CASE("Penalties from outside have paths, and degrees of freedom if they know their curvature", "[path]") {
    for (const Index p : {20, 300}) {
        const PathData data = draw_path_data(929, 100, p);
        const PathOptions options{.count = 15};
        const auto lasso = fit_path(LinearRegression<double, Lasso>{}, data.X, data.y, options);
        const auto own = fit_path(LinearRegression<double, Outside>{}, data.X, data.y, options);
        const auto knows = fit_path(LinearRegression<double, OutsideWithCurvature>{}, data.X, data.y, options);
        for (Index i = 0; i < 15; ++i) {
            CHECK(own.report(i).converged());
            CHECK_THAT(own.lambda(i), near(lasso.lambda(i), 1e-13));
            CHECK(own.nonzero(i) == lasso.nonzero(i));
            CHECK(knows.degrees_of_freedom(i) == lasso.degrees_of_freedom(i));
            if (i == 0) continue;
            CHECK(error_of(own.coefficients(i), lasso.coefficients(i)) <= 1e-9);
            CHECK(std::isnan(own.degrees_of_freedom(i)));
            CHECK(std::isnan(own.aic(i)));
        }
        if (p > 100) continue;
        const auto matrix = fit_path(LinearRegression<double, OutsideMatrix>{}, data.X, data.y, options);
        CHECK_THAT(matrix.lambda(0), near(lasso.lambda(0), 1e-13));
        for (Index i = 1; i < 15; ++i) {
            CHECK(matrix.report(i).converged());
            CHECK(matrix.report(i).solver == "FISTA");
            CHECK(error_of(matrix.coefficients(i), lasso.coefficients(i)) <= 1e-5);
        }
    }
}

TEST_CASE("Cross-validation of every penalty is what paths on the other folds say", "[path]") {
    const PathData data = draw_path_data(937, 90, 12);
    check_folds(LinearRegression<double, MCP>{}, data.X, data.y, 0.01);
    check_folds(LinearRegression<double, Outside>{}, data.X, data.y, 0.01);
    check_folds(LinearRegression<double, GroupLasso>{{.penalty = {.groups = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3}}}},
                data.X, data.y, 0.01);
    // MCP and SCAD are bounded, so that separated classes have no finite estimate
    check_folds(LogisticRegression<double, SCAD>{}, data.X, data.classes, 0.3);
    check_folds(LogisticRegression<double, GroupLasso>{}, data.X, data.classes, 0.05);
    CHECK_THROWS_AS(cross_validate(LinearRegression<double, MCP>{}, data.X, data.y, {.l1_ratios = {0.5}}),
                    std::invalid_argument);
}
