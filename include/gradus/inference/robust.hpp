#pragma once
// Standard errors that do not rely on the model for the variance: White's estimator, its corrections for small samples, and clusters.

#include <gradus/inference/rows.hpp>
#include <gradus/inference/wald.hpp>

#include <map>

namespace gradus {

/// How the squared score of a row enters: h is its leverage, n the number of rows, r the number of parameters determined (of one target).
enum class Robust {
    HC0,  ///< as it is (White, Econometrica 48 (1980), 817)
    HC1,  ///< times n / (n - r)
    HC2,  ///< over 1 - h
    HC3,  ///< over (1 - h)^2: close to the jackknife (MacKinnon and White, J. Econometrics 29 (1985), 305)
};

struct RobustOptions {
    Robust estimator = Robust::HC3;
    /// precision: a row of weight s is one observation with score s g (R's sandwich). frequency: it is s observations, so that weight 2 gives
    /// what the row twice gives; a row of trials is then as many single outcomes.
    WeightMeaning weights = WeightMeaning::precision;
};

namespace detail {

inline const char* name(Robust estimator) {
    static constexpr const char* names[] = {"HC0", "HC1", "HC2", "HC3"};
    return names[static_cast<int>(estimator)];
}

/// The table made anew with G Z' for the root, G of covariance_root and Z'Z the sum of the squared scores in the metric of the information. Z: triangular,
/// one block of columns for each target of a linear model.
template <Scalar S>
GRADUS_ONCE void take_robust_root(const Matrix<S>& G, const Matrix<S>& Z, double factor, Inference& out) {
    const Index P = G.rows(), r = G.cols(), k = r > 0 ? Z.cols() / r : 0;
    out.root = Eigen::MatrixXd::Zero(P * k, Z.rows());
    for (Index c = 0; c < k; ++c) {
        const Matrix<S> block = product<S>(G, Matrix<S>(Z.middleCols(c * r, r).transpose()));
        for (Index j = 0; j < block.cols(); ++j)
            for (Index i = 0; i < P; ++i)
                out.root(c * P + i, j) = std::sqrt(factor) * static_cast<double>(S(block(i, j)));
    }
    if (!out.note.empty()) out.root.setConstant(std::numeric_limits<double>::quiet_NaN());
    judge_estimates(out);
    for (std::size_t c = 0; c < out.targets.size(); ++c) {  // the F test of the slopes, by the new covariance
        std::vector<Index> slopes;
        for (Index i = 0; i < P; ++i) {
            const Index at = static_cast<Index>(c) * P + i;
            const Estimate& row = out.estimates[static_cast<std::size_t>(at)];
            if (row.name != "(Intercept)" && !std::isnan(row.std_error)) slopes.push_back(at);
        }
        if (slopes.empty()) continue;
        out.targets[c].f = wald_test(out, slopes);
        out.targets[c].f.name = "all slopes are zero (Wald, robust)";
    }
}

/// Rows are gathered into a block and folded into a triangle.
template <Scalar S>
class ScoreFactor {
public:
    explicit ScoreFactor(Index columns)
        : factor_(Matrix<S>(Matrix<S>::Zero(columns, columns))), rows_(std::max<Index>(64, 2 * columns), columns) {}
    /// Row of a matrix, or a vector, times `factor`.
    void add(const Vector<S>& z, const S& factor) {
        for (Index m = 0; m < z.size(); ++m) rows_(filled_, m) = factor * z[m];
        if (++filled_ == rows_.rows()) fold();
    }
    const Matrix<S>& triangle() {
        if (filled_ > 0) fold();
        return factor_.R();
    }

private:
    void fold() {
        for (Index m = 0; m < rows_.cols(); ++m)
            for (Index i = filled_; i < rows_.rows(); ++i) rows_(i, m) = S(0);
        factor_.fold(rows_);
        filled_ = 0;
    }
    TriangularFactor<S> factor_;
    Matrix<S> rows_;
    Index filled_ = 0;
};

/// z = R^-T times the score of the row; of a linear model the scores of the targets one after another.
template <Scalar S, class Slope>
void whitened_score(const Matrix<S>& Q, const Slope& slope, Index row, Vector<S>& z) {
    const Index r = Q.rows(), targets = r > 0 ? z.size() / r : 0;
    z.setZero();
    for (Index c = 0; c < slope.cols(); ++c)
        for (Index m = 0; m < r; ++m)
            z[targets > 1 ? c * r + m : m] += Q(m, targets > 1 || Q.cols() == 1 ? 0 : c) * slope(row, c);
}

/// The leverage of a row: the trace of C_i J_i (R'R)^-1 J_i'; of a linear model s_i |q|^2.
template <Scalar S, class Curvature>
S row_leverage(const Matrix<S>& Q, const Curvature& curvature, Index row, Index outputs) {
    S sum(0);
    for (Index a = 0; a < Q.cols(); ++a)
        for (Index b = 0; b <= a; ++b) {
            S square(0);
            for (Index m = 0; m < Q.rows(); ++m) square += Q(m, a) * Q(m, b);
            sum += S(a == b ? 1 : 2) * curvature(row, pair_index(a, b, outputs)) * square;
        }
    return sum;
}

template <Scalar S>
GRADUS_ONCE Inference infer_robust(Likelihood<S> likelihood, const RobustOptions& options) {
    using std::sqrt;
    Inference out = infer(likelihood, InferenceOptions{options.weights});
    const Information<S> facts = information(likelihood);
    polish(likelihood, facts);
    const Matrix<S> G = covariance_root(likelihood, facts, table_rows(likelihood));
    const bool is_linear = likelihood.family == Family::linear, corrects = options.estimator >= Robust::HC2;
    const Index r = facts.rank(), k = likelihood.risk.loss().outputs();
    if (corrects && !is_linear && k > 1)
        reject(name(options.estimator), " needs the leverage of one number per row, and this model has ", k,
               " outputs; take Robust::HC1");
    const Vector<S> weights = row_weights(likelihood);
    const bool counts = options.weights == WeightMeaning::frequency;
    Vector<S> z(is_linear ? r * k : r);
    ScoreFactor<S> scores(z.size());
    Index decisive = -1;  // a row that alone determines some parameter
    visit_whitened(likelihood, facts, [&](Index i, const auto& Q, const auto& slope, const auto& curvature, Index row) {
        const S s = weights[i];
        if (!(s > S(0))) return;
        S rest = S(1) - row_leverage<S>(Q, curvature, row, k) / (counts ? s : S(1)), factor(1);
        if (corrects && !(rest > S(1e-10))) return static_cast<void>(decisive = i);
        if (options.estimator == Robust::HC2) factor = S(1) / sqrt(rest);
        if (options.estimator == Robust::HC3) factor = S(1) / rest;
        if (counts) factor /= sqrt(s);
        whitened_score<S>(Q, slope, row, z);
        scores.add(z, factor);
        const S y = likelihood.family == Family::binary ? likelihood.prepared.sample.Y(i, 0) : S(0);
        if (counts && y > S(0) && y < S(1)) {  // s y successes and s (1 - y) failures: their scores about the mean
            for (Index m = 0; m < r; ++m) z[m] = Q(m, 0);
            scores.add(z, S(factor * s * sqrt(S(y * (S(1) - y)))));
        }
    });
    if (decisive >= 0)
        out.note = text(name(options.estimator), " does not exist: row ", decisive,
                        " alone determines a coefficient (its leverage is 1); HC1 does");
    const double n = counted_rows(likelihood.prepared.sample, options.weights);
    take_robust_root<S>(G, scores.triangle(), options.estimator == Robust::HC1 ? n / (n - static_cast<double>(r)) : 1.0,
                        out);
    out.model += text(", standard errors ", name(options.estimator));
    return out;
}

template <Scalar S>
GRADUS_ONCE Inference infer_clustered(Likelihood<S>& likelihood, const std::vector<Index>& cluster, Index clusters,
                                      WeightMeaning weights) {
    Inference out = infer(likelihood, InferenceOptions{weights});
    const Information<S> facts = information(likelihood);
    polish(likelihood, facts);
    const Matrix<S> G = covariance_root(likelihood, facts, table_rows(likelihood));
    const bool is_linear = likelihood.family == Family::linear;
    const Index r = facts.rank();
    Vector<S> z(is_linear ? r * likelihood.risk.loss().outputs() : r);
    Matrix<S> sums = Matrix<S>::Zero(z.size(), clusters);
    visit_whitened(likelihood, facts, [&](Index i, const auto& Q, const auto& slope, const auto&, Index row) {
        whitened_score<S>(Q, slope, row, z);
        for (Index m = 0; m < z.size(); ++m) sums(m, cluster[static_cast<std::size_t>(i)]) += z[m];
    });
    ScoreFactor<S> scores(z.size());
    for (Index g = 0; g < clusters; ++g) scores.add(sums.col(g), S(1));
    const double count = static_cast<double>(clusters);
    double factor = count / (count - 1);
    if (is_linear) {
        factor *= (out.rows - 1) / (out.rows - static_cast<double>(r));
        out.residual_degrees_of_freedom = count - 1;
    }
    take_robust_root<S>(G, scores.triangle(), factor, out);
    out.model += text(", standard errors by ", clusters, " clusters");
    return out;
}

}  // namespace detail

/// infer() with the sandwich covariance H^-1 (sum_i g_i g_i') H^-1, g_i the score of row i: right also where the variance of the noise differs between
/// rows (linear), or the likelihood is only nearly right. As a root: G Z', Z the triangle into which the rows R^-T g_i are folded, so that
/// the digits follow the condition number and not its square.
///
///     std::cout << robust_inference(model, X, y);                               // HC3
///     robust_inference(model, data, {.estimator = Robust::HC1});
///
/// HC2 and HC3 for linear (any number of targets) and binary models; HC0 and HC1 for all. The F test of a linear model becomes the Wald
/// test with this covariance. Where a row has leverage one, HC2 and HC3 do not exist: the note says so. O(n r^2 k) beside infer().
template <class Model, class... Parts>
Inference robust_inference(const Model& model, const Observations<Parts...>& data, const RobustOptions& options = {}) {
    return detail::infer_robust(detail::unpenalised_likelihood(model, data), options);
}
template <class Model, EigenMatrix X, Column Y>
Inference robust_inference(const Model& model, const X& x, const Y& y, const RobustOptions& options = {}) {
    return robust_inference(model, Observations(x, y), options);
}

/// infer() with the covariance H^-1 (sum over clusters of g g') H^-1, g the sum of the scores of a cluster (Liang and Zeger, Biometrika 73 (1986), 13):
/// right where rows of the same cluster depend on each other. Times G / (G - 1) for G clusters; for linear models also times (n - 1) / (n - r), which
/// together is called CR1, and t has G - 1 degrees of freedom. `clusters`: n labels of any ordered type.
template <class Model, class... Parts, Column Labels>
Inference clustered_inference(const Model& model, const Observations<Parts...>& data, const Labels& clusters,
                              WeightMeaning weights = WeightMeaning::precision) {
    auto likelihood = detail::unpenalised_likelihood(model, data);
    const Index n = likelihood.prepared.sample.rows();
    if (row_count(clusters) != n) reject("clusters has ", row_count(clusters), " entries for ", n, " rows");
    std::map<std::remove_cvref_t<decltype(entry(clusters, 0))>, Index> codes;
    std::vector<Index> code;
    for (Index i = 0; i < n; ++i)
        code.push_back(codes.try_emplace(entry(clusters, i), static_cast<Index>(codes.size())).first->second);
    if (codes.size() < 2) reject("clusters: all rows are in one cluster, at least two are needed");
    return detail::infer_clustered(likelihood, code, static_cast<Index>(codes.size()), weights);
}
template <class Model, EigenMatrix X, Column Y, Column Labels>
Inference clustered_inference(const Model& model, const X& x, const Y& y, const Labels& clusters) {
    return clustered_inference(model, Observations(x, y), clusters);
}

}  // namespace gradus
