#pragma once
// Coefficients of known sign.

#include <gradus/penalties/bounds.hpp>

namespace gradus {

/// w_jc >= 0 where sign_j is 1, w_jc <= 0 where it is -1, any number where it is 0; without signs all w_jc >= 0. With
/// squared loss: non-negative least squares (Lawson and Hanson, Solving Least Squares Problems, 1974, ch. 23). Zeros
/// are exactly zero. The intercept may have any sign.
struct NonNegative {
    static constexpr bool is_zero = false;
    static constexpr const char* formula = "[W >= 0]";

    Eigen::VectorXi signs = {};

    /// Throws InvalidInput unless there are no signs, or one of -1, 0, 1 for each of p features.
    void check(Index features) const {
        if (signs.size() != 0 && signs.size() != features)
            reject("non-negative: ", signs.size(), " signs for ", features, " features");
        for (Index j = 0; j < signs.size(); ++j)
            if (signs[j] < -1 || signs[j] > 1)
                reject("non-negative: sign ", j, " is ", signs[j], ", but must be -1, 0 or 1");
    }

    template <Scalar S>
    S value(Index j, const S& w) const {
        return detail::interval_value(w, least<S>(j), most<S>(j));
    }
    template <Scalar S>
    S prox(Index j, const S&, const S& w) const {
        return std::clamp(w, least<S>(j), most<S>(j));
    }
    template <Scalar S>
    S subdifferential_distance(Index j, const S& w, const S& slope) const {
        return detail::interval_distance(w, slope, least<S>(j), most<S>(j));
    }
    template <Scalar S>
    S conjugate(Index j, const S& v) const {
        return detail::interval_conjugate(v, least<S>(j), most<S>(j));
    }
    template <Scalar S>
    S curvature(Index, const S&) const {
        return S(0);
    }

private:
    template <Scalar S>
    S least(Index j) const {
        return signs.size() == 0 || signs[j] == 1 ? S(0) : -std::numeric_limits<S>::infinity();
    }
    template <Scalar S>
    S most(Index j) const {
        return signs.size() && signs[j] == -1 ? S(0) : std::numeric_limits<S>::infinity();
    }
};

}  // namespace gradus
