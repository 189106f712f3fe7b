#pragma once
// Watching a solver at work.

#include <gradus/core/types.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace gradus {

/// One line of the story: the state after `iteration` steps (0: the start). References are valid during the call only.
template <Scalar S>
struct IterationRecord {
    int iteration;
    S value;                    ///< objective
    S gradient_norm;            ///< largest |component| of the gradient
    S relative_gradient;        ///< the same in units of relative_gradient(): what the tolerance is compared with
    S step;                     ///< length t of the last step along its direction; 0 at the start
    const Vector<S>& x;         ///< parameters
    const Vector<S>& gradient;  ///< at x
};

enum class Control { proceed, stop };

/// What a solver is given when nobody watches: the compiler removes the calls.
struct NoObserver {
    template <Scalar S>
    void operator()(const IterationRecord<S>&) const {}
};

/// Calls the observer, which returns void, or a Control; true: it wants the solver to stop.
template <class Observer, Scalar S>
bool asks_to_stop(Observer& observer, const IterationRecord<S>& record) {
    static_assert(std::is_invocable_v<Observer&, const IterationRecord<S>&>,
                  "gradus: an observer is called with (const gradus::IterationRecord<Scalar>&) and returns void or "
                  "gradus::Control");
    using Answer = std::invoke_result_t<Observer&, const IterationRecord<S>&>;
    static_assert(std::is_void_v<Answer> || std::is_same_v<Answer, Control>,
                  "gradus: an observer returns void or gradus::Control");
    if constexpr (std::is_void_v<Answer>) {
        observer(record);
        return false;
    } else {
        return observer(record) == Control::stop;
    }
}

/// What the result says of a run that an observer stopped; with `reason()`, one that can tell why is quoted.
template <class Observer>
std::string stop_message(const Observer& observer) {
    if constexpr (requires {
                      { observer.reason() } -> std::convertible_to<std::string>;
                  })
        return "stopped by the observer: " + std::string(observer.reason());
    else return "stopped by the observer";
}

}  // namespace gradus
