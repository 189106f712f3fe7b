#pragma once
// A sparse matrix of Eigen's as a storage.

#include <gradus/core/errors.hpp>
#include <gradus/data/storage.hpp>
#include <gradus/numeric/sums.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace gradus {

/// A compressed (or not) sparse matrix that lies in memory: SparseMatrix, Map or Ref of one, of either order and any index type. Known by its members,
/// so that <Eigen/SparseCore> is included by those alone who have one.
template <class M>
concept SparseInMemory = requires(const M& matrix) {
    matrix.outerIndexPtr();
    matrix.innerIndexPtr();
    matrix.innerNonZeroPtr();
    matrix.valuePtr();
    typename M::StorageIndex;
    M::IsRowMajor;
} && !M::IsVectorAtCompileTime;

namespace detail {

// Lines of a sparse matrix: rows of a row-major one, parts of the columns of a column-major one. Line l has the entries begin[l], ..., end[l] - 1 of
// `values`, at the places inner - first.
template <class T, class I>
struct SparseLines {
    const T* values;
    const I *inner, *begin, *end;
    Index count, first;
    std::vector<I> own;  // where begin and end lie, when they had to be looked up
};

// out_l += line_l' v
template <Scalar S, class T, class I>
GRADUS_NOINLINE void add_dots(const SparseLines<T, I>& A, const S* v, S* out) {
    for (Index l = 0; l < A.count; ++l) {
        Index k = A.begin[l];
        const Index end = A.end[l];
        S even(0), odd(0);
        for (; k + 2 <= end; k += 2) {
            even += static_cast<S>(A.values[k]) * v[A.inner[k] - A.first];
            odd += static_cast<S>(A.values[k + 1]) * v[A.inner[k + 1] - A.first];
        }
        if (k < end) even += static_cast<S>(A.values[k]) * v[A.inner[k] - A.first];
        out[l] += even + odd;
    }
}

// out += sum_l line_l v_l
template <Scalar S, class T, class I>
GRADUS_NOINLINE void add_combination(const SparseLines<T, I>& A, const S* v, S* GRADUS_RESTRICT out) {
    for (Index l = 0; l < A.count; ++l) {
        const S factor = v[l];
        const Index end = A.end[l];
        for (Index k = A.begin[l]; k < end; ++k) out[A.inner[k] - A.first] += static_cast<S>(A.values[k]) * factor;
    }
}

}  // namespace detail

template <Scalar S, class T, class I, bool is_row_major>
class SparseArrays : public Storage<S> {
    using Lines = detail::SparseLines<T, I>;

public:
    void read(const RowSet& rows, MatrixView<S> out) const override {
        out.setZero();
        for_each_entry(rows, [&](Index i, Index j, const S& x) { out(i, j) = x; });
    }

    bool multiplies(const RowSet& rows, Index, bool shifted) const override {
        return !shifted && (is_row_major || rows.is_range());
    }
    void times(const RowSet& rows, const S*, const ConstMatrixView<S>& W, MatrixView<S> out) const override {
        out.setZero();
        const Lines A = lines(rows);
        for (Index c = 0; c < W.cols(); ++c) {
            if constexpr (is_row_major) detail::add_dots(A, &W.coeffRef(0, c), &out(0, c));
            else detail::add_combination(A, &W.coeffRef(0, c), &out(0, c));
        }
    }
    void add_transposed_times(const RowSet& rows, const S*, const ConstMatrixView<S>& R, MatrixView<S> out) const override {
        const Lines A = lines(rows);
        for (Index c = 0; c < R.cols(); ++c) {
            if constexpr (is_row_major) detail::add_combination(A, &R.coeffRef(0, c), &out(0, c));
            else detail::add_dots(A, &R.coeffRef(0, c), &out(0, c));
        }
    }
    bool multiplies_without_dense() const override { return is_sparse_; }
    bool visits_entries() const override { return is_sparse_; }
    Index entries() const override { return entries_; }
    bool centres(bool builds_curvature) const override {
        return builds_curvature ? !is_sparse_ : 4 * entries_ > this->rows() * this->columns();
    }

protected:
    SparseArrays(Index rows, Index columns, const I* outer, const I* counts, const I* inner, const T* values)
        : Storage<S>(rows, columns), inner_(inner), values_(values), begin_(outer), end_(outer + 1) {
        const Index lines = is_row_major ? rows : columns;
        if (counts) {
            own_.resize(static_cast<std::size_t>(lines));
            for (Index l = 0; l < lines; ++l) own_[l] = outer[l] + counts[l];
            end_ = own_.data();
        }
        for (Index l = 0; l < lines; ++l) entries_ += end_[l] - begin_[l];
        is_sparse_ = columns > 256 && 10 * entries_ < rows * columns;
        this->set_block_rows(is_sparse_ ? long_block() : rows_in_cache<S>(columns));
        if (!is_row_major && columns > 0) {
            step_ = this->block_rows();
            const Index marks = (rows + step_ - 1) / step_;
            marks_.resize((marks + 1) * columns);
            for (Index j = 0; j < columns; ++j) {
                const I* at = inner_ + begin_[j];
                for (Index m = 0; m <= marks; ++m) {
                    at = std::lower_bound(at, inner_ + end_[j], std::min(rows, m * step_));
                    marks_[m * columns + j] = at - inner_;
                }
            }
        }
    }

private:
    static inline Index per_column = getenv("PC") ? atoi(getenv("PC")) : 16;
    Index long_block() const {
        const Index rows = this->rows(), columns = this->columns();
        const Index wanted = std::clamp<Index>(per_column * columns / std::max<Index>(1, entries_ / rows), 8192, std::max<Index>(65536, columns));
        const Index blocks = std::max<Index>(1, rows / wanted);
        return (rows + blocks - 1) / blocks;
    }

    Lines lines(const RowSet& rows) const {
        if constexpr (is_row_major) return {values_, inner_, begin_ + rows.first, end_ + rows.first, rows.count, 0, {}};
        else {
            const I* m = marks_.data() + rows.first / step_ * this->columns();
            return {values_, inner_, m, m + this->columns(), this->columns(), rows.first, {}};
        }
    }
    template <class At>
    void for_each_entry(const RowSet& rows, At&& at) const {
        const Lines A = lines(rows);
        for (Index l = 0; l < A.count; ++l)
            for (Index k = A.begin[l]; k < A.end[l]; ++k) {
                if constexpr (is_row_major) at(l, Index(inner_[k]), static_cast<S>(values_[k]));
                else at(inner_[k] - A.first, l, static_cast<S>(values_[k]));
            }
    }

    const I* inner_;
    const T* values_;
    const I *begin_, *end_;
    std::vector<I> own_, marks_;
    Index entries_ = 0, step_ = 1;
    bool is_sparse_ = false;
};

template <Scalar S, class M>
class SparseStorage final : public SparseArrays<S, typename M::Scalar, typename M::StorageIndex, M::IsRowMajor != 0> {
    using Base = SparseArrays<S, typename M::Scalar, typename M::StorageIndex, M::IsRowMajor != 0>;

public:
    explicit SparseStorage(const M& m)
        : Base(m.rows(), m.cols(), m.outerIndexPtr(), m.innerNonZeroPtr(), m.innerIndexPtr(), m.valuePtr()) {}
};

}  // namespace gradus
