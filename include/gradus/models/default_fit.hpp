#pragma once
// The fit by the solver that all models but the linear ones have unless told otherwise, and by those it chooses from.

#include <gradus/models/fit.hpp>
#include <gradus/solvers/iterative/auto.hpp>

namespace gradus::detail {

GRADUS_COMPILE(FitReport fit_iteratively<EmpiricalRisk<double>>(const Problem<double>&, const AnyPenalty<double>&,
                                                                const Parameters<double>&, const Auto&, NoObserver&,
                                                                Parameters<double>&))
GRADUS_COMPILE(FitReport fit_iteratively<EmpiricalRisk<double>>(const Problem<double>&, const AnyPenalty<double>&,
                                                                const Parameters<double>&, const Newton&, NoObserver&,
                                                                Parameters<double>&))
GRADUS_COMPILE(FitReport fit_iteratively<EmpiricalRisk<double>>(const Problem<double>&, const AnyPenalty<double>&,
                                                                const Parameters<double>&, const NewtonCG&, NoObserver&,
                                                                Parameters<double>&))
GRADUS_COMPILE(FitReport fit_iteratively<EmpiricalRisk<double>>(const Problem<double>&, const AnyPenalty<double>&,
                                                                const Parameters<double>&, const LBFGS&, NoObserver&,
                                                                Parameters<double>&))

}  // namespace gradus::detail
