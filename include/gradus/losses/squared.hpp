#pragma once
// Half the squared residual: linear regression.

#include <gradus/losses/loss.hpp>

namespace gradus {

/// l(y, eta) = 1/2 |y - eta|^2, y any k real numbers. Slope eta - y, curvature the identity: with it the mean loss is minimised by least
/// squares, and the intercept-only optimum is the weighted mean of y.
template <Scalar S = double>
class Squared {
public:
    using Scalar = S;
    static constexpr double max_curvature = 1;

    explicit Squared(Index outputs = 1) : outputs_(outputs) {}
    Index outputs() const { return outputs_; }
    bool admits(const S&) const { return true; }
    const char* domain() const { return "any real number"; }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        S sum(0);
        for (Index c = 0; c < outputs_; ++c) sum += (s.array() * (eta.col(c) - y.col(c)).array().square()).sum();
        return sum / 2;
    }

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, MatrixView<S> slope) const {
        S sum(0);
        for (Index c = 0; c < outputs_; ++c) {
            slope.col(c) = eta.col(c) - y.col(c);
            sum += (s.array() * slope.col(c).array().square()).sum();
            slope.col(c).array() *= s.array();
        }
        return sum / 2;
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, MatrixView<S> slope,
                  MatrixView<S> curvature) const {
        for (Index d = 0; d < outputs_; ++d)
            for (Index c = d; c < outputs_; ++c) {
                if (c == d) curvature.col(pair_index(c, d, outputs_)) = s;
                else curvature.col(pair_index(c, d, outputs_)).setZero();
            }
        return value_and_slope(y, eta, s, slope);
    }

    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const { 
        Vector<S> mean(outputs_);
        for (Index c = 0; c < outputs_; ++c) mean[c] = s.dot(y.col(c)) / s.sum();
        return mean;
    }

    /// The least value that any eta could give: zero.
    S saturated(const ConstMatrixView<S>&, const ConstVectorView<S>&) const { return S(0); }

private:
    Index outputs_;
};

}  // namespace gradus
