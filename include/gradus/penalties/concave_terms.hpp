#pragma once
// What penalties that flatten out have in common.

#include <gradus/penalties/elastic_terms.hpp>

#include <algorithm>

namespace gradus::detail {

/// The function of |w| that is 0 at 0 and whose slope is `slope` up to |w| = start, falls linearly to 0 at |w| = end,
/// and stays 0: the members of a SeparablePenalty.
template <class S>
struct FadingSlope {
    S slope, start, end;

    S value(const S& w) const {
        const S size = w < S(0) ? S(-w) : w;
        if (size <= start) return slope * size;
        if (size < end) return slope * size - fall() / S(2) * (size - start) * (size - start);
        return slope * (start + end) / S(2);
    }
    /// The best of the minima of the three pieces; the first of several.
    S prox(const S& step, const S& w) const {
        const S size = w < S(0) ? S(-w) : w;
        const S straight = std::clamp(S(size - step * slope), S(0), start);
        S curved = start;  // the piece has a minimum of its own where it is convex with the step
        if (start < end && step * fall() < S(1))
            curved = std::clamp(S((size - step * fall() * end) / (S(1) - step * fall())), start, end);
        S best(0), least(-1);
        for (const S& v : {straight, curved, std::max(size, end)}) {
            const S all = value(v) + (v - size) / step * (v - size) / S(2);
            if (least < S(0) || all < least) best = v, least = all;
        }
        return w < S(0) ? S(-best) : best;
    }
    S subdifferential_distance(const S& w, const S& of_loss) const {
        const S size = w < S(0) ? S(-w) : w;
        const S own = size <= start ? slope : size < end ? S(fall() * (end - size)) : S(0);
        const S sum = w == S(0) ? soft_threshold(of_loss, slope) : w > S(0) ? S(of_loss + own) : S(of_loss - own);
        return sum < S(0) ? S(-sum) : sum;
    }
    S curvature(const S& w) const {
        const S size = w < S(0) ? S(-w) : w;
        return size > start && size < end ? S(-fall()) : S(0);
    }

private:
    S fall() const { return slope / (end - start); }
};

}  // namespace gradus::detail
