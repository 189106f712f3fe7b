// What is special to L-BFGS, conjugate gradients and Newton-CG.
#include "support/reference_data.hpp"
#include "support/test_functions.hpp"
#include "support/tolerances.hpp"
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/sum_to_zero.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

struct Irises {
    Matrix<double> X;
    Vector<double> y;

    explicit Irises(const char* file) {
        const Table table = read_table(file);
        X = table.features<double>();
        y = table.labels().cast<double>();
    }
    template <class Loss, class Penalty>
    EmpiricalRisk<double> risk(const Loss& loss, const Penalty& penalty, const Predictor<double>& predictor) const {
        Sample<double> sample;
        sample.X = Design<double>(DenseView<double>(X));
        sample.Y = DenseView<double>(y);
        sample.total_weight = static_cast<double>(y.size());
        return {loss, penalty, predictor, sample};
    }
};

// sum x_j - log x_j: +infinity where some x_j <= 0
struct Barrier {
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = 1 - x.array().inverse();
        return x.minCoeff() > 0 ? (x.array() - x.array().log()).sum() : infinite;
    }
    void hessian_product(const Vector<double>& x, const Vector<double>& v, Vector<double>& out) const {
        out = v.array() / x.array().square();
    }
};

// (x^2 - 1)^2 / 4 + y^2 / 2: a saddle at 0 between two minima, negative curvature near it
struct DoubleWell {
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        const double u = x[0] * x[0] - 1;
        gradient[0] = u * x[0];
        gradient[1] = x[1];
        return u * u / 4 + x[1] * x[1] / 2;
    }
    void hessian_product(const Vector<double>& x, const Vector<double>& v, Vector<double>& out) const {
        out[0] = (3 * x[0] * x[0] - 1) * v[0];
        out[1] = v[1];
    }
};

// |x|^2 / 2 with the gradient of -|x|^2 / 2
struct Contradiction {
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = -x;
        return x.squaredNorm() / 2;
    }
    void hessian_product(const Vector<double>&, const Vector<double>& v, Vector<double>& out) const { out = v; }
};

}  // namespace

TEST_CASE("the standard test functions have the gradients and Hessians they say", "[solver]") {
    for (const TestFunction& f : standard_test_functions()) {
        if (f.start.size() > 100) continue;
        INFO(f.name);
        const Index n = f.start.size();
        Vector<double> gradient(n), v(n), product(n), unused(n);
        for (Index j = 0; j < n; ++j) v[j] = std::cos(static_cast<double>(3 * j + 1)) / static_cast<double>(n);
        const Vector<double> x = f.start + 0.1 * v;
        f.value_and_gradient(x, gradient);
        f.hessian_product(x, v, product);
        const auto along = [&](double t, Vector<double>& slope) { return f.value_and_gradient(x + t * v, slope); };
        // fourth-order differences; their error grows with the size of the values
        const double h = 1e-3;
        Vector<double> a(n), b(n), c(n), d(n);
        const double fa = along(h, a), fb = along(-h, b), fc = along(2 * h, c), fd = along(-2 * h, d);
        const double size = 1 + std::abs(f.value_and_gradient(x, unused)) + gradient.norm();
        CHECK(std::abs((8 * (fa - fb) - (fc - fd)) / (12 * h) - gradient.dot(v)) <= 1e-9 * size);
        CHECK(((8 * (a - b) - (c - d)) / (12 * h) - product).norm() <= 1e-9 * (size + product.norm()));
    }
}

TEST_CASE("all three solve the standard test functions", "[solver]") {
    for (const TestFunction& f : standard_test_functions()) {
        if (f.start.size() > 100) continue;
        INFO(f.name);
        const Result<double> newton = NewtonCG{}.minimize(f, f.start);
        for (const Result<double>& result :
             {LBFGS{}.minimize(f, f.start), ConjugateGradient{}.minimize(f, f.start), newton}) {
            INFO(result.message);
            CHECK(result.converged());
            CHECK(result.gradient.norm() <= 1e-6 * std::max(1.0, result.x.norm()));
        }
    }
}

TEST_CASE("at the rounding floor slopes take over, and tolerance 0 ends there", "[solver]") {
    const Irises data("iris_versicolor_virginica");
    const auto f = data.risk(Logistic<double>(), NoPenalty(), linear_predictor<double>(4, 1, true));
    const Vector<double> start = Vector<double>::Zero(f.dimension());
    const Vector<double> optimum = NewtonCG{}.minimize(f, start).x;
    const auto check = [&](const Result<double>& result) {
        INFO(result.message << ", relative gradient " << result.relative_gradient);
        CHECK(result.converged());
        CHECK(result.counts.gradients < 3000);
        CHECK(result.relative_gradient < 1e-11);
        CHECK(error_of(result.x, optimum) < tolerance::first_order);
    };
    check(LBFGS{.tolerance = 0}.minimize(f, start));
    check(LBFGS{.tolerance = 1e-12}.minimize(f, start));
    check(NewtonCG{.tolerance = 0}.minimize(f, start));
    check(NewtonCG{.tolerance = 1e-12}.minimize(f, start));
}

TEST_CASE("a region of infinite values is no obstacle", "[solver]") {
    Vector<double> start(3);
    start << 1e-3, 30, 4;
    for (const Result<double>& result :
         {LBFGS{}.minimize(Barrier(), start), ConjugateGradient{}.minimize(Barrier(), start),
          NewtonCG{}.minimize(Barrier(), start)}) {
        INFO(result.message);
        CHECK(result.converged());
        CHECK(error_of(result.x, Vector<double>::Ones(3)) < tolerance::first_order);
    }
}

TEST_CASE("Newton-CG leaves a region of negative curvature downhill", "[solver]") {
    const Vector<double> start = Eigen::Vector2d(1e-3, 0.5);
    const Result<double> result = NewtonCG{}.minimize(DoubleWell(), start);
    INFO(result.message);
    CHECK(result.converged());
    CHECK(error_of(result.x, Eigen::Vector2d(1, 0)) < tolerance::second_order<double>);
    CHECK(result.iterations < 20);
}

TEST_CASE("a gradient that does not belong to the function is said to be one", "[solver]") {
    const Vector<double> start = Vector<double>::Ones(2);
    for (const Result<double>& result :
         {LBFGS{}.minimize(Contradiction(), start), ConjugateGradient{}.minimize(Contradiction(), start),
          NewtonCG{}.minimize(Contradiction(), start)}) {
        CHECK(result.status == Status::line_search_failed);
        CHECK(result.x == start);
    }
}

TEMPLATE_TEST_CASE("they work in every precision", "[solver]", float, double, long double) {
    using S = TestType;
    const Standard<functions::Rosenbrock, S> f;
    Vector<S> start(2);
    start << S(-1.2L), S(1);
    const Vector<S> ones = Vector<S>::Ones(2);
    const double tolerance = std::is_same_v<S, float> ? 2e-3 : tolerance::first_order;
    CHECK(error_of(LBFGS{}.minimize(f, start).x, ones) < tolerance);
    CHECK(error_of(ConjugateGradient{}.minimize(f, start).x, ones) < tolerance);
    CHECK(error_of(NewtonCG{}.minimize(f, start).x, ones) < tolerance);
}

TEST_CASE("L-BFGS with little or no memory still descends", "[solver]") {
    const Standard<functions::Rosenbrock> f;
    const Vector<double> start = repeated({-1.2, 1}, 10), ones = Vector<double>::Ones(10);
    CHECK(error_of(LBFGS{.memory = 1}.minimize(f, start).x, ones) < tolerance::first_order);
    const Result<double> none_kept = LBFGS{.memory = 0, .max_iterations = 50}.minimize(f, start);
    CHECK(none_kept.value < LBFGS{.max_iterations = 0}.minimize(f, start).value);
}

TEST_CASE("a Hessian product with a penalty is that of the matrix", "[solver]") {
    const Irises data("iris");
    const auto f = data.risk(Multinomial<double>(3), Ridge{.lambda = 0.3}, sum_to_zero_predictor<double>(4, 3, true));
    Vector<double> x(f.dimension()), v(f.dimension()), out(f.dimension());
    for (Index j = 0; j < x.size(); ++j)
        x[j] = 0.1 * std::sin(static_cast<double>(j)), v[j] = std::cos(static_cast<double>(2 * j));
    Matrix<double> H(x.size(), x.size());
    f.hessian(x, H);
    f.hessian_product(x, v, out);
    CHECK(error_of(out, product<double>(H, v)) < tolerance::product<double>);
}
