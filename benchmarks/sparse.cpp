// Value and gradient of a logistic loss over a sparse matrix, as of texts: few of many columns in a row, a few of them
// frequent and most rare. Beside it what the same products with X cost Eigen, X w and X'r.
//
// bench_sparse --benchmark_filter=RowMajor: one order in a process of its own, so that its memory is not the other's.

#include "benchmarks/support/problems.hpp"
#include <gradus/data/features.hpp>

#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::bench;

namespace {

using Eigen::ColMajor, Eigen::RowMajor;

/// 100000 x 50000 with 4.85 million entries: 48 or 49 in a row, in columns drawn as the cube of a uniform number.
template <int Order>
struct Texts {
    Eigen::SparseMatrix<double, Order> X;
    Eigen::VectorXd y, theta;
    EmpiricalRisk<double> risk;

    explicit Texts(Index n = is_smoke() ? 2'000 : 100'000, Index p = is_smoke() ? 1'000 : 50'000)
        : X(draw(n, p)), y(n), theta(p + 1), risk(logistic_risk(Observations(X, y))) {
        Random random(8);
        for (double& label : y) label = random.uniform() < 0.5;
        for (double& parameter : theta) parameter = 0.1 * random.normal();
    }

private:
    static Eigen::SparseMatrix<double, RowMajor> draw(Index n, Index p) {
        Random random(7);
        Eigen::SparseMatrix<double, RowMajor> out(n, p);
        out.reserve(49 * n);
        std::vector<Index> columns;
        for (Index i = 0; i < n; ++i) {
            columns.clear();
            while (static_cast<Index>(columns.size()) < 48 + i % 2) {
                const double u = random.uniform();
                const Index j = static_cast<Index>(static_cast<double>(p) * u * u * u);
                const auto at = std::lower_bound(columns.begin(), columns.end(), j);
                if (at == columns.end() || *at != j) columns.insert(at, j);
            }
            out.startVec(i);
            for (const Index j : columns) out.insertBack(i, j) = random.normal();
        }
        out.finalize();
        return out;
    }
};

/// One is kept, as benchmarks of one order stand beside each other.
template <int Order>
const Texts<Order>& texts() {
    static const Texts<Order> kept;
    return kept;
}

void report(benchmark::State& state, Index entries, double seconds, double products) {
    state.counters["entries"] = static_cast<double>(entries);
    state.counters["products"] = seconds / products;
}

template <int Order>
double two_products(const Texts<Order>& at, Eigen::VectorXd& eta, Eigen::VectorXd& gradient) {
    eta.noalias() = at.X * at.theta.head(at.X.cols());
    gradient.noalias() = at.X.transpose() * at.y;
    return eta[0] + gradient[0];
}

template <int Order>
void products_by_Eigen(benchmark::State& state) {
    const Texts<Order>& at = texts<Order>();
    Eigen::VectorXd eta(at.X.rows()), gradient(at.X.cols());
    const double seconds = run(state, [&] { benchmark::DoNotOptimize(two_products(at, eta, gradient)); });
    report(state, at.X.nonZeros(), seconds, seconds);
}

// "products": time in units of the two of Eigen's. "extra_MB" is what the walk needs beside the data.
template <int Order>
void value_and_gradient(benchmark::State& state) {
    const Texts<Order>& at = texts<Order>();
    Eigen::VectorXd eta(at.X.rows()), gradient(at.X.cols()), slopes(at.theta.size());
    const double products = best_of(5, [&] { benchmark::DoNotOptimize(two_products(at, eta, gradient)); });
    const double seconds = run(state, [&] { benchmark::DoNotOptimize(at.risk.value_and_gradient(at.theta, slopes)); });
    report(state, at.X.nonZeros(), seconds, products);
}

}  // namespace

BENCHMARK(products_by_Eigen<RowMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_and_gradient<RowMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(products_by_Eigen<ColMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(value_and_gradient<ColMajor>)->Unit(benchmark::kMillisecond)->UseRealTime();
