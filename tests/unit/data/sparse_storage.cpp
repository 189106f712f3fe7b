// Sparse matrices against the dense ones that they stand for.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/column_statistics.hpp>
#include <gradus/data/features.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/sum_to_zero.hpp>

#include <Eigen/SparseCore>
#include <cstdint>
#include <thread>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr int by_columns = Eigen::ColMajor, by_rows = Eigen::RowMajor;

template <class S>
Matrix<S> mostly_zeros(Random& random, Index rows, Index columns, double density) {
    Matrix<S> out = normal_matrix<S>(random, rows, columns);
    for (Index j = 0; j < columns; ++j)
        for (Index i = 0; i < rows; ++i)
            if (random.uniform() >= density) out(i, j) = S(0);
    if (rows > 2) out.row(rows / 2).setZero();
    if (columns > 2) out.col(columns / 2).setZero();
    return out;
}

// The entries of a dense matrix that are not zero, and some zeros.
template <int order, class T = double, class I = int, class S>
Eigen::SparseMatrix<T, order, I> sparse(const Matrix<S>& dense) {
    std::vector<Eigen::Triplet<T, I>> entries;
    for (Index j = 0; j < dense.cols(); ++j)
        for (Index i = 0; i < dense.rows(); ++i)
            if (dense(i, j) != S(0) || (i + 7 * j) % 101 == 3)
                entries.emplace_back(static_cast<I>(i), static_cast<I>(j), static_cast<T>(dense(i, j)));
    Eigen::SparseMatrix<T, order, I> out(dense.rows(), dense.cols());
    out.setFromTriplets(entries.begin(), entries.end());
    return out;
}

template <class S, class M>
SparseStorage<S, M> storage_of(const M& matrix) {
    return SparseStorage<S, M>(matrix);
}

template <class S>
void check_products(const Storage<S>& X, const RowSet& rows, const Matrix<S>& dense) {
    Random random(211);
    const Index b = dense.rows(), p = dense.cols();
    for (const Index q : {1, 2, 3}) {
        const Matrix<S> W = normal_matrix<S>(random, p, q), R = normal_matrix<S>(random, b, q);
        // parts of larger matrices, so that columns do not follow one another
        Matrix<S> times = Matrix<S>::Constant(b + 1, q, S(7)), transposed = Matrix<S>::Ones(p + 1, q);
        Matrix<S> high = times, low = times, high_transposed = transposed, low_transposed = transposed;
        X.times_exactly(rows, W, high.topRows(b), low.topRows(b));
        CHECK(error_of((high + low).topRows(b), dense.lazyProduct(W)) <= tolerance::product<S>);
        X.transposed_times_exactly(rows, R, high_transposed.topRows(p), low_transposed.topRows(p));
        CHECK(error_of((high_transposed + low_transposed).topRows(p), dense.transpose().lazyProduct(R)) <=
              tolerance::product<S>);
        if (!X.multiplies(rows, q, false)) continue;
        X.times(rows, nullptr, W, times.topRows(b));
        CHECK(error_of(times.topRows(b), dense.lazyProduct(W)) <= tolerance::product<S>);
        X.add_transposed_times(rows, nullptr, R, transposed.topRows(p));
        CHECK(error_of(transposed.topRows(p), Matrix<S>::Ones(p, q) + dense.transpose().lazyProduct(R)) <=
              tolerance::product<S>);
        CHECK((times.row(b).array() == S(7)).all());
        CHECK((transposed.row(p).array() == S(1)).all());
    }
}

template <class S>
void check_gram(const Storage<S>& X, const RowSet& rows, const Matrix<S>& dense) {
    Random random(223);
    const Index p = dense.cols();
    const Vector<S> d = normal_vector<S>(random, dense.rows()), scale = uniform_vector<S>(random, p, 0.5, 2);
    const Index begin = p / 3, end = p - p / 4;
    for (const bool is_scaled : {false, true}) {
        Matrix<S> H = Matrix<S>::Zero(p + 1, p), Z = dense;
        if (is_scaled) Z = dense * scale.asDiagonal();
        X.add_weighted_gram(rows, d, is_scaled ? scale.data() : nullptr, begin, end, H.topRows(p));
        Matrix<S> expected = Matrix<S>::Zero(p + 1, p);
        for (Index j = begin; j < end; ++j)
            for (Index i = j; i < p; ++i)
                for (Index r = 0; r < dense.rows(); ++r) expected(i, j) += Z(r, i) * d[r] * Z(r, j);
        CHECK(error_of(H, expected) <= tolerance::product<S>);
    }
}

template <class S>
void check_rows(const Storage<S>& X, const RowSet& rows, const Matrix<S>& dense, bool with_gram = true) {
    INFO("rows " << rows.first << " + " << rows.count << (rows.list ? ", listed" : ""));
    Matrix<S> expected(rows.count, dense.cols());
    for (Index i = 0; i < rows.count; ++i) expected.row(i) = dense.row(rows[i]);
    Matrix<S> all = Matrix<S>::Constant(rows.count + 1, dense.cols(), S(7));
    X.read(rows, all.topRows(rows.count));
    CHECK(all.topRows(rows.count) == expected);
    CHECK((all.row(rows.count).array() == S(7)).all());
    all.topRows(rows.count).setZero();
    X.visit_entries(rows, [&](Index i, Index j, const S& x) { all(i, j) += x; });
    CHECK(all.topRows(rows.count) == expected);
    CHECK(!X.multiplies(rows, 1, true));
    if (rows.is_range()) CHECK(X.multiplies(rows, 3, false));
    check_products<S>(X, rows, expected);
    if (with_gram) check_gram<S>(X, rows, expected);
}

template <class S>
void check_storage(const Storage<S>& X, const Matrix<S>& dense) {
    const Index n = dense.rows(), p = dense.cols(), b = X.block_rows();
    INFO(n << " x " << p << ", blocks of " << b);
    REQUIRE(X.rows() == n);
    REQUIRE(X.columns() == p);
    check_rows<S>(X, {0, n}, dense);
    check_rows<S>(X, {0, 0}, dense);
    check_rows<S>(X, {n, 0}, dense);
    if (n == 0) return;
    check_rows<S>(X, {n - 1, 1}, dense);
    check_rows<S>(X, {n / 3, n / 2}, dense);
    if (2 * b <= n) check_rows<S>(X, {b, b}, dense);
    if (b + 5 <= n) check_rows<S>(X, {b - 1, 5}, dense);
    const Index list[] = {n - 1, n / 2, 0, n / 3, n - 1};
    check_rows<S>(X, {0, 5, list}, dense);
}

template <class S, class M>
void check_matrix(const M& matrix, const Matrix<S>& dense) {
    const SparseStorage<S, M> X(matrix);
    CHECK(X.entries() == matrix.nonZeros());
    check_storage<S>(X, dense);
}

template <class S>
Coordinates<S> coordinates_of(Random& random, Index p, bool shifted) {
    Coordinates<S> z{Vector<S>::Zero(p), Vector<S>(p)};
    if (shifted) z.shift = normal_vector<S>(random, p);
    for (Index j = 0; j < p; ++j) z.scale[j] = std::ldexp(S(1), static_cast<int>(j % 5) - 2);
    return z;
}

// 300 columns, 2 % full: sparse in fact. 12 columns, a fifth full: not.
template <class S>
Matrix<S> wide(Index rows) {
    Random random(227);
    return mostly_zeros<S>(random, rows, 300, 0.02);
}
template <class S>
Matrix<S> narrow(Index rows) {
    Random random(229);
    return mostly_zeros<S>(random, rows, 12, 0.2);
}

}  // namespace

TEMPLATE_TEST_CASE("a sparse matrix has the rows and products of the dense one", "[data]", float, double, long double) {
    using S = TestType;
    struct Shape {
        Index n, p;
        double density;
    };
    for (const auto [n, p, density] :
         {Shape{0, 0, 1}, Shape{0, 3, 1}, Shape{3, 0, 1}, Shape{1, 1, 1}, Shape{1, 1, 0}, Shape{1, 300, 0.05},
          Shape{40, 5, 0.3}, Shape{1100, 7, 0.2}, Shape{1100, 3, 0.002}, Shape{70, 300, 0.02}, Shape{300, 270, 0.5},
          Shape{12, 900, 0.05}}) {
        Random random(233);
        const Matrix<S> dense = mostly_zeros<S>(random, n, p, density);
        check_matrix<S>(sparse<by_columns, S>(dense), dense);
        check_matrix<S>(sparse<by_rows, S>(dense), dense);
    }
}

TEST_CASE("entries of any type, indices of any type, compressed or not", "[data]") {
    Random random(239);
    Matrix<double> dense = mostly_zeros<double>(random, 60, 9, 0.3);
    for (Index j = 0; j < dense.size(); ++j)
        dense.data()[j] = std::round(8 * dense.data()[j]) / 8;  // read without rounding by all of them
    const Matrix<double> whole = 8 * dense;
    check_matrix<double>(sparse<by_columns, float>(dense), dense);
    check_matrix<double>(sparse<by_rows, float>(dense), dense);
    check_matrix<double>(sparse<by_columns, int>(whole), whole);
    check_matrix<double>(sparse<by_rows, int>(whole), whole);
    check_matrix<double>(sparse<by_columns, double, long>(dense), dense);
    check_matrix<double>(sparse<by_rows, double, long>(dense), dense);
    check_matrix<double>(sparse<by_columns, double, short>(dense), dense);
    check_matrix<double>(sparse<by_rows, double, short>(dense), dense);
    check_matrix<float>(sparse<by_columns, long double>(dense), Matrix<float>(dense.cast<float>()));

    auto columns = sparse<by_columns>(dense);
    auto rows = sparse<by_rows>(dense);
    check_matrix<double>(Eigen::Ref<const Eigen::SparseMatrix<double>>(columns), dense);
    check_matrix<double>(Eigen::Map<const Eigen::SparseMatrix<double, by_rows>>(
                             60, 9, rows.nonZeros(), rows.outerIndexPtr(), rows.innerIndexPtr(), rows.valuePtr()),
                         dense);
    check_matrix<double>(columns.middleCols(2, 5), Matrix<double>(dense.middleCols(2, 5)));
    check_matrix<double>(rows.middleRows(20, 31), Matrix<double>(dense.middleRows(20, 31)));
    const Eigen::SparseMatrix<double> empty;
    check_matrix<double>(empty, Matrix<double>(0, 0));

    columns.uncompress();
    columns.coeffRef(7, 3) = dense(7, 3) = 0.5;
    columns.coeffRef(59, 8) = dense(59, 8) = -2;
    rows.reserve(Eigen::VectorXi::Constant(60, 12));
    rows.coeffRef(7, 3) = 0.5;
    rows.coeffRef(59, 8) = -2;
    REQUIRE(columns.innerNonZeroPtr() != nullptr);
    REQUIRE(rows.innerNonZeroPtr() != nullptr);
    check_matrix<double>(columns, dense);
    check_matrix<double>(rows, dense);
}

// Blocks of 8192 rows and more, whose boundaries are marked in each column, and rows that lie across them.
TEST_CASE("what is sparse in fact has long blocks", "[data]") {
    const Matrix<double> dense = wide<double>(17001);
    const auto columns = sparse<by_columns>(dense);
    const auto rows = sparse<by_rows>(dense);
    const auto check = [&](const Storage<double>& X) {
        CHECK(X.block_rows() == 8501);
        for (const RowSet& part :
             {RowSet{0, 8501}, RowSet{8501, 8500}, RowSet{8000, 600}, RowSet{8501, 3}, RowSet{17000, 1}})
            check_rows<double>(X, part, dense, part.count < 1000);
    };
    check(storage_of<double>(columns));
    check(storage_of<double>(rows));
}

TEST_CASE("sparse in fact: more than 256 columns that are less than a tenth full", "[data]") {
    const auto is_sparse = [](Index n, Index p, double density) {
        Random random(241);
        const auto matrix = sparse<by_rows>(mostly_zeros<double>(random, n, p, density));
        const SparseStorage<double, Eigen::SparseMatrix<double, by_rows>> X(matrix);
        CHECK(X.multiplies_without_dense() == X.visits_entries());
        CHECK(X.centres(true) == !X.visits_entries());
        CHECK(X.centres(false) == (4 * matrix.nonZeros() > n * p));
        return X.visits_entries();
    };
    CHECK(is_sparse(50, 257, 0.05));
    CHECK(!is_sparse(50, 256, 0.05));
    CHECK(!is_sparse(50, 257, 0.2));
    CHECK(!is_sparse(50, 257, 0.4));
    CHECK(!is_sparse(0, 257, 0.4));
}

// Sums of products that no double can hold, but two can.
TEST_CASE("exact products of whole numbers are exact", "[data]") {
    Random random(251);
    const Index n = 500, p = 300;
    Matrix<double> X = mostly_zeros<double>(random, n, p, 0.05), w = normal_matrix<double>(random, p, 1),
                   r = normal_matrix<double>(random, n, 1);
    for (Matrix<double>* matrix : {&X, &w, &r})
        for (Index j = 0; j < matrix->size(); ++j) matrix->data()[j] = std::round(matrix->data()[j] * (1 << 27));
    const auto whole = [](const Matrix<double>& M) { return M.cast<std::int64_t>().eval(); };
    const auto check = [&](const Storage<double>& storage) {
        Matrix<double> high(n, 1), low(n, 1), high_transposed(p, 1), low_transposed(p, 1);
        storage.times_exactly({0, n}, w, high, low);
        CHECK((whole(high) + whole(low)) == whole(X).lazyProduct(whole(w)));
        storage.transposed_times_exactly({0, n}, r, high_transposed, low_transposed);
        CHECK((whole(high_transposed) + whole(low_transposed)) == whole(X).transpose().lazyProduct(whole(r)));
        CHECK(!low.isZero(0));
    };
    const auto columns = sparse<by_columns>(X);
    const auto rows = sparse<by_rows>(X);
    check(storage_of<double>(columns));
    check(storage_of<double>(rows));
}

TEST_CASE("a Map whose indices do not increase is refused", "[data]") {
    const int outer[] = {0, 2, 4};
    const double values[] = {1, 2, 3, 4};
    const auto build = [&](std::initializer_list<int> inner, auto order) {
        using M = Eigen::Map<const Eigen::SparseMatrix<double, order.value>>;
        const M matrix(2 + (order.value == by_columns), 2 + (order.value == by_rows), 4, outer, inner.begin(), values);
        storage_of<double>(matrix);
    };
    const std::integral_constant<int, by_columns> columns;
    const std::integral_constant<int, by_rows> rows;
    CHECK_NOTHROW(build({0, 2, 1, 2}, columns));
    CHECK_NOTHROW(build({0, 2, 1, 2}, rows));
    for (const auto& inner : {std::initializer_list<int>{0, 2, 2, 1}, {0, 2, 1, 1}, {0, 2, 1, 3}, {0, 2, -1, 1}}) {
        CHECK_THROWS_WITH(build(inner, columns), ContainsSubstring("column 1"));
        CHECK_THROWS_WITH(build(inner, rows), ContainsSubstring("row 1"));
    }
}

namespace {

template <class S>
void check_block(RowBlock<S>& block, const Matrix<S>& all) {
    Random random(257);
    const Index b = block.rows(), p = block.columns();
    const Matrix<S> X = all.middleRows(block.first(), b);
    const Vector<S> d = normal_vector<S>(random, b);
    for (const Index q : {1, 3}) {
        const Matrix<S> W = normal_matrix<S>(random, p, q), R = normal_matrix<S>(random, b, q);
        Matrix<S> times(b, q), low(b, q), transposed = Matrix<S>::Ones(p, q), rest(p, q);
        block.times(W, times);
        CHECK(error_of(times, X.lazyProduct(W)) <= tolerance::product<S>);
        block.add_transposed_times(R, transposed);
        CHECK(error_of(transposed, Matrix<S>::Ones(p, q) + X.transpose().lazyProduct(R)) <= tolerance::product<S>);
        block.times_exactly(W, times, low);
        CHECK(error_of(times + low, X.lazyProduct(W)) <= tolerance::product<S>);
        block.transposed_times_exactly(R, transposed, rest);
        CHECK(error_of(transposed + rest, X.transpose().lazyProduct(R)) <= tolerance::product<S>);
    }
    Matrix<S> gram = Matrix<S>::Zero(p, p), expected = gram;
    block.add_weighted_gram(d, gram);
    const Matrix<S> weighted = d.asDiagonal() * X;
    expected.template triangularView<Eigen::Lower>() = X.transpose().lazyProduct(weighted).eval();
    CHECK(error_of(gram, expected) <= tolerance::product<S>);
    CHECK(error_of(block.dense(), X) <= tolerance::rounding<S>);
}

template <class S>
void check_blocks(const Design<S>& design, const Matrix<S>& dense) {
    Random random(263);
    const Index p = dense.cols();
    for (const Coordinates<S>& z :
         {Coordinates<S>{}, coordinates_of<S>(random, p, false), coordinates_of<S>(random, p, true)}) {
        Matrix<S> X = dense;
        if (!z.is_identity()) X = ((dense.rowwise() - z.shift.transpose()) * z.scale.asDiagonal()).eval();
        const Design<S> seen = design.seen_in(z);
        RowBlockScratch<S> scratch;
        Index next = 0;
        for (Index range = 0; range < seen.ranges().count(); ++range)
            for_each_block<S>(seen, range, scratch, [&](RowBlock<S>& block) {
                CHECK(block.first() == next);
                check_block<S>(block, X);
                next += block.rows();
            });
        CHECK(next == dense.rows());
    }
    CHECK(design.entry(dense.rows() - 1, p - 1) == dense(dense.rows() - 1, p - 1));
}

}  // namespace

TEMPLATE_TEST_CASE("blocks of sparse rows in all coordinates", "[data]", double, long double) {
    using S = TestType;
    for (const Matrix<S>& dense : {narrow<S>(1300), wide<S>(200)}) {
        const auto columns = sparse<by_columns, S>(dense);
        const auto rows = sparse<by_rows, S>(dense);
        check_blocks<S>(design_of<S>(columns), dense);
        check_blocks<S>(design_of<S>(rows), dense);
    }
}

namespace {

Sample<double> sample_of(const Design<double>& X, const Vector<double>& y, const Vector<double>& s) {
    Sample<double> sample;
    sample.X = X;
    sample.Y = DenseView<double>(y);
    sample.weights = DenseView<double>(s);
    sample.total_weight = s.sum();
    return sample;
}

template <class F>
void check_risk(const F& actual, const F& expected, bool with_hessian) {
    Random random(269);
    const Index d = expected.dimension();
    const Vector<double> theta = 0.5 * normal_vector<double>(random, d), v = normal_vector<double>(random, d);
    const double tolerance = tolerance::product<double>;
    Vector<double> a(d), b(d);
    CHECK_THAT(actual.value(theta), near(expected.value(theta), tolerance));
    CHECK_THAT(actual.value_and_gradient(theta, a), near(expected.value_and_gradient(theta, b), tolerance));
    CHECK(error_of(a, b) <= tolerance);
    CHECK_THAT(actual.exact_gradient(theta, a), near(expected.exact_gradient(theta, b), tolerance));
    CHECK(error_of(a, b) <= tolerance);
    actual.hessian_product(theta, v, a);
    expected.hessian_product(theta, v, b);
    CHECK(error_of(a, b) <= tolerance);
    const std::vector<Index> list{actual.samples() - 1, 3, 0, actual.samples() / 2};
    actual.sample_gradient(theta, list, a);
    expected.sample_gradient(theta, list, b);
    CHECK(error_of(a, b) <= tolerance);
    if (!with_hessian) return;
    Matrix<double> G(d, d), H(d, d);
    CHECK_THAT(actual.value_gradient_hessian(theta, a, G),
               near(expected.value_gradient_hessian(theta, b, H), tolerance));
    CHECK(error_of(a, b) <= tolerance);
    CHECK(error_of(G, H) <= tolerance);
}

void check_risks(const Design<double>& X, const Matrix<double>& dense, bool with_hessian) {
    Random random(271);
    const Index n = dense.rows(), p = dense.cols();
    const Matrix<double> W = normal_matrix<double>(random, p, 3);
    const Vector<double> b = normal_vector<double>(random, 3), s = uniform_vector<double>(random, n, 0, 2);
    const Vector<double> two = draw_classes<double>(random, dense, W.leftCols(1), b),
                         three = draw_classes<double>(random, dense, W, b);
    for (const Coordinates<double>& z :
         {Coordinates<double>{}, coordinates_of<double>(random, p, false), coordinates_of<double>(random, p, true)}) {
        INFO((z.is_identity() ? "identity" : z.shift.isZero(0) ? "scale" : "shift"));
        const Design<double> actual = X.seen_in(z), expected = Design<double>(DenseView<double>(dense)).seen_in(z);
        const auto binary = [&](const Design<double>& design) {
            return EmpiricalRisk(Logistic<double>(), Ridge{.lambda = 1e-3}, linear_predictor<double>(p, 1, true),
                                 sample_of(design, two, s));
        };
        const auto softmax = [&](const Design<double>& design) {
            return EmpiricalRisk(Multinomial<double>(3), Ridge{.lambda = 1e-3},
                                 sum_to_zero_predictor<double>(p, 3, true), sample_of(design, three, s));
        };
        check_risk(binary(actual), binary(expected), with_hessian);
        check_risk(softmax(actual), softmax(expected), with_hessian && p < 100);
    }
}

}  // namespace

TEST_CASE("risks of sparse rows are those of the dense ones", "[data]") {
    const auto check = [](const Matrix<double>& dense, bool with_hessian) {
        const auto columns = sparse<by_columns>(dense);
        const auto rows = sparse<by_rows>(dense);
        check_risks(design_of<double>(columns), dense, with_hessian);
        check_risks(design_of<double>(rows), dense, with_hessian);
    };
    check(narrow<double>(1300), true);
    check(wide<double>(1300), true);
    check(wide<double>(17001), false);  // two long blocks
}

// Hessians of this size are shared out by columns.
TEST_CASE("a large Hessian of sparse rows", "[data]") {
    Random random(277);
    const Index n = 16500, p = 520;
    const Matrix<double> dense = mostly_zeros<double>(random, n, p, 0.004);
    const auto columns = sparse<by_columns>(dense);
    const auto rows = sparse<by_rows>(dense);
    const Vector<double> y = draw_classes<double>(random, dense, normal_matrix<double>(random, p, 1),
                                                  Vector<double>::Zero(1)),
                         s = Vector<double>::Ones(n);
    const auto hessian = [&](const Design<double>& X) {
        const EmpiricalRisk risk(Logistic<double>(), Ridge{.lambda = 1e-3}, linear_predictor<double>(p, 1, true),
                                 sample_of(X, y, s));
        Matrix<double> H(p + 1, p + 1);
        risk.hessian(Vector<double>::Constant(p + 1, 0.1), H);
        return H;
    };
    const Matrix<double> expected = hessian(Design<double>(DenseView<double>(dense)));
    CHECK(error_of(hessian(design_of<double>(columns)), expected) <= tolerance::product<double>);
    CHECK(error_of(hessian(design_of<double>(rows)), expected) <= tolerance::product<double>);
}

// Statistics, and the exact gradient of the last steps of a solver, come from blocks that are read as those of a dense
// matrix are.
TEST_CASE("small data sets have the same digits, sparse or dense", "[data]") {
    Random random(281);
    const Index n = 1300, p = 12;
    const Matrix<double> dense = narrow<double>(n);
    const auto columns = sparse<by_columns>(dense);
    const auto rows = sparse<by_rows>(dense);
    const Vector<double> y = draw_classes<double>(random, dense, normal_matrix<double>(random, p, 1),
                                                  Vector<double>::Zero(1)),
                         s = uniform_vector<double>(random, n, 0, 2);
    const Vector<double> theta = normal_vector<double>(random, p + 1);
    const auto gradient = [&](const Design<double>& X) {
        Sample<double> sample = sample_of(X, y, s);
        sample.X =
            X.seen_in(equilibrate(column_statistics<double>(X, sample, s.maxCoeff(), "X"), X.storage().centres(true)));
        Vector<double> out(p + 1);
        EmpiricalRisk(Logistic<double>(), Ridge{.lambda = 1e-3}, linear_predictor<double>(p, 1, true), sample)
            .exact_gradient(theta, out);
        return out;
    };
    const Vector<double> expected = gradient(Design<double>(DenseView<double>(dense)));
    CHECK(gradient(design_of<double>(columns)) == expected);
    CHECK(gradient(design_of<double>(rows)) == expected);
}

TEST_CASE("statistics of sparse columns", "[data]") {
    Random random(283);
    for (Matrix<double> dense : {narrow<double>(1300), wide<double>(1300), wide<double>(17001)}) {
        const Index n = dense.rows();
        dense.col(1).array() += 1e3;  // one without a zero
        const Vector<double> y = Vector<double>::Zero(n), s = uniform_vector<double>(random, n, 0, 2);
        const auto statistics = [&](const Design<double>& X) {
            return column_statistics<double>(X, sample_of(X, y, s), s.maxCoeff(), "X");
        };
        const auto expected = statistics(Design<double>(DenseView<double>(dense)));
        const auto check = [&](const Design<double>& X) {
            const auto actual = statistics(X);
            CHECK(error_of(actual.mean, expected.mean) <= tolerance::product<double>);
            CHECK(error_of(actual.deviation, expected.deviation) <= tolerance::product<double>);
            CHECK(actual.least == expected.least);
            CHECK(actual.largest == expected.largest);
        };
        auto columns = sparse<by_columns>(dense);
        auto rows = sparse<by_rows>(dense);
        check(design_of<double>(columns));
        check(design_of<double>(rows));
        columns.coeffRef(n - 2, 1) = rows.coeffRef(n - 2, 1) = std::numeric_limits<double>::infinity();
        CHECK_THROWS_WITH(statistics(design_of<double>(columns)), ContainsSubstring(text("row ", n - 2, ", column 1")));
        CHECK_THROWS_WITH(statistics(design_of<double>(rows)), ContainsSubstring(text("row ", n - 2, ", column 1")));
    }
}

namespace {

// Every worker is a thread.
void run_on_threads(int workers, Index count, Executor::Task task) {
    std::vector<std::thread> threads;
    for (int worker = 0; worker < workers; ++worker)
        threads.emplace_back([=] {
            for (Index i = worker; i < count; i += workers) task(i, worker);
        });
    for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("several threads may use a sparse matrix at once", "[data]") {
    Random random(293);
    const Index n = 17001;
    const Matrix<double> dense = wide<double>(n);
    const auto columns = sparse<by_columns>(dense);
    const auto rows = sparse<by_rows>(dense);
    const Vector<double> y = draw_classes<double>(random, dense, normal_matrix<double>(random, 300, 1),
                                                  Vector<double>::Zero(1)),
                         s = Vector<double>::Ones(n);
    const auto hessian = [&](const Design<double>& X, const Executor& executor) {
        Sample<double> sample = sample_of(X, y, s);
        sample.executor = executor;
        const EmpiricalRisk risk(Logistic<double>(), Ridge{.lambda = 1e-3}, linear_predictor<double>(300, 1, true),
                                 sample);
        Matrix<double> H(301, 301);
        risk.hessian(Vector<double>::Constant(301, 0.1), H);
        return H;
    };
    for (const Design<double>& X : {design_of<double>(columns), design_of<double>(rows)})
        CHECK(hessian(X, Executor()) == hessian(X, Executor(2, &run_on_threads)));
}

static_assert(SparseInMemory<Eigen::SparseMatrix<double>> &&
              SparseInMemory<Eigen::Ref<const Eigen::SparseMatrix<float, Eigen::RowMajor>>>);
static_assert(!SparseInMemory<Eigen::SparseVector<double>> && !SparseInMemory<Eigen::MatrixXd>);
