#pragma once
// Gradient descent.

#include <gradus/line_search/one_over_l.hpp>
#include <gradus/line_search/schedule.hpp>
#include <gradus/solvers/iterative/descent.hpp>

namespace gradus {

/// What says how long a step is: a policy, which may look at the function, or a schedule, which does not.
template <class P>
concept StepRule = StepPolicy<P> || Schedule<P>;

namespace detail {
/// The rule as a policy for f: a schedule that leaves its first step open starts with 1 / L, where f knows L, else with
/// 0.1.
template <class S, StepRule P, class F>
auto policy_for(const P& rule, const F& f) {
    if constexpr (StepPolicy<P>) {
        static_cast<void>(f);
        return rule;
    } else {
        const S bound = curvature_bound_of<S>(f);
        return Scheduled<P>{starting_with(rule, bound > S(0) ? S(S(1) / bound) : S(0.1))};
    }
}
/// Refuses, in one sentence, an objective that lacks what the rule needs.
template <class P, class F, class S>
constexpr void check_step_rule() {
    if constexpr (requires { P::template requires_of<F, S>(); }) P::template requires_of<F, S>();
}
}  // namespace detail

/// x <- x - t grad f(x) (Cauchy 1847; Nocedal and Wright, Numerical Optimization, 2006, ch. 3). Needs the gradient
/// alone.
///
/// Stops when the relative gradient is at most `tolerance`. The number of iterations grows with the condition number of
/// the Hessian: on features of unlike scale, standardise. Per iteration one gradient and, where the first trial step is
/// refused, one ray; O(d) memory.
template <StepRule Step = BacktrackingStep>
struct GradientDescent {
    static constexpr const char* name = "gradient descent";
    using Needs = NeedsGradient;

    Step step = {};
    int max_iterations = 10'000;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity

    template <class F, class S>
    static constexpr void check_more() {
        detail::check_step_rule<Step, F, S>();
    }

    double fixed_step() const { return constant_step(step); }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
        const auto policy = detail::policy_for<S>(step, f);
        while (run.goes_on()) run.search(policy, Vector<S>(-run.at().gradient));
        return run.result();
    }
};

}  // namespace gradus
