// A loss from outside the library, written as on paper: log cosh of the residual, quadratic near zero and linear far
// from it.
#pragma once

#include <gradus/losses/pointwise.hpp>

#include <cmath>

namespace outside {

/// l = log cosh r, r = eta - y; slope tanh r; curvature 1 / cosh^2 r <= 1. In u = exp(-2 |r|), so that nothing
/// overflows.
template <class S>
struct LogCosh {
    using Scalar = S;
    static constexpr double max_curvature = 1;

    static S value(S y, S eta) {
        using std::abs, std::exp, std::log, std::log1p;
        const S r = abs(eta - y);
        if (r < S(0.1)) {  // log cosh r = log(1 + 2 sinh^2(r/2)) has all digits near zero
            using std::sinh;
            const S half = sinh(r / 2);
            return log1p(2 * half * half);
        }
        return r + log1p(exp(-2 * r)) - log(S(2));
    }
    static S slope(S y, S eta) {
        using std::tanh;
        return tanh(eta - y);
    }
    static S curvature(S y, S eta) {
        using std::abs, std::exp;
        const S u = exp(-2 * abs(eta - y));
        return 4 * u / ((1 + u) * (1 + u));
    }
};

template <class S = double>
using LogCoshLoss = gradus::Pointwise<LogCosh<S>>;

}  // namespace outside
