#pragma once
// Whether the coefficients of a fit, by whatever solver, are numbers of their scalar at all.

#include <gradus/models/fit_report.hpp>
#include <gradus/models/problem.hpp>

namespace gradus::detail {

/// Coefficients beyond the range of the scalar are no success, whatever the solver saw in its own units.
template <Scalar S>
GRADUS_ONCE void check_range(const Problem<S>& problem, const Parameters<S>& found, FitReport& report) {
    if (!report.converged()) return;
    Index beyond = 0;
    while (beyond < found.W.size() && found.W.data()[beyond] - found.W.data()[beyond] == S(0)) ++beyond;
    const bool is_slope = beyond < found.W.size();
    if (!is_slope && all_finite(found.b)) return;
    report.status = Status::non_finite;
    report.cause = Cause::overflow;
    report.correct_digits = -1;
    report.message += text("; but ",
                           is_slope ? text("the coefficient of ", problem.feature_name(beyond % problem.features()))
                                    : std::string("an intercept"),
                           " is beyond the range of ", scalar_name<S>());
    report.remedy = is_slope ? "X.col(j) *= scale;  // a unit in which the column is not so small" : "y *= scale;";
}

}  // namespace gradus::detail
