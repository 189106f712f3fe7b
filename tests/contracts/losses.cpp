#include "contracts/loss_contract.hpp"
#include "contracts/outside/complementary_log_log.hpp"
#include "contracts/outside/log_cosh.hpp"
#include "support/broken.hpp"
#include <gradus/losses/cumulative_link.hpp>
#include <gradus/losses/huber.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/poisson.hpp>
#include <gradus/losses/squared.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

template <class S>
std::vector<Vector<S>> rows_of(std::initializer_list<double> targets) {
    std::vector<Vector<S>> out;
    for (const double t : targets) out.push_back(Vector<S>::Constant(1, S(t)));
    return out;
}

template <class S>
LossRules<S> shares() {
    return {.targets = rows_of<S>({0, 1, 0.5, 0.001, 0.999}),
            .refused = {S(-0.001), S(1.001), std::numeric_limits<S>::quiet_NaN()}};
}

template <class S>
LossRules<S> classes(Index K) {
    LossRules<S> rules;
    for (Index c = 0; c < K; ++c) rules.targets.push_back(Vector<S>::Constant(1, S(static_cast<int>(c))));
    rules.refused = {S(-1), S(0.5), S(static_cast<int>(K)), std::numeric_limits<S>::quiet_NaN()};
    return rules;
}

}  // namespace

TEMPLATE_TEST_CASE("squared loss keeps the contract", "[loss]", float, double, long double) {
    using S = TestType;
    CHECK(loss_contract(Squared<S>(), {.targets = rows_of<S>({0, 1.5, -3})}) == none);
    LossRules<S> three;
    for (const double t : {0.0, 1.0, -2.0}) three.targets.push_back(Vector<S>::LinSpaced(3, S(t), S(2 * t + 1)));
    CHECK(loss_contract(Squared<S>(3), three) == none);
}

TEST_CASE("a contract without targets is no contract", "[loss]") {
    CHECK_FALSE(loss_contract(Squared<double>(), {}) == none);
}

TEMPLATE_TEST_CASE("logistic loss keeps the contract", "[loss]", float, double, long double) {
    CHECK(loss_contract(Logistic<TestType>(), shares<TestType>()) == none);
}

TEMPLATE_TEST_CASE("multinomial loss keeps the contract", "[loss]", float, double, long double) {
    for (const Index K : {2, 3, 5}) CHECK(loss_contract(Multinomial<TestType>(K), classes<TestType>(K)) == none);
}

TEMPLATE_TEST_CASE("cumulative link losses keep the contract", "[loss]", float, double, long double) {
    using S = TestType;
    for (const Index K : {2, 3, 5}) {
        LossRules<S> rules = classes<S>(K);
        rules.is_ordinal = true;
        CHECK(loss_contract(CumulativeLink<S, Logit>(K), rules) == none);
        CHECK(loss_contract(CumulativeLink<S, Probit>(K), rules) == none);
        rules.grows_exponentially = true;
        CHECK(loss_contract(CumulativeLink<S, ComplementaryLogLog>(K), rules) == none);
    }
}

TEMPLATE_TEST_CASE("Huber's loss keeps the contract", "[loss]", float, double, long double) {
    using S = TestType;
    for (const double delta : {1.345, 0.2, 50.0})
        CHECK(loss_contract(Huber<S>(S(delta)), {.targets = rows_of<S>({0, 1.5, -3, 40})}) == none);
}

TEMPLATE_TEST_CASE("Poisson's loss keeps the contract", "[loss]", float, double, long double) {
    using S = TestType;
    LossRules<S> rules{.targets = rows_of<S>({0, 1, 3, 0.25, 1000}), .grows_exponentially = true};
    rules.refused = {S(-1), S(-0.001), std::numeric_limits<S>::quiet_NaN(), std::numeric_limits<S>::infinity()};
    CHECK(loss_contract(Poisson<S>(), rules) == none);
}

TEST_CASE("losses from outside keep the contract", "[loss]") {
    CHECK(loss_contract(outside::LogCoshLoss<double>(),
                        {.targets = rows_of<double>({0, 1.5, -3}), .has_closed_form = false}) == none);
    LossRules<double> rules = shares<double>();
    rules.grows_exponentially = true;
    CHECK(loss_contract(outside::ComplementaryLogLog<double>(), rules) == none);
}

TEST_CASE("the contract of losses notices mistakes", "[loss]") {
    CHECK(loss_contract(broken::WrongSlope(), shares<double>()) != none);
    CHECK(loss_contract(broken::WrongWeight(), shares<double>()) != none);
    CHECK(loss_contract(broken::NaiveExp(), shares<double>()) != none);
    CHECK(loss_contract(broken::MissingCurvature(3), classes<double>(3)) != none);
    CHECK(loss_contract(broken::KinkForgotten(), {.targets = rows_of<double>({0, 1.5, -3})}) != none);
    CHECK(loss_contract(broken::HalfTheExposure(),
                        {.targets = rows_of<double>({0, 1, 3}), .grows_exponentially = true}) != none);
    auto wrong_domain = classes<double>(3);
    wrong_domain.refused = {1};
    CHECK(loss_contract(Multinomial<double>(3), wrong_domain) != none);
}

TEMPLATE_TEST_CASE("two-class softmax is the binary logistic loss of the difference", "[loss]", float, double,
                   long double) {
    using S = TestType;
    Random random(5);
    const Index n = 40;
    Matrix<S> eta = S(6) * normal_matrix<S>(random, n, 2), y(n, 1);
    for (Index i = 0; i < n; ++i) y(i, 0) = S(static_cast<int>(i % 2));
    const Vector<S> s = uniform_vector<S>(random, n, 0.5, 2);
    const Matrix<S> difference = eta.col(1) - eta.col(0);
    const Multinomial<S> softmax(2);
    const Logistic<S> logistic;
    const auto two = LossProbe<Multinomial<S>>(softmax).all(y, eta, s);
    const auto one = LossProbe<Logistic<S>>(logistic).all(y, difference, s);
    CHECK(error_of(two.value, one.value) <= tolerance::product<S>);
    CHECK(error_of(two.slope.col(1), one.slope.col(0)) <= tolerance::rounding<S>);
    CHECK(error_of(two.slope.col(0), -one.slope.col(0)) <= tolerance::rounding<S>);
    for (const Index pair : {0, 2})
        CHECK(error_of(two.curvature.col(pair), one.curvature.col(0)) <= tolerance::rounding<S>);
    CHECK(error_of(two.curvature.col(1), -one.curvature.col(0)) <= tolerance::rounding<S>);
}

TEMPLATE_TEST_CASE("two ordered levels are the binary logistic loss of -eta", "[loss]", float, double, long double) {
    using S = TestType;
    Random random(6);
    const Index n = 40;
    const Matrix<S> eta = S(12) * normal_matrix<S>(random, n, 1), minus = -eta;
    Matrix<S> y(n, 1);
    for (Index i = 0; i < n; ++i) y(i, 0) = S(static_cast<int>(i % 2));
    const Vector<S> s = uniform_vector<S>(random, n, 0.5, 2);
    const auto levels = LossProbe<CumulativeLink<S>>(CumulativeLink<S>(2)).all(y, eta, s);
    const auto binary = LossProbe<Logistic<S>>(Logistic<S>()).all(y, minus, s);
    CHECK(error_of(levels.value, binary.value) <= tolerance::product<S>);
    CHECK(error_of(levels.slope, -binary.slope) <= tolerance::rounding<S>);
    CHECK(error_of(levels.curvature, binary.curvature) <= tolerance::rounding<S>);
}

// A row that is fitted well keeps its relative digits: value, slope and curvature near u = exp(-|eta|), which long
// double resolves.
TEMPLATE_TEST_CASE("well fitted rows keep their digits", "[loss]", float, double) {
    using S = TestType;
    const double digits = tolerance::rounding<S>;
    const Vector<S> one = Vector<S>::Ones(1);
    for (const double size : {1e-3, 1.0, 15.0, 36.0, 36.9, 40.0, 50.0, 80.0}) {
        const long double u = std::exp(-static_cast<long double>(S(size)));
        const auto close = [&](const S& actual, long double expected) {
            return entry_error<long double>(actual, expected, 0.0L) <= digits;
        };
        for (const int y : {0, 1}) {
            const Matrix<S> target = Matrix<S>::Constant(1, 1, S(y)),
                            eta = Matrix<S>::Constant(1, 1, S(y ? size : -size));
            const Logistic<S> loss;
            const auto point = LossProbe<Logistic<S>>(loss).all(target, eta, one);
            INFO("eta = " << eta(0, 0));
            CHECK(close(point.value, std::log1p(u)));
            CHECK(close(point.slope(0, 0), (y ? -1 : 1) * u / (1 + u)));
            CHECK(close(point.curvature(0, 0), u / (1 + u) / (1 + u)));
        }
        // three classes: the true one ahead of the others by `size` and `size + 1`
        Matrix<S> eta(1, 3);
        eta << S(1), S(1 + size), S(0);
        const long double v = std::exp(static_cast<long double>(eta(0, 2)) - static_cast<long double>(eta(0, 1)));
        const long double w = std::exp(static_cast<long double>(eta(0, 0)) - static_cast<long double>(eta(0, 1)));
        const Multinomial<S> loss(3);
        const auto point = LossProbe<Multinomial<S>>(loss).all(Matrix<S>::Ones(1, 1), eta, one);
        INFO("three classes, ahead by " << size);
        CHECK(close(point.value, std::log1p(v + w)));
        CHECK(close(point.slope(0, 1), -(v + w) / (1 + v + w)));
        CHECK(close(point.slope(0, 0), w / (1 + v + w)));
        CHECK(close(point.curvature(0, pair_index(1, 1, 3)), (v + w) / (1 + v + w) / (1 + v + w)));
    }
}
