#pragma once
// Proximal gradient steps with momentum, for functions with corners.

#include <gradus/line_search/one_over_l.hpp>
#include <gradus/objectives/composite.hpp>
#include <gradus/solvers/iterative/descent.hpp>

namespace gradus {

/// For F = f + g, f smooth and g with corners:
///
///     x_{k+1} = prox_{g/L}(y_k - grad f(y_k) / L),   theta_{k+1} = (1 + sqrt(1 + 4 theta_k^2)) / 2,
///     y_{k+1} = x_{k+1} + (theta_k - 1) / theta_{k+1} (x_{k+1} - x_k)
///
/// (Beck and Teboulle, SIAM J. Imaging Sci. 2 (2009), 183). The momentum is thrown away, theta = 1, when it points
/// uphill: (y_k - x_{k+1})'(x_{k+1} - x_k) > 0 (O'Donoghue and Candes, Found. Comput. Math. 15 (2015), 715, eq. 13).
///
/// L is such that the parabola of curvature L above f at y_k is no lower than f at x_{k+1}: doubled until it is, and a
/// little less at the next step. Where f knows a bound of its curvature, L begins there; but one of many parameters
/// would cost more than the steps that find L. Stops when no component of -grad f(x) is further than `tolerance` from
/// the subdifferential of g, as a share of what a gradient is far from the optimum. Two gradients per iteration, O(d)
/// memory.
struct FISTA {
    static constexpr const char* name = "FISTA";
    using Needs = NeedsCorners;
    static constexpr SolverTraits traits{.takes_any_coordinates = true, .takes_corners = true};

    bool restart = true;
    int max_iterations = 10'000;
    /// On the relative residual, see Stationarity; of a model also on the relative duality gap where that is known.
    double tolerance = 1e-8;

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        using std::sqrt;
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
        Evaluation<S> y = evaluate<S>(f.smooth(), start), next;
        S theta(1), L = start.size() <= 1000 ? curvature_bound_of<S>(f.smooth()) : S(-1);
        if (!(L > S(0))) L = first_curvature<S>(run, y);
        Vector<S> move(start.size()), change(start.size());
        while (run.goes_on()) {
            const bool at_floor = step(run, y, L, next, move);
            if (run.is_over()) break;
            change = next.x;
            add_multiple(S(-1), run.at().x, change);
            if (restart && dot(move, change) < S(0)) theta = S(1);
            const S next_theta = (S(1) + sqrt(S(1) + S(4) * theta * theta)) / S(2),
                    momentum = (theta - S(1)) / next_theta;
            theta = next_theta;
            y = next;
            next.value += f.corner().value(next.x);
            run.take(next, S(1) / L, at_floor);
            if (momentum > S(0)) {
                add_multiple(momentum, change, y.x);
                y = evaluate<S>(f.smooth(), std::move(y.x));
                ++run.counts().gradients;
            }
            L /= S(1.1);
        }
        return run.result();
    }

private:
    // next = the proximal step from y, move = next - y; true: values are too close to each other to tell whether L is
    // large enough, gradients do
    template <class S, class Run>
    bool step(Run& run, const Evaluation<S>& y, S& L, Evaluation<S>& next, Vector<S>& move) const {
        using std::abs, std::isfinite;
        const auto& f = run.objective();
        for (int trial = 0; trial < 200; ++trial, L *= S(2)) {
            Vector<S> x = y.x;
            add_multiple(S(-1) / L, y.gradient, x);
            f.corner().prox(S(1) / L, x);
            next = evaluate<S>(f.smooth(), std::move(x));
            ++run.counts().gradients;
            move = next.x;
            add_multiple(S(-1), y.x, move);
            const S square = dot(move, move), above = next.value - y.value - dot(y.gradient, move);
            const S noise = S(16) * epsilon<S> * (abs(next.value) + abs(y.value));
            if (!isfinite(next.value) || !all_finite(next.gradient)) continue;
            if (L / S(2) * square > noise) {
                if (above <= L / S(2) * square) return false;
            } else if (dot(next.gradient, move) - dot(y.gradient, move) <= L * square) {
                return true;
            }
        }
        run.end(Status::line_search_failed, "no step is short enough for a parabola above the smooth part",
                Cause::non_finite);
        return false;
    }

    // the least L, but for a factor of two, for a first step, whatever the units
    template <class S, class Run>
    S first_curvature(Run& run, const Evaluation<S>& y) const {
        Evaluation<S> next;
        Vector<S> move;
        S L = max_norm(y.gradient) > S(0) ? norm(y.gradient) : S(1), least = L;
        for (int trial = 0; trial < 100 && !run.is_over(); ++trial, L /= S(2)) {
            const S asked = L;
            step(run, y, L, next, move);
            if (L > asked || max_norm(move) == S(0)) return trial == 0 ? L : least;
            least = L;
        }
        return least;
    }
};

}  // namespace gradus
