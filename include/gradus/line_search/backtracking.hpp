#pragma once
// Shorten the step until the function decreases enough.

#include <gradus/objectives/ray.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradus {

template <Scalar S>
struct StepFound {
    S step;           ///< 0 when there was none
    int evaluations;  ///< points of the ray that were tried
    bool at_floor;    ///< the decrease is below what rounding of the values can show; the step was judged by slopes
    bool is_endless =
        false;  ///< the value still fell as steeply as at first when the step had grown beyond all measure
};

/// Armijo's rule (Pacific J. Math. 16 (1966), 1): accept t when phi(t) <= phi(0) + sufficient t phi'(0); otherwise go
/// on with the minimiser of the parabola through phi(0), phi'(0), phi(t), kept within [shrink_least, shrink_most] t
/// (Nocedal and Wright, Numerical Optimization, 2006, eq. 3.57). A value of +infinity or NaN only shortens the step;
/// one of -infinity says that the function falls without end.
///
/// Where a step is so short that the value does not change by its own rounding, and the slope by no more than a tenth,
/// it is not the end but far from it (the units of the function are unlike those of the first guess): the step grows
/// sixteenfold. One that is still too long after six trials may be so by tens of decades: from then on it may shrink by
/// more each time.
///
/// End game: near the optimum the true decrease is less than the rounding of phi, and comparing values compares noise.
/// There a step is accepted when the slope has become smaller in size, which slopes still resolve (Hager and Zhang,
/// SIAM J. Optim. 16 (2005), 4.1).
struct Backtracking {
    double sufficient = 1e-4;
    double shrink_least = 0.1;
    double shrink_most = 0.5;
    int max_trials = 60;
    double noise = 10;  ///< of the value, in roundings
    double flat = 0.9;  ///< end game: the slope has to become smaller by this factor

    enum class Verdict { refused, accepted, accepted_at_floor };

    /// Of the point at t, given phi(0) and phi'(0).
    template <class S>
    Verdict judge(const S& value, const S& slope, const S& t, const RayPoint<S>& point) const {
        using std::abs;
        if (point.value <= value + S(sufficient) * t * slope && point.value < value) return Verdict::accepted;
        const S rounding = S(noise) * epsilon<S> * abs(value);
        if (abs(point.value - value) <= rounding && abs(t * slope) <= S(100) * rounding &&
            abs(point.slope) < S(flat) * abs(slope))
            return Verdict::accepted_at_floor;
        return Verdict::refused;
    }

    template <class S, class Ray>
    StepFound<S> search(Ray& ray, const S& value, const S& slope, S t) const {
        using std::isfinite;
        S least = S(shrink_least);
        for (int trial = 1; trial <= max_trials; ++trial) {
            if (trial > 6) least = std::max(S(least * least), epsilon<S>);
            const RayPoint<S> point = ray(t);
            if (point.value == -std::numeric_limits<S>::infinity()) return {t, trial, false, true};
            if (isfinite(point.value)) {
                const Verdict verdict = judge(value, slope, t, point);
                if (verdict != Verdict::refused) return {t, trial, verdict == Verdict::accepted_at_floor};
                if (is_invisible(value, slope, t, point)) {
                    t *= S(16);
                    continue;
                }
                const S parabola = -slope * t * t / (S(2) * (point.value - value - slope * t));
                t = isfinite(parabola) ? std::clamp(parabola, S(least * t), S(S(shrink_most) * t))
                                       : S(S(shrink_most) * t);
            } else {
                t *= least;
            }
        }
        return {S(0), max_trials, false};
    }

private:
    template <class S>
    static bool is_invisible(const S& value, const S& slope, const S& t, const RayPoint<S>& point) {
        using std::abs;
        const S rounding = epsilon<S> * abs(value);
        return abs(t * slope) <= rounding && abs(point.value - value) <= rounding &&
               abs(point.slope - slope) <= S(0.1) * abs(slope);
    }
};

}  // namespace gradus
