#pragma once
// Newton's method.

#include <gradus/line_search/backtracking.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/iterative/saddle.hpp>

namespace gradus {

/// x <- x - t H(x)^-1 grad f(x), t = 1 or shorter by backtracking (Nocedal and Wright, Numerical Optimization, 2006,
/// ch. 3.3). For a logistic model this is iteratively reweighted least squares (McCullagh and Nelder, Generalized
/// Linear Models, 1989, ch. 2.5), for squared loss it arrives in one step. Where H is indefinite the step is that of H
/// + shift I, and where the gradient vanishes there, the run leaves the saddle along the direction in which f curves
/// downwards.
///
/// Stops when the relative gradient is at most `tolerance` *and* the step is short in units of the problem, d'Hd <=
/// 1e-10 x'Hx: on separated classes the gradient vanishes while the parameters run away, and only the second test sees
/// that. Then it takes that step and, with the same factorisation, goes on with gradients of higher accuracy, where the
/// objective offers them, until nothing is left to correct (all this is one more iteration to the observer and to
/// max_iterations): the last digits cost less than an ordinary one.
///
/// Per iteration one Hessian, O(d^3 / 3) for the factorisation and, where the full step is refused, one ray; d^2
/// numbers of memory, three times.
struct Newton {
    static constexpr const char* name = "Newton";
    using Needs = NeedsHessian;
    static constexpr SolverTraits traits{.takes_any_coordinates = true, .builds_curvature = true};

    int max_iterations = 1000;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity
    Backtracking line_search = {};
    double max_megabytes = 2048;  ///< for the Hessian and its factor

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    GRADUS_ONCE Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        const double megabytes =
            3 * static_cast<double>(start.size()) * static_cast<double>(start.size()) * sizeof(S) / (1 << 20);
        if (megabytes > max_megabytes) return too_large<S>(f, start, megabytes);
        Matrix<S> H;
        CurvatureSystem<S> system(is_known_to_be_convex(f));
        Descent<S, F, Observer> run(f, evaluate<S>(f, start, H), observer, {max_iterations, tolerance, 0, true});
        ++run.counts().hessians;
        while (run.goes_on()) {
            const Evaluation<S>& at = run.at();
            run.know_curvature(row_norm(H));
            system.factor(H);
            if (!run.is_small())
                system.reach(at.gradient);  // what is left of it may be rounding, along flat directions too
            const Vector<S> d = system.solve(at.gradient, S(-1));
            const S slope = dot(at.gradient, d);
            note(run, system, slope);
            if (has_arrived(run, system, H, d, slope) && polish(run, system, d)) break;
            if (run.ends_at_limit()) break;
            if (run.is_small() && system.is_shifted()) {
                if (leave_saddle(run, H)) {
                    evaluate_hessian(run, H);
                    continue;
                }
                if (run.is_over()) break;
            }
            if (!advance(run, system, d, slope, H)) break;
        }
        return run.result();
    }

    /// Three times the root mean square of what rounding of the gradient makes of x, drawn a few times; zeros where the
    /// objective does not know that rounding. `is_exact`: of exact_gradient().
    template <class F, class S>
    GRADUS_ONCE static Vector<S> rounding_error(const F& f, const CurvatureSystem<S>& system, const Vector<S>& x,
                                                bool is_exact) {
        using std::sqrt;
        constexpr int draws = 4;
        Vector<S> error = Vector<S>::Zero(x.size());
        if constexpr (requires { f.template draw_gradient_rounding<draws>(x, is_exact); }) {
            const Matrix<S> rounding = f.template draw_gradient_rounding<draws>(x, is_exact);
            for (int draw = 0; draw < draws; ++draw) {
                const Vector<S> e = system.solve(rounding.col(draw));
                for (Index j = 0; j < e.size(); ++j) error[j] += e[j] * e[j];
            }
            for (Index j = 0; j < error.size(); ++j) error[j] = S(3) * sqrt(error[j] / S(draws));
        }
        return error;
    }

    /// Of x with this error, by the objective's own measure where it has one; -1: not known.
    template <class F, class S>
    GRADUS_ONCE static double correct_digits(const F& f, const CurvatureSystem<S>& system, const Vector<S>& x,
                                             const Vector<S>& error) {
        if constexpr (requires { f.correct_digits(x, error); }) return f.correct_digits(x, error);
        if (system.rank() < x.size()) return -1;
        const S share = relative_change<S>(x, error, system.natural_scale());
        return std::clamp(-std::log10(static_cast<double>(share)), 0.0, std::numeric_limits<S>::digits10 + 1.0);
    }

private:
    template <class S, class F>
    static Evaluation<S> evaluate(const F& f, const Vector<S>& x, Matrix<S>& H) {
        Evaluation<S> point{x, S(0), {}};
        point.value = value_gradient_hessian<S>(f, point.x, point.gradient, H);
        return point;
    }
    template <class Run, class S>
    static void evaluate_hessian(Run& run, Matrix<S>& H) {
        run.objective().hessian(run.at().x, H);
        ++run.counts().hessians;
    }

    template <class S, class F>
    GRADUS_ONCE Result<S> too_large(const F& f, const Vector<S>& start, double megabytes) const {
        Evaluation<S> at{start, S(0), {}};
        at.value = value_and_gradient<S>(f, at.x, at.gradient);
        Result<S> result;
        return finish<S>(f, at, result, Status::too_large,
                         text(start.size(), " parameters need ", megabytes,
                              " MB for the Hessian, max_megabytes allows ", max_megabytes,
                              "; NewtonCG and LBFGS need none"));
    }

    // largest sum of a row
    template <class S>
    static S row_norm(const Matrix<S>& H) {
        using std::abs;
        S largest(0);
        for (Index j = 0; j < H.cols(); ++j) {
            S sum(0);
            for (Index i = 0; i < H.rows(); ++i) sum += abs(H(i, j));
            largest = std::max(largest, sum);
        }
        return largest;
    }

    template <class Run, class S>
    static void note(Run& run, const CurvatureSystem<S>& system, const S& slope) {
        using std::sqrt;
        run.so_far().rank = system.rank();
        run.so_far().decrement = sqrt(std::max(-slope, S(0)));
    }

    template <class Run, class S>
    static bool has_arrived(Run& run, const CurvatureSystem<S>& system, const Matrix<S>& H, const Vector<S>& d,
                            const S& slope) {
        const S relative = run.relative_gradient();
        if (!(relative <= run.tolerance()) || system.is_shifted()) return false;
        if (system.rank() == 0 && max_norm(run.at().gradient) > S(0)) return false;
        const S square = dot<S>(run.at().x, product<S>(H, run.at().x));
        return -slope <= S(1e-10) * square || relative <= S(64) * epsilon<S> || max_norm(d) == S(0);
    }

    template <class Run, class S>
    static bool leave_saddle(Run& run, const Matrix<S>& H) {
        return gradus::leave_saddle(
            run, [&](const Vector<S>& v, Vector<S>& out) { out = product<S>(H, v); },
            static_cast<int>(std::min<Index>(H.cols(), 512)));
    }

    // Nearly always the full step is taken, so it is tried with all that the next iteration needs.
    template <class Run, class S>
    GRADUS_ONCE bool advance(Run& run, const CurvatureSystem<S>& system, const Vector<S>& d, const S& slope,
                             Matrix<S>& H) const {
        using std::isfinite;
        const auto& f = run.objective();
        const Evaluation<S>& at = run.at();
        if (!all_finite(d) || !(slope < S(0))) {
            if (run.so_far().rank == 0 && !system.is_shifted())
                return run.end(Status::non_finite, "the Hessian is not finite: Newton has no step", Cause::non_finite);
            return run.has_no_step(d, slope);
        }
        Vector<S> x = at.x;
        add_multiple(S(1), d, x);
        Evaluation<S> next = evaluate<S>(f, x, H);
        ++run.counts().gradients, ++run.counts().hessians;
        StepFound<S> found{S(1), 1, false};
        const auto verdict = isfinite(next.value) && all_finite(next.gradient)
                                 ? line_search.judge<S>(at.value, slope, S(1), {next.value, dot(next.gradient, d)})
                                 : Backtracking::Verdict::refused;
        found.at_floor = verdict == Backtracking::Verdict::accepted_at_floor;
        if (system.is_shifted() || verdict == Backtracking::Verdict::refused) {
            auto ray = along<S>(f, at.x, d);
            found = line_search.search<S>(ray, at.value, slope, S(1));
            run.counts().ray_points += found.evaluations;
            if (found.step == S(0)) return run.has_no_newton_step(d, slope);
            if (!found.at_floor) found = bisect<S>(ray, found.step, at.value, slope, run.counts().ray_points);
            if (found.is_endless)
                return run.end(Status::unbounded,
                               text("the value falls without end along the direction of step ", run.iteration() + 1),
                               Cause::unbounded);
            x = at.x;
            add_multiple(found.step, d, x);
            next = evaluate<S>(f, x, H);
            ++run.counts().gradients, ++run.counts().hessians;
        }
        run.take(std::move(next), found.step, found.at_floor);
        return true;
    }

    // Where the full step fails, the parabola of the Hessian does not describe the ray, and the length is found by
    // bisection: to a tenth of the first slope. On Huber's loss with slopes of 10^4 delta, 100 rows and a third of them
    // wild, 23 to 93 iterations became 28 to 40.
    template <class S, class Ray>
    GRADUS_ONCE static StepFound<S> bisect(Ray& ray, const S& accepted, const S& value, const S& slope,
                                           int& ray_points) {
        using std::abs;
        S best = accepted, least = value, t = accepted, low(0), high(-1);
        for (int trial = 0, doublings = 0; trial < 20 || high < S(0); ++trial, ++ray_points) {
            const RayPoint<S> point = ray(t);
            if (point.value == -std::numeric_limits<S>::infinity() || doublings == 100) return {t, trial, false, true};
            if (point.value <= least) best = t, least = point.value;
            // beyond the minimum a shorter step may be better by far, where the loss rises as gently as a line
            if (best == t && abs(point.slope) <= S(0.1) * abs(slope) && (point.slope <= S(0) || low > S(0))) break;
            (point.value <= value && point.slope < S(0) ? low : high) = t;
            doublings += high < S(0);
            t = high < S(0) ? S(2) * t : S((low + high) / 2);
        }
        return {best, 0, false};
    }

    // In the region of quadratic convergence: full steps with the last Hessian, as long as they shrink. false: they do
    // not, and this is not the region yet. In the valley of Meyer's function, where x'Hx is 10^9 times the value, the
    // run ended 12 % above the minimum.
    template <class Run, class S>
    GRADUS_ONCE bool polish(Run& run, const CurvatureSystem<S>& system, Vector<S> d) const {
        using std::abs, std::isfinite, std::sqrt;
        const auto& f = run.objective();
        const auto gradient_at = [&](const Vector<S>& x, Vector<S>& gradient) {
            ++run.counts().gradients;
            gradient.resize(x.size());
            if constexpr (requires { f.exact_gradient(x, gradient); }) return f.exact_gradient(x, gradient);
            else return value_and_gradient<S>(f, x, gradient);
        };
        const auto relative = [&](const Vector<S>& x, const Vector<S>& change) {
            return relative_change<S>(x, change, system.natural_scale());
        };
        // a solution with the factor is off by about epsilon condition, which in weak directions may be all that a step
        // gains
        const S condition = system.condition();
        const S floor = isfinite(condition) ? std::min(S(1), S(epsilon<S> * condition)) : S(0);
        Evaluation<S> at = run.at();
        if constexpr (requires(Vector<S> & exact) { f.exact_gradient(at.x, exact); })
            if (max_norm(at.gradient) == S(0) && !run.is_at_limit()) {  // as of saturated rows, but for rounding
                Vector<S> exact;
                gradient_at(at.x, exact);
                d = system.solve(exact, S(-1));
            }
        S size = relative(at.x, d), left(1);  // of the last correction, and the share of it that is still there
        run.so_far().last_step = system.step(at.x, at.gradient);
        S missed = -dot(at.gradient, d);  // twice the decrease of the value that the last correction promises
        Evaluation<S> next{at.x, S(0), {}};
        add_multiple(S(1), d, next.x);
        const bool moves = size > S(0) && !run.is_at_limit();
        for (int round = 0; round < 5 && moves; ++round) {
            next.value = gradient_at(next.x, next.gradient);
            if (!isfinite(next.value)) break;
            at = next;
            d = system.solve(next.gradient, S(-1));
            missed = -dot(next.gradient, d);
            const S size_now = relative(at.x, d);
            left = S(1);
            if (!(size_now < size / 4)) break;
            left = std::max(S(size_now / size), floor);
            size = size_now;
            add_multiple(S(1), d, next.x);
            if (size * left < epsilon<S> / 4) break;
        }
        if (size * left > sqrt(epsilon<S>) && run.is_visible(missed)) return false;
        if (moves && all_finite(next.x)) at.x = next.x;
        Vector<S> error = rounding_error(f, system, at.x, true);
        for (Index j = 0; j < d.size(); ++j) error[j] += abs(d[j]) * left;
        run.so_far().correct_digits = correct_digits(f, system, at.x, error);
        if (!(condition * epsilon<S> < S(0.1)) && isfinite(condition)) run.so_far().correct_digits = 0;
        run.so_far().condition = static_cast<double>(sqrt(condition));
        at.value = value_and_gradient<S>(f, at.x, at.gradient);
        ++run.counts().gradients;
        if (moves) {
            run.take(std::move(at), S(1), true);
            run.show();
        }
        run.end_here(Status::converged, text("relative gradient ", run.relative_gradient(), " <= ", run.tolerance()));
        return true;
    }
};

}  // namespace gradus
