#pragma once
// How good predictions are, as one number.

#include <gradus/examination/constant_fit.hpp>
#include <gradus/models/problem.hpp>

namespace gradus::detail {

/// 1 - (loss - least loss) / (loss of the best constant - least loss), the losses those of score_loss(): R^2 for
/// squares, the share of the deviance for counts. Without an intercept the constant is zero; the offset belongs to
/// both. One walk over X.
template <Scalar S>
GRADUS_ONCE S explained_share(const AnyFamily<S>& family, const Sample<S>& sample, bool has_intercept,
                              const Parameters<S>& at) {
    const AnyLoss<S> loss = family.score_loss();
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
    return S(1) - (fitted.value() - least.value()) / (constant - least.value());
}

}  // namespace gradus::detail
