#pragma once
// What a loss is: a function of the target y and the linear predictor eta alone, one row at a time, evaluated on a
// block of rows.

#include <gradus/core/types.hpp>

namespace gradus {

/// A loss l(y_i, eta_i) >= some bound, with eta_i a row of k numbers, summed over the b rows of a block with weights s:
///
///     value(y, eta, s)                    sum_i s_i l(y_i, eta_i)
///     value_and_slope(y, eta, s, slope)   the same, and slope(i, c) = s_i dl/deta_c; slope: b x k
///     outputs()                           k
///     admits(t)                           whether t is a target that the loss is defined for
///     domain()                            those targets in words, for the message that rejects another
///     intercept_only(y, s)                the constant row eta (k numbers) that minimises the sum, in closed form
///
/// y is b x 1 (b x k for losses of several targets), eta b x k, s b entries >= 0. All are blocks of rows, so that the
/// vectorised exp and log of arrays do the work. Values must be finite, or +infinity where the loss grows without
/// bound; never NaN for admitted targets and finite eta.
template <class L>
concept Loss = Scalar<typename L::Scalar> &&
    requires(const L& loss, const ConstMatrixView<typename L::Scalar>& y,
             const ConstMatrixView<typename L::Scalar>& eta, const ConstVectorView<typename L::Scalar>& s,
             MatrixView<typename L::Scalar> slope, typename L::Scalar target) {
    { loss.value(y, eta, s) } -> std::convertible_to<typename L::Scalar>;
    { loss.value_and_slope(y, eta, s, slope) } -> std::convertible_to<typename L::Scalar>;
    { loss.outputs() } -> std::convertible_to<Index>;
    { loss.admits(target) } -> std::convertible_to<bool>;
    { loss.domain() } -> std::convertible_to<const char*>;
    { loss.intercept_only(y, s) } -> std::convertible_to<Vector<typename L::Scalar>>;
};

/// A loss that also has
///
///     derivatives(y, eta, s, slope, curvature)   value, slope, and curvature(i, pair(c, d)) = s_i d2l / deta_c deta_d
///
/// with one column for each pair c >= d, packed as in pair_index; convex losses have positive semidefinite curvature.
template <class L>
concept CurvedLoss = Loss<L> &&
    requires(const L& loss, const ConstMatrixView<typename L::Scalar>& block,
             const ConstVectorView<typename L::Scalar>& s, MatrixView<typename L::Scalar> out) {
    { loss.derivatives(block, block, s, out, out) } -> std::convertible_to<typename L::Scalar>;
};

/// A loss of eta - y alone that may be taken in other units of y: in_units(u) is the loss l' with l'(u r) = u^2 l(r).
/// Its fits are the same for targets of any size.
template <class L>
concept UnitsLoss = Loss<L> && requires(const L& loss, const typename L::Scalar& unit) {
    { loss.in_units(unit) } -> std::same_as<L>;
};

/// A loss whose curvature never exceeds L::max_curvature (largest eigenvalue in eta): gradient descent has a proven
/// step for it.
template <class L>
concept BoundedCurvatureLoss = Loss<L> && requires {
    { L::max_curvature } -> std::convertible_to<double>;
};

/// L::max_curvature, or what a loss whose type is forgotten says of it; -1: not known.
template <class L>
double max_curvature_of(const L& loss) {
    if constexpr (BoundedCurvatureLoss<L>) return static_cast<double>(L::max_curvature);
    else if constexpr (requires {
                           { loss.max_curvature() } -> std::convertible_to<double>;
                       })
        return loss.max_curvature();
    else return -1;
}

/// Whether the loss is known to be a convex function of eta: L::is_convex. Then a point where the gradient vanishes is
/// a minimum; else solvers that have the curvature look.
template <class L>
inline constexpr bool is_convex_loss = requires {
    requires L::is_convex;
};

/// Whether the curvature is the same for all eta: L::has_constant_curvature.
template <class L>
inline constexpr bool has_constant_curvature_loss = requires {
    requires L::has_constant_curvature;
};

/// Whether outputs have nothing to do with each other, as several targets of squared loss: L::separates_outputs.
template <class L>
inline constexpr bool separates_outputs_of = requires {
    requires L::separates_outputs;
};

/// Columns of the lower triangle of a symmetric k x k matrix, stored one after another: (0,0) (1,0) ... (k-1,0) (1,1)
/// (2,1) ...
constexpr Index pair_index(Index row, Index column, Index k) {
    return column * k - column * (column - 1) / 2 + (row - column);
}
constexpr Index pair_count(Index k) { return k * (k + 1) / 2; }

/// out += the packed curvature times v, row by row.   v, out: b x k
template <Scalar S>
void add_curvature_times(const ConstMatrixView<S>& curvature, const ConstMatrixView<S>& v, MatrixView<S> out) {
    for (Index d = 0; d < v.cols(); ++d)
        for (Index c = d; c < v.cols(); ++c) {
            const S* pair = &curvature.coeffRef(0, pair_index(c, d, v.cols()));
            for (Index i = 0; i < v.rows(); ++i) {
                out(i, c) += pair[i] * v(i, d);
                if (c > d) out(i, d) += pair[i] * v(i, c);
            }
        }
}

}  // namespace gradus
