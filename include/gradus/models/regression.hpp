#pragma once
// A linear predictor with any loss: the generic model.

#include <gradus/models/iterative_fit.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/iterative/newton.hpp>

namespace gradus {

template <class Loss, class Penalty>
struct RegressionOptions {
    Loss loss = Loss{};
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};
};

namespace detail {

/// Fits `map` by minimising the mean of any loss plus the penalty; it is replaced only when the input is good. `start` is where the solver
/// begins, when that is filled, and is used up.
template <class Loss, class Options, class Data, class Solver, class Observer>
GRADUS_ONCE FitReport fit_regression(const Data& data, const Loss& loss, const Options& options,
                                     LinearMap<typename Loss::Scalar>& start, LinearMap<typename Loss::Scalar>& map,
                                     const Solver& solver, Observer& observer, const char* model) {
    using S = typename Loss::Scalar;
    using Penalty = std::remove_cvref_t<decltype(options.penalty)>;
    static_assert(!DirectSolver<Solver>,
                  "gradus: this solver is for least squares; a general loss needs Newton or GradientDescent");
    static_assert(!Data::has_trials, "gradus: trials belong to LogisticRegression");
    const Index k = loss.outputs();
    const auto prepared = prepare<S>(data, view_of<S>(data.y_part()), k, options.feature_names);
    const Index p = prepared.sample.features();
    check_targets<S>(loss, prepared.sample.Y);
    check_penalty(options.penalty, p);
    if (start.is_fitted && (start.W.rows() != p || start.W.cols() != k || start.b.size() != k))
        reject("start_at: ", start.W.rows(), " x ", start.W.cols(), " coefficients and ", start.b.size(),
               " intercepts, expected ", p, " x ", k, " and ", k);
    LinearMap<S> fitted = start;
    check_solver<Solver, Loss, Penalty, Linear<S>>();
    IterativeFit<S> fit(loss, options.penalty, Linear<S>(p, k, options.fit_intercept), prepared, options.fit_intercept,
                        wants_equilibrated_coordinates<Solver>);
    FitReport report = fit.run(solver, observer, fitted, start.is_fitted);
    report.model = model;
    report.mean_loss = report.objective - static_cast<double>(options.penalty.value(Coefficients<S>(fitted.W)));
    report.objective_formula = "mean loss" + penalty_formula<Penalty>();
    report.feature_names = options.feature_names;
    map = std::move(fitted);
    map.report = report;
    start = {};
    return report;
}

}  // namespace detail

/// Minimises mean loss(y, X W + b) + penalty(W) for any Loss, the user's own too:
///
///     struct LogCosh { using Scalar = double; static double value(double y, double eta); ... };
///     Regression<Pointwise<LogCosh>> model;
///     model.fit(X, y);
template <Loss Loss_, SmoothPenalty<typename Loss_::Scalar> Penalty_ = NoPenalty>
class Regression {
public:
    using Loss = Loss_;
    using Scalar = typename Loss::Scalar;
    using S = Scalar;
    using Penalty = Penalty_;
    using Options = RegressionOptions<Loss, Penalty>;

    Regression() = default;
    Regression(Options options) : options_(std::move(options)) {}

    /// X: n x p, y: n targets that the loss admits (n x t for losses of several). Throws InvalidInput and leaves the model unchanged otherwise.
    template <EigenMatrix X, Column Y, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        return detail::fit_regression(data, options_.loss, options_, start_, map_, solver, observer, "regression");
    }

    /// The next fit starts from these: p x k, k.
    Regression& start_at(const Matrix<S>& coefficients, const Vector<S>& intercept) {
        start_ = {coefficients, intercept, true};
        return *this;
    }

    /// p x k.
    const Matrix<S>& coefficients() const { return map_.require_fit("regression"), map_.W; }
    /// k numbers.
    const Vector<S>& intercept() const { return map_.require_fit("regression"), map_.b; }
    const Options& options() const { return options_; }
    /// What the last fit said.
    const FitReport& report() const { return map_.require_fit("regression"), map_.report; }

    /// eta = X W + 1 b', n x k.
    template <EigenMatrix X>
    Matrix<S> decision_function(const X& x) const {
        return map_("regression", x);
    }

private:
    Options options_;
    detail::LinearMap<S> map_, start_;
};

}  // namespace gradus
