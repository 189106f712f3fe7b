#pragma once
// Binary cross-entropy: logistic regression with two classes, or with shares.

#include <gradus/losses/loss.hpp>
#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/logistic_functions.hpp>

#include <cmath>

namespace gradus {

/// l(y, eta) = log(1 + exp(eta)) - y eta = -y log p - (1 - y) log(1 - p), p = sigmoid(eta), for y in [0, 1]: a class (0
/// or 1) or a share of successes. Slope p - y, curvature p (1 - p) <= 1/4.
///
/// Everything is written in u = exp(-|eta|), and so that a well-fitted row keeps its digits: for y = 1 and eta = 50 the
/// loss is log1p(u) = 2e-22, not 50 - 50 = 0, and the slope is -u / (1 + u), not 1 - 1.
template <Scalar S = double>
class Logistic {
public:
    using Scalar = S;
    static constexpr double max_curvature = 0.25;
    static constexpr bool is_convex = true;

    Index outputs() const { return 1; }
    bool admits(const S& y) const { return y >= S(0) && y <= S(1); }
    const char* domain() const { return "a number in [0, 1]"; }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        const BlockArray<S> u = exp_of_minus_abs(eta.col(0).array());
        return sum(y, eta, u, s);
    }

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope) const {
        const BlockArray<S> u = exp_of_minus_abs(eta.col(0).array());
        slope_from(y, eta, u, s, slope);
        return sum(y, eta, u, s);
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                  MatrixView<S> slope, MatrixView<S> curvature) const {
        const BlockArray<S> u = exp_of_minus_abs(eta.col(0).array());
        slope_from(y, eta, u, s, slope);
        for (Index i = 0; i < u.size(); ++i)
            curvature(i, 0) = s[i] * u[i] / ((S(1) + u[i]) * (S(1) + u[i]));  // p (1 - p)
        return sum(y, eta, u, s);
    }

    /// The log-odds of the weighted mean of y.
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        using std::log;
        S ones(0), zeros(0);
        for (Index i = 0; i < y.rows(); ++i) {
            ones += s[i] * y(i, 0);
            zeros += s[i] * (S(1) - y(i, 0));
        }
        return Vector<S>::Constant(1, log(ones / zeros));
    }

    /// The least value that any eta could give: the entropy of the shares; zero when every y is 0 or 1.
    S saturated(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        using std::log;
        S sum(0);
        for (Index i = 0; i < y.rows(); ++i) {
            const S share = y(i, 0);
            if (share > S(0) && share < S(1)) sum -= s[i] * (share * log(share) + (S(1) - share) * log(S(1) - share));
        }
        return sum;
    }

    /// out = s M dC/deta, C = p (1 - p): how the curvature changes, n numbers. M: n x 1.
    void curvature_slope(const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, const ConstMatrixView<S>& M,
                         MatrixView<S> out) const {
        const BlockArray<S> u = exp_of_minus_abs(eta.col(0).array());
        for (Index i = 0; i < u.size(); ++i) {
            const S more = S(1) + u[i], skew = u[i] * (S(1) - u[i]) / (more * more * more);  // p (1 - p) |1 - 2 p|
            out(i, 0) = s[i] * M(i, 0) * (eta(i, 0) > S(0) ? S(-skew) : skew);
        }
    }

private:
    // log1p(u) + (1 - y) eta for eta >= 0, log1p(u) - y eta otherwise
    static S sum(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const BlockArray<S>& u,
                 const ConstVectorView<S>& s) {
        const BlockArray<S> log_total = log1p_of<S>(u);
        return lane_sum<S>(u.size(), [&](Index i) {
            return s[i] * (log_total[i] + ((eta(i, 0) > S(0) ? eta(i, 0) : S(0)) - y(i, 0) * eta(i, 0)));
        });
    }

    // p - y = (1 - y) p - y (1 - p)
    static void slope_from(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const BlockArray<S>& u,
                           const ConstVectorView<S>& s, MatrixView<S>& slope) {
        for (Index i = 0; i < u.size(); ++i) {
            const S large = S(1) / (S(1) + u[i]), small = u[i] * large;
            const S p = eta(i, 0) >= S(0) ? large : small, complement = eta(i, 0) >= S(0) ? small : large;
            slope(i, 0) = s[i] * ((S(1) - y(i, 0)) * p - y(i, 0) * complement);
        }
    }
};

GRADUS_COMPILE(class Logistic<double>)

}  // namespace gradus
