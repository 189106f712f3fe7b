#pragma once
// The kernels: every product with X, on a block of rows that stays in cache.

#include <gradus/data/equilibration.hpp>
#include <gradus/numeric/power_of_two.hpp>
#include <gradus/numeric/products.hpp>
#include <gradus/numeric/sums.hpp>

#include <cmath>

namespace gradus {

namespace detail {

template <Scalar S>
using ColumnMajor = Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>, 0, Eigen::OuterStride<>>;
template <Scalar S>
using RowMajor = Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0, Eigen::OuterStride<>>;

// A block column (row) ahead: while this block is read a second time, from cache, the next one comes in from memory. Without these requests
// the processor's own prefetching stops at each page, and a sweep over a column-major X takes half as long again.
template <class Lines>
void request(const Lines& X, Index line, Index ahead) {
    if (ahead == 0) return;
    const auto* from = X.data() + line * X.outerStride() + ahead;
    constexpr Index step = 64 / static_cast<Index>(sizeof(*from)) > 0 ? 64 / static_cast<Index>(sizeof(*from)) : 1;
    for (Index i = 0; i < X.innerSize(); i += step) GRADUS_PREFETCH(from + i);
}

// out = (X - 1 shift') w
template <Scalar S>
GRADUS_NOINLINE void times(const ColumnMajor<S>& X, const S* shift, const S* w, VectorView<S> out, Index ahead) {
    const auto column = [&](Index j) { return (X.col(j).array() - shift[j]) * w[j]; };
    out.setZero();
    Index j = 0;
    for (; j + 4 <= X.cols(); j += 4) {
        request(X, j / 2, ahead);
        request(X, j / 2 + 1, ahead);
        out.array() += (column(j) + column(j + 1)) + (column(j + 2) + column(j + 3));
    }
    for (; j < X.cols(); ++j) out.array() += column(j);
}

template <Scalar S>
GRADUS_NOINLINE void times(const RowMajor<S>& X, const S* shift, const S* w, VectorView<S> out, Index ahead) {
    using Row = Eigen::Map<const Eigen::Array<S, 1, Eigen::Dynamic>>;
    const Row c(shift, X.cols()), weights(w, X.cols());
    for (Index i = 0; i < X.rows(); ++i) {
        if (i % 2 == 0) request(X, i / 2, ahead);
        out[i] = ((X.row(i).array() - c) * weights).sum();
    }
}

// out += (X - 1 shift')' r
template <Scalar S>
GRADUS_NOINLINE void add_transposed_times(const ColumnMajor<S>& X, const S* shift, const ConstVectorView<S>& r, S* out, Index ahead) {
    for (Index j = 0; j < X.cols(); ++j) {
        if (j % 2 == 0) request(X, (X.cols() + j) / 2, ahead);
        out[j] += ((X.col(j).array() - shift[j]) * r.array()).sum();
    }
}

template <Scalar S>
GRADUS_NOINLINE void add_transposed_times(const RowMajor<S>& X, const S* shift, const ConstVectorView<S>& r, S* out, Index ahead) {
    Eigen::Map<Eigen::Array<S, 1, Eigen::Dynamic>> sum(out, X.cols());
    const Eigen::Map<const Eigen::Array<S, 1, Eigen::Dynamic>> c(shift, X.cols());
    const auto row = [&](Index i) { return (X.row(i).array() - c) * r[i]; };
    Index i = 0;
    for (; i + 4 <= X.rows(); i += 4) {
        request(X, (X.rows() + i) / 2, ahead);
        request(X, (X.rows() + i) / 2 + 1, ahead);
        sum += (row(i) + row(i + 1)) + (row(i + 2) + row(i + 3));
    }
    for (; i < X.rows(); ++i) sum += row(i);
}

// high = A rounded to multiples of 2^-bits times the smallest power of two that bounds all of |A|; A - high is exact
template <Scalar S>
void leading_bits(const ConstMatrixView<S>& A, int bits, Matrix<S>& high) {
    using std::ldexp;
    const S bound = A.size() ? A.cwiseAbs().maxCoeff() : S(0);
    const S sigma = ldexp(S(1) / scale_to_one(bound), std::numeric_limits<S>::digits - bits);
    high = (A.array() + sigma) - sigma;
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
        auto& w = work_->scaled;
        w = W.col(0);
        if (work_->coordinates.scale.size()) w.array() *= work_->coordinates.scale.array();
        if (work_->view.is_column_major()) detail::times<S>(columns_in_place(), work_->shift.data(), w.data(), out.col(0), ahead());
        else detail::times<S>(rows_in_place(), work_->shift.data(), w.data(), out.col(0), ahead());
    }

    /// out += X_b' R.   R: b x q, out: p x q
    void add_transposed_times(const ConstMatrixView<S>& R, MatrixView<S> out) {
        if (columns() == 0) return;
        if (R.cols() > 1 || !in_place()) return add_transposed_product<S>(dense(), R, out);
        auto& sum = work_->scaled;
        sum.setZero(columns());
        if (work_->view.is_column_major())
            detail::add_transposed_times<S>(columns_in_place(), work_->shift.data(), R.col(0), sum.data(), ahead());
        else detail::add_transposed_times<S>(rows_in_place(), work_->shift.data(), R.col(0), sum.data(), ahead());
        if (work_->coordinates.scale.size()) sum.array() *= work_->coordinates.scale.array();
        out.col(0) += sum;
    }

    /// lower triangle of H += X_b' diag(d) X_b.   d: b entries of any sign, H: p x p
    void add_weighted_gram(const ConstVectorView<S>& d, MatrixView<S> H) {
        if (columns() == 0) return;
        const auto X = dense();
        work_->weighted.resize(work_->dense.rows(), columns());
        auto weighted = work_->weighted.topRows(rows_);
        for (Index j = 0; j < columns(); ++j) weighted.col(j) = X.col(j).cwiseProduct(d);
        add_lower_product<S>(X, weighted, H);
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
        const auto X_high = work_->high.topRows(rows_), X_low = work_->low.topRows(rows_);
        product<S>(X_high, W_high, high);
        product<S>(X_high, W_high - W, low);
        subtract_product<S>(X_low, W, low);
        low = -low;
    }

    /// high + low = X_b' R in the same way; high is free of error.
    void transposed_times_exactly(const ConstMatrixView<S>& R, MatrixView<S> high, MatrixView<S> low) {
        high.setZero();
        low.setZero();
        if (columns() == 0) return;
        split(columns());
        Matrix<S> R_high;
        detail::leading_bits<S>(R, bits(rows_), R_high);
        const auto X_high = work_->high.topRows(rows_), X_low = work_->low.topRows(rows_);
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
        Vector<S> shift;                     // p, zero in the user's own coordinates
        Vector<S> scaled;                    // p
        Matrix<S> dense, weighted, high, low;  // b x p each, allocated when first needed
    };

    RowBlock(Work& work, Index first, Index rows) : work_(&work), first_(first), rows_(rows) {}

    bool in_place() const { return !loaded_ && (work_->view.is_column_major() || work_->view.is_row_major()); }
    auto columns_in_place() const {
        return detail::ColumnMajor<S>(work_->view.address(first_, 0), rows_, columns(), Eigen::OuterStride<>(work_->view.column_stride()));
    }
    auto rows_in_place() const {
        return detail::RowMajor<S>(work_->view.address(first_, 0), rows_, columns(), Eigen::OuterStride<>(work_->view.row_stride()));
    }
    // distance in memory to the same place of the next block; zero when that is not a whole block
    Index ahead() const { return first_ + 2 * rows_ <= work_->view.rows() ? rows_ * work_->view.row_stride() : 0; }

    void load() {
        work_->dense.resize(work_->block_rows, columns());
        auto X = work_->dense.topRows(rows_);
        work_->view.copy_rows(first_, X);
        if (!work_->coordinates.is_identity())
            for (Index j = 0; j < columns(); ++j)
                X.col(j) = (X.col(j).array() - work_->coordinates.shift[j]) * work_->coordinates.scale[j];
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
        work_->low.resize(work_->block_rows, p);
        auto low = work_->low.topRows(rows_);
        detail::leading_bits<S>(X, bits(std::max(p, rows_)), work_->high);
        low = X - work_->high;
        if (!work_->coordinates.is_identity()) {
            auto raw = work_->weighted;
            raw.resize(rows_, p);
            work_->view.copy_rows(first_, raw);
            for (Index j = 0; j < p; ++j) {
                const S shift = -work_->coordinates.shift[j];
                BlockArray<S> centred = raw.col(j).array(), error = BlockArray<S>::Zero(rows_);
                add_exactly<BlockArray<S>>(centred, error, BlockArray<S>::Constant(rows_, shift));
                low.col(j).array() += error * work_->coordinates.scale[j];
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

    template <class Visit>
    void for_each(Visit&& visit) {
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
