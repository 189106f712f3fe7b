// The sweeps over X that iterative solvers are made of, against reading X once, against plain Eigen products, and
// against a weighted rank update.

#include "benchmarks/support/problems.hpp"

using namespace gradus;
using namespace gradus::bench;

namespace {

constexpr Index rows = 400'000, features = 100;

template <int Order>
struct Logistics {
    const Problem<Order>& data = problem<Order>(rows, features);
    Eigen::VectorXd y = data.labels.template cast<double>();
    EmpiricalRisk<double> risk = logistic_risk(Observations(data.X, y));
    Eigen::VectorXd theta = Eigen::VectorXd::Constant(risk.dimension(), 0.01);
    double sum = time_to_sum(data.X);

    void report(benchmark::State& state, double seconds) const {
        state.counters["sums"] = seconds / sum;
        state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * data.X.size() *
                                static_cast<Index>(sizeof(double)));
    }
};

// the yardstick itself
template <int Order>
void sum_of_X(benchmark::State& state) {
    const Logistics<Order> at;
    at.report(state, run(state, [&] { benchmark::DoNotOptimize(at.data.X.sum()); }));
}

template <int Order>
void value_and_gradient_in_one_sweep(benchmark::State& state) {
    const Logistics<Order> at;
    Eigen::VectorXd gradient(at.risk.dimension());
    at.report(state, run(state, [&] { benchmark::DoNotOptimize(at.risk.value_and_gradient(at.theta, gradient)); }));
}

// the same numbers the plain way: X w, the slopes, X'r
template <int Order>
void value_and_gradient_by_two_products(benchmark::State& state) {
    const Logistics<Order> at;
    const auto& X = at.data.X;
    const Eigen::VectorXd w = at.theta.head(X.cols());
    Eigen::VectorXd eta(X.rows()), r(X.rows()), gradient(X.cols());
    at.report(state, run(state, [&] {
                  eta.noalias() = X * w;
                  eta.array() += at.theta[X.cols()];
                  r = (1 + (-eta.array()).exp()).inverse() - at.y.array();
                  const double value =
                      (eta.array().max(0.0) - at.y.array() * eta.array() + (-eta.array().abs()).exp().log1p()).mean();
                  gradient.noalias() = X.transpose() * r;
                  benchmark::DoNotOptimize(value + gradient.sum() + r.sum());
              }));
}

// "weighted_grams": in units of one X' diag(d) X by blocks that stay in cache
template <int Order>
void value_gradient_and_hessian(benchmark::State& state) {
    const Logistics<Order> at;
    const double unit = time_to_weighted_gram(at.data.X);
    Eigen::VectorXd gradient(at.risk.dimension());
    Eigen::MatrixXd H;
    const double seconds =
        run(state, [&] { benchmark::DoNotOptimize(at.risk.value_gradient_hessian(at.theta, gradient, H)); });
    at.report(state, seconds);
    state.counters["weighted_grams"] = seconds / unit;
}

// a point on the line of a search: X is not read at all
void ray_point(benchmark::State& state) {
    const Logistics<Eigen::ColMajor> at;
    const Eigen::VectorXd direction = Eigen::VectorXd::Ones(at.theta.size());
    const auto ray = at.risk.ray(at.theta, direction);
    state.counters["sums"] = run(state, [&] { benchmark::DoNotOptimize(ray(1e-3).value); }) / at.sum;
}

}  // namespace

BENCHMARK(sum_of_X<Eigen::ColMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_and_gradient_in_one_sweep<Eigen::ColMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_and_gradient_by_two_products<Eigen::ColMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_gradient_and_hessian<Eigen::ColMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(ray_point)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(sum_of_X<Eigen::RowMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_and_gradient_in_one_sweep<Eigen::RowMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_and_gradient_by_two_products<Eigen::RowMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_gradient_and_hessian<Eigen::RowMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
