// Columns that are read without the others.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/dense_storage.hpp>
#include <gradus/data/selected_columns.hpp>
#include <gradus/data/sparse_storage.hpp>

#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::test;

namespace {

template <class S>
void check_products(const Storage<S>& X, const Matrix<S>& dense, const Vector<S>& shift) {
    Random random(17);
    const std::vector<Index> columns{2, 3, 11, 12, 13, 299};
    for (const Index q : {1, 2, 3, 4, 9, 61}) {
        const Matrix<S> R = normal_matrix<S>(random, dense.rows(), q);
        for (std::size_t count = 0; count <= columns.size(); ++count) {
            const Index m = static_cast<Index>(count);
            Matrix<S> out = Matrix<S>::Constant(m + 1, q, S(7));
            X.transposed_times_columns({columns.data(), count}, shift.data(), R, out.topRows(m));
            for (Index l = 0; l < m; ++l)
                for (Index c = 0; c < q; ++c) {
                    const Index j = columns[static_cast<std::size_t>(l)];
                    const Vector<S> x = dense.col(j).array() - shift[j];
                    CHECK(std::abs(out(l, c) - x.dot(R.col(c))) <=
                          S(32) * epsilon<S> * x.cwiseAbs().dot(R.col(c).cwiseAbs()));
                }
            CHECK((out.row(m).array() == S(7)).all());
        }
    }
}

template <class S>
Matrix<S> numbers(Index n) {
    Random random(18);
    Matrix<S> X = normal_matrix<S>(random, n, 300);
    for (S& x : X.reshaped())
        if (random.uniform() > 0.05) x = S(0);
    return X;
}

}  // namespace

TEMPLATE_TEST_CASE("Products with single columns are those with blocks of rows", "[columns]", float, double) {
    using S = TestType;
    for (const Index n : {1, 31, 2500}) {
        const Matrix<S> X = numbers<S>(n);
        const DenseStorage<S> dense{DenseView<S>(X)};
        REQUIRE(dense.multiplies_columns(true));
        check_products<S>(dense, X, Vector<S>::LinSpaced(300, S(-1), S(1)));
        const Matrix<S> transposed = X.transpose();
        CHECK(!DenseStorage<S>(DenseView<S>(transposed.transpose())).multiplies_columns(false));

        const Eigen::SparseMatrix<S> by_columns = X.sparseView();
        const Eigen::SparseMatrix<S, Eigen::RowMajor> by_rows = by_columns;
        const SparseStorage<S, Eigen::SparseMatrix<S>> sparse(by_columns);
        const SparseStorage<S, Eigen::SparseMatrix<S, Eigen::RowMajor>> lines(by_rows);
        if (n > 1) CHECK(sparse.multiplies_columns(false));
        CHECK(!sparse.multiplies_columns(true));
        CHECK(!lines.multiplies_columns(false));
        check_products<S>(sparse, X, Vector<S>::Zero(300));

        const std::vector<Index> columns{0, 7, 250};
        for (const Storage<S>* storage :
             {static_cast<const Storage<S>*>(&sparse), static_cast<const Storage<S>*>(&lines)}) {
            Matrix<S> out = Matrix<S>::Zero(n, 3);
            storage->visit_columns(columns, [&](Index i, Index l, const S& x) { out(i, l) += x; });
            for (Index l = 0; l < 3; ++l) CHECK(out.col(l) == X.col(columns[static_cast<std::size_t>(l)]));
        }
    }
}

TEST_CASE("Some columns of X are multiplied as a matrix of them is", "[columns]") {
    const Index n = 300;
    Random random(19);
    const Matrix<double> X = normal_matrix<double>(random, n, 40);
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> lines = X;
    const std::vector<Index> columns{39, 0, 7, 8, 21, 3};
    const Vector<double> shift = normal_vector<double>(random, 6);
    Vector<double> w = normal_vector<double>(random, 6);
    w[2] = 0;
    const Vector<double> r = normal_vector<double>(random, 50);
    const DenseStorage<double> by_columns{DenseView<double>(X)}, by_rows{DenseView<double>(lines)};
    const SelectedColumns<double> some(by_columns, columns), others(by_rows, columns);
    const RowSet rows{.first = 100, .count = 50}, all{.first = 0, .count = 0};
    REQUIRE(some.multiplies(rows, 1, true));
    CHECK(!some.multiplies(rows, 2, true));
    CHECK(!others.multiplies(rows, 1, true));
    CHECK(!SelectedColumns<double>(by_columns, {}).multiplies(all, 1, true));
    Matrix<double> block(50, 6);
    for (Index l = 0; l < 6; ++l)
        block.col(l) = X.col(columns[static_cast<std::size_t>(l)]).segment(100, 50).array() - shift[l];
    Matrix<double> eta(50, 1), sums = Matrix<double>::Constant(6, 1, 2.0);
    some.times(rows, shift.data(), w, eta);
    some.add_transposed_times(rows, shift.data(), r, sums);
    const Vector<double> expected = block * w, expected_sums = (block.transpose() * r).array() + 2.0;
    for (Index i = 0; i < 50; ++i) CHECK_THAT(eta(i, 0), near(expected[i], 1e-13));
    for (Index l = 0; l < 6; ++l) CHECK_THAT(sums(l, 0), near(expected_sums[l], 1e-13));
}
