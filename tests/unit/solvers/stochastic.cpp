// SGD, Adam and SAGA: their steps, their reproducibility, and what they say when noise keeps them from the optimum.
#include "contracts/solver_contract.hpp"
#include "support/problems.hpp"
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/iterative/saga.hpp>
#include <gradus/solvers/iterative/sgd.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// of the user's own: the mean of (x - i)^2 / 2 over i = 0 ... n-1
struct Means {
    Index n;
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        double value = 0;
        for (Index i = 0; i < n; ++i) value += (x[0] - static_cast<double>(i)) * (x[0] - static_cast<double>(i)) / 2;
        gradient[0] = x[0] - static_cast<double>(n - 1) / 2;
        return value / static_cast<double>(n);
    }
    Index samples() const { return n; }
    void sample_gradient(const Vector<double>& x, std::span<const Index> rows, Vector<double>& gradient) const {
        gradient[0] = 0;
        for (const Index i : rows) gradient[0] += (x[0] - static_cast<double>(i)) / static_cast<double>(rows.size());
    }
};
const Vector<double> zero = Vector<double>::Zero(1);

using Risk = EmpiricalRisk<double>;

struct Data {
    Matrix<double> X;
    Vector<double> y;

    explicit Data(Index n) {
        Random random(5);
        X = normal_matrix<double>(random, n, 4);
        y = draw_classes<double>(random, X, normal_matrix<double>(random, 4, 1), Vector<double>::Zero(1));
    }
    template <class L = Logistic<double>>
    Risk risk(double lambda = 0.01) const {
        Sample<double> sample;
        sample.X = Design<double>(DenseView<double>(X));
        sample.Y = DenseView<double>(y);
        sample.total_weight = static_cast<double>(X.rows());
        return Risk(L(), Ridge{.lambda = lambda}, linear_predictor<double>(4, 1, true), sample);
    }
};
const Vector<double> origin = Vector<double>::Zero(5);

// the same function, of whose rows nothing but gradients is known
template <class F>
struct GradientsOnly {
    const F& f;
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        return f.value_and_gradient(x, gradient);
    }
    Index samples() const { return f.samples(); }
    void sample_gradient(const Vector<double>& x, std::span<const Index> rows, Vector<double>& gradient) const {
        f.sample_gradient(x, rows, gradient);
    }
};

using Catch::Matchers::ContainsSubstring;

}  // namespace

TEST_CASE("an epoch sees each row once, in an order that the seed alone decides", "[stochastic]") {
    Batches batches(10, 4, 42);
    std::vector<Index> seen;
    std::vector<std::size_t> sizes;
    std::vector<double> progress;
    batches.epoch([&](std::span<const Index> rows, double done) {
        seen.insert(seen.end(), rows.begin(), rows.end());
        sizes.push_back(rows.size());
        progress.push_back(done);
    });
    CHECK(sizes == std::vector<std::size_t>{4, 4, 2});
    CHECK(progress == std::vector<double>{0, 0.4, 0.8});
    CHECK(seen == std::vector<Index>{8, 3, 6, 5, 4, 0, 9, 2, 1, 7});
    std::sort(seen.begin(), seen.end());
    for (std::size_t i = 0; i < 10; ++i) CHECK(seen[i] == static_cast<Index>(i));
    CHECK(batches.per_epoch() == 3);
    CHECK(Batches(10, 0, 1).size() == 10);
    CHECK(Batches(10, 32, 1).size() == 10);
}

TEST_CASE("SGD: the first epochs from seed 42", "[stochastic]") {
    std::vector<double> x;
    const SGD<InverseTime> solver{
        .step = {.first = 0.5, .half = 1}, .batch = 4, .average = false, .seed = 42, .max_iterations = 3};
    const auto record = [&](const IterationRecord<double>& state) { x.push_back(state.x[0]); };
    solver.minimize(Means{10}, zero, record);
    REQUIRE(x.size() == 4);
    const double expected[] = {0.0, 3.3551587301587302, 4.079004127692744, 4.042283894609104};
    for (std::size_t k = 0; k < 4; ++k) CHECK_THAT(x[k], near(expected[k], tolerance::rounding<double>));
    const std::vector<double> first = x;
    x.clear();
    solver.minimize(Means{10}, zero, record);
    CHECK(x == first);
}

TEST_CASE("the same seed gives the same bits, another one other bits", "[stochastic]") {
    const Data data(100);
    const auto f = data.risk();
    const auto check = [&](auto solver) {
        solver.max_iterations = 5;
        solver.seed = 9;
        const Vector<double> x = solver.minimize(f, origin).x, again = solver.minimize(f, origin).x;
        solver.seed = 10;
        CHECK(x == again);
        CHECK(solver.minimize(f, origin).x != x);
    };
    check(SGD<>{.batch = 8});
    check(Adam<>{.batch = 8});
    check(SAGA{});
}

TEST_CASE("SGD: all rows in one batch and a constant step are gradient descent", "[stochastic]") {
    const auto result =
        SGD<ConstantStep>{.step = {0.25}, .batch = 0, .average = false, .max_iterations = 6}.minimize(Means{9}, zero);
    CHECK_THAT(result.x[0], near(4 * (1 - std::pow(0.75, 6)), tolerance::rounding<double>));
    CHECK(result.status == Status::iteration_limit);
}

TEST_CASE("SGD reaches what it states: decreasing steps, or averaging", "[stochastic]") {
    const Data data(2000);
    const auto f = data.risk();
    const Vector<double> optimum = Newton{}.minimize(f, origin).x;
    const auto check = [&](const auto& solver) {
        const auto result = solver.minimize(f, origin);
        INFO(result.message);
        CHECK(result.converged());
        CHECK(result.gradient_norm <= 1e-3);
        CHECK((result.x - optimum).norm() <= 20 * 1e-3);  // the smallest curvature is above 1/20
    };
    check(SGD<>{.tolerance = 1e-3});
    check(SGD<ConstantStep>{.tolerance = 1e-3});
    check(SGD<InverseTime>{.step = {.half = 10}, .average = false, .tolerance = 1e-3});
    check(Adam<>{.tolerance = 1e-3});
}

TEST_CASE("SGD: a constant step ends in noise, and says so", "[stochastic]") {
    const Data data(2000);
    const auto f = data.risk();
    const auto result = SGD<ConstantStep>{.step = {0.1}, .average = false}.minimize(f, origin);
    CHECK(result.status == Status::noise_floor);
    CHECK(!result.converged());
    CHECK(result.usable());
    CHECK(result.iterations < 200);
    for (const char* words : {"went up", "steps of 0.1", "batches of 32 rows", "SAGA", "Newton", "average"})
        CHECK_THAT(result.message, ContainsSubstring(words));
    // half the step, half the variance
    CHECK(SGD<ConstantStep>{.step = {0.001}, .average = false}.minimize(f, origin).gradient_norm <
          result.gradient_norm / 2);
    const auto cloud = Adam<ConstantStep>{.step = {0.05}}.minimize(f, origin);
    CHECK(cloud.status == Status::noise_floor);
}

TEST_CASE("SGD: a step that overshoots is the cause", "[stochastic]") {
    const Data data(2000);
    const auto result =
        SGD<ConstantStep>{.step = {3}, .average = false, .max_iterations = 5}.minimize(data.risk(), origin);
    CHECK(!result.converged());
    CHECK(result.cause == Cause::step_too_long);
    CHECK_THAT(result.message, ContainsSubstring("overshoot"));
}

TEST_CASE("SGD on twenty rows is told to be Newton", "[stochastic]") {
    const Data data(20);
    const auto f = data.risk();
    for (const auto& result :
         {SGD<>{}.minimize(f, origin), SGD<>{.batch = 4}.minimize(f, origin), Adam<>{}.minimize(f, origin)}) {
        INFO(result.message);
        CHECK(!result.converged());
        CHECK_THAT(result.message, ContainsSubstring("20 rows"));
        CHECK_THAT(result.message, ContainsSubstring("use Newton"));
    }
}

TEST_CASE("SGD: a step that is too long is told the bound", "[stochastic]") {
    const Data data(200);
    const auto f = data.risk();
    const auto result = SGD<ConstantStep>{.step = {50}}.minimize(f, origin);
    CHECK(!result.converged());
    CHECK_THAT(result.message, ContainsSubstring(text("2 / L_max = ", 2 / f.sample_curvature_bound())));
    CHECK(SGD<ConstantStep>{.step = {50}}.minimize(data.risk<Squared<double>>(), origin).status == Status::diverged);
}

TEST_CASE("Adam: the first step moves every parameter by its length", "[stochastic]") {
    const Data data(50);
    const auto f = data.risk();
    const auto result = Adam<ConstantStep>{.step = {0.125}, .batch = 0, .max_iterations = 1}.minimize(f, origin);
    for (Index j = 0; j < 5; ++j) CHECK_THAT(std::abs(result.x[j]), near(0.125, 1e-6, 0));  // tiny / |g|
    CHECK(result.counts.gradients == 2);
}

TEST_CASE("Adam: three steps by hand", "[stochastic]") {
    const auto identity = [](const Vector<double>& x, Vector<double>& gradient) {
        return gradient = x, x[0] * x[0] / 2;
    };
    double x = 1, m = 0, v = 0;
    for (int k = 1; k <= 3; ++k) {
        m = 0.9 * m + 0.1 * x;
        v = 0.999 * v + 0.001 * x * x;
        x -= 0.1 * (m / (1 - std::pow(0.9, k))) / (std::sqrt(v / (1 - std::pow(0.999, k))) + 1e-8);
    }
    const auto result =
        Adam<ConstantStep>{.step = {0.1}, .max_iterations = 3}.minimize(identity, Vector<double>::Ones(1));
    CHECK_THAT(result.x[0], near(x, tolerance::product<double>));
}

TEST_CASE("SAGA converges linearly, to a relative gradient of 1e-8", "[stochastic]") {
    const Data data(300);
    const auto check = [&](const auto& f) {
        const Vector<double> optimum = Newton{}.minimize(f, origin).x;
        std::vector<double> errors;
        const auto result = SAGA{}.minimize(
            f, origin, [&](const IterationRecord<double>& record) { errors.push_back((record.x - optimum).norm()); });
        INFO(result.message);
        CHECK(result.converged());
        CHECK(result.relative_gradient <= 1e-8);
        CHECK((result.x - optimum).norm() <= tolerance::first_order);
        // theorem 1: the squared error shrinks by 1 - min(1/4n, mu / 3 L_max) a step, n steps an epoch; the constant
        // before it is below 10
        const double mu = 0.01;  // of the ridge
        const double rate = std::min(0.25, 300 * mu / (3 * f.sample_curvature_bound()));
        for (std::size_t k = 0; k < errors.size(); ++k)
            CHECK(errors[k] * errors[k] <= 10 * std::exp(-rate * static_cast<double>(k)) * errors[0] * errors[0]);
    };
    check(data.risk());
    check(data.risk<Squared<double>>());
}

TEST_CASE("SAGA: slopes or whole gradients, the same steps", "[stochastic]") {
    const Data data(60);
    const auto f = data.risk(0);  // a penalty would be in the table of one and not in that of the other
    using Plain = GradientsOnly<Risk>;
    static_assert(Sampled<Plain> && !SlopeSampled<Plain>);
    const SAGA solver{.step = 0.1, .max_iterations = 4};
    CHECK(error_of(solver.minimize(f, origin).x, solver.minimize(Plain{f}, origin).x) <= tolerance::product<double>);
    const auto own = SAGA{}.minimize(Plain{f}, origin);  // the curvature is measured
    CHECK(own.converged());
}

TEST_CASE("SAGA on a function of the user's own", "[stochastic]") {
    const auto result = SAGA{}.minimize(Means{9}, zero);
    CHECK(result.converged());
    CHECK_THAT(result.x[0], near(4, tolerance::first_order));
}
