#pragma once
// Intervals for what a fit says of new rows.

#include <gradus/inference/rows.hpp>

namespace gradus {

/// One row for each new row; one column for each target, or for each class in the order of the model.
struct Prediction {
    Eigen::MatrixXd estimate, std_error, lower, upper;
};

namespace detail {

inline Prediction empty_prediction(Index n, Index k) {
    const Eigen::MatrixXd zeros = Eigen::MatrixXd::Zero(n, k);
    return {zeros, zeros, zeros, zeros};
}

/// estimate -+ reach, the standard error that of the mean or, with the noise of one observation, of that.
template <Scalar S>
GRADUS_ONCE Prediction predict_linear(const Likelihood<S>& likelihood, const DenseView<S>& X,
                                      const InferenceOptions& options, double level, bool of_an_observation) {
    const Inference inference = infer(likelihood, options);
    const Information<S> facts = information(likelihood);
    const Index k = likelihood.coefficients.cols();
    const double q = student_t_quantile(level, inference.residual_degrees_of_freedom);
    Prediction out = empty_prediction(X.rows(), k);
    for (Index i = 0; i < X.rows(); ++i) {
        Vector<S> x(X.columns());
        for (Index j = 0; j < x.size(); ++j) x[j] = X(i, j);
        const Vector<S> root = whitened(facts, eta_gradient(likelihood, x, 0));
        const double square = static_cast<double>(dot(root, root));
        for (Index c = 0; c < k; ++c) {
            const double sigma = inference.targets[static_cast<std::size_t>(c)].residual_standard_error;
            const double estimate = static_cast<double>(dot(eta_gradient(likelihood, x, c), likelihood.theta));
            const double error = sigma * std::sqrt(square + of_an_observation);
            out.estimate(i, c) = estimate;
            out.std_error(i, c) = error;
            out.lower(i, c) = estimate - q * error;
            out.upper(i, c) = estimate + q * error;
        }
    }
    return out;
}

/// Probabilities: the delta method for log(P / (1 - P)), which for two classes is eta itself.
template <Scalar S>
GRADUS_ONCE Prediction predict_classes(const Likelihood<S>& likelihood, const DenseView<S>& X, double level) {
    using std::exp;
    const Information<S> facts = information(likelihood);
    const Index k = likelihood.risk.loss().outputs(), K = static_cast<Index>(likelihood.outputs.size());
    const bool is_known = objection(likelihood).empty();
    const S q = S(normal_quantile(level));
    Prediction out = empty_prediction(X.rows(), K);
    ClassProbability<S> at(likelihood.risk.loss());
    Matrix<S> eta(1, k);
    std::vector<Vector<S>> gradients(static_cast<std::size_t>(k));
    for (Index i = 0; i < X.rows(); ++i) {
        Vector<S> x(X.columns());
        for (Index j = 0; j < x.size(); ++j) x[j] = X(i, j);
        for (Index a = 0; a < k; ++a) {
            Vector<S>& g = gradients[static_cast<std::size_t>(a)];
            g = eta_gradient(likelihood, x, a);
            eta(0, a) = dot(g, likelihood.theta);
        }
        for (Index c = 0; c < K; ++c) {
            at.evaluate(c, eta);
            Vector<S> slope = Vector<S>::Zero(likelihood.risk.dimension());
            for (Index a = 0; a < k; ++a)
                add_multiple(at.logit_slope(a), gradients[static_cast<std::size_t>(a)], slope);
            S error = norm(whitened(facts, slope));
            if (!is_known) error = std::numeric_limits<S>::quiet_NaN();
            const auto sigmoid = [](const S& t) { return static_cast<double>(S(S(1) / (S(1) + exp(S(-t))))); };
            out.estimate(i, c) = static_cast<double>(at.probability());
            out.std_error(i, c) = static_cast<double>(S(error * at.probability() * at.complement()));
            out.lower(i, c) = sigmoid(at.logit() - q * error);
            out.upper(i, c) = sigmoid(at.logit() + q * error);
        }
    }
    return out;
}

template <Scalar S, class X>
DenseView<S> new_rows(const Likelihood<S>& likelihood, const X& x) {
    const DenseView<S> view = view_of<S>(x);
    if (view.columns() != likelihood.coefficients.rows())
        reject("X has ", view.columns(), " columns, the model was fitted to ", likelihood.coefficients.rows());
    return view;
}

}  // namespace detail

/// For each row of `x`: the mean of the targets and its interval, estimate -+ t quantile * sigma |R^-T (1, x)'|; of models of classes the probability of each
/// class with an interval inside (0, 1), estimate -+ normal quantile * standard error on the scale of log(P / (1 - P)) (for two classes: of
/// eta). Offsets are not added. NaN where the data of the fit do not determine the answer. O(rows r^2 K).
///
///     const Prediction mean = mean_interval(model, data, X_new, 0.95);
template <class Model, class... Parts, EigenMatrix X>
Prediction mean_interval(const Model& model, const Observations<Parts...>& data, const X& x, double level = 0.95,
                         const InferenceOptions& options = {}) {
    const auto likelihood = detail::unpenalised_likelihood(model, data);
    const typename X::PlainObject rows = x;
    const auto view = detail::new_rows(likelihood, rows);
    return likelihood.family == Family::linear ? detail::predict_linear(likelihood, view, options, level, false)
                                               : detail::predict_classes(likelihood, view, level);
}

/// For each row of `x`: where one new observation of weight 1 will lie with probability `level`: estimate -+ t quantile * sigma sqrt(1 + |R^-T (1, x)'|^2).
/// Linear models; the noise is taken to be normal.
template <class Model, class... Parts, EigenMatrix X>
Prediction observation_interval(const Model& model, const Observations<Parts...>& data, const X& x, double level = 0.95,
                                const InferenceOptions& options = {}) {
    const auto likelihood = detail::unpenalised_likelihood(model, data);
    if (likelihood.family != Family::linear)
        reject(
            "observation_interval: an observation of classes is one of them; mean_interval gives their probabilities");
    const typename X::PlainObject rows = x;
    return detail::predict_linear(likelihood, detail::new_rows(likelihood, rows), options, level, true);
}

}  // namespace gradus
