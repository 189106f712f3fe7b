#include "contracts/objective_contract.hpp"
#include "contracts/outside/barzilai_borwein.hpp"
#include "contracts/solver_contract.hpp"
#include "support/broken.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// H v through the matrix
template <class F>
struct WithProducts : F {
    void hessian_product(const Vector<double>& x, const Vector<double>& v, Vector<double>& out) const {
        Matrix<double> H(x.size(), x.size());
        F::hessian(x, H);
        out = product<double>(H, v);
    }
};

}  // namespace

// The fixtures first: a wrong derivative here would make every test below meaningless.
TEST_CASE("the test functions are what they say", "[solver]") {
    const Vector<double> x = Eigen::Vector2d(0.7, -0.4);
    CHECK(objective_contract<double>(Quadratic(), x) == none);
    CHECK(objective_contract<double>(Rosenbrock(), x) == none);
    CHECK(objective_contract<double>(Beale(), x) == none);
    Vector<double> gradient(2);
    Quadratic().value_and_gradient(Quadratic::optimum(), gradient);
    CHECK(gradient.isZero(0));
    CHECK(Rosenbrock().value_and_gradient(Rosenbrock::optimum(), gradient) == 0);
    CHECK(Beale().value_and_gradient(Beale::optimum(), gradient) == 0);
}

TEST_CASE("Newton keeps the contract", "[solver]") {
    CHECK(solver_contract(Newton{}, Quadratic(), tolerance::second_order<double>) == none);
    CHECK(solver_contract(Newton{}, Rosenbrock(), tolerance::second_order<double>) == none);
    CHECK(solver_contract(Newton{}, Beale(), tolerance::second_order<double>) == none);
}

TEST_CASE("L-BFGS keeps the contract", "[solver]") {
    CHECK(solver_contract(LBFGS{}, Quadratic(), tolerance::first_order) == none);
    CHECK(solver_contract(LBFGS{}, Rosenbrock(), tolerance::first_order) == none);
    CHECK(solver_contract(LBFGS{}, Beale(), tolerance::first_order) == none);
}

TEST_CASE("conjugate gradients keep the contract", "[solver]") {
    CHECK(solver_contract(ConjugateGradient{}, Quadratic(), tolerance::first_order) == none);
    CHECK(solver_contract(ConjugateGradient{}, Rosenbrock(), tolerance::first_order) == none);
    CHECK(solver_contract(ConjugateGradient{}, Beale(), tolerance::first_order) == none);
}

TEST_CASE("Newton-CG keeps the contract", "[solver]") {
    CHECK(solver_contract(NewtonCG{}, WithProducts<Quadratic>(), tolerance::second_order<double>) == none);
    CHECK(solver_contract(NewtonCG{}, WithProducts<Rosenbrock>(), tolerance::second_order<double>) == none);
    CHECK(solver_contract(NewtonCG{}, WithProducts<Beale>(), tolerance::second_order<double>) == none);
}

TEST_CASE("gradient descent with a line search keeps the contract", "[solver]") {
    const GradientDescent<> solver{.max_iterations = 100'000};
    CHECK(solver_contract(solver, Quadratic(), tolerance::first_order) == none);
    CHECK(solver_contract(solver, Rosenbrock(), tolerance::first_order) == none);
    CHECK(solver_contract(solver, Beale(), tolerance::first_order) == none);
}

TEST_CASE("gradient descent with a fixed step keeps the contract", "[solver]") {
    const auto solver = [](double step) {
        return GradientDescent<FixedStep>{.step = {step}, .max_iterations = 200'000};
    };
    CHECK(solver_contract(solver(0.04), Quadratic(), tolerance::first_order) == none);  // largest curvature 40.5
    CHECK(solver_contract(solver(1e-3), Rosenbrock(), tolerance::first_order) == none);
}

TEST_CASE("Barzilai-Borwein steps, momentum, Nesterov and Adam keep the contract", "[solver]") {
    const auto check = [](const auto& solver) {
        CHECK(solver_contract(solver, Quadratic(), tolerance::first_order) == none);
        CHECK(solver_contract(solver, Rosenbrock(), tolerance::first_order) == none);
        CHECK(solver_contract(solver, Beale(), tolerance::first_order) == none);
    };
    check(GradientDescent<BarzilaiBorwein>{});
    check(GradientDescent<BarzilaiBorwein>{.step = {.formula = BarzilaiBorwein::Formula::short_step}});
    check(Momentum<>{});
    check(Momentum<FixedStep>{.step = {4e-4}, .max_iterations = 100'000});
    check(Nesterov{});
    check(Adam<ConstantStep>{.step = {0.01}, .max_iterations = 100'000, .tolerance = 1e-8});
}

TEST_CASE("a solver from outside keeps the contract", "[solver]") {
    const outside::BarzilaiBorwein solver;
    CHECK(solver_contract(solver, Quadratic(), tolerance::first_order) == none);
    CHECK(solver_contract(solver, Rosenbrock(), tolerance::first_order) == none);
    CHECK(solver_contract(solver, Beale(), tolerance::first_order) == none);
}

TEST_CASE("an iteration means the same to result, observer and limit", "[solver]") {
    CHECK(iteration_contract(Newton{}, Quadratic()) == none);
    CHECK(iteration_contract(Newton{}, Rosenbrock()) == none);
    CHECK(iteration_contract(LBFGS{}, Rosenbrock()) == none);
    CHECK(iteration_contract(ConjugateGradient{}, Rosenbrock()) == none);
    CHECK(iteration_contract(NewtonCG{}, WithProducts<Quadratic>()) == none);
    CHECK(iteration_contract(NewtonCG{}, WithProducts<Rosenbrock>()) == none);
    CHECK(iteration_contract(GradientDescent<>{}, Quadratic()) == none);
    CHECK(iteration_contract(GradientDescent<FixedStep>{.step = {0.04}}, Quadratic()) == none);
    CHECK(iteration_contract(GradientDescent<BarzilaiBorwein>{}, Rosenbrock()) == none);
    CHECK(iteration_contract(GradientDescent<InverseSquareRoot>{.step = {.first = 0.04, .unit = 1000}}, Quadratic()) ==
          none);
    CHECK(iteration_contract(Momentum<>{}, Rosenbrock()) == none);
    CHECK(iteration_contract(Nesterov{}, Rosenbrock()) == none);
    CHECK(iteration_contract(Adam<ConstantStep>{.step = {0.1}, .tolerance = 1e-8}, Quadratic()) == none);
    CHECK(iteration_contract(outside::BarzilaiBorwein{}, Rosenbrock()) == none);
}

TEST_CASE("the contract as users run it", "[solver]") {
    CHECK(check_solver(Newton{}) == none);
    CHECK(check_solver(outside::BarzilaiBorwein{}) == none);
    const Violations broken = check_solver(broken::IdleSolver());
    REQUIRE(!broken.empty());
    CHECK_THAT(broken.front(), Catch::Matchers::ContainsSubstring("on a quadratic: "));
}

TEST_CASE("the contract of solvers notices mistakes", "[solver]") {
    CHECK(solver_contract(broken::IdleSolver(), Quadratic(), tolerance::first_order) != none);
    CHECK(solver_contract(GradientDescent<FixedStep>{.step = {0.1}}, Quadratic(), tolerance::first_order) !=
          none);  // too long a step
    CHECK(solver_contract(GradientDescent<>{.tolerance = 0.1}, Rosenbrock(), tolerance::first_order) !=
          none);  // stops too early
}
