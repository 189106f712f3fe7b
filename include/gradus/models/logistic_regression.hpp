#pragma once
// Logistic regression: two classes (binary) or more (multinomial), by the labels.

#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/models/class_sample.hpp>
#include <gradus/models/likelihood.hpp>
#include <gradus/numeric/logistic_functions.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/iterative/newton.hpp>

namespace gradus {

template <class Penalty, class Label>
struct LogisticOptions {
    Penalty penalty = {};
    bool fit_intercept = true;
    Classes<Label> classes = {};  ///< the order of the classes, with two the second is the positive one; empty: sorted
    std::vector<std::string> feature_names = {};
};

/// P(class c | x) = softmax(x'W + b)_c; with two classes P(second | x) = sigmoid(x'w + b). Minimises the mean negative log-likelihood plus the
/// penalty.
///
///     LogisticRegression<double> model;
///     FitReport report = model.fit(X, labels);               // Newton: quadratic convergence, all digits
///     model.fit(X, labels, GradientDescent<>{});             // any other solver
///     model.predict(X_new);  model.predict_probability(X_new);
///
/// For K > 2 classes W has K columns whose rows sum to zero, the symmetric form; differences between columns are what the data determine.
/// Separated classes have no finite estimate: the report says so and gives the direction. Label is any ordered type; weights are frequencies.
template <Scalar S = double, SmoothPenalty<S> Penalty_ = NoPenalty, std::totally_ordered Label = int>
class LogisticRegression {
public:
    using Scalar = S;
    using Penalty = Penalty_;
    using Options = LogisticOptions<Penalty, Label>;
    /// An Eigen vector of int, a std::vector of any other label.
    using Labels = std::conditional_t<std::is_same_v<Label, int>, Eigen::VectorXi, std::vector<Label>>;

    LogisticRegression() = default;
    LogisticRegression(Options options) : options_(std::move(options)) {}

    /// X: n x p, y: n labels (with Observations::trials: n counts of successes, fitted as two classes 0 and 1). The model is unchanged when this
    /// throws InvalidInput. Newton: O(n p^2 K^2 / 2) per iteration, seldom more than ten.
    template <EigenMatrix X, Column Y, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        static_assert(!DirectSolver<Solver>,
                      "gradus: this solver is for least squares; a logistic model needs Newton or GradientDescent");
        auto sample = detail::class_sample<S>(data, options_.classes, options_.feature_names);
        const Index K = static_cast<Index>(sample.classes.size());
        Fitted fitted{{}, std::move(sample.classes)};
        FitReport report = K == 2 ? fit_binary(sample.prepared, solver, observer, fitted)
                                  : fit_multinomial(sample.prepared, K, solver, observer, fitted);
        report.feature_names = std::move(sample.prepared.feature_names);
        if constexpr (requires { Solver::complete(report); }) Solver::complete(report);
        fitted.map.report = std::move(report);
        fitted_ = std::move(fitted);
        start_ = {};
        return fitted_.map.report;
    }

    /// The next fit starts from these: p x k, k.
    LogisticRegression& start_at(const Matrix<S>& coefficients, const Vector<S>& intercept) {
        start_ = {coefficients, intercept, true};
        return *this;
    }

    /// p x k: k = 1 for two classes, K for more (rows sum to zero).
    const Matrix<S>& coefficients() const { return fitted().map.W; }
    /// k numbers.
    const Vector<S>& intercept() const { return fitted().map.b; }
    /// Sorted, or in the order that the options give.
    const Classes<Label>& classes() const { return fitted().classes; }
    const Options& options() const { return options_; }
    /// What the last fit said.
    const FitReport& report() const { return fitted().map.report; }

    /// The likelihood of these data, without the penalty, at the fit.
    template <class... Parts>
    Likelihood<S> likelihood(const Observations<Parts...>& data) const {
        auto sample = detail::class_sample<S>(data, fitted().classes, options_.feature_names);
        const Index p = sample.prepared.sample.features(), K = static_cast<Index>(sample.classes.size());
        Vector<S> s(sample.y.size());
        sample.prepared.sample.copy_weights(0, s);
        const S saturated = K == 2 ? Logistic<S>().saturated(sample.y, s) : S(0);
        auto out =
            K == 2 ? detail::likelihood_of<S>(Family::binary, Logistic<S>{}, Linear<S>(p, 1, options_.fit_intercept),
                                              std::move(sample.prepared), options_.fit_intercept, fitted_.map.W,
                                              fitted_.map.b)
                   : detail::likelihood_of<S>(Family::multinomial, Multinomial<S>(K),
                                              SumToZero<S>(p, K, options_.fit_intercept), std::move(sample.prepared),
                                              options_.fit_intercept, fitted_.map.W, fitted_.map.b);
        out.y = std::move(sample.y);
        out.weights = std::move(sample.weights);
        out.saturated = saturated;
        out.report = report();
        for (const Label& label : fitted_.classes) out.outputs.push_back(detail::label_name(label));
        return out;
    }

    /// eta = X W + 1 b', n x k.
    template <EigenMatrix X>
    Matrix<S> decision_function(const X& x) const {
        return fitted_.map("logistic regression", x);
    }

    /// n x K, columns as in classes(), rows sum to one.
    template <EigenMatrix X>
    Matrix<S> predict_probability(const X& x) const {
        const Matrix<S> eta = decision_function(x);
        if (eta.cols() > 1) return softmax<S>(eta);
        const Eigen::Array<S, Eigen::Dynamic, 1> e = eta.col(0).array(), u = exp_of_minus_abs(e);
        Matrix<S> p(eta.rows(), 2);
        p.col(0) = sigmoid_complement(e, u);
        p.col(1) = sigmoid(e, u);
        return p;
    }

    /// Logarithms of the probabilities: finite also where a probability underflows.
    template <EigenMatrix X>
    Matrix<S> predict_log_probability(const X& x) const {
        const Matrix<S> eta = decision_function(x);
        if (eta.cols() > 1) return log_softmax<S>(eta);
        const Eigen::Array<S, Eigen::Dynamic, 1> e = eta.col(0).array(), minus = -e, u = exp_of_minus_abs(e);
        Matrix<S> p(eta.rows(), 2);
        p.col(0) = -log1pexp(e, u);
        p.col(1) = -log1pexp(minus, u);
        return p;
    }

    /// The most probable class of each row; of equally probable ones the first.
    template <EigenMatrix X>
    Labels predict(const X& x) const {
        const Matrix<S> eta = decision_function(x);
        std::vector<Label> out;
        out.reserve(static_cast<std::size_t>(eta.rows()));
        for (Index i = 0; i < eta.rows(); ++i) {
            Index best = 0;
            if (eta.cols() == 1) best = eta(i, 0) > S(0);
            else eta.row(i).maxCoeff(&best);
            out.push_back(fitted_.classes[static_cast<std::size_t>(best)]);
        }
        if constexpr (std::is_same_v<Label, int>) return Eigen::Map<const Eigen::VectorXi>(out.data(), eta.rows());
        else return out;
    }

    /// Share of rows whose class is predicted, weighted.
    template <EigenMatrix X, Column Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        const auto predicted = predict(data.X_part());
        const Index n = data.X_part().rows();
        if (row_count(data.y_part()) != n) reject("X has ", n, " rows, y has ", row_count(data.y_part()));
        if constexpr (Observations<Parts...>::has_weights)
            if (row_count(data.weights_part()) != n)
                reject("weights: ", row_count(data.weights_part()), " entries for ", n, " rows");
        S right(0), all(0);
        for (Index i = 0; i < n; ++i) {
            S s(1);
            if constexpr (Observations<Parts...>::has_weights) s = view_of<S>(data.weights_part())(i, 0);
            all += s;
            if (detail::as_label<Label>(entry(data.y_part(), i), i) == entry(predicted, i)) right += s;
        }
        return right / all;
    }

private:
    struct Fitted {
        detail::LinearMap<S> map;
        Classes<Label> classes;
    };

    const Fitted& fitted() const { return fitted_.map.require_fit("logistic regression"), fitted_; }

    template <class Solver, class Observer>
    GRADUS_ONCE FitReport fit_binary(const detail::Prepared<S>& prepared, const Solver& solver, Observer& observer,
                                     Fitted& fitted) {
        auto report = run(Logistic<S>{}, Linear<S>(prepared.sample.features(), 1, options_.fit_intercept), prepared,
                          solver, observer, fitted);
        report.model = "binary logistic regression";
        report.objective_formula = "mean log(1 + exp(eta)) - y eta" + detail::penalty_formula<Penalty>();
        return report;
    }

    template <class Solver, class Observer>
    GRADUS_ONCE FitReport fit_multinomial(const detail::Prepared<S>& prepared, Index classes, const Solver& solver,
                                          Observer& observer, Fitted& fitted) {
        const Index p = prepared.sample.features();
        FitReport report;
        if constexpr (ClassSymmetricPenalty<Penalty>)
            report = run(Multinomial<S>(classes), SumToZero<S>(p, classes, options_.fit_intercept), prepared, solver,
                         observer, fitted);
        else
            report = run(Multinomial<S>(classes), Linear<S>(p, classes, options_.fit_intercept), prepared, solver,
                         observer, fitted);
        report.model = text("multinomial logistic regression with ", classes, " classes");
        report.objective_formula = "mean log sum_c exp(eta_c) - eta_y" + detail::penalty_formula<Penalty>();
        return report;
    }

    template <class Loss, class Predictor, class Solver, class Observer>
    FitReport run(Loss loss, const Predictor& predictor, const detail::Prepared<S>& prepared, const Solver& solver,
                  Observer& observer, Fitted& fitted) {
        detail::check_penalty(options_.penalty, prepared.sample.features());
        start(prepared.sample.features(), loss.outputs(), fitted);
        detail::check_solver<Solver, Loss, Penalty, Predictor>();
        detail::IterativeFit<S> fit(std::move(loss), options_.penalty, predictor, prepared, options_.fit_intercept,
                                    wants_equilibrated_coordinates<Solver>);
        return finish(fit, solver, observer, fitted);
    }

    // where start_at() says
    GRADUS_ONCE void start(Index p, Index k, Fitted& fitted) const {
        if (!start_.is_fitted) return;
        if (start_.W.rows() != p || start_.W.cols() != k || start_.b.size() != k)
            reject("start_at: ", start_.W.rows(), " x ", start_.W.cols(), " coefficients and ", start_.b.size(),
                   " intercepts, expected ", p, " x ", k, " and ", k);
        fitted.map.W = start_.W;
        fitted.map.b = start_.b;
    }

    // the part that is the same for two classes and for more
    template <class Solver, class Observer>
    GRADUS_ONCE FitReport finish(detail::IterativeFit<S>& fit, const Solver& solver, Observer& observer,
                                 Fitted& fitted) const {
        FitReport report = fit.run(solver, observer, fitted.map, start_.is_fitted);
        if constexpr (!has_finite_optimum<Solver>)
            report.mean_loss =
                report.objective - static_cast<double>(options_.penalty.value(Coefficients<S>(fitted.map.W)));
        return report;
    }

    Options options_;
    Fitted fitted_;
    detail::LinearMap<S> start_;
};

}  // namespace gradus
