// The library's contract of losses under the name that the tests use.
#pragma once

#include "contracts/violations.hpp"
#include "support/problems.hpp"

#include <gradus/diagnostics/loss_contract.hpp>

namespace gradus::test {

template <class L>
Violations loss_contract(const L& loss, const std::type_identity_t<LossRules<typename L::Scalar>>& rules) {
    return check_loss(loss, rules);
}

}  // namespace gradus::test
