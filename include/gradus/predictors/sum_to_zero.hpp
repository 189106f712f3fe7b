#pragma once
// The softmax model in coordinates in which it has no superfluous parameters.

#include <gradus/predictors/predictor.hpp>

#include <cmath>

namespace gradus {

/// Helmert's matrix, K x (K - 1): column m is (1, ..., 1, -m, 0, ..., 0)' / sqrt(m (m + 1)), with m ones. Orthonormal
/// columns, each summing to zero.
template <Scalar S>
GRADUS_ONCE Matrix<S> helmert(Index K) {
    using std::sqrt;
    Matrix<S> E = Matrix<S>::Zero(K, K - 1);
    for (Index m = 1; m < K; ++m) {
        const S length = sqrt(S(static_cast<double>(m)) * S(static_cast<double>(m + 1)));
        for (Index a = 0; a < m; ++a) E(a, m - 1) = S(1) / length;
        E(m, m - 1) = -S(static_cast<double>(m)) / length;
    }
    return E;
}

/// W = V E', b = E c with Helmert's E: K columns that sum to zero, from K - 1.
///
/// Adding the same vector to all K columns of W changes no probability, so in K columns the softmax Hessian is singular
/// by construction: p + 1 of its eigenvalues are zero. Textbooks take a pseudo-inverse then; but its cut-off decides by
/// the size of eigenvalues, which depends on the units of the features, and so it drops directions that the data
/// determine. Here the superfluous directions are left out *exactly*, before any number is computed: W = V E' has rows
/// that sum to zero, and the Hessian in V is nonsingular whenever the data determine the fit. Because E is orthonormal,
/// |V| = |W|: gradient descent takes the same steps, and a ridge costs the same, as in the K columns of W (a reference
/// class, the other usual remedy, changes both).
template <Scalar S>
Predictor<S> sum_to_zero_predictor(Index features, Index classes, bool has_intercept) {
    const Matrix<S> E = helmert<S>(classes);
    return {features, E.transpose(), Matrix<S>::Identity(classes, classes), has_intercept ? E : Matrix<S>(classes, 0)};
}

}  // namespace gradus
