#pragma once
// The iterative solvers by name, behind two types: a model compiles its way to a solver twice, and not once for each
// of a dozen.

#include "options.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/auto.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#include <gradus/solvers/iterative/saga.hpp>
#include <gradus/solvers/iterative/sgd.hpp>

namespace fit_csv {

/// use(solver) for the iterative solver that the options ask for, set up as they say.
template <class Use>
auto with_solver(const Options& options, const Use& use) {
    using namespace gradus;
    const std::string& name = options.solver;
    const double step = options.step.value_or(0);
    const auto as_asked = [&](auto solver) {
        if (options.tolerance) solver.tolerance = *options.tolerance;
        if (options.max_iterations) solver.max_iterations = *options.max_iterations;
        return use(solver);
    };
    // where steps depend on the scale, the last digits of collinear columns are far away
    const auto patiently = [&](auto solver) {
        solver.tolerance = 1e-11;
        solver.max_iterations = 100'000;
        return as_asked(solver);
    };
    if (name == "auto") return as_asked(Auto{});
    if (name == "newton-cg") return as_asked(NewtonCG{});
    if (name == "lbfgs") return as_asked(LBFGS{});
    if (name == "conjugate-gradient") return as_asked(ConjugateGradient{});
    if (name == "momentum") return step > 0 ? patiently(Momentum<FixedStep>{.step = {step}}) : patiently(Momentum<>{});
    if (name == "nesterov") return patiently(Nesterov{.step = step});
    if (name == "barzilai-borwein") return patiently(GradientDescent<BarzilaiBorwein>{});
    if (name == "saga") return as_asked(SAGA{.step = step, .max_iterations = 10'000, .tolerance = 1e-11});
    if (name == "adam")  // all rows at once: mini-batches leave two or three digits
        return patiently(Adam<ConstantStep>{.step = {step > 0 ? step : 0.01}, .batch = 0});
    if (name == "sgd") return as_asked(SGD<>{.step = {.first = step}});
    if (name == "gradient-descent")
        return step > 0 ? patiently(GradientDescent<FixedStep>{.step = {step}}) : patiently(GradientDescent<>{});
    return as_asked(Newton{});
}

/// That solver, as a type of its own.
template <bool is_scale_free>
struct ChosenSolver {
    static constexpr gradus::SolverTraits traits{.takes_any_coordinates = is_scale_free};
    const Options& options;

    template <class F, class S, class Observer>
    gradus::Result<S> minimize(const F& f, const gradus::Vector<S>& start, Observer&& observer) const {
        return with_solver(options, [&](const auto& solver) { return solver.minimize(f, start, observer); });
    }
    // what a report says of steps depends on these
    double fixed_step() const {
        return with_solver(options, [](const auto& solver) { return gradus::fixed_step_of(solver); });
    }
    double stability() const {
        return with_solver(options, [](const auto& solver) { return gradus::stability_of(solver); });
    }
};

/// As the library calls it; not of auto, which calls itself by what it chose.
inline std::string title(const Options& options) {
    const std::string name = with_solver(options, [](const auto& solver) { return std::string(solver.name); });
    return options.solver == "barzilai-borwein" ? name + " by Barzilai and Borwein" : name;
}

/// As --solver has it, from what the library calls the one that ran.
inline std::string solver_that_ran(const Options& options, const std::string& title) {
    if (options.solver != "auto") return options.solver;
    if (title == gradus::NewtonCG::name) return "newton-cg";
    if (title == gradus::LBFGS::name) return "lbfgs";
    if (title == gradus::SampledNewton::name) return "sampled-newton";
    return "newton";
}

}  // namespace fit_csv
