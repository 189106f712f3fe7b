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

/// And the rows of the ridge. Rows larger than others have to come first (Cox and Higham, BIT 38 (1998), 34): with
/// those of a ridge of 1e40 folded in last, what X tells of Y cancelled to zero.
template <Scalar S>
GRADUS_ONCE TriangularFactor<S> with_ridge(const LeastSquares<S>& problem, TriangularFactor<S> out,
                                           const TriangularFactor<S>& of_rows) {
    const Matrix<S> all = ridge_rows(problem);
    Matrix<S> large(all.rows(), all.cols()), small = large;
    Index larges = 0, smalls = 0;
    for (Index j = 0; j < all.rows(); ++j) {
        const bool is_large = all(j, problem.has_intercept + j) > problem.norms[j] * problem.columns().scale[j];
        if (is_large) large.row(larges++) = all.row(j);
        else small.row(smalls++) = all.row(j);
    }
    if (larges > 0) {
        out.fold(large.topRows(larges));
        out.merge(of_rows);
    } else {
        out = of_rows;
    }
    out.fold(small.topRows(smalls));
    return out;
}

/// Triangular factor of (1 | X | Y) with weights and ridge, in one walk over the rows; scratch for a few hundred of
/// them.
template <Scalar S>
GRADUS_ONCE Matrix<S> triangular_factor(const LeastSquares<S>& problem) {
    const Index n = problem.sample.rows(), m = problem.unknowns() + problem.outputs();
    // folding pays when the block is taller than R; 16 MB is the most it may take
    const Index most = std::max<Index>(32, (Index(16) << 20) / (std::max<Index>(1, m) * static_cast<Index>(sizeof(S))));
    const Index rows = std::min({n, most, std::max<Index>(256, 2 * m)});
    const TriangularFactor<S> zero(n + (problem.has_ridge() ? problem.features() : 0), m);
    auto factor =
        reduce_augmented(problem, zero, rows, 4 * rows, static_cast<double>(m) * static_cast<double>(m) * sizeof(S),
                         [](MatrixView<S> block, TriangularFactor<S>& part) { part.fold(block); });
    if (problem.has_ridge()) factor = with_ridge(problem, zero, factor);
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

GRADUS_COMPILE(LeastSquaresSolution<double> QR::solve(const LeastSquares<double>&) const)

}  // namespace gradus
