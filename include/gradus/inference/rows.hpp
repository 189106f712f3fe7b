#pragma once
// The rows of the data in the metric of the information: what robust covariances, influence and intervals of predictions are made of.

#include <gradus/inference/inference.hpp>

namespace gradus::detail {

/// at(i, Q, slope, curvature, r) for each row i: Q = R^-T J_i', one column for each output (of a linear model one for all), so that Q'Q = J_i (R'R)^-1
/// J_i'. Row r of slope and curvature belong to it, both times s_i. O(n k r^2) and one sweep over X.
template <Scalar S, class At>
void visit_whitened(const Likelihood<S>& likelihood, const Information<S>& information, At&& at) {
    const Index r = information.rank();
    const Index k = likelihood.family == Family::linear ? 1 : likelihood.risk.loss().outputs();
    Matrix<S> Q(r, k);
    Vector<S> direction(likelihood.risk.dimension());
    likelihood.risk.visit_derivatives(
        likelihood.theta, [&](Index i, const auto& slope, const auto& curvature, Index row, const auto& add) {
            for (Index c = 0; c < k; ++c) {
                direction.setZero();
                add(c, S(1), direction);
                for (Index m = 0; m < r; ++m) Q(m, c) = direction[information.parameters[static_cast<std::size_t>(m)]];
            }
            solve_upper_transposed<S>(information.R, Q);
            at(i, Q, slope, curvature, row);
        });
}

/// One Newton step with the factor of the information. A fit is reported in the user's coordinates, and where a column lies far from zero the intercept
/// is large and its rounding too: some 1e-11 for a column 1e5 spreads away, which residuals of 1e-6 would show. Here it is taken back.
template <Scalar S>
GRADUS_ONCE void polish(Likelihood<S>& likelihood, const Information<S>& information) {
    if (!likelihood.report.converged()) return;
    const Index p = likelihood.coefficients.rows(), k = likelihood.coefficients.cols();
    const Index blocks = likelihood.family == Family::linear ? k : 1;  // targets share the factor of the first
    Vector<S> gradient(likelihood.theta.size()), step(information.rank());
    likelihood.risk.value_and_gradient(likelihood.theta, gradient);
    for (Index c = 0; c < blocks; ++c) {
        const auto place = [&](Index m) {
            const Index l = information.parameters[static_cast<std::size_t>(m)];
            return l + c * (l < p * k ? p : 1);
        };
        for (Index m = 0; m < step.size(); ++m) step[m] = gradient[place(m)] * likelihood.prepared.sample.total_weight;
        solve_upper_transposed<S>(information.R, step);
        solve_upper<S>(information.R, step);
        for (Index m = 0; m < step.size(); ++m) likelihood.theta[place(m)] -= step[m];
    }
}

/// R^-T g: its squared length is the variance of g'theta (linear models: for sigma = 1). NaN where the data do not determine g'theta.
template <Scalar S>
Vector<S> whitened(const Information<S>& information, const Vector<S>& g) {
    Vector<S> out(information.rank());
    for (Index m = 0; m < out.size(); ++m) out[m] = g[information.parameters[static_cast<std::size_t>(m)]];
    solve_upper_transposed<S>(information.R, out);
    if (!is_estimable(information, g)) out.setConstant(std::numeric_limits<S>::quiet_NaN());
    return out;
}

/// The gradient of eta_c with respect to theta at a row x of the user's features.
template <Scalar S>
Vector<S> eta_gradient(const Likelihood<S>& likelihood, Vector<S> x, Index c) {
    const Equilibration<S>& coordinates = likelihood.risk.coordinates();
    Vector<S> out = Vector<S>::Zero(likelihood.risk.dimension());
    if (!coordinates.is_identity())
        for (Index j = 0; j < x.size(); ++j) x[j] = (x[j] - coordinates.shift[j]) * coordinates.scale[j];
    likelihood.risk.predictor().add_direction(x, c, S(1), out);
    return out;
}

/// Weights of all rows.
template <Scalar S>
Vector<S> row_weights(const Likelihood<S>& likelihood) {
    Vector<S> s(likelihood.prepared.sample.rows());
    likelihood.prepared.sample.copy_weights(0, s);
    return s;
}

/// The probability of one class at one row, by its logarithm, with two derivatives with respect to eta: from the loss alone.
template <Scalar S>
class ClassProbability {
public:
    explicit ClassProbability(const AnyLoss<S>& of)
        : loss_(&of), slope_(1, of.outputs()), curvature_(1, pair_count(of.outputs())) {}

    void evaluate(Index code, const Matrix<S>& eta) {
        Matrix<S> y(1, 1);
        y(0, 0) = S(static_cast<double>(code));
        loss = loss_->derivatives(y, eta, Vector<S>::Ones(1), slope_, curvature_);
    }
    S probability() const {
        using std::exp;
        return exp(S(-loss));
    }
    /// 1 - P without cancellation.
    S complement() const {
        using std::expm1;
        return -expm1(S(-loss));
    }
    S slope(Index a) const { return -probability() * slope_(0, a); }
    S curvature(Index a, Index b) const {
        const Index k = slope_.cols(), pair = pair_index(std::max(a, b), std::min(a, b), k);
        return probability() * (slope_(0, a) * slope_(0, b) - curvature_(0, pair));
    }
    /// d log(P / (1 - P)) / d eta_a.
    S logit_slope(Index a) const { return -slope_(0, a) / complement(); }
    S logit() const {
        using std::log;
        return -loss - log(complement());
    }

    S loss{0};  ///< -log P

private:
    const AnyLoss<S>* loss_;
    Matrix<S> slope_, curvature_;
};

}  // namespace gradus::detail
