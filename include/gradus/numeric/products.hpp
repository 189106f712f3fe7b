#pragma once
// The matrix products of the library, each compiled once per scalar: every other spelling of a product would make the compiler instantiate
// Eigen's kernels anew, a second or more each time. Vectors are passed as matrices of one column.

#include <gradus/core/types.hpp>

namespace gradus {

/// out = A B
template <Scalar S>
GRADUS_NOINLINE void product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    out.noalias() = A * B;
}
/// out -= A B
template <Scalar S>
GRADUS_NOINLINE void subtract_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    out.noalias() -= A * B;
}
/// out += A' B
template <Scalar S>
GRADUS_NOINLINE void add_transposed_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    out.noalias() += A.transpose() * B;
}
/// lower triangle of out += A' B
template <Scalar S>
GRADUS_NOINLINE void add_lower_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    out.template triangularView<Eigen::Lower>() += A.transpose() * B;
}

template <Scalar S>
Matrix<S> product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B) {
    Matrix<S> out(A.rows(), B.cols());
    product<S>(A, B, out);
    return out;
}
template <Scalar S>
Matrix<S> transposed_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B) {
    Matrix<S> out = Matrix<S>::Zero(A.cols(), B.cols());
    add_transposed_product<S>(A, B, out);
    return out;
}

/// Row j of A times d_j.
template <Scalar S>
GRADUS_NOINLINE void scale_rows(MatrixView<S> A, const Vector<S>& d) {
    for (Index c = 0; c < A.cols(); ++c) A.col(c).array() *= d.array();
}

}  // namespace gradus
