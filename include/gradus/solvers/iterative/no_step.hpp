#pragma once
// Why no step along a direction of descent decreases a function.

#include <gradus/line_search/line.hpp>
#include <gradus/solvers/result.hpp>

#include <algorithm>

namespace gradus {

/// What differences of values say about f along d at x: its slope to either side.
template <Scalar S>
struct OneSidedSlope {
    S value{0}, error{std::numeric_limits<S>::infinity()};
    bool is_finite = false;  ///< at some step there was a finite value
    bool is_known() const { return error < std::numeric_limits<S>::infinity(); }
    bool agrees(const S& slope) const {
        using std::abs;
        return abs(S(value - slope)) <= S(4) * error + S(1e-3) * std::max(S(abs(value)), S(abs(slope)));
    }
    bool contradicts(const S& slope) const {
        using std::abs;
        return is_known() && abs(S(value - slope)) > S(10) * error + S(1e-3) * std::max(S(abs(value)), S(abs(slope)));
    }
};

/// f along a line through x, as far as values tell.
template <Scalar S>
struct LocalShape {
    OneSidedSlope<S> ahead, behind;
    S noise{0};      ///< by how much values jump about where f should not change
    S curvature{0};  ///< second difference, from the shortest step on which it stands out of the noise; 0: on none
    bool has_jump = false;    ///< the value ahead is higher, however near
    bool has_corner = false;  ///< on the shortest steps that show it, the second difference grows with h and not h^2
};

namespace detail {

/// A step along d of the size of x, or of d where that is longer; longer still as long as values do not show it.
template <Scalar S, class F>
S visible_step(const F& f, const Evaluation<S>& at, const Vector<S>& d, const S& slope) {
    using std::abs, std::max;
    const S length = max_norm(d), rounding = S(8) * epsilon<S> * abs(at.value);
    S h = length > S(0) ? max(S(1), S(max_norm(at.x) / length)) : S(1);
    Vector<S> point;
    for (int trial = 0; trial < 100 && abs(h * slope) <= rounding; ++trial, h *= S(16)) {
        point = at.x;
        add_multiple(h, d, point);
        if (!(abs(S(gradus::value<S>(f, point) - at.value)) <= rounding)) break;
    }
    return h;
}

/// Whether f bends at x itself: the second difference of a corner is sixteen times as large on the next longer step,
/// that of a parabola 256 times. On the shortest steps that tell: far out a smooth loss is straight to both sides.
template <Scalar S>
bool grows_with_step(const S& here, const S* ahead, const S* behind, int count) {
    using std::abs, std::max;
    const auto second = [&](int i) { return S(ahead[i] + behind[i]); };
    const S noise = max(S(S(4) * epsilon<S> * abs(here)), S(abs(second(count - 1))));
    for (int i = count - 2; i > 0; --i)
        if (second(i) > S(10) * noise) return second(i - 1) < S(64) * second(i);
    return false;
}

/// Whether f jumps upwards right after x, within 16^-5 = 10^-6 of the longest step: by the same on four steps, each
/// sixteen times the next.
template <Scalar S>
bool jumps_ahead(const S& here, const S* ahead, int count) {
    using std::abs;
    int last = count - 1;
    while (last > 5 && !(ahead[last] > S(1e4) * epsilon<S> * abs(here))) --last;
    if (last <= 5) return false;
    return std::all_of(ahead + last - 3, ahead + last,
                       [&](const S& change) { return abs(S(change - ahead[last])) <= S(0.01) * ahead[last]; });
}

/// Values at x + h d and x - h d for h from `longest` down to the rounding of a step that is near x, sixteen times
/// shorter each time. Slopes are differences (f(x + h d) - f(x)) / h, extrapolated from two neighbours; the best is
/// that on which neighbours agree most.
template <Scalar S, class F>
GRADUS_ONCE LocalShape<S> local_shape(const F& f, const Evaluation<S>& at, const Vector<S>& d, const S& slope,
                                      const S& longest) {
    using std::abs, std::isfinite, std::max, std::sqrt;
    constexpr int most = 64;
    const S here = at.value;
    LocalShape<S> out;
    Vector<S> point(d.size());
    S change[2][most], step[most];
    int count = 0;
    // d may be in units of its own: beside an x of 1e-20 a gradient is 1e40 times as long, and a step along it changes
    // f by many times its value
    const S length = max_norm(d), size = max_norm(at.x);
    S near = longest;
    if (size > S(0) && length > S(0)) near = std::min(near, S(size / length));
    if (here != S(0) && slope != S(0)) near = std::min(near, S(abs(here) / abs(slope)));
    for (S h = longest; count < most && h > near * epsilon<S>; h /= S(16)) step[count++] = h;
    for (int side = 0; side < 2; ++side)
        for (int i = 0; i < count; ++i) {
            const S h = side == 0 ? step[i] : S(-step[i]);
            point = at.x;
            add_multiple(h, d, point);
            change[side][i] = gradus::value<S>(f, point) - here;
            // so short that the slope is all there is
            if (step[i] <= sqrt(epsilon<S>) * near && isfinite(change[side][i]))
                out.noise = max(out.noise, S(abs(S(change[side][i] - h * slope))));
        }
    for (int side = 0; side < 2; ++side) {
        OneSidedSlope<S>& best = side == 0 ? out.ahead : out.behind;
        S before(0), before_extrapolated(0);
        int run = 0;
        for (int i = 0; i < count; ++i) {
            const S quotient = change[side][i] / (side == 0 ? step[i] : S(-step[i]));
            if (!isfinite(quotient)) {
                run = 0;
                continue;
            }
            best.is_finite = true;
            const S extrapolated = run > 0 ? S((S(16) * quotient - before) / S(15)) : quotient;
            const S rounding = S(8) * epsilon<S> * (abs(here) + abs(change[side][i]));
            if (run > 1) {
                const S error = abs(S(extrapolated - before_extrapolated)) + max(rounding, out.noise) / step[i];
                if (error < best.error) best.value = extrapolated, best.error = error;
            }
            before = quotient, before_extrapolated = extrapolated;
            ++run;
        }
    }
    for (int i = count - 1; i >= 0; --i) {
        const S second = change[0][i] + change[1][i];
        if (!(second > S(10) * out.noise)) continue;
        out.curvature = second / step[i] / step[i];
        break;
    }
    out.has_jump = jumps_ahead<S>(here, change[0], count);
    out.has_corner = grows_with_step<S>(here, change[0], change[1], count);
    return out;
}

}  // namespace detail

/// The verdict on a run that ends at x because no step along d, of slope g'd < 0, decreases f.
template <Scalar S>
struct NoStep {
    Status status = Status::line_search_failed;
    Cause cause = Cause::none;
    std::string message;
};

/// Looks at f along d before anything is said about it: the gradient is blamed only where values contradict it. Some 30
/// values of f.
template <Scalar S, class F>
GRADUS_ONCE NoStep<S> explain_no_step(const F& f, const Evaluation<S>& at, const Vector<S>& d, const S& slope,
                                      const S& relative_gradient) {
    using std::abs, std::isfinite, std::max, std::sqrt;
    const std::string stands = text("relative gradient ", relative_gradient);
    if (!isfinite(slope) || !(abs(at.value) < sqrt(std::numeric_limits<S>::max())) || !all_finite(d))
        return {Status::line_search_failed, Cause::overflow,
                text("numbers of the run are near the end of the range of the scalar type (value ", at.value,
                     ", slope ", slope, "): divide the function by a constant, or take a wider scalar; ", stands)};
    const S longest = detail::visible_step<S>(f, at, d, slope);
    if (!isfinite(longest))
        return {Status::rounding_floor, Cause::none,
                text("the gradient is below the smallest numbers of the scalar type; ", stands)};
    const LocalShape<S> shape = detail::local_shape<S>(f, at, d, slope, longest);
    const OneSidedSlope<S>&ahead = shape.ahead, &behind = shape.behind;
    if (!ahead.is_finite)
        return {Status::line_search_failed, Cause::edge_of_domain,
                text("the function is not finite at any point ahead, however near: the run ended at the edge of its "
                     "domain; ",
                     stands)};
    if (shape.has_jump)
        return {Status::line_search_failed, Cause::kink,
                text("the value jumps where the run ended: the function is not continuous there; ", stands)};
    if (shape.has_corner && ahead.is_known() && behind.is_known() && ahead.contradicts(behind.value) &&
        ahead.value > S(0) && behind.value < S(0))
        return {Status::line_search_failed, Cause::kink,
                text("the slope jumps from ", behind.value, " to ", ahead.value,
                     " where the run ended: the function has a kink there, and no gradient; ", stands)};
    const bool is_lost_in_rounding = !ahead.is_known() || ahead.error >= abs(slope);
    // far out a smooth loss is straight, and to the two sides of x its slopes are then two
    const bool is_one_slope = !ahead.contradicts(behind.value);
    if (is_one_slope && ahead.contradicts(slope) && behind.contradicts(slope) && !is_lost_in_rounding)
        return {Status::line_search_failed, Cause::wrong_derivative,
                text("the slope along the step is ", ahead.value, " by differences of values, but the gradient says ",
                     slope, ": the gradient does not belong to the function")};
    // what the best step of a parabola with this slope and curvature would gain
    const bool gains_less_than_noise =
        shape.curvature > S(0) && slope * slope / (S(2) * shape.curvature) <= S(10) * shape.noise;
    // a gradient that is longer than the curvature times x could make it is not that of a point near a minimum
    if ((is_lost_in_rounding || gains_less_than_noise) && relative_gradient <= S(2))
        return {Status::rounding_floor, Cause::none,
                text("no step decreases the value by more than its rounding; ", stands)};
    return {Status::line_search_failed, Cause::rounding_floor,
            text("no step decreases the value, though the gradient is right where the run ended (slope ", slope,
                 "): the values are too noisy, or the tolerance asks for more than they can tell; ", stands)};
}

}  // namespace gradus
