// How the iterations of first-order solvers grow with the condition number: on quadratics whose curvatures lie evenly,
// in the logarithm, between 1 / condition and 1, from (1, ..., 1) until the distance to the optimum is a millionth of
// what it was. By theory gradient descent needs condition * log(10^6) of them and an accelerated method of the order of
// the root.

#include "benchmarks/support/problems.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>

#include <benchmark/benchmark.h>
#include <cmath>

using namespace gradus;

namespace {

struct Valley {
    Vector<double> curvature;

    explicit Valley(double condition) : curvature(20) {
        for (Index j = 0; j < curvature.size(); ++j)
            curvature[j] = std::pow(condition, -static_cast<double>(j) / static_cast<double>(curvature.size() - 1));
    }
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        double value = 0;
        for (Index j = 0; j < x.size(); ++j) {
            gradient[j] = curvature[j] * x[j];
            value += gradient[j] * x[j] / 2;
        }
        return value;
    }
    double curvature_bound() const { return 1; }
};
// the same, without the bound
struct Hidden {
    Valley valley;
    explicit Hidden(double condition) : valley(condition) {}
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        return valley.value_and_gradient(x, gradient);
    }
};

// "iterations"; "slope": of log(iterations) over log(condition) since a tenth of the condition; "overall": since
// condition 10
template <class Solver, class F>
void conditioning(benchmark::State& state) {
    static double taken[8];
    const auto decade = static_cast<std::size_t>(state.range(0));
    const F f(std::pow(10, static_cast<double>(decade)));
    const Vector<double> start = Vector<double>::Ones(20);
    Solver solver;
    solver.max_iterations = 1'000'000'000;
    solver.tolerance = 0;
    for (auto _ : state) {
        const auto result = solver.minimize(f, start, [&](const IterationRecord<double>& record) {
            return norm(record.x) <= 1e-6 * norm(start) ? Control::stop : Control::proceed;
        });
        if (result.status != Status::stopped_by_observer) state.SkipWithError(result.message.c_str());
        taken[decade] = result.iterations;
    }
    state.counters["condition"] = std::pow(10, static_cast<double>(decade));
    state.counters["iterations"] = taken[decade];
    if (decade < 2 || taken[1] == 0) return;
    state.counters["slope"] = std::log10(taken[decade] / taken[decade - 1]);
    state.counters["overall"] = std::log10(taken[decade] / taken[1]) / static_cast<double>(decade - 1);
}

void decades(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgName("log10 condition")
        ->DenseRange(1, bench::is_smoke() ? 3 : 6)
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace

BENCHMARK_TEMPLATE(conditioning, GradientDescent<OneOverL>, Valley)->Apply(decades);
BENCHMARK_TEMPLATE(conditioning, Nesterov, Valley)->Apply(decades);
BENCHMARK_TEMPLATE(conditioning, GradientDescent<>, Hidden)->Apply(decades);
BENCHMARK_TEMPLATE(conditioning, Nesterov, Hidden)->Apply(decades);
BENCHMARK_TEMPLATE(conditioning, Momentum<>, Hidden)->Apply(decades);
BENCHMARK_TEMPLATE(conditioning, GradientDescent<BarzilaiBorwein>, Hidden)->Apply(decades);
