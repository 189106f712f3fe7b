// The nearly exact gradient against long double with compensated products, where the terms cancel.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/predictors/linear.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

/// sum_k a_k b_k with some 128 bits: each product and its rounding are added without error.
class Dot {
public:
    void add(long double a, long double b) {
        const long double product = a * b;
        sum_.add(product);
        sum_.add(std::fma(a, b, -product));
    }
    void add(long double a) { sum_.add(a); }
    long double value() const { return sum_.value(); }

private:
    Sum<long double> sum_;
};

template <class S>
struct Case {
    Matrix<S> X;
    Vector<S> y, theta;
};

// Columns far from zero whose contributions cancel in eta: eta itself is of order 1, its terms of order 1000.
template <class S>
Case<S> cancelling(Index n) {
    Random random(61);
    Case<S> out;
    const Index p = 4;
    out.X = normal_matrix<S>(random, n, p);
    out.X.array() += S(100);
    out.theta = S(10) * normal_vector<S>(random, p + 1);
    out.theta[p] = S(-100) * out.theta.head(p).sum();
    out.y = normal_vector<S>(random, n);
    return out;
}

template <class S>
Dot exact_eta(const Case<S>& c, Index i) {
    Dot eta;
    for (Index j = 0; j < c.X.cols(); ++j) eta.add(c.X(i, j), c.theta[j]);
    eta.add(c.theta[c.X.cols()]);
    return eta;
}
template <class S>
long double eta_of(const Case<S>& c, Index i) {
    return exact_eta(c, i).value();
}

/// The sum of the sizes of the terms of eta.
template <class S>
long double size_of_eta(const Case<S>& c, Index i) {
    long double size = std::abs(static_cast<long double>(c.theta[c.X.cols()]));
    for (Index j = 0; j < c.X.cols(); ++j) size += std::abs(static_cast<long double>(c.X(i, j)) * c.theta[j]);
    return size;
}

template <class S>
Sample<S> sample_of(const Case<S>& c) {
    Sample<S> sample;
    sample.X = Design<S>(DenseView<S>(c.X));
    sample.Y = DenseView<S>(c.y);
    sample.total_weight = S(static_cast<int>(c.y.size()));
    return sample;
}

}  // namespace

TEMPLATE_TEST_CASE("exact products are exact to some twenty further bits", "[objective]", float, double) {
    using S = TestType;
    const Index n = 150, p = 4;
    const Case<S> c = cancelling<S>(n);
    const Design<S> design{DenseView<S>(c.X)};
    const Predictor<S> predictor = linear_predictor<S>(p, 1, true);
    RowBlockScratch<S> block_scratch;
    PredictorScratch<S> scratch;
    RowBlock<S> block(design, block_scratch, {0, n});
    Random random(67);
    const Vector<S> slope = normal_vector<S>(random, n);
    Matrix<S> high(n, 1), low(n, 1);
    predictor.forward_exactly(block, c.theta, high, low, scratch);
    for (Index i = 0; i < n; ++i) {
        Dot error = exact_eta(c, i);
        error.add(-high(i, 0));
        error.add(-low(i, 0));
        CHECK(std::abs(error.value()) <= tolerance::nearly_exact<S> * size_of_eta(c, i));
    }
    Vector<S> gradient(p + 1), rest(p + 1);
    predictor.pullback_exactly(block, slope, gradient, rest, scratch);
    for (Index j = 0; j <= p; ++j) {
        Dot expected;
        long double size = 0;
        for (Index i = 0; i < n; ++i) {
            const long double x = j < p ? c.X(i, j) : S(1);
            expected.add(x, slope[i]);
            size += std::abs(x * slope[i]);
        }
        expected.add(-gradient[j]);
        expected.add(-rest[j]);
        CHECK(std::abs(expected.value()) <= tolerance::nearly_exact<S> * size);
    }
}

// y is so close to eta that residuals are small beside the terms of eta; ordinary arithmetic loses them, and this test
// knows it.
TEMPLATE_TEST_CASE("the exact gradient of a squared loss sees residuals that rounding hides", "[objective]", float,
                   double) {
    using S = TestType;
    const Index n = 1100, p = 4;
    Case<S> c = cancelling<S>(n);
    Random random(71);
    for (Index i = 0; i < n; ++i) c.y[i] = S(eta_of(c, i)) * (S(1) + S(0x1p-14) * S(random.normal()));
    const EmpiricalRisk<S> f(Squared<S>(), NoPenalty(), linear_predictor<S>(p, 1, true), sample_of(c));
    Vector<S> exact, ordinary;
    f.exact_gradient(c.theta, exact);
    f.value_and_gradient(c.theta, ordinary);
    long double largest = 0;
    for (Index j = 0; j <= p; ++j) {
        Dot expected;
        long double bound = 0;  // slopes are rounded to S once, eta is nearly exact
        for (Index i = 0; i < n; ++i) {
            Dot slope = exact_eta(c, i);
            slope.add(-c.y[i]);
            const long double x = j < p ? c.X(i, j) : S(1);
            expected.add(x, slope.value());
            bound += std::abs(x * slope.value()) * tolerance::rounding<S> +
                     std::abs(x) * size_of_eta(c, i) * tolerance::nearly_exact<S>;
        }
        const auto error = [&](const Vector<S>& gradient) {
            return std::abs(static_cast<long double>(gradient[j]) - expected.value() / n) * n / bound;
        };
        CHECK(error(exact) <= 1);
        largest = std::max(largest, error(ordinary));
    }
    // a float has too few bits to split: its bound is within reach of ordinary arithmetic
    if constexpr (std::is_same_v<S, double>) CHECK(largest > 10);
}

TEMPLATE_TEST_CASE("the exact gradient of a logistic loss does not feel cancellation in eta", "[objective]", float,
                   double) {
    using S = TestType;
    const Index n = 1100, p = 4;
    Case<S> c = cancelling<S>(n);
    for (Index i = 0; i < n; ++i) c.y[i] = S(c.y[i] > S(0));
    const EmpiricalRisk<S> f(Logistic<S>(), NoPenalty(), linear_predictor<S>(p, 1, true), sample_of(c));
    Vector<S> exact;
    f.exact_gradient(c.theta, exact);
    for (Index j = 0; j <= p; ++j) {
        Dot expected;
        long double slopes = 0;
        for (Index i = 0; i < n; ++i) {
            const long double x = j < p ? c.X(i, j) : S(1), slope = 1 / (1 + std::exp(-eta_of(c, i))) - c.y[i];
            expected.add(x, slope);
            slopes += std::abs(x * slope);
        }
        CHECK(std::abs(static_cast<long double>(exact[j]) - expected.value() / n) * n <=
              tolerance::rounding<S> * slopes);
    }
}
