#pragma once
// What a run in the user's own coordinates should have known about its steps, in the words of the model.

#include <gradus/examination/post_mortem.hpp>
#include <gradus/models/report_fit.hpp>

namespace gradus::detail {

/// Of a parameter of the objective: feature or intercept, with its size.
template <Scalar S>
std::string describe_parameter(const Problem<S>& problem, const RiskTerms<S>& risk, Index parameter) {
    if (parameter >= risk.predictor().first_intercept()) return "the intercept";
    const Index j = parameter % problem.features();
    return text("feature ", problem.feature_name(j), " (scale ",
                root_mean_square(problem.prepared.columns, risk.coordinates())[j], ")");
}

/// Condition number of the Hessian at theta if the columns had mean zero (with an intercept) and mean square one; -1:
/// not known.
template <class Risk, Scalar S>
GRADUS_ONCE double standardised_condition(const Problem<S>& problem, const Risk& risk, const Vector<S>& theta) {
    if (theta.size() > LearningRateOptions{}.largest_hessian) return -1;
    if constexpr (requires(Matrix<S> H) { risk.hessian(theta, H); }) {
        Sample<S> sample = risk.sample();
        Coordinates<S> standard{problem.prepared.columns.mean, problem.prepared.columns.deviation};
        for (Index j = 0; j < standard.scale.size(); ++j) {
            standard.scale[j] = standard.scale[j] > S(0) ? S(1) / standard.scale[j] : S(1);
            if (!problem.has_intercept) standard.shift[j] = S(0);
        }
        sample.X = sample.X.seen_in(std::move(standard));
        const Risk seen(risk.loss(), risk.penalty(), risk.predictor(), sample);
        Matrix<S> H(theta.size(), theta.size());
        seen.hessian(solver_parameters<S>(seen, user_parameters<S>(risk, theta)), H);
        return scaled_condition_number<S>(std::move(H));
    } else {
        return -1;
    }
}

/// diagnose() of the objective, told in the words of the model; for solvers whose steps are those of the user's own
/// coordinates.
template <class Solver, class Risk, Scalar S>
GRADUS_ONCE void explain_steps(const Problem<S>& problem, const Risk& risk, const Solver& solver,
                               const Vector<S>& start, const Result<S>& result, FitReport& report) {
    if (result.cause != Cause::none) {  // the solver knows it, and its message says so
        if (result.cause == Cause::step_too_long) {
            report.cause = result.cause;
            report.remedy = text("model.fit(X, y, gradus::", solver_name<Solver>(), "<>{});  // its own first step");
        }
        return;
    }
    const LearningRateReport rates = analyse_learning_rate(risk, result.x);
    const Diagnosis why = diagnose(risk, start, result, solver, &rates);
    report.cause = why.cause;
    if (!rates.known()) {
        report.remedy = why.remedy;
        report.message += text("; ", why.numbers);
        return;
    }
    const double step = fixed_step_of(solver), standardised = standardised_condition(problem, risk, result.x),
                 condition = rates.condition_number();
    const std::string steepest = describe_parameter(problem, risk, rates.steepest_parameters[0]);
    if (why.cause == Cause::step_too_long) {
        const StepLimit limit = step_limit(solver, rates);
        const bool can_scale = standardised > 0 && standardised < condition / 2;
        report.remedy = text("solver.step = {",
                             std::min(limit.step, rates.safe_step() > 0 ? rates.safe_step() : limit.step) / 2, "};");
        report.message +=
            text("; ", step > 0 ? text("step ", step, " is above ") : std::string("the limit of a fixed step is "),
                 limit.formula, " = ", limit.step, "; the steepest direction is mostly ", steepest,
                 can_scale ? ": standardise it or" : ":", " use a step below ", limit.step);
        if (rates.safe_step() > 0) report.message += text(" (below ", rates.safe_step(), " none can diverge)");
        return;
    }
    if (why.cause != Cause::budget_used_up && why.cause != Cause::badly_scaled) {
        report.remedy = why.remedy;
        report.message += text("; ", why.numbers);
        return;
    }
    // centring removes what scaling alone leaves
    const bool is_badly_scaled = condition > 100 && standardised > 0 && standardised < condition / 10;
    report.cause = is_badly_scaled ? Cause::badly_scaled : Cause::budget_used_up;
    report.remedy = is_badly_scaled    ? "model.fit(X, y, gradus::Newton{});  // does not depend on scales"
                    : why.needs_newton ? "model.fit(X, y, gradus::Newton{});"
                                       : why.remedy;
    const double best = rates.predicted_iterations(rates.best_step(), tolerance_of(solver));
    if (std::isfinite(condition)) report.message += text("; condition number ", condition);
    if (standardised > 0) report.message += text(" (", standardised, " with standardised columns)");
    report.message += text("; the best fixed step 2/(L + mu) = ", rates.best_step(), " would take ",
                           std::isfinite(best) ? text("about ", best) : std::string("too many"),
                           " iterations from here; the steepest direction is mostly ", steepest,
                           is_badly_scaled ? ": standardise the columns" : "", "; Newton does not depend on the scale");
}

}  // namespace gradus::detail
