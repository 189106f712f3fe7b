#pragma once
// What a solver says about itself, and what every minimize() begins with.

#include <gradus/objectives/composite.hpp>
#include <gradus/objectives/in_own_units.hpp>
#include <gradus/objectives/sampled.hpp>
#include <gradus/solvers/observer.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus {

/// What a solver is, as far as those who use it have to know: `static constexpr SolverTraits traits`.
struct SolverTraits {
    /// Steps do not depend on the coordinates, or not much: models may show it centred and scaled columns. All others
    /// run in the user's own, because the step size, its stable interval and the trace are about those.
    bool takes_any_coordinates = false;
    bool builds_curvature = false;    ///< it asks for Hessian matrices
    bool samples_rows = false;        ///< it looks at rows one by one, in random order
    bool takes_corners = false;       ///< it minimises a Composite, and nothing else
    bool has_finite_optimum = false;  ///< it adds to the objective what gives it one: existence is no question then
};

template <class Solver>
constexpr SolverTraits traits_of() {
    if constexpr (requires { SolverTraits(Solver::traits); }) return Solver::traits;
    else return {};
}

template <class Solver>
const char* solver_name() {
    if constexpr (requires {
                      { Solver::name } -> std::convertible_to<const char*>;
                  })
        return Solver::name;
    else return "a solver of the user's own";
}

/// The step that a solver takes every time, whatever the function does, as its member fixed_step() says; -1: it
/// changes, or nothing is known.
template <class Solver>
double fixed_step_of(const Solver& solver) {
    if constexpr (requires { static_cast<double>(solver.fixed_step()); }) return solver.fixed_step();
    else return static_cast<void>(solver), -1;
}
/// By how much longer than 2 / L a fixed step of this solver may be, as its member stability() says.
template <class Solver>
double stability_of(const Solver& solver) {
    if constexpr (requires { static_cast<double>(solver.stability()); }) return solver.stability();
    else return static_cast<void>(solver), 1;
}
/// On the relative gradient; 1e-8, as most solvers have it, where nothing is known.
template <class Solver>
double tolerance_of(const Solver& solver) {
    if constexpr (requires { static_cast<double>(solver.tolerance); }) return static_cast<double>(solver.tolerance);
    else return static_cast<void>(solver), 1e-8;
}

// What solvers ask of an objective, as a type `Needs`: is_met<F, S>, and one sentence where it is not.

struct NeedsGradient {
    template <class F, class S>
    static constexpr bool is_met = Differentiable<F, S>;
    template <class F, class S>
    static constexpr void check() {
        static_assert(is_met<F, S>, "gradus: this solver needs value_and_gradient(x, gradient), or a callable f(x, "
                                    "gradient), that returns the value");
    }
};
struct NeedsHessian {
    template <class F, class S>
    static constexpr bool is_met = TwiceDifferentiable<F, S>;
    template <class F, class S>
    static constexpr void check() {
        static_assert(
            is_met<F, S>,
            "gradus: this solver needs second derivatives: hessian(x, H) of an objective, derivatives() of a loss, "
            "add_curvature() of a penalty; without them use LBFGS or GradientDescent");
    }
};
struct NeedsHessianProducts {
    template <class F, class S>
    static constexpr bool is_met = Curved<F, S>;
    template <class F, class S>
    static constexpr void check() {
        static_assert(is_met<F, S>, "gradus: this solver needs products with the Hessian: hessian_product(x, v, out) "
                                    "of an objective, derivatives() "
                                    "of a loss, add_curvature() of a penalty; without them use LBFGS");
    }
};
struct NeedsSingleRows {
    template <class F, class S>
    static constexpr bool is_met = Sampled<F, S>;
    template <class F, class S>
    static constexpr void check() {
        static_assert(
            is_met<F, S>,
            "gradus: this solver needs an objective that is a mean over rows: samples() and sample_gradient(x, rows, "
            "gradient) beside value_and_gradient; without them use GradientDescent");
    }
};

struct NeedsCorners {
    template <class F, class S>
    static constexpr bool is_met = CompositeObjective<F, S>;
    template <class F, class S>
    static constexpr void check() {
        static_assert(is_met<F, S>, "gradus: this solver is for a smooth function plus one with corners, Composite(f, "
                                    "g); for a smooth one use Nesterov or LBFGS");
    }
};

/// Refuses, in one sentence, an objective that a solver cannot work on. Solvers of the user's own may state no needs.
template <class Solver, class F, class S>
constexpr void check_needs() {
    if constexpr (CompositeObjective<F, S>)
        static_assert(traits_of<Solver>().takes_corners,
                      "gradus: this function has corners, and this solver needs a smooth one; use FISTA");
    else if constexpr (requires { typename Solver::Needs; }) Solver::Needs::template check<F, S>();
    if constexpr (requires { Solver::template check_more<F, S>(); }) Solver::template check_more<F, S>();
}
template <class Solver, class F, class S>
constexpr bool meets_needs() {
    if constexpr (requires { typename Solver::Needs; }) return Solver::Needs::template is_met<F, S>;
    else return true;
}

namespace detail {

/// Shows an observer what a run in a function's own units looks like in the user's.
template <class Observer, Scalar S>
class OutOfOwnUnits {
public:
    OutOfOwnUnits(Observer& observer, const S& unit) : observer_(&observer), unit_(unit) {}

    auto operator()(const IterationRecord<S>& record) {
        gradient_ = record.gradient;
        for (Index j = 0; j < gradient_.size(); ++j) gradient_[j] /= unit_;
        return (*observer_)(IterationRecord<S>{record.iteration, record.value / unit_, record.gradient_norm / unit_,
                                               record.relative_gradient, record.step, record.x, gradient_});
    }
    std::string reason() const requires requires(const Observer& observer) { observer.reason(); }
    { return observer_->reason(); }

private:
    Observer* observer_;
    S unit_;
    Vector<S> gradient_;
};

/// Whether f tells what its gradient is to be compared with.
template <class F, class S>
inline constexpr bool judges_itself = HasStationarity<F, S> || requires(const F& f) {
    f.gradient_scale();
};

}  // namespace detail

/// solver.run<S>(f, start, observer) for an objective that has what the solver needs. Solvers whose steps are not in
/// the user's units see a plain function in its own units, in which its gradient at the start is of size one, and the
/// result is the user's again.
template <class Solver, class F, class Derived, class Observer>
auto minimise(const Solver& solver, const F& f, const Eigen::MatrixBase<Derived>& start, Observer& observer) {
    using S = typename Derived::Scalar;
    check_needs<Solver, F, S>();
    if constexpr (!meets_needs<Solver, F, S>()) {
        return Result<S>{};
    } else if constexpr (detail::judges_itself<F, S> || CompositeObjective<F, S> ||
                         !traits_of<Solver>().takes_any_coordinates) {
        return solver.template run<S>(f, Vector<S>(start), observer);
    } else {
        const Vector<S> x = start;
        const InOwnUnits<F, S> scaled(f, x);
        Result<S> result;
        if constexpr (std::is_same_v<std::remove_cvref_t<Observer>, NoObserver>) {
            result = solver.template run<S>(scaled, x, observer);
        } else {
            detail::OutOfOwnUnits<Observer, S> shown(observer, scaled.unit());
            result = solver.template run<S>(scaled, x, shown);
        }
        scaled.leave(result);
        return result;
    }
}

}  // namespace gradus
