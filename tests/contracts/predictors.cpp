#include "contracts/outside/shared_slopes.hpp"
#include "contracts/violations.hpp"
#include "support/broken.hpp"
#include "support/problems.hpp"
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/proportional_odds.hpp>
#include <gradus/predictors/sum_to_zero.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr Index n = 23, p = 3;

/// Rows in blocks of ten, as a walk would hand them out.
template <class S>
class Data {
public:
    explicit Data(Coordinates<S> coordinates = {}) : X_(random_matrix()), design_(DenseView<S>(X_)) {
        design_ = design_.seen_in(std::move(coordinates));
    }
    Data(const Data&) = delete;

    template <class At>
    void for_each_block(At&& at) {
        for (Index first = 0; first < n; first += 10) {
            RowBlock<S> block(design_, block_scratch_, {first, std::min<Index>(10, n - first)});
            at(block);
        }
    }
    PredictorScratch<S> scratch;

private:
    static Matrix<S> random_matrix() {
        Random random(31);
        return normal_matrix<S>(random, n, p);
    }

    Matrix<S> X_;
    Design<S> design_;
    RowBlockScratch<S> block_scratch_;
};

template <class S>
Coordinates<S> powers_of_two() {
    Coordinates<S> out{Vector<S>(p), Vector<S>(p)};
    out.shift << S(0.5), S(0), S(-2);
    out.scale << S(4), S(0.125), S(1);
    return out;
}

template <class S, class P>
Matrix<S> image(const P& predictor, Data<S>& data, const Vector<S>& theta) {
    Matrix<S> eta = Matrix<S>::Constant(n, predictor.outputs(), std::numeric_limits<S>::quiet_NaN());
    data.for_each_block([&](RowBlock<S>& block) {
        predictor.forward(block, theta, eta.middleRows(block.first(), block.rows()), data.scratch);
    });
    return eta;
}

/// What every predictor promises: it is a linear map, and all its other functions are derived from that map. `reach`:
/// outputs further apart have no curvature between them.
template <class S, class P>
Violations predictor_contract(const P& predictor, Data<S>& data, Index reach = 1000) {
    Contract contract;
    Random random(37);
    const Index d = predictor.dimension(), k = predictor.outputs(), m = predictor.loadings().rows();
    const double tolerance = tolerance::product<S>;
    const auto rows_of = [](const RowBlock<S>& block, const Matrix<S>& M) {
        return M.middleRows(block.first(), block.rows());
    };

    // the map as a matrix, n k x d, and the map from theta to the coefficients, p m x d
    Matrix<S> J(n * k, d), C(p * m, d);
    for (Index j = 0; j < d; ++j) {
        const Vector<S> unit = Vector<S>::Unit(d, j);
        J.col(j) = image<S>(predictor, data, unit).reshaped();
        C.col(j) = Matrix<S>(predictor.coefficients(unit)).reshaped();
    }
    const Vector<S> theta = normal_vector<S>(random, d);
    const Matrix<S> eta = image<S>(predictor, data, theta);
    contract.expect_equal(eta.reshaped(), J.lazyProduct(theta), tolerance, "forward() is not linear");

    const Matrix<S> W = predictor.coefficients(theta);
    const Vector<S> b = predictor.intercept(theta);
    contract.expect(W.rows() == p && W.cols() == m && predictor.loadings().cols() == k && b.size() == k,
                    "coefficients() or intercept() have the wrong size");
    Matrix<S> X(n, p);
    data.for_each_block([&](RowBlock<S>& block) { X.middleRows(block.first(), block.rows()) = block.dense(); });
    Matrix<S> expected = X.lazyProduct(W.lazyProduct(predictor.loadings()).eval());
    expected.rowwise() += b.transpose();
    contract.expect_equal(eta, expected, tolerance, "eta is not X W A + 1 b'");
    contract.expect_equal(W.reshaped(), C.lazyProduct(theta), tolerance, "coefficients() is not linear");
    contract.expect_equal(b, predictor.intercept_map().lazyProduct(theta.tail(predictor.intercepts())), tolerance,
                          "intercept() is not intercept_map() times the last of theta");

    const Matrix<S> slope = normal_matrix<S>(random, n, k);
    const Vector<S> before = normal_vector<S>(random, d);
    Vector<S> gradient = before;
    data.for_each_block(
        [&](RowBlock<S>& block) { predictor.pullback(block, rows_of(block, slope), gradient, data.scratch); });
    contract.expect_equal(gradient - before, J.transpose().lazyProduct(slope.reshaped()), tolerance,
                          "pullback() is not the adjoint of forward(), added");

    for (Index j = 0; j < d; ++j)
        contract.expect((C.col(j).array() == S(0)).all() == (j >= predictor.first_intercept()),
                        "first_intercept() is not the first parameter of no feature");

    const Matrix<S> G = normal_matrix<S>(random, p, m);
    gradient = before;
    predictor.add_coefficient_gradient(G, gradient);
    contract.expect_equal(gradient - before, C.transpose().lazyProduct(G.reshaped()), tolerance,
                          "add_coefficient_gradient() is not the adjoint of coefficients(), added");

    Matrix<S> curvature = normal_matrix<S>(random, n, pair_count(k));  // of any sign
    for (Index c = 0; c < k; ++c)
        for (Index e = 0; e < c; ++e)
            if (c - e > reach) curvature.col(pair_index(c, e, k)).setZero();
    Matrix<S> D = Matrix<S>::Zero(n * k, n * k);
    for (Index i = 0; i < n; ++i)
        for (Index c = 0; c < k; ++c)
            for (Index e = 0; e < k; ++e)
                D(c * n + i, e * n + i) = curvature(i, pair_index(std::max(c, e), std::min(c, e), k));
    const auto lower = [](const Matrix<S>& M) { return Matrix<S>(M.template triangularView<Eigen::Lower>()); };
    const Matrix<S> sandwich = lower(J.transpose().lazyProduct(D.lazyProduct(J)));
    Matrix<S> H = Matrix<S>::Zero(d, d);
    data.for_each_block(
        [&](RowBlock<S>& block) { predictor.sandwich(block, rows_of(block, curvature), H, data.scratch); });
    predictor.complete(H);
    contract.expect_equal(lower(H), sandwich, tolerance, "sandwich() is not J'DJ");

    H = Matrix<S>::Zero(d, d);
    for (const Index worker : {2, 0, 1})
        data.for_each_block([&](RowBlock<S>& block) {
            predictor.sandwich(block, rows_of(block, curvature), H, data.scratch, Share{worker, 3, 2});
        });
    predictor.complete(H);
    contract.expect_equal(lower(H), sandwich, tolerance, "three shares of sandwich() are not the whole");

    H = Matrix<S>::Zero(d, d);
    predictor.add_coefficient_curvature(G, H);
    contract.expect_equal(lower(H), lower(C.transpose().lazyProduct(G.reshaped().asDiagonal() * C)), tolerance,
                          "add_coefficient_curvature() is not C'diag(h)C");

    Matrix<S> high(n, k), low(n, k);
    Vector<S> sum = Vector<S>::Zero(d), part(d), rest(d);
    data.for_each_block([&](RowBlock<S>& block) {
        predictor.forward_exactly(block, theta, high.middleRows(block.first(), block.rows()),
                                  low.middleRows(block.first(), block.rows()), data.scratch);
        predictor.pullback_exactly(block, rows_of(block, slope), part, rest, data.scratch);
        sum += part + rest;
    });
    contract.expect_equal(high + low, eta, tolerance, "forward_exactly() is not forward()");
    contract.expect_equal(sum, J.transpose().lazyProduct(slope.reshaped()), tolerance,
                          "pullback_exactly() is not pullback()");

    contract.expect_equal(predictor.parameters(W, b), theta, tolerance, "parameters() does not invert");
    const Vector<S> row = X.row(5).transpose();
    for (Index c = 0; c < k; ++c) {
        Vector<S> out = Vector<S>::Ones(d);
        predictor.add_direction(row, c, S(-2), out);
        contract.expect_equal(S(out.dot(theta)), S(theta.sum() - S(2) * eta(5, c)), tolerance, "add_direction() of ",
                              c);
    }
    return contract.violations();
}

}  // namespace

TEMPLATE_TEST_CASE("predictors keep the contract", "[predictor]", float, double, long double) {
    using S = TestType;
    Data<S> plain, scaled(powers_of_two<S>());
    for (Data<S>* data : {&plain, &scaled}) {
        for (const bool has_intercept : {true, false}) {
            CHECK(predictor_contract<S>(linear_predictor<S>(p, 1, has_intercept), *data) == none);
            CHECK(predictor_contract<S>(linear_predictor<S>(p, 3, has_intercept), *data) == none);
            for (const Index K : {2, 4})
                CHECK(predictor_contract<S>(sum_to_zero_predictor<S>(p, K, has_intercept), *data) == none);
        }
        for (const Index K : {2, 3, 6})
            CHECK(predictor_contract<S>(proportional_odds_predictor<S>(p, K), *data, 1) == none);
        CHECK(predictor_contract<S>(outside::shared_slopes<S>(p, 3), *data) == none);
    }
}

TEST_CASE("the contract of predictors notices mistakes", "[predictor]") {
    Data<double> data;
    CHECK(predictor_contract<double>(broken::ForgetfulPullback(linear_predictor<double>(p, 2, true)), data) != none);
    CHECK(predictor_contract<double>(broken::UncoupledSandwich(linear_predictor<double>(p, 2, true)), data) != none);
}

TEMPLATE_TEST_CASE("coefficients that sum to zero do so over the classes, and no step is longer for it", "[predictor]",
                   float, double) {
    using S = TestType;
    Random random(41);
    for (const Index K : {2, 3, 7}) {
        const Predictor<S> predictor = sum_to_zero_predictor<S>(p, K, true);
        const Vector<S> theta = normal_vector<S>(random, predictor.dimension());
        const Matrix<S> W = predictor.coefficients(theta);
        CHECK(error_of(W.rowwise().sum(), Matrix<S>::Zero(p, 1)) <= tolerance::rounding<S>);
        CHECK(error_of(predictor.intercept(theta).sum(), S(0)) <= tolerance::rounding<S>);
        CHECK(error_of(W.norm(), theta.head(p * (K - 1)).norm()) <= tolerance::rounding<S>);
    }
}
