#pragma once
// Standard errors that do not rely on the model for the variance: White's estimator, its corrections for small samples,
// and clusters.

#include <gradus/data/labels.hpp>
#include <gradus/inference/rows.hpp>
#include <gradus/inference/wald.hpp>

#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gradus {

/// How the squared score of a row enters: h is its leverage, n the number of rows, r the number of parameters
/// determined (of one target).
enum class Robust {
    HC0,  ///< as it is (White, Econometrica 48 (1980), 817)
    HC1,  ///< times n / (n - r)
    HC2,  ///< over 1 - h
    HC3,  ///< over (1 - h)^2: close to the jackknife (MacKinnon and White, J. Econometrics 29 (1985), 305)
};

struct RobustOptions {
    Robust estimator = Robust::HC3;
    /// precision: a row of weight s is one observation with score s g (R's sandwich). frequency: it is s observations,
    /// so that weight 2 gives what the row twice gives; a row of trials is then as many single outcomes.
    WeightMeaning weights = WeightMeaning::precision;
};

namespace detail {

inline const char* name(Robust estimator) {
    static constexpr const char* names[] = {"HC0", "HC1", "HC2", "HC3"};
    return names[static_cast<int>(estimator)];
}

/// Units of the targets in which squares of their residuals stay within the range of S; 1 for a loss without units.
template <Scalar S>
Vector<S> score_units(const Fitted<S>& fit) {
    return fit.loss().has_units() ? target_units(fit.likelihood) : Vector<S>(Vector<S>::Ones(fit.targets()));
}

/// The table made anew with G Z' for the root, G the root of the covariance of a fit and Z'Z the sum of the squared
/// scores in the metric of the information, in these units of the targets. Z: triangular, one block of columns for each
/// target of a linear model.
template <Scalar S>
GRADUS_ONCE void take_robust_root(const Matrix<S>& G, const Matrix<S>& Z, const Vector<S>& unit, double factor,
                                  Inference& out) {
    const Index P = G.rows(), r = G.cols(), k = r > 0 ? Z.cols() / r : 0;
    out.root = Eigen::MatrixXd::Zero(P * k, Z.rows());
    for (Index c = 0; c < k; ++c) {
        const Matrix<S> block = product<S>(G, Matrix<S>(Z.middleCols(c * r, r).transpose()));
        for (Index j = 0; j < block.cols(); ++j)
            for (Index i = 0; i < P; ++i)
                out.root(c * P + i, j) = std::sqrt(factor) * static_cast<double>(S(block(i, j) / unit[c]));
    }
    judge_estimates(out);
    for (std::size_t c = 0; c < out.targets.size(); ++c) {  // the F test of the slopes, by the new covariance
        std::vector<Index> slopes;
        for (Index i = 0; i < P; ++i) {
            const Index at = static_cast<Index>(c) * P + i;
            const Estimate& row = out.estimates[static_cast<std::size_t>(at)];
            if (row.name != "(Intercept)" && !std::isnan(row.std_error)) slopes.push_back(at);
        }
        if (slopes.empty()) continue;
        const Eigen::MatrixXd L = selection(out, slopes);
        WaldVerdict verdict = wald_verdict(out, L, Eigen::VectorXd::Zero(L.rows()));
        const double rank = verdict.test.degrees_of_freedom;
        if (!verdict.are_consistent)  // of G clusters the covariance has rank G - 1 at most
            verdict.test = without_statistic(verdict.test,
                                             text("the covariance of the ", slopes.size(), " slopes is only of rank ",
                                                  rank, ", which leaves no test of them all"));
        out.targets[c].f = std::move(verdict.test);
        out.targets[c].f.name = "all slopes are zero (Wald, robust)";
    }
}

/// Squared scores of rows as the triangle that their roots are folded into.
template <Scalar S>
struct ScoreSum {
    TriangularFactor<S> factor;
    Index decisive = -1;  ///< the first row that alone determines some parameter
    void merge(const ScoreSum& other) {
        factor.merge(other.factor);
        if (decisive < 0) decisive = other.decisive;  // whose rows come later
    }
};

/// Folds in what the estimator makes of one row.
template <Scalar S>
void add_score(const WhitenedRow<S>& row, const RobustOptions& options, const S& y, const Vector<S>& unit,
               ScoreSum<S>& sum, RowBuffer<S>& buffer) {
    using std::sqrt;
    const bool counts = options.weights == WeightMeaning::frequency;
    const S rest = S(1) - row.leverage() / (counts ? row.s : S(1));
    S factor(1);
    if (options.estimator >= Robust::HC2 && !(rest > S(1e-10))) {
        if (sum.decisive < 0) sum.decisive = row.index;
        return;
    }
    if (options.estimator == Robust::HC2) factor = S(1) / sqrt(rest);
    if (options.estimator == Robust::HC3) factor = S(1) / rest;
    if (counts) factor /= sqrt(row.s);
    buffer.add(row.score(unit), factor);
    if (counts && y > S(0) && y < S(1))  // s y successes and s (1 - y) failures: their scores about the mean
        buffer.add(row.Q.col(0), S(factor * row.s * sqrt(S(y * (S(1) - y)))));
}

template <Scalar S>
GRADUS_ONCE Inference infer_robust(const Fitted<S>& fit, const RobustOptions& options) {
    if (options.estimator >= Robust::HC2 && !fit.is_linear() && fit.outputs() > 1)
        reject(name(options.estimator), " needs the leverage of one number per row, and this model has ", fit.outputs(),
               " outputs; take Robust::HC1");
    Inference out = infer(fit, InferenceOptions{options.weights});
    const Index r = fit.information.rank(), columns = r * fit.targets();
    const bool has_shares = fit.likelihood.family().margins() == MarginKind::binary;
    const Vector<S> unit = score_units(fit);
    const ScoreSum<S> nothing{TriangularFactor<S>(Matrix<S>(Matrix<S>::Zero(columns, columns)))};
    const auto add_block = [&](const EvaluatedRows<S>& rows, ScoreSum<S>& part) {
        RowBuffer<S> buffer(part.factor, rows.count());
        for_each_whitened(fit, rows, [&](const WhitenedRow<S>& row) {
            add_score<S>(row, options, has_shares ? rows.y(row.index - rows.block.first(), 0) : S(0), unit, part,
                         buffer);
        });
        buffer.fold();
    };
    const ScoreSum<S> sum = fold_rows(fit.walk(), fit.theta(), nothing, columns, add_block);
    if (sum.decisive >= 0)
        out.note = text(name(options.estimator), " does not exist: row ", sum.decisive,
                        " alone determines a coefficient (its leverage is 1); HC1 does");
    double correction = 1;
    if (options.estimator == Robust::HC1) {
        const double n = counted_rows(fit.walk(), options.weights);
        correction = n / (n - static_cast<double>(r));
    }
    take_robust_root<S>(fit.root, sum.factor.R(), unit, correction, out);
    out.model += text(", standard errors ", name(options.estimator));
    return out;
}

/// Sums of scores, cluster by cluster.
template <Scalar S>
struct ClusterSums {
    std::map<Index, Vector<S>> of;
    void add(Index cluster, const Vector<S>& z) {
        const auto at = of.try_emplace(cluster, Vector<S>::Zero(z.size())).first;
        add_multiple(S(1), z, at->second);
    }
    void merge(const ClusterSums& other) {
        for (const auto& [cluster, z] : other.of) add(cluster, z);
    }
};

template <Scalar S>
GRADUS_ONCE Inference infer_clustered(const Fitted<S>& fit, const std::vector<Index>& cluster, Index clusters,
                                      WeightMeaning weights) {
    Inference out = infer(fit, InferenceOptions{weights});
    const Index r = fit.information.rank(), columns = r * fit.targets();
    const Vector<S> unit = score_units(fit);
    const auto add_block = [&](const EvaluatedRows<S>& rows, ClusterSums<S>& part) {
        for_each_whitened(fit, rows, [&](const WhitenedRow<S>& row) {
            part.add(cluster[static_cast<std::size_t>(row.index)], row.score(unit));
        });
    };
    const ClusterSums<S> sums = fit.walk().reduce(fit.theta(), ClusterSums<S>(), add_block);
    TriangularFactor<S> factor(Matrix<S>(Matrix<S>::Zero(columns, columns)));
    RowBuffer<S> buffer(factor, clusters);
    for (const auto& [code, z] : sums.of) buffer.add(z);
    buffer.fold();
    const double count = static_cast<double>(clusters);
    double correction = count / (count - 1);
    if (fit.is_linear()) {
        correction *= (out.rows - 1) / (out.rows - static_cast<double>(r));
        out.residual_degrees_of_freedom = count - 1;
    }
    take_robust_root<S>(fit.root, factor.R(), unit, correction, out);
    out.model += text(", standard errors by ", clusters, " clusters");
    return out;
}

/// Codes 0, 1, ... of n labels, in the order in which they are met.
template <class Labels>
std::vector<Index> cluster_codes(const Labels& clusters, Index n, Index& count) {
    if (row_count(clusters) != n) reject("clusters has ", row_count(clusters), " entries for ", n, " rows");
    std::map<std::remove_cvref_t<decltype(entry(clusters, 0))>, Index> codes;
    std::vector<Index> out;
    for (Index i = 0; i < n; ++i)
        out.push_back(codes.try_emplace(entry(clusters, i), static_cast<Index>(codes.size())).first->second);
    count = static_cast<Index>(codes.size());
    if (count < 2) reject("clusters: all rows are in one cluster, at least two are needed");
    return out;
}

GRADUS_COMPILE(Inference infer_robust(const Fitted<double>&, const RobustOptions&))
GRADUS_COMPILE(Inference infer_clustered(const Fitted<double>&, const std::vector<Index>&, Index, WeightMeaning))

}  // namespace detail

/// infer() with the sandwich covariance H^-1 (sum_i g_i g_i') H^-1, g_i the score of row i: right also where the
/// variance of the noise differs between rows (linear), or the likelihood is only nearly right. As a root: G Z', Z the
/// triangle into which the rows R^-T g_i are folded, so that the digits follow the condition number and not its square.
///
///     std::cout << robust_inference(model, X, y);                               // HC3
///     robust_inference(model, data, {.estimator = Robust::HC1});
///
/// HC2 and HC3 for linear (any number of targets) and binary models; HC0 and HC1 for all. The F test of a linear model
/// becomes the Wald test with this covariance. Where a row has leverage one, HC2 and HC3 do not exist: the note says
/// so. O(n r^2 k) beside infer().
template <class Model, class... Parts>
Inference robust_inference(const Model& model, const Observations<Parts...>& data, const RobustOptions& options = {}) {
    return detail::infer_robust(detail::fitted(model, data, true), options);
}
template <class Model, Features X, Column Y>
Inference robust_inference(const Model& model, const X& x, const Y& y, const RobustOptions& options = {}) {
    return robust_inference(model, Observations(x, y), options);
}

/// infer() with the covariance H^-1 (sum over clusters of g g') H^-1, g the sum of the scores of a cluster (Liang and
/// Zeger, Biometrika 73 (1986), 13): right where rows of the same cluster depend on each other. Times G / (G - 1) for G
/// clusters; for linear models also times (n - 1) / (n - r), which together is called CR1, and t has G - 1 degrees of
/// freedom. `clusters`: n labels of any ordered type.
template <class Model, class... Parts, Column Labels>
Inference clustered_inference(const Model& model, const Observations<Parts...>& data, const Labels& clusters,
                              WeightMeaning weights = WeightMeaning::precision) {
    const auto fit = detail::fitted(model, data, true);
    Index count = 0;
    const std::vector<Index> codes = detail::cluster_codes(clusters, fit.walk().rows(), count);
    return detail::infer_clustered(fit, codes, count, weights);
}
template <class Model, Features X, Column Y, Column Labels>
Inference clustered_inference(const Model& model, const X& x, const Y& y, const Labels& clusters) {
    return clustered_inference(model, Observations(x, y), clusters);
}

}  // namespace gradus
