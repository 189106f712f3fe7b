#pragma once
// What every iterative solver promises.

#include <gradus/diagnostics/contract.hpp>
#include <gradus/numeric/products.hpp>
#include <gradus/solvers/observer.hpp>
#include <gradus/solvers/result.hpp>

#include <algorithm>
#include <cmath>

namespace gradus {

namespace contracts {

/// Test functions with known minimum, all with gradient and Hessian; f(x) itself is typed once, in value_and_gradient.
struct Quadratic {  // condition number 100
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        const double u = x[0] - 1, v = x[0] + x[1] - 3;
        gradient[0] = u + 20 * v;
        gradient[1] = 20 * v;
        return u * u / 2 + 10 * v * v;
    }
    void hessian(const Vector<double>&, Matrix<double>& H) const { H << 21, 20, 20, 20; }
    static Vector<double> start() { return Eigen::Vector2d(-3, 7); }
    static Vector<double> optimum() { return Eigen::Vector2d(1, 2); }
};

/// Rosenbrock, Computer J. 3 (1960), 175.
struct Rosenbrock {
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        const double u = 1 - x[0], v = x[1] - x[0] * x[0];
        gradient[0] = -2 * u - 400 * x[0] * v;
        gradient[1] = 200 * v;
        return u * u + 100 * v * v;
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const {
        H << 2 - 400 * (x[1] - 3 * x[0] * x[0]), -400 * x[0], -400 * x[0], 200;
    }
    static Vector<double> start() { return Eigen::Vector2d(-1.2, 1); }
    static Vector<double> optimum() { return Eigen::Vector2d(1, 1); }
};

/// Beale's function (More, Garbow, Hillstrom, ACM Trans. Math. Softw. 7 (1981), 17, no. 5); its Hessian is indefinite
/// at the start.
struct Beale {
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        double value = 0;
        gradient.setZero();
        for (int i = 0; i < 3; ++i) {
            const double r = residual(i, x), dx = std::pow(x[1], i + 1) - 1, dy = x[0] * (i + 1) * std::pow(x[1], i);
            value += r * r;
            gradient[0] += 2 * r * dx;
            gradient[1] += 2 * r * dy;
        }
        return value;
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const {
        H.setZero();
        for (int i = 0; i < 3; ++i) {
            const double r = residual(i, x), dx = std::pow(x[1], i + 1) - 1, dy = x[0] * (i + 1) * std::pow(x[1], i);
            const double dxy = (i + 1) * std::pow(x[1], i), dyy = i ? x[0] * (i + 1) * i * std::pow(x[1], i - 1) : 0;
            H(0, 0) += 2 * dx * dx;
            H(1, 1) += 2 * (dy * dy + r * dyy);
            H(0, 1) += 2 * (dx * dy + r * dxy);
        }
        H(1, 0) = H(0, 1);
    }
    static Vector<double> start() { return Eigen::Vector2d(1, 1); }
    static Vector<double> optimum() { return Eigen::Vector2d(3, 0.5); }

private:
    static double residual(int i, const Vector<double>& x) {
        constexpr double y[] = {1.5, 2.25, 2.625};
        return y[i] - x[0] * (1 - std::pow(x[1], i + 1));
    }
};

/// What an observer saw.
struct Seen {
    std::vector<int> iterations;
    std::vector<double> values;
    Vector<double> last;
    void operator()(const IterationRecord<double>& record) {
        iterations.push_back(record.iteration);
        values.push_back(record.value);
        last = record.x;
    }
};

}  // namespace contracts

/// On one function, which the solver can solve with these options: it arrives, the result belongs together, the
/// observer sees each state once, the start first, and may stop, limits bind, and the second run is the first. f has
/// start() and optimum() beside its derivatives; `tolerance` is for the parameters, relative to 1.
template <class Solver, class F>
Violations check_solver_on(const Solver& solver, const F& f, double tolerance) {
    Contract contract;
    const Vector<double> start = F::start();
    Vector<double> gradient(start.size());
    const double value_at_start = f.value_and_gradient(start, gradient);

    contracts::Seen seen;
    const Result<double> result = solver.minimize(f, start, seen);
    contract.expect(result.converged(), "did not converge: ", name(result.status), ", ", result.message);
    contract.expect_equal(result.x, F::optimum(), tolerance, "the optimum");
    contract.expect(result.usable() && !result.message.empty(), "not usable, or without a message");

    // the result belongs together
    contract.expect(result.value == f.value_and_gradient(result.x, gradient), "value is not that of x");
    contract.expect(result.gradient.size() == start.size() && (result.gradient.array() == gradient.array()).all(),
                    "gradient is not that of x");
    contract.expect(result.gradient_norm == max_norm(gradient), "gradient_norm is not that of x");
    contract.expect(result.value <= value_at_start, "worse than the start");
    contract.expect(result.counts.gradients > 0 && result.counts.gradients >= result.iterations,
                    "gradients are not counted");

    // the observer sees each state once, the start first
    contract.expect(!seen.iterations.empty() && seen.iterations[0] == 0 && seen.values[0] == value_at_start,
                    "the observer does not see the start");
    for (std::size_t i = 0; i < seen.iterations.size(); ++i)
        contract.expect(seen.iterations[i] == static_cast<int>(i), "iteration ", i, " is shown as ",
                        seen.iterations[i]);

    // a solver has no memory
    const Result<double> again = solver.minimize(f, start, NoObserver{});
    contract.expect((again.x.array() == result.x.array()).all() && again.iterations == result.iterations &&
                        again.status == result.status,
                    "the second run differs from the first");

    // three steps are three steps, and none are none
    if constexpr (requires(Solver s) { s.max_iterations = 3; }) {
        for (const int limit : {0, 1, 3}) {
            Solver limited = solver;
            limited.max_iterations = limit;
            contracts::Seen steps;
            const Result<double> stopped = limited.minimize(f, start, steps);
            if (stopped.converged()) continue;  // in fewer steps
            contract.expect(stopped.status == Status::iteration_limit && stopped.iterations == limit,
                            "max_iterations = ", limit, ": ", name(stopped.status), " after ", stopped.iterations);
            contract.expect(steps.iterations.size() == static_cast<std::size_t>(limit) + 1, "max_iterations = ", limit,
                            ": the observer saw ", steps.iterations.size(), " states");
            contract.expect(stopped.value <= value_at_start &&
                                stopped.value == f.value_and_gradient(stopped.x, gradient),
                            "max_iterations = ", limit, ": not the best point");
        }
    }

    // an observer stops a run where it stands, and the next run is not affected
    int calls = 0;
    const Result<double> interrupted = solver.minimize(
        f, start, [&](const IterationRecord<double>&) { return ++calls == 2 ? Control::stop : Control::proceed; });
    contract.expect(calls == 2 && interrupted.status == Status::stopped_by_observer && interrupted.iterations == 1,
                    "stopped at the second call: ", name(interrupted.status), " after ", interrupted.iterations);
    contract.expect(solver.minimize(f, start, NoObserver{}).iterations == result.iterations,
                    "a stopped run leaves traces");
    const Result<double> at_once =
        solver.minimize(f, start, [](const IterationRecord<double>&) { return Control::stop; });
    contract.expect(at_once.iterations == 0 && (at_once.x.array() == start.array()).all(),
                    "stopped at the start, but moved");

    // starting at the optimum is no trouble
    const Result<double> there = solver.minimize(f, F::optimum(), NoObserver{});
    contract.expect(there.converged() && there.iterations <= 1, "from the optimum: ", name(there.status), " after ",
                    there.iterations);
    return contract.violations();
}

/// One meaning of "iteration": what the result counts, what the observer saw last, and what max_iterations allows.
template <class Solver, class F>
Violations check_iterations(const Solver& solver, const F& f) {
    Contract contract;
    contracts::Seen seen;
    const Result<double> result = solver.minimize(f, F::start(), seen);
    contract.expect(!seen.iterations.empty() && seen.iterations.back() == result.iterations, result.iterations,
                    " iterations, but the observer saw ", seen.iterations.size() - 1);
    contract.expect(!seen.iterations.empty() && (seen.last.array() == result.x.array()).all(),
                    "the observer did not see the result");
    for (int limit = 0; limit <= std::min(result.iterations, 40); ++limit) {
        Solver limited = solver;
        limited.max_iterations = limit;
        const int taken = limited.minimize(f, F::start(), NoObserver{}).iterations;
        contract.expect(taken <= limit, "max_iterations = ", limit, ": took ", taken);
    }
    return contract.violations();
}

/// All of it, on three functions: a quadratic of condition number 100, Rosenbrock's and Beale's. Give the solver
/// options with which it solves these (enough iterations, a short enough step), and as tolerance what it then reaches.
/// Empty: all promises are kept.
///
///     for (const std::string& sentence : check_solver(MySolver())) std::cout << sentence << '\n';
template <class Solver>
Violations check_solver(const Solver& solver, double tolerance = 1e-4) {
    Contract contract;
    const auto on = [&](const auto& f, const char* name) {
        contract.add(check_solver_on(solver, f, tolerance), name);
        if constexpr (requires(Solver s) { s.max_iterations = 3; }) contract.add(check_iterations(solver, f), name);
    };
    on(contracts::Quadratic(), "on a quadratic");
    on(contracts::Rosenbrock(), "on Rosenbrock's function");
    on(contracts::Beale(), "on Beale's function");
    return contract.violations();
}

}  // namespace gradus
