// The kernels over X against dense products.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/row_block.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

template <class S>
void check_kernels(const DenseView<S>& view, const Matrix<S>& dense, const Coordinates<S>& coordinates) {
    Random random(191);
    const Index n = dense.rows(), p = dense.cols();
    Matrix<S> X = dense;
    if (!coordinates.is_identity()) X = (X.rowwise() - coordinates.shift.transpose()) * coordinates.scale.asDiagonal();
    const Design<S> design = Design<S>(view).seen_in(coordinates);
    RowBlockScratch<S> scratch;
    for (const Index q : {1, 3}) {
        const Matrix<S> W = normal_matrix<S>(random, p, q), R = normal_matrix<S>(random, n, q);
        const Vector<S> d = normal_vector<S>(random, n);
        Matrix<S> times = Matrix<S>::Constant(n, q, std::numeric_limits<S>::quiet_NaN()),
                  transposed = Matrix<S>::Ones(p, q), gram = Matrix<S>::Zero(p, p);
        Matrix<S> exact(n, q), low(n, q), part(p, q), rest(p, q), exact_transposed = Matrix<S>::Zero(p, q), all(n, p);
        Index next = 0;
        const auto at = [&](RowBlock<S>& block) {
            CHECK(block.first() == next);
            CHECK(block.columns() == p);
            const Index first = block.first(), b = block.rows();
            block.times(W, times.middleRows(first, b));
            block.add_transposed_times(R.middleRows(first, b), transposed);
            block.add_weighted_gram(d.segment(first, b), gram);
            block.times_exactly(W, exact.middleRows(first, b), low.middleRows(first, b));
            block.transposed_times_exactly(R.middleRows(first, b), part, rest);
            exact_transposed += part + rest;
            all.middleRows(first, b) = block.dense();
            next += b;
        };
        for (Index range = 0; range < design.ranges().count(); ++range) for_each_block<S>(design, range, scratch, at);
        CHECK(next == n);
        CHECK(error_of(all, X) <= tolerance::rounding<S>);
        CHECK(error_of(times, X.lazyProduct(W)) <= tolerance::product<S>);
        CHECK(error_of(transposed, X.transpose().lazyProduct(R) + Matrix<S>::Ones(p, q)) <= tolerance::product<S>);
        const Matrix<S> expected = X.transpose().lazyProduct(d.asDiagonal() * X);
        CHECK(error_of(Matrix<S>(gram.template triangularView<Eigen::Lower>()),
                       Matrix<S>(expected.template triangularView<Eigen::Lower>())) <= tolerance::product<S>);
        CHECK(Matrix<S>(gram.template triangularView<Eigen::StrictlyUpper>()).isZero(S(0)));
        CHECK(error_of(exact + low, X.lazyProduct(W)) <= tolerance::product<S>);
        CHECK(error_of(exact_transposed, X.transpose().lazyProduct(R)) <= tolerance::product<S>);
    }
}

}  // namespace

TEMPLATE_TEST_CASE("kernels are dense products, for every storage, size and coordinates", "[data]", float, double,
                   long double) {
    using S = TestType;
    struct Shape {
        Index n, p;
    };
    for (const auto [n, p] : {Shape{1, 1}, Shape{7, 2}, Shape{513, 3}, Shape{1100, 5}, Shape{40, 9}, Shape{3, 20}}) {
        INFO(n << " x " << p);
        Random random(193);
        const Matrix<S> X = normal_matrix<S>(random, n, p);
        const Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> row_major = X;
        Matrix<S> spread = Matrix<S>::Constant(2 * n, p, S(1e30));
        for (Index i = 0; i < n; ++i) spread.row(2 * i) = X.row(i);
        const Eigen::Map<const Matrix<S>, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> strided(
            spread.data(), n, p, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(2 * n, 2));
        const Coordinates<S> z{normal_vector<S>(random, p), Vector<S>::Constant(p, S(0.5))};
        for (const auto& coordinates : {Coordinates<S>{}, z}) {
            check_kernels<S>(DenseView<S>(X), X, coordinates);
            check_kernels<S>(DenseView<S>(row_major), X, coordinates);
            check_kernels<S>(DenseView<S>(strided), X, coordinates);
        }
    }
}

// As they lie in memory, by columns, by rows, and already written down; and with entries beyond the range in a row of
// slope zero.
TEST_CASE("products in single precision have its digits, whatever the size of the numbers", "[data]") {
    Random random(194);
    const Index n = 300, p = 41, q = 5, beyond = 17;
    Matrix<double> X = normal_matrix<double>(random, n, p);
    X.col(3) *= 1e200;
    X.row(beyond) *= 1e60;
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows = X;
    Coordinates<double> z{Vector<double>::Zero(p), Vector<double>::Ones(p)};
    for (Index j = 0; j < p; ++j) z.shift[j] = X(0, j) / 2;
    z.scale[3] = 1 / std::ldexp(1.0, 664);
    const Matrix<double> seen = (X.rowwise() - z.shift.transpose()) * z.scale.asDiagonal();
    const Matrix<double> W = 1e-90 * normal_matrix<double>(random, p, q);
    Matrix<double> R = 1e-70 * normal_matrix<double>(random, n, q);
    R.row(beyond).setZero();
    const auto check = [&](const DenseView<double>& view, bool is_written_down) {
        const Design<double> design = Design<double>(view).seen_in(z);
        RowBlockScratch<double> scratch;
        Matrix<double> times(n, q), transposed = Matrix<double>::Zero(p, q), gram = Matrix<double>::Zero(p, p);
        const auto at = [&](RowBlock<double>& block) {
            if (is_written_down) block.dense();
            block.use_single_precision();
            block.times(W, times.middleRows(block.first(), block.rows()));
            block.add_transposed_times(R.middleRows(block.first(), block.rows()), transposed);
            block.add_weighted_gram(R.col(1).segment(block.first(), block.rows()), gram, 0, 7);
            block.add_weighted_gram(R.col(1).segment(block.first(), block.rows()), gram, 7, p);
        };
        for (Index range = 0; range < design.ranges().count(); ++range)
            for_each_block<double>(design, range, scratch, at);
        Matrix<double> expected = seen.lazyProduct(W);
        times.row(beyond).setZero();
        expected.row(beyond).setZero();
        const Matrix<double> expected_transposed = seen.transpose().lazyProduct(R);
        const double error = (times - expected).norm() / expected.norm();
        CHECK(error <= 1e-6);
        CHECK(error >= 1e-9);  // it is not double precision
        CHECK((transposed - expected_transposed).norm() <= 1e-6 * expected_transposed.norm());
        const Matrix<double> expected_gram = seen.transpose() * R.col(1).asDiagonal() * seen;
        for (Index j = 0; j < p; ++j)
            for (Index i = 0; i < p; ++i)
                CHECK(std::abs(gram(i, j) - (i < j ? 0 : expected_gram(i, j))) <= 1e-6 * expected_gram.norm());
    };
    check(DenseView<double>(X), false);
    check(DenseView<double>(X), true);
    check(DenseView<double>(by_rows), false);
}

// A block of X stays in cache: many columns make fewer rows, but never fewer than 32.
TEST_CASE("blocks are cut by the number of columns", "[data]") {
    const auto rows_of = [](Index n, Index p) {
        const Matrix<double> X = Matrix<double>::Zero(n, p);
        return Design<double>(DenseView<double>(X)).block_rows();
    };
    CHECK(rows_of(1000, 1) == max_block_rows);
    CHECK(rows_of(100, 1) == 100);
    CHECK(rows_of(1000, 256) == 128);   // 128 * 256 * 8 bytes = 256 kB
    CHECK(rows_of(1000, 5000) == 128);  // no fewer of columns in memory
    const Design<double> without_features(1000);
    RowBlockScratch<double> scratch;
    Index visited = 0;
    for_each_block<double>(without_features, 0, scratch, [&](RowBlock<double>& block) { visited += block.rows(); });
    CHECK(visited == 1000);
}
