#pragma once
// Gradient descent with momentum: the heavy ball.

#include <gradus/solvers/iterative/gradient_descent.hpp>

namespace gradus {

/// v <- momentum v - grad f(x),  x <- x + t v: with the same t every time, x_{k+1} = x_k - t grad f(x_k) + momentum
/// (x_k - x_{k-1}) (Polyak, USSR Comput. Math. Math. Phys. 4 (1964), 1, eq. 9). Needs the gradient alone.
///
/// On quadratics with curvatures in [mu, L] the error shrinks by (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu)) an
/// iteration for the best constants t = 4 / (sqrt(L) + sqrt(mu))^2 and momentum = that factor squared; t must be below
/// 2 (1 + momentum) / L. A step that looks for a decrease, such as the default, needs a direction of descent: where v
/// is none, the ball is stopped, v = -grad f(x). Per iteration the cost of gradient descent; O(d) memory.
template <StepRule Step = BacktrackingStep>
struct Momentum {
    static constexpr const char* name = "momentum";
    using Needs = NeedsGradient;

    Step step = {};
    double momentum = 0.9;  ///< in [0, 1)
    int max_iterations = 10'000;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity

    template <class F, class S>
    static constexpr void check_more() {
        detail::check_step_rule<Step, F, S>();
    }

    double fixed_step() const { return constant_step(step); }
    double stability() const { return 1 + momentum; }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
        const auto policy = detail::policy_for<S>(step, f);
        Vector<S> v = Vector<S>::Zero(start.size());
        while (run.goes_on()) {
            const Vector<S>& gradient = run.at().gradient;
            for (Index j = 0; j < v.size(); ++j) v[j] = S(momentum) * v[j] - gradient[j];
            if (needs_descent<decltype(policy)> && !(dot(gradient, v) < S(0))) v = -gradient;
            run.search(policy, v);
        }
        return run.result();
    }
};

}  // namespace gradus
