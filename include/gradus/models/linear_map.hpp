#pragma once
// X W + 1 b' for new rows.

#include <gradus/data/features.hpp>
#include <gradus/data/row_block.hpp>

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

/// X W + 1 b', n x m; rows in blocks, so memory only for the result.
template <Scalar S>
GRADUS_ONCE Matrix<S> features_times(const Design<S>& X, const Matrix<S>& W, const Vector<S>& b) {
    Matrix<S> out(X.rows(), W.cols());
    RowBlockScratch<S> scratch;
    const bool by_column = X.storage().multiplies({0, 1}, 1, false) && !X.storage().multiplies({0, 1}, W.cols(), false);
    for (Index range = 0; range < X.ranges().count(); ++range)
        for_each_block<S>(X, range, scratch, [&](RowBlock<S>& block) {
            auto rows = out.middleRows(block.first(), block.rows());
            if (!by_column) block.times(W, rows);
            for (Index c = 0; by_column && c < W.cols(); ++c) block.times(W.col(c), rows.col(c));
            for (Index c = 0; c < W.cols(); ++c) {
                for (Index i = 0; i < rows.rows(); ++i) rows(i, c) += b[c];
                pass_on_what_is_not_finite<S>(block, X, W.col(c), rows.col(c));
            }
        });
    return out;
}

/// The same for what the user passes as X.
template <Scalar S, class X>
Matrix<S> features_times(const X& x, const Matrix<S>& W, const Vector<S>& b, const std::string& model) {
    check_features<X>();
    if constexpr (DenseExpression<X> && !InMemory<X>) {
        return features_times<S>(x.eval(), W, b, model);
    } else {
        const Design<S> design = design_of<S>(x);
        if (design.columns() != W.rows())
            reject(model, ": X has ", design.columns(), " columns, the model was fitted to ", W.rows());
        return features_times<S>(design, W, b);
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
