// Fits with lasso and elastic net: optimality, closed forms, and the same answer in many ways.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/lasso.hpp>

#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Data {
    Matrix<double> X;
    Vector<double> y, counts;
    Eigen::VectorXi labels, classes;
};

// the first features matter, the columns are of unlike size and place
Data draw(std::uint64_t seed, Index n, Index p) {
    Random random(seed);
    Data data{normal_matrix<double>(random, n, p), Vector<double>::Zero(n), Vector<double>(n), Eigen::VectorXi(n),
              Eigen::VectorXi(n)};
    for (Index j = 0; j < std::min<Index>(p, 5); ++j) data.y += (j % 2 ? -0.8 : 1.0) * data.X.col(j);
    for (Index i = 0; i < n; ++i) {
        const double eta = data.y[i], z = eta + random.normal();
        data.labels[i] = z > 0.2;
        data.classes[i] = z < -0.8 ? 2 : z < 0.7 ? 5 : 9;
        data.counts[i] = std::floor(std::exp(0.3 * eta) * random.uniform(0, 3));
        data.y[i] = 4 + z;
    }
    if (p > 2) data.X.col(1) = 3 * data.X.col(1).array() + 20;
    return data;
}

// The worst distance of -G to the subdifferential of l1 |w| + l2/2 w^2.
double distance(const Matrix<double>& W, const Matrix<double>& G, double l1, double l2) {
    double worst = 0;
    for (Index j = 0; j < W.size(); ++j)
        worst = std::max(worst, std::abs(elastic_residual(W.data()[j], G.data()[j], l1, l2)));
    return worst;
}

// Coordinate descent finds what FISTA finds, and both know how far they are from it.
template <class Model, class Y>
void check_against_fista(Model model, const Matrix<double>& X, const Y& y) {
    const FitReport report = model.fit(X, y);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.solver == "CoordinateDescent");
    CHECK(report.duality_gap >= 0);
    CHECK(report.relative_duality_gap <= 1e-11);
    CHECK(report.relative_gradient <= 1e-13);
    const Matrix<double> W = model.coefficients();
    CHECK((W.array() == 0).count() > 0);
    CHECK((W.array() != 0).count() > 0);
    const FitReport other = model.fit(X, y, FISTA{.max_iterations = 50'000, .tolerance = 1e-11});
    INFO(other);
    CHECK(other.converged());
    CHECK(other.duality_gap >= other.objective - report.objective);
    CHECK(error_of(model.coefficients(), W) <= 1e-7);
    CHECK_THAT(other.objective, near(report.objective, 1e-9));
}

}  // namespace

// On neighbours that are nearly the same a small residual is far from the optimum: of a residual of 1e-4 the gap is
// 3e-3.
TEST_CASE("FISTA goes on until the duality gap is within its tolerance too", "[penalties]") {
    Random random(612);
    Matrix<double> X = normal_matrix<double>(random, 200, 60);
    for (Index j = 1; j < X.cols(); ++j) X.col(j) = 0.98 * X.col(j - 1) + 0.2 * X.col(j);
    const Vector<double> y = 2 * X.col(3) - 2 * X.col(40) + X.col(41) + 0.3 * normal_vector<double>(random, X.rows());
    const Eigen::VectorXi labels = (y.array() > 0).cast<int>();
    LinearRegression<double, Lasso> line{{.penalty = {.lambda = 1e-3}}};
    LogisticRegression<double, Lasso> classifier{{.penalty = {.lambda = 1e-4}}};
    for (const double tolerance : {0.1, 1e-3, 1e-6}) {
        const FISTA solver{.tolerance = tolerance};
        for (const FitReport& report : {line.fit(X, y, solver), classifier.fit(X, labels, solver)}) {
            INFO(report);
            CHECK(report.converged());
            CHECK(report.relative_gradient <= tolerance);
            CHECK(report.relative_duality_gap <= tolerance);
        }
        const FitReport report = line.fit(X, y, FISTA{.max_iterations = 60, .tolerance = tolerance});
        CHECK(report.status == Status::iteration_limit);
        CHECK(report.iterations == 60);
    }
}

TEST_CASE("Coordinate descent agrees with FISTA in every model", "[penalties]") {
    for (const Index p : {12, 260}) {  // at once, and on working sets
        const Data data = draw(611, 150, p);
        check_against_fista(LinearRegression<double, Lasso>{{.penalty = {.lambda = 0.15}}}, data.X, data.y);
        check_against_fista(LogisticRegression<double, Lasso>{{.penalty = {.lambda = 0.05}}}, data.X, data.labels);
        check_against_fista(LogisticRegression<double, ElasticNet>{{.penalty = {.lambda = 0.05, .l1_ratio = 0.7}}},
                            data.X, data.classes);
        check_against_fista(PoissonRegression<double, ElasticNet>{{.penalty = {.lambda = 0.1}}}, data.X, data.counts);
        if (p > 100) continue;
        check_against_fista(LinearRegression<double, ElasticNet>{{.penalty = {.lambda = 0.2}}}, data.X, data.y);
        check_against_fista(OrdinalRegression<double, Lasso>{{.penalty = {.lambda = 0.05}}}, data.X, data.classes);
        check_against_fista(HuberRegression<double, Lasso>{{.penalty = {.lambda = 0.1}}}, data.X, data.y);
        check_against_fista(PoissonRegression<double, Lasso>{{.penalty = {.lambda = 0.1}}}, data.X, data.counts);
    }
}

TEST_CASE("The conditions of an optimum hold to rounding", "[penalties]") {
    const Data data = draw(613, 90, 400);
    const double n = 90;
    LinearRegression<double, ElasticNet> line{{.penalty = {.lambda = 0.1, .l1_ratio = 0.8}}};
    REQUIRE(line.fit(data.X, data.y).converged());
    const Vector<double> r = line.predict(data.X) - data.y;
    CHECK(std::abs(r.mean()) <= 1e-13);
    CHECK(distance(line.coefficients(), data.X.transpose() * r / n, 0.08, 0.02) <= 1e-12);

    LogisticRegression<double, Lasso> classifier{{.penalty = {.lambda = 0.02}}};
    REQUIRE(classifier.fit(data.X, data.classes).converged());
    Matrix<double> slope = classifier.predict_probability(data.X);
    for (Index i = 0; i < 90; ++i) slope(i, data.classes[i] == 2 ? 0 : data.classes[i] == 5 ? 1 : 2) -= 1;
    CHECK(slope.colwise().mean().cwiseAbs().maxCoeff() <= 1e-13);
    CHECK(distance(classifier.coefficients(), data.X.transpose() * slope / n, 0.02, 0) <= 1e-12);
    CHECK(std::abs(classifier.intercept().sum()) <= 1e-12);
}

TEST_CASE("Orthonormal columns: the lasso is the shrunk least-squares fit", "[penalties]") {
    Random random(617);
    const Index n = 60, p = 10;
    const Matrix<double> X = std::sqrt(static_cast<double>(n)) * orthonormal<double>(random, n, p);
    const Vector<double> y = X * Vector<double>::LinSpaced(p, -1, 1) + normal_vector<double>(random, n);
    const double lambda = 0.4;
    LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = lambda}, .fit_intercept = false}};
    REQUIRE(lasso.fit(X, y).converged());
    const Vector<double> free = X.transpose() * y / static_cast<double>(n);
    for (Index j = 0; j < p; ++j) {
        const double expected = soft_threshold(free[j], lambda);
        CHECK((lasso.coefficients()[j] == 0) == (expected == 0));
        CHECK(std::abs(lasso.coefficients()[j] - expected) <= 1e-13);
    }
}

TEST_CASE("From the largest lambda on all coefficients are exactly zero", "[penalties]") {
    for (const Index p : {8, 300}) {
        const Data data = draw(619, 70, p);
        const Vector<double> r = data.y.array() - data.y.mean();
        const double largest = (data.X.transpose() * r).cwiseAbs().maxCoeff() / 70;
        for (const double share : {1 + 1e-12, 1.5, 1e6}) {
            LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = share * largest}}};
            const FitReport report = lasso.fit(data.X, data.y);
            CHECK(report.converged());
            CHECK(lasso.coefficients() == Vector<double>::Zero(p));
            CHECK_THAT(lasso.intercept(), near(data.y.mean(), tolerance::product<double>));
            CHECK(report.relative_duality_gap <= 1e-11);
        }
        LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = (1 - 1e-6) * largest}}};
        CHECK(lasso.fit(data.X, data.y).converged());
        CHECK((lasso.coefficients().array() != 0).count() == 1);
    }
}

TEST_CASE("Zero, constant and duplicate columns, one row, lambda 0", "[penalties]") {
    Data data = draw(631, 40, 6);
    data.X.col(2).setZero();
    data.X.col(3).setConstant(7);
    data.X.col(5) = data.X.col(0);
    LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = 0.1}}};
    const FitReport report = lasso.fit(data.X, data.y);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.relative_duality_gap <= 1e-11);
    CHECK(lasso.coefficients()[2] == 0);
    CHECK(lasso.coefficients()[3] == 0);
    LinearRegression<double, ElasticNet> net{{.penalty = {.lambda = 0.1}}};
    CHECK(net.fit(data.X, data.y).converged());
    CHECK_THAT(net.coefficients()[5], near(net.coefficients()[0], 1e-12));  // alike columns share their effect
    LogisticRegression<double, Lasso> classifier{{.penalty = {.lambda = 0.01}}};
    CHECK(classifier.fit(data.X, data.labels).converged());
    CHECK(classifier.coefficients()(2, 0) == 0);
    CHECK(classifier.coefficients()(3, 0) == 0);

    CHECK(lasso.fit(data.X.topRows(1), data.y.head(1)).converged());
    CHECK(lasso.coefficients() == Vector<double>::Zero(6));
    CHECK(lasso.intercept() == data.y[0]);

    const Data full = draw(641, 50, 4);
    LinearRegression<double> ols;
    ols.fit(full.X, full.y);
    LinearRegression<double, Lasso> free{{.penalty = {.lambda = 0}}};
    const FitReport unpenalised = free.fit(full.X, full.y);
    CHECK(unpenalised.converged());
    CHECK(unpenalised.duality_gap == -1);
    CHECK(unpenalised.rank == 4);
    CHECK(error_of(free.coefficients(), ols.coefficients()) <= tolerance::second_order<double>);

    // without a penalty, separated classes are what they are
    Eigen::MatrixXd line = Eigen::VectorXd::LinSpaced(10, -1, 1);
    const Eigen::VectorXi sides = (line.col(0).array() > 0).cast<int>();
    LogisticRegression<double, Lasso> separated{{.penalty = {.lambda = 0}}};
    CHECK_FALSE(separated.fit(line, sides).converged());
    LogisticRegression<double, Lasso> held{{.penalty = {.lambda = 1e-3}}};
    CHECK(held.fit(line, sides).converged());

    lasso = LinearRegression<double, Lasso>{{.penalty = {.lambda = -1}}};
    CHECK_THROWS_AS(lasso.fit(full.X, full.y), std::invalid_argument);
    CHECK_FALSE(lasso.is_fitted());
}

TEST_CASE("Dense of either order, sparse of either order and rows from a source give one answer", "[penalties]") {
    struct Table {
        const Matrix<double>* X;
        Index rows() const { return X->rows(); }
        Index columns() const { return X->cols(); }
        void read(Index first, Eigen::Ref<Eigen::MatrixXd> out) const { out = X->middleRows(first, out.rows()); }
    };
    Random random(643);
    for (const Index p : {20, 700}) {
        const Index n = 300;
        Matrix<double> X(n, p);
        for (double& x : X.reshaped()) x = random.uniform(0, 1) < 0.05 ? random.normal() : 0;
        const Vector<double> y = 4 * X.col(0) - 3 * X.col(2) + 2 * X.col(3) + 0.3 * normal_vector<double>(random, n);
        const Eigen::VectorXi labels = (y.array() > 0.1).cast<int>();
        LinearRegression<double, Lasso> line{{.penalty = {.lambda = 0.01}}};
        LogisticRegression<double, ElasticNet> classifier{{.penalty = {.lambda = 0.01}}};
        REQUIRE(line.fit(X, y).converged());
        REQUIRE(classifier.fit(X, labels).converged());
        const Vector<double> w = line.coefficients();
        const Matrix<double> W = classifier.coefficients();
        CHECK((w.array() != 0).count() >= 3);
        const auto check = [&](const auto& other) {
            CHECK(line.fit(other, y).converged());
            CHECK(error_of(line.coefficients(), w) <= 1e-12);
            CHECK((line.coefficients().array() == 0).count() == (w.array() == 0).count());
            CHECK(classifier.fit(other, labels).converged());
            CHECK(error_of(classifier.coefficients(), W) <= 1e-11);
        };
        check(Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>(X));
        check(Eigen::SparseMatrix<double>(X.sparseView()));
        check(Eigen::SparseMatrix<double, Eigen::RowMajor>(X.sparseView()));
        const Table table{&X};
        check(Rows(table));
    }
}

TEST_CASE("Weights, offsets and factors mean what they mean elsewhere", "[penalties]") {
    const Data data = draw(647, 80, 250);
    Random random(653);
    Vector<double> weights(80);
    Index total = 0;
    for (double& s : weights) total += static_cast<Index>(s = static_cast<double>(random.below(3)));
    Matrix<double> X(total, 250);
    Vector<double> y(total);
    for (Index i = 0, at = 0; i < 80; ++i)
        for (int copy = 0; copy < weights[i]; ++copy, ++at) X.row(at) = data.X.row(i), y[at] = data.y[i];
    LinearRegression<double, Lasso> weighted{{.penalty = {.lambda = 0.1}}}, repeated = weighted;
    REQUIRE(weighted.fit(Observations(data.X, data.y).weights(weights)).converged());
    REQUIRE(repeated.fit(X, y).converged());
    CHECK(error_of(weighted.coefficients(), repeated.coefficients()) <= 1e-11);
    CHECK_THAT(weighted.intercept(), near(repeated.intercept(), 1e-11));

    // columns times powers of two with factors times the same: coefficients divided by them, bit for bit
    Vector<double> units(250);
    for (double& unit : units) unit = std::ldexp(1.0, static_cast<int>(random.below(40)) - 20);
    LinearRegression<double, Lasso> scaled{{.penalty = {.lambda = 0.1, .factors = units}}},
        plain{{.penalty = {.lambda = 0.1}}};
    REQUIRE(plain.fit(data.X, data.y).converged());
    REQUIRE(scaled.fit(data.X * units.asDiagonal(), data.y).converged());
    CHECK(Vector<double>(scaled.coefficients().cwiseProduct(units)) == plain.coefficients());

    // a factor of zero: never zero
    Vector<double> factors = Vector<double>::Ones(250);
    factors[200] = 0;
    LinearRegression<double, Lasso> held{{.penalty = {.lambda = 1, .factors = factors}}};
    REQUIRE(held.fit(data.X, data.y).converged());
    CHECK(held.coefficients()[200] != 0);

    const Vector<double> offset = data.X.col(7);
    LinearRegression<double, Lasso> beside{{.penalty = {.lambda = 0.1}}};
    REQUIRE(beside.fit(Observations(data.X, data.y).offset(offset)).converged());
    REQUIRE(plain.fit(data.X, Vector<double>(data.y - offset)).converged());
    CHECK(error_of(beside.coefficients(), plain.coefficients()) <= 1e-11);
}

TEMPLATE_TEST_CASE("Fits with corners in other scalars", "[penalties]", float, long double) {
    using S = TestType;
    const Data data = draw(659, 100, 230);
    const Matrix<S> X = data.X.cast<S>();
    const Vector<S> y = data.y.cast<S>();
    LinearRegression<S, Lasso> line{{.penalty = {.lambda = 0.125}}};
    LinearRegression<double, Lasso> expected{{.penalty = {.lambda = 0.125}}};
    const FitReport report = line.fit(X, y);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.duality_gap >= 0);
    expected.fit(X.template cast<double>(), y.template cast<double>());
    CHECK(error_of(line.coefficients(), expected.coefficients().template cast<S>()) <=
          (std::is_same_v<S, float> ? 1e-4 : 1e-11));
    LogisticRegression<S, ElasticNet> classifier{{.penalty = {.lambda = 0.02}}};
    CHECK(classifier.fit(X, data.labels).converged());
}

// The optimum is known to more digits from long double; the gap must cover what is missing, wherever a run ended.
TEST_CASE("The duality gap is never below the true one", "[penalties]") {
    Random random(661);
    for (int trial = 0; trial < 60; ++trial) {
        const Index n = 5 + static_cast<Index>(random.below(40)), p = 1 + static_cast<Index>(random.below(30));
        const Data data = draw(700 + static_cast<std::uint64_t>(trial), n, p);
        const double lambda = std::exp(random.uniform(-6, 0));
        const Matrix<long double> X = data.X.cast<long double>();
        const FISTA steps{.max_iterations = static_cast<int>(random.below(60))};
        const auto check = [&](auto model, auto wide, const auto& y, const auto& wide_y) {
            const double optimum = wide.fit(X, wide_y).objective;
            for (const FitReport& report : {model.fit(data.X, y, steps), model.fit(data.X, y)}) {
                INFO(report << optimum);
                CHECK(report.duality_gap >= report.objective - optimum);
            }
            CHECK(model.report().relative_duality_gap <= 1e-8);
        };
        check(LinearRegression<double, Lasso>{{.penalty = {.lambda = lambda}}},
              LinearRegression<long double, Lasso>{{.penalty = {.lambda = lambda}}}, data.y,
              Vector<long double>(data.y.cast<long double>()));
        if (data.labels.sum() == 0 || data.labels.sum() == n) continue;
        check(LogisticRegression<double, ElasticNet>{{.penalty = {.lambda = lambda, .l1_ratio = 0.9}}},
              LogisticRegression<long double, ElasticNet>{{.penalty = {.lambda = lambda, .l1_ratio = 0.9}}},
              data.labels, data.labels);
    }
}
