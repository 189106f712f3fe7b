#pragma once
// From the result of a solver to the user's parameters and a report: what a fit asks about itself.

#include <gradus/examination/bad_row.hpp>
#include <gradus/examination/constant_fit.hpp>
#include <gradus/examination/far_rows.hpp>
#include <gradus/examination/rank.hpp>
#include <gradus/models/feature_subset.hpp>
#include <gradus/models/fit_report.hpp>
#include <gradus/models/gradient_sizes.hpp>
#include <gradus/models/report_existence.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/solver.hpp>

namespace gradus::detail {

template <Scalar S>
ModelWords words_of(const Problem<S>& problem) {
    ModelWords words = problem.words;
    words.has_intercept = problem.has_intercept;
    words.is_least_squares = problem.family.is_least_squares();
    return words;
}

/// Where columns seem to depend on each other beside rows far from the others, no digit is known. true: so it is.
template <Scalar S>
GRADUS_ONCE bool doubt_rank_beside_far_rows(const Problem<S>& problem, FitReport& report) {
    if (!(report.rank < report.features)) return false;
    const FarRows rows = far_rows(problem.prepared, problem.has_intercept, report.rank);
    if (rows.rank < 0) return false;
    report.correct_digits = 0;
    report.message += far_rows_message(rows, report.rank, report.features);
    return true;
}

/// What is asked about a fit, once for each scalar and kind of objective.
template <class Risk>
class FitExamination {
public:
    using S = typename Risk::Scalar;

    FitExamination(const Problem<S>& problem, const Risk& risk, const Result<S>& result, const SolverTraits& traits)
        : FitExamination(problem, risk, result, traits, risk.penalty_value(result.x), !risk.penalty().is_zero()) {
        is_risk_minimised_ = !traits.has_finite_optimum;
    }
    /// Where the penalty is not part of the risk.
    FitExamination(const Problem<S>& problem, const Risk& risk, const Result<S>& result, const SolverTraits& traits,
                   const S& penalty_value, bool is_penalised)
        : problem_(&problem),
          risk_(&risk),
          result_(&result),
          penalty_value_(penalty_value),
          is_penalised_(is_penalised),
          may_be_infinite_(problem.family.margins() != MarginKind::none && !traits.has_finite_optimum) {}

    GRADUS_ONCE FitReport run(Parameters<S>& found) {
        found = user_parameters<S>(*risk_, result_->x);
        report_ = transcript();
        if (may_be_infinite_ && !report_counts_of_zero(*problem_, *risk_, report_) && !is_penalised_)
            ExistenceExamination<Risk>(*problem_, *risk_, *result_, report_).run(found);
        if ((report_.converged() || has_spent_more_than_newton()) && result_->correct_digits < 0 && is_risk_minimised_)
            compare_with_newton(found);
        if (report_.converged()) judge(found);
        if (report_.converged() && report_.correct_digits >= 0 && report_.correct_digits < least_digits &&
            !(is_as_loose_as_asked() && report_.correct_digits >= 1))
            doubt_the_digits(found);
        return std::move(report_);
    }

private:
    GRADUS_ONCE void judge(Parameters<S>& found) {
        const Result<S>& result = *result_;
        const bool is_resolved = result.rank == result.x.size() && result.correct_digits != 0;
        report_.rank = is_resolved || report_.rank == problem_->features() ? problem_->features() : -1;
        // a last step that is short in units of the problem proves that there is a finite optimum next to it
        const bool is_proven = result.rank == result.x.size() && result.correct_digits >= 4;
        if (is_proven && (!may_be_infinite_ || is_penalised_ || report_.existence == Existence::finite)) return;
        if (may_be_infinite_ && report_.existence != Existence::finite) check_slopes();
        // beside a Hessian that it does not make definite a ridge chooses the least norm, and no more
        const bool chooses_norm = is_penalised_ && is_risk_minimised_ && risk_->penalty().has_constant_curvature() &&
                                  result.rank >= 0 && result.rank < result.x.size();
        if (report_.converged() && (!is_penalised_ || chooses_norm) && report_.rank < 0 && problem_->features() > 0)
            decide_rank(found);
        // dependent columns explain what the Hessian does not resolve, and nothing else does
        const Predictor<S>& predictor = risk_->predictor();
        // an intercept for every class of one softmax is one too many, and a ridge on slopes leaves it so
        const bool has_spare = is_penalised_ && !risk_->loss().separates_outputs() && predictor.outputs() > 1 &&
                               predictor.width() == predictor.outputs() &&
                               predictor.intercepts() == predictor.outputs();
        if (report_.converged() && hessian_rank() >= 0 && report_.rank >= 0 && (!is_penalised_ || chooses_norm) &&
            hessian_rank() < report_.rank * predictor.width() + predictor.intercepts() - has_spare)
            doubt_the_hessian();
    }
    // By the solver, or by the steps of Newton after it.
    Index hessian_rank() const { return result_->rank >= 0 ? result_->rank : newton_.rank; }

    // A solver without second derivatives knows that its gradient is small, and not how far from the optimum that is:
    // with a condition number of 10^8 it may be anywhere. Newton's method, from where it ended, tells how far; where
    // fewer than four digits are right, and the steps are not a matter of the user's coordinates, it has the last word.
    // So it has where a run gave up that cost far more than these steps do.
    GRADUS_ONCE void compare_with_newton(Parameters<S>& found) {
        if constexpr (requires(Matrix<S> H) { risk_->hessian(result_->x, H); }) {
            if (!is_newton_affordable()) return;
            const bool is_balanced = !risk_->coordinates().is_identity();
            const Risk seen = is_balanced ? *risk_ : balanced_risk(*problem_, *risk_);
            const Vector<S> start = is_balanced ? result_->x : solver_parameters<S>(seen, found);
            newton_ = Newton{.max_iterations = 30}.minimize(seen, start);
            report_.counts.gradients += newton_.counts.gradients;
            report_.counts.hessians += newton_.counts.hessians;
            // where rounding ended it, Newton's method does not know how far it came either
            const bool arrives = newton_.converged() && newton_.correct_digits >= 0, was_there = report_.converged();
            const bool is_determined = newton_.rank == newton_.x.size() && newton_.correct_digits > 0;
            if (!was_there && !(arrives && is_determined)) return;
            if (!arrives) return seen.is_convex() ? look_for_dependence(found) : void();
            if (!was_there) report_.status = Status::converged, report_.cause = Cause::none;
            report_.condition_number = newton_.condition;
            const Vector<S> distance = (newton_.x - start).cwiseAbs();
            const double digits = std::min(newton_.correct_digits, seen.correct_digits(newton_.x, distance));
            if (is_determined) report_.rank = problem_->features(), report_.correct_digits = digits;
            if (!is_balanced || (was_there && is_determined && digits >= least_digits + 1)) return;
            take_end_of_newton(found);
            if (is_determined) report_.message += text("; that left about ", static_cast<int>(digits), " digits");
            report_.message += text("; ", newton_.iterations, " steps of Newton came after it");
        }
    }
    // Of dependent columns some may have run so far along the direction that changes nothing that eta is rounding.
    GRADUS_ONCE void look_for_dependence(Parameters<S>& found) {
        if (!is_penalised_ && problem_->features() > 0) decide_rank(found);
        if (report_.correct_digits < 0) doubt_the_end(newton_);
    }
    GRADUS_ONCE void take_end_of_newton(Parameters<S>& found) {
        result_ = &newton_;
        penalty_value_ = risk_->penalty_value(newton_.x);
        found = user_parameters<S>(*risk_, newton_.x);
        const FitReport end = transcript();
        report_.iterations += end.iterations;
        report_.objective = end.objective, report_.mean_loss = end.mean_loss;
        report_.gradient_norm = end.gradient_norm, report_.relative_gradient = end.relative_gradient;
        report_.newton_decrement = end.newton_decrement;
        report_.correct_digits = end.correct_digits;
    }
    // the Hessian costs d / 8 gradients or less
    bool is_newton_affordable() const {
        const Index d = risk_->dimension();
        return d > 0 && (d <= 32 || (d <= 1024 && d <= 2 * result_->counts.gradients));
    }
    // A run that did not arrive for want of steps or of digits in the values, and cost ten times what thirty steps of
    // Newton do, was meant to.
    bool has_spent_more_than_newton() const {
        const bool is_short = report_.status == Status::iteration_limit || report_.cause == Cause::rounding_floor;
        return is_short && !risk_->coordinates().is_identity() &&
               result_->counts.gradients > 300 * (1 + risk_->dimension() / 8);
    }
    // steps in the user's coordinates that ended early because the tolerance says so have the digits that they have
    bool is_as_loose_as_asked() const {
        return risk_->coordinates().is_identity() && result_->relative_gradient > S(100) * reachable<S>(1e-8);
    }
    GRADUS_ONCE void doubt_the_end(const Result<S>& end) {
        report_.status = Status::ill_conditioned;
        report_.message += text("; steps of Newton from there did not arrive either (", end.message, ")");
    }
    GRADUS_ONCE void doubt_the_digits(const Parameters<S>& found) {
        // Of coefficients that are zero but for rounding no digit is right, and nothing is wrong. Nor is it where the
        // columns are as good as orthogonal: then classes that overlap by a last digit hang on that digit.
        const double condition = report_.condition_number, eps = static_cast<double>(epsilon<S>);
        const bool is_harmless = (condition < std::pow(eps, -0.2) && report_.dependent_columns.empty()) ||
                                 (condition < std::pow(eps, -0.375) && does_nothing(found));
        if (condition >= 0 && is_harmless) return void(report_.correct_digits = -1);
        report_.status = Status::ill_conditioned;
        // errors of first order, of a thousandth and more: those of second order count as well
        report_.correct_digits = std::max(0.0, report_.correct_digits - 1);
        report_.message += text(condition < 0 ? std::string() : text("; condition number ", condition), ": about ",
                                counted(static_cast<Index>(report_.correct_digits), "digit"), " right, fewer than ",
                                static_cast<int>(least_digits));
    }
    // Of one target at least: beside targets of its size, or an eta of one.
    bool does_nothing(const Parameters<S>& found) const {
        using std::abs, std::sqrt;
        const ColumnStatistics<S>& columns = problem_->prepared.columns;
        const bool has_targets = risk_->loss().has_units();
        const ColumnStatistics<S> targets = has_targets ? target_statistics(problem_->prepared) : ColumnStatistics<S>{};
        for (Index c = 0; c < found.W.cols(); ++c) {
            S effect(0);
            for (Index j = 0; j < found.W.rows(); ++j) {
                const S mean = problem_->has_intercept ? S(0) : S(abs(columns.mean[j]));
                effect = std::max(effect, S(abs(found.W(j, c)) * std::max(columns.deviation[j], mean)));
            }
            if (effect <=
                sqrt(epsilon<S>) * (has_targets ? std::max(targets.deviation[c], abs(targets.mean[c])) : S(1)))
                return true;
        }
        return false;
    }

    FitReport transcript() const {
        const Result<S>& result = *result_;
        FitReport report;
        report.status = result.status;
        report.message = result.message;
        report.cause = result.cause;
        report.iterations = result.iterations;
        report.counts = result.counts;
        report.objective = static_cast<double>(result.value);
        report.mean_loss = static_cast<double>(S(result.value - penalty_value_));
        report.duality_gap = static_cast<double>(result.duality_gap);
        report.newton_decrement = static_cast<double>(result.decrement);
        if (!risk_->sample().target_coordinates.is_identity()) {
            const Parameters<S> user = user_parameters<S>(*risk_, result.x);
            report.mean_loss = in_range(user_loss<S>(*risk_, result.x));
            report.objective =
                in_range(report.mean_loss + static_cast<double>(risk_->penalty().value(Coefficients<S>(user.W))));
            report.duality_gap = report.newton_decrement = -1;
        }
        report.rows = problem_->sample().rows();
        report.features = problem_->features();
        report.total_weight = static_cast<double>(S(problem_->sample().total_weight / problem_->sample().weight_scale));
        report.parameters = result.x.size();
        report.gradient_norm = in_range(static_cast<double>(max_norm<S>(user_gradient<S>(*risk_, result.gradient))));
        report.relative_gradient = static_cast<double>(result.relative_gradient);
        report.correct_digits = result.correct_digits;
        report.condition_number = result.condition;
        return report;
    }

    // no second derivatives have looked at the optimum: is the gradient small beside what it is made of?
    GRADUS_ONCE void check_slopes() {
        using std::abs;
        const Vector<S> size = uncancelled_gradient<S>(*risk_, result_->x, column_sizes<S>(*problem_, *risk_));
        S largest(0);
        for (Index j = 0; j < size.size(); ++j)
            if (size[j] > S(0)) largest = std::max(largest, S(abs(result_->gradient[j]) / size[j]));
        // far above the tolerance, whatever the user set it to
        if (!(largest > S(1e-4)) || !(largest > S(1000) * result_->relative_gradient) || is_saturated()) return;
        report_.status = Status::vanishing_slopes;
        report_.message = text("the gradient is small (relative ", report_.relative_gradient,
                               ") only because the loss is flat here: it is still ", largest,
                               " of what its terms would give without cancelling. This is not the optimum; use Newton, "
                               "or a smaller tolerance");
    }

    // A loss that is the least that any eta could give, but for rounding, has slopes of rounding. The infimum of a
    // separated one is zero, which it is above by more than a rounding of zero.
    bool is_saturated() const {
        using std::abs;
        const auto add = [&](Index, Index b, RowScratch<S>& rows, Sum<S>& part) {
            part.add(problem_->family.saturated(rows.y.topRows(b), rows.s.head(b)));
        };
        const S least = risk_->walk().reduce_targets(Sum<S>(), add).value() / risk_->sample().total_weight;
        return result_->value - penalty_value_ - least < S(64) * epsilon<S> * abs(least);
    }

    // the factor of X: how many features are independent, and the fit of least norm among those that are equally good
    GRADUS_ONCE void decide_rank(Parameters<S>& found) {
        const DesignRank<S> design = design_rank(problem_->prepared, problem_->has_intercept, 256);
        if (!design.is_known) return;
        report_.rank = design.rank();
        report_.condition_number = design.condition();
        report_.dependent_columns = design.dependent_columns();
        if (report_.dependent_columns.empty()) return;
        report_.message += text("; ", report_.dependent_columns.size(), " of ", report_.features,
                                " columns depend on the others: the coefficients are those of least norm");
        if (doubt_rank_beside_far_rows(*problem_, report_)) return void(report_.status = Status::ill_conditioned);
        // digits of parameters that a Hessian does not resolve are no digits of theirs
        report_.correct_digits = -1;
        solve_among_independent(design, found);
        const bool is_known = report_.correct_digits >= 0;
        const double of_choice =
            move_to_least_norm(design, risk_->predictor().loadings(), found.W, found.b, report_.correct_digits);
        // where units are too far apart the least norm hangs on the rounding of the entries, and is no choice
        if (!report_.converged()) return void(report_.correct_digits = 0);
        if (report_.correct_digits < 0 && of_choice < least_digits) report_.correct_digits = of_choice;
        if (!is_penalised_) return;
        if (is_known && report_.correct_digits < 0)
            report_.correct_digits = 0;  // the ridge tells them apart, S does not
        bound_by_slopes(design, found);
    }

    // Along the null directions of X: see moved_along().
    GRADUS_ONCE void bound_by_slopes(const DesignRank<S>& design, const Parameters<S>& found) {
        constexpr int draws = 4;
        if constexpr (requires(Vector<S> g) { risk_->template draw_gradient_rounding<draws>(g, true); }) {
            const Vector<S> theta = solver_parameters<S>(*risk_, found);
            Vector<S> gradient(theta.size());
            risk_->exact_gradient(theta, gradient);
            const Matrix<S> rounding = risk_->template draw_gradient_rounding<draws>(theta, true);
            const auto directions = null_directions(design);
            Matrix<S> W = found.W, error = moved_by(directions, found.W, gradient);
            for (Index m = 0; m < draws; ++m) error += moved_by(directions, found.W, rounding.col(m));
            const Vector<S>& scale = design.problem.columns().scale;
            unscale_rows(W, scale), unscale_rows(error, scale);
            const double digits = correct_digits<S>(W, error, scale, risk_->loss().separates_outputs(), S(0));
            if (report_.correct_digits >= 0 || digits < least_digits)
                report_.correct_digits = report_.correct_digits < 0 ? digits : std::min(report_.correct_digits, digits);
        }
    }
    // p x m
    GRADUS_ONCE Matrix<S> moved_by(const std::pair<Matrix<S>, Vector<S>>& directions, const Matrix<S>& W,
                                   const Vector<S>& gradient) const {
        const Matrix<S>& A = risk_->predictor().loadings();
        const Vector<S> g = user_gradient<S>(*risk_, gradient);
        const auto& [w, b] = directions;
        const Index p = W.rows();
        Matrix<S> curvature = Matrix<S>::Zero(p, W.cols()), out = curvature, V(p + 1, w.cols());
        risk_->penalty().add_curvature(Coefficients<S>(W), MatrixView<S>(curvature));
        V.topRows(p) = w;
        V.row(p) = b.transpose();
        for (Index m = 0; m < W.cols(); ++m) {
            Vector<S> slope = Vector<S>::Zero(p + 1), curved = slope;
            slope.head(p) = g.segment(m * p, p);
            curved.head(p) = curvature.col(m);
            for (Index c = W.size(); c < g.size(); ++c) slope[p] += A(m, c - W.size()) * g[c];
            out.col(m) = moved_along<S>(V, slope, curved).head(p);
        }
        return out;
    }

    // What the solver found, without the columns that others make up for; there Newton's method is at home, and knows
    // digits.
    GRADUS_ONCE void solve_among_independent(const DesignRank<S>& design, Parameters<S>& found) {
        if constexpr (requires(Matrix<S> H) { risk_->hessian(result_->x, H); }) {
            if (!is_risk_minimised_ || risk_->dimension() > 256) return;
            const Risk seen = balanced_risk(*problem_, *risk_);
            Parameters<S> kept = found;
            leave_dependent_out(design, seen.predictor().loadings(), kept.W, kept.b);
            const FeatureSubset<S> independent(seen.predictor(), design.independent_columns());
            const Risk part = independent.risk(*problem_, seen);
            Result<S> end =
                Newton{.max_iterations = 30}.minimize(part, independent.of(solver_parameters<S>(seen, kept)));
            report_.counts.gradients += end.counts.gradients;
            report_.counts.hessians += end.counts.hessians;
            if (!end.converged() || end.rank < end.x.size()) return doubt_the_end(end);
            const Vector<S> theta = independent.to_all(end.x);
            found = user_parameters<S>(seen, theta);
            if (is_penalised_) {  // by how much the ridge, which is left out here, would move the optimum
                Vector<S> pull = Vector<S>::Zero(theta.size());
                seen.add_penalty_gradient(theta, pull);
                Matrix<S> H;
                part.hessian(end.x, H);
                CurvatureSystem<S> system(true);
                system.factor(H);
                const Vector<S> move = system.solve(independent.of(pull)).cwiseAbs();
                end.correct_digits = std::min(end.correct_digits, part.correct_digits(end.x, move));
            }
            report_.correct_digits = end.correct_digits;
        }
    }
    GRADUS_ONCE void doubt_the_hessian() {
        report_.status = Status::ill_conditioned;
        report_.correct_digits = 0;
        report_.message =
            text("the Hessian resolves ", hessian_rank(), " of ", result_->x.size(),
                 " directions in this arithmetic, so the coefficients cannot be trusted: its condition number is the "
                 "square of that of the columns as the loss weights them (as they are: ",
                 report_.condition_number, "). Use ", problem_->family.is_least_squares() ? "QR, " : "",
                 "a wider scalar type, or fewer columns");
    }

    const Problem<S>* problem_;
    const Risk* risk_;
    const Result<S>* result_;
    S penalty_value_;
    bool is_penalised_, may_be_infinite_;
    bool is_risk_minimised_ = false;  // and not the risk and something else: corners, Jeffreys' prior
    Result<S> newton_;                // from where the solver ended, where that was asked
    FitReport report_;
};

template <Scalar S>
GRADUS_ONCE void name_bad_row(const Problem<S>& problem, const RiskTerms<S>& risk, const Vector<S>& theta,
                              FitReport& report) {
    const BadRow<S> bad = find_bad_row<S>(risk, theta);
    if (bad.row < 0) return;
    report.bad_row = bad.row;
    report.bad_column = bad.column;
    report.message += text("; row ", bad.row, " is the first whose loss or slope is not finite, at eta = ", bad.eta);
    if (bad.column >= 0) report.message += text(", to which ", problem.feature_name(bad.column), " contributes most");
}

/// What the report of every iterative fit ends with: by whom, and where it did not succeed why.
template <class Solver, Scalar S>
void complete_report(const Problem<S>& problem, const RiskTerms<S>& risk, const Result<S>& result, FitReport& report) {
    report.solver = result.solver ? result.solver : solver_name<Solver>();
    report.choice = result.choice;
    if (report.converged()) return;
    ModelWords words = words_of(problem);
    words.has_corners = traits_of<Solver>().takes_corners;
    name_cause(report, words);
    if (report.cause == Cause::non_finite) name_bad_row<S>(problem, risk, result.x, report);
}

GRADUS_COMPILE(class FitExamination<EmpiricalRisk<double>>)

}  // namespace gradus::detail
