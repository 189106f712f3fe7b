#pragma once
// How much a step changes the parameters that matter.

#include <gradus/numeric/products.hpp>

#include <algorithm>
#include <cmath>

namespace gradus {

/// Largest change_j relative to x_j, but to no less than a millionth of the largest x (in float a thousandth: rounding
/// of the largest is no movement of the others); in units of `scale`, where it is given: what is left in weak
/// directions of a Hessian counts in units in which its diagonal is one.
template <Scalar S>
GRADUS_ONCE S relative_change(const Vector<S>& x, const Vector<S>& change, const Vector<S>& scale = {}) {
    using std::abs, std::max, std::sqrt;
    const S least = max(S(1e-6), S(S(4) * sqrt(epsilon<S>)));
    const auto unit = [&](Index j) { return scale.size() > 0 ? scale[j] : S(1); };
    S floor(0), largest(0);
    for (Index j = 0; j < x.size(); ++j) floor = max(floor, S(least * abs(x[j]) / unit(j)));
    for (Index j = 0; j < x.size(); ++j) {
        if (change[j] == S(0)) continue;
        const S size = max(S(abs(x[j])), S(floor * unit(j)));
        largest = max(largest, size > S(0) ? S(abs(change[j]) / size) : S(1));
    }
    return largest;
}

}  // namespace gradus
