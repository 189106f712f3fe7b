// What the learning-rate analysis costs, in sweeps: evaluations of value and gradient.

#include "benchmarks/support/problems.hpp"
#include <gradus/examination/learning_rate.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

// "sweeps": time in units of one gradient; "products": Hessian-vector products among them
void analysis(benchmark::State& state, Index largest_hessian) {
    const auto& data = problem(state.range(0), state.range(1));
    const Eigen::VectorXd y = data.labels.template cast<double>();
    const auto risk = logistic_risk(Observations(data.X, y));
    const Vector<double> theta = Vector<double>::Zero(risk.dimension());
    Vector<double> gradient(theta.size());
    const double sweep = best_of(5, [&] { risk.value_and_gradient(theta, gradient); });
    LearningRateReport report;
    const double seconds =
        run(state, [&] { report = analyse_learning_rate(risk, theta, {.largest_hessian = largest_hessian}); });
    state.counters["sweeps"] = seconds / sweep;
    state.counters["products"] = report.products;
    state.counters["bound/L"] = report.proven_bound / report.largest_curvature;
}

void with_hessian(benchmark::State& state) { analysis(state, 512); }
void with_products(benchmark::State& state) { analysis(state, 0); }

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"n", "p"})
        ->Args({100'000, 20})
        ->Args({20'000, 100})
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
}

}  // namespace

BENCHMARK(with_hessian)->Apply(shapes);
BENCHMARK(with_products)->Apply(shapes);
