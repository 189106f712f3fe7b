// A predictor from outside the library: all outputs share one coefficient vector and have intercepts of their own.
#pragma once

#include <gradus/predictors/predictor.hpp>

namespace outside {

/// eta(i, c) = x_i'w + b_c; theta = (w, b): p + k numbers.
template <class S>
gradus::Predictor<S> shared_slopes(gradus::Index features, gradus::Index outputs) {
    using Matrix = gradus::Matrix<S>;
    return {features, Matrix::Ones(1, 1), Matrix::Ones(1, outputs), Matrix::Identity(outputs, outputs)};
}

}  // namespace outside
