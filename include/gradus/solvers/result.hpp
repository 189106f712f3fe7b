#pragma once
// What a solver returns.

#include <gradus/core/errors.hpp>
#include <gradus/numeric/products.hpp>
#include <gradus/objectives/stationarity.hpp>
#include <gradus/solvers/cause.hpp>
#include <gradus/solvers/status.hpp>

#include <algorithm>

namespace gradus {

/// Work done: gradients are counted with their value; a ray point costs O(n) for a linear model.
struct Counts {
    int values = 0, gradients = 0, hessians = 0, ray_points = 0, hessian_products = 0;

    Counts& operator+=(const Counts& more) {
        values += more.values, gradients += more.gradients, hessians += more.hessians;
        ray_points += more.ray_points, hessian_products += more.hessian_products;
        return *this;
    }
};

/// The last step of a solver with second derivatives, H(x) d = -grad f(x), and how well H determines it.
template <Scalar S>
struct SecondOrderStep {
    Vector<S> x, d;
    Vector<S> scale;  ///< 1 / sqrt(H_jj); 0 for parameters that depend on others, for which d is 0 too
    S weakest{0};  ///< at most the least eigenvalue of H, rows and columns times scale, zero rows left out; 0: nothing
                   ///< is known
    Matrix<S> flat;    ///< d x (d - rank): the directions that H does not resolve
    Index stride = 1;  ///< of the rows that it is about: see EmpiricalRisk::thinned()
};

/// The best point found and the proof of how good it is; always filled, also when the status is not a success.
template <Scalar S>
struct Result {
    Vector<S> x;
    S value{0};
    Vector<S> gradient;
    Status status = Status::iteration_limit;
    std::string message;        ///< why it stopped, with the numbers
    Cause cause = Cause::none;  ///< where the solver looked for it
    int iterations = 0;
    Counts counts;

    S gradient_norm{0};      ///< largest |component| of the gradient at x
    S relative_gradient{0};  ///< the same in the objective's own units: see Stationarity; -1: not known
    S duality_gap{-1};       ///< value - optimum is at most this; -1: not known
    // filled by solvers that have second derivatives; -1 when unknown
    S decrement{-1};             ///< sqrt(g' H^-1 g), the Newton decrement: half its square estimates value - optimum
    double correct_digits = -1;  ///< of the largest parameters, estimated from the last Newton step
    double condition = -1;       ///< of H with its diagonal scaled to one
    Index rank = -1;             ///< of H
    SecondOrderStep<S> last_step;
    const char* solver = nullptr;  ///< by whom, where a solver left the work to another; null: by itself
    std::string choice;            ///< and why

    bool converged() const { return is_success(status); }
    /// Whether x is worth using: a finite point at least as good as the start.
    bool usable() const { return status != Status::non_finite && status != Status::too_large; }
};

/// A tolerance that the arithmetic can meet: no less than a few roundings; 0 stays 0, which asks for all that can be
/// had.
template <Scalar S>
S reachable(double tolerance) {
    return tolerance > 0 ? std::max(S(tolerance), S(S(64) * epsilon<S>)) : S(0);
}

/// Fills the result with the point where a run ended and says why; `relative_gradient` as the run has it.
template <class S>
GRADUS_ONCE Result<S> finish(Evaluation<S>& at, const S& relative_gradient, Result<S>& result, Status status,
                             std::string message) {
    using std::isfinite;
    result.gradient_norm = max_norm(at.gradient);
    result.relative_gradient = isfinite(relative_gradient) ? relative_gradient : S(-1);
    result.x = std::move(at.x);
    result.value = at.value;
    result.gradient = std::move(at.gradient);
    result.status = status;
    result.message = std::move(message);
    return std::move(result);
}
/// The same for a solver that keeps no Stationarity of its own.
template <class S, class F>
Result<S> finish(const F& f, Evaluation<S>& at, Result<S>& result, Status status, std::string message) {
    const S relative_gradient = Stationarity<S, F>(f)(at);
    return finish<S>(at, relative_gradient, result, status, std::move(message));
}

}  // namespace gradus
