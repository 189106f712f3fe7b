#include "contracts/outside/pseudo_huber.hpp"
#include "contracts/violations.hpp"
#include "support/broken.hpp"
#include "support/problems.hpp"
#include <gradus/penalties/any_penalty.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

/// What every smooth penalty promises, at random coefficients of p features and k outputs.
template <class S, class P>
Violations penalty_contract(const P& penalty, Index p, Index k) {
    Contract contract;
    Random random(23);
    const Matrix<S> zero = Matrix<S>::Zero(p, k);
    const auto value = [&](const Matrix<S>& W) { return S(penalty.value(Coefficients<S>(W))); };
    const auto gradient = [&](const Matrix<S>& W, const Matrix<S>& before) {
        Matrix<S> G = before;
        penalty.add_gradient(Coefficients<S>(W), MatrixView<S>(G));
        return G;
    };
    const auto curvature = [&](const Matrix<S>& W, const Matrix<S>& before) {
        Matrix<S> h = before;
        penalty.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
        return h;
    };
    contract.expect(value(zero) == S(0), "the penalty of zero is ", value(zero));
    Matrix<S> first_curvature;
    for (int round = 0; round < 3; ++round) {
        const Matrix<S> W = normal_matrix<S>(random, p, k), there = normal_matrix<S>(random, p, k);
        const Matrix<S> G = gradient(W, zero), h = curvature(W, zero);
        contract.expect_equal(gradient(W, there), there + G, tolerance::rounding<S>, "add_gradient() does not add");
        contract.expect_equal(curvature(W, there), there + h, tolerance::rounding<S>, "add_curvature() does not add");
        for (Index c = 0; c < k; ++c)
            for (Index j = 0; j < p; ++j) {
                const auto moved = [&](const S& t) {
                    Matrix<S> out = W;
                    out(j, c) += t;
                    return out;
                };
                const S slope = central_difference<S>([&](const S& t) { return value(moved(t)); });
                contract.expect_equal(G(j, c), slope, tolerance::difference_quotient<S>, "gradient (", j, ", ", c, ")");
                Matrix<S> column = central_difference<S>([&](const S& t) { return gradient(moved(t), zero); });
                contract.expect_equal(h(j, c), column(j, c), tolerance::difference_quotient<S>, "curvature (", j, ", ",
                                      c, ")");
                column(j, c) = S(0);
                contract.expect_equal(column, zero, tolerance::difference_quotient<S>, "the Hessian is not diagonal");
                contract.expect(h(j, c) >= S(0), "not convex: curvature ", h(j, c));
            }
        if constexpr (P::is_zero) contract.expect(value(W) == S(0), "is_zero, but the value is ", value(W));
        if (round == 0) first_curvature = h;
        if constexpr (P::is_quadratic)
            contract.expect_equal(h, first_curvature, tolerance::rounding<S>,
                                  "is_quadratic, but the Hessian depends on W");
        if constexpr (P::is_class_symmetric) {
            const Matrix<S> turned = W.lazyProduct(orthonormal<S>(random, k, k));
            contract.expect_equal(value(turned), value(W), tolerance::rounding<S>,
                                  "is_class_symmetric, but a rotation of the classes changes the value");
        }
    }
    return contract.violations();
}

Ridge with_factors() {
    Ridge ridge{.lambda = 0.7};
    ridge.factors = Eigen::Vector4d(1, 0, 2.5, 1e-3);
    return ridge;
}

/// As it reaches an objective: with its type forgotten.
template <class S>
struct Forgotten : AnyPenalty<S> {
    using AnyPenalty<S>::AnyPenalty;
    static constexpr bool is_zero = false, is_quadratic = false, is_class_symmetric = false;
};

}  // namespace

TEMPLATE_TEST_CASE("penalties keep the contract", "[penalty]", float, double, long double) {
    using S = TestType;
    CHECK(penalty_contract<S>(NoPenalty(), 4, 3) == none);
    CHECK(penalty_contract<S>(Ridge{.lambda = 0.3}, 4, 3) == none);
    CHECK(penalty_contract<S>(with_factors(), 4, 3) == none);
    CHECK(penalty_contract<S>(Ridge{.lambda = 0}, 4, 1) == none);
    CHECK(penalty_contract<S>(outside::PseudoHuber(), 4, 3) == none);
}

TEST_CASE("a penalty whose type is forgotten keeps the contract", "[penalty]") {
    CHECK(penalty_contract<double>(Forgotten<double>(with_factors()), 4, 3) == none);
    CHECK(penalty_contract<double>(Forgotten<double>(outside::PseudoHuber()), 4, 3) == none);
}

TEST_CASE("the contract of penalties notices mistakes", "[penalty]") {
    CHECK(penalty_contract<double>(broken::DoubledRidge(), 4, 3) != none);
    CHECK(penalty_contract<double>(broken::OverwritingRidge(), 4, 3) != none);
}

TEST_CASE("a ridge is what its formula says", "[penalty]") {
    Matrix<double> W(4, 2);
    W << 1, 2, 3, 4, 5, 6, 1000, -2000;
    // 0.7 / 2 * (1 * (1 + 4) + 0 * (9 + 16) + 2.5 * (25 + 36) + 0.001 * 5e6) = 0.35 * (5 + 152.5 + 5000)
    CHECK_THAT(with_factors().value(Coefficients<double>(W)), near(0.35 * 5157.5, tolerance::rounding<double>));
}

TEST_CASE("a ridge refuses amounts that make no sense", "[penalty]") {
    CHECK_NOTHROW(Ridge{.lambda = 0}.check(3));
    CHECK_THROWS_AS(Ridge{.lambda = -1}.check(3), InvalidInput);
    CHECK_THROWS_AS(Ridge{.lambda = std::numeric_limits<double>::infinity()}.check(3), InvalidInput);
    CHECK_THROWS_AS(Ridge{.lambda = std::numeric_limits<double>::quiet_NaN()}.check(3), InvalidInput);
    CHECK_THROWS_WITH(with_factors().check(3), Catch::Matchers::ContainsSubstring("4 factors for 3 features"));
    Ridge negative = with_factors();
    negative.factors[2] = -1;
    CHECK_THROWS_WITH(negative.check(4), Catch::Matchers::ContainsSubstring("factor 2 is -1"));
}

// Only a predictor makes Coefficients: no vector or matrix is taken for them, least of all one that holds an intercept.
template <class P, class W>
concept Values = requires(const P& penalty, const W& w) {
    penalty.value(w);
};
static_assert(Values<Ridge, Coefficients<double>> && Values<NoPenalty, Coefficients<double>> &&
              Values<outside::PseudoHuber, Coefficients<double>>);
static_assert(!Values<Ridge, Vector<double>> && !Values<Ridge, Matrix<double>> && !Values<NoPenalty, Matrix<double>> &&
              !Values<outside::PseudoHuber, Vector<double>>);
static_assert(!std::is_convertible_v<Matrix<double>, Coefficients<double>> &&
              !std::is_convertible_v<Vector<double>, Coefficients<double>>);
