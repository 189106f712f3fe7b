#pragma once
// From the problem to coefficients, for one scalar: here the library is called.
//
// Each scalar has a translation unit of its own, so that they compile side by side. Weights and offset are always
// handed over, as ones and zeros where none are given: the answer is the same, and one type of Observations serves all.

#include "fitted.hpp"
#include "solvers.hpp"
#include "standardized.hpp"
#include "words.hpp"
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>

#include <functional>
#include <iostream>

namespace fit_csv {

template <class S>
class Fit {
public:
    Fit(const Problem& problem, const Options& options, Watch& watch)
        : problem_(problem),
          options_(options),
          watch_(&watch),
          names_(shortened(problem.feature_names)),
          units_(units_of_columns(problem, options)),
          X_(in_units(problem.X, units_).template cast<S>()),
          Y_(problem.Y.template cast<S>()),
          offset_(problem.offset.template cast<S>()),
          weights_(problem.weights.template cast<S>()),
          trials_(problem.trials.template cast<S>()) {}

    Fitted run() const {
        Fitted fitted = run_with_penalty();
        to_units_of_the_file(fitted);
        for (PathPlace& place : fitted.path) to_units_of_the_file(place);
        return fitted;
    }

private:
    // rounded to the scalar as a saved model keeps them, so that both predict the same
    template <class Place>
    void to_units_of_the_file(Place& fitted) const {
        back_from_units(units_, options_, fitted.coefficients, fitted.intercept);
        fitted.coefficients = fitted.coefficients.template cast<S>().eval().template cast<Real>().eval();
        fitted.intercept = fitted.intercept.template cast<S>().eval().template cast<Real>().eval();
    }
    Fitted run_with_penalty() const {
        const double lambda = options_.lambda.value_or(0);
        if (options_.has_corners()) {
            const gradus::ElasticNet net{lambda, options_.l1_ratio};
            const bool by_fold = options_.folds > 0;  // each has deviations of its own
            return run_with(
                options_.standardize && !by_fold ? net.in_units(penalty_factors(problem_, options_).cwiseSqrt()) : net);
        }
        if (lambda > 0) return run_with(gradus::Ridge{lambda, factors()});
        return run_with(gradus::NoPenalty{});
    }
    Eigen::VectorXd factors() const {
        return units_.is_raw() ? penalty_factors(problem_, options_)
                               : Eigen::VectorXd(Eigen::VectorXd::Ones(X_.cols()));
    }

    template <class Penalty>
    Fitted run_with(const Penalty& penalty) const {
        using namespace gradus;
        const bool has_intercept = options_.has_intercept;
        if (options_.is_linear())
            return fit(MultivariateRegression<S, Penalty>({penalty, has_intercept, names_}), data());
        if (options_.is_count()) return fit(PoissonRegression<S, Penalty>({penalty, has_intercept, names_}), data());
        if (options_.model == "huber")
            return fit(HuberRegression<S, Penalty>({options_.delta.value_or(1.345), penalty, has_intercept, names_}),
                       data());
        if (options_.is_ordinal()) {
            if (options_.link == "probit") return ordinal<Probit>(penalty);
            if (options_.link == "cloglog") return ordinal<ComplementaryLogLog>(penalty);
            return ordinal<Logit>(penalty);
        }
        if constexpr (!CornerPenalty<Penalty, S>)
            if (options_.has_firth) return classes(FirthLogisticRegression<S>({{}, has_intercept, {}, names_}));
        return classes(LogisticRegression<S, Penalty>({penalty, has_intercept, {}, names_}));
    }

    template <class Link, class Penalty>
    Fitted ordinal(const Penalty& penalty) const {
        return fit(gradus::OrdinalRegression<S, Penalty, int, Link>({penalty, {}, names_}), data());
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
        if constexpr (Model::has_corners) follow_path(model, data, fitted);
        if (!model.is_fitted()) fitted.report = solve(model, data);
        else fitted.report = model.report();
        fitted.solver = solver_that_ran(options_, fitted.report.solver);
        take_parameters(model, fitted);
        infer(model, data, fitted);
        return fitted;
    }
    template <class Model, class Place>
    static void take_parameters(const Model& model, Place& fitted) {
        fitted.coefficients = model.coefficients().template cast<Real>();
        if constexpr (requires { model.thresholds(); }) fitted.intercept = model.thresholds().template cast<Real>();
        else if constexpr (requires { model.intercept().size(); })
            fitted.intercept = model.intercept().template cast<Real>();
        else fitted.intercept = RealVector::Constant(1, static_cast<Real>(model.intercept()));
    }

    // One line that is written over and over.
    std::function<void(gradus::Index, gradus::Index)> progress() const {
        if (!options_.shows_progress) return {};
        return [](gradus::Index done, gradus::Index of) {
            std::cerr << "\rfit_csv: " << done << " of " << of << " fits" << (done == of ? "\n" : "") << std::flush;
        };
    }

    // With --folds, or --path and no lambda, the model becomes the one chosen, or the last one.
    template <class Model, class Data>
    void follow_path(Model& model, const Data& data, Fitted& fitted) const {
        if (options_.folds > 0) {
            const auto choice = gradus::cross_validate(model, data,
                                                       {.folds = options_.folds,
                                                        .seed = static_cast<std::uint64_t>(options_.seed),
                                                        .solver = coordinate_descent(),
                                                        .progress = progress(),
                                                        .standardize = options_.standardize});
            fitted.unconverged_folds = choice.unconverged;
            list(choice.path, fitted);
            for (gradus::Index i = 0; i < choice.path.size(); ++i) {
                fitted.path[static_cast<std::size_t>(i)].mean_loss = choice.mean_loss[i];
                fitted.path[static_cast<std::size_t>(i)].standard_error = choice.standard_error[i];
            }
            fitted.best_lambda = choice.best_lambda;
            fitted.one_standard_error_lambda = choice.one_standard_error_lambda;
            model = choice.model;
        } else if (options_.has_path) {
            const auto path = gradus::fit_path(model, data, {.solver = coordinate_descent(), .progress = progress()});
            list(path, fitted);
            if (!options_.lambda) model = path.model(path.size() - 1);
        }
    }
    template <class Path>
    static void list(const Path& path, Fitted& fitted) {
        for (gradus::Index i = 0; i < path.size(); ++i) {
            PathPlace place{
                path.lambda(i),  path.degrees_of_freedom(i), path.deviance_explained(i), path.aic(i), path.bic(i),
                path.nonzero(i), path.report(i).duality_gap, path.report(i).converged()};
            take_parameters(path.model(i), place);
            fitted.path.push_back(std::move(place));
        }
    }
    gradus::CoordinateDescent coordinate_descent() const { return as_asked(gradus::CoordinateDescent{}); }
    template <class Solver>
    Solver as_asked(Solver solver) const {
        if (options_.tolerance) solver.tolerance = *options_.tolerance;
        if (options_.max_iterations) solver.max_iterations = *options_.max_iterations;
        return solver;
    }

    template <class Penalty, class Data>
    gradus::FitReport solve(gradus::MultivariateRegression<S, Penalty>& model, const Data& data) const {
        if constexpr (gradus::CornerPenalty<Penalty, S>) return iterate(model, data);
        else return solve_least_squares(model, data);
    }
    template <class Model, class Data>
    gradus::FitReport solve_least_squares(Model& model, const Data& data) const {
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
        if constexpr (Model::has_corners) {
            if (options_.solver == "fista")
                return model.fit(data, as_asked(gradus::FISTA{.max_iterations = 100'000, .tolerance = 1e-11}), *watch_);
            return model.fit(data, coordinate_descent(), *watch_);
        } else {
            return iterate_smoothly(model, data);
        }
    }
    template <class Model, class Data>
    gradus::FitReport iterate_smoothly(Model& model, const Data& data) const {
        gradus::FitReport report = options_.is_scale_free() ? model.fit(data, ChosenSolver<true>{options_}, *watch_)
                                                            : model.fit(data, ChosenSolver<false>{options_}, *watch_);
        if (options_.solver != "auto") report.solver = title(options_);
        return report;
    }

    // Standard errors, or why there are none.
    template <class Model, class Data>
    void infer(const Model& model, const Data& data, Fitted& fitted) const {
        constexpr gradus::Index most_parameters = 2000;
        std::string& why_not = fitted.why_no_inference;
        if constexpr (Model::has_corners)
            why_not = "which coefficients are zero was chosen on these rows, and tests on the same rows do not know of "
                      "it; refit with the features that are left, without a penalty, on other rows";
        else if constexpr (!gradus::ZeroPenalty<typename Model::Penalty>)
            why_not = "a penalised fit has no Wald tests, because its coefficients are biased by an unknown amount";
        else if (!units_.is_raw())
            why_not = "the fit ran on standardised columns; solvers that do not need those, like newton, have them";
        else if (options_.model == "huber" && options_.weights_are_precisions)
            why_not = "those of a Huber model count each row as often as it weighs, which precisions do not say";
        else if (fitted.report.parameters > most_parameters)
            why_not = "for more than 2000 parameters they would take far longer than the fit";
        else fitted.inference = gradus::infer(model, data, {.weights = meaning_of_weights()});
    }

    const Problem& problem_;
    const Options& options_;
    Watch* watch_;
    std::vector<std::string> names_;  // as reports and tables have room for them
    ColumnUnits units_;
    gradus::Matrix<S> X_, Y_, offset_;
    gradus::Vector<S> weights_, trials_;
};

}  // namespace fit_csv
