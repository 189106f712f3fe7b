#pragma once
// Many rows and few parameters: Newton's method on some of the rows, then few gradients of all of them.

#include <gradus/line_search/strong_wolfe.hpp>
#include <gradus/solvers/iterative/limited_memory.hpp>
#include <gradus/solvers/iterative/newton.hpp>

namespace gradus {

/// A mean over samples() rows of which a part may be looked at alone: thinned(stride) is the same objective over one
/// block of rows in `stride`, of blocks() in all.
template <class F, class S>
concept Thinned = TwiceDifferentiable<F, S> && requires(const F& f) {
    { f.thinned(Index(2)) } -> std::same_as<F>;
    { f.blocks() } -> std::convertible_to<Index>;
    { f.samples() } -> std::convertible_to<Index>;
};

/// Newton's method on a sample of the rows, then L-BFGS on all of them with the sample's Hessian in the place of the
/// identity (Roosta-Khorasani and Mahoney, Math. Programming 174 (2019), 293, theorem 1, for steps with the Hessian of
/// a sample; Nocedal and Wright, Numerical Optimization, 2006, alg. 7.4, for the memory).
///
/// A sample of m rows has its optimum within about sqrt(d / m) of that of all rows, in units of the Hessian, and a
/// Hessian that is as close to theirs: so each gradient of all rows leaves some 2 sqrt(d / m) of the error, and less as
/// the memory learns. Where d is small beside the rows this is what costs least: on 400000 x 100 logistic data 11
/// gradients, where Newton's method takes 9 of them and 7 Hessians, each as dear as four. Up to some hundred parameters
/// one Hessian of all rows, where the first step ends, is worth the gradients that it saves: 6 are left. The last step
/// that proves that the optimum exists is that of the sample: rows that no direction separates are not separated by
/// more of them.
///
/// Stops when the relative gradient is at most `tolerance` and the next step would change no parameter by more than
/// `step_tolerance` of itself. Where the sample is not like the rows (its Hessian is singular, its steps do not shrink)
/// Newton's method goes on with all of them, and the report says so.
struct SampledNewton {
    static constexpr const char* name = "Newton on a sample of the rows, then L-BFGS";
    using Needs = NeedsHessian;
    static constexpr SolverTraits traits{.takes_any_coordinates = true, .builds_curvature = true};

    Index stride = 8;  ///< one block of rows in so many is the sample
    int memory = 20;
    int max_iterations = 1000;
    double tolerance = 1e-8;        ///< on the relative gradient: see Stationarity
    double step_tolerance = 1e-11;  ///< on the change of each parameter by the next step, relative to it
    StrongWolfe line_search = {};

    /// Whether a Hessian of all rows is worth it. On dense X with d columns it costs as much as 0.02 d gradients, and
    /// saves four: with samples to match, 400000 x 100 take 0.17 s instead of 0.20, 400000 x 50 0.10 instead of 0.125.
    /// Of an objective that does not tell its work() it is not known.
    template <class F>
    static bool takes_hessian(const F& f, Index parameters) {
        const double d = static_cast<double>(parameters);
        if constexpr (requires { f.work(); }) return static_cast<double>(f.samples()) * d * d <= 145 * f.work();
        else return false;
    }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class F, class S>
    static constexpr void check_more() {
        static_assert(Thinned<F, S>,
                      "gradus: this solver needs an objective that is a mean over rows: thinned(stride), "
                      "blocks() and samples(); without them use Newton");
    }

    template <class S, class F, class Observer>
    GRADUS_ONCE Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        if constexpr (!Thinned<F, S>) {  // as of a function that minimise() shows in its own units
            return Newton{.max_iterations = max_iterations, .tolerance = tolerance}.template run<S>(f, start, observer);
        } else {
            Vector<S> x = start;
            CurvatureSystem<S> system(is_known_to_be_convex(f));
            SecondOrderStep<S> step;
            Counts counts;
            const bool is_like = fit_samples(f, x, system, step, counts);
            if (!is_like) return by_newton(f, start, observer, counts, 0);
            Descent<S, F, Observer> run(f, x, observer, {max_iterations, tolerance, 0, true});
            run.so_far().last_step = std::move(step);
            LimitedMemory<S> inverse_hessian(memory);
            Contraction<S> steps;
            while (run.goes_on()) {
                Vector<S> d = -run.at().gradient;
                inverse_hessian.apply(d, [&](Vector<S>& v) { v = system.solve(v); });
                const S size = relative_change<S>(run.at().x, d, system.natural_scale());
                if (run.is_small() && size <= reachable<S>(step_tolerance)) {
                    arrive(run, system, d, size);
                    break;
                }
                if (run.ends_at_limit()) break;
                if (run.iteration() == 0 && takes_hessian(f, d.size()) && step_to_hessian(run, d, system)) continue;
                if (steps.have_stalled(size) || !run.search(StrongWolfeStep<S>{line_search, S(1)}, d, false)) break;
                inverse_hessian.add(run.at().x - run.previous().x, run.at().gradient - run.previous().gradient);
            }
            counts += run.counts();
            if (!run.is_over()) return by_newton(f, run.at().x, observer, counts, run.iteration());
            run.so_far().counts = counts;
            return run.result();
        }
    }

private:
    /// Whether steps still shrink: by half or more in one of three.
    template <class S>
    struct Contraction {
        S least{-1};
        int idle = 0;
        bool have_stalled(const S& size) {
            if (least < S(0) || size < least / S(2)) least = size, idle = 0;
            else ++idle;
            return idle == 3;
        }
    };

    template <class F, class S, class Observer>
    GRADUS_ONCE Result<S> by_newton(const F& f, const Vector<S>& x, Observer& observer, const Counts& counts,
                                    int iterations) const {
        Result<S> out =
            Newton{.max_iterations = max_iterations, .tolerance = tolerance}.template run<S>(f, x, observer);
        out.counts += counts;
        out.iterations += iterations;
        out.message += "; a sample of the rows was not like the others, so by Newton's method on all of them";
        return out;
    }

    // The full step, which the sample's Hessian gives, to where that of all rows takes its place, in single precision
    // where the sample tells that this is enough for steps of two digits. false: the step is refused, or that Hessian
    // is singular, and all stays what it was.
    template <class Run, class S>
    GRADUS_ONCE static bool step_to_hessian(Run& run, const Vector<S>& d, CurvatureSystem<S>& system) {
        using std::isfinite;
        Evaluation<S> next{run.at().x + d, S(0), {}};
        Matrix<S> H;
        const auto evaluate = [&](const auto& f) {
            next.value = value_gradient_hessian<S>(f, next.x, next.gradient, H);
            ++run.counts().gradients, ++run.counts().hessians;
        };
        const bool will_rounded_hessian_do = system.condition() < S(1e5);
        if constexpr (requires { run.objective().with_rounded_hessian(); })
            if (will_rounded_hessian_do) evaluate(run.objective().with_rounded_hessian());
        if (run.counts().hessians == 0) evaluate(run.objective());
        if (!isfinite(next.value) || !all_finite(next.gradient)) return false;
        const auto verdict = Backtracking{}.judge<S>(run.at().value, dot(run.at().gradient, d), S(1),
                                                     {next.value, dot(next.gradient, d)});
        if (verdict == Backtracking::Verdict::refused) return false;
        CurvatureSystem<S> of_all(is_known_to_be_convex(run.objective()));
        of_all.factor(H);
        if (of_all.rank() < d.size() || of_all.is_shifted()) return false;
        system = std::move(of_all);
        run.take(std::move(next), S(1), verdict == Backtracking::Verdict::accepted_at_floor);
        return true;
    }

    // From a small sample, of which the Hessian is cheap, to the larger one, near whose optimum one or two steps are
    // left.
    template <class F, class S>
    GRADUS_ONCE bool fit_samples(const F& f, Vector<S>& x, CurvatureSystem<S>& system, SecondOrderStep<S>& step,
                                 Counts& counts) const {
        const Index coarse = std::min<Index>(f.blocks() / 16, 8 * stride);
        if (coarse > stride && !fit_sample(f.thinned(coarse), coarse, x, system, step, counts)) return false;
        return fit_sample(f.thinned(stride), stride, x, system, step, counts);
    }

    // Until what the value can still fall by, half the squared decrement, is no more than what sampling changes it by,
    // d / (2 m) of it: one more step squares what is left. All that is counted as one Hessian of all rows, which costs
    // more.
    template <class F, class S>
    GRADUS_ONCE bool fit_sample(const F& f, Index thinning, Vector<S>& x, CurvatureSystem<S>& system,
                                SecondOrderStep<S>& step, Counts& counts) const {
        using std::abs, std::isfinite;
        Vector<S> gradient(x.size()), d;
        Matrix<S> H;
        S last = std::numeric_limits<S>::infinity();
        const S share = S(static_cast<double>(x.size() * thinning)) / S(static_cast<double>(f.samples()));
        for (int i = 0, shorter = 0; i < 20; ++i) {
            const S value = value_gradient_hessian<S>(f, x, gradient, H);
            if (!isfinite(value) || !all_finite(gradient)) return false;
            if (!(value <= last) && i > 0) {
                if (++shorter == 10) return false;
                for (Index j = 0; j < d.size(); ++j) d[j] /= S(2);
                add_multiple(S(-1), d, x);
                continue;
            }
            last = value;
            system.factor(H);
            if (system.rank() < x.size() || system.is_shifted()) return false;
            d = system.solve(gradient, S(-1));
            const bool is_near = -dot(gradient, d) <= share * abs(value);
            if (is_near) step = system.step(x, gradient), step.stride = thinning;
            add_multiple(S(1), d, x);
            if (!is_near) continue;
            counts.hessians += 1;
            return true;
        }
        return false;
    }

    // The next step is what is left of the error; and what rounding of the gradient makes of x.
    template <class Run, class S>
    GRADUS_ONCE void arrive(Run& run, const CurvatureSystem<S>& system, const Vector<S>& d, const S& size) const {
        using std::abs, std::sqrt;
        const auto& f = run.objective();
        const Evaluation<S>& at = run.at();
        Vector<S> error = Newton::rounding_error(f, system, at.x, false);
        for (Index j = 0; j < d.size(); ++j) error[j] += abs(d[j]);
        Result<S>& so_far = run.so_far();
        so_far.correct_digits = Newton::correct_digits(f, system, at.x, error);
        so_far.condition = static_cast<double>(sqrt(system.condition()));
        so_far.rank = system.rank();
        so_far.decrement = sqrt(abs(dot(at.gradient, d)));
        run.end_here(Status::converged, text("relative gradient ", run.relative_gradient(), " <= ", run.tolerance(),
                                             ", the next step would change no parameter by more than ", size));
    }
};

}  // namespace gradus
