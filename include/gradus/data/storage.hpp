#pragma once
// X, however it is stored.

#include <gradus/core/function_ref.hpp>
#include <gradus/core/types.hpp>

#include <algorithm>
#include <span>

namespace gradus {

/// Some rows of X: first, first + 1, ..., or those listed, in any order. `next`: the first of the rows of a range that
/// will be asked for after these; 0: those that follow.
struct RowSet {
    Index first = 0, count = 0;
    const Index* list = nullptr;
    Index next = 0;

    Index ahead() const { return next > first ? next - first : count; }
    bool is_range() const { return list == nullptr; }
    Index operator[](Index i) const { return list ? list[i] : first + i; }
};

/// The verbs behind which X may be anything: a dense matrix, a sparse one, a source that hands out blocks of rows. X_b
/// is the user's X in the given rows, b x p.
///
/// read() is enough. A storage that can multiply without writing X_b down says so in multiplies(), and overrides the
/// products. Everything is const and may be called by several threads at once, unless the storage is_streamed().
template <Scalar S>
class Storage {
public:
    virtual ~Storage() = default;

    Index rows() const { return rows_; }
    Index columns() const { return columns_; }

    /// out = X_b as numbers.
    virtual void read(const RowSet& rows, MatrixView<S> out) const = 0;

    /// Whether products of X_b, or of X_b - 1 shift', with matrices of so many columns need no dense X_b.
    virtual bool multiplies(const RowSet&, Index /*columns*/, bool /*shifted*/) const { return false; }
    /// out = (X_b - 1 shift') W.   shift: p numbers, zeros where nothing is shifted
    virtual void times(const RowSet&, const S* /*shift*/, const ConstMatrixView<S>& /*W*/,
                       MatrixView<S> /*out*/) const {}
    /// out += (X_b - 1 shift')' R.
    virtual void add_transposed_times(const RowSet&, const S* /*shift*/, const ConstMatrixView<S>& /*R*/,
                                      MatrixView<S> /*out*/) const {}

    /// Whether single columns can be multiplied without a look at the others.
    virtual bool multiplies_columns(bool /*shifted*/) const { return false; }
    /// out(l, .) = sum_i (x_ij - shift_j) R(i, .) over all rows, j = columns[l].
    virtual void transposed_times_columns(std::span<const Index> /*columns*/, const S* /*shift*/,
                                          const ConstMatrixView<S>& /*R*/, MatrixView<S> /*out*/) const {}

    /// Whether the following are there as well, in columns that are not shifted; where not, X_b is made dense.
    virtual bool multiplies_without_dense() const { return false; }
    /// high + low = X_b W, and X_b' R, with an error far below one rounding of a term.
    virtual void times_exactly(const RowSet&, const ConstMatrixView<S>& /*W*/, MatrixView<S> /*high*/,
                               MatrixView<S> /*low*/) const {}
    virtual void transposed_times_exactly(const RowSet&, const ConstMatrixView<S>& /*R*/, MatrixView<S> /*high*/,
                                          MatrixView<S> /*low*/) const {}
    /// Lower triangle of H += diag(scale) X_b' diag(d) X_b diag(scale), of which the columns [begin, end) alone.
    virtual void add_weighted_gram(const RowSet&, const ConstVectorView<S>& /*d*/, const S* /*scale*/, Index /*begin*/,
                                   Index /*end*/, MatrixView<S> /*H*/) const {}

    /// Whether the entries that are not known to be zero can be visited without the others: at(i, j, x) for each, i
    /// counted from the first row.
    virtual bool visits_entries() const { return false; }
    virtual void visit_entries(const RowSet&, FunctionRef<Index, Index, const S&> /*at*/) const {}
    /// Those in some columns, in increasing order, of all rows: at(i, l, x), j = columns[l].
    virtual void visit_columns(std::span<const Index> /*columns*/, FunctionRef<Index, Index, const S&> /*at*/) const {}

    /// Entries that are not known to be zero: what a walk over X costs.
    virtual Index entries() const { return rows_ * columns_; }
    /// Whether columns are shifted for a solver that builds curvature, which makes blocks of rows dense in cache
    /// anyway, and for one that needs products with vectors alone. What is sparse and has many columns is multiplied as
    /// it is, and its columns are scaled alone.
    virtual bool centres(bool /*builds_curvature*/) const { return true; }
    /// Whether entries have more digits than S, which are lost when they are read.
    virtual bool rounds_entries() const { return false; }
    /// Rows come in order alone, one reader at a time.
    virtual bool is_streamed() const { return false; }

    /// Where column j begins at row `first`, when its entries lie one after another as numbers S; else null. row()
    /// likewise.
    virtual const S* column(Index /*first*/, Index /*j*/) const { return nullptr; }
    virtual const S* row(Index /*i*/) const { return nullptr; }

    /// How many rows are worked on at a time, so that they stay in cache.
    Index block_rows() const { return block_rows_; }
    /// How many rows make one term of the sums over all rows: a whole number of blocks, some 64 terms for many rows,
    /// one for few.
    Index range_rows() const { return range_rows_; }

protected:
    Storage(Index rows, Index columns) : rows_(rows), columns_(columns) {}

    void set_block_rows(Index block) {
        block_rows_ = std::max<Index>(1, std::min(block, rows_));
        // a range that takes a hundred microseconds or more is worth a thread's while
        const Index per_row = std::max<Index>(8, rows_ > 0 ? entries() / rows_ : 8);
        const Index least = std::max<Index>(block_rows_, 65536 / per_row);
        const Index wanted = std::max(least, (rows_ + 63) / 64);
        range_rows_ = std::max<Index>(1, (wanted + block_rows_ - 1) / block_rows_ * block_rows_);
    }

private:
    Index rows_, columns_, block_rows_ = 1, range_rows_ = 1;
};

/// Rows of p numbers that make up about 256 kB, half of a small second-level cache; but a hundred or more, since sums
/// over fewer rows cost less than their beginning and their end.
template <Scalar S>
Index rows_in_cache(Index columns) {
    Index rows = max_block_rows;
    while (rows > 64 && rows * columns * static_cast<Index>(sizeof(S)) > Index(256) * 1024) rows /= 2;
    return rows;
}

}  // namespace gradus
