// Types with one deliberate mistake each: a contract that does not notice them proves nothing.
#pragma once

#include <gradus/losses/huber.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/poisson.hpp>
#include <gradus/penalties/bounds.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/mcp.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/predictor.hpp>
#include <gradus/solvers/result.hpp>

namespace gradus::test::broken {

/// The slope has the wrong sign.
struct WrongSlope : Logistic<double> {
    double value_and_slope(const ConstMatrixView<double>& y, const ConstMatrixView<double>& eta,
                           const ConstVectorView<double>& s, MatrixView<double> slope) const {
        const double value = Logistic<double>::value_and_slope(y, eta, s, slope);
        slope = -slope;
        return value;
    }
    double derivatives(const ConstMatrixView<double>& y, const ConstMatrixView<double>& eta,
                       const ConstVectorView<double>& s, MatrixView<double> slope, MatrixView<double> curvature) const {
        const double value = Logistic<double>::derivatives(y, eta, s, slope, curvature);
        slope = -slope;
        return value;
    }
};

/// Weights are squared in the curvature.
struct WrongWeight : Logistic<double> {
    double derivatives(const ConstMatrixView<double>& y, const ConstMatrixView<double>& eta,
                       const ConstVectorView<double>& s, MatrixView<double> slope, MatrixView<double> curvature) const {
        const double value = Logistic<double>::derivatives(y, eta, s, slope, curvature);
        curvature.col(0).array() *= s.array();
        return value;
    }
};

/// log(1 + exp(eta)) as in a textbook: overflows.
struct NaiveExp : Logistic<double> {
    double value(const ConstMatrixView<double>& y, const ConstMatrixView<double>& eta,
                 const ConstVectorView<double>& s) const {
        return (s.array() * ((1 + eta.col(0).array().exp()).log() - y.col(0).array() * eta.col(0).array())).sum();
    }
};

/// diag(p) without - p p'.
struct MissingCurvature : Multinomial<double> {
    using Multinomial<double>::Multinomial;
    double derivatives(const ConstMatrixView<double>& y, const ConstMatrixView<double>& eta,
                       const ConstVectorView<double>& s, MatrixView<double> slope, MatrixView<double> curvature) const {
        const double value = Multinomial<double>::derivatives(y, eta, s, slope, curvature);
        for (Index d = 0; d < outputs(); ++d)
            for (Index c = d + 1; c < outputs(); ++c) curvature.col(pair_index(c, d, outputs())).setZero();
        return value;
    }
};

/// The slope goes on beyond delta.
struct KinkForgotten : Huber<double> {
    double value_and_slope(const ConstMatrixView<double>& y, const ConstMatrixView<double>& eta,
                           const ConstVectorView<double>& s, MatrixView<double> slope) const {
        const double value = Huber<double>::value_and_slope(y, eta, s, slope);
        slope = (s.array() * (eta.col(0) - y.col(0)).array()).matrix();
        return value;
    }
};

/// intercept_only() is half the mean.
struct HalfTheExposure : Poisson<double> {
    Vector<double> intercept_only(const ConstMatrixView<double>& y, const ConstVectorView<double>& s) const {
        return Poisson<double>::intercept_only(y, s).array() - std::log(2.0);
    }
};

/// A gradient twice too large, as if the value had no 1/2.
struct DoubledRidge : Ridge {
    template <Scalar S>
    void add_gradient(const Coefficients<S>& W, MatrixView<S> G) const {
        Ridge::add_gradient(W, G);
        Ridge::add_gradient(W, G);
    }
};

/// A gradient that replaces what is there.
struct OverwritingRidge : Ridge {
    template <Scalar S>
    void add_gradient(const Coefficients<S>& W, MatrixView<S> G) const {
        G.setZero();
        Ridge::add_gradient(W, G);
    }
};

/// The lasso of one coefficient with half its threshold.
struct ShortProx {
    double value(Index, double w) const { return std::abs(w); }
    double prox(Index, double step, double w) const { return soft_threshold(w, step / 2); }
    double subdifferential_distance(Index, double w, double g) const {
        return std::abs(elastic_residual(w, g, 1.0, 0.0));
    }
};

/// At zero the distance is that to the slope of one side.
struct ForgottenCorner : ShortProx {
    double prox(Index, double step, double w) const { return soft_threshold(w, step); }
    double subdifferential_distance(Index, double w, double g) const { return std::abs(g + (w < 0 ? -1 : 1)); }
};

/// Large coefficients are shrunk after all.
struct MCPWithoutTail : MCP {
    double prox(Index, double step, double w) const { return soft_threshold(w, step * lambda) / (1 - step / gamma); }
};

/// A coefficient at its bound is pulled by every slope.
struct OpenBounds : Bounds {
    double subdifferential_distance(Index, double, double g) const { return std::abs(g); }
};

/// Half of what it is.
struct HalfConjugate : Bounds {
    double conjugate(Index j, double v) const { return Bounds::conjugate(j, v) / 2; }
};

/// The prox takes the first step for all features.
struct EqualSteps : GroupLasso {
    template <Scalar S>
    void prox(const ConstVectorView<S>& steps, MatrixView<S> W) const {
        const Vector<S> same = Vector<S>::Constant(steps.size(), steps[0]);
        GroupLasso::prox<S>(ConstVectorView<S>(same), W);
    }
};

/// The distance forgets which features belong together.
struct GroupsOfOne : GroupLasso {
    template <Scalar S>
    void subdifferential_distance(const Coefficients<S>& W, const ConstMatrixView<S>& G, MatrixView<S> out) const {
        GroupLasso{.lambda = lambda}.subdifferential_distance<S>(W, G, out);
    }
};

/// A value twice that of prox and distance.
struct DoubledValue : Lasso {
    template <Scalar S>
    S value(const Coefficients<S>& W) const {
        return 2 * Lasso::value<S>(W);
    }
};

/// The pullback forgets the intercepts.
struct ForgetfulPullback : Predictor<double> {
    explicit ForgetfulPullback(Predictor<double> whole) : Predictor<double>(std::move(whole)) {}
    void pullback(RowBlock<double>& block, const ConstMatrixView<double>& slope, Vector<double>& gradient,
                  PredictorScratch<double>& scratch) const {
        const Vector<double> before = gradient.tail(intercepts());
        Predictor<double>::pullback(block, slope, gradient, scratch);
        gradient.tail(intercepts()) = before;
    }
};

/// The sandwich leaves out what couples two outputs.
struct UncoupledSandwich : Predictor<double> {
    explicit UncoupledSandwich(Predictor<double> whole) : Predictor<double>(std::move(whole)) {}
    void sandwich(RowBlock<double>& block, const ConstMatrixView<double>& curvature, Matrix<double>& H,
                  PredictorScratch<double>& scratch, const Share& share = {}) const {
        Matrix<double> diagonal = curvature;
        for (Index d = 0; d < outputs(); ++d)
            for (Index c = d + 1; c < outputs(); ++c) diagonal.col(pair_index(c, d, outputs())).setZero();
        Predictor<double>::sandwich(block, diagonal, H, scratch, share);
    }
};

/// f(x) = |x|^2 / 2 whose ray has the wrong scale.
struct WrongRay {
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        gradient = x;
        return x.squaredNorm() / 2;
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const { H.setIdentity(x.size(), x.size()); }
    struct Point {
        double value, slope;
    };
    auto ray(const Vector<double>& x, const Vector<double>& d) const {
        return [x, d](double t) { return Point{(x + 2 * t * d).squaredNorm() / 2, (x + t * d).dot(d)}; };
    }
};

/// Does nothing and says that it is done.
struct IdleSolver {
    template <class F, class Derived, class Observer>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&&) const {
        using S = typename Derived::Scalar;
        Result<S> result;
        Evaluation<S> at{start, S(0), {}};
        at.value = value_and_gradient<S>(f, at.x, at.gradient);
        return finish<S>(f, at, result, Status::converged, "done");
    }
};

}  // namespace gradus::test::broken
