// Linear algebra in a hundred digits, for answers that owe nothing to the library.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>
#include <vector>

namespace gradus::trials {

using Wide = boost::multiprecision::number<
    boost::multiprecision::cpp_bin_float<100, boost::multiprecision::digit_base_10, void, std::int64_t>,
    boost::multiprecision::et_off>;
using WideMatrix = Eigen::Matrix<Wide, Eigen::Dynamic, Eigen::Dynamic>;
using WideVector = Eigen::Matrix<Wide, Eigen::Dynamic, 1>;
using Eigen::Index;

/// L with L L' = A for a positive definite A.
inline WideMatrix cholesky_of(const WideMatrix& A) {
    const Index d = A.rows();
    WideMatrix L = WideMatrix::Zero(d, d);
    for (Index j = 0; j < d; ++j)
        for (Index i = j; i < d; ++i) {
            Wide sum = A(i, j);
            for (Index k = 0; k < j; ++k) sum -= L(i, k) * L(j, k);
            L(i, j) = i == j ? sqrt(sum) : Wide(sum / L(j, j));
        }
    return L;
}

/// A^-1 b, given that factor.
inline WideVector solve_with(const WideMatrix& L, WideVector b) {
    const Index d = L.rows();
    for (Index j = 0; j < d; ++j) {
        for (Index k = 0; k < j; ++k) b[j] -= L(j, k) * b[k];
        b[j] /= L(j, j);
    }
    for (Index j = d - 1; j >= 0; --j) {
        for (Index k = j + 1; k < d; ++k) b[j] -= L(k, j) * b[k];
        b[j] /= L(j, j);
    }
    return b;
}

/// Condition number of A with its diagonal scaled to one, by power and inverse iteration.
inline double condition_of(WideMatrix A) {
    const Index d = A.rows();
    const WideVector diagonal = A.diagonal();
    for (Index j = 0; j < d; ++j)
        for (Index i = 0; i < d; ++i) A(i, j) /= sqrt(diagonal[i]) * sqrt(diagonal[j]);
    const WideMatrix L = cholesky_of(A);
    WideVector u(d), v(d);
    for (Index j = 0; j < d; ++j) u[j] = v[j] = Wide(j % 2 ? -7 : 8) + Wide(j);
    Wide largest(1), smallest(1);
    for (int round = 0; round < 12; ++round) {
        u /= u.norm(), v /= v.norm();
        u = (A * u).eval(), v = solve_with(L, v);
        largest = u.norm(), smallest = 1 / v.norm();
    }
    return static_cast<double>(Wide(largest / smallest));
}

/// Columns of A (from left to right) that are combinations of those kept before them: A = A(kept) P, P r x p.
struct Dependence {
    std::vector<Index> kept;
    WideMatrix P;
};

/// Weighted columns, `weights` >= 0. A column counts as dependent when at most `threshold` of its length is left, or
/// where `called` says so.
inline Dependence dependence_of(const WideMatrix& A, const WideVector& weights, const std::vector<Index>& called) {
    const Index p = A.cols();
    const Wide threshold("1e-40");
    Dependence out;
    WideMatrix coefficients = WideMatrix::Zero(p, p);  // in kept columns, by their place in A
    for (Index j = 0; j < p; ++j) {
        const Index r = static_cast<Index>(out.kept.size());
        WideVector share(0), rest = A.col(j);
        if (r > 0) {
            WideMatrix G(r, r);
            WideVector g(r);
            const auto inner = [&](Index a, Index b) { return Wide((A.col(a).cwiseProduct(weights)).dot(A.col(b))); };
            for (Index a = 0; a < r; ++a) {
                g[a] = inner(out.kept[static_cast<std::size_t>(a)], j);
                for (Index b = 0; b < r; ++b)
                    G(a, b) = inner(out.kept[static_cast<std::size_t>(a)], out.kept[static_cast<std::size_t>(b)]);
            }
            share = solve_with(cholesky_of(G), g);
            for (Index a = 0; a < r; ++a) rest -= share[a] * A.col(out.kept[static_cast<std::size_t>(a)]);
        }
        const Wide left = rest.cwiseProduct(weights).dot(rest), all = A.col(j).cwiseProduct(weights).dot(A.col(j));
        const bool is_called = std::find(called.begin(), called.end(), j) != called.end();
        if (!is_called && left > threshold * threshold * all) {
            coefficients(j, j) = 1;
            out.kept.push_back(j);
        } else
            for (Index a = 0; a < r; ++a) coefficients(out.kept[static_cast<std::size_t>(a)], j) = share[a];
    }
    out.P.resize(static_cast<Index>(out.kept.size()), p);
    for (Index a = 0; a < out.P.rows(); ++a) out.P.row(a) = coefficients.row(out.kept[static_cast<std::size_t>(a)]);
    return out;
}

}  // namespace gradus::trials
