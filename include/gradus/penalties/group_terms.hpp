#pragma once
// The length of a group of coefficients, and what its prox leaves of it.

#include <gradus/core/types.hpp>

#include <algorithm>
#include <cmath>

namespace gradus::detail {

/// (sum_i at(i)^2)^(1/2) for i = 0, ..., count - 1, with neither overflow nor underflow on the way.
template <Scalar S, class At>
S length_of(Index count, At&& at) {
    using std::abs, std::sqrt;
    S largest(0), sum(0);
    for (Index i = 0; i < count; ++i) largest = std::max(largest, S(abs(at(i))));
    if (!(largest > S(0))) return largest;
    for (Index i = 0; i < count; ++i) {
        const S part = at(i) / largest;
        sum += part * part;
    }
    return largest * sqrt(sum);
}

/// The length r of argmin_v  amount |v| + sum_i (v_i - w_i)^2 / (2 step_i), in which v_i = w_i r / (r + amount step_i):
/// the root of sum_i (w_i / (r + amount step_i))^2 = 1, 0 where there is none. With equal steps it is |w| - amount
/// step; else 1 / sqrt(sum) is a concave and increasing function of r, on which Newton's method from below does not
/// overshoot (More, LNM 630 (1978), 105).
template <Scalar S, class W, class Step>
S shrunk_length(Index count, W&& w, Step&& step, const S& amount) {
    using std::sqrt;
    const auto sums = [&](const S& r, S& slope) {
        S sum(0);
        slope = S(0);
        for (Index i = 0; i < count; ++i) {
            const S part = w(i) / (r + amount * step(i));
            sum += part * part;
            slope += part * part / (r + amount * step(i));
        }
        return sum;
    };
    S slope(0), most(0);
    if (!(sums(S(0), slope) > S(1))) return S(0);
    for (Index i = 0; i < count; ++i) most = std::max(most, S(amount * step(i)));
    S r = std::max(S(0), S(length_of<S>(count, w) - most));
    for (int trial = 0; trial < 100; ++trial) {
        const S sum = sums(r, slope), change = sum * (sqrt(sum) - S(1)) / slope;
        if (!(change > epsilon<S> * r)) break;
        r += change;
    }
    return r;
}

}  // namespace gradus::detail
