#pragma once
// Intervals by the likelihood itself: the values of a parameter that are not refuted by a likelihood-ratio test.

#include <gradus/inference/rows.hpp>

#include <boost/math/tools/roots.hpp>

namespace gradus {

namespace detail {

/// The maximum of the likelihood under a'theta = value, for any value: the path starts at the fit, each maximum from the nearest one known, moved
/// along the direction v that the curvature at the fit foretells (a'v = 1), and Newton runs in the orthogonal complement of a.
template <Scalar S>
class Profile {
public:
    Profile(const Likelihood<S>& likelihood, const Information<S>& information, const Vector<S>& a, const S& at)
        : likelihood_(&likelihood), known_{{at, likelihood.theta}}, least_(likelihood.risk.value(likelihood.theta)) {
        const Index d = a.size(), r = information.rank();
        Vector<S> v = whitened(information, a);
        const S square = dot(v, v);
        unit_ = sqrt_of(square);
        solve_upper<S>(information.R, v);
        direction_ = Vector<S>::Zero(d);
        Vector<S> kept(r);
        for (Index m = 0; m < r; ++m) {
            const Index l = information.parameters[static_cast<std::size_t>(m)];
            direction_[l] = v[m] / square;
            kept[m] = a[l];
        }
        basis_ = Matrix<S>::Zero(d, std::max<Index>(0, r - 1));
        Vector<S> h = kept;  // Householder: all columns of I - 2 h h'/h'h but the first are orthogonal to a
        h[0] += h[0] < S(0) ? S(-norm(kept)) : norm(kept);
        const S factor = S(2) / dot(h, h);
        for (Index c = 1; c < r; ++c)
            for (Index m = 0; m < r; ++m)
                basis_(information.parameters[static_cast<std::size_t>(m)], c - 1) =
                    S(m == c ? 1 : 0) - factor * h[m] * h[c];
    }

    /// The standard error by the information: in its units steps are taken.
    const S& unit() const { return unit_; }

    /// 2 (log-likelihood of the fit - maximum under a'theta = value); +infinity where the likelihood is zero.
    S deviance(const S& value) {
        const Point& best = at(value, 0);
        return std::max(S(0), S(S(2) * likelihood_->prepared.sample.total_weight * (best.value - least_)));
    }

private:
    struct Point {
        S parameter;
        Vector<S> theta;
        S value{0};
    };

    static S sqrt_of(const S& x) {
        using std::sqrt;
        return sqrt(x);
    }

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

/// Where the signed root of the deviance reaches q on one side; infinite when it never does. Outward in steps of the standard error that double, then by
/// Alefeld, Potra and Shi's algorithm (ACM Trans. Math. Softw. 21 (1995), 327). The root is nearly linear in the parameter, so some six
/// evaluations do.
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

/// The standard error that the information would give at the constant fit: a unit of length where the fit itself has run away.
template <Scalar S>
S unit_of_constant_fit(Likelihood<S>& likelihood, const Vector<S>& a) {
    const Sample<S>& sample = likelihood.prepared.sample;
    Matrix<S> y(sample.rows(), sample.Y.columns());
    sample.copy_targets(0, y);
    const Vector<S> theta = likelihood.theta;
    likelihood.theta = likelihood.risk.predictor().parameters(
        Matrix<S>::Zero(likelihood.coefficients.rows(), likelihood.coefficients.cols()),
        likelihood.risk.loss().intercept_only(y, row_weights(likelihood)));
    const S unit = norm(whitened(information(likelihood), a));
    likelihood.theta = theta;
    return unit;
}

template <Scalar S>
GRADUS_ONCE Interval profile_interval(Likelihood<S>& likelihood, Index i, double level) {
    const std::vector<TableRow> rows = table_rows(likelihood);
    if (i < 0 || i >= static_cast<Index>(rows.size())) reject("no parameter ", i, " among ", rows.size());
    if (likelihood.family == Family::linear) return infer(likelihood, {}).interval(i, level);
    const double unknown = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    const Vector<S> a = table_map(likelihood, rows).row(i).transpose();
    const Information<S> facts = information(likelihood);
    const bool is_separated = likelihood.report.status == Status::separated;
    if (!is_estimable(facts, a) || (!likelihood.report.converged() && !is_separated)) return {unknown, unknown};
    const S from = dot(a, likelihood.theta), q = S(normal_quantile(level));
    Profile<S> profile(likelihood, facts, a, from);
    const S unit = is_separated ? unit_of_constant_fit(likelihood, a) : profile.unit();
    double drift = 0;  // of the parameter along the direction in which the likelihood grows for ever
    if (is_separated) {
        const TableRow& row = rows[static_cast<std::size_t>(i)];
        const auto along = [&](Index l) {
            const auto& slopes = likelihood.report.separating_slopes;
            return l < slopes.size() ? slopes.data()[l] : likelihood.report.separating_intercept[l - slopes.size()];
        };
        drift = row.minus < 0 ? along(row.plus) : along(row.plus) - along(row.minus);
    }
    return {drift < 0 ? -infinity : static_cast<double>(profile_end(profile, from, S(-unit), q)),
            drift > 0 ? infinity : static_cast<double>(profile_end(profile, from, unit, q))};
}

/// The place of a parameter by its name, or as the table prints it: "output: name".
template <Scalar S>
Index parameter_place(const Likelihood<S>& likelihood, const std::string& name) {
    const std::vector<TableRow> rows = table_rows(likelihood);
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].name == name || rows[i].output + ": " + rows[i].name == name) return static_cast<Index>(i);
    reject("no parameter '", name, "'");
}

}  // namespace detail

/// The interval of parameter i of the table (a slope, an intercept, a difference of two classes, a threshold) by the profile of the likelihood:
/// { c : 2 (max log-likelihood - max under parameter = c) <= chi-squared quantile of `level`, 1 degree of freedom }. It does not depend on
/// how the parameter is written (log odds or odds), and is right in smaller samples than estimate -+ 1.96 standard errors.
/// On separated classes an end that does not exist is infinite; NaN where the data do not determine the parameter or the fit
/// did not converge. Linear models: the exact interval by Student's t. Some twenty small fits.
template <class Model, class... Parts>
Interval profile_interval(const Model& model, const Observations<Parts...>& data, Index parameter,
                          double level = 0.95) {
    auto likelihood = detail::maximised_likelihood(model, data);
    return detail::profile_interval(likelihood, parameter, level);
}
/// By the name in the table; where several outputs share it, "output: name".
template <class Model, class... Parts>
Interval profile_interval(const Model& model, const Observations<Parts...>& data, const std::string& parameter,
                          double level = 0.95) {
    auto likelihood = detail::maximised_likelihood(model, data);
    return detail::profile_interval(likelihood, detail::parameter_place(likelihood, parameter), level);
}
/// Of all parameters, in the order of the table.
template <class Model, class... Parts>
std::vector<Interval> profile_intervals(const Model& model, const Observations<Parts...>& data, double level = 0.95) {
    auto likelihood = detail::maximised_likelihood(model, data);
    std::vector<Interval> out;
    for (Index i = 0; i < static_cast<Index>(detail::table_rows(likelihood).size()); ++i)
        out.push_back(detail::profile_interval(likelihood, i, level));
    return out;
}

}  // namespace gradus
