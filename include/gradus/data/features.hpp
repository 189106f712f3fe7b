#pragma once
// From what the user passes as X to a design.

#include <gradus/data/design.hpp>
#include <gradus/data/observations.hpp>
#include <gradus/data/rows.hpp>
#include <gradus/data/sparse_storage.hpp>

namespace gradus {

/// What a model takes for X: a dense Eigen matrix or expression, a sparse matrix (SparseMatrix, Map, Ref) of either
/// order, or Rows(table).
template <class X>
concept Features = DenseExpression<X> || SparseInMemory<std::remove_cvref_t<X>> || is_rows<std::remove_cvref_t<X>>;

/// Refuses everything else in one sentence.
template <class X>
constexpr void check_features() {
    static_assert(Features<X>, "gradus: X must be a dense Eigen matrix, an Eigen::SparseMatrix (or a Map of one), or "
                               "gradus::Rows(table); evaluate other "
                               "expressions into one of these first");
}

/// A design over the user's X, of which nothing is copied: X must outlive it.
template <Scalar S, class X>
Design<S> design_of(const X& x) {
    check_features<X>();
    if constexpr (is_rows<X>) {
        using Table = std::remove_cvref_t<decltype(x.table())>;
        return Design<S>(std::make_shared<const TableStorage<S, Table>>(x.table()));
    } else if constexpr (SparseInMemory<X>) {
        return Design<S>(std::make_shared<const SparseStorage<S, X>>(x));
    } else if constexpr (InMemory<X>) {
        return Design<S>(DenseView<S>(x));
    } else {
        return Design<S>(x.rows());  // refused above, or evaluated by Observations
    }
}

}  // namespace gradus
