#pragma once
// Is one slope for all levels enough? Tests of the assumption of an ordinal model.

#include <gradus/inference/information.hpp>
#include <gradus/inference/test.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/numeric/cholesky.hpp>

namespace gradus {

/// Brant's test: the levels above each threshold against those below make K - 1 binary regressions, whose slopes should be the same.
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

template <class X, class Y, class W, class O>
auto with_target(const Observations<X, Y, W, O, Absent>& data, const Eigen::VectorXi& y) {
    using Data = Observations<X, Y, W, O, Absent>;
    if constexpr (Data::has_weights && Data::has_offset)
        return Observations(data.X_part(), y).weights(data.weights_part()).offset(data.offset_part());
    else if constexpr (Data::has_weights) return Observations(data.X_part(), y).weights(data.weights_part());
    else if constexpr (Data::has_offset) return Observations(data.X_part(), y).offset(data.offset_part());
    else return Observations(data.X_part(), y);
}

/// The blocks of the covariance are (Brant, Biometrics 46 (1990), 1171) (X'W_cc X)^-1 X'W_cd X (X'W_dd X)^-1 with
/// W_cd = pi_d (1 - pi_c) for c <= d, pi_c = P(level > c). O(n p^2 J^2).
template <Scalar S, class Data>
GRADUS_ONCE BinarySplits<S> binary_splits(const Data& data, const Vector<S>& codes, Index J,
                                          const std::vector<std::string>& names) {
    const Index n = codes.size(), p = data.X_part().cols();
    BinarySplits<S> out;
    out.slopes.resize(p, J);
    std::vector<Matrix<S>> inverse;
    Matrix<S> pi(n, J), complement(n, J), design(n, p + 1);
    Vector<S> s(n);
    for (Index c = 0; c < J; ++c) {
        Eigen::VectorXi above(n);
        for (Index i = 0; i < n; ++i) above[i] = codes[i] > S(static_cast<double>(c));
        LogisticRegression<S> split{{.feature_names = names}};
        const auto rows = with_target(data, above);
        const FitReport report = split.fit(rows);
        if (!report.converged()) {
            out.note = text("the levels above threshold ", c, " against those below have no finite estimate (",
                            name(report.status), "), so slopes cannot be compared");
            return out;
        }
        const Likelihood<S> likelihood = split.likelihood(rows);
        const Information<S> facts = information(likelihood);
        if (facts.features < p) {
            out.note = "the columns are dependent, so slopes cannot be compared";
            return out;
        }
        const Eigen::Array<S, Eigen::Dynamic, 1> e = likelihood.risk.linear_predictor(likelihood.theta).col(0).array();
        const Eigen::Array<S, Eigen::Dynamic, 1> u = exp_of_minus_abs(e);
        pi.col(c) = sigmoid(e, u);
        complement.col(c) = sigmoid_complement(e, u);
        out.slopes.col(c) = likelihood.coefficients.col(0);
        Matrix<S> root = Matrix<S>::Identity(p + 1, p + 1);
        solve_upper<S>(facts.R, root);
        inverse.push_back(product<S>(root, Matrix<S>(root.transpose())));
        if (c > 0) continue;
        // the columns are the same in all splits: order them as the information does
        out.scale = likelihood.risk.coordinates().scale;
        likelihood.prepared.sample.copy_weights(0, s);
        Vector<S> direction(p + 1);
        likelihood.risk.visit_rows([&](Index i, const auto& add) {
            direction.setZero();
            add(0, S(1), direction);
            for (Index m = 0; m <= p; ++m) design(i, m) = direction[facts.parameters[static_cast<std::size_t>(m)]];
        });
    }
    out.covariance.resize(J * p, J * p);
    for (Index c = 0; c < J; ++c)
        for (Index d = c; d < J; ++d) {
            Matrix<S> weighted = design;
            for (Index m = 0; m <= p; ++m)
                for (Index i = 0; i < n; ++i) weighted(i, m) *= s[i] * pi(i, d) * complement(i, c);
            const Matrix<S> block =
                product<S>(product<S>(inverse[static_cast<std::size_t>(c)], transposed_product<S>(design, weighted)),
                           inverse[static_cast<std::size_t>(d)]);
            for (Index j = 0; j < p; ++j)
                for (Index l = 0; l < p; ++l)
                    out.covariance(c * p + j, d * p + l) = out.covariance(d * p + l, c * p + j) = block(j, l);
        }
    return out;
}

/// That the slopes of these features are the same in all splits: the Wald statistic of their differences to the first one.
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

}  // namespace detail

/// Brant's test of proportional odds (Biometrics 46 (1990), 1171): the rows are fitted again, once for each threshold, as a binary regression of "above"
/// against "below", without the assumption that the slopes agree; the statistic is the Wald statistic of their differences, chi-squared when
/// they do. Logit link. Where a threshold is separated, or columns are dependent, there is no test, and `note` says why.
template <class Model, class... Parts>
BrantTest brant_test(const Model& model, const Observations<Parts...>& data) {
    using S = typename Model::Scalar;
    static_assert(std::is_same_v<typename Model::Link, Logit>,
                  "gradus: Brant's test compares log-odds, so the model must have the logit link");
    auto levels = model.levels();
    const Index n = row_count(data.y_part()), J = static_cast<Index>(levels.size()) - 1;
    const Vector<S> codes = encode_labels<S>(data.y_part(), n, levels, [](Index) { return true; });
    const auto& names = model.options().feature_names;
    BrantTest out;
    if (J < 2) return out.note = "with two levels there is nothing to compare", out;
    const auto splits = detail::binary_splits<S>(data, codes, J, names);
    out.note = splits.note;
    if (!out.note.empty()) return out;
    std::vector<Index> all;
    for (Index j = 0; j < splits.slopes.rows(); ++j) {
        all.push_back(j);
        const auto at = static_cast<std::size_t>(j);
        out.features.push_back(detail::compare_splits(splits, at < names.size() ? names[at] : text("x", j), {j}));
    }
    out.overall = detail::compare_splits(splits, "Brant's test, one slope for all levels", all);
    out.slopes = splits.slopes.template cast<double>();
    return out;
}
template <class Model, EigenMatrix X, Column Y>
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

/// Twice the gain in log-likelihood of the multinomial model, which has slopes of its own for each level, over the ordinal one, with p (K - 2)
/// degrees of freedom. The one does not quite contain the other, so that the chi-squared distribution is an approximation, good enough to see
/// whether one slope falls far short.
template <class Model, class... Parts>
Test likelihood_ratio_against_multinomial(const Model& model, const Observations<Parts...>& data) {
    using S = typename Model::Scalar;
    using Label = typename std::remove_cvref_t<decltype(model.levels())>::value_type;
    static_assert(!Observations<Parts...>::has_offset,
                  "gradus: an offset of x'w has no counterpart in the multinomial model");
    const Likelihood<S> ordinal = model.likelihood(data);
    LogisticRegression<S, NoPenalty, Label> multinomial{{.classes = model.levels()}};
    multinomial.fit(data);
    const S gain = multinomial.likelihood(data).log_likelihood() - ordinal.log_likelihood();
    const auto p = static_cast<double>(ordinal.coefficients.rows()), K = static_cast<double>(model.levels().size());
    return chi_squared_test("likelihood ratio, one slope for all levels against the multinomial model",
                            static_cast<double>(S(S(2) * gain)), p * (K - 2));
}
template <class Model, EigenMatrix X, Column Y>
Test likelihood_ratio_against_multinomial(const Model& model, const X& x, const Y& y) {
    return likelihood_ratio_against_multinomial(model, Observations(x, y));
}

}  // namespace gradus
