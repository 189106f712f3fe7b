// What the learning-rate analysis costs, in sweeps: evaluations of value and gradient.

#include "benchmarks/support/problems.hpp"
#include <gradus/diagnostics/learning_rate.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/predictors/linear.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

// "sweeps": time in units of one gradient; "products": Hessian-vector products among them
void analysis(benchmark::State& state, Index largest_hessian) {
    const auto& data = problem(state.range(0), state.range(1));
    const Eigen::VectorXd y = data.labels.template cast<double>();
    const Sample<double> sample{DenseView<double>(data.X),    DenseView<double>(y), {}, {}, {},
                                static_cast<double>(y.size())};
    const EmpiricalRisk risk(Logistic<double>(), NoPenalty{}, Linear<double>(data.X.cols(), 1, true), sample);
    const Vector<double> theta = Vector<double>::Zero(risk.dimension());
    Vector<double> gradient(theta.size());
    double sweep = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 5; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        risk.value_and_gradient(theta, gradient);
        sweep = std::min(sweep, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
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
