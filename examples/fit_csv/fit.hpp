#pragma once
// From the problem to coefficients, for one scalar: here the library is called.
//
// Each scalar has a translation unit of its own, so that they compile side by side. Weights and offset are always
// handed over, as ones and zeros where none are given: the answer is the same, and one type of Observations serves all.

#include "fitted.hpp"
#include "solvers.hpp"
#include "standardized.hpp"
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>

namespace fit_csv {

template <class S>
class Fit {
public:
    Fit(const Problem& problem, const Options& options, Watch& watch)
        : problem_(problem),
          options_(options),
          watch_(&watch),
          units_(units_of_columns(problem, options)),
          X_(in_units(problem.X, units_).template cast<S>()),
          Y_(problem.Y.template cast<S>()),
          offset_(problem.offset.template cast<S>()),
          weights_(problem.weights.template cast<S>()),
          trials_(problem.trials.template cast<S>()) {}

    Fitted run() const {
        Fitted fitted =
            options_.ridge > 0 ? run_with(gradus::Ridge{options_.ridge, factors()}) : run_with(gradus::NoPenalty{});
        back_from_units(units_, options_, fitted);
        return fitted;
    }

private:
    Eigen::VectorXd factors() const {
        return units_.is_raw() ? penalty_factors(problem_, options_)
                               : Eigen::VectorXd(Eigen::VectorXd::Ones(X_.cols()));
    }

    template <class Penalty>
    Fitted run_with(const Penalty& penalty) const {
        using namespace gradus;
        const bool has_intercept = options_.has_intercept;
        const auto& names = problem_.feature_names;
        if (options_.is_linear())
            return fit(MultivariateRegression<S, Penalty>({penalty, has_intercept, names}), data());
        if (options_.is_count()) return fit(PoissonRegression<S, Penalty>({penalty, has_intercept, names}), data());
        if (options_.model == "huber")
            return fit(HuberRegression<S, Penalty>({options_.delta.value_or(1.345), penalty, has_intercept, names}),
                       data());
        if (options_.is_ordinal()) {
            if (options_.link == "probit") return ordinal<Probit>(penalty);
            if (options_.link == "cloglog") return ordinal<ComplementaryLogLog>(penalty);
            return ordinal<Logit>(penalty);
        }
        if (options_.has_firth) return classes(FirthLogisticRegression<S>({{}, has_intercept, {}, names}));
        return classes(LogisticRegression<S, Penalty>({penalty, has_intercept, {}, names}));
    }

    template <class Link, class Penalty>
    Fitted ordinal(const Penalty& penalty) const {
        return fit(gradus::OrdinalRegression<S, Penalty, int, Link>({penalty, {}, problem_.feature_names}), data());
    }
    template <class Model>
    Fitted classes(Model model) const {
        return problem_.is_grouped() ? fit(std::move(model), data().trials(trials_)) : fit(std::move(model), data());
    }

    gradus::WeightMeaning meaning_of_weights() const {
        return options_.weights_are_precisions ? gradus::WeightMeaning::precision : gradus::WeightMeaning::frequency;
    }

    auto data() const {
        return gradus::Observations(X_, Y_).weights(weights_).offset(offset_).on(gradus::Threads{options_.threads});
    }

    template <class Model, class Data>
    Fitted fit(Model model, const Data& data) const {
        Fitted fitted;
        fitted.report = solve(model, data);
        fitted.coefficients = model.coefficients().template cast<Real>();
        if constexpr (requires { model.thresholds(); }) fitted.intercept = model.thresholds().template cast<Real>();
        else if constexpr (requires { model.intercept().size(); })
            fitted.intercept = model.intercept().template cast<Real>();
        else fitted.intercept = RealVector::Constant(1, static_cast<Real>(model.intercept()));
        infer(model, data, fitted);
        return fitted;
    }

    template <class Penalty, class Data>
    gradus::FitReport solve(gradus::MultivariateRegression<S, Penalty>& model, const Data& data) const {
        if (options_.solver == "qr") return model.fit(data, gradus::QR{});
        if (options_.solver == "cholesky") return model.fit(data, gradus::Cholesky{});
        if (options_.solver == "svd") return model.fit(data, gradus::SVD{});
        return iterate(model, data);
    }
    template <class Data>
    gradus::FitReport solve(gradus::FirthLogisticRegression<S>& model, const Data& data) const {
        gradus::Firth solver;
        if (options_.tolerance) solver.tolerance = *options_.tolerance;
        if (options_.max_iterations) solver.max_iterations = *options_.max_iterations;
        return model.fit(data, solver, *watch_);
    }
    template <class Model, class Data>
    gradus::FitReport solve(Model& model, const Data& data) const {
        return iterate(model, data);
    }
    template <class Model, class Data>
    gradus::FitReport iterate(Model& model, const Data& data) const {
        gradus::FitReport report = options_.is_scale_free() ? model.fit(data, ChosenSolver<true>{options_}, *watch_)
                                                            : model.fit(data, ChosenSolver<false>{options_}, *watch_);
        report.solver = title(options_);
        return report;
    }

    // Standard errors, or why there are none.
    template <class Model, class Data>
    void infer(const Model& model, const Data& data, Fitted& fitted) const {
        constexpr gradus::Index most_parameters = 2000;
        std::string& why_not = fitted.why_no_inference;
        if constexpr (!gradus::ZeroPenalty<typename Model::Penalty>)
            why_not = "a penalised fit has no Wald tests, because its coefficients are biased by an unknown amount";
        else if (!units_.is_raw())
            why_not = "the fit ran on standardised columns; solvers that do not need those, like newton, have them";
        else if (fitted.report.parameters > most_parameters)
            why_not = "for more than 2000 parameters they would take far longer than the fit";
        else fitted.inference = gradus::infer(model, data, {.weights = meaning_of_weights()});
    }

    const Problem& problem_;
    const Options& options_;
    Watch* watch_;
    ColumnUnits units_;
    gradus::Matrix<S> X_, Y_, offset_;
    gradus::Vector<S> weights_, trials_;
};

}  // namespace fit_csv
