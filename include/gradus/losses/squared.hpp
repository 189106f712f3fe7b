#pragma once
// Half the squared residual: linear regression.

#include <gradus/losses/loss.hpp>
#include <gradus/numeric/lanes.hpp>

namespace gradus {

/// l(y, eta) = 1/2 |y - eta|^2, y any k real numbers. Slope eta - y, curvature the identity: with it the mean loss is
/// minimised by least squares, and the intercept-only optimum is the weighted mean of y.
template <Scalar S = double>
class Squared {
public:
    using Scalar = S;
    static constexpr double max_curvature = 1;
    static constexpr bool is_convex = true, has_constant_curvature = true, separates_outputs = true;

    explicit Squared(Index outputs = 1) : outputs_(outputs) {}
    Index outputs() const { return outputs_; }
    bool admits(const S&) const { return true; }
    const char* domain() const { return "any real number"; }
    Squared in_units(const S&) const { return *this; }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        S sum(0);
        for (Index c = 0; c < outputs_; ++c)
            sum += lane_sum<S>(s.size(), [&](Index i) { return s[i] * (eta(i, c) - y(i, c)) * (eta(i, c) - y(i, c)); });
        return sum / 2;
    }

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope) const {
        for (Index c = 0; c < outputs_; ++c)
            for (Index i = 0; i < s.size(); ++i) slope(i, c) = s[i] * (eta(i, c) - y(i, c));
        return value(y, eta, s);
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                  MatrixView<S> slope, MatrixView<S> curvature) const {
        for (Index d = 0; d < outputs_; ++d)
            for (Index c = d; c < outputs_; ++c)
                for (Index i = 0; i < s.size(); ++i) curvature(i, pair_index(c, d, outputs_)) = c == d ? s[i] : S(0);
        return value_and_slope(y, eta, s, slope);
    }

    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        Vector<S> mean(outputs_);
        const S total = s.sum();
        for (Index c = 0; c < outputs_; ++c)
            mean[c] = lane_sum<S>(s.size(), [&](Index i) { return s[i] * y(i, c); }) / total;
        return mean;
    }

    /// The least value that any eta could give: zero.
    S saturated(const ConstMatrixView<S>&, const ConstVectorView<S>&) const { return S(0); }

private:
    Index outputs_;
};

GRADUS_COMPILE(class Squared<double>)

}  // namespace gradus
