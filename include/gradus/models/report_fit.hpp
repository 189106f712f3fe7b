#pragma once
// From the result of a solver to the user's parameters and a report: what a fit asks about itself.

#include <gradus/examination/bad_row.hpp>
#include <gradus/examination/constant_fit.hpp>
#include <gradus/examination/rank.hpp>
#include <gradus/examination/separation.hpp>
#include <gradus/models/exact_rows.hpp>
#include <gradus/models/fit_report.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/solver.hpp>

namespace gradus::detail {

template <Scalar S>
ModelWords words_of(const Problem<S>& problem) {
    return {problem.family.type(), scalar_name<S>(), wider_scalar_name<S>(), problem.family.is_least_squares()};
}

/// The size of each parameter's column in the coordinates of the risk; each parameter of a feature gets the feature's,
/// whatever the basis of the outputs. With an intercept what counts is how a column varies: beside a mean of 1e8 every
/// gradient would look small.
template <Scalar S>
GRADUS_ONCE Vector<S> column_sizes(const Problem<S>& problem, const RiskTerms<S>& risk) {
    const Index p = problem.features();
    Vector<S> columns =
        problem.has_intercept ? problem.prepared.columns.deviation : root_mean_square(problem.prepared.columns);
    for (Index j = 0; j < columns.size(); ++j) columns[j] *= risk.coordinates().scale_of(j);
    Vector<S> out = Vector<S>::Ones(risk.dimension());
    for (Index c = 0; c < risk.predictor().width(); ++c)
        for (Index j = 0; j < p; ++j) out[c * p + j] = columns[j];
    return out;
}

/// The size of each component of the gradient if the rows' slopes at theta did not cancel: root mean square of column
/// times root mean square of slope, plus the size of the penalty's part. At an optimum the gradient is small beside it;
/// where it is small only because every slope is, as on nearly separated classes, it is not.
template <Scalar S>
GRADUS_ONCE Vector<S> uncancelled_gradient(const RiskTerms<S>& risk, const Vector<S>& theta, const Vector<S>& columns) {
    using std::abs, std::sqrt;
    const auto squares = risk.walk().reduce(theta, Sum<S>(), [&](const EvaluatedRows<S>& rows, Sum<S>& part) {
        auto slope = rows.slope();
        risk.loss().value_and_slope(rows.y, rows.eta, rows.s, slope);
        for (Index c = 0; c < slope.cols(); ++c)
            for (Index i = 0; i < slope.rows(); ++i)
                if (rows.s[i] > S(0)) part.add(slope(i, c) / rows.s[i] * slope(i, c));
    });
    const S slope = sqrt(squares.value() / risk.sample().total_weight);
    Vector<S> size = Vector<S>::Zero(risk.dimension());
    risk.add_penalty_gradient(theta, size);
    for (Index j = 0; j < size.size(); ++j) size[j] = abs(size[j]) + columns[j] * slope;
    return size;
}

/// What is asked about a fit, once for each scalar and kind of objective.
template <class Risk>
class FitExamination {
public:
    using S = typename Risk::Scalar;

    FitExamination(const Problem<S>& problem, const Risk& risk, const Result<S>& result, const SolverTraits& traits)
        : FitExamination(problem, risk, result, traits, risk.penalty_value(result.x), !risk.penalty().is_zero()) {}
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
        const Result<S>& result = *result_;
        if (result.rank == result.x.size()) report_.rank = problem_->features();
        // a last step that is short in units of the problem proves that there is a finite optimum next to it
        const bool is_proven = result.converged() && result.rank == result.x.size() && result.correct_digits >= 4;
        if (may_be_infinite_ && !is_penalised_) examine_existence(found);
        if (is_proven && (!may_be_infinite_ || is_penalised_ || report_.existence == Existence::finite))
            return std::move(report_);
        if (report_.converged() && may_be_infinite_ && report_.existence != Existence::finite) check_slopes();
        if (report_.converged() && !is_penalised_ && report_.rank < 0 && problem_->features() > 0) decide_rank(found);
        if (report_.converged() && result.rank >= 0 && result.rank < result.x.size() &&
            report_.rank == problem_->features() && !is_penalised_)
            doubt_the_hessian();
        return std::move(report_);
    }

private:
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
        report.rows = problem_->sample().rows();
        report.features = problem_->features();
        report.total_weight = static_cast<double>(S(problem_->sample().total_weight / problem_->sample().weight_scale));
        report.parameters = result.x.size();
        report.gradient_norm = static_cast<double>(max_norm<S>(user_gradient<S>(*risk_, result.gradient)));
        report.relative_gradient = static_cast<double>(result.relative_gradient);
        report.newton_decrement = static_cast<double>(result.decrement);
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
        if (!(largest > S(1e-4)) || !(largest > S(1000) * result_->relative_gradient)) return;
        report_.status = Status::vanishing_slopes;
        report_.message = text("the gradient is small (relative ", report_.relative_gradient,
                               ") only because the loss is flat here: it is still ", largest,
                               " of what its terms would give without cancelling. This is not the optimum; use Newton, "
                               "or a smaller tolerance");
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
        move_to_least_norm(design, risk_->predictor().loadings(), found.W, found.b, report_.correct_digits);
    }

    GRADUS_ONCE void doubt_the_hessian() {
        report_.status = Status::ill_conditioned;
        report_.correct_digits = 0;
        report_.message =
            text("the Hessian, whose condition number is the square of that of the columns (", report_.condition_number,
                 "), resolves ", result_->rank, " of ", result_->x.size(),
                 " directions in this arithmetic, so the coefficients cannot be trusted. Use ",
                 problem_->family.is_least_squares() ? "QR, " : "", "a wider scalar type, or fewer columns");
    }

    // The proof by the last step of the solver; where it has none, by one step from where it ended; where that proves
    // nothing, a linear program. In equilibrated columns, whatever the solver saw.
    GRADUS_ONCE void examine_existence(const Parameters<S>& found) {
        if (!risk_->coordinates().is_identity()) return examine_existence(*risk_, result_->x, result_->last_step);
        const Risk seen(risk_->loss(), risk_->penalty(), risk_->predictor(), equilibrated_sample());
        examine_existence(seen, solver_parameters<S>(seen, found), {});
    }
    Sample<S> equilibrated_sample() const {
        Sample<S> sample = risk_->sample();
        sample.X = sample.X.seen_in(balanced_coordinates(*problem_, true));
        return sample;
    }
    GRADUS_ONCE void examine_existence(const Risk& risk, const Vector<S>& theta, SecondOrderStep<S> step) {
        const MarginKind margins = problem_->family.margins();
        S certificate = std::numeric_limits<S>::infinity();
        if constexpr (requires(Matrix<S> H) { risk.hessian(theta, H); }) {
            if (result_->converged() && step.x.size() == 0) step = second_order_step(risk, theta);
            certificate = existence_certificate(risk, margins, step);
        }
        if (certificate < S(1)) {
            accept_certificate(certificate);
        } else if (is_affordable()) {
            decide_existence(risk, theta);
            // too many parameters for integers: dependent columns are then what they are to the rank, too
            if (report_.existence == Existence::in_doubt)
                certificate = existence_certificate(risk, margins, step, true);
            if (certificate < S(1)) accept_certificate(certificate);
        }
        if (report_.existence == Existence::in_doubt) report_doubt();
    }
    void accept_certificate(const S& certificate) {
        report_.existence = Existence::finite;
        report_.existence_certificate = static_cast<double>(certificate);
    }
    GRADUS_ONCE void decide_existence(const Risk& risk, const Vector<S>& theta) {
        using View = SeparationView<RowWalk<S>, S>;
        const MarginKind margins = problem_->family.margins();
        const View seen{&risk.walk(), user_functionals<S>(risk)};
        const std::optional<RiskTerms<S>> rows = exact_rows<S>(risk, margins);
        std::optional<View> exact;
        if (rows) exact = exact_view(*rows, margins);
        const Separation<S> separation = decide_separation(seen, exact ? &*exact : nullptr, margins, theta);
        report_.existence = separation.existence;
        if (separation.existence == Existence::finite)
            report_.existence_certificate = static_cast<double>(separation.certificate);
        if (separation.found()) report_separation(separation, separation.direction);
    }
    GRADUS_ONCE void report_doubt() {
        if (!report_.converged()) return;
        report_.status = Status::existence_in_doubt;
        report_.message = text("whether the likelihood has a finite maximum is in doubt: the last step does not prove "
                               "it, and ",
                               report_.parameters, " parameters in ", report_.rows,
                               " rows are too many to decide it. Use a small ridge, or fewer columns");
    }

    // a linear program takes some 20 products with X: no more than the fit, unless both are quick
    bool is_affordable() const {
        const Counts& counts = result_->counts;
        const double d = static_cast<double>(risk_->dimension()), n = static_cast<double>(problem_->sample().rows());
        if (d > 1000) return false;
        return n * d * d <= 1e8 ||
               counts.values + 2 * counts.gradients + 2 * counts.hessian_products + d * counts.hessians >= 20;
    }

    GRADUS_ONCE static SecondOrderStep<S> second_order_step(const Risk& risk, const Vector<S>& theta) {
        constexpr Index largest_dimension = 1000;
        if (theta.size() > largest_dimension) return {};
        Vector<S> gradient(theta.size());
        Matrix<S> H;
        CurvatureSystem<S> system;
        value_gradient_hessian<S>(risk, theta, gradient, H);
        system.factor(H);
        return system.step(theta, gradient);
    }

    GRADUS_ONCE void report_separation(const Separation<S>& separation, const Vector<S>& direction) {
        const Index p = problem_->features(), k = risk_->predictor().outputs(),
                    m = p * risk_->predictor().loadings().rows();
        report_.status = Status::separated;
        report_.correct_digits = -1;
        report_.separating_slopes.resize(p, p > 0 ? m / p : 0);
        report_.separating_intercept.resize(k);
        const bool is_known = !separation.sign.empty();
        if (is_known) {
            report_.infinite_slopes.resize(p, report_.separating_slopes.cols());
            report_.infinite_intercept.resize(k);
        }
        for (Index q = 0; q < direction.size(); ++q) {
            const bool is_slope = q < m;
            const int sign = is_known ? separation.sign[static_cast<std::size_t>(q)] : 1;
            const double value = sign == 0 ? 0 : static_cast<double>(direction[q]);
            (is_slope ? report_.separating_slopes.data()[q] : report_.separating_intercept[q - m]) = value;
            if (is_known) (is_slope ? report_.infinite_slopes.data()[q] : report_.infinite_intercept[q - m]) = sign;
        }
        report_.message = separation_message(separation.existence == Existence::separated_completely);
    }
    std::string separation_message(bool is_complete) const {
        const MarginKind margins = problem_->family.margins();
        if (margins == MarginKind::count)
            return "the likelihood has no finite maximum: along the direction given no row with a positive count "
                   "changes, and the mean of some rows whose counts are all zero falls for ever. Use a small "
                   "ridge, or leave out what tells these rows apart";
        const bool is_ordinal = margins == MarginKind::ordinal;
        return text("the ", is_ordinal ? "levels" : "classes", " are separated ",
                    is_complete ? "completely" : "quasi-completely",
                    ": along the separating direction given, no row's own class loses and some gain, so the "
                    "likelihood has no finite maximum and the coefficients grow for ever. Use a small ridge",
                    is_ordinal ? "" : ", or FirthLogisticRegression", ", or leave out what separates");
    }

    const Problem<S>* problem_;
    const Risk* risk_;
    const Result<S>* result_;
    S penalty_value_;
    bool is_penalised_, may_be_infinite_;
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

}  // namespace gradus::detail
