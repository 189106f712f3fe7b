#pragma once
// Collinearity: which coefficients suffer because columns are nearly combinations of others.

#include <gradus/data/column_statistics.hpp>
#include <gradus/data/observations.hpp>
#include <gradus/solvers/direct/triangular_factor.hpp>

#include <vector>

namespace gradus {

/// Variance inflation and Belsley's condition indices.
struct Collinearity {
    /// p: 1 / (1 - R_j^2), R_j^2 of the regression of feature j on the others and a constant: how many times larger the variance of coefficient j
    /// is than it would be were the features orthogonal. Infinite for a combination of others (up to rounding), NaN for a constant column.
    Eigen::VectorXd variance_inflation;
    /// p + 1: largest singular value of (1 | X), its columns scaled to length one but not centred, over each singular value; ascending. Beyond
    /// 30 there is a near dependence worth knowing (Belsley, Kuh, Welsch, Regression Diagnostics, 1980, ch. 3).
    Eigen::VectorXd condition_indices;
    /// (p + 1) x (p + 1): entry (m, j) is the share of the variance of coefficient j (0 is the intercept) that comes with index m; columns sum to one.
    /// Two or more shares above one half beside a large index name the columns of a dependence.
    Eigen::MatrixXd variance_proportions;
};

namespace detail {

/// Triangle of (1 | X - shift), each column scaled to length one; `length`: their lengths before. The first column is left out without `constant`.
template <Scalar S>
GRADUS_ONCE Matrix<S> unit_triangle(const DenseView<S>& X, const Vector<S>& shift, bool constant, Vector<S>& length) {
    using std::sqrt;
    const Index n = X.rows(), p = X.columns(), m = p + constant;
    TriangularFactor<S> factor(Matrix<S>(Matrix<S>::Zero(m, m)));
    const Index rows = std::max<Index>(256, 2 * m);
    for (Index first = 0; first < n; first += rows) {
        const Index b = std::min(rows, n - first);
        Matrix<S> block = Matrix<S>::Ones(b, m), part(b, p);
        X.copy_rows(first, part);
        for (Index j = 0; j < p; ++j)
            for (Index i = 0; i < b; ++i) block(i, constant + j) = part(i, j) - shift[j];
        factor.fold(block);
    }
    Matrix<S> R = factor.R();
    length.resize(m);
    for (Index j = 0; j < m; ++j) {
        S square(0);
        for (Index i = 0; i <= j; ++i) square += R(i, j) * R(i, j);
        length[j] = sqrt(square);
        for (Index i = 0; i <= j && length[j] > S(0); ++i) R(i, j) /= length[j];
    }
    return R;
}

/// Singular values of A and V, by rotations from the right until the columns are orthogonal (Hestenes; Demmel and Veselic, SIAM J. Matrix Anal. Appl.
/// 13 (1992), 1204): small singular values keep their digits. A becomes U Sigma.
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

template <Scalar S>
GRADUS_ONCE Eigen::VectorXd variance_inflation(const DenseView<S>& X, const ColumnStatistics<S>& columns) {
    const Index p = X.columns();
    // moved near the means first, so that the lengths of what is left and the means themselves keep their digits
    Vector<S> shift = columns.mean, length;
    Sum<S> sum;
    for (Index j = 0; j < p; ++j) {
        sum = {};
        for (Index i = 0; i < X.rows(); ++i) sum.add(S(X(i, j) - columns.mean[j]));
        shift[j] += sum.value() / S(static_cast<double>(X.rows()));
    }
    const Matrix<S> R = unit_triangle<S>(X, shift, false, length);
    Eigen::VectorXd out(p);
    Matrix<S> inverse = Matrix<S>::Identity(p, p);  // R^-1: the squares of its rows are the diagonal of (R'R)^-1
    solve_upper<S>(R, inverse);
    for (Index j = 0; j < p; ++j) {
        S square(0);
        for (Index l = j; l < p; ++l) square += inverse(j, l) * inverse(j, l);
        const double value = static_cast<double>(square);
        const bool dependent = !(value < 1e-3 / (static_cast<double>(epsilon<S>) * static_cast<double>(epsilon<S>)));
        out[j] = columns.least[j] == columns.largest[j] ? std::numeric_limits<double>::quiet_NaN()
                 : dependent                            ? std::numeric_limits<double>::infinity()
                                                        : value;
    }
    return out;
}

template <Scalar S>
GRADUS_ONCE Collinearity collinearity(const DenseView<S>& X, const std::vector<std::string>& names) {
    Sample<S> sample;
    sample.X = sample.Y = X;
    const ColumnStatistics<S> columns = column_statistics<S>(X, sample, "X", names);
    const Index p = X.columns(), m = p + 1;
    if (X.rows() == 0 || p == 0) reject("collinearity: X is ", X.rows(), " x ", p);
    Collinearity out;
    out.variance_inflation = variance_inflation<S>(X, columns);
    Vector<S> length;
    Matrix<S> A = unit_triangle<S>(X, Vector<S>::Zero(p), true, length), V;
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

/// Of the columns of X beside a constant, whatever the targets. Throws InvalidInput for an entry that is not finite. O(n p^2 + p^3), one sweep for
/// each of the two measures.
template <EigenMatrix X>
Collinearity collinearity(const X& x, const std::vector<std::string>& names = {}) {
    using S = typename X::Scalar;
    const typename X::PlainObject rows = x;
    return detail::collinearity<S>(DenseView<S>(rows), names);
}

}  // namespace gradus
