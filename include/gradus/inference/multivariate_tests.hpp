#pragma once
// Tests that some features matter to no target: the sums of squares and products of a hypothesis against those of the
// residuals.

#include <gradus/inference/feature_set.hpp>
#include <gradus/inference/inference.hpp>

#include <Eigen/Eigenvalues>

namespace gradus {

/// The four classical tests, with R's approximations by F. `roots` are the eigenvalues of E^-1 H, largest first: E the
/// sums of squares and products of the residuals, H those which the hypothesis costs.
struct MultivariateTests {
    Eigen::VectorXd roots;
    double wilks = 1, pillai = 0, hotelling_lawley = 0, roy = 0;
    Test wilks_test, pillai_test, hotelling_lawley_test, roy_test;  ///< F; that of Roy's root is a bound: p is at least
    double hypothesis_degrees_of_freedom = 0, residual_degrees_of_freedom = 0;
};

namespace detail {

/// The echelon form of (1 | X without some features | these features | Y), from left to right.
template <Scalar S>
struct SplitDesign {
    Echelon<S> form;
    Index others = 0;      ///< rank without the features
    Index hypothesis = 0;  ///< what they add
};

template <Scalar S>
GRADUS_ONCE SplitDesign<S> split_design(const LeastSquares<S>& problem, const std::vector<Index>& features) {
    const Matrix<S> R = factor_of(problem);
    const Vector<S> norms = augmented_norms(problem);
    const auto is_meant = [&](Index column) {
        const Index j = column - problem.has_intercept;
        return j >= 0 && std::binary_search(features.begin(), features.end(), j);
    };
    std::vector<Index> order;
    for (const bool meant : {false, true})
        for (Index j = 0; j < problem.unknowns(); ++j)
            if (is_meant(j) == meant) order.push_back(j);
    Matrix<S> A = R;
    Vector<S> sizes = norms;
    for (Index j = 0; j < problem.unknowns(); ++j) {
        A.col(j) = R.col(order[static_cast<std::size_t>(j)]);
        sizes[j] = norms[order[static_cast<std::size_t>(j)]];
    }
    SplitDesign<S> out{echelon_form<S>(A, problem.unknowns(), sizes, S(16) * epsilon<S>)};
    const Index first = problem.unknowns() - static_cast<Index>(features.size());
    for (const Index j : out.form.kept) ++(j < first ? out.others : out.hypothesis);
    return out;
}

/// How many degrees of freedom the slopes of some features have.
template <Scalar S>
Index features_rank(const Likelihood<S>& likelihood, const std::vector<Index>& features) {
    return split_design(likelihood_design(likelihood), features).hypothesis;
}

/// The triangle of the weighted residuals of a linear model, k x k.
template <Scalar S>
GRADUS_ONCE Matrix<S> residual_factor(const Likelihood<S>& likelihood) {
    using std::sqrt;
    const RowWalk<S>& walk = likelihood.risk.walk();
    const Index k = walk.predictor().outputs();
    const TriangularFactor<S> nothing(Matrix<S>(Matrix<S>::Zero(k, k)));
    const auto fold_block = [&](const EvaluatedRows<S>& rows, TriangularFactor<S>& part) {
        Matrix<S> e = rows.y - rows.eta;
        for (Index c = 0; c < k; ++c)
            for (Index i = 0; i < e.rows(); ++i) e(i, c) *= sqrt(rows.s[i]);
        part.fold(e);
    };
    return fold_rows(walk, likelihood.theta, nothing, k, fold_block).R();
}

/// What a hypothesis about a linear model says: the eigenvalues of E^-1 H, and degrees of freedom.
struct HypothesisRoots {
    Eigen::VectorXd roots;
    Index rank = 0;        ///< of the hypothesis
    Index parameters = 0;  ///< of each target, those of the hypothesis among them
};

/// H = V'V, V the rows of the factor that belong to the features; E = U'U, U the factor of the residuals: neither comes
/// from a subtraction. With M = V U^-1 the eigenvalues are those of M M'.
template <Scalar S>
GRADUS_ONCE HypothesisRoots hypothesis_roots(const Likelihood<S>& likelihood, const std::vector<Index>& features) {
    const Sample<S>& sample = likelihood.sample();
    const Index k = likelihood.coefficients.cols();
    LeastSquares<S> problem = likelihood_design(likelihood);
    problem.sample.Y = sample.Y;
    problem.sample.offset = sample.offset;
    problem.sample.target_coordinates =
        equilibrate(target_statistics(likelihood.problem.prepared), likelihood.has_intercept());
    problem.sample.target_coordinates.scale.setOnes();
    const SplitDesign<S> split = split_design(problem, features);
    const Index q = split.hypothesis;
    HypothesisRoots out{{}, q, split.others + q};
    if (q == 0) return out;
    out.roots = Eigen::VectorXd::Constant(q, std::numeric_limits<double>::quiet_NaN());
    if (sample.rows() < k) return out;
    Matrix<S> Vt = split.form.A.rightCols(k).middleRows(split.others, q).transpose();
    solve_upper_transposed<S>(residual_factor(likelihood), Vt);
    const Matrix<S> square = q < k ? transposed_product<S>(Vt, Vt) : product<S>(Vt, Matrix<S>(Vt.transpose()));
    const Eigen::MatrixXd matrix = square.template cast<double>();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix, Eigen::EigenvaluesOnly);
    out.roots = solver.eigenvalues().cwiseMax(0.0).reverse();
    return out;
}

/// R's approximations (stats:::Wilks and its neighbours; Rencher, Methods of Multivariate Analysis, 2002, 6.1): p
/// targets, q degrees of freedom of the hypothesis, v of the residuals.
inline void approximate_by_f(MultivariateTests& out, double p, double q, double v) {
    const double s = std::min(p, q), m = (std::abs(p - q) - 1) / 2, half = (v - p - 1) / 2;
    const double a = 2 * m + s + 1, b = 2 * half + s + 1;
    out.pillai_test = f_test("Pillai", b / a * out.pillai / (s - out.pillai), s * a, s * b);
    const double power = p * p + q * q - 5 > 0 ? std::sqrt((p * p * q * q - 4) / (p * p + q * q - 5)) : 1.0;
    const double rest = (v - (p - q + 1) / 2) * power - (p * q - 2) / 2;
    double log_wilks = 0;
    for (const double root : out.roots) log_wilks -= std::log1p(root);
    out.wilks_test = f_test("Wilks", std::expm1(-log_wilks / power) * rest / (p * q), p * q, rest);
    const double c = 2 * (s * half + 1);
    out.hotelling_lawley_test = f_test("Hotelling-Lawley", c * out.hotelling_lawley / (s * s * a), s * a, c);
    const double d = std::max(p, q);
    out.roy_test = f_test("Roy (upper bound of F)", (v - d + q) * out.roy / d, d, v - d + q);
}

template <Scalar S>
GRADUS_ONCE MultivariateTests multivariate_tests(const Likelihood<S>& likelihood, const FeatureSet& wanted,
                                                 WeightMeaning weights) {
    if (!likelihood.family().is_least_squares()) reject("multivariate_tests: the model must be linear");
    const HypothesisRoots found = hypothesis_roots(likelihood, feature_indices(likelihood, wanted));
    if (found.rank == 0)
        reject("multivariate_tests: these features add nothing to the others, there is nothing to test");
    MultivariateTests out;
    out.roots = found.roots;
    for (const double root : out.roots) {
        out.wilks /= 1 + root;
        out.pillai += root / (1 + root);
        out.hotelling_lawley += root;
    }
    out.roy = out.roots[0];
    out.hypothesis_degrees_of_freedom = static_cast<double>(found.rank);
    out.residual_degrees_of_freedom =
        counted_rows(likelihood.risk.walk(), weights) - static_cast<double>(found.parameters);
    approximate_by_f(out, static_cast<double>(likelihood.coefficients.cols()), out.hypothesis_degrees_of_freedom,
                     out.residual_degrees_of_freedom);
    return out;
}

GRADUS_COMPILE(MultivariateTests multivariate_tests(const Likelihood<double>&, const FeatureSet&, WeightMeaning))

}  // namespace detail

/// That the slopes of these features are zero for all targets of a linear model, given the other features: Wilks'
/// lambda, Pillai's trace, Hotelling and Lawley's trace, Roy's largest root. With one target all four are the F test.
/// O(n p^2).
///
///     multivariate_tests(model, Observations(X, Y), {"waist"}).pillai_test.p_value;
template <class Model, class... Parts>
MultivariateTests multivariate_tests(const Model& model, const Observations<Parts...>& data, const FeatureSet& features,
                                     WeightMeaning weights = WeightMeaning::precision) {
    return detail::multivariate_tests(detail::maximised_likelihood(model, data), features, weights);
}

/// Four lines.
inline std::ostream& operator<<(std::ostream& out, const MultivariateTests& tests) {
    return out << tests.wilks_test << tests.pillai_test << tests.hotelling_lawley_test << tests.roy_test;
}

}  // namespace gradus
