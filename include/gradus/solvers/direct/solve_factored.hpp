#pragma once
// From the small factor to the solution: the part that all direct solvers share.

#include <gradus/solvers/direct/refinement.hpp>

namespace gradus {

/// Rank decision, solution, refinement and, where columns are dependent, the solution of least norm. `rank_noise`:
/// relative error of a pivot of the factor, by which rank is judged; `noise`: what is rounded in it. Refined when the
/// condition number is at least `refine_from`.
template <Scalar S>
GRADUS_ONCE LeastSquaresSolution<S> solve_factored(const LeastSquares<S>& problem, const Matrix<S>& R,
                                                   const S& rank_noise, detail::FactorNoise noise, int refinement_steps,
                                                   double refine_from = 0,
                                                   double most_condition = std::numeric_limits<double>::infinity()) {
    const Index p = problem.features(), k = problem.outputs(), at = problem.has_intercept;
    const Echelon<S> form = echelon_form<S>(R, problem.unknowns(), detail::augmented_norms(problem), rank_noise);
    const detail::FactoredSystem<S> system(problem, form);

    LeastSquaresSolution<S> solution;
    solution.sweeps = 1;
    solution.rank = form.rank() - at;
    for (const Index j : form.dependent) solution.dependent.push_back(j - at);
    solution.condition = static_cast<double>(triangular_condition<S>(system.triangle()));
    const Matrix<S> t = system.lift(form.targets(k));
    solution.Z = t.bottomRows(p);
    solution.b = at ? Vector<S>(t.row(0).transpose()) : Vector<S>(Vector<S>::Zero(k));
    if (!(solution.condition <= most_condition)) return solution;
    detail::Refinement<S> refinement(problem, system, noise);
    if (refinement_steps > 0 && solution.condition >= refine_from) refinement.improve(solution, refinement_steps);
    else refinement.evaluate(solution);
    return solution;
}

}  // namespace gradus
