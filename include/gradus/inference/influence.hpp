#pragma once
// What single rows do to a fit: leverage, residuals in their own units, Cook's distance, changes of the coefficients.

#include <gradus/inference/robust.hpp>

#include <Eigen/LU>

namespace gradus {

/// Of linear models k columns, one for each target; of models of classes one column. Rows of weight zero have leverage zero.
struct Influence {
    Eigen::VectorXd leverage;  ///< n: the trace of C_i J_i H^-1 J_i' (linear: h_ii); they sum to the rank
    Eigen::MatrixXd pearson;   ///< sqrt(s) (y - fitted); binary: sqrt(s) (y - P) / sqrt(P (1 - P)); else empty
    Eigen::MatrixXd
        deviance;  ///< linear: as pearson; classes: the root of the row's part of the deviance (binary: with the sign of y - P)
    /// Linear: residual / (sigma sqrt(1 - h)), internally studentised. Binary: deviance residual / sqrt(1 - h). Else empty.
    Eigen::MatrixXd standardised;
    /// Linear: with sigma of the fit without the row, so that it is Student's t with one degree of freedom less. Binary: sign(y - P)
    /// sqrt(d^2 + p^2 h / (1 - h)), the change of the deviance without the row to first order (Williams, Applied Statistics 36 (1987), 181). Else empty.
    Eigen::MatrixXd studentised;
    /// (change of the parameters without the row)' covariance^-1 (the same) / rank, for classes after one Newton step.
    Eigen::MatrixXd cooks_distance;
    /// n x P: estimates without the row minus estimates, in the order of the table; for classes after one Newton step.
    Eigen::MatrixXd change;
};

namespace detail {

/// (I - Q C Q')^-1 z: what the score z of a row does when the row is gone. With few outputs a k x k system.
template <Scalar S, class Curvature>
Vector<S> without_row(const Matrix<S>& Q, const Curvature& curvature, Index row, Index outputs, const Vector<S>& z) {
    const Index k = Q.cols(), r = Q.rows(), targets = r > 0 ? z.size() / r : 0;
    Matrix<S> C(k, k), gram = transposed_product<S>(Q, Q);
    for (Index a = 0; a < k; ++a)
        for (Index b = 0; b < k; ++b) C(a, b) = curvature(row, pair_index(std::max(a, b), std::min(a, b), outputs));
    Matrix<S> A = product<S>(C, gram);
    for (Index a = 0; a < k; ++a)
        for (Index b = 0; b < k; ++b) A(a, b) = S(a == b ? 1 : 0) - A(a, b);
    const Matrix<S> Z = Eigen::Map<const Matrix<S>>(z.data(), r, targets);
    Matrix<S> right = product<S>(C, transposed_product<S>(Q, Z));
    if (k == 1)
        for (Index c = 0; c < right.cols(); ++c) right(0, c) /= A(0, 0);
    else right = Matrix<S>(Eigen::PartialPivLU<Matrix<S>>(A).solve(right));
    Matrix<S> sum = Z;
    add_product<S>(Q, right, sum);
    return Eigen::Map<const Vector<S>>(sum.data(), sum.size());
}

/// Residuals of linear models.
inline void studentise(const Inference& inference, Influence& out) {
    const Index n = out.pearson.rows(), k = out.pearson.cols();
    const double df = inference.residual_degrees_of_freedom;
    out.standardised = out.studentised = out.pearson;
    for (Index c = 0; c < k; ++c) {
        const double sigma = inference.targets[static_cast<std::size_t>(c)].residual_standard_error;
        for (Index i = 0; i < n; ++i) {
            const double r = out.pearson(i, c) / (sigma * std::sqrt(1 - out.leverage[i]));
            out.standardised(i, c) = r;
            out.studentised(i, c) = r * std::sqrt((df - 1) / (df - r * r));
        }
    }
}

/// Residuals of models of classes.
template <Scalar S>
void class_residuals(const Likelihood<S>& likelihood, Influence& out) {
    using std::log, std::sqrt;
    const bool is_binary = likelihood.family == Family::binary;
    const Matrix<S> eta = likelihood.risk.linear_predictor(likelihood.theta);
    const Vector<S> s = row_weights(likelihood);
    const Index n = eta.rows();
    out.deviance = Eigen::MatrixXd::Zero(n, 1);
    if (is_binary) out.pearson = out.standardised = out.studentised = out.deviance;
    for (Index i = 0; i < n; ++i) {
        Matrix<S> y(1, 1), row(1, eta.cols()), slope(1, eta.cols());
        for (Index a = 0; a < eta.cols(); ++a) row(0, a) = eta(i, a);
        y(0, 0) = likelihood.prepared.sample.Y(i, 0);
        S half = likelihood.risk.loss().value_and_slope(y, row, Vector<S>::Ones(1), slope);
        const S t = y(0, 0);
        if (is_binary && t > S(0) && t < S(1)) half += t * log(t) + (S(1) - t) * log(S(S(1) - t));
        const S size = half > S(0) ? S(sqrt(S(2) * s[i] * half)) : S(0), sign = slope(0, 0) > S(0) ? S(-1) : S(1);
        out.deviance(i, 0) = static_cast<double>(is_binary ? S(sign * size) : size);
        if (!is_binary) continue;
        ClassProbability<S> one(likelihood.risk.loss());
        one.evaluate(1, row);
        const S spread = sqrt(S(one.probability() * one.complement()));
        const double h = out.leverage[i], d = out.deviance(i, 0),
                     p = spread > S(0) ? static_cast<double>(S(-slope(0, 0) * sqrt(s[i]) / spread)) : 0.0;
        out.pearson(i, 0) = p;
        out.standardised(i, 0) = d / std::sqrt(1 - h);
        out.studentised(i, 0) = std::copysign(std::sqrt(d * d + p * p * h / (1 - h)), d);
    }
}

template <Scalar S>
GRADUS_ONCE Influence influence(Likelihood<S> likelihood) {
    const Inference inference = infer(likelihood, {});
    const Information<S> facts = information(likelihood);
    polish(likelihood, facts);
    const Matrix<S> G = covariance_root(likelihood, facts, table_rows(likelihood));
    const bool is_linear = likelihood.family == Family::linear;
    const Index n = likelihood.prepared.sample.rows(), r = facts.rank(), k = likelihood.risk.loss().outputs(),
                targets = is_linear ? k : 1, P = G.rows();
    const Vector<S> s = row_weights(likelihood);
    Influence out;
    out.leverage = Eigen::VectorXd::Zero(n);
    out.cooks_distance = Eigen::MatrixXd::Zero(n, targets);
    out.change = Eigen::MatrixXd::Zero(n, P * targets);
    if (is_linear) out.pearson = out.cooks_distance;
    Vector<S> z(r * targets);
    visit_whitened(likelihood, facts, [&](Index i, const auto& Q, const auto& slope, const auto& curvature, Index row) {
        using std::sqrt;
        if (!(s[i] > S(0))) return;
        out.leverage[i] = static_cast<double>(row_leverage<S>(Q, curvature, row, k));
        whitened_score<S>(Q, slope, row, z);
        const Vector<S> step = without_row<S>(Q, curvature, row, k, z);
        for (Index c = 0; c < targets; ++c) {
            const Vector<S> part = step.segment(c * r, r), change = product<S>(G, part);
            for (Index j = 0; j < P; ++j) out.change(i, c * P + j) = static_cast<double>(change[j]);
            double sigma = 1;
            if (is_linear) {
                sigma = inference.targets[static_cast<std::size_t>(c)].residual_standard_error;
                out.pearson(i, c) = static_cast<double>(S(-slope(row, c) / sqrt(s[i])));
            }
            out.cooks_distance(i, c) = static_cast<double>(dot(part, part)) / (sigma * sigma * static_cast<double>(r));
        }
    });
    if (is_linear) {
        out.deviance = out.pearson;
        studentise(inference, out);
    } else {
        class_residuals(likelihood, out);
    }
    return out;
}

}  // namespace detail

/// Leverages, residuals, Cook's distances and the change of the estimates without each row, for a fit and the data that it was fitted to. Linear
/// models: exact. Models of classes: one Newton step from the fit (Pregibon, Annals of Statistics 9 (1981), 705; here for any number of
/// outputs). O(n r^2 k) and n P numbers.
template <class Model, class... Parts>
Influence influence(const Model& model, const Observations<Parts...>& data) {
    return detail::influence(detail::unpenalised_likelihood(model, data));
}
template <class Model, EigenMatrix X, Column Y>
Influence influence(const Model& model, const X& x, const Y& y) {
    return influence(model, Observations(x, y));
}

}  // namespace gradus
