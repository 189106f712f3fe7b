#pragma once
// The kernels of the matrix products: small tiles of the result are kept in registers while the factors stream by from
// cache.
//
// The blocks of X that the products are for are long and narrow and lie in cache already, so nothing is packed. Against
// Eigen's general product, which packs both factors at each call, on blocks of 256 x 96: 65 ms instead of 195 ms for
// 400000 rows of a Gram product with AVX-512, 124 instead of 233 with AVX2, 263 instead of 474 with SSE2; and a fifth
// less to compile.

#include <gradus/core/types.hpp>

#include <algorithm>
#include <type_traits>

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

/// Some of them, wherever they are.
template <class S, unsigned C>
struct SomeColumns {
    S* column[C];
    S* operator()(Index row, Index j) const { return column[j] + row; }
};

/// As many sums as the registers hold beside the factors: there are 32 with AVX-512, else 16.
inline constexpr bool has_many_registers = EIGEN_MAX_STATIC_ALIGN_BYTES >= 64;
inline constexpr unsigned tile_rows = has_many_registers ? 4 : 3;
inline constexpr unsigned tile_columns = 4;
/// Of a factor with few columns, as many at once as leave room for two rows of sums: each tile reads all of the other
/// factor, which is larger than the nearest cache.
inline constexpr unsigned few_columns = has_many_registers ? 10 : 4;

/// `columns`, of which there may be none, cut into tiles of like width, of at most few_columns.
inline Index tile_width(Index columns) {
    const Index most = few_columns, tiles = std::max<Index>(1, (columns + most - 1) / most);
    return (columns + tiles - 1) / tiles;
}
/// f(a constant) for the width, C at most.
template <unsigned C, class F>
void with_width(Index width, F&& f) {
    if constexpr (C == 1) f(std::integral_constant<unsigned, 1>());
    else if (width >= static_cast<Index>(C)) f(std::integral_constant<unsigned, C>());
    else with_width<C - 1>(width, f);
}

/// How kernels read the numbers of A at x, which is row i of its column j: as they are.
template <Scalar S>
struct AsItIs {
    Lane<S> operator()(const S* x, Index, Index) const { return Eigen::Map<const Lane<S>>(x); }
    const S& one(const S* x, Index, Index) const { return *x; }
};
/// As they are; what stands at the same place of another matrix, which comes next, is asked for from memory meanwhile.
template <Scalar S, Scalar Next = S>
struct AskingForNext {
    Columns<const Next> next;
    Lane<S> operator()(const S* x, Index i, Index j) const {
        GRADUS_PREFETCH(next(i, j));
        if constexpr (sizeof(Next) > sizeof(S)) GRADUS_PREFETCH(next(i + lanes<S> / 2, j));
        return Eigen::Map<const Lane<S>>(x);
    }
    const S& one(const S* x, Index, Index) const { return *x; }
};
/// Less a number for each column.
template <Scalar S>
struct LessOfColumns {
    const S* shift;
    Lane<S> operator()(const S* x, Index, Index j) const { return Eigen::Map<const Lane<S>>(x) - shift[j]; }
    S one(const S* x, Index, Index j) const { return *x - shift[j]; }
};
/// Less a number for each row; what is `ahead` of x is asked for from memory meanwhile.
template <Scalar S>
struct LessOfRows {
    const S* shift;
    Index ahead = 0;
    Lane<S> operator()(const S* x, Index i, Index) const {
        GRADUS_PREFETCH(x + ahead);
        return Eigen::Map<const Lane<S>>(x) - Eigen::Map<const Lane<S>>(shift + i);
    }
    S one(const S* x, Index i, Index) const { return *x - shift[i]; }
};

/// out(r, c) += sum_i A(i, r) B(i, c) over n rows, r < R, c < C.   first: the column of A that it is to the reader.
template <unsigned R, unsigned C, Scalar S, class Reader = AsItIs<S>, class Left = Columns<const S>>
GRADUS_NOINLINE void add_dots(Left A, Columns<const S> B, Index n, Columns<S> out, const Reader& read = {},
                              Index first = 0) {
    Lane<S> sum[R][C];
    for (unsigned r = 0; r < R; ++r)
        for (unsigned c = 0; c < C; ++c) sum[r][c].setZero();
    Index i = 0;
    for (; i + lanes<S> <= n; i += lanes<S>) {
        Lane<S> a[R];
        for (unsigned r = 0; r < R; ++r) a[r] = read(A(i, r), i, first + r);
        for (unsigned c = 0; c < C; ++c) {
            const Lane<S> b = Eigen::Map<const Lane<S>>(B(i, c));
            for (unsigned r = 0; r < R; ++r) sum[r][c] += a[r] * b;
        }
    }
    for (unsigned c = 0; c < C; ++c)
        for (unsigned r = 0; r < R; ++r) {
            S total = sum[r][c].sum();
            for (Index rest = i; rest < n; ++rest) total += read.one(A(rest, r), rest, first + r) * *B(rest, c);
            *out(r, c) += total;
        }
}

/// out(i, c) += sum_j A(i, j) B(j, c) over p columns, i < 2 lanes, c < C.   first: the row
/// of A that it is to the reader.
template <unsigned C, Scalar S, class Reader = AsItIs<S>>
GRADUS_NOINLINE void add_combinations(Columns<const S> A, Columns<const S> B, Index p, Columns<S> out,
                                      const Reader& read = {}, Index first = 0) {
    using Out = Eigen::Map<Lane<S>>;
    Lane<S> upper[C], lower[C];
    for (unsigned c = 0; c < C; ++c) upper[c] = Out(out(0, c)), lower[c] = Out(out(lanes<S>, c));
    for (Index j = 0; j < p; ++j) {
        const Lane<S> a = read(A(0, j), first, j), b = read(A(lanes<S>, j), first + lanes<S>, j);
        for (unsigned c = 0; c < C; ++c) upper[c] += a * *B(j, c), lower[c] += b * *B(j, c);
    }
    for (unsigned c = 0; c < C; ++c) Out(out(0, c)) = upper[c], Out(out(lanes<S>, c)) = lower[c];
}

/// out += A B for few columns of B.
template <Scalar S, class Reader>
GRADUS_NOINLINE void add_few_combinations(Columns<const S> A, Columns<const S> B, Index rows, Index p, Index columns,
                                          Columns<S> out, const Reader& read) {
    constexpr Index tile = 2 * lanes<S>;
    const Index whole = rows / tile * tile;
    with_width<few_columns>(columns, [&](auto width) {
        for (Index i = 0; i < whole; i += tile)
            add_combinations<width, S, Reader>({A(i, 0), A.stride}, B, p, {out(i, 0), out.stride}, read, i);
    });
    for (Index c = 0; whole < rows && c < columns; ++c)
        for (Index j = 0; j < p; ++j)
            for (Index i = whole; i < rows; ++i) *out(i, c) += read.one(A(i, j), i, j) * *B(j, c);
}

/// out += A'B for few columns of B: two columns of A at a time, each read once.
template <Scalar S, class Reader>
GRADUS_NOINLINE void add_few_dots(Columns<const S> A, Columns<const S> B, Index n, Index p, Index columns,
                                  Columns<S> out, const Reader& read) {
    with_width<few_columns>(columns, [&](auto width) {
        Index j = 0;
        for (; j + 2 <= p; j += 2)
            add_dots<2, width, S, Reader>({A(0, j), A.stride}, B, n, {out(j, 0), out.stride}, read, j);
        if (j < p) add_dots<1, width, S, Reader>({A(0, j), A.stride}, B, n, {out(j, 0), out.stride}, read, j);
    });
}

}  // namespace gradus::detail
