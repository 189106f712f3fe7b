#pragma once
// What a penalty is: a function of the coefficients alone. It cannot be handed the intercept: only a Predictor makes
// Coefficients.

#include <gradus/core/types.hpp>

namespace gradus {

/// The coefficients W, p x k, in the user's scale: a read-only view with a type of its own, so that no other vector is
/// taken for it.
template <Scalar S>
class Coefficients {
public:
    explicit Coefficients(const Matrix<S>& W) : W_(&W) {}
    const Matrix<S>& operator*() const { return *W_; }
    const Matrix<S>* operator->() const { return W_; }

private:
    const Matrix<S>* W_;
};

/// A penalty with corners that is a sum of functions of one coefficient each, w of feature j:
///
///     value(j, w)                              infinite where w may not be
///     prox(j, step, w)                         argmin_v  value(j, v) + (v - w)^2 / (2 step)
///     subdifferential_distance(j, w, slope)    how far -slope is from the nearest subgradient at w
///
/// These three are all that CoordinateDescent and FISTA ask of a penalty of your own. One that is not convex says so,
/// static constexpr bool is_convex = false, and its fits end at stationary points. Where they are there, conjugate(j,
/// v) = sup_w v w - value(j, w) gives reports a duality gap, curvature(j, w), the second derivative at w != 0, gives
/// paths degrees of freedom, and a member `lambda` gives paths and cross-validation: with one that is large enough zero
/// is the best w, with all larger ones too.
template <class P, class S = double>
concept SeparablePenalty = requires(const P& penalty, Index j, const S& w) {
    { penalty.value(j, w) } -> std::convertible_to<S>;
    { penalty.prox(j, w, w) } -> std::convertible_to<S>;
    { penalty.subdifferential_distance(j, w, w) } -> std::convertible_to<S>;
};

/// value(W): the number that is added to the mean loss.
template <class P, class S = double>
concept Penalty = SeparablePenalty<P, S> || requires(const P& penalty, const Coefficients<S>& W) {
    { penalty.value(W) } -> std::convertible_to<S>;
};

/// A penalty with a gradient, added to G (p x k), and second derivatives: the sum of functions of one coefficient each
/// has a diagonal Hessian, added to h (p x k).
template <class P, class S = double>
concept SmoothPenalty = Penalty<P, S> && requires(const P& penalty, const Coefficients<S>& W, MatrixView<S> out) {
    penalty.add_gradient(W, out);
    penalty.add_curvature(W, out);
};

/// A penalty with corners, a function of W:
///
///     prox(steps, W)                         W becomes argmin_V  penalty(V) + sum_jc (v_jc - w_jc)^2 / (2 steps_j)
///     subdifferential_distance(W, G, out)    out_jc: the size of entry jc of what -G differs by from the nearest
///                                            subgradient of the penalty at W
///
/// or a SeparablePenalty, of which these are made. A penalty that is smooth is none of these, though it may have a prox
/// too. dual_share(G), where it is there, gives reports a duality gap: see GroupLasso.
template <class P, class S = double>
concept CornerPenalty = SeparablePenalty<P, S> ||
    (Penalty<P, S> && !SmoothPenalty<P, S> &&
     requires(const P& penalty, const Coefficients<S>& W, const ConstMatrixView<S>& G, const ConstVectorView<S>& steps,
              MatrixView<S> out) {
         penalty.prox(steps, out);
         penalty.subdifferential_distance(W, G, out);
     });

/// Whether a penalty is convex: unless it says otherwise.
template <class P>
constexpr bool is_convex_penalty() {
    if constexpr (requires { P::is_convex; }) return P::is_convex;
    else return true;
}

/// sum_jc l1_j |w_jc| + l2_j / 2 w_jc^2, l1_j = l1(j) >= 0 and l2_j = l2(j) >= 0: what coordinate descent takes, and
/// what a duality gap is known for.
template <class P, class S = double>
concept ElasticPenalty = CornerPenalty<P, S> && requires(const P& penalty, Index j) {
    { penalty.l1(j) } -> std::convertible_to<double>;
    { penalty.l2(j) } -> std::convertible_to<double>;
};

/// sum_g amount_g |W_g|, W_g the rows of W whose features have group(j) = g, amount_g >= 0 entry g of amounts(p): what
/// block coordinate descent takes.
template <class P, class S = double>
concept GroupPenalty = CornerPenalty<P, S> && requires(const P& penalty, Index j) {
    { penalty.group(j) } -> std::convertible_to<Index>;
    { penalty.amounts(j) } -> std::convertible_to<Eigen::VectorXd>;
};

template <class P, class S = double>
constexpr bool takes_coordinate_descent() {
    return ElasticPenalty<P, S> || SeparablePenalty<P, S> || GroupPenalty<P, S>;
}

/// A smooth penalty whose Hessian does not depend on W: with it least squares stays a linear problem.
template <class P, class S = double>
concept QuadraticPenalty = SmoothPenalty<P, S> && P::is_quadratic;

template <class S, class P>
bool has_constant_curvature(const P& penalty) {
    if constexpr (QuadraticPenalty<P, S>) return true;
    else if constexpr (requires { penalty.has_constant_curvature(); }) return penalty.has_constant_curvature();
    else return false;
}

/// A penalty that treats the columns of W (the classes) alike and depends on rotations of them only through their
/// length: its optimum has coefficients that sum to zero over the classes.
template <class P>
concept ClassSymmetricPenalty = P::is_class_symmetric;

/// A penalty that is zero for every W: only without one are likelihood-based tests valid.
template <class P>
concept ZeroPenalty = P::is_zero;

}  // namespace gradus
