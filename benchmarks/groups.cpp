// Groups: block coordinate descent on working sets against FISTA, to the same duality gap.

#include "benchmarks/support/problems.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/path.hpp>
#include <gradus/penalties/group_lasso.hpp>

using namespace gradus;
using namespace gradus::bench;

namespace {

/// n x p normal numbers, neighbours correlated by a half; 20 runs of five features matter, for k targets; noise as
/// large as a third of the signal. Classes: the largest target.
struct Signals {
    Eigen::MatrixXd X, Y;
    Eigen::VectorXi classes;
    GroupLasso fives;

    Signals(Index n, Index p, Index k) : X(n, p), classes(n) {
        Random random(23);
        for (Index j = 0; j < p; ++j)
            for (Index i = 0; i < n; ++i)
                X(i, j) = j > 0 ? 0.5 * X(i, j - 1) + std::sqrt(0.75) * random.normal() : random.normal();
        Eigen::MatrixXd W = Eigen::MatrixXd::Zero(p, k);
        for (Index g = 0; g < 20; ++g)
            for (Index j = 0; j < 5; ++j)
                for (Index c = 0; c < k; ++c) W(5 * (g * (p / 5) / 20) + j, c) = random.normal();
        Y = X * W;
        for (double& target : Y.reshaped()) target += 3 * random.normal();
        for (Index i = 0; i < n; ++i) Y.row(i).maxCoeff(&classes[i]);
        for (Index j = 0; j < p; ++j) fives.groups.push_back(j / 5);
    }
};

/// 1/10, 1/100 of the lambda at which all is zero: the argument is what it is divided by.
template <class Model, class Y, class Solver>
void fit(benchmark::State& state, Model model, const Eigen::MatrixXd& X, const Y& y, const Solver& solver) {
    auto options = model.options();
    options.penalty.lambda = fit_path(model, X, y, {.count = 1}).lambda(0) / static_cast<double>(state.range(0));
    model = Model(options);
    FitReport report;
    run(state, [&] { report = model.fit(X, y, solver); });
    state.counters["gap"] = report.relative_duality_gap;
    state.counters["nonzero"] = static_cast<double>((model.coefficients().array() != 0).count());
    state.counters["converged"] = report.converged();
}
const CoordinateDescent blocks{.tolerance = 1e-6, .refines = false};
const FISTA fista{.max_iterations = 100'000, .tolerance = 1e-7};

const Signals& one_target() {
    static const Signals at(is_smoke() ? 100 : 1'000, is_smoke() ? 400 : 5'000, 1);
    return at;
}
const Signals& few_features() {
    static const Signals at(is_smoke() ? 300 : 20'000, 100, 1);
    return at;
}
const Signals& ten_targets() {
    static const Signals at(is_smoke() ? 100 : 1'000, is_smoke() ? 200 : 2'000, 10);
    return at;
}
using Line = LinearRegression<double, GroupLasso>;
using Lines = MultivariateRegression<double, GroupLasso>;
using Classifier = LogisticRegression<double, GroupLasso>;

template <class Solver>
void linear(benchmark::State& state, const Solver& solver) {
    const Signals& at = one_target();
    fit(state, Line{{.penalty = at.fives}}, at.X, Eigen::VectorXd(at.Y.col(0)), solver);
}
template <class Solver>
void tall(benchmark::State& state, const Solver& solver) {
    const Signals& at = few_features();
    fit(state, Line{{.penalty = at.fives}}, at.X, Eigen::VectorXd(at.Y.col(0)), solver);
}
template <class Solver>
void outputs(benchmark::State& state, const Solver& solver) {
    fit(state, Lines{}, ten_targets().X, ten_targets().Y, solver);
}
template <class Solver>
void classes(benchmark::State& state, const Solver& solver) {
    fit(state, Classifier{}, ten_targets().X, ten_targets().classes, solver);
}
void path(benchmark::State& state) {
    const Signals& at = one_target();
    run(state, [&] {
        fit_path(Line{{.penalty = at.fives}}, at.X, Eigen::VectorXd(at.Y.col(0)),
                 {.count = 50, .smallest = 0.02, .solver = blocks});
    });
}

}  // namespace

BENCHMARK_CAPTURE(linear, blocks, blocks)->Arg(5)->Arg(50)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(linear, fista, fista)->Arg(5)->Arg(50)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(tall, blocks, blocks)->Arg(5)->Arg(50)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(tall, fista, fista)->Arg(5)->Arg(50)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(outputs, blocks, blocks)->Arg(2)->Arg(10)->Arg(30)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(outputs, fista, fista)->Arg(2)->Arg(10)->Arg(30)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(classes, blocks, blocks)
    ->Arg(2)
    ->Arg(4)
    ->Arg(6)
    ->Arg(10)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(classes, fista, fista)->Arg(2)->Arg(4)->Arg(6)->Arg(10)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(path)->Unit(benchmark::kMillisecond)->UseRealTime();
