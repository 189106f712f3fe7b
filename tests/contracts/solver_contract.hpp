// The library's contract of solvers under the names that the tests use.
#pragma once

#include "contracts/violations.hpp"

#include <gradus/diagnostics/solver_contract.hpp>

namespace gradus::test {

using contracts::Quadratic, contracts::Rosenbrock, contracts::Beale, contracts::Seen;

template <class Solver, class F>
Violations solver_contract(const Solver& solver, const F& f, double tolerance) {
    return check_solver_on(solver, f, tolerance);
}
template <class Solver, class F>
Violations iteration_contract(const Solver& solver, const F& f) {
    return check_iterations(solver, f);
}

}  // namespace gradus::test
