#pragma once
// How good predictions of rows that were left out are.

#include <gradus/core/errors.hpp>
#include <gradus/core/types.hpp>
#include <gradus/numeric/ties.hpp>

#include <algorithm>
#include <vector>

namespace gradus {

/// What cross-validation takes for the loss of rows that were left out.
enum class Measure {
    loss,  ///< the loss that is minimised, without the penalty: half the squared residual, the log-loss ...
    misclassification,  ///< the share of the weight of rows whose class is not the most probable one (of classes)
    auc,                ///< 1 - the area under the ROC curve (of two classes)
};

namespace detail {

/// eta: n x 1 of two classes, y the share of successes of each row, or n x K, y the class; s: n weights.
template <Scalar S>
GRADUS_ONCE S misclassified_share(const Matrix<S>& eta, const Matrix<S>& y, const Vector<S>& s) {
    S wrong(0), total(0);
    for (Index i = 0; i < s.size(); ++i) {
        if (s[i] == S(0)) continue;
        total += s[i];
        Index best = 0;
        for (Index c = 1; c < eta.cols(); ++c)
            if (eta(i, c) > eta(i, best)) best = c;
        if (eta.cols() > 1) wrong += best == static_cast<Index>(y(i, 0)) ? S(0) : s[i];
        else wrong += s[i] * (eta(i, 0) > S(0) ? S(S(1) - y(i, 0)) : S(y(i, 0)));
    }
    return wrong / total;
}

/// 1 - the area under the ROC curve of the successes. O(n log n). -1: there are none, or no failures.
template <Scalar S>
GRADUS_ONCE S one_minus_auc(const Matrix<S>& eta, const Matrix<S>& y, const Vector<S>& s) {
    std::vector<Index> order;
    for (Index i = 0; i < s.size(); ++i)
        if (s[i] > S(0)) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return eta(a, 0) > eta(b, 0); });
    std::vector<Tie<S>> ties;
    Sum<S> successes, failures;
    for (const Index i : order) {
        const S success = s[i] * y(i, 0), failure = s[i] * (S(1) - y(i, 0));
        if (ties.empty() || ties.back().score != eta(i, 0)) ties.push_back({eta(i, 0), S(0), S(0)});
        ties.back().positive += success;
        ties.back().negative += failure;
        successes.add(success);
        failures.add(failure);
    }
    const S pairs = successes.value() * failures.value();
    return pairs > S(0) ? std::max(S(0), S(S(1) - pairs_in_order(ties) / pairs)) : S(-1);
}

}  // namespace detail

}  // namespace gradus
