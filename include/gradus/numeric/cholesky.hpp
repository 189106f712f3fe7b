#pragma once
// Cholesky factorisation by blocks, on the library's own products.

#include <gradus/numeric/products.hpp>
#include <gradus/numeric/triangular.hpp>

#include <algorithm>
#include <cmath>

namespace gradus {

namespace detail {

// U'U = the leading block [first, first + width) of A, given by its lower triangle; false at the first pivot that is
// not positive
template <Scalar S>
bool cholesky_block(const Matrix<S>& A, Index first, Index width, Matrix<S>& U) {
    using std::sqrt;
    for (Index j = first; j < first + width; ++j)
        for (Index i = first; i <= j; ++i) {
            S sum = A(j, i);
            for (Index l = first; l < i; ++l) sum -= U(l, i) * U(l, j);
            if (i < j) U(i, j) = sum / U(i, i);
            else if (sum > S(0)) U(j, j) = sqrt(sum);
            else return false;
        }
    return true;
}

}  // namespace detail

/// Upper triangular U with U'U = A; A (d x d) is given by its lower triangle and used up. false when A is not positive
/// definite in this arithmetic. O(d^3 / 3), nearly all of it in matrix products (right-looking: Golub and Van Loan,
/// Matrix Computations, 2013, 4.2.6).
template <Scalar S>
GRADUS_NOINLINE bool cholesky(Matrix<S>& A, Matrix<S>& U) {
    constexpr Index block = 128;
    const Index d = A.rows();
    U.setZero(d, d);
    for (Index first = 0; first < d; first += block) {
        const Index width = std::min(block, d - first), next = first + width, rest = d - next;
        if (!detail::cholesky_block(A, first, width, U)) return false;
        if (rest == 0) break;
        Matrix<S> right(width, rest);
        for (Index j = 0; j < rest; ++j)
            for (Index i = 0; i < width; ++i) right(i, j) = A(next + j, first + i);
        solve_upper_transposed<S>(U.block(first, first, width, width), right);
        for (Index j = 0; j < rest; ++j)
            for (Index i = 0; i < width; ++i) U(first + i, next + j) = right(i, j);
        Matrix<S> minus(width, rest);
        for (Index j = 0; j < rest; ++j)
            for (Index i = 0; i < width; ++i) minus(i, j) = -right(i, j);
        add_lower_product<S>(right, minus, A.bottomRightCorner(rest, rest));
    }
    return true;
}

/// Upper R with R'R = G, G given by its lower triangle; a pivot at or below zero, which rounding can leave for
/// dependent columns, gives a zero row.
/// `roundings`: for each column so many in its diagonal entry.
template <Scalar S>
Matrix<S> semidefinite_cholesky(Matrix<S> G, int roundings = 4) {
    using std::sqrt;
    const Index m = G.rows();
    const Vector<S> diagonal = G.diagonal();
    for (Index j = 0; j < m; ++j) {
        const Index rest = m - j - 1;
        // what is left of a dependent column is rounding of what was taken away
        if (!(G(j, j) > S(roundings) * S(static_cast<int>(m)) * epsilon<S> * diagonal[j])) {
            G.col(j).tail(m - j).setZero();
            continue;
        }
        G(j, j) = sqrt(G(j, j));
        G.col(j).tail(rest) /= G(j, j);
        for (Index l = j + 1; l < m; ++l) G.col(l).tail(m - l) -= G(l, j) * G.col(j).tail(m - l);
    }
    return G.template triangularView<Eigen::Lower>().transpose();
}

GRADUS_COMPILE(bool cholesky(Matrix<double>&, Matrix<double>&))

}  // namespace gradus
