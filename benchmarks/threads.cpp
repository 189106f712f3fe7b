// What a second thread gains: a sweep with the Hessian, and whole fits. The answers have the same bits.

#include "benchmarks/support/signals.hpp"
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/penalties/lasso.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

constexpr Index rows = 400'000, features = 100;

Threads threads(const benchmark::State& state) { return {static_cast<int>(state.range(0))}; }

// "gain": over the time of the same with one thread, which is measured first
void report(benchmark::State& state, double& alone, double seconds) {
    if (state.range(0) == 1) alone = seconds;
    else if (alone > 0) state.counters["gain"] = alone / seconds;
}

void value_gradient_and_hessian(benchmark::State& state) {
    static double alone = 0;
    const auto& data = problem(rows, features);
    const Eigen::VectorXd y = data.labels.cast<double>();
    const auto risk = logistic_risk(Observations(data.X, y).on(threads(state)));
    const Eigen::VectorXd theta = Eigen::VectorXd::Constant(risk.dimension(), 0.01);
    Eigen::VectorXd gradient(risk.dimension());
    Eigen::MatrixXd H;
    report(state, alone,
           run(state, [&] { benchmark::DoNotOptimize(risk.value_gradient_hessian(theta, gradient, H)); }));
}

template <class Model, class Targets, class Solver>
void fit(benchmark::State& state, double& alone, Model model, const Targets& y, const Solver& solver) {
    const auto data = Observations(problem(rows, features).X, y).on(threads(state));
    FitReport found;
    report(state, alone, run(state, [&] { found = model.fit(data, solver); }));
    if (!found.converged()) state.SkipWithError(found.message.c_str());
    state.counters["iterations"] = found.iterations;
}

template <class Solver>
void logistic(benchmark::State& state) {
    static double alone = 0;
    fit(state, alone, LogisticRegression<double>(), problem(rows, features).labels, Solver{});
}

template <class Solver>
void linear(benchmark::State& state) {
    static double alone = 0;
    fit(state, alone, LinearRegression<double>(), problem(rows, features).y, Solver{});
}

// Ten folds of a path of 100 lambdas to a duality gap of 1e-4. "paths": over the time of one path by one thread
void cross_validation(benchmark::State& state) {
    static double alone = 0, path = 0;
    static const Signals at;
    const LinearRegression<double, Lasso> model;
    const CoordinateDescent solver{.tolerance = 1e-4, .refines = false};
    if (path == 0)
        path = best_of(2, [&] { fit_path(model, at.X, at.y, {.count = 100, .smallest = 0.01, .solver = solver}); });
    const double time = run(state, [&] {
        cross_validate(model, Observations(at.X, at.y).on(threads(state)),
                       {.folds = 10, .count = 100, .smallest = 0.01, .solver = solver});
    });
    report(state, alone, time);
    state.counters["paths"] = time / path;
}

void one_and_two(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
}

}  // namespace

BENCHMARK(value_gradient_and_hessian)->Apply(one_and_two);
BENCHMARK(logistic<Newton>)->Apply(one_and_two);
BENCHMARK(logistic<Auto>)->Apply(one_and_two);
BENCHMARK(linear<QR>)->Apply(one_and_two);
BENCHMARK(linear<DirectAuto>)->Apply(one_and_two);
BENCHMARK(cross_validation)->Apply(one_and_two);
