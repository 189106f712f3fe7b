// The checker passes what is right, however scaled, and names the coordinate of what is wrong.

#include "contracts/solver_contract.hpp"
#include "support/catch.hpp"
#include "support/problems.hpp"
#include <gradus/diagnostics/derivative_check.hpp>
#include <gradus/losses/huber.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/poisson.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>

#include <sstream>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// factor * sum_j exp(a_j x_j) + cos(a_j x_j a_{j+1} x_{j+1}): coupled, with a scale of its own for each coordinate,
/// and all derivatives.
template <class S>
struct Coupled {
    Vector<S> scale;
    S factor{1};
    S value_and_gradient(const Vector<S>& x, Vector<S>& gradient) const {
        using std::cos, std::exp, std::sin;
        S sum(0);
        gradient.setZero();
        for (Index j = 0; j < x.size(); ++j) {
            const Index l = (j + 1) % x.size();
            const S a = scale[j], b = scale[l], u = a * x[j] * b * x[l];
            sum += exp(a * x[j]) + cos(u);
            gradient[j] += a * exp(a * x[j]) - sin(u) * a * b * x[l];
            gradient[l] -= sin(u) * a * b * x[j];
        }
        gradient *= factor;
        return factor * sum;
    }
    void hessian(const Vector<S>& x, Matrix<S>& H) const {
        using std::cos, std::exp, std::sin;
        H.setZero();
        for (Index j = 0; j < x.size(); ++j) {
            const Index l = (j + 1) % x.size();
            const S a = scale[j], b = scale[l], ab = a * b, u = ab * x[j] * x[l];
            H(j, j) += a * a * exp(a * x[j]) - cos(u) * ab * x[l] * ab * x[l];
            H(l, l) -= cos(u) * ab * x[j] * ab * x[j];
            H(j, l) -= cos(u) * ab * x[j] * ab * x[l] + sin(u) * ab;
            H(l, j) -= cos(u) * ab * x[j] * ab * x[l] + sin(u) * ab;
        }
        H *= factor;
    }
    void hessian_product(const Vector<S>& x, const Vector<S>& v, Vector<S>& out) const {
        Matrix<S> H(x.size(), x.size());
        hessian(x, H);
        out = H.lazyProduct(v);
    }
};

template <class S>
Coupled<S> coupled(Index d, double factor, double spread) {
    Coupled<S> f{Vector<S>(d), S(factor)};
    for (Index j = 0; j < d; ++j) f.scale[j] = S(std::pow(spread, static_cast<double>(j % 5) - 2));
    return f;
}
// in each coordinate's own units
template <class S>
Vector<S> point(Random& random, const Coupled<S>& f) {
    Vector<S> x = normal_vector<S>(random, f.scale.size());
    for (Index j = 0; j < x.size(); ++j) x[j] /= f.scale[j];
    return x;
}

enum class Mistake { gradient, sign, factor, forgotten, hessian, asymmetric, forgotten_entry, product };

struct Wrong : Coupled<double> {
    Mistake mistake;
    Index at;
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        const double forgotten = gradient[at], value = Coupled<double>::value_and_gradient(x, gradient);
        if (mistake == Mistake::gradient) gradient[at] *= 1.001;
        if (mistake == Mistake::sign) gradient[at] *= -1;
        if (mistake == Mistake::factor) gradient[at] *= 2;
        if (mistake == Mistake::forgotten) gradient[at] = forgotten;
        return value;
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const {
        const Index next = (at + 1) % x.size();
        const double forgotten = H(at, at);
        Coupled<double>::hessian(x, H);
        if (mistake == Mistake::hessian) H(at, at) *= 1.01;
        if (mistake == Mistake::asymmetric) H(at, next) = 0;
        if (mistake == Mistake::forgotten_entry) H(at, at) = forgotten;
    }
    void hessian_product(const Vector<double>& x, const Vector<double>& v, Vector<double>& out) const {
        Coupled<double>::hessian_product(x, v, out);
        if (mistake == Mistake::product) out[at] *= 1.01;
    }
};

std::string words(const DerivativeReport& report) {
    std::ostringstream out;
    out << report;
    return out.str();
}

template <class Loss>
EmpiricalRisk<double> risk(const Loss& loss, const Matrix<double>& X, const Vector<double>& y) {
    Sample<double> sample;
    sample.X = Design<double>(DenseView<double>(X));
    sample.Y = DenseView<double>(y);
    sample.total_weight = static_cast<double>(y.size());
    return {loss, Ridge{.lambda = 0.1}, linear_predictor<double>(X.cols(), loss.outputs(), true), sample};
}

}  // namespace

TEMPLATE_TEST_CASE("right derivatives pass, of any size and in any units", "[derivatives]", float, double,
                   long double) {
    using S = TestType;
    Random random(301);
    for (const double factor : {1.0, 1e12, 1e-12})
        for (const double spread : {1.0, 10.0, 1e3})
            for (int round = 0; round < 4; ++round) {
                const auto f = coupled<S>(5, factor, spread);
                const Vector<S> x = point(random, f);
                const DerivativeReport report = check_derivatives(f, x);
                INFO("factor " << factor << ", spread " << spread << '\n' << words(report));
                CHECK(report.ok());
                CHECK(report.compared >= 5 + 25 + 5);
                if (!std::is_same_v<S, float>)
                    CHECK(report.unresolved <= 2);  // seven digits leave few after two derivatives
            }
}

TEST_CASE("right objectives pass at random points", "[derivatives]") {
    Random random(302);
    const Matrix<double> X = normal_matrix<double>(random, 60, 3);
    Vector<double> codes(60), counts(60);
    for (Index i = 0; i < 60; ++i) codes[i] = static_cast<double>(i % 3), counts[i] = static_cast<double>(i % 7) * 1000;
    const Vector<double> shares = codes / 2;
    for (int round = 0; round < 8; ++round) {
        const double size = round < 4 ? 1 : 5;
        const auto pass = [&](const auto& f, Index d) {
            const DerivativeReport report =
                check_derivatives(f, Vector<double>(size * normal_vector<double>(random, d)));
            INFO(words(report));
            CHECK(report.ok());
        };
        pass(Rosenbrock(), 2);
        pass(Beale(), 2);
        pass(risk(Logistic<double>(), X, shares), 4);
        pass(risk(Multinomial<double>(3), X, codes), 12);
        pass(risk(Poisson<double>(), X, counts), 4);
        pass(risk(Huber<double>(0.5), X, shares), 4);
    }
    // a function that is straight on both sides of a bend, which wide differences take for its slope
    const auto bend = [](const Vector<double>& x, Vector<double>& gradient) {
        gradient[0] = 1 / (1 + std::exp(-1e3 * x[0]));
        return std::max(x[0], 0.0) + std::log1p(std::exp(-1e3 * std::abs(x[0]))) / 1e3;
    };
    CHECK(check_derivatives(bend, Vector<double>(Vector<double>::Constant(1, 1e-3))).ok());
    // a sum in which the argument drowns: noise, not a mistake
    const auto drowned = [](const Vector<double>& x, Vector<double>& gradient) {
        gradient[0] = 2 * x[0];
        return (x[0] * x[0] + 1e9) - 1e9;
    };
    const DerivativeReport noisy = check_derivatives(drowned, Vector<double>(Vector<double>::Constant(1, 0.3)));
    INFO(words(noisy));
    CHECK(noisy.ok());
    // values alone, and at an optimum
    CHECK(check_derivatives([](const Vector<double>& x) { return x.squaredNorm(); },
                            Vector<double>(Vector<double>::Ones(2)))
              .ok());
    CHECK(check_derivatives(Rosenbrock(), Rosenbrock::optimum()).ok());
}

TEST_CASE("each mistake is found, and its coordinate named", "[derivatives]") {
    Random random(303);
    for (const double factor : {1.0, 1e12, 1e-12})
        for (const double spread : {1.0, 100.0})
            for (const Mistake mistake :
                 {Mistake::gradient, Mistake::sign, Mistake::factor, Mistake::forgotten, Mistake::hessian,
                  Mistake::asymmetric, Mistake::forgotten_entry, Mistake::product})
                for (Index at = 0; at < 5; ++at) {
                    const Wrong f{coupled<double>(5, factor, spread), mistake, at};
                    Vector<double> x = point(random, f);
                    for (Index j = 0; j < 5; ++j)
                        x[j] += (x[j] < 0 ? -0.3 : 0.3) / f.scale[j];  // not where derivatives vanish
                    const DerivativeReport report = check_derivatives(f, x);
                    INFO("mistake " << static_cast<int>(mistake) << " at " << at << ", factor " << factor << ", spread "
                                    << spread << '\n'
                                    << words(report));
                    REQUIRE_FALSE(report.ok());
                    const WrongDerivative& first = report.first();
                    if (mistake == Mistake::asymmetric)
                        CHECK(std::min(first.row, first.column) == std::min(at, (at + 1) % 5));
                    else CHECK(first.row == at);
                    if (mistake <= Mistake::forgotten) CHECK(first.what == "gradient");
                    if (mistake == Mistake::factor) CHECK_THAT(first.found, near(2 * first.expected, 1e-3, 0));
                    CHECK_THAT(words(report), ContainsSubstring("wrong derivatives"));
                }
}

TEST_CASE("in many dimensions directions find the mistake and coordinates name it", "[derivatives]") {
    Random random(304);
    const Wrong wrong{coupled<double>(300, 1, 2), Mistake::factor, 217};
    const Vector<double> x = point(random, wrong);
    const DerivativeReport report = check_derivatives(wrong, x);
    REQUIRE_FALSE(report.ok());
    CHECK(report.first().row == 217);
    CHECK(check_derivatives(static_cast<const Coupled<double>&>(wrong), x).ok());
}
