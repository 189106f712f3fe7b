#pragma once
// How good predictions are, as one number.

#include <gradus/examination/constant_fit.hpp>
#include <gradus/models/problem.hpp>

namespace gradus::detail {

/// Targets of a loss with units, and the parameters that belong to them, divided by their size: squares of numbers far from
/// one are beyond the range.
template <Scalar S>
GRADUS_ONCE void take_unit_targets(Sample<S>& sample, Parameters<S>& at) {
    S largest(0);
    in_pieces(sample.Y, [&](Index, const MatrixView<S>& piece) {
        for (Index c = 0; c < piece.cols(); ++c)
            largest = std::max(largest, max_abs(&piece.coeffRef(0, c), piece.rows()));
    });
    using std::ldexp;
    const S unit = scale_to_one(largest), far = ldexp(S(1), std::numeric_limits<S>::max_exponent / 16);
    if (unit <= far && unit * far >= S(1)) return;
    const Index k = sample.Y.columns();
    sample.target_coordinates = {Vector<S>::Zero(k), Vector<S>::Constant(k, unit)};
    at.W *= unit;
    at.b *= unit;
}

/// 1 - (loss - least loss) / (loss of the best constant - least loss), the losses those of score_loss(): R^2 for
/// squares, the share of the deviance for counts. Without an intercept the constant is zero; the offset belongs to
/// both. NaN of constant targets. One walk over X.
template <Scalar S>
GRADUS_ONCE S explained_share(const AnyFamily<S>& family, Sample<S> sample, bool has_intercept, Parameters<S> at) {
    if (family.score_loss().has_units()) take_unit_targets(sample, at);
    AnyLoss<S> loss = family.score_loss();
    if (!sample.target_coordinates.is_identity()) loss = loss.in_units(sample.target_coordinates.scale[0]);
    const Predictor<S> predictor = linear_predictor<S>(sample.features(), loss.outputs(), has_intercept);
    const RowWalk<S> walk(sample, predictor);
    const Vector<S> theta = predictor.parameters(at.W, at.b);
    const auto fitted = walk.reduce(theta, Sum<S>(), [&](const EvaluatedRows<S>& rows, Sum<S>& part) {
        part.add(loss.value(rows.y, rows.eta, rows.s));
    });
    const auto least = walk.reduce_targets(Sum<S>(), [&](Index, Index b, RowScratch<S>& rows, Sum<S>& part) {
        part.add(family.saturated(rows.y.topRows(b), rows.s.head(b)));
    });
    const S constant = fit_constant(loss, sample, predictor.intercept_map()).mean_loss * sample.total_weight;
    if (!(constant > least.value())) return std::numeric_limits<S>::quiet_NaN();
    return S(1) - (fitted.value() - least.value()) / (constant - least.value());
}

}  // namespace gradus::detail
