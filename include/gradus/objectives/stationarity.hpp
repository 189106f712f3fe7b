#pragma once
// How far from optimal is a point? What tolerances of solvers are about.

#include <gradus/numeric/products.hpp>
#include <gradus/objectives/composite.hpp>

#include <algorithm>
#include <limits>

namespace gradus {

/// The relative gradient of f: 0 at a stationary point, and the same whatever the units of f and x.
///
/// * An objective that has stationarity(at) is asked.
/// * One that knows the size of each component of its gradient, gradient_scale(), as objectives over data do: max_j
/// |g_j| / scale_j.
/// * Of any other function nothing is known but what the run has seen: |g| / (L |x|), L the largest curvature, change
/// of g by change of x, of the last
///   three steps (of ten: a minimum in a steep valley was taken for optimal with 5e-8 of x to go). It is the relative
///   change of f's curvature that would make x optimal (a backward error; Higham, Accuracy and Stability of Numerical
///   Algorithms, 2002, ch. 7), and does not change when f or x are multiplied by a constant, or a constant is added to
///   f. Infinite before the first step: a start is taken for optimal only where the gradient is zero, or where no step
///   improves it. For |x| no less than a hundred-millionth of the way from the start counts, since the minimum may be
///   at zero.
///
/// Where f has corners, g is the residual, and L the curvature of the smooth part. All norms are the largest component.
template <Scalar S, class F>
class Stationarity {
public:
    explicit Stationarity(const F& f) : f_(&f) {}

    /// The run stands at `at`: to be called at the start and after each step.
    void see(const Evaluation<S>& at) {
        if (knows_itself()) return;
        if (anchor_.x.size() == 0) {
            start_ = at.x;
            return take_anchor(at);
        }
        way_ = std::max(way_, distance(at.x, start_));
        const S step = distance(at.x, anchor_.x), size = std::max(max_norm(at.x), max_norm(anchor_.x));
        const S curvature = distance(at.gradient, anchor_.gradient) / step;
        using std::isfinite;
        if (!isfinite(curvature)) return;
        // the rounding of the gradient beside a step so short would look like curvature
        if (!(step > S(1024) * epsilon<S> * size)) return;
        curvatures_[count_++ % memory] = curvature;
        take_anchor(at);
    }

    /// A solver that has the Hessian knows its size.
    void know_curvature(const S& curvature) { known_ = curvature; }

    /// To be called where the relative gradient is small: is the curvature that makes it so there at all? One more
    /// gradient a little way down the slope, and one a little way up. Steps over a kink look like curvature without
    /// bound, the larger the shorter they are; but on one side of a point there is no kink. What is seen there replaces
    /// what was seen before, when that was a million times more. The number of gradients.
    int confirm(const Evaluation<S>& at) {
        using std::cbrt;
        if (knows_itself() || known_ > S(0) || max_norm(at.gradient) == S(0)) return 0;
        const S step = cbrt(epsilon<S>) * cbrt(epsilon<S>) * std::max(max_norm(at.x), S(S(1e-8) * way_));
        S least = std::numeric_limits<S>::infinity();
        for (const int way : {-1, 1}) {
            Vector<S> x = at.x;
            add_multiple(S(S(way) * step / max_norm(at.gradient)), at.gradient, x);
            const Evaluation<S> there = evaluate<S>(*f_, std::move(x));
            least = std::min(least, S(distance(there.gradient, at.gradient) / step));
        }
        if (least * S(1e6) < *std::max_element(curvatures_, curvatures_ + memory))
            std::fill_n(curvatures_, memory, least);
        return 2;
    }

    S operator()(const Evaluation<S>& at) const {
        using std::abs;
        if constexpr (HasStationarity<F, S>) return f_->stationarity(at);
        else {
            Vector<S> scratch;
            const Vector<S>& slope = residual<S>(*f_, at, scratch);
            if constexpr (requires { f_->gradient_scale(); }) {
                const Vector<S>& scale = f_->gradient_scale();
                if (scale.size() == at.x.size()) {
                    S largest(0);
                    for (Index j = 0; j < at.x.size(); ++j)
                        if (const S size = abs(slope[j]); scale[j] > S(0) && !(size / scale[j] <= largest))
                            largest = size / scale[j];
                    return largest;
                }
            }
            const S size = max_norm(slope);
            if (size == S(0)) return S(0);
            const S curvature = known_ > S(0) ? known_ : *std::max_element(curvatures_, curvatures_ + memory);
            const S unit = curvature * std::max(max_norm(at.x), S(S(1e-8) * way_));
            return unit > S(0) ? S(size / unit) : std::numeric_limits<S>::infinity();
        }
    }

    /// Whether f says what its gradient is to be compared with.
    bool knows_itself() const {
        if constexpr (HasStationarity<F, S>) return true;
        else if constexpr (requires { f_->gradient_scale(); }) return f_->gradient_scale().size() > 0;
        else return false;
    }

private:
    void take_anchor(const Evaluation<S>& at) {
        anchor_.x = at.x;
        anchor_.gradient = at.gradient;
    }
    static S distance(const Vector<S>& a, const Vector<S>& b) { return max_distance(a.data(), b.data(), a.size()); }

    static constexpr int memory = 3;

    const F* f_;
    Vector<S> start_;
    Evaluation<S> anchor_;
    S curvatures_[memory] = {}, way_{0}, known_{0};
    int count_ = 0;
};

}  // namespace gradus
