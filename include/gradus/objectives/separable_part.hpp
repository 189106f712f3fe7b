#pragma once
// A penalty of single coefficients, as the part of a function that has corners.

#include <gradus/numeric/products.hpp>
#include <gradus/penalties/any_separable_penalty.hpp>

#include <utility>

namespace gradus {

/// x -> sum_l penalty(feature_l, scale_l x_l) over the parameters that belong to a feature (feature_l >= 0); the others
/// are free: a CornerPart.
template <Scalar S>
class SeparablePart {
public:
    SeparablePart(AnySeparablePenalty<S> penalty, Eigen::Matrix<Index, Eigen::Dynamic, 1> features, Vector<S> scale)
        : penalty_(std::move(penalty)), features_(std::move(features)), scale_(std::move(scale)) {}

    Index size() const { return features_.size(); }
    bool is_free(Index l) const { return features_[l] < 0; }
    bool has_conjugate() const { return penalty_.has_conjugate(); }

    // of one parameter
    S value(Index l, const S& x) const { return is_free(l) ? S(0) : penalty_.value(features_[l], scale_[l] * x); }
    S prox(Index l, const S& t, const S& x) const {
        return is_free(l) ? x : S(penalty_.prox(features_[l], t * scale_[l] * scale_[l], scale_[l] * x) / scale_[l]);
    }
    S residual(Index l, const S& x, const S& slope) const {
        if (is_free(l)) return slope;
        return scale_[l] * penalty_.subdifferential_distance(features_[l], scale_[l] * x, slope / scale_[l]);
    }
    S conjugate(Index l, const S& v) const { return penalty_.conjugate(features_[l], v / scale_[l]); }

    S value(const Vector<S>& x) const {
        S sum(0);
        for (Index l = 0; l < x.size(); ++l) sum += value(l, x[l]);
        return sum;
    }
    void prox(const S& t, Vector<S>& x) const {
        for (Index l = 0; l < x.size(); ++l) x[l] = prox(l, t, x[l]);
    }
    void residual(const Vector<S>& x, const Vector<S>& gradient, Vector<S>& out) const {
        out.resize(x.size());
        for (Index l = 0; l < x.size(); ++l) out[l] = residual(l, x[l], gradient[l]);
    }

    /// The second derivative in parameters l and m where x_l and x_m are not zero; NaN: the penalty does not tell.
    S curvature(const Vector<S>& x, Index l, Index m) const {
        if (l != m || is_free(l)) return S(0);
        return scale_[l] * penalty_.curvature(features_[l], scale_[l] * x[l]) * scale_[l];
    }

    /// In some of the parameters alone.
    template <class Subset>
    SeparablePart of(const Subset& some) const {
        return {penalty_, some.of(features_), some.of(scale_)};
    }

private:
    AnySeparablePenalty<S> penalty_;
    Eigen::Matrix<Index, Eigen::Dynamic, 1> features_;
    Vector<S> scale_;
};

}  // namespace gradus
