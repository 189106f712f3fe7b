#pragma once
// The matrix products of the library, each compiled once per scalar. Vectors are passed as matrices of one column.

#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/tiles.hpp>

#include <cmath>

namespace gradus {

/// out += A B
template <Scalar S>
GRADUS_NOINLINE void add_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    const detail::Columns<const S> a{A.data(), A.outerStride()}, b{B.data(), B.outerStride()};
    const detail::Columns<S> o{out.data(), out.outerStride()};
    const Index width = detail::tile_width(out.cols());
    for (Index c = 0; c < out.cols(); c += width)
        detail::add_few_combinations<S>(a, {b(0, c), b.stride}, out.rows(), A.cols(), std::min(width, out.cols() - c),
                                        {o(0, c), o.stride}, detail::AsItIs<S>());
}

namespace detail {
/// out += A'B, or of a square `out` the lower triangle alone.
template <Scalar S>
GRADUS_NOINLINE void add_transposed_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, bool lower,
                                            MatrixView<S> out) {
    constexpr Index rows = tile_rows, columns = tile_columns;
    const Columns<const S> a{A.data(), A.outerStride()}, b{B.data(), B.outerStride()};
    const Columns<S> o{out.data(), out.outerStride()};
    const Index n = A.rows();
    for (Index c = 0; c < out.cols();) {
        const Index width = c + columns <= out.cols() ? columns : 1;
        for (Index j = lower ? c : 0; j < out.rows();) {
            const Index height = j + rows <= out.rows() ? rows : 1;
            const Columns<const S> left{a(0, j), a.stride}, right{b(0, c), b.stride};
            S corner[rows * columns];
            const bool on_diagonal = lower && j < c + width - 1;
            Columns<S> to{o(j, c), o.stride};
            if (on_diagonal) {
                to = {corner, rows};
                for (S& entry : corner) entry = S(0);
            }
            if (height == 1)
                for (Index k = 0; k < width; ++k) add_dots<1, 1, S>(left, {right(0, k), b.stride}, n, {to(0, k), 1});
            else if (width == 1) add_dots<tile_rows, 1, S>(left, right, n, to);
            else add_dots<tile_rows, tile_columns, S>(left, right, n, to);
            for (Index k = 0; on_diagonal && k < width; ++k)
                for (Index r = 0; r < height; ++r)
                    if (j + r >= c + k) *o(j + r, c + k) += *to(r, k);
            j += height;
        }
        c += width;
    }
}
}  // namespace detail

/// out += A' B.   next: what will be read after A, which may be asked for from memory meanwhile
template <Scalar S, Scalar Next>
void add_transposed_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out,
                            const detail::Columns<const Next>& next) {
    if constexpr (detail::has_many_registers)
        if (out.cols() <= static_cast<Index>(detail::few_columns))
            return detail::add_few_dots<S>({A.data(), A.outerStride()}, {B.data(), B.outerStride()}, A.rows(),
                                           out.rows(), out.cols(), {out.data(), out.outerStride()},
                                           detail::AskingForNext<S, Next>{next});
    detail::add_transposed_product<S>(A, B, false, out);
}
template <Scalar S>
void add_transposed_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    add_transposed_product<S>(A, B, out, detail::Columns<const S>{A.data(), A.outerStride()});
}
/// lower triangle of out += A' B
template <Scalar S>
void add_lower_product(const ConstMatrixView<S>& A, const ConstMatrixView<S>& B, MatrixView<S> out) {
    detail::add_transposed_product<S>(A, B, true, out);
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

// Vectors of parameters: the same loops, called with whole vectors.

template <Scalar S>
S dot(const Vector<S>& a, const Vector<S>& b) {
    return dot(a.data(), b.data(), a.size());
}
template <Scalar S>
S norm(const Vector<S>& a) {
    using std::sqrt;
    return sqrt(dot(a, a));
}
template <Scalar S>
bool all_finite(const Vector<S>& v) {
    return zero_if_finite(v.data(), v.size()) == S(0);
}
/// Largest |component|; 0 for a vector without any; NaN where one is NaN.
template <Scalar S>
S max_norm(const Vector<S>& v) {
    const S largest = max_abs(v.data(), v.size());
    return all_finite(v) || !(largest < std::numeric_limits<S>::infinity()) ? largest
                                                                            : std::numeric_limits<S>::quiet_NaN();
}
/// y += a x
template <Scalar S>
void add_multiple(const S& a, const Vector<S>& x, Vector<S>& y) {
    add_multiple(a, x.data(), y.data(), x.size());
}

}  // namespace gradus
