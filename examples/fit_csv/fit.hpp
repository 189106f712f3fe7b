#pragma once
// From the problem to coefficients, for one scalar: here the library is called.
//
// Each scalar has a translation unit of its own, so that they compile side by side. Weights and offset are always handed over, as ones and zeros
// where none are given: the answer is the same, and one type of Observations serves all.

#include "fitted.hpp"
#include "solvers.hpp"
#include "standardized.hpp"
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
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
          weights_(problem.weights.template cast<S>()),
          offset_(problem.offset.template cast<S>()),
          trials_(problem.trials.template cast<S>()),
          codes_(problem.is_grouped() || !options.has_classes()
                     ? Eigen::VectorXi()
                     : Eigen::VectorXi(problem.Y.col(0).template cast<int>())) {}

    Fitted run() const {
        Fitted fitted =
            options_.ridge > 0 ? run_with(gradus::Ridge{options_.ridge, factors()}) : run_with(gradus::NoPenalty{});
        back_from_units(units_, options_, fitted);
        return fitted;
    }

private:
    using Matrix = gradus::Matrix<S>;

    Eigen::VectorXd factors() const {
        return units_.is_raw() ? penalty_factors(problem_, options_)
                               : Eigen::VectorXd(Eigen::VectorXd::Ones(X_.cols()));
    }

    template <class Penalty>
    Fitted run_with(const Penalty& penalty) const {
        if (options_.is_linear()) return linear(penalty);
        if (options_.is_count())
            return one_target(
                gradus::PoissonRegression<S, Penalty>({penalty, options_.has_intercept, problem_.feature_names}));
        if (options_.model == "huber")
            return one_target(gradus::HuberRegression<S, Penalty>(
                {options_.delta.value_or(1.345), penalty, options_.has_intercept, problem_.feature_names}));
        if (options_.is_ordinal()) return ordinal(penalty);
        Fitted fitted = options_.has_firth ? firth() : logistic(X_, options_.has_intercept, penalty, options_.solver);
        fitted.null_intercept = RealVector::Zero(fitted.intercept.size());
        watch_->end_trace();
        // not the closed form, which an offset does not have
        if (options_.has_intercept)
            fitted.null_intercept = logistic(Matrix(X_.rows(), 0), true, gradus::NoPenalty{}, "newton").intercept;
        return fitted;
    }

    template <class Penalty>
    Fitted linear(const Penalty& penalty) const {
        gradus::MultivariateRegression<S, Penalty> model({penalty, options_.has_intercept, problem_.feature_names});
        const Matrix offset = offset_for(Y_.cols());
        const auto data = gradus::Observations(X_, Y_).weights(weights_).offset(offset);
        const std::string& solver = options_.solver;
        Fitted fitted;
        fitted.report = solver == "qr"         ? model.fit(data, gradus::QR{})
                        : solver == "cholesky" ? model.fit(data, gradus::Cholesky{})
                        : solver == "svd"
                            ? model.fit(data, gradus::SVD{})
                            : iteratively(solver, [&](const auto& chosen) { return model.fit(data, chosen, *watch_); });
        if (Y_.cols() == 1) fitted.report.model = "linear regression";
        take(model, fitted);
        infer(model, data, fitted);
        return fitted;
    }

    // Huber or Poisson
    template <class Model>
    Fitted one_target(Model model) const {
        const auto data = gradus::Observations(X_, Y_).weights(weights_).offset(offset_);
        Fitted fitted;
        fitted.report =
            iteratively(options_.solver, [&](const auto& chosen) { return model.fit(data, chosen, *watch_); });
        fitted.coefficients = model.coefficients().template cast<Real>();
        fitted.intercept = RealVector::Constant(1, static_cast<Real>(model.intercept()));
        return fitted;
    }

    template <class Penalty>
    Fitted logistic(const Matrix& X, bool has_intercept, const Penalty& penalty, const std::string& solver) const {
        gradus::LogisticRegression<S, Penalty> model(
            {penalty, has_intercept, {}, X.cols() ? problem_.feature_names : std::vector<std::string>()});
        return classes(model, X, [&](const auto& data) {
            return iteratively(solver, [&](const auto& chosen) { return model.fit(data, chosen, *watch_); });
        });
    }

    Fitted firth() const {
        gradus::FirthLogisticRegression<S> model({{}, options_.has_intercept, {}, problem_.feature_names});
        gradus::Firth solver;
        if (options_.tolerance) solver.tolerance = *options_.tolerance;
        if (options_.max_iterations) solver.max_iterations = *options_.max_iterations;
        return classes(model, X_, [&](const auto& data) { return model.fit(data, solver, *watch_); });
    }

    // `fit` fits `model` to the Observations that it is given
    template <class Model, class FitModel>
    Fitted classes(const Model& model, const Matrix& X, const FitModel& fit) const {
        const Matrix offset =
            offset_for(problem_.classes.size() == 2 ? 1 : static_cast<gradus::Index>(problem_.classes.size()));
        Fitted fitted;
        const auto run = [&](const auto& data) {
            fitted.report = fit(data);
            if (X.cols() > 0) infer(model, data, fitted);
        };
        if (problem_.is_grouped()) run(gradus::Observations(X, Y_).weights(weights_).offset(offset).trials(trials_));
        else run(gradus::Observations(X, codes_).weights(weights_).offset(offset));
        fitted.classes = {model.classes().begin(), model.classes().end()};
        take(model, fitted);
        return fitted;
    }

    template <class Penalty>
    Fitted ordinal(const Penalty& penalty) const {
        if (options_.link == "probit") return ordinal<gradus::Probit>(penalty);
        if (options_.link == "cloglog") return ordinal<gradus::ComplementaryLogLog>(penalty);
        return ordinal<gradus::Logit>(penalty);
    }
    template <class Link, class Penalty>
    Fitted ordinal(const Penalty& penalty) const {
        gradus::OrdinalRegression<S, Penalty, int, Link> model({penalty, {}, problem_.feature_names});
        const auto data = gradus::Observations(X_, codes_).weights(weights_).offset(offset_);
        Fitted fitted;
        fitted.report =
            iteratively(options_.solver, [&](const auto& chosen) { return model.fit(data, chosen, *watch_); });
        fitted.classes = {model.levels().begin(), model.levels().end()};
        fitted.coefficients = model.coefficients().template cast<Real>();
        fitted.intercept = model.thresholds().template cast<Real>();
        infer(model, data, fitted);
        watch_->end_trace();
        gradus::OrdinalRegression<S, gradus::NoPenalty, int, Link> null;
        null.fit(gradus::Observations(Matrix(X_.rows(), 0), codes_).weights(weights_).offset(offset_));
        fitted.null_intercept = null.thresholds().template cast<Real>();
        return fitted;
    }

    // Standard errors, unless they are undefined, or take far longer than the fit.
    template <class Model, class Data>
    void infer(const Model& model, const Data& data, Fitted& fitted) const {
        constexpr gradus::Index most_parameters = 2000;
        if constexpr (gradus::ZeroPenalty<typename Model::Penalty>)
            if (fitted.report.parameters <= most_parameters && units_.is_raw())
                fitted.inference = gradus::infer(model, data);
    }

    template <class FitWith>
    gradus::FitReport iteratively(const std::string& solver, const FitWith& fit) const {
        gradus::FitReport report = is_scale_free(solver)
                                       ? fit(ScaleFree<S>{options_, solver})
                                       : fit(FirstOrder<S>{options_, solver, options_.step.value_or(0)});
        report.solver = title(solver);
        return report;
    }

    Matrix offset_for(gradus::Index outputs) const { return problem_.offset.template cast<S>().replicate(1, outputs); }

    template <class Model>
    static void take(const Model& model, Fitted& fitted) {
        fitted.coefficients = model.coefficients().template cast<Real>();
        fitted.intercept = model.intercept().template cast<Real>();
    }

    const Problem& problem_;
    const Options& options_;
    Watch* watch_;
    ColumnUnits units_;
    Matrix X_, Y_;
    gradus::Vector<S> weights_, offset_, trials_;
    Eigen::VectorXi codes_;
};

}  // namespace fit_csv
