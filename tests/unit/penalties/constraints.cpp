// Fits with bounds, signs, groups, penalties that are not convex, and one from outside.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/path.hpp>
#include <gradus/penalties/bounds.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/mcp.hpp>
#include <gradus/penalties/non_negative.hpp>
#include <gradus/penalties/scad.hpp>

#include <Eigen/QR>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Data {
    Matrix<double> X;
    Vector<double> y;
    Eigen::VectorXi classes;
};
Data draw(std::uint64_t seed, Index n, Index p) {
    Random random(seed);
    Data data{normal_matrix<double>(random, n, p), normal_vector<double>(random, n), Eigen::VectorXi(n)};
    for (Index j = 0; j < std::min<Index>(6, p); ++j) data.y += (j % 2 ? -1.0 : 1.2) * data.X.col(j);
    data.X.col(1) *= 30;
    if (p > 4) data.X.col(4) += 0.7 * data.X.col(0);
    data.y.array() += 7;
    for (Index i = 0; i < n; ++i) data.classes[i] = data.y[i] < 6 ? 0 : data.y[i] < 8 ? 1 : 2;
    return data;
}

/// The least sum of squares over all w >= 0, by trying which coefficients are zero.
Vector<double> non_negative_by_force(const Matrix<double>& X, const Vector<double>& y) {
    Vector<double> best = Vector<double>::Zero(X.cols());
    double least = y.squaredNorm();
    for (unsigned set = 1; set < 1u << X.cols(); ++set) {
        std::vector<Index> columns;
        for (Index j = 0; j < X.cols(); ++j)
            if (set >> j & 1) columns.push_back(j);
        const Matrix<double> part = X(Eigen::seqN(0, X.rows()), columns);
        const Vector<double> w = part.colPivHouseholderQr().solve(y);
        if (w.minCoeff() < 0 || (part * w - y).squaredNorm() >= least) continue;
        least = (part * w - y).squaredNorm();
        best.setZero();
        for (std::size_t l = 0; l < columns.size(); ++l) best[columns[l]] = w[Index(l)];
    }
    return best;
}

/// The lasso, written by a user.
struct Outside {
    static constexpr bool is_zero = false;
    double lambda = 0.1;
    double value(Index, double w) const { return lambda * std::abs(w); }
    double prox(Index, double step, double w) const { return soft_threshold(w, step * lambda); }
    double subdifferential_distance(Index, double w, double slope) const {
        return std::abs(elastic_residual(w, slope, lambda, 0.0));
    }
    double conjugate(Index, double v) const {
        return std::abs(v) <= lambda ? 0 : std::numeric_limits<double>::infinity();
    }
};

}  // namespace

TEST_CASE("Non-negative least squares is the best of all supports", "[penalties]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Data data = draw(seed, 15, 6);
        const Vector<double> expected = non_negative_by_force(data.X, data.y);
        LinearRegression<double, NonNegative> model{{.fit_intercept = false}};
        const FitReport report = model.fit(data.X, data.y);
        INFO(report);
        CHECK(report.converged());
        CHECK(report.solver == "CoordinateDescent");
        CHECK((model.coefficients().array() == 0).cwiseEqual(expected.array() == 0).all());
        CHECK(error_of(model.coefficients(), expected) <= 1e-11);
    }
}

TEST_CASE("Bounds hold, exactly where they are reached, and slopes point outwards there", "[penalties]") {
    for (const Index p : {8, 260}) {
        const Data data = draw(51, 200, p);
        const Bounds box{Eigen::VectorXd::Constant(p, -0.25), Eigen::VectorXd::Constant(p, 0.5)};
        LinearRegression<double, Bounds> line{{.penalty = box}};
        const FitReport report = line.fit(data.X, data.y);
        INFO(report);
        REQUIRE(report.converged());
        CHECK(report.relative_duality_gap >= 0);
        CHECK(report.relative_duality_gap <= 1e-10);
        const Vector<double> slope = data.X.transpose() * (line.predict(data.X) - data.y) / 200;
        int held = 0;
        for (Index j = 0; j < p; ++j) {
            const double w = line.coefficients()[j];
            held += w == -0.25 || w == 0.5;
            CHECK(box.subdifferential_distance(j, w, slope[j]) <= 1e-11);
        }
        CHECK(held >= 2);
        CHECK(held < p);

        LogisticRegression<double, Bounds> classifier{{.penalty = box}};
        CHECK(classifier.fit(data.X, data.classes).converged());
        CHECK(classifier.coefficients().maxCoeff() == 0.5);
        const FitReport other = classifier.fit(data.X, data.classes, FISTA{.tolerance = 1e-10});
        CHECK(other.converged());
    }
}

TEST_CASE("Bounds that leave out zero", "[penalties]") {
    const Data data = draw(53, 80, 5);
    const Bounds box{Eigen::VectorXd::Constant(5, 0.125), Eigen::VectorXd::Constant(5, 2)};
    LinearRegression<double, Bounds> line{{.penalty = box}};
    for (int again = 0; again < 2; ++again) {
        const FitReport report = again ? line.fit(data.X, data.y, FISTA{}) : line.fit(data.X, data.y);
        INFO(report);
        CHECK(report.converged());
        CHECK(line.coefficients().minCoeff() == 0.125);
        CHECK(line.coefficients().maxCoeff() > 0.125);
    }
}

TEST_CASE("Signs may differ between features", "[penalties]") {
    const Data data = draw(57, 1000, 6);
    LinearRegression<double, NonNegative> line{{.penalty = {(Eigen::VectorXi(6) << 1, 1, -1, -1, 0, 0).finished()}}};
    REQUIRE(line.fit(data.X, data.y).converged());
    const Vector<double>& w = line.coefficients();
    INFO(w.transpose());
    CHECK((w[0] > 0 && w[1] == 0 && w[2] == 0 && w[3] < 0 && w[4] > 0 && w[5] < 0));
}

TEST_CASE("A penalty from outside has coordinate descent, working sets, FISTA and a duality gap", "[penalties]") {
    for (const Index p : {10, 300}) {
        const Data data = draw(59, 120, p);
        LinearRegression<double, Outside> own{{.penalty = {0.2}}};
        LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = 0.2}}};
        const FitReport report = own.fit(data.X, data.y);
        INFO(report);
        CHECK(report.converged());
        CHECK(report.solver == "CoordinateDescent");
        CHECK(report.relative_duality_gap >= 0);
        CHECK(report.relative_duality_gap <= 1e-9);
        lasso.fit(data.X, data.y);
        CHECK(error_of(own.coefficients(), lasso.coefficients()) <= 1e-11);
        CHECK(own.fit(data.X, data.y, FISTA{.tolerance = 1e-11}).converged());
        CHECK(error_of(own.coefficients(), lasso.coefficients()) <= 1e-8);
        LogisticRegression<double, Outside> classifier{{.penalty = {0.05}}};
        LogisticRegression<double, Lasso> expected{{.penalty = {.lambda = 0.05}}};
        CHECK(classifier.fit(data.X, data.classes).converged());
        expected.fit(data.X, data.classes);
        CHECK(error_of(classifier.coefficients(), expected.coefficients()) <= 1e-9);
    }
}

TEST_CASE("Orthonormal columns: MCP and SCAD are their thresholds, and leave large coefficients alone", "[penalties]") {
    Random random(61);
    const Index n = 80, p = 12;
    const Matrix<double> X = std::sqrt(static_cast<double>(n)) * orthonormal<double>(random, n, p);
    const Vector<double> y = X * Vector<double>::LinSpaced(p, -2, 2) + 0.1 * normal_vector<double>(random, n);
    const Vector<double> z = X.transpose() * y / n;
    const double lambda = 0.5;
    LinearRegression<double, MCP> mcp{{.penalty = {.lambda = lambda, .gamma = 2}, .fit_intercept = false}};
    LinearRegression<double, SCAD> scad{{.penalty = {.lambda = lambda, .gamma = 3}, .fit_intercept = false}};
    for (const FitReport& report : {mcp.fit(X, y), scad.fit(X, y)}) {
        INFO(report);
        CHECK(report.converged());
        CHECK(report.duality_gap == -1);
        CHECK_THAT(report.message, Catch::Matchers::ContainsSubstring("stationary point"));
    }
    for (Index j = 0; j < p; ++j) {
        const double size = std::abs(z[j]);
        const double firm = size > 2 * lambda ? z[j] : 2 * soft_threshold(z[j], lambda);
        const double clipped = size <= 2 * lambda   ? soft_threshold(z[j], lambda)
                               : size <= 3 * lambda ? 2 * soft_threshold(z[j], 1.5 * lambda)
                                                    : z[j];
        CHECK_THAT(mcp.coefficients()[j], near(firm, 1e-12));
        CHECK_THAT(scad.coefficients()[j], near(clipped, 1e-12));
    }
}

TEST_CASE("Groups are in or out together, and meet the conditions of their optimum", "[penalties]") {
    const Data data = draw(67, 150, 30);
    GroupLasso penalty{.lambda = 0.15};
    for (Index j = 0; j < 30; ++j) penalty.groups.push_back(j % 10);
    LinearRegression<double, GroupLasso> line{{.penalty = penalty}};
    const FitReport report = line.fit(data.X, data.y, FISTA{.tolerance = 1e-12});
    INFO(report);
    REQUIRE(report.converged());
    CHECK(report.relative_duality_gap >= 0);
    CHECK(report.relative_duality_gap <= 1e-9);
    const Vector<double> slope = data.X.transpose() * (line.predict(data.X) - data.y) / 150;
    int out = 0;
    for (Index g = 0; g < 10; ++g) {
        const Eigen::Vector3d w(line.coefficients()[g], line.coefficients()[g + 10], line.coefficients()[g + 20]),
            s(slope[g], slope[g + 10], slope[g + 20]);
        const double amount = 0.15 * std::sqrt(3.0);
        out += w.norm() == 0;
        if (w.norm() == 0) CHECK(s.norm() <= amount);
        else CHECK((s + amount * w / w.norm()).norm() <= 1e-9);
    }
    CHECK(out > 0);
    CHECK(out < 10);
}

TEST_CASE("Rows of coefficients as groups: all outputs or classes of a feature or none", "[penalties]") {
    const Data data = draw(71, 120, 15);
    MultivariateRegression<double, GroupLasso> both{{.penalty = {.lambda = 0.3}}};
    Matrix<double> Y(120, 2);
    Y << data.y, data.y.array().square() / 10;
    CHECK(both.fit(data.X, Y).converged());
    LogisticRegression<double, GroupLasso> classifier{{.penalty = {.lambda = 0.08}}};
    const FitReport report = classifier.fit(data.X, data.classes);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.duality_gap >= 0);
    for (const Matrix<double>& W : {Matrix<double>(both.coefficients()), Matrix<double>(classifier.coefficients())}) {
        Index zero = 0;
        for (Index j = 0; j < 15; ++j) {
            const Index zeros = (W.row(j).array() == 0).count();
            CHECK((zeros == 0 || zeros == W.cols()));
            zero += zeros > 0;
        }
        CHECK(zero > 0);
        CHECK(zero < 15);
    }
    LinearRegression<double, GroupLasso> single{{.penalty = {.lambda = 0.2}}};
    LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = 0.2}}};
    CHECK(single.fit(data.X, data.y, FISTA{.tolerance = 1e-11}).converged());
    lasso.fit(data.X, data.y);
    CHECK(error_of(single.coefficients(), lasso.coefficients()) <= 1e-8);
}

TEST_CASE("A report says where other coefficients may be as good", "[penalties]") {
    const auto remark = Catch::Matchers::ContainsSubstring("other coefficients may be as good");
    Data data = draw(73, 60, 8);
    const auto lasso = [](double lambda) { return LinearRegression<double, Lasso>{{.penalty = {.lambda = lambda}}}; };
    const auto classes = [](double lambda) {
        return LogisticRegression<double, Lasso>{{.penalty = {.lambda = lambda}}};
    };
    CHECK_THAT(lasso(0.1).fit(data.X, data.y).message, !remark);
    CHECK_THAT(lasso(0).fit(data.X, data.y).message, !remark);
    CHECK_THAT(classes(0.05).fit(data.X, data.classes).message, !remark);
    data.X.col(6) = data.X.col(0);
    CHECK_THAT(lasso(0.1).fit(data.X, data.y).message, remark);
    CHECK_THAT(lasso(0.1).fit(data.X, data.y).message, Catch::Matchers::ContainsSubstring("column 6 depends"));
    CHECK_THAT(lasso(0).fit(data.X, data.y).message, remark);
    CHECK_THAT(classes(0.05).fit(data.X, data.classes).message, remark);
    LinearRegression<double, ElasticNet> net{{.penalty = {.lambda = 0.1}}};
    CHECK_THAT(net.fit(data.X, data.y).message, !remark);
    const Data wide = draw(79, 10, 20);
    CHECK_THAT(lasso(0.1).fit(wide.X, wide.y).message, !remark);
    CHECK_THAT(lasso(0).fit(wide.X, wide.y).message, remark);
}

TEST_CASE("So do the reports of a path, at every lambda", "[penalties][path]") {
    const auto remark = Catch::Matchers::ContainsSubstring("other coefficients may be as good");
    const LinearRegression<double, Lasso> lasso;
    Data data = draw(73, 60, 8);
    PathOptions options{.count = 12};
    options.solver.tolerance = 1e-12;
    auto path = fit_path(lasso, data.X, data.y, options);
    for (Index i = 0; i < path.size(); ++i) CHECK_THAT(path.report(i).message, !remark);
    data.X.col(6) = data.X.col(0);
    path = fit_path(lasso, data.X, data.y, options);
    for (Index i = 0; i < path.size(); ++i) {
        const auto w = path.coefficients(i);
        INFO("lambda " << path.lambda(i));
        if (w[0] != 0 || w[6] != 0) CHECK_THAT(path.report(i).message, remark);
        else if (i > 0) CHECK_THAT(path.report(i).message, !remark);
    }
    CHECK_THAT(path.report(11).message, Catch::Matchers::ContainsSubstring("column 6 depends"));
    const Data wide = draw(79, 10, 20);
    path = fit_path(lasso, wide.X, wide.y, {.lambdas = {0.1, 0}});
    CHECK_THAT(path.report(0).message, !remark);
    CHECK_THAT(path.report(1).message, remark);
}
