#pragma once
// Nesterov's accelerated gradient method.

#include <gradus/line_search/one_over_l.hpp>
#include <gradus/solvers/iterative/descent.hpp>

namespace gradus {

/// x_{k+1} = y_k - t grad f(y_k),  theta_{k+1} = (1 + sqrt(1 + 4 theta_k^2)) / 2,
/// y_{k+1} = x_{k+1} + (theta_k - 1) / theta_{k+1} (x_{k+1} - x_k)
/// (Nesterov, Soviet Math. Dokl. 27 (1983), 372; here theta is 1 / theta of O'Donoghue and Candes, Found. Comput. Math.
/// 15 (2015), 715). The momentum is thrown away, theta = 1, when it points uphill: grad f(y_k)'(x_{k+1} - x_k) > 0
/// (their eq. 13). So the iterations grow with the square root of the condition number although nothing is known of it:
/// 10 times as many for 100 times the condition.
///
/// t is `step`; or 1 / L where the objective knows a bound L of its curvature; else the longest, by backtracking, with
/// f(y - t g) <= f(y) - t/2 |g|^2, as in Beck and Teboulle, SIAM J. Imaging Sci. 2 (2009), 183. What observer and
/// result are shown is y, where the gradient is known. Per iteration one gradient, with backtracking two; O(d) memory.
struct Nesterov {
    static constexpr const char* name = "Nesterov";
    using Needs = NeedsGradient;

    double step = 0;  ///< 0: found as said above
    bool restart = true;
    Backtracking line_search = {.sufficient = 0.5, .noise = 1000, .flat = 1};
    int max_iterations = 10'000;
    double tolerance = 1e-8;  ///< on the relative gradient: see Stationarity

    double fixed_step() const { return step > 0 ? step : -1; }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        using std::sqrt;
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
        const S bound = step > 0 ? S(1) / S(step) : curvature_bound_of<S>(f);
        Vector<S> x = start, last_x, change(start.size());
        S theta(1), t = S(1) / bound;
        while (run.goes_on()) {
            const Evaluation<S>& y = run.at();
            if (!(bound > S(0)) && !find_step(run, t)) break;
            last_x = x;
            x = y.x;
            add_multiple(S(-t), y.gradient, x);
            change = x - last_x;
            if (restart && dot(y.gradient, change) > S(0)) theta = S(1);
            const S next_theta = (S(1) + sqrt(S(1) + S(4) * theta * theta)) / S(2);
            const S momentum = (theta - S(1)) / next_theta;
            theta = next_theta;
            Vector<S> next = x;
            add_multiple(momentum, change, next);
            run.move_to(std::move(next), t);
        }
        return run.result();
    }

private:
    // a little more than the last step, as far as it decreases the value enough
    struct Search {
        Backtracking rule;

        template <class S, class F>
        StepFound<S> choose(Line<S, F>& line, const StepContext<S>& context) const {
            const S trial = context.last > S(0) ? S(S(1.1) * context.last) : S(1);
            return rule.search<S>(line, context.at.value, line.slope(), trial);
        }
    };

    template <class S, class Run>
    bool find_step(Run& run, S& t) const {
        const Vector<S> downhill = -run.at().gradient;
        Line line(run.objective(), run.at(), downhill);
        t = run.find_step(Search{line_search}, line).step;
        if (t == S(0)) return false;
        run.count(line);
        return true;
    }
};

}  // namespace gradus
