// What the learning-rate analysis says is what descent then does.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/examination/learning_rate.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/sum_to_zero.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

#include <Eigen/Eigenvalues>
#include <sstream>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// (x - c)'A (x - c) / 2 with a spectrum that is known.
struct Bowl {
    Matrix<double> A;
    Vector<double> c, lambda;

    Bowl(std::uint64_t seed, Index d, double condition, bool clustered) {
        Random random(seed);
        lambda.resize(d);
        const double unit = std::pow(10, random.uniform(-3, 3));
        for (Index i = 0; i < d; ++i)
            lambda[i] = unit * (clustered && i > 0 ? random.uniform(1, 1.01) / condition
                                                   : std::pow(condition, -random.uniform()));
        lambda[0] = unit;
        if (d > 1) lambda[d - 1] = unit / condition;
        const Matrix<double> Q = orthonormal<double>(random, d, d);
        A = Q.lazyProduct(lambda.asDiagonal() * Q.transpose());
        A = ((A + A.transpose()) / 2).eval();
        c = normal_vector<double>(random, d);
    }
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = A.lazyProduct(x - c);
        return gradient.dot(x - c) / 2;
    }
    double L() const { return lambda.maxCoeff(); }
};
struct BowlWithProducts : Bowl {
    using Bowl::Bowl;
    void hessian_product(const Vector<double>&, const Vector<double>& v, Vector<double>& out) const {
        out = A.lazyProduct(v);
    }
};
struct BowlWithHessian : Bowl {
    using Bowl::Bowl;
    void hessian(const Vector<double>&, Matrix<double>& H) const { H = A; }
};

template <class F>
Result<double> descend(const F& f, double step, int iterations, double tolerance = 1e-8) {
    return GradientDescent<FixedStep>{.step = {step}, .max_iterations = iterations, .tolerance = tolerance}.minimize(
        f, Vector<double>::Zero(f.c.size()));
}

/// A penalty whose curvature depends on the coefficients.
struct Quartic {
    static constexpr bool is_zero = false, is_quadratic = false;
    double value(const Coefficients<double>& W) const { return W->array().pow(4).sum() / 4; }
    void add_gradient(const Coefficients<double>& W, MatrixView<double> G) const { G.array() += W->array().cube(); }
    void add_curvature(const Coefficients<double>& W, MatrixView<double> h) const {
        h.array() += 3 * W->array().square();
    }
};

Eigen::VectorXd eigenvalues(const Matrix<double>& H) {
    return Eigen::SelfAdjointEigenSolver<Matrix<double>>(H, Eigen::EigenvaluesOnly).eigenvalues();
}

}  // namespace

TEST_CASE("1.99 / L converges and 2.01 / L diverges, for 120 spectra", "[learning_rate]") {
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        Random random(seed + 1000);
        const Index d = 1 + static_cast<Index>(random.below(40));
        const double condition = std::pow(10, random.uniform(0, 3.5));
        const BowlWithHessian f(seed, d, condition, seed % 4 == 0);
        const Vector<double> start = Vector<double>::Zero(d);
        const LearningRateReport report = analyse_learning_rate(f, start);
        INFO("seed " << seed << ", d " << d << ", condition " << condition << "\n" << report);
        CHECK_THAT(report.largest_curvature, near(f.L(), 1e-4, 0));
        CHECK(report.proof == CurvatureProof::cholesky);
        CHECK(report.proven_bound >= f.L());
        CHECK(report.proven_bound <= 1.05 * f.L());
        CHECK_THAT(report.smallest_curvature, near(f.lambda.minCoeff(), 1e-6, 0));
        CHECK_THAT(report.condition_number(), near(f.L() / f.lambda.minCoeff(), 1e-3, 0));
        const Result<double> stable = descend(f, 1.99 / report.largest_curvature, 400'000),
                             wild = descend(f, 2.01 / report.largest_curvature, 400'000);
        CHECK(stable.converged());
        CHECK(wild.status == Status::diverged);
        CHECK(std::isinf(report.predicted_iterations(2.01 / report.largest_curvature, 1e-8)));

        for (const double step : {0.3 / f.L(), 1 / f.L(), report.best_step(), 1.9 / f.L()}) {
            const int real = descend(f, step, 4'000'000).iterations;
            CHECK_THAT(report.predicted_iterations(step, 1e-8),
                       Catch::Matchers::WithinRel(static_cast<double>(real), 0.2) ||
                           Catch::Matchers::WithinAbs(real, 2));
        }
    }
}

TEST_CASE("The error curve is the real one, also from few products", "[learning_rate]") {
    const BowlWithProducts f(3, 200, 300, false);
    const Vector<double> start = Vector<double>::Zero(200);
    const LearningRateReport report = analyse_learning_rate(f, start, {.max_products = 40});
    CHECK(report.hessians == 0);
    CHECK(report.products <= 80);
    CHECK(report.proof == CurvatureProof::none);
    CHECK_THAT(report.largest_curvature, near(f.L(), 1e-4, 0));
    const double step = 1.5 / report.largest_curvature;
    std::vector<double> seen, values, relative;
    GradientDescent<FixedStep>{.step = {step}, .max_iterations = 400, .tolerance = 0}.minimize(
        f, start, [&](const IterationRecord<double>& record) {
            seen.push_back(record.gradient.norm());
            values.push_back(record.value);
            relative.push_back(record.relative_gradient);
        });
    for (const std::size_t k : {0U, 1U, 5U, 20U, 39U}) {  // exact: less than the 40 nodes
        INFO(k);
        CHECK_THAT(report.predicted_gradient_norm(step, static_cast<double>(k)), near(seen[k], 1e-9, 0));
        const DescentForecast there = report.forecast(step, static_cast<double>(k));
        CHECK_THAT(there.gradient_norm, near(seen[k], 1e-9, 0));
        CHECK_THAT(there.value, near(values[k], 1e-9, 0));
        CHECK_THAT(there.relative_gradient, near(relative[k], 1e-9, 0));
    }
    CHECK_THAT(report.predicted_gradient_norm(step, 400), near(seen[400], 0.2, 0));
}

TEST_CASE("Gradients alone are enough for an estimate", "[learning_rate]") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Bowl f(seed, 1 + static_cast<Index>(seed) * 3, 100, false);
        const LearningRateReport report = analyse_learning_rate(f, Vector<double>(Vector<double>::Zero(f.c.size())));
        INFO("seed " << seed << "\n" << report);
        CHECK_THAT(report.largest_curvature, near(f.L(), 1e-4, 0));
        CHECK(report.proof == CurvatureProof::none);
        CHECK(report.gradients <= 1 + 4 * f.c.size());
        const int real = descend(f, report.best_step(), 1'000'000).iterations;
        CHECK_THAT(report.predicted_iterations(report.best_step(), 1e-8),
                   Catch::Matchers::WithinRel(static_cast<double>(real), 0.2) || Catch::Matchers::WithinAbs(real, 2));
    }
}

TEST_CASE("The bound of a model is proven everywhere and close where it can be", "[learning_rate]") {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(seed);
        const Index n = 20 + static_cast<Index>(random.below(900)), p = 1 + static_cast<Index>(random.below(12)),
                    K = 2 + static_cast<Index>(random.below(3));
        const bool has_intercept = seed % 2;
        Matrix<double> X = normal_matrix<double>(random, n, p);
        for (Index j = 0; j < p; ++j)
            X.col(j) = ((X.col(j).array() + random.uniform(-2, 2)) * std::pow(10, random.uniform(-2, 2))).eval();
        Vector<double> y(n), s = uniform_vector<double>(random, n, 0, 3), code(n);
        for (Index i = 0; i < n; ++i)
            y[i] = random.normal(), code[i] = static_cast<double>(random.below(static_cast<std::uint64_t>(K)));
        Sample<double> sample;
        sample.X = Design<double>(DenseView<double>(X));
        sample.Y = DenseView<double>(y);
        sample.weights = DenseView<double>(s);
        sample.total_weight = s.sum();
        Sample<double> classes = sample;
        classes.Y = DenseView<double>(code);
        INFO("seed " << seed << ", n " << n << ", p " << p << ", K " << K);
        const auto check = [&](const auto& risk, double times, bool is_tight) {
            Matrix<double> H;
            const double bound = risk.curvature_bound();
            Vector<double> theta = Vector<double>::Zero(risk.dimension());
            for (int draw = 0; draw < 3; ++draw) {
                risk.hessian(theta, H);
                const double L = eigenvalues(H)[H.rows() - 1];
                CHECK(bound >= L);
                if (is_tight && draw == 0) CHECK(bound <= times * L);
                theta = normal_vector<double>(random, risk.dimension());
            }
            const LearningRateReport report =
                analyse_learning_rate(risk, Vector<double>(Vector<double>::Zero(risk.dimension())));
            CHECK(report.proof == CurvatureProof::loss);
            CHECK(report.proven_bound == bound);
            if constexpr (requires { risk.sample_curvature_bound(); })
                CHECK(report.row_bound >= 0.99 * bound);  // the mean over rows is no steeper than the steepest row
        };
        check(EmpiricalRisk(Squared<double>(), NoPenalty{}, linear_predictor<double>(p, 1, has_intercept), sample),
              1.05, true);
        check(EmpiricalRisk(Squared<double>(), Ridge{.lambda = 0.7}, linear_predictor<double>(p, 1, has_intercept),
                            sample),
              1.05, true);
        Sample<double> zeros = sample;
        Vector<double> share = Vector<double>::Constant(n, 0.5);
        zeros.Y = DenseView<double>(share);
        check(EmpiricalRisk(Logistic<double>(), NoPenalty{}, linear_predictor<double>(p, 1, has_intercept), zeros),
              1.05, true);
        check(
            EmpiricalRisk(Logistic<double>(), Ridge{.lambda = 2}, linear_predictor<double>(p, 1, has_intercept), zeros),
            1.05, true);
        check(EmpiricalRisk(Multinomial<double>(K), Ridge{.lambda = 0.1},
                            sum_to_zero_predictor<double>(p, K, has_intercept), classes),
              2.1, false);
        check(
            EmpiricalRisk(Multinomial<double>(K), NoPenalty{}, linear_predictor<double>(p, K, has_intercept), classes),
            2.1, false);
        const Squared<double> two(2);
        Matrix<double> Y = normal_matrix<double>(random, n, 2);
        Sample<double> targets = sample;
        targets.Y = DenseView<double>(Y);
        check(EmpiricalRisk(two, NoPenalty{}, linear_predictor<double>(p, 2, has_intercept), targets), 1.05, true);
    }
}

TEST_CASE("A penalty with curvature that changes proves nothing", "[learning_rate]") {
    Random random(1);
    const Matrix<double> X = normal_matrix<double>(random, 50, 3);
    const Vector<double> y = normal_vector<double>(random, 50);
    Sample<double> sample;
    sample.X = Design<double>(DenseView<double>(X));
    sample.Y = DenseView<double>(y);
    sample.total_weight = 50;
    const EmpiricalRisk risk(Squared<double>(), Quartic{}, linear_predictor<double>(3, 1, true), sample);
    CHECK(risk.curvature_bound() == -1);
    CHECK(analyse_learning_rate(risk, Vector<double>(Vector<double>::Ones(4))).proof == CurvatureProof::cholesky);
}

TEST_CASE("The steepest direction and what scaling would do", "[learning_rate]") {
    struct Valley {
        double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
            gradient = Eigen::Vector3d(x[0] - 1, 1e8 * x[1], 0.25 * x[2]);
            return gradient.dot(x) / 2 - x[0] / 2;
        }
        void hessian(const Vector<double>&, Matrix<double>& H) const { H = Eigen::Vector3d(1, 1e8, 0.25).asDiagonal(); }
    };
    const LearningRateReport report = analyse_learning_rate(Valley{}, Vector<double>(Vector<double>::Ones(3)));
    REQUIRE(report.steepest_parameters.size() == 1);
    CHECK(report.steepest_parameters[0] == 1);
    CHECK_THAT(report.condition_number(), near(4e8, 1e-6, 0));
    CHECK_THAT(report.scaled_condition_number, near(1, 1e-9, 0));
    std::ostringstream words;
    words << report;
    for (const char* part : {"stable in (0, 2e-08)", "condition number 4e+08", "x_1", "Cholesky", "scaling"})
        CHECK_THAT(words.str(), ContainsSubstring(part));
}

TEST_CASE("Saddles, plains and numbers that are none", "[learning_rate]") {
    const auto saddle = [](const Vector<double>& x, Vector<double>& gradient) {
        gradient = Eigen::Vector2d(3 * x[0], -x[1]);
        return gradient.dot(x) / 2;
    };
    const LearningRateReport at_saddle = analyse_learning_rate(saddle, Vector<double>(Vector<double>::Ones(2)));
    CHECK_FALSE(at_saddle.is_convex_here());
    CHECK(std::isinf(at_saddle.condition_number()));
    CHECK(std::isinf(at_saddle.predicted_decrease()));
    const auto plain = [](const Vector<double>&, Vector<double>& gradient) { return gradient.setZero(), 1.0; };
    CHECK(analyse_learning_rate(plain, Vector<double>(Vector<double>::Ones(2))).predicted_iterations(1, 1e-8) == 0);
    const auto hole = [](const Vector<double>& x, Vector<double>& gradient) { return gradient = x / 0.0, 0.0; };
    const LearningRateReport unknown = analyse_learning_rate(hole, Vector<double>(Vector<double>::Ones(2)));
    CHECK_FALSE(unknown.known());
    std::ostringstream words;
    words << unknown;
    CHECK_THAT(words.str(), ContainsSubstring("not known"));
}

TEMPLATE_TEST_CASE("The analysis in other precisions", "[learning_rate]", float, long double) {
    using S = TestType;
    const auto f = [](const Vector<S>& x, Vector<S>& gradient) {
        S value(0);
        for (Index j = 0; j < x.size(); ++j) {
            gradient[j] = S(j + 1) * (x[j] - S(1));
            value += gradient[j] * (x[j] - S(1)) / S(2);
        }
        return value;
    };
    const LearningRateReport report = analyse_learning_rate(f, Vector<S>(Vector<S>::Zero(5)));
    CHECK_THAT(report.largest_curvature, near(5, 1e-3, 0));
    CHECK_THAT(report.smallest_curvature, near(1, 1e-2, 0));
}
