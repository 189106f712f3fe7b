#include "statistics.hpp"

#include "predict.hpp"
#include <gradus/examination/constant_fit.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace fit_csv {

namespace {

using Eigen::Index;

// the effective number of parameters under a penalty is another matter
bool can_count_parameters(const Options& options, const Fitted& fitted) {
    return !options.is_penalised() && fitted.report.converged() && fitted.report.rank >= 0;
}

// Residuals below it, in units of the target, are rounding: the likelihood of an exact fit has no bound.
Real square_of_rounding(const Options& options) {
    const Real epsilon = options.scalar == "float"    ? std::numeric_limits<float>::epsilon()
                         : options.scalar == "double" ? static_cast<Real>(std::numeric_limits<double>::epsilon())
                                                      : std::numeric_limits<Real>::epsilon();
    return 256 * epsilon * epsilon;
}

// A row of positive weight is one observation, or as many as it weighs; of a group each outcome is one.
Real count_observations(const Problem& problem, const Options& options) {
    if (!options.weights_are_precisions) return problem.outcomes().sum();
    const auto count = (problem.weights.array() > 0).cast<Real>();
    return problem.is_grouped() ? (count * problem.trials.array()).sum() : count.sum();
}

TargetStatistics of_target(const Problem& problem, const Options& options, const Fitted& fitted, const RealVector& mean,
                           Index c) {
    const auto s = problem.weights.array();
    const Real n = problem.weights.sum();
    const RealVector y = problem.Y.col(c), from_offset = y - problem.offset.col(c);
    const Real center = options.has_intercept ? (s * from_offset.array()).sum() / n : Real(0);
    const Real tss = (s * (from_offset.array() - center).square()).sum();

    TargetStatistics out;
    out.rss = (s * (y - mean).array().square()).sum();
    if (tss > 0) out.r_squared = 1 - out.rss / tss;
    // as precisions (R's lm), each row is one observation of variance sigma^2 / s
    const bool are_precisions = options.weights_are_precisions;
    const Real rows = count_observations(problem, options);
    const Real scales = are_precisions ? (s > 0).select(s, 1).log().sum() / 2 : Real(0);
    const bool is_exact = out.rss <= (s * from_offset.array().square()).sum() * square_of_rounding(options);
    if (!is_exact)
        out.log_likelihood = scales - rows / 2 * (std::log(2 * std::numbers::pi_v<Real> * out.rss / rows) + 1);
    if (!can_count_parameters(options, fitted)) return out;

    const Real parameters = static_cast<Real>(fitted.report.rank + options.has_intercept);
    if (rows > parameters) out.residual_standard_error = std::sqrt(out.rss / (rows - parameters));
    out.aic = -2 * out.log_likelihood + 2 * (parameters + 1);  // sigma is one more
    out.bic = -2 * out.log_likelihood + std::log(rows) * (parameters + 1);
    return out;
}

Statistics of_numbers(const Problem& problem, const Options& options, const Fitted& fitted) {
    Statistics out;
    out.mean =
        response_means({options.model, options.link}, problem.X, problem.offset, fitted.coefficients, fitted.intercept);
    for (Index c = 0; options.is_linear() && c < out.mean.cols(); ++c)
        out.targets.push_back(of_target(problem, options, fitted, out.mean.col(c), c));
    return out;
}

// `model` has the parameters that were fitted.
template <class Model, class Data>
Statistics of_likelihood(const Problem& problem, const Options& options, const Fitted& fitted, const Model& model,
                         const Data& data) {
    const gradus::Likelihood<Real> likelihood = model.likelihood(data);
    const auto& risk = likelihood.risk;
    Statistics out;
    out.mean =
        response_means({options.model, options.link}, problem.X, problem.offset, fitted.coefficients, fitted.intercept);
    out.log_likelihood = likelihood.log_likelihood();
    out.null_log_likelihood = likelihood.log_likelihood_for(
        gradus::fit_constant(risk.loss(), risk.sample(), risk.predictor().intercept_map()).mean_loss);
    out.deviance = 2 * std::max(likelihood.saturated_log_likelihood() - out.log_likelihood, Real(0));  // by rounding
    if (!can_count_parameters(options, fitted)) return out;
    const auto parameters = static_cast<Real>(fitted.report.rank * likelihood.width() + risk.predictor().intercepts());
    out.aic = -2 * out.log_likelihood + 2 * parameters;
    out.bic = -2 * out.log_likelihood + std::log(count_observations(problem, options)) * parameters;
    return out;
}

Statistics nothing_known(const Problem& problem) {
    Statistics out;
    const auto classes = static_cast<Index>(problem.classes.size());
    out.mean.setConstant(problem.rows(), std::max(problem.Y.cols(), classes), unknown);
    return out;
}

std::vector<int> codes(const Problem& problem) {
    std::vector<int> out(problem.classes.size());
    std::iota(out.begin(), out.end(), 0);
    return out;
}

template <class Link>
Statistics of_levels(const Problem& problem, const Options& options, const Fitted& fitted) {
    using Model = gradus::OrdinalRegression<Real, gradus::NoPenalty, int, Link>;
    return of_likelihood(problem, options, fitted,
                         Model::from_parameters(fitted.coefficients, fitted.intercept, codes(problem)),
                         gradus::Observations(problem.X, problem.Y).weights(problem.weights).offset(problem.offset));
}

Statistics of_fit(const Problem& problem, const Options& options, const Fitted& fitted) {
    if (!fitted.coefficients.allFinite() || !fitted.intercept.allFinite()) return nothing_known(problem);
    if (!options.has_classes() && !options.is_count()) return of_numbers(problem, options, fitted);
    if (options.is_ordinal()) {
        if (options.link == "probit") return of_levels<gradus::Probit>(problem, options, fitted);
        if (options.link == "cloglog") return of_levels<gradus::ComplementaryLogLog>(problem, options, fitted);
        return of_levels<gradus::Logit>(problem, options, fitted);
    }
    const auto data = gradus::Observations(problem.X, problem.Y).weights(problem.weights).offset(problem.offset);
    const auto of = [&](const auto& model, const auto& rows) {
        return of_likelihood(problem, options, fitted, model, rows);
    };
    if (options.is_count())
        return of(gradus::PoissonRegression<Real>::from_parameters(fitted.coefficients, fitted.intercept[0],
                                                                   {.fit_intercept = options.has_intercept}),
                  data);
    const auto model = gradus::LogisticRegression<Real>::from_parameters(
        fitted.coefficients, fitted.intercept, codes(problem), {.fit_intercept = options.has_intercept});
    return problem.is_grouped() ? of(model, data.trials(problem.trials)) : of(model, data);
}

}  // namespace

Statistics statistics(const Problem& problem, const Options& options, const Fitted& fitted) {
    Statistics out = of_fit(problem, options, fitted);
    out.observations = count_observations(problem, options);
    return out;
}

}  // namespace fit_csv
