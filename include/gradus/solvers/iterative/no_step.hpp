#pragma once
// Why no step along a direction of descent decreases a function.

#include <gradus/line_search/line.hpp>
#include <gradus/solvers/result.hpp>

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

namespace detail {

/// Differences (f(x + h d) - f(x)) / h at steps from |x| down to its rounding, halved sixteenfold, extrapolated from two neighbours; the best is that on which
/// neighbours agree most.
template <Scalar S, class F>
GRADUS_ONCE OneSidedSlope<S> one_sided_slope(const F& f, const Vector<S>& x, const S& here, const Vector<S>& d, const S& longest) {
    using std::abs, std::isfinite, std::max;
    OneSidedSlope<S> best;
    S before(0), before_extrapolated(0), h = longest;
    int run = 0;
    const S shortest = longest * epsilon<S>;
    Vector<S> point(x.size());
    for (; abs(h) > abs(shortest); h /= S(16)) {
        point = x;
        add_multiple(h, d, point);
        const S there = gradus::value<S>(f, point), slope = (there - here) / h;
        if (!isfinite(there) || !isfinite(slope)) {
            run = 0;
            continue;
        }
        best.is_finite = true;
        const S extrapolated = run > 0 ? S((S(16) * slope - before) / S(15)) : slope;
        const S noise = S(8) * epsilon<S> * max(S(abs(here)), S(abs(there))) / abs(h);
        if (run > 1) {
            const S error = abs(S(extrapolated - before_extrapolated)) + noise;
            if (error < best.error) best.value = extrapolated, best.error = error;
        }
        before = slope, before_extrapolated = extrapolated;
        ++run;
    }
    return best;
}

}  // namespace detail

/// The verdict on a run that ends at x because no step along d, of slope g'd < 0, decreases f.
template <Scalar S>
struct NoStep {
    Status status = Status::line_search_failed;
    Cause cause = Cause::none;
    std::string message;
};

/// Looks at f along d before anything is said about it: the gradient is blamed only where values contradict it. Some 30 values of f.
template <Scalar S, class F>
GRADUS_ONCE NoStep<S> explain_no_step(const F& f, const Evaluation<S>& at, const Vector<S>& d, const S& slope, const S& relative_gradient) {
    using std::abs, std::isfinite, std::max, std::sqrt;
    const std::string stands = text("relative gradient ", relative_gradient);
    const S length = max_norm(d), size = max(max_norm(at.x), S(1e-3)), longest = length > S(0) ? S(size / length) : S(1);
    if (!isfinite(slope) || !(abs(at.value) < sqrt(std::numeric_limits<S>::max())) || !all_finite(d))
        return {Status::line_search_failed, Cause::overflow,
                text("numbers of the run are near the end of the range of the scalar type (value ", at.value, ", slope ", slope,
                     "): divide the function by a constant, or take a wider scalar; ", stands)};
    const OneSidedSlope<S> ahead = detail::one_sided_slope<S>(f, at.x, at.value, d, longest),
                           behind = detail::one_sided_slope<S>(f, at.x, at.value, d, S(-longest));
    if (!ahead.is_finite)
        return {Status::line_search_failed, Cause::edge_of_domain,
                text("the function is not finite at any point ahead, however near: the run ended at the edge of its domain; ", stands)};
    // what a step may gain at best, beside the rounding of the values
    const S noise = S(1000) * epsilon<S> * abs(at.value);
    const bool is_lost_in_rounding = !ahead.is_known() || ahead.error >= abs(slope);
    if (ahead.is_known() && behind.is_known() && ahead.contradicts(behind.value) && ahead.value > S(0) && behind.value < S(0))
        return {Status::line_search_failed, Cause::kink,
                text("the slope jumps from ", behind.value, " to ", ahead.value, " where the run ended: the function has a kink there, and no gradient; ",
                     stands)};
    if (ahead.contradicts(slope) && behind.contradicts(slope) && !is_lost_in_rounding)
        return {Status::line_search_failed, Cause::wrong_derivative,
                text("the slope along the step is ", ahead.value, " by differences of values, but the gradient says ", slope,
                     ": the gradient does not belong to the function")};
    if (is_lost_in_rounding || abs(S(slope * longest)) <= noise)
        return {Status::rounding_floor, Cause::none,
                text("no step decreases the value by more than its rounding; ", stands)};
    return {Status::line_search_failed, Cause::rounding_floor,
            text("no step decreases the value, though the gradient is right where the run ended (slope ", slope,
                 "): the values are too noisy, or the tolerance asks for more than they can tell; ", stands)};
}

}  // namespace gradus
