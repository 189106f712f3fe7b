#pragma once
// A fit, and what the data say about its parameters: what everything in this room begins with.

#include <gradus/inference/information.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace gradus::detail {

/// The likelihood at the fit, the information there, and the parameters of the table as both see them.
template <Scalar S>
struct Fitted {
    Likelihood<S> likelihood;
    Information<S> information;
    std::vector<NamedParameter> parameters;  ///< in the order of the table
    Matrix<S> map;                           ///< P x d: the parameters as linear functions of theta
    /// root root' is their covariance; of a linear model for sigma = 1, and the parameters of the first target. Rows of
    /// what the data do not determine are NaN.
    Matrix<S> root;

    const RowWalk<S>& walk() const { return likelihood.risk.walk(); }
    const AnyLoss<S>& loss() const { return likelihood.risk.loss(); }
    const Vector<S>& theta() const { return likelihood.theta; }
    bool is_linear() const { return likelihood.family().is_least_squares(); }
    Index outputs() const { return loss().outputs(); }
    /// How many parts of theta have the same information: the targets of a linear model.
    Index targets() const { return is_linear() ? outputs() : 1; }
};

/// P x d: the parameters of the table as linear functions of theta.
template <Scalar S>
GRADUS_ONCE Matrix<S> table_map(const Likelihood<S>& likelihood, const std::vector<NamedParameter>& parameters) {
    const Matrix<S> all = user_functionals<S>(likelihood.risk);
    Matrix<S> map(static_cast<Index>(parameters.size()), all.cols());
    for (Index i = 0; i < map.rows(); ++i) {
        const NamedParameter& row = parameters[static_cast<std::size_t>(i)];
        map.row(i) = all.row(row.plus);
        if (row.minus >= 0) map.row(i) -= all.row(row.minus);
    }
    return map;
}

/// The root of the covariance of the first parameters of the table.
template <Scalar S>
GRADUS_ONCE Matrix<S> covariance_root(const Information<S>& information, const Matrix<S>& map, Index parameters) {
    Matrix<S> root(parameters, information.rank());
    for (Index i = 0; i < parameters; ++i) root.row(i) = information.whitened(map.row(i).transpose()).transpose();
    return root;
}

/// The size of the terms that a linear predictor is the sum of, in whose rounding it may be wrong.
template <Scalar S>
double size_of_terms(const Likelihood<S>& likelihood) {
    const Vector<S> x = root_mean_square(likelihood.problem.prepared.columns);
    double size = 0;
    for (Index c = 0; c < likelihood.intercept.size(); ++c)
        size = std::max(size, std::abs(static_cast<double>(likelihood.intercept[c])));
    for (Index c = 0; c < likelihood.coefficients.cols(); ++c)
        for (Index j = 0; j < x.size(); ++j)
            size += std::abs(static_cast<double>(S(likelihood.coefficients(j, c) * x[j])));
    return size;
}

/// Throws InvalidInput unless the likelihood is largest where the fit stands, as it is on the data of the fit: `gain`
/// is twice what a Newton step would add to it, on other data about one for each parameter.
template <Scalar S>
GRADUS_ONCE void check_stands_at_maximum(const Likelihood<S>& likelihood, const S& gain) {
    const FitReport& report = likelihood.report;
    const Sample<S>& sample = likelihood.sample();
    const auto refuse = [&](const std::string& what) {
        reject("these are not the data of the fit: ", what,
               "; inference needs the rows, weights and offset that the model was fitted to",
               report.was_fitted() ? text(" (", report.rows, " rows, weights that sum to ", report.total_weight, ")")
                                   : std::string());
    };
    const double total = static_cast<double>(total_weight(sample)), rounding = static_cast<double>(epsilon<S>);
    if (report.was_fitted() && !(std::abs(total - report.total_weight) <= 64 * rounding * report.total_weight))
        refuse(text("their weights sum to ", total));
    // of least squares in units of the noise; an exact fit has none but rounding
    const double noise =
        likelihood.family().is_least_squares() ? -2 * static_cast<double>(likelihood.log_likelihood()) / total : 1.0;
    const double loose = 10 * std::sqrt(total) * std::max(0.0, report.relative_gradient),
                 most = std::max({1e-3, loose, std::sqrt(total) * 1e3 * rounding});
    const double allowed =
        noise * most * most +
        total * std::pow(1e3 * rounding * std::max(1.0, report.condition_number) * size_of_terms(likelihood), 2);
    if (static_cast<double>(gain) > allowed) refuse("their score is not zero at the coefficients");
}

/// One Newton step with the factor of the information, and twice its gain. A fit is reported in the user's coordinates,
/// and where a column lies far from zero the intercept is large and its rounding too: some 1e-11 for a column 1e5
/// spreads away, which residuals of 1e-6 would show. Here it is taken back.
template <Scalar S>
GRADUS_ONCE S polish(Likelihood<S>& likelihood, const Information<S>& information) {
    const Predictor<S>& predictor = likelihood.risk.predictor();
    Vector<S> gradient(likelihood.theta.size()), step(information.rank());
    likelihood.risk.value_and_gradient(likelihood.theta, gradient);
    const Index targets = likelihood.family().is_least_squares() ? predictor.outputs() : 1;
    S gain(0);
    Vector<S> theta = likelihood.theta;
    for (Index c = 0; c < targets; ++c) {
        const auto place = [&](Index m) {
            const Index l = information.parameters[static_cast<std::size_t>(m)];
            return l + c * (l < predictor.first_intercept() ? predictor.features() : 1);
        };
        for (Index m = 0; m < step.size(); ++m) step[m] = gradient[place(m)] * total_weight(likelihood.sample());
        solve_upper_transposed<S>(information.R, step);
        gain += dot(step, step);
        solve_upper<S>(information.R, step);
        for (Index m = 0; m < step.size(); ++m) theta[place(m)] -= step[m];
    }
    // where every residual is beyond Huber's delta nothing is curved
    if (!(gain - gain == S(0)) || !theta.allFinite()) return S(0);
    likelihood.theta = std::move(theta);
    return gain;
}

/// Powers of two that bring targets to about one, so that their squares stay within the range of S; 1 for targets of
/// zeros.
template <Scalar S>
Vector<S> target_units(const Likelihood<S>& likelihood) {
    return equilibrate(target_statistics(likelihood.problem.prepared), false).scale;
}

/// Of an M-estimator with psi(r) = -loss'(r) the root of (kappa / m)^2 sum s psi^2 / (n - P), m the mean of psi' and
/// kappa = 1 + P var(psi') / (n m^2), by which the covariance exceeds (X'SX)^-1 (Huber, Robust Statistics, 1981, sec.
/// 7.6; so does R's MASS::rlm, with case weights). n is the sum of the weights, P the rank.
template <Scalar S>
GRADUS_ONCE S robust_sigma(const Likelihood<S>& likelihood, Index rank) {
    using std::sqrt;
    const S unit = target_units(likelihood)[0];
    const auto add_block = [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
        auto slope = rows.slope(), curvature = rows.curvature();
        likelihood.risk.loss().derivatives(rows.y, rows.eta, Vector<S>(Vector<S>::Ones(rows.count())), slope,
                                           curvature);
        Vector<S> terms(3);
        for (Index i = 0; i < rows.count(); ++i) {
            const S psi = unit * slope(i, 0);
            terms << psi * psi, curvature(i, 0), curvature(i, 0) * curvature(i, 0);
            part.add(Vector<S>(rows.s[i] * terms));
        }
    };
    Vector<S> sums;
    likelihood.risk.walk()
        .reduce(likelihood.theta, VectorSum<S>(3), add_block)
        .mean(likelihood.sample().weight_scale, sums);
    const S n = total_weight(likelihood.sample()), P = S(static_cast<double>(rank)), m = sums[1] / n,
            variance = (sums[2] - n * m * m) / (n - S(1)), kappa = S(1) + P * variance / (n * m * m);
    return n > P ? S(sqrt(S(sums[0] / (n - P))) / unit * kappa / m) : std::numeric_limits<S>::quiet_NaN();
}
template <Scalar S>
GRADUS_ONCE Information<S> robust_information(const Likelihood<S>& likelihood) {
    Information<S> out = information(likelihood, true);
    const S sigma = robust_sigma(likelihood, out.rank());
    for (Index l = 0; l < out.R.size(); ++l) out.R.data()[l] /= sigma;
    return out;
}

/// A fit that did not converge is not asked to.
inline bool should_stand_at_maximum(const FitReport& report) { return report.converged() || !report.was_fitted(); }

/// Brings a fit to where the likelihood is largest, where that is next to it; throws as check_stands_at_maximum().
template <Scalar S>
GRADUS_ONCE void stand_at_maximum(Likelihood<S>& likelihood, const Information<S>& information) {
    if (!should_stand_at_maximum(likelihood.report)) return;
    const Likelihood<S> before = likelihood;
    check_stands_at_maximum(before, polish(likelihood, information));
}

/// What a likelihood says where it stands. `is_maximum`: the fit is where it is largest, and a last step may be taken.
/// `for_scores`: the information is that of the loss itself, also of an M-estimator.
template <Scalar S>
GRADUS_ONCE Fitted<S> fitted(Likelihood<S> likelihood, bool is_maximum, bool for_scores = false) {
    Information<S> facts = information(likelihood);
    if (is_maximum) stand_at_maximum(likelihood, facts);
    if (likelihood.family().dispersion() == Dispersion::robust && !for_scores) facts = robust_information(likelihood);
    std::vector<NamedParameter> parameters = likelihood.parameters();
    Matrix<S> map = table_map(likelihood, parameters);
    const Index targets =
        likelihood.family().is_least_squares() ? std::max<Index>(1, likelihood.coefficients.cols()) : 1;
    Matrix<S> root = covariance_root(facts, map, map.rows() / targets);
    return {std::move(likelihood), std::move(facts), std::move(parameters), std::move(map), std::move(root)};
}

/// Why nothing can be said of standard errors; empty: nothing stands in the way.
template <Scalar S>
GRADUS_ONCE std::string objection(const Likelihood<S>& likelihood) {
    const FitReport& report = likelihood.report;
    const MarginKind margins = likelihood.family().margins();
    if (report.converged()) return "";
    if (!report.was_fitted())
        return "the parameters were loaded or given, and standard errors belong to a fit: fit the model to these data";
    if (report.status == Status::separated)
        return text("the likelihood has no finite maximum, so there are no standard errors",
                    margins == MarginKind::binary || margins == MarginKind::softmax ? "; FirthLogisticRegression has"
                                                                                    : "");
    return text("the fit did not converge (", name(report.status),
                "), and standard errors belong to the maximum alone: ", report.message);
}

template <class Model>
inline constexpr bool is_bias_reduced = requires {
    requires Model::is_bias_reduced;
};

template <class Model, class... Parts>
Likelihood<typename Model::Scalar> unpenalised_likelihood(const Model& model, const Observations<Parts...>& data) {
    static_assert(!Model::has_corners,
                  "gradus: this penalty chose features on these rows, and tests on the same rows do not know of that; "
                  "refit the features that are left, without a penalty, on other rows");
    static_assert(ZeroPenalty<typename Model::Penalty> || Model::has_corners,
                  "gradus: a penalised fit has no Wald test, because its coefficients are biased by an unknown amount; "
                  "fit without a penalty, or with FirthLogisticRegression, or compare models on held-out data");
    Likelihood<typename Model::Scalar> likelihood = model.likelihood(data);
    const auto& family = likelihood.family();
    if (family.dispersion() == Dispersion::estimated && !family.is_least_squares())
        reject(family.name(),
               ": the likelihood leaves the dispersion of the response open, and it is estimated for least squares "
               "alone; so there are no standard errors");
    return likelihood;
}
/// For what compares maxima of likelihoods.
template <class Model, class... Parts>
Likelihood<typename Model::Scalar> comparable_likelihood(const Model& model, const Observations<Parts...>& data) {
    static_assert(!is_bias_reduced<Model>, "gradus: a bias-reduced fit is not at the maximum of the likelihood; "
                                           "firth_inference() profiles the penalised likelihood");
    Likelihood<typename Model::Scalar> likelihood = unpenalised_likelihood(model, data);
    if (likelihood.family().dispersion() == Dispersion::robust)
        reject(likelihood.family().name(), ": its loss is no likelihood, whose maxima could be compared; infer() and "
                                           "robust_inference() have Wald tests");
    return likelihood;
}
/// Where the fit is one of these maxima: the data are those of the fit.
template <class Model, class... Parts>
Likelihood<typename Model::Scalar> maximised_likelihood(const Model& model, const Observations<Parts...>& data) {
    Likelihood<typename Model::Scalar> likelihood = comparable_likelihood(model, data);
    stand_at_maximum(likelihood, information(likelihood));
    return likelihood;
}
template <class Model, class... Parts>
Fitted<typename Model::Scalar> fitted(const Model& model, const Observations<Parts...>& data, bool for_scores = false) {
    return fitted(unpenalised_likelihood(model, data), !is_bias_reduced<Model>, for_scores);
}

GRADUS_COMPILE(Fitted<double> fitted(Likelihood<double>, bool, bool))

}  // namespace gradus::detail
