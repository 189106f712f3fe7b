#pragma once
// Solutions with triangular matrices. Column by column, on purpose: these systems are small beside the data, and
// Eigen's blocked routines would add a second of compile time for each of the four cases.

#include <gradus/numeric/lanes.hpp>

namespace gradus {

/// B = T^-1 B for upper triangular T (r x r); B: r x k. O(r^2 k).
template <Scalar S>
GRADUS_NOINLINE void solve_upper(const ConstMatrixView<S>& T, MatrixView<S> B) {
    for (Index c = 0; c < B.cols(); ++c)
        for (Index j = T.rows() - 1; j >= 0; --j) {
            const S x = B(j, c) / T(j, j);
            B(j, c) = x;
            add_multiple(S(-x), &T.coeffRef(0, j), &B(0, c), j);
        }
}
/// B = T'^-1 B for upper triangular T.
template <Scalar S>
GRADUS_NOINLINE void solve_upper_transposed(const ConstMatrixView<S>& T, MatrixView<S> B) {
    for (Index c = 0; c < B.cols(); ++c)
        for (Index j = 0; j < T.rows(); ++j) B(j, c) = (B(j, c) - dot(&T.coeffRef(0, j), &B(0, c), j)) / T(j, j);
}

}  // namespace gradus
