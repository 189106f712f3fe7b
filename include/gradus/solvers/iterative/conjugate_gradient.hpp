#pragma once
// Nonlinear conjugate gradients.

#include <gradus/line_search/strong_wolfe.hpp>
#include <gradus/solvers/iterative/descent.hpp>

namespace gradus {

/// x <- x + t d, d = -g + beta d with y = change of the gradient g and
///
///     beta = max( (y - 2 d y'y / d'y)'g / d'y,  0.4 d'g / d'd )
///
/// (Hager and Zhang, SIAM J. Optim. 16 (2005), 170, eq. 1.3; the lower bound, which does not depend on the units of f,
/// is that of SIAM J. Optim. 23 (2013), 2150, eq. 2.3). On a quadratic with exact steps it is the method of conjugate
/// gradients. Needs the gradient alone; it starts anew from -g where d is no direction of descent.
///
/// Stops when the relative gradient is at most `tolerance` and no parameter moves any more in two steps
/// (`step_tolerance`): with the gradient alone badly conditioned logistic data had three correct digits, and one step,
/// which is along one direction, is short by chance: Osborne's first function had six. Four vectors of memory; about
/// two gradients per iteration, for a linear model one and two points of the ray. The number of iterations grows with
/// the square root of the condition number of the Hessian.
struct ConjugateGradient {
    static constexpr const char* name = "conjugate gradients";
    using Needs = NeedsGradient;
    static constexpr SolverTraits traits{.takes_any_coordinates = true};

    int max_iterations = 10'000;
    double tolerance = 1e-8;                  ///< on the relative gradient: see Stationarity
    double step_tolerance = 1e-11;            ///< on the change of each parameter in the last step, relative to it
    StrongWolfe line_search = {.flat = 0.1};  ///< steps have to be nearly exact for directions to be conjugate

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance, step_tolerance, false, 2});
        Vector<S> d = Vector<S>::Zero(start.size());
        S last_slope(0);
        while (run.goes_on()) {
            const Vector<S>& g = run.at().gradient;
            const S b = run.iteration() > 0 ? beta<S>(g, run.previous().gradient, d) : S(0);
            for (Index j = 0; j < d.size(); ++j) d[j] = b * d[j] - g[j];
            S slope = dot(g, d);
            if (!(slope < S(0))) {
                d = -g;
                slope = dot(g, d);
            }
            // the step that changes the value as much as the last one did, to first order (Nocedal and Wright,
            // eq. 3.60)
            const S guess = run.iteration() > 0 ? S(run.last_step() * last_slope / slope) : first_step(run.at());
            last_slope = slope;
            if (run.search(StrongWolfeStep<S>{line_search, guess}, d, b == S(0))) continue;
            if (run.is_over()) break;
            d = -g;
            last_slope = dot(g, d);
            if (!run.search(StrongWolfeStep<S>{line_search, first_step(run.at())}, d)) break;
        }
        return run.result();
    }

private:
    template <class S>
    static S beta(const Vector<S>& g, const Vector<S>& last, const Vector<S>& d) {
        using std::isfinite;
        S dy(0), yy(0), gy(0);
        for (Index j = 0; j < g.size(); ++j) {
            const S y = g[j] - last[j];
            dy += d[j] * y;
            yy += y * y;
            gy += g[j] * y;
        }
        const S dg = dot(d, g), value = (gy - S(2) * dg * yy / dy) / dy;
        return isfinite(value) ? std::max(value, S(S(0.4) * dg / dot(d, d))) : S(0);
    }
};

}  // namespace gradus
