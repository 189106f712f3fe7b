#pragma once
// Poisson regression: counts whose mean is exp(eta).

#include <gradus/losses/loss.hpp>
#include <gradus/numeric/lanes.hpp>

#include <cmath>

namespace gradus {

/// l(y, eta) = exp(eta) - y eta for y >= 0: the negative log-likelihood of a count with mean exp(eta), without log y!,
/// which does not depend on eta (McCullagh and Nelder, Generalized Linear Models, 1989, ch. 6). Slope exp(eta) - y,
/// curvature exp(eta), which has no bound: where exp overflows, value, slope and curvature are +infinity, and a line
/// search takes a shorter step. y need not be whole: rates are fine.
template <Scalar S = double>
class Poisson {
public:
    using Scalar = S;
    static constexpr bool is_convex = true;

    Index outputs() const { return 1; }
    bool admits(const S& y) const { return y >= S(0) && y <= std::numeric_limits<S>::max(); }
    const char* domain() const { return "a count >= 0"; }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        return sum(y, eta, mean(eta), s);
    }

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope) const {
        const BlockArray<S> m = mean(eta);
        for (Index i = 0; i < m.size(); ++i) slope(i, 0) = s[i] > S(0) ? S(s[i] * (m[i] - y(i, 0))) : S(0);
        return sum(y, eta, m, s);
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                  MatrixView<S> slope, MatrixView<S> curvature) const {
        const BlockArray<S> m = mean(eta);
        for (Index i = 0; i < m.size(); ++i) {
            slope(i, 0) = s[i] > S(0) ? S(s[i] * (m[i] - y(i, 0))) : S(0);
            curvature(i, 0) = s[i] > S(0) ? S(s[i] * m[i]) : S(0);
        }
        return sum(y, eta, m, s);
    }

    /// The logarithm of the weighted mean of y; -infinity when every count is zero.
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        using std::log;
        S sum(0), total(0);
        for (Index i = 0; i < y.rows(); ++i) {
            sum += s[i] * y(i, 0);
            total += s[i];
        }
        return Vector<S>::Constant(1, log(sum / total));
    }

    /// The least value that any eta could give: y - y log y in each row, 0 where y = 0. Twice what a fit is above it is
    /// its deviance.
    S saturated(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        using std::log;
        S sum(0);
        for (Index i = 0; i < y.rows(); ++i)
            if (y(i, 0) > S(0)) sum += s[i] * y(i, 0) * (S(1) - log(y(i, 0)));
        return sum;
    }

private:
    // Eigen's vectorised exp stops at the largest number instead of going on to infinity, and then - y eta would win.
    static BlockArray<S> mean(const ConstMatrixView<S>& eta) {
        using std::log;
        const S limit = log(std::numeric_limits<S>::max());
        BlockArray<S> m = eta.col(0).array().exp();
        for (Index i = 0; i < m.size(); ++i)
            if (eta(i, 0) > limit) m[i] = std::numeric_limits<S>::infinity();
        return m;
    }

    // a row of weight zero counts nothing, whatever its eta: 0 times infinity is not a number
    static S sum(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const BlockArray<S>& m,
                 const ConstVectorView<S>& s) {
        return weighted_sum<S>(s, [&](Index i) { return S(m[i] - y(i, 0) * eta(i, 0)); });
    }
};

GRADUS_COMPILE(class Poisson<double>)

}  // namespace gradus
