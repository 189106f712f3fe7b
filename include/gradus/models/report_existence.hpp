#pragma once
// Whether the likelihood has a finite maximum, in the report of a fit.

#include <gradus/examination/separation.hpp>
#include <gradus/models/balanced_risk.hpp>
#include <gradus/models/exact_rows.hpp>
#include <gradus/models/fit_report.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus::detail {

/// A linear program takes some 20 products with X: no more than the fit, unless both are quick.
GRADUS_ONCE inline bool is_separation_affordable(const Counts& counts, Index rows, Index parameters) {
    const double d = static_cast<double>(parameters), n = static_cast<double>(rows);
    if (d > 1000) return false;
    return n * d * d <= 1e8 ||
           counts.values + 2 * counts.gradients + 2 * counts.hessian_products + d * counts.hessians >= 20;
}

/// `which`: what is special about the direction that is given.
GRADUS_ONCE inline std::string separation_message(MarginKind margins, bool is_complete, const char* which = "") {
    if (margins == MarginKind::count)
        return text("the likelihood has no finite maximum: along the direction given", which,
                    " no row with a positive count changes, and the mean of some rows whose counts are all zero falls "
                    "for ever. Use a small ridge, or leave out what tells these rows apart");
    const bool is_ordinal = margins == MarginKind::ordinal;
    return text("the ", is_ordinal ? "levels" : "classes", " are separated ",
                is_complete ? "completely" : "quasi-completely", ": along the separating direction given", which,
                ", no row's own class loses and some gain, so the likelihood has no finite maximum and the "
                "coefficients grow for ever. Use a small ridge",
                is_ordinal ? "" : ", or FirthLogisticRegression", ", or leave out what separates");
}

/// A direction in the user's parameters, p x m slopes and k intercepts one after another, into the report.
template <Scalar S>
GRADUS_ONCE void report_separation(const Separation<S>& separation, Index p, Index m, Index k, std::string message,
                                   FitReport& report) {
    report.status = Status::separated;
    report.existence = separation.existence;
    report.correct_digits = -1;
    report.separating_slopes.resize(p, m);
    report.separating_intercept.resize(k);
    const bool is_known = !separation.sign.empty();
    if (is_known) {
        report.infinite_slopes.resize(p, m);
        report.infinite_intercept.resize(k);
    }
    for (Index q = 0; q < separation.direction.size(); ++q) {
        const bool is_slope = q < p * m;
        const int sign = is_known ? separation.sign[static_cast<std::size_t>(q)] : 1;
        const double value = sign == 0 ? 0 : static_cast<double>(separation.direction[q]);
        (is_slope ? report.separating_slopes.data()[q] : report.separating_intercept[q - p * m]) = value;
        if (is_known) (is_slope ? report.infinite_slopes.data()[q] : report.infinite_intercept[q - p * m]) = sign;
    }
    report.message = std::move(message);
}

/// Counts that are all zero have a mean of zero, which an intercept reaches at minus infinity: no penalty holds it.
template <class Risk, class S = typename Risk::Scalar>
GRADUS_ONCE bool report_counts_of_zero(const Problem<S>& problem, const Risk& risk, FitReport& report) {
    if (problem.family.margins() != MarginKind::count || !problem.has_intercept) return false;
    const auto count_positive = [](Index, Index b, RowScratch<S>& rows, Sum<S>& part) {
        for (Index i = 0; i < b; ++i)
            if (rows.s[i] > S(0) && rows.y(i, 0) > S(0)) part.add(S(1));
    };
    if (risk.walk().reduce_targets(Sum<S>(), count_positive).value() > S(0)) return false;
    Separation<S> intercept;
    intercept.existence = Existence::separated_completely;
    intercept.direction = -Vector<S>::Unit(problem.features() + 1, problem.features());
    report_separation(intercept, problem.features(), 1, 1,
                      "all counts are zero: the intercept falls for ever, and every mean with it. No penalty holds an "
                      "intercept; leave it out, or take rows with a positive count",
                      report);
    return true;
}

/// Whether there is a finite optimum: the proof by the last step of the solver; where it has none, by one step from
/// where it ended; where that proves nothing, a linear program. In equilibrated columns, whatever the solver saw.
template <class Risk>
class ExistenceExamination {
public:
    using S = typename Risk::Scalar;

    ExistenceExamination(const Problem<S>& problem, const Risk& risk, const Result<S>& result, FitReport& report)
        : problem_(&problem), risk_(&risk), result_(&result), report_(&report) {}

    GRADUS_ONCE void run(const Parameters<S>& found) {
        if (!risk_->coordinates().is_identity()) return examine(*risk_, result_->x, result_->last_step);
        const Risk seen = balanced_risk(*problem_, *risk_);
        examine(seen, solver_parameters<S>(seen, found), {});
    }

private:
    GRADUS_ONCE void examine(const Risk& risk, const Vector<S>& theta, SecondOrderStep<S> step) {
        const MarginKind margins = problem_->family.margins();
        S certificate = std::numeric_limits<S>::infinity();
        if constexpr (requires(Matrix<S> H) { risk.hessian(theta, H); }) {
            if (result_->converged() && step.x.size() == 0) step = second_order_step(risk, theta);
            certificate = step.stride == 1 ? existence_certificate(risk, margins, step)
                                           : existence_certificate(risk.thinned(step.stride), margins, step);
        }
        if (certificate < S(1)) {
            accept_certificate(certificate);
        } else if (is_separation_affordable(result_->counts, problem_->sample().rows(), risk_->dimension())) {
            decide(risk, theta);
            // too many parameters for integers: dependent columns are then what they are to the rank, too
            if (report_->existence == Existence::in_doubt)
                certificate = existence_certificate(risk, margins, step, true);
            if (certificate < S(1)) accept_certificate(certificate);
        }
        if (report_->existence == Existence::in_doubt) report_doubt();
    }
    void accept_certificate(const S& certificate) {
        report_->existence = Existence::finite;
        report_->existence_certificate = static_cast<double>(certificate);
    }
    GRADUS_ONCE void decide(const Risk& risk, const Vector<S>& theta) {
        using View = SeparationView<RowWalk<S>, S>;
        const MarginKind margins = problem_->family.margins();
        const View seen{&risk.walk(), user_functionals<S>(risk)};
        const std::optional<RiskTerms<S>> rows = exact_rows<S>(risk, margins);
        std::optional<View> exact;
        if (rows) exact = exact_view(*rows, margins);
        const Separation<S> separation = decide_separation(seen, exact ? &*exact : nullptr, margins, theta);
        report_->existence = separation.existence;
        if (separation.existence == Existence::finite)
            report_->existence_certificate = static_cast<double>(separation.certificate);
        const Index p = problem_->features(), m = risk_->predictor().loadings().rows();
        if (separation.found())
            report_separation(separation, p, p > 0 ? m : 0, risk_->predictor().outputs(),
                              separation_message(margins, separation.existence == Existence::separated_completely),
                              *report_);
    }
    GRADUS_ONCE void report_doubt() {
        if (!report_->converged()) return;
        report_->status = Status::existence_in_doubt;
        report_->message = text("whether the likelihood has a finite maximum is in doubt: the last step does not prove "
                                "it, and ",
                                report_->parameters, " parameters in ", report_->rows,
                                " rows are too many to decide it. Use a small ridge, or fewer columns");
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

    const Problem<S>* problem_;
    const Risk* risk_;
    const Result<S>* result_;
    FitReport* report_;
};

}  // namespace gradus::detail
