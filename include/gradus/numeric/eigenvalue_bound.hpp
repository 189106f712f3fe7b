#pragma once
// Bounds of eigenvalues that are proven, not estimated.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/numeric/lanczos.hpp>

namespace gradus {

/// Whether the largest eigenvalue of symmetric A (d x d, both triangles) is proven to be below `bound`, whatever A's
/// entries really are within `error` in norm: bound I - A, made smaller by more than all roundings of its
/// factorisation, has a Cholesky factor (Rump, BIT 46 (2006), 433, theorem 2.3: (d + 1) epsilon trace is enough; three
/// more for forming the matrix). O(d^3 / 3).
template <Scalar S>
GRADUS_ONCE bool is_eigenvalue_bound(const Matrix<S>& A, const S& bound, const S& error = S(0)) {
    const Index d = A.rows();
    Matrix<S> B = -A, U;
    S trace(0);
    for (Index j = 0; j < d; ++j) trace += bound - A(j, j);
    const S margin = S(static_cast<double>(d) + 4) * epsilon<S> * trace + error;
    for (Index j = 0; j < d; ++j) B(j, j) = (bound - A(j, j)) - margin;
    return margin >= S(0) && cholesky(B, U);
}

/// A proven upper bound of the largest eigenvalue, a few thousandths above it: Lanczos' estimate is enlarged until
/// Cholesky confirms it. Should that never be, the largest row sum (Gershgorin). 1 or 2 factorisations. `error`: see
/// is_eigenvalue_bound. NaN for entries that are not finite.
template <Scalar S>
GRADUS_ONCE S eigenvalue_bound(const Matrix<S>& A, const S& error = S(0)) {
    using std::abs, std::isfinite, std::max;
    S row_sum(0);
    for (Index j = 0; j < A.cols(); ++j) {
        S sum(0);
        for (Index i = 0; i < A.rows(); ++i) sum += abs(A(i, j));
        if (!isfinite(sum)) return std::numeric_limits<S>::quiet_NaN();
        row_sum = max(row_sum, sum);
    }
    const S roundings = S(1) + S(static_cast<double>(A.rows()) + 4) * epsilon<S>, last = row_sum * roundings + error;
    const Spectrum<S> spectrum = lanczos<S>([&](const Vector<S>& v, Vector<S>& out) { out = product<S>(A, v); },
                                            A.rows(), {.largest = 1e-4, .smallest = 1e308});
    if (spectrum.empty() || !(spectrum.largest() > S(0))) return last;
    for (const double more : {2e-3, 1e-2, 4e-2, 0.2}) {
        const S bound = spectrum.largest() * S(1 + more);
        if (!(bound < last)) break;
        if (is_eigenvalue_bound<S>(A, bound, error)) return bound;
    }
    return last;
}

}  // namespace gradus
