#pragma once
// Penalised-likelihood intervals and tests of a bias-reduced fit.

#include <gradus/inference/inference.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/objectives/on_subspace.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace gradus {

/// One parameter: the values that the penalised likelihood does not reject, and the test of zero. NaN where the data do
/// not determine it.
struct ProfiledEstimate {
    std::string output, name;
    double estimate = 0;
    Interval interval;
    Test zero;
};

/// Made by firth_inference(): the parameters in the order of infer().
struct FirthInference {
    std::string model;
    double level = 0.95;
    std::vector<ProfiledEstimate> estimates;
    Test likelihood_ratio;  ///< that all slopes are zero
};

namespace detail {

/// Twice what the penalised log-likelihood loses when c'theta is held at a value, as a function of that value.
template <Scalar S>
class FirthProfile {
public:
    using Objective = Jeffreys<ModelObjective<S>>;

    FirthProfile(const Objective& objective, const Vector<S>& theta, const S& total)
        : objective_(&objective), theta_(theta), total_(total), least_(objective.value(theta)) {
        Vector<S> gradient(theta.size()), rest;
        Matrix<S> H;
        objective.value_parts_hessian(theta, gradient, rest, H);
        curvature_.factor(H);
    }

    /// 2 (largest - largest subject to theta in origin + span B); `z` is the start, and where it ends.
    S loss(const Vector<S>& origin, const Matrix<S>& B, Vector<S>& z) const {
        const OnSubspace<Objective, S> restricted(*objective_, origin, B);
        S value = least_;
        if (B.cols() == 0) value = objective_->value(origin);
        else {
            const Result<S> result = StructuredNewton{}.minimize(restricted, z);
            // where values no longer tell which step is better, the value is all that is wanted
            if (!result.converged() && !(result.usable() && result.relative_gradient < S(1e-6)))
                return std::numeric_limits<S>::quiet_NaN();
            z = result.x;
            value = result.value;
        }
        return S(2) * total_ * (value - least_);
    }

    /// Where c'theta = value: theta_m follows from the others, m the parameter that counts most in c. z counts from
    /// where the parabola of the information at the fit has its constrained maximum.
    S loss_at(const Vector<S>& c, const S& value, Vector<S>& z) const {
        using std::abs;
        const auto& kept = objective_->kept();
        Index m = kept.front();
        for (const Index j : kept)
            if (abs(c[j]) > abs(c[m])) m = j;
        Matrix<S> B = Matrix<S>::Zero(c.size(), static_cast<Index>(kept.size()) - 1);
        Index column = 0;
        for (const Index j : kept) {
            if (j == m) continue;
            B(j, column) = S(1);
            B(m, column++) = -c[j] / c[m];
        }
        const Vector<S> towards = curvature_.solve(c);
        Vector<S> origin = theta_;
        add_multiple(S((value - dot(c, theta_)) / dot(c, towards)), towards, origin);
        if (z.size() == B.cols() && max_norm(z) > S(0))
            if (const S lost = loss(origin, B, z); lost >= S(0)) return lost;
        z = Vector<S>::Zero(B.cols());
        return loss(origin, B, z);
    }

    /// The value on one side (sign) where the loss is `quantile`; its root is nearly linear, so secants, kept within a
    /// bracket (the Illinois rule: Dowell and Jarratt, BIT 11 (1971), 168), find it in a few steps. NaN when 60 steps
    /// do not.
    S bound(const Vector<S>& c, const S& std_error, int sign, const S& quantile) const {
        using std::abs, std::isfinite, std::sqrt;
        const S target = sqrt(quantile), centre = dot(c, theta_), unit = S(sign) * std_error;
        Vector<S> z;
        S low(0), f_low = -target, high(-1), f_high(0), t = target;
        for (int trial = 0; trial < 60; ++trial) {
            const S lost = loss_at(c, S(centre + t * unit), z), f = sqrt(std::max(lost, S(0))) - target;
            if (!isfinite(f)) {  // too far at once
                t = (low + t) / S(2);
                z.setZero();
                continue;
            }
            if (abs(f) <= S(1e6) * epsilon<S> * target || (high > low && high - low <= S(4) * epsilon<S> * high))
                return centre + t * unit;
            if (f < S(0)) {
                if (low == t) break;
                low = t, f_low = f;
                if (high > S(0)) f_high /= S(2);
            } else {
                high = t, f_high = f;
                f_low /= S(2);
            }
            if (high < S(0)) t = std::min(S(t * target / (f + target) * S(1.05)), S(S(4) * t));
            else {
                t = (low * f_high - high * f_low) / (f_high - f_low);
                if (!(t > low && t < high)) t = (low + high) / S(2);
            }
        }
        return centre + t * unit;
    }

private:
    const Objective* objective_;
    Vector<S> theta_;
    S total_, least_;
    CurvatureSystem<S> curvature_;
};

/// One parameter, the functional c of theta.
template <Scalar S>
GRADUS_ONCE ProfiledEstimate profile_of(const FirthProfile<S>& profile, const Estimate& row, const Vector<S>& c,
                                        double level) {
    const double unknown = std::numeric_limits<double>::quiet_NaN(), z = normal_quantile(level);
    ProfiledEstimate out{row.output, row.name, row.estimate, {unknown, unknown}, {}};
    if (std::isnan(row.std_error)) return out;
    const S error = S(row.std_error), quantile = S(z * z);
    out.interval = {static_cast<double>(profile.bound(c, error, -1, quantile)),
                    static_cast<double>(profile.bound(c, error, 1, quantile))};
    Vector<S> start;
    out.zero = chi_squared_test(row.name + " is zero", static_cast<double>(profile.loss_at(c, S(0), start)), 1);
    return out;
}

/// Throws as check_stands_at_maximum(), of the penalised likelihood.
template <Scalar S>
void check_stands_at_penalised_maximum(const Fitted<S>& fit, const Jeffreys<ModelObjective<S>>& objective) {
    if (!should_stand_at_maximum(fit.likelihood.report)) return;
    Vector<S> gradient(fit.theta().size());
    objective.value_and_gradient(fit.theta(), gradient);
    gradient *= total_weight(fit.likelihood.sample());
    Vector<S> root = fit.information.kept(gradient);
    solve_upper_transposed<S>(fit.information.R, root);
    check_stands_at_maximum(fit.likelihood, dot(root, root));
}

template <Scalar S>
GRADUS_ONCE FirthInference firth_inference(const Fitted<S>& fit, double level) {
    const Inference wald = infer(fit, InferenceOptions{});
    const auto objective = with_jeffreys_prior(fit.likelihood.risk, fit.theta());
    check_stands_at_penalised_maximum(fit, objective);
    const FirthProfile<S> profile(objective, fit.theta(), total_weight(fit.likelihood.sample()));
    FirthInference out{fit.likelihood.report.model, level, {}, {}};
    for (std::size_t i = 0; i < wald.estimates.size(); ++i)
        out.estimates.push_back(
            profile_of<S>(profile, wald.estimates[i], fit.map.row(static_cast<Index>(i)).transpose(), level));
    // all slopes zero, the information being that of all parameters
    const Index d = fit.theta().size(), slopes = fit.walk().predictor().first_intercept();
    Index tested = 0;
    for (const Index j : objective.kept()) tested += j < slopes;
    Matrix<S> B = Matrix<S>::Zero(d, d - slopes);
    for (Index j = slopes; j < d; ++j) B(j, j - slopes) = S(1);
    Vector<S> start = Vector<S>::Zero(d - slopes);
    if (tested > 0)
        out.likelihood_ratio = chi_squared_test("penalised likelihood ratio, all slopes are zero",
                                                static_cast<double>(profile.loss(Vector<S>::Zero(d), B, start)),
                                                static_cast<double>(tested));
    return out;
}

}  // namespace detail

/// Profiles of the penalised likelihood: an interval holds the values v of a parameter for which 2 (l* - max l* subject
/// to parameter = v) is at most the chi-squared quantile, l* = log-likelihood + log det I / 2 with the information of
/// all parameters (Heinze and Schemper, Statist. Med. 21 (2002), 2409). On separated classes, where the profile is far
/// from a parabola, these are right and Wald intervals are not.
///
///     std::cout << firth_inference(model, Observations(X, labels));
///
/// The penalised likelihood need not be concave; the maxima followed are those that are near when v moves away from the
/// estimate. Some ten constrained fits for each bound. The data are those of the fit.
template <Scalar S, class Label, class... Parts>
FirthInference firth_inference(const FirthLogisticRegression<S, Label>& model, const Observations<Parts...>& data,
                               double level = 0.95) {
    if (!(level > 0 && level < 1)) reject("level is ", level, ", but must lie between 0 and 1");
    return detail::firth_inference(detail::fitted(model, data), level);
}
template <Scalar S, class Label, Features X, Column Y>
FirthInference firth_inference(const FirthLogisticRegression<S, Label>& model, const X& x, const Y& y,
                               double level = 0.95) {
    return firth_inference(model, Observations(x, y), level);
}

/// One line for each parameter.
inline std::ostream& operator<<(std::ostream& out, const FirthInference& inference) {
    std::size_t width = 11;
    for (const ProfiledEstimate& row : inference.estimates)
        width = std::max(width, row.output.size() + row.name.size() + 2);
    out << inference.model << '\n' << std::string(width, ' ');
    for (const std::string& head : {std::string("Estimate"), text("lower ", inference.level),
                                    text("upper ", inference.level), std::string("Chi-squared"), std::string("p")})
        out << std::setw(14) << std::right << head;
    out << '\n';
    for (const ProfiledEstimate& row : inference.estimates) {
        out << std::left << std::setw(static_cast<int>(width)) << row.output + ": " + row.name << std::right;
        for (const double number : {row.estimate, row.interval.lower, row.interval.upper, row.zero.statistic})
            out << std::setw(14) << text(number);
        out << std::setw(14) << detail::p_text(row.zero.p_value, row.zero.log_p_value) << '\n';
    }
    if (inference.likelihood_ratio.degrees_of_freedom > 0) out << inference.likelihood_ratio;
    return out;
}

}  // namespace gradus
