// Separated classes where bounds, or a penalty, hold some coefficients and others not.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/path.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/bounds.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/mcp.hpp>
#include <gradus/penalties/non_negative.hpp>

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

const double infinity = std::numeric_limits<double>::infinity();

/// The first column separates the labels, the second does not.
struct OnALine {
    Matrix<double> X{8, 2};
    Eigen::VectorXi y{8};
    OnALine() {
        X << -4, 1, -3, -1, -2, 0.5, -1, 0.2, 1, -0.3, 2, 0.7, 3, -0.8, 4, 0.1;
        y << 0, 0, 0, 0, 1, 1, 1, 1;
    }
};

template <class Penalty>
LogisticRegression<double, Penalty> classifier(Penalty penalty) {
    return {{.penalty = std::move(penalty)}};
}
template <class Model>
void check_separated(Model model, const OnALine& at) {
    const FitReport report = model.fit(at.X, at.y);
    INFO(report);
    CHECK(report.status == Status::separated);
    CHECK(report.cause == Cause::separated);
    CHECK(report.existence == Existence::separated_completely);
    CHECK_THAT(report.message, Catch::Matchers::ContainsSubstring("along the separating direction given"));
    REQUIRE(report.separating_slopes.rows() == 2);
    for (Index i = 0; i < 8; ++i) {
        const double eta = at.X.row(i) * report.separating_slopes.col(0) + report.separating_intercept[0];
        CHECK((2 * at.y[i] - 1) * eta > 0);
    }
}
template <class Model>
Vector<double> check_converged(Model model, const OnALine& at) {
    const FitReport report = model.fit(at.X, at.y);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.separating_slopes.size() == 0);
    return model.coefficients();
}

/// Whether some (slopes, intercept) separates and respects the signs: the edges of the cone of those along which no
/// margin and no sign falls are where two of them are zero. -1: three dimensions are not all seen.
int is_separated(const Matrix<double>& X, const Eigen::VectorXi& y, const Eigen::VectorXi& signs, bool& completely) {
    std::vector<Eigen::Vector3d> z;
    for (Index i = 0; i < X.rows(); ++i) z.push_back((2 * y[i] - 1) * Eigen::Vector3d(X(i, 0), X(i, 1), 1));
    for (Index j = 0; j < 2; ++j)
        if (signs[j] != 0) z.push_back(signs[j] * Eigen::Vector3d::Unit(j));
    Matrix<double> all(3, static_cast<Index>(z.size()));
    for (std::size_t m = 0; m < z.size(); ++m) all.col(static_cast<Index>(m)) = z[m];
    if (Eigen::FullPivLU<Matrix<double>>(all).rank() < 3) return -1;
    const auto rows = static_cast<std::size_t>(X.rows());
    std::vector<bool> grows(rows, false);
    for (std::size_t a = 0; a < z.size(); ++a)
        for (std::size_t b = 0; b < z.size(); ++b) {
            const Eigen::Vector3d d = z[a].cross(z[b]);
            if (std::any_of(z.begin(), z.end(), [&](const Eigen::Vector3d& one) { return one.dot(d) < 0; })) continue;
            for (std::size_t i = 0; i < rows; ++i) grows[i] = grows[i] || z[i].dot(d) > 0;
        }
    completely = std::all_of(grows.begin(), grows.end(), [](bool one) { return one; });
    return std::any_of(grows.begin(), grows.end(), [](bool one) { return one; });
}

}  // namespace

TEST_CASE("Bounds on both sides make the optimum of separated classes exist", "[separation]") {
    const OnALine at;
    const Vector<double> w = check_converged(classifier(Bounds{Eigen::Vector2d(-2, -2), Eigen::Vector2d(2, 2)}), at);
    CHECK(w[0] == 2);
    CHECK(check_converged(classifier(Bounds{Eigen::Vector2d(-infinity, -1), Eigen::Vector2d(3, infinity)}), at)[0] ==
          3);
    CHECK(check_converged(classifier(NonNegative{Eigen::Vector2i(-1, 1)}), at) == Vector<double>::Zero(2));
    CHECK(check_converged(classifier(Lasso{0.1, Eigen::Vector2d(1, 0)}), at)[0] > 0);
}

TEST_CASE("Where neither bounds nor the penalty hold the way, the classes are said to be separated", "[separation]") {
    const OnALine at;
    check_separated(classifier(NonNegative{}), at);
    check_separated(classifier(NonNegative{Eigen::Vector2i(1, -1)}), at);
    check_separated(classifier(Bounds{}), at);
    check_separated(classifier(Bounds{Eigen::Vector2d(-2, -2), Eigen::Vector2d(infinity, 2)}), at);
    check_separated(classifier(Lasso{0.1, Eigen::Vector2d(0, 1)}), at);
    check_separated(classifier(Lasso{0}), at);
    check_separated(classifier(GroupLasso{.lambda = 0.1, .factors = Eigen::Vector2d(0, 1)}), at);
    check_separated(classifier(MCP{.lambda = 0.1}), at);  // it is flat far out
}

TEST_CASE("Signs: separated where some direction within them separates, converged elsewhere", "[separation]") {
    Random random(83);
    int separated = 0, within = 0, quasi = 0;
    for (int trial = 0; trial < 400; ++trial) {
        const Index n = 5 + trial % 4;
        Matrix<double> X(n, 2);
        Eigen::VectorXi y(n), signs(2);
        for (Index i = 0; i < n; ++i) {
            X(i, 0) = static_cast<double>(random.below(5)) - 2, X(i, 1) = static_cast<double>(random.below(5)) - 2;
            y[i] = i == 0 ? 0 : i == 1 ? 1 : static_cast<int>(random.below(2));
            if (trial % 2) X(i, 0) += 2 * y[i];
        }
        for (Index j = 0; j < 2; ++j) signs[j] = static_cast<int>(random.below(3)) - 1;
        bool completely = false;
        const int expected = is_separated(X, y, signs, completely);
        if (expected < 0) continue;
        auto model = classifier(NonNegative{signs});
        const FitReport report = model.fit(X, y);
        INFO(report << "\n" << X << "\n" << y.transpose() << "\nsigns " << signs.transpose());
        CHECK((report.status == Status::separated) == (expected == 1));
        if (expected == 0) CHECK(report.converged());
        bool freely = false;
        within += expected == 0 && is_separated(X, y, Eigen::Vector2i::Zero(), freely) == 1;
        if (report.status != Status::separated) continue;
        ++separated, quasi += !completely;
        CHECK((report.existence == Existence::separated_completely) == completely);
        double largest = 0;
        for (Index i = 0; i < n; ++i) {
            const double eta = X.row(i) * report.separating_slopes.col(0) + report.separating_intercept[0];
            CHECK((2 * y[i] - 1) * eta >= -1e-12);
            largest = std::max(largest, (2 * y[i] - 1) * eta);
        }
        CHECK(largest > 0);
        for (Index j = 0; j < 2; ++j) CHECK(signs[j] * report.separating_slopes(j, 0) >= 0);
    }
    CHECK(separated > 50);
    CHECK(quasi > 10);
    CHECK(within > 10);  // separated, but not within the signs
}

TEST_CASE("Several classes, levels and counts with bounds on one side", "[separation]") {
    const OnALine at;
    Eigen::VectorXi three(8);
    three << 0, 0, 0, 1, 1, 2, 2, 2;
    auto classes = classifier(NonNegative{});
    const FitReport of_classes = classes.fit(at.X, three);
    INFO(of_classes);
    CHECK(of_classes.status == Status::separated);
    CHECK(of_classes.separating_slopes.minCoeff() >= 0);
    for (Index i = 0; i < 8; ++i) {
        const Eigen::RowVectorXd eta =
            at.X.row(i) * of_classes.separating_slopes + of_classes.separating_intercept.transpose();
        for (Index c = 0; c < 3; ++c)
            if (c != three[i]) CHECK(eta[three[i]] > eta[c]);
    }
    const Bounds box{Eigen::Vector2d(-1, -1), Eigen::Vector2d(1, 1)};
    auto held = classifier(box);
    CHECK(held.fit(at.X, three).converged());

    OrdinalRegression<double, NonNegative> levels;
    CHECK(levels.fit(at.X, three).status == Status::separated);
    OrdinalRegression<double, NonNegative> against{{.penalty = {Eigen::Vector2i(-1, 1)}}};
    CHECK(against.fit(at.X, three).converged());

    // the counts are zero wherever the first column is positive: its slope would fall for ever
    const Eigen::VectorXd counts = (Eigen::VectorXd(8) << 2, 2, 2, 2, 0, 0, 0, 0).finished();
    Matrix<double> X = at.X;
    X.col(0) = (at.X.col(0).array() > 0).cast<double>();
    PoissonRegression<double, NonNegative> grows, falls{{.penalty = {Eigen::Vector2i(-1, 0)}}};
    CHECK(grows.fit(X, counts).converged());
    CHECK(grows.coefficients()[0] == 0);
    const FitReport of_counts = falls.fit(X, counts);
    INFO(of_counts);
    CHECK(of_counts.status == Status::separated);
    CHECK(of_counts.separating_slopes(0, 0) < 0);
}

TEST_CASE("A path says at each place what is separated, and linear models have nothing to separate", "[separation]") {
    const OnALine at;
    const auto path = fit_path(classifier(Lasso{1, Eigen::Vector2d(0, 1)}), at.X, at.y, {.lambdas = {0.2, 0.1, 0.05}});
    for (Index i = 0; i < 3; ++i) CHECK(path.report(i).status == Status::separated);
    LinearRegression<double, NonNegative> line;
    CHECK(line.fit(at.X, at.y.cast<double>().eval()).converged());
}

namespace {

// with a row without weight whose count is positive
template <class Penalty>
FitReport fit_to_no_counts(Penalty penalty, bool with_intercept) {
    Random random(8);
    const Matrix<double> X = normal_matrix<double>(random, 9, 2);
    const Eigen::VectorXd y = 7 * Eigen::VectorXd::Unit(9, 4), s = Eigen::VectorXd::Ones(9) - y / 7;
    return PoissonRegression<double, Penalty>({.penalty = std::move(penalty), .fit_intercept = with_intercept})
        .fit(Observations(X, y).weights(s));
}
template <class Penalty>
void check_no_counts(Penalty penalty) {
    const FitReport report = fit_to_no_counts(penalty, true);
    INFO(report);
    CHECK(report.status == Status::separated);
    CHECK(report.existence == Existence::separated_completely);
    CHECK_THAT(report.message, Catch::Matchers::ContainsSubstring("all counts are zero"));
    CHECK(report.correct_digits == -1);
    CHECK(report.separating_intercept[0] == -1);
    CHECK(report.is_held_by_no_penalty());
    CHECK(report.remedy == "");  // a ridge does not help
    std::ostringstream printed;
    printed << report;
    CHECK(printed.str().find("try") == std::string::npos);
}

}  // namespace

TEST_CASE("counts that are all zero: the intercept has no finite optimum, whatever the penalty", "[penalties]") {
    check_no_counts(NoPenalty{});
    check_no_counts(Ridge{0.1});
    check_no_counts(Lasso{0.01});
    check_no_counts(GroupLasso{.lambda = 0.1, .groups = {0, 0}, .factors = {}});
    check_no_counts(NonNegative{});
    CHECK(fit_to_no_counts(Ridge{0.1}, false).converged());
    CHECK(fit_to_no_counts(Lasso{0.01}, false).converged());
}
