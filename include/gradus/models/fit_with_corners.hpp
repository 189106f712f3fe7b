#pragma once
// A fit whose penalty has corners.

#include <gradus/models/fit.hpp>
#include <gradus/models/uniqueness.hpp>
#include <gradus/models/unpenalised_directions.hpp>
#include <gradus/models/working_sets.hpp>
#include <gradus/objectives/duality_gap.hpp>
#include <gradus/objectives/penalty_corner.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>

#include <limits>
#include <optional>
#include <utility>

namespace gradus::detail {

/// Fits of one problem with penalties that have corners, one after another; each begins where the last one ended. Loss
/// and penalty are the two parts of a Composite; the rest is as for a smooth penalty, but that nothing is asked of a
/// Hessian.
template <class Risk, class Solver>
class CornerFit {
public:
    using S = typename Risk::Scalar;
    static constexpr SolverTraits traits = traits_of<Solver>();

    CornerFit(const Problem<S>& problem, const Parameters<S>& from)
        : problem_(&problem), risk_(objective_of<Risk>(problem, AnyPenalty<S>(NoPenalty{}), traits, false)) {
        at_ = evaluate<S>(risk_, begin_at(problem, risk_, from, &constant_));
        const auto least =
            risk_.walk().reduce_targets(Sum<S>(), [&](Index, Index b, RowScratch<S>& rows, Sum<S>& part) {
                part.add(problem.family.saturated(rows.y.topRows(b), rows.s.head(b)));
            });
        least_loss_ = least.value() / risk_.sample().total_weight;
    }

    CornerFit(const CornerFit&) = delete;  // what it has looks at its risk

    const Risk& risk() const { return risk_; }
    /// Mean loss of the best constant, and the least that any eta could give.
    const S& constant_loss() const { return constant_.mean_loss; }
    const S& least_loss() const { return least_loss_; }
    /// Where the last fit ended: mean loss and its gradient, but for features that are zero and known to stay it.
    const Evaluation<S>& at() const { return at_; }
    /// And the gradient of all.
    Vector<S> gradient() const { return evaluate<S>(risk_, at_.x).gradient; }

    /// eta of all rows where the last fit ended, offset included, n x k; those without weight among them.
    Matrix<S> linear_predictor() const {
        if (const Matrix<S>* eta = screen_ ? screen_->linear_predictor(at_.x) : nullptr) return *eta;
        const auto support = FeatureSubset<S>::support(risk_.predictor(), at_.x);
        return support.risk(*problem_, risk_).walk().linear_predictor(support.of(at_.x));
    }

    /// The next fit may end near x.
    void expect(Vector<S> x) { expected_ = std::move(x); }

    template <class Penalty, class Observer>
    FitReport fit(const Penalty& penalty, const Solver& solver, Observer& observer, Parameters<S>& found) {
        return fit_part(Composite(risk_, corner_of(penalty)), is_convex_penalty<Penalty>(), solver, observer, found);
    }

    /// Says where the last fit, with this penalty, need not be the only minimum. `at_a_glance`: only where it is
    /// cheap, or something seems to be wrong.
    template <class Penalty>
    void remark_on_uniqueness(const Penalty& penalty, FitReport& report, bool at_a_glance = false) const {
        if constexpr (is_convex_penalty<Penalty>() && takes_coordinate_descent<Penalty, S>() &&
                      requires(const Risk& risk, Matrix<S>& H) { risk.hessian(at_.x, H); }) {
            if (!report.converged() || !risk_.is_convex()) return;
            if (at_a_glance && !may_depend_at(risk_, corner_of(penalty), at_)) return;
            const std::string names = dependent_at(*problem_, risk_, corner_of(penalty), at_);
            if (!names.empty())
                report.message += "; other coefficients may be as good: " + names +
                                  (names.find(',') == names.npos ? " depends" : " depend") +
                                  " on columns that are not zero either";
        }
    }

    /// The penalty in the coordinates of the solver: w_j = scale_j v_j.
    template <ElasticPenalty<S> Penalty>
    ElasticPart<S> corner_of(const Penalty& penalty) const {
        const Index p = problem_->features();
        Vector<S> l1 = Vector<S>::Zero(risk_.dimension()), l2 = l1;
        for (Index c = 0; c < risk_.predictor().width(); ++c)
            for (Index j = 0; j < p; ++j) {
                const S scale = risk_.coordinates().scale_of(j);
                if (!(std::max(S(penalty.l1(j)), S(penalty.l2(j))) <= std::numeric_limits<S>::max()))
                    reject("penalty: lambda times the factor of column ", j, " is beyond the range of ",
                           scalar_name<S>());
                l1[c * p + j] = S(penalty.l1(j)) * scale;
                l2[c * p + j] = S(penalty.l2(j)) * scale * scale;
            }
        return {std::move(l1), std::move(l2)};
    }
    template <SeparablePenalty<S> Penalty>
    SeparablePart<S> corner_of(const Penalty& penalty) const {
        const Index p = problem_->features();
        using Indices = Eigen::Matrix<Index, Eigen::Dynamic, 1>;
        Indices features = Indices::Constant(risk_.dimension(), -1);
        Vector<S> scale = Vector<S>::Constant(risk_.dimension(), S(1));
        for (Index l = 0; l < p * risk_.predictor().width(); ++l)
            scale[l] = risk_.coordinates().scale_of(features[l] = l % p);
        return {AnySeparablePenalty<S>(penalty), std::move(features), std::move(scale)};
    }
    template <GroupPenalty<S> Penalty>
    GroupPart<S> corner_of(const Penalty& penalty) const {
        const Index p = problem_->features();
        using Indices = typename GroupPart<S>::Indices;
        Indices group = Indices::Constant(risk_.dimension(), -1);
        Vector<S> scale = Vector<S>::Constant(risk_.dimension(), S(1));
        for (Index l = 0; l < p * risk_.predictor().width(); ++l) {
            group[l] = penalty.group(l % p);
            scale[l] = risk_.coordinates().scale_of(l % p);
        }
        return {std::move(group), penalty.amounts(p).template cast<S>(), std::move(scale)};
    }
    template <CornerPenalty<S> Penalty>
    requires(!ElasticPenalty<Penalty, S> && !SeparablePenalty<Penalty, S> &&
             !GroupPenalty<Penalty, S>) PenaltyCorner<S> corner_of(const Penalty& penalty)
    const { return {AnyCornerPenalty<S>(penalty), risk_.predictor(), risk_.coordinates()}; }

private:
    template <class Part>
    static constexpr bool has_working_sets = !std::is_same_v<Part, PenaltyCorner<S>>;

    // bounds may leave out zero, and the last penalty may have led elsewhere
    template <class Part>
    void begin_where_it_is_finite(const Part& part) {
        using std::isfinite;
        if (isfinite(part.value(at_.x))) return;
        Vector<S> x = at_.x;
        part.prox(S(1), x);
        at_ = evaluate<S>(risk_, std::move(x));
    }

    template <class F, class Observer>
    Result<S> run(const F& f, const Solver& solver, Observer& observer) {
        using Part = std::remove_cvref_t<decltype(f.corner())>;
        if constexpr (std::is_same_v<Solver, CoordinateDescent> && has_working_sets<Part>)
            if (risk_.dimension() > solver.working_set || !solver.refines)  // the gap decides when to stop
                return run_on_sets<Part>(f, solver, observer);
        const Vector<S> expected = std::exchange(expected_, {});
        Result<S> result = run_solver(f, risk_, solver, expected.size() ? expected : at_.x, observer);
        if (result.usable()) at_ = evaluate<S>(risk_, result.x);
        if constexpr (!std::is_same_v<Solver, CoordinateDescent> &&
                      requires(Solver other) { other.tolerance *= 0.1, other.max_iterations -= 1; })
            close_gap(f, solver, observer, result);
        return result;
    }
    // A residual within the tolerance may leave a larger duality gap, and it is the gap that tells how far the optimum
    // is.
    template <class F, class Observer>
    void close_gap(const F& f, Solver solver, Observer& observer, Result<S>& result) {
        const S enough = reachable<S>(solver.tolerance);
        while (result.converged() && relative_gap(f.corner(), at_) > enough &&
               solver.tolerance > 64 * static_cast<double>(epsilon<S>)) {
            solver.tolerance *= 0.1;
            solver.max_iterations -= result.iterations;
            const int iterations = result.iterations;
            const Counts counts = result.counts;
            result = run_solver(f, risk_, solver, at_.x, observer);
            result.iterations += iterations;
            result.counts += counts;
            if (result.usable()) at_ = evaluate<S>(risk_, result.x);
        }
    }
    template <class Part, class F, class Observer>
    Result<S> run_on_sets(const F& f, const CoordinateDescent& solver, Observer& observer) {
        const auto gap = [&](const Evaluation<S>& at, S& out) { out = relative_gap(f.corner(), at); };
        if (!screen_ && ScreenedGradient<Risk>::suits(risk_)) screen_.emplace(*problem_, risk_);
        WorkingSets<Risk, Part> sets(*problem_, f, solver, gap, products_, screen_ ? &*screen_ : nullptr);
        const Vector<S> expected = std::exchange(expected_, {});
        if constexpr (std::is_same_v<std::remove_cv_t<Observer>, NoObserver>)
            return sets.minimise(at_, expected, observer);
        else {
            InUserCoordinates<Observer, S> shown(observer, risk_);
            return sets.minimise(at_, expected, shown);
        }
    }

    template <class Part>
    static bool penalises(const Part&) {
        return true;
    }
    static bool penalises(const ElasticPart<S>& part) {
        for (Index j = 0; j < part.l1().size(); ++j)
            if (!part.is_free(j)) return true;
        return false;
    }

    template <class Part>
    DualPoint<S> dual_point(const Part& part, const Evaluation<S>& loss) const {
        return {loss.x,
                loss.gradient,
                loss.value + part.value(loss.x),
                std::max(S(0), S(loss.value - least_loss_)),
                risk_.predictor().first_intercept(),
                risk_.gradient_scale(),
                4 * constant_.slope_size};
    }
    template <class Part>
    S gap_at(const Part& part, const Evaluation<S>& loss) const {
        return risk_.is_convex() ? duality_gap<S>(part, dual_point(part, loss)) : S(-1);
    }
    // beside the loss of the best constant; -1: nothing is known
    template <class Part>
    S relative_gap(const Part& part, const Evaluation<S>& loss) const {
        const S gap = relative(gap_at(part, loss));
        return gap < S(0) && !detail::has_near_intercepts(dual_point(part, loss)) ? S(1) : gap;  // 1: not there yet
    }
    // Of a run that ended with intercepts far from their optimum: what the best ones gain, and the gap there.
    template <class Part>
    S certified_gap(const Part& part) const {
        using std::abs;
        const S gap = gap_at(part, at_);
        if (gap >= S(0) || !risk_.is_convex() || detail::has_near_intercepts(dual_point(part, at_))) return gap;
        const Index first = risk_.predictor().first_intercept();
        const InterceptsAlone loss{&risk_, at_.x, first};
        const Vector<S> start = at_.x.tail(at_.x.size() - first);
        Vector<S> x = at_.x;
        x.tail(start.size()) = LBFGS{}.minimize(loss, start).x;
        const Evaluation<S> better = evaluate<S>(risk_, std::move(x));
        const S rest = gap_at(part, better);
        return rest < S(0) ? rest
                           : S(std::max(S(0), S(at_.value - better.value)) + rest + 8 * epsilon<S> * abs(at_.value));
    }
    struct InterceptsAlone {
        const Risk* risk;
        Vector<S> x;
        Index first;
        S value_and_gradient(const Vector<S>& b, Vector<S>& gradient) const {
            Vector<S> all = x, slopes;
            all.tail(b.size()) = b;
            const S value = risk->value_and_gradient(all, slopes);
            gradient = slopes.tail(b.size());
            return value;
        }
    };
    S relative(const S& gap) const {
        const S unit = constant_.mean_loss - least_loss_;
        return gap < S(0) ? gap : unit > S(0) ? S(gap / unit) : S(0);
    }
    template <class Part>
    void certify(const Part& part, bool is_convex, FitReport& report) const {
        if (!is_convex && report.converged())
            report.message += "; a stationary point: the penalty is not convex, and there may be others";
        if (!is_convex) return;
        const S gap = certified_gap(part);
        report.duality_gap = static_cast<double>(gap);
        report.relative_duality_gap = static_cast<double>(relative(gap));
        if (gap >= S(0) && report.converged())
            report.message += text("; duality gap ", report.duality_gap, ", relative ", report.relative_duality_gap);
    }

    // A duality gap has slopes whose penalty's conjugate is finite: with those no direction separates. Of penalties
    // that are not convex a stationary point is asked, and no more. What is free does not change along a path.
    template <class Part>
    void examine_existence(const Part& part, bool is_convex, const Result<S>& result, FitReport& report) {
        const MarginKind margins = problem_->family.margins();
        if (margins == MarginKind::none || report.existence != Existence::not_examined) return;
        if (is_convex ? report.duality_gap >= 0 : report.converged()) return;
        UnpenalisedDirections<Risk> free(*problem_, risk_, part);
        if (!free.any()) return;
        if (!free_ || !free_->are_those_of(free)) {
            if (!is_separation_affordable(result.counts, problem_->sample().rows(), free.parameters())) return;
            separation_ = free.decide(result.x);
            if (!is_convex) separation_.sign.clear();
            free_.emplace(std::move(free));
        }
        report.existence = separation_.existence;
        if (separation_.existence == Existence::finite)
            report.existence_certificate = static_cast<double>(separation_.certificate);
        if (!separation_.found()) return;
        const bool is_complete = separation_.existence == Existence::separated_completely;
        report_separation(separation_, problem_->features(), risk_.predictor().loadings().rows(),
                          risk_.predictor().outputs(),
                          separation_message(margins, is_complete, ", which the penalty does not hold"), report);
    }

    // Its body stands outside, since what stands in a class is compiled in every file that calls it.
    template <class F, class Observer>
    FitReport fit_part(const F& f, bool is_convex, const Solver& solver, Observer& observer, Parameters<S>& found);

    const Problem<S>* problem_;
    Risk risk_;
    ConstantFit<S> constant_;
    S least_loss_{0};
    Evaluation<S> at_;
    Vector<S> expected_;  // by who knows where the next fit may end
    GramCache<Risk> products_;
    std::optional<ScreenedGradient<Risk>> screen_;
    std::optional<UnpenalisedDirections<Risk>> free_;
    Separation<S> separation_;  // along these
};

template <class Risk, class Solver>
template <class F, class Observer>
FitReport CornerFit<Risk, Solver>::fit_part(const F& f, bool is_convex, const Solver& solver, Observer& observer,
                                            Parameters<S>& found) {
    begin_where_it_is_finite(f.corner());
    const Result<S> result = run(f, solver, observer);
    FitReport report =
        FitExamination<Risk>(*problem_, risk_, result, traits, f.corner().value(result.x), penalises(f.corner()))
            .run(found);
    // only differences of intercepts count, which were centred in other coordinates
    if (problem_->family.margins() == MarginKind::softmax && problem_->has_intercept) found.b.array() -= found.b.mean();
    if (result.usable()) certify(f.corner(), is_convex, report);
    if (result.usable()) examine_existence(f.corner(), is_convex, result, report);
    complete_report<Solver, S>(*problem_, risk_, result, report);
    return report;
}

GRADUS_COMPILE(class CornerFit<EmpiricalRisk<double>, CoordinateDescent>)
GRADUS_COMPILE(FitReport CornerFit<EmpiricalRisk<double>, CoordinateDescent>::fit_part(
    const Composite<EmpiricalRisk<double>, ElasticPart<double>>&, bool, const CoordinateDescent&, NoObserver&,
    Parameters<double>&))
GRADUS_COMPILE(std::string dependent_at(const Problem<double>&, const EmpiricalRisk<double>&,
                                        const ElasticPart<double>&, const Evaluation<double>&))

}  // namespace gradus::detail
