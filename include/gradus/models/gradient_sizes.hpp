#pragma once
// What the gradient of a fit is to be compared with.

#include <gradus/models/problem.hpp>

namespace gradus::detail {

/// The size of each parameter's column in the coordinates of the risk; each parameter of a feature gets the feature's,
/// whatever the basis of the outputs. With an intercept what counts is how a column varies: beside a mean of 1e8 every
/// gradient would look small.
template <Scalar S>
GRADUS_ONCE Vector<S> column_sizes(const Problem<S>& problem, const RiskTerms<S>& risk) {
    const Index p = problem.features();
    Vector<S> columns =
        problem.has_intercept ? problem.prepared.columns.deviation : root_mean_square(problem.prepared.columns);
    for (Index j = 0; j < columns.size(); ++j) columns[j] *= risk.coordinates().scale_of(j);
    Vector<S> out = Vector<S>::Ones(risk.dimension());
    for (Index c = 0; c < risk.predictor().width(); ++c)
        for (Index j = 0; j < p; ++j) out[c * p + j] = columns[j];
    return out;
}

/// The size of each component of the gradient if the rows' slopes at theta did not cancel: root mean square of column
/// times root mean square of slope, plus the size of the penalty's part. At an optimum the gradient is small beside it;
/// where it is small only because every slope is, as on nearly separated classes, it is not.
template <Scalar S>
GRADUS_ONCE Vector<S> uncancelled_gradient(const RiskTerms<S>& risk, const Vector<S>& theta, const Vector<S>& columns) {
    using std::abs, std::sqrt;
    const auto squares = risk.walk().reduce(theta, Sum<S>(), [&](const EvaluatedRows<S>& rows, Sum<S>& part) {
        auto slope = rows.slope();
        risk.loss().value_and_slope(rows.y, rows.eta, rows.s, slope);
        for (Index c = 0; c < slope.cols(); ++c)
            for (Index i = 0; i < slope.rows(); ++i)
                if (rows.s[i] > S(0)) part.add(slope(i, c) / rows.s[i] * slope(i, c));
    });
    const S slope = sqrt(squares.value() / risk.sample().total_weight);
    Vector<S> size = Vector<S>::Zero(risk.dimension());
    risk.add_penalty_gradient(theta, size);
    for (Index j = 0; j < size.size(); ++j) size[j] = abs(size[j]) + columns[j] * slope;
    return size;
}

}  // namespace gradus::detail
