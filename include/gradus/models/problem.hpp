#pragma once
// What a fit is about, before anybody says how it is solved.

#include <gradus/data/targets.hpp>
#include <gradus/families/family.hpp>
#include <gradus/models/model_words.hpp>
#include <gradus/objectives/empirical_risk.hpp>

namespace gradus {

/// Checked data, the family of their response, and whether there is an intercept; and how the model is written.
template <Scalar S>
struct Problem {
    Prepared<S> prepared;
    AnyFamily<S> family;
    bool has_intercept;
    detail::ModelWords words = {};

    const Sample<S>& sample() const { return prepared.sample; }
    Index features() const { return prepared.sample.features(); }
    std::string feature_name(Index j) const {
        const auto at = static_cast<std::size_t>(j);
        return at < prepared.feature_names.size() ? "'" + prepared.feature_names[at] + "'" : text("column ", j);
    }
};

/// What a fit finds: eta = X W A + 1 b', A the loadings of the predictor.
template <Scalar S>
struct Parameters {
    Matrix<S> W;  ///< p x m
    Vector<S> b;  ///< k
    bool is_set = false;
};

/// What models hand to solvers.
template <Scalar S>
using ModelObjective = EmpiricalRisk<S>;

/// W, b of each target divided by the unit of that target, as of the sample's target_coordinates; nothing where these
/// are the user's.
template <Scalar S>
void leave_target_units(const Coordinates<S>& targets, Matrix<S>& W, Vector<S>& b) {
    if (targets.is_identity()) return;
    for (Index c = 0; c < b.size(); ++c) {
        for (Index j = 0; j < W.rows(); ++j) W(j, c) /= targets.scale[c];
        b[c] /= targets.scale[c];
    }
}
/// And what the intercepts b = C c take up of targets and offset that are seen about another origin. Where C has fewer
/// columns than rows, the intercepts sum to zero (sum_to_zero_predictor), and a shift of all outputs is none.
template <Scalar S>
GRADUS_ONCE Vector<S> intercept_shift(const Sample<S>& sample, const Matrix<S>& C) {
    Vector<S> shift = Vector<S>::Zero(C.rows());
    if (!sample.target_coordinates.is_identity()) shift = sample.target_coordinates.shift;
    if (sample.offset_origin.size() == 0) return shift;
    shift -= sample.offset_origin;
    if (C.cols() == C.rows()) return shift;
    const S mean = shift.mean();
    for (Index c = 0; c < shift.size(); ++c) shift[c] -= mean;
    return shift;
}

/// What the user's parameters change by where theta changes by this.
template <Scalar S>
GRADUS_ONCE Parameters<S> user_change(const RiskTerms<S>& risk, const Vector<S>& theta) {
    Parameters<S> out{risk.predictor().coefficients(theta), risk.predictor().intercept(theta), true};
    risk.coordinates().leave(out.W, out.b, risk.predictor().loadings());
    leave_target_units(risk.sample().target_coordinates, out.W, out.b);
    if (risk.predictor().intercepts() == 0) out.b.setZero();
    return out;
}
/// The user's parameters of theta.
template <Scalar S>
GRADUS_ONCE Parameters<S> user_parameters(const RiskTerms<S>& risk, const Vector<S>& theta) {
    Parameters<S> out = user_change(risk, theta);
    if (risk.predictor().intercepts() > 0) out.b += intercept_shift(risk.sample(), risk.predictor().intercept_map());
    return out;
}
/// And theta of the user's parameters.
template <Scalar S>
GRADUS_ONCE Vector<S> solver_parameters(const RiskTerms<S>& risk, Parameters<S> user) {
    const Vector<S>& unit = risk.sample().target_coordinates.scale;
    user.b -= intercept_shift(risk.sample(), risk.predictor().intercept_map());
    for (Index c = 0; c < unit.size(); ++c) {
        user.W.col(c) *= unit[c];
        user.b[c] *= unit[c];
    }
    if (risk.predictor().intercepts() > 0) risk.coordinates().enter(user.W, user.b, risk.predictor().loadings());
    else if (!risk.coordinates().is_identity()) unscale_rows(user.W, risk.coordinates().scale);
    return risk.predictor().parameters(user.W, user.b);
}
/// One vector: the columns of W one after another, then b where there is an intercept.
template <Scalar S>
Vector<S> flat(const Matrix<S>& W, const Vector<S>& b, bool has_intercept) {
    Vector<S> all(W.size() + (has_intercept ? b.size() : 0));
    for (Index j = 0; j < W.size(); ++j) all[j] = W.data()[j];
    for (Index c = 0; has_intercept && c < b.size(); ++c) all[W.size() + c] = b[c];
    return all;
}
/// The gradient with respect to the user's parameters, in that order.
template <Scalar S>
GRADUS_ONCE Vector<S> user_gradient(const RiskTerms<S>& risk, const Vector<S>& gradient) {
    Matrix<S> G = risk.predictor().coefficients(gradient);
    Vector<S> g = risk.predictor().intercept(gradient);
    leave_target_units(risk.sample().target_coordinates, G, g);
    risk.coordinates().gradient_leaves(G, g, risk.predictor().loadings());
    return flat(G, g, risk.predictor().intercepts() > 0);
}
/// Mean loss of each target, of which a loss with units has one, or is squared; in the coordinates of the risk.
template <Scalar S>
GRADUS_ONCE Vector<S> target_losses(const RiskTerms<S>& risk, const Vector<S>& theta) {
    const Index k = risk.predictor().outputs();
    const auto sums = risk.walk().reduce(theta, VectorSum<S>(k), [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
        if (k == 1) return part.add(Vector<S>::Constant(1, S(2) * risk.loss().value(rows.y, rows.eta, rows.s)));
        Vector<S> squares = Vector<S>::Zero(k);
        for (Index c = 0; c < k; ++c)
            for (Index i = 0; i < rows.count(); ++i)
                squares[c] += rows.s[i] * (rows.eta(i, c) - rows.y(i, c)) * (rows.eta(i, c) - rows.y(i, c));
        part.add(squares);
    });
    Vector<S> means;
    sums.mean(S(2) * risk.sample().total_weight, means);
    return means;
}
/// And of all of them, in the user's units.
template <Scalar S>
GRADUS_ONCE double user_loss(const RiskTerms<S>& risk, const Vector<S>& theta) {
    const Vector<S>& unit = risk.sample().target_coordinates.scale;
    const Vector<S> losses = target_losses(risk, theta);
    double sum = 0;
    for (Index c = 0; c < losses.size(); ++c) sum += static_cast<double>(S(losses[c] / unit[c] / unit[c]));
    return sum;
}

/// Where each column of the offset lies, for the intercept to take up, and how large it is about there: beside 1e14,
/// slopes that move eta by one have two digits. About zero where its mean is no larger than a thousand of what eta is
/// measured by, or there is no intercept.
template <Scalar S>
GRADUS_ONCE Coordinates<S> offset_coordinates(const Problem<S>& problem) {
    using std::abs;
    if (!problem.sample().offset) return {};
    const ColumnStatistics<S> offsets = column_statistics<S>(
        Design<S>(problem.sample().offset->view()), problem.sample(), problem.prepared.largest_weight, "offset");
    const Coordinates<S> about_mean = equilibrate(offsets, problem.has_intercept);
    Coordinates<S> out = equilibrate(offsets, false);
    const Vector<S> unit = problem.family.loss().has_units() ? target_statistics(problem.prepared).deviation
                                                             : Vector<S>(Vector<S>::Ones(out.shift.size()));
    for (Index c = 0; c < out.shift.size(); ++c) {
        if (abs(about_mean.shift[c]) > S(1000) * std::max(offsets.deviation[c], unit[c]))
            out.shift[c] = about_mean.shift[c], out.scale[c] = about_mean.scale[c];
        if (offsets.least[c] == out.shift[c] && offsets.largest[c] == out.shift[c])
            out.scale[c] = std::numeric_limits<S>::max();  // nothing is left
    }
    return out;
}

/// Coordinates in which targets are of size one, and about zero where there is an intercept, and offsets no larger.
template <Scalar S>
GRADUS_ONCE Coordinates<S> equilibrated_targets(const ColumnStatistics<S>& targets, const Coordinates<S>& offsets,
                                                bool has_intercept) {
    Coordinates<S> out = equilibrate(targets, has_intercept);
    if (!offsets.is_identity()) out.scale = out.scale.cwiseMin(offsets.scale);
    return out;
}

/// Coordinates of the targets of a loss with units in which each is of size one, and about zero where there is an
/// intercept: a sum of squares over targets of unlike size tells nothing of the small ones, nor of what varies beside a
/// large mean, and squares of numbers far from one are beyond the range. The minimum is the same with any quadratic
/// penalty. The user's own, where they do.
template <Scalar S>
GRADUS_ONCE Coordinates<S> target_units(const Problem<S>& problem, const AnyPenalty<S>& penalty,
                                        const Coordinates<S>& offsets) {
    using std::ldexp;
    if (!problem.family.loss().has_units() || !(penalty.is_zero() || penalty.has_constant_curvature())) return {};
    using std::abs;
    const ColumnStatistics<S> targets = target_statistics(problem.prepared);
    const Coordinates<S> out = equilibrated_targets(targets, offsets, problem.has_intercept);
    const Vector<S>& scale = out.scale;
    const S far = ldexp(S(1), std::numeric_limits<S>::max_exponent / 16),
            unlike = ldexp(S(1), std::numeric_limits<S>::digits / 5);
    bool is_needed = false;
    for (Index c = 0; c < scale.size(); ++c)
        is_needed = is_needed || abs(out.shift[c]) > unlike * targets.deviation[c] || scale[c] > far ||
                    scale[c] * far < S(1) || scale[c] > unlike * scale[0] || scale[0] > unlike * scale[c];
    return is_needed ? out : Coordinates<S>();
}

/// Row by row what the user's parameters, b always among them, are made of: linear functions of theta.
template <Scalar S>
GRADUS_ONCE Matrix<S> user_functionals(const RiskTerms<S>& risk) {
    const Index d = risk.dimension();
    Vector<S> unit = Vector<S>::Zero(d);
    Matrix<S> out(risk.predictor().features() * risk.predictor().loadings().rows() + risk.predictor().outputs(), d);
    for (Index l = 0; l < d; ++l) {
        unit[l] = S(1);
        const Parameters<S> user = user_change(risk, unit);
        out.col(l) = flat(user.W, user.b, true);
        unit[l] = S(0);
    }
    return out;
}

/// Columns of like size, centred where there is an intercept to take up the shifts and it costs nothing.
template <Scalar S>
Coordinates<S> balanced_coordinates(const Problem<S>& problem, bool builds_curvature) {
    const bool centres = problem.has_intercept && problem.sample().X.storage().centres(builds_curvature);
    return equilibrate(problem.prepared.columns, centres);
}

/// Where the penalty is steeper than any loss, its own curvature sets the unit of a column. Without that, a ridge on
/// columns of unlike scale makes the coordinates as badly scaled as they were (breast cancer data: conjugate
/// gradients 6.0 correct digits in 10000 iterations; with it more in 7500).
template <Scalar S>
GRADUS_ONCE Coordinates<S> in_units_of(const AnyPenalty<S>& penalty, Coordinates<S> out) {
    using std::sqrt;
    if (penalty.is_zero()) return out;
    const Matrix<S> W = Matrix<S>::Zero(out.scale.size(), 1);
    Matrix<S> h = W;
    penalty.add_curvature(Coefficients<S>(W), MatrixView<S>(h));
    for (Index j = 0; j < out.scale.size(); ++j)
        if (h(j, 0) * out.scale[j] * out.scale[j] > S(1)) out.scale[j] = scale_to_one(S(sqrt(h(j, 0))));
    return out;
}
template <Scalar S>
Coordinates<S> balanced_coordinates(const Problem<S>& problem, const AnyPenalty<S>& penalty, bool builds_curvature) {
    return in_units_of(penalty, balanced_coordinates(problem, builds_curvature));
}

}  // namespace gradus
