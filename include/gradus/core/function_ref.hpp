#pragma once
// A function to be called during the call it is passed to, its type forgotten.

#include <gradus/core/config.hpp>

#include <concepts>

namespace gradus {

/// Lets a loop over blocks of rows be compiled once and not for each of its bodies: what a body does with a block takes
/// so long that the call through a pointer costs nothing. Keeps an address: not to be stored.
template <class... Arguments>
class FunctionRef {
public:
    template <class F>
    requires(!std::same_as<F, FunctionRef>) && std::invocable<const F&, Arguments...> FunctionRef(const F& function)
        : function_(&function),
    call_([](const void* kept, Arguments... arguments) {
        (*static_cast<const F*>(kept))(static_cast<Arguments>(arguments)...);
    }) {}

    void operator()(Arguments... arguments) const { call_(function_, static_cast<Arguments>(arguments)...); }

private:
    const void* function_;
    void (*call_)(const void*, Arguments...);
};

}  // namespace gradus
