#pragma once
// Why a fit did not succeed, as one word, its numbers, and what to write instead.

#include <gradus/core/types.hpp>

#include <string>

namespace gradus {

enum class Cause {
    none,              ///< it succeeded
    separated,         ///< the likelihood has no finite maximum: a direction separates the classes
    rank_deficient,    ///< the columns depend on each other, and the solver cannot work with that
    badly_scaled,      ///< the parameters have unlike curvature, and scaling them would help
    step_too_long,     ///< the step is above 2 / L
    rounding_floor,    ///< the tolerance asks for more than the arithmetic can tell
    wrong_derivative,  ///< the gradient is not that of the function
    non_finite,        ///< a value or a derivative is NaN or infinite
    budget_used_up,    ///< nothing is wrong, but iterations, memory or tolerance did not suffice
    stopped_by_observer,
};

constexpr const char* name(Cause cause) {
    switch (cause) {
    case Cause::none:
        return "none";
    case Cause::separated:
        return "separated";
    case Cause::rank_deficient:
        return "rank_deficient";
    case Cause::badly_scaled:
        return "badly_scaled";
    case Cause::step_too_long:
        return "step_too_long";
    case Cause::rounding_floor:
        return "rounding_floor";
    case Cause::wrong_derivative:
        return "wrong_derivative";
    case Cause::non_finite:
        return "non_finite";
    case Cause::budget_used_up:
        return "budget_used_up";
    case Cause::stopped_by_observer:
        return "stopped_by_observer";
    }
    return "";
}

struct Diagnosis {
    Cause cause = Cause::none;
    std::string numbers;  ///< what shows it; empty for Cause::none
    std::string remedy;   ///< a line of code
    Index row = -1;       ///< non_finite: the row of X, where there is one
    Index column = -1;    ///< non_finite: the column of X; wrong_derivative, non_finite: the parameter of a function
};

}  // namespace gradus
