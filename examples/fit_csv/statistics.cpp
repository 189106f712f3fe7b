#include "statistics.hpp"

#include <gradus/models/ordinal_regression.hpp>

#include <algorithm>
#include <cmath>

namespace fit_csv {

namespace {

using Eigen::Index;
constexpr Real pi = 3.14159265358979323846264338327950288L;

// the effective number of parameters under a penalty is another matter
bool can_count_parameters(const Options& options, const Fitted& fitted) {
    return options.ridge == 0 && fitted.report.converged() && fitted.report.rank >= 0;
}

TargetStatistics of_target(const Problem& problem, const Options& options, const Fitted& fitted, const RealVector& y,
                           const RealVector& eta) {
    const auto s = problem.weights.array();
    const Real n = problem.total_weight();
    const RealVector from_offset = y - problem.offset;
    const Real mean = options.has_intercept ? (s * from_offset.array()).sum() / n : Real(0);
    const Real tss = (s * (from_offset.array() - mean).square()).sum();

    TargetStatistics out;
    out.rss = (s * (y - eta).array().square()).sum();
    if (tss > 0) out.r_squared = 1 - out.rss / tss;
    if (out.rss > 0) out.log_likelihood = -n / 2 * (std::log(2 * pi * out.rss / n) + 1);
    if (!can_count_parameters(options, fitted)) return out;

    const Real parameters = static_cast<Real>(fitted.report.rank + options.has_intercept);
    const Real rows = static_cast<Real>((s > 0).count());  // weights are precisions here, as in R's lm
    if (rows > parameters) out.residual_standard_error = std::sqrt(out.rss / (rows - parameters));
    out.aic = -2 * out.log_likelihood + 2 * (parameters + 1);  // sigma is one more
    out.bic = -2 * out.log_likelihood + std::log(n) * (parameters + 1);
    return out;
}

// How many outcomes of each class row i stands for.
RealVector outcomes(const Problem& problem, const Fitted& fitted, Index i) {
    const Real y = problem.Y(i, 0);
    if (problem.is_grouped()) return Eigen::Matrix<Real, 2, 1>(problem.trials[i] - y, y);
    RealVector counts = RealVector::Zero(static_cast<Index>(fitted.classes.size()));
    for (Index c = 0; c < counts.size(); ++c)
        counts[c] = static_cast<Real>(fitted.classes[static_cast<std::size_t>(c)]) == y;
    return counts;
}

Real log_likelihood(const Problem& problem, const Fitted& fitted, const RealMatrix& log_probability) {
    Real sum = 0;
    for (Index i = 0; i < problem.rows(); ++i) {
        const RealVector counts = outcomes(problem, fitted, i);
        for (Index c = 0; c < counts.size(); ++c)
            if (counts[c] > 0) sum += problem.weights[i] * counts[c] * log_probability(i, c);  // 0 log 0 = 0
    }
    return sum;
}

// with one free probability for each row: the shares of its outcomes
RealMatrix log_shares(const Problem& problem, const Fitted& fitted) {
    RealMatrix out(problem.rows(), static_cast<Index>(fitted.classes.size()));
    for (Index i = 0; i < problem.rows(); ++i) {
        const RealVector counts = outcomes(problem, fitted, i);
        out.row(i) = (counts / counts.sum()).array().log().transpose();
    }
    return out;
}

// log P(class c) of each row, n x K, for one column of eta (two classes) or K.
RealMatrix log_probabilities(const RealMatrix& eta) {
    RealMatrix out = eta;
    if (eta.cols() == 1) {
        out.resize(eta.rows(), 2);
        out << RealVector::Zero(eta.rows()), eta;
    }
    for (Index i = 0; i < out.rows(); ++i) {
        Index best = 0;
        const Real largest = out.row(i).maxCoeff(&best);
        Real others = 0;
        for (Index c = 0; c < out.cols(); ++c)
            if (c != best) others += std::exp(out(i, c) - largest);
        out.row(i).array() -= largest;
        out.row(i).array() -= std::log1p(others);
    }
    return out;
}

template <class Link>
RealMatrix log_probabilities_of_levels(const RealVector& xw, const RealVector& thresholds) {
    RealMatrix out(xw.size(), thresholds.size() + 1);
    for (Index c = 0; c < out.cols(); ++c)
        gradus::detail::log_interval_probabilities<Link, Real>(out.col(c), [&](Index i, Real& a, Real& b) {
            a = c > 0 ? thresholds[c - 1] - xw[i] : -std::numeric_limits<Real>::infinity();
            b = c < thresholds.size() ? thresholds[c] - xw[i] : std::numeric_limits<Real>::infinity();
        });
    return out;
}

RealMatrix log_probabilities(const Options& options, const RealMatrix& xw, const RealVector& b) {
    if (!options.is_ordinal()) return log_probabilities(xw.rowwise() + b.transpose());
    if (options.link == "probit") return log_probabilities_of_levels<gradus::Probit>(xw, b);
    if (options.link == "cloglog") return log_probabilities_of_levels<gradus::ComplementaryLogLog>(xw, b);
    return log_probabilities_of_levels<gradus::Logit>(xw, b);
}

void of_classes(const Problem& problem, const Options& options, const Fitted& fitted, Statistics& out) {
    const RealMatrix offset = problem.offset.replicate(1, fitted.coefficients.cols());
    out.log_probability = log_probabilities(options, offset + problem.X * fitted.coefficients, fitted.intercept);
    out.log_likelihood = log_likelihood(problem, fitted, out.log_probability);
    out.null_log_likelihood =
        log_likelihood(problem, fitted, log_probabilities(options, offset, fitted.null_intercept));
    out.deviance = 2 * (log_likelihood(problem, fitted, log_shares(problem, fitted)) - out.log_likelihood);
    if (!can_count_parameters(options, fitted)) return;
    const auto others = static_cast<Index>(fitted.classes.size() - 1);
    const auto parameters = static_cast<Real>(
        options.is_ordinal() ? fitted.report.rank + others : (fitted.report.rank + options.has_intercept) * others);
    out.aic = -2 * out.log_likelihood + 2 * parameters;
    out.bic = -2 * out.log_likelihood + std::log(problem.total_weight()) * parameters;
}

// As R's glm(family = poisson) has them; log y! is gamma(y + 1) for y that are not whole.
void of_counts(const Problem& problem, const Options& options, const Fitted& fitted, Statistics& out) {
    const auto s = problem.weights.array();
    const auto y = problem.Y.col(0).array();
    const auto log_likelihood = [&](const RealVector& eta) {
        Real sum = 0;
        for (Index i = 0; i < eta.size(); ++i)
            if (s[i] > 0) sum += s[i] * (y[i] * eta[i] - std::exp(eta[i]) - std::lgamma(y[i] + 1));
        return sum;
    };
    RealVector null_eta = problem.offset;
    if (options.has_intercept) null_eta.array() += std::log((s * y).sum() / (s * problem.offset.array().exp()).sum());
    out.log_likelihood = log_likelihood(out.eta.col(0));
    out.null_log_likelihood = log_likelihood(null_eta);
    out.deviance = 0;
    for (Index i = 0; i < y.size(); ++i) {
        const Real eta = out.eta(i, 0), mean = std::exp(eta);
        out.deviance += 2 * s[i] * (y[i] > 0 ? y[i] * (std::log(y[i]) - eta) - (y[i] - mean) : mean);
    }
    if (!can_count_parameters(options, fitted)) return;
    const auto parameters = static_cast<Real>(fitted.report.rank + options.has_intercept);
    out.aic = -2 * out.log_likelihood + 2 * parameters;
    out.bic = -2 * out.log_likelihood + std::log(problem.total_weight()) * parameters;
}

}  // namespace

Statistics statistics(const Problem& problem, const Options& options, const Fitted& fitted) {
    Statistics out;
    if (options.has_classes()) {
        of_classes(problem, options, fitted, out);
        return out;
    }
    out.eta = problem.offset.replicate(1, fitted.intercept.size());
    out.eta.rowwise() += fitted.intercept.transpose();
    out.eta += problem.X * fitted.coefficients;
    if (options.is_count()) of_counts(problem, options, fitted, out);
    if (options.is_linear())
        for (Index c = 0; c < out.eta.cols(); ++c)
            out.targets.push_back(of_target(problem, options, fitted, problem.Y.col(c), out.eta.col(c)));
    return out;
}

}  // namespace fit_csv
