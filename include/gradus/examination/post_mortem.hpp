#pragma once
// What went wrong in a run, by looking at the function where it ended.

#include <gradus/examination/learning_rate.hpp>
#include <gradus/solvers/cause.hpp>
#include <gradus/solvers/solver.hpp>

namespace gradus {

/// What a look at a function where a run ended says.
struct Diagnosis {
    Cause cause = Cause::none;
    std::string numbers;  ///< what shows it; empty for Cause::none
    std::string remedy;   ///< a line of code
    Index row = -1;       ///< non_finite: the row of X, where there is one
    Index column = -1;    ///< non_finite: the column of X; wrong_derivative, non_finite: the parameter of a function
    bool needs_newton =
        false;  ///< budget_used_up: no number of steps can be promised, and Newton's method is the remedy
};

/// When nothing is known about the solver of a run.
struct UnknownSolver {};

namespace detail {

/// Up to which step a solver is stable, in numbers and as a formula: 2 / L; for the heavy ball 2 (1 + momentum) / L
/// (Polyak, USSR Comput. Math. Math. Phys. 4 (1964), 1); for solvers that draw rows 2 / L_max, L_max the curvature of
/// the steepest row, where that is known.
struct StepLimit {
    double step;
    const char* formula;
};
template <class Solver>
StepLimit step_limit(const Solver& solver, const LearningRateReport& report) {
    if (traits_of<Solver>().samples_rows && report.row_bound > 0)
        return {2 / report.row_bound, "2/L_max of the steepest row"};
    const double factor = stability_of(solver);
    return {factor * report.stable_step(), factor == 1 ? "2/L" : "2 (1 + momentum)/L"};
}

/// A derivative along d by central differences at steps falling by ten; what three neighbours agree on best is taken.
/// `error`: by how much they differ, and the rounding of the values. Negative when no three values are finite.
template <Scalar S>
struct Slope {
    S value{0}, error{-1};
};
template <Scalar S, class F>
GRADUS_ONCE Slope<S> measured_slope(const F& f, const Vector<S>& x, const Vector<S>& d) {
    using std::abs, std::isfinite, std::max;
    Slope<S> best;
    S before(0), change(0);
    int run = 0;
    S h(1);
    for (int k = 0; k <= std::numeric_limits<S>::digits10; ++k, h /= S(10)) {
        Vector<S> low = x, high = x;
        add_multiple(S(-h), d, low);
        add_multiple(h, d, high);
        const S from = value<S>(f, low), to = value<S>(f, high), slope = (to - from) / (S(2) * h);
        if (!isfinite(slope)) {
            run = 0;
            continue;
        }
        const S now = abs(slope - before), noise = S(4) * epsilon<S> * max(abs(from), abs(to)) / h;
        if (++run >= 3 && (best.error < S(0) || max(now, change) + noise < best.error))
            best = {slope, max(now, change) + noise};
        before = slope;
        change = now;
    }
    return best;
}

/// Where the gradient is not that of f: the slope along the parameter (-1: along a random direction), and what the
/// gradient says.
template <Scalar S>
struct WrongSlope {
    bool found = false;
    Index parameter = -1;
    S claimed{0}, measured{0};
};

/// Up to 16 parameters one by one; of more, four random directions, and the parameters only when one of those is wrong.
/// A slope counts as wrong when it is off by a thousandth of itself and by ten times what the differences leave open.
template <Scalar S, class F>
GRADUS_ONCE WrongSlope<S> find_wrong_slope(const F& f, const Vector<S>& x) {
    using std::abs, std::max;
    const Index d = x.size();
    Vector<S> gradient(d), direction(d);
    const S here = abs(value_and_gradient<S>(f, x, gradient));
    if (!all_finite(gradient)) return {};
    // beside an x of zero no more than what changes f by its own value: in a column of 1e13 a logistic loss is straight
    // on either side of zero, and its differences over a step of one agree with each other and not with the gradient
    const auto unit = [&](Index j) {
        const S slope = abs(gradient[j]);
        return max(S(abs(x[j])), here > S(0) && slope > here ? S(here / slope) : S(1));
    };
    const auto compare = [&](Index parameter, WrongSlope<S>& out) {
        const S claimed = dot(gradient, direction);
        const Slope<S> slope = measured_slope<S>(f, x, direction);
        const S gap = abs(slope.value - claimed);
        if (slope.error < S(0) || !(gap > S(10) * slope.error) ||
            !(gap > S(1e-3) * max(S(abs(claimed)), S(abs(slope.value)))))
            return false;
        const S size = parameter < 0 ? S(1) : unit(parameter);
        out = {true, parameter, claimed / size, slope.value / size};
        return true;
    };
    WrongSlope<S> out;
    if (d > 16) {
        Random random;
        bool is_wrong = false;
        for (int draw = 0; draw < 4 && !is_wrong; ++draw) {
            for (Index j = 0; j < d; ++j) direction[j] = random.bits() & 1 ? unit(j) : S(-unit(j));
            is_wrong = compare(-1, out);
        }
        if (!is_wrong) return {};
    }
    for (Index j = 0; j < std::min<Index>(d, 256); ++j) {
        direction.setZero();
        direction[j] = unit(j);
        if (compare(j, out)) return out;
    }
    return out;
}

/// Whether moving x by single roundings changes the gradient by as much as is left of it: no neighbour is better.
template <Scalar S, class F>
GRADUS_ONCE bool is_at_rounding_floor(const F& f, const Vector<S>& x, const Vector<S>& gradient) {
    using std::abs, std::max;
    Random random;
    S change(0);
    const S least = epsilon<S> * max_norm(x);
    Vector<S> moved(x.size()), other(x.size());
    for (int draw = 0; draw < 4; ++draw) {
        for (Index j = 0; j < x.size(); ++j) {
            const S by = max(S(epsilon<S> * abs(x[j])), S(S(0.01) * least));
            moved[j] = x[j] + (random.bits() & 1 ? by : S(-by));
        }
        value_and_gradient<S>(f, moved, other);
        for (Index j = 0; j < x.size(); ++j) other[j] -= gradient[j];
        change = max(change, norm(other));
    }
    return norm(gradient) <= S(4) * change;
}

/// The first parameter whose entry is not finite.
template <Scalar S>
Index first_not_finite(const Vector<S>& v) {
    using std::isfinite;
    for (Index j = 0; j < v.size(); ++j)
        if (!isfinite(v[j])) return j;
    return -1;
}

/// Verdicts that need no look at the function.
template <Scalar S>
GRADUS_ONCE Diagnosis diagnose_status(const Result<S>& result) {
    using std::isfinite;
    if (result.cause == Cause::step_too_long)
        return {Cause::step_too_long, result.message, "solver.step = {};  // begins where no row overshoots"};
    switch (result.status) {
    case Status::stopped_by_observer:
        return {Cause::stopped_by_observer,
                text("after ", result.iterations, " iterations, at a relative gradient of ", result.relative_gradient),
                "solver.minimize(f, result.x);  // goes on from there"};
    case Status::too_large:
        return {Cause::budget_used_up, result.message, "gradus::GradientDescent<>{}.minimize(f, start);"};
    case Status::separated:
        return {Cause::separated, result.message, "penalty = gradus::Ridge{.lambda = 1e-3};"};
    case Status::ill_conditioned:
        return {Cause::rank_deficient, result.message, "using Scalar = long double;"};
    case Status::vanishing_slopes:
        return {Cause::budget_used_up, result.message, "solver.tolerance /= 1000;"};
    case Status::unbounded:
        return {Cause::unbounded, result.message,
                "value += lambda / 2 * x.squaredNorm();  // or constraints: there is no minimum"};
    case Status::saddle:
        return {Cause::saddle, result.message, "start = x;  // with x beside the saddle"};
    case Status::line_search_failed:
        switch (result.cause) {
        case Cause::kink:
            return {Cause::kink, result.message,
                    "value = std::sqrt(t * t + delta * delta);  // instead of |t|: smooth the kink"};
        case Cause::edge_of_domain:
            return {Cause::edge_of_domain, result.message,
                    "x = std::exp(u);  // minimise over u: every u lies in the domain"};
        case Cause::overflow:
            return {Cause::overflow, result.message, "using Scalar = long double;"};
        default:
            return {};
        }
    default:
        return {};
    }
}

/// Numbers of a step that is too long, for any function.
inline std::string step_numbers(double step, const StepLimit& limit, const LearningRateReport& report) {
    std::string parts;
    for (std::size_t i = 0; i < report.steepest_parameters.size() && i < 3; ++i)
        parts += text(i ? ", " : "", "parameter ", report.steepest_parameters[i]);
    return text("step ", step, " is above ", limit.formula, " = ", limit.step, "; the steepest direction is mostly ",
                parts);
}

}  // namespace detail

/// Why `result`, of a solver that ran on f from `start`, is no success. Wrong derivatives are found by differences of
/// values, steps that are too long and unlike scales by analyse_learning_rate() at result.x, the rounding floor by
/// moving x by single roundings. Costs about a hundred evaluations of f for each of the first 16 parameters, and the
/// analysis, unless that of result.x is at hand; nothing for a success.
///
///     const auto result = solver.minimize(f, start);
///     const gradus::Diagnosis why = gradus::diagnose(f, start, result, solver);
///     // why.cause, why.numbers, why.remedy
template <class F, class Derived, class S, class Solver = UnknownSolver>
GRADUS_ONCE Diagnosis diagnose(const F& f, const Eigen::MatrixBase<Derived>& from, const Result<S>& result,
                               const Solver& solver = {}, const LearningRateReport* analysis = nullptr) {
    using std::abs, std::isfinite, std::max;
    if (result.converged()) return {};
    if (Diagnosis known = detail::diagnose_status(result); known.cause != Cause::none) return known;
    const Vector<S> start = from;

    Vector<S> gradient(result.x.size());
    const S reached = value_and_gradient<S>(f, result.x, gradient);
    const Index bad = detail::first_not_finite(result.x) >= 0 ? detail::first_not_finite(result.x)
                                                              : detail::first_not_finite(gradient);
    if (!isfinite(reached) || bad >= 0)
        return {Cause::non_finite,
                bad >= 0 ? text("x_", bad, " = ", result.x[bad], ", derivative ", gradient[bad], ", value ", reached)
                         : text("the value is ", reached, " with a finite gradient"),
                "start = x;  // with x such that f(x) and its gradient are finite", -1, bad};

    for (const Vector<S>* at : {&start, &result.x}) {
        const detail::WrongSlope<S> wrong = detail::find_wrong_slope<S>(f, *at);
        if (!wrong.found) continue;
        const std::string where =
            wrong.parameter < 0 ? std::string("along a random direction") : text("with respect to x_", wrong.parameter);
        return {Cause::wrong_derivative,
                text("the derivative ", where, " is ", wrong.measured, " by differences, but the gradient says ",
                     wrong.claimed),
                text("gradient[", max<Index>(wrong.parameter, 0), "] = ", wrong.measured, ";  // at x_",
                     max<Index>(wrong.parameter, 0), " = ", (*at)[max<Index>(wrong.parameter, 0)]),
                -1, wrong.parameter};
    }

    const LearningRateReport here = analysis ? *analysis : analyse_learning_rate(f, result.x);
    if (!here.known())
        return {Cause::non_finite, "value and gradient are finite, but the Hessian is not",
                "solver = gradus::GradientDescent<>{};"};
    const double step = fixed_step_of(solver);
    const auto too_long = [&](const LearningRateReport& report) {
        const detail::StepLimit limit = detail::step_limit(solver, report);
        return Diagnosis{Cause::step_too_long, detail::step_numbers(step, limit, report),
                         text("solver.step = {", limit.step / 2, "};")};
    };
    if (step > 0) {
        const bool draws_rows = traits_of<Solver>().samples_rows;  // the noise of its steps is not instability
        if ((!draws_rows || result.status == Status::diverged) && step > detail::step_limit(solver, here).step)
            return too_long(here);
        const LearningRateReport there = analyse_learning_rate(f, start);
        if (result.status == Status::diverged && there.known() && step > detail::step_limit(solver, there).step)
            return too_long(there);
    }
    if (result.status == Status::diverged) {
        // one such step from the best point leaves the domain of f?
        Vector<S> next = result.x;
        add_multiple(S(step > 0 ? -step : -here.best_step()), gradient, next);
        if (!isfinite(value<S>(f, next)))
            return {Cause::non_finite,
                    text("a step of ", step > 0 ? step : here.best_step(), " from the best point leads to a value of ",
                         value<S>(f, next)),
                    "solver = gradus::GradientDescent<>{};  // shortens its steps"};
        if (!here.is_convex_here() && std::isinf(here.predicted_decrease()))
            return {Cause::non_finite,
                    text("the function falls without bound: its curvature is ", here.smallest_curvature,
                         " where the run ended"),
                    "value += lambda / 2 * x.squaredNorm();  // or constraints: there is no minimum"};
        return {Cause::step_too_long,
                text("steps grew beyond 2/L = ", here.stable_step(), ", L = ", here.largest_curvature),
                text("solver = gradus::GradientDescent<gradus::FixedStep>{.step = {", here.best_step(), "}};")};
    }

    const double decrease = here.predicted_decrease(),
                 resolution = static_cast<double>(epsilon<S>) * std::abs(here.value);
    const double tolerance = tolerance_of(solver);
    // the best point is the one of least value: where values no longer differ, its gradient need not be the smallest
    const bool asks_too_much = tolerance < 64 * static_cast<double>(epsilon<S>) && decrease <= 4 * resolution;
    if (asks_too_much || detail::is_at_rounding_floor<S>(f, result.x, gradient) ||
        (result.status == Status::line_search_failed && decrease <= 1000 * resolution))
        return {Cause::rounding_floor,
                text("the relative gradient ", result.relative_gradient,
                     " is rounding; to the optimum the value can fall by about ", decrease, ", and it is known to ",
                     resolution),
                text("solver.tolerance = ", 2 * static_cast<double>(result.relative_gradient), ";")};
    if (result.status == Status::line_search_failed)
        return {Cause::non_finite,
                text("no step decreases the value, though the gradient is right at x: ", result.message),
                "solver = gradus::GradientDescent<>{};"};

    const double condition = here.condition_number(), scaled = here.scaled_condition_number;
    if (!traits_of<Solver>().takes_any_coordinates && condition > 100 && scaled > 0 && scaled < condition / 10)
        return {Cause::badly_scaled,
                text("condition number ", condition, ", with parameters scaled by the root of their curvature ", scaled,
                     "; the steepest direction is mostly parameter ", here.steepest_parameters[0]),
                TwiceDifferentiable<F, S> ? "gradus::Newton{}.minimize(f, start);  // does not depend on scales"
                                          : "x = unit * u;  // minimise over u, unit_j = 1 / sqrt(d2f/dx_j2)"};
    const double best = here.predicted_iterations(here.best_step(), tolerance),
                 now = here.predicted_iterations(step, tolerance);
    // what steps on drawn rows will take cannot be predicted from the curvature: their noise shrinks with the steps
    const double needed = 2 * (step > 0 && std::isfinite(now) ? now : best) + 10 + result.iterations;
    const bool is_far = traits_of<Solver>().samples_rows || needed > 1e7;
    const bool is_short_step = step > 0 && now > 4 * best,
               needs_newton = is_far && !is_short_step && TwiceDifferentiable<F, S>;
    std::string remedy = text("solver.max_iterations = ", static_cast<long long>(std::min(1e7, needed)), ";");
    if (is_short_step) remedy = text("solver.step = {", here.best_step(), "};");
    else if (needs_newton) remedy = "gradus::Newton{}.minimize(f, start);";
    else if (is_far || !std::isfinite(best)) remedy = "solver.max_iterations *= 10;";
    return {Cause::budget_used_up,
            text("after ", result.iterations, " iterations the relative gradient is ", result.relative_gradient,
                 "; condition number ", condition,
                 std::isfinite(best)
                     ? text(", about ", best, " more of the best fixed step ", here.best_step(), " to ", tolerance)
                     : std::string()),
            remedy,
            -1,
            -1,
            needs_newton};
}

}  // namespace gradus
