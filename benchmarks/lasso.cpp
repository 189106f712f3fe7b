// Penalties with corners where features are many: a path of the lasso over dense X, and a sparse logistic regression.

#include "benchmarks/support/signals.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/path.hpp>
#include <gradus/penalties/lasso.hpp>

#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::bench;

namespace {

/// 100000 x 50000, as of texts: some 48 of the columns in a row, a few of them frequent and most rare, drawn as the
/// cube of a uniform number; classes by 500 of them.
struct Texts {
    Eigen::SparseMatrix<double> X;
    Eigen::VectorXi y;

    explicit Texts(Index n = is_smoke() ? 2'000 : 100'000, Index p = is_smoke() ? 1'000 : 50'000) : X(n, p), y(n) {
        Random random(22);
        std::vector<Eigen::Triplet<double>> entries;
        for (Index i = 0; i < n; ++i)
            for (int l = 0; l < 48; ++l) {
                const double u = random.uniform();
                entries.emplace_back(i, static_cast<Index>(static_cast<double>(p) * u * u * u),
                                     random.uniform(0.5, 1.5));
            }
        X.setFromTriplets(entries.begin(), entries.end());
        Eigen::VectorXd w = Eigen::VectorXd::Zero(p);
        for (Index l = 0; l < 500; ++l)
            w[static_cast<Index>(random.below(static_cast<std::uint64_t>(p)))] = random.normal();
        const Eigen::VectorXd eta = X * w;
        for (Index i = 0; i < n; ++i) y[i] = random.uniform() < 1 / (1 + std::exp(-eta[i]));
    }
};

CoordinateDescent to_gap(benchmark::State& state) {
    return {.tolerance = std::pow(10.0, -static_cast<double>(state.range(0))), .refines = false};
}

// The argument is the number of digits of the duality gap beside the loss of the best constant.
void lasso_path(benchmark::State& state) {
    static const Signals at;
    const LinearRegression<double, Lasso> model;
    double gap = 0;
    Index nonzero = 0;
    run(state, [&] {
        const auto path = fit_path(model, at.X, at.y, {.count = 100, .smallest = 0.01, .solver = to_gap(state)});
        gap = 0;
        for (Index i = 0; i < path.size(); ++i) gap = std::max(gap, path.report(i).relative_duality_gap);
        nonzero = path.nonzero(path.size() - 1);
    });
    state.counters["gap"] = gap;
    state.counters["nonzero"] = static_cast<double>(nonzero);
}

void sparse_logistic(benchmark::State& state) {
    static const Texts at;
    LogisticRegression<double, Lasso> model{{.penalty = {.lambda = 1e-4}}};
    FitReport report;
    run(state, [&] { report = model.fit(at.X, at.y, to_gap(state)); });
    state.counters["gap"] = report.relative_duality_gap;
    state.counters["nonzero"] = static_cast<double>((model.coefficients().array() != 0).count());
}

}  // namespace

BENCHMARK(lasso_path)->Arg(4)->Arg(6)->Arg(8)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(sparse_logistic)->Arg(4)->Arg(6)->Unit(benchmark::kMillisecond)->UseRealTime();
