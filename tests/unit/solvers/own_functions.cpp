// Functions of the user's own: neither units nor an added constant change the answer, and each way to fail has its own
// words.
#include "support/test_functions.hpp"
#include "support/tolerances.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>

#include <cmath>
#include <functional>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Point = Vector<double>;

Point at(std::initializer_list<double> numbers) {
    Point out(static_cast<Index>(numbers.size()));
    std::copy(numbers.begin(), numbers.end(), out.data());
    return out;
}

/// With a Hessian, so that every solver may try.
struct Own {
    std::function<double(const Point&, Point&)> f;
    std::function<void(const Point&, Matrix<double>&)> H;

    double value_and_gradient(const Point& x, Point& gradient) const { return f(x, gradient); }
    void hessian(const Point& x, Matrix<double>& out) const {
        out.setZero(x.size(), x.size());
        H(x, out);
    }
    void hessian_product(const Point& x, const Point& v, Point& out) const {
        Matrix<double> matrix;
        hessian(x, matrix);
        out = matrix.lazyProduct(v);
    }
};

/// unit_f f((x - centre) / unit_x) + constant.
Own in_units(const Own& own, double unit_f, double unit_x, double constant, const Point& centre) {
    const auto inside = [=](const Point& x) { return Point((x - centre) / unit_x); };
    return {[=](const Point& x, Point& gradient) {
                const double value = own.f(inside(x), gradient);
                gradient *= unit_f / unit_x;
                return unit_f * value + constant;
            },
            [=](const Point& x, Matrix<double>& out) {
                own.H(inside(x), out);
                out *= unit_f / unit_x / unit_x;
            }};
}

const Own rosenbrock = {[](const Point& x, Point& gradient) {
                            const double a = 1 - x[0], b = x[1] - x[0] * x[0];
                            gradient[0] = -2 * a - 400 * x[0] * b;
                            gradient[1] = 200 * b;
                            return a * a + 100 * b * b;
                        },
                        [](const Point& x, Matrix<double>& H) {
                            H(0, 0) = 2 - 400 * x[1] + 1200 * x[0] * x[0];
                            H(0, 1) = H(1, 0) = -400 * x[0];
                            H(1, 1) = 200;
                        }};
const Own line = {[](const Point&, Point& gradient) { return gradient[0] = -1, 0.0; },
                  [](const Point&, Matrix<double>&) {}};

/// Each solver that chooses its own steps, with its name.
template <class F, class Check>
void each_solver(const F& f, const Point& start, const Check& check) {
    const auto run = [&](const auto& solver, const char* name) {
        const Result<double> result = solver.minimize(f, start);
        INFO(name << ": " << gradus::name(result.status) << ", " << result.message << ", x = " << result.x.transpose());
        check(result);
    };
    run(Newton{}, "Newton");
    run(NewtonCG{}, "Newton-CG");
    run(LBFGS{}, "L-BFGS");
    run(ConjugateGradient{}, "conjugate gradients");
    run(GradientDescent<>{.max_iterations = 50'000}, "gradient descent");
    run(GradientDescent<BarzilaiBorwein>{}, "Barzilai and Borwein");
    run(Momentum<>{.max_iterations = 50'000}, "momentum");
    run(Nesterov{}, "Nesterov");
}

}  // namespace

TEST_CASE("The units of f and x, and a constant, do not decide where a run ends", "[own]") {
    for (const double unit_f : {1.0, 1e-10, 1e-150, 1e12})
        for (const double unit_x : {1.0, 1e-9, 1e-20, 1e-30, 1e12}) {
            if (unit_f < 1e-100 && unit_x > 1) continue;  // squares of the gradient of steepest descent underflow
            INFO("f times " << unit_f << ", x times " << unit_x);
            const Own f = in_units(rosenbrock, unit_f, unit_x, 0, Point::Zero(2));
            const Point start = unit_x * at({-1.2, 1}), optimum = unit_x * at({1, 1});
            for (const Result<double>& result : {Newton{}.minimize(f, start), NewtonCG{}.minimize(f, start),
                                                 LBFGS{}.minimize(f, start), ConjugateGradient{}.minimize(f, start)}) {
                INFO(result.message);
                CHECK(result.converged());
                CHECK(result.iterations > 5);
                CHECK(error_of(result.x, optimum) <= 1e-7);
            }
        }
}

TEST_CASE("A large constant does not make a start look optimal", "[own]") {
    for (const double constant : {1e10, -1e10, 1e6})
        for (const double size : {1.0, 1e9}) {
            INFO("constant " << constant << ", parameters of size " << size);
            const Own bowl = {
                [](const Point& x, Point& gradient) {
                    gradient = 2 * (x.array() - 3);
                    return (x.array() - 3).square().sum();
                },
                [](const Point& x, Matrix<double>& H) { H = 2 * Matrix<double>::Identity(x.size(), x.size()); }};
            each_solver(in_units(bowl, 1, size, constant, Point::Zero(2)), at({0, 0}),
                        [&](const Result<double>& result) {
                            CHECK(result.converged());
                            CHECK(error_of(result.x, Point::Constant(2, 3 * size)) <=
                                  1e-3);  // a constant of 1e10 takes ten digits of the value
                        });
        }
}

TEST_CASE("Values from 1e-300 to 1e160 are no failure", "[own]") {
    for (const double scale : {1e-300, 1e-160, 1e12, 1e100, 1e160}) {
        INFO(scale);
        const auto f = [&](const Point& x, Point& gradient) {
            double value = 0;
            for (Index i = 0; i < x.size(); ++i) {
                const double a = scale * static_cast<double>(1 + i % 100), r = x[i] - 0.001 * static_cast<double>(i);
                gradient[i] = 2 * a * r;
                value += a * r * r;
            }
            return value;
        };
        for (const Result<double>& result :
             {LBFGS{}.minimize(f, Point::Ones(500)), ConjugateGradient{}.minimize(f, Point::Ones(500))}) {
            INFO(result.message);
            CHECK(result.converged());
            CHECK(error_of(result.x, Point::LinSpaced(500, 0, 0.499)) <= 1e-8);
        }
    }
}

TEST_CASE("A function that falls without end is called unbounded, soon", "[own]") {
    const auto check = [](const Result<double>& result) {
        CHECK(result.status == Status::unbounded);
        CHECK(result.cause == Cause::unbounded);
        CHECK(result.counts.gradients + result.counts.ray_points < 2000);
        CHECK(!result.converged());
    };
    each_solver(Own{[](const Point& x, Point& gradient) { return gradient[0] = -1, -x[0]; }, line.H}, at({0.5}), check);
    each_solver(Own{[](const Point& x, Point& gradient) { return gradient[0] = -std::exp(x[0]), -std::exp(x[0]); },
                    [](const Point& x, Matrix<double>& H) { H(0, 0) = -std::exp(x[0]); }},
                at({2}), check);
    each_solver(Own{[](const Point& x, Point& gradient) { return gradient[0] = -2 * x[0], -x[0] * x[0]; },
                    [](const Point&, Matrix<double>& H) { H(0, 0) = -2; }},
                at({0.1}), check);
}

// cos at 0; x^2 - y^2 + y^4 from y = 0, where the gradient points along x alone; a monkey saddle from its middle
TEST_CASE("With the Hessian neither a maximum nor a saddle is called converged", "[own]") {
    const Own cosine = {[](const Point& x, Point& gradient) { return gradient[0] = -std::sin(x[0]), std::cos(x[0]); },
                        [](const Point& x, Matrix<double>& H) { H(0, 0) = -std::cos(x[0]); }};
    const Own saddle = {[](const Point& x, Point& gradient) {
                            const double y = x[1];
                            gradient[0] = 2 * x[0];
                            gradient[1] = -2 * y + 4 * y * y * y;
                            return x[0] * x[0] - y * y + y * y * y * y;
                        },
                        [](const Point& x, Matrix<double>& H) {
                            H(0, 0) = 2;
                            H(1, 1) = -2 + 12 * x[1] * x[1];
                        }};
    for (const Result<double>& result : {Newton{}.minimize(cosine, at({0})), NewtonCG{}.minimize(cosine, at({0}))}) {
        INFO(result.message);
        CHECK(result.converged());
        CHECK_THAT(result.value, near(-1, tolerance::second_order<double>));
    }
    for (const double x : {0.0, 1.0})
        for (const Result<double>& result :
             {Newton{}.minimize(saddle, at({x, 0})), NewtonCG{}.minimize(saddle, at({x, 0}))}) {
            INFO(result.message);
            CHECK(result.converged());
            CHECK_THAT(std::abs(result.x[1]), near(std::sqrt(0.5), tolerance::second_order<double>));
        }
}

TEST_CASE("A kink is called a kink, wherever the run meets it", "[own]") {
    const Own roof = {[](const Point& x, Point& gradient) {
                          gradient[0] = (x[0] > 0 ? 1 : -1) + 2 * x[0];
                          gradient[1] = 2 * (x[1] - 1);
                          return std::abs(x[0]) + x[0] * x[0] + (x[1] - 1) * (x[1] - 1);
                      },
                      [](const Point&, Matrix<double>& H) { H = 2 * Matrix<double>::Identity(2, 2); }};
    int kinks = 0;
    each_solver(roof, at({1.3, 0.4}), [&](const Result<double>& result) {
        // whoever says that he has arrived must have
        if (result.converged()) CHECK(error_of(result.x, at({0, 1})) <= tolerance::first_order);
        else if (result.status == Status::line_search_failed) {
            CHECK(result.cause == Cause::kink);
            CHECK_THAT(result.message, ContainsSubstring("has a kink there"));
            ++kinks;
        } else CHECK(result.status == Status::iteration_limit);
    });
    CHECK(kinks >= 4);
}

TEST_CASE("A jump is no minimum", "[own]") {
    const Own cliff = {[](const Point& x, Point& gradient) {
                           gradient[0] = 2 * (x[0] + 1);
                           return (x[0] + 1) * (x[0] + 1) + (x[0] < 0 ? 5 : 0);
                       },
                       [](const Point&, Matrix<double>& H) { H(0, 0) = 2; }};
    int jumps = 0;
    each_solver(cliff, at({1}), [&](const Result<double>& result) {
        if (result.converged()) CHECK(std::abs(result.x[0] + 1) <= tolerance::first_order);
        jumps += result.cause == Cause::kink;
    });
    CHECK(jumps >= 4);
}

TEST_CASE("The gradient is blamed only where values contradict it", "[own]") {
    // the sign of one component
    const Own wrong = {[](const Point& x, Point& gradient) {
                           gradient = x;
                           gradient[0] = -gradient[0];
                           return x.squaredNorm() / 2;
                       },
                       [](const Point&, Matrix<double>& H) { H = Matrix<double>::Identity(2, 2); }};
    int blamed = 0;
    each_solver(wrong, at({1, 2}), [&](const Result<double>& result) {
        CHECK(!result.converged());
        blamed += result.cause == Cause::wrong_derivative;
    });
    CHECK(blamed >= 6);

    // right, but the values are noise below 1e-9
    const Own noisy = {[](const Point& x, Point& gradient) {
                           gradient = 2 * x;
                           return x.squaredNorm() + 1e-9 * std::sin(1e12 * x[0]);
                       },
                       [](const Point& x, Matrix<double>& H) { H = 2 * Matrix<double>::Identity(x.size(), x.size()); }};
    each_solver(noisy, at({3}), [&](const Result<double>& result) {
        CHECK(result.cause != Cause::wrong_derivative);
        CHECK(std::abs(result.x[0]) <= 1e-4);
    });

    // right, to the edge of the domain, where the slope is infinite
    const Own root = {
        [](const Point& x, Point& gradient) { return gradient[0] = 0.5 / std::sqrt(x[0]), std::sqrt(x[0]); },
        [](const Point& x, Matrix<double>& H) { H(0, 0) = -0.25 * std::pow(x[0], -1.5); }};
    int edges = 0;
    each_solver(root, at({1}), [&](const Result<double>& result) {
        CHECK(result.cause != Cause::wrong_derivative);
        edges += result.cause == Cause::edge_of_domain;
    });
    CHECK(edges >= 2);

    // right, but its square overflows
    const Result<double> large = GradientDescent<>{}.minimize(
        [](const Point& x, Point& gradient) { return gradient[0] = 2e300 * x[0], 1e300 * x[0] * x[0]; }, at({3}));
    CHECK(large.cause == Cause::overflow);
    CHECK_THAT(large.message, ContainsSubstring("divide the function by a constant"));
}

TEST_CASE("A start is accepted only where no step improves it", "[own]") {
    // far down the tail of a bell, where the gradient is 1e-15
    const auto bell = [](const Point& x, Point& gradient) {
        gradient[0] = 2 * x[0] * std::exp(-x[0] * x[0]);
        return -std::exp(-x[0] * x[0]);
    };
    for (const Result<double>& result : {LBFGS{}.minimize(bell, at({6})), ConjugateGradient{}.minimize(bell, at({6})),
                                         GradientDescent<>{}.minimize(bell, at({6}))}) {
        INFO(result.message);
        CHECK(result.converged());
        CHECK(std::abs(result.x[0]) <= 1e-6);
    }
    // at the optimum to the last bit
    const Result<double> there =
        LBFGS{}.minimize([](const Point& x, Point& gradient) { return gradient = x, x.squaredNorm() / 2; }, at({0, 0}));
    CHECK(there.converged());
    CHECK(there.iterations == 0);
}
