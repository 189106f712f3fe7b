#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/numeric/products.hpp>
#include <gradus/numeric/sums.hpp>
#include <gradus/numeric/triangular.hpp>

using namespace gradus;
using namespace gradus::test;

TEMPLATE_TEST_CASE("a compensated sum keeps what rounding throws away", "[numeric]", float, double, long double) {
    using S = TestType;
    const S large = S(4) / epsilon<S>;
    Sum<S> sum;
    for (const S term : {large, S(1), -large}) sum.add(term);
    CHECK(sum.value() == S(1));
    for (const S term : {S(1), large, S(1), -large}) sum.add(term);
    CHECK(sum.value() == S(3));
    Sum<S> tenths;
    for (int i = 0; i < 1000; ++i) tenths.add(S(0.1));
    CHECK(error_of(tenths.value(), S(1000 * static_cast<long double>(S(0.1)))) <= 2 * static_cast<double>(epsilon<S>));
    CHECK(Sum<S>().value() == S(0));
    Sum<S> infinite;
    for (const S term : {S(1), std::numeric_limits<S>::infinity(), S(1)}) infinite.add(term);
    CHECK(infinite.value() == std::numeric_limits<S>::infinity());
}

TEST_CASE("sixteen digits and one more", "[numeric]") {
    Sum<double> sum;
    for (const double term : {1e16, 1.0, -1e16}) sum.add(term);
    CHECK(sum.value() == 1);
}

TEST_CASE("adding exactly loses nothing, in any order of sizes", "[numeric]") {
    Random random(167);
    for (int i = 0; i < 1000; ++i) {
        const double a = std::ldexp(random.normal(), static_cast<int>(random.below(40))),
                     b = std::ldexp(random.normal(), static_cast<int>(random.below(40)));
        double high = a, low = 0;
        add_exactly(high, low, b);
        CHECK(high == a + b);
        // 53 bits at exponents at most some 40 apart, and of numbers seldom near zero: mostly within the 64 of long
        // double, never beyond rounding
        CHECK(entry_error<long double>(static_cast<long double>(high) + low, static_cast<long double>(a) + b, 0.0L) <=
              2 * static_cast<double>(epsilon<long double>));
    }
}

TEST_CASE("the sum of vectors is compensated in each entry", "[numeric]") {
    VectorSum<double> sum(2);
    for (const double term : {1e16, 1.0, -1e16}) sum.add(Eigen::Vector2d(term, -2 * term));
    sum.add_low(Eigen::Vector2d(0.5, 0));
    Vector<double> mean;
    sum.mean(4, mean);
    CHECK(mean == Vector<double>(Eigen::Vector2d(1.5 / 4, -2.0 / 4)));
}

TEMPLATE_TEST_CASE("products are products", "[numeric]", float, double, long double) {
    using S = TestType;
    Random random(173);
    for (const Index n : {1, 5, 40}) {
        const Matrix<S> A = normal_matrix<S>(random, n, 3), B = normal_matrix<S>(random, 3, 4),
                        C = normal_matrix<S>(random, n, 4), D = normal_matrix<S>(random, n, 3);
        const Matrix<S> AB = A.lazyProduct(B), AC = A.transpose().lazyProduct(C), AD = A.transpose().lazyProduct(D);
        CHECK(error_of(product<S>(A, B), AB) <= tolerance::product<S>);
        CHECK(error_of(transposed_product<S>(A, C), AC) <= tolerance::product<S>);
        Matrix<S> out = B;
        add_transposed_product<S>(A, C, out);
        CHECK(error_of(out, B + AC) <= tolerance::product<S>);
        Matrix<S> lower = Matrix<S>::Constant(3, 3, S(7));
        add_lower_product<S>(A, D, lower);
        for (Index j = 0; j < 3; ++j)
            for (Index i = 0; i < 3; ++i)
                CHECK(error_of(lower(i, j), i >= j ? S(7) + AD(i, j) : S(7)) <=
                      tolerance::product<S>);  // above: untouched
        Matrix<S> scaled = D;
        const Vector<S> d = normal_vector<S>(random, n);
        scale_rows<S>(scaled, d);
        CHECK(error_of(scaled, d.asDiagonal() * D) <= tolerance::rounding<S>);
    }
}

TEMPLATE_TEST_CASE("products of any width and length are right: of integers exactly", "[numeric]", float, double,
                   long double) {
    using S = TestType;
    Random random(174);
    const auto integers = [&](Index rows, Index columns) {
        Matrix<S> A(rows, columns);
        for (Index j = 0; j < A.size(); ++j) A.data()[j] = S(static_cast<int>(random.bits() % 9)) - S(4);
        return A;
    };
    const Index n = GENERATE(1, 7, 16, 33, 100), p = GENERATE(1, 2, 3, 4, 5, 8, 13),
                q = GENERATE(1, 2, 3, 4, 9, 10, 11);
    const Matrix<S> A = integers(n, p), B = integers(n, q), W = integers(p, q), G = integers(p, p);
    CHECK(product<S>(A, W) == A.lazyProduct(W));
    CHECK(transposed_product<S>(A, B) == A.transpose().lazyProduct(B));
    Matrix<S> lower = G, expected = G;
    add_lower_product<S>(A, A, lower);
    expected.template triangularView<Eigen::Lower>() += A.transpose().lazyProduct(A).eval();
    CHECK(lower == expected);
}

TEMPLATE_TEST_CASE("products of nothing are empty or zero", "[numeric]", float, double, long double) {
    using S = TestType;
    CHECK(product<S>(Matrix<S>(0, 0), Matrix<S>(0, 0)).size() == 0);
    CHECK(product<S>(Matrix<S>(3, 2), Matrix<S>(2, 0)).cols() == 0);
    CHECK(product<S>(Matrix<S>(3, 0), Matrix<S>(0, 2)) == Matrix<S>::Zero(3, 2));
    CHECK(transposed_product<S>(Matrix<S>(3, 0), Matrix<S>(3, 2)).size() == 0);
    CHECK(transposed_product<S>(Matrix<S>(0, 3), Matrix<S>(0, 2)) == Matrix<S>::Zero(3, 2));
}

TEMPLATE_TEST_CASE("triangular systems are solved", "[numeric]", float, double, long double) {
    using S = TestType;
    Random random(179);
    for (const Index r : {0, 1, 2, 9}) {
        Matrix<S> T = normal_matrix<S>(random, r, r);
        T.diagonal().array() += S(4);
        const Matrix<S> upper = T.template triangularView<Eigen::Upper>(), x = normal_matrix<S>(random, r, 2);
        Matrix<S> b = upper.lazyProduct(x);
        solve_upper<S>(T, b);  // what stands below the diagonal is not read
        CHECK(error_of(b, x) <= tolerance::second_order<S>);
        b = upper.transpose().lazyProduct(x);
        solve_upper_transposed<S>(T, b);
        CHECK(error_of(b, x) <= tolerance::second_order<S>);
    }
}
