#pragma once
// Newton's method.

#include <gradus/line_search/backtracking.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/observer.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus {

/// x <- x - t H(x)^-1 grad f(x), t = 1 or shorter by backtracking (Nocedal and Wright, Numerical Optimization, 2006, ch. 3.3). For a logistic
/// model this is iteratively reweighted least squares (McCullagh and Nelder, Generalized Linear Models, 1989, ch. 2.5), for squared
/// loss it arrives in one step.
///
/// Stops when the relative gradient is at most `tolerance` *and* the step is short in units of the problem, d'Hd <= 1e-10 x'Hx: on separated
/// classes the gradient vanishes while the parameters run away, and only the second test sees that. Then it takes that step and, with the same
/// factorisation, goes on with gradients of higher accuracy, where the objective offers them, until nothing is left to correct
/// (all this is one more iteration to the observer and to max_iterations): the last digits cost less than an ordinary one.
///
/// Per iteration one Hessian, O(d^3 / 3) for the factorisation and, where the full step is refused, one ray; d^2 numbers of memory, three
/// times.
struct Newton {
    static constexpr const char* name = "Newton";
    static constexpr bool wants_equilibrated_coordinates = true;  ///< steps do not depend on them, rounding does

    int max_iterations = 100;
    double tolerance = 1e-8;  ///< on relative_gradient()
    Backtracking line_search = {};
    double max_megabytes = 2048;  ///< for the Hessian and its factor

    /// Refuses, in one sentence, an objective that has no Hessian.
    template <class F, class S>
    static constexpr void requires_of() {
        static_assert(TwiceDifferentiable<F, S>, "gradus: Newton needs second derivatives: hessian(x, H) of an "
                                                 "objective, derivatives() of a loss, add_curvature() of a penalty; "
                                                 "without them use GradientDescent");
    }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        using S = typename Derived::Scalar;
        requires_of<F, S>();
        if constexpr (TwiceDifferentiable<F, S>) return run<S>(f, start, observer);
        else return Result<S>{};
    }

private:
    template <class S, class F, class Observer>
    GRADUS_ONCE Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        using std::abs, std::isfinite, std::sqrt;
        Evaluation<S> at{start, S(0), {}};
        Result<S> result;
        const double megabytes =
            3 * static_cast<double>(start.size()) * static_cast<double>(start.size()) * sizeof(S) / (1 << 20);
        if (megabytes > max_megabytes) {
            at.value = value_and_gradient<S>(f, at.x, at.gradient);
            return finish<S>(f, at, result, Status::too_large,
                             text(start.size(), " parameters need ", megabytes,
                                  " MB for the Hessian, max_megabytes allows ", max_megabytes,
                                  "; GradientDescent needs none"));
        }
        Matrix<S> H;
        CurvatureSystem<S> system;
        Vector<S> d = Vector<S>::Zero(start.size());
        const auto evaluate = [&](Evaluation<S>& point) {
            point.value = value_gradient_hessian<S>(f, point.x, point.gradient, H);
            ++result.counts.gradients, ++result.counts.hessians;
        };

        evaluate(at);
        if (!isfinite(at.value) || !all_finite(at.gradient))
            return finish<S>(f, at, result, Status::non_finite,
                             text("the objective is ", at.value, " at the start, or its gradient is not finite"));
        for (S t(0);; ++result.iterations) {
            const S small = relative_gradient<S>(f, at.x, at.value, at.gradient);
            if (asks_to_stop<Observer, S>(
                    observer, {result.iterations, at.value, max_norm(at.gradient), small, t, at.x, at.gradient}))
                return finish<S>(f, at, result, Status::stopped_by_observer, stop_message(observer));

            system.factor(H);
            result.rank = system.rank();
            system.reach(at.gradient);
            d = system.solve(at.gradient, S(-1));
            const S slope = dot(at.gradient, d);
            const S square = quadratic_form(H, at.x);
            result.decrement = sqrt(std::max(-slope, S(0)));
            if (system.rank() == 0 && max_norm(at.gradient) > S(0))
                return finish<S>(f, at, result, Status::non_finite,
                                 "the Hessian is zero or not finite: Newton has no step");
            if (small <= reachable<S>(tolerance) &&
                (-slope <= S(1e-10) * square || small <= S(64) * epsilon<S> || max_norm(d) == S(0)))
                return polish(f, at, result, system, d, observer);
            if (result.iterations == max_iterations)
                return finish<S>(f, at, result, Status::iteration_limit,
                                 small <= reachable<S>(tolerance)
                                     ? text("relative gradient ", small,
                                            " is small, but the parameters still move (Newton decrement ",
                                            result.decrement, ") after max_iterations = ", max_iterations, " steps")
                                     : text("relative gradient ", small, " > ", reachable<S>(tolerance),
                                            " after max_iterations = ", max_iterations, " steps"));

            // nearly always the full step is taken, so it is tried with all that the next iteration needs
            Evaluation<S> next{at.x, S(0), {}};
            add_multiple(S(1), d, next.x);
            evaluate(next);
            t = S(1);
            if (!isfinite(next.value) || system.is_shifted() ||
                line_search.judge<S>(at.value, slope, t, {next.value, dot(next.gradient, d)}) ==
                    Backtracking::Verdict::refused) {
                auto ray = along<S>(f, at.x, d);
                const StepFound<S> found = line_search.search<S>(ray, at.value, slope, S(1));
                result.counts.ray_points += found.evaluations;
                t = found.step;
                if (t == S(0)) return no_step(f, at, result, slope, small);
                if (!found.at_floor) t = bisect<S>(ray, t, at.value, slope, result.counts.ray_points);
                next.x = at.x;
                add_multiple(t, d, next.x);
                evaluate(next);
            }
            at = std::move(next);
            if (!isfinite(at.value) || !all_finite(at.gradient))
                return finish<S>(f, at, result, Status::diverged,
                                 text("the gradient is not finite at iteration ", result.iterations + 1));
        }
    }

    template <class S, class F>
    GRADUS_ONCE static Result<S> no_step(const F& f, Evaluation<S>& at, Result<S>& result, const S& slope,
                                         const S& small) {
        using std::abs;
        if (-slope <= S(100) * epsilon<S> * abs(at.value))
            return finish<S>(f, at, result, Status::rounding_floor,
                             text("no step decreases the value by more than its rounding; relative gradient ", small));
        return finish<S>(f, at, result, Status::line_search_failed,
                         text("no step along the Newton direction decreases the value (slope ", slope,
                              "): the gradient does not belong to the function"));
    }

    // Where the full step fails, the parabola of the Hessian does not describe the ray, and the length is found by bisection: to a tenth of
    // the first slope. On Huber's loss with slopes of 10^4 delta, 100 rows and a third of them wild, 23 to 93 iterations
    // became 28 to 40.
    template <class S, class Ray>
    GRADUS_ONCE static S bisect(Ray& ray, const S& accepted, const S& value, const S& slope, int& ray_points) {
        using std::abs;
        S best = accepted, least = value, t = accepted, low(0), high(-1);
        for (int trial = 0; trial < 20; ++trial, ++ray_points) {
            const RayPoint<S> point = ray(t);
            if (point.value <= least) best = t, least = point.value;
            if (best == t && abs(point.slope) <= S(0.1) * abs(slope)) break;
            (point.value <= value && point.slope < S(0) ? low : high) = t;
            t = high < S(0) ? S(2) * t : S((low + high) / 2);
        }
        return best;
    }

    template <class S>
    static S quadratic_form(const Matrix<S>& H, const Vector<S>& v) {
        return dot<S>(v, product<S>(H, v));
    }

    // In the region of quadratic convergence: full steps with the last Hessian, as long as they shrink.
    template <class S, class F, class Observer>
    GRADUS_ONCE Result<S> polish(const F& f, Evaluation<S>& at, Result<S>& result, const CurvatureSystem<S>& system,
                                 Vector<S> d, Observer& observer) const {
        using std::abs, std::isfinite, std::sqrt;
        const auto gradient_at = [&](const Vector<S>& x, Vector<S>& gradient) {
            ++result.counts.gradients;
            gradient.resize(x.size());
            if constexpr (requires { f.exact_gradient(x, gradient); }) return f.exact_gradient(x, gradient);
            else return value_and_gradient<S>(f, x, gradient);
        };
        // a solution with the factor is off by about epsilon condition, which in weak directions may be all that a step gains
        const S condition = system.condition();
        const S floor = isfinite(condition) ? std::min(S(1), S(epsilon<S> * condition)) : S(0);
        S size = relative_error(at.x, d, system),
          left(1);  // of the last correction, and the share of it that is still there
        result.last_step = system.step(at.x, at.gradient);
        Evaluation<S> next{at.x, S(0), {}};
        add_multiple(S(1), d, next.x);
        const bool goes_on = size > S(0) && result.iterations < max_iterations;
        for (int round = 0; round < 5 && goes_on; ++round) {
            next.value = gradient_at(next.x, next.gradient);
            if (!isfinite(next.value)) break;
            at = next;
            d = system.solve(next.gradient, S(-1));
            const S size_now = relative_error(at.x, d, system);
            left = S(1);
            if (!(size_now < size / 4)) break;
            left = std::max(S(size_now / size), floor);
            size = size_now;
            add_multiple(S(1), d, next.x);
            if (size * left < epsilon<S> / 4) break;
        }
        if (goes_on && all_finite(next.x)) at.x = next.x;
        Vector<S> error = Vector<S>::Zero(d.size());
        if constexpr (requires { f.draw_gradient_rounding(at.x, error); }) {
            f.draw_gradient_rounding(at.x, error);
            error = system.solve(error);
        }
        for (Index j = 0; j < d.size(); ++j) error[j] = abs(error[j]) + abs(d[j]) * left;
        result.correct_digits = std::clamp(-std::log10(static_cast<double>(relative_error(at.x, error, system))), 0.0,
                                           std::numeric_limits<S>::digits10 + 1.0);
        result.condition = static_cast<double>(sqrt(condition));
        at.value = value_and_gradient<S>(f, at.x, at.gradient);
        ++result.counts.gradients;
        const S small = relative_gradient<S>(f, at.x, at.value, at.gradient);
        if (goes_on)
            asks_to_stop<Observer, S>(
                observer, {++result.iterations, at.value, max_norm(at.gradient), small, S(1), at.x, at.gradient});
        return finish<S>(f, at, result, Status::converged,
                         text("relative gradient ", small, " <= ", reachable<S>(tolerance)));
    }

    // Largest error of a parameter that matters: relative to it, but to no less than a millionth of the largest, in units of the scaled
    // system. In this norm, unlike in that of the Hessian, what is left in weak directions counts.
    template <class S>
    GRADUS_ONCE static S relative_error(const Vector<S>& x, const Vector<S>& error, const CurvatureSystem<S>& system) {
        using std::abs;
        const Vector<S>& scale = system.natural_scale();
        S floor(0), largest(0);
        for (Index j = 0; j < x.size(); ++j) floor = std::max(floor, S(S(1e-6) * abs(x[j]) / scale[j]));
        for (Index j = 0; j < x.size(); ++j) {
            const S size = std::max(S(abs(x[j])), S(floor * scale[j]));
            if (size > S(0)) largest = std::max(largest, S(abs(error[j]) / size));
        }
        return largest;
    }
};

}  // namespace gradus
