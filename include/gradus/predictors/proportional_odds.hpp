#pragma once
// eta_c = threshold_c - x'w: one slope for all levels.

#include <gradus/predictors/predictor.hpp>

namespace gradus {

/// theta = (w, p numbers; the thresholds, K - 1 numbers). eta is linear in theta: that thresholds increase is not built
/// in, but a matter of the loss, so a ray stays a straight line, a convex loss stays convex, and no solver needs to
/// know. The reported coefficients are w (p x 1), with P(y <= c) = F(threshold_c - x'w): a feature with positive w
/// moves rows to higher levels.
template <Scalar S>
Predictor<S> proportional_odds_predictor(Index features, Index levels) {
    const Index k = levels - 1;
    // a row's loss depends on the thresholds below and above its level, which are neighbours
    return {features, Matrix<S>::Identity(1, 1), Matrix<S>::Constant(1, k, S(-1)), Matrix<S>::Identity(k, k), 1};
}

}  // namespace gradus
