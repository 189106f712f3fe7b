#pragma once
// The solvers that need gradients alone, as one type: models compile their way to a solver once, and not once for each.

#include "options.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/models/iterative_fit.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/saga.hpp>
#include <gradus/solvers/iterative/sgd.hpp>

#include <array>

namespace fit_csv {

inline bool is_first_order(const std::string& solver) {
    constexpr std::array names = {"momentum", "nesterov", "barzilai-borwein", "sgd", "adam", "saga"};
    return std::find(names.begin(), names.end(), solver) != names.end();
}

template <class S>
struct FirstOrder {
    const Options& options;
    std::string name;

    template <class Observer>
    gradus::Result<S> minimize(const gradus::ModelObjective<S>& f, const gradus::Vector<S>& start, Observer&) const {
        // tighter than the library's: the last digits of collinear columns are far away for first-order solvers
        constexpr double tolerance = 1e-11;
        constexpr int steps = 100'000;
        if (name == "momentum")
            return with(gradus::Momentum<>{.max_iterations = steps, .tolerance = tolerance}, f, start);
        if (name == "nesterov")
            return with(gradus::Nesterov{.max_iterations = steps, .tolerance = tolerance}, f, start);
        if (name == "barzilai-borwein")
            return with(
                gradus::GradientDescent<gradus::BarzilaiBorwein>{.max_iterations = steps, .tolerance = tolerance}, f,
                start);
        if (name == "saga") return with(gradus::SAGA{.max_iterations = steps / 10, .tolerance = tolerance}, f, start);
        if (name == "adam")  // all rows at once: mini-batches leave two or three digits
            return with(
                gradus::Adam<gradus::ConstantStep>{
                    .step = {0.01}, .batch = 0, .max_iterations = steps, .tolerance = tolerance},
                f, start);
        return with(gradus::SGD<>{}, f, start);
    }

private:
    template <class Solver>
    gradus::Result<S> with(Solver solver, const gradus::ModelObjective<S>& f, const gradus::Vector<S>& start) const {
        if (options.tolerance) solver.tolerance = *options.tolerance;
        if (options.max_iterations) solver.max_iterations = *options.max_iterations;
        return solver.minimize(f, start);
    }
};

}  // namespace fit_csv
