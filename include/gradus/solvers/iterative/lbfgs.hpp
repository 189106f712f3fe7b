#pragma once
// L-BFGS.

#include <gradus/line_search/strong_wolfe.hpp>
#include <gradus/solvers/iterative/descent.hpp>
#include <gradus/solvers/iterative/limited_memory.hpp>

namespace gradus {

/// x <- x - t H grad f(x), where H is the inverse Hessian as the last `memory` steps have shown it (Liu and Nocedal,
/// Math. Programming 45 (1989), 503). Needs the gradient alone; t = 1 is tried first.
///
/// Stops when the relative gradient is at most `tolerance` and no parameter moves any more (`step_tolerance`): with the
/// gradient alone badly conditioned logistic data had three correct digits. Per iteration little more than one
/// gradient, and O(4 memory d); 2 memory d numbers.
struct LBFGS {
    static constexpr const char* name = "L-BFGS";
    using Needs = NeedsGradient;
    static constexpr SolverTraits traits{.takes_any_coordinates = true};

    int memory = 20;  ///< pairs of vectors; on the usual test functions 10 took 5 % more evaluations, 30 saved 1 %
    int max_iterations = 10'000;
    double tolerance = 1e-8;        ///< on the relative gradient: see Stationarity
    double step_tolerance = 1e-11;  ///< on the change of each parameter in the last step, relative to it
    StrongWolfe line_search = {};

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance, step_tolerance});
        LimitedMemory<S> inverse_hessian(memory);
        while (run.goes_on() && step(run, inverse_hessian))
            inverse_hessian.add(run.at().x - run.previous().x, run.at().gradient - run.previous().gradient);
        return run.result();
    }

private:
    // Along the direction that the memory makes of the gradient; where that does not descend, or has no step, along the
    // gradient itself, the memory forgotten.
    template <class Run, class S>
    bool step(Run& run, LimitedMemory<S>& inverse_hessian) const {
        Vector<S> d = -run.at().gradient;
        if (!inverse_hessian.is_empty()) {
            inverse_hessian.apply(d);
            if (dot(run.at().gradient, d) < S(0) && run.search(StrongWolfeStep<S>{line_search, S(1)}, d, false))
                return true;
            if (run.is_over()) return false;
            inverse_hessian.clear();
            d = -run.at().gradient;
        }
        return run.search(StrongWolfeStep<S>{line_search, first_step(run.at())}, d);
    }
};

}  // namespace gradus
