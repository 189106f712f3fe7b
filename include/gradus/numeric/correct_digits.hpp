#pragma once
// From errors of coefficients to the number of digits that are right.

#include <gradus/core/types.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradus {

/// -log10 of the largest error beside the largest coefficient, W and errors p x k: the smaller of two numbers, in the
/// coordinates in which they are given and in the user's units, in which row j is `unit`_j times as large. Where
/// columns belong to `separate` targets, the worst of them. At least 0 and at most one digit more than S always holds.
///
/// Where all coefficients of a target are no more than some thousand roundings of `natural_size`, what they are when
/// the features explain all of it, they are zero: the largest counts as no less, so that a target that does not depend
/// on the features has digits too.
template <Scalar S>
GRADUS_ONCE double correct_digits(const Matrix<S>& W, const Matrix<S>& error, const Vector<S>& unit, bool separate,
                                  const S& natural_size) {
    using std::abs, std::log10, std::max;
    constexpr double most = std::numeric_limits<S>::digits10 + 1;
    const S least = S(1e4) * epsilon<S> * natural_size;
    double digits = most;
    for (const bool in_user_units : {false, true}) {
        // beside the largest unit, so that units from one end of the range to the other do not overflow
        S largest_unit(0);
        for (Index j = 0; j < unit.size(); ++j) largest_unit = max(largest_unit, S(unit[j]));
        S wrong(0), size(0);
        for (Index c = 0; c < W.cols(); ++c) {
            if (separate) wrong = size = S(0);
            S largest(0);
            for (Index j = 0; j < W.rows(); ++j) largest = max(largest, S(abs(W(j, c))));
            for (Index j = 0; j < W.rows(); ++j) {
                const S factor = in_user_units && unit.size() > 0 ? S(unit[j] / largest_unit) : S(1);
                wrong = max(wrong, S(factor * error(j, c)));
                size = max(size, S(factor * (largest < least ? least : S(abs(W(j, c))))));
                if (!(error(j, c) < std::numeric_limits<S>::infinity())) return 0;
            }
            if (wrong > S(0) && (separate || c + 1 == W.cols()))
                digits = std::min(digits, size > S(0) ? -static_cast<double>(log10(S(wrong / size))) : 0.0);
        }
    }
    return max(digits, 0.0);
}

}  // namespace gradus
