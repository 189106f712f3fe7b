#pragma once
// The default of all models but the linear ones: the solver that suits the size of the problem.

#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#include <gradus/solvers/iterative/sampled_newton.hpp>

namespace gradus {

/// Newton's method, as long as its Hessians cost little beside what the others would take; on a sample of the rows
/// first where there are many more rows than parameters; without a Hessian matrix (NewtonCG) where there are many
/// parameters; L-BFGS where there are no second derivatives. The report tells what was chosen, and why.
struct Auto {
    static constexpr const char* name = "Auto";
    using Needs = NeedsGradient;
    static constexpr SolverTraits traits{.takes_any_coordinates = true, .builds_curvature = true};

    int max_iterations = 10'000;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    GRADUS_ONCE Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        const double d = static_cast<double>(start.size());
        if constexpr (!TwiceDifferentiable<F, S>) {
            return by(LBFGS{.max_iterations = max_iterations, .tolerance = tolerance}, f, start, observer,
                      "there are no second derivatives");
        } else {
            if constexpr (Thinned<F, S>)
                if (has_many_rows(f, d))
                    return by(SampledNewton{.stride = stride_of_sample(f, start.size()),
                                            .max_iterations = max_iterations,
                                            .tolerance = tolerance},
                              f, start, observer, text(f.samples(), " rows for ", start.size(), " parameters"));
            if (is_hessian_dear(f, d))
                return by(NewtonCG{.max_iterations = max_iterations, .tolerance = tolerance}, f, start, observer,
                          text(start.size(), " parameters"));
            return by(Newton{.max_iterations = max_iterations, .tolerance = tolerance}, f, start, observer, "");
        }
    }

private:
    // From 128 rows for a parameter on each gradient of all rows leaves a fifth of the error or less; below a million
    // numbers all this is a matter of a few milliseconds, and Newton's method has two digits more.
    template <class F>
    static bool has_many_rows(const F& f, double d) {
        return d > 0 && d <= 1000 && static_cast<double>(f.samples()) >= 128 * d && f.work() >= 1e6 && f.blocks() >= 32;
    }

    // Half as many rows will do where a Hessian of all of them follows.
    template <class F>
    static Index stride_of_sample(const F& f, Index parameters) {
        const Index stride = f.blocks() < 256 ? 4 : 8;
        return SampledNewton::takes_hessian(f, parameters) ? 2 * stride : stride;
    }

    // Multiplications for some eight Hessians and their factors, at the rate of matrix products, against two hundred
    // products with vectors at the rate of memory, an eighth of that; but no less than a tenth of a second.
    template <class F>
    static bool is_hessian_dear(const F& f, double d) {
        if constexpr (requires { f.work(); }) {
            const double newton = 8 * (static_cast<double>(f.samples()) * d * d / 2 + d * d * d / 3);
            return newton > 1e9 && newton > 8 * 200 * f.work();
        } else {
            return d > 2000;
        }
    }

    template <class Solver, class F, class S, class Observer>
    static Result<S> by(const Solver& solver, const F& f, const Vector<S>& start, Observer& observer, std::string why) {
        Result<S> out = solver.template run<S>(f, start, observer);
        out.solver = Solver::name;
        out.choice = std::move(why);
        return out;
    }
};

}  // namespace gradus
