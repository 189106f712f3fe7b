// The direct solvers against one Gram product X'X, the least that a solver of normal equations has to do.

#include "benchmarks/support/problems.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

// "grams": time in units of one Gram product; "digits": what the report promises
template <class Solver>
void least_squares(benchmark::State& state) {
    const auto& data = problem(state.range(0), state.range(1));
    const double unit = time_to_gram(data.X), sum = time_to_sum(data.X);
    LinearRegression<double> model;
    FitReport report;
    const double seconds = run(state, [&] { report = model.fit(data.X, data.y, Solver{}); });
    if (!report.converged()) state.SkipWithError(report.message.c_str());
    state.counters["grams"] = seconds / unit;
    state.counters["sums"] = seconds / sum;
    state.counters["digits"] = report.correct_digits;
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"n", "p"})
        ->Args({400'000, 100})
        ->Args({100'000, 20})
        ->Args({2'000, 300})
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
}

void gram_product(benchmark::State& state) {
    const auto& data = problem(state.range(0), state.range(1));
    Eigen::MatrixXd G;
    const double sum = time_to_sum(data.X);
    state.counters["sums"] = run(state, [&] { gram(data.X, G); }) / sum;
}

}  // namespace

BENCHMARK(gram_product)->Apply(shapes);
BENCHMARK(least_squares<QR>)->Apply(shapes);
BENCHMARK(least_squares<Cholesky>)->Apply(shapes);
BENCHMARK(least_squares<SVD>)->Apply(shapes);
