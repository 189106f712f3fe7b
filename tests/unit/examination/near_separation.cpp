// Verdicts that floating point cannot tell: gaps beneath rounding, columns that nearly depend on each other.

#include "exact_separation.hpp"
#include "support/catch.hpp"
#include "support/problems.hpp"
#include <gradus/examination/exact_basis.hpp>
#include <gradus/examination/simple_directions.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/poisson_regression.hpp>

#include <Eigen/SparseCore>
#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

template <class S>
void check_gap(const S& gap) {
    // one feature, two classes that touch at 1: the last row decides
    Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> X(6, 1);
    Eigen::VectorXi y(6);
    y << 0, 0, 0, 1, 1, 1;
    LogisticRegression<S> model;
    const auto verdict = [&](const S& last) {
        X << S(0), S(0.5), S(1), S(1.5), S(2), last;
        const FitReport report = model.fit(X, y);
        CHECK(report.converged() == (report.existence == Existence::finite));
        return report.existence;
    };
    CHECK(verdict(S(1) + gap) == Existence::separated_completely);
    CHECK(verdict(S(1)) == Existence::separated_quasi);
    CHECK(verdict(S(1) - gap) == Existence::finite);
}

}  // namespace

TEMPLATE_TEST_CASE("Two classes apart, touching and overlapping by one digit", "[near_separation]", float, double,
                   long double) {
    check_gap<TestType>(TestType(1e-3));
    check_gap<TestType>(std::numeric_limits<TestType>::epsilon());
}

TEST_CASE("Three classes of five rows, one of them an entry aside", "[near_separation]") {
    Eigen::MatrixXd X(5, 1);
    const Eigen::VectorXi y = (Eigen::VectorXi(5) << 0, 2, 1, 2, 2).finished();
    for (const double e : {1e-1, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-12, 0x1p-52}) {
        X << 0, 2, 1 + e, 1, 1;
        LogisticRegression<double> model;
        const FitReport report = model.fit(X, y);
        INFO(e << "\n" << report);
        CHECK(report.status == Status::separated);
        CHECK(report.existence == Existence::separated_quasi);
    }
}

TEST_CASE("What columns add up to but for rounding may separate", "[near_separation]") {
    Random random(71);
    Eigen::MatrixXd X(60, 5);
    Eigen::VectorXi y(60);
    for (Index i = 0; i < 60; ++i) {
        for (Index j = 0; j < 4; ++j) X(i, j) = std::round(8 * random.normal());
        y[i] = random.uniform() < 0.5;
        X(i, 4) = X(i, 0) + X(i, 1) + (y[i] ? 1e-10 : -1e-10);
    }
    LogisticRegression<double> model;
    const FitReport apart = model.fit(X, y);
    INFO(apart);
    CHECK(apart.existence == Existence::separated_completely);
    for (Index i = 0; i < 60; ++i) X(i, 4) = X(i, 0) + X(i, 1) + (random.uniform() < 0.5 ? 1e-10 : -1e-10);
    const FitReport mixed = model.fit(X, y);
    INFO(mixed);
    CHECK(mixed.existence == Existence::finite);
    X.col(4) = X.col(0) + X.col(1);
    CHECK(model.fit(X, y).existence == Existence::finite);
}

TEST_CASE("A plane of whole numbers is found in many dimensions, dense and sparse", "[near_separation]") {
    Random random(72);
    const Index n = 400, p = 60;
    Eigen::MatrixXd X(n, p);
    Eigen::VectorXi y(n);
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < p; ++j) X(i, j) = random.below(4) == 0 ? static_cast<double>(random.below(5)) - 2 : 0;
        const double beside = i % 4 ? 0 : i % 8 ? 1 : -1;
        X(i, 7) = beside - X(i, 3) + 2 * X(i, 11);
        y[i] = beside == 0 ? random.uniform() < 0.5 : beside > 0;
    }
    LogisticRegression<double> model;
    const FitReport report = model.fit(X, y);
    INFO(report);
    CHECK(report.existence == Existence::separated_quasi);
    REQUIRE(report.infinite_slopes.rows() == p);
    for (Index j = 0; j < p; ++j) CHECK((report.infinite_slopes(j, 0) != 0) == (j == 3 || j == 7 || j == 11));
    const FitReport sparse = model.fit(Eigen::SparseMatrix<double>(X.sparseView()), y);
    CHECK(sparse.existence == Existence::separated_quasi);
    CHECK(sparse.infinite_slopes.cwiseAbs() == report.infinite_slopes.cwiseAbs());
}

TEST_CASE("A dummy of one row among many columns, of either sign and class", "[near_separation]") {
    Random random(76);
    const Index n = 600, p = 60;
    Eigen::MatrixXd X = normal_matrix<double>(random, n, p);
    Eigen::VectorXi y(n);
    for (Index i = 0; i < n; ++i) y[i] = random.uniform() < 0.5;
    for (const int code : {0, 1})
        for (const double value : {-3e5, 1.0}) {
            X.col(5).setConstant(7);
            X(17, 5) += value;
            y[17] = code;
            LogisticRegression<double> model;
            const FitReport report = model.fit(X, y);
            INFO(code << " " << value << "\n" << report);
            CHECK(report.existence == Existence::separated_quasi);
            REQUIRE(report.infinite_slopes.rows() == p);
            CHECK(report.infinite_slopes.cwiseAbs().sum() == 1);
            CHECK(report.infinite_slopes(5, 0) == ((code == 1) == (value > 0) ? 1 : -1));
        }
}

TEST_CASE("What cannot be decided is in doubt, and no success", "[near_separation]") {
    Random random(73);
    const Index n = 300, p = 50;
    Eigen::MatrixXd X(n, p);
    Eigen::VectorXi y(n);
    std::vector<double> w;
    for (Index j = 0; j + 1 < p; ++j) w.push_back(std::floor(0x1p40 * random.uniform()));
    for (Index i = 0; i < n; ++i) {
        X(i, p - 1) = i % 30 ? 0 : i % 60 ? 0x1p36 : -0x1p36;
        for (Index j = 0; j + 1 < p; ++j) {
            X(i, j) = static_cast<double>(random.below(17)) - 8;
            X(i, p - 1) -= w[static_cast<std::size_t>(j)] * X(i, j);
        }
        y[i] = i % 30 ? random.uniform() < 0.5 : i % 60 > 0;
    }
    LogisticRegression<double> model;
    const FitReport report = model.fit(X, y);
    std::ostringstream words;
    words << report;
    INFO(words.str());
    CHECK_FALSE(report.converged());
    CHECK(report.existence == Existence::in_doubt);
    CHECK_THAT(words.str(), Catch::Matchers::ContainsSubstring("in doubt"));
}

TEST_CASE("Positive counts in a plane that the zeros touch", "[near_separation]") {
    Eigen::MatrixXd X(7, 2);
    Eigen::VectorXd y(7);
    y << 2, 1, 3, 1, 0, 0, 0;
    const auto verdict = [&](double aside) {
        X << 0, 1, 1, 2, 2, 3, 3, 4 + aside, 0, 0, 1, 1, 2, 2;
        PoissonRegression<double> model;
        return model.fit(X, y).existence;
    };
    CHECK(verdict(0) == Existence::separated_quasi);
    for (const double aside : {1e-3, 1e-9, 0x1p-50, -0x1p-50}) CHECK(verdict(aside) == Existence::finite);
}

TEST_CASE("A basis of integers keeps its inverse without remainder", "[near_separation]") {
    Random random(74);
    const std::size_t d = 6;
    for (int draw = 0; draw < 50; ++draw) {
        detail::ExactBasis basis(d);
        std::vector<detail::Integers> columns(d);
        for (std::size_t c = 0; c < d; ++c) {
            for (std::size_t j = 0; j < d; ++j)
                columns[c].push_back(static_cast<std::int32_t>(random.below(2001)) - 1000);
            REQUIRE(basis.extend(columns[c], static_cast<Index>(c)));
        }
        CHECK(basis.determinant().sign() > 0);
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t c = 0; c < d; ++c) {
                BigInteger product = detail::integer_dot(basis.row(i), columns[c]);
                if (basis.id(i) == static_cast<Index>(c)) product -= basis.determinant();
                CHECK(product.sign() == 0);
            }
        CHECK_FALSE(basis.extend(columns[0], 9));
    }
}

TEST_CASE("Simple directions near rounded ones", "[near_separation]") {
    Random random(75);
    Matrix<double> simple(4, 2), mix(2, 2);
    simple << 1, 0, 0, 1, -1, 2, 0.5, -3;
    mix << 0.3, 0.7, -1.1, 0.4;
    Matrix<double> V = simple * mix;
    for (Index j = 0; j < V.size(); ++j) V.data()[j] *= 1 + 1e-14 * random.normal();
    const auto found = detail::simple_directions<double>(V, Vector<double>::Ones(4));
    REQUIRE(found.size() == 2);
    CHECK(Matrix<double>::Map(found[0].data(), 4, 1) == simple.col(0));
    CHECK(Matrix<double>::Map(found[1].data(), 4, 1) == simple.col(1));
}
