#pragma once
// A problem in some of its features alone.

#include <gradus/data/selected_columns.hpp>
#include <gradus/models/problem.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/predictors/linear.hpp>

#include <vector>

namespace gradus::detail {

/// Some features, in an order of their own: parameters of all features and the intercepts become those of these and the
/// intercepts, and back, with zeros for the others.
template <Scalar S>
class FeatureSubset {
public:
    FeatureSubset(const Predictor<S>& predictor, std::vector<Index> features)
        : features_(std::move(features)),
          p_(predictor.features()),
          width_(predictor.width()),
          intercepts_(predictor.intercepts()) {}
    /// Those with a parameter that is not zero.
    static FeatureSubset support(const Predictor<S>& predictor, const Vector<S>& theta) {
        std::vector<Index> features;
        for (Index j = 0; j < predictor.features(); ++j)
            for (Index c = 0; c < predictor.width(); ++c)
                if (theta[c * predictor.features() + j] != S(0)) {
                    features.push_back(j);
                    break;
                }
        return {predictor, std::move(features)};
    }

    const std::vector<Index>& features() const { return features_; }
    Index size() const { return static_cast<Index>(features_.size()); }

    template <class T>
    Eigen::Matrix<T, Eigen::Dynamic, 1> of(const Eigen::Matrix<T, Eigen::Dynamic, 1>& all) const {
        Eigen::Matrix<T, Eigen::Dynamic, 1> out(size() * width_ + intercepts_);
        for_each_place([&](Index in_all, Index in_these) { out[in_these] = all[in_all]; });
        return out;
    }
    Vector<S> to_all(const Vector<S>& these) const {
        Vector<S> out = Vector<S>::Zero(p_ * width_ + intercepts_);
        for_each_place([&](Index in_all, Index in_these) { out[in_all] = these[in_these]; });
        return out;
    }

    /// The mean loss in these features, without a penalty; columns are seen as they are in that of all.
    template <class Risk>
    Risk risk(const Problem<S>& problem, const Risk& all) const {
        Sample<S> sample = all.sample();
        sample.X = select_columns(sample.X, features_);
        Risk out(all.loss(), AnyPenalty<S>(NoPenalty{}), problem.family.predictor(size(), problem.has_intercept),
                 std::move(sample));
        if (all.gradient_scale().size() > 0) out.set_gradient_scale(of(all.gradient_scale()));
        return out;
    }

private:
    template <class At>
    void for_each_place(At&& at) const {
        for (Index c = 0; c < width_; ++c)
            for (Index l = 0; l < size(); ++l) at(c * p_ + features_[static_cast<std::size_t>(l)], c * size() + l);
        for (Index i = 0; i < intercepts_; ++i) at(p_ * width_ + i, size() * width_ + i);
    }

    std::vector<Index> features_;
    Index p_, width_, intercepts_;
};

GRADUS_COMPILE(class FeatureSubset<double>)

}  // namespace gradus::detail
