// The solver that a model chooses by itself, against the best of all: "of_best" is the ratio of the times. The answers
// of all have the gradient that their own tolerance asks for.

#include "benchmarks/support/problems.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/dual.hpp>
#include <gradus/solvers/direct/qr.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

template <class Fit>
double seconds_of(Fit&& fit) {
    const double once = best_of(1, fit);
    return once > 1 ? once : std::min(once, best_of(once > 0.1 ? 2 : 5, fit));
}

void logistic(benchmark::State& state) {
    const Index n = is_smoke() ? std::min<Index>(state.range(0), 1000) : state.range(0), p = state.range(1),
                k = state.range(2);
    const bench::Problem<Eigen::ColMajor> data(n, p, k);
    const Eigen::VectorXi& y = k > 2 ? data.classes : data.labels;
    LogisticRegression<double, Ridge> model{{.penalty = {.lambda = 1e-4}}};
    const auto fit = [&](const auto& solver) {
        return seconds_of([&] { benchmark::DoNotOptimize(model.fit(data.X, y, solver).objective); });
    };
    double best = std::min(fit(NewtonCG{}), fit(LBFGS{}));
    if (p * std::max<Index>(1, k - 1) <= 1500) best = std::min({best, fit(Newton{}), fit(SampledNewton{})});
    state.counters["of_best"] = fit(Auto{}) / best;
    run(state, [&] { benchmark::DoNotOptimize(model.fit(data.X, y).objective); });
    state.SetLabel(model.report().solver);
}

void squares(benchmark::State& state) {
    const Index n = is_smoke() ? std::min<Index>(state.range(0), 1000) : state.range(0), p = state.range(1);
    const bench::Problem<Eigen::ColMajor> data(n, p, 1);
    LinearRegression<double> model;
    const auto fit = [&](const auto& solver) {
        return seconds_of([&] { benchmark::DoNotOptimize(model.fit(data.X, data.y, solver).objective); });
    };
    const double best = std::min(fit(QR{}), fit(Cholesky{}));
    state.counters["of_best"] = fit(DirectAuto{}) / best;
    run(state, [&] { benchmark::DoNotOptimize(model.fit(data.X, data.y).objective); });
    state.SetLabel(model.report().solver);
}

// More columns than rows, a ridge on each.
void wide_ridge(benchmark::State& state) {
    const Index n = is_smoke() ? 20 : state.range(0), p = is_smoke() ? 60 : state.range(1);
    const bench::Problem<Eigen::ColMajor> data(n, p, 1);
    LinearRegression<double, Ridge> model{{.penalty = {.lambda = 1e-2}}};
    const auto fit = [&](const auto& solver) {
        return seconds_of([&] { benchmark::DoNotOptimize(model.fit(data.X, data.y, solver).objective); });
    };
    const double by_qr = fit(QR{}), chosen = fit(DirectAuto{});
    state.counters["of_best"] = chosen / std::min(by_qr, fit(Dual{}));
    state.counters["of_QR"] = chosen / by_qr;
    run(state, [&] { benchmark::DoNotOptimize(model.fit(data.X, data.y).objective); });
    state.SetLabel(model.report().solver);
}

}  // namespace

BENCHMARK(logistic)
    ->ArgNames({"n", "p", "classes"})
    ->Args({150, 4, 2})
    ->Args({150, 4, 3})
    ->Args({2'000, 20, 2})
    ->Args({1'000, 100, 10})
    ->Args({20'000, 50, 2})
    ->Args({300, 1'000, 2})
    ->Args({100'000, 20, 2})
    ->Args({400'000, 20, 2})
    ->Args({200'000, 20, 5})
    ->Args({50'000, 200, 2})
    ->Args({10'000, 1'000, 2})
    ->Args({10'000, 200, 10})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(squares)
    ->ArgNames({"n", "p"})
    ->Args({100, 3})
    ->Args({1'000, 50})
    ->Args({10'000, 20})
    ->Args({100'000, 50})
    ->Args({3'000, 1'000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(wide_ridge)
    ->ArgNames({"n", "p"})
    ->Args({50, 1'000})
    ->Args({200, 4'000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
