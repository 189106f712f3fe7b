// Columns from 1e-300 to 1e300 (in float from 1e-37 to 1e37): the same fit as with columns of size one.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

template <class S>
struct Given {
    Matrix<S> X;
    Vector<S> y, counts;
    Eigen::VectorXi labels, levels;

    Given() : X(60, 2), y(60), counts(60), labels(60), levels(60) {
        Random random(547);
        for (Index i = 0; i < 60; ++i) {
            // of few bits, so that a power of two changes no digit
            for (Index j = 0; j < 2; ++j) X(i, j) = S(std::round(random.uniform(0.5, 1.5) * 256) / 256);
            const double eta = 3 * static_cast<double>(X(i, 0) - X(i, 1)) + random.normal();
            y[i] = S(eta);
            counts[i] = S(std::floor(std::exp(eta / 2)));
            labels[i] = eta > 0;
            levels[i] = eta < -1 ? 0 : eta < 1 ? 1 : 2;
        }
    }
};

/// The coefficients of columns times 2^e are those of the columns, divided by it: every step is the same in balanced
/// columns. Columns of extreme size take other kernels, which add in another order.
template <class S, class Model, class Y, class Solver>
void check_scales(const Model& untouched, const Matrix<S>& X, const Y& y, const Solver& solver) {
    const double tolerance = 16 * static_cast<double>(epsilon<S>);
    Model plain = untouched;
    const FitReport expected = plain.fit(X, y, solver);
    INFO(expected);
    REQUIRE(expected.converged());
    constexpr int most = std::is_same_v<S, float> ? 123 : 997;  // 1e37 and 1e300
    for (const int exponent : {-most, -most / 2 - 10, -most / 2, -100, 100, most / 2, most / 2 + 10, most}) {
        if (exponent < -most / 1.2 && std::is_same_v<S, float>)
            continue;  // the coefficients would be near the end of the range
        Model scaled = untouched;
        const Matrix<S> Z = X.unaryExpr([&](const S& x) { return std::ldexp(x, exponent); });
        const FitReport report = scaled.fit(Z, y, solver);
        INFO("times 2^" << exponent << "\n" << report);
        CHECK(report.status == expected.status);
        CHECK(report.rank == expected.rank);
        const Matrix<S> W =
            Matrix<S>(scaled.coefficients()).unaryExpr([&](const S& w) { return std::ldexp(w, exponent); });
        CHECK(error_of(W, Matrix<S>(plain.coefficients())) <= tolerance);
    }
}

}  // namespace

TEMPLATE_TEST_CASE("Columns of any size that the scalar can hold", "[scales]", float, double) {
    using S = TestType;
    const Given<S> given;
    check_scales<S>(LinearRegression<S>(), given.X, given.y, QR{});
    check_scales<S>(LinearRegression<S>(), given.X, given.y, Cholesky{});
    check_scales<S>(LinearRegression<S>(), given.X, given.y, SVD{});
    check_scales<S>(LogisticRegression<S>(), given.X, given.labels, Newton{});
    check_scales<S>(LogisticRegression<S>(), given.X, given.labels, LBFGS{});
    check_scales<S>(LogisticRegression<S>(), given.X, given.labels, NewtonCG{});
    check_scales<S>(LogisticRegression<S>(), given.X, given.levels, Newton{});
    check_scales<S>(OrdinalRegression<S>(), given.X, given.levels, Newton{});
    check_scales<S>(PoissonRegression<S>(), given.X, given.counts, Newton{});
    check_scales<S>(HuberRegression<S>(), given.X, given.y, Newton{});
}

TEST_CASE("Separation does not depend on the size of the columns", "[scales]") {
    for (const double size : {1.0, 1e-300, 1e24, 1e150, 1e300}) {
        INFO(size);
        LogisticRegression<double> model;
        const FitReport report =
            model.fit(Eigen::MatrixXd(size * Eigen::Vector4d(-2, -1, 1, 2)), Eigen::Vector4i(0, 0, 1, 1));
        CHECK(report.status == Status::separated);
        CHECK(report.existence == Existence::separated_completely);
    }
    LogisticRegression<float> narrow;
    CHECK(narrow.fit(Eigen::MatrixXf(Eigen::Vector2f(-1e24f, 1e24f)), Eigen::Vector2i(0, 1)).status ==
          Status::separated);
}

TEMPLATE_TEST_CASE("Targets beside offsets of another size, and of none", "[scales]", float, double) {
    using S = TestType;
    const Given<S> at;
    constexpr int far = std::is_same_v<S, float> ? 80 : 600;
    const Vector<S> small = at.y * std::ldexp(S(1), -far), none = Vector<S>::Zero(60), offset = -at.y;
    const auto check = [&](const auto& solver) {
        LinearRegression<S> plain, unmoved, moved;
        REQUIRE(plain.fit(at.X, at.y, solver).converged());
        const FitReport report = unmoved.fit(Observations(at.X, small).offset(none), solver);
        INFO(report);
        CHECK(report.converged());
        const Vector<S> back = unmoved.coefficients() * std::ldexp(S(1), far);
        CHECK(error_of(back, Vector<S>(plain.coefficients())) <= 1000 * static_cast<double>(epsilon<S>));
        const FitReport beside = moved.fit(Observations(at.X, small).offset(offset), solver);
        INFO(beside);
        CHECK(beside.converged());
        CHECK(error_of(Vector<S>(moved.coefficients()), Vector<S>(plain.coefficients())) <=
              1000 * static_cast<double>(epsilon<S>));
    };
    check(QR{});
    check(Newton{});
    check(NewtonCG{});
    check(LBFGS{.tolerance = std::is_same_v<S, float> ? 1e-6 : 1e-12});
}

namespace {

template <class S, class Model, class Y, class Solver>
void check_constant_offsets(const Model& untouched, const Matrix<S>& X, const Y& y, const Solver& solver, Index k = 1) {
    Model plain = untouched;
    const FitReport expected = plain.fit(X, y, solver);
    INFO(expected);
    REQUIRE(expected.converged());
    for (const double constant : {3.0, -2e4, 1e9, 1e14, -1e20}) {
        Model moved = untouched;
        const Matrix<S> offset = Matrix<S>::Constant(X.rows(), k, S(constant));
        const FitReport report = moved.fit(Observations(X, y).offset(offset), solver);
        INFO("offset " << constant << "\n" << report);
        CHECK(report.status == expected.status);
        CHECK(std::abs(report.correct_digits - expected.correct_digits) < 0.5);
        CHECK(error_of(Matrix<S>(moved.coefficients()), Matrix<S>(plain.coefficients())) <=
              64 * static_cast<double>(epsilon<S>));
    }
}

}  // namespace

TEMPLATE_TEST_CASE("A constant offset of any size moves the intercept and nothing else", "[scales]", float, double) {
    using S = TestType;
    const Given<S> at;
    check_constant_offsets<S>(LinearRegression<S>(), at.X, at.y, DirectAuto{});
    check_constant_offsets<S>(LinearRegression<S>(), at.X, at.y, NewtonCG{});
    check_constant_offsets<S>(HuberRegression<S>(), at.X, at.y, Auto{});
    check_constant_offsets<S>(LogisticRegression<S>(), at.X, at.labels, Newton{});
    check_constant_offsets<S>(LogisticRegression<S>(), at.X, at.labels, LBFGS{});
    check_constant_offsets<S>(LogisticRegression<S>(), at.X, at.levels, Newton{}, 3);
    check_constant_offsets<S>(OrdinalRegression<S>(), at.X, at.levels, Newton{});
    check_constant_offsets<S>(PoissonRegression<S>(), at.X, at.counts, Newton{});
}

TEST_CASE("Offsets of unlike classes: the intercepts take them up and sum to zero", "[scales]") {
    const Given<double> at;
    LogisticRegression<double> plain, moved;
    REQUIRE(plain.fit(at.X, at.levels).converged());
    Matrix<double> offset(60, 3);
    for (Index i = 0; i < 60; ++i) offset.row(i) << 1e6, 3e6, -1e6;
    const FitReport report = moved.fit(Observations(at.X, at.levels).offset(offset));
    INFO(report);
    CHECK(report.converged());
    CHECK(error_of(moved.coefficients(), plain.coefficients()) <= 1e-14);
    const Vector<double> expected = plain.intercept() + Vector<double>(Vector<double>{{0, -2e6, 2e6}});
    CHECK(error_of(moved.intercept(), expected) <= 1e-15);
    CHECK(std::abs(moved.intercept().sum()) <= 1e-9);
}
