#pragma once
// A step that decreases the value enough and leaves little slope.

#include <gradus/line_search/step_policy.hpp>

namespace gradus {

/// The strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, 2006, eq. 3.7):
///
///     phi(t) <= phi(0) + sufficient t phi'(0),     |phi'(t)| <= flat |phi'(0)|.
///
/// A trial that has too high a value or a slope >= 0 is an upper end, any other a lower one. Between the two there is
/// always a step that meets both: phi(t) - sufficient t phi'(0) falls at the lower end, and at the upper it is higher
/// or rises. So the bracket only shrinks (as in alg. 3.5 and 3.6 there, which may exchange its ends). The next trial is
/// the minimiser of the cubic through both ends, or, beyond the only one, where the secant through the slopes vanishes.
/// A value of +infinity or NaN is an upper end of which nothing else is known.
///
/// As long as the slope has not changed, trials tell nothing of where the step should end: from the third on, the
/// factor that they grow by is squared each time, and so is the one that they may shrink by while all are too long, so
/// that a step of any size is found in ten or twenty (the first knows no units). Where no upper end is found in
/// max_trials, or where the value is -infinity, the function falls without end.
///
/// End game: near the optimum the true decrease is less than the rounding of phi. Where phi(t) is within `rounding`
/// epsilon |phi(0)| of phi(0), or within the noise that was seen, the first condition becomes phi'(t) <= (2 sufficient
/// - 1) phi'(0), the same for a parabola (Hager and Zhang, SIAM J. Optim. 16 (2005), 4.1), and trials come from the
/// slopes alone.
struct StrongWolfe {
    double sufficient = 1e-4;
    double flat = 0.9;
    double rounding = 1e4;
    double grow_most = 10;
    int max_trials = 40;

    template <class S, class Ray>
    StepFound<S> search(Ray& ray, const S& value, const S& slope, S t, const S& seen_noise = S(0)) const {
        using std::abs, std::isfinite, std::min;
        const S noise = std::max(S(S(rounding) * epsilon<S> * abs(value)), seen_noise);
        End<S> low{S(0), value, slope}, high{S(0), S(0), S(0)};
        bool is_bracketed = false;
        S width(0);  // of the bracket, two trials ago
        S grow = S(grow_most), shorten = S(10);
        for (int trial = 1; trial <= max_trials; ++trial) {
            const RayPoint<S> point = ray(t);
            if (point.value == -std::numeric_limits<S>::infinity()) return {t, trial, false, true};
            const bool is_finite = isfinite(point.value) && isfinite(point.slope);
            const bool decreases = point.value <= value + S(sufficient) * t * slope;
            const bool at_floor = is_finite && abs(point.value - value) <= noise && abs(t * slope) <= noise;
            if (is_finite && abs(point.slope) <= S(flat) * abs(slope)) {
                if (decreases && point.value < value) return {t, trial, false};
                if (at_floor && point.slope <= S(2 * sufficient - 1) * slope) return {t, trial, true};
            }
            if (is_finite && (decreases || at_floor) && point.slope < S(0)) {
                const End<S> before = low;
                low = {t, point.value, point.slope};
                if (!is_bracketed) {
                    if (trial == max_trials && point.slope <= S(0.5) * slope) return {t, trial, false, true};
                    if (trial > 2 && point.slope <= S(0.99) * slope) grow = min(S(grow * grow), S(1) / epsilon<S>);
                    else grow = S(grow_most);
                    t = beyond(before, low, grow);
                    continue;
                }
            } else {
                high = {t, point.value, point.slope};
                is_bracketed = true;
            }
            if (low.t > S(0)) shorten = S(10);
            else if (trial > 6) shorten = min(S(shorten * shorten), S(1) / epsilon<S>);
            const S now = high.t - low.t;
            t = trial % 2 == 0 && width > S(0) && now > S(0.66) * width ? low.t + now / S(2)
                                                                        : between(low, high, noise, shorten);
            if (trial % 2 == 0) width = now;
            if (!(t > low.t && t < high.t)) break;
        }
        return {low.value < value - noise ? low.t : S(0), max_trials, false};
    }

private:
    template <class S>
    struct End {
        S t, value, slope;
    };

    // Where the secant through the slopes vanishes, neither too close nor too far.
    template <class S>
    static S beyond(const End<S>& before, const End<S>& low, const S& grow) {
        using std::isfinite;
        const S step = low.t - before.t;
        const S secant = step * low.slope / (before.slope - low.slope);
        if (!isfinite(secant) || !(secant > S(0))) return low.t + grow * step;
        return low.t + std::clamp(secant, step, S(grow * step));
    }

    // Nocedal and Wright, eq. 3.59; at the floor the secant through the slopes. The bracket is shortened at most so
    // many times.
    template <class S>
    static S between(const End<S>& low, const End<S>& high, const S& noise, const S& shorten) {
        using std::abs, std::isfinite, std::sqrt;
        const S width = high.t - low.t;
        if (!isfinite(high.value) || !isfinite(high.slope))
            return high.t > S(1e4) * low.t && low.t > S(0) ? S(sqrt(low.t) * sqrt(high.t)) : S(low.t + width / shorten);
        S share;
        if (abs(high.value - low.value) <= noise) {
            share = low.slope / (low.slope - high.slope);
        } else {
            const S d = low.slope + high.slope - S(3) * (high.value - low.value) / width;
            const S root = sqrt(std::max(S(d * d - low.slope * high.slope), S(0)));
            share = S(1) - (high.slope + root - d) / (high.slope - low.slope + S(2) * root);
        }
        if (!isfinite(share)) share = S(5) / shorten;
        // far out, where f is no cubic, that keeps a third of a step that is 10^20 times too long
        if (share > S(0.1) && high.value - low.value > S(1e4) * abs(low.slope) * width)
            share = std::min(share, S(S(10) / shorten));
        return low.t + width * std::clamp(share, S(S(1) / shorten), S(0.9));
    }
};

/// For Descent::search: the strong Wolfe search from a guess.
template <Scalar S>
struct StrongWolfeStep {
    static constexpr bool is_search = true;
    StrongWolfe rule;
    S guess;

    template <class F>
    StepFound<S> choose(Line<S, F>& line, const StepContext<S>& context) const {
        return rule.search<S>(line, context.at.value, line.slope(), guess, context.noise);
    }
};

/// A first step along -gradient, when nothing is known of the curvature.
template <Scalar S>
S first_step(const Evaluation<S>& at) {
    return S(1) / norm(at.gradient);
}

}  // namespace gradus
