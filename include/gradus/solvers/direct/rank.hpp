#pragma once
// Rank, the independent columns, and the solution of least norm, all decided on the small factor.

#include <gradus/solvers/direct/triangular_factor.hpp>

#include <vector>

namespace gradus {

/// The factor (R_X | R_Y) of (1 | X | Y), brought to echelon form from left to right.
template <Scalar S>
struct Echelon {
    Matrix<S> A;                           ///< rows of the factor after the reflections; columns as before
    std::vector<Index> kept, dependent;    ///< columns of (1 | X)
    Index rank() const { return static_cast<Index>(kept.size()); }

    /// The triangle of the kept columns, rank x rank, and the right-hand sides, rank x k.
    Matrix<S> triangle() const { return triangle_of(A); }
    Matrix<S> triangle_of(const Matrix<S>& rows) const {
        Matrix<S> T(rank(), rank());
        for (Index j = 0; j < rank(); ++j) T.col(j) = rows.col(kept[static_cast<std::size_t>(j)]).head(rank());
        return T;
    }
    Matrix<S> targets(Index k) const { return A.rightCols(k).topRows(rank()); }
};

/// Decides from left to right whether a column is a combination of the kept ones before it: x_j = sum_k v_k x_k up to rounding. The
/// remainder is compared with what rounding the *entries* could leave there, noise (norm_j + sum_k |v_k| norm_k): a column is called dependent
/// when changing entries of X in their last digits would make it exactly so. Without dependent columns the factor is already in
/// echelon form and nothing is computed but the comparisons. Later columns give way to earlier ones, as in R.
/// `norms`: of the raw columns, in the units of the factor. O(r^2) for a doubtful column, O(m^2) for each column after the first dependent one.
template <Scalar S>
GRADUS_ONCE Echelon<S> echelon_form(Matrix<S> A, Index unknowns, const Vector<S>& norms, const S& noise) {
    using std::sqrt;
    Echelon<S> out;
    for (Index j = 0; j < unknowns; ++j) {
        const Index r = out.rank(), below = A.rows() - r;
        const S tail = below > 0 ? A.col(j).tail(below).norm() : S(0), size = A.col(j).norm();
        bool independent = tail > S(1e-3) * size && tail > S(1e4) * noise * norms[j];
        if (!independent && tail > S(0)) {
            Vector<S> v = A.col(j).head(r);
            const Matrix<S> T = out.triangle_of(A);
            solve_upper<S>(T, v);
            S sum = norms[j];
            for (Index k = 0; k < r; ++k) sum += (v[k] < S(0) ? -v[k] : v[k]) * norms[out.kept[static_cast<std::size_t>(k)]];
            independent = tail > noise * sum;
        }
        if (!independent) {
            out.dependent.push_back(j);
            continue;
        }
        out.kept.push_back(j);
        if (below == 1 || A.col(j).tail(below - 1).isZero(S(0))) continue;
        Vector<S> v = A.col(j).tail(below);
        v[0] += v[0] < S(0) ? -tail : tail;
        const S factor = S(2) / v.squaredNorm();
        for (Index l = j; l < A.cols(); ++l) {
            const S amount = factor * v.dot(A.col(l).tail(below));
            A.col(l).tail(below) -= amount * v;
        }
        A.col(j).tail(below - 1).setZero();
    }
    out.A = std::move(A);
    return out;
}

/// The w of least norm with M w = c (M: r x p of full row rank, c: r x k): w = M'u with M M'u = c, solved through the triangular factor of M',
/// whose error grows with the condition number of M and not with its square (Paige, SIAM J. Numer. Anal. 10 (1973), 777); one
/// correction.
template <Scalar S>
GRADUS_ONCE Matrix<S> least_norm(const Matrix<S>& M, const Matrix<S>& c) {
    TriangularFactor<S> factor(M.cols(), M.rows());
    Matrix<S> rows = M.transpose();
    factor.fold(rows);
    const Matrix<S>& T = factor.R();
    Matrix<S> w = Matrix<S>::Zero(M.cols(), c.cols());
    for (int round = 0; round < 2; ++round) {
        Matrix<S> u = c;
        subtract_product<S>(M, w, u);
        solve_upper_transposed<S>(T, u);
        solve_upper<S>(T, u);
        add_transposed_product<S>(M, u, w);
    }
    return w;
}

}  // namespace gradus
