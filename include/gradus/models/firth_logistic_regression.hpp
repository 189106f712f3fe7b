#pragma once
// Logistic regression with reduced bias, finite on separated classes.

#include <gradus/models/logistic_regression.hpp>
#include <gradus/objectives/jeffreys.hpp>
#include <gradus/solvers/iterative/structured_newton.hpp>

namespace gradus {

namespace detail {

/// log det I in the user's units, minus that in theta, over the kept parameters (slopes `width` times, then
/// intercepts): columns are scaled there, and K > 2 classes stand in an orthonormal basis instead of against the first
/// class, which multiplies I by K for each parameter of a class.
template <Scalar S>
GRADUS_ONCE S log_unit(const ModelObjective<S>& f, const std::vector<Index>& kept) {
    using std::log;
    const Index p = f.sample().features(), K = f.loss().outputs();
    S sum(0);
    for (const Index j : kept)
        if (j < f.predictor().first_intercept()) sum -= S(2) * log(f.coordinates().scale_of(j % p));
    if (K > 1) sum -= S(static_cast<double>(kept.size()) / static_cast<double>(K - 1)) * log(S(static_cast<double>(K)));
    return sum;
}

/// f with Jeffreys' prior over the parameters that are independent at theta. f must outlive it.
template <Scalar S>
GRADUS_ONCE Jeffreys<ModelObjective<S>> with_jeffreys_prior(const ModelObjective<S>& f, const Vector<S>& theta) {
    Matrix<S> H;
    Vector<S> gradient(theta.size());
    value_gradient_hessian<S>(f, theta, gradient, H);
    CurvatureSystem<S> system;
    system.factor(H);
    const std::vector<Index> kept = system.independent();
    return {f, kept, log_unit(f, kept)};
}

}  // namespace detail

/// The solver of FirthLogisticRegression: StructuredNewton on the objective with Jeffreys' prior.
struct Firth {
    static constexpr const char* name = "structured Newton";
    static constexpr SolverTraits traits{
        .takes_any_coordinates = true, .builds_curvature = true, .has_finite_optimum = true};

    int max_iterations = 200;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity

    template <Scalar S, class Observer>
    GRADUS_ONCE Result<S> minimize(const ModelObjective<S>& f, const Vector<S>& start, Observer& observer) const {
        const auto objective = detail::with_jeffreys_prior(f, start);
        Result<S> result = StructuredNewton{.max_iterations = max_iterations, .tolerance = tolerance}.minimize(
            objective, start, observer);
        result.rank = static_cast<Index>(objective.kept().size());  // what is learnt of the prior may hide it
        return result;
    }

    /// What the report says of such a fit.
    static void complete(FitReport& report) {
        report.model = "bias-reduced (Firth) " + report.model;
        report.objective_formula += " - log det I / (2 sum s)";
        report.penalised_log_likelihood = -report.objective * report.total_weight;
    }
};

/// Maximises log-likelihood + log det I(theta) / 2, I the Fisher information: the bias of the estimates, of order 1/n,
/// is removed, and they are finite whether or not the classes are separated (Firth, Biometrika 80 (1993), 27; Heinze
/// and Schemper, Statist. Med. 21 (2002), 2409; more than two classes: Kosmidis and Firth, Biometrika 98 (2011), 755).
/// Everything else is as in LogisticRegression: labels or counts with trials, weights, offset, coefficients,
/// predictions.
///
///     FirthLogisticRegression<double> model;
///     FitReport report = model.fit(X, labels);      // report.penalised_log_likelihood
///     infer(model, X, labels);                      // standard errors: the inverse information at the estimate
///
/// The report's objective is minus the maximum divided by the sum of the weights, and likelihood() the one without
/// prior, at the fit. Per iteration O(n p^2 K^2), about as five steps of Newton of LogisticRegression (20000 x 20).
template <Scalar S = double, std::totally_ordered Label = int>
class FirthLogisticRegression : public LogisticRegression<S, NoPenalty, Label> {
    using Base = LogisticRegression<S, NoPenalty, Label>;

public:
    static constexpr bool is_bias_reduced = true;
    using Base::Base;

    static const char* kind() { return "Firth logistic regression"; }

    /// See LogisticRegression::from_parameters.
    static FirthLogisticRegression from_parameters(const Matrix<S>& coefficients, const Vector<S>& intercept,
                                                   Classes<Label> classes, typename Base::Options options = {}) {
        FirthLogisticRegression out;
        static_cast<Base&>(out) =
            Base::from_parameters(coefficients, intercept, std::move(classes), std::move(options));
        return out;
    }

    template <class X, class Y, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Firth& solver = {}, Observer&& observer = {}) {
        check_features<X>();
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Firth& solver = {}, Observer&& observer = {}) {
        return Base::fit(data, solver, observer);
    }
};

}  // namespace gradus
