#pragma once
// The way from a loss, a penalty and data through a solver to coefficients and a report: what all iteratively fitted models share.

#include <gradus/diagnostics/post_mortem.hpp>
#include <gradus/diagnostics/separation.hpp>
#include <gradus/losses/any_loss.hpp>
#include <gradus/models/fit_report.hpp>
#include <gradus/models/linear_map.hpp>
#include <gradus/models/preparation.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/any_penalty.hpp>
#include <gradus/predictors/any_predictor.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/sum_to_zero.hpp>
#include <gradus/solvers/direct/qr.hpp>
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/observer.hpp>

namespace gradus {

/// A solver whose steps do not depend on the coordinates says so, and is given centred and scaled columns. All others run in the user's own,
/// because the step size, its stable interval and the trace are about those.
template <class Solver>
inline constexpr bool wants_equilibrated_coordinates = requires {
    requires Solver::wants_equilibrated_coordinates;
};

/// What models hand to solvers: one type per scalar.
template <Scalar S>
using ModelObjective = EmpiricalRisk<AnyLoss<S>, AnyPenalty<S>, AnyPredictor<S>>;

/// A solver that adds to the objective what gives it a finite optimum, and says so: existence is no question then.
template <class Solver>
inline constexpr bool has_finite_optimum = requires {
    requires Solver::has_finite_optimum;
};

template <class Solver, class S>
concept IterativeSolver = requires(const Solver& solver, const ModelObjective<S>& f, const Vector<S>& start,
                                   NoObserver observer) {
    { solver.minimize(f, start, observer) } -> std::same_as<Result<S>>;
};

namespace detail {

/// Root mean square of the slopes of the loss at the constant eta: the unit in which gradients are judged.
template <class Loss, Scalar S>
GRADUS_ONCE S slope_scale(const Loss& loss, const Sample<S>& sample, const Vector<S>& eta) {
    using std::sqrt;
    Sum<S> sum;
    const Index k = loss.outputs();
    for (Index first = 0; first < sample.rows(); first += max_block_rows) {
        const Index b = std::min<Index>(max_block_rows, sample.rows() - first);
        Matrix<S> y(b, sample.Y.columns()), rows(b, k), slope(b, k), offset(b, k);
        Vector<S> s(b);
        sample.copy_targets(first, y);
        sample.copy_weights(first, s);
        for (Index c = 0; c < k; ++c)
            for (Index i = 0; i < b; ++i) rows(i, c) = eta[c];
        if (sample.offset) {
            sample.copy_offset(first, offset);
            for (Index c = 0; c < k; ++c)
                for (Index i = 0; i < b; ++i) rows(i, c) += offset(i, c);
        }
        loss.value_and_slope(y, rows, Vector<S>::Ones(b), slope);
        for (Index c = 0; c < k; ++c)
            for (Index i = 0; i < b; ++i) sum.add(s[i] * slope(i, c) * slope(i, c));
    }
    return sqrt(sum.value() / sample.total_weight);
}

/// Shows the observer the user's parameters (the columns of W one after another, then b) and the gradient with respect to them.
template <class Observer, Scalar S>
class UserCoordinates {
public:
    UserCoordinates(Observer& observer, const AnyPredictor<S>& predictor, const Equilibration<S>& coordinates,
                    bool has_intercept)
        : observer_(&observer), predictor_(&predictor), coordinates_(&coordinates), has_intercept_(has_intercept) {}

    auto operator()(const IterationRecord<S>& record) {
        parameters_ = user_parameters(record.x);
        gradient_ = user_gradient(record.gradient);
        return (*observer_)(IterationRecord<S>{record.iteration, record.value, max_norm(gradient_),
                                               record.relative_gradient, record.step, parameters_, gradient_});
    }
    std::string reason() const requires requires(const Observer& observer) { observer.reason(); }
    { return observer_->reason(); }

    GRADUS_ONCE Vector<S> user_parameters(const Vector<S>& theta) const {
        Matrix<S> W = predictor_->coefficients(theta);
        Vector<S> b = predictor_->intercept(theta);
        if (!coordinates_->is_identity()) {
            scale_rows(W, coordinates_->scale);
            const Matrix<S> slopes = product<S>(W, predictor_->loadings());
            for (Index c = 0; has_intercept_ && c < b.size(); ++c)
                b[c] = intercept_in_user_coordinates<S>(b[c], S(0), slopes.col(c), coordinates_->shift);
        }
        return flat(W, b);
    }
    GRADUS_ONCE Vector<S> user_gradient(const Vector<S>& gradient) const {
        const Vector<S> all = flat(predictor_->coefficients(gradient), predictor_->intercept(gradient));
        return gradient_in_user_coordinates<S>(all, *coordinates_, predictor_->loadings(), has_intercept_);
    }

private:
    Vector<S> flat(const Matrix<S>& W, const Vector<S>& b) const {
        Vector<S> all(W.size() + (has_intercept_ ? b.size() : 0));
        for (Index j = 0; j < W.size(); ++j) all[j] = W.data()[j];
        for (Index c = 0; has_intercept_ && c < b.size(); ++c) all[W.size() + c] = b[c];
        return all;
    }

    Observer* observer_;
    const AnyPredictor<S>* predictor_;
    const Equilibration<S>* coordinates_;
    bool has_intercept_;
    Vector<S> parameters_, gradient_;
};

/// What a loss says about itself: is_classification (with one output binary, with more softmax), is_count, is_ordinal, or its margins in so many words.
template <class Loss>
MarginKind margin_kind(const Loss& loss) {
    if constexpr (requires { Loss::margins; }) return Loss::margins;
    else if constexpr (requires { requires Loss::is_count; }) return MarginKind::count;
    else if constexpr (requires { requires Loss::is_ordinal; }) return MarginKind::ordinal;
    else if constexpr (requires { requires Loss::is_classification; })
        return loss.outputs() == 1 ? MarginKind::binary : MarginKind::softmax;
    else return MarginKind::none;
}

/// Refuses, in one sentence, a solver that needs more than the objective made of these has.
template <class Solver, class Loss, class Penalty, class Predictor>
constexpr void check_solver() {
    using Risk = EmpiricalRisk<Loss, Penalty, Predictor>;
    if constexpr (requires { Solver::template requires_of<Risk, typename Loss::Scalar>(); })
        Solver::template requires_of<Risk, typename Loss::Scalar>();
}

template <class Solver>
const char* solver_name() {
    if constexpr (requires {
                      { Solver::name } -> std::convertible_to<const char*>;
                  })
        return Solver::name;
    else return "a solver of the user's own";
}

/// What the data say about a loss, a penalty and a predictor, before their types are forgotten.
struct ModelTraits {
    MarginKind margins;
    bool is_penalised, has_curvature;
    bool may_be_infinite() const { return margins != MarginKind::none; }  // the estimate, without a penalty
};

/// Everything about a fit that does not depend on loss, penalty, predictor or solver.
template <Scalar S>
class IterativeFit {
public:
    template <class Loss, SmoothPenalty<S> Penalty, class Predictor>
    GRADUS_ONCE IterativeFit(Loss loss, Penalty penalty, Predictor predictor, const Prepared<S>& prepared,
                             bool has_intercept, bool equilibrated)
        : IterativeFit(ModelTraits{margin_kind(loss), !ZeroPenalty<Penalty>, CurvedLoss<Loss>},
                       AnyLoss<S>(std::move(loss)), AnyPenalty<S>(std::move(penalty)),
                       AnyPredictor<S>(std::move(predictor)), prepared, has_intercept, equilibrated) {}

    /// Fits; `map` is the start when `from_there`, and the answer in the end.
    template <class Solver, class Observer>
    FitReport run(const Solver& solver, Observer& observer, LinearMap<S>& map, bool from_there) {
        static_assert(IterativeSolver<Solver, S>, "gradus: a solver has a member minimize(objective, start, observer) "
                                                  "const that returns gradus::Result<Scalar>");
        static_assert(std::is_invocable_v<Observer&, const IterationRecord<S>&>,
                      "gradus: an observer is called with (const gradus::IterationRecord<Scalar>&) and returns void or "
                      "gradus::Control");
        if (has_finite_optimum<Solver>) traits_.margins = MarginKind::none;
        const Vector<S> start = begin(map, from_there);
        Result<S> result;
        if constexpr (std::is_same_v<std::remove_cv_t<Observer>, NoObserver>) {
            result = solver.minimize(risk_, start, observer);
        } else {
            UserCoordinates<Observer, S> shown(observer, risk_.predictor(), risk_.coordinates(), has_intercept_);
            result = solver.minimize(risk_, start, shown);
        }
        FitReport report = end(result, map);
        report.solver = solver_name<Solver>();
        if constexpr (has_finite_optimum<Solver>) report.mean_loss = static_cast<double>(risk_.value(result.x));
        if (report.converged()) return report;
        name_cause(report);
        if (report.cause == Cause::separated) report.remedy = separation_remedy();
        if (report.cause == Cause::non_finite) find_bad_row(result.x, report);
        // steps depend on curvature only where they are those of the user's own coordinates
        if constexpr (!wants_equilibrated_coordinates<Solver>)
            if (report.status == result.status && result.usable() && result.status != Status::stopped_by_observer &&
                result.status != Status::too_large)
                explain_steps(solver, start, result, report);
        return report;
    }

private:
    GRADUS_ONCE IterativeFit(const ModelTraits& traits, AnyLoss<S> loss, AnyPenalty<S> penalty,
                             AnyPredictor<S> predictor, const Prepared<S>& prepared, bool has_intercept,
                             bool equilibrated)
        : prepared_(&prepared),
          has_intercept_(has_intercept),
          traits_(traits),
          risk_(std::move(loss), std::move(penalty), std::move(predictor), prepared.sample) {
        if (equilibrated) risk_.set_coordinates(coordinates(prepared, risk_.penalty(), has_intercept));
    }

    // Columns of like size; where the penalty is steeper than any loss, its own curvature sets the unit. Without that, a ridge on columns of unlike
    // scale makes the coordinates as badly scaled as they were (breast cancer data: conjugate gradients 6.0 correct digits in 10000 iterations;
    // with it more in 7500).
    GRADUS_ONCE static Equilibration<S> coordinates(const Prepared<S>& prepared, const AnyPenalty<S>& penalty,
                                                    bool has_intercept) {
        using std::sqrt;
        Equilibration<S> out = equilibrate(prepared.columns, has_intercept);
        const Matrix<S> W = Matrix<S>::Zero(out.scale.size(), 1);
        Matrix<S> h = W;
        penalty.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
        for (Index j = 0; j < out.scale.size(); ++j)
            if (h(j, 0) * out.scale[j] * out.scale[j] > S(1)) out.scale[j] = scale_to_one(S(sqrt(h(j, 0))));
        return out;
    }

    // b += sign (W A)'shift
    GRADUS_ONCE void move_intercept(const Matrix<S>& W, const Vector<S>& shift, const S& sign, Vector<S>& b) const {
        const Matrix<S> slopes = product<S>(W, risk_.predictor().loadings());
        for (Index c = 0; c < b.size(); ++c)
            for (Index j = 0; j < shift.size(); ++j) b[c] += sign * slopes(j, c) * shift[j];
    }
    // parameters that belong to one feature
    Index width() const {
        return (risk_.dimension() - risk_.predictor().intercepts()) / std::max<Index>(1, prepared_->sample.features());
    }

    GRADUS_ONCE Vector<S> begin(const LinearMap<S>& map, bool from_there) {
        const Index p = prepared_->sample.features(), k = risk_.loss().outputs();
        Vector<S> null = Vector<S>::Zero(k);
        if (has_intercept_) null = null_eta();
        Vector<S> scale = column_sizes();
        const S slope = slope_scale(risk_.loss(), prepared_->sample, null);
        for (Index j = 0; j < scale.size(); ++j) scale[j] *= slope;
        risk_.set_gradient_scale(std::move(scale));
        return from_there ? parameters_of(map)
                          : risk_.predictor().parameters(Matrix<S>::Zero(p, risk_.predictor().loadings().rows()), null);
    }

    // in the coordinates of the objective
    Vector<S> parameters_of(const LinearMap<S>& map) const {
        Matrix<S> W = map.W;
        Vector<S> b = map.b;
        if (!risk_.coordinates().is_identity()) {
            if (has_intercept_) move_intercept(map.W, risk_.coordinates().shift, S(1), b);
            unscale_rows(W, risk_.coordinates().scale);
        }
        return risk_.predictor().parameters(W, b);
    }

    // the closed form of the loss, over all rows at once
    GRADUS_ONCE Vector<S> null_eta() const {
        const Sample<S>& sample = prepared_->sample;
        Matrix<S> y(sample.rows(), sample.Y.columns());
        Vector<S> s(sample.rows());
        sample.copy_targets(0, y);
        sample.copy_weights(0, s);
        Vector<S> eta = risk_.loss().intercept_only(y, s);
        if (!all_finite(eta)) eta.setZero();
        return eta;
    }

    // the size of each parameter's column; each parameter of a feature gets the feature's, whatever the basis of the outputs
    GRADUS_ONCE Vector<S> column_sizes() const {
        const Index p = prepared_->sample.features();
        // with an intercept, what counts is how a column varies: beside a mean of 1e8 every gradient would look small
        Vector<S> columns = root_mean_square(prepared_->columns, risk_.coordinates());
        for (Index j = 0; has_intercept_ && j < p; ++j) {
            columns[j] = prepared_->columns.deviation[j];
            if (!risk_.coordinates().is_identity()) columns[j] *= risk_.coordinates().scale[j];
        }
        Vector<S> scale = Vector<S>::Ones(risk_.dimension());
        for (Index c = 0; c < width(); ++c)
            for (Index j = 0; j < p; ++j) scale[c * p + j] = columns[j];
        return scale;
    }

    GRADUS_ONCE FitReport end(const Result<S>& result, LinearMap<S>& map) {
        const Index p = prepared_->sample.features();
        NoObserver nobody;
        const UserCoordinates<NoObserver, S> user(nobody, risk_.predictor(), risk_.coordinates(), has_intercept_);
        FitReport report;
        report.status = result.status;
        report.message = result.message;
        report.iterations = result.iterations;
        report.counts = result.counts;
        report.objective = static_cast<double>(result.value);
        report.rows = prepared_->sample.rows();
        report.features = p;
        report.total_weight = static_cast<double>(prepared_->sample.total_weight);
        report.parameters = result.x.size();
        report.gradient_norm = static_cast<double>(max_norm<S>(user.user_gradient(result.gradient)));
        report.relative_gradient = static_cast<double>(result.relative_gradient);
        report.newton_decrement = static_cast<double>(result.decrement);
        report.correct_digits = result.correct_digits;
        report.condition_number = result.condition;

        map.W = risk_.user_coefficients(result.x);
        const Vector<S> all = user.user_parameters(result.x);
        map.b = Vector<S>::Zero(risk_.loss().outputs());
        for (Index c = 0; has_intercept_ && c < map.b.size(); ++c) map.b[c] = all[map.W.size() + c];
        map.is_fitted = true;

        if (result.rank == result.x.size()) report.rank = p;
        // a last step that is short in units of the problem proves that there is a finite optimum next to it
        const bool is_proven = result.converged() && result.rank == result.x.size() && result.correct_digits >= 4;
        const bool may_be_infinite = traits_.may_be_infinite() && !traits_.is_penalised;
        if (may_be_infinite) examine_existence(result, map, report);
        if (is_proven && (!may_be_infinite || report.existence == Existence::finite)) return report;
        if (report.converged() && traits_.may_be_infinite()) check_slopes(result, report);
        if (report.converged() && !traits_.is_penalised && report.rank < 0 && p > 0) decide_rank(map, report);
        if (report.converged() && result.rank >= 0 && result.rank < result.x.size() && report.rank == p &&
            !traits_.is_penalised) {
            report.status = Status::ill_conditioned;
            report.message = text("the Hessian, whose condition number is the square of that of the columns (",
                                  report.condition_number, "), resolves ", result.rank, " of ", result.x.size(),
                                  " directions in this arithmetic, so the coefficients cannot be trusted. Use QR "
                                  "(linear models), a wider scalar type, or fewer columns");
        }
        return report;
    }

    // no second derivatives have looked at the optimum: is the gradient small beside what it is made of?
    GRADUS_ONCE void check_slopes(const Result<S>& result, FitReport& report) const {
        using std::abs;
        const Vector<S> size = risk_.uncancelled_gradient(result.x, column_sizes());
        S largest(0);
        for (Index j = 0; j < size.size(); ++j)
            if (size[j] > S(0)) largest = std::max(largest, S(abs(result.gradient[j]) / size[j]));
        // far above the tolerance, whatever the user set it to
        if (!(largest > S(1e-4)) || !(largest > S(1000) * result.relative_gradient)) return;
        report.status = Status::vanishing_slopes;
        report.message = text("the gradient is small (relative ", report.relative_gradient,
                              ") only because the loss is flat here: it is still ", largest,
                              " of what its terms would give without cancelling. This is not the optimum; use Newton, "
                              "or a smaller tolerance");
    }

    // the first row whose loss or slope is not finite, and the column that contributes most to it
    GRADUS_ONCE void find_bad_row(const Vector<S>& theta, FitReport& report) const {
        using std::abs, std::isfinite;
        const Sample<S>& sample = prepared_->sample;
        const Matrix<S> eta = risk_.linear_predictor(theta), W = risk_.user_coefficients(theta);
        Matrix<S> y(sample.rows(), sample.Y.columns()), one_y(1, y.cols()), one(1, eta.cols()), slope(1, eta.cols());
        const Vector<S> s = Vector<S>::Ones(1);
        sample.copy_targets(0, y);
        for (Index i = 0; i < y.rows(); ++i) {
            for (Index c = 0; c < y.cols(); ++c) one_y(0, c) = y(i, c);
            bool is_finite = true;
            for (Index c = 0; c < one.cols(); ++c) one(0, c) = eta(i, c);
            is_finite = isfinite(risk_.loss().value_and_slope(one_y, one, s, slope));
            for (Index c = 0; c < one.cols(); ++c)
                is_finite = is_finite && isfinite(slope(0, c)) && isfinite(one(0, c));
            if (is_finite) continue;
            S largest(-1);
            for (Index j = 0; j < W.rows(); ++j)
                for (Index c = 0; c < W.cols(); ++c) {
                    const S part = abs(S(sample.X(i, j) * W(j, c)));
                    if (!(part <= largest)) largest = part, report.bad_column = j;
                }
            report.bad_row = i;
            report.message +=
                text("; row ", i, " is the first whose loss or slope is not finite, at eta = ", one(0, 0));
            if (report.bad_column >= 0)
                report.message += text(", to which ", feature(report.bad_column), " contributes most");
            return;
        }
    }

    std::string feature(Index j) const {
        const auto at = static_cast<std::size_t>(j);
        return at < prepared_->feature_names.size() ? "'" + prepared_->feature_names[at] + "'" : text("column ", j);
    }
    // of a parameter of the objective: feature or intercept, with its size
    std::string describe_parameter(Index parameter) const {
        const Index p = prepared_->sample.features();
        if (parameter >= p * width()) return "the intercept";
        const Vector<S> sizes = root_mean_square(prepared_->columns, risk_.coordinates());
        return text("feature ", feature(parameter % p), " (scale ", sizes[parameter % p], ")");
    }

    /// What a run in the user's own coordinates should have known: diagnose() of the objective, in the words of the model.
    template <class Solver>
    GRADUS_ONCE void explain_steps(const Solver& solver, const Vector<S>& start, const Result<S>& result,
                                   FitReport& report) const {
        const LearningRateReport rates = analyse_learning_rate(risk_, result.x);
        const Diagnosis why = diagnose(risk_, start, result, solver, &rates);
        report.cause = why.cause;
        const double step = fixed_step(solver), standardised = standardised_condition(result.x);
        const double condition = rates.condition_number();
        if (why.cause == Cause::step_too_long) {
            const StepLimit limit = step_limit(solver, rates);
            const bool can_scale = standardised > 0 && standardised < condition / 2;
            report.remedy =
                text("solver.step = {",
                     std::min(limit.step, rates.safe_step() > 0 ? rates.safe_step() : limit.step) / 2, "};");
            report.message +=
                text("; ", step > 0 ? text("step ", step, " is above ") : std::string("the limit of a fixed step is "),
                     limit.formula, " = ", limit.step, "; the steepest direction is mostly ",
                     describe_parameter(rates.steepest_parameters[0]), can_scale ? ": standardise it or" : ":",
                     " use a step below ", limit.step);
            if (rates.safe_step() > 0) report.message += text(" (below ", rates.safe_step(), " none can diverge)");
            return;
        }
        const bool is_slow = why.cause == Cause::budget_used_up || why.cause == Cause::badly_scaled;
        if (!is_slow) {
            report.remedy = why.remedy;
            report.message += text("; ", why.numbers);
            return;
        }
        // centring removes what scaling alone leaves
        const bool is_badly_scaled = condition > 100 && standardised > 0 && standardised < condition / 10;
        report.cause = is_badly_scaled ? Cause::badly_scaled : Cause::budget_used_up;
        report.remedy =
            is_badly_scaled ? "model.fit(X, y, gradus::Newton{});  // does not depend on scales" : why.remedy;
        const double best = rates.predicted_iterations(rates.best_step(), tolerance_of(solver));
        report.message += text("; condition number ", condition);
        if (standardised > 0) report.message += text(" (", standardised, " with standardised columns)");
        report.message +=
            text("; the best fixed step 2/(L + mu) = ", rates.best_step(), " would take ",
                 std::isfinite(best) ? text("about ", best) : std::string("too many"),
                 " iterations from here; the steepest direction is mostly ",
                 describe_parameter(rates.steepest_parameters[0]), is_badly_scaled ? ": standardise the columns" : "",
                 "; Newton does not depend on the scale");
    }

    // condition number of the Hessian at theta if the columns had mean zero (with an intercept) and mean square one; -1: too large to tell
    GRADUS_ONCE double standardised_condition(const Vector<S>& theta) const {
        using std::sqrt;
        const Index p = prepared_->sample.features(), d = theta.size();
        if (d > LearningRateOptions{}.largest_hessian) return -1;
        Matrix<S> H(d, d);
        risk_.hessian(theta, H);
        for (Index at = 0; has_intercept_ && at < p * width(); ++at) {  // the slopes alone, about the means
            Vector<S> b = Vector<S>::Zero(risk_.loss().outputs());
            const Vector<S> slope = Vector<S>::Unit(d, at);
            move_intercept(risk_.predictor().coefficients(slope), prepared_->columns.mean, S(-1), b);
            const Vector<S> moved = risk_.predictor().parameters(risk_.predictor().coefficients(slope), b);
            for (Index l = p * width(); l < d; ++l) {
                if (moved[l] == S(0)) continue;
                for (Index i = 0; i < d; ++i) H(i, at) += moved[l] * H(i, l);
                for (Index i = 0; i < d; ++i) H(at, i) += moved[l] * H(l, i);
            }
        }
        return scaled_condition_number<S>(std::move(H));
    }

    // The proof by the last step of the solver; where it has none, by one step from where it ended; where that proves nothing, a linear
    // program. In equilibrated columns, whatever the solver saw.
    GRADUS_ONCE void examine_existence(const Result<S>& result, const LinearMap<S>& map, FitReport& report) {
        const bool is_raw = risk_.coordinates().is_identity();
        if (is_raw) risk_.set_coordinates(equilibrate(prepared_->columns, has_intercept_));
        const Vector<S> theta = parameters_of(map);
        SecondOrderStep<S> step = result.last_step;
        if (traits_.has_curvature && result.converged() && step.x.size() == 0) step = second_order_step(theta);
        S certificate = existence_certificate(risk_, traits_.margins, step);
        if (certificate < S(1)) {
            report.existence = Existence::finite;
        } else if (is_affordable(result.counts)) {
            const Separation<S> found = decide_separation(risk_, traits_.margins, theta, user_functionals());
            report.existence = found.existence;
            certificate = found.certificate;
            if (found.found()) report_separation(found, report);
        }
        if (report.existence == Existence::finite) report.existence_certificate = static_cast<double>(certificate);
        if (is_raw) risk_.set_coordinates({});
    }

    // a linear program takes some 20 products with X: no more than the fit, unless both are quick
    bool is_affordable(const Counts& counts) const {
        const double d = static_cast<double>(risk_.dimension()), n = static_cast<double>(prepared_->sample.rows());
        return n * d * d <= 1e8 ||
               counts.values + 2 * counts.gradients + 2 * counts.hessian_products + d * counts.hessians >= 20;
    }

    GRADUS_ONCE SecondOrderStep<S> second_order_step(const Vector<S>& theta) const {
        constexpr Index largest_dimension = 1000;
        if (theta.size() > largest_dimension) return {};
        Vector<S> gradient(theta.size());
        Matrix<S> H;
        risk_.value_gradient_hessian(theta, gradient, H);
        CurvatureSystem<S> system;
        system.factor(H);
        return system.step(theta, gradient);
    }

    // row by row what the user's coefficients (the columns of W one after another, then b) are made of
    GRADUS_ONCE Matrix<S> user_functionals() const {
        NoObserver nobody;
        const UserCoordinates<NoObserver, S> user(nobody, risk_.predictor(), risk_.coordinates(), true);
        Vector<S> unit = Vector<S>::Zero(risk_.dimension());
        Matrix<S> out(user.user_parameters(unit).size(), unit.size());
        for (Index j = 0; j < unit.size(); ++j) {
            unit[j] = S(1);
            const Vector<S> parameters = user.user_parameters(unit);
            for (Index q = 0; q < out.rows(); ++q) out(q, j) = parameters[q];
            unit[j] = S(0);
        }
        return out;
    }

    GRADUS_ONCE void report_separation(const Separation<S>& found, FitReport& report) {
        report.status = Status::separated;
        report.correct_digits = -1;
        const Vector<S> all = product<S>(user_functionals(), found.direction);
        const Index p = prepared_->sample.features(), k = risk_.loss().outputs(),
                    m = p * risk_.predictor().loadings().rows();
        report.separating_slopes.resize(p, p > 0 ? m / p : 0);
        report.separating_intercept.resize(k);
        if (!found.sign.empty()) {
            report.infinite_slopes.resize(p, report.separating_slopes.cols());
            report.infinite_intercept.resize(k);
        }
        for (Index q = 0; q < all.size(); ++q) {
            const bool is_slope = q < m, is_known = !found.sign.empty();
            const int sign = is_known ? found.sign[static_cast<std::size_t>(q)] : 1;
            const double value = sign == 0 ? 0 : static_cast<double>(all[q]);
            (is_slope ? report.separating_slopes.data()[q] : report.separating_intercept[q - m]) = value;
            if (is_known) (is_slope ? report.infinite_slopes.data()[q] : report.infinite_intercept[q - m]) = sign;
        }
        const bool is_complete = found.existence == Existence::separated_completely;
        if (traits_.margins == MarginKind::count)
            report.message =
                "the likelihood has no finite maximum: along the direction given no row with a positive count "
                "changes, and the mean of some rows whose counts are all zero falls for ever. Use a small "
                "ridge, or leave out what tells these rows apart";
        else
            report.message =
                text("the ", traits_.margins == MarginKind::ordinal ? "levels" : "classes", " are separated ",
                     is_complete ? "completely" : "quasi-completely",
                     ": along the separating direction given, no row's own class loses and some gain, so the "
                     "likelihood has no finite maximum and the coefficients "
                     "grow for ever. Use a small ridge",
                     traits_.margins == MarginKind::ordinal ? "" : ", or FirthLogisticRegression",
                     ", or leave out what separates");
    }

    const char* separation_remedy() const {
        switch (traits_.margins) {
        case MarginKind::count:
            return "gradus::PoissonRegression<double, gradus::Ridge> model{{.penalty = {.lambda = 1e-3}}};";
        case MarginKind::ordinal:
            return "gradus::OrdinalRegression<double, gradus::Ridge> model{{.penalty = {.lambda = 1e-3}}};";
        default:
            return "gradus::LogisticRegression<double, gradus::Ridge> model{{.penalty = {.lambda = 1e-3}}};";
        }
    }

    /// From the triangular factor of X: how many features are independent, and the fit of least norm among those that are equally good.
    GRADUS_ONCE void decide_rank(LinearMap<S>& map, FitReport& report) {
        const Sample<S>& sample = prepared_->sample;
        LeastSquares<S> problem{
            sample, equilibrate(prepared_->columns, has_intercept_), column_norms(*prepared_), has_intercept_, {}};
        problem.sample.Y = DenseView<S>(zeros_ = Matrix<S>::Zero(sample.rows(), 1));
        problem.sample.offset.reset();
        problem.sample.target_coordinates = {};
        const Echelon<S> form = echelon_form<S>(triangular_factor<S>(problem), problem.unknowns(),
                                                augmented_norms(problem), S(16) * epsilon<S>);
        const Index at = has_intercept_;
        report.rank = form.rank() - at;
        report.condition_number = static_cast<double>(triangular_condition<S>(form.triangle()));
        for (const Index j : form.dependent) report.dependent_columns.push_back(j - at);
        if (form.dependent.empty()) return;
        report.message += text("; ", form.dependent.size(), " of ", report.features,
                               " columns depend on the others: the coefficients are those of least norm");
        LeastSquaresSolution<S> solution;
        const Equilibration<S>& z = problem.columns;
        solution.Z = map.W;
        unscale_rows(solution.Z, z.scale);
        solution.b = Vector<S>::Zero(map.W.cols());  // what it takes to leave X W A + 1 b' as it is
        if (has_intercept_) move_intercept(map.W, z.shift, S(1), map.b);
        solution.correct_digits = report.correct_digits;
        take_least_norm(problem, form.A, form.rank(), solution);
        report.correct_digits = solution.correct_digits;
        map.W = solution.Z;
        scale_rows(map.W, z.scale);
        if (!has_intercept_) return;
        const Matrix<S> A = risk_.predictor().loadings(), slopes = product<S>(map.W, A);
        for (Index c = 0; c < map.b.size(); ++c) {
            for (Index d = 0; d < A.rows(); ++d) map.b[c] += A(d, c) * solution.b[d];
            map.b[c] = intercept_in_user_coordinates<S>(map.b[c], S(0), slopes.col(c), z.shift);
        }
    }

    const Prepared<S>* prepared_;
    bool has_intercept_;
    ModelTraits traits_;
    ModelObjective<S> risk_;
    Matrix<S> zeros_;
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

}  // namespace detail

}  // namespace gradus
