// Step policies and schedules against their formulas.
#include "contracts/solver_contract.hpp"
#include "support/problems.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// sum_j curvature_j x_j^2 / 2
struct Bowl {
    Vector<double> curvature;
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = curvature.cwiseProduct(x);
        return gradient.dot(x) / 2;
    }
};
struct KnownBowl : Bowl {
    double curvature_bound() const { return curvature.maxCoeff(); }
};
struct UnknownAfterAll : Bowl {
    double curvature_bound() const { return -1; }
};

KnownBowl random_bowl(Random& random) {
    return {{uniform_vector<double>(random, 2 + static_cast<Index>(random.below(8)), 0.01, random.uniform(0.1, 100))}};
}

// the steps of a run, as the observer sees them
template <class Step, class F>
std::vector<double> steps(const Step& step, const F& f, const Vector<double>& start, int count) {
    std::vector<double> out;
    GradientDescent<Step>{.step = step, .max_iterations = count, .tolerance = 0}.minimize(
        f, start, [&](const IterationRecord<double>& record) {
            if (record.iteration > 0) out.push_back(record.step);
        });
    return out;
}

// of the user's own
struct Alternating {
    double step(double k) const { return static_cast<int>(k) % 2 ? 0.01 : 0.02; }
};
struct Newtonian {  // the minimiser of the parabola through phi(0), phi'(0), phi'(1)
    template <class S, class F>
    StepFound<S> choose(Line<S, F>& line, const StepContext<S>&) const {
        const S slope = line.slope();
        return {slope / (slope - line(S(1)).slope), line.evaluations(), false};
    }
};

static_assert(Schedule<ConstantStep> && Schedule<InverseTime> && Schedule<InverseSquareRoot> && Schedule<StepDecay> &&
              Schedule<ExponentialDecay> && Schedule<Alternating> && !Schedule<FixedStep> && !Schedule<double>);
static_assert(StepPolicy<OneOverL> && StepPolicy<BarzilaiBorwein> && StepPolicy<Scheduled<Alternating>> &&
              !StepPolicy<Alternating> && StepPolicy<Newtonian>);
static_assert(!needs_descent<FixedStep> && !needs_descent<OneOverL> && !needs_descent<Scheduled<InverseTime>> &&
              needs_descent<BacktrackingStep> && needs_descent<BarzilaiBorwein> && needs_descent<Newtonian>);
static_assert(BoundedCurvature<KnownBowl> && !BoundedCurvature<Bowl>);

}  // namespace

TEST_CASE("schedules are their formulas", "[schedule]") {
    CHECK(ConstantStep{.first = 0.3}.step(17.5) == 0.3);
    CHECK(InverseTime{.first = 3, .half = 2}.step(0) == 3);
    CHECK(InverseTime{.first = 3, .half = 2}.step(4) == 1);
    CHECK(InverseSquareRoot{.first = 3, .unit = 2}.step(16) == 1);
    CHECK(StepDecay{.first = 8, .factor = 0.5, .every = 10}.step(29.9) == 2);
    CHECK(StepDecay{.first = 8, .factor = 0.5, .every = 10}.step(30) == 1);
    CHECK(ExponentialDecay{.first = 8, .factor = 0.5}.step(3) == 1);
}

TEST_CASE("gradient descent takes the steps of a schedule", "[schedule]") {
    const Bowl bowl{Eigen::Vector2d(1, 7)};
    const Vector<double> start = Eigen::Vector2d(2, -3);
    CHECK(steps(InverseTime{.first = 0.2, .half = 1}, bowl, start, 4) == std::vector<double>{0.2, 0.1, 0.2 / 3, 0.05});
    CHECK(steps(Alternating{}, bowl, start, 4) == std::vector<double>{0.02, 0.01, 0.02, 0.01});
    // left open, the first step is 1 / L, or 0.1 where L is not known
    CHECK(steps(ConstantStep{}, KnownBowl{bowl}, start, 2) == std::vector<double>{1.0 / 7, 1.0 / 7});
    CHECK(steps(ConstantStep{}, bowl, start, 2) == std::vector<double>{0.1, 0.1});
    CHECK(steps(ConstantStep{}, UnknownAfterAll{bowl}, start, 2) == std::vector<double>{0.1, 0.1});
}

TEST_CASE("1/L: stable below 2/L and not above, for a hundred spectra", "[step]") {
    Random random(5);
    for (int round = 0; round < 100; ++round) {
        const KnownBowl bowl = random_bowl(random);
        const Vector<double> start = Vector<double>::Ones(bowl.curvature.size());
        const auto run = [&](double factor) {
            return GradientDescent<OneOverL>{.step = {factor}, .max_iterations = 1'000'000}.minimize(bowl, start);
        };
        CHECK(run(1.99).status == Status::converged);
        CHECK(run(2.01).status == Status::diverged);
        CHECK(run(1).status == Status::converged);
    }
}

TEST_CASE("1/L: the worst direction shrinks by 1 - mu/L each time", "[step]") {
    const KnownBowl bowl{{Eigen::Vector3d(0.1, 2, 10)}};
    const auto result =
        GradientDescent<OneOverL>{.max_iterations = 300, .tolerance = 0}.minimize(bowl, Vector<double>::Ones(3));
    CHECK_THAT(result.x[0], near(std::pow(1 - 0.01, 300), tolerance::product<double>, 0));
    CHECK(result.counts.gradients == 301);
}

TEST_CASE("1/L: a bound that is not known after all is no step", "[step]") {
    const UnknownAfterAll bowl{{Eigen::Vector2d(1, 7)}};
    CHECK(!GradientDescent<OneOverL>{}.minimize(bowl, Vector<double>::Ones(2)).converged());
}

TEST_CASE("Barzilai-Borwein: steps are those of the two formulas", "[step]") {
    const Vector<double> curvature = Eigen::Vector3d(1, 3, 20);
    for (const auto formula : {BarzilaiBorwein::Formula::long_step, BarzilaiBorwein::Formula::short_step}) {
        std::vector<Vector<double>> gradients;
        std::vector<double> taken;
        GradientDescent<BarzilaiBorwein>{.step = {.formula = formula}, .max_iterations = 12, .tolerance = 0}.minimize(
            Bowl{curvature}, Vector<double>::Ones(3), [&](const IterationRecord<double>& record) {
                gradients.push_back(record.gradient);
                taken.push_back(record.step);
            });
        int matches = 0;  // the others were shortened
        for (std::size_t k = 2; k < taken.size(); ++k) {
            const Vector<double> g = gradients[k - 2], Hg = curvature.cwiseProduct(g);  // s = -t g, y = -t H g
            const double expected =
                formula == BarzilaiBorwein::Formula::long_step ? g.dot(g) / g.dot(Hg) : g.dot(Hg) / Hg.dot(Hg);
            matches += std::abs(taken[k] / expected - 1) <= tolerance::product<double>;
            CHECK(taken[k] <= 1 + tolerance::product<double>);
        }
        CHECK(matches >= 9);
    }
}

TEST_CASE("Barzilai-Borwein: values may rise, and that is what makes it quick", "[step]") {
    Seen seen;
    const auto result = GradientDescent<BarzilaiBorwein>{}.minimize(Rosenbrock(), Rosenbrock::start(), seen);
    CHECK(result.converged());
    CHECK(!std::is_sorted(seen.values.rbegin(), seen.values.rend()));
    for (std::size_t k = 10; k < seen.values.size(); ++k)
        CHECK(seen.values[k] < *std::max_element(seen.values.begin() + static_cast<std::ptrdiff_t>(k) - 10,
                                                 seen.values.begin() + static_cast<std::ptrdiff_t>(k)));
    CHECK(result.counts.gradients * 20 <
          GradientDescent<>{.max_iterations = 100'000}.minimize(Rosenbrock(), Rosenbrock::start()).counts.gradients);
}

TEST_CASE("a policy of the user's own", "[step]") {
    const GradientDescent<Newtonian> solver{.max_iterations = 2000};
    CHECK(solver_contract(solver, Quadratic(), tolerance::first_order) == none);
}
