#pragma once
// What every model does: fit, start somewhere, score, and tell what it found.

#include <gradus/models/check_range.hpp>
#include <gradus/models/fit_directly.hpp>
#include <gradus/models/fit_with_corners.hpp>
#include <gradus/models/likelihood.hpp>
#include <gradus/models/linear_map.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/iterative/fista.hpp>

namespace gradus {

struct Auto;

namespace detail {
template <class Model>
struct PathFit;
}

/// In the place of labels, for models of numbers.
struct NoLabels {};

/// What all models share. `Model` derives from it; `Traits` names
///
///     Scalar, Penalty, Options, Labels    Labels: what a model of classes keeps of them
///     Solver                              what fit() takes when nothing is said, for smooth penalties
///     is_curved, is_least_squares         of its loss: whether it has second derivatives, and is the squared one
///
/// and the model has
///
///     options_                                     with .penalty
///     problem(data, labels) -> Problem<Scalar>     data checked and encoded; labels in: to be used, out: those found
///     check<Data>()                                refuses what it cannot be fitted to
template <class Model, class Traits>
class ModelBase {
public:
    using Scalar = typename Traits::Scalar;
    using S = Scalar;
    using Penalty = typename Traits::Penalty;
    using Options = typename Traits::Options;

    static constexpr bool has_corners = CornerPenalty<Penalty, S>;
    /// What fit() takes when nothing is said: it follows the penalty.
    using DefaultSolver = std::conditional_t<
        !has_corners, typename Traits::Solver,
        std::conditional_t<takes_coordinate_descent<Penalty, S>() && Traits::is_curved, CoordinateDescent, FISTA>>;

    /// X: n x p, a dense Eigen matrix, a sparse one of either order, or Rows(table); y: n targets. Throws InvalidInput,
    /// and leaves the model as it was, when sizes do not match or an entry cannot be fitted; so it does when memory
    /// runs out or a source of rows throws. Trouble in the numbers is told by the report.
    template <class X, class Y, class Solver = DefaultSolver, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        check_features<X>();
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = DefaultSolver, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        static_assert(
            Traits::is_least_squares || !DirectSolver<Solver>,
            "gradus: this solver is for least squares; this model needs Newton, LBFGS or another iterative one");
        static_assert(!traits_of<Solver>().samples_rows || !is_streamed_data<Observations<Parts...>>,
                      "gradus: this solver needs rows in random order, and Rows(table) hands them out one after "
                      "another; use LBFGS, or a table "
                      "with has_random_access");
        Labels labels;
        const Problem<S> problem = checked_problem(data, labels);
        Parameters<S> found;
        FitReport report = solve(problem, solver, observer, found);
        describe(problem, report);
        detail::check_range(problem, found, report);
        if constexpr (requires { Solver::complete(report); }) Solver::complete(report);
        FitReport out = report;
        take(problem.family, std::move(labels), std::move(found), std::move(report));
        return out;
    }

    const Options& options() const { return options_; }

    /// What the last fit said.
    const FitReport& report() const {
        found();
        if (!report_) GRADUS_THROW(NotFitted("this model was made from parameters and never fitted: it has no report"));
        return *report_;
    }

    /// "linear regression": what the model is called in messages and files.
    static const char* kind() { return Model::title(); }

    /// One sentence: "binary logistic regression of 10 features, fitted to 569 rows by Newton: converged".
    friend std::ostream& operator<<(std::ostream& out, const ModelBase& model) { return out << model.in_words(); }

    /// Whether there are parameters to predict with.
    bool is_fitted() const { return found_.is_set; }

    /// The likelihood of these data, without the penalty, at the fit.
    template <class... Parts>
    Likelihood<S> likelihood(const Observations<Parts...>& data) const {
        found();
        Labels labels = labels_;
        return likelihood_of<S>(self().problem(data, labels), found_, report_ ? *report_ : FitReport{});
    }

protected:
    using Labels = typename Traits::Labels;

    ModelBase() = default;
    explicit ModelBase(Options options) : options_(std::move(options)) {}

    const Parameters<S>& found() const {
        if (!found_.is_set) GRADUS_THROW(NotFitted(text(Model::title(), ": fit() has not been called yet")));
        return found_;
    }
    const AnyFamily<S>& family() const { return found(), *family_; }
    const Labels& labels() const { return found(), labels_; }
    Labels labels_asked_for() const { return {}; }

    void set_start(Matrix<S> W, Vector<S> b) { start_ = {std::move(W), std::move(b), true}; }
    void set_parameters(AnyFamily<S> family, Matrix<S> W, Vector<S> b, Labels labels = {}) {
        for (Index j = 0; j < W.size(); ++j)
            if (!(W.data()[j] - W.data()[j] == S(0))) reject("from_parameters: coefficient ", j, " is not finite");
        for (Index c = 0; c < b.size(); ++c)
            if (!(b[c] - b[c] == S(0))) reject("from_parameters: intercept ", c, " is not finite");
        family_ = std::move(family);
        labels_ = std::move(labels);
        found_ = {std::move(W), std::move(b), true};
    }

    /// X W + 1 b', n x k (of models whose coefficients belong to outputs), as a matrix or, of a single output, a
    /// vector.
    template <class Result = Matrix<S>, class X>
    Result linear_predictor_of(const X& x) const {
        return detail::with_design<S>(x, found().W.rows(), Model::title(), [&](const Design<S>& design) {
            Result out(design.rows(), found_.W.cols());
            detail::features_times<S>(design, found_.W, found_.b, out);
            return out;
        });
    }
    /// f(X W + 1 b'), f of each row by itself.
    template <class X, class F>
    Matrix<S> function_of(const X& x, const Vector<S>& b, F&& f) const {
        return detail::with_design<S>(x, found().W.rows(), Model::title(), [&](const Design<S>& design) {
            return detail::function_of_features<S>(design, found_.W, b, f);
        });
    }
    /// The means of the response at X W + 1 b'.
    template <class X>
    Matrix<S> means_of(const X& x) const {
        return function_of(x, found().b, [&](const Matrix<S>& eta) { return family_->means(eta); });
    }
    template <class X>
    void check_row(const X& x) const {
        if (x.size() != found().W.rows())
            reject(Model::title(), ": x has ", x.size(), " numbers, the model was fitted to ", found_.W.rows(),
                   " columns");
    }

    Options options_;

private:
    template <class>
    friend struct detail::PathFit;

    template <class Data>
    static constexpr bool is_streamed_data =
        is_streamed_features<std::remove_cvref_t<decltype(std::declval<const Data&>().X_part())>>;

    const Model& self() const { return static_cast<const Model&>(*this); }

    GRADUS_ONCE std::string in_words() const {
        if (!found_.is_set) return text(Model::title(), ", not fitted yet");
        const std::string what = text(" of ", found_.W.rows(), found_.W.rows() == 1 ? " feature" : " features");
        if (!report_) return text(Model::title(), what, ", made from parameters");
        return text(report_->model, what, ", fitted to ", report_->rows, report_->rows == 1 ? " row" : " rows", " by ",
                    report_->solver, ": ", gradus::name(report_->status));
    }

    template <class Data>
    Problem<S> checked_problem(const Data& data, Labels& labels) const {
        Model::template check<Data>();
        labels = self().labels_asked_for();
        Problem<S> problem = self().problem(data, labels);
        detail::check_penalty(options_.penalty, problem.features());
        problem.words = detail::words_of_model<Model, Traits>();
        return problem;
    }
    void take(AnyFamily<S> family, Labels labels, Parameters<S> found, FitReport report) {
        family_ = std::move(family);
        labels_ = std::move(labels);
        found_ = std::move(found);
        report_ = std::move(report);
        start_ = {};
    }

    template <class Solver, class Observer>
    FitReport solve(const Problem<S>& problem, const Solver& solver, Observer& observer, Parameters<S>& found) const {
        detail::check_start(start_, problem.family.predictor(problem.features(), problem.has_intercept),
                            problem.family.margins() == MarginKind::ordinal);
        if constexpr (DirectSolver<Solver>) {
            static_assert(QuadraticPenalty<Penalty, S>,
                          "gradus: a direct solver needs a quadratic penalty (NoPenalty, Ridge); "
                          "with another one use Newton or GradientDescent");
            if constexpr (QuadraticPenalty<Penalty, S> && Traits::is_least_squares)
                return detail::fit_directly(problem, AnyPenalty<S>(options_.penalty), solver, found);
            else return {};
        } else {
            using Risk = EmpiricalRisk<S, Traits::is_curved>;
            if constexpr (has_corners && std::is_same_v<Solver, Auto>) {
                DefaultSolver chosen;
                chosen.tolerance = solver.tolerance;
                chosen.max_iterations = solver.max_iterations;
                return solve(problem, chosen, observer, found);
            } else if constexpr (has_corners) {
                static_assert(
                    traits_of<Solver>().takes_corners,
                    "gradus: the penalty of this model has corners, and this solver needs a smooth objective; "
                    "use CoordinateDescent (penalties of single coefficients or groups) or FISTA");
                detail::CornerFit<Risk, Solver> fits(problem, start_);
                FitReport report = fits.fit(options_.penalty, solver, observer, found);
                fits.remark_on_uniqueness(options_.penalty, report);
                return report;
            } else {
                return detail::fit_iteratively<Risk>(problem, smooth_penalty<S>(options_.penalty), start_, solver,
                                                     observer, found);
            }
        }
    }

    void describe(const Problem<S>& problem, FitReport& report) const {
        report.model = problem.family.name();
        report.objective_formula = problem.family.formula() + detail::penalty_formula<Penalty>();
        report.feature_names = problem.prepared.feature_names;
    }

    std::optional<AnyFamily<S>> family_;
    Parameters<S> found_, start_;
    Labels labels_ = {};
    std::optional<FitReport> report_;
};

}  // namespace gradus
