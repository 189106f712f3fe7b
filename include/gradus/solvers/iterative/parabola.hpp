#pragma once
// What those who minimise a parabola plus corners have in common.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/numeric/products.hpp>

#include <algorithm>
#include <cmath>

namespace gradus::detail {

/// g'(z - x) + (z - x)'H(z - x) / 2, slope(j) = g_j + (H (z - x))_j.
template <Scalar S, class Slope>
S parabola_change(const Vector<S>& x, const Vector<S>& g, const Vector<S>& z, Slope&& slope) {
    S linear(0), square(0);
    for (Index j = 0; j < z.size(); ++j) {
        const S d = z[j] - x[j];
        linear += g[j] * d;
        square += d * (slope(j) - g[j]);
    }
    return linear + square / 2;
}

/// z with A z = b, of symmetric positive semidefinite A the lower triangle. The system is scaled to a unit diagonal;
/// where it is singular in this arithmetic a little is added to that. O(s^3 / 3).
template <Scalar S>
Vector<S> solve_semidefinite(const Matrix<S>& A, Vector<S> b) {
    using std::pow, std::sqrt;
    const Index s = b.size();
    Vector<S> scale(s);
    for (Index m = 0; m < s; ++m) scale[m] = A(m, m) > S(0) ? S(S(1) / sqrt(A(m, m))) : S(1);
    for (Index m = 0; m < s; ++m) b[m] *= scale[m];
    Matrix<S> scaled(s, s), U;
    const auto is_regular = [&] {
        S least(1);
        for (Index l = 0; l < s; ++l) least = std::min(least, S(U(l, l) * U(l, l)));
        return least > S(64) * epsilon<S>;
    };
    for (const S& more : {S(0), S(pow(epsilon<S>, S(0.6)))}) {
        for (Index m = 0; m < s; ++m) {
            for (Index l = m + 1; l < s; ++l) scaled(l, m) = scale[l] * scale[m] * A(l, m);
            scaled(m, m) = (A(m, m) > S(0) ? S(1) : A(m, m)) + more;
        }
        if (cholesky(scaled, U) && (more > S(0) || is_regular())) break;
    }
    solve_upper_transposed<S>(U, b);
    solve_upper<S>(U, b);
    for (Index m = 0; m < s; ++m) b[m] *= scale[m];
    return b;
}

}  // namespace gradus::detail
