#pragma once
// The information in the data about the parameters, as a triangular factor.

#include <gradus/models/likelihood.hpp>

namespace gradus {

/// R (upper triangular, r x r) with R'R = sum_i s_i J_i' C_i J_i over the kept parameters: C_i the curvature of the loss of row i, J_i the map from
/// theta to eta_i. The rows C_i^(1/2) J_i are folded into R by Householder reflections (see TriangularFactor), so that the digits of
/// R^-1, and of every standard error, follow the condition number of the weighted design and not its square, as they would from a Hessian.
///
/// Which features are kept is decided on (1 | X) as in a fit, so that the rank is that of the coefficients. For a linear model R is the factor of
/// (1 | X) itself, for one target.
template <Scalar S>
struct Information {
    Matrix<S> R;
    std::vector<Index> parameters;  ///< of theta, one for each column of R
    Matrix<S> null;                 ///< d x m: directions of theta in which no eta changes
    Index features = 0;             ///< how many are kept
    Index rank() const { return R.cols(); }
};

namespace detail {

/// The echelon form of (1 | X) in the coordinates of the likelihood.
template <Scalar S>
GRADUS_ONCE Echelon<S> design_echelon(const Likelihood<S>& likelihood) {
    const Prepared<S>& prepared = likelihood.prepared;
    LeastSquares<S> problem{
        prepared.sample, likelihood.risk.coordinates(), column_norms(prepared), likelihood.has_intercept, {}};
    const Matrix<S> zeros = Matrix<S>::Zero(prepared.sample.rows(), 1);
    problem.sample.Y = DenseView<S>(zeros);
    problem.sample.offset.reset();
    problem.sample.target_coordinates = {};
    return echelon_form<S>(triangular_factor<S>(problem), problem.unknowns(), augmented_norms(problem),
                           S(16) * epsilon<S>);
}

/// Upper triangular `roots` (k x k) with roots'roots = C, for one row of packed curvature (see pair_index): Gaussian elimination that never
/// subtracts when the off-diagonals are <= 0, as those of the softmax and the cumulative models are (Grassmann, Taksar, Heyman, Oper.
/// Res. 33 (1985), 1107): the pivot is put together from w_cd = -C_cd and from what is left of the row sum. So a row whose probabilities are
/// 1 - 1e-20 and 1e-20 keeps all digits of what it says. w: k x k, scratch.
template <Scalar S>
void curvature_roots(const ConstMatrixView<S>& curvature, Index i, Matrix<S>& w, Matrix<S>& roots) {
    using std::abs, std::sqrt;
    const Index k = roots.rows();
    for (Index c = 0; c < k; ++c) {
        const S diagonal = curvature(i, pair_index(c, c, k));
        S rest = diagonal;  // of the row sum
        for (Index d = 0; d < k; ++d) {
            if (d == c) continue;
            w(c, d) = -curvature(i, pair_index(std::max(c, d), std::min(c, d), k));
            rest -= w(c, d);
        }
        w(c, c) = abs(rest) > S(8 * static_cast<double>(k)) * epsilon<S> * diagonal ? rest : S(0);
    }
    roots.setZero();
    for (Index a = 0; a < k; ++a) {
        S pivot = w(a, a);
        for (Index d = a + 1; d < k; ++d) pivot += w(a, d);
        if (!(pivot > S(0))) continue;
        roots(a, a) = sqrt(pivot);
        for (Index d = a + 1; d < k; ++d) roots(a, d) = -w(a, d) / roots(a, a);
        for (Index c = a + 1; c < k; ++c) {
            const S share = w(a, c) / pivot;
            w(c, c) += w(a, a) * share;
            for (Index d = a + 1; d < k; ++d)
                if (d != c) w(c, d) += w(a, d) * share;
        }
    }
}

/// The rows C_i^(1/2) J_i of all i, folded. O(n k d^2).
template <Scalar S>
GRADUS_ONCE Matrix<S> fold_information(const Likelihood<S>& likelihood, const std::vector<Index>& parameters) {
    const Index r = static_cast<Index>(parameters.size()), k = likelihood.risk.loss().outputs();
    const Index n = likelihood.prepared.sample.rows();
    TriangularFactor<S> factor(Matrix<S>::Zero(r, r));
    Matrix<S> rows(std::max<Index>({2 * r, 64, k}), r), w(k, k), roots(k, k);
    Vector<S> direction = Vector<S>::Zero(likelihood.risk.dimension());
    Index filled = 0;
    const auto fold = [&] {
        for (Index m = 0; m < r; ++m)
            for (Index i = filled; i < rows.rows(); ++i) rows(i, m) = S(0);
        factor.fold(rows);
        filled = 0;
    };
    likelihood.risk.visit_derivatives(likelihood.theta,
                                      [&](Index, const auto&, const auto& curvature, Index i, const auto& add) {
                                          curvature_roots<S>(curvature, i, w, roots);
                                          for (Index a = 0; a < k; ++a) {
                                              if (!(roots(a, a) > S(0))) continue;
                                              direction.setZero();
                                              for (Index c = a; c < k; ++c)
                                                  if (roots(a, c) != S(0)) add(c, roots(a, c), direction);
                                              for (Index m = 0; m < r; ++m)
                                                  rows(filled, m) = direction[parameters[static_cast<std::size_t>(m)]];
                                              if (++filled == rows.rows()) fold();
                                          }
                                      });
    if (filled > 0 || n == 0) fold();
    return factor.R();
}

}  // namespace detail

/// The information at likelihood.theta. O(n k d^2) and one or two sweeps over X.
template <Scalar S>
GRADUS_ONCE Information<S> information(const Likelihood<S>& likelihood) {
    const Echelon<S> design = detail::design_echelon(likelihood);
    const Index p = likelihood.prepared.sample.features(), d = likelihood.risk.dimension(),
                at = likelihood.has_intercept;
    const bool is_linear = likelihood.family == Family::linear;
    const Index width = is_linear ? 1 : likelihood.width, first_constant = p * likelihood.width;
    Information<S> out;
    out.features = design.rank() - at;
    if (is_linear) {
        for (const Index j : design.kept) out.parameters.push_back(at && j == 0 ? first_constant : j - at);
        out.R = design.triangle();
    } else {
        for (Index c = 0; c < width; ++c)
            for (const Index j : design.kept)
                if (j >= at) out.parameters.push_back(c * p + j - at);
        for (Index l = first_constant; l < d; ++l) out.parameters.push_back(l);
        out.R = detail::fold_information(likelihood, out.parameters);
    }
    // column j = sum_m v_m kept column m: what moves j by one and the kept ones by -v changes nothing
    const auto dependent = design.dependent;
    out.null = Matrix<S>::Zero(d, width * static_cast<Index>(dependent.size()));
    for (std::size_t l = 0; l < dependent.size(); ++l) {
        Vector<S> v(design.rank());
        for (Index i = 0; i < v.size(); ++i) v[i] = design.A(i, dependent[l]);
        solve_upper<S>(design.triangle(), v);
        for (Index i = 0; i < v.size(); ++i)  // rounding is not dependence
            if (std::abs(static_cast<double>(v[i])) < 1e6 * static_cast<double>(epsilon<S>)) v[i] = S(0);
        for (Index c = 0; c < width; ++c) {
            auto direction = out.null.col(c * static_cast<Index>(dependent.size()) + static_cast<Index>(l));
            direction[c * p + dependent[l] - at] = S(1);
            for (Index m = 0; m < v.size(); ++m) {
                const Index j = design.kept[static_cast<std::size_t>(m)];
                if (j >= at) direction[c * p + j - at] = -v[m];
                else if (likelihood.family == Family::ordinal)
                    for (Index t = first_constant; t < d; ++t) direction[t] = v[m];  // thresholds stand against x'w
                else direction[first_constant + c] = -v[m];
            }
        }
    }
    return out;
}

}  // namespace gradus
