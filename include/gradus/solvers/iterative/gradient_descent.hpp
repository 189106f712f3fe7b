#pragma once
// Gradient descent.

#include <gradus/line_search/backtracking.hpp>
#include <gradus/solvers/observer.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus {

/// The same step, the learning rate, every time. It converges for a quadratic with largest curvature L when step < 2 / L and diverges above.
struct FixedStep {
    double step = 0.1;

    template <class S, class F>
    StepFound<S> choose(const F&, const Evaluation<S>&, const Vector<S>&, const S&) const {
        return {S(step), 0, false};
    }
};

/// Twice the last step, shortened until Armijo's rule holds; starts from `first`.
struct BacktrackingStep {
    double first = 1;
    Backtracking rule = {};

    template <class S, class F>
    StepFound<S> choose(const F& f, const Evaluation<S>& at, const Vector<S>& direction, const S& last) const {
        auto ray = along<S>(f, at.x, direction);
        return rule.search<S>(ray, at.value, at.gradient.dot(direction), last > S(0) ? S(2) * last : S(first));
    }
};

/// How far to go along a direction. `last` is the previous step, 0 at first; a step of 0 means that there is none that decreases f.
template <class P>
concept StepPolicy = requires(const P& policy, const Evaluation<double>& at, const Vector<double>& direction,
                              double last) {
    {
        policy.choose([](const Vector<double>&, Vector<double>&) { return 0.0; }, at, direction, last)
        } -> std::convertible_to<StepFound<double>>;
};

/// x <- x - t grad f(x) (Cauchy 1847; Nocedal and Wright, Numerical Optimization, 2006, ch. 3). Needs the gradient alone.
///
/// Stops when the relative gradient is at most `tolerance`. The number of iterations grows with the condition number of the Hessian: on
/// features of unlike scale, standardise. Per iteration one gradient and, with backtracking, one ray; O(d) memory.
template <StepPolicy Step = BacktrackingStep>
struct GradientDescent {
    static constexpr const char* name = "gradient descent";

    Step step = {};
    int max_iterations = 10'000;
    double tolerance = 1e-8;  ///< on relative_gradient()

    template <class F, class S>
    static constexpr void requires_of() {
        static_assert(Differentiable<F, S>, "gradus: GradientDescent needs value_and_gradient(x, gradient), or a "
                                            "callable f(x, gradient), that returns the value");
    }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        using S = typename Derived::Scalar;
        requires_of<F, S>();
        if constexpr (Differentiable<F, S>) return run<S>(f, start, observer);
        else return Result<S>{};
    }

private:
    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        using std::abs, std::isfinite, std::max;
        Result<S> result;
        Evaluation<S> at{start, S(0), {}};
        const auto evaluate = [&] {
            at.value = value_and_gradient<S>(f, at.x, at.gradient);
            ++result.counts.gradients;
        };

        evaluate();
        Evaluation<S> best = at;
        const S first = at.value;
        if (!isfinite(at.value) || !all_finite(at.gradient))
            return finish<S>(f, best, result, Status::non_finite,
                             text("the objective is ", at.value, " at the start, or its gradient is not finite"));
        for (S t(0);; ++result.iterations) {
            const S small = relative_gradient<S>(f, at.x, at.value, at.gradient);
            if (asks_to_stop<Observer, S>(
                    observer, {result.iterations, at.value, max_norm(at.gradient), small, t, at.x, at.gradient}))
                return finish<S>(f, best, result, Status::stopped_by_observer, "stopped by the observer");
            if (small <= reachable<S>(tolerance))
                return finish<S>(f, at, result, Status::converged,
                                 text("relative gradient ", small, " <= ", reachable<S>(tolerance)));
            if (result.iterations == max_iterations)
                return finish<S>(f, best, result, Status::iteration_limit,
                                 text("relative gradient ", small, " > ", reachable<S>(tolerance),
                                      " after max_iterations = ", max_iterations, " steps"));

            const Vector<S> d = -at.gradient;
            const S slope = at.gradient.dot(d);
            const StepFound<S> found = step.template choose<S>(f, at, d, t);
            result.counts.ray_points += found.evaluations;
            if (found.step == S(0)) {
                if (t > S(0) && abs(t * slope) <= S(1000) * epsilon<S> * abs(at.value))
                    return finish<S>(
                        f, at, result, Status::rounding_floor,
                        text("no step decreases the value by more than its rounding; relative gradient ", small));
                return finish<S>(f, best, result, Status::line_search_failed,
                                 text("no step against the gradient decreases the value (slope ", slope,
                                      "): the gradient does not belong to the function"));
            }
            t = found.step;
            at.x += t * d;
            evaluate();
            if (!isfinite(at.value) || !all_finite(at.gradient) || at.value - first > S(1e6) * max(abs(first), S(1))) {
                ++result.iterations;
                return finish<S>(f, best, result, Status::diverged,
                                 text("the value went from ", first, " to ", at.value, " in ", result.iterations,
                                      " steps of ", t, ": the step is too long"));
            }
            if (at.value < best.value || found.at_floor) best = at;
        }
    }
};

}  // namespace gradus
