// One problem in double, stopped on its way and run to the end, and in long double.
#pragma once

#include "trials/gap.hpp"
#include <gradus/solvers/iterative/fista.hpp>

namespace gradus::test {

/// `Wide`: the same model in long double, which says what the optimum is at most. Solver: to the end.
template <class Model, class Wide, class Solver, class Y, class WideY>
Gaps gaps_of(Model model, Wide wide, const GapTrial& trial, const Y& y, const WideY& wide_y, const Solver& solver) {
    const Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic> X = trial.X.cast<long double>();
    const FitReport optimum = wide.fit(X, wide_y, solver);
    Gaps out;
    for (const bool is_last : {false, true}) {
        const FitReport report =
            is_last ? model.fit(trial.X, y, solver) : model.fit(trial.X, y, FISTA{.max_iterations = trial.steps});
        out.push_back({report.duality_gap, report.objective - optimum.objective, report.relative_duality_gap,
                       is_last && report.converged() && optimum.converged()});
    }
    return out;
}

inline Eigen::Matrix<long double, Eigen::Dynamic, 1> wider(const Eigen::VectorXd& y) { return y.cast<long double>(); }

}  // namespace gradus::test
