#pragma once
// Why a solver stopped.

namespace gradus {

enum class Status {
    converged,        ///< the certificate meets the tolerance
    rounding_floor,   ///< no step improves the point any more: as accurate as the arithmetic allows. A success.
    iteration_limit,  ///< max_iterations steps were taken
    line_search_failed,  ///< no step along a descent direction decreases the value: value and gradient contradict each other
    diverged,            ///< the value grew beyond every bound, or steps became infinite: the step is too long
    non_finite,          ///< value or gradient is NaN or infinite at the starting point
    stopped_by_observer,  ///< the observer asked for it
    too_large,            ///< the solver needs more memory than its options allow
    noise_floor,       ///< the noise of mini-batches keeps the gradient from getting smaller (stochastic solvers only)
    vanishing_slopes,  ///< the gradient is small only because every row's slope is: not an optimum (models only)
    ill_conditioned,  ///< the Hessian resolves fewer directions than the data: no digit of the solution is certain (models only)
    separated,  ///< the classes are separated: the likelihood has no finite maximum (models only)
};

constexpr bool is_success(Status status) { return status == Status::converged || status == Status::rounding_floor; }

constexpr const char* name(Status status) {
    switch (status) {
    case Status::converged:
        return "converged";
    case Status::rounding_floor:
        return "rounding_floor";
    case Status::iteration_limit:
        return "iteration_limit";
    case Status::line_search_failed:
        return "line_search_failed";
    case Status::diverged:
        return "diverged";
    case Status::non_finite:
        return "non_finite";
    case Status::stopped_by_observer:
        return "stopped_by_observer";
    case Status::too_large:
        return "too_large";
    case Status::noise_floor:
        return "noise_floor";
    case Status::vanishing_slopes:
        return "vanishing_slopes";
    case Status::ill_conditioned:
        return "ill_conditioned";
    case Status::separated:
        return "separated";
    }
    return "";
}

}  // namespace gradus
