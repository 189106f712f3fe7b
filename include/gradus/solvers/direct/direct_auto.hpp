#pragma once
// The default of the linear models: the direct solver that suits the shape of X.

#include <gradus/solvers/direct/cholesky.hpp>

namespace gradus {

/// Cholesky where there are many more rows than columns and their Gram matrix has the digits of QR, because its
/// condition number, the square of theirs, is small: a quarter of the time. QR for all others; the factor of the Gram
/// matrix tells.
struct DirectAuto {
    double most_condition = 100;  ///< of the equilibrated columns: the Gram matrix loses four of sixteen digits
    double max_megabytes = 2048;  ///< for the factor

    template <Scalar S>
    LeastSquaresSolution<S> solve(const LeastSquares<S>& problem) const {
        // of small problems neither takes a millisecond
        const double n = static_cast<double>(problem.sample.rows()), m = static_cast<double>(problem.unknowns());
        if (n < 16 * m || n * m < 1e5) return QR{.max_megabytes = max_megabytes}.solve(problem);
        return Cholesky{.most_condition = most_condition, .max_megabytes = max_megabytes}.solve(problem);
    }
};

}  // namespace gradus
