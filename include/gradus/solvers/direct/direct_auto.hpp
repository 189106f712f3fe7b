#pragma once
// The default of the linear models: the direct solver that suits the shape of X.

#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/dual.hpp>

namespace gradus {

/// Cholesky where there are many more rows than columns and their Gram matrix has the digits of QR, because its
/// condition number, the square of theirs, is small: a quarter of the time. Refined as QR is, unless that takes
/// milliseconds (1000 x 50: 15.4 digits in place of 14.1); the factor of the Gram matrix tells. Dual where a ridge
/// holds more columns than rows. QR for all others.
struct DirectAuto {
    double most_condition = 100;  ///< of the equilibrated columns: the Gram matrix loses four of sixteen digits
    double max_megabytes = 2048;  ///< for the factor

    template <Scalar S>
    LeastSquaresSolution<S> solve(const LeastSquares<S>& problem) const {
        const double n = static_cast<double>(problem.sample.rows()), m = static_cast<double>(problem.unknowns());
        if (problem.has_ridge() && n < static_cast<double>(problem.features()))
            return Dual{.max_megabytes = max_megabytes}.solve(problem);
        if (n < 8 * m || n * m < 2e4) return QR{.max_megabytes = max_megabytes}.solve(problem);
        Cholesky cholesky{.most_condition = most_condition, .max_megabytes = max_megabytes};
        if (n * m < 1e5) cholesky.refine_above_condition = 1;
        return cholesky.solve(problem);
    }
};

}  // namespace gradus
