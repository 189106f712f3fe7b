#pragma once
// What a fit is without one of its rows.

#include <gradus/numeric/products.hpp>

#include <Eigen/LU>

namespace gradus {

/// (I - C G)^-1 B, k x k: with C the curvature of a row's loss and G = J H^-1 J' it takes the row's own share out of
/// what H^-1 says of it, (H - J'C J)^-1 J' = H^-1 J' (I - C G)^-1 (Golub and Van Loan, Matrix Computations,
/// 2013, 2.1.4).
template <Scalar S>
Matrix<S> solve_without_row(const Matrix<S>& C, const Matrix<S>& G, const Matrix<S>& B) {
    const Matrix<S> A = Matrix<S>::Identity(C.rows(), C.cols()) - product<S>(C, G);
    if (A.rows() == 1) return B / A(0, 0);
    return Eigen::PartialPivLU<Matrix<S>>(A).solve(B);
}

}  // namespace gradus
