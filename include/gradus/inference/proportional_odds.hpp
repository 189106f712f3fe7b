#pragma once
// Is one slope for all levels enough? Tests of the assumption of an ordinal model.

#include <gradus/inference/fitted.hpp>
#include <gradus/inference/test.hpp>
#include <gradus/models/fit.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/numeric/cholesky.hpp>

#include <limits>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gradus {

/// Brant's test: the levels above each threshold against those below make K - 1 binary regressions, whose slopes should
/// be the same.
struct BrantTest {
    Test overall;                ///< p (K - 2) degrees of freedom
    std::vector<Test> features;  ///< one for each feature, K - 2 degrees of freedom
    Eigen::MatrixXd slopes;      ///< p x (K - 1): of the binary regressions
    std::string note;            ///< why there is no test; empty: there is
};

namespace detail {

/// The binary regressions of "above threshold c", c = 0, ..., J - 1.
template <Scalar S>
struct BinarySplits {
    Matrix<S> slopes;      ///< p x J, in the user's scale
    Matrix<S> covariance;  ///< of the slopes in the scale of the columns, one split after another
    Vector<S> scale;       ///< of the columns
    std::string note;      ///< why there are none
};

/// "At most level c" against "above" as a problem of two classes; its slopes are those of "above" with the sign
/// changed, as in eta_c of the ordinal model.
template <Scalar S>
GRADUS_ONCE Problem<S> binary_problem(const Problem<S>& ordinal, Index c) {
    Problem<S> out = ordinal;
    Sample<S>& sample = out.prepared.sample;
    Matrix<S> y = sample.Y.all();
    for (Index i = 0; i < y.size(); ++i) y.data()[i] = S(y.data()[i] <= S(static_cast<double>(c)) ? 1 : 0);
    sample.Y = Values<S>(std::move(y));
    if (sample.offset) sample.offset = Values<S>(Matrix<S>(sample.offset->all().col(0)));
    out.family = AnyFamily<S>(families::Binomial<S>{});
    return out;
}

/// sum_i s_i W_cd x_i x_i' for all pairs of splits, x_i with the intercept, in the user's weights. joint: J regressions
/// side by side, with theta. W_cd = pi_d (1 - pi_c) for c <= d, pi_c = P(level > c) by the split c.
template <Scalar S>
GRADUS_ONCE Matrix<S> joint_moments(const RowWalk<S>& joint, const Vector<S>& theta) {
    const Index J = joint.predictor().outputs(), d = theta.size();
    const auto add_block = [&](const EvaluatedRows<S>& rows, MatrixSum<S>& part) {
        const auto eta = rows.eta.array();
        const Eigen::Array<S, Eigen::Dynamic, Eigen::Dynamic> u = exp_of_minus_abs(eta);
        const Matrix<S> at_most = sigmoid(eta, u), above = sigmoid_complement(eta, u);
        Matrix<S> weights(rows.count(), pair_count(J));
        for (Index c = 0; c < J; ++c)
            for (Index e = c; e < J; ++e)
                for (Index i = 0; i < rows.count(); ++i)
                    weights(i, pair_index(e, c, J)) = rows.s[i] * above(i, e) * at_most(i, c);
        joint.predictor().sandwich(rows.block, weights, part.sum, rows.scratch.predictor);
    };
    Matrix<S> M = joint.reduce(theta, MatrixSum<S>{Matrix<S>::Zero(d, d)}, add_block).sum;
    joint.predictor().complete(M);
    for (Index j = 0; j < d; ++j)
        for (Index i = j; i < d; ++i) M(i, j) = M(j, i) = M(i, j) / joint.sample().weight_scale;
    return M;
}

/// The blocks of the covariance of the slopes are (Brant, Biometrics 46 (1990), 1171) (X'W_cc X)^-1 X'W_cd X (X'W_dd
/// X)^-1. `inverse`: the outer factors, slopes first. O(n p^2 J^2).
template <Scalar S>
GRADUS_ONCE Matrix<S> covariance_of_splits(const RowWalk<S>& joint, const Vector<S>& theta,
                                           const std::vector<Matrix<S>>& inverse) {
    const Index J = joint.predictor().outputs(), p = joint.predictor().features();
    const Matrix<S> M = joint_moments(joint, theta);
    Matrix<S> out(J * p, J * p), moments(p + 1, p + 1);
    for (Index c = 0; c < J; ++c)
        for (Index d = c; d < J; ++d) {
            moments.topLeftCorner(p, p) = M.block(c * p, d * p, p, p);
            moments.topRightCorner(p, 1) = M.block(c * p, J * p + d, p, 1);
            moments.bottomLeftCorner(1, p) = M.block(J * p + c, d * p, 1, p);
            moments(p, p) = M(J * p + c, J * p + d);
            const Matrix<S> block = product<S>(product<S>(inverse[static_cast<std::size_t>(c)], moments),
                                               inverse[static_cast<std::size_t>(d)]);
            out.block(c * p, d * p, p, p) = block.topLeftCorner(p, p);
            out.block(d * p, c * p, p, p) = block.topLeftCorner(p, p).transpose();
        }
    return out;
}

template <Scalar S>
GRADUS_ONCE BinarySplits<S> binary_splits(const Likelihood<S>& ordinal) {
    const Index p = ordinal.coefficients.rows(), J = ordinal.intercept.size();
    const RowWalk<S> joint(ordinal.risk.sample(), linear_predictor<S>(p, J, true));
    BinarySplits<S> out;
    out.slopes.resize(p, J);
    out.scale = joint.coordinates().scale;
    Matrix<S> slopes(p, J);
    Vector<S> intercepts(J);
    std::vector<Matrix<S>> inverse;
    for (Index c = 0; c < J; ++c) {
        const Problem<S> problem = binary_problem(ordinal.problem, c);
        Parameters<S> found;
        NoObserver nobody;
        const AnyPenalty<S> none(NoPenalty{});
        const FitReport report = fit_iteratively<ModelObjective<S>>(problem, none, {}, Newton{}, nobody, found);
        if (!report.converged()) {
            out.note = text("the levels above threshold ", c, " against those below have no finite estimate (",
                            name(report.status), "), so slopes cannot be compared");
            return out;
        }
        const Likelihood<S> likelihood = likelihood_of<S>(problem, found, report);
        const Information<S> facts = information(likelihood);
        if (facts.features < p) {
            out.note = "the columns are dependent, so slopes cannot be compared";
            return out;
        }
        out.slopes.col(c) = -found.W.col(0);
        slopes.col(c) = likelihood.theta.head(p);
        intercepts[c] = likelihood.theta[p];
        Matrix<S> root = Matrix<S>::Identity(p + 1, p + 1);
        solve_upper<S>(facts.R, root);
        inverse.push_back(product<S>(root, Matrix<S>(root.transpose())));
    }
    out.covariance = covariance_of_splits(joint, joint.predictor().parameters(slopes, intercepts), inverse);
    return out;
}

/// That the slopes of these features are the same in all splits: the Wald statistic of their differences to the first
/// one.
template <Scalar S>
GRADUS_ONCE Test compare_splits(const BinarySplits<S>& splits, std::string what, const std::vector<Index>& features) {
    using std::sqrt;
    const Index p = splits.slopes.rows(), J = splits.slopes.cols(), m = static_cast<Index>(features.size());
    const Index d = m * (J - 1);
    Vector<S> difference(d);
    Matrix<S> V(d, d), U;
    const auto at = [&](Index c, Index a) { return c * p + features[static_cast<std::size_t>(a)]; };
    const Matrix<S>& C = splits.covariance;
    for (Index c = 1; c < J; ++c)
        for (Index a = 0; a < m; ++a) {
            const Index i = (c - 1) * m + a, j = features[static_cast<std::size_t>(a)];
            difference[i] = (splits.slopes(j, c) - splits.slopes(j, 0)) / splits.scale[j];
            for (Index e = 1; e < J; ++e)
                for (Index b = 0; b < m; ++b)
                    V(i, (e - 1) * m + b) =
                        C(at(c, a), at(e, b)) - C(at(c, a), at(0, b)) - C(at(0, a), at(e, b)) + C(at(0, a), at(0, b));
        }
    Vector<S> unit(d);
    for (Index i = 0; i < d; ++i) unit[i] = V(i, i) > S(0) ? S(S(1) / sqrt(V(i, i))) : S(1);
    for (Index i = 0; i < d; ++i) {
        difference[i] *= unit[i];
        for (Index l = 0; l < d; ++l) V(i, l) *= unit[i] * unit[l];
    }
    double statistic = std::numeric_limits<double>::quiet_NaN();  // V is an estimate that need not be definite
    if (cholesky<S>(V, U)) {
        solve_upper_transposed<S>(U, difference);
        statistic = static_cast<double>(dot(difference, difference));
    }
    return chi_squared_test(std::move(what), statistic, static_cast<double>(d));
}

GRADUS_COMPILE(BinarySplits<double> binary_splits(const Likelihood<double>&))

}  // namespace detail

/// Brant's test of proportional odds (Biometrics 46 (1990), 1171): the rows are fitted again, once for each threshold,
/// as a binary regression of "above" against "below", without the assumption that the slopes agree; the statistic is
/// the Wald statistic of their differences, chi-squared when they do. Logit link. Where a threshold is separated, or
/// columns are dependent, there is no test, and `note` says why.
template <class Model, class... Parts>
BrantTest brant_test(const Model& model, const Observations<Parts...>& data) {
    using S = typename Model::Scalar;
    static_assert(std::is_same_v<typename Model::Link, Logit>,
                  "gradus: Brant's test compares log-odds, so the model must have the logit link");
    const Likelihood<S> likelihood = detail::maximised_likelihood(model, data);
    BrantTest out;
    if (likelihood.intercept.size() < 2) return out.note = "with two levels there is nothing to compare", out;
    const auto splits = detail::binary_splits(likelihood);
    out.note = splits.note;
    if (!out.note.empty()) return out;
    std::vector<Index> all;
    for (Index j = 0; j < splits.slopes.rows(); ++j) {
        all.push_back(j);
        out.features.push_back(detail::compare_splits(splits, likelihood.features[static_cast<std::size_t>(j)], {j}));
    }
    out.overall = detail::compare_splits(splits, "Brant's test, one slope for all levels", all);
    out.slopes = splits.slopes.template cast<double>();
    return out;
}
template <class Model, Features X, Column Y>
BrantTest brant_test(const Model& model, const X& x, const Y& y) {
    return brant_test(model, Observations(x, y));
}

/// One line for each test.
inline std::ostream& operator<<(std::ostream& out, const BrantTest& test) {
    if (!test.note.empty()) return out << "Brant's test: " << test.note << '\n';
    out << test.overall;
    for (const Test& feature : test.features) out << "  " << feature;
    return out;
}

/// Twice the gain in log-likelihood of the multinomial model, which has slopes of its own for each level, over the
/// ordinal one, with p (K - 2) degrees of freedom. The one does not quite contain the other, so that the chi-squared
/// distribution is an approximation, good enough to see whether one slope falls far short.
template <class Model, class... Parts>
Test likelihood_ratio_against_multinomial(const Model& model, const Observations<Parts...>& data) {
    using S = typename Model::Scalar;
    using Label = typename std::remove_cvref_t<decltype(model.levels())>::value_type;
    static_assert(!Observations<Parts...>::has_offset,
                  "gradus: an offset of x'w has no counterpart in the multinomial model");
    const Likelihood<S> ordinal = detail::maximised_likelihood(model, data);
    LogisticRegression<S, NoPenalty, Label> multinomial{{.classes = model.levels()}};
    multinomial.fit(data);
    const S gain = multinomial.likelihood(data).log_likelihood() - ordinal.log_likelihood();
    const auto p = static_cast<double>(ordinal.coefficients.rows()), K = static_cast<double>(model.levels().size());
    return chi_squared_test("likelihood ratio, one slope for all levels against the multinomial model",
                            static_cast<double>(S(S(2) * gain)), p * (K - 2));
}
template <class Model, Features X, Column Y>
Test likelihood_ratio_against_multinomial(const Model& model, const X& x, const Y& y) {
    return likelihood_ratio_against_multinomial(model, Observations(x, y));
}

}  // namespace gradus
