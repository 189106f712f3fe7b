#pragma once
// A fit whose penalty has corners.

#include <gradus/models/fit.hpp>
#include <gradus/models/working_sets.hpp>
#include <gradus/objectives/duality_gap.hpp>
#include <gradus/objectives/penalty_corner.hpp>

namespace gradus::detail {

/// Loss and penalty are the two parts of a Composite; the rest is as for a smooth penalty, but that nothing is asked of
/// a Hessian.
template <class Risk, Scalar S, class Solver, class Observer>
FitReport fit_with_corners(const Problem<S>& problem, const AnyCornerPenalty<S>& penalty, const Parameters<S>& from,
                           const Solver& solver, Observer& observer, Parameters<S>& found) {
    constexpr SolverTraits traits = traits_of<Solver>();
    Risk risk = objective_of<Risk>(problem, AnyPenalty<S>(NoPenalty{}), traits, false);
    const Vector<S> start = begin_at(problem, risk, from);
    const PenaltyCorner<S> corner(penalty, risk.predictor(), risk.coordinates());
    const Result<S> result = run_solver(Composite(risk, corner), risk, solver, start, observer);
    FitReport report = FitExamination<Risk>(problem, risk, result, traits, corner.value(result.x), true).run(found);
    complete_report<Solver, S>(problem, risk, result, report);
    return report;
}

/// Fits of one problem with elastic penalties, one after another; each begins where the last one ended.
template <class Risk, class Solver>
class ElasticFit {
public:
    using S = typename Risk::Scalar;
    static constexpr SolverTraits traits = traits_of<Solver>();

    ElasticFit(const Problem<S>& problem, const Parameters<S>& from)
        : problem_(&problem), risk_(objective_of<Risk>(problem, AnyPenalty<S>(NoPenalty{}), traits, false)) {
        at_ = evaluate<S>(risk_, begin_at(problem, risk_, from, &constant_));
        const auto least =
            risk_.walk().reduce_targets(Sum<S>(), [&](Index, Index b, RowScratch<S>& rows, Sum<S>& part) {
                part.add(problem.family.saturated(rows.y.topRows(b), rows.s.head(b)));
            });
        least_loss_ = least.value() / risk_.sample().total_weight;
    }

    const Risk& risk() const { return risk_; }
    /// Mean loss of the best constant, and the least that any eta could give.
    const S& constant_loss() const { return constant_.mean_loss; }
    const S& least_loss() const { return least_loss_; }
    /// Where the last fit ended: mean loss and its gradient.
    const Evaluation<S>& at() const { return at_; }

    template <class Penalty, class Observer>
    FitReport fit(const Penalty& penalty, const Solver& solver, Observer& observer, Parameters<S>& found) {
        const Composite f(risk_, elastic_part(penalty));
        const Result<S> result = run(f, solver, observer);
        const bool is_penalised = !all_free(f.corner());
        FitReport report =
            FitExamination<Risk>(*problem_, risk_, result, traits, f.corner().value(result.x), is_penalised).run(found);
        // only differences of intercepts count, which were centred in other coordinates
        if (problem_->family.margins() == MarginKind::softmax && problem_->has_intercept)
            found.b.array() -= found.b.mean();
        if (result.usable()) certify(f.corner(), report);
        complete_report<Solver, S>(*problem_, risk_, result, report);
        return report;
    }

    /// The penalty in the coordinates of the solver: w_j = scale_j v_j.
    template <class Penalty>
    ElasticPart<S> elastic_part(const Penalty& penalty) const {
        const Index p = problem_->features();
        Vector<S> l1 = Vector<S>::Zero(risk_.dimension()), l2 = l1;
        for (Index c = 0; c < risk_.predictor().width(); ++c)
            for (Index j = 0; j < p; ++j) {
                const S scale = risk_.coordinates().scale_of(j);
                l1[c * p + j] = S(penalty.l1(j)) * scale;
                l2[c * p + j] = S(penalty.l2(j)) * scale * scale;
            }
        return {std::move(l1), std::move(l2)};
    }

private:
    using F = Composite<Risk, ElasticPart<S>>;

    template <class Observer>
    Result<S> run(const F& f, const Solver& solver, Observer& observer) {
        if constexpr (std::is_same_v<Solver, CoordinateDescent>)
            if (f.corner().l1().size() > solver.working_set) return run_on_sets(f, solver, observer);
        Result<S> result = run_solver(f, risk_, solver, at_.x, observer);
        if (result.usable()) at_ = evaluate<S>(risk_, result.x);
        return result;
    }
    template <class Observer>
    Result<S> run_on_sets(const F& f, const CoordinateDescent& solver, Observer& observer) {
        const auto gap = [&](const Evaluation<S>& at, S& out) { out = relative(gap_at(f.corner(), at)); };
        WorkingSets<Risk> sets(*problem_, f, solver, gap, products_);
        if constexpr (std::is_same_v<std::remove_cv_t<Observer>, NoObserver>) return sets.minimise(at_, observer);
        else {
            InUserCoordinates<Observer, S> shown(observer, risk_);
            return sets.minimise(at_, shown);
        }
    }

    static bool all_free(const ElasticPart<S>& part) {
        for (Index j = 0; j < part.l1().size(); ++j)
            if (!part.is_free(j)) return false;
        return true;
    }

    S gap_at(const ElasticPart<S>& part, const Evaluation<S>& loss) const {
        if (!risk_.is_convex()) return S(-1);
        return duality_gap<S>(part, {loss.x, loss.gradient, loss.value + part.value(loss.x),
                                     std::max(S(0), S(loss.value - least_loss_)), risk_.predictor().first_intercept(),
                                     risk_.gradient_scale(), 4 * constant_.slope_size});
    }
    S relative(const S& gap) const {
        const S unit = constant_.mean_loss - least_loss_;
        return gap < S(0) ? gap : unit > S(0) ? S(gap / unit) : S(0);
    }
    void certify(const ElasticPart<S>& part, FitReport& report) const {
        const S gap = gap_at(part, at_);
        report.duality_gap = static_cast<double>(gap);
        report.relative_duality_gap = static_cast<double>(relative(gap));
        if (gap >= S(0) && report.converged())
            report.message += text("; duality gap ", report.duality_gap, ", relative ", report.relative_duality_gap);
    }

    const Problem<S>* problem_;
    Risk risk_;
    ConstantFit<S> constant_;
    S least_loss_{0};
    Evaluation<S> at_;
    GramCache<Risk> products_;
};

}  // namespace gradus::detail
