#pragma once
// All eigenvalues and eigenvectors of a small symmetric matrix.

#include <gradus/core/types.hpp>

#include <cmath>

namespace gradus {

/// A = V diag(l) V' for a symmetric A (m x m): A becomes diagonal, its entries being l in no order, by rotations that
/// make one pair of entries zero after the other (Jacobi's method: Golub and Van Loan, Matrix Computations, 2013, alg.
/// 8.5.3). Returns V. O(m^3) for each of some six sweeps: for tens of columns. Eigen's own would make a model a fifth
/// longer to compile (17.3 s, 20.7 with it).
template <Scalar S>
GRADUS_ONCE Matrix<S> jacobi_eigenvectors(Matrix<S>& A) {
    using std::abs, std::sqrt;
    const Index m = A.rows();
    Matrix<S> V = Matrix<S>::Identity(m, m);
    for (int sweep = 0; sweep < 30; ++sweep) {
        bool is_diagonal = true;
        for (Index p = 0; p < m; ++p)
            for (Index q = p + 1; q < m; ++q) {
                if (!(abs(A(p, q)) > epsilon<S> * sqrt(abs(A(p, p))) * sqrt(abs(A(q, q))))) continue;
                is_diagonal = false;
                const S half = (A(q, q) - A(p, p)) / (S(2) * A(p, q)), size = abs(half) + sqrt(S(1) + half * half),
                        t = half < S(0) ? S(-1) / size : S(1) / size, c = S(1) / sqrt(S(1) + t * t), s = t * c;
                const auto rotate = [&](S& left, S& right) {
                    const S before = left;
                    left = c * before - s * right;
                    right = s * before + c * right;
                };
                for (Index i = 0; i < m; ++i) rotate(A(i, p), A(i, q));
                for (Index i = 0; i < m; ++i) rotate(A(p, i), A(q, i));
                for (Index i = 0; i < m; ++i) rotate(V(i, p), V(i, q));
                A(p, q) = A(q, p) = S(0);
            }
        if (is_diagonal) break;
    }
    return V;
}

}  // namespace gradus
