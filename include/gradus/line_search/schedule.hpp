#pragma once
// Steps that are known in advance.

#include <gradus/line_search/step_policy.hpp>

#include <cmath>

namespace gradus {

/// step(k) > 0: the step after k iterations. Gradient descent asks for whole k; stochastic solvers count iterations in
/// epochs and ask for fractions too, so that a schedule means the same whatever the number of rows and the size of the
/// batches.
template <class P>
concept Schedule = requires(const P& schedule, double k) {
    { schedule.step(k) } -> std::convertible_to<double>;
};

// In all of them `first` is step(0); 0 leaves it to the solver, which takes what the curvature allows.

/// first
struct ConstantStep {
    double first = 0;
    double step(double) const { return first; }
    double constant() const { return first > 0 ? first : -1; }
};
/// first / (1 + k / half): `half` iterations halve it (Robbins and Monro, Ann. Math. Statist. 22 (1951), 400).
struct InverseTime {
    double first = 0;
    double half = 1;
    double step(double k) const { return first / (1 + k / half); }
};
/// first / sqrt(1 + k / unit)
struct InverseSquareRoot {
    double first = 0;
    double unit = 1;
    double step(double k) const { return first / std::sqrt(1 + k / unit); }
};
/// first factor^floor(k / every)
struct StepDecay {
    double first = 0;
    double factor = 0.5;
    double every = 10;
    double step(double k) const { return first * std::pow(factor, std::floor(k / every)); }
};
/// first factor^k
struct ExponentialDecay {
    double first = 0;
    double factor = 0.95;
    double step(double k) const { return first * std::pow(factor, k); }
};

/// The schedule with its first step filled in where the user left that open.
template <Schedule P, class S>
P starting_with(P schedule, const S& first) {
    if constexpr (requires { schedule.first = 0.0; })
        if (schedule.first == 0) schedule.first = static_cast<double>(first);
    return schedule;
}

/// A schedule as a step policy.
template <Schedule P>
struct Scheduled {
    static constexpr bool needs_descent = false;
    P schedule;

    template <class S, class F>
    StepFound<S> choose(Line<S, F>&, const StepContext<S>& context) const {
        return {S(schedule.step(context.iteration)), 0, false};
    }
};

}  // namespace gradus
