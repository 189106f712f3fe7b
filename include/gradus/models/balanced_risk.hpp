#pragma once
// The risk as it is seen in equilibrated columns.

#include <gradus/models/problem.hpp>
#include <gradus/objectives/empirical_risk.hpp>

namespace gradus::detail {

/// What the examination of a fit looks at, whatever coordinates the solver saw.
template <class Risk, Scalar S>
Risk balanced_risk(const Problem<S>& problem, const Risk& risk) {
    Sample<S> sample = risk.sample();
    sample.X = sample.X.seen_in(balanced_coordinates(problem, risk.penalty(), true));
    Risk out(risk.loss(), risk.penalty(), risk.predictor(), std::move(sample));
    Vector<S> scale = risk.gradient_scale();
    for (Index j = 0; j < scale.size() && j < out.predictor().first_intercept(); ++j)
        scale[j] *=
            out.coordinates().scale_of(j % problem.features()) / risk.coordinates().scale_of(j % problem.features());
    out.set_gradient_scale(std::move(scale));
    return out;
}

}  // namespace gradus::detail
