#pragma once
// The information in the data about the parameters, as a triangular factor.

#include <gradus/examination/rank.hpp>
#include <gradus/models/likelihood.hpp>
#include <gradus/objectives/curvature_factor.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace gradus {

/// R (upper triangular, r x r) with R'R = sum_i s_i J_i' C_i J_i over the kept parameters: C_i the curvature of the
/// loss of row i, J_i the map from theta to eta_i. The rows C_i^(1/2) J_i are folded into R by Householder reflections
/// (see curvature_factor()), so that the digits of R^-1, and of every standard error, follow the condition number of
/// the weighted design and not its square, as they would from a Hessian.
///
/// Which features are kept is decided on (1 | X) as in a fit, so that the rank is that of the coefficients. For a
/// linear model R is the factor of (1 | X) itself, for one target.
template <Scalar S>
struct Information {
    Matrix<S> R;
    std::vector<Index> parameters;  ///< of theta, one for each column of R
    Matrix<S> null;                 ///< d x m: directions of theta in which no eta changes
    Index features = 0;             ///< how many are kept

    Index rank() const { return R.cols(); }

    /// The entries of g (d numbers) that belong to the columns of R.
    Vector<S> kept(const Vector<S>& g) const {
        Vector<S> out(rank());
        for (Index m = 0; m < out.size(); ++m) out[m] = g[parameters[static_cast<std::size_t>(m)]];
        return out;
    }
    /// Whether g'theta is determined by the data: g is orthogonal to every direction in which no eta changes.
    bool determines(const Vector<S>& g) const {
        using std::abs;
        for (Index m = 0; m < null.cols(); ++m) {
            S sum(0), size(0);
            for (Index l = 0; l < g.size(); ++l) {
                sum += g[l] * null(l, m);
                size += abs(S(g[l] * null(l, m)));
            }
            if (abs(sum) > S(1e-7) * size) return false;
        }
        return true;
    }
    /// R^-T g: its squared length is the variance of g'theta (linear models: for sigma = 1). NaN where the data do not
    /// determine g'theta.
    Vector<S> whitened(const Vector<S>& g) const {
        if (!determines(g)) return Vector<S>::Constant(rank(), std::numeric_limits<S>::quiet_NaN());
        Vector<S> out = kept(g);
        solve_upper_transposed<S>(R, out);
        return out;
    }
};

namespace detail {

/// The sum of the weights as the user gave them.
template <Scalar S>
S total_weight(const Sample<S>& sample) {
    return sample.total_weight / sample.weight_scale;
}

/// The design (1 | X) in the coordinates of theta, without targets.
template <Scalar S>
LeastSquares<S> likelihood_design(const Likelihood<S>& likelihood) {
    LeastSquares<S> out = design_problem(likelihood.problem.prepared, likelihood.has_intercept());
    out.sample.X = likelihood.risk.sample().X;
    return out;
}

/// The triangular factor of a problem, which may have no columns at all.
template <Scalar S>
Matrix<S> factor_of(const LeastSquares<S>& problem) {
    return problem.unknowns() + problem.outputs() > 0 ? triangular_factor(problem) : Matrix<S>(0, 0);
}

/// A sum of matrices over rows.
template <Scalar S>
struct MatrixSum {
    Matrix<S> sum;
    void merge(const MatrixSum& other) { add_multiple(S(1), other.sum.data(), sum.data(), sum.size()); }
};

/// The columns of V and the intercepts along which no eta changes, for each dependent column x_j = v_0 + sum_m v_m x_m
/// and each of `width` columns c of V: the slope of x_j moves by one and those of the others by -v_m, which moves the
/// etas by v_0 L_c., where L_c. (k numbers) is how V_.c enters them; the intercepts take that away.
template <Scalar S>
GRADUS_ONCE Matrix<S> null_directions(const Predictor<S>& predictor, const Echelon<S>& design, Index has_intercept,
                                      Index width) {
    using std::abs;
    const Index p = predictor.features(), dependent = static_cast<Index>(design.dependent.size());
    Matrix<S> out = Matrix<S>::Zero(predictor.dimension(), width * dependent), unseen = design.unseen();
    for (S& entry : unseen.reshaped())  // rounding is not dependence
        if (abs(entry) < S(1e6) * epsilon<S>) entry = S(0);
    for (Index l = 0; l < dependent; ++l) {
        const Index j = design.dependent[static_cast<std::size_t>(l)] - has_intercept;
        for (Index c = 0; c < width; ++c) {
            auto direction = out.col(c * dependent + l);
            direction[c * p + j] = S(1);
            const Matrix<S> L = product<S>(predictor.coefficients(Vector<S>(direction)).row(j), predictor.loadings());
            direction.segment(c * p, p) = unseen.col(l).tail(p);
            for (Index q = 0; has_intercept && q < predictor.intercepts(); ++q)
                for (Index a = 0; a < L.cols(); ++a)
                    direction[predictor.first_intercept() + q] +=
                        unseen(0, l) * predictor.intercept_map()(a, q) * L(0, a);
        }
    }
    return out;
}

}  // namespace detail

/// The information at likelihood.theta; `of_design`: that of least squares, whatever the loss. O(n k d^2), in one or
/// two walks over X.
template <Scalar S>
GRADUS_ONCE Information<S> information(const Likelihood<S>& likelihood, bool of_design) {
    using std::sqrt;
    const LeastSquares<S> problem = detail::likelihood_design(likelihood);
    const Echelon<S> design = echelon_form<S>(detail::factor_of(problem), problem.unknowns(),
                                              detail::augmented_norms(problem), S(16) * epsilon<S>);
    const Predictor<S>& predictor = likelihood.risk.predictor();
    const Index p = predictor.features(), first_intercept = predictor.first_intercept(),
                at = likelihood.has_intercept();
    const bool is_linear = of_design;
    const Index width = is_linear ? 1 : predictor.width();  // targets share the factor of the first
    Information<S> out;
    out.features = design.rank() - at;
    if (is_linear && at) out.parameters.push_back(first_intercept);
    for (Index c = 0; c < width; ++c)
        for (const Index j : design.kept)
            if (j >= at) out.parameters.push_back(c * p + j - at);
    for (Index l = first_intercept; !is_linear && l < predictor.dimension(); ++l) out.parameters.push_back(l);
    out.R = is_linear
                ? design.triangle()
                : curvature_factor<S>(likelihood.risk.walk(), likelihood.risk.loss(), likelihood.theta, out.parameters);
    const S unit = sqrt(likelihood.sample().weight_scale);  // the information in the user's weights
    for (Index m = 0; m < out.R.size(); ++m) out.R.data()[m] /= unit;
    out.null = detail::null_directions(predictor, design, at, width);
    return out;
}
template <Scalar S>
Information<S> information(const Likelihood<S>& likelihood) {
    return information(likelihood, likelihood.family().is_least_squares());
}

}  // namespace gradus
