#pragma once
// Gradient descent.

#include <gradus/solvers/iterative/descent.hpp>

namespace gradus {

/// x <- x - t grad f(x) (Cauchy 1847; Nocedal and Wright, Numerical Optimization, 2006, ch. 3). Needs the gradient alone.
///
/// Stops when the relative gradient is at most `tolerance`. The number of iterations grows with the condition number of the Hessian: on
/// features of unlike scale, standardise. Per iteration one gradient and, where the first trial step is refused, one ray; O(d) memory.
template <StepPolicy Step = BacktrackingStep>
struct GradientDescent {
    static constexpr const char* name = "gradient descent";

    Step step = {};
    int max_iterations = 10'000;
    double tolerance = 1e-8;  ///< on relative_gradient()

    template <class F, class S>
    static constexpr void requires_of() {
        static_assert(Differentiable<F, S>, "gradus: GradientDescent needs value_and_gradient(x, gradient), or a "
                                            "callable f(x, gradient), that returns the value");
    }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        using S = typename Derived::Scalar;
        requires_of<F, S>();
        if constexpr (Differentiable<F, S>) return run<S>(f, start, observer);
        else return Result<S>{};
    }

private:
    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, max_iterations, tolerance);
        while (run.goes_on()) run.search(step, Vector<S>(-run.at().gradient));
        return run.result();
    }
};

}  // namespace gradus
