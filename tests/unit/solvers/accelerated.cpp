// Momentum and Nesterov's method against theory, on quadratics whose spectrum is known.
#include "contracts/solver_contract.hpp"
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// curvatures from 1 / condition to 1, evenly in the logarithm
struct Valley {
    Vector<double> curvature;
    explicit Valley(double condition) : curvature(20) {
        for (Index j = 0; j < 20; ++j) curvature[j] = std::pow(condition, -static_cast<double>(j) / 19);
    }
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = curvature.cwiseProduct(x);
        return gradient.dot(x) / 2;
    }
};
struct KnownValley : Valley {
    using Valley::Valley;
    double curvature_bound() const { return 1; }
};

const Vector<double> ones = Vector<double>::Ones(20);

// iterations until |x| has shrunk a million times
template <class Solver, class F>
double iterations(Solver solver, const F& f) {
    solver.max_iterations = 10'000'000;
    solver.tolerance = 0;
    return solver
        .minimize(f, ones,
                  [](const IterationRecord<double>& record) {
                      return record.x.norm() <= 1e-6 * ones.norm() ? Control::stop : Control::proceed;
                  })
        .iterations;
}

template <class Solver, class F>
double slope(const Solver& solver) {
    return std::log(iterations(solver, F(1e4)) / iterations(solver, F(1e2))) / std::log(1e2);
}

}  // namespace

TEST_CASE("heavy ball: the rate of the best constants", "[momentum]") {
    const double root = 10, rate = (root - 1) / (root + 1);  // condition 100, L = 1
    const double step = 4 / ((1 + 1 / root) * (1 + 1 / root));
    const auto size = [&](int iterations) {
        return Momentum<FixedStep>{
            .step = {step}, .momentum = rate * rate, .max_iterations = iterations, .tolerance = 0}
            .minimize(Valley(root * root), ones)
            .x.norm();
    };
    // double eigenvalues: k rate^k
    CHECK_THAT(size(140) / size(70), near(2 * std::pow(rate, 70), 0.1, 0));
}

TEST_CASE("heavy ball: a step below 2 (1 + momentum) / L converges, one above diverges", "[momentum]") {
    const auto run = [](double step) {
        return Momentum<FixedStep>{.step = {step}, .momentum = 0.5, .max_iterations = 100'000}.minimize(Valley(50),
                                                                                                        ones);
    };
    CHECK(run(2.99).status == Status::converged);
    CHECK(run(3.01).status == Status::diverged);
}

TEST_CASE("heavy ball without momentum is gradient descent", "[momentum]") {
    const auto ball = Momentum<FixedStep>{.step = {1.5}, .momentum = 0}.minimize(Valley(10), ones);
    const auto descent = GradientDescent<FixedStep>{.step = {1.5}}.minimize(Valley(10), ones);
    CHECK(ball.x == descent.x);
    CHECK(ball.iterations == descent.iterations);
}

TEST_CASE("iterations grow with the root of the condition for Nesterov, linearly for gradient descent", "[nesterov]") {
    CHECK_THAT((slope<GradientDescent<OneOverL>, KnownValley>({})), near(1, 0.05, 0));
    CHECK_THAT((slope<Nesterov, KnownValley>({})), near(0.5, 0.15, 0));
    CHECK_THAT((slope<Nesterov, Valley>({})), near(0.5, 0.15, 0));  // by backtracking
}

TEST_CASE("Nesterov: restarting saves iterations", "[nesterov]") {
    CHECK(2 * iterations(Nesterov{}, KnownValley(1e2)) < iterations(Nesterov{.restart = false}, KnownValley(1e2)));
}

TEST_CASE("Nesterov: the step is the user's, 1/L, or found", "[nesterov]") {
    const auto first_step = [](const Nesterov& solver, const auto& f) {
        double step = 0;
        solver.minimize(f, ones, [&](const IterationRecord<double>& record) {
            step = record.step;
            return record.iteration == 1 ? Control::stop : Control::proceed;
        });
        return step;
    };
    CHECK(first_step(Nesterov{.step = 0.25}, KnownValley(10)) == 0.25);
    CHECK(first_step(Nesterov{}, KnownValley(10)) == 1);
    CHECK(first_step(Nesterov{}, Valley(10)) >= 1);
    const auto known = Nesterov{}.minimize(KnownValley(10), ones);
    CHECK(known.converged());
    CHECK(known.counts.gradients == known.iterations + 3);  // one at the start, two that confirm the end
    CHECK(Nesterov{.step = 2.5}.minimize(Valley(10), ones).status == Status::diverged);
}

TEST_CASE("Nesterov and momentum end at the rounding floor", "[nesterov]") {
    const auto high = [](const Vector<double>& x, Vector<double>& gradient) {  // minimum log 3; values resolve 1e-10
        gradient = x.array().exp() - 3 + 1e-13;
        return 1e6 + (x.array().exp() - 3 * x.array()).sum();
    };
    const Vector<double> optimum = Vector<double>::Constant(2, std::log(3.0));
    for (const auto& result : {Nesterov{.tolerance = 0}.minimize(high, Vector<double>::Zero(2)),
                               Momentum<>{.tolerance = 0}.minimize(high, Vector<double>::Zero(2))}) {
        INFO(result.message);
        CHECK(error_of(result.x, optimum) <= tolerance::first_order);
        CHECK((result.converged() || result.status == Status::iteration_limit));
    }
}
