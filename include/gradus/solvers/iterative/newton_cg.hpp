#pragma once
// Newton's method without a Hessian matrix.

#include <gradus/line_search/strong_wolfe.hpp>
#include <gradus/objectives/hessian_at.hpp>
#include <gradus/solvers/iterative/saddle.hpp>

#include <optional>
#include <utility>

namespace gradus {

namespace detail {
/// The type of f.preconditioner(x); int where there is none.
template <class F, class S>
struct PreconditionerOf {
    using type = int;
};
template <class F, class S>
requires requires(const F& f, const Vector<S>& x) { f.preconditioner(x); }
struct PreconditionerOf<F, S> {
    using type = decltype(std::declval<const F&>().preconditioner(std::declval<const Vector<S>&>()));
};
}  // namespace detail

/// Newton's method in a trust region: the step minimises the model g'd + d'Hd/2 over |d| <= radius by conjugate
/// gradients, which need products H v alone, end at the boundary, go on along a direction of negative curvature to the
/// boundary, and stop early far from the optimum (Steihaug, SIAM J. Numer. Anal. 20 (1983), 626; Nocedal and Wright,
/// Numerical Optimization, 2006, alg. 4.1 and 7.2). The model is solved to |g + H d| <= eta |g| with eta = min(0.5,
/// sqrt(relative gradient)), so that convergence is superlinear (thm. 7.2 there). Where the objective knows a matrix
/// that is like its Hessian, preconditioner(x) with solve(v), length(v) and price(), lengths and residuals are measured
/// by it (Conn, Gould and Toint, Trust-Region Methods, 2000, alg. 7.5.1); it is made anew when it no longer is of use.
///
/// Stops when the relative gradient is at most `tolerance` and the step is short in units of the problem, d'Hd <= 1e-10
/// x'Hx, as Newton does; then it takes nearly exact steps, with gradients of higher accuracy where the objective offers
/// them, until nothing is left to correct (to the observer and to max_iterations one iteration).
///
/// Per iteration one gradient and as many products as conjugate gradients take steps; eight vectors of memory, and what
/// the preconditioner takes.
struct NewtonCG {
    static constexpr const char* name = "Newton-CG";
    using Needs = NeedsHessianProducts;
    static constexpr SolverTraits traits{.takes_any_coordinates = true};

    int max_iterations = 10'000;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity
    int max_products = 0;     ///< in one step; 0: ten times the number of parameters

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        using std::min, std::sqrt;
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance, 0, true});
        Metric<S, F> metric;
        S radius(-1);
        bool will_rounded_products_do = is_known_to_be_convex(f);  // else rounding may look like negative curvature
        while (run.goes_on()) {
            const Evaluation<S>& at = run.at();
            const S before = run.relative_gradient();
            const S eta = run.is_small() ? Metric<S, F>::last_share(f) : min(S(0.5), S(sqrt(run.relative_gradient())));
            const S enough = run.is_small() ? enough_digits(f, at.x) : S(0);
            metric.renew(f, at.x, run.counts(), run.is_small(), radius);
            auto hessian = hessian_at<S>(f, at.x);
            const bool is_rounded = will_rounded_products_do && round_products(hessian);
            if (radius < S(0)) radius = first_radius(hessian, metric, at, run.counts());
            Step<S> step = model_step(hessian, metric, at.gradient, radius, eta, enough, run.counts());
            run.know_curvature(step.curvature);
            run.so_far().decrement = sqrt(S(2) * step.decrease);
            if (run.is_small() && step.is_inside && is_short(run, hessian, S(2) * step.decrease)) {
                if (!is_known_to_be_convex(f) && leave_saddle(run, hessian)) continue;
                if (run.is_over() || polish(run, metric, step)) break;
            }
            const bool is_inside = step.is_inside;
            const int gradients = run.counts().gradients;
            if (run.ends_at_limit() || !advance(run, hessian, metric, std::move(step), radius, eta, is_rounded)) break;
            will_rounded_products_do = is_rounded && is_inside && run.counts().gradients == gradients + 1 &&
                                       run.relative_gradient() < before / S(2);
            if (is_rounded && !will_rounded_products_do) radius = S(-1);  // it may be short for their sake alone
        }
        return run.result();
    }

private:
    template <class S>
    struct Step {
        Vector<S> d;
        S length;        // of d, by the metric
        S decrease;      // of the model
        bool is_inside;  // and without negative curvature
        S curvature;     // the largest that was met
    };

    /// What lengths are measured by: the objective's preconditioner, or the identity.
    template <class S, class F>
    class Metric {
    public:
        static constexpr bool has_preconditioner = requires(const F& f, const Vector<S>& x) { f.preconditioner(x); };

        /// Of the gradient, what the last steps leave. A preconditioner makes a residual as good as an error, and the
        /// next step has what this one left; without it a small residual tells nothing of weak directions.
        static S last_share(const F& f) {
            using std::sqrt;
            if (!has_preconditioner) return epsilon<S>;
            return has_exact_gradient(f) ? S(sqrt(epsilon<S>)) : std::max(S(1e-6), S(sqrt(epsilon<S>)));
        }
        /// Made where x is once conjugate gradients have taken as many products as its price; not for the last step.
        /// The radius keeps its length along the way from where the preconditioner was made before: on saturated rows
        /// the curvature, and with it the unit of length, changes by twenty powers of ten from one step to the next.
        void renew(const F& f, const Vector<S>& x, const Counts& counts, bool is_last, S& radius) {
            if constexpr (has_preconditioner) {
                using std::isfinite;
                if (inverse_ && (is_last || counts.hessian_products - products_ < inverse_->price())) return;
                const Vector<S> way = inverse_ ? Vector<S>(x - made_at_) : Vector<S>();
                const S before = inverse_ ? inverse_->length(way) : S(0);
                inverse_.emplace(f.preconditioner(x));
                products_ = counts.hessian_products;
                made_at_ = x;
                if (!(before > S(0))) return;
                const S after = inverse_->length(way);
                if (after > S(0) && isfinite(after)) radius *= after / before;
            }
        }
        Vector<S> solve(Vector<S> v) const {
            if constexpr (has_preconditioner) inverse_->solve(v);
            return v;
        }

    private:
        std::optional<typename detail::PreconditionerOf<F, S>::type> inverse_;
        int products_ = 0;
        Vector<S> made_at_;
    };

    // Ten times the step that minimises the model along -M^-1 g; where it has no minimum there, |x| or 1.
    template <class S, class F, class Hessian>
    static S first_radius(Hessian& hessian, const Metric<S, F>& metric, const Evaluation<S>& at, Counts& counts) {
        using std::sqrt;
        const Vector<S> z = metric.solve(at.gradient);
        Vector<S> Hz(at.x.size());
        hessian.times(z, Hz);
        ++counts.hessian_products;
        const S square = dot(at.gradient, z), curvature = dot(z, Hz);
        return curvature > S(0) ? S(S(10) * square / curvature * sqrt(square)) : std::max(S(1), norm(at.x));
    }

    template <class Run, class Hessian>
    static bool leave_saddle(Run& run, Hessian& hessian) {
        return gradus::leave_saddle(
            run, [&](const auto& v, auto& out) { out.resize(v.size()), hessian.times(v, out); }, 24);
    }

    // d'Hd beside x'Hx: on separated classes the gradient vanishes while the parameters run away
    template <class Run, class Hessian, class S>
    static bool is_short(Run& run, Hessian& hessian, const S& square) {
        const Vector<S>& x = run.at().x;
        Vector<S> Hx(x.size());
        hessian.times(x, Hx);
        ++run.counts().hessian_products;
        return square <= S(1e-10) * dot(x, Hx) || run.relative_gradient() <= S(64) * epsilon<S> || square == S(0);
    }

    // Preconditioned conjugate gradients for min g'd + d'Hd/2, |d| <= radius, to a residual of eta |g|, lengths by M
    // and those of residuals by its inverse; or until what is missing is no more than `enough`, and a hundredth of what
    // it was: M is not H.
    template <class S, class F, class Hessian>
    Step<S> model_step(Hessian& hessian, const Metric<S, F>& metric, const Vector<S>& g, const S& radius, const S& eta,
                       const S& enough, Counts& counts) const {
        using std::abs, std::sqrt;
        const Index most = max_products > 0 ? max_products : 10 * g.size() + 10;
        Step<S> step{Vector<S>::Zero(g.size()), S(0), S(0), true, S(0)};
        Vector<S> r = g, z = metric.solve(r), p = -z, Hp(g.size());
        S square = dot(r, z), dd(0), dp(0), pp = square;  // d'Md, d'Mp, p'Mp
        const S first = square;
        const auto is_solved = [&] {
            if (enough > S(0) && square <= S(1e-4) * first && max_norm(z) <= enough) return true;
            return square <= eta * eta * first || !(square > S(0));
        };
        for (Index i = 0; i < most && !is_solved(); ++i) {
            hessian.times(p, Hp);
            ++counts.hessian_products;
            const S curvature = dot(p, Hp), t = square / curvature;
            step.curvature = std::max(step.curvature, S(abs(curvature) / dot(p, p)));
            step.is_inside = curvature > S(0) && dd + t * (S(2) * dp + t * pp) < radius * radius;
            const S go = step.is_inside ? t : to_boundary<S>(dd, dp, pp, radius);
            step.decrease += go * square - go * go * curvature / S(2);
            add_multiple(go, p, step.d);
            dd += go * (S(2) * dp + go * pp);
            if (!step.is_inside) break;
            add_multiple(t, Hp, r);
            z = metric.solve(r);
            const S next = dot(r, z), beta = next / square;
            for (Index j = 0; j < p.size(); ++j) p[j] = beta * p[j] - z[j];
            dp = beta * (dp + t * pp);
            pp = next + beta * beta * pp;
            square = next;
        }
        step.length = sqrt(dd);
        return step;
    }

    // t > 0 with |d + t p| = radius
    template <class S>
    static S to_boundary(const S& dd, const S& dp, const S& pp, const S& radius) {
        using std::sqrt;
        const S room = std::max(S(radius * radius - dd), S(0)), root = sqrt(dp * dp + pp * room);
        return dp > S(0) ? S(room / (dp + root)) : S((root - dp) / pp);
    }

    // Whether products with this Hessian are in single precision from here on: until a step of them does not do what it
    // should, as on columns with a condition number of 10^7, where they know nothing of the weakest directions.
    template <class Hessian>
    static bool round_products(Hessian& hessian) {
        if constexpr (requires { hessian.use_single_precision(); }) return hessian.use_single_precision();
        else return static_cast<void>(hessian), false;
    }

    // Takes the step, or one in a smaller region, when the value decreases by a tenth of what the model says; where
    // that is below the rounding of the values, when the slope along the step does. false: there is none, and the run
    // is over; not so where the model is of rounded products, and exact ones may know a step.
    template <class S, class F, class Observer, class Hessian>
    bool advance(Descent<S, F, Observer>& run, Hessian& hessian, const Metric<S, F>& metric, Step<S> step, S& radius,
                 const S& eta, bool is_rounded) const {
        using std::abs, std::isfinite;
        const Evaluation<S>& at = run.at();
        const S noise = S(StrongWolfe{}.rounding) * epsilon<S> * abs(at.value), hoped = step.decrease;
        const Vector<S> first = step.d;
        const bool is_newton_step = step.is_inside;  // else its length says nothing about the function
        S shorter(4);  // more after every three that failed: where nothing curves, the first may be 10^24 too long
        for (int trial = 0; trial < 40 && step.decrease > S(0); ++trial) {
            Evaluation<S> next{at.x, S(0), {}};
            add_multiple(S(1), step.d, next.x);
            next.value = value_and_gradient<S>(run.objective(), next.x, next.gradient);
            ++run.counts().gradients;
            if (next.value == -std::numeric_limits<S>::infinity()) return run.take(std::move(next), S(1), false), false;
            const S decrease = at.value - next.value;
            const bool is_finite = isfinite(next.value) && all_finite(next.gradient);
            const bool at_floor = is_finite && step.decrease <= noise && abs(decrease) <= noise;
            S ratio = is_finite ? S(decrease / step.decrease) : S(0);
            if (at_floor) {
                const S before = abs(dot(at.gradient, step.d)), after = abs(dot(next.gradient, step.d));
                // along a line, as of Huber's loss far from the data, the slope stays, and the value falls as it says
                const bool is_line = ratio > S(0.5) && ratio < S(2) && after <= before;
                ratio = is_line || after <= S(0.9) * before ? S(1) : S(0);
            }
            if (trial % 3 == 2) shorter *= S(4);
            if (!(ratio >= S(0.25))) radius = step.length / shorter;
            else if (ratio > S(0.75) && !step.is_inside) radius *= S(3);
            if (ratio > S(0.1)) {
                run.take(std::move(next), S(1), at_floor);
                return true;
            }
            step = model_step(hessian, metric, at.gradient, radius, eta, S(0), run.counts());
        }
        if (is_rounded) return true;
        if (hoped <= noise && run.is_small())
            return run.end_here(Status::rounding_floor,
                                text("no step decreases the value by more than its rounding; relative gradient ",
                                     run.relative_gradient()));
        if (is_newton_step) return run.has_no_newton_step(first, dot(at.gradient, first));
        return run.has_no_step(-at.gradient, -dot(at.gradient, at.gradient));
    }

    // What the last steps may leave undone, where a preconditioner tells what they leave and no gradients of higher
    // accuracy follow: M^-1 r is what is missing now, and it is what the next step begins with, to three digits
    // (softmax, 60000 x 784 x 10: 53 products without this, 41 so).
    template <class S, class F>
    static S enough_digits(const F& f, const Vector<S>& x) {
        return Metric<S, F>::has_preconditioner && !has_exact_gradient(f) ? S(reachable<S>(1e-11) * max_norm(x)) : S(0);
    }
    // Digits beyond the ordinary cost four to eight gradients each time: not where one takes milliseconds.
    template <class F>
    static bool has_exact_gradient(const F& f) {
        if constexpr (requires { f.work(); }) return f.work() < 1e6;
        else return false;
    }
    template <class F, class S>
    static void exact_gradient(const F& f, Evaluation<S>& at) {
        if constexpr (requires { f.exact_gradient(at.x, at.gradient); }) f.exact_gradient(at.x, at.gradient);
    }

    // In the region of quadratic convergence: whole steps as long as they shrink. false: they do not, and this is not
    // the region yet (see Newton).
    template <class S, class F, class Observer>
    bool polish(Descent<S, F, Observer>& run, const Metric<S, F>& metric, const Step<S>& first) const {
        using std::sqrt;
        const F& f = run.objective();
        const bool is_exact = has_exact_gradient(f);
        Evaluation<S> next = run.at();
        Step<S> step = first;
        S last = std::numeric_limits<S>::infinity();  // decrease of the value
        S missed = step.decrease, change = relative_change<S>(next.x, step.d);
        for (int round = 0; round < 5 && !run.is_at_limit(); ++round) {
            missed = step.decrease, change = relative_change<S>(next.x, step.d);
            if (!step.is_inside || !(step.decrease < last / S(16)) || !all_finite(step.d)) break;
            last = step.decrease;
            add_multiple(S(1), step.d, next.x);
            if (is_exact) exact_gradient(f, next);
            else next.value = value_and_gradient<S>(f, next.x, next.gradient);
            ++run.counts().gradients;
            const S enough = enough_digits(f, next.x);
            if (enough > S(0) && max_norm(metric.solve(next.gradient)) <= enough &&
                run.relative_gradient(next) <= run.tolerance()) {
                missed = S(0);
                break;
            }
            auto hessian = hessian_at<S>(f, next.x);
            step = model_step(hessian, metric, next.gradient, std::numeric_limits<S>::infinity(),
                              Metric<S, F>::last_share(f), enough, run.counts());
        }
        const bool can_go_on = first.decrease > S(0);  // else only gradients of higher accuracy tell more
        if (can_go_on && run.is_visible(missed) && change > sqrt(epsilon<S>)) return false;
        if (last < std::numeric_limits<S>::infinity()) {
            if (is_exact) next.value = value_and_gradient<S>(f, next.x, next.gradient), ++run.counts().gradients;
            if (run.relative_gradient(next) <= run.tolerance()) {
                run.take(std::move(next), S(1), true);
                run.show();
            }
        }
        run.end_here(Status::converged, text("relative gradient ", run.relative_gradient(), " <= ", run.tolerance()));
        return true;
    }
};

}  // namespace gradus
