#pragma once
// What may be said about a fit: standard errors, tests and intervals, and the table that shows them.

#include <gradus/examination/constant_fit.hpp>
#include <gradus/inference/fitted.hpp>
#include <gradus/inference/test.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <numbers>
#include <ostream>
#include <string>
#include <vector>

namespace gradus {

/// How weights are meant when rows are counted.
enum class WeightMeaning {
    precision,  ///< the variance of row i is sigma^2 / s_i: rows count once each (R's lm and glm, statsmodels' WLS)
    frequency,  ///< the row was seen s_i times: rows count s_i each
};

struct InferenceOptions {
    /// One meaning for all that is said. For linear models it decides how many degrees of freedom there are, and so the
    /// standard errors; other likelihoods are weighted sums either way, and it decides how many rows BIC counts.
    /// Huber's covariance takes frequencies alone.
    WeightMeaning weights = WeightMeaning::precision;
};

/// One line of the table. What cannot be known is NaN: the standard error of a coefficient that the data do not
/// determine, or of any where the fit did not converge.
struct Estimate {
    std::string output, name;  ///< the class, level or target (empty with a single one), and the feature
    double estimate = 0, std_error = 0, statistic = 0, p_value = 0, log_p_value = 0;
};

struct Interval {
    double lower = 0, upper = 0;
};

/// What linear models say of each target.
struct TargetFit {
    std::string output;
    double rss = 0, tss = 0;  ///< residual and total sum of squares (about the mean, or with no intercept about zero)
    double residual_standard_error = 0;            ///< sqrt(rss / degrees_of_freedom)
    double degrees_of_freedom = 0;                 ///< rows - rank
    double r_squared = 0, adjusted_r_squared = 0;  ///< NaN where the target is constant, or nothing is left to count
    Test f;                                        ///< that all slopes are zero
    /// The residuals are rounding: standard errors are too, and there are no tests.
    bool is_exact = false;
};

/// The inference for one fit: made by infer(). All numbers belong to the user's parameters, in the order of the table:
/// output after output, the intercept first; ordinal: the slopes, then the thresholds. Classes beyond two are compared
/// with the first one.
struct Inference {
    std::string family;  ///< what the response is: fits of one family alone can be nested
    std::string model;
    bool has_several_outputs = false;  ///< whose parameters share their names
    std::vector<Estimate> estimates;
    Eigen::MatrixXd root;  ///< covariance() = root root': what products should be made of, where digits matter
    /// Of t; infinite: the normal is used.
    double residual_degrees_of_freedom = std::numeric_limits<double>::infinity();
    Index rank = 0;                  ///< how many parameters the data determine
    double rows = 0;                 ///< n, or the sum of the weights where they are frequencies; outcomes of counts
    double total_weight = 0;         ///< the sum of the weights, with the trials of counts
    std::vector<TargetFit> targets;  ///< of linear models; of all others there are none
    /// Linear: of normal noise, whose variances (of several targets covariances) count among the parameters; NaN where
    /// the residuals are rounding. Where the fit did not converge AIC, BIC and what follows from them are NaN.
    double log_likelihood = 0, aic = 0, bic = 0;
    /// Of the other models, and that all slopes are zero:
    double null_log_likelihood = 0, deviance = 0, null_deviance = 0, mcfadden_r_squared = 0;
    Test likelihood_ratio;
    bool is_exact = false;  ///< of an M-estimator: its residuals are rounding, and there are no tests
    std::string note;       ///< why something is missing
    std::string weights;    ///< where there are weights that matter: what they are taken to mean
    std::string dependent;  ///< the names of columns that are combinations of those before them

    bool is_linear() const { return !targets.empty(); }
    /// Whether the residuals to which estimate i belongs are rounding.
    bool is_exact_at(std::size_t i) const {
        return is_exact || (is_linear() && targets[i * targets.size() / estimates.size()].is_exact);
    }

    /// P x P, in the order of estimates; rows and columns of what is not determined are NaN.
    Eigen::MatrixXd covariance() const { return root * root.transpose(); }

    /// Of estimate i: estimate -+ quantile * standard error (Wald).
    Interval interval(Index i, double level = 0.95) const {
        const Estimate& row = estimates[static_cast<std::size_t>(i)];
        const double reach = student_t_quantile(level, residual_degrees_of_freedom) * row.std_error;
        return {row.estimate - reach, row.estimate + reach};
    }
    /// exp(estimate i) and its interval: the factor on the odds for one unit of a feature.
    double odds_ratio(Index i) const { return std::exp(estimates[static_cast<std::size_t>(i)].estimate); }
    Interval odds_ratio_interval(Index i, double level = 0.95) const {
        const Interval log = interval(i, level);
        return {std::exp(log.lower), std::exp(log.upper)};
    }
    /// The first estimate of that name (and output); throws InvalidInput when there is none.
    const Estimate& operator[](const std::string& name) const { return find("", name); }
    const Estimate& find(const std::string& output, const std::string& name) const {
        for (const Estimate& row : estimates)
            if (row.name == name && (output.empty() || row.output == output)) return row;
        reject("no parameter '", name, "'", output.empty() ? std::string() : " of output '" + output + "'");
    }
};

namespace detail {

/// The user's parameters as the fit reports them, in the order of the table.
template <Scalar S>
Vector<S> table_estimates(const Likelihood<S>& likelihood, const std::vector<NamedParameter>& parameters) {
    const Vector<S> all = flat<S>(likelihood.coefficients, likelihood.intercept, true);
    Vector<S> out(static_cast<Index>(parameters.size()));
    for (Index i = 0; i < out.size(); ++i) {
        const NamedParameter& row = parameters[static_cast<std::size_t>(i)];
        out[i] = row.minus < 0 ? all[row.plus] : S(all[row.plus] - all[row.minus]);
    }
    return out;
}

/// Number of rows of positive weight, or the sum of the weights.
template <Scalar S>
double counted_rows(const RowWalk<S>& walk, WeightMeaning meaning) {
    if (meaning == WeightMeaning::frequency || !walk.sample().weights)
        return static_cast<double>(total_weight(walk.sample()));
    const auto count = [](Index, Index b, const RowScratch<S>& rows, Sum<double>& part) {
        for (Index i = 0; i < b; ++i) part.add(rows.s[i] > S(0) ? 1.0 : 0.0);
    };
    return walk.reduce_targets(Sum<double>(), count).value();
}

/// The number of rows that a fit says it has, or of outcomes where rows are counts; and what it says of the weights,
/// where they are not all one: `of_each` of those that are precisions.
template <Scalar S>
void count_observations(const Fitted<S>& fit, WeightMeaning meaning, const char* of_each, Inference& out) {
    const double sum = counted_rows(fit.walk(), WeightMeaning::frequency),
                 outcomes = static_cast<double>(fit.walk().sample().outcomes),
                 unweighted = outcomes > 0 ? outcomes : counted_rows(fit.walk(), WeightMeaning::precision);
    const char* unit = outcomes > 0 ? " outcomes" : " rows";
    out.total_weight = sum;
    out.rows = meaning == WeightMeaning::frequency ? sum : unweighted;
    if (sum == unweighted) return;
    out.weights = meaning == WeightMeaning::frequency
                      ? text("frequencies: ", sum, unit, " in all")
                      : text("precisions, ", of_each, ": ", unweighted, unit, ", whatever they weigh");
}

/// Weighted sums of squares and products over all rows, of targets in these units: of the residuals, packed as in
/// pair_index, then of each target less its offset about the best constant, and about zero.
template <Scalar S>
GRADUS_ONCE Vector<S> linear_sums(const Fitted<S>& fit, const Vector<S>& unit) {
    const Sample<S>& sample = fit.walk().sample();
    const Index k = fit.outputs(), pairs = pair_count(k);
    Sample<S> in_units = sample;  // where the sum of large targets does not overflow
    in_units.target_coordinates = {Vector<S>::Zero(k), unit};
    const Vector<S> centre = fit_constant(fit.loss(), in_units, fit.walk().predictor().intercept_map()).eta;
    const auto add_block = [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
        Vector<S> terms(pairs + 2 * k), e(k);
        for (Index i = 0; i < rows.count(); ++i) {
            for (Index c = 0; c < k; ++c) {
                e[c] = (rows.y(i, c) - rows.eta(i, c)) * unit[c];
                for (Index d = 0; d <= c; ++d) terms[pair_index(c, d, k)] = rows.s[i] * e[c] * e[d];
                const S y = (rows.y(i, c) - (sample.offset ? rows.scratch.offset(i, c) : S(0))) * unit[c],
                        t = y - centre[c];
                terms[pairs + c] = rows.s[i] * t * t;
                terms[pairs + k + c] = rows.s[i] * y * y;
            }
            part.add(terms);
        }
    };
    Vector<S> out;  // in the user's weights
    fit.walk().reduce(fit.theta(), VectorSum<S>(pairs + 2 * k), add_block).mean(sample.weight_scale, out);
    return out;
}

/// Sums of squares of one target in units of which there are `unit` in one of the user's: of residuals, about the best
/// constant, about zero. `slopes`: how many the data determine; `rounding`: of the scalar.
inline TargetFit target_fit(std::string output, double rss, double tss, double size, double unit, double slopes,
                            double df, double rounding) {
    const double nothing = std::pow(16 * rounding, 2) * size, unknown = std::numeric_limits<double>::quiet_NaN();
    TargetFit out;
    out.output = std::move(output);
    out.rss = rss / unit / unit;
    out.tss = tss / unit / unit;
    out.degrees_of_freedom = df;
    out.is_exact = rss <= nothing;
    out.residual_standard_error = df > 0 ? std::sqrt(rss / df) / unit : unknown;
    const bool is_constant = tss <= nothing;
    out.r_squared = is_constant ? unknown : 1 - rss / tss;
    out.adjusted_r_squared = is_constant || !(df > 0) ? unknown : 1 - rss / df / (tss / (df + slopes));
    if (df > 0 && slopes > 0 && !out.is_exact)
        out.f = f_test("all slopes are zero", (tss - rss) / slopes / (rss / df), slopes, df);
    return out;
}

/// Lower triangular L (k x k) with L L' = C, packed as in pair_index. C may be singular.
template <Scalar S>
Matrix<S> semidefinite_root(const Vector<S>& C, Index k) {
    using std::sqrt;
    Matrix<S> L = Matrix<S>::Zero(k, k);
    for (Index c = 0; c < k; ++c)
        for (Index d = 0; d <= c; ++d) {
            S rest = C[pair_index(c, d, k)];
            for (Index l = 0; l < d; ++l) rest -= L(c, l) * L(d, l);
            if (c == d) L(c, d) = rest > S(0) ? S(sqrt(rest)) : rest * S(0);
            else L(c, d) = L(d, d) > S(0) ? S(rest / L(d, d)) : S(0);
        }
    return L;
}

/// Of normal noise with covariance E / n, E the sums of squares and products of the residuals in these units of the
/// targets; `log_weights`: the sum of the logarithms of weights that are precisions (as R's logLik).
template <Scalar S>
GRADUS_ONCE void add_normal_likelihood(const Vector<S>& E, const Vector<S>& unit, double log_weights, double slopes,
                                       Inference& out) {
    const Index k = unit.size();
    const double n = out.rows, targets = static_cast<double>(k);
    const Matrix<S> L = semidefinite_root(Vector<S>(E / S(n)), k);
    double log_det = 0;
    for (Index c = 0; c < k; ++c)
        log_det += 2 * (std::log(static_cast<double>(L(c, c))) - std::log(static_cast<double>(unit[c])));
    const bool is_exact =
        std::any_of(out.targets.begin(), out.targets.end(), [](const TargetFit& target) { return target.is_exact; });
    out.log_likelihood =
        is_exact ? std::numeric_limits<double>::quiet_NaN()
                 : -n / 2 * (targets * (std::log(2 * std::numbers::pi) + 1) + log_det) + targets / 2 * log_weights;
    const double parameters = targets * slopes + targets * (targets + 1) / 2;
    out.aic = -2 * out.log_likelihood + 2 * parameters;
    out.bic = -2 * out.log_likelihood + std::log(n) * parameters;
}
/// The sum of the logarithms of the weights of rows that have one.
template <Scalar S>
double sum_of_log_weights(const RowWalk<S>& walk) {
    if (!walk.sample().weights) return 0;
    const auto add = [](Index, Index b, const RowScratch<S>& rows, Sum<double>& part) {
        for (Index i = 0; i < b; ++i)
            if (rows.s[i] > S(0)) part.add(std::log(static_cast<double>(rows.s[i])));
    };
    return walk.reduce_targets(Sum<double>(), add).value();
}

template <Scalar S>
GRADUS_ONCE void infer_linear(const Fitted<S>& fit, const InferenceOptions& options, Inference& out) {
    const Matrix<S>& G = fit.root;
    const Index k = fit.outputs(), P = G.rows(), r = G.cols();
    count_observations(fit, options.weights, "of which a row of variance sigma^2 has 1", out);
    const double df = out.rows - static_cast<double>(r),
                 slopes = static_cast<double>(r - fit.likelihood.has_intercept());
    out.residual_degrees_of_freedom = df;
    const Vector<S> unit = target_units(fit.likelihood), sums = linear_sums(fit, unit);
    const auto square = [&](Index at) { return static_cast<double>(sums[at]); };
    for (Index c = 0; c < k; ++c)
        out.targets.push_back(target_fit(
            fit.likelihood.outputs[static_cast<std::size_t>(c)], square(pair_index(c, c, k)), square(pair_count(k) + c),
            square(pair_count(k) + k + c), static_cast<double>(unit[c]), slopes, df, static_cast<double>(epsilon<S>)));
    // of rows that have a weight; walks see weights times weight_scale
    const double log_weights = options.weights == WeightMeaning::precision
                                   ? sum_of_log_weights(fit.walk()) -
                                         out.rows * std::log(static_cast<double>(fit.walk().sample().weight_scale))
                                   : 0.0;
    add_normal_likelihood<S>(sums.head(pair_count(k)), unit, log_weights, static_cast<double>(r), out);
    // the covariance is C (x) G G', C that of the noise of the targets
    Vector<S> C = sums.head(pair_count(k));
    for (Index l = 0; l < C.size(); ++l) C[l] = df > 0 ? S(C[l] / S(df)) : std::numeric_limits<S>::quiet_NaN();
    const Matrix<S> L = semidefinite_root(C, k);
    out.root = Eigen::MatrixXd::Zero(P * k, r * k);
    for (Index c = 0; c < k; ++c)
        for (Index d = 0; d <= c; ++d)
            for (Index j = 0; j < r; ++j)
                for (Index i = 0; i < P; ++i)
                    out.root(c * P + i, d * r + j) =
                        static_cast<double>(S(L(c, d) * G(i, j))) / static_cast<double>(unit[c]);
}

/// Why there is no noise to compare with.
inline std::string no_freedom(double rows, Index coefficients) {
    return text("No degrees of freedom are left: ", rows, rows == 1 ? " row" : " rows", " for ",
                counted(coefficients, "coefficient"), ", and nothing tells the noise");
}

/// Of an M-estimator: Wald tests, and no likelihood.
template <Scalar S>
void infer_without_likelihood(const Fitted<S>& fit, Inference& out) {
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    count_observations(fit, WeightMeaning::frequency, "", out);
    out.log_likelihood = out.null_log_likelihood = out.deviance = out.null_deviance = unknown;
    out.aic = out.bic = out.mcfadden_r_squared = unknown;
    out.root = fit.root.template cast<double>();
    const S unit = target_units(fit.likelihood)[0];
    const auto add_squares = [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
        auto slope = rows.slope();
        fit.loss().value_and_slope(rows.y, rows.eta, Vector<S>(Vector<S>::Ones(rows.count())), slope);
        Vector<S> squares(2);
        for (Index i = 0; i < rows.count(); ++i) {
            const S psi = unit * slope(i, 0), y = unit * rows.y(i, 0);
            squares << psi * psi, y * y;
            part.add(Vector<S>(rows.s[i] * squares));
        }
    };
    Vector<S> sums;
    fit.walk().reduce(fit.theta(), VectorSum<S>(2), add_squares).mean(fit.walk().sample().weight_scale, sums);
    out.is_exact = sums[0] <= S(S(16) * epsilon<S>) * S(S(16) * epsilon<S>) * sums[1];
    if (out.note.empty() && !(out.rows > static_cast<double>(out.rank))) out.note = no_freedom(out.rows, out.rank);
}

/// What a likelihood says by its value.
template <Scalar S>
GRADUS_ONCE void infer_by_likelihood(const Fitted<S>& fit, const InferenceOptions& options, Inference& out) {
    const Sample<S>& sample = fit.walk().sample();
    const S fitted = fit.likelihood.log_likelihood(), saturated = fit.likelihood.saturated_log_likelihood();
    const S null = fit.likelihood.log_likelihood_for(
        fit_constant(fit.loss(), sample, fit.walk().predictor().intercept_map()).mean_loss);
    count_observations(fit, options.weights, "each of which multiplies the loss of its row", out);
    out.log_likelihood = static_cast<double>(fitted);
    out.null_log_likelihood = static_cast<double>(null);
    // rounding may put a saturated fit beyond the saturated one
    out.deviance = static_cast<double>(std::max(S(0), S(S(2) * (saturated - fitted))));
    out.null_deviance = static_cast<double>(std::max(S(0), S(S(2) * (saturated - null))));
    out.aic = -2 * out.log_likelihood + 2 * static_cast<double>(out.rank);
    out.bic = -2 * out.log_likelihood + std::log(out.rows) * static_cast<double>(out.rank);
    const Index slopes = fit.information.features * fit.likelihood.width();
    out.mcfadden_r_squared = slopes > 0 ? 1 - out.log_likelihood / out.null_log_likelihood : 0;
    if (slopes > 0)
        out.likelihood_ratio =
            chi_squared_test("likelihood ratio, all slopes are zero", static_cast<double>(S(S(2) * (fitted - null))),
                             static_cast<double>(slopes));
    out.root = fit.root.template cast<double>();
}

/// Fills in what follows from the estimates, the root of their covariance and the degrees of freedom.
inline void judge_estimates(Inference& inference) {
    if (!inference.note.empty()) inference.root.setConstant(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < inference.estimates.size(); ++i) {
        Estimate& row = inference.estimates[i];
        row.std_error = inference.root.row(static_cast<Index>(i)).stableNorm();
        row.statistic = row.estimate / row.std_error;
        if (inference.is_exact_at(i))  // a ratio of two roundings
            row.statistic = std::numeric_limits<double>::quiet_NaN();
        const TailProbability tail = student_t_two_sided(row.statistic, inference.residual_degrees_of_freedom);
        row.p_value = tail.p;
        row.log_p_value = tail.log_p;
    }
}

/// What compares maxima, where the fit did not reach one. A separated one came as close to it as anyone asks.
GRADUS_ONCE inline void withhold_comparisons(Inference& out) {
    out.aic = out.bic = out.mcfadden_r_squared = std::numeric_limits<double>::quiet_NaN();
    out.likelihood_ratio = {};
    for (TargetFit& target : out.targets) target.f = {};
}

template <Scalar S>
GRADUS_ONCE Inference infer(const Fitted<S>& fit, const InferenceOptions& options) {
    Inference out;
    out.family = fit.likelihood.family().name();
    out.model = fit.likelihood.report.model;
    out.rank = fit.information.rank();
    out.note = objection(fit.likelihood);
    out.dependent = fit.likelihood.report.dependent_names();
    if (fit.is_linear()) infer_linear(fit, options, out);
    else if (fit.likelihood.family().dispersion() == Dispersion::robust) infer_without_likelihood(fit, out);
    else infer_by_likelihood(fit, options, out);
    if (!out.note.empty() && fit.likelihood.report.status != Status::separated) withhold_comparisons(out);
    const Vector<S> estimates = table_estimates(fit.likelihood, fit.parameters);
    for (std::size_t i = 0; i < fit.parameters.size(); ++i) {
        const NamedParameter& row = fit.parameters[i];
        out.has_several_outputs = out.has_several_outputs || row.output != fit.parameters.front().output;
        out.estimates.push_back({row.output, row.name, static_cast<double>(estimates[static_cast<Index>(i)])});
    }
    judge_estimates(out);
    return out;
}

GRADUS_COMPILE(Inference infer(const Fitted<double>&, const InferenceOptions&))

}  // namespace detail

/// Standard errors, tests and intervals of a fit, from the model and the data that it was fitted to.
///
///     const Inference inference = infer(model, X, y);          // or infer(model, Observations(X, y).weights(s))
///     std::cout << inference;                                  // the table
///     inference["age"].std_error;  inference.interval(1);  inference.covariance();
///
/// Linear models: sigma^2 (X'SX)^-1 and Student's t with n - rank degrees of freedom; models of classes and counts: the
/// inverse of the observed information (for canonical links that is the expected one too) and the normal; Huber: the
/// M-estimator's covariance, see detail::robust_information, and the normal. Throws InvalidInput where the data are not
/// those of the fit: other rows, weights or offset, at which the score is not zero. O(n p^2 k^3) in one or two sweeps
/// over X.
template <class Model, class... Parts>
Inference infer(const Model& model, const Observations<Parts...>& data, const InferenceOptions& options = {}) {
    Inference out = detail::infer(detail::fitted(model, data), options);
    // of a bias-reduced fit the penalised likelihoods are compared: see firth_inference()
    if constexpr (detail::is_bias_reduced<Model>) out.likelihood_ratio = {};
    return out;
}
template <class Model, Features X, Column Y>
Inference infer(const Model& model, const X& x, const Y& y, const InferenceOptions& options = {}) {
    return infer(model, Observations(x, y), options);
}

namespace detail {

inline const char* stars(double p) { return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : p < 0.1 ? "." : ""; }

inline void print_estimates(std::ostream& out, const Inference& inference) {
    std::size_t width = 11;
    const auto title = [&](const Estimate& row) {
        return inference.has_several_outputs ? row.output + ": " + row.name : row.name;
    };
    // characters, not bytes, of UTF-8
    const auto length = [](const std::string& words) {
        return static_cast<std::size_t>(
            std::count_if(words.begin(), words.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
    };
    for (const Estimate& row : inference.estimates) width = std::max(width, length(title(row)));
    const char letter = std::isinf(inference.residual_degrees_of_freedom) ? 'z' : 't';
    const auto cell = [&](const std::string& words) { out << std::setw(14) << std::right << words; };
    out << std::string(width, ' ');
    for (const std::string& head : {std::string("Estimate"), std::string("Std. Error"),
                                    std::string(1, letter) + " value", std::string("Pr(>|") + letter + "|)"})
        cell(head);
    out << '\n';
    for (const Estimate& row : inference.estimates) {
        out << title(row) << std::string(width - length(title(row)), ' ');
        cell(text(row.estimate));
        if (std::isnan(row.std_error)) {
            out << "  (not known)\n";
            continue;
        }
        cell(text(row.std_error));
        if (std::isnan(row.statistic)) {
            out << "  (rounding)\n";
            continue;
        }
        cell(text(row.statistic));
        cell(p_text(row.p_value, row.log_p_value));
        out << ' ' << stars(row.p_value) << '\n';
    }
    out << "---\nSignif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1\n";
}

}  // namespace detail

namespace detail {

/// A figure, or why there is none.
inline std::string figure(double value, const char* why_not) { return std::isnan(value) ? why_not : text(value); }

inline void print_target(std::ostream& out, const TargetFit& target, double rows, Index coefficients) {
    const auto line = [&](const auto&... parts) { out << text(parts...) << '\n'; };
    if (!(target.degrees_of_freedom > 0)) line(no_freedom(rows, coefficients));
    else if (target.is_exact) line(exact_fit);
    else
        line("Residual standard error: ", target.residual_standard_error, " on ", target.degrees_of_freedom,
             " degrees of freedom");
    line("Multiple R-squared: ", figure(target.r_squared, "undefined, the target is constant"),
         ",  Adjusted R-squared: ", figure(target.adjusted_r_squared, "undefined"));
}

}  // namespace detail

/// The table, as users of R's summary() expect it.
inline std::ostream& operator<<(std::ostream& out, const Inference& inference) {
    const auto line = [&](const auto&... parts) { out << text(parts...) << '\n'; };
    line(inference.model);
    if (!inference.note.empty()) line("note: ", inference.note);
    out << '\n';
    detail::print_estimates(out, inference);
    out << '\n';
    if (!inference.dependent.empty())
        line("Combinations of the columns before them: ", inference.dependent,
             "; the coefficients are those of least norm, and of those that share a combination none is known alone");
    if (!inference.weights.empty()) line("Weights are ", inference.weights);
    for (const TargetFit& target : inference.targets) {
        if (inference.targets.size() > 1) line(target.output);
        detail::print_target(out, target, inference.rows, inference.rank);
        if (target.f.degrees_of_freedom > 0 && !std::isnan(target.f.statistic))
            line("F-statistic: ", target.f.statistic, " on ", target.f.degrees_of_freedom, " and ",
                 target.f.denominator_degrees_of_freedom,
                 " DF,  p-value: ", detail::p_text(target.f.p_value, target.f.log_p_value));
        else if (!target.f.note.empty() && target.f.note != detail::exact_fit) line("F-statistic: ", target.f.note);
    }
    if (inference.is_exact) line(detail::exact_fit);
    if (inference.is_linear() || std::isnan(inference.deviance)) return out;
    const char* unknown = "(not known)";
    line("    Null deviance: ", inference.null_deviance);
    line("Residual deviance: ", inference.deviance, " with ", detail::counted(inference.rank, "parameter"), ", ",
         inference.rows, inference.rows == 1 ? " observation" : " observations");
    line("AIC: ", detail::figure(inference.aic, unknown), ",  BIC: ", detail::figure(inference.bic, unknown),
         ",  log-likelihood: ", inference.log_likelihood,
         ",  McFadden's R-squared: ", detail::figure(inference.mcfadden_r_squared, unknown));
    if (inference.likelihood_ratio.degrees_of_freedom > 0) out << inference.likelihood_ratio;
    return out;
}

}  // namespace gradus
