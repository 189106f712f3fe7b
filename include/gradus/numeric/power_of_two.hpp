#pragma once
// Scaling by powers of two is exact in binary arithmetic: it changes exponents and no digit.

#include <gradus/core/types.hpp>

#include <cmath>

namespace gradus {

/// The power of two d for which d |x| lies in [1/2, 1); 1 for zero and for what is not finite.
template <Scalar S>
S scale_to_one(const S& x) {
    using std::frexp, std::isfinite, std::ldexp;
    if (!(isfinite(x)) || x == S(0)) return S(1);
    int exponent = 0;
    frexp(x, &exponent);
    // the reciprocal of a number near the end of the range would overflow or be subnormal: two steps short of it is
    // close enough
    constexpr int limit = std::numeric_limits<S>::max_exponent - 2;
    return ldexp(S(1), exponent < -limit ? limit : exponent > limit ? -limit : -exponent);
}

}  // namespace gradus
