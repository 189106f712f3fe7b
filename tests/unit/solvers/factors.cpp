// Triangular factor, echelon form and least norm.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/solvers/direct/rank.hpp>
#include <gradus/numeric/triangular_factor.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

template <class S>
Matrix<S> gram(const Matrix<S>& A) {
    return A.transpose().lazyProduct(A);
}

}  // namespace

// Sizes around the panel width of 16, few rows at a time and many, more columns than rows.
TEMPLATE_TEST_CASE("R'R = A'A, however the rows come", "[direct]", float, double, long double) {
    using S = TestType;
    struct Shape {
        Index rows, columns, fold;
    };
    for (const auto [rows, columns, fold] : {Shape{1, 1, 1}, Shape{50, 3, 7}, Shape{100, 16, 100}, Shape{100, 17, 33},
                                             Shape{90, 33, 1}, Shape{300, 40, 64}, Shape{5, 9, 2}, Shape{20, 35, 20}}) {
        INFO(rows << " x " << columns << ", " << fold << " rows at a time");
        Random random(139);
        const Matrix<S> A = normal_matrix<S>(random, rows, columns);
        TriangularFactor<S> factor(rows, columns);
        for (Index first = 0; first < rows; first += fold) {
            Matrix<S> block = A.middleRows(first, std::min(fold, rows - first));
            factor.fold(block);
        }
        factor.finish();
        const Matrix<S>& R = factor.R();
        CHECK(R.rows() == std::min(rows, columns));
        CHECK(Matrix<S>(R.template triangularView<Eigen::StrictlyLower>()).isZero(S(0)));
        CHECK(error_of(gram<S>(R), gram<S>(A)) <= tolerance::product<S>);
    }
}

TEST_CASE("zero rows and zero columns leave no mark", "[direct]") {
    Random random(149);
    Matrix<double> A = normal_matrix<double>(random, 30, 5);
    A.col(2).setZero();
    A.middleRows(10, 5).setZero();
    TriangularFactor<double> factor(30, 5);
    Matrix<double> rows = A;
    factor.fold(rows);
    Matrix<double> nothing = Matrix<double>::Zero(8, 5);
    factor.fold(nothing);
    CHECK(factor.R().allFinite());
    CHECK(factor.R().col(2).isZero(0));
    CHECK(error_of(gram<double>(factor.R()), gram<double>(A)) <= tolerance::product<double>);
}

TEST_CASE("the echelon form finds known dependences, from left to right", "[direct]") {
    Random random(151);
    Matrix<double> A = normal_matrix<double>(random, 40, 8);
    A.col(1).setZero();
    A.col(3) = 2 * A.col(0) - A.col(2);
    A.col(6) = A.col(4) + A.col(5) + 1e-3 * A.col(0);
    const Vector<double> norms = A.colwise().norm();
    TriangularFactor<double> factor(40, 8);
    Matrix<double> rows = A;
    factor.fold(rows);
    const Echelon<double> form =
        echelon_form<double>(factor.R(), 7, norms.head(7), 16 * epsilon<double>);  // the last column is a target
    CHECK(form.dependent == std::vector<Index>{1, 3, 6});
    CHECK(form.kept == std::vector<Index>{0, 2, 4, 5});
    CHECK(form.rank() == 4);
    CHECK(error_of(gram<double>(form.A), gram<double>(A)) <= tolerance::product<double>);
    // the dependent columns from the kept ones: what the triangle gives must reproduce them
    const Matrix<double> T = form.triangle();
    Matrix<double> v = form.A.col(3).head(4);
    solve_upper<double>(T, v);
    CHECK(error_of(v, Eigen::Vector4d(2, -1, 0, 0)) <= tolerance::product<double>);
}

// 1e-9 away from dependent in data with sixteen digits is independent; 1e-17 away is not.
TEST_CASE("a column is dependent when rounding its entries could make it so", "[direct]") {
    Random random(157);
    for (const double distance : {1e-9, 1e-17}) {
        Matrix<double> A = normal_matrix<double>(random, 40, 3);
        A.col(2) = A.col(0) + A.col(1) + distance * A.col(2);
        const Vector<double> norms = A.colwise().norm();
        TriangularFactor<double> factor(40, 3);
        Matrix<double> rows = A;
        factor.fold(rows);
        CHECK(echelon_form<double>(factor.R(), 3, norms, 16 * epsilon<double>).rank() == (distance > 1e-12 ? 3 : 2));
    }
}

TEMPLATE_TEST_CASE("the solution of least norm lies in the row space", "[direct]", double, long double) {
    using S = TestType;
    Random random(163);
    const Matrix<S> V = orthonormal<S>(random, 9, 4), B = normal_matrix<S>(random, 4, 4),
                    expected = V.lazyProduct(normal_matrix<S>(random, 4, 2));
    const Matrix<S> M = B.lazyProduct(V.transpose());
    CHECK(error_of(least_norm<S>(M, M.lazyProduct(expected)), expected) <= tolerance::direct<S>);
}

TEST_CASE("the condition number of a triangle", "[direct]") {
    Matrix<double> T(2, 2);  // unit columns with cosine c: sqrt((1 + c) / (1 - c))
    const double c = 0.998;
    T << 5, 3 * c, 0, 3 * std::sqrt(1 - c * c);
    CHECK_THAT(triangular_condition<double>(T), near(std::sqrt((1 + c) / (1 - c)), 0.01));
    CHECK(triangular_condition<double>(Matrix<double>(0, 0)) == 1);
    CHECK_THAT(triangular_condition<double>(Matrix<double>::Identity(6, 6)), near(1, tolerance::product<double>));
}
