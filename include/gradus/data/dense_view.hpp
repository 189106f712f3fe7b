#pragma once
// Any dense matrix of the user, seen without a copy and without its type.

#include <gradus/core/types.hpp>

#include <algorithm>
#include <limits>

namespace gradus {

/// A matrix that lies in memory already: Matrix, Map, Ref, Block of either order. Other expressions have to be
/// evaluated first.
template <class Derived>
concept InMemory = (Derived::Flags & Eigen::DirectAccessBit) != 0;

/// A read-only view of an n x p matrix with entries of any real type and any strides, read as S. It keeps an address:
/// the matrix must outlive it. The type of the matrix is forgotten, so that everything behind it is compiled once per
/// scalar.
template <Scalar S>
class DenseView {
public:
    DenseView() = default;
    /// Of so many rows without columns, or no rows of so many columns.
    DenseView(Index rows, Index columns) : rows_(rows), columns_(columns) {}

    template <class Derived>
    requires InMemory<Derived>
    explicit DenseView(const Eigen::DenseBase<Derived>& matrix)
        : data_(matrix.derived().data()),
          rows_(matrix.rows()),
          columns_(matrix.cols()),
          row_stride_(Derived::IsRowMajor ? matrix.derived().outerStride() : matrix.derived().innerStride()),
          column_stride_(Derived::IsRowMajor ? matrix.derived().innerStride() : matrix.derived().outerStride()),
          copy_(&copy_from<typename Derived::Scalar>) {
        static_assert(
            std::is_convertible_v<typename Derived::Scalar, S> ||
                requires(typename Derived::Scalar t) { static_cast<S>(t); },
            "gradus: the entries of this matrix cannot be read as the scalar type of the model");
        is_same_scalar_ = std::is_same_v<typename Derived::Scalar, S>;
        using From = std::numeric_limits<typename Derived::Scalar>;
        rounds_entries_ = !From::is_integer && From::digits > std::numeric_limits<S>::digits;
    }

    Index rows() const { return rows_; }
    Index columns() const { return columns_; }

    /// One entry. Not for loops over rows: copy_rows() reads a block at the cost of one call.
    S operator()(Index row, Index column) const {
        S entry(0);
        copy_(*this, row, 1, column, 1, &entry, 1, 1);
        return entry;
    }

    /// Rows [first, first + out.rows()) into out, b x p. `ahead`: how far from them the rows are that come next.
    void copy_rows(Index first, MatrixView<S> out, Index ahead) const {
        if (columns_ > 0) copy_(*this, first, out.rows(), 0, columns_, out.data(), out.outerStride(), ahead);
    }
    void copy_rows(Index first, MatrixView<S> out) const { copy_rows(first, out, out.rows()); }

    /// Whether entries have more digits than S, which are lost when they are read.
    bool rounds_entries() const { return rounds_entries_; }

    /// A column-major (row-major) matrix with entries of type S can be worked on where it lies.
    bool is_column_major() const { return is_same_scalar_ && row_stride_ == 1; }
    bool is_row_major() const { return is_same_scalar_ && column_stride_ == 1; }
    const S* address(Index row, Index column) const {
        return static_cast<const S*>(data_) + row * row_stride_ + column * column_stride_;
    }
    Index row_stride() const { return row_stride_; }
    Index column_stride() const { return column_stride_; }

private:
    using Copy = void (*)(const DenseView&, Index, Index, Index, Index, S*, Index, Index);

    template <class T>
    GRADUS_NOINLINE static void copy_from(const DenseView& view, Index row, Index rows, Index column, Index columns,
                                          S* out, Index stride, Index ahead) {
        const T* from = static_cast<const T*>(view.data_) + row * view.row_stride_ + column * view.column_stride_;
        constexpr Index tile = 8;  // a transposing copy reads whole cache lines of either side
        if (view.row_stride_ == 1) {
            // the same rows of the next block are asked for while these are copied, as by Strips: processors stop
            // fetching ahead at each page
            constexpr Index line = sizeof(T) < 64 ? 64 / sizeof(T) : 1;
            for (Index j = 0; j < columns; ++j) {
                const T* column_from = from + j * view.column_stride_;
                S* column_out = out + j * stride;
                for (Index i = line - 1; i < rows + line - 1; i += line) GRADUS_PREFETCH(column_from + ahead + i);
                for (Index i = 0; i < rows; ++i) column_out[i] = static_cast<S>(column_from[i]);
            }
            return;
        }
        for (Index top = 0; top < rows; top += tile)
            for (Index j = 0; j < columns; ++j)
                for (Index i = top; i < std::min(top + tile, rows); ++i)
                    out[i + j * stride] = static_cast<S>(from[i * view.row_stride_ + j * view.column_stride_]);
    }

    const void* data_ = nullptr;
    Index rows_ = 0, columns_ = 0, row_stride_ = 0, column_stride_ = 0;
    Copy copy_ = nullptr;
    bool is_same_scalar_ = false, rounds_entries_ = false;
};

}  // namespace gradus
