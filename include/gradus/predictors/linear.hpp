#pragma once
// eta = X W + 1 b'.

#include <gradus/predictors/predictor.hpp>

namespace gradus {

/// theta = (columns of W one after another, then b): p k + k numbers, or p k without intercept.
template <Scalar S>
Predictor<S> linear_predictor(Index features, Index outputs, bool has_intercept) {
    const Matrix<S> I = Matrix<S>::Identity(outputs, outputs);
    return {features, I, I, has_intercept ? I : Matrix<S>(outputs, 0)};
}

}  // namespace gradus
