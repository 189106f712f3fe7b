// Loss x penalty x predictor x solver: whatever is valid together runs, and all solvers find the same optimum.
#include "contracts/outside/barzilai_borwein.hpp"
#include "contracts/outside/complementary_log_log.hpp"
#include "contracts/outside/log_cosh.hpp"
#include "contracts/outside/pseudo_huber.hpp"
#include "contracts/outside/shared_slopes.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/losses/any_loss.hpp>
#include <gradus/losses/cumulative_link.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/any_penalty.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/proportional_odds.hpp>
#include <gradus/predictors/sum_to_zero.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#include <gradus/solvers/iterative/saga.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// Every solver from one start, zero if nothing else; the certificate of each first, then the coefficients against
// Newton's.
template <class F>
void all_solvers_agree(const F& f, Vector<double> start = {}) {
    if (start.size() == 0) start = Vector<double>::Zero(f.dimension());
    const Result<double> newton = Newton{}.minimize(f, start);
    CHECK(newton.converged());
    CHECK(newton.gradient_norm <= tolerance::value_at_optimum<double>);
    const auto same = [&](const Result<double>& result) {
        CHECK(result.converged());
        CHECK(error_of(result.x, newton.x) <= tolerance::first_order);
        CHECK_THAT(result.value, near(newton.value, tolerance::first_order * tolerance::first_order));
    };
    same(GradientDescent<>{}.minimize(f, start));
    same(GradientDescent<FixedStep>{.step = {0.3}}.minimize(f, start));
    same(outside::BarzilaiBorwein{}.minimize(f, start));
    same(GradientDescent<BarzilaiBorwein>{}.minimize(f, start));
    same(Momentum<>{}.minimize(f, start));
    same(Nesterov{}.minimize(f, start));
    same(
        Adam<ConstantStep>{.step = {0.03}, .batch = 0, .max_iterations = 10'000, .tolerance = 1e-8}.minimize(f, start));
    same(SAGA{}.minimize(f, start));
    same(LBFGS{}.minimize(f, start));
    same(ConjugateGradient{}.minimize(f, start));
    same(NewtonCG{}.minimize(f, start));
}

using Risk = EmpiricalRisk<double>;

struct Combined {
    Matrix<double> X;
    Vector<double> y;

    Combined(Index classes) {
        Random random(73);
        X = normal_matrix<double>(random, 60, 3);
        if (classes)
            y = draw_classes<double>(random, X, normal_matrix<double>(random, 3, classes == 2 ? 1 : classes),
                                     Vector<double>::Zero(classes == 2 ? 1 : classes));
        else y = X.col(0) - X.col(2) + normal_vector<double>(random, 60);
    }
    Sample<double> sample() const {
        Sample<double> out;
        out.X = Design<double>(DenseView<double>(X));
        out.Y = DenseView<double>(y);
        out.total_weight = 60;
        return out;
    }
    template <class L>
    void with_each_penalty(const L& loss, const Predictor<double>& predictor, bool is_determined,
                           const Vector<double>& start = {}) const {
        const auto run = [&](auto penalty) { all_solvers_agree(Risk(loss, penalty, predictor, sample()), start); };
        if (is_determined) run(NoPenalty());
        run(Ridge{.lambda = 0.1});
        run(outside::PseudoHuber());
    }
};

}  // namespace

TEST_CASE("losses, penalties and solvers combine: one output", "[combination]") {
    const Predictor<double> predictor = linear_predictor<double>(3, 1, true);
    const Combined numbers(0), classes(2);
    numbers.with_each_penalty(Squared<double>(), predictor, true);
    numbers.with_each_penalty(outside::LogCoshLoss<double>(), predictor, true);
    classes.with_each_penalty(Logistic<double>(), predictor, true);
    classes.with_each_penalty(outside::ComplementaryLogLog<double>(), predictor, true);
}

TEST_CASE("losses, penalties and solvers combine: several outputs", "[combination]") {
    const Combined classes(3);
    classes.with_each_penalty(Multinomial<double>(3), sum_to_zero_predictor<double>(3, 3, true), true);
}

// From thresholds that increase: elsewhere the loss is infinite.
TEST_CASE("losses, penalties and solvers combine: ordered levels", "[combination]") {
    Combined levels(0);
    for (double& y : levels.y) y = y < -1 ? 0 : y < 0.5 ? 1 : y < 1.5 ? 2 : 3;
    Vector<double> start = Vector<double>::Zero(6);
    start.tail(3) << -1, 0, 1;
    const Predictor<double> predictor = proportional_odds_predictor<double>(3, 4);
    levels.with_each_penalty(CumulativeLink<double, Logit>(4), predictor, true, start);
    levels.with_each_penalty(CumulativeLink<double, Probit>(4), predictor, true, start);
    levels.with_each_penalty(CumulativeLink<double, ComplementaryLogLog>(4), predictor, true, start);
}

// Shared slopes do not move a softmax (its probabilities depend on differences alone), so the predictor is paired with
// a loss of several targets.
TEST_CASE("a predictor from outside combines with every solver", "[combination]") {
    Random random(79);
    const Combined data(0);
    Matrix<double> Y = normal_matrix<double>(random, 60, 2);
    Y.colwise() += data.y;
    Sample<double> sample = data.sample();
    sample.Y = DenseView<double>(Y);
    all_solvers_agree(Risk(Squared<double>(2), outside::PseudoHuber(), outside::shared_slopes<double>(3, 2), sample));
}

TEST_CASE("solvers find the constructed optimum of a logistic problem", "[combination]") {
    const auto known = known_logistic<double>(83, 80, 3);
    Sample<double> sample;
    sample.X = Design<double>(DenseView<double>(known.X));
    sample.Y = DenseView<double>(known.y);
    sample.total_weight = 80;
    const Risk f(Logistic<double>(), NoPenalty(), linear_predictor<double>(3, 1, true), sample);
    Vector<double> optimum(4);
    optimum << known.w, known.b;
    const Vector<double> start = Vector<double>::Zero(4);
    CHECK(error_of(Newton{}.minimize(f, start).x, optimum) <= tolerance::second_order<double>);
    CHECK(error_of(NewtonCG{}.minimize(f, start).x, optimum) <= tolerance::second_order<double>);
    CHECK(error_of(LBFGS{}.minimize(f, start).x, optimum) <= tolerance::first_order);
    CHECK(error_of(ConjugateGradient{}.minimize(f, start).x, optimum) <= tolerance::first_order);
    CHECK(error_of(GradientDescent<>{}.minimize(f, start).x, optimum) <= tolerance::first_order);
    CHECK(error_of(outside::BarzilaiBorwein{}.minimize(f, start).x, optimum) <= tolerance::first_order);
}
