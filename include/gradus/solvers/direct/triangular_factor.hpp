#pragma once
// The triangular factor of a tall matrix, from its rows as they come.

#include <gradus/numeric/products.hpp>
#include <gradus/numeric/triangular.hpp>

#include <algorithm>
#include <cmath>

namespace gradus {

/// R (upper trapezoidal, min(n, m) x m) with R'R = A'A for the n x m matrix A whose rows have been folded in: sequential TSQR (Demmel,
/// Grigori, Hoemmen, Langou, SIAM J. Sci. Comput. 34 (2012), A206). Each fold is a Householder QR of (R; rows), which leaves the zeros of R
/// alone; columns are taken in panels whose reflections are applied together, I - V T V' (Schreiber and Van Loan, SIAM J. Sci. Stat.
/// Comput. 10 (1989), 53), so that nearly all of the work is matrix products in cache. 2 n m^2 operations, backward stable, no Q.
template <Scalar S>
class TriangularFactor {
public:
    TriangularFactor(Index rows, Index columns) : R_(Matrix<S>::Zero(std::min(rows, columns), columns)) {}
    explicit TriangularFactor(Matrix<S> R) : R_(std::move(R)) {}

    const Matrix<S>& R() const { return R_; }

    /// Folds in the rows of B (b x m), which is used as scratch.
    GRADUS_NOINLINE void fold(MatrixView<S> B) {
        const Index m = R_.cols();
        for (Index first = 0; first < R_.rows(); first += panel) {
            const Index width = std::min(panel, R_.rows() - first), rest = m - first - width;
            reflect_panel(first, width, B);
            if (rest == 0) return;
            // the reflections of the panel on the columns to its right: W = T'(R_panel + V'B), R_panel -= W, B -= V W
            const auto V = B.middleCols(first, width);
            auto right = B.rightCols(rest);
            auto rows = R_.block(first, first + width, width, rest);
            W_ = rows;
            add_transposed_product<S>(V, right, W_);
            W_ = transposed_product<S>(T_.topLeftCorner(width, width), W_);
            rows -= W_;
            subtract_product<S>(V, W_, right);
        }
    }

private:
    static constexpr Index panel = 16;

    // Householder reflections for columns first, ..., first + width - 1: pivot in R, the rest of the vector v_j in B. T gathers them.
    void reflect_panel(Index first, Index width, MatrixView<S>& B) {
        using std::sqrt;
        T_.setZero(panel, panel);
        for (Index a = 0; a < width; ++a) {
            const Index j = first + a;
            const S tail = B.col(j).squaredNorm(), pivot = R_(j, j);
            if (!(tail > S(0))) {
                B.col(j).setZero();  // nothing to annihilate: the identity, tau = 0
                continue;
            }
            const S beta = pivot > S(0) ? S(-sqrt(pivot * pivot + tail)) : S(sqrt(pivot * pivot + tail));
            const S tau = (beta - pivot) / beta;
            R_(j, j) = beta;
            B.col(j) /= pivot - beta;
            for (Index l = j + 1; l < first + width; ++l) {
                const S w = tau * (R_(j, l) + B.col(j).dot(B.col(l)));
                R_(j, l) -= w;
                B.col(l) -= w * B.col(j);
            }
            T_(a, a) = tau;
            if (a > 0) {
                const Matrix<S> overlap = transposed_product<S>(B.middleCols(first, a), B.col(j));
                T_.col(a).head(a) = -tau * product<S>(T_.topLeftCorner(a, a), overlap);
            }
        }
    }

    Matrix<S> R_, T_, W_;
};

/// Condition number of an upper triangular matrix with its columns scaled to unit length: power iteration for the largest and inverse
/// iteration for the smallest singular value. O(r^2).
template <Scalar S>
GRADUS_ONCE S triangular_condition(Matrix<S> T) {
    const Index r = T.rows();
    if (r == 0) return S(1);
    for (Index j = 0; j < r; ++j) T.col(j) /= T.col(j).norm();
    Vector<S> u(r), v(r);
    for (Index j = 0; j < r; ++j) u[j] = v[j] = S(j % 2 ? 1 : -1) * (S(1) + S(static_cast<int>(j % 7)) / S(8));
    S largest(1), smallest(1);
    for (int round = 0; round < 8; ++round) {
        using std::sqrt;
        u /= u.norm();
        u = transposed_product<S>(T, product<S>(T, u));
        largest = sqrt(u.norm());
        v /= v.norm();
        solve_upper_transposed<S>(T, v);
        solve_upper<S>(T, v);
        smallest = S(1) / sqrt(v.norm());
    }
    return largest / smallest;
}

}  // namespace gradus
