#pragma once
// The matrix products of the library, each compiled once per scalar: every other spelling of a product would make the compiler instantiate
// Eigen's kernels anew, a second or more each time. Vectors are passed as matrices of one column.

#include <gradus/core/types.hpp>

#include <cmath>

namespace gradus {

/// out += A B
template <Scalar S>
GRADUS_NOINLINE void add_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    out.noalias() += A * B;
}
/// out += A' B
template <Scalar S>
GRADUS_NOINLINE void add_transposed_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B,
                                            MatrixView<S> out) {
    out.noalias() += A.transpose() * B;
}
/// lower triangle of out += A' B
template <Scalar S>
GRADUS_NOINLINE void add_lower_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    out.template triangularView<Eigen::Lower>() += A.transpose() * B;
}

/// out = A B
template <Scalar S>
void product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    out.setZero();
    add_product<S>(A, B, out);
}
template <Scalar S>
Matrix<S> product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B) {
    Matrix<S> out = Matrix<S>::Zero(A.rows(), B.cols());
    add_product<S>(A, B, out);
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
void scale_rows(Matrix<S>& A, const Vector<S>& d) {
    for (Index c = 0; c < A.cols(); ++c)
        for (Index j = 0; j < A.rows(); ++j) A(j, c) *= d[j];
}
/// Row j of A divided by d_j.
template <Scalar S>
void unscale_rows(Matrix<S>& A, const Vector<S>& d) {
    for (Index c = 0; c < A.cols(); ++c)
        for (Index j = 0; j < A.rows(); ++j) A(j, c) /= d[j];
}

/// The parts of linear algebra that run once or on small vectors are written as loops: an Eigen expression costs the compiler some fifty
/// functions, whatever little it does.
template <Scalar S>
S dot(const Vector<S>& a, const Vector<S>& b) {
    S sum(0);
    for (Index j = 0; j < a.size(); ++j) sum += a[j] * b[j];
    return sum;
}
template <Scalar S>
S norm(const Vector<S>& a) {
    using std::sqrt;
    return sqrt(dot(a, a));
}
/// Largest |component|; 0 for a vector without any.
template <Scalar S>
S max_norm(const Vector<S>& v) {
    using std::abs;
    S largest(0);
    for (Index j = 0; j < v.size(); ++j) {
        const S size = abs(v[j]);
        if (!(size <= largest)) largest = size;  // NaN is passed on
    }
    return largest;
}
template <Scalar S>
bool all_finite(const Vector<S>& v) {
    using std::isfinite;
    for (Index j = 0; j < v.size(); ++j)
        if (!isfinite(v[j])) return false;
    return true;
}
/// y += a x
template <Scalar S>
void add_multiple(const S& a, const Vector<S>& x, Vector<S>& y) {
    for (Index j = 0; j < x.size(); ++j) y[j] += a * x[j];
}

}  // namespace gradus
