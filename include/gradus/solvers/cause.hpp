#pragma once
// Why a run did not succeed, as one word.

#include <gradus/core/config.hpp>

namespace gradus {

enum class Cause {
    none,                ///< it succeeded
    separated,           ///< the likelihood has no finite maximum: a direction separates the classes
    existence_in_doubt,  ///< whether the likelihood has a finite maximum could not be decided
    rank_deficient,      ///< the columns depend on each other, and the solver cannot work with that
    badly_scaled,        ///< the parameters have unlike curvature, and scaling them would help
    step_too_long,       ///< the step is above 2 / L
    rounding_floor,      ///< the tolerance asks for more than the arithmetic can tell
    wrong_derivative,    ///< the gradient is not that of the function: differences of values show it
    non_finite,          ///< a value or a derivative is NaN or infinite
    kink,                ///< slope or value jump where the run ended: the function has no gradient there
    edge_of_domain,      ///< the function is not finite beyond the point where the run ended
    overflow,            ///< numbers are near the end of the range of the scalar type
    unbounded,           ///< the function falls without end
    saddle,              ///< the gradient vanishes, and the function curves downwards in some direction
    budget_used_up,      ///< nothing is wrong, but iterations, memory or tolerance did not suffice
    stopped_by_observer,
};

constexpr const char* name(Cause cause) {
    constexpr const char* names[] = {"none",         "separated",     "existence_in_doubt", "rank_deficient",
                                     "badly_scaled", "step_too_long", "rounding_floor",     "wrong_derivative",
                                     "non_finite",   "kink",          "edge_of_domain",     "overflow",
                                     "unbounded",    "saddle",        "budget_used_up",     "stopped_by_observer"};
    return names[static_cast<int>(cause)];
}

}  // namespace gradus
