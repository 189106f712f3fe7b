#pragma once
// A penalty with corners as a function of the parameters of a model.

#include <gradus/data/coordinates.hpp>
#include <gradus/penalties/any_corner_penalty.hpp>
#include <gradus/predictors/predictor.hpp>

#include <utility>

namespace gradus {

/// theta -> penalty(W), W the coefficients in the user's scale, for predictors whose parameters are the coefficients (R
/// = I), so that a prox of W is one of theta: with w_j = scale_j v_j a step t of v_j is one of t scale_j^2 for w_j. The
/// intercepts pass through.
template <Scalar S>
class PenaltyCorner {
public:
    PenaltyCorner(AnyCornerPenalty<S> penalty, Predictor<S> predictor, Coordinates<S> coordinates)
        : penalty_(std::move(penalty)), predictor_(std::move(predictor)), coordinates_(std::move(coordinates)) {}

    S value(const Vector<S>& theta) const {
        const Matrix<S> W = coefficients(theta);
        return penalty_.value(Coefficients<S>(W));
    }

    void prox(const S& t, Vector<S>& theta) const {
        Matrix<S> W = coefficients(theta);
        Vector<S> steps(W.rows());
        for (Index j = 0; j < steps.size(); ++j) steps[j] = t * coordinates_.scale_of(j) * coordinates_.scale_of(j);
        penalty_.prox(steps, W);
        if (!coordinates_.is_identity()) unscale_rows(W, coordinates_.scale);
        slopes(theta) = W;
    }

    void residual(const Vector<S>& theta, const Vector<S>& gradient, Vector<S>& out) const {
        out = gradient;
        const Matrix<S> W = coefficients(theta);
        const Matrix<S> G = in_user_units(gradient);
        Matrix<S> distance(W.rows(), W.cols());
        penalty_.subdifferential_distance(Coefficients<S>(W), G, distance);
        if (!coordinates_.is_identity()) scale_rows(distance, coordinates_.scale);
        slopes(out) = distance;
    }

    /// See GroupLasso::dual_share().
    S dual_share(const Vector<S>& gradient, const Vector<S>& rounding) const {
        return penalty_.dual_share(in_user_units(gradient), in_user_units(rounding));
    }

private:
    Matrix<S> in_user_units(Vector<S> gradient) const {
        Matrix<S> G = slopes(gradient);
        if (!coordinates_.is_identity()) unscale_rows(G, coordinates_.scale);
        return G;
    }
    auto slopes(Vector<S>& theta) const {
        return Eigen::Map<Matrix<S>>(theta.data(), predictor_.features(), predictor_.width());
    }
    Matrix<S> coefficients(const Vector<S>& theta) const {
        Matrix<S> W = predictor_.coefficients(theta);
        if (!coordinates_.is_identity()) scale_rows(W, coordinates_.scale);
        return W;
    }

    AnyCornerPenalty<S> penalty_;
    Predictor<S> predictor_;
    Coordinates<S> coordinates_;
};

}  // namespace gradus
