#pragma once
// What a predictor is: the map from parameters theta to the linear predictor eta, and its adjoint.

#include <gradus/data/row_block.hpp>

namespace gradus {

/// A linear map from theta (a vector of dimension() numbers) to eta (b x outputs() for a block of b rows):
///
///     forward(block, theta, eta)               eta = the image of theta
///     pullback(block, slope, gradient)         gradient += adjoint of the map, applied to slope (b x outputs())
///     coefficients(theta)                      W, p x m, in the coordinates of the block; eta = X W A + 1 b'
///     intercept(theta)                         b, outputs() numbers
///     loadings()                               A, m x outputs(); without this function m = outputs() and A = I
///     add_coefficient_gradient(G, gradient)    gradient += adjoint of coefficients(), applied to G (p x m)
///
/// Products with X go through the block, which alone knows how X is stored.
template <class P, class S = double>
concept Predictor = requires(const P& predictor, RowBlock<S>& block, const Vector<S>& theta, Vector<S>& gradient,
                             const Matrix<S>& slope, MatrixView<S> eta) {
    { predictor.dimension() } -> std::convertible_to<Index>;
    { predictor.outputs() } -> std::convertible_to<Index>;
    predictor.forward(block, theta, eta);
    predictor.pullback(block, slope, gradient);
    { predictor.coefficients(theta) } -> std::convertible_to<Matrix<S>>;
    { predictor.intercept(theta) } -> std::convertible_to<Vector<S>>;
    predictor.add_coefficient_gradient(slope, gradient);
};

/// A predictor that also carries curvature back:
///
///     sandwich(block, curvature, H)            lower triangle of H += map' diag(curvature) map, curvature packed as in pair_index
///     add_coefficient_curvature(h, H)          lower triangle of H += adjoint of coefficients(), with diag(h) between, h: p x m
template <class P, class S = double>
concept CurvedPredictor = Predictor<P, S> &&
    requires(const P& predictor, RowBlock<S>& block, const Matrix<S>& curvature, Matrix<S>& H) {
    predictor.sandwich(block, curvature, H);
    predictor.add_coefficient_curvature(curvature, H);
};

/// A predictor whose two maps are also there in nearly twice the digits, for the last step of a solver.
template <class P, class S = double>
concept ExactPredictor = Predictor<P, S> && requires(const P& predictor, RowBlock<S>& block, const Vector<S>& theta,
                                                     const Matrix<S>& slope, MatrixView<S> eta, Vector<S>& gradient) {
    predictor.forward_exactly(block, theta, eta, eta);
    predictor.pullback_exactly(block, slope, gradient, gradient);
};

}  // namespace gradus
