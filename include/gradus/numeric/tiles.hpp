#pragma once
// The kernels of the matrix products: small tiles of the result are kept in registers while the factors stream by from
// cache.
//
// The blocks of X that the products are for are long and narrow and lie in cache already, so nothing is packed. Against
// Eigen's general product, which packs both factors at each call, on blocks of 256 x 96: 65 ms instead of 195 ms for
// 400000 rows of a Gram product with AVX-512, 124 instead of 233 with AVX2, 263 instead of 474 with SSE2; and a fifth
// less to compile.

#include <gradus/core/types.hpp>

namespace gradus::detail {

/// Numbers in the widest vector register, 1 for scalars that have none.
template <Scalar S>
inline constexpr int lanes = static_cast<int>(EIGEN_MAX_STATIC_ALIGN_BYTES / sizeof(S) > 1
                                                  ? EIGEN_MAX_STATIC_ALIGN_BYTES / sizeof(S)
                                                  : 1);
template <Scalar S>
using Lane = Eigen::Array<S, lanes<S>, 1>;

/// A column-major matrix in memory: column j begins at data + j stride.
template <class S>
struct Columns {
    S* data;
    Index stride;
    S* operator()(Index row, Index column) const { return data + row + column * stride; }
};

/// As many sums as the registers hold beside the factors: there are 32 with AVX-512, else 16.
inline constexpr unsigned tile_rows = EIGEN_MAX_STATIC_ALIGN_BYTES >= 64 ? 4 : 3;
inline constexpr unsigned tile_columns = 4;

/// out(r, c) += sum_i A(i, r) B(i, c) over n rows, r < R, c < C.
template <unsigned R, unsigned C, Scalar S>
GRADUS_NOINLINE void add_dots(Columns<const S> A, Columns<const S> B, Index n, Columns<S> out) {
    using In = Eigen::Map<const Lane<S>>;
    Lane<S> sum[R][C];
    for (unsigned r = 0; r < R; ++r)
        for (unsigned c = 0; c < C; ++c) sum[r][c].setZero();
    Index i = 0;
    for (; i + lanes<S> <= n; i += lanes<S>) {
        Lane<S> a[R];
        for (unsigned r = 0; r < R; ++r) a[r] = In(A(i, r));
        for (unsigned c = 0; c < C; ++c) {
            const Lane<S> b = In(B(i, c));
            for (unsigned r = 0; r < R; ++r) sum[r][c] += a[r] * b;
        }
    }
    for (unsigned c = 0; c < C; ++c)
        for (unsigned r = 0; r < R; ++r) {
            S total(0);
            for (int l = 0; l < lanes<S>; ++l) total += sum[r][c][l];
            for (Index rest = i; rest < n; ++rest) total += *A(rest, r) * *B(rest, c);
            *out(r, c) += total;
        }
}

/// out(i, c) += sum_j A(i, j) B(j, c) over p columns, i < 2 lanes, c < C.
template <unsigned C, Scalar S>
GRADUS_NOINLINE void add_combinations(Columns<const S> A, Columns<const S> B, Index p, Columns<S> out) {
    using In = Eigen::Map<const Lane<S>>;
    using Out = Eigen::Map<Lane<S>>;
    Lane<S> upper[C], lower[C];
    for (unsigned c = 0; c < C; ++c) upper[c] = In(out(0, c)), lower[c] = In(out(lanes<S>, c));
    for (Index j = 0; j < p; ++j) {
        const Lane<S> a = In(A(0, j)), b = In(A(lanes<S>, j));
        for (unsigned c = 0; c < C; ++c) upper[c] += a * *B(j, c), lower[c] += b * *B(j, c);
    }
    for (unsigned c = 0; c < C; ++c) Out(out(0, c)) = upper[c], Out(out(lanes<S>, c)) = lower[c];
}

}  // namespace gradus::detail
