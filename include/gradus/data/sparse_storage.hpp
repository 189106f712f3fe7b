#pragma once
// A sparse matrix of Eigen's as a storage.

#include <gradus/core/errors.hpp>
#include <gradus/data/storage.hpp>
#include <gradus/numeric/sums.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace gradus {

/// A sparse matrix that lies in memory, compressed or not: SparseMatrix, Map or Ref of one, of either order and any
/// index type. Known by its members, so that <Eigen/SparseCore> is included by those alone who have one.
template <class M>
concept SparseInMemory = !M::IsVectorAtCompileTime && requires(const M& matrix) {
    matrix.outerIndexPtr();
    matrix.innerIndexPtr();
    matrix.innerNonZeroPtr();
    matrix.valuePtr();
    typename M::StorageIndex;
    M::IsRowMajor;
};

namespace detail {

// Some lines of a sparse matrix: rows of a row-major one; columns of a column-major one, or the parts of them that lie
// in some rows. Line l has the entries values[begin[l]], ..., values[end[l] - 1], at the places inner[.] - first.
template <class T, class I>
struct SparseLines {
    const T* values;
    const I *inner, *begin, *end;
    Index count, first;

    // Eight kilobytes ahead: the processor's own prefetching starts anew at each page, of two arrays. 100000 x 50000
    // with 4.7 million entries times a vector: 2.2 ms instead of 4.4, its transpose 2.5 instead of 5.0.
    void ask_for_what_follows(Index k) const {
        constexpr Index ahead = 1024;
        GRADUS_PREFETCH(values + k + ahead);
        GRADUS_PREFETCH(inner + k + ahead);
    }
};
inline constexpr Index entries_at_once = 8;  // no more than a cache line has

// out_l += line_l v, for `width` vectors v and out at a time, whose entries alternate
template <unsigned width, Scalar S, class T, class I>
GRADUS_NOINLINE void add_dots(const SparseLines<T, I>& A, const S* v, S* out) {
    const auto add = [&](S* sum, Index k) {
        const S x = static_cast<S>(A.values[k]);
        const S* at = v + (A.inner[k] - A.first) * width;
        for (unsigned c = 0; c < width; ++c) sum[c] += x * at[c];
    };
    for (Index l = 0; l < A.count; ++l) {
        const Index end = A.end[l];
        Index k = A.begin[l];
        S even[width], odd[width];  // two chains of additions: one alone is slower than memory
        for (unsigned c = 0; c < width; ++c) even[c] = odd[c] = S(0);
        for (; k + entries_at_once <= end; k += entries_at_once) {
            A.ask_for_what_follows(k);
            for (Index m = k; m < k + entries_at_once; m += 2) add(even, m), add(odd, m + 1);
        }
        if (k < end) A.ask_for_what_follows(k);
        for (; k + 2 <= end; k += 2) add(even, k), add(odd, k + 1);
        if (k < end) add(even, k);
        for (unsigned c = 0; c < width; ++c) out[l * width + c] += even[c] + odd[c];
    }
}

// out += sum_l line_l v_l, likewise
template <unsigned width, Scalar S, class T, class I>
GRADUS_NOINLINE void add_combination(const SparseLines<T, I>& A, const S* v, S* GRADUS_RESTRICT out) {
    for (Index l = 0; l < A.count; ++l) {
        const Index end = A.end[l];
        S factor[width];
        bool is_zero = true;  // a line of weight zero is not read
        for (unsigned c = 0; c < width; ++c) factor[c] = v[l * width + c], is_zero = is_zero && factor[c] == S(0);
        if (is_zero) continue;
        const auto add = [&](Index k) {
            const S x = static_cast<S>(A.values[k]);
            S* GRADUS_RESTRICT to = out + (A.inner[k] - A.first) * width;
            for (unsigned c = 0; c < width; ++c) to[c] += x * factor[c];
        };
        Index k = A.begin[l];
        for (; k + entries_at_once <= end; k += entries_at_once) {
            A.ask_for_what_follows(k);
            for (Index m = k; m < k + entries_at_once; ++m) add(m);
        }
        if (k < end) A.ask_for_what_follows(k);
        for (; k < end; ++k) add(k);
    }
}

// out += A V, or A' V; line l is row l of A. Two columns of V go over the entries at once, side by side in scratch: 1.1
// to 2 times as fast as one after the other. Four at once are slower again where their scratch outgrows the cache.
template <bool is_transposed, Scalar S, class T, class I>
GRADUS_NOINLINE void add_sparse_product(const SparseLines<T, I>& A, const ConstMatrixView<S>& V, MatrixView<S> out) {
    const auto add = [&]<unsigned width>(const S* v, S* to) {
        if constexpr (is_transposed) add_combination<width>(A, v, to);
        else add_dots<width>(A, v, to);
    };
    Index c = 0;
    Matrix<S> pair, sums;
    for (; c + 2 <= V.cols(); c += 2) {
        pair.resize(2, V.rows());
        for (Index i = 0; i < V.rows(); ++i) pair(0, i) = V(i, c), pair(1, i) = V(i, c + 1);
        sums.setZero(2, out.rows());
        add.template operator()<2>(pair.data(), sums.data());
        for (Index i = 0; i < out.rows(); ++i) out(i, c) += sums(0, i), out(i, c + 1) += sums(1, i);
    }
    if (c < V.cols()) add.template operator()<1>(V.data() + c * V.outerStride(), out.data() + c * out.outerStride());
}

// Lower triangle of H += diag(scale) A' diag(d) A diag(scale), of which the columns [begin, end); line l is row l of A.
template <Scalar S, class T, class I>
GRADUS_NOINLINE void add_outer_products(const SparseLines<T, I>& A, const S* d, const S* scale, Index begin, Index end,
                                        MatrixView<S> H) {
    for (Index l = 0; l < A.count; ++l) {
        const Index last = A.end[l];
        Index k = std::lower_bound(A.inner + A.begin[l], A.inner + last, begin) - A.inner;
        for (; k < last && A.inner[k] < end; ++k) {
            const Index j = A.inner[k];
            const S factor = d[l] * static_cast<S>(A.values[k]) * (scale ? scale[j] : S(1));
            S* GRADUS_RESTRICT to = H.data() + j * H.outerStride();
            for (Index m = k; m < last; ++m) {
                const Index i = A.inner[m];
                to[i] += factor * static_cast<S>(A.values[m]) * (scale ? scale[i] : S(1));
            }
        }
    }
}

// The same, so many columns at a time that they stay in the second-level cache. 50000 rows of 48 entries take 85 ms and
// not 185 for p = 2000, 320 and not 340 for p = 5000.
template <Scalar S, class T, class I>
void add_sparse_gram(const SparseLines<T, I>& A, const S* d, const S* scale, Index begin, Index end, MatrixView<S> H) {
    const Index strip = std::max<Index>(16, (Index(1) << 18) / std::max<Index>(1, H.rows()));
    for (; begin < end; begin += strip) add_outer_products<S>(A, d, scale, begin, std::min(end, begin + strip), H);
}

/// A sparse matrix as the arrays of its entries, n x p: all that does not depend on the type of the matrix.
///
/// With more than 256 columns that are less than a tenth full it is sparse in fact, and nothing dense is made of its
/// rows. Otherwise they are read into dense blocks for curvature, for nearly exact products and for statistics of the
/// columns, all of which have the same digits then as those of a small dense matrix.
template <Scalar S, class T, class I, bool is_row_major>
class SparseArrays : public Storage<S> {
public:
    void read(const RowSet& rows, MatrixView<S> out) const override {
        out.setZero();
        for_each_entry(rows, [&](Index i, Index j, const S& x) { out(i, j) = x; });
    }

    bool multiplies(const RowSet& rows, Index, bool shifted) const override {
        return !shifted && (is_in_lines(rows) || is_sparse_);
    }
    void times(const RowSet& rows, const S*, const ConstMatrixView<S>& W, MatrixView<S> out) const override {
        out.setZero();
        if (is_in_lines(rows)) return add_product<!is_row_major>(rows, W, out);
        for_each_entry(rows, [&](Index i, Index j, const S& x) {
            for (Index c = 0; c < W.cols(); ++c) out(i, c) += x * W(j, c);
        });
    }
    void add_transposed_times(const RowSet& rows, const S*, const ConstMatrixView<S>& R,
                              MatrixView<S> out) const override {
        if (is_in_lines(rows)) return add_product<is_row_major>(rows, R, out);
        for_each_entry(rows, [&](Index i, Index j, const S& x) {
            for (Index c = 0; c < R.cols(); ++c) out(j, c) += x * R(i, c);
        });
    }

    bool multiplies_columns(bool shifted) const override { return !shifted && !is_row_major && is_sparse_; }
    void transposed_times_columns(std::span<const Index> columns, const S*, const ConstMatrixView<S>& R,
                                  MatrixView<S> out) const override {
        Found found;
        for (const Index j : columns) {
            found.begin.push_back(begin_[j]);
            found.end.push_back(end_[j]);
        }
        const SparseLines<T, I> lines{
            values_, inner_, found.begin.data(), found.end.data(), static_cast<Index>(columns.size()), 0};
        out.setZero();
        add_sparse_product<false, S>(lines, R, out);
    }

    bool multiplies_without_dense() const override { return is_sparse_; }
    void times_exactly(const RowSet& rows, const ConstMatrixView<S>& W, MatrixView<S> high,
                       MatrixView<S> low) const override {
        high.setZero();
        low.setZero();
        for_each_entry(rows, [&](Index i, Index j, const S& x) {
            for (Index c = 0; c < W.cols(); ++c) add_product_exactly(high(i, c), low(i, c), x, W(j, c));
        });
    }
    void transposed_times_exactly(const RowSet& rows, const ConstMatrixView<S>& R, MatrixView<S> high,
                                  MatrixView<S> low) const override {
        high.setZero();
        low.setZero();
        for_each_entry(rows, [&](Index i, Index j, const S& x) {
            for (Index c = 0; c < R.cols(); ++c) add_product_exactly(high(j, c), low(j, c), x, R(i, c));
        });
    }
    void add_weighted_gram(const RowSet& rows, const ConstVectorView<S>& d, const S* scale, Index begin, Index end,
                           MatrixView<S> H) const override {
        if constexpr (is_row_major) {
            Found found;
            add_sparse_gram<S>(lines(rows, found), d.data(), scale, begin, end, H);
        } else {
            const RowOrder sorted(*this, rows, begin);
            add_sparse_gram<S>(sorted.lines(), d.data(), scale, begin, end, H);
        }
    }

    bool visits_entries() const override { return is_sparse_; }
    void visit_entries(const RowSet& rows, FunctionRef<Index, Index, const S&> at) const override {
        for_each_entry(rows, at);
    }

    void visit_columns(std::span<const Index> columns, FunctionRef<Index, Index, const S&> at) const override {
        const Index count = static_cast<Index>(columns.size());
        if constexpr (is_row_major) {
            std::vector<Index> place(static_cast<std::size_t>(this->columns()), -1);
            for (Index l = 0; l < count; ++l) place[static_cast<std::size_t>(columns[static_cast<std::size_t>(l)])] = l;
            for_each_entry({0, this->rows()}, [&](Index i, Index j, const S& x) {
                if (const Index l = place[static_cast<std::size_t>(j)]; l >= 0) at(i, l, x);
            });
        } else {
            for (Index l = 0; l < count; ++l) {
                const Index j = columns[static_cast<std::size_t>(l)];
                for (Index k = begin_[j]; k < end_[j]; ++k) at(inner_[k], l, static_cast<S>(values_[k]));
            }
        }
    }

    Index entries() const override { return entries_; }
    bool centres(bool builds_curvature) const override {
        return builds_curvature ? !is_sparse_ : 4 * entries_ > this->rows() * this->columns();
    }

protected:
    // the arrays as Eigen has them; counts is null when the matrix is compressed
    // up to `few` columns blocks of rows are made dense, which lets them be shifted
    SparseArrays(Index rows, Index columns, const I* outer, const I* counts, const I* inner, const T* values,
                 Index few = 256)
        : Storage<S>(rows, columns), values_(values), inner_(inner), begin_(outer), end_(outer ? outer + 1 : outer) {
        const Index lines = is_row_major ? rows : columns;
        if (counts) {
            for (Index l = 0; l < lines; ++l) ends_.push_back(static_cast<I>(outer[l] + counts[l]));
            end_ = ends_.data();
        }
        for (Index l = 0; l < lines; ++l) entries_ += checked_length(l);
        is_sparse_ = columns > few && 10 * entries_ < rows * columns;
        this->set_block_rows(is_sparse_ ? long_block() : rows_in_cache<S>(columns));
        if (!is_row_major) find_marks();
    }

private:
    struct Found {
        std::vector<I> begin, end;
    };

    // Rows of a column-major matrix as lines, from column `begin` on: a counting sort. As rows are blocks of
    // long_block(), it takes less memory than the Gram matrix it is for.
    class RowOrder {
    public:
        RowOrder(const SparseArrays& X, const RowSet& rows, Index begin)
            : first_(static_cast<std::size_t>(rows.count) + 2) {
            X.for_each_entry(rows, [&](Index i, Index j, const S&) { at(i + 2) += j >= begin; });
            for (Index i = 0; i < rows.count; ++i) at(i + 2) += at(i + 1);
            inner_.resize(static_cast<std::size_t>(first_.back()));
            values_.resize(inner_.size());
            X.for_each_entry(rows, [&](Index i, Index j, const S& x) {
                if (j < begin) return;
                const auto next = static_cast<std::size_t>(at(i + 1)++);
                inner_[next] = j;
                values_[next] = x;
            });
        }
        SparseLines<S, Index> lines() const {
            const Index* first = first_.data();
            return {values_.data(), inner_.data(), first, first + 1, static_cast<Index>(first_.size()) - 2, 0};
        }

    private:
        Index& at(Index i) { return first_[static_cast<std::size_t>(i)]; }

        std::vector<Index> first_, inner_;
        std::vector<S> values_;
    };

    static void add_product_exactly(S& high, S& low, const S& a, const S& b) {
        using std::fma;
        const S term = a * b;
        add_exactly(high, low, term);
        low += S(fma(a, b, S(-term)));
    }

    // The number of entries of a line. Looked at once, because with wrong indices products would write anywhere: 3 ms
    // for 5 million entries.
    Index checked_length(Index line) const {
        const Index begin = begin_[line], end = end_[line], width = is_row_major ? this->columns() : this->rows();
        if (begin == end) return 0;
        bool is_increasing = inner_[begin] >= 0 && inner_[end - 1] < width;
        for (Index k = begin + 1; k < end; ++k) is_increasing &= inner_[k - 1] < inner_[k];
        if (!is_increasing)
            reject("X is no valid sparse matrix: the indices in ", is_row_major ? "row " : "column ", line,
                   " do not increase between 0 and ", width - 1);
        return end - begin;
    }

    // Each block costs something per column beside its entries: row-major, that the gradient is cleared and added up;
    // column-major, cache lines at either end of the column's part that are read for a few entries. Measured, value and
    // gradient for 97 entries in each of 50000 columns, in units of the two products by Eigen: row-major 1.40 with 8
    // entries per column and block, 1.27 with 16, 1.18 with 48; column-major 3.3, 2.4, 1.4, and 1.1 with 97. On the
    // other hand blocks are what threads share out, and take memory for each row: for p rows no more than the gradient.
    Index long_block() const {
        const Index n = this->rows(), p = this->columns(), per_column = is_row_major ? 48 : 64;
        const Index wanted = per_column * p / std::max<Index>(1, entries_ / n);
        const Index blocks = n / std::clamp<Index>(wanted, 8192, std::max<Index>(65536, p));
        return blocks > 1 ? (n + blocks - 1) / blocks : n;
    }

    // Where the rows 0, mark_rows_, 2 mark_rows_, ... begin in each column, and where the last one ends: one mark for
    // four entries at most.
    void find_marks() {
        const Index n = this->rows(), p = this->columns(), block = this->block_rows();
        mark_rows_ = block * std::max<Index>(1, 8 * n * p / std::max<Index>(1, entries_) / block);
        const Index count = (n + mark_rows_ - 1) / mark_rows_ + 1;
        marks_.resize(static_cast<std::size_t>(count * p));
        for (Index j = 0; j < p; ++j) {
            Index at = begin_[j];
            for (Index m = 0; m < count; ++m) {
                at = first_from(std::min(n, m * mark_rows_), at, end_[j]);
                marks_[static_cast<std::size_t>(m * p + j)] = static_cast<I>(at);
            }
        }
    }
    const I* marks(Index number) const { return marks_.data() + number * this->columns(); }
    // the first entry among [begin, end) in this row or below
    Index first_from(Index row, Index begin, Index end) const {
        return std::lower_bound(inner_ + begin, inner_ + end, row) - inner_;
    }
    // where this row begins in each column
    const I* begin_of(Index row, std::vector<I>& found) const {
        const Index mark = (row + mark_rows_ - 1) / mark_rows_;
        if (row == std::min(this->rows(), mark * mark_rows_)) return marks(mark);
        const I *low = marks(mark - 1), *high = marks(mark);
        for (Index j = 0; j < this->columns(); ++j) found.push_back(static_cast<I>(first_from(row, low[j], high[j])));
        return found.data();
    }

    // Whether these rows are lines, or one part of each line.
    bool is_in_lines(const RowSet& rows) const { return is_row_major || rows.is_range(); }
    // `found` keeps what had to be looked up.
    SparseLines<T, I> lines(const RowSet& rows, Found& found) const {
        if constexpr (is_row_major) {
            if (rows.is_range()) return {values_, inner_, begin_ + rows.first, end_ + rows.first, rows.count, 0};
            for (Index i = 0; i < rows.count; ++i) {
                found.begin.push_back(begin_[rows[i]]);
                found.end.push_back(end_[rows[i]]);
            }
            return {values_, inner_, found.begin.data(), found.end.data(), rows.count, 0};
        } else {
            const I* begin = begin_of(rows.first, found.begin);
            return {values_, inner_, begin, begin_of(rows.first + rows.count, found.end), this->columns(), rows.first};
        }
    }

    // at(i, j, x) for each entry, i counted within `rows`, line by line
    template <class At>
    void for_each_entry(const RowSet& rows, At&& at) const {
        if (!is_in_lines(rows)) return search_each_entry(rows, at);
        Found found;
        const SparseLines<T, I> A = lines(rows, found);
        for (Index l = 0; l < A.count; ++l)
            for (Index k = A.begin[l]; k < A.end[l]; ++k) {
                const Index place = A.inner[k] - A.first;
                at(is_row_major ? l : place, is_row_major ? place : l, static_cast<S>(A.values[k]));
            }
    }
    // listed rows of a column-major matrix, one by one
    template <class At>
    void search_each_entry(const RowSet& rows, At&& at) const {
        for (Index j = 0; j < this->columns(); ++j)
            for (Index i = 0; i < rows.count; ++i) {
                const Index row = rows[i], mark = row / mark_rows_, end = marks(mark + 1)[j];
                const Index k = first_from(row, marks(mark)[j], end);
                if (k < end && inner_[k] == row) at(i, j, static_cast<S>(values_[k]));
            }
    }

    template <bool is_transposed>
    void add_product(const RowSet& rows, const ConstMatrixView<S>& V, MatrixView<S> out) const {
        Found found;
        add_sparse_product<is_transposed, S>(lines(rows, found), V, out);
    }

    const T* values_;
    const I *inner_, *begin_, *end_;  // line l has the entries begin_[l], ..., end_[l] - 1
    std::vector<I> ends_, marks_;
    Index entries_ = 0, mark_rows_ = 1;
    bool is_sparse_ = false;
};

template <Scalar S, class M>
using SparseArraysOf = SparseArrays<S, typename M::Scalar, typename M::StorageIndex, static_cast<bool>(M::IsRowMajor)>;

}  // namespace detail

/// X as an Eigen::SparseMatrix, or a Map or Ref of one, of either order, with entries of any real type that are read as
/// S. Nothing is copied: the matrix must outlive this, unchanged. Throws InvalidInput when the indices in a row
/// (column) do not increase, which only a Map can bring about.
///
/// Products with q columns cost O(q times the entries), Gram products the sum of the squares of the numbers of entries
/// in a row. In column-major order an index, at most a twelfth of X, tells where blocks of rows begin in each column,
/// and listed rows are searched for one by one, in O(p log) each: row-major X suits solvers that draw rows.
template <Scalar S, class M>
class SparseStorage final : public detail::SparseArraysOf<S, M> {
    static_assert(
        std::is_convertible_v<typename M::Scalar, S> || requires(typename M::Scalar t) { static_cast<S>(t); },
        "gradus: the entries of this matrix cannot be read as the scalar type of the model");

public:
    explicit SparseStorage(const M& matrix)
        : detail::SparseArraysOf<S, M>(matrix.rows(), matrix.cols(), matrix.outerIndexPtr(), matrix.innerNonZeroPtr(),
                                       matrix.innerIndexPtr(), matrix.valuePtr()) {}

    bool rounds_entries() const override {
        using From = std::numeric_limits<typename M::Scalar>;
        return !From::is_integer && From::digits > std::numeric_limits<S>::digits;
    }
};

GRADUS_COMPILE(class detail::SparseArrays<double, double, Index, true>)  // of selected columns
GRADUS_COMPILE(class detail::SparseArrays<double, double, int, true>)
GRADUS_COMPILE(class detail::SparseArrays<double, double, int, false>)

}  // namespace gradus
