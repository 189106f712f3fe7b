#pragma once
// Some columns of X as a storage of their own.

#include <gradus/data/dense_storage.hpp>
#include <gradus/data/design.hpp>
#include <gradus/data/sparse_storage.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace gradus {

/// Some columns of another storage, read when they are asked for; nothing is copied but block by block. The other one
/// must outlive it.
template <Scalar S>
class SelectedColumns final : public Storage<S> {
public:
    SelectedColumns(const Storage<S>& all, std::vector<Index> columns)
        : Storage<S>(all.rows(), static_cast<Index>(columns.size())), all_(&all), columns_(std::move(columns)) {
        // in shorter blocks the beginnings and ends of sums, and of pieces of columns, take a twentieth more of a path
        this->set_block_rows(std::max<Index>(128, rows_in_cache<S>(this->columns())));
    }

    void read(const RowSet& rows, MatrixView<S> out) const override {
        if (this->columns() == 0) return;
        if (rows.is_range() && all_->column(rows.first, 0)) return copy_columns(rows, out);
        if (all_->row(rows[0])) return copy_rows_of(rows, out);
        copy_from_pieces(rows, out);
    }
    bool is_streamed() const override { return all_->is_streamed(); }

    // One vector meets the columns where they lie.
    bool multiplies(const RowSet& rows, Index columns, bool) const override {
        return rows.is_range() && columns == 1 && this->columns() > 0 && all_->column(rows.first, 0);
    }
    void times(const RowSet& rows, const S* shift, const ConstMatrixView<S>& W, MatrixView<S> out) const override {
        detail::times_columns(lines(rows), rows.count, this->columns(), shift, W.data(), out.data());
    }
    void add_transposed_times(const RowSet& rows, const S* shift, const ConstMatrixView<S>& R,
                              MatrixView<S> out) const override {
        detail::add_transposed_times_columns(lines(rows), rows.count, this->columns(), shift, R.data(), out.data());
    }

    const S* column(Index first, Index j) const override { return all_->column(first, at(j)); }

private:
    detail::ColumnsOf<S> lines(const RowSet& rows) const { return {all_, columns_.data(), rows.first}; }
    Index at(Index j) const { return columns_[static_cast<std::size_t>(j)]; }

    void copy_columns(const RowSet& rows, MatrixView<S> out) const {
        for (Index j = 0; j < this->columns(); ++j) {
            const S* GRADUS_RESTRICT from = all_->column(rows.first, at(j));
            S* GRADUS_RESTRICT to = &out(0, j);
            for (Index i = 0; i < rows.count; ++i) to[i] = from[i];
        }
    }
    void copy_rows_of(const RowSet& rows, MatrixView<S> out) const {
        for (Index i = 0; i < rows.count; ++i) {
            const S* from = all_->row(rows[i]);
            for (Index j = 0; j < this->columns(); ++j) out(i, j) = from[at(j)];
        }
    }
    // as many whole rows at a time as stay in cache
    void copy_from_pieces(const RowSet& rows, MatrixView<S> out) const {
        const Index most = std::min(rows.count, rows_in_cache<S>(all_->columns()));
        Matrix<S> whole(most, all_->columns());
        for (Index first = 0; first < rows.count; first += most) {
            RowSet piece = rows;
            piece.count = std::min(most, rows.count - first);
            if (rows.is_range()) piece.first += first;
            else piece.list += first;
            all_->read(piece, whole.topRows(piece.count));
            for (Index j = 0; j < this->columns(); ++j)
                for (Index i = 0; i < piece.count; ++i) out(first + i, j) = whole(i, at(j));
        }
    }

    const Storage<S>* all_;
    std::vector<Index> columns_;
};

namespace detail {

/// The entries in some columns, row by row.
template <Scalar S>
struct SelectedEntries {
    SelectedEntries(const Storage<S>& all, const std::vector<Index>& columns) {
        std::vector<Index> next(static_cast<std::size_t>(all.rows()) + 2, 0);
        all.visit_columns(columns, [&](Index i, Index, const S&) { ++next[static_cast<std::size_t>(i) + 2]; });
        for (std::size_t i = 2; i < next.size(); ++i) next[i] += next[i - 1];
        inner.resize(static_cast<std::size_t>(next.back()));
        values.resize(inner.size());
        all.visit_columns(columns, [&](Index i, Index l, const S& x) {
            const auto k = static_cast<std::size_t>(next[static_cast<std::size_t>(i) + 1]++);
            inner[k] = l;
            values[k] = x;
        });
        next.pop_back();
        outer = std::move(next);
    }
    std::vector<Index> outer, inner;
    std::vector<S> values;
};

}  // namespace detail

/// Some columns of a sparse matrix: its entries there are copied, row by row. They are no more shifted than all are, so
/// that few of them stay sparse too.
template <Scalar S>
class SelectedSparseColumns final : detail::SelectedEntries<S>, public detail::SparseArrays<S, S, Index, true> {
    using Entries = detail::SelectedEntries<S>;

public:
    SelectedSparseColumns(const Storage<S>& all, const std::vector<Index>& columns)
        : Entries(all, columns),
          detail::SparseArrays<S, S, Index, true>(all.rows(), static_cast<Index>(columns.size()), Entries::outer.data(),
                                                  nullptr, Entries::inner.data(), Entries::values.data(), 0) {}
};

/// A design with these columns alone, in this order, each seen as in `X`, which must outlive it. Of sparse X the
/// entries are copied, of others nothing.
template <Scalar S>
GRADUS_ONCE Design<S> select_columns(const Design<S>& X, const std::vector<Index>& columns) {
    const Storage<S>& all = X.storage();
    std::shared_ptr<const Storage<S>> storage;
    if (all.visits_entries()) storage = std::make_shared<const SelectedSparseColumns<S>>(all, columns);
    else storage = std::make_shared<const SelectedColumns<S>>(all, columns);
    Design<S> out(std::move(storage));
    if (X.coordinates().is_identity()) return out;
    Coordinates<S> coordinates{Vector<S>(out.columns()), Vector<S>(out.columns())};
    for (Index l = 0; l < out.columns(); ++l) {
        coordinates.shift[l] = X.coordinates().shift[columns[static_cast<std::size_t>(l)]];
        coordinates.scale[l] = X.coordinates().scale[columns[static_cast<std::size_t>(l)]];
    }
    return out.seen_in(std::move(coordinates));
}

GRADUS_COMPILE(class SelectedColumns<double>)
GRADUS_COMPILE(class SelectedSparseColumns<double>)
GRADUS_COMPILE(Design<double> select_columns(const Design<double>&, const std::vector<Index>&))

}  // namespace gradus
