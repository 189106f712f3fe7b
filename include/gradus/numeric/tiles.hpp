#pragma once
// The kernels of the matrix products: small tiles of the result are kept in registers while the factors stream by from
// cache.
//
// The blocks of X that the products are for are long and narrow and lie in cache already, so nothing is packed. Against
// Eigen's rankUpdate, which packs both factors at each call, on blocks of 256 x 96: 35 ms instead of 212 ms for 400000
// rows of a Gram product with AVX-512, 64 instead of 219 with AVX2, 154 instead of 315 with SSE2; and a fifth less to
// compile.

#include <gradus/numeric/registers.hpp>

#include <algorithm>
#include <type_traits>

namespace gradus::detail {

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

/// As many sums as the registers hold beside the factors.
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
    Lane<S> operator()(const S* x, Index, Index) const { return lane_at<S>(x); }
    const S& one(const S* x, Index, Index) const { return *x; }
};
/// As they are; what stands at the same place of another matrix, which comes next, is asked for from memory meanwhile.
template <Scalar S, Scalar Next = S>
struct AskingForNext {
    Columns<const Next> next;
    Lane<S> operator()(const S* x, Index i, Index j) const {
        GRADUS_PREFETCH(next(i + lanes<S> - 1, j));
        if constexpr (sizeof(Next) > sizeof(S)) GRADUS_PREFETCH(next(i + lanes<S> / 2 - 1, j));
        return lane_at<S>(x);
    }
    const S& one(const S* x, Index, Index) const { return *x; }
};
/// Less a number for each column.
template <Scalar S>
struct LessOfColumns {
    const S* shift;
    Lane<S> operator()(const S* x, Index, Index j) const { return lane_at<S>(x) - shift[j]; }
    S one(const S* x, Index, Index j) const { return *x - shift[j]; }
};
/// Less a number for each row; what is `ahead` of x is asked for from memory meanwhile.
template <Scalar S>
struct LessOfRows {
    const S* shift;
    Index ahead = 0;
    Lane<S> operator()(const S* x, Index i, Index) const {
        GRADUS_PREFETCH(x + ahead);
        return lane_at<S>(x) - lane_at<S>(shift + i);
    }
    S one(const S* x, Index i, Index) const { return *x - shift[i]; }
};

/// out(r, c) += sum_i A(i, r) B(i, c) over n rows, r < R, c < C.   first: the column of A that it is to the reader.
template <unsigned R, unsigned C, Scalar S, class Reader = AsItIs<S>, class Left = Columns<const S>>
GRADUS_NOINLINE void add_dots(Left A, Columns<const S> B, Index n, Columns<S> out, const Reader& read = {},
                              Index first = 0) {
    Lane<S> sum[C][R];
    for (unsigned c = 0; c < C; ++c)
        for (unsigned r = 0; r < R; ++r) sum[c][r] = lane_of_zeros<S>();
    Index i = 0;
    for (; i + lanes<S> <= n; i += lanes<S>) {
        Lane<S> a[R];
        for (unsigned r = 0; r < R; ++r) a[r] = read(A(i, r), i, first + r);
        for (unsigned c = 0; c < C; ++c) {
            const Lane<S> b = lane_at<S>(B(i, c));
            for (unsigned r = 0; r < R; ++r) sum[c][r] += a[r] * b;
        }
    }
    S total[C][R];
    sums_of<C * R, S>(&sum[0][0], &total[0][0]);
    for (; i < n; ++i)
        for (unsigned c = 0; c < C; ++c)
            for (unsigned r = 0; r < R; ++r) total[c][r] += read.one(A(i, r), i, first + r) * *B(i, c);
    for (unsigned c = 0; c < C; ++c)
        for (unsigned r = 0; r < R; ++r) *out(r, c) += total[c][r];
}

/// out(i, c) += sum_j A(i, j) B(j, c) over p columns, i < 2 lanes, c < C.   first: the row
/// of A that it is to the reader.
template <unsigned C, Scalar S, class Reader = AsItIs<S>>
GRADUS_NOINLINE void add_combinations(Columns<const S> A, Columns<const S> B, Index p, Columns<S> out,
                                      const Reader& read = {}, Index first = 0) {
    Lane<S> upper[C], lower[C];
    for (unsigned c = 0; c < C; ++c) upper[c] = lane_at<S>(out(0, c)), lower[c] = lane_at<S>(out(lanes<S>, c));
    for (Index j = 0; j < p; ++j) {
        const Lane<S> a = read(A(0, j), first, j), b = read(A(lanes<S>, j), first + lanes<S>, j);
        for (unsigned c = 0; c < C; ++c) upper[c] += a * *B(j, c), lower[c] += b * *B(j, c);
    }
    for (unsigned c = 0; c < C; ++c) store_lane<S>(upper[c], out(0, c)), store_lane<S>(lower[c], out(lanes<S>, c));
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
