#pragma once
// What may be said about a fit: standard errors, tests and intervals, and the table that shows them.

#include <gradus/inference/information.hpp>
#include <gradus/inference/test.hpp>
#include <gradus/objectives/on_subspace.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <iomanip>

namespace gradus {

/// How weights are meant when the rows of a linear model are counted.
enum class WeightMeaning {
    precision,  ///< the variance of row i is sigma^2 / s_i: rows count once each (R's lm, statsmodels' WLS)
    frequency,  ///< the row was seen s_i times: rows count s_i each
};

struct InferenceOptions {
    WeightMeaning weights =
        WeightMeaning::precision;  ///< matters for linear models alone: likelihoods of classes are sums in any case
};

/// One line of the table. What cannot be known is NaN: the standard error of a coefficient that the data do not determine, or of any where the
/// fit did not converge.
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
    double residual_standard_error = 0;  ///< sqrt(rss / degrees_of_freedom)
    double degrees_of_freedom = 0;       ///< rows - rank
    double r_squared = 0, adjusted_r_squared = 0;
    Test f;  ///< that all slopes are zero
};

/// The inference for one fit: made by infer(). All numbers belong to the user's parameters, in the order of the table: output after output, the
/// intercept first; ordinal: the slopes, then the thresholds. Classes beyond two are compared with the first one.
struct Inference {
    Family family = Family::linear;
    std::string model;
    std::vector<Estimate> estimates;
    Eigen::MatrixXd root;  ///< covariance() = root root': what products should be made of, where digits matter
    double residual_degrees_of_freedom =
        std::numeric_limits<double>::infinity();  ///< of t; infinite: the normal is used
    Index rank = 0;                               ///< how many parameters the data determine
    double rows = 0;                              ///< n, or the sum of the weights where they are frequencies
    std::vector<TargetFit> targets;               ///< linear models
    double log_likelihood = 0, null_log_likelihood = 0, deviance = 0, null_deviance = 0, aic = 0, bic = 0,
           mcfadden_r_squared = 0;  ///< models of classes
    Test likelihood_ratio;          ///< models of classes: that all slopes are zero
    std::string note;               ///< why something is missing

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

/// Where the parameters of the table stand among the columns of W one after another, then b; minus: what is taken away, or -1.
struct TableRow {
    std::string output, name;
    Index plus, minus = -1;
};

template <Scalar S>
std::vector<TableRow> table_rows(const Likelihood<S>& likelihood) {
    const Index p = likelihood.coefficients.rows(), k = likelihood.coefficients.cols(), b = p * k;
    const auto& outputs = likelihood.outputs;
    std::vector<TableRow> rows;
    const auto slopes = [&](const std::string& output, Index c, Index against) {
        for (Index j = 0; j < p; ++j)
            rows.push_back({output, likelihood.features[static_cast<std::size_t>(j)], c * p + j,
                            against < 0 ? -1 : against * p + j});
    };
    if (likelihood.family == Family::ordinal) {
        slopes("", 0, -1);
        for (std::size_t c = 0; c + 1 < outputs.size(); ++c)
            rows.push_back({"", outputs[c] + "|" + outputs[c + 1], b + static_cast<Index>(c)});
        return rows;
    }
    const Index against = likelihood.family == Family::multinomial ? 0 : -1;
    for (Index c = against + 1; c < k; ++c) {
        const std::string& output = outputs[static_cast<std::size_t>(likelihood.family == Family::binary ? 1 : c)];
        if (likelihood.has_intercept) rows.push_back({output, "(Intercept)", b + c, against < 0 ? -1 : b});
        slopes(output, c, against);
    }
    return rows;
}

/// The user's parameters in the order of table_rows, from theta (a linear map).
template <Scalar S>
Vector<S> table_values(const Likelihood<S>& likelihood, const std::vector<TableRow>& rows, const Vector<S>& theta) {
    NoObserver nobody;
    const Vector<S> all = UserCoordinates<NoObserver, S>(nobody, likelihood.risk.predictor(),
                                                         likelihood.risk.coordinates(), likelihood.has_intercept)
                              .user_parameters(theta);
    Vector<S> out(static_cast<Index>(rows.size()));
    for (Index i = 0; i < out.size(); ++i) {
        const TableRow& row = rows[static_cast<std::size_t>(i)];
        out[i] = row.minus < 0 ? all[row.plus] : S(all[row.plus] - all[row.minus]);
    }
    return out;
}

/// The user's parameters as the fit reports them.
template <Scalar S>
Vector<S> table_estimates(const Likelihood<S>& likelihood, const std::vector<TableRow>& rows) {
    const Matrix<S>& W = likelihood.coefficients;
    const auto value = [&](Index l) { return l < W.size() ? W.data()[l] : likelihood.intercept[l - W.size()]; };
    Vector<S> out(static_cast<Index>(rows.size()));
    for (Index i = 0; i < out.size(); ++i) {
        const TableRow& row = rows[static_cast<std::size_t>(i)];
        out[i] = row.minus < 0 ? value(row.plus) : S(value(row.plus) - value(row.minus));
    }
    return out;
}

/// P x d: the parameters of the table as linear functions of theta.
template <Scalar S>
Matrix<S> table_map(const Likelihood<S>& likelihood, const std::vector<TableRow>& rows) {
    const Index d = likelihood.risk.dimension();
    Matrix<S> map(static_cast<Index>(rows.size()), d);
    Vector<S> unit = Vector<S>::Zero(d);
    for (Index l = 0; l < d; ++l) {
        unit[l] = S(1);
        map.col(l) = table_values(likelihood, rows, unit);
        unit[l] = S(0);
    }
    return map;
}

/// Whether g'theta is determined by the data: g is orthogonal to every direction in which no eta changes.
template <Scalar S>
bool is_estimable(const Information<S>& information, const Vector<S>& g) {
    using std::abs;
    for (Index m = 0; m < information.null.cols(); ++m) {
        S sum(0), size(0);
        for (Index l = 0; l < g.size(); ++l) {
            sum += g[l] * information.null(l, m);
            size += abs(S(g[l] * information.null(l, m)));
        }
        if (abs(sum) > S(1e-7) * size) return false;
    }
    return true;
}

/// G (P x r) with G G' = the covariance of the user's parameters for sigma = 1: A R^-1, A the map from theta to them. For a linear model P = those of
/// the first target. Rows of parameters that the data do not determine are NaN.
template <Scalar S>
GRADUS_ONCE Matrix<S> covariance_root(const Likelihood<S>& likelihood, const Information<S>& information,
                                      const std::vector<TableRow>& rows) {
    const Index r = information.rank(),
                targets = likelihood.family == Family::linear ? std::max<Index>(1, likelihood.coefficients.cols()) : 1;
    const Matrix<S> map = table_map(likelihood, rows);
    Matrix<S> Gt(r, map.rows() / targets);
    for (Index i = 0; i < Gt.cols(); ++i)
        for (Index m = 0; m < r; ++m) Gt(m, i) = map(i, information.parameters[static_cast<std::size_t>(m)]);
    solve_upper_transposed<S>(information.R, Gt);
    for (Index i = 0; i < Gt.cols(); ++i)
        if (!is_estimable(information, Vector<S>(map.row(i))))
            Gt.col(i).setConstant(std::numeric_limits<S>::quiet_NaN());
    return Gt.transpose();
}

/// Number of rows of positive weight, or the sum of the weights.
template <Scalar S>
double counted_rows(const Sample<S>& sample, WeightMeaning meaning) {
    if (meaning == WeightMeaning::frequency || !sample.weights) return static_cast<double>(sample.total_weight);
    double rows = 0;
    for (Index i = 0; i < sample.rows(); ++i) rows += (*sample.weights)(i, 0) > S(0);
    return rows;
}

/// y - eta of all rows and targets, n x k, in the user's units.
template <Scalar S>
Matrix<S> residuals(const Likelihood<S>& likelihood) {
    Matrix<S> e(likelihood.prepared.sample.rows(), likelihood.coefficients.cols());
    likelihood.prepared.sample.copy_targets(0, e);
    e -= likelihood.risk.linear_predictor(likelihood.theta);
    return e;
}

template <Scalar S>
GRADUS_ONCE void infer_linear(const Likelihood<S>& likelihood, const InferenceOptions& options, const Matrix<S>& G,
                              Inference& out) {
    using std::sqrt;
    const Sample<S>& sample = likelihood.prepared.sample;
    const Index k = likelihood.coefficients.cols(), P = G.rows(), r = G.cols(), n = sample.rows();
    Matrix<S> e = residuals(likelihood), y(n, k), offset = Matrix<S>::Zero(n, k);
    Vector<S> s(n);
    sample.copy_targets(0, y);
    sample.copy_weights(0, s);
    if (sample.offset) sample.copy_offset(0, offset);
    out.rows = counted_rows(sample, options.weights);
    const double df = out.rows - static_cast<double>(r), slopes = static_cast<double>(r - likelihood.has_intercept);
    out.residual_degrees_of_freedom = df;
    Matrix<S> cross(k, k);  // of the residuals, over the degrees of freedom
    for (Index c = 0; c < k; ++c)
        for (Index d = 0; d <= c; ++d) {
            Sum<S> sum;
            for (Index i = 0; i < n; ++i) sum.add(s[i] * e(i, c) * e(i, d));
            cross(c, d) = cross(d, c) = sum.value();
        }
    for (Index c = 0; c < k; ++c) {
        Sum<S> mean, total;
        for (Index i = 0; i < n; ++i) mean.add(s[i] * (y(i, c) - offset(i, c)));
        const S center = likelihood.has_intercept ? S(mean.value() / sample.total_weight) : S(0);
        for (Index i = 0; i < n; ++i) {
            const S t = y(i, c) - offset(i, c) - center;
            total.add(s[i] * t * t);
        }
        TargetFit target;
        target.output = likelihood.outputs[static_cast<std::size_t>(c)];
        target.rss = static_cast<double>(cross(c, c));
        target.degrees_of_freedom = df;
        target.tss = static_cast<double>(total.value());
        target.residual_standard_error = df > 0 ? std::sqrt(target.rss / df) : std::numeric_limits<double>::quiet_NaN();
        target.r_squared = 1 - target.rss / target.tss;
        target.adjusted_r_squared = 1 - target.rss / df / (target.tss / (df + slopes));
        if (df > 0 && slopes > 0)
            target.f =
                f_test("all slopes are zero", (target.tss - target.rss) / slopes / (target.rss / df), slopes, df);
        out.targets.push_back(target);
    }
    // covariance = Sigma (x) G G', Sigma = L L'
    if (df > 0) cross /= S(df);
    else cross.setConstant(std::numeric_limits<S>::quiet_NaN());
    Matrix<S> L = Matrix<S>::Zero(k, k);
    for (Index c = 0; c < k; ++c)
        for (Index d = 0; d <= c; ++d) {
            S rest = cross(c, d);
            for (Index l = 0; l < d; ++l) rest -= L(c, l) * L(d, l);
            L(c, d) =
                c == d ? (rest > S(0) ? S(sqrt(rest)) : rest * S(0)) : (L(d, d) > S(0) ? S(rest / L(d, d)) : S(0));
        }
    out.root = Eigen::MatrixXd::Zero(P * k, r * k);
    for (Index c = 0; c < k; ++c)
        for (Index d = 0; d <= c; ++d)
            for (Index j = 0; j < r; ++j)
                for (Index i = 0; i < P; ++i)
                    out.root(c * P + i, d * r + j) = static_cast<double>(S(L(c, d) * G(i, j)));
}

/// The log-likelihood of the constant model (without intercept: of eta = offset). In closed form but for an offset.
template <Scalar S>
GRADUS_ONCE S null_log_likelihood(const Likelihood<S>& likelihood) {
    const Sample<S>& sample = likelihood.prepared.sample;
    const Index n = sample.rows(), d = likelihood.risk.dimension();
    const Index slopes = likelihood.coefficients.rows() * likelihood.width;
    Vector<S> theta = Vector<S>::Zero(d);
    if (slopes < d) {
        Matrix<S> y(n, sample.Y.columns());
        Vector<S> s(n);
        sample.copy_targets(0, y);
        sample.copy_weights(0, s);
        theta = likelihood.risk.predictor().parameters(
            Matrix<S>::Zero(likelihood.coefficients.rows(), likelihood.coefficients.cols()),
            likelihood.risk.loss().intercept_only(y, s));
        if (sample.offset) {
            Matrix<S> basis = Matrix<S>::Zero(d, d - slopes);
            for (Index l = slopes; l < d; ++l) basis(l, l - slopes) = S(1);
            const OnSubspace<ModelObjective<S>, S> constants(likelihood.risk, theta, basis);
            theta = constants.point(Newton{}.minimize(constants, Vector<S>(Vector<S>::Zero(d - slopes))).x);
        }
    }
    return -likelihood.risk.value(theta) * sample.total_weight;
}

template <Scalar S>
GRADUS_ONCE void infer_classes(const Likelihood<S>& likelihood, const Matrix<S>& G, Index features, Inference& out) {
    const double n = static_cast<double>(likelihood.prepared.sample.total_weight);
    const S fitted = likelihood.log_likelihood(), null = null_log_likelihood(likelihood);
    out.rows = n;
    out.log_likelihood = static_cast<double>(fitted);
    out.null_log_likelihood = static_cast<double>(null);
    out.deviance = static_cast<double>(S(S(-2) * (fitted + likelihood.saturated)));
    out.null_deviance = static_cast<double>(S(S(-2) * (null + likelihood.saturated)));
    out.aic = -2 * out.log_likelihood + 2 * static_cast<double>(out.rank);
    out.bic = -2 * out.log_likelihood + std::log(n) * static_cast<double>(out.rank);
    out.mcfadden_r_squared = 1 - out.log_likelihood / out.null_log_likelihood;
    const Index slopes = features * likelihood.width;
    if (slopes > 0)
        out.likelihood_ratio =
            chi_squared_test("likelihood ratio, all slopes are zero", static_cast<double>(S(S(2) * (fitted - null))),
                             static_cast<double>(slopes));
    out.root = G.template cast<double>();
}

/// Why nothing can be said of standard errors; empty: nothing stands in the way.
template <Scalar S>
std::string objection(const Likelihood<S>& likelihood) {
    const FitReport& report = likelihood.report;
    const Family family = likelihood.family;
    if (report.converged()) return "";
    if (report.status == Status::separated)
        return text("the likelihood has no finite maximum, so there are no standard errors",
                    family == Family::ordinal ? "" : "; FirthLogisticRegression has");
    return text("the fit did not converge (", name(report.status),
                "), and standard errors belong to the maximum alone: ", report.message);
}

/// Fills in what follows from the estimates, the root of their covariance and the degrees of freedom.
inline void judge_estimates(Inference& inference) {
    for (std::size_t i = 0; i < inference.estimates.size(); ++i) {
        Estimate& row = inference.estimates[i];
        row.std_error = inference.root.row(static_cast<Index>(i)).norm();
        row.statistic = row.estimate / row.std_error;
        const TailProbability tail = student_t_two_sided(row.statistic, inference.residual_degrees_of_freedom);
        row.p_value = tail.p;
        row.log_p_value = tail.log_p;
    }
}

template <Scalar S>
GRADUS_ONCE Inference infer(const Likelihood<S>& likelihood, const InferenceOptions& options) {
    const std::vector<TableRow> rows = table_rows(likelihood);
    const Vector<S> estimates = table_estimates(likelihood, rows);
    const Information<S> facts = information(likelihood);
    const Matrix<S> G = covariance_root(likelihood, facts, rows);
    Inference out;
    out.family = likelihood.family;
    out.model = likelihood.report.model;
    out.rank = facts.rank();
    out.note = objection(likelihood);
    if (likelihood.family == Family::linear) infer_linear(likelihood, options, G, out);
    else infer_classes(likelihood, G, facts.features, out);
    if (!out.note.empty()) out.root.setConstant(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < rows.size(); ++i)
        out.estimates.push_back({rows[i].output, rows[i].name, static_cast<double>(estimates[static_cast<Index>(i)])});
    judge_estimates(out);
    return out;
}

/// What every face of this room begins with.
template <class Model, class... Parts>
auto unpenalised_likelihood(const Model& model, const Observations<Parts...>& data) {
    static_assert(ZeroPenalty<typename Model::Penalty>,
                  "gradus: a penalised fit has no Wald test, because its coefficients are biased by an unknown amount; "
                  "fit without a penalty, or with FirthLogisticRegression, or compare models on held-out data");
    return model.likelihood(data);
}

template <class Model>
inline constexpr bool is_bias_reduced = requires {
    requires Model::is_bias_reduced;
};

/// What compares maxima of likelihoods begins with.
template <class Model, class... Parts>
auto maximised_likelihood(const Model& model, const Observations<Parts...>& data) {
    static_assert(!is_bias_reduced<Model>, "gradus: a bias-reduced fit is not at the maximum of the likelihood; "
                                           "firth_inference() profiles the penalised likelihood");
    return unpenalised_likelihood(model, data);
}

}  // namespace detail

/// Standard errors, tests and intervals of a fit, from the model and the data that it was fitted to.
///
///     const Inference inference = infer(model, X, y);          // or infer(model, Observations(X, y).weights(s))
///     std::cout << inference;                                  // the table
///     inference["age"].std_error;  inference.interval(1);  inference.covariance();
///
/// Linear models: sigma^2 (X'SX)^-1 and Student's t with n - rank degrees of freedom; models of classes: the inverse of the observed information
/// (for the logit links that is the expected one too) and the normal. O(n p^2 k^3) in one or two sweeps over X.
template <class Model, class... Parts>
Inference infer(const Model& model, const Observations<Parts...>& data, const InferenceOptions& options = {}) {
    Inference out = detail::infer(detail::unpenalised_likelihood(model, data), options);
    // of a bias-reduced fit the penalised likelihoods are compared: see firth_inference()
    if constexpr (detail::is_bias_reduced<Model>) out.likelihood_ratio = {};
    return out;
}
template <class Model, EigenMatrix X, Column Y>
Inference infer(const Model& model, const X& x, const Y& y, const InferenceOptions& options = {}) {
    return infer(model, Observations(x, y), options);
}

namespace detail {

inline const char* stars(double p) { return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : p < 0.1 ? "." : ""; }

inline void print_estimates(std::ostream& out, const Inference& inference) {
    std::size_t width = 11;
    const auto title = [&](const Estimate& row) {
        const bool several = inference.family == Family::multinomial || inference.targets.size() > 1;
        return several ? row.output + ": " + row.name : row.name;
    };
    for (const Estimate& row : inference.estimates) width = std::max(width, title(row).size());
    const char letter = std::isinf(inference.residual_degrees_of_freedom) ? 'z' : 't';
    const auto cell = [&](const std::string& words) { out << std::setw(14) << std::right << words; };
    out << std::string(width, ' ');
    for (const std::string& head : {std::string("Estimate"), std::string("Std. Error"),
                                    std::string(1, letter) + " value", std::string("Pr(>|") + letter + "|)"})
        cell(head);
    out << '\n';
    for (const Estimate& row : inference.estimates) {
        out << std::left << std::setw(static_cast<int>(width)) << title(row);
        cell(text(row.estimate));
        if (std::isnan(row.std_error)) {
            out << "  (not known)\n";
            continue;
        }
        cell(text(row.std_error));
        cell(text(row.statistic));
        cell(p_text(row.p_value, row.log_p_value));
        out << ' ' << stars(row.p_value) << '\n';
    }
    out << "---\nSignif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1\n";
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
    for (const TargetFit& target : inference.targets) {
        if (inference.targets.size() > 1) line(target.output);
        line("Residual standard error: ", target.residual_standard_error, " on ", target.degrees_of_freedom,
             " degrees of freedom");
        line("Multiple R-squared: ", target.r_squared, ",  Adjusted R-squared: ", target.adjusted_r_squared);
        if (target.f.degrees_of_freedom > 0)
            line("F-statistic: ", target.f.statistic, " on ", target.f.degrees_of_freedom, " and ",
                 target.f.denominator_degrees_of_freedom,
                 " DF,  p-value: ", detail::p_text(target.f.p_value, target.f.log_p_value));
    }
    if (inference.family == Family::linear) return out;
    const double parameters = static_cast<double>(inference.rank);
    line("    Null deviance: ", inference.null_deviance);
    line("Residual deviance: ", inference.deviance, " with ", parameters, " parameters, ", inference.rows,
         " observations");
    line("AIC: ", inference.aic, ",  BIC: ", inference.bic, ",  log-likelihood: ", inference.log_likelihood,
         ",  McFadden's R-squared: ", inference.mcfadden_r_squared);
    if (inference.likelihood_ratio.degrees_of_freedom > 0) out << inference.likelihood_ratio;
    return out;
}

}  // namespace gradus
