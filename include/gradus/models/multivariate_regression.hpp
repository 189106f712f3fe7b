#pragma once
// Linear regression with several targets at once.

#include <gradus/models/linear_fit.hpp>

namespace gradus {

/// Y = X W + 1 b' + noise: minimises 1/2 mean |y_i - W'x_i - b|^2 + penalty(W). The targets share one factorisation of X; each column of W is
/// what LinearRegression would give for that column of Y.
template <Scalar S = double, SmoothPenalty<S> Penalty_ = NoPenalty>
class MultivariateRegression {
public:
    using Scalar = S;
    using Penalty = Penalty_;
    using Options = LinearOptions<Penalty>;

    MultivariateRegression() = default;
    MultivariateRegression(Options options) : options_(std::move(options)) {}

    /// X: n x p, Y: n x k. See LinearRegression::fit.
    template <EigenMatrix X, EigenMatrix Y, class Solver = QR, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = QR, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        return detail::fit_linear<S, Penalty>(data, options_, start_, map_, solver, observer,
                                              "multivariate regression");
    }

    /// The next fit by an iterative solver starts from these: p x k, k.
    MultivariateRegression& start_at(const Matrix<S>& coefficients, const Vector<S>& intercept) {
        start_ = {coefficients, intercept, true};
        return *this;
    }

    /// W, p x k.
    const Matrix<S>& coefficients() const { return fitted().W; }
    /// b, k numbers.
    const Vector<S>& intercept() const { return fitted().b; }
    const Options& options() const { return options_; }
    /// What the last fit said.
    const FitReport& report() const { return fitted().report; }

    /// Half the mean square of these data, without the penalty, at the fit.
    template <class... Parts>
    Likelihood<S> likelihood(const Observations<Parts...>& data) const {
        return detail::linear_likelihood<S>(data, options_.feature_names, options_.fit_intercept, fitted());
    }

    /// X W + 1 b', n x k.
    template <EigenMatrix X>
    Matrix<S> predict(const X& x) const {
        return map_("multivariate regression", x);
    }

    /// R^2 of each target, k numbers.
    template <EigenMatrix X, EigenMatrix Y>
    Vector<S> scores(const X& x, const Y& y) const {
        return detail::r_squared<S>(Observations(x, y), map_, options_.fit_intercept);
    }
    /// Their mean.
    template <EigenMatrix X, EigenMatrix Y>
    S score(const X& x, const Y& y) const {
        return scores(x, y).mean();
    }

private:
    const detail::LinearMap<S>& fitted() const { return map_.require_fit("multivariate regression"), map_; }

    Options options_;
    detail::LinearMap<S> map_, start_;
};

}  // namespace gradus
