#pragma once
// X W + 1 b' for new rows.

#include <gradus/data/features.hpp>
#include <gradus/data/row_block.hpp>

#include <utility>

namespace gradus::detail {

/// out_i is NaN where row i has an entry that is not finite in a column of weight zero, which products do not read: a
/// prediction must not depend on which columns are read together.
template <Scalar S>
void pass_on_what_is_not_finite(const RowBlock<S>& block, const Design<S>& X, const ConstVectorView<S>& w,
                                MatrixView<S> out) {
    for (Index j = 0; j < w.size(); ++j)
        if (const S* x = w[j] == S(0) ? X.storage().column(block.first(), j) : nullptr)
            if (!(zero_if_finite(x, out.rows()) == S(0)))
                for (Index i = 0; i < out.rows(); ++i) out(i, 0) += x[i] - x[i];
}

/// X W + 1 b' of the rows of a block.
template <Scalar S>
GRADUS_ONCE void block_times(RowBlock<S>& block, const Design<S>& X, const Matrix<S>& W, const Vector<S>& b,
                             MatrixView<S> out) {
    const bool by_column = X.storage().multiplies({0, 1}, 1, false) && !X.storage().multiplies({0, 1}, W.cols(), false);
    if (!by_column) block.times(W, out);
    for (Index c = 0; by_column && c < W.cols(); ++c) block.times(W.col(c), out.col(c));
    for (Index c = 0; c < W.cols(); ++c) {
        for (Index i = 0; i < out.rows(); ++i) out(i, c) += b[c];
        pass_on_what_is_not_finite<S>(block, X, W.col(c), out.col(c));
    }
}

/// X W + 1 b', n x m, in blocks of rows, so memory only for the result.
template <Scalar S>
GRADUS_ONCE void features_times(const Design<S>& X, const Matrix<S>& W, const Vector<S>& b, MatrixView<S> out) {
    RowBlockScratch<S> scratch;
    for (Index range = 0; range < X.ranges().count(); ++range)
        for_each_block<S>(X, range, scratch, [&](RowBlock<S>& block) {
            block_times<S>(block, X, W, b, out.middleRows(block.first(), block.rows()));
        });
}

/// f(X W + 1 b'), f of each row by itself: rows x m to rows x k. Taken of a block while it is in cache.
template <Scalar S, class F>
Matrix<S> function_of_features(const Design<S>& X, const Matrix<S>& W, const Vector<S>& b, F&& f) {
    RowBlockScratch<S> scratch;
    Matrix<S> eta(0, W.cols()), out(X.rows(), f(std::as_const(eta)).cols());
    for (Index range = 0; range < X.ranges().count(); ++range)
        for_each_block<S>(X, range, scratch, [&](RowBlock<S>& block) {
            eta.resize(block.rows(), W.cols());
            block_times<S>(block, X, W, b, eta);
            out.middleRows(block.first(), block.rows()) = f(std::as_const(eta));
        });
    return out;
}

/// use(design) of what the user passes as X to a model of so many columns.
template <Scalar S, class X, class Use>
auto with_design(const X& x, Index columns, const std::string& model, Use&& use) {
    check_features<X>();
    if constexpr (DenseExpression<X> && !InMemory<X>) {
        return with_design<S>(x.eval(), columns, model, use);
    } else {
        const Design<S> design = design_of<S>(x);
        if (design.columns() != columns)
            reject(model, ": X has ", design.columns(), " columns, the model was fitted to ", columns);
        return use(design);
    }
}

/// One row x of p numbers, an Eigen vector of either shape: x'W_c, without heap.
template <Scalar S, class X>
S row_times(const X& x, const Matrix<S>& W, Index c) {
    S sum(0);
    const S* w = W.data() + c * W.rows();
    for (Index j = 0; j < W.rows(); ++j) sum += static_cast<S>(x.coeff(j)) * w[j];
    return sum;
}

}  // namespace gradus::detail
