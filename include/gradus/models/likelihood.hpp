#pragma once
// The likelihood of a fitted model on data, as an objective: what inference looks at, and what any solver or diagnostic can be pointed at.

#include <gradus/models/iterative_fit.hpp>
#include <gradus/penalties/none.hpp>

namespace gradus {

enum class Family { linear, binary, multinomial, ordinal };

/// The mean negative log-likelihood without penalty (linear: half the mean square) as a function of theta, the parameters in centred and scaled
/// columns, and the place in it where a fit stands. The numbers of the data are looked at, not copied: X and y must outlive this.
template <Scalar S>
struct Likelihood {
    Family family;
    Vector<S> y, weights;  ///< storage of what `prepared` looks at, where labels or counts had to be encoded
    Matrix<S> offset;      ///< the same, of an offset that had to be repeated
    detail::Prepared<S> prepared;
    bool has_intercept;
    Index width;  ///< theta holds the slopes of the p features `width` times, then intercepts or thresholds
    ModelObjective<S> risk;
    Vector<S> theta;  ///< the fit
    S saturated{0};   ///< sum of the losses with one free probability for each row

    Matrix<S> coefficients;             ///< W in the user's scale
    Vector<S> intercept;                ///< b; ordinal: the thresholds
    std::vector<std::string> outputs;   ///< names: of the classes, the levels, or the targets
    std::vector<std::string> features;  ///< names
    FitReport report;                   ///< of the fit

    /// Sum of the log-likelihoods of the rows; of a linear model minus half the residual sum of squares.
    S log_likelihood() const { return -risk.value(theta) * prepared.sample.total_weight; }
};

namespace detail {

template <class Label>
std::string label_name(const Label& label) {
    if constexpr (std::is_arithmetic_v<Label>) return text(label);
    else if constexpr (std::is_convertible_v<Label, std::string>) return std::string(label);
    else return "(a label that cannot be printed)";
}

template <Scalar S, class Loss, class Predictor>
GRADUS_ONCE Likelihood<S> likelihood_of(Family family, Loss loss, Predictor predictor, Prepared<S> prepared,
                                        bool has_intercept, const Matrix<S>& W, const Vector<S>& b) {
    const Index p = W.rows(), width = family == Family::multinomial ? W.cols() - 1 : W.cols();
    if (p != prepared.sample.features())
        reject("X has ", prepared.sample.features(), " columns, the model was fitted to ", p);
    std::vector<std::string> features = prepared.feature_names;
    for (Index j = static_cast<Index>(features.size()); j < p; ++j) features.push_back(text("x", j));
    const Equilibration<S> coordinates = equilibrate(prepared.columns, has_intercept);
    ModelObjective<S> risk(AnyLoss<S>(std::move(loss)), AnyPenalty<S>(NoPenalty{}),
                           AnyPredictor<S>(std::move(predictor)), prepared.sample, coordinates);
    Matrix<S> Z = W;
    Vector<S> at = b;
    const Matrix<S> slopes = product<S>(W, risk.predictor().loadings());
    for (Index c = 0; has_intercept && c < at.size(); ++c)
        for (Index j = 0; j < p; ++j) at[c] += slopes(j, c) * coordinates.shift[j];
    unscale_rows(Z, coordinates.scale);
    Vector<S> theta = risk.predictor().parameters(Z, at);
    return {family,
            {},
            {},
            {},
            std::move(prepared),
            has_intercept,
            width,
            std::move(risk),
            std::move(theta),
            S(0),
            W,
            b,
            {},
            std::move(features),
            {}};
}

}  // namespace detail

}  // namespace gradus
