#pragma once
// The iterative solvers by name, as two types: every model compiles its way to a solver twice, and not once for each of a dozen.

#include "options.hpp"
#include "watch.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/models/iterative_fit.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#include <gradus/solvers/iterative/saga.hpp>
#include <gradus/solvers/iterative/sgd.hpp>

#include <algorithm>
#include <array>

namespace fit_csv {

template <class S, class Solver, class Observer>
gradus::Result<S> minimize(Solver solver, const Options& options, const gradus::ModelObjective<S>& f,
                           const gradus::Vector<S>& start, Observer& observer) {
    if (options.tolerance) solver.tolerance = *options.tolerance;
    if (options.max_iterations) solver.max_iterations = *options.max_iterations;
    return solver.minimize(f, start, observer);
}

/// Those whose steps do not depend on the coordinates.
template <class S>
struct ScaleFree {
    static constexpr const char* name = "an iterative solver";
    static constexpr bool wants_equilibrated_coordinates = true;
    const Options& options;
    std::string solver;

    template <class Observer>
    gradus::Result<S> minimize(const gradus::ModelObjective<S>& f, const gradus::Vector<S>& start,
                               Observer& observer) const {
        const auto with = [&](const auto& chosen) { return fit_csv::minimize(chosen, options, f, start, observer); };
        if (solver == "newton-cg") return with(gradus::NewtonCG{});
        if (solver == "lbfgs") return with(gradus::LBFGS{});
        if (solver == "conjugate-gradient") return with(gradus::ConjugateGradient{});
        return with(gradus::Newton{});
    }
};

/// Those whose steps are about the user's own coordinates. Their tolerance is tighter than the library's, because the last digits of collinear
/// columns are far away for them.
template <class S>
struct FirstOrder {
    static constexpr const char* name = "a first-order solver";
    const Options& options;
    std::string solver;
    double step;  ///< 0: the solver's own

    template <class Observer>
    gradus::Result<S> minimize(const gradus::ModelObjective<S>& f, const gradus::Vector<S>& start,
                               Observer& observer) const {
        using namespace gradus;
        constexpr double tolerance = 1e-11;
        constexpr int steps = 100'000;
        const auto with = [&](const auto& chosen) { return fit_csv::minimize(chosen, options, f, start, observer); };
        if (solver == "momentum")
            return step > 0 ? with(Momentum<FixedStep>{.step = {step}, .max_iterations = steps, .tolerance = tolerance})
                            : with(Momentum<>{.max_iterations = steps, .tolerance = tolerance});
        if (solver == "nesterov") return with(Nesterov{.step = step, .max_iterations = steps, .tolerance = tolerance});
        if (solver == "barzilai-borwein")
            return with(GradientDescent<BarzilaiBorwein>{.max_iterations = steps, .tolerance = tolerance});
        if (solver == "saga") return with(SAGA{.step = step, .max_iterations = steps / 10, .tolerance = tolerance});
        if (solver == "adam")  // all rows at once: mini-batches leave two or three digits
            return with(Adam<ConstantStep>{
                .step = {step > 0 ? step : 0.01}, .batch = 0, .max_iterations = steps, .tolerance = tolerance});
        if (solver == "sgd") return with(SGD<>{.step = {.first = step}});
        if (step > 0)
            return with(GradientDescent<FixedStep>{.step = {step}, .max_iterations = steps, .tolerance = tolerance});
        return with(GradientDescent<>{.max_iterations = steps, .tolerance = tolerance});
    }
};

/// As the library calls it.
inline std::string title(const std::string& solver) {
    using namespace gradus;
    const std::pair<const char*, const char*> titles[] = {
        {"newton", Newton::name},
        {"newton-cg", NewtonCG::name},
        {"lbfgs", LBFGS::name},
        {"conjugate-gradient", ConjugateGradient::name},
        {"gradient-descent", GradientDescent<>::name},
        {"momentum", Momentum<>::name},
        {"nesterov", Nesterov::name},
        {"barzilai-borwein", "gradient descent by Barzilai and Borwein"},
        {"sgd", SGD<>::name},
        {"adam", Adam<>::name},
        {"saga", SAGA::name}};
    for (const auto& [name, words] : titles)
        if (solver == name) return words;
    return solver;
}

inline bool is_scale_free(const std::string& solver) {
    constexpr std::array names = {"newton", "newton-cg", "lbfgs", "conjugate-gradient"};
    return std::find(names.begin(), names.end(), solver) != names.end();
}

}  // namespace fit_csv
