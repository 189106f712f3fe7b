#pragma once
// What every fitted model keeps: W and b, and their image of new rows.

#include <gradus/core/errors.hpp>
#include <gradus/data/observations.hpp>
#include <gradus/data/row_block.hpp>
#include <gradus/models/fit_report.hpp>

namespace gradus::detail {

/// eta = X W + 1 b'. W: p x k, b: k.
template <Scalar S>
struct LinearMap {
    Matrix<S> W;
    Vector<S> b;
    bool is_fitted = false;
    FitReport report = {};

    void require_fit(const char* model) const {
        if (!is_fitted) GRADUS_THROW(NotFitted(text(model, ": fit() has not been called yet")));
    }

    /// n x k; rows in blocks, so memory only for the result.
    template <class X>
    Matrix<S> operator()(const char* model, const X& features) const {
        require_fit(model);
        if constexpr (!InMemory<X>) {
            return (*this)(model, features.eval());
        } else {
            const DenseView<S> view(features);
            if (view.columns() != W.rows())
                reject(model, ": X has ", view.columns(), " columns, the model was fitted to ", W.rows());
            Matrix<S> eta(view.rows(), W.cols());
            RowBlocks<S> blocks(view);
            blocks.for_each([&](RowBlock<S>& block) {
                auto rows = eta.middleRows(block.first(), block.rows());
                for (Index c = 0; c < W.cols(); ++c) block.times(W.col(c), rows.col(c));
            });
            for (Index c = 0; c < eta.cols(); ++c) eta.col(c).array() += b[c];
            return eta;
        }
    }
};

/// b = target + b_z - W'shift with one rounding: where a shift is large, W'shift would lose the digits of b.
template <Scalar S>
GRADUS_ONCE S intercept_in_user_coordinates(const S& b, const S& target_shift, const ConstVectorView<S>& w,
                                            const Vector<S>& shift) {
    using std::fma;
    Sum<S> sum;
    sum.add(b);
    sum.add(target_shift);
    for (Index j = 0; j < w.size(); ++j) {
        const S product = w[j] * shift[j];
        sum.add(-product);
        sum.add(-fma(w[j], shift[j], S(-product)));
    }
    return sum.value();
}

/// F(W, b) = F_z(W / scale, b + (W A)'shift), A the loadings: the gradient of F from that of F_z, the columns of W one after another, then b.
template <Scalar S>
GRADUS_ONCE Vector<S> gradient_in_user_coordinates(Vector<S> gradient, const Equilibration<S>& coordinates,
                                                   const Matrix<S>& loadings, bool has_intercept) {
    if (coordinates.is_identity()) return gradient;
    const Index p = coordinates.scale.size(), m = loadings.rows();
    for (Index c = 0; c < m; ++c) {
        S moved(0);
        for (Index d = 0; has_intercept && d < loadings.cols(); ++d) moved += loadings(c, d) * gradient[p * m + d];
        for (Index j = 0; j < p; ++j) {
            gradient[c * p + j] /= coordinates.scale[j];
            if (has_intercept) gradient[c * p + j] += coordinates.shift[j] * moved;
        }
    }
    return gradient;
}

}  // namespace gradus::detail
