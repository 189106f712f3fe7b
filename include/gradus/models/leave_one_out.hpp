#pragma once
// The loss of each row by the fit to all others, without fitting again.

#include <gradus/models/path.hpp>
#include <gradus/numeric/cholesky.hpp>
#include <gradus/numeric/left_out.hpp>

#include <cmath>

namespace gradus {

/// What leave_one_out() found.
struct LeaveOneOut {
    Eigen::MatrixXd linear_predictor;  ///< n x k: eta of each row, offset included, by the fit to the others
    Eigen::VectorXd loss;              ///< n: of each row there; zero of a row without weight
    Eigen::VectorXd leverage;          ///< n: the trace of s_i C_i J_i H^-1 J_i', a row's say in its own eta; at most k
    double mean_loss = 0;              ///< weighted
    double standard_error = 0;         ///< of that mean, from how the rows differ
};

namespace detail {

/// Upper U with U'U = H as far as H is definite; `left_out`: parameters that the others make up for.
template <Scalar S>
struct RootOfHessian {
    explicit RootOfHessian(const Matrix<S>& H) : U(semidefinite_cholesky<S>(H)) {
        for (Index j = 0; j < U.rows(); ++j)
            if (!(U(j, j) > S(0))) left_out.push_back(j), U.row(j).setZero(), U(j, j) = S(1);
    }
    /// J = U'^-1 J
    void whiten(Matrix<S>& J) const {
        solve_upper_transposed<S>(U, J);
        for (const Index j : left_out) J.row(j).setZero();
    }
    Matrix<S> U;
    std::vector<Index> left_out;
};

/// Of the rows that a risk has, at theta, where H is the Hessian of the objective.
template <class Risk, class S = typename Risk::Scalar>
GRADUS_ONCE LeaveOneOut leave_each_out(const Risk& risk, const Vector<S>& theta, const Matrix<S>& H) {
    const RootOfHessian<S> root(H);
    const Index n = risk.sample().rows(), k = risk.predictor().outputs();
    const S total = risk.sample().total_weight;
    LeaveOneOut out;
    out.linear_predictor = Eigen::MatrixXd::Zero(n, k);
    out.loss = out.leverage = Eigen::VectorXd::Zero(n);
    Matrix<S> J(theta.size(), k), C(k, k);
    Vector<S> direction(theta.size());
    const Vector<S> one = Vector<S>::Ones(1);
    double sum = 0, squares = 0;
    risk.walk().for_each(theta, [&](const EvaluatedRows<S>& rows) {
        auto slope = rows.slope(), curvature = rows.curvature();
        risk.loss().derivatives(rows.y, rows.eta, rows.s, slope, curvature);
        risk.walk().for_each_row(rows, [&](Index i, const auto& add) {
            for (Index c = 0; c < k; ++c) {
                direction.setZero();
                add(c, S(1), direction);
                J.col(c) = direction;
            }
            root.whiten(J);
            for (Index a = 0; a < k; ++a)
                for (Index b = 0; b < k; ++b)
                    C(a, b) = curvature(i, pair_index(std::max(a, b), std::min(a, b), k)) / total;
            const Matrix<S> G = transposed_product<S>(J, J);
            const Matrix<S> v = slope.row(i).transpose() / total,
                            eta = rows.eta.row(i).transpose() + product<S>(G, solve_without_row<S>(C, G, v));
            const Index at = rows.block.first() + i;
            for (Index c = 0; c < k; ++c) out.linear_predictor(at, c) = static_cast<double>(eta(c, 0));
            if (!(rows.s[i] > S(0))) return;
            const double loss = static_cast<double>(risk.loss().value(rows.y.middleRows(i, 1), eta.transpose(), one)),
                         share = static_cast<double>(S(rows.s[i] / total));
            out.leverage[at] = static_cast<double>(product<S>(C, G).trace());
            out.loss[at] = loss;
            sum += share * loss;
            squares += share * loss * loss;
        });
    });
    out.mean_loss = sum;
    out.standard_error = std::sqrt(std::max(0.0, squares - sum * sum) / static_cast<double>(std::max<Index>(1, n - 1)));
    return out;
}

/// Throws InvalidInput unless the parameters are where these data put them.
template <Scalar S>
GRADUS_ONCE void check_stands_still(const Vector<S>& move, const Vector<S>& gradient_scale) {
    using std::abs;
    for (Index l = 0; l < move.size(); ++l)
        if (!(abs(move[l]) <= S(1e-4) * gradient_scale[l]))
            reject("leave_one_out: the gradient is not zero at this model, which was fitted to other data");
}

template <Scalar S>
GRADUS_ONCE LeaveOneOut leave_one_out(const Problem<S>& problem, const AnyPenalty<S>& penalty,
                                      const Parameters<S>& found) {
    using Risk = ModelObjective<S>;
    Risk risk = objective_of<Risk>(problem, penalty, traits_of<Newton>(), false);
    begin_at(problem, risk, {});
    const Vector<S> theta = solver_parameters<S>(risk, found);
    Vector<S> gradient;
    Matrix<S> H;
    risk.value_gradient_hessian(theta, gradient, H);
    check_stands_still(gradient, risk.gradient_scale());
    return leave_each_out(risk, theta, H);
}
/// With a penalty that has corners: in the coefficients that are not zero, as if the others stayed it.
template <Scalar S, class Penalty>
GRADUS_ONCE LeaveOneOut leave_one_out_of_support(const Problem<S>& problem, const Penalty& penalty,
                                                 const Parameters<S>& found) {
    using Risk = ModelObjective<S>;
    const CornerFit<Risk, CoordinateDescent> fits(problem, found);
    const Risk& all = fits.risk();
    const Evaluation<S>& at = fits.at();
    const auto part = fits.corner_of(penalty);
    Vector<S> move;
    part.residual(at.x, at.gradient, move);
    check_stands_still(move, all.gradient_scale());
    const auto support = FeatureSubset<S>::support(all.predictor(), at.x);
    const Risk risk = support.risk(problem, all);
    const Vector<S> theta = support.of(at.x);
    const auto corner = part.of(support);
    Matrix<S> H;
    risk.hessian(theta, H);
    const auto is_held = [&](Index l) { return theta[l] == S(0) && l < risk.predictor().first_intercept(); };
    for (Index l = 0; l < H.cols(); ++l)
        for (Index m = 0; m < H.rows(); ++m)
            H(m, l) = is_held(l) || is_held(m) ? S(0) : S(H(m, l) + corner.curvature(theta, m, l));
    if (!H.allFinite()) reject("leave_one_out: this penalty does not tell its curvature(); take cross_validate()");
    return leave_each_out(risk, theta, H);
}

}  // namespace detail

/// Leave-one-out cross-validation of a fit, for the data that it was fitted to:
///
///     leave_one_out(ridge, X, y).mean_loss      // 1/2 mean (y_i - eta_i)^2, eta_i by the fit to the others
///
/// Exact for squared loss (Allen, Technometrics 16 (1974), 125: the residual over 1 - leverage), the ridge being as a
/// sum what it was: lambda W / (W - s_i) for a fit to the weight that is left. For other losses one step of Newton's
/// method from the fit (Pregibon, Annals of Statistics 9 (1981), 705); with a lasso or another penalty that has corners
/// and a curvature that step is in the coefficients that are not zero (Rahnama Rad and Maleki, J. R. Statist. Soc. B 82
/// (2020), 965). A row that alone decides a parameter has no fit without it, and a loss that is not finite. Works with
/// the square of the condition number. Throws NotFitted, what fit() throws, and InvalidInput where the data are not
/// those of the fit. O(n d^2 k) for d parameters, one walk.
template <class Model, class... Parts>
LeaveOneOut leave_one_out(const Model& model, const Observations<Parts...>& data) {
    using Access = detail::PathFit<Model>;
    using S = typename Model::Scalar;
    using Penalty = typename Model::Penalty;
    typename Access::Labels labels = Access::labels(model);
    if constexpr (CornerPenalty<Penalty, S>) {
        static_assert(takes_coordinate_descent<Penalty, S>(),
                      "gradus: leave_one_out is for penalties of single coefficients or groups; "
                      "cross_validate() leaves rows out of any");
        return detail::leave_one_out_of_support<S>(Access::problem(model, data, labels), model.options().penalty,
                                                   Access::found(model));
    } else {
        const AnyPenalty<S> penalty(model.options().penalty);
        if (!penalty.is_zero() && !penalty.has_constant_curvature())
            reject("leave_one_out: of smooth penalties for Ridge alone; cross_validate() leaves rows out of any");
        return detail::leave_one_out<S>(Access::problem(model, data, labels), penalty, Access::found(model));
    }
}
template <class Model, class X, class Y>
LeaveOneOut leave_one_out(const Model& model, const X& x, const Y& y) {
    check_features<X>();
    return leave_one_out(model, Observations(x, y));
}

}  // namespace gradus
