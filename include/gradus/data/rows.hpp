#pragma once
// Rows from anywhere: a file, a database, a column store, larger than memory.

#include <gradus/data/storage.hpp>

#include <type_traits>
#include <utility>

namespace gradus {

/// A source of rows: rows(), columns(), and read(first, out), which fills the rows [first, first + out.rows()) of an
/// Eigen::Ref<Matrix<S>>.
template <class T, class S>
concept RowSource = requires(const T& table, Index first, Eigen::Ref<Matrix<S>> out) {
    { table.rows() } -> std::convertible_to<Index>;
    { table.columns() } -> std::convertible_to<Index>;
    table.read(first, out);
};

/// The features of a source, where a matrix could stand:
///
///     model.fit(Rows(table), y);   model.predict(Rows(table));
///
/// Blocks of rows are asked for in order, from the first to the last, once for each walk over the data, and by one
/// thread; nothing else is kept of them. A named table is kept by reference, and must outlive what is done with it; a
/// temporary is kept by value. What read() throws comes through, and the model stays as it was.
///
/// A table may be more than a stream: with `static constexpr bool has_random_access = true` any rows may be asked for,
/// in any order, and by several threads. With times(first, W, out) and add_transposed_times(first, R, out) as members,
/// products with it are left to it: out = X_b W and out += X_b'R for the rows [first, first + out.rows()) and [first,
/// first + R.rows()), all of Eigen::Ref<Matrix<S>>.
template <class Table>
class Rows {
public:
    explicit Rows(Table&& table) : table_(std::forward<Table>(table)) {}

    Index rows() const { return table_.rows(); }
    Index cols() const { return table_.columns(); }
    const std::remove_cvref_t<Table>& table() const { return table_; }

private:
    Table table_;
};

template <class T>
Rows(T&&)
    -> Rows<std::conditional_t<std::is_lvalue_reference_v<T>, const std::remove_cvref_t<T>&, std::remove_cvref_t<T>>>;

template <class T>
inline constexpr bool is_rows = false;
template <class Table>
inline constexpr bool is_rows<Rows<Table>> = true;

/// Whether rows of it come in order alone.
template <class X>
inline constexpr bool is_streamed_features = false;
template <class Table>
inline constexpr bool is_streamed_features<Rows<Table>> = !requires {
    requires std::remove_cvref_t<Table>::has_random_access;
};

/// A source of rows as a storage. It is asked in its own scalar: S if it can, else double, else float.
template <Scalar S, class Table>
class TableStorage final : public Storage<S> {
    using Own = std::conditional_t<RowSource<Table, S>, S, std::conditional_t<RowSource<Table, double>, double, float>>;
    static_assert(
        RowSource<Table, Own>,
        "gradus: Rows needs a table with rows(), columns() and read(first, out), out an Eigen::Ref<Eigen::MatrixXd>");
    static constexpr bool is_random = requires { requires Table::has_random_access; };
    static constexpr bool has_products = requires(const Table& table, Eigen::Ref<Matrix<S>> M) {
        table.times(Index(0), M, M);
        table.add_transposed_times(Index(0), M, M);
    };

public:
    explicit TableStorage(const Table& table) : Storage<S>(table.rows(), table.columns()), table_(&table) {
        this->set_block_rows(rows_in_cache<S>(this->columns()));
    }

    void read(const RowSet& rows, MatrixView<S> out) const override {
        if (rows.is_range()) return read_range(rows.first, out);
        for (Index i = 0; i < rows.count; ++i) read_range(rows[i], out.middleRows(i, 1));
    }
    bool is_streamed() const override { return !is_random; }

    bool multiplies(const RowSet& rows, Index, bool shifted) const override {
        return has_products && !shifted && rows.is_range();
    }
    void times(const RowSet& rows, const S*, const ConstMatrixView<S>& W, MatrixView<S> out) const override {
        if constexpr (has_products) {
            Matrix<S> factor = W, product(out.rows(), out.cols());
            table_->times(rows.first, Eigen::Ref<Matrix<S>>(factor), Eigen::Ref<Matrix<S>>(product));
            out = product;
        }
    }
    void add_transposed_times(const RowSet& rows, const S*, const ConstMatrixView<S>& R,
                              MatrixView<S> out) const override {
        if constexpr (has_products) {
            Matrix<S> factor = R;
            table_->add_transposed_times(rows.first, Eigen::Ref<Matrix<S>>(factor), Eigen::Ref<Matrix<S>>(out));
        }
    }
    bool centres(bool builds_curvature) const override { return builds_curvature || !has_products; }

private:
    void read_range(Index first, MatrixView<S> out) const {
        if constexpr (std::is_same_v<Own, S>) {
            if (out.outerStride() == out.rows() || out.cols() == 1) return table_->read(first, out);
        }
        Matrix<Own> block(out.rows(), out.cols());
        table_->read(first, Eigen::Ref<Matrix<Own>>(block));
        for (Index j = 0; j < out.cols(); ++j)
            for (Index i = 0; i < out.rows(); ++i) out(i, j) = static_cast<S>(block(i, j));
    }

    const Table* table_;
};

}  // namespace gradus
