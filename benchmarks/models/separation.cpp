// What the verdict on existence costs.

#include "benchmarks/support/problems.hpp"
#include <gradus/examination/separation.hpp>
#include <gradus/models/exact_rows.hpp>
#include <gradus/models/likelihood.hpp>
#include <gradus/models/logistic_regression.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

// "share": of the time of the whole fit, for the proof that a healthy fit carries
void proof(benchmark::State& state) {
    const auto& data = problem(state.range(0), state.range(1));
    LogisticRegression<double> model;
    const double fit = best_of(3, [&] { model.fit(data.X, data.labels); });
    const auto likelihood = model.likelihood(Observations(data.X, data.labels));
    Vector<double> gradient(likelihood.theta.size());
    Matrix<double> H;
    likelihood.risk.value_gradient_hessian(likelihood.theta, gradient, H);
    CurvatureSystem<double> system;
    system.factor(H);
    double certificate = 1;
    const double seconds = run(state, [&] {
        certificate = existence_certificate(likelihood.risk, likelihood.family().margins(),
                                            system.step(likelihood.theta, gradient));
    });
    if (!(certificate < 1)) state.SkipWithError("no proof");
    state.counters["certificate"] = certificate;
    state.counters["fit_ms"] = 1e3 * fit;
    state.counters["share"] = seconds / fit;
}

// The linear program on the same data, and with one more column that is 1 in a single row: quasi-complete separation.
void linear_program(benchmark::State& state) {
    const auto& data = problem(state.range(0), state.range(1));
    const bool is_separated = state.range(2);
    Eigen::MatrixXd X(data.X.rows(), data.X.cols() + 1);
    X << data.X, Eigen::VectorXd::Zero(data.X.rows());
    X(17, data.X.cols()) = 1;
    if (!is_separated)
        for (Index i = 0; i < 100; ++i) X(i, data.X.cols()) = 1;
    LogisticRegression<double> model;
    const double fit = best_of(1, [&] { model.fit(X, data.labels); });
    const auto likelihood = model.likelihood(Observations(X, data.labels));
    const MarginKind margins = likelihood.family().margins();
    const auto rows = detail::exact_rows<double>(likelihood.risk, margins);
    using View = SeparationView<RowWalk<double>, double>;
    const View seen{&likelihood.risk.walk(), user_functionals<double>(likelihood.risk)},
        exact = detail::exact_view(*rows, margins);
    Separation<double> found;
    const double seconds = run(state, [&] { found = decide_separation(seen, &exact, margins, likelihood.theta); });
    const Existence expected = is_separated ? Existence::separated_quasi : Existence::finite;
    if (found.existence != expected) state.SkipWithError(name(found.existence));
    state.counters["fit_ms"] = 1e3 * fit;
    state.counters["share"] = seconds / fit;
}

void start(benchmark::internal::Benchmark* benchmark) { benchmark->Unit(benchmark::kMillisecond)->UseRealTime(); }

}  // namespace

BENCHMARK(proof)->Apply(start)->ArgNames({"n", "p"})->Args({100'000, 50})->Args({5'000, 100});
BENCHMARK(linear_program)
    ->Apply(start)
    ->ArgNames({"n", "p", "separated"})
    ->Args({100'000, 50, 1})
    ->Args({100'000, 50, 0})
    ->Args({5'000, 100, 1})
    ->Args({5'000, 100, 0});
