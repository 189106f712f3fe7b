#pragma once
// Intervals for what a fit says of new rows.

#include <gradus/data/features.hpp>
#include <gradus/inference/rows.hpp>

#include <cmath>
#include <limits>
#include <vector>

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

/// The new rows as the fit sees them: eta at its theta, without offset.
template <Scalar S, class X>
RowWalk<S> new_rows(const Likelihood<S>& likelihood, const X& x) {
    const Design<S> design = design_of<S>(x);
    if (design.columns() != likelihood.coefficients.rows())
        reject("X has ", design.columns(), " columns, the model was fitted to ", likelihood.coefficients.rows());
    Sample<S> sample;
    sample.X = design.seen_in(likelihood.risk.coordinates());
    sample.Y = Values<S>(DenseView<S>(design.rows(), 0));
    sample.executor = likelihood.sample().executor;
    return {std::move(sample), likelihood.risk.predictor()};
}

/// estimate -+ reach, the standard error that of the mean or, with the noise of one observation, of that.
template <Scalar S>
GRADUS_ONCE Prediction predict_linear(const Fitted<S>& fit, const RowWalk<S>& walk, const InferenceOptions& options,
                                      double level, bool of_an_observation) {
    const Inference inference = infer(fit, options);
    const double q = student_t_quantile(level, inference.residual_degrees_of_freedom);
    Prediction out = empty_prediction(walk.rows(), fit.outputs());
    walk.for_each(fit.theta(), [&](const EvaluatedRows<S>& rows) {
        Vector<S> direction(fit.theta().size());
        walk.for_each_row(rows, [&](Index at, const auto& add) {
            const Index i = rows.block.first() + at;
            direction.setZero();
            add(0, S(1), direction);  // the same for all targets
            const Vector<S> root = fit.information.whitened(direction);
            const double square = static_cast<double>(dot(root, root));
            for (Index c = 0; c < fit.outputs(); ++c) {
                const double sigma = inference.targets[static_cast<std::size_t>(c)].residual_standard_error;
                const double estimate = static_cast<double>(rows.eta(at, c)),
                             error = sigma * std::sqrt(square + of_an_observation);
                out.estimate(i, c) = estimate;
                out.std_error(i, c) = error;
                out.lower(i, c) = estimate - q * error;
                out.upper(i, c) = estimate + q * error;
            }
        });
    });
    return out;
}

/// The probability of one class at row i, with its interval by the delta method for log(P / (1 - P)), which for two
/// classes is eta itself. `error`: the standard error there.
template <Scalar S>
void take_probability(const ClassProbability<S>& at, const S& error, const S& q, Index i, Index c, Prediction& out) {
    using std::exp;
    const auto sigmoid = [](const S& t) { return static_cast<double>(S(S(1) / (S(1) + exp(S(-t))))); };
    out.estimate(i, c) = static_cast<double>(at.probability());
    out.std_error(i, c) = static_cast<double>(S(error * at.probability() * at.complement()));
    out.lower(i, c) = sigmoid(at.logit() - q * error);
    out.upper(i, c) = sigmoid(at.logit() + q * error);
}

template <Scalar S>
GRADUS_ONCE Prediction predict_classes(const Fitted<S>& fit, const RowWalk<S>& walk, double level) {
    const Index K = static_cast<Index>(fit.likelihood.outputs.size()), d = fit.theta().size();
    const bool is_known = objection(fit.likelihood).empty();
    const S q = S(normal_quantile(level));
    Prediction out = empty_prediction(walk.rows(), K);
    walk.for_each(fit.theta(), [&](const EvaluatedRows<S>& rows) {
        ClassProbability<S> probability(fit.loss());
        std::vector<Vector<S>> gradients(static_cast<std::size_t>(fit.outputs()), Vector<S>(d));
        walk.for_each_row(rows, [&](Index at, const auto& add) {
            for (std::size_t a = 0; a < gradients.size(); ++a) {
                gradients[a].setZero();
                add(static_cast<Index>(a), S(1), gradients[a]);
            }
            for (Index c = 0; c < K; ++c) {
                probability.evaluate(c, rows.eta.middleRows(at, 1));
                Vector<S> slope = Vector<S>::Zero(d);
                for (std::size_t a = 0; a < gradients.size(); ++a)
                    add_multiple(probability.logit_slope(static_cast<Index>(a)), gradients[a], slope);
                const S error = is_known ? norm(fit.information.whitened(slope)) : std::numeric_limits<S>::quiet_NaN();
                take_probability(probability, error, q, rows.block.first() + at, c, out);
            }
        });
    });
    return out;
}

/// Of one number: the mean at eta -+ quantile * standard error of eta. Its own standard error is by the slope of the
/// mean, here a difference over a ten-thousandth of that of eta.
template <Scalar S>
GRADUS_ONCE Prediction predict_means(const Fitted<S>& fit, const RowWalk<S>& walk, double level) {
    const bool is_known = objection(fit.likelihood).empty();
    const S q = S(normal_quantile(level)), unknown = std::numeric_limits<S>::quiet_NaN();
    Prediction out = empty_prediction(walk.rows(), 1);
    walk.for_each(fit.theta(), [&](const EvaluatedRows<S>& rows) {
        Vector<S> direction(fit.theta().size());
        Matrix<S> eta(1, 5);
        walk.for_each_row(rows, [&](Index at, const auto& add) {
            direction.setZero();
            add(0, S(1), direction);
            const S error = is_known ? norm(fit.information.whitened(direction)) : unknown, step = error / S(16384);
            eta << rows.eta(at, 0), rows.eta(at, 0) - q * error, rows.eta(at, 0) + q * error, rows.eta(at, 0) - step,
                rows.eta(at, 0) + step;
            const Matrix<S> mean = fit.likelihood.family().means(eta.transpose());
            const Index i = rows.block.first() + at;
            out.estimate(i, 0) = static_cast<double>(mean(0, 0));
            out.lower(i, 0) = static_cast<double>(mean(1, 0));
            out.upper(i, 0) = static_cast<double>(mean(2, 0));
            out.std_error(i, 0) = static_cast<double>(S((mean(4, 0) - mean(3, 0)) * S(8192)));
        });
    });
    return out;
}

GRADUS_COMPILE(Prediction predict_linear(const Fitted<double>&, const RowWalk<double>&, const InferenceOptions&, double,
                                         bool))
GRADUS_COMPILE(Prediction predict_classes(const Fitted<double>&, const RowWalk<double>&, double))
GRADUS_COMPILE(Prediction predict_means(const Fitted<double>&, const RowWalk<double>&, double))

}  // namespace detail

/// For each row of `x`: the mean of the targets and its interval, estimate -+ t quantile * sigma |R^-T (1, x)'|; of
/// models of counts the mean; of
/// models of classes the probability of each class with an interval inside (0, 1), estimate -+ normal quantile *
/// standard error on the scale of log(P / (1 - P)) (for two classes: of eta). x as X in a fit. Offsets are not added.
/// NaN where the data of the fit do not determine the answer. O(rows r^2 K).
///
///     const Prediction mean = mean_interval(model, data, X_new, 0.95);
template <class Model, class... Parts, Features X>
Prediction mean_interval(const Model& model, const Observations<Parts...>& data, const X& x, double level = 0.95,
                         const InferenceOptions& options = {}) {
    if constexpr (DenseExpression<X> && !InMemory<X>) {
        return mean_interval(model, data, x.eval(), level, options);
    } else {
        const auto fit = detail::fitted(model, data);
        const auto rows = detail::new_rows(fit.likelihood, x);
        if (fit.is_linear()) return detail::predict_linear(fit, rows, options, level, false);
        if (!fit.likelihood.family().has_labels()) return detail::predict_means(fit, rows, level);
        return detail::predict_classes(fit, rows, level);
    }
}

/// For each row of `x`: where one new observation of weight 1 will lie with probability `level`: estimate -+ t quantile
/// * sigma sqrt(1 + |R^-T (1, x)'|^2). Linear models; the noise is taken to be normal.
template <class Model, class... Parts, Features X>
Prediction observation_interval(const Model& model, const Observations<Parts...>& data, const X& x, double level = 0.95,
                                const InferenceOptions& options = {}) {
    if constexpr (DenseExpression<X> && !InMemory<X>) {
        return observation_interval(model, data, x.eval(), level, options);
    } else {
        const auto fit = detail::fitted(model, data);
        if (!fit.is_linear())
            reject("observation_interval: the noise of ", fit.likelihood.family().name(),
                   " is not normal; mean_interval gives intervals of the mean (of classes: of the probabilities)");
        return detail::predict_linear(fit, detail::new_rows(fit.likelihood, x), options, level, true);
    }
}

}  // namespace gradus
