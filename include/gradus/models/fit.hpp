#pragma once
// The way from a problem through a solver to parameters and a report: problem -> objective -> solver -> report, each
// once.

#include <gradus/models/explain_steps.hpp>
#include <gradus/objectives/least_squares.hpp>
#include <gradus/solvers/solver.hpp>

namespace gradus {

template <class Solver, class S, class F>
concept IterativeSolver = requires(const Solver& solver, const F& f, const Vector<S>& start, NoObserver observer) {
    { solver.minimize(f, start, observer) } -> std::same_as<Result<S>>;
};

namespace detail {

/// Shows the observer the user's parameters (the columns of W one after another, then b) and the gradient with respect
/// to them.
template <class Observer, Scalar S>
class InUserCoordinates {
public:
    InUserCoordinates(Observer& observer, const RiskTerms<S>& risk) : observer_(&observer), risk_(&risk) {}

    auto operator()(const IterationRecord<S>& record) {
        const Parameters<S> user = user_parameters<S>(*risk_, record.x);
        parameters_ = flat(user.W, user.b, risk_->predictor().intercepts() > 0);
        gradient_ = user_gradient<S>(*risk_, record.gradient);
        const Vector<S>& unit = risk_->sample().target_coordinates.scale;
        const S value = unit.size() == 1 ? S(record.value / unit[0] / unit[0]) : record.value;
        return (*observer_)(IterationRecord<S>{record.iteration, value, max_norm(gradient_), record.relative_gradient,
                                               record.step, parameters_, gradient_});
    }
    std::string reason() const requires requires(const Observer& observer) { observer.reason(); }
    { return observer_->reason(); }

private:
    Observer* observer_;
    const RiskTerms<S>* risk_;
    Vector<S> parameters_, gradient_;
};

template <class Penalty>
void check_penalty(const Penalty& penalty, Index features) {
    if constexpr (requires { penalty.check(features); }) penalty.check(features);
}
template <class Penalty>
std::string penalty_formula() {
    if constexpr (ZeroPenalty<Penalty>) return "";
    else if constexpr (requires {
                           { Penalty::formula } -> std::convertible_to<const char*>;
                       })
        return text(" + ", Penalty::formula);
    else return " + penalty";
}

template <Scalar S>
GRADUS_ONCE void check_start(const Parameters<S>& start, const Predictor<S>& predictor, bool has_thresholds) {
    if (!start.is_set) return;
    const Index p = predictor.features(), m = predictor.loadings().rows(), k = predictor.outputs();
    const char* intercept = has_thresholds ? "threshold" : "intercept";
    const auto shape = [=](Index rows, Index columns) { return m == 1 ? text(rows) : text(rows, " x ", columns); };
    if (start.W.rows() != p || start.W.cols() != m || start.b.size() != k)
        reject("start_at: ", shape(start.W.rows(), start.W.cols()), " coefficients and ", start.b.size(), " ",
               intercept, "s, expected ", shape(p, m), " and ", k);
    for (Index j = 0; j < start.W.size(); ++j)
        if (!(start.W.data()[j] - start.W.data()[j] == S(0)))
            reject("start_at: coefficient ", j % p, " is ", static_cast<double>(start.W.data()[j]),
                   ", but must be finite");
    for (Index c = 0; c < k; ++c)
        if (!(start.b[c] - start.b[c] == S(0)))
            reject("start_at: ", intercept, " ", c, " is ", static_cast<double>(start.b[c]), ", but must be finite");
}

/// The objective of a problem, in the coordinates that suit a solver of these traits; the targets in the user's where a
/// penalty is added that is not quadratic.
template <class Risk, Scalar S>
GRADUS_ONCE Risk objective_of(const Problem<S>& problem, const AnyPenalty<S>& penalty, const SolverTraits& traits,
                              bool may_scale_targets = true) {
    Sample<S> sample = problem.sample();
    const Coordinates<S> offsets = offset_coordinates(problem);
    sample.offset_origin = offsets.shift;
    if (traits.takes_any_coordinates) {
        if (may_scale_targets) sample.target_coordinates = target_units(problem, penalty, offsets);
        sample.X = sample.X.seen_in(balanced_coordinates(problem, penalty, traits.builds_curvature));
    }
    AnyLoss<S> loss = problem.family.loss();
    if (!sample.target_coordinates.is_identity()) loss = loss.in_units(sample.target_coordinates.scale[0]);
    return Risk(std::move(loss), penalty, problem.family.predictor(problem.features(), problem.has_intercept),
                std::move(sample));
}

/// Where a run begins: the constant fit, or where start_at() said. It also gives the objective the unit of its
/// gradient. `found`: the constant fit, for those who want to know more of it.
template <class Risk, Scalar S>
GRADUS_ONCE Vector<S> begin_at(const Problem<S>& problem, Risk& risk, const Parameters<S>& start,
                               ConstantFit<S>* found = nullptr) {
    const Predictor<S>& predictor = risk.predictor();
    const ConstantFit<S> constant = fit_constant(risk.loss(), risk.sample(), predictor.intercept_map());
    if (found) *found = constant;
    Vector<S> scale = column_sizes<S>(problem, risk);
    for (Index j = 0; j < scale.size(); ++j) scale[j] *= constant.slope_size;
    // a column that the penalty holds at zero would be judged by what is nothing but rounding
    const S least = risk.penalty().is_zero() ? S(0) : S(S(1e-8) * max_norm(scale));
    for (Index j = 0; j < scale.size(); ++j) scale[j] = std::max(scale[j], least);
    risk.set_gradient_scale(std::move(scale));
    if (start.is_set) return solver_parameters<S>(risk, start);
    return predictor.parameters(Matrix<S>::Zero(predictor.features(), predictor.loadings().rows()), constant.eta);
}

/// F: the objective, made of this risk.
template <class F, Scalar S, class Solver, class Observer>
Result<S> run_solver(const F& f, const RiskTerms<S>& risk, const Solver& solver, const Vector<S>& start,
                     Observer& observer) {
    static_assert(IterativeSolver<Solver, S, F>, "gradus: a solver has a member minimize(objective, start, observer) "
                                                 "const that returns gradus::Result<Scalar>");
    static_assert(std::is_invocable_v<Observer&, const IterationRecord<S>&>,
                  "gradus: an observer is called with (const gradus::IterationRecord<Scalar>&) and returns void or "
                  "gradus::Control");
    if constexpr (std::is_same_v<std::remove_cv_t<Observer>, NoObserver>) {
        return solver.minimize(f, start, observer);
    } else {
        InUserCoordinates<Observer, S> shown(observer, risk);
        return solver.minimize(f, start, shown);
    }
}

/// By an iterative solver.
template <class Risk, Scalar S, class Solver, class Observer>
FitReport fit_iteratively(const Problem<S>& problem, const AnyPenalty<S>& penalty, const Parameters<S>& from,
                          const Solver& solver, Observer& observer, Parameters<S>& found) {
    constexpr SolverTraits traits = traits_of<Solver>();
    Risk risk = objective_of<Risk>(problem, penalty, traits);
    const Vector<S> start = begin_at(problem, risk, from);
    const Result<S> result = run_solver(risk, risk, solver, start, observer);
    FitReport report = FitExamination<Risk>(problem, risk, result, traits).run(found);
    if constexpr (traits.has_finite_optimum) report.mean_loss = static_cast<double>(risk.value(result.x));
    complete_report<Solver, S>(problem, risk, result, report);
    // steps depend on curvature only where they are those of the user's own coordinates
    if constexpr (!traits.takes_any_coordinates)
        if (!report.converged() && report.status == result.status && result.usable() &&
            result.status != Status::stopped_by_observer)
            explain_steps(problem, risk, solver, start, result, report);
    return report;
}

}  // namespace detail

}  // namespace gradus
