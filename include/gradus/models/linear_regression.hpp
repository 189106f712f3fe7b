#pragma once
// Linear regression with one target.

#include <gradus/models/linear_fit.hpp>

namespace gradus {

/// y = X w + b + noise: minimises 1/2 mean |y - X w - b|^2 + penalty(w), the mean taken with the weights.
///
///     LinearRegression<double> ols;
///     FitReport report = ols.fit(X, y);                     // QR: any shape, any rank, honest digits
///     ols.fit(Observations(X, y).weights(s), Cholesky{});   // another solver, direct or iterative
///
/// S is any Scalar; Penalty_ a SmoothPenalty (NoPenalty, Ridge, or the user's own). Weights are frequencies: 2 means the row twice.
template <Scalar S = double, SmoothPenalty<S> Penalty_ = NoPenalty>
class LinearRegression {
public:
    using Scalar = S;
    using Penalty = Penalty_;
    using Options = LinearOptions<Penalty>;

    LinearRegression() = default;
    LinearRegression(Options options) : options_(std::move(options)) {}

    /// X: n x p, y: n numbers. The model is unchanged when this throws InvalidInput. O(n p^2) with QR, one sweep over X and one for each
    /// refinement step; no copy of X.
    template <EigenMatrix X, Column Y, class Solver = QR, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = QR, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        if (row_count(data.y_part()) > 0 && view_of<S>(data.y_part()).columns() != 1)
            reject("y has ", view_of<S>(data.y_part()).columns(),
                   " columns; MultivariateRegression fits several targets");
        return detail::fit_linear<S, Penalty>(data, options_, start_, map_, solver, observer, "linear regression");
    }

    /// The next fit by an iterative solver starts from these.
    LinearRegression& start_at(const Vector<S>& coefficients, const S& intercept) {
        start_ = {coefficients, Vector<S>::Constant(1, intercept), true};
        return *this;
    }

    /// w, p numbers.
    Vector<S> coefficients() const { return fitted().W.col(0); }
    S intercept() const { return fitted().b[0]; }
    const Options& options() const { return options_; }
    /// What the last fit said.
    const FitReport& report() const { return fitted().report; }

    /// Half the mean square of these data, without the penalty, at the fit.
    template <class... Parts>
    Likelihood<S> likelihood(const Observations<Parts...>& data) const {
        return detail::linear_likelihood<S>(data, options_.feature_names, options_.fit_intercept, fitted());
    }

    /// X w + b, n numbers.
    template <EigenMatrix X>
    Vector<S> predict(const X& x) const {
        return map_("linear regression", x).col(0);
    }

    /// R^2 = 1 - |y - prediction|^2 / |y - mean(y)|^2, weighted; without intercept the mean is left out.
    template <EigenMatrix X, Column Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        return detail::r_squared<S>(data, map_, options_.fit_intercept)[0];
    }

private:
    const detail::LinearMap<S>& fitted() const { return map_.require_fit("linear regression"), map_; }

    Options options_;
    detail::LinearMap<S> map_, start_;
};

}  // namespace gradus
