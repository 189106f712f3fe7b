#pragma once
// Steps from a proven bound of the curvature.

#include <gradus/line_search/step_policy.hpp>

namespace gradus {

/// An objective that knows an upper bound L of the largest eigenvalue of its Hessian, whatever x.
template <class F, class S = double>
concept BoundedCurvature = requires(const F& f) {
    { f.curvature_bound() } -> std::convertible_to<S>;
};

/// L, or -1 when the objective does not know it.
template <class S, class F>
S curvature_bound_of(const F& f) {
    if constexpr (BoundedCurvature<F, S>) {
        using std::isfinite;
        const S bound = f.curvature_bound();
        return bound > S(0) && isfinite(bound) ? bound : S(-1);
    } else {
        return S(-1);
    }
}

/// factor / L, every time: with factor 1 each step decreases f by |grad f|^2 / (2 L) at least (Nesterov, Lectures on
/// Convex Optimization, 2018, eq. 1.2.21); any factor below 2 converges.
struct OneOverL {
    static constexpr bool needs_descent = false;

    double factor = 1;

    template <class F, class S>
    static constexpr void requires_of() {
        static_assert(BoundedCurvature<F, S>, "gradus: the step OneOverL needs curvature_bound() of an objective (for "
                                              "models: max_curvature of the loss); without it use BacktrackingStep");
    }

    template <class S, class F>
    StepFound<S> choose(Line<S, F>& line, const StepContext<S>& context) const {
        requires_of<F, S>();
        if (context.last > S(0)) return {context.last, 0, false};  // computed once
        const S bound = curvature_bound_of<S>(line.objective());
        return {bound > S(0) ? S(S(factor) / bound) : S(0), 0, false};
    }
};

}  // namespace gradus
