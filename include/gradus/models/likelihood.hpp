#pragma once
// The likelihood of a fitted model on data, as an objective: what inference looks at, and what any solver or diagnostic
// can be pointed at.

#include <gradus/models/fit_report.hpp>
#include <gradus/models/problem.hpp>
#include <gradus/penalties/none.hpp>

namespace gradus {

/// The mean negative log-likelihood without penalty (linear: half the mean square) as a function of theta, the
/// parameters in centred and scaled columns, and the place in it where a fit stands. The numbers of the data are looked
/// at, not copied: X and y must outlive this.
template <Scalar S>
struct Likelihood {
    Problem<S> problem;
    ModelObjective<S> risk;
    Vector<S> theta;  ///< the fit

    Matrix<S> coefficients;             ///< W in the user's scale
    Vector<S> intercept;                ///< b; ordinal: the thresholds
    std::vector<std::string> outputs;   ///< names: of the classes, the levels, or the targets
    std::vector<std::string> features;  ///< names
    FitReport report;                   ///< of the fit

    const AnyFamily<S>& family() const { return problem.family; }
    std::vector<NamedParameter> parameters() const { return family().parameters(features, has_intercept()); }
    const Sample<S>& sample() const { return problem.sample(); }
    bool has_intercept() const { return problem.has_intercept; }
    /// theta holds the slopes of the p features `width` times, then intercepts or thresholds.
    Index width() const { return risk.predictor().width(); }

    /// Sum of the log-likelihoods of the rows; of a linear model minus half the residual sum of squares.
    S log_likelihood() const { return log_likelihood_for(risk.value(theta)); }
    /// The same for any mean loss, that of the best constant for instance.
    S log_likelihood_for(const S& mean_loss) const {
        return constant() - mean_loss * sample().total_weight / sample().weight_scale;
    }
    /// The log-likelihood with one free parameter for each row.
    S saturated_log_likelihood() const {
        return constant() - over_targets([&](const auto& y, const auto& s) { return family().saturated(y, s); });
    }

private:
    S constant() const {
        return over_targets([&](const auto& y, const auto& s) { return family().constant(y, s); });
    }
    template <class Term>
    S over_targets(Term&& term) const {
        const auto sum = risk.walk().reduce_targets(Sum<S>(), [&](Index, Index b, RowScratch<S>& rows, Sum<S>& part) {
            part.add(term(ConstMatrixView<S>(rows.y.topRows(b)), ConstVectorView<S>(rows.s.head(b))));
        });
        return sum.value() / sample().weight_scale;
    }
};

namespace detail {

/// Of a feature that was given no name: "x" and the number of its column.
inline std::string name_of_column(Index j) { return text("x", j); }
inline bool is_name_of_column(const std::string& name) {
    return name.size() > 1 && name[0] == 'x' && name.find_first_not_of("0123456789", 1) == name.npos;
}

}  // namespace detail

template <Scalar S>
GRADUS_ONCE Likelihood<S> likelihood_of(Problem<S> problem, const Parameters<S>& at, FitReport report) {
    const Index p = at.W.rows();
    if (p != problem.features()) reject("X has ", problem.features(), " columns, the model was fitted to ", p);
    std::vector<std::string> names = problem.prepared.feature_names;
    for (Index j = static_cast<Index>(names.size()); j < p; ++j) names.push_back(detail::name_of_column(j));
    Sample<S> sample = problem.sample();
    sample.offset_origin = offset_coordinates(problem).shift;
    sample.X = sample.X.seen_in(balanced_coordinates(problem, true));
    ModelObjective<S> risk(problem.family.loss(), AnyPenalty<S>(NoPenalty{}),
                           problem.family.predictor(p, problem.has_intercept), std::move(sample));
    Vector<S> theta = solver_parameters<S>(risk, at);
    std::vector<std::string> outputs = problem.family.outputs();
    return {std::move(problem), std::move(risk),  std::move(theta), at.W, at.b,
            std::move(outputs), std::move(names), std::move(report)};
}

GRADUS_COMPILE(Likelihood<double> likelihood_of(Problem<double>, const Parameters<double>&, FitReport))

}  // namespace gradus
