// Ordinal regression: a whole fit, from the user's matrix to coefficients, thresholds and report.
//
// GRADUS_BENCHMARK_CSV=ordinal.csv bench_ordinal --benchmark_filter='Logit.*n:50000.*levels:5/' writes the data of that
// benchmark, so that others can be timed on the same rows (--benchmark_format=json shows all digits of the likelihood).
// In R (packages MASS and ordinal; for another link method = "probit", and link = "probit"):
//
//     d <- read.csv("ordinal.csv"); d$y <- factor(d$y, ordered = TRUE); f <- reformulate(setdiff(names(d), "y"), "y")
//     print(system.time(a <- MASS::polr(f, d)));                        print(logLik(a), digits = 15)
//     print(system.time(b <- ordinal::clm(f, data = d)));               print(logLik(b), digits = 15)

#include "benchmarks/support/problems.hpp"
#include <gradus/models/ordinal_regression.hpp>

#include <cstdlib>
#include <fstream>

using namespace gradus;
using namespace gradus::bench;

namespace {

struct Rating {
    Eigen::MatrixXd X;
    Eigen::VectorXi y;
};

// slopes and thresholds drawn too; levels of unlike size, 3 % and more of the rows each with five of them
Rating draw(Index n, Index p, Index levels) {
    Random random(7);
    Rating out{Eigen::MatrixXd(n, p), Eigen::VectorXi(n)};
    Eigen::VectorXd w(p), thresholds(levels - 1);
    for (double& slope : w) slope = random.normal() / 2;
    for (Index c = 0; c < levels - 1; ++c)
        thresholds[c] = (c ? thresholds[c - 1] : -3.0) + random.uniform(0.5, 1.5) * 6 / static_cast<double>(levels);
    for (double& x : out.X.reshaped()) x = random.normal();
    for (Index i = 0; i < n; ++i) {
        const double u = random.uniform(), latent = out.X.row(i).dot(w) + std::log(u / (1 - u));
        out.y[i] = 0;
        while (out.y[i] < levels - 1 && latent > thresholds[out.y[i]]) ++out.y[i];
    }
    return out;
}

void write_csv(const char* path, const Rating& data) {
    std::ofstream file(path);
    file.precision(17);
    for (Index j = 0; j < data.X.cols(); ++j) file << 'x' << j + 1 << ',';
    file << "y\n";
    for (Index i = 0; i < data.y.size(); ++i) {
        for (Index j = 0; j < data.X.cols(); ++j) file << data.X(i, j) << ',';
        file << data.y[i] << '\n';
    }
}

template <class Link>
void ordinal_Newton(benchmark::State& state) {
    const Rating data = draw(is_smoke() ? state.range(0) / 50 : state.range(0), state.range(1), state.range(2));
    if (const char* path = std::getenv("GRADUS_BENCHMARK_CSV")) {
        write_csv(path, data);
        return state.SkipWithError("the data are written; nothing was measured");
    }
    OrdinalRegression<double, NoPenalty, int, Link> model;
    FitReport report;
    for (auto _ : state) report = model.fit(data.X, data.y);
    if (!report.converged()) state.SkipWithError(report.message.c_str());
    state.counters["iterations"] = report.iterations;
    state.counters["digits"] = report.correct_digits;
    state.counters["log_likelihood"] = -report.mean_loss * report.total_weight;
}

void start(benchmark::internal::Benchmark* benchmark) {
    benchmark->Unit(benchmark::kMillisecond)->UseRealTime()->ArgNames({"n", "p", "levels"})->Args({50'000, 20, 5});
}

}  // namespace

BENCHMARK(ordinal_Newton<Logit>)->Apply(start)->Args({50'000, 20, 50})->Args({400'000, 20, 5});
BENCHMARK(ordinal_Newton<Probit>)->Apply(start);
BENCHMARK(ordinal_Newton<ComplementaryLogLog>)->Apply(start);
