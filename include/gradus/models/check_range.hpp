#pragma once
// Whether the coefficients of a fit, by whatever solver, are numbers of their scalar at all.

#include <gradus/models/fit_report.hpp>
#include <gradus/models/problem.hpp>

namespace gradus::detail {

/// The first coefficient that is lost below the range of the scalar, though what it does is not negligible beside what
/// the others of its target do; W.size() where none is.
template <Scalar S>
GRADUS_ONCE Index lost_coefficient(const Matrix<S>& W, const Vector<S>& sizes) {
    using std::abs;
    const S least = std::numeric_limits<S>::min();
    for (Index c = 0; c < W.cols(); ++c) {
        S most(0);
        for (Index j = 0; j < W.rows(); ++j) most = std::max(most, S(abs(W(j, c)) * sizes[j]));
        for (Index j = 0; j < W.rows(); ++j)
            if (abs(W(j, c)) < least && least * sizes[j] > epsilon<S> * most && most > S(0)) return c * W.rows() + j;
    }
    return W.size();
}

/// Coefficients beyond the range of the scalar are no success, whatever the solver saw in its own units.
template <Scalar S>
GRADUS_ONCE void check_range(const Problem<S>& problem, const Parameters<S>& found, FitReport& report) {
    if (!report.converged()) return;
    Index at = 0;
    while (at < found.W.size() && found.W.data()[at] - found.W.data()[at] == S(0)) ++at;
    const bool is_beyond = at < found.W.size() || !all_finite(found.b);
    if (!is_beyond) at = lost_coefficient<S>(found.W, problem.prepared.columns.deviation);
    const bool is_slope = at < found.W.size();
    if (!is_beyond && !is_slope) return;
    report.status = is_beyond ? Status::non_finite : Status::ill_conditioned;
    report.cause = Cause::overflow;
    report.correct_digits = is_beyond ? -1 : 0;
    report.message += text("; but ",
                           is_slope ? text("the coefficient of ", problem.feature_name(at % problem.features()))
                                    : std::string("an intercept"),
                           is_beyond ? " is beyond" : " is below", " the range of ", scalar_name<S>());
    report.remedy = !is_slope   ? "y *= scale;"
                    : is_beyond ? "X.col(j) *= scale;  // a unit in which the column is not so small"
                                : "X.col(j) *= scale;  // a unit in which the column is not so large";
}

}  // namespace gradus::detail
