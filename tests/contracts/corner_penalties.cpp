// What penalties with corners promise: value, prox, distance to the subdifferential and conjugate are of one function.

#include "contracts/violations.hpp"
#include "support/broken.hpp"
#include "support/problems.hpp"
#include <gradus/penalties/any_corner_penalty.hpp>
#include <gradus/penalties/bounds.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/mcp.hpp>
#include <gradus/penalties/non_negative.hpp>
#include <gradus/penalties/scad.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

/// As its author would write it: nothing but the three functions of one coefficient.
struct SquareRoot {
    static constexpr bool is_zero = false;
    template <class S>
    S value(Index, const S& w) const {  // convex: |w| + sqrt(1 + w^2) - 1
        using std::abs, std::sqrt;
        return abs(w) + sqrt(1 + w * w) - 1;
    }
    template <class S>
    S prox(Index, const S& step, const S& w) const {  // the root of v + step (1 + v / sqrt(1 + v^2)) = |w|, by halves
        using std::abs, std::sqrt;
        S low(0), high(abs(w));
        if (high <= step) return 0;
        for (int i = 0; i < 200; ++i) {
            const S v = (low + high) / 2;
            (v + step * (1 + v / sqrt(1 + v * v)) < abs(w) ? low : high) = v;
        }
        return w > 0 ? high : -high;
    }
    template <class S>
    S subdifferential_distance(Index, const S& w, const S& slope) const {
        using std::abs, std::sqrt;
        return w == 0 ? std::max(S(0), S(abs(slope) - 1)) : abs(slope + (w > 0 ? 1 : -1) + w / sqrt(1 + w * w));
    }
};

/// Of one coefficient, w of feature j. The prox is compared with the best of a fine grid, the distance with one-sided
/// differences of the value, the conjugate with the supremum over the grid.
template <class S, class P>
Violations separable_contract(const P& penalty, Index features) {
    Contract contract;
    Random random(31);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const S small = tolerance::product<S>;
    for (Index j = 0; j < features; ++j)
        for (int round = 0; round < 40; ++round) {
            const S w = S(3 * random.normal()), t = S(std::exp(random.uniform(-3, 3)));
            const auto objective = [&](const S& v) {
                return static_cast<double>(S(penalty.value(j, v) + (v - w) * (v - w) / (2 * t)));
            };
            const S v = penalty.prox(j, t, w);
            const double at_prox = objective(v);
            contract.expect(at_prox < infinity, "prox(", w, ") = ", v, " is where the penalty is infinite");
            for (int i = -4000; i <= 4000; ++i)
                for (const S& u : {S(0.0025 * i), S(v + S(1e-5 * i) * (v - w)), S(v + S(1e-7 * i))})
                    contract.expect(!(objective(u) < at_prox - 4 * static_cast<double>(small) * (1 + at_prox)), "prox(",
                                    w, ") with step ", t, " is ", v, ", but ", u, " is better by ",
                                    at_prox - objective(u));
            const S slope = (v - w) / t, rounding = small * (1 + std::abs(slope) + std::abs(w / t));
            const S distance = penalty.subdifferential_distance(j, v, slope);
            contract.expect(distance >= 0 && distance <= rounding, "the distance at the minimum is ", distance);
            if constexpr (requires { penalty.conjugate(j, w); }) {
                const S dual = penalty.conjugate(j, S(-slope));
                contract.expect_equal(dual, S(-slope * v - penalty.value(j, v)), 4 * static_cast<double>(rounding),
                                      "conjugate(", S(-slope), ")");
                for (int i = -400; i <= 400; ++i)
                    contract.expect(
                        !(penalty.conjugate(j, w) < w * S(0.025 * i) - penalty.value(j, S(0.025 * i)) - rounding),
                        "conjugate(", w, ") is below its supremum");
            }
        }
    // one-sided slopes at random points, at zero, and where the penalty holds a coefficient
    const S h = S(std::pow(static_cast<double>(epsilon<S>), 0.4));
    for (Index j = 0; j < features; ++j)
        for (int round = 0; round < 60; ++round) {
            const S point = round < 10 ? S(0) : round < 20 ? S(20 * (round % 2) - 10) : S(2 * random.normal());
            const S w = penalty.prox(j, S(1e-3), point), slope = S(2 * random.normal()), value = penalty.value(j, w);
            const auto one_sided = [&](const S& d) {  // (-3 f(0) + 4 f(d) - f(2 d)) / 2 d
                return S((4 * (penalty.value(j, S(w + d)) - value) - (penalty.value(j, S(w + 2 * d)) - value)) /
                         (2 * d));
            };
            S right = one_sided(h), left = one_sided(-h);
            if (!(right - right == 0)) right = std::numeric_limits<S>::infinity();
            if (!(left - left == 0)) left = -std::numeric_limits<S>::infinity();
            const S expected = std::max(S(0), std::max(S(-slope - right), S(left + slope)));
            contract.expect_equal(S(penalty.subdifferential_distance(j, w, slope)), expected,
                                  50 * static_cast<double>(h), "distance at ", w, " with slope ", slope);
        }
    return contract.violations();
}

/// Of a matrix: the prox is better than points around it at every distance, slopes there are in the subdifferential,
/// those elsewhere are not, and a short prox step t from W along -G gains t |distance|^2.
template <class S, class P>
Violations matrix_contract(const P& penalty, Index p, Index k) {
    Contract contract;
    Random random(37);
    const double small = tolerance::product<S>;
    const auto value = [&](const Matrix<S>& W) { return S(penalty.template value<S>(Coefficients<S>(W))); };
    const auto prox = [&](const Vector<S>& steps, Matrix<S> W) {
        penalty.template prox<S>(ConstVectorView<S>(steps), MatrixView<S>(W));
        return W;
    };
    const auto distance = [&](const Matrix<S>& W, const Matrix<S>& G) {
        Matrix<S> out(p, k);
        penalty.template subdifferential_distance<S>(Coefficients<S>(W), ConstMatrixView<S>(G), MatrixView<S>(out));
        return out;
    };
    for (int round = 0; round < 40; ++round) {
        const Matrix<S> W = S(std::exp(random.uniform(-2, 2))) * normal_matrix<S>(random, p, k);
        Vector<S> steps(p);
        for (Index j = 0; j < p; ++j) steps[j] = S(std::exp(random.uniform(-2, 1)));
        const auto objective = [&](const Matrix<S>& V) {
            return S(value(V) + ((V - W).array().square().colwise() / steps.array()).sum() / 2);
        };
        const Matrix<S> V = prox(steps, W);
        const Matrix<S> G = (V - W).array().colwise() / steps.array();
        const double scale = static_cast<double>(S(1 + G.cwiseAbs().maxCoeff() + W.cwiseAbs().maxCoeff()));
        contract.expect(distance(V, G).maxCoeff() <= small * scale && distance(V, G).minCoeff() >= 0,
                        "the distance at the minimum is ", S(distance(V, G).maxCoeff()));
        for (int i = 0; i < 60; ++i) {
            Matrix<S> U = V + S(std::pow(10, -0.1 * i)) * normal_matrix<S>(random, p, k);
            if (i % 3 == 0) U = V * S(1 + std::pow(10, -0.1 * i));
            if (i % 3 == 1) U.row(i % p).setZero();
            contract.expect(objective(U) >= objective(V) - S(small) * (1 + objective(V)), "prox is not the best by ",
                            S(objective(V) - objective(U)));
            const Matrix<S> slopes = (U - W).array().colwise() / steps.array();
            if (i < 20 && (U - V).norm() > S(0.01))
                contract.expect(distance(U, slopes).norm() > S(1e-4), "distance zero aside of the minimum");
        }
        Matrix<S> at = round % 2 ? V : W, slope = normal_matrix<S>(random, p, k);
        const S t = S(1e-8);  // short beside every length, long beside rounding
        const Matrix<S> next = prox(Vector<S>::Constant(p, t), Matrix<S>(at - t * slope));
        const S gain = value(at) - value(next) - slope.cwiseProduct(next - at).sum(),
                expected = distance(at, slope).squaredNorm();
        contract.expect_equal(S(gain / t), expected, 1e-3, "a short step gains");
        contract.expect_equal(value(Matrix<S>(2 * at)) + value(Matrix<S>::Zero(p, k)), value(Matrix<S>(2 * at)), small,
                              "the penalty of zero is not zero");
    }
    return contract.violations();
}

/// As it reaches an objective: with its type forgotten.
template <class S>
struct Forgotten : AnyCornerPenalty<S> {
    using AnyCornerPenalty<S>::AnyCornerPenalty;
    template <class T>
    S value(const Coefficients<T>& W) const {
        return AnyCornerPenalty<S>::value(W);
    }
    template <class T>
    void prox(const ConstVectorView<T>& steps, MatrixView<T> W) const {
        AnyCornerPenalty<S>::prox(steps, W);
    }
    template <class T>
    void subdifferential_distance(const Coefficients<T>& W, const ConstMatrixView<T>& G, MatrixView<T> out) const {
        AnyCornerPenalty<S>::subdifferential_distance(W, G, out);
    }
};

const Eigen::VectorXd factors = Eigen::Vector4d(1, 0, 2.5, 0.2);
Bounds box() {
    const double infinity = std::numeric_limits<double>::infinity();
    return {Eigen::Vector4d(-1, 0.5, -infinity, 0.25), Eigen::Vector4d(2, infinity, -0.5, 0.25)};
}
GroupLasso pairs() { return {.lambda = 0.6, .groups = {0, 1, 0, 1, 2, 1}}; }
GroupLasso weighed() { return {.lambda = 0.6, .groups = {0, 1, 0, 1, 2, 1}, .factors = Eigen::Vector3d(0.5, 2, 0)}; }

}  // namespace

static_assert(SeparablePenalty<Bounds> && CornerPenalty<Bounds> && Penalty<Bounds> && !SmoothPenalty<Bounds>);
static_assert(SeparablePenalty<MCP> && SeparablePenalty<SCAD, float> && SeparablePenalty<SquareRoot, long double>);
static_assert(CornerPenalty<GroupLasso> && !SeparablePenalty<GroupLasso> && !SeparablePenalty<Lasso>);
static_assert(is_convex_penalty<Bounds>() && is_convex_penalty<SquareRoot>() && !is_convex_penalty<MCP>());

TEMPLATE_TEST_CASE("penalties of single coefficients keep the contract", "[penalty]", double, long double) {
    using S = TestType;
    CHECK(separable_contract<S>(box(), 4) == none);
    CHECK(separable_contract<S>(Bounds{}, 2) == none);
    CHECK(separable_contract<S>(NonNegative{}, 2) == none);
    CHECK(separable_contract<S>(NonNegative{Eigen::Vector3i(1, -1, 0)}, 3) == none);
    CHECK(separable_contract<S>(SquareRoot{}, 1) == none);
    for (const double lambda : {0.0, 0.3, 2.0}) {
        for (const double gamma : {0.5, 1.5, 3.0}) CHECK(separable_contract<S>(MCP{lambda, gamma, factors}, 4) == none);
        for (const double gamma : {2.1, 3.7}) CHECK(separable_contract<S>(SCAD{lambda, gamma, factors}, 4) == none);
    }
}

TEMPLATE_TEST_CASE("penalties with corners keep the contract", "[penalty]", double, long double) {
    using S = TestType;
    CHECK(matrix_contract<S>(Lasso{0.4, factors}, 4, 3) == none);
    CHECK(matrix_contract<S>(ElasticNet{0.4, 0.3, factors}, 4, 3) == none);
    for (const Index k : {1, 3}) {
        CHECK(matrix_contract<S>(pairs(), 6, k) == none);
        CHECK(matrix_contract<S>(weighed(), 6, k) == none);
        CHECK(matrix_contract<S>(GroupLasso{.lambda = 0.8}, 5, k) == none);
    }
    CHECK(matrix_contract<S>(Forgotten<S>(pairs()), 6, 2) == none);
}

TEST_CASE("the contract of penalties with corners notices mistakes", "[penalty]") {
    CHECK(separable_contract<double>(broken::ShortProx{}, 1) != none);
    CHECK(separable_contract<double>(broken::ForgottenCorner{}, 1) != none);
    CHECK(separable_contract<double>(broken::MCPWithoutTail{{0.5}}, 1) != none);
    CHECK(separable_contract<double>(broken::OpenBounds{{Eigen::VectorXd::Zero(1), {}}}, 1) != none);
    CHECK(separable_contract<double>(
              broken::HalfConjugate{{Eigen::VectorXd::Constant(1, -1), Eigen::VectorXd::Ones(1)}}, 1) != none);
    CHECK(matrix_contract<double>(broken::EqualSteps{pairs()}, 6, 2) != none);
    CHECK(matrix_contract<double>(broken::GroupsOfOne{pairs()}, 6, 2) != none);
    CHECK(matrix_contract<double>(broken::DoubledValue{{.lambda = 0.5}}, 4, 2) != none);
}

TEST_CASE("Groups of one feature and one output are the lasso; groups have Yuan and Lin's factors", "[penalty]") {
    Random random(41);
    const Matrix<double> W = normal_matrix<double>(random, 6, 1);
    const Coefficients<double> at(W);
    CHECK_THAT(GroupLasso{.lambda = 0.4}.value<double>(at), near(Lasso{0.4}.value<double>(at), 1e-15));
    const double first = std::hypot(W(0, 0), W(2, 0)),
                 second = std::sqrt(W(1, 0) * W(1, 0) + W(3, 0) * W(3, 0) + W(5, 0) * W(5, 0));
    CHECK_THAT(pairs().value<double>(at),
               near(0.6 * (std::sqrt(2.0) * first + std::sqrt(3.0) * second + std::abs(W(4, 0))), 1e-15));
}

TEST_CASE("Penalties with corners refuse what they cannot mean", "[penalty]") {
    const double infinity = std::numeric_limits<double>::infinity();
    const Eigen::VectorXd one = Eigen::VectorXd::Ones(1), two = Eigen::VectorXd::Ones(2);
    CHECK_NOTHROW(Bounds{}.check(3));
    CHECK_THROWS_AS((Bounds{one, {}}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((Bounds{2 * two, two}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((Bounds{infinity * two, {}}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((Bounds{std::nan("") * two, {}}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((NonNegative{Eigen::Vector2i(1, 2)}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((NonNegative{Eigen::Vector2i(1, 1)}.check(3)), std::invalid_argument);
    for (const double bad : {-1.0, infinity, std::nan("")}) {
        CHECK_THROWS_AS(MCP{bad}.check(2), std::invalid_argument);
        CHECK_THROWS_AS((MCP{1, bad}.check(2)), std::invalid_argument);
        CHECK_THROWS_AS(SCAD{bad}.check(2), std::invalid_argument);
        CHECK_THROWS_AS((SCAD{1, bad}.check(2)), std::invalid_argument);
        CHECK_THROWS_AS(GroupLasso{.lambda = bad}.check(2), std::invalid_argument);
    }
    CHECK_THROWS_AS((SCAD{1, 2}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((GroupLasso{.groups = {0}}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((GroupLasso{.groups = {1, 1}}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((GroupLasso{.groups = {0, -1}}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((GroupLasso{.groups = {0, 5}}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((GroupLasso{.groups = {0, 0}, .factors = two}.check(2)), std::invalid_argument);
    CHECK_THROWS_AS((GroupLasso{.factors = -two}.check(2)), std::invalid_argument);
}
