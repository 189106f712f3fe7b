// Whole fits: from the user's matrix to coefficients and report.

#include "benchmarks/support/problems.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

// "sums": time in units of reading X once; "gradient": largest component at the answer, the quality that the time
// bought
template <class Fit>
void measure(benchmark::State& state, const Eigen::MatrixXd& X, Fit&& fit) {
    const double sum = time_to_sum(X);
    FitReport report;
    const double seconds = run(state, [&] { report = fit(); });
    if (!report.converged()) state.SkipWithError(report.message.c_str());
    state.counters["sums"] = seconds / sum;
    state.counters["iterations"] = report.iterations;
    state.counters["evaluations"] = report.counts.values + report.counts.gradients;
    state.counters["Hessians"] = report.counts.hessians;
    state.counters["gradient"] = report.gradient_norm;
}

template <class Solver>
void linear(benchmark::State& state) {
    const auto& data = problem(state.range(0), state.range(1));
    LinearRegression<double> model;
    measure(state, data.X, [&] { return model.fit(data.X, data.y, Solver{}); });
}

template <class Solver>
void logistic(benchmark::State& state) {
    const auto& data = problem(state.range(0), state.range(1));
    LogisticRegression<double> model;
    measure(state, data.X, [&] { return model.fit(data.X, data.labels, Solver{}); });
}

template <class Solver>
void multinomial(benchmark::State& state) {
    const auto& data = problem(state.range(0), state.range(1), state.range(2));
    LogisticRegression<double> model;
    measure(state, data.X, [&] { return model.fit(data.X, data.classes, Solver{}); });
}

void start(benchmark::internal::Benchmark* benchmark) { benchmark->Unit(benchmark::kMillisecond)->UseRealTime(); }

}  // namespace

BENCHMARK(linear<QR>)
    ->Apply(start)
    ->ArgNames({"n", "p"})
    ->Args({400'000, 100})
    ->Args({100'000, 20})
    ->Args({2'000, 300});
BENCHMARK(linear<DirectAuto>)->Apply(start)->ArgNames({"n", "p"})->Args({400'000, 100})->Args({100'000, 20});
BENCHMARK(logistic<Newton>)
    ->Apply(start)
    ->ArgNames({"n", "p"})
    ->Args({400'000, 100})
    ->Args({100'000, 20})
    ->Args({5'000, 100});
BENCHMARK(logistic<Auto>)->Apply(start)->ArgNames({"n", "p"})->Args({400'000, 100})->Args({100'000, 20});
BENCHMARK(logistic<GradientDescent<>>)->Apply(start)->ArgNames({"n", "p"})->Args({100'000, 20})->Args({5'000, 100});
BENCHMARK(multinomial<Newton>)->Apply(start)->ArgNames({"n", "p", "k"})->Args({100'000, 20, 3})->Args({20'000, 20, 10});
