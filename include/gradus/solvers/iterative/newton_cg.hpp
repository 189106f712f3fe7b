#pragma once
// Newton's method without a Hessian matrix.

#include <gradus/line_search/strong_wolfe.hpp>
#include <gradus/solvers/iterative/saddle.hpp>

namespace gradus {

/// Newton's method in a trust region: the step minimises the model g'd + d'Hd/2 over |d| <= radius by conjugate
/// gradients, which need products H v alone, end at the boundary, go on along a direction of negative curvature to the
/// boundary, and stop early far from the optimum (Steihaug, SIAM J. Numer. Anal. 20 (1983), 626; Nocedal and Wright,
/// Numerical Optimization, 2006, alg. 4.1 and 7.2). The model is solved to |g + H d| <= eta |g| with eta = min(0.5,
/// sqrt(relative gradient)), so that convergence is superlinear (thm. 7.2 there).
///
/// Stops when the relative gradient is at most `tolerance` and the step is short in units of the problem, d'Hd <= 1e-10
/// x'Hx, as Newton does; then it takes nearly exact steps, with gradients of higher accuracy where the objective offers
/// them, until nothing is left to correct (to the observer and to max_iterations one iteration).
///
/// Per iteration one gradient and as many products as conjugate gradients take steps; eight vectors of memory.
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
        S radius(-1);
        while (run.goes_on()) {
            const Evaluation<S>& at = run.at();
            const S eta = run.is_small() ? epsilon<S> : min(S(0.5), S(sqrt(run.relative_gradient())));
            if (radius < S(0)) radius = first_radius(f, at, run.counts());
            Step<S> step = model_step(f, at.x, at.gradient, radius, eta, run.counts());
            run.know_curvature(step.curvature);
            run.so_far().decrement = sqrt(S(2) * step.decrease);
            if (run.is_small() && step.is_inside && is_short(run, S(2) * step.decrease)) {
                if (!is_known_to_be_convex(f) && leave_saddle(run)) continue;
                if (run.is_over() || polish(run, step)) break;
            }
            if (run.ends_at_limit() || !advance(run, std::move(step), radius, eta)) break;
        }
        return run.result();
    }

private:
    template <class S>
    struct Step {
        Vector<S> d;
        S decrease;      // of the model
        bool is_inside;  // and without negative curvature
        S curvature;     // the largest that was met
    };

    // Ten times the step that minimises the model along -g; where it has no minimum there, |x| or 1.
    template <class S, class F>
    static S first_radius(const F& f, const Evaluation<S>& at, Counts& counts) {
        Vector<S> Hg(at.x.size());
        f.hessian_product(at.x, at.gradient, Hg);
        ++counts.hessian_products;
        const S square = dot(at.gradient, at.gradient), curvature = dot(at.gradient, Hg);
        return curvature > S(0) ? S(S(10) * square / curvature * norm(at.gradient)) : std::max(S(1), norm(at.x));
    }

    template <class Run>
    static bool leave_saddle(Run& run) {
        const auto& f = run.objective();
        const auto x = run.at().x;
        return gradus::leave_saddle(
            run, [&](const auto& v, auto& out) { out.resize(v.size()), f.hessian_product(x, v, out); }, 24);
    }

    // d'Hd beside x'Hx: on separated classes the gradient vanishes while the parameters run away
    template <class Run, class S>
    static bool is_short(Run& run, const S& square) {
        const Vector<S>& x = run.at().x;
        Vector<S> Hx(x.size());
        run.objective().hessian_product(x, x, Hx);
        ++run.counts().hessian_products;
        return square <= S(1e-10) * dot(x, Hx) || run.relative_gradient() <= S(64) * epsilon<S> || square == S(0);
    }

    // Conjugate gradients for min g'd + d'Hd/2, |d| <= radius, to a residual of eta |g|.
    template <class S, class F>
    Step<S> model_step(const F& f, const Vector<S>& x, const Vector<S>& g, const S& radius, const S& eta,
                       Counts& counts) const {
        using std::abs;
        const Index most = max_products > 0 ? max_products : 10 * x.size() + 10;
        Step<S> step{Vector<S>::Zero(x.size()), S(0), true, S(0)};
        Vector<S> r = g, p = -g, Hp(x.size());
        S square = dot(r, r);
        const S enough = eta * eta * square;
        for (Index i = 0; i < most && square > enough && square > S(0); ++i) {
            f.hessian_product(x, p, Hp);
            ++counts.hessian_products;
            const S curvature = dot(p, Hp), dd = dot(step.d, step.d), dp = dot(step.d, p), pp = dot(p, p);
            const S t = square / curvature;
            step.curvature = std::max(step.curvature, S(abs(curvature) / pp));
            step.is_inside = curvature > S(0) && dd + t * (S(2) * dp + t * pp) < radius * radius;
            const S go = step.is_inside ? t : to_boundary<S>(dd, dp, pp, radius);
            step.decrease += go * square - go * go * curvature / S(2);
            add_multiple(go, p, step.d);
            if (!step.is_inside) break;
            add_multiple(t, Hp, r);
            const S next = dot(r, r);
            for (Index j = 0; j < p.size(); ++j) p[j] = next / square * p[j] - r[j];
            square = next;
        }
        return step;
    }

    // t > 0 with |d + t p| = radius
    template <class S>
    static S to_boundary(const S& dd, const S& dp, const S& pp, const S& radius) {
        using std::sqrt;
        const S room = std::max(S(radius * radius - dd), S(0)), root = sqrt(dp * dp + pp * room);
        return dp > S(0) ? S(room / (dp + root)) : S((root - dp) / pp);
    }

    // Takes the step, or one in a smaller region, when the value decreases by a tenth of what the model says; where
    // that is below the rounding of the values, when the slope along the step does. false: there is none, and the run
    // is over.
    template <class S, class F, class Observer>
    bool advance(Descent<S, F, Observer>& run, Step<S> step, S& radius, const S& eta) const {
        using std::abs, std::isfinite;
        const Evaluation<S>& at = run.at();
        const S noise = S(StrongWolfe{}.rounding) * epsilon<S> * abs(at.value), hoped = step.decrease;
        const Vector<S> first = step.d;
        const bool is_newton_step = step.is_inside;  // else its length says nothing about the function
        for (int trial = 0; trial < 40 && step.decrease > S(0); ++trial) {
            Evaluation<S> next{at.x, S(0), {}};
            add_multiple(S(1), step.d, next.x);
            next.value = value_and_gradient<S>(run.objective(), next.x, next.gradient);
            ++run.counts().gradients;
            if (next.value == -std::numeric_limits<S>::infinity()) return run.take(std::move(next), S(1), false), false;
            const S decrease = at.value - next.value, length = norm(step.d);
            const bool is_finite = isfinite(next.value) && all_finite(next.gradient);
            const bool at_floor = is_finite && step.decrease <= noise && abs(decrease) <= noise;
            S ratio = is_finite ? S(decrease / step.decrease) : S(0);
            if (at_floor)
                ratio = abs(dot(next.gradient, step.d)) <= S(0.9) * abs(dot(at.gradient, step.d)) ? S(1) : S(0);
            if (!(ratio >= S(0.25))) radius = length / S(4);
            else if (ratio > S(0.75) && !step.is_inside) radius *= S(3);
            if (ratio > S(0.1)) {
                run.take(std::move(next), S(1), at_floor);
                return true;
            }
            step = model_step(run.objective(), at.x, at.gradient, radius, eta, run.counts());
        }
        if (hoped <= noise && run.is_small())
            return run.end_here(Status::rounding_floor,
                                text("no step decreases the value by more than its rounding; relative gradient ",
                                     run.relative_gradient()));
        if (is_newton_step) return run.has_no_newton_step(first, dot(at.gradient, first));
        return run.has_no_step(-at.gradient, -dot(at.gradient, at.gradient));
    }

    // In the region of quadratic convergence: whole steps as long as they shrink. false: they do not, and this is not
    // the region yet (see Newton).
    template <class S, class F, class Observer>
    bool polish(Descent<S, F, Observer>& run, const Step<S>& first) const {
        using std::sqrt;
        const F& f = run.objective();
        Evaluation<S> next = run.at();
        S last = std::numeric_limits<S>::infinity();  // decrease of the value
        S missed = first.decrease, change = relative_change<S>(next.x, first.d);
        for (int round = 0; round < 5 && !run.is_at_limit(); ++round) {
            if constexpr (requires { f.exact_gradient(next.x, next.gradient); })
                f.exact_gradient(next.x, next.gradient), ++run.counts().gradients;
            const Step<S> step =
                model_step(f, next.x, next.gradient, std::numeric_limits<S>::infinity(), epsilon<S>, run.counts());
            missed = step.decrease, change = relative_change<S>(next.x, step.d);
            if (!step.is_inside || !(step.decrease < last / S(16)) || !all_finite(step.d)) break;
            last = step.decrease;
            add_multiple(S(1), step.d, next.x);
            if constexpr (!requires { f.exact_gradient(next.x, next.gradient); })
                value_and_gradient<S>(f, next.x, next.gradient), ++run.counts().gradients;
        }
        if (run.is_visible(missed) && change > sqrt(epsilon<S>)) return false;
        if (last < std::numeric_limits<S>::infinity()) {
            next.value = value_and_gradient<S>(f, next.x, next.gradient);
            ++run.counts().gradients;
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
