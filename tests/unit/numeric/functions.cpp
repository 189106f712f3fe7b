// The functions of eta at their extremes, against long double.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/numeric/correct_digits.hpp>
#include <gradus/numeric/logistic_functions.hpp>
#include <gradus/numeric/power_of_two.hpp>
#include <gradus/numeric/softmax.hpp>

#include <limits>
#include <vector>

using namespace gradus;
using namespace gradus::test;

namespace {

template <class S>
using Column = Eigen::Array<S, Eigen::Dynamic, 1>;

// Around zero, around the cut-offs of textbook formulas (36 and 18 in double, 16 and 8 in float), and far out, as far
// as exp(-|eta|) is normal.
template <class S>
Column<S> many_eta() {
    const double far = std::is_same_v<S, float> ? 80 : 700;
    std::vector<double> all{0,  1e-300, 1e-20, 1e-8, 1e-3, 0.5,  0.6931, 1,  7.9, 8,  15.9, 16,
                            17, 18,     18.1,  33,   36,   36.1, 36.7,   37, 40,  50, far};
    Column<S> eta(2 * static_cast<Index>(all.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
        eta[static_cast<Index>(2 * i)] = S(all[i]);
        eta[static_cast<Index>(2 * i + 1)] = S(-all[i]);
    }
    return eta;
}

template <class S>
double relative_error(const S& actual, long double expected) {
    return entry_error<long double>(actual, expected, 0.0L);
}

}  // namespace

TEMPLATE_TEST_CASE("logistic functions keep their relative digits in both tails", "[numeric]", float, double,
                   long double) {
    using S = TestType;
    const Column<S> eta = many_eta<S>(), u = exp_of_minus_abs(eta);
    const Column<S> softplus = log1pexp(eta, u), p = sigmoid(eta, u), q = sigmoid_complement(eta, u);
    for (Index i = 0; i < eta.size(); ++i) {
        const long double e = eta[i], v = std::exp(-std::abs(e));
        INFO("eta = " << e);
        CHECK(relative_error(u[i], v) <= tolerance::rounding<S>);
        CHECK(relative_error(softplus[i], (e > 0 ? e : 0) + std::log1p(v)) <= tolerance::rounding<S>);
        CHECK(relative_error(p[i], (e >= 0 ? 1 : v) / (1 + v)) <= tolerance::rounding<S>);
        CHECK(relative_error(q[i], (e >= 0 ? v : 1) / (1 + v)) <= tolerance::rounding<S>);
        CHECK(error_of(S(p[i] + q[i]), S(1)) <= tolerance::rounding<S>);
    }
}

TEMPLATE_TEST_CASE("logistic functions at the end of the range", "[numeric]", float, double, long double) {
    using S = TestType;
    const S infinite = std::numeric_limits<S>::infinity();
    for (const S size : {S(1000), S(1e4), std::numeric_limits<S>::max(), infinite}) {
        const Column<S> eta = (Column<S>(2) << size, -size).finished(), u = exp_of_minus_abs(eta);
        const Column<S> softplus = log1pexp(eta, u), p = sigmoid(eta, u);
        CHECK(softplus[0] == size);
        const S tiny = std::max<S>(4 * std::numeric_limits<S>::min(),
                                   2 * std::exp(-size));  // vectorised, exp ends at the least normal number
        CHECK((softplus[1] >= 0 && softplus[1] <= tiny));
        CHECK(p[0] == S(1));
        CHECK((p[1] >= 0 && p[1] <= tiny));
    }
    const Column<S> undefined = Column<S>::Constant(1, std::numeric_limits<S>::quiet_NaN()),
                    u = exp_of_minus_abs(undefined);
    const Column<S> softplus = log1pexp(undefined, u), p = sigmoid(undefined, u);
    CHECK(std::isnan(softplus[0]));
    CHECK(std::isnan(p[0]));
}

TEMPLATE_TEST_CASE("softmax does not overflow, and its rows sum to one", "[numeric]", float, double, long double) {
    using S = TestType;
    Matrix<S> eta(6, 3);
    eta << S(0), S(0), S(0), S(1), S(2), S(3), S(1e4), S(-1e4), S(0), S(-1e4), S(-1e4), S(-1e4), S(700), S(699), S(698),
        S(-40), S(0), S(-20);
    const Matrix<S> p = softmax<S>(eta), log_p = log_softmax<S>(eta);
    for (Index i = 0; i < eta.rows(); ++i) {
        long double largest = -std::numeric_limits<long double>::infinity(), total = 0;
        for (Index c = 0; c < 3; ++c) largest = std::max<long double>(largest, eta(i, c));
        for (Index c = 0; c < 3; ++c) total += std::exp(static_cast<long double>(eta(i, c)) - largest);
        for (Index c = 0; c < 3; ++c) {
            const long double gap = static_cast<long double>(eta(i, c)) - largest, expected = std::exp(gap) / total;
            INFO("row " << i << ", class " << c);
            if (expected > static_cast<long double>(std::numeric_limits<S>::min()))
                CHECK(relative_error(p(i, c), expected) <= tolerance::product<S>);  // exp of -60: 60 roundings
            else CHECK((p(i, c) >= 0 && p(i, c) <= 4 * std::numeric_limits<S>::min()));
            CHECK(error_of(log_p(i, c), S(gap - std::log(total))) <= tolerance::rounding<S>);
        }
        CHECK(error_of(p.row(i).sum(), S(1)) <= tolerance::rounding<S>);
    }
}

// The comment says that log1p keeps the digits of a probability close to one; but the sum has lost them before.
TEST_CASE("the logarithm of a probability close to one keeps its digits", "[numeric]") {
    Matrix<double> eta(1, 3);
    eta << 50, 0, 1;
    CHECK(relative_error(log_softmax<double>(eta)(0, 0), -std::log1p(std::exp(-50.0L) + std::exp(-49.0L))) <=
          tolerance::product<double>);
}

TEMPLATE_TEST_CASE("a scale is a power of two that brings a number near one", "[numeric]", float, double, long double) {
    using S = TestType;
    using limits = std::numeric_limits<S>;
    const auto is_power_of_two = [](const S& d) {
        int exponent = 0;
        return d > S(0) && std::frexp(d, &exponent) == S(0.5);
    };
    for (const S x : {S(1), S(0.5), S(0.75), S(3), S(1e-10), S(12345.678), S(1e30), limits::min(), S(-7)}) {
        const S d = scale_to_one(x);
        CHECK(is_power_of_two(d));
        CHECK((std::abs(d * x) >= S(0.5) && std::abs(d * x) < S(1)));
        CHECK(d * x / d == x);  // exact
    }
    // where the reciprocal would leave the range, close to one is all that can be had
    for (const S x : {limits::denorm_min(), S(64) * limits::denorm_min(), limits::max(), limits::max() / S(4)}) {
        const S d = scale_to_one(x);
        CHECK(is_power_of_two(d));
        CHECK(std::isnormal(d));
        CHECK(std::isnormal(S(1) / d));
        CHECK(d * x / d == x);
        CHECK(d * x < S(8));
    }
    CHECK(scale_to_one(S(0)) == S(1));
    CHECK(scale_to_one(limits::infinity()) == S(1));
    CHECK(scale_to_one(limits::quiet_NaN()) == S(1));
}

TEST_CASE("digits are those of the largest coefficient, in either units", "[numeric]") {
    const auto digits = [](const Matrix<double>& W, const Matrix<double>& error, const Vector<double>& unit) {
        return correct_digits<double>(W, error, unit, true, 1);
    };
    const Matrix<double> error{{1e-21}, {1e-17}};
    const Vector<double> alike = Vector<double>::Ones(2), unlike{{1, 1e-100}};
    CHECK(std::abs(digits(Matrix<double>{{1e-15}, {1}}, error, alike) - 16) <= 1);
    // the small one is the larger one to the user, and not zero: the other explains the target
    CHECK(std::abs(digits(Matrix<double>{{1e-15}, {1}}, error, unlike) - 6) < 1e-6);
    // both are zero but for rounding
    CHECK(digits(Matrix<double>{{1e-15}, {1e-16}}, error, alike) > 5);
    CHECK(digits(Matrix<double>{{1e-15}, {1e-16}}, error, unlike) > 5);
    CHECK(digits(Matrix<double>{{1}, {1}}, Matrix<double>{{1e-3}, {HUGE_VAL}}, alike) == 0);
}
