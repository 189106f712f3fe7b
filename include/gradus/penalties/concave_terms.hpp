#pragma once
// What penalties that flatten out have in common.

#include <gradus/penalties/elastic_terms.hpp>

#include <algorithm>
#include <initializer_list>

namespace gradus::detail {

/// Of the candidates, numbers >= 0, the one with the least value(v) + (v - |w|)^2 / (2 step), with the sign of w; the
/// first of several.
template <class S, class Value>
S best_of(std::initializer_list<S> candidates, const S& step, const S& w, const Value& value) {
    const S size = w < S(0) ? S(-w) : w;
    S best(0), least(-1);
    for (const S& v : candidates) {
        const S all = value(v) + (v - size) / step * (v - size) / S(2);
        if (least < S(0) || all < least) best = v, least = all;
    }
    return w < S(0) ? S(-best) : best;
}

/// Of all sums of `slope` and a subgradient at w, the size of that nearest to zero, for a penalty whose slope at |w| >
/// 0 is `own`, and `at_zero` beside zero.
template <class S>
S concave_distance(const S& w, const S& slope, const S& own, const S& at_zero) {
    const S sum = w == S(0) ? soft_threshold(slope, at_zero) : w > S(0) ? S(slope + own) : S(slope - own);
    return sum < S(0) ? S(-sum) : sum;
}

}  // namespace gradus::detail
