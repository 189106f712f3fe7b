#pragma once
// Regression for counts.

#include <gradus/losses/poisson.hpp>
#include <gradus/models/regression.hpp>

namespace gradus {

template <class Penalty>
struct PoissonOptions {
    Penalty penalty = {};
    bool fit_intercept = true;
    std::vector<std::string> feature_names = {};
};

namespace detail {

/// With an offset (the logarithm of an exposure) the best constant is log(sum s y / sum s exp(o)): where a fit starts, and the unit in which its
/// gradients are judged. `log_exposure` is the logarithm of the weighted mean of exp(o).
template <Scalar S>
struct PoissonWithExposure : Poisson<S> {
    S log_exposure{0};
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        Vector<S> eta = Poisson<S>::intercept_only(y, s);
        eta[0] -= log_exposure;
        return eta;
    }
};

/// Bad input is left to the fit, which says what is wrong with it.
template <Scalar S, class Data>
S log_exposure(const Data& data) {
    using std::exp, std::isfinite, std::log, std::max;
    S out(0);
    if constexpr (Data::has_offset) {
        const DenseView<S> offset = view_of<S>(data.offset_part());
        if (offset.rows() == 0 || offset.columns() != 1) return S(0);
        S largest = offset(0, 0), sum(0), total(0);
        for (Index i = 1; i < offset.rows(); ++i) largest = max(largest, S(offset(i, 0)));
        for (Index i = 0; i < offset.rows(); ++i) {
            S s(1);
            if constexpr (Data::has_weights) {
                const DenseView<S> weights = view_of<S>(data.weights_part());
                s = i < weights.rows() ? S(weights(i, 0)) : S(0);
            }
            sum += s * exp(S(offset(i, 0) - largest));
            total += s;
        }
        out = largest + log(sum / total);
    }
    return isfinite(out) ? out : S(0);
}

}  // namespace detail

/// Counts y with mean exp(X w + b + o): minimises mean exp(eta) - y eta, the negative log-likelihood, plus penalty(w).
///
///     PoissonRegression<double> model;
///     FitReport report = model.fit(Observations(X, counts).offset(log_exposure));
///     model.predict(X_new);                                 // means for an exposure of one
///
/// Weights are frequencies. Where all counts of a subgroup are zero the estimate is infinite: the report says so (status separated) and gives
/// the direction.
template <Scalar S = double, SmoothPenalty<S> Penalty_ = NoPenalty>
class PoissonRegression {
public:
    using Scalar = S;
    using Penalty = Penalty_;
    using Options = PoissonOptions<Penalty>;

    PoissonRegression() = default;
    PoissonRegression(Options options) : options_(std::move(options)) {}

    /// X: n x p, y: n numbers >= 0. The model is unchanged when this throws InvalidInput. Newton: O(n p^2 / 2) per iteration, seldom more than ten.
    template <EigenMatrix X, Column Y, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const X& x, const Y& y, const Solver& solver = {}, Observer&& observer = {}) {
        return fit(Observations(x, y), solver, observer);
    }
    template <class... Parts, class Solver = Newton, class Observer = NoObserver>
    FitReport fit(const Observations<Parts...>& data, const Solver& solver = {}, Observer&& observer = {}) {
        const detail::PoissonWithExposure<S> loss{{}, detail::log_exposure<S>(data)};
        detail::fit_regression(data, loss, options_, start_, map_, solver, observer, "Poisson regression");
        map_.report.objective_formula = "mean exp(eta) - y eta" + detail::penalty_formula<Penalty>();
        return map_.report;
    }

    /// The next fit starts from these.
    PoissonRegression& start_at(const Vector<S>& coefficients, const S& intercept) {
        start_ = {coefficients, Vector<S>::Constant(1, intercept), true};
        return *this;
    }

    /// w, p numbers: a unit of feature j multiplies the mean by exp(w_j).
    Vector<S> coefficients() const { return fitted().W.col(0); }
    S intercept() const { return fitted().b[0]; }
    const Options& options() const { return options_; }
    /// What the last fit said.
    const FitReport& report() const { return fitted().report; }

    /// The logarithm of the mean, X w + b, n numbers.
    template <EigenMatrix X>
    Vector<S> decision_function(const X& x) const {
        return map_("Poisson regression", x).col(0);
    }

    /// The mean, exp(X w + b), n numbers, for an exposure of one.
    template <EigenMatrix X>
    Vector<S> predict(const X& x) const {
        using std::exp;
        Vector<S> mean = decision_function(x);
        for (Index i = 0; i < mean.size(); ++i) mean[i] = exp(mean[i]);
        return mean;
    }

    /// The share of the deviance that the fit explains, 1 - deviance / deviance of the intercept alone (without intercept: of eta = offset),
    /// weighted: 1 where every count is met, and, on its own data, never below 0. deviance = 2 sum s (y log(y / mean) - y + mean).
    template <EigenMatrix X, Column Y>
    S score(const X& x, const Y& y) const {
        return score(Observations(x, y));
    }
    template <class... Parts>
    S score(const Observations<Parts...>& data) const {
        using Data = Observations<Parts...>;
        using std::exp, std::log;
        const auto counts = view_of<S>(data.y_part());
        const Index n = data.X_part().rows();
        Vector<S> eta = decision_function(data.X_part()), s = Vector<S>::Ones(n), o = Vector<S>::Zero(n);
        const auto copy = [&](const DenseView<S>& part, const char* name, auto& out) {
            if (part.rows() != n) reject("X has ", n, " rows, ", name, " has ", part.rows());
            part.copy_rows(0, out);
        };
        Matrix<S> y(n, 1);
        copy(counts, "y", y);
        detail::check_targets<S>(Poisson<S>(), counts);
        if constexpr (Data::has_weights) copy(view_of<S>(data.weights_part()), "weights", s);
        if constexpr (Data::has_offset) copy(view_of<S>(data.offset_part()), "offset", o);
        const S null =
            options_.fit_intercept ? S(Poisson<S>().intercept_only(y, s)[0] - detail::log_exposure<S>(data)) : S(0);
        Sum<S> fitted, constant;
        for (Index i = 0; i < n; ++i) {
            if (!(s[i] > S(0))) continue;
            fitted.add(s[i] * deviance(y(i, 0), S(eta[i] + o[i])));
            constant.add(s[i] * deviance(y(i, 0), S(null + o[i])));
        }
        return S(1) - fitted.value() / constant.value();
    }

private:
    const detail::LinearMap<S>& fitted() const { return map_.require_fit("Poisson regression"), map_; }

    // half of that of one row
    static S deviance(const S& y, const S& eta) {
        using std::exp, std::log;
        return y > S(0) ? S(y * (log(y) - eta) - y + exp(eta)) : S(exp(eta));
    }

    Options options_;
    detail::LinearMap<S> map_, start_;
};

}  // namespace gradus
