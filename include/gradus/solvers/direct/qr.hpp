#pragma once
// Least squares by orthogonal factorisation: the default of the linear models.

#include <gradus/solvers/direct/solve_factored.hpp>

namespace gradus {

namespace detail {

/// Megabytes that a factor of (1 | X | Y) and what is folded into it take.
template <Scalar S>
double factor_megabytes(const LeastSquares<S>& problem) {
    const double m = static_cast<double>(problem.unknowns() + problem.outputs()),
                 rows = static_cast<double>(problem.sample.rows() + (problem.has_ridge() ? problem.features() : 0));
    return 3 * m * std::min(m, rows) * sizeof(S) / (1 << 20);
}

/// Triangular factor of (1 | X | Y) with weights and ridge, in one walk over the rows; scratch for a few hundred of
/// them.
template <Scalar S>
GRADUS_ONCE Matrix<S> triangular_factor(const LeastSquares<S>& problem) {
    const Index n = problem.sample.rows(), m = problem.unknowns() + problem.outputs();
    // folding pays when the block is taller than R; 16 MB is the most it may take
    const Index most = std::max<Index>(32, (Index(16) << 20) / (std::max<Index>(1, m) * static_cast<Index>(sizeof(S))));
    const Index rows = std::min({n, most, std::max<Index>(256, 2 * m)});
    auto factor = reduce_augmented(problem, TriangularFactor<S>(n + (problem.has_ridge() ? problem.features() : 0), m),
                                   rows, 4 * rows, static_cast<double>(m) * static_cast<double>(m) * sizeof(S),
                                   [](MatrixView<S> block, TriangularFactor<S>& part) { part.fold(block); });
    if (problem.has_ridge()) {
        Matrix<S> extra = ridge_rows(problem);
        factor.fold(extra);
    }
    factor.finish();
    return factor.R();
}

/// For solvers whose factor would be larger than they are allowed.
template <Scalar S>
LeastSquaresSolution<S> too_large(const LeastSquares<S>& problem, const char* method) {
    LeastSquaresSolution<S> out;
    out.method = method;
    out.megabytes_needed = factor_megabytes(problem);
    out.Z = Matrix<S>::Zero(problem.features(), problem.outputs());
    out.b = Vector<S>::Zero(problem.outputs());
    return out;
}

}  // namespace detail

/// Householder QR by blocks of rows (TSQR), the rank decided on the small factor, refined with nearly exact residuals.
/// Right for any shape of X and any conditioning that the data themselves resolve: the error grows with the condition
/// number, not with its square. 2 n p^2 operations in one sweep, and one sweep for each refinement step; when p > n,
/// memory for a copy of X.
struct QR {
    int refinement_steps = 3;
    double max_megabytes = 2048;  ///< for the factor

    template <Scalar S>
    LeastSquaresSolution<S> solve(const LeastSquares<S>& problem) const {
        if (detail::factor_megabytes(problem) > max_megabytes) return detail::too_large(problem, "QR");
        auto solution = solve_factored<S>(problem, detail::triangular_factor<S>(problem), S(16) * epsilon<S>,
                                          detail::FactorNoise::of_columns, refinement_steps);
        solution.method = "QR";
        return solution;
    }
};

}  // namespace gradus
