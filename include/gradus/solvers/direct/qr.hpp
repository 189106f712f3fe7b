#pragma once
// Least squares by orthogonal factorisation: the default of the linear models.

#include <gradus/solvers/direct/solve_factored.hpp>

namespace gradus {

namespace detail {

/// Triangular factor of (1 | X | Y) with weights and ridge, in one sweep over X; scratch for a few hundred rows.
template <Scalar S>
GRADUS_ONCE Matrix<S> triangular_factor(const LeastSquares<S>& problem) {
    const Index n = problem.sample.rows(), m = problem.unknowns() + problem.outputs();
    // folding pays when the block is taller than R; 16 MB is the most it may take
    const Index most = std::max<Index>(32, (Index(16) << 20) / (m * static_cast<Index>(sizeof(S))));
    const Index rows = std::min({n, most, std::max<Index>(256, 2 * m)});
    TriangularFactor<S> factor(n + (problem.has_ridge() ? problem.features() : 0), m);
    Matrix<S> buffer(rows, m), offset;
    Vector<S> weight;
    for (Index first = 0; first < n; first += rows) {
        auto block = buffer.topRows(std::min(rows, n - first));
        load_augmented<S>(problem, first, block, weight, offset);
        factor.fold(block);
    }
    if (problem.has_ridge()) {
        Matrix<S> extra = ridge_rows(problem);
        factor.fold(extra);
    }
    return factor.R();
}

}  // namespace detail

/// Householder QR by blocks of rows (TSQR), the rank decided on the small factor, refined with nearly exact residuals. Right for any
/// shape of X and any conditioning that the data themselves resolve: the error grows with the condition number, not with its square.
/// 2 n p^2 operations in one sweep, and one sweep for each refinement step; when p > n, memory for a copy of X.
struct QR {
    int refinement_steps = 3;

    template <Scalar S>
    LeastSquaresSolution<S> solve(const LeastSquares<S>& problem) const {
        auto solution = solve_factored<true, S>(problem, detail::triangular_factor<S>(problem), S(16) * epsilon<S>, 1,
                                                refinement_steps);
        solution.method = "QR";
        return solution;
    }
};

}  // namespace gradus
