#pragma once
// Robust linear regression.

#include <gradus/losses/huber.hpp>
#include <gradus/models/linear_fit.hpp>
#include <gradus/models/regression.hpp>

namespace gradus {

template <class Penalty>
struct HuberOptions {
    double delta = 1.345;  ///< in units of y: residuals beyond it count by their sign alone
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};
};

/// y = X w + b + noise with gross errors among it: minimises mean huber(y - X w - b) + penalty(w), see Huber. Without outliers beyond delta it
/// is least squares.
///
///     HuberRegression<double> model{{.delta = 1.5}};        // 1.345 times the noise's standard deviation is usual
///     FitReport report = model.fit(X, y);
///
/// A wild y hardly moves the fit; a wild row of X still can.
template <Scalar S = double, SmoothPenalty<S> Penalty_ = NoPenalty>
class HuberRegression {
public:
    using Scalar = S;
    using Penalty = Penalty_;
    using Options = HuberOptions<Penalty>;

    HuberRegression() = default;
    HuberRegression(Options options) : options_(std::move(options)) {}

    /// X: n x p, y: n numbers. The model is unchanged when this throws InvalidInput. Newton: O(n p^2 / 2) per iteration, from the constant fit
    /// some ten with a third of the rows wild.
    template <EigenMatrix X, Column Y, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        const S delta = static_cast<S>(options_.delta);
        if (!(delta > S(0)) || !(delta <= std::numeric_limits<S>::max()))
            reject("delta is ", options_.delta, ", but must be finite and > 0");
        detail::fit_regression(data, Huber<S>(delta), options_, start_, map_, solver, observer, "Huber regression");
        map_.report.objective_formula =
            text("mean huber(y - eta), delta = ", options_.delta, detail::penalty_formula<Penalty>());
        return map_.report;
    }

    /// The next fit starts from these.
    HuberRegression& start_at(const Vector<S>& coefficients, const S& intercept) {
        start_ = {coefficients, Vector<S>::Constant(1, intercept), true};
        return *this;
    }

    /// w, p numbers.
    Vector<S> coefficients() const { return fitted().W.col(0); }
    S intercept() const { return fitted().b[0]; }
    const Options& options() const { return options_; }
    /// What the last fit said.
    const FitReport& report() const { return fitted().report; }

    /// X w + b, n numbers.
    template <EigenMatrix X>
    Vector<S> predict(const X& x) const {
        return map_("Huber regression", x).col(0);
    }

    /// R^2, as LinearRegression::score: least squares has the largest on its own data.
    template <EigenMatrix X, Column Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        fitted();
        return detail::r_squared<S>(data, map_, options_.fit_intercept)[0];
    }

private:
    const detail::LinearMap<S>& fitted() const { return map_.require_fit("Huber regression"), map_; }

    Options options_;
    detail::LinearMap<S> map_, start_;
};

}  // namespace gradus
