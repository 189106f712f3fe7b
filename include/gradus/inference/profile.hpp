#pragma once
// Intervals by the likelihood itself: the values of a parameter that are not refuted by a likelihood-ratio test.

#include <gradus/inference/inference.hpp>
#include <gradus/objectives/on_subspace.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace gradus {

namespace detail {

/// The maximum of the likelihood under a'theta = value, for any value: the path starts at the fit, each maximum from
/// the nearest one known, moved along the direction v that the curvature at the fit predicts (a'v = 1), and Newton
/// runs in the orthogonal complement of a.
template <Scalar S>
class Profile {
public:
    Profile(const Fitted<S>& fit, const Vector<S>& a, const S& at)
        : likelihood_(&fit.likelihood), known_{{at, fit.theta()}}, least_(likelihood_->risk.value(fit.theta())) {
        known_.front().value = least_;
        const Information<S>& information = fit.information;
        const Index d = a.size(), r = information.rank();
        const auto place = [&](Index m) { return information.parameters[static_cast<std::size_t>(m)]; };
        Vector<S> v = information.whitened(a), h = information.kept(a);
        const S square = dot(v, v), length = norm(h);
        unit_ = norm(v);
        solve_upper<S>(information.R, v);
        direction_ = Vector<S>::Zero(d);
        for (Index m = 0; m < r; ++m) direction_[place(m)] = v[m] / square;
        basis_ = Matrix<S>::Zero(d, std::max<Index>(0, r - 1));
        h[0] += h[0] < S(0) ? S(-length)
                            : length;  // Householder: all columns of I - 2 h h'/h'h but the first are orthogonal to a
        const S factor = S(2) / dot(h, h);
        for (Index c = 1; c < r; ++c)
            for (Index m = 0; m < r; ++m) basis_(place(m), c - 1) = S(m == c ? 1 : 0) - factor * h[m] * h[c];
    }

    /// The standard error by the information: in its units steps are taken.
    const S& unit() const { return unit_; }

    /// 2 (log-likelihood of the fit - maximum under a'theta = value); +infinity where the likelihood is zero.
    S deviance(const S& value) {
        const Point& best = at(value, 0);
        return std::max(S(0), S(S(2) * total_weight(likelihood_->sample()) * (best.value - least_)));
    }

private:
    struct Point {
        S parameter;
        Vector<S> theta;
        S value{0};
    };

    // Where the first guess has no likelihood (thresholds that cross), half the way is gone first.
    const Point& at(const S& value, int depth) {
        using std::abs, std::isfinite;
        const Point* nearest = &known_.front();
        for (const Point& point : known_)
            if (abs(S(point.parameter - value)) < abs(S(nearest->parameter - value))) nearest = &point;
        Vector<S> start = nearest->theta;
        add_multiple(S(value - nearest->parameter), direction_, start);
        if (!isfinite(likelihood_->risk.value(start)) && depth < 40) {
            at(S((value + nearest->parameter) / S(2)), depth + 1);
            return at(value, depth + 1);
        }
        Point found{value, start};
        found.value = likelihood_->risk.value(start);
        if (basis_.cols() > 0 && isfinite(found.value)) {
            const OnSubspace<ModelObjective<S>, S> slice(likelihood_->risk, start, basis_);
            const Result<S> result = Newton{}.minimize(slice, Vector<S>(Vector<S>::Zero(basis_.cols())));
            found.theta = slice.point(result.x);
            found.value = result.value;
        }
        known_.push_back(std::move(found));
        return known_.back();
    }

    const Likelihood<S>* likelihood_;
    std::vector<Point> known_;
    S least_, unit_{0};
    Vector<S> direction_;
    Matrix<S> basis_;
};

/// Where the signed root of the deviance reaches q on one side; infinite when it never does. Outward in steps of the
/// standard error that double, then by Alefeld, Potra and Shi's algorithm (ACM Trans. Math. Softw. 21 (1995), 327). The
/// root is nearly linear in the parameter, so some six evaluations do.
template <Scalar S>
GRADUS_ONCE S profile_end(Profile<S>& profile, const S& from, const S& step, const S& q) {
    using std::isfinite, std::sqrt;
    const auto excess = [&](const S& t) { return S(sqrt(profile.deviance(S(from + t * step))) - q); };
    S low(0), high = q, below = -q, above = excess(high);
    for (int doubling = 0; above < S(0) && doubling < 60; ++doubling) {
        low = high, below = above;
        high *= S(2);
        above = excess(high);
    }
    if (above < S(0)) return step > S(0) ? std::numeric_limits<S>::infinity() : S(-std::numeric_limits<S>::infinity());
    for (int halving = 0; !isfinite(above) && halving < 200; ++halving) {
        const S middle = (low + high) / S(2), value = excess(middle);
        (value < S(0) ? low : high) = middle;
        (value < S(0) ? below : above) = value;
    }
    if (!isfinite(above)) return from + low * step;
    if (above == S(0)) return from + high * step;
    std::uintmax_t evaluations = 100;
    const auto close = [](const S& a, const S& b) { return b - a <= S(8) * epsilon<S> * (a + b); };
    const auto ends = boost::math::tools::toms748_solve(excess, low, high, below, above, close, evaluations);
    return from + (ends.first + ends.second) / S(2) * step;
}

/// The standard error that the information would give at the constant fit: a unit of length where the fit itself has
/// run away.
template <Scalar S>
GRADUS_ONCE S unit_of_constant_fit(Likelihood<S> likelihood, const Vector<S>& a) {
    const Predictor<S>& predictor = likelihood.risk.predictor();
    const Vector<S> eta = fit_constant(likelihood.risk.loss(), likelihood.risk.sample(), predictor.intercept_map()).eta;
    likelihood.theta = predictor.parameters(Matrix<S>::Zero(predictor.features(), predictor.loadings().rows()), eta);
    return norm(information(likelihood).whitened(a));
}

/// How fast a parameter grows along the direction in which the likelihood of separated classes grows for ever.
inline double drift_of(const NamedParameter& parameter, const FitReport& report) {
    const auto along = [&](Index l) {
        const Index slopes = report.separating_slopes.size();
        return l < slopes ? report.separating_slopes.data()[l] : report.separating_intercept[l - slopes];
    };
    return parameter.minus < 0 ? along(parameter.plus) : along(parameter.plus) - along(parameter.minus);
}

template <Scalar S>
GRADUS_ONCE Interval profile_interval(const Fitted<S>& fit, Index i, double level) {
    if (i < 0 || i >= static_cast<Index>(fit.parameters.size()))
        reject("no parameter ", i, " among ", fit.parameters.size());
    if (fit.is_linear()) return infer(fit, InferenceOptions{}).interval(i, level);
    const double unknown = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    const FitReport& report = fit.likelihood.report;
    const Vector<S> a = fit.map.row(i).transpose();
    const bool is_separated = report.status == Status::separated;
    if (!fit.information.determines(a) || (!report.converged() && !is_separated)) return {unknown, unknown};
    const S from = dot(a, fit.theta()), q = S(normal_quantile(level));
    Profile<S> profile(fit, a, from);
    const S unit = is_separated ? unit_of_constant_fit(fit.likelihood, a) : profile.unit();
    const double drift = is_separated ? drift_of(fit.parameters[static_cast<std::size_t>(i)], report) : 0;
    return {drift < 0 ? -infinity : static_cast<double>(profile_end(profile, from, S(-unit), q)),
            drift > 0 ? infinity : static_cast<double>(profile_end(profile, from, unit, q))};
}

/// The place of a parameter by its name, or as the table prints it: "output: name".
inline Index parameter_place(const std::vector<NamedParameter>& parameters, const std::string& name) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (parameters[i].name == name || parameters[i].output + ": " + parameters[i].name == name)
            return static_cast<Index>(i);
    reject("no parameter '", name, "'");
}

GRADUS_COMPILE(Interval profile_interval(const Fitted<double>&, Index, double))

}  // namespace detail

/// The interval of parameter i of the table (a slope, an intercept, a difference of two classes, a threshold) by the
/// profile of the likelihood: { c : 2 (max log-likelihood - max under parameter = c) <= chi-squared quantile of
/// `level`, 1 degree of freedom }. It does not depend on how the parameter is written (log odds or odds), and is right
/// in smaller samples than estimate -+ 1.96 standard errors. On separated classes an end that does not exist is
/// infinite; NaN where the data do not determine the parameter or the fit did not converge. Linear models: the exact
/// interval by Student's t. Some twenty small fits.
template <class Model, class... Parts>
Interval profile_interval(const Model& model, const Observations<Parts...>& data, Index parameter,
                          double level = 0.95) {
    return detail::profile_interval(detail::fitted(detail::comparable_likelihood(model, data), true), parameter, level);
}
/// By the name in the table; where several outputs share it, "output: name".
template <class Model, class... Parts>
Interval profile_interval(const Model& model, const Observations<Parts...>& data, const std::string& parameter,
                          double level = 0.95) {
    const auto fit = detail::fitted(detail::comparable_likelihood(model, data), true);
    return detail::profile_interval(fit, detail::parameter_place(fit.parameters, parameter), level);
}
/// Of all parameters, in the order of the table.
template <class Model, class... Parts>
std::vector<Interval> profile_intervals(const Model& model, const Observations<Parts...>& data, double level = 0.95) {
    const auto fit = detail::fitted(detail::comparable_likelihood(model, data), true);
    std::vector<Interval> out;
    for (std::size_t i = 0; i < fit.parameters.size(); ++i)
        out.push_back(detail::profile_interval(fit, static_cast<Index>(i), level));
    return out;
}

}  // namespace gradus
