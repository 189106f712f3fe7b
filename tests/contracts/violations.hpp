// What a contract returns: see gradus/diagnostics/contract.hpp.
#pragma once

#include "support/tolerances.hpp"
#include <gradus/diagnostics/contract.hpp>

namespace gradus::test {

using gradus::Contract, gradus::Violations;
inline const Violations none;

/// Fourth-order central difference of phi at 0 (Abramowitz and Stegun 25.3.21 for the first derivative); phi may return
/// vectors.
template <class S, class Phi>
auto central_difference(const Phi& phi) {
    using std::pow;
    const S h = S(std::pow(static_cast<double>(epsilon<S>), 0.2));
    auto slope = phi(h);
    slope = (S(8) * (phi(h) - phi(-h)) - (phi(2 * h) - phi(-2 * h))) / (S(12) * h);
    return slope;
}

}  // namespace gradus::test
