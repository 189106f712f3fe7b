#pragma once
// What an empirical risk is made of: the walk over the rows, a loss, a penalty; and the parts of it that need no row.

#include <gradus/losses/any_loss.hpp>
#include <gradus/numeric/correct_digits.hpp>
#include <gradus/objectives/row_walk.hpp>
#include <gradus/penalties/any_penalty.hpp>

namespace gradus {

/// A penalty that may stand in a smooth objective; any other is refused in one sentence.
template <Scalar S, class P>
AnyPenalty<S> smooth_penalty(P penalty) {
    static_assert(SmoothPenalty<P, S>,
                  "gradus: this objective needs a smooth penalty, with add_gradient() and add_curvature(); one "
                  "with corners has prox() and subdifferential_distance(), see CornerPenalty");
    if constexpr (SmoothPenalty<P, S>) return AnyPenalty<S>(std::move(penalty));
    else return AnyPenalty<S>(typename AnyPenalty<S>::Nothing{});
}

/// Loss, penalty and rows, the sizes by which a gradient is judged, and the penalty's part of value, gradient and
/// Hessian in the coordinates of the design.
template <Scalar S>
class RiskTerms {
public:
    RiskTerms(AnyLoss<S> loss, AnyPenalty<S> penalty, Predictor<S> predictor, Sample<S> sample)
        : loss_(std::move(loss)), penalty_(std::move(penalty)), walk_(std::move(sample), std::move(predictor)) {}

    Index dimension() const { return walk_.predictor().dimension(); }
    const RowWalk<S>& walk() const { return walk_; }
    const AnyLoss<S>& loss() const { return loss_; }
    const AnyPenalty<S>& penalty() const { return penalty_; }
    const Predictor<S>& predictor() const { return walk_.predictor(); }
    const Sample<S>& sample() const { return walk_.sample(); }
    const Coordinates<S>& coordinates() const { return walk_.coordinates(); }
    bool is_convex() const { return loss_.is_convex(); }
    bool has_constant_hessian() const {
        return loss_.has_constant_curvature() && (penalty_.is_zero() || penalty_.has_constant_curvature());
    }

    /// Whether so many n x k matrices may be kept beside X: they take at most 32 MB, and X is not read from a source.
    bool keeps(int matrices) const {
        const double numbers = static_cast<double>(sample().rows()) * static_cast<double>(loss_.outputs());
        return matrices * numbers * sizeof(S) <= 32.0 * (1 << 20) && !sample().X.storage().is_streamed();
    }

    /// The size of each component of the gradient far from the optimum; empty: not known.
    const Vector<S>& gradient_scale() const { return gradient_scale_; }
    void set_gradient_scale(Vector<S> scale) { gradient_scale_ = std::move(scale); }

    /// Of the coefficients, when errors of theta are as large as these: see gradus::correct_digits().
    double correct_digits(const Vector<S>& theta, const Vector<S>& error) const {
        const S natural_size = gradient_scale_.size() > 0 ? max_norm(gradient_scale_) : S(0);
        return gradus::correct_digits<S>(predictor().coefficients(theta), predictor().coefficient_errors(error),
                                         coordinates().scale, loss_.separates_outputs(), natural_size);
    }

    /// W in the user's scale, p x m.
    Matrix<S> user_coefficients(const Vector<S>& theta) const {
        Matrix<S> W = predictor().coefficients(theta);
        if (!coordinates().is_identity()) scale_rows(W, coordinates().scale);
        return W;
    }

    S penalty_value(const Vector<S>& theta) const {
        if (penalty_.is_zero()) return S(0);
        const Matrix<S> W = user_coefficients(theta);
        return penalty_.value(Coefficients<S>(W));
    }
    void add_penalty_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        if (penalty_.is_zero()) return;
        const Matrix<S> W = user_coefficients(theta);
        Matrix<S> G = Matrix<S>::Zero(W.rows(), W.cols());
        penalty_.add_gradient(Coefficients<S>(W), MatrixView<S>(G));
        if (!coordinates().is_identity()) scale_rows(G, coordinates().scale);
        predictor().add_coefficient_gradient(G, gradient);
    }
    void add_penalty_curvature(const Vector<S>& theta, Matrix<S>& H) const {
        if (!penalty_.is_zero()) predictor().add_coefficient_curvature(penalty_curvature(theta), H);
    }
    /// out += (Hessian of the penalty) v.
    void add_penalty_curvature_times(const Vector<S>& theta, const Vector<S>& v, Vector<S>& out) const {
        if (penalty_.is_zero()) return;
        Matrix<S> product = penalty_curvature(theta);
        const Matrix<S> V = predictor().coefficients(v);
        for (Index j = 0; j < V.size(); ++j) product.data()[j] *= V.data()[j];
        predictor().add_coefficient_gradient(product, out);
    }
    /// A diagonal in the coordinates of the design, p x m.
    Matrix<S> penalty_curvature(const Vector<S>& theta) const {
        const Matrix<S> W = user_coefficients(theta);
        Matrix<S> h = Matrix<S>::Zero(W.rows(), W.cols());
        penalty_.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
        if (!coordinates().is_identity())
            for (int factor = 0; factor < 2; ++factor) scale_rows(h, coordinates().scale);
        return h;
    }

protected:
    // (high, low) becomes eta: the offset is added and the rest of the targets taken away, both without a rounding
    GRADUS_ONCE void add_offset_exactly(const EvaluatedRows<S>& rows, MatrixView<S> high, MatrixView<S> low) const {
        if (sample().offset)
            for (Index c = 0; c < high.cols(); ++c)
                for (Index i = 0; i < high.rows(); ++i)
                    add_exactly(high(i, c), low(i, c), S(rows.scratch.offset(i, c)));
        renormalise<S>(high, low);
        if (sample().target_coordinates.is_identity()) return;
        auto rest = rows.slope();  // squared loss: a function of eta - y
        sample().copy_target_remainder(rows.block.first(), rest);
        for (Index c = 0; c < high.cols(); ++c)
            for (Index i = 0; i < high.rows(); ++i) low(i, c) -= rest(i, c);
    }

private:
    AnyLoss<S> loss_;
    AnyPenalty<S> penalty_;
    RowWalk<S> walk_;
    Vector<S> gradient_scale_;
};

GRADUS_COMPILE(class RiskTerms<double>)

}  // namespace gradus
