#pragma once
// The kernels: every product with X, on a block of rows that stays in cache.

#include <gradus/core/function_ref.hpp>
#include <gradus/data/equilibration.hpp>
#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/power_of_two.hpp>
#include <gradus/numeric/products.hpp>
#include <gradus/numeric/sums.hpp>

#include <cmath>
#include <span>

namespace gradus {

namespace detail {

// Four lines (columns or rows) of X in place, `stride` apart. While this block is read a second time, from cache, the next one, `ahead` away in
// memory, is requested: without that the processor's own prefetching stops at each page, and a sweep over a column-major X takes half
// as long again.
template <Scalar S>
struct Lines {
    const S* data;
    Index stride, ahead;

    const S* operator[](Index line) const { return data + line * stride; }
    void request(Index line, Index length) const {
        if (ahead == 0) return;
        constexpr Index step = sizeof(S) < 64 ? 64 / sizeof(S) : 1;
        for (Index i = 0; i < length; i += step) GRADUS_PREFETCH(data + line * stride + ahead + i);
    }
};

// out (b) = sum_j (column_j - shift_j) w_j
template <Scalar S>
GRADUS_NOINLINE void times_columns(const Lines<S>& X, Index rows, Index columns, const S* shift, const S* w,
                                   S* GRADUS_RESTRICT out) {
    for (Index i = 0; i < rows; ++i) out[i] = S(0);
    Index j = 0;
    for (; j + 4 <= columns; j += 4) {
        X.request(j / 2, rows);
        X.request(j / 2 + 1, rows);
        const S *GRADUS_RESTRICT x0 = X[j], *GRADUS_RESTRICT x1 = X[j + 1], *GRADUS_RESTRICT x2 = X[j + 2],
                                 *GRADUS_RESTRICT x3 = X[j + 3];
        const S c0 = shift[j], c1 = shift[j + 1], c2 = shift[j + 2], c3 = shift[j + 3], w0 = w[j], w1 = w[j + 1],
                w2 = w[j + 2], w3 = w[j + 3];
        for (Index i = 0; i < rows; ++i)
            out[i] += ((x0[i] - c0) * w0 + (x1[i] - c1) * w1) + ((x2[i] - c2) * w2 + (x3[i] - c3) * w3);
    }
    for (; j < columns; ++j) {
        const S* GRADUS_RESTRICT x = X[j];
        const S c = shift[j], weight = w[j];
        for (Index i = 0; i < rows; ++i) out[i] += (x[i] - c) * weight;
    }
}

// out_i = sum_j (row_ij - shift_j) w_j
template <Scalar S>
GRADUS_NOINLINE void times_rows(const Lines<S>& X, Index rows, Index columns, const S* shift, const S* w, S* out) {
    for (Index i = 0; i < rows; ++i) {
        if (i % 2 == 0) X.request(i / 2, columns);
        const S* x = X[i];
        out[i] = lane_sum<S>(columns, [=](Index j) { return (x[j] - shift[j]) * w[j]; });
    }
}

// out_j += sum_i (x_ij - shift_j) r_i
template <Scalar S>
GRADUS_NOINLINE void add_transposed_times_columns(const Lines<S>& X, Index rows, Index columns, const S* shift,
                                                  const S* r, S* out) {
    for (Index j = 0; j < columns; ++j) {
        if (j % 2 == 0) X.request((columns + j) / 2, rows);
        out[j] += shifted_dot(X[j], shift[j], r, rows);
    }
}

template <Scalar S>
GRADUS_NOINLINE void add_transposed_times_rows(const Lines<S>& X, Index rows, Index columns,
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

// high = A rounded to multiples of 2^-bits times the smallest power of two that bounds all of |A|; A - high is exact
template <Scalar S>
void leading_bits(const ConstMatrixView<S>& A, int bits, Matrix<S>& high) {
    using std::ldexp;
    S bound(0);
    for (Index j = 0; j < A.cols() && A.rows() > 0; ++j) bound = std::max(bound, max_abs(&A.coeffRef(0, j), A.rows()));
    const S sigma = ldexp(S(1) / scale_to_one(bound), std::numeric_limits<S>::digits - bits);
    high.resize(A.rows(), A.cols());
    for (Index j = 0; j < A.cols(); ++j) {
        const S* from = &A.coeffRef(0, j);
        S* GRADUS_RESTRICT to = &high(0, j);
        for (Index i = 0; i < A.rows(); ++i) to[i] = (from[i] + sigma) - sigma;
    }
}

}  // namespace detail

/// Rows of X, in equilibrated coordinates when they are given: X_b below is (X - 1 shift') diag(scale), never stored for more rows than these.
/// Made by RowBlocks, which owns the scratch; valid until the next block is asked for.
template <Scalar S>
class RowBlock {
public:
    Index first() const { return first_; }
    Index rows() const { return rows_; }
    Index columns() const { return work_->view.columns(); }

    /// out = X_b W.   W: p x q, out: b x q
    void times(const ConstMatrixView<S>& W, MatrixView<S> out) {
        if (columns() == 0) return void(out.setZero());
        if (W.cols() > 1 || !in_place()) return product<S>(dense(), W, out);
        Vector<S>& w = work_->scaled;
        const Vector<S>& scale = work_->coordinates.scale;
        w.resize(columns());
        for (Index j = 0; j < columns(); ++j) w[j] = scale.size() ? S(W(j, 0) * scale[j]) : W(j, 0);
        const S* shift = work_->shift.data();
        if (work_->view.is_column_major())
            detail::times_columns(column_lines(), rows_, columns(), shift, w.data(), out.data());
        else detail::times_rows(row_lines(), rows_, columns(), shift, w.data(), out.data());
    }

    /// out += X_b' R.   R: b x q, out: p x q
    void add_transposed_times(const ConstMatrixView<S>& R, MatrixView<S> out) {
        if (columns() == 0) return;
        if (R.cols() > 1 || !in_place()) return add_transposed_product<S>(dense(), R, out);
        Vector<S>& sum = work_->scaled;
        const Vector<S>& scale = work_->coordinates.scale;
        sum.setZero(columns());
        const S* shift = work_->shift.data();
        if (work_->view.is_column_major())
            detail::add_transposed_times_columns(column_lines(), rows_, columns(), shift, R.data(), sum.data());
        else detail::add_transposed_times_rows(row_lines(), rows_, columns(), shift, R.data(), sum.data());
        for (Index j = 0; j < columns(); ++j) out(j, 0) += scale.size() ? S(sum[j] * scale[j]) : sum[j];
    }

    /// lower triangle of H += X_b' diag(d) X_b.   d: b entries of any sign, H: p x p
    void add_weighted_gram(const ConstVectorView<S>& d, MatrixView<S> H) {
        if (columns() == 0) return;
        const auto X = dense();
        work_->weighted.resize(work_->dense.rows(), columns());
        for (Index j = 0; j < columns(); ++j) {
            const S* GRADUS_RESTRICT from = &X.coeffRef(0, j);
            S* GRADUS_RESTRICT to = &work_->weighted(0, j);
            for (Index i = 0; i < rows_; ++i) to[i] = from[i] * d[i];
        }
        add_lower_product<S>(X, work_->weighted.topRows(rows_), H);
    }

    /// The block as a matrix of its own, b x p.
    ConstMatrixView<S> dense() {
        if (!loaded_) load();
        return work_->dense.topRows(rows_);
    }

    /// high + low = X_b W with an error far below one rounding. Each factor is split into its leading bits and the rest; the product of the
    /// leading parts is free of error, because no sum of it needs more digits than S has (Ozaki, Ogita, Oishi, Rump, Numer. Algorithms 59
    /// (2012), 95), and only the small rest is rounded. Three ordinary products instead of one.
    void times_exactly(const ConstMatrixView<S>& W, MatrixView<S> high, MatrixView<S> low) {
        high.setZero();
        low.setZero();
        if (columns() == 0) return;
        split(columns());
        Matrix<S> W_high;
        detail::leading_bits<S>(W, bits(columns()), W_high);
        const Matrix<S>&X_high = work_->high, &X_low = work_->low;
        add_product<S>(X_high, W_high, high);
        add_product<S>(X_high, W - W_high, low);
        add_product<S>(X_low, W, low);
    }

    /// high + low = X_b' R in the same way; high is free of error.
    void transposed_times_exactly(const ConstMatrixView<S>& R, MatrixView<S> high, MatrixView<S> low) {
        high.setZero();
        low.setZero();
        if (columns() == 0) return;
        split(columns());
        Matrix<S> R_high;
        detail::leading_bits<S>(R, bits(rows_), R_high);
        const Matrix<S>&X_high = work_->high, &X_low = work_->low;
        add_transposed_product<S>(X_high, R_high, high);
        add_transposed_product<S>(X_high, R - R_high, low);
        add_transposed_product<S>(X_low, R, low);
    }

private:
    template <Scalar>
    friend class RowBlocks;

    struct Work {
        DenseView<S> view;
        Equilibration<S> coordinates;
        Index block_rows = 0;
        Vector<S> shift;                       // p, zero in the user's own coordinates
        Vector<S> scaled;                      // p
        Matrix<S> dense, weighted, high, low;  // b x p each, allocated when first needed
    };

    RowBlock(Work& work, Index first, Index rows) : work_(&work), first_(first), rows_(rows) {}

    bool in_place() const { return !loaded_ && (work_->view.is_column_major() || work_->view.is_row_major()); }
    detail::Lines<S> column_lines() const {
        return {work_->view.address(first_, 0), work_->view.column_stride(), ahead()};
    }
    detail::Lines<S> row_lines() const { return {work_->view.address(first_, 0), work_->view.row_stride(), ahead()}; }
    // distance in memory to the same place of the next block; zero when that is not a whole block
    Index ahead() const { return first_ + 2 * rows_ <= work_->view.rows() ? rows_ * work_->view.row_stride() : 0; }

    void load() {
        load([&](MatrixView<S> dense) { work_->view.copy_rows(first_, dense); });
    }
    template <class Copy>
    void load(Copy&& copy) {
        work_->dense.resize(work_->block_rows, columns());
        if (columns() > 0) copy(work_->dense.topRows(rows_));
        for (Index j = 0; !work_->coordinates.is_identity() && j < columns(); ++j) {
            const S shift = work_->coordinates.shift[j], scale = work_->coordinates.scale[j];
            S* x = &work_->dense(0, j);
            for (Index i = 0; i < rows_; ++i) x[i] = (x[i] - shift) * scale;
        }
        loaded_ = true;
    }

    // leading bits such that sums of `terms` products need no more digits than S has
    static int bits(Index terms) {
        int log_terms = 0;
        while ((Index(1) << log_terms) < terms) ++log_terms;
        return (std::numeric_limits<S>::digits - log_terms) / 2;
    }

    // dense() = high + low, the rounding of x - shift included
    void split(Index p) {
        if (is_split_) return;
        const auto X = dense();
        Matrix<S>&high = work_->high, &low = work_->low, &raw = work_->weighted;
        detail::leading_bits<S>(X, bits(std::max(p, rows_)), high);
        low.resize(rows_, p);
        raw.resize(work_->dense.rows(), p);
        work_->view.copy_rows(first_, raw.topRows(rows_));
        for (Index j = 0; j < p; ++j) {
            const bool shifted = !work_->coordinates.is_identity();
            const S shift = shifted ? S(-work_->coordinates.shift[j]) : S(0),
                    scale = shifted ? work_->coordinates.scale[j] : S(1);
            for (Index i = 0; i < rows_; ++i) {
                S sum = raw(i, j), error(0);
                add_exactly(sum, error, shift);
                low(i, j) = (X(i, j) - high(i, j)) + error * scale;
            }
        }
        is_split_ = true;
    }

    Work* work_;
    Index first_, rows_;
    bool loaded_ = false, is_split_ = false;
};

/// X cut into blocks of rows, a partition that depends on the number of columns alone. Owns the scratch that the blocks share: one thread at a
/// time.
template <Scalar S>
class RowBlocks {
public:
    explicit RowBlocks(const DenseView<S>& X, Equilibration<S> coordinates = {}) : rows_(X.rows()) {
        work_.view = X;
        work_.coordinates = std::move(coordinates);
        work_.shift = work_.coordinates.is_identity() ? Vector<S>::Zero(X.columns()) : work_.coordinates.shift;
        work_.block_rows = std::min(rows_for(X.columns()), X.rows());
    }

    /// Rows without features.
    explicit RowBlocks(Index rows) : rows_(rows) { work_.block_rows = std::min(rows_for(0), rows); }

    Index rows() const { return rows_; }
    Index columns() const { return work_.view.columns(); }
    Index block_rows() const { return work_.block_rows; }
    const Equilibration<S>& coordinates() const { return work_.coordinates; }

    /// The rows with these indices, in any order, as one block; at most block_rows() of them.
    template <class Visit>
    void gather(std::span<const Index> rows, Visit&& visit) {
        const auto count = static_cast<Index>(rows.size());
        RowBlock<S> block(work_, 0, count);
        block.load([&](MatrixView<S> dense) {
            for (Index i = 0; i < count; ++i)
                work_.view.copy_rows(rows[static_cast<std::size_t>(i)], dense.middleRows(i, 1));
        });
        visit(block);
    }

    GRADUS_NOINLINE void for_each(FunctionRef<RowBlock<S>&> visit) {
        for (Index first = 0; first < rows(); first += work_.block_rows) {
            RowBlock<S> block(work_, first, std::min(work_.block_rows, rows() - first));
            visit(block);
        }
    }

private:
    // about 256 kB of X: half of a small second-level cache
    static Index rows_for(Index columns) {
        Index rows = max_block_rows;
        while (rows > 32 && rows * columns * static_cast<Index>(sizeof(S)) > Index(256) * 1024) rows /= 2;
        return rows;
    }

    typename RowBlock<S>::Work work_;
    Index rows_;
};

}  // namespace gradus
