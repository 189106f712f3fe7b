#pragma once
// What single rows do to a fit: leverage, residuals in their own units, Cook's distance, changes of the coefficients.

#include <gradus/inference/robust.hpp>
#include <gradus/numeric/left_out.hpp>

#include <cmath>

namespace gradus {

/// Of linear models k columns, one for each target; of models of classes one column. Rows of weight zero have leverage
/// zero. NaN: what a residual is compared with is rounding, as where a fit is exact.
struct Influence {
    Eigen::VectorXd leverage;  ///< n: the trace of C_i J_i H^-1 J_i' (linear: h_ii); they sum to the rank
    Eigen::MatrixXd pearson;   ///< sqrt(s) (y - fitted); binary: sqrt(s) (y - P) / sqrt(P (1 - P)); else empty
    /// Linear: as pearson; classes: the root of the row's part of the deviance (binary: with the sign of y - P).
    Eigen::MatrixXd deviance;
    /// Linear: residual / (sigma sqrt(1 - h)), internally studentised. Binary: deviance residual / sqrt(1 - h). Else
    /// empty.
    Eigen::MatrixXd standardised;
    /// Linear: with sigma of the fit without the row, so that it is Student's t with one degree of freedom less.
    /// Binary: sign(y - P) sqrt(d^2 + p^2 h / (1 - h)), the change of the deviance without the row to first order
    /// (Williams, Applied Statistics 36 (1987), 181). Else empty.
    Eigen::MatrixXd studentised;
    /// (change of the parameters without the row)' covariance^-1 (the same) / rank, for classes after one Newton step.
    Eigen::MatrixXd cooks_distance;
    /// n x P: estimates without the row minus estimates, in the order of the table; for classes after one Newton step.
    Eigen::MatrixXd change;
};

namespace detail {

/// (I - Q C Q')^-1 z: what the score z of a row does when the row is gone. With few outputs a k x k system.
template <Scalar S>
Vector<S> without_row(const WhitenedRow<S>& row, const Vector<S>& z) {
    const Matrix<S>& Q = row.Q;
    const Index k = Q.cols(), r = Q.rows(), targets = r > 0 ? z.size() / r : 0;
    Matrix<S> C(k, k);
    for (Index a = 0; a < k; ++a)
        for (Index b = 0; b < k; ++b) C(a, b) = row.curvature_of(a, b);
    Matrix<S> sum = Eigen::Map<const Matrix<S>>(z.data(), r, targets);
    const Matrix<S> right =
        solve_without_row<S>(C, transposed_product<S>(Q, Q), product<S>(C, transposed_product<S>(Q, sum)));
    add_product<S>(Q, right, sum);
    return Eigen::Map<const Vector<S>>(sum.data(), sum.size());
}

/// The standard deviation of the noise of each target, by which the covariance of the parameters exceeds the inverse
/// information; NaN where it is rounding.
template <Scalar S>
Eigen::VectorXd noise_of_targets(const Fitted<S>& fit, const Inference& inference) {
    Eigen::VectorXd out = Eigen::VectorXd::Ones(fit.targets());
    if (fit.likelihood.family().dispersion() == Dispersion::robust)
        out[0] = static_cast<double>(robust_sigma(fit.likelihood, fit.information.rank()));
    for (Index c = 0; c < out.size(); ++c) {
        if (fit.is_linear()) out[c] = inference.targets[static_cast<std::size_t>(c)].residual_standard_error;
        if (inference.is_exact || (fit.is_linear() && inference.targets[static_cast<std::size_t>(c)].is_exact))
            out[c] = std::numeric_limits<double>::quiet_NaN();
    }
    return out;
}

/// Leverage, Cook's distance and change by one row.
template <Scalar S>
void measure_row(const Fitted<S>& fit, const Eigen::VectorXd& noise, const WhitenedRow<S>& row, const Vector<S>& unit,
                 Influence& out) {
    const Index i = row.index, r = fit.information.rank(), P = fit.root.rows();
    out.leverage[i] = static_cast<double>(row.leverage());
    const Vector<S> step = without_row(row, row.score(unit));
    for (Index c = 0; c < fit.targets(); ++c) {
        const Vector<S> part = step.segment(c * r, r), change = product<S>(fit.root, part);
        for (Index j = 0; j < P; ++j) out.change(i, c * P + j) = static_cast<double>(S(change[j] / unit[c]));
        const double sigma = noise[c] * static_cast<double>(unit[c]);
        out.cooks_distance(i, c) = static_cast<double>(dot(part, part)) / (sigma * sigma * static_cast<double>(r));
    }
}

/// Residuals of the targets of a linear model, at a row of which the leverage is known.
template <Scalar S>
void take_linear_residuals(const Inference& inference, const WhitenedRow<S>& row, Influence& out) {
    using std::sqrt;
    const Index i = row.index;
    const double df = inference.residual_degrees_of_freedom;
    for (Index c = 0; c < row.slope.size(); ++c) {
        const double e = static_cast<double>(S(-row.slope[c] / sqrt(row.s))),
                     r = e / (inference.targets[static_cast<std::size_t>(c)].residual_standard_error *
                              std::sqrt(1 - out.leverage[i]));
        out.pearson(i, c) = out.deviance(i, c) = e;
        out.standardised(i, c) = r;
        out.studentised(i, c) = r * std::sqrt((df - 1) / (df - r * r));
    }
}

/// Residuals by the likelihood. `deviance`: the row's part of it, for a weight of one. A response that is a number with
/// one eta has a residual with a sign, and its loss in canonical form has the variance for its curvature.
template <Scalar S>
void take_likelihood_residuals(const WhitenedRow<S>& row, const S& deviance, Influence& out) {
    using std::sqrt;
    const Index i = row.index;
    const double size = deviance > S(0) ? static_cast<double>(S(sqrt(row.s * deviance))) : 0.0;
    out.deviance(i, 0) = size;
    if (out.pearson.size() == 0) return;
    const S spread = sqrt(row.curvature[0]);
    const double h = out.leverage[i], d = row.slope[0] > S(0) ? -size : size,
                 p = spread > S(0) ? static_cast<double>(S(-row.slope[0] / spread)) : 0.0;
    out.deviance(i, 0) = d;
    out.pearson(i, 0) = p;
    out.standardised(i, 0) = d / std::sqrt(1 - h);
    out.studentised(i, 0) = std::copysign(std::sqrt(d * d + p * p * h / (1 - h)), d);
}

template <Scalar S>
GRADUS_ONCE Influence influence(const Fitted<S>& fit) {
    const Inference inference = infer(fit, InferenceOptions{});
    const AnyFamily<S>& family = fit.likelihood.family();
    const Index n = fit.walk().rows();
    const bool is_linear = fit.is_linear(),
               has_sign = family.margins() == MarginKind::binary || family.margins() == MarginKind::count;
    Influence out;
    out.leverage = Eigen::VectorXd::Zero(n);
    out.cooks_distance = out.deviance = Eigen::MatrixXd::Zero(n, fit.targets());
    out.change = Eigen::MatrixXd::Zero(n, fit.root.rows() * fit.targets());
    const Vector<S> unit = score_units(fit);
    const Eigen::VectorXd noise = noise_of_targets(fit, inference);
    if (is_linear || has_sign) out.pearson = out.standardised = out.studentised = out.deviance;
    fit.walk().for_each(fit.theta(), [&](const EvaluatedRows<S>& rows) {
        const Vector<S> one = Vector<S>::Ones(1);
        for_each_whitened(fit, rows, [&](const WhitenedRow<S>& row) {
            measure_row(fit, noise, row, unit, out);
            if (is_linear) return take_linear_residuals(inference, row, out);
            const Index at = row.index - rows.block.first();
            const auto y = rows.y.middleRows(at, 1);
            take_likelihood_residuals<S>(
                row, S(2) * (fit.loss().value(y, rows.eta.middleRows(at, 1), one) - family.saturated(y, one)), out);
        });
    });
    return out;
}

GRADUS_COMPILE(Influence influence(const Fitted<double>&))

}  // namespace detail

/// Leverages, residuals, Cook's distances and the change of the estimates without each row, for a fit and the data that
/// it was fitted to. Linear models: exact. Models of classes: one Newton step from the fit (Pregibon, Annals of
/// Statistics 9 (1981), 705; here for any number of outputs). O(n r^2 k) and n P numbers.
template <class Model, class... Parts>
Influence influence(const Model& model, const Observations<Parts...>& data) {
    return detail::influence(detail::fitted(model, data, true));
}
template <class Model, Features X, Column Y>
Influence influence(const Model& model, const X& x, const Y& y) {
    return influence(model, Observations(x, y));
}

}  // namespace gradus
