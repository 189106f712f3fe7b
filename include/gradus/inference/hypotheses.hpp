#pragma once
// Three tests that the slopes of some features are zero, with the same arguments; and the comparison of nested fits.

#include <gradus/inference/multivariate_tests.hpp>
#include <gradus/inference/wald.hpp>
#include <gradus/objectives/on_subspace.hpp>
#include <gradus/solvers/iterative/newton.hpp>

namespace gradus {

namespace detail {

/// The statistics of a linear model are functions of the eigenvalues of E^-1 H (with one target: of the ratio of the
/// sums of squares).
template <Scalar S, class Term>
Test linear_test(const char* name, const Likelihood<S>& likelihood, const FeatureSet& features, WeightMeaning weights,
                 const Term& term) {
    const HypothesisRoots found = hypothesis_roots(likelihood, feature_indices(likelihood, features));
    double sum = 0, largest = 0;
    for (const double root : found.roots) sum += term(root), largest = std::max(largest, root);
    const Test out = chi_squared_test(name, counted_rows(likelihood.risk.walk(), weights) * sum,
                                      static_cast<double>(found.rank * likelihood.coefficients.cols()));
    // a square of what the features explain beside that of rounding
    const double rounding = 16 * static_cast<double>(epsilon<S>);
    return largest < 1 / (rounding * rounding) ? out : without_statistic(out, exact_fit);
}

/// theta of the maximum with the slopes of some features held at zero; empty when no maximum is found.
template <Scalar S>
GRADUS_ONCE Vector<S> restricted_maximum(const Likelihood<S>& likelihood, const std::vector<Index>& features) {
    const Predictor<S>& predictor = likelihood.risk.predictor();
    Vector<S> origin = likelihood.theta;
    std::vector<Index> free;
    for (Index l = 0; l < origin.size(); ++l) {
        const bool is_slope = l < predictor.first_intercept();
        if (is_slope && std::binary_search(features.begin(), features.end(), l % predictor.features()))
            origin[l] = S(0);
        else free.push_back(l);
    }
    Matrix<S> basis = Matrix<S>::Zero(origin.size(), static_cast<Index>(free.size()));
    for (Index m = 0; m < basis.cols(); ++m) basis(free[static_cast<std::size_t>(m)], m) = S(1);
    if (basis.cols() == 0) return origin;
    const OnSubspace<ModelObjective<S>, S> restricted(likelihood.risk, origin, basis);
    const Result<S> result = Newton{}.minimize(restricted, Vector<S>(Vector<S>::Zero(basis.cols())));
    return result.converged() ? restricted.point(result.x) : Vector<S>();
}

template <Scalar S>
GRADUS_ONCE Test likelihood_ratio_test(const Likelihood<S>& likelihood, const FeatureSet& wanted,
                                       WeightMeaning weights) {
    if (likelihood.family().is_least_squares())
        return linear_test("likelihood ratio", likelihood, wanted, weights,
                           [](double root) { return std::log1p(root); });
    const std::vector<Index> features = feature_indices(likelihood, wanted);
    const Vector<S> theta = restricted_maximum(likelihood, features);
    double statistic = std::numeric_limits<double>::quiet_NaN();
    if (theta.size() > 0)
        statistic = static_cast<double>(S(S(2) * total_weight(likelihood.sample()) *
                                          (likelihood.risk.value(theta) - likelihood.risk.value(likelihood.theta))));
    return chi_squared_test("likelihood ratio", statistic,
                            static_cast<double>(features_rank(likelihood, features) * likelihood.width()));
}

/// g'I^-1 g at the restricted maximum, with the factor of the information there.
template <Scalar S>
GRADUS_ONCE Test score_test(Likelihood<S> likelihood, const FeatureSet& wanted, WeightMeaning weights) {
    if (likelihood.family().is_least_squares())
        return linear_test("score", likelihood, wanted, weights, [](double root) { return root / (1 + root); });
    const std::vector<Index> features = feature_indices(likelihood, wanted);
    const double df = static_cast<double>(features_rank(likelihood, features) * likelihood.width());
    likelihood.theta = restricted_maximum(likelihood, features);
    if (likelihood.theta.size() == 0) return chi_squared_test("score", std::numeric_limits<double>::quiet_NaN(), df);
    const Information<S> facts = information(likelihood);
    Vector<S> gradient(likelihood.theta.size());
    likelihood.risk.value_and_gradient(likelihood.theta, gradient);
    Vector<S> root = facts.kept(gradient);
    solve_upper_transposed<S>(facts.R, root);
    const S total = total_weight(likelihood.sample());
    return chi_squared_test("score", static_cast<double>(S(dot(root, root) * total * total)), df);
}

/// Where the slopes of some features stand in the table.
template <Scalar S>
std::vector<Index> slope_places(const Fitted<S>& fit, const std::vector<Index>& features) {
    const Matrix<S>& W = fit.likelihood.coefficients;
    std::vector<Index> out;
    for (std::size_t i = 0; i < fit.parameters.size(); ++i) {
        const Index at = fit.parameters[i].plus;
        if (at < W.size() && std::binary_search(features.begin(), features.end(), at % W.rows()))
            out.push_back(static_cast<Index>(i));
    }
    return out;
}

GRADUS_COMPILE(Test likelihood_ratio_test(const Likelihood<double>&, const FeatureSet&, WeightMeaning))
GRADUS_COMPILE(Test score_test(Likelihood<double>, const FeatureSet&, WeightMeaning))

}  // namespace detail

/// That the slopes of these features are zero, twice the difference of the maxima of the log-likelihood: chi-squared.
/// The fit without them is found by Newton on the subspace, from the fit. Linear models: n log det(E + H) / det(E),
/// sigma estimated. Degrees of freedom: by what the rank of the design falls, times the number of slopes per feature.
/// NaN when the fit without the features does not converge.
///
///     likelihood_ratio_test(model, data, {"age", "smoker"});   score_test(...);   wald_test(...);
template <class Model, class... Parts>
Test likelihood_ratio_test(const Model& model, const Observations<Parts...>& data, const FeatureSet& features,
                           WeightMeaning weights = WeightMeaning::precision) {
    return detail::likelihood_ratio_test(detail::maximised_likelihood(model, data), features, weights);
}

/// The same hypothesis by the gradient of the log-likelihood at the fit without the features (Rao): g'I^-1 g,
/// chi-squared. Linear models: n trace (E + H)^-1 H, with one target n times the partial R^2.
template <class Model, class... Parts>
Test score_test(const Model& model, const Observations<Parts...>& data, const FeatureSet& features,
                WeightMeaning weights = WeightMeaning::precision) {
    return detail::score_test(detail::comparable_likelihood(model, data), features, weights);
}

/// The same hypothesis by the estimates and their covariance: chi-squared; linear models: F, with one target exact
/// under normal noise. NaN where the data do not determine a slope.
template <class Model, class... Parts>
Test wald_test(const Model& model, const Observations<Parts...>& data, const FeatureSet& features,
               WeightMeaning weights = WeightMeaning::precision) {
    const auto fit = detail::fitted(model, data);
    return wald_test(detail::infer(fit, InferenceOptions{weights}),
                     detail::slope_places(fit, detail::feature_indices(fit.likelihood, features)));
}

namespace detail {

/// Why the first fit is no special case of the second, which has more parameters: another response, a feature of a name
/// that the second does not know, or a better fit. Empty: nothing speaks against it.
GRADUS_ONCE inline std::string why_not_nested(const Inference& smaller, const Inference& larger) {
    const auto differ = [](double a, double b) { return std::abs(a - b) > 1e-6 * std::max(std::abs(a), std::abs(b)); };
    const auto has = [](const Inference& fit, const auto& is_meant) {
        return std::any_of(fit.estimates.begin(), fit.estimates.end(),
                           [&](const Estimate& row) { return is_meant(row.name); });
    };
    for (const Estimate& row : smaller.estimates)
        if (!is_name_of_column(row.name) && !has(larger, is_name_of_column) &&
            !has(larger, [&](const std::string& name) { return name == row.name; }))
            return "the second has no " + row.name;
    // without an intercept the constant is zero, or what the offset says
    const auto is_intercept = [](const std::string& name) { return name == "(Intercept)"; };
    const bool have_same_constant = has(smaller, is_intercept) == has(larger, is_intercept);
    if (larger.is_linear()) {
        const double spread = larger.targets[0].tss, worse = larger.targets[0].rss - smaller.targets[0].rss;
        if (have_same_constant && differ(smaller.targets[0].tss, spread))
            return text("their targets vary by ", smaller.targets[0].tss, " and ", spread);
        if (worse > 1e-6 * spread) return "the first fits better";
    } else {
        if (have_same_constant && differ(smaller.null_log_likelihood, larger.null_log_likelihood))
            return text("the log-likelihoods of a constant are ", smaller.null_log_likelihood, " and ",
                        larger.null_log_likelihood);
        if (smaller.log_likelihood - larger.log_likelihood > 1e-6 * std::abs(larger.null_log_likelihood))
            return "the first fits better";
    }
    return "";
}

}  // namespace detail

/// Two fits to the same rows, the first a special case of the second. Models of classes: twice the difference of the
/// log-likelihoods, chi-squared; linear models with one target: F of the difference of the residual sums of squares.
/// Throws InvalidInput when the two cannot be nested: other rows, weights or responses, a feature whose name the second
/// does not have, a first that fits better. For features of one model likelihood_ratio_test and wald_test keep more
/// digits where little differs.
inline Test compare(const Inference& smaller, const Inference& larger) {
    if (smaller.family != larger.family || smaller.rows != larger.rows || smaller.total_weight != larger.total_weight)
        reject("compare: a fit of ", smaller.model, " to ", smaller.rows, " rows that weigh ", smaller.total_weight,
               " and one of ", larger.model, " to ", larger.rows, " rows that weigh ", larger.total_weight,
               " are not nested");
    if (smaller.rank >= larger.rank)
        reject("compare: the first fit has ", smaller.rank, " parameters, the second ", larger.rank,
               "; the first must have fewer");
    if (larger.targets.size() > 1 || smaller.targets.size() > 1)
        reject("compare: with several targets use multivariate_tests");
    if (const std::string why = detail::why_not_nested(smaller, larger); !why.empty())
        reject("compare: the fits are not nested: ", why);
    const double q = static_cast<double>(larger.rank - smaller.rank);
    if (!larger.is_linear())
        return chi_squared_test("likelihood ratio", 2 * (larger.log_likelihood - smaller.log_likelihood), q);
    const double df = larger.residual_degrees_of_freedom, rss = larger.targets[0].rss;
    return f_test("F", (smaller.targets[0].rss - rss) / q / (rss / df), q, df);
}

}  // namespace gradus
