// Seeded data for the benchmarks, and the machine's own limits on them: the yardsticks that a sweep or a fit is judged
// by.
#pragma once

#include <gradus/core/random.hpp>
#include <gradus/data/targets.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/predictors/linear.hpp>

#include <Eigen/Dense>
#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>
#include <sys/resource.h>
#include <vector>

namespace gradus::bench {

using Eigen::Index;

/// GRADUS_BENCHMARK_SMOKE=1: small problems, to see that everything runs.
inline bool is_smoke() {
    const char* value = std::getenv("GRADUS_BENCHMARK_SMOKE");
    return value && *value && *value != '0';
}

/// n rows, p features with correlation 0.6 between neighbours; targets of a linear model, labels of a logistic one, and
/// labels of k classes.
template <int Order>
struct Problem {
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Order> X;
    Eigen::VectorXd y;
    Eigen::VectorXi labels, classes;

    Problem(Index n, Index p, Index k) : X(n, p), y(n), labels(n), classes(n) {
        Random random(7);
        const auto unit = [&] { return random.uniform(-std::sqrt(3.0), std::sqrt(3.0)); };
        Eigen::MatrixXd W(p, std::max<Index>(1, k));
        for (Index c = 0; c < W.cols(); ++c)
            for (Index j = 0; j < p; ++j) W(j, c) = 3 / std::sqrt(static_cast<double>(10 * p)) * unit();
        Eigen::RowVectorXd eta(W.cols());
        for (Index i = 0; i < n; ++i) {
            for (Index j = 0; j < p; ++j) X(i, j) = j == 0 ? unit() : 0.6 * X(i, j - 1) + 0.8 * unit();
            eta.setZero();
            for (Index j = 0; j < p; ++j) eta += X(i, j) * W.row(j);
            y[i] = eta[0] + unit();
            const double u = random.uniform();
            labels[i] = eta[0] + std::log(u / (1 - u)) > 0.5;
            for (Index c = 0; c < W.cols(); ++c)
                eta[c] -= std::log(-std::log(random.uniform()));  // Gumbel: the largest is a softmax draw
            eta.maxCoeff(&classes[i]);
        }
    }
};

/// One problem is kept, because its neighbours in the list of benchmarks often share it.
template <int Order = Eigen::ColMajor>
const Problem<Order>& problem(Index n, Index p, Index k = 2) {
    static std::unique_ptr<Problem<Order>> kept;
    if (is_smoke()) n = std::min<Index>(n, 600), p = std::min<Index>(p, 8);
    if (!kept || kept->X.rows() != n || kept->X.cols() != p || kept->classes.maxCoeff() != k - 1) {
        kept.reset();
        kept = std::make_unique<Problem<Order>>(n, p, k);
    }
    return *kept;
}

/// What a logistic regression of 0/1 labels minimises, as models hand it to solvers.
template <class Data>
EmpiricalRisk<double> logistic_risk(const Data& data) {
    const Sample<double> sample = checked_sample<double>(data, values_of<double>(data.y_part()), 1);
    return {Logistic<double>(), NoPenalty{}, linear_predictor<double>(sample.features(), 1, true), sample};
}

inline double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Shortest time of a few runs, in seconds.
template <class F>
double best_of(int runs, F&& f) {
    double best = std::numeric_limits<double>::infinity();
    for (int run = 0; run < runs; ++run) {
        const double start = now();
        f();
        best = std::min(best, now() - start);
    }
    return best;
}

/// Nothing that looks at all of X can be faster than this.
template <class X>
double time_to_sum(const X& x) {
    return best_of(5, [&] { benchmark::DoNotOptimize(x.sum()); });
}

/// X'X: half of the multiplications of a full product.
template <class X>
void gram(const X& x, Eigen::MatrixXd& G) {
    G.setZero(x.cols(), x.cols());
    G.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
    benchmark::DoNotOptimize(G.data());
}
template <class X>
double time_to_gram(const X& x) {
    Eigen::MatrixXd G;
    return best_of(3, [&] { gram(x, G); });
}

/// X' diag(d) X, d >= 0, by blocks of rows that stay in cache.
template <class X>
void weighted_gram(const X& x, const Eigen::VectorXd& d, Eigen::MatrixXd& G) {
    constexpr Index rows = 512;
    Eigen::MatrixXd block(rows, x.cols());
    G.setZero(x.cols(), x.cols());
    for (Index first = 0; first < x.rows(); first += rows) {
        const Index b = std::min(rows, x.rows() - first);
        block.topRows(b) = d.segment(first, b).cwiseSqrt().asDiagonal() * x.middleRows(first, b);
        G.selfadjointView<Eigen::Lower>().rankUpdate(block.topRows(b).transpose());
    }
    benchmark::DoNotOptimize(G.data());
}
template <class X>
double time_to_weighted_gram(const X& x) {
    const Eigen::VectorXd d = Eigen::VectorXd::Constant(x.rows(), 0.2);
    Eigen::MatrixXd G;
    return best_of(3, [&] { weighted_gram(x, d, G); });
}

/// Peak memory of the process since its making, in MB. Where the system cannot reset its record (only Linux can), zero.
class PeakMemory {
public:
    PeakMemory() {
        std::ofstream reset("/proc/self/clear_refs");
        is_known_ = static_cast<bool>(reset << 5 << std::flush);
        start_ = peak();
    }
    bool is_known() const { return is_known_; }
    double growth() const { return peak() - start_; }

private:
    static double peak() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return static_cast<double>(usage.ru_maxrss) / 1024;
    }

    bool is_known_;
    double start_;
};

/// Runs `f` as often as the benchmark wants; the shortest run in seconds. "extra_MB" is memory that f took beyond what
/// was there.
template <class F>
double run(benchmark::State& state, F&& f) {
    const PeakMemory memory;
    double best = std::numeric_limits<double>::infinity();
    for (auto _ : state) best = std::min(best, best_of(1, f));
    if (memory.is_known()) state.counters["extra_MB"] = memory.growth();
    return best;
}

}  // namespace gradus::bench
