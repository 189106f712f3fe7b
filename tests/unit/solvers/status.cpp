// Every ending of a solver, forced.
#include "support/tolerances.hpp"
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <cmath>
#include <string>

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinite = std::numeric_limits<double>::infinity();

// 1e6 + sum exp(x_j) - 3 x_j: the value is large beside its changes, and the gradient is off by a rounding, so that it
// is never zero.
struct High {
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = x.array().exp() - 3 + 1e-13;
        return 1e6 + (x.array().exp() - 3 * x.array()).sum();
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const {
        H = Matrix<double>(x.array().exp().matrix().asDiagonal());
    }
};

// |x|^2 / 2 with something wrong.
struct Bowl {
    double sign = 1;                // of the gradient
    double value_at_start = 0;      // replaces the value at (1, 1)
    double gradient_elsewhere = 0;  // added everywhere but at (1, 1)

    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = sign * x;
        if (x == Vector<double>::Ones(2)) return x.squaredNorm() / 2 + value_at_start;
        gradient.array() += gradient_elsewhere;
        return x.squaredNorm() / 2;
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const { H.setIdentity(x.size(), x.size()); }
};

const Vector<double> ones = Vector<double>::Ones(2);

}  // namespace

TEST_CASE("converged: the certificate meets the tolerance", "[status]") {
    const auto newton = Newton{}.minimize(Bowl{}, ones);
    CHECK(newton.status == Status::converged);
    CHECK(newton.x.isZero(0));
    CHECK(newton.relative_gradient <= Newton{}.tolerance);
    CHECK(newton.rank == 2);
    const auto descent = GradientDescent<>{}.minimize(Bowl{}, ones);
    CHECK(descent.status == Status::converged);
    CHECK(descent.relative_gradient <= GradientDescent<>{}.tolerance);
    CHECK_THAT(descent.message, Catch::Matchers::ContainsSubstring("<= 1e-08"));
}

TEST_CASE("rounding_floor: no step improves the value any more", "[status]") {
    for (const auto& result :
         {Newton{.tolerance = 0}.minimize(High{}, ones), GradientDescent<>{.tolerance = 0}.minimize(High{}, ones)}) {
        CHECK(result.status == Status::rounding_floor);
        CHECK(result.converged());
        CHECK(error_of(result.x, Vector<double>::Constant(2, std::log(3.0))) <= tolerance::first_order);
    }
}

TEST_CASE("iteration_limit: max_iterations steps were taken", "[status]") {
    const auto newton = Newton{.max_iterations = 2}.minimize(High{}, -3 * ones);
    CHECK(newton.status == Status::iteration_limit);
    CHECK(newton.iterations == 2);
    CHECK_THAT(newton.message, Catch::Matchers::ContainsSubstring("max_iterations = 2"));
    const auto descent = GradientDescent<FixedStep>{.step = {0.1}, .max_iterations = 7}.minimize(Bowl{}, ones);
    CHECK(descent.status == Status::iteration_limit);
    CHECK(descent.iterations == 7);
    CHECK(!descent.converged());
    CHECK(descent.usable());
    CHECK(error_of(descent.x, Vector<double>(std::pow(0.9, 7) * ones)) <=
          tolerance::rounding<double>);  // each step multiplies by 1 - 0.1
    CHECK(descent.counts.gradients == 8);
    CHECK(GradientDescent<>{.max_iterations = 0}.minimize(Bowl{}, ones).x == ones);
    CHECK(Newton{.max_iterations = 0}.minimize(Bowl{}, ones).x == ones);
}

TEST_CASE("line_search_failed: the gradient does not belong to the function", "[status]") {
    const auto newton = Newton{}.minimize(Bowl{.sign = -1}, ones);
    CHECK(newton.status == Status::line_search_failed);
    CHECK(newton.x == ones);
    CHECK_THAT(newton.message, Catch::Matchers::ContainsSubstring("the gradient does not belong to the function"));
}

TEST_CASE("line_search_failed: gradient descent at its first step", "[status]") {
    const auto descent = GradientDescent<>{}.minimize(Bowl{.sign = -1}, ones);
    CHECK(descent.status == Status::line_search_failed);
    CHECK(!descent.converged());
}

TEST_CASE("diverged: the step is too long, and the best point is returned", "[status]") {
    const auto grows = GradientDescent<FixedStep>{.step = {2.5}}.minimize(Bowl{}, ones);  // stable below 2
    CHECK(grows.status == Status::diverged);
    CHECK(grows.x == ones);
    CHECK(grows.value == 1);
    CHECK(grows.usable());
    CHECK_THAT(grows.message, Catch::Matchers::ContainsSubstring("the step is too long"));
    const auto just_stable = GradientDescent<FixedStep>{.step = {1.9}}.minimize(Bowl{}, ones);
    CHECK(just_stable.status == Status::converged);
    const auto lost = Newton{.line_search = {.sufficient = 1e-4}}.minimize(Bowl{.gradient_elsewhere = infinite}, ones);
    CHECK(!lost.converged());
    const auto overflow =
        GradientDescent<FixedStep>{.step = {1}}.minimize(Bowl{.gradient_elsewhere = not_a_number}, ones);
    CHECK(overflow.status == Status::diverged);
    CHECK(overflow.x == ones);
}

TEST_CASE("non_finite: there is nothing to start from", "[status]") {
    for (const double bad : {not_a_number, infinite}) {
        const auto newton = Newton{}.minimize(Bowl{.value_at_start = bad}, ones);
        const auto descent = GradientDescent<>{}.minimize(Bowl{.value_at_start = bad}, ones);
        for (const auto& result : {newton, descent}) {
            CHECK(result.status == Status::non_finite);
            CHECK(!result.usable());
            CHECK(!result.converged());
            CHECK(result.iterations == 0);
        }
        const auto gradient = GradientDescent<>{}.minimize(Bowl{.gradient_elsewhere = bad}, 2 * ones);
        CHECK(gradient.status == Status::non_finite);
    }
}

TEST_CASE("stopped_by_observer: in the state that it saw", "[status]") {
    const auto at_two = [](const IterationRecord<double>& record) {
        return record.iteration == 2 ? Control::stop : Control::proceed;
    };
    const auto newton = Newton{}.minimize(High{}, -3 * ones, at_two);
    const auto descent = GradientDescent<>{}.minimize(High{}, -3 * ones, at_two);
    for (const auto& result : {newton, descent}) {
        CHECK(result.status == Status::stopped_by_observer);
        CHECK(result.iterations == 2);
        CHECK(result.usable());
    }
    int calls = 0;  // an observer may return nothing, and be const or not
    GradientDescent<>{.max_iterations = 5}.minimize(
        High{}, -3 * ones, [&](const IterationRecord<double>& record) { calls += record.x.size() == 2; });
    CHECK(calls == 6);
}

TEST_CASE("too_large: the Hessian does not fit", "[status]") {
    const auto result = Newton{.max_megabytes = 0}.minimize(Bowl{}, ones);
    CHECK(result.status == Status::too_large);
    CHECK_THAT(result.message, Catch::Matchers::ContainsSubstring("NewtonCG and LBFGS"));
    CHECK(result.iterations == 0);
}

TEST_CASE("every status has a name of its own", "[status]") {
    std::vector<std::string> names;
    for (int i = 0; i <= static_cast<int>(Status::separated); ++i) names.emplace_back(name(static_cast<Status>(i)));
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
    CHECK(!names.front().empty());
    CHECK(is_success(Status::converged));
    CHECK(is_success(Status::rounding_floor));
    CHECK(!is_success(Status::separated));
    CHECK(!is_success(Status::diverged));
}
