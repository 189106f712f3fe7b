// FISTA, against solutions in closed form.
#include "contracts/outside/l1.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/objectives/composite.hpp>
#include <gradus/solvers/iterative/fista.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

/// lambda |x|_1 in the user's own words.
template <class S>
struct AbsoluteValues {
    S lambda;

    S value(const Vector<S>& x) const { return lambda * x.cwiseAbs().sum(); }
    void prox(const S& t, Vector<S>& x) const {
        for (S& entry : x)
            entry = entry > t * lambda ? S(entry - t * lambda) : entry < -t * lambda ? S(entry + t * lambda) : S(0);
    }
    void residual(const Vector<S>& x, const Vector<S>& gradient, Vector<S>& out) const {
        out = gradient;
        for (Index j = 0; j < x.size(); ++j) {
            if (x[j] != S(0)) out[j] += x[j] > S(0) ? lambda : S(-lambda);
            else out[j] = std::abs(out[j]) <= lambda ? S(0) : S(out[j] - std::copysign(lambda, out[j]));
        }
    }
};

/// sum_j a_j (x_j - c_j)^2 / 2.
template <class S>
struct Bowl {
    Vector<S> a, c;
    S value_and_gradient(const Vector<S>& x, Vector<S>& gradient) const {
        gradient = a.array() * (x - c).array();
        return gradient.dot(x - c) / S(2);
    }
};

}  // namespace

TEMPLATE_TEST_CASE("FISTA finds the shrunk minimum, its zeros exactly", "[fista]", float, double, long double) {
    using S = TestType;
    Random random(541);
    for (const double unit : {1.0, 0x1p40, 0x1p-40}) {
        const Index d = 40;
        Bowl<S> bowl{uniform_vector<S>(random, d, 0.01, 3), normal_vector<S>(random, d)};
        bowl.a *= S(unit);
        const S lambda = S(0.2 * unit);
        Vector<S> expected(d);
        for (Index j = 0; j < d; ++j) {
            const S left = std::abs(bowl.c[j]) - lambda / bowl.a[j];
            expected[j] = left > S(0) ? std::copysign(left, bowl.c[j]) : S(0);
        }
        std::vector<S> values;
        const auto result = FISTA{}.minimize(Composite(bowl, AbsoluteValues<S>{lambda}), Vector<S>(Vector<S>::Ones(d)),
                                             [&](const IterationRecord<S>& record) { values.push_back(record.value); });
        INFO(unit << ": " << result.message);
        CHECK(result.converged());
        CHECK(result.duality_gap == S(-1));
        CHECK(error_of(result.x, expected) <= (std::is_same_v<S, float> ? 1e-3 : tolerance::first_order));
        for (Index j = 0; j < d; ++j) CHECK((result.x[j] == S(0)) == (expected[j] == S(0)));
        CHECK(static_cast<int>(values.size()) == result.iterations + 1);
        CHECK(result.value <= values.front());
        CHECK(result.gradient_norm <= S(1e-4 * unit));
    }
}

TEST_CASE("Restarts make FISTA linear on a badly conditioned bowl", "[fista]") {
    const Bowl<double> bowl{Vector<double>::LinSpaced(50, 1, 1e4), Vector<double>::Ones(50)};
    const Composite f(bowl, AbsoluteValues<double>{0.5});
    const Vector<double> start = Vector<double>::Zero(50);
    const auto with = FISTA{.max_iterations = 100'000}.minimize(f, start),
               without = FISTA{.restart = false, .max_iterations = 100'000}.minimize(f, start);
    INFO(with.iterations << " and " << without.iterations);
    CHECK(with.converged());
    CHECK(with.iterations < 2000);
    CHECK(with.iterations < without.iterations);
}

TEST_CASE("FISTA tells how it ends otherwise", "[fista]") {
    const Bowl<double> bowl{Vector<double>::Ones(3), Vector<double>::Ones(3)};
    const Composite f(bowl, AbsoluteValues<double>{0.5});
    const Vector<double> start = 100 * Vector<double>::Ones(3);
    CHECK(FISTA{.max_iterations = 0}.minimize(f, start).status == Status::iteration_limit);
    CHECK(FISTA{}
              .minimize(f, start,
                        [](const IterationRecord<double>& record) {
                            return record.iteration == 1 ? Control::stop : Control::proceed;
                        })
              .status == Status::stopped_by_observer);
    CHECK(FISTA{}.minimize(f, Vector<double>(Vector<double>::Constant(3, std::nan("")))).status == Status::non_finite);
    const auto falls = [](const Vector<double>& x, Vector<double>& gradient) {
        return gradient.setConstant(-1), -x.sum();
    };
    CHECK(FISTA{}.minimize(Composite(falls, AbsoluteValues<double>{0.5}), start).status == Status::unbounded);
}

static_assert(CompositeObjective<Composite<Bowl<double>, AbsoluteValues<double>>> &&
              !Differentiable<Composite<Bowl<double>, AbsoluteValues<double>>>);
static_assert(!CompositeObjective<Bowl<double>> && CornerPart<AbsoluteValues<double>>);
static_assert(CornerPenalty<outside::L1> && !SmoothPenalty<outside::L1>);
