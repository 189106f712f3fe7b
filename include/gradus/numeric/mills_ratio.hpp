#pragma once
// The normal distribution far out in its tail.

#include <gradus/core/types.hpp>

#include <cmath>
#include <limits>

namespace gradus {

/// log(2 pi) / 2
template <Scalar S>
inline const S half_log_two_pi = [] {
    using std::acos, std::log;
    return S(log(S(2) * S(acos(S(-1)))) / S(2));
}();

template <Scalar S>
struct MillsRatio {
    S ratio;   ///< R(t) = Phi(-t) / phi(t)
    S excess;  ///< 1 / R(t) - t > 0, without the cancellation
};

/// Mills' ratio of the normal distribution for t >= 0: a few roundings for every t and every scalar, where Phi(-t)
/// itself would underflow.
///
/// From t = 4 on Laplace's continued fraction 1 / R(t) = t + 1/(t + 2/(t + 3/(t + ...))) (Abramowitz and
/// Stegun, 26.2.14), with as many terms as were found to be needed for 24 to 334 bits; before that erfc, which has not
/// yet lost digits to the square in its exponent.
template <Scalar S>
MillsRatio<S> mills_ratio(const S& t) {
    using std::erfc, std::exp, std::sqrt;
    if (t < S(4)) {
        static const S root_half = sqrt(S(0.5)), factor = exp(half_log_two_pi<S>) / S(2);
        const S ratio = factor * S(exp(S(t * t / S(2)))) * S(erfc(S(t * root_half)));
        return {ratio, S(S(1) / ratio - t)};
    }
    constexpr double digits = 0.6932 * std::numeric_limits<S>::digits;  // in natural logarithms
    const double share = t < S(1e6) ? digits / static_cast<double>(t) : 0;
    S excess(0);
    for (int n = static_cast<int>(share * (0.28 * share + 1.5) + digits / 6) + 1; n >= 1; --n)
        excess = S(n) / (t + excess);
    return {S(S(1) / (t + excess)), excess};
}

/// x with Phi(x) = below / (below + above), for two positive numbers: Newton's steps on log Phi, from a rational
/// approximation (Abramowitz and Stegun, 26.2.23).
template <Scalar S>
S normal_quantile(const S& below, const S& above) {
    using std::abs, std::log, std::sqrt;
    if (!(below > S(0))) return -std::numeric_limits<S>::infinity();
    if (below > above) return -normal_quantile<S>(above, below);
    const S log_p = -log(S(S(1) + above / below)), u = sqrt(S(S(-2) * log_p));
    S t = u - (S(2.515517) + u * (S(0.802853) + u * S(0.010328))) /
                  (S(1) + u * (S(1.432788) + u * (S(0.189269) + u * S(0.001308))));
    for (int step = 0; step < 60; ++step) {
        if (!(t > S(0))) t = S(0);
        const S ratio = mills_ratio<S>(t).ratio;
        const S change = ratio * S(S(log(ratio)) - t * t / S(2) - half_log_two_pi<S> - log_p);
        t += change;
        if (abs(change) <= S(4) * epsilon<S> * (S(1) + t)) break;
    }
    return -t;
}

}  // namespace gradus
