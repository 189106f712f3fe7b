#pragma once
// A fit whose penalty has corners.

#include <gradus/models/fit.hpp>
#include <gradus/objectives/penalty_corner.hpp>

namespace gradus::detail {

/// Loss and penalty are the two parts of a Composite; the rest is as for a smooth penalty, but that nothing is asked of
/// a Hessian.
template <class Risk, Scalar S, class Solver, class Observer>
FitReport fit_with_corners(const Problem<S>& problem, const AnyCornerPenalty<S>& penalty, const Parameters<S>& from,
                           const Solver& solver, Observer& observer, Parameters<S>& found) {
    constexpr SolverTraits traits = traits_of<Solver>();
    Risk risk = objective_of<Risk>(problem, AnyPenalty<S>(NoPenalty{}), traits);
    const Vector<S> start = begin_at(problem, risk, from);
    const PenaltyCorner<S> corner(penalty, risk.predictor(), risk.coordinates());
    const Result<S> result = run_solver(Composite(risk, corner), risk, solver, start, observer);
    FitReport report = FitExamination<Risk>(problem, risk, result, traits, corner.value(result.x), true).run(found);
    report.solver = solver_name<Solver>();
    if (report.converged()) return report;
    name_cause(report, words_of(problem));
    if (report.cause == Cause::non_finite) name_bad_row<S>(problem, risk, result.x, report);
    return report;
}

}  // namespace gradus::detail
