// A zoo of broken problems, each with the verdict that it must get, and of healthy ones, which must get none.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/examination/post_mortem.hpp>
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <map>
#include <sstream>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// (x - c)'A (x - c) / 2 with A = D Q diag(lambda) Q' D, lambda from `condition` to 1, and something wrong with it.
struct Animal {
    Matrix<double> A;
    Vector<double> c, start;
    Index wrong = -1;     // parameter whose derivative is
    double factor = 1;    // times this
    double wall = 1e300;  // beyond which x_0 has no value
    double shift = 0;     // added to the value

    Animal(std::uint64_t seed, Index d, double condition, double spread = 1) {
        Random random(seed);
        Vector<double> lambda(d), D(d);
        for (Index i = 0; i < d; ++i) {
            lambda[i] = std::pow(condition, d > 1 ? static_cast<double>(i) / static_cast<double>(d - 1) : 0);
            D[i] = std::pow(spread, d > 1 ? static_cast<double>(i) / static_cast<double>(d - 1) : 0);
        }
        const Matrix<double> Q = orthonormal<double>(random, d, d);
        A = D.asDiagonal() * Q.lazyProduct(lambda.asDiagonal() * Q.transpose()).eval() * D.asDiagonal();
        A = ((A + A.transpose()) / 2).eval();
        c = D.cwiseInverse().cwiseProduct(normal_vector<double>(random, d));
        start = Vector<double>::Zero(d);
    }
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = A.lazyProduct(x - c);
        const double value = gradient.dot(x - c) / 2 + shift;
        if (wrong >= 0) gradient[wrong] *= factor;
        return x[0] > wall ? std::numeric_limits<double>::quiet_NaN() : value;
    }
    void hessian(const Vector<double>&, Matrix<double>& H) const { H = A; }
    double L() const {
        Vector<double> v = Vector<double>::Ones(A.rows());
        for (int round = 0; round < 2000; ++round) v = A.lazyProduct(v.normalized()).eval();
        return v.norm();
    }
};

double rosenbrock(const Vector<double>& x, Vector<double>& gradient) {
    double value = 0;
    gradient.setZero();
    for (Index j = 0; j + 1 < x.size(); ++j) {
        const double u = 1 - x[j], v = x[j + 1] - x[j] * x[j];
        value += u * u + 100 * v * v;
        gradient[j] += -2 * u - 400 * x[j] * v;
        gradient[j + 1] += 200 * v;
    }
    return value;
}

/// Counts what was asked, so that "fifty" is a fact.
struct Zoo {
    std::map<Cause, int> seen;
    int animals = 0;

    void expect(Cause expected, const Diagnosis& why, const std::string& who) {
        INFO(who << ": " << why.numbers << " | " << why.remedy);
        CHECK(std::string(name(why.cause)) == name(expected));
        CHECK(why.numbers.empty() == (expected == Cause::none));
        CHECK(why.remedy.empty() == (expected == Cause::none));
        ++seen[expected], ++animals;
    }
    template <class F, class Solver, class Observer = NoObserver>
    Diagnosis expect(Cause expected, const F& f, const Vector<double>& start, const Solver& solver,
                     const std::string& who, Observer observer = {}) {
        const Result<double> result = solver.minimize(f, start, observer);
        const Diagnosis why = diagnose(f, start, result, solver);
        INFO(name(result.status) << ": " << result.message);
        expect(expected, why, who);
        return why;
    }
    void expect(Cause expected, const FitReport& report, const std::string& who) {
        INFO(who << "\n" << report);
        CHECK(std::string(name(report.cause)) == name(expected));
        CHECK(report.converged() == (expected == Cause::none));
        CHECK(report.remedy.empty() == (expected == Cause::none));
        ++seen[expected], ++animals;
    }
};

const auto fixed = [](double step, int most = 10'000, double tolerance = 1e-8) {
    return GradientDescent<FixedStep>{.step = {step}, .max_iterations = most, .tolerance = tolerance};
};

/// Rows for models: columns of the given scales and means, a linear target and labels that overlap.
struct Given {
    Eigen::MatrixXd X;
    Eigen::VectorXd y;
    Eigen::VectorXi labels, separated;

    Given(std::uint64_t seed, Index n, std::vector<double> scales, double mean = 0) {
        Random random(seed);
        const Index p = static_cast<Index>(scales.size());
        X.resize(n, p);
        y.resize(n);
        labels.resize(n);
        separated.resize(n);
        for (Index i = 0; i < n; ++i) {
            double eta = 0;
            for (Index j = 0; j < p; ++j) {
                const double z = random.normal();
                eta += z * (j % 2 ? -1 : 1);
                X(i, j) = scales[static_cast<std::size_t>(j)] * (z + mean);
            }
            y[i] = eta + random.normal() / 4;
            separated[i] = eta > 0;
            labels[i] = eta + 2 * random.normal() > 0;
        }
    }
};

/// Squared loss whose slope is a fifth too large.
struct WrongSquare {
    using Scalar = double;
    static double value(double y, double eta) { return (y - eta) * (y - eta) / 2; }
    static double slope(double y, double eta) { return -1.2 * (eta - y); }
    static double curvature(double, double) { return 1; }
};
/// Poisson's loss: overflows for large eta.
struct Counts_ {
    using Scalar = double;
    static double value(double y, double eta) { return std::exp(eta) - y * eta; }
    static double slope(double y, double eta) { return std::exp(eta) - y; }
    static double curvature(double, double eta) { return std::exp(eta); }
};

}  // namespace

TEST_CASE("Broken runs on functions get the verdict that they deserve", "[zoo]") {
    Zoo zoo;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Random random(seed + 77);
        const Index d = 2 + static_cast<Index>(random.below(20));
        const std::string who = "seed " + std::to_string(seed);

        const Animal bowl(seed, d, 50);
        const double L = bowl.L(), beyond = random.uniform(2.05, 20);
        const Diagnosis step =
            zoo.expect(Cause::step_too_long, bowl, bowl.start, fixed(beyond / L), who + ": long step");
        CHECK_THAT(step.numbers, ContainsSubstring("is above 2/L"));

        Animal liar(seed, d, 20);
        liar.wrong = static_cast<Index>(random.below(static_cast<std::uint64_t>(d)));
        liar.factor = std::vector<double>{-1, 2, 0.9, 1.05, 0.5}[seed % 5];
        const GradientDescent<> few{.max_iterations = 30, .tolerance = 1e-30};
        const std::string what = who + ": wrong derivative";
        const Diagnosis wrong = zoo.expect(Cause::wrong_derivative, liar, liar.start, few, what);
        CHECK(wrong.column == liar.wrong);

        const Animal stretched(seed, d, 3, std::pow(10, random.uniform(2, 4)));
        const Diagnosis scale = zoo.expect(Cause::badly_scaled, stretched, stretched.start,
                                           GradientDescent<>{.max_iterations = 300}, who + ": unlike scales");
        CHECK_THAT(scale.numbers, ContainsSubstring("parameter " + std::to_string(d - 1)));
        zoo.expect(Cause::badly_scaled, stretched, stretched.start, fixed(1 / stretched.L(), 300),
                   who + ": unlike scales, fixed step");

        const Animal fine(seed, d, 10);
        zoo.expect(Cause::rounding_floor, fine, fine.start, fixed(1 / fine.L(), 3000, 0), who + ": tolerance zero");

        Animal walled(seed, d, 10);
        walled.c[0] = 5;
        walled.wall = seed % 2 ? -1 : 0.2;  // at the start, or one step from it
        const Diagnosis wall =
            zoo.expect(Cause::non_finite, walled, walled.start, fixed(1 / walled.L(), 3000), who + ": no value there");
        CHECK(wall.numbers.find("nan") != std::string::npos);

        const Animal long_way(seed, std::max<Index>(d, 4), 3000);
        zoo.expect(Cause::budget_used_up, long_way, long_way.start, fixed(1 / long_way.L(), 200),
                   who + ": few iterations");
        int calls = 0;
        zoo.expect(Cause::stopped_by_observer, bowl, bowl.start, GradientDescent<>{}, who + ": stopped",
                   [&](const IterationRecord<double>&) { return ++calls > 3 ? Control::stop : Control::proceed; });
    }
    zoo.expect(Cause::budget_used_up, rosenbrock, Vector<double>(Vector<double>::Zero(2)),
               GradientDescent<>{.max_iterations = 50}, "Rosenbrock");
    const Animal bowl(1, 8, 10);
    zoo.expect(Cause::budget_used_up, bowl, bowl.start, Newton{.max_iterations = 0}, "Newton without a step");
    zoo.expect(Cause::budget_used_up, bowl, bowl.start, Newton{.max_megabytes = 0}, "Newton without memory");
    zoo.expect(Cause::budget_used_up, bowl, bowl.start, fixed(1e-6 / bowl.L(), 1000), "a step far too short");
    const Animal ill(1, 8, 1, 1e5);
    zoo.expect(Cause::budget_used_up, ill, ill.start, Newton{.max_iterations = 0}, "Newton does not mind scales");
    const auto well = [](const Vector<double>& x, Vector<double>& gradient) {
        return gradient = -x, -x.squaredNorm() / 2;
    };
    zoo.expect(Cause::unbounded, well, Vector<double>(Vector<double>::Ones(2)), fixed(0.5, 100'000), "no minimum");
    const auto logarithm = [](const Vector<double>& x, Vector<double>& gradient) {
        return gradient[0] = 1 - 1 / x[0], x[0] - std::log(x[0]);
    };
    const Diagnosis outside =
        zoo.expect(Cause::non_finite, logarithm, Vector<double>(Vector<double>::Constant(1, -1.0)), GradientDescent<>{},
                   "a start outside the domain");
    CHECK_FALSE(outside.remedy.empty());
    std::ostringstream counts;
    for (const auto& [cause, count] : zoo.seen) counts << name(cause) << " " << count << ", ";
    INFO(counts.str());
    CHECK(zoo.animals >= 50);
    CHECK(zoo.seen.size() == 8);
}

TEST_CASE("Broken fits get the verdict that they deserve", "[zoo]") {
    Zoo zoo;
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        Random random(seed + 99);
        const Index n = 60 + static_cast<Index>(random.below(200));
        const std::string who = "seed " + std::to_string(seed);
        const Given even(seed, n, {1, 1, 1}), odd(seed, n, {1, 1e4, 0.01}), far(seed, n, {1, 2}, 1000);

        LogisticRegression<double> classifier;
        zoo.expect(Cause::separated, classifier.fit(even.X, even.separated), who + ": separated");
        zoo.expect(Cause::separated, classifier.fit(even.X, even.separated, GradientDescent<>{.max_iterations = 2000}),
                   who + ": separated, descent");

        LinearRegression<double> line{{.feature_names = {"age", "income", "share"}}};
        const FitReport wild = line.fit(odd.X, odd.y, fixed(0.5));
        zoo.expect(Cause::step_too_long, wild, who + ": long step");
        CHECK_THAT(wild.message, ContainsSubstring("step 0.5 is above 2/L = "));
        CHECK_THAT(wild.message, ContainsSubstring("mostly feature 'income' (scale "));
        CHECK_THAT(wild.message, ContainsSubstring("standardise it or use a step below"));
        zoo.expect(Cause::step_too_long, classifier.fit(even.X, even.labels, fixed(200, 500)),
                   who + ": a classifier that oscillates");

        const FitReport crawl = line.fit(odd.X, odd.y, GradientDescent<>{.max_iterations = 100});
        zoo.expect(Cause::badly_scaled, crawl, who + ": unlike scales");
        for (const char* part :
             {"condition number", "with standardised columns", "iterations from here", "Newton", "'income'"})
            CHECK_THAT(crawl.message, ContainsSubstring(part));
        LinearRegression<double> off;
        zoo.expect(Cause::badly_scaled, off.fit(far.X, far.y, GradientDescent<>{.max_iterations = 100}),
                   who + ": far from zero");
        zoo.expect(Cause::badly_scaled, classifier.fit(odd.X, odd.labels, GradientDescent<>{.max_iterations = 100}),
                   who + ": unlike scales, classifier");

        zoo.expect(Cause::budget_used_up, classifier.fit(even.X, even.labels, Newton{.max_iterations = 1}),
                   who + ": one step of Newton");
        zoo.expect(Cause::budget_used_up, line.fit(even.X, even.y, fixed(0.1, 5)), who + ": five steps");
        zoo.expect(Cause::budget_used_up, classifier.fit(even.X, even.labels, Newton{.max_megabytes = 0}),
                   who + ": no memory");
        zoo.expect(
            Cause::stopped_by_observer,
            line.fit(even.X, even.y, GradientDescent<>{}, [](const IterationRecord<double>&) { return Control::stop; }),
            who + ": stopped");
        zoo.expect(Cause::rounding_floor, line.fit(even.X, even.y, fixed(0.5, 3000, 0)),
                   who + ": tolerance below rounding");

        Regression<Pointwise<WrongSquare>> liar;
        zoo.expect(Cause::wrong_derivative, liar.fit(even.X, even.y), who + ": a loss with a wrong slope");
        zoo.expect(Cause::wrong_derivative, liar.fit(even.X, even.y, GradientDescent<>{}), who + ": the same, descent");

        Regression<Pointwise<Counts_>> counts;
        Eigen::MatrixXd spiked = even.X;
        spiked(7, 1) = 1e5;
        counts.start_at(Eigen::Vector3d(0.01, 0.01, 0.01), Vector<double>::Zero(1));
        const FitReport overflow = counts.fit(spiked, Vector<double>(even.y.array().abs().round()));
        zoo.expect(Cause::non_finite, overflow, who + ": overflow");
        CHECK(overflow.bad_row == 7);
        CHECK(overflow.bad_column == 1);

        Eigen::MatrixXd twin = even.X;  // the third column is the first up to 1e-9, which is what the target depends on
        const Vector<double> z = twin.col(2);
        twin.col(2) = twin.col(0) + 1e-9 * z;
        const FitReport squared = LinearRegression<double>().fit(twin, z, Cholesky{});
        zoo.expect(Cause::none, squared, who + ": a Gram matrix");
        CHECK_THAT(squared.message, ContainsSubstring("by QR, because"));
        const FitReport by_newton = LinearRegression<double>().fit(twin, z, Newton{});
        zoo.expect(Cause::rank_deficient, by_newton, who + ": a Hessian");
        CHECK_THAT(by_newton.remedy, ContainsSubstring("QR"));
        CHECK(LinearRegression<double>().fit(twin, z, QR{}).converged());
    }
    std::ostringstream counts;
    for (const auto& [cause, count] : zoo.seen) counts << name(cause) << " " << count << ", ";
    INFO(counts.str());
    CHECK(zoo.animals >= 80);
    CHECK(zoo.seen.size() == 10);
}

TEST_CASE("Healthy runs get no verdict", "[zoo]") {
    Zoo zoo;
    for (std::uint64_t seed = 100; seed < 115; ++seed) {
        Random random(seed);
        const Index d = 1 + static_cast<Index>(random.below(20));
        const std::string who = "seed " + std::to_string(seed);
        const Animal bowl(seed, d, std::pow(10, random.uniform(0, 2)));
        zoo.expect(Cause::none, bowl, bowl.start, GradientDescent<>{}, who + ": descent");
        zoo.expect(Cause::none, bowl, bowl.start, fixed(1 / bowl.L()), who + ": fixed step");
        zoo.expect(Cause::none, bowl, bowl.start, Newton{}, who + ": Newton");
        const Given even(seed, 80 + 5 * d, {1, 2, 0.5}), odd(seed, 200, {1, 1e6, 1e-4}, 10);
        zoo.expect(Cause::none, LogisticRegression<double>().fit(even.X, even.labels), who + ": logistic");
        zoo.expect(Cause::none, LogisticRegression<double>().fit(odd.X, odd.labels), who + ": logistic, unlike scales");
        zoo.expect(Cause::none, LinearRegression<double>().fit(odd.X, odd.y), who + ": linear");
        zoo.expect(Cause::none, LinearRegression<double>().fit(even.X, even.y, GradientDescent<>{}),
                   who + ": linear, descent");
    }
    CHECK(zoo.animals >= 50);
}
