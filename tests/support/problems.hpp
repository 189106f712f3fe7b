// Data and problems for the tests. Everything comes from a seeded gradus::Random, so that a failure can be repeated.
#pragma once

#include <gradus/core/random.hpp>
#include <gradus/core/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gradus::test {

/// Entries are standard normal.
template <class S>
Matrix<S> normal_matrix(Random& random, Index rows, Index columns) {
    Matrix<S> out(rows, columns);
    for (Index j = 0; j < columns; ++j)
        for (Index i = 0; i < rows; ++i) out(i, j) = S(random.normal());
    return out;
}
template <class S>
Vector<S> normal_vector(Random& random, Index size) {
    return normal_matrix<S>(random, size, 1);
}
template <class S>
Vector<S> uniform_vector(Random& random, Index size, double low, double high) {
    Vector<S> out(size);
    for (Index i = 0; i < size; ++i) out[i] = S(random.uniform(low, high));
    return out;
}

/// Removes from v its part in the span of the orthonormal columns of Q. Twice is enough (Kahan; Parlett, The Symmetric
/// Eigenvalue Problem, 6.9).
template <class S>
void project_out(const Matrix<S>& Q, Index columns, Vector<S>& v) {
    for (int round = 0; round < 2; ++round)
        for (Index j = 0; j < columns; ++j) {
            S amount(0);
            for (Index i = 0; i < v.size(); ++i) amount += Q(i, j) * v[i];
            for (Index i = 0; i < v.size(); ++i) v[i] -= amount * Q(i, j);
        }
}

/// Orthonormal columns; the first is constant when asked for.
template <class S>
Matrix<S> orthonormal(Random& random, Index rows, Index columns, bool first_is_constant = false) {
    using std::sqrt;
    Matrix<S> Q(rows, columns);
    for (Index j = 0; j < columns; ++j) {
        Vector<S> v = first_is_constant && j == 0 ? Vector<S>(Vector<S>::Ones(rows)) : normal_vector<S>(random, rows);
        project_out(Q, j, v);
        S square(0);
        for (Index i = 0; i < rows; ++i) square += v[i] * v[i];
        Q.col(j) = v / sqrt(square);
    }
    return Q;
}

/// A least-squares problem with known solution: X = U diag(sigma) V' + 1 mean', with U orthogonal to 1 and to the
/// residuals, so that W = V c is the solution of least norm with a free intercept, and the solution where rank = p.
template <class S>
struct KnownLeastSquares {
    Matrix<S> X, Y, W;    ///< n x p, n x k, p x k
    Vector<S> b;          ///< k; zero without intercept
    Matrix<S> residuals;  ///< n x k: Y - X W - 1 b'
    Index rank;
};

/// Any shape: n > p, n = p, n < p. The rank is `rank`, or as large as the shape allows for 0; singular values of the
/// centred X fall from 1 to 1 / condition; `noise` is the length of the residuals, zero where the shape leaves no room
/// for any.
template <class S>
KnownLeastSquares<S> known_least_squares(std::uint64_t seed, Index n, Index p, Index k, bool has_intercept,
                                         Index rank = 0, double condition = 10, double noise = 1) {
    using std::pow;
    Random random(seed);
    const Index largest = std::min(n - has_intercept, p), r = rank ? rank : largest, at = has_intercept;
    const Index room = n - at - r > 0;  // for one direction of residuals
    const Matrix<S> Q = orthonormal<S>(random, n, at + r + room, has_intercept), V = orthonormal<S>(random, p, r);
    KnownLeastSquares<S> out;
    out.rank = r;
    Matrix<S> U = Q.middleCols(at, r);
    for (Index j = 0; j < r; ++j)
        U.col(j) *= r > 1 ? pow(S(1) / S(condition), S(static_cast<double>(j)) / S(static_cast<double>(r - 1))) : S(1);
    out.X = (U.lazyProduct(V.transpose())).eval();
    const Matrix<S> c = normal_matrix<S>(random, r, k);
    out.W = (V.lazyProduct(c)).eval();
    out.b = Vector<S>::Zero(k);
    if (has_intercept) {
        out.X.rowwise() += normal_vector<S>(random, p).transpose();
        out.b = normal_vector<S>(random, k);
    }
    out.residuals = Matrix<S>::Zero(n, k);
    if (room)
        for (Index t = 0; t < k; ++t) out.residuals.col(t) = S(noise * (1 + static_cast<double>(t))) * Q.col(at + r);
    out.Y = (out.X.lazyProduct(out.W)).eval() + out.residuals;
    out.Y.rowwise() += out.b.transpose();
    return out;
}

/// A logistic problem with known solution: y_i = sigmoid(eta_i) + r_i in (0, 1), shares of successes, with residuals r
/// orthogonal to 1 and X.
template <class S>
struct KnownLogistic {
    Matrix<S> X;
    Vector<S> y, w;
    S b;
};

template <class S>
KnownLogistic<S> known_logistic(std::uint64_t seed, Index n, Index p) {
    using std::abs, std::exp, std::sqrt;
    Random random(seed);
    const Matrix<S> Q = orthonormal<S>(random, n, p + 2, true);
    KnownLogistic<S> out;
    out.X = Q.middleCols(1, p) * sqrt(S(static_cast<double>(n)));
    for (Index j = 1; j < p; ++j) out.X.col(j) += out.X.col(j - 1) / S(2);
    out.w = normal_vector<S>(random, p);
    out.b = S(random.normal());
    out.y.resize(n);
    S room(1);
    for (Index i = 0; i < n; ++i) {
        S eta = out.b;
        for (Index j = 0; j < p; ++j) eta += out.X(i, j) * out.w[j];
        out.y[i] = S(1) / (S(1) + exp(-eta));
        const S gap = std::min<S>(out.y[i], S(1) - out.y[i]);
        if (Q(i, p + 1) != S(0)) room = std::min<S>(room, gap / abs(Q(i, p + 1)));
    }
    out.y += room / S(2) * Q.col(p + 1);
    return out;
}

/// 0 or 1 with probability sigmoid(X w + b); a class code 0 ... K-1 with probabilities softmax(X W + b).
template <class S>
Vector<S> draw_classes(Random& random, const Matrix<S>& X, const Matrix<S>& W, const Vector<S>& b) {
    const Index K = W.cols() == 1 ? 2 : W.cols();
    Vector<S> y(X.rows());
    for (Index i = 0; i < X.rows(); ++i) {
        std::vector<double> weight(static_cast<std::size_t>(K), 1.0);
        double total = 0;
        for (Index c = 0; c < K; ++c) {
            if (W.cols() > 1 || c == 1) {
                const Index at = W.cols() == 1 ? 0 : c;
                double eta = static_cast<double>(b[at]);
                for (Index j = 0; j < X.cols(); ++j) eta += static_cast<double>(X(i, j) * W(j, at));
                weight[static_cast<std::size_t>(c)] = std::exp(eta);
            }
            total += weight[static_cast<std::size_t>(c)];
        }
        double rest = random.uniform() * total;
        Index c = 0;
        while (c + 1 < K && rest >= weight[static_cast<std::size_t>(c)]) rest -= weight[static_cast<std::size_t>(c++)];
        y[i] = S(static_cast<int>(c));
    }
    return y;
}

}  // namespace gradus::test
