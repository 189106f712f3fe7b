// Between the first block of a sweep and the last nothing is allocated: memory does not depend on the number of rows,
// and neither does the number of allocations.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/sum_to_zero.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr Index n = 1600;  // four blocks, the last one short

/// Eigen asserts that nothing is allocated while one of these lives.
struct NoAllocations {
    NoAllocations() { Eigen::internal::set_is_malloc_allowed(false); }
    ~NoAllocations() { Eigen::internal::set_is_malloc_allowed(true); }
    NoAllocations(const NoAllocations&) = delete;
    NoAllocations& operator=(const NoAllocations&) = delete;
};

/// A loss that, in the second sweep, forbids allocations between its first block and its third. Before, scratch is
/// sized; the fourth block has fewer rows.
template <class L>
struct Guarded : L {
    using L::L;
    using S = typename L::Scalar;
    using Block = ConstMatrixView<S>;

    S value(const Block& y, const Block& eta, const ConstVectorView<S>& s) const {
        return guard([&] { return L::value(y, eta, s); });
    }
    S value_and_slope(const Block& y, const Block& eta, const ConstVectorView<S>& s, MatrixView<S> slope) const {
        return guard([&] { return L::value_and_slope(y, eta, s, slope); });
    }
    S derivatives(const Block& y, const Block& eta, const ConstVectorView<S>& s, MatrixView<S> slope,
                  MatrixView<S> curvature) const {
        return guard([&] { return L::derivatives(y, eta, s, slope, curvature); });
    }

private:
    template <class Call>
    S guard(const Call& call) const {
        ++call_;
        if (call_ == 7) Eigen::internal::set_is_malloc_allowed(true);
        const S result = call();
        if (call_ == 5) Eigen::internal::set_is_malloc_allowed(false);
        return result;
    }
    mutable int call_ = 0;
};

struct Table {
    Matrix<double> X;
    Vector<double> y, s;

    explicit Table(int classes) {
        Random random(211);
        X = normal_matrix<double>(random, n, 5);
        y.resize(n);
        for (double& label : y) label = static_cast<double>(random.below(static_cast<std::uint64_t>(classes)));
        s = uniform_vector<double>(random, n, 0.5, 2);
    }
    Sample<double> sample() const {
        Sample<double> out;
        out.X = Design<double>(DenseView<double>(X));
        out.Y = DenseView<double>(y);
        out.weights = DenseView<double>(s);
        out.total_weight = s.sum();
        return out;
    }
};

}  // namespace

TEST_CASE("the guard is on", "[objective]") {
    Eigen::internal::set_is_malloc_allowed(false);
    CHECK(!Eigen::internal::is_malloc_allowed());
    Eigen::internal::set_is_malloc_allowed(true);
}

TEST_CASE("a sweep over rows in place allocates nothing", "[objective]") {
    const Table table(2);
    const EmpiricalRisk f(Guarded<Logistic<double>>(), NoPenalty(), linear_predictor<double>(5, 1, true),
                          table.sample());
    const Vector<double> theta = Vector<double>::Constant(6, 0.1);
    Vector<double> gradient(6);
    const double value = f.value_and_gradient(theta, gradient);
    CHECK(f.value_and_gradient(theta, gradient) == value);
}

TEST_CASE("a value needs no memory at all", "[objective]") {
    const Table table(2);
    const EmpiricalRisk f(Logistic<double>(), NoPenalty(), linear_predictor<double>(5, 1, true), table.sample());
    const Vector<double> theta = Vector<double>::Constant(6, 0.1);
    const double before = f.value(theta);  // sizes the scratch
    double value = 0;
    {
        const NoAllocations none_allowed;
        value = f.value(theta);
    }
    CHECK(value == before);
}

TEST_CASE("a sweep that builds a Hessian of slopes allocates nothing", "[objective]") {
    const Table table(2);
    const EmpiricalRisk f(Guarded<Logistic<double>>(), NoPenalty(), linear_predictor<double>(5, 1, false),
                          table.sample());
    const Vector<double> theta = Vector<double>::Constant(5, 0.1);
    Vector<double> gradient(5);
    Matrix<double> H(5, 5);
    const double value = f.value_gradient_hessian(theta, gradient, H);
    CHECK(f.value_gradient_hessian(theta, gradient, H) == value);
}

TEST_CASE("a sweep over several classes allocates nothing", "[objective]") {
    const Table table(3);
    const EmpiricalRisk f(Guarded<Multinomial<double>>(3), NoPenalty(), sum_to_zero_predictor<double>(5, 3, true),
                          table.sample());
    const Vector<double> theta = Vector<double>::Constant(12, 0.1);
    Vector<double> gradient(12);
    const double value = f.value_and_gradient(theta, gradient);
    CHECK(f.value_and_gradient(theta, gradient) == value);
}
