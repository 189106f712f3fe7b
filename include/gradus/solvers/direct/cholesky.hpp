#pragma once
// Least squares by the Gram matrix.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/solvers/direct/qr.hpp>

namespace gradus {

namespace detail {

template <Scalar S>
struct GramPart {
    Matrix<S> G;
    void merge(const GramPart& other) { add_multiple(S(1), other.G.data(), G.data(), G.size()); }
};

}  // namespace detail

/// Cholesky factorisation of the Gram matrix of the centred and scaled columns: n p^2 operations, about a quarter of
/// the time of QR. Its error grows with the square of the condition number; where that costs digits (above
/// `refine_above_condition`) the solution is refined with nearly exact residuals, which works up to a condition number
/// of some 10^6 in double. Where the Gram matrix does not resolve the columns, or hardly, or their condition number is
/// above `most_condition`, QR is asked instead, and the report says so.
struct Cholesky {
    int refinement_steps = 6;
    double refine_above_condition = 30;
    double most_condition = std::numeric_limits<double>::infinity();
    double max_megabytes = 2048;  ///< for the Gram matrix

    template <Scalar S>
    LeastSquaresSolution<S> solve(const LeastSquares<S>& problem) const {
        using std::sqrt;
        if (detail::factor_megabytes(problem) > max_megabytes) return detail::too_large(problem, "Cholesky");
        const Index m = problem.unknowns() + problem.outputs();
        const Index rows = std::min<Index>(problem.sample.rows(), max_block_rows / 2);
        auto sum = detail::reduce_augmented(
            problem, detail::GramPart<S>{Matrix<S>::Zero(m, m)}, rows, 4 * rows,
            static_cast<double>(m) * static_cast<double>(m) * sizeof(S),
            [](MatrixView<S> block, detail::GramPart<S>& part) { add_lower_product<S>(block, block, part.G); });
        Matrix<S>& G = sum.G;
        if (problem.has_ridge()) {
            const Matrix<S> extra = detail::ridge_rows(problem);
            add_lower_product<S>(extra, extra, G);
        }
        // a pivot is the root of a difference of sums of squares: its noise is the root of theirs
        const S noise = sqrt(S(static_cast<int>(m)) * epsilon<S>);
        const double most = std::min(most_condition, static_cast<double>(S(0.01) / noise));
        auto solution = solve_factored<S>(problem, semidefinite_cholesky<S>(std::move(G)), noise,
                                          detail::FactorNoise::of_gram, refinement_steps, refine_above_condition, most);
        if (solution.dependent.empty() && solution.condition <= most) {
            solution.method = "Cholesky";
            return solution;
        }
        solution = QR{.max_megabytes = max_megabytes}.solve(problem);
        solution.note = "by QR, because the columns are too close to dependent for their Gram matrix";
        return solution;
    }
};

GRADUS_COMPILE(LeastSquaresSolution<double> Cholesky::solve(const LeastSquares<double>&) const)

}  // namespace gradus
