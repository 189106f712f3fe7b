#pragma once
// A dense matrix as a storage, and the products with it where it lies.

#include <gradus/data/dense_view.hpp>
#include <gradus/data/storage.hpp>
#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/sums.hpp>
#include <gradus/numeric/tiles.hpp>

#include <algorithm>

namespace gradus {

namespace detail {

// Four lines (columns or rows) of X in place, `stride` apart. While this block is read a second time, from cache, the
// next one, `ahead` away in memory, is requested: without that the processor's own prefetching stops at each page, and
// a sweep over a column-major X takes half as long again. The last number of each line's worth is asked for: where
// columns do not begin with a line of the cache their last numbers stand in one more, and the first were there for the
// block before (400000 x 100, 16 bytes off: a logistic fit in 0.196 s instead of 0.216).
template <Scalar S>
struct Strips {
    const S* data;
    Index stride, ahead;

    const S* operator[](Index line) const { return data + line * stride; }
    void request(Index line, Index length) const {
        if (ahead == 0) return;
        constexpr Index step = sizeof(S) < 64 ? 64 / sizeof(S) : 1;
        const S* next = data + line * stride + ahead;
        for (Index i = step - 1; i < length + step - 1; i += step) GRADUS_PREFETCH(next + i);
    }
};

// Some columns of another storage, from the first of these rows on.
template <Scalar S>
struct ColumnsOf {
    const Storage<S>* all;
    const Index* columns;
    Index first;

    const S* operator[](Index line) const { return all->column(first, columns[line]); }
    void request(Index, Index) const {}
};

// out (b) = sum_j (column_j - shift_j) w_j; columns of weight zero are not read
template <Scalar S, class Lines>
GRADUS_NOINLINE void times_columns(const Lines& X, Index rows, Index columns, const S* shift, const S* w,
                                   S* GRADUS_RESTRICT out) {
    for (Index i = 0; i < rows; ++i) out[i] = S(0);
    Index four[4], found = 0;
    for (Index j = 0; j < columns; ++j) {
        if (w[j] == S(0)) continue;
        four[found++] = j;
        if (found < 4) continue;
        found = 0;
        if (four[3] - four[0] == 3) {  // where there are gaps, the next block's columns may be any
            X.request(four[0] / 2, rows);
            X.request(four[0] / 2 + 1, rows);
        }
        const S *GRADUS_RESTRICT x0 = X[four[0]], *GRADUS_RESTRICT x1 = X[four[1]], *GRADUS_RESTRICT x2 = X[four[2]],
                                 *GRADUS_RESTRICT x3 = X[four[3]];
        const S w0 = w[four[0]], w1 = w[four[1]], w2 = w[four[2]], w3 = w[four[3]];
        const S c0 = shift[four[0]], c1 = shift[four[1]], c2 = shift[four[2]], c3 = shift[four[3]];
        for (Index i = 0; i < rows; ++i)
            out[i] += ((x0[i] - c0) * w0 + (x1[i] - c1) * w1) + ((x2[i] - c2) * w2 + (x3[i] - c3) * w3);
    }
    for (Index l = 0; l < found; ++l) {
        const S* GRADUS_RESTRICT x = X[four[l]];
        const S c = shift[four[l]], weight = w[four[l]];
        for (Index i = 0; i < rows; ++i) out[i] += (x[i] - c) * weight;
    }
}

// out_i = sum_j (row_ij - shift_j) w_j
template <Scalar S>
GRADUS_NOINLINE void times_rows(const Strips<S>& X, Index rows, Index columns, const S* shift, const S* w, S* out) {
    for (Index i = 0; i < rows; ++i) {
        if (i % 2 == 0) X.request(i / 2, columns);
        const S* x = X[i];
        out[i] = lane_sum<S>(columns, [=](Index j) { return (x[j] - shift[j]) * w[j]; });
    }
}

// out_j += sum_i (x_ij - shift_j) r_i
template <Scalar S, class Lines>
GRADUS_NOINLINE void add_transposed_times_columns(const Lines& X, Index rows, Index columns, const S* shift, const S* r,
                                                  S* out) {
    for (Index j = 0; j < columns; ++j) {
        if (j % 2 == 0) X.request((columns + j) / 2, rows);
        out[j] += shifted_dot(X[j], shift[j], r, rows);
    }
}

// out_c = sum_i (column_c,i - shift_c) r_i, c < C: whole columns, read from their beginning to their end, a thousand
// numbers after another so that the error is not that of one long sum. 2000 x 10000 in 5.4 ms; 13 ms in the order of
// blocks of 128 rows, where each piece of a column is on a page of its own.
template <unsigned C, Scalar S>
GRADUS_NOINLINE void dots_of_columns(const S* const* x, const S* shift, const S* r, Index n, S* out) {
    constexpr Index piece = 1024;
    Sum<S> total[C];
    for (Index first = 0; first < n; first += piece) {
        const Index end = std::min(n, first + piece), whole = first + (end - first) / lanes<S> * lanes<S>;
        Lane<S> sum[C];
        for (unsigned c = 0; c < C; ++c) sum[c] = lane_of_zeros<S>();
        for (Index i = first; i < whole; i += lanes<S>) {
            const Lane<S> b = lane_at<S>(r + i);
            for (unsigned c = 0; c < C; ++c) sum[c] += (lane_at<S>(x[c] + i) - shift[c]) * b;
        }
        S part[C];
        sums_of<C, S>(sum, part);
        for (unsigned c = 0; c < C; ++c) {
            for (Index i = whole; i < end; ++i) part[c] += (x[c][i] - shift[c]) * r[i];
            total[c].add(part[c]);
        }
    }
    for (unsigned c = 0; c < C; ++c) out[c] = total[c].value();
}

template <Scalar S>
GRADUS_NOINLINE void add_transposed_times_rows(const Strips<S>& X, Index rows, Index columns,
                                               const S* GRADUS_RESTRICT shift, const S* r, S* GRADUS_RESTRICT out) {
    Index i = 0;
    for (; i + 4 <= rows; i += 4) {
        X.request((rows + i) / 2, columns);
        X.request((rows + i) / 2 + 1, columns);
        const S *GRADUS_RESTRICT x0 = X[i], *GRADUS_RESTRICT x1 = X[i + 1], *GRADUS_RESTRICT x2 = X[i + 2],
                                 *GRADUS_RESTRICT x3 = X[i + 3];
        const S r0 = r[i], r1 = r[i + 1], r2 = r[i + 2], r3 = r[i + 3];
        for (Index j = 0; j < columns; ++j)
            out[j] += ((x0[j] - shift[j]) * r0 + (x1[j] - shift[j]) * r1) +
                      ((x2[j] - shift[j]) * r2 + (x3[j] - shift[j]) * r3);
    }
    for (; i < rows; ++i) {
        const S* GRADUS_RESTRICT x = X[i];
        for (Index j = 0; j < columns; ++j) out[j] += (x[j] - shift[j]) * r[i];
    }
}

}  // namespace detail

/// Any dense matrix, of any strides and type of entries. Products with few columns are done where it lies, when it is
/// of one of the two storage orders and of the scalar of the model; otherwise its rows are copied into cache, block by
/// block.
template <Scalar S>
class DenseStorage final : public Storage<S> {
public:
    explicit DenseStorage(const DenseView<S>& view) : Storage<S>(view.rows(), view.columns()), view_(view) {
        // of a column that is multiplied where it lies a block should be long enough to be read at the memory's speed
        const Index rows = rows_in_cache<S>(view.columns());
        this->set_block_rows(view.is_column_major() ? std::max<Index>(rows, 128) : rows);
    }

    void read(const RowSet& rows, MatrixView<S> out) const override {
        if (rows.is_range()) return view_.copy_rows(rows.first, out, rows.ahead());
        for (Index i = 0; i < rows.count; ++i) view_.copy_rows(rows[i], out.middleRows(i, 1));
    }

    // Several columns where rows are columns of the transpose: strips of columns that lie far apart get in each other's
    // way in cache, and are copied (60000 x 784, ten classes: 136 ms for a gradient in place, 100 with the copy).
    bool multiplies(const RowSet& rows, Index columns, bool) const override {
        if (!rows.is_range()) return false;
        return columns == 1 ? view_.is_column_major() || view_.is_row_major()
                            : view_.is_row_major() && columns <= static_cast<Index>(detail::few_columns);
    }
    void times(const RowSet& rows, const S* shift, const ConstMatrixView<S>& W, MatrixView<S> out) const override {
        const Index b = rows.count, p = this->columns();
        if (W.cols() > 1) {
            out.setZero();
            detail::add_few_dots<S>(transpose(rows), {W.data(), W.outerStride()}, p, b, W.cols(),
                                    {out.data(), out.outerStride()},
                                    detail::LessOfRows<S>{shift, 4 * view_.row_stride()});
        } else if (view_.is_column_major()) {
            detail::times_columns(strips(rows), b, p, shift, W.data(), out.data());
        } else {
            detail::times_rows(strips(rows), b, p, shift, W.data(), out.data());
        }
    }
    void add_transposed_times(const RowSet& rows, const S* shift, const ConstMatrixView<S>& R,
                              MatrixView<S> out) const override {
        const Index b = rows.count, p = this->columns();
        if (R.cols() > 1)
            detail::add_few_combinations<S>(transpose(rows), {R.data(), R.outerStride()}, p, b, R.cols(),
                                            {out.data(), out.outerStride()}, detail::LessOfRows<S>{shift});
        else if (view_.is_column_major())
            detail::add_transposed_times_columns(strips(rows), b, p, shift, R.data(), out.data());
        else detail::add_transposed_times_rows(strips(rows), b, p, shift, R.data(), out.data());
    }

    bool multiplies_columns(bool) const override { return view_.is_column_major(); }
    void transposed_times_columns(std::span<const Index> columns, const S* shift, const ConstMatrixView<S>& R,
                                  MatrixView<S> out) const override {
        const Index count = static_cast<Index>(columns.size()), tiled = R.cols() / tile * tile;
        const S* x[4];
        S shifts[4], sums[4];
        if (tiled > 0) products_of_columns(columns, shift, R.leftCols(tiled), out.leftCols(tiled));
        if (tiled == R.cols()) return;
        for (Index l = 0; l < count; l += 4) {
            const Index width = std::min<Index>(4, count - l);
            for (Index m = 0; m < 4; ++m) {  // of fewer than four the last one again
                const Index j = columns[static_cast<std::size_t>(l + std::min(m, width - 1))];
                x[m] = view_.address(0, j), shifts[m] = shift[j];
            }
            for (Index c = tiled; c < R.cols(); ++c) {
                detail::dots_of_columns<4>(x, shifts, &R.coeffRef(0, c), this->rows(), sums);
                for (Index m = 0; m < width; ++m) out(l + m, c) = sums[m];
            }
        }
    }

    bool rounds_entries() const override { return view_.rounds_entries(); }
    const S* column(Index first, Index j) const override {
        return view_.is_column_major() ? view_.address(first, j) : nullptr;
    }
    const S* row(Index i) const override { return view_.is_row_major() ? view_.address(i, 0) : nullptr; }

private:
    static constexpr Index tile = detail::tile_columns;

    // With several columns of R, a multiple of the tile's: in pieces of which a tile's are in the nearest cache, and R
    // in the next. 2000 columns of 2000 rows with 20 columns take 2.8 ms; in pieces of 256 rows 3.2, of 2048 3.1.
    void products_of_columns(std::span<const Index> columns, const S* shift, const ConstMatrixView<S>& R,
                             MatrixView<S> out) const {
        constexpr unsigned group = detail::tile_rows;
        constexpr Index piece = 512, in_cache = 65'536;
        const Index count = static_cast<Index>(columns.size()), n = this->rows();
        const Index chunk = std::max<Index>(1, in_cache / (piece * R.cols())) * piece;
        Matrix<S> sums(group, R.cols());
        out.setZero();
        for (Index begin = 0; begin < n; begin += chunk)
            for (Index l = 0; l < count; l += group) {
                const Index width = std::min<Index>(group, count - l), end = std::min(n, begin + chunk);
                S shifts[group];
                sums.setZero();
                for (Index first = begin; first < end; first += piece) {
                    detail::SomeColumns<const S, group> some;
                    for (Index m = 0; m < group; ++m) {
                        const Index j = columns[static_cast<std::size_t>(l + std::min(m, width - 1))];
                        some.column[m] = view_.address(first, j), shifts[m] = shift[j];
                    }
                    for (Index c = 0; c < R.cols(); c += tile)
                        detail::add_dots<group, detail::tile_columns, S>(
                            some, {&R.coeffRef(first, c), R.outerStride()}, std::min(piece, end - first),
                            {&sums(0, c), sums.rows()}, detail::LessOfColumns<S>{shifts});
                }
                out.middleRows(l, width) += sums.topRows(width);
            }
    }
    detail::Columns<const S> transpose(const RowSet& rows) const {
        return {view_.address(rows.first, 0), view_.row_stride()};
    }
    detail::Strips<S> strips(const RowSet& rows) const {
        return {view_.address(rows.first, 0), view_.is_column_major() ? view_.column_stride() : view_.row_stride(),
                ahead(rows)};
    }
    // Distance in memory to the same place of the next block; zero when that is not a whole block, and where the pieces
    // of columns are as long as a page, which the machine reads ahead by itself (1000000 x 20: X w in 13 ms, not 14.5).
    Index ahead(const RowSet& rows) const {
        if (view_.is_column_major() && rows.count * static_cast<Index>(sizeof(S)) >= 4096) return 0;
        return rows.first + rows.ahead() + rows.count <= this->rows() ? rows.ahead() * view_.row_stride() : 0;
    }

    DenseView<S> view_;
};

GRADUS_COMPILE(class DenseStorage<double>)

}  // namespace gradus
