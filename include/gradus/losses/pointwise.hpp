#pragma once
// A loss written for a single row, as on paper.

#include <gradus/losses/loss.hpp>

namespace gradus {

/// Three functions of two numbers are a loss: F has static or const members
///
///     Scalar value(y, eta)      Scalar slope(y, eta) = dl/deta      Scalar curvature(y, eta) = d2l/deta2
///     bool admits(y)            const char* domain()                Scalar intercept_only(y_mean)
///
/// where curvature, which Newton needs, and the second line are optional.
///
/// the type alias Scalar, and `static constexpr bool is_convex = true` where value is a convex function of eta. Called
/// row by row, so it does not use vector instructions for exp and log: fine up to some 10^6 rows.
template <class F>
class Pointwise {
public:
    using Scalar = typename F::Scalar;
    static constexpr bool is_convex = requires { requires F::is_convex; };

    explicit Pointwise(F f = {}) : f_(std::move(f)) {}

    Index outputs() const { return 1; }
    bool admits(const Scalar& y) const {
        if constexpr (requires { f_.admits(y); }) return f_.admits(y);
        else return true;
    }
    const char* domain() const {
        if constexpr (requires { f_.domain(); }) return f_.domain();
        else return "any real number";
    }

    Scalar value(const ConstMatrixView<Scalar>& y, const ConstMatrixView<Scalar>& eta,
                 const ConstVectorView<Scalar>& s) const {
        Scalar sum(0);
        for (Index i = 0; i < eta.rows(); ++i) sum += s[i] * f_.value(y(i, 0), eta(i, 0));
        return sum;
    }

    Scalar value_and_slope(const ConstMatrixView<Scalar>& y, const ConstMatrixView<Scalar>& eta,
                           const ConstVectorView<Scalar>& s, MatrixView<Scalar> slope) const {
        for (Index i = 0; i < eta.rows(); ++i) slope(i, 0) = s[i] * f_.slope(y(i, 0), eta(i, 0));
        return value(y, eta, s);
    }

    Scalar derivatives(const ConstMatrixView<Scalar>& y, const ConstMatrixView<Scalar>& eta,
                       const ConstVectorView<Scalar>& s, MatrixView<Scalar> slope,
                       MatrixView<Scalar> curvature) const requires requires(const F& f, Scalar t) {
        f.curvature(t, t);
    }
    {
        for (Index i = 0; i < eta.rows(); ++i) curvature(i, 0) = s[i] * f_.curvature(y(i, 0), eta(i, 0));
        return value_and_slope(y, eta, s, slope);
    }

    /// Without a closed form of its own, fits start at eta = 0.
    Vector<Scalar> intercept_only(const ConstMatrixView<Scalar>& y, const ConstVectorView<Scalar>& s) const {
        if constexpr (requires { f_.intercept_only(Scalar(0)); })
            return Vector<Scalar>::Constant(1, f_.intercept_only(Scalar(s.dot(y.col(0)) / s.sum())));
        else return Vector<Scalar>::Zero(1);
    }

private:
    F f_;
};

}  // namespace gradus
