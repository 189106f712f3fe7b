#pragma once
// How far to go along a direction of descent.

#include <gradus/line_search/backtracking.hpp>
#include <gradus/line_search/line.hpp>

#include <limits>

namespace gradus {

/// What a step policy is told.
template <Scalar S>
struct StepContext {
    const Evaluation<S>& at;        ///< where the run stands
    const Vector<S>& direction;     ///< the step goes along it: at.x + t direction
    const Evaluation<S>& previous;  ///< the point before; x is empty at the first step
    S last;                         ///< the step t that led from there to here; 0 at the first step
    int iteration;                  ///< steps taken so far
    S recent_largest = std::numeric_limits<S>::lowest();  ///< largest value of the last ten points, `at` included
    S noise = S(0);  ///< by how much values were seen to err, where that is more than a search takes for granted
};

/// Whether a policy tries steps until values and slopes are what it asks for: Policy::is_search.
template <class Policy>
inline constexpr bool is_search_along_lines = requires {
    requires Policy::is_search;
};

namespace detail {
struct AnyFunction {
    double operator()(const Vector<double>&, Vector<double>&) const;
};
}  // namespace detail

/// choose(line, context) -> StepFound. A policy may try points, line(t), or not look at the function at all; a step of
/// 0 says that none decreases it.
template <class P>
concept StepPolicy = requires(const P& policy, Line<double, detail::AnyFunction>& line,
                              const StepContext<double>& context) {
    { policy.choose(line, context) } -> std::convertible_to<StepFound<double>>;
};

/// Whether a policy looks for a decrease, so that it can only be given directions of descent. Taken for granted unless
/// the policy has a member `static constexpr bool needs_descent = false`, as those have whose step does not depend on
/// the values.
template <class P>
inline constexpr bool needs_descent = !requires {
    requires !P::needs_descent;
};

/// The step that a rule takes every time; -1: it changes.
template <class P>
double constant_step(const P& rule) {
    if constexpr (requires { static_cast<double>(rule.constant()); }) return rule.constant();
    else return static_cast<void>(rule), -1;
}

/// The same step, the learning rate, every time. It converges for a quadratic with largest curvature L when step < 2 /
/// L and diverges above.
struct FixedStep {
    static constexpr bool needs_descent = false;

    double step = 0.1;
    double constant() const { return step; }

    template <class S, class F>
    StepFound<S> choose(Line<S, F>&, const StepContext<S>&) const {
        return {S(step), 0, false};
    }
};

/// Twice the last step, shortened until Armijo's rule holds; starts from `first`. The end game begins earlier than in
/// Newton's method, whose last steps are long: where collinear columns make eta lose digits, values err by more than
/// ten of their own roundings, and gradient descent stopped at a relative gradient of 2e-9 with no step left.
struct BacktrackingStep {
    double first = 1;
    Backtracking rule = {.noise = 1000, .flat = 1};

    template <class S, class F>
    StepFound<S> choose(Line<S, F>& line, const StepContext<S>& context) const {
        const S guess = context.last > S(0) ? S(2) * context.last : S(first);
        return rule.search<S>(line, context.at.value, line.slope(), guess);
    }
};

}  // namespace gradus
