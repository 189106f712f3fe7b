#pragma once
// Steps from the curvature that the last step has seen.

#include <gradus/line_search/step_policy.hpp>

namespace gradus {

/// With s = x_k - x_{k-1} and y the change of the gradient, t = s's / s'y (long) or s'y / y'y (short): the inverse of
/// the mean curvature along s or along H^1/2 s (Barzilai and Borwein, IMA J. Numer. Anal. 8 (1988), 141, eq. 5 and 6).
/// For gradient descent. Where the curvature along s is not positive, ten times the last step; the first one is
/// `first`.
///
/// The values do not fall in every iteration, and forcing them to would lose all speed: a step is accepted by Armijo's
/// rule against the largest of the last ten values (Grippo, Lampariello, Lucidi, SIAM J. Numer. Anal. 23 (1986), 707;
/// Raydan, SIAM J. Optim. 7 (1997), 26).
struct BarzilaiBorwein {
    enum class Formula { long_step, short_step };

    Formula formula = Formula::long_step;
    double first = 1;
    Backtracking rule = {.noise = 1000, .flat = 1};

    template <class S, class F>
    StepFound<S> choose(Line<S, F>& line, const StepContext<S>& context) const {
        using std::max;
        return rule.search<S>(line, max(context.recent_largest, context.at.value), line.slope(), trial(context));
    }

private:
    template <class S>
    S trial(const StepContext<S>& context) const {
        if (context.previous.x.size() == 0) return S(first);
        S ss(0), sy(0), yy(0);
        for (Index j = 0; j < context.at.x.size(); ++j) {
            const S s = context.at.x[j] - context.previous.x[j],
                    y = context.at.gradient[j] - context.previous.gradient[j];
            ss += s * s, sy += s * y, yy += y * y;
        }
        if (!(sy > S(0))) return S(10) * context.last;
        return formula == Formula::long_step ? S(ss / sy) : S(sy / yy);
    }
};

}  // namespace gradus
