#pragma once
// Rank and the independent columns, decided on the small factor.

#include <gradus/solvers/direct/least_norm.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace gradus {

/// The factor (R_X | R_Y) of (1 | X | Y), brought to echelon form from left to right.
template <Scalar S>
struct Echelon {
    Matrix<S> A;                         ///< rows of the factor after the reflections; columns as before
    std::vector<Index> kept, dependent;  ///< columns of (1 | X)
    Index rank() const { return static_cast<Index>(kept.size()); }

    /// The triangle of the kept columns, rank x rank, and the right-hand sides, rank x k.
    Matrix<S> triangle() const { return triangle_of(A); }
    Matrix<S> triangle_of(const Matrix<S>& rows) const {
        Matrix<S> T(rank(), rank());
        for (Index j = 0; j < rank(); ++j)
            for (Index i = 0; i < rank(); ++i) T(i, j) = rows(i, kept[static_cast<std::size_t>(j)]);
        return T;
    }
    Matrix<S> targets(Index k) const { return A.rightCols(k).topRows(rank()); }

    /// Combinations of the columns that vanish but for rounding: each dependent one less what it is made of; an entry
    /// for each column, a column for each dependent one.
    GRADUS_ONCE Matrix<S> unseen() const {
        const Index q = static_cast<Index>(dependent.size());
        Matrix<S> v(rank(), q), out = Matrix<S>::Zero(rank() + q, q);
        for (Index m = 0; m < q; ++m) v.col(m) = A.col(dependent[static_cast<std::size_t>(m)]).head(rank());
        solve_upper<S>(triangle(), v);
        for (Index m = 0; m < q; ++m) {
            for (Index r = 0; r < rank(); ++r) out(kept[static_cast<std::size_t>(r)], m) = simple(-v(r, m));
            out(dependent[static_cast<std::size_t>(m)], m) = S(1);
        }
        return out;
    }

private:
    // A number of few bits where x is one but for rounding: equal columns then cancel exactly.
    static S simple(const S& x) {
        using std::abs, std::ldexp, std::round;
        constexpr int bits = std::numeric_limits<S>::digits / 3;
        const S few = ldexp(round(ldexp(x, bits)), -bits);
        return abs(S(x - few)) <= S(64) * epsilon<S> * std::max(S(1), S(abs(x))) ? few : x;
    }
};

/// |v| |v'slope| / v'Cv, C diagonal, summed over the columns v of V. Along directions that X does not see only a ridge
/// curves the objective: a slope that is left there, or its rounding, moves the optimum by slope / curvature. Equal
/// columns leave none; columns that differ in their last digits may leave much: of fourteen digits that Newton's steps
/// saw under a ridge of 1e-22 four were not there, and of eleven that QR claimed under one of 1e-30 none. What nothing
/// curves stays where it is.
template <Scalar S>
GRADUS_ONCE Vector<S> moved_along(const Matrix<S>& V, const Vector<S>& slope, const Vector<S>& curvature) {
    using std::abs;
    Vector<S> out = Vector<S>::Zero(V.rows());
    for (Index m = 0; m < V.cols(); ++m) {
        S along(0), curved(0);
        for (Index j = 0; j < V.rows(); ++j) {
            along += V(j, m) * slope[j];
            curved += V(j, m) * V(j, m) * curvature[j];
        }
        for (Index j = 0; j < V.rows() && curved > S(0); ++j) out[j] += abs(S(along / curved * V(j, m)));
    }
    return out;
}

/// Decides from left to right whether a column is a combination of the kept ones before it: x_j = sum_k v_k x_k up to
/// rounding. The remainder is compared with what rounding the *entries* could leave there, noise (norm_j + sum_k |v_k|
/// norm_k): a column is called dependent when changing entries of X in their last digits would make it exactly so.
/// Without dependent columns the factor is already in echelon form and nothing is computed but the comparisons. Later
/// columns give way to earlier ones, as in R. `norms`: of the raw columns, in the units of the factor. O(r^2) for a
/// doubtful column, O(m^2) for each column after the first dependent one.
template <Scalar S>
GRADUS_ONCE Echelon<S> echelon_form(Matrix<S> A, Index unknowns, const Vector<S>& norms, const S& noise) {
    using std::sqrt;
    Echelon<S> out;
    for (Index j = 0; j < unknowns; ++j) {
        const Index r = out.rank(), rows = A.rows();
        S head_square(0), tail_square(0);
        for (Index i = 0; i < rows; ++i) (i < r ? head_square : tail_square) += A(i, j) * A(i, j);
        const S tail = sqrt(tail_square), size = sqrt(head_square + tail_square);
        bool independent = tail > S(1e-3) * size && tail > S(1e4) * noise * norms[j];
        if (!independent && tail > S(0)) {
            Vector<S> v(r);
            for (Index i = 0; i < r; ++i) v[i] = A(i, j);
            if (out.dependent.empty()) solve_upper<S>(A.topLeftCorner(r, r), v);
            else solve_upper<S>(out.triangle_of(A), v);
            S sum = norms[j];
            for (Index k = 0; k < r; ++k)
                sum += (v[k] < S(0) ? -v[k] : v[k]) * norms[out.kept[static_cast<std::size_t>(k)]];
            independent = tail > noise * sum;
        }
        if (!independent) {
            out.dependent.push_back(j);
            continue;
        }
        out.kept.push_back(j);
        S below(0);
        for (Index i = r + 1; i < rows; ++i) below += A(i, j) * A(i, j);
        if (below == S(0)) continue;
        Vector<S> v(rows - r);
        for (Index i = r; i < rows; ++i) v[i - r] = A(i, j);
        v[0] += v[0] < S(0) ? -tail : tail;
        const S factor = S(2) / dot(v, v);
        const auto reflect = [&](Index l) {
            S amount(0);
            for (Index i = r; i < rows; ++i) amount += v[i - r] * A(i, l);
            amount *= factor;
            for (Index i = r; i < rows; ++i) A(i, l) -= amount * v[i - r];
        };
        for (const Index l : out.dependent) reflect(l);  // what is left of them, too, is seen in the new frame
        for (Index l = j; l < A.cols(); ++l) reflect(l);
        for (Index i = r + 1; i < rows; ++i) A(i, j) = S(0);
    }
    out.A = std::move(A);
    return out;
}

}  // namespace gradus
