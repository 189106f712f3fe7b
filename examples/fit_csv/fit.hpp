#pragma once
// From the problem to coefficients, for one scalar: here the library is called.
//
// Each scalar has a translation unit of its own, so that they compile side by side. Weights and offset are always handed over, as ones and zeros
// where none are given: the answer is the same, and one type of Observations serves all.

#include "first_order.hpp"
#include "fitted.hpp"
#include "standardized.hpp"
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>

namespace fit_csv {

template <class S>
class Fit {
public:
    Fit(const Problem& problem, const Options& options)
        : problem_(problem),
          options_(options),
          units_(units_of_columns(problem, options)),
          X_(in_units(problem.X, units_).template cast<S>()),
          Y_(problem.Y.template cast<S>()),
          weights_(problem.weights.template cast<S>()),
          trials_(problem.trials.template cast<S>()),
          codes_(problem.is_grouped() ? Eigen::VectorXi() : Eigen::VectorXi(problem.Y.col(0).template cast<int>())) {}

    Fitted run() const {
        Fitted fitted =
            options_.ridge > 0 ? run_with(gradus::Ridge{options_.ridge, factors()}) : run_with(gradus::NoPenalty{});
        back_from_units(units_, fitted);
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
        Fitted fitted = logistic(X_, options_.has_intercept, penalty, options_.solver);
        fitted.null_intercept = RealVector::Zero(fitted.intercept.size());
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
                            : iteratively(solver, [&](const auto& chosen) { return model.fit(data, chosen); });
        if (is_first_order(solver)) fitted.report.solver = solver;
        if (Y_.cols() == 1) fitted.report.model = "linear regression";
        take(model, fitted);
        return fitted;
    }

    template <class Penalty>
    Fitted logistic(const Matrix& X, bool has_intercept, const Penalty& penalty, const std::string& solver) const {
        using Model = gradus::LogisticRegression<S, Penalty>;
        Model model({penalty, has_intercept, {}, X.cols() ? problem_.feature_names : std::vector<std::string>()});
        const Matrix offset =
            offset_for(problem_.classes.size() == 2 ? 1 : static_cast<gradus::Index>(problem_.classes.size()));
        const auto fit = [&](const auto& data) {
            return iteratively(solver, [&](const auto& chosen) { return model.fit(data, chosen); });
        };
        Fitted fitted;
        fitted.report = problem_.is_grouped()
                            ? fit(gradus::Observations(X, Y_).weights(weights_).offset(offset).trials(trials_))
                            : fit(gradus::Observations(X, codes_).weights(weights_).offset(offset));
        if (is_first_order(solver)) fitted.report.solver = solver;
        fitted.classes = {model.classes().begin(), model.classes().end()};
        take(model, fitted);
        return fitted;
    }

    template <class FitWith>
    gradus::FitReport iteratively(const std::string& solver, const FitWith& fit) const {
        return solver == "newton"               ? fit(iterative<gradus::Newton>())
               : solver == "newton-cg"          ? fit(iterative<gradus::NewtonCG>())
               : solver == "lbfgs"              ? fit(iterative<gradus::LBFGS>())
               : solver == "conjugate-gradient" ? fit(iterative<gradus::ConjugateGradient>())
               : is_first_order(solver)         ? fit(FirstOrder<S>{options_, solver})
                                                : fit(iterative<gradus::GradientDescent<>>());
    }

    template <class Solver>
    Solver iterative() const {
        Solver solver;
        if (options_.tolerance) solver.tolerance = *options_.tolerance;
        if (options_.max_iterations) solver.max_iterations = *options_.max_iterations;
        return solver;
    }

    Matrix offset_for(gradus::Index outputs) const { return problem_.offset.template cast<S>().replicate(1, outputs); }

    template <class Model>
    static void take(const Model& model, Fitted& fitted) {
        fitted.coefficients = model.coefficients().template cast<Real>();
        fitted.intercept = model.intercept().template cast<Real>();
    }

    const Problem& problem_;
    const Options& options_;
    ColumnUnits units_;
    Matrix X_, Y_;
    gradus::Vector<S> weights_, trials_;
    Eigen::VectorXi codes_;
};

}  // namespace fit_csv
