#pragma once
// Collinearity: which coefficients suffer because columns are nearly combinations of others.

#include <gradus/examination/rank.hpp>

#include <algorithm>
#include <vector>

namespace gradus {

/// Variance inflation and Belsley's condition indices.
struct Collinearity {
    /// p: 1 / (1 - R_j^2), R_j^2 of the regression of feature j on the others and a constant: how many times larger the
    /// variance of coefficient j is than it would be were the features orthogonal. Infinite for a combination of others
    /// (up to rounding), NaN for a constant column.
    Eigen::VectorXd variance_inflation;
    /// p + 1: largest singular value of (1 | X), its columns scaled to length one but not centred, over each singular
    /// value; ascending. Beyond 30 there is a near dependence worth knowing (Belsley, Kuh, Welsch, Regression
    /// Diagnostics, 1980, ch. 3).
    Eigen::VectorXd condition_indices;
    /// (p + 1) x (p + 1): entry (m, j) is the share of the variance of coefficient j (0 is the intercept) that comes
    /// with index m; columns sum to one. Two or more shares above one half beside a large index name the columns of a
    /// dependence.
    Eigen::MatrixXd variance_proportions;
};

namespace detail {

/// The scalar in which features are looked at: their own, double for integers and for sources of rows.
template <class X>
struct ScalarOf {
    using Type = double;
};
template <class X>
requires Scalar<typename X::Scalar>
struct ScalarOf<X> {
    using Type = typename X::Scalar;
};

/// Columns of R scaled to length one.
template <Scalar S>
void to_unit_columns(Matrix<S>& R) {
    using std::sqrt;
    for (Index j = 0; j < R.cols(); ++j) {
        S square(0);
        for (Index i = 0; i <= std::min(j, R.rows() - 1); ++i) square += R(i, j) * R(i, j);
        const S length = sqrt(square);
        for (Index i = 0; length > S(0) && i <= std::min(j, R.rows() - 1); ++i) R(i, j) /= length;
    }
}

/// Singular values of A and V, by rotations from the right until the columns are orthogonal (Hestenes; Demmel and
/// Veselic, SIAM J. Matrix Anal. Appl. 13 (1992), 1204): small singular values keep their digits. A becomes U Sigma.
template <Scalar S>
GRADUS_ONCE Vector<S> rotate_to_orthogonal(Matrix<S>& A, Matrix<S>& V) {
    using std::abs, std::sqrt;
    const Index m = A.cols();
    V = Matrix<S>::Identity(m, m);
    const auto turn = [](Matrix<S>& M, Index a, Index b, const S& c, const S& s) {
        for (Index i = 0; i < M.rows(); ++i) {
            const S x = M(i, a), y = M(i, b);
            M(i, a) = c * x - s * y;
            M(i, b) = s * x + c * y;
        }
    };
    bool moved = true;
    for (int sweep = 0; moved && sweep < 60; ++sweep) {
        moved = false;
        for (Index a = 0; a < m; ++a)
            for (Index b = a + 1; b < m; ++b) {
                S aa(0), bb(0), ab(0);
                for (Index i = 0; i < A.rows(); ++i) {
                    aa += A(i, a) * A(i, a);
                    bb += A(i, b) * A(i, b);
                    ab += A(i, a) * A(i, b);
                }
                if (!(abs(ab) > S(4) * epsilon<S> * sqrt(S(aa * bb)))) continue;
                moved = true;
                const S zeta = (bb - aa) / (S(2) * ab),
                        t = (zeta < S(0) ? S(-1) : S(1)) / (abs(zeta) + sqrt(S(S(1) + zeta * zeta))),
                        c = S(1) / sqrt(S(S(1) + t * t));
                turn(A, a, b, c, S(c * t));
                turn(V, a, b, c, S(c * t));
            }
    }
    Vector<S> sigma(m);
    for (Index j = 0; j < m; ++j) sigma[j] = norm(Vector<S>(A.col(j)));
    return sigma;
}

/// Of each feature: infinite where it is a combination of others, whichever stands first; else from the triangle of the
/// independent ones, whose span is that of all.
template <Scalar S>
GRADUS_ONCE Eigen::VectorXd variance_inflation(const Prepared<S>& prepared) {
    using std::abs;
    const Index p = prepared.sample.features();
    const DesignRank<S> design = design_rank(prepared, true);
    const Echelon<S>& form = design.form;
    const Index r = form.rank();
    Eigen::VectorXd out = Eigen::VectorXd::Constant(p, std::numeric_limits<double>::infinity());
    std::vector<bool> is_free(static_cast<std::size_t>(r), true);  // of dependences
    for (const Index j : form.dependent) {
        Vector<S> v(r);
        for (Index i = 0; i < r; ++i) v[i] = form.A(i, j);
        solve_upper<S>(form.triangle(), v);
        S largest(0);
        for (Index m = 1; m < r; ++m) largest = std::max(largest, S(abs(v[m])));
        for (Index m = 1; m < r; ++m)
            if (abs(v[m]) > S(1e-6) * largest) is_free[static_cast<std::size_t>(m)] = false;
        if (prepared.columns.least[j - 1] == prepared.columns.largest[j - 1])
            out[j - 1] = std::numeric_limits<double>::quiet_NaN();
    }
    Matrix<S> T = form.triangle().bottomRightCorner(r - 1, r - 1), inverse = Matrix<S>::Identity(r - 1, r - 1);
    to_unit_columns(T);
    solve_upper<S>(T, inverse);
    for (Index m = 1; m < r; ++m) {
        if (!is_free[static_cast<std::size_t>(m)]) continue;
        S square(0);
        for (Index l = m - 1; l < r - 1; ++l) square += inverse(m - 1, l) * inverse(m - 1, l);
        out[form.kept[static_cast<std::size_t>(m)] - 1] = static_cast<double>(square);
    }
    return out;
}

/// The triangle of (1 | X), neither centred nor of one scale.
template <Scalar S>
GRADUS_ONCE Matrix<S> raw_triangle(const Prepared<S>& prepared) {
    LeastSquares<S> problem = design_problem(prepared, true);
    problem.sample.X = prepared.sample.X.seen_in(equilibrate(prepared.columns, false));
    const Matrix<S> R = triangular_factor(problem);
    Matrix<S> square = Matrix<S>::Zero(problem.unknowns(), problem.unknowns());
    square.topRows(R.rows()) = R;
    to_unit_columns(square);
    return square;
}

template <Scalar S>
GRADUS_ONCE Collinearity collinearity(const Prepared<S>& prepared) {
    const Index p = prepared.sample.features(), m = p + 1;
    Collinearity out;
    out.variance_inflation = variance_inflation<S>(prepared);
    Matrix<S> A = raw_triangle<S>(prepared), V;
    const Vector<S> sigma = rotate_to_orthogonal<S>(A, V);
    std::vector<Index> order;
    for (Index l = 0; l < m; ++l) order.push_back(l);
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return sigma[a] > sigma[b]; });
    out.condition_indices.resize(m);
    out.variance_proportions.resize(m, m);
    for (Index l = 0; l < m; ++l) {
        const Index at = order[static_cast<std::size_t>(l)];
        out.condition_indices[l] = static_cast<double>(S(sigma[order[0]] / sigma[at]));
        for (Index j = 0; j < m; ++j) {
            const double ratio = static_cast<double>(S(V(j, at) * sigma[order[0]] / sigma[at]));
            out.variance_proportions(l, j) = ratio * ratio;
        }
    }
    for (Index j = 0; j < m; ++j) out.variance_proportions.col(j) /= out.variance_proportions.col(j).sum();
    return out;
}

}  // namespace detail

/// Of the columns of X beside a constant, whatever the targets; X as in a fit, and `weights`, where there are any, too.
/// Throws InvalidInput for an entry that is not finite. O(n p^2 + p^3), one walk over the rows for each of the two
/// measures.
template <class X>
Collinearity collinearity(const X& x, const std::vector<std::string>& names = {}, const Eigen::VectorXd& weights = {}) {
    check_features<X>();
    if constexpr (DenseExpression<X> && !InMemory<X>) {
        return collinearity(x.eval(), names, weights);
    } else {
        using S = typename detail::ScalarOf<X>::Type;
        if (row_count(x) == 0 || x.cols() == 0) reject("collinearity: X is ", row_count(x), " x ", x.cols());
        const Vector<S> nothing = Vector<S>::Zero(row_count(x)), s = weights.template cast<S>();
        const auto of = [&](const auto& rows) {
            return detail::collinearity<S>(prepare<S>(rows, values_of<S>(nothing), 1, names));
        };
        const auto rows = Observations(x, nothing);
        return s.size() == 0 ? of(rows) : of(rows.weights(s));
    }
}

}  // namespace gradus
