#pragma once
// Eigenvalues of a symmetric operator from products with it.

#include <gradus/core/random.hpp>
#include <gradus/numeric/products.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace gradus {

/// Eigenvalues of the symmetric tridiagonal matrix with diagonal a (m numbers, replaced by the eigenvalues, ascending)
/// and off-diagonal b (m - 1 numbers), by the implicit QL method (Golub and Van Loan, Matrix Computations, 2013, 8.3;
/// EISPACK's imtql2). Z (r x m) is multiplied by the matrix of eigenvectors from the right: with the first row of the
/// identity one gets the first components of all of them. O(r m^2). false: an eigenvalue did not settle in 60 rotations
/// of the whole, which takes entries that are not finite.
template <Scalar S>
GRADUS_ONCE bool tridiagonal_eigenvalues(Vector<S>& a, Vector<S> b, Matrix<S>& Z) {
    using std::abs, std::sqrt;
    const Index m = a.size();
    b.conservativeResize(m);
    if (m > 0) b[m - 1] = S(0);
    for (Index l = 0; l < m; ++l)
        for (int round = 0;; ++round) {
            Index end = l;
            while (end + 1 < m && abs(b[end]) > epsilon<S> * (abs(a[end]) + abs(a[end + 1]))) ++end;
            if (end == l) break;
            if (round == 60) return false;
            const S half = (a[l + 1] - a[l]) / (S(2) * b[l]), root = sqrt(half * half + S(1));
            S g = a[end] - a[l] + b[l] / (half + (half >= S(0) ? root : S(-root))), s(1), c(1),
              p(0);  // Wilkinson's shift
            Index i = end - 1;
            for (; i >= l; --i) {
                S f = s * b[i];
                const S h = c * b[i], r = sqrt(f * f + g * g);
                b[i + 1] = r;
                if (r == S(0)) {
                    a[i + 1] -= p;
                    b[end] = S(0);
                    break;
                }
                s = f / r;
                c = g / r;
                g = a[i + 1] - p;
                const S turn = (a[i] - g) * s + S(2) * c * h;
                p = s * turn;
                a[i + 1] = g + p;
                g = c * turn - h;
                for (Index k = 0; k < Z.rows(); ++k) {
                    f = Z(k, i + 1);
                    Z(k, i + 1) = s * Z(k, i) + c * f;
                    Z(k, i) = c * Z(k, i) - s * f;
                }
            }
            if (i >= l) continue;
            a[l] -= p;
            b[l] = g;
            b[end] = S(0);
        }
    for (Index i = 0; i < m; ++i) {
        Index least = i;
        for (Index j = i + 1; j < m; ++j)
            if (a[j] < a[least]) least = j;
        std::swap(a[i], a[least]);
        for (Index k = 0; k < Z.rows() && least != i; ++k) std::swap(Z(k, i), Z(k, least));
    }
    return true;
}

/// What Lanczos says about a symmetric operator A, seen from a start v.
template <Scalar S>
struct Spectrum {
    Vector<S> values;   ///< m Ritz values, ascending
    Vector<S> weights;  ///< share of |v|^2 along each; sum_i weights_i phi(values_i) = v'phi(A)v / v'v exactly for
                        ///< polynomials phi of degree
    ///< below 2 m: Gauss quadrature (Golub and Meurant, Matrices, Moments and Quadrature with Applications, 2010, ch.
    ///< 6)
    Vector<S> residuals;    ///< |A y - value y|: an eigenvalue lies no farther away than this
    Matrix<S> vectors;      ///< d x m, the Ritz vectors y
    bool is_whole = false;  ///< the Krylov space of v is exhausted: all of this is exact up to rounding
    int products = 0;

    bool empty() const { return values.size() == 0; }
    S smallest() const { return values[0]; }
    S largest() const { return values[values.size() - 1]; }
};

/// How long to go on: until both ends of the spectrum are known to these shares of themselves, or `max_products`.
/// Infinity: does not matter.
struct LanczosOptions {
    int max_products = 256;
    double largest = 1e-6;
    double smallest = 1e-3;
};

/// Lanczos' method with full reorthogonalisation (Golub and Van Loan, Matrix Computations, 2013, 10.3.1): A V = V T + b
/// v e', T tridiagonal, whose eigenvalues approach those of A at both ends first. `multiply(v, out)`: out = A v. Each
/// step one product, O(d m) for keeping V orthogonal: without it copies of eigenvalues appear, and quadrature weights
/// of the copies are wrong. Memory 2 d m numbers.
template <Scalar S, class Multiply>
GRADUS_ONCE Spectrum<S> lanczos(Multiply&& multiply, const Vector<S>& start, const LanczosOptions& options = {}) {
    using std::abs;
    const Index d = start.size(), most = std::min<Index>(d, options.max_products);
    Spectrum<S> out;
    S length = norm(start);
    if (most == 0 || !(length > S(0)) || !all_finite(start)) return out;
    Matrix<S> V(d, std::min<Index>(most, 16)), Z;
    Vector<S> a(most), b(most), v = start, w(d), values;
    const auto orthogonalise = [&](Index count) {
        for (int twice = 0; twice < 2; ++twice) {
            const Matrix<S> parts = transposed_product<S>(V.leftCols(count), w),
                            sum = product<S>(V.leftCols(count), parts);
            for (Index j = 0; j < d; ++j) w[j] -= sum(j, 0);
        }
    };
    const auto residual = [&](Index m, Index i) { return S(abs(b[m - 1] * Z(0, i))); };
    S size(0);
    Index m = 0;
    while (m < most && !out.is_whole) {
        if (m == V.cols()) V.conservativeResize(d, std::min<Index>(most, 2 * m));
        for (Index j = 0; j < d; ++j) V(j, m) = v[j] / length;
        for (Index j = 0; j < d; ++j) v[j] = V(j, m);
        multiply(std::as_const(v), w);
        ++out.products;
        if (!all_finite(w)) return {};
        a[m] = dot(v, w);
        size = std::max(size, norm(w));
        orthogonalise(++m);
        length = b[m - 1] = norm(w);
        // what is left is rounding of the product: the space is invariant
        out.is_whole = m == d || !(length > S(64) * S(static_cast<double>(m)) * epsilon<S> * size);
        v = w;
        if (out.is_whole || m == most || m % 8 != 0) continue;
        values = a.head(m);
        Z = Matrix<S>::Zero(1, m);
        Z(0, m - 1) = S(1);
        if (!tridiagonal_eigenvalues<S>(values, b.head(m - 1), Z)) return {};
        if (residual(m, m - 1) <= S(options.largest) * abs(values[m - 1]) &&
            (!(options.smallest < 1e300) || residual(m, 0) <= S(options.smallest) * abs(values[0])))
            break;
    }
    values = a.head(m);
    Matrix<S> U = Matrix<S>::Identity(m, m);
    if (!tridiagonal_eigenvalues<S>(values, b.head(m - 1), U)) return {};
    out.vectors = product<S>(V.leftCols(m), U);
    out.weights.resize(m);
    out.residuals.resize(m);
    for (Index i = 0; i < m; ++i) {
        out.weights[i] = U(0, i) * U(0, i);
        out.residuals[i] = out.is_whole ? S(0) : S(abs(b[m - 1] * U(m - 1, i)));
    }
    out.values = std::move(values);
    return out;
}

/// From a seeded random start, which has a part in every direction: the ends of the spectrum of A, whatever the problem
/// at hand looks at.
template <Scalar S, class Multiply>
Spectrum<S> lanczos(Multiply&& multiply, Index dimension, const LanczosOptions& options = {}) {
    Random random;
    Vector<S> start(dimension);
    for (Index j = 0; j < dimension; ++j) start[j] = S(random.normal());
    return lanczos<S>(multiply, start, options);
}

}  // namespace gradus
