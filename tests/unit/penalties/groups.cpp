// Block coordinate descent for groups: the answers of FISTA, to more digits.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/path.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>

#include <Eigen/LU>
#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Data {
    Matrix<double> X, Y;
    Vector<double> y, counts;
    Eigen::VectorXi labels, classes;
    GroupLasso penalty;  // groups of one to five features, here and there
};

// columns of unlike size, the neighbours of a group correlated
Data draw(std::uint64_t seed, Index n, Index p, double correlation = 0.5) {
    Random random(seed);
    Data data;
    data.X = normal_matrix<double>(random, n, p);
    for (Index j = 0, g = 0, left = 0; j < p; ++j, --left) {
        if (left == 0) left = 1 + g++ % 5;
        data.penalty.groups.push_back(g - 1);
        if (j > 0 && data.penalty.groups[static_cast<std::size_t>(j) - 1] == g - 1)
            data.X.col(j) = correlation * data.X.col(j - 1) + (1 - correlation) * data.X.col(j);
    }
    data.y = normal_vector<double>(random, n);
    for (Index j = 0; j < std::min<Index>(p, 9); ++j) data.y += (j % 2 ? -0.7 : 1.0) * data.X.col(j);
    for (Index j = 0; j < p; j += 3) data.X.col(j) *= 8;
    data.Y.resize(n, 3);
    data.Y << data.y, 0.5 * data.y + normal_vector<double>(random, n), normal_vector<double>(random, n);
    data.counts.resize(n), data.labels.resize(n), data.classes.resize(n);
    for (Index i = 0; i < n; ++i) {
        const double z = data.y[i] + random.normal();
        data.labels[i] = z > 0.2;
        data.classes[i] = z < -1 ? 2 : z < 1 ? 5 : 9;
        data.counts[i] = std::floor(std::exp(0.2 * data.y[i]) * random.uniform(0, 3));
    }
    data.y.array() += 5;
    return data;
}

template <class Model, class Y>
void check_against_fista(Model model, const Matrix<double>& X, const Y& y) {
    const FitReport report = model.fit(X, y, CoordinateDescent{});
    INFO(report);
    CHECK(report.converged());
    CHECK(report.solver == "CoordinateDescent");
    CHECK(report.relative_gradient <= 1e-12);
    CHECK(report.duality_gap >= 0);
    CHECK(report.relative_duality_gap <= 1e-10);
    const Matrix<double> W = model.coefficients();
    CHECK((W.array() == 0).any());
    CHECK((W.array() != 0).any());
    const FitReport loose = model.fit(X, y, CoordinateDescent{.tolerance = 1e-3, .refines = false});
    CHECK(loose.converged());
    CHECK(loose.duality_gap >= loose.objective - report.objective);
    const FitReport other = model.fit(X, y, FISTA{.max_iterations = 50'000, .tolerance = 1e-10});
    INFO(other);
    CHECK(other.converged());
    CHECK(other.duality_gap >= other.objective - report.objective);
    CHECK(other.objective >= report.objective - 1e-14 * std::abs(report.objective));
    CHECK(error_of(model.coefficients(), W) <= 1e-6);
}

}  // namespace

TEST_CASE("Groups: coordinate descent agrees with FISTA in every model", "[groups]") {
    for (const Index p : {14, 280})  // at once, and on working sets
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            Data data = draw(1000 + seed, 120, p);
            data.penalty.lambda = 0.3;
            check_against_fista(LinearRegression<double, GroupLasso>{{.penalty = data.penalty}}, data.X, data.y);
            data.penalty.lambda = 0.12;
            check_against_fista(LogisticRegression<double, GroupLasso>{{.penalty = data.penalty}}, data.X, data.labels);
            check_against_fista(LogisticRegression<double, GroupLasso>{{.penalty = data.penalty}}, data.X,
                                data.classes);
            check_against_fista(LogisticRegression<double, GroupLasso>{{.penalty = {.lambda = 0.12}}}, data.X,
                                data.classes);
            check_against_fista(MultivariateRegression<double, GroupLasso>{{.penalty = {.lambda = 0.4}}}, data.X,
                                data.Y);
            data.penalty.lambda = 0.25;
            check_against_fista(PoissonRegression<double, GroupLasso>{{.penalty = data.penalty}}, data.X, data.counts);
        }
}

TEST_CASE("Groups of nearly the same columns, of zeros, and groups that are not penalised", "[groups]") {
    Data data = draw(1009, 150, 30, 0.999);
    data.penalty.lambda = 0.1;
    check_against_fista(LinearRegression<double, GroupLasso>{{.penalty = data.penalty}}, data.X, data.y);
    const Index count = data.penalty.groups.back() + 1;
    data = draw(1013, 150, 30);
    data.penalty.lambda = 0.3;
    data.penalty.factors = Eigen::VectorXd::LinSpaced(count, 1, 2);
    data.penalty.factors[3] = 0;
    data.X.col(1).setZero();
    data.X.col(20).setZero();
    LinearRegression<double, GroupLasso> model{{.penalty = data.penalty}};
    const FitReport report = model.fit(data.X, data.y);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.duality_gap == -1);
    const Vector<double> w = model.coefficients();
    const Vector<double> slope = data.X.transpose() * (model.predict(data.X) - data.y) / 150;
    CHECK((w[1] == 0 && w[20] == 0));
    for (Index g = 0; g < count; ++g) {
        double size = 0, far = 0, steep = 0;
        for (Index j = 0; j < 30; ++j)
            if (data.penalty.group(j) == g) size = std::hypot(size, w[j]), steep = std::hypot(steep, slope[j]);
        const double amount = 0.3 * data.penalty.factors[g];
        for (Index j = 0; j < 30; ++j)
            if (data.penalty.group(j) == g) far = std::max(far, std::abs(slope[j] + amount * w[j] / size));
        if (size == 0) CHECK(steep <= amount);
        else CHECK(far <= 1e-12);
        if (g == 3) CHECK(size > 0);
    }
}

TEST_CASE("Working sets of more parameters than rows can pay for are left to FISTA, and the report says so",
          "[groups]") {
    const Data data = draw(1017, 40, 300);
    LogisticRegression<double, GroupLasso> model{{.penalty = {.lambda = 0.003}}};
    const FitReport report = model.fit(data.X, data.classes);
    INFO(report);
    CHECK(report.converged());
    CHECK_THAT(report.choice, Catch::Matchers::ContainsSubstring("FISTA on sets of"));
    CHECK(report.relative_duality_gap >= 0);
    CHECK(report.relative_duality_gap <= 1e-6);
    const Matrix<double> W = model.coefficients();
    CHECK(model.fit(data.X, data.classes, FISTA{.max_iterations = 100'000, .tolerance = 1e-11}).converged());
    CHECK(error_of(model.coefficients(), W) <= 1e-5);
}

TEST_CASE("Groups of single features are the lasso, digit for digit", "[groups]") {
    const Data data = draw(1019, 100, 240);
    LinearRegression<double, GroupLasso> groups{{.penalty = {.lambda = 0.2}}};
    LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = 0.2}}};
    CHECK(groups.fit(data.X, data.y).converged());
    CHECK(lasso.fit(data.X, data.y).converged());
    CHECK(error_of(groups.coefficients(), lasso.coefficients()) <= 1e-12);
}

TEST_CASE("Groups in sparse X, in rows of a source's order, and with threads", "[groups]") {
    Data data = draw(1021, 90, 260);
    for (Index i = 0; i < data.X.size(); ++i)
        if (i % 3) data.X.data()[i] = 0;
    data.penalty.lambda = 0.12;
    const LogisticRegression<double, GroupLasso> model{{.penalty = data.penalty}};
    auto dense = model, sparse = model, threads = model;
    const Eigen::SparseMatrix<double> S = data.X.sparseView();
    CHECK(dense.fit(data.X, data.labels).converged());
    CHECK(sparse.fit(S, data.labels).converged());
    CHECK(threads.fit(Observations(data.X, data.labels).on(Threads{3})).converged());
    CHECK(error_of(sparse.coefficients(), dense.coefficients()) <= 1e-10);
    CHECK(threads.coefficients() == dense.coefficients());
}

TEST_CASE("Degrees of freedom of groups are the divergence of the fit", "[groups]") {
    Data data = draw(1031, 60, 14);
    const LinearRegression<double, GroupLasso> model{{.penalty = data.penalty}};
    const auto path = fit_path(model, data.X, data.y, {.count = 6, .smallest = 0.05});
    CHECK(path.degrees_of_freedom(0) == 1);
    for (const Index place : {1, 3, 5}) {
        // differences of the fitted values, each by its own target
        double divergence = 0;
        for (Index i = 0; i < 60; ++i) {
            const double h = 1e-5;
            double fitted[2];
            for (const int way : {0, 1}) {
                Vector<double> y = data.y;
                y[i] += way ? h : -h;
                auto moved = path.model(place);
                moved.fit(data.X, y);
                fitted[way] = moved.predict_one(data.X.row(i));
            }
            divergence += (fitted[1] - fitted[0]) / (2 * h);
        }
        CHECK_THAT(path.degrees_of_freedom(place), near(divergence, 1e-6));
        CHECK(path.degrees_of_freedom(place) <= static_cast<double>(path.nonzero(place)) + 1);
    }
}

TEMPLATE_TEST_CASE("Groups in other scalars", "[groups]", float, long double) {
    using S = TestType;
    Data data = draw(1033, 100, 30);
    data.penalty.lambda = 0.2;
    LinearRegression<S, GroupLasso> model{{.penalty = data.penalty}};
    LinearRegression<double, GroupLasso> expected{{.penalty = data.penalty}};
    const Matrix<S> X = data.X.cast<S>();
    const Vector<S> y = data.y.cast<S>();
    const FitReport report = model.fit(X, y);
    INFO(report);
    CHECK(report.converged());
    expected.fit(data.X, data.y);
    CHECK(error_of(Vector<double>(model.coefficients().template cast<double>()), expected.coefficients()) <=
          (sizeof(S) == 4 ? 1e-4 : 1e-11));
}
