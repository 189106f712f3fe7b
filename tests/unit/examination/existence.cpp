// The verdict on existence, against rational arithmetic; its proof; and what becomes infinite.

#include "exact_separation.hpp"
#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/reference_data.hpp"
#include <gradus/examination/separation.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/saga.hpp>

#include <set>
#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

// Rows whose etas are any linear functions of the parameters: J(i k + c) is the gradient of eta_ic.
struct AnyRows {
    struct Sizes {
        Index parameters, etas;
        Index dimension() const { return parameters; }
        Index outputs() const { return etas; }
    };
    Index k;
    Eigen::MatrixXd J;
    Sample<double> rows = {};

    AnyRows(Index outputs, Eigen::MatrixXd gradients, const Eigen::VectorXd& y) : k(outputs), J(std::move(gradients)) {
        rows.Y = DenseView<double>(y);
    }

    Index dimension() const { return J.cols(); }
    const Sample<double>& sample() const { return rows; }
    Sizes predictor() const { return {dimension(), k}; }
    Matrix<double> linear_predictor(const Vector<double>& theta, bool) const {
        Matrix<double> eta(rows.rows(), k);
        for (Index i = 0; i < eta.rows(); ++i)
            for (Index c = 0; c < k; ++c) eta(i, c) = J.row(i * k + c).dot(theta);
        return eta;
    }
    Vector<double> adjoint(const Matrix<double>& slope) const {
        Vector<double> out = Vector<double>::Zero(dimension());
        for (Index i = 0; i < slope.rows(); ++i)
            for (Index c = 0; c < k; ++c) out += slope(i, c) * J.row(i * k + c).transpose();
        return out;
    }
    template <class At>
    void directions_at(std::span<const Index> which, At&& at) const {
        for (std::size_t i = 0; i < which.size(); ++i)
            at(static_cast<Index>(i), [&](Index c, double factor, Vector<double>& out) {
                out += factor * J.row(which[i] * k + c).transpose();
            });
    }
};

// the linear program alone, without a fit: what becomes of the parameters themselves
Separation<double> decide_alone(const AnyRows& rows, MarginKind kind) {
    const Index d = rows.dimension();
    const SeparationView<AnyRows, double> view{&rows, Matrix<double>::Identity(d, d), Matrix<double>::Identity(d, d)};
    return decide_separation(view, &view, kind, Vector<double>(Vector<double>::Zero(d)));
}

Rationals exactly(const Eigen::VectorXd& v) {
    Rationals out;
    for (const double entry : v) out.push_back(Rational(entry));
    return out;
}

std::vector<Rationals> exact_margins(const AnyRows& rows, MarginKind kind) {
    std::vector<Rationals> out;
    for (const detail::Margin& margin : detail::margins_of(rows.rows, rows.k, kind)) {
        Eigen::VectorXd z = Eigen::VectorXd::Zero(rows.dimension());
        if (margin.plus >= 0) z += rows.J.row(margin.row * rows.k + margin.plus);
        if (margin.minus >= 0) z -= rows.J.row(margin.row * rows.k + margin.minus);
        out.push_back(exactly(z));
    }
    return out;
}

struct SmallProblem {
    Eigen::MatrixXd X;
    Eigen::VectorXi code;
};

// small integers, each class there; some of them noisy, so that separated, quasi-separated and overlapping ones are
// about as frequent
SmallProblem small_problem(Random& random, Index n, Index p, int classes) {
    SmallProblem out{Eigen::MatrixXd(n, p), Eigen::VectorXi(n)};
    const auto values = 2 + random.below(4);
    const double noise = random.below(3) == 0 ? 0.15 : 0.02;
    for (Index i = 0; i < n; ++i) {
        std::int64_t eta = static_cast<std::int64_t>(random.below(3)) - 1;
        for (Index j = 0; j < p; ++j) {
            const auto x = static_cast<std::int64_t>(random.below(values)) - static_cast<std::int64_t>(values / 2);
            out.X(i, j) = static_cast<double>(x);
            eta += x * (j % 2 ? -1 : 1);
        }
        out.code[i] = random.uniform() < noise ? static_cast<int>(random.below(static_cast<std::uint64_t>(classes)))
                      : classes == 2           ? eta > 0
                                     : static_cast<int>(std::clamp<std::int64_t>(eta + classes / 2, 0, classes - 1));
    }
    for (int c = 0; c < classes; ++c) out.code[c] = c;
    return out;
}

}  // namespace

TEST_CASE("The rational oracle itself", "[existence]") {
    const auto margins = [](std::initializer_list<Rationals> rows) {
        return ExactSeparation(std::vector<Rationals>(rows));
    };
    CHECK(margins({{1, 0}, {0, 1}}).is_complete);
    CHECK_FALSE(margins({{1}, {-1}}).is_separated);
    const ExactSeparation quasi = margins({{1, 0}, {-1, 0}, {0, 1}});
    CHECK(quasi.is_separated);
    CHECK_FALSE(quasi.is_complete);
    CHECK(quasi.is_infinite({0, 1}));
    CHECK(quasi.is_infinite({1, 1}));
    CHECK_FALSE(quasi.is_infinite({1, 0}));
    CHECK_FALSE(margins({{1, 0}, {-1, 1}, {0, -1}}).is_separated);
    CHECK_FALSE(margins({{2, 1}, {-1, -1}, {-1, 1}}).is_separated);
    CHECK_FALSE(margins({{0, 0}, {0, 0}}).is_separated);
    // two rounds: the first coordinate parts the first margin, then only is the third free to move
    CHECK(margins({{1, 0, 0}, {0, 1, 0}, {0, -1, 1}, {0, 0, -1}, {-1, 5, 0}}).is_proven);
    CHECK(quasi.is_proven);
}

TEST_CASE("1200 binary fits of small integers: verdict, completeness and infinite coefficients", "[existence]") {
    int separated = 0, complete = 0, finite = 0, partly_infinite = 0;
    std::ostringstream wrong;
    for (std::uint64_t seed = 0; seed < 1200; ++seed) {
        Random random(40'000 + seed);
        const Index p = 1 + static_cast<Index>(seed % 4), n = 4 + static_cast<Index>(random.below(27));
        const bool has_intercept = seed % 3 != 0;
        const SmallProblem problem = small_problem(random, n, p, 2);
        const Eigen::VectorXd y = problem.code.cast<double>();
        AnyRows rows(1, Eigen::MatrixXd(n, p + has_intercept), y);
        rows.J.leftCols(p) = problem.X;
        if (has_intercept) rows.J.col(p).setOnes();
        const ExactSeparation truth(exact_margins(rows, MarginKind::binary));
        REQUIRE(truth.is_proven);

        LogisticRegression<double> model{{.fit_intercept = has_intercept}};
        const FitReport report = model.fit(problem.X, problem.code);
        const Existence expected = !truth.is_separated ? Existence::finite
                                   : truth.is_complete ? Existence::separated_completely
                                                       : Existence::separated_quasi;
        ++(truth.is_complete ? complete : truth.is_separated ? separated : finite);
        std::ostringstream why;
        if (report.existence != expected) why << name(report.existence) << " instead of " << name(expected);
        if ((report.status == Status::separated) != truth.is_separated) why << ", status " << name(report.status);
        if (!truth.is_separated && !(report.existence_certificate >= 0 && report.existence_certificate < 1))
            why << ", certificate " << report.existence_certificate;
        if (truth.is_separated && truth.has_full_rank) {
            if (report.infinite_slopes.rows() != p) why << ", no signs";
            else {
                int infinite = 0;
                for (Index j = 0; j < p + has_intercept; ++j) {
                    Eigen::VectorXd f = Eigen::VectorXd::Zero(p + has_intercept);
                    f[j] = 1;
                    const int sign = j < p ? report.infinite_slopes(j, 0) : report.infinite_intercept[0];
                    const double direction = j < p ? report.separating_slopes(j, 0) : report.separating_intercept[0];
                    infinite += sign != 0;
                    if (truth.is_infinite(exactly(f)) != (sign != 0)) why << ", coefficient " << j << " said " << sign;
                    if ((direction > 0) - (direction < 0) != sign)
                        why << ", direction " << direction << " against sign " << sign;
                }
                partly_infinite += infinite < p + has_intercept;
            }
        }
        // the linear program alone, without a fit
        const auto decided = decide_alone(rows, MarginKind::binary);
        if (decided.existence != expected) why << ", the program says " << name(decided.existence);
        if (!why.str().empty()) wrong << "seed " << seed << ": " << why.str() << "\n";
    }
    CAPTURE(separated, complete, finite, partly_infinite);
    CHECK(wrong.str() == "");
    CHECK(separated > 150);
    CHECK(complete > 150);
    CHECK(finite > 150);
    CHECK(partly_infinite > 30);
}

TEST_CASE("200 softmax fits of three classes", "[existence]") {
    int separated = 0, complete = 0, finite = 0;
    std::ostringstream wrong;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Random random(50'000 + seed);
        const Index p = 1 + static_cast<Index>(seed % 3), n = 5 + static_cast<Index>(random.below(20)), width = p + 1;
        const SmallProblem problem = small_problem(random, n, p, 3);
        const Eigen::VectorXd y = problem.code.cast<double>();
        AnyRows rows(3, Eigen::MatrixXd::Zero(3 * n, 2 * width), y);  // class 0 is the reference
        for (Index i = 0; i < n; ++i)
            for (Index c = 1; c < 3; ++c) {
                rows.J.block(3 * i + c, (c - 1) * width, 1, p) = problem.X.row(i);
                rows.J(3 * i + c, c * width - 1) = 1;
            }
        const ExactSeparation truth(exact_margins(rows, MarginKind::softmax));
        REQUIRE(truth.is_proven);
        ++(truth.is_complete ? complete : truth.is_separated ? separated : finite);
        const Existence expected = !truth.is_separated ? Existence::finite
                                   : truth.is_complete ? Existence::separated_completely
                                                       : Existence::separated_quasi;

        LogisticRegression<double> model;
        const FitReport report = model.fit(problem.X, problem.code);
        std::ostringstream why;
        if (report.existence != expected) why << name(report.existence) << " instead of " << name(expected);
        for (Index c = 0; c < 3 && truth.is_separated && truth.has_full_rank; ++c)
            for (Index j = 0; j < width; ++j) {
                // the symmetric coefficient: that against the first class, minus the mean over classes
                Rationals f(static_cast<std::size_t>(2 * width), 0);
                for (Index e = 1; e < 3; ++e)
                    f[static_cast<std::size_t>((e - 1) * width + j)] = Rational(e == c ? 2 : -1, 3);
                const int sign = j < p ? report.infinite_slopes(j, c) : report.infinite_intercept[c];
                if (truth.is_infinite(f) != (sign != 0))
                    why << ", coefficient " << j << " of class " << c << " said " << sign;
            }
        if (!why.str().empty()) wrong << "seed " << seed << ": " << why.str() << "\n";
    }
    CAPTURE(separated, complete, finite);
    CHECK(wrong.str() == "");
    CHECK(separated > 30);
    CHECK(complete > 10);
    CHECK(finite > 30);
}

TEST_CASE("200 ordinal and 200 count problems, by their margins", "[existence]") {
    int separated[2] = {0, 0}, finite[2] = {0, 0};
    std::ostringstream wrong;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        Random random(60'000 + seed);
        const bool is_ordinal = seed % 2;
        const Index p = 1 + static_cast<Index>(seed % 3), n = 6 + static_cast<Index>(random.below(9));
        const int levels = 3 + static_cast<int>(seed % 2);
        const SmallProblem problem = small_problem(random, n, p, levels);
        const Eigen::VectorXd y =
            (is_ordinal ? problem.code : Eigen::VectorXi((problem.code.array() - 1).max(0))).cast<double>();
        const Index k = is_ordinal ? levels - 1 : 1;
        AnyRows rows(k, Eigen::MatrixXd::Zero(k * n, is_ordinal ? p + k : p + 1), y);
        for (Index i = 0; i < n; ++i)
            for (Index c = 0; c < k; ++c) {  // ordinal: eta_c = threshold_c - x'w
                rows.J.block(k * i + c, 0, 1, p) = (is_ordinal ? -1 : 1) * problem.X.row(i);
                rows.J(k * i + c, p + c) = 1;
            }
        const MarginKind kind = is_ordinal ? MarginKind::ordinal : MarginKind::count;
        const ExactSeparation truth(exact_margins(rows, kind));
        REQUIRE(truth.is_proven);
        ++(truth.is_separated ? separated : finite)[is_ordinal];
        const Existence expected = !truth.is_separated ? Existence::finite
                                   : truth.is_complete ? Existence::separated_completely
                                                       : Existence::separated_quasi;
        const Index d = rows.dimension();
        const auto decided = decide_alone(rows, kind);
        std::ostringstream why;
        if (decided.existence != expected) why << name(decided.existence) << " instead of " << name(expected);
        for (Index j = 0; j < d && truth.is_separated && truth.has_full_rank; ++j)
            if (truth.is_infinite(exactly(Eigen::VectorXd::Unit(d, j))) !=
                (decided.sign.at(static_cast<std::size_t>(j)) != 0))
                why << ", parameter " << j;
        if (!is_ordinal) {
            PoissonRegression<double> model;
            const FitReport report = model.fit(problem.X, y);
            if (report.existence != expected) why << ", the fit says " << name(report.existence);
        }
        if (!why.str().empty()) wrong << "seed " << seed << ": " << why.str() << "\n";
    }
    CAPTURE(separated[0], finite[0], separated[1], finite[1]);
    CHECK(wrong.str() == "");
    for (const int count : {separated[0], finite[0], separated[1], finite[1]}) CHECK(count > 20);
}

TEST_CASE("Every healthy fit carries the proof, whatever the solver", "[existence]") {
    const auto check = [](const FitReport& report) {
        INFO(report);
        CHECK(report.converged());
        CHECK(report.existence == Existence::finite);
        CHECK(report.existence_certificate >= 0);
        CHECK(report.existence_certificate < 1);
        CHECK(report.infinite_slopes.size() == 0);
        std::ostringstream words;
        words << report;
        CHECK_THAT(words.str(), Catch::Matchers::ContainsSubstring("finite optimum, proven"));
    };
    const Table iris = read_table("iris_versicolor_virginica"), extreme = read_table("special_extreme_logits"),
                cancer = read_table("breast_cancer"), wine = read_table("winequality_white");
    LogisticRegression<double> model;
    check(model.fit(iris.features<double>(), iris.labels()));
    check(model.fit(iris.features<double>(), iris.labels(), LBFGS{}));
    check(model.fit(extreme.features<double>(), extreme.labels()));
    const Eigen::MatrixXd X = cancer.features<double>();
    check(model.fit(X.leftCols(10), cancer.labels()));  // of all thirty features the classes are separated
    check(model.fit(X.leftCols(4), cancer.labels(), LBFGS{}));
    const Eigen::VectorXi quality = wine.labels().cwiseMax(5).cwiseMin(7);
    check(model.fit(wine.features<double>(), quality));
    LogisticRegression<float> narrow;
    check(narrow.fit(Eigen::MatrixXf(iris.features<float>()), iris.labels()));
    // dependent columns: the proof holds but for what changes no eta
    Eigen::MatrixXd twice(X.rows(), 6);
    twice << X.leftCols(4), X.col(1), X.col(0) + X.col(2);
    check(model.fit(twice, cancer.labels()));
}

TEST_CASE("The proof holds where columns nearly depend on each other", "[existence]") {
    const Index n = 4000, p = 30;
    for (const double power : {5.6, 5.7, 5.8})
        for (const int classes : {2, 3}) {
            Random random(80'000);
            Eigen::MatrixXd X = normal_matrix<double>(random, n, p);
            for (Index j = 1; j < p; ++j)
                X.col(j) = X.col(0) + std::pow(10, -power * static_cast<double>(j) / p) * X.col(j);
            Eigen::VectorXi y(n);
            for (Index i = 0; i < n; ++i)
                y[i] = random.uniform() < 0.03 ? static_cast<int>(random.below(3)) % classes : X(i, 0) > 0;
            LogisticRegression<double> model;
            const FitReport report = model.fit(X, y);
            INFO(report);
            CHECK(report.converged());
            CHECK(report.existence == Existence::finite);
            CHECK(report.existence_certificate < 1);
        }
}

TEST_CASE("A solver of first order is told that the classes are separated", "[existence]") {
    const Table iris = read_table("iris");
    const Eigen::MatrixXd X = iris.features<double>();
    for (const int run : {0, 1}) {
        LogisticRegression<double> model;
        const FitReport report = run == 0 ? model.fit(X, iris.labels(), GradientDescent<>{.max_iterations = 200})
                                          : model.fit(X, iris.labels(), SAGA{.max_iterations = 20});
        INFO(report);
        CHECK(report.status == Status::separated);
        CHECK(report.existence == Existence::separated_quasi);
        CHECK(report.infinite_slopes.rows() == 4);
    }
    LogisticRegression<double, Ridge> shrunk{{.penalty = {.lambda = 1e-3}}};
    CHECK(shrunk.fit(X, iris.labels()).existence == Existence::not_examined);
}

TEST_CASE("Scales and shifts of the columns do not change the verdict", "[existence]") {
    const double scale[] = {1e8, 1e-8, 0x1p30, 1};
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(70'000 + seed);
        const SmallProblem problem = small_problem(random, 8 + static_cast<Index>(random.below(20)), 3, 2);
        LogisticRegression<double> model;
        const FitReport plain = model.fit(problem.X, problem.code);
        Eigen::MatrixXd moved = problem.X;
        for (Index j = 0; j < 3; ++j)
            moved.col(j) =
                (moved.col(j).array() + (seed % 2 ? 1e6 : 0)) * scale[(seed + static_cast<std::uint64_t>(j)) % 4];
        const FitReport report = model.fit(moved, problem.code);
        INFO("seed " << seed << "\n" << plain << report);
        CHECK(report.existence == plain.existence);
        // a shift moves what the intercept means, and only that
        CHECK(report.infinite_slopes.cwiseAbs() == plain.infinite_slopes.cwiseAbs());
    }
}

TEST_CASE("A solver that ran so far that the curvature has vanished proves nothing", "[existence]") {
    // the slopes of the first six rows die out beneath the rounding of the others, and with them the direction that
    // separates
    Random random(5);
    for (int draw = 0; draw < 50; ++draw) {
        Eigen::MatrixXd X(40, 3);
        Eigen::VectorXi y(40);
        for (Index i = 0; i < 40; ++i) {
            X.row(i) << random.normal(), 1000 * random.normal() + 500, i < 6;
            y[i] = i < 6 || random.uniform() < 0.5;
        }
        LogisticRegression<double> model;
        for (const FitReport& report :
             {model.fit(X, y), model.fit(X, y, LBFGS{}), model.fit(X, y, LBFGS{.tolerance = 1e-13})}) {
            INFO(report);
            CHECK(report.existence == Existence::separated_quasi);
            CHECK(report.status == Status::separated);
        }
    }
}
