// Several threads: the same bits as one, nothing shared that is written, and failures that come through. Run this under
// the thread sanitizer too.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/rows.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#include <gradus/solvers/iterative/saga.hpp>

#include <Eigen/SparseCore>
#include <atomic>
#include <set>
#include <thread>

using namespace gradus;
using namespace gradus::test;

namespace {

/// So many rows that they make several ranges.
struct Given {
    Eigen::MatrixXd X;
    Eigen::VectorXd y, counts, weights;
    Eigen::VectorXi labels, levels;

    explicit Given(Index n = 30'000, Index p = 9) : X(n, p), y(n), counts(n), weights(n), labels(n), levels(n) {
        Random random(601);
        X = normal_matrix<double>(random, n, p);
        weights = uniform_vector<double>(random, n, 0.5, 2);
        for (Index i = 0; i < n; ++i) {
            const double eta = X(i, 0) - X(i, 1) / 2 + random.normal();
            y[i] = eta;
            counts[i] = std::floor(std::exp(eta / 2));
            labels[i] = eta > 0;
            levels[i] = eta < -1 ? 0 : eta < 1 ? 1 : 2;
        }
    }
};

/// The same fit on no thread of its own, on 1, 2 and 5.
template <class Model, class X, class Y, class Solver>
void same_bits(const Model& untouched, const X& x, const Y& y, const Eigen::VectorXd& weights, const Solver& solver) {
    Model alone = untouched;
    const FitReport expected = alone.fit(Observations(x, y).weights(weights), solver);
    INFO(expected);
    REQUIRE(alone.is_fitted());
    for (const int threads : {1, 2, 5}) {
        Model model = untouched;
        const FitReport report = model.fit(Observations(x, y).weights(weights).on(Threads{threads}), solver);
        INFO(threads << " threads");
        CHECK(model.coefficients() == alone.coefficients());
        CHECK(report.status == expected.status);
        CHECK(report.objective == expected.objective);
        CHECK(report.iterations == expected.iterations);
    }
}

/// A source that fails in the middle, on demand.
struct Fragile {
    const Eigen::MatrixXd& X;
    bool fails = false;

    Index rows() const { return X.rows(); }
    Index columns() const { return X.cols(); }
    void read(Index first, Eigen::Ref<Eigen::MatrixXd> out) const {
        if (fails && first > X.rows() / 2) throw std::runtime_error("the disk is gone");
        out = X.middleRows(first, out.rows());
    }
};
struct FragileAtRandom : Fragile {
    static constexpr bool has_random_access = true;
};

}  // namespace

TEST_CASE("Any number of threads gives the same bits", "[threads]") {
    const Given given;
    REQUIRE(Design<double>(DenseView<double>(given.X)).ranges().count() > 3);
    same_bits(LinearRegression<double>(), given.X, given.y, given.weights, QR{});
    same_bits(LinearRegression<double>(), given.X, given.y, given.weights, Cholesky{});
    same_bits(LogisticRegression<double>(), given.X, given.labels, given.weights, Newton{});
    same_bits(LogisticRegression<double>(), given.X, given.labels, given.weights, LBFGS{});
    same_bits(LogisticRegression<double>(), given.X, given.labels, given.weights, NewtonCG{});
    same_bits(LogisticRegression<double>(), given.X, given.labels, given.weights, SAGA{.max_iterations = 2});
    same_bits(LogisticRegression<double>(), given.X, given.labels, given.weights,
              GradientDescent<>{.max_iterations = 5});
    same_bits(LogisticRegression<double>(), given.X, given.labels, given.weights, SampledNewton{.stride = 4});
    same_bits(LogisticRegression<double>(), given.X, given.levels, given.weights, Newton{});
    same_bits(LogisticRegression<double>(), given.X, given.levels, given.weights, NewtonCG{});
    same_bits(OrdinalRegression<double>(), given.X, given.levels, given.weights, Newton{});
    same_bits(PoissonRegression<double>(), given.X, given.counts, given.weights, Newton{});
    same_bits(HuberRegression<double>(), given.X, given.y, given.weights, Newton{});
}

TEST_CASE("The same bits for other storages", "[threads]") {
    const Given given;
    const Eigen::SparseMatrix<double> by_columns =
        given.X.unaryExpr([](double x) { return std::abs(x) < 1 ? 0 : x; }).sparseView();
    const Eigen::SparseMatrix<double, Eigen::RowMajor> by_rows = by_columns;
    const FragileAtRandom source{{given.X}};
    same_bits(LogisticRegression<double>(), by_columns, given.labels, given.weights, Newton{});
    same_bits(LogisticRegression<double>(), by_rows, given.labels, given.weights, LBFGS{});
    same_bits(LinearRegression<double>(), by_rows, given.y, given.weights, QR{});
    const Rows rows(source);
    same_bits(LogisticRegression<double>(), rows, given.labels, given.weights, Newton{});
}

TEST_CASE("A Hessian that is shared out by its columns has the same bits", "[threads]") {
    const Given given(4000, 510);
    same_bits(LogisticRegression<double, Ridge>{{.penalty = {.lambda = 0.1}}}, given.X, given.labels, given.weights,
              Newton{.max_iterations = 2});
}

TEST_CASE("Each worker's number belongs to one thread at a time, and every task is done once", "[threads]") {
    const Executor executor = Threads{4};
    CHECK(executor.workers() == 4);
    std::vector<std::atomic<int>> times(1000), inside(4);
    std::atomic<bool> is_alone = true;
    executor.for_each(1000, [&](Index i, int worker) {
        if (inside[static_cast<std::size_t>(worker)]++ != 0) is_alone = false;
        ++times[static_cast<std::size_t>(i)];
        --inside[static_cast<std::size_t>(worker)];
    });
    CHECK(is_alone);
    for (const std::atomic<int>& count : times) CHECK(count == 1);
}

TEST_CASE("Two models are fitted at the same time, and one is read by many threads", "[threads]") {
    const Given given(8000, 5);
    LogisticRegression<double> alone;
    alone.fit(given.X, given.labels);
    const Eigen::VectorXd expected = alone.predict_probability(given.X).col(1);
    LogisticRegression<double> models[2];
    std::vector<std::thread> threads;
    for (LogisticRegression<double>& model : models)
        threads.emplace_back([&] { model.fit(Observations(given.X, given.labels).on(Threads{2})); });
    for (std::thread& thread : threads) thread.join();
    for (const LogisticRegression<double>& model : models) CHECK(model.coefficients() == alone.coefficients());

    threads.clear();
    std::atomic<int> wrong = 0;
    const auto likelihood = alone.likelihood(Observations(given.X, given.labels));
    const double value = likelihood.risk.value(likelihood.theta);
    for (int reader = 0; reader < 3; ++reader)
        threads.emplace_back([&] {
            wrong += alone.predict_probability(given.X).col(1) != expected;
            wrong += alone.score(given.X, given.labels) < 0.5;
            wrong += alone.report().iterations == 0;
            wrong += likelihood.risk.value(likelihood.theta) != value;  // objectives are const in truth
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("What a source throws comes through, and the model stays as it was", "[threads]") {
    const Given given;
    LinearRegression<double> model;
    model.fit(given.X, given.y);
    const Eigen::VectorXd before = model.coefficients();
    const Fragile stream{given.X, true};
    const FragileAtRandom table{{given.X, true}};
    CHECK_THROWS_WITH(model.fit(Rows(stream), given.y), "the disk is gone");
    CHECK_THROWS_WITH(model.fit(Observations(Rows(stream), given.y).on(Threads{3})), "the disk is gone");
    CHECK_THROWS_WITH(model.fit(Observations(Rows(table), given.y).on(Threads{3})), "the disk is gone");
    CHECK_THROWS_WITH(model.predict(Rows(stream)), "the disk is gone");
    CHECK(model.coefficients() == before);
    CHECK(model.report().converged());
    LogisticRegression<double> classifier;
    CHECK_THROWS_WITH(classifier.fit(Observations(Rows(table), given.labels).on(Threads{3})), "the disk is gone");
    CHECK_THROWS_AS(classifier.coefficients(), NotFitted);
}
