#pragma once
// Coefficients between two bounds.

#include <gradus/core/errors.hpp>
#include <gradus/penalties/penalty.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradus {

namespace detail {

/// The members of a SeparablePenalty that is 0 for lower <= w <= upper and infinite elsewhere; -slope is a subgradient
/// where a step down the slope leads out (Parikh and Boyd, Proximal Algorithms, 2014, ch. 6.2).
template <class S>
S interval_value(const S& w, const S& lower, const S& upper) {
    return w >= lower && w <= upper ? S(0) : std::numeric_limits<S>::infinity();
}
template <class S>
S interval_distance(const S& w, const S& slope, const S& lower, const S& upper) {
    if (!(w >= lower && w <= upper)) return std::numeric_limits<S>::infinity();
    if (lower == upper || (w == lower && slope >= S(0)) || (w == upper && slope <= S(0))) return S(0);
    return slope < S(0) ? S(-slope) : slope;
}
template <class S>
S interval_conjugate(const S& v, const S& lower, const S& upper) {
    return v == S(0) ? S(0) : v > S(0) ? S(v * upper) : S(v * lower);
}

}  // namespace detail

/// lower_j <= w_jc <= upper_j for each feature j, in the user's scale, and no other penalty: box constraints (bounded
/// least squares: Stark and Parker, Comput. Statist. 10 (1995), 129). The coefficients that are held are exactly at
/// their bounds.
///
/// `lower` and `upper` are empty (no bound) or one number per feature, which may be infinite. For signs alone see
/// NonNegative.
struct Bounds {
    static constexpr bool is_zero = false;
    static constexpr const char* formula = "[lower <= W <= upper]";

    Eigen::VectorXd lower = {}, upper = {};

    /// Throws InvalidInput unless there are no bounds or one for each of p features, and lower <= upper.
    void check(Index features) const {
        for (const Eigen::VectorXd* side : {&lower, &upper})
            if (side->size() != 0 && side->size() != features)
                reject("bounds: ", side->size(), side == &lower ? " lower" : " upper", " bounds for ", features,
                       " features");
        for (Index j = 0; j < features; ++j)
            if (!(least(j) <= most(j)) || least(j) == infinity || most(j) == -infinity)
                reject("bounds: feature ", j, " must be between ", least(j), " and ", most(j),
                       ", and no finite number is");
    }

    double least(Index j) const { return lower.size() ? lower[j] : -infinity; }
    double most(Index j) const { return upper.size() ? upper[j] : infinity; }

    template <Scalar S>
    S value(Index j, const S& w) const {
        return detail::interval_value(w, S(least(j)), S(most(j)));
    }
    template <Scalar S>
    S prox(Index j, const S&, const S& w) const {
        return std::clamp(w, S(least(j)), S(most(j)));
    }
    template <Scalar S>
    S subdifferential_distance(Index j, const S& w, const S& slope) const {
        return detail::interval_distance(w, slope, S(least(j)), S(most(j)));
    }
    template <Scalar S>
    S conjugate(Index j, const S& v) const {
        return detail::interval_conjugate(v, S(least(j)), S(most(j)));
    }
    template <Scalar S>
    S curvature(Index, const S&) const {
        return S(0);
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
};

}  // namespace gradus
