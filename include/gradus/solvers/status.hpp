#pragma once
// Why a solver stopped.

#include <gradus/core/config.hpp>

namespace gradus {

enum class Status {
    converged,            ///< the certificate meets the tolerance
    rounding_floor,       ///< no step improves the point any more: as accurate as the arithmetic allows. A success.
    iteration_limit,      ///< max_iterations steps were taken
    line_search_failed,   ///< no step along a descent direction decreases the value: the message says what was found
                          ///< there
    diverged,             ///< the value grew beyond every bound, or steps became infinite: the step is too long
    non_finite,           ///< value or gradient is NaN or infinite at the starting point
    stopped_by_observer,  ///< the observer asked for it
    too_large,            ///< the solver needs more memory than its options allow
    unbounded,            ///< the value falls without end
    saddle,               ///< the gradient vanishes where the function curves downwards: not a minimum
    noise_floor,       ///< the noise of mini-batches keeps the gradient from getting smaller (stochastic solvers only)
    vanishing_slopes,  ///< the gradient is small only because every row's slope is: not an optimum (models only)
    ill_conditioned,   ///< fewer directions are resolved than the data have, or fewer than three digits are right
                       ///< (models only)
    separated,         ///< the classes are separated: the likelihood has no finite maximum (models only)
    existence_in_doubt,  ///< whether the likelihood has a finite maximum could not be decided (models only)
};

constexpr bool is_success(Status status) { return status == Status::converged || status == Status::rounding_floor; }

constexpr const char* name(Status status) {
    constexpr const char* names[] = {"converged",       "rounding_floor", "iteration_limit",     "line_search_failed",
                                     "diverged",        "non_finite",     "stopped_by_observer", "too_large",
                                     "unbounded",       "saddle",         "noise_floor",         "vanishing_slopes",
                                     "ill_conditioned", "separated",      "existence_in_doubt"};
    return names[static_cast<int>(status)];
}

}  // namespace gradus
