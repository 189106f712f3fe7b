// A solver from outside the library: the gradient method of Barzilai and Borwein (IMA J. Numer. Anal. 8 (1988), 141),
// with the non-monotone safeguard of Raydan (SIAM J. Optim. 7 (1997), 26).
#pragma once

#include <gradus/objectives/stationarity.hpp>
#include <gradus/solvers/observer.hpp>
#include <gradus/solvers/result.hpp>

#include <algorithm>
#include <cmath>
#include <deque>

namespace outside {

struct BarzilaiBorwein {
    static constexpr const char* name = "Barzilai and Borwein";

    int max_iterations = 10'000;
    double tolerance = 1e-9;  ///< on the relative gradient, see Stationarity

    template <class F, class Derived, class Observer = gradus::NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        using S = typename Derived::Scalar;
        gradus::Result<S> result;
        gradus::Evaluation<S> at{start, S(0), {}}, next;
        at.value = gradus::value_and_gradient<S>(f, at.x, at.gradient);
        gradus::Stationarity<S, F> stationarity(f);
        using gradus::Status;
        if (!std::isfinite(at.value) || !at.gradient.allFinite())
            return gradus::finish<S>(f, at, result, Status::non_finite, "not finite at the start");
        std::deque<S> recent{at.value};
        S step = S(1) / std::max(S(1), gradus::max_norm(at.gradient)), taken(0);
        for (;; ++result.iterations) {
            stationarity.see(at);
            const S small = stationarity(at);
            if (gradus::asks_to_stop(observer, gradus::IterationRecord<S>{result.iterations, at.value,
                                                                          gradus::max_norm(at.gradient), small, taken,
                                                                          at.x, at.gradient}))
                return gradus::finish<S>(f, at, result, Status::stopped_by_observer, "stopped");
            if (small <= S(tolerance)) return gradus::finish<S>(f, at, result, Status::converged, "converged");
            if (result.iterations == max_iterations)
                return gradus::finish<S>(f, at, result, Status::iteration_limit, "too many steps");
            const S bar = *std::max_element(recent.begin(), recent.end());
            for (int trial = 0;; ++trial, step /= S(4)) {
                if (trial == 60)
                    return gradus::finish<S>(f, at, result, Status::line_search_failed, "no step decreases the value");
                next.x = at.x - step * at.gradient;
                next.value = gradus::value_and_gradient<S>(f, next.x, next.gradient);
                ++result.counts.gradients;
                if (next.value <= bar - S(1e-4) * step * at.gradient.squaredNorm() + gradus::epsilon<S> * std::abs(bar))
                    break;
            }
            taken = step;
            const gradus::Vector<S> s = next.x - at.x, y = next.gradient - at.gradient;
            step = s.dot(y) > S(0) ? s.squaredNorm() / s.dot(y) : S(1);
            at = next;
            recent.push_back(at.value);
            if (recent.size() > 10) recent.pop_front();
        }
    }
};

}  // namespace outside
