#pragma once
// Huber's loss: regression that gross errors in y cannot pull far.

#include <gradus/losses/loss.hpp>
#include <gradus/numeric/lanes.hpp>

#include <algorithm>
#include <cmath>

namespace gradus {

/// With r = eta - y: l(y, eta) = r^2 / 2 for |r| <= delta, and delta (|r| - delta / 2) beyond (Huber, Ann. Math.
/// Statist. 35 (1964), 73, eq. 5). Slope r, held within [-delta, delta]; curvature 1 within and 0 beyond, so that a
/// Hessian may be singular far from the optimum.
///
/// delta has the units of y. For noise of standard deviation sigma, delta = 1.345 sigma loses 5 % of the efficiency of
/// least squares where the noise is normal (Holland and Welsch, Commun. Statist. A 6 (1977), 813).
template <Scalar S = double>
class Huber {
public:
    using Scalar = S;
    static constexpr double max_curvature = 1;
    static constexpr bool is_convex = true;

    explicit Huber(S delta = S(1.345)) : delta_(std::move(delta)) {}
    const S& delta() const { return delta_; }
    Index outputs() const { return 1; }
    bool admits(const S&) const { return true; }
    const char* domain() const { return "any real number"; }
    Huber in_units(const S& unit) const { return Huber(unit * delta_); }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        using std::abs;
        return lane_sum<S>(s.size(), [&](Index i) {
            const S r = abs(S(eta(i, 0) - y(i, 0)));
            return S(s[i] * (r <= delta_ ? S(r * r / 2) : S(delta_ * (r - delta_ / 2))));
        });
    }

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope) const {
        for (Index i = 0; i < s.size(); ++i) slope(i, 0) = s[i] * held(S(eta(i, 0) - y(i, 0)));
        return value(y, eta, s);
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                  MatrixView<S> slope, MatrixView<S> curvature) const {
        using std::abs;
        for (Index i = 0; i < s.size(); ++i) curvature(i, 0) = abs(S(eta(i, 0) - y(i, 0))) <= delta_ ? s[i] : S(0);
        return value_and_slope(y, eta, s, slope);
    }

    /// The constant with sum_i s_i slope_i = 0, which has no closed form. The sum is a piecewise linear function of the
    /// constant and never falls: Newton's steps end on the right piece, and where they leave the bracket, and every
    /// third time, the bracket is halved. O(n) a step.
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        S low(0), high(0), total(0), c(0);
        for (Index i = 0; i < y.rows(); ++i) {
            if (!(s[i] > S(0))) continue;
            low = total > S(0) ? std::min(low, S(y(i, 0))) : S(y(i, 0));
            high = total > S(0) ? std::max(high, S(y(i, 0))) : S(y(i, 0));
            total += s[i];
        }
        c = low + (high - low) / 2;
        for (int step = 1; step <= 4 * std::numeric_limits<S>::digits; ++step) {
            S sum(0), within(0);
            for (Index i = 0; i < y.rows(); ++i) {
                const S r = c - y(i, 0);
                sum += s[i] * held(r);
                if (-delta_ <= r && r <= delta_) within += s[i];
            }
            if (sum == S(0)) break;
            (sum > S(0) ? high : low) = c;
            S next = c - sum / within;
            if (step % 3 == 0 || !(low < next && next < high)) next = low + (high - low) / 2;
            if (next == c) break;
            c = next;
        }
        return Vector<S>::Constant(1, c);
    }

    /// The least value that any eta could give: zero.
    S saturated(const ConstMatrixView<S>&, const ConstVectorView<S>&) const { return S(0); }

private:
    S held(const S& r) const { return r > delta_ ? delta_ : r < -delta_ ? S(-delta_) : r; }

    S delta_;
};

GRADUS_COMPILE(class Huber<double>)

}  // namespace gradus
