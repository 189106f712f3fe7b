#pragma once
// How well a score puts the rows of one class above those of the other, whatever the threshold.

#include <gradus/metrics/rows.hpp>
#include <gradus/numeric/ties.hpp>

#include <algorithm>

namespace gradus {

/// One point for each distinct score t, from the highest: the rates of the rule "positive where score >= t". Before
/// them stands (0, 0), the rule that calls nothing positive, with the threshold +infinity; the last point is (1, 1).
template <Scalar S>
struct RocCurve {
    Vector<S> thresholds;
    Vector<S> false_positive_rate;  ///< of the negative rows, the share called positive: 1 - specificity
    Vector<S> true_positive_rate;   ///< of the positive rows, the share called positive: sensitivity
};

/// One point for each distinct score t, from the highest, of the rule "positive where score >= t". No point is invented
/// for recall zero, where precision is not defined.
template <Scalar S>
struct PrecisionRecallCurve {
    Vector<S> thresholds;
    Vector<S> precision;  ///< of the rows called positive, the share that is
    Vector<S> recall;     ///< of the positive rows, the share called positive
};

namespace detail {

template <Scalar S>
struct Ranking {
    std::vector<Tie<S>> ties;  ///< from the highest score
    S positive, negative;      ///< weights of all
};

/// Throws InvalidInput unless y has exactly two classes, of which the greater is the positive one, and no score is NaN.
template <Column Y, Column P, RowWeights W>
auto rank(const Y& y, const P& score, const W& weights) {
    using S = Real<P>;
    using Label = LabelOf<Y>;
    const Matrix<S> scores = read_numbers<S>(
        "score", score, [](const S& x) { return x == x; }, "a number");
    if (scores.cols() != 1) reject("score has ", scores.cols(), " columns; one is needed");
    check_rows("y", label_count("y", y), "score", scores.rows());
    const WeightColumn<S> w = read_weights<S>(weights, scores.rows());
    Classes<Label> classes;
    add_labels<Label>(y, w, classes);
    if (classes.size() < 2)
        reject("single class: every row has label ", detail::quoted(Label(classes[0])),
               "; ranking compares the rows of two classes");
    if (classes.size() > 2)
        reject("y has ", classes.size(),
               " classes; ranking compares two: take one against the rest with indicator(y, label)");

    std::vector<std::pair<S, Index>> order;
    for (Index i = 0; i < w.rows(); ++i)
        if (w.s[i] > S(0)) order.emplace_back(scores(i, 0), i);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a.first > b.first || (a.first == b.first && a.second < b.second);
    });
    Ranking<S> out;
    Sum<S> all_positive, all_negative;
    for (std::size_t next = 0; next < order.size();) {
        const S here = order[next].first;
        Sum<S> positive, negative;
        for (; next < order.size() && order[next].first == here; ++next) {
            const Index i = order[next].second;
            const bool is_positive = classes[0] < as_label<Label>(entry(y, i), i);
            (is_positive ? positive : negative).add(w.s[i]);
        }
        out.ties.push_back({here, positive.value(), negative.value()});
        all_positive.add(positive.value());
        all_negative.add(negative.value());
    }
    out.positive = all_positive.value();
    out.negative = all_negative.value();
    return out;
}

}  // namespace detail

/// Receiver operating characteristic (Fawcett, Pattern Recognition Letters 27 (2006), 861, algorithm 1). y: n labels of
/// two classes, the greater of them positive (for another choice, or more classes: indicator()); score: n numbers, the
/// higher the more positive: a probability, its logarithm, x'w. Infinite scores are allowed. O(n log n). Throws
/// InvalidInput (as all of these) for a NaN among the scores, one class or more than two, sizes or weights that do not
/// fit.
template <Column Y, Column P, RowWeights W = Unweighted>
RocCurve<detail::Real<P>> roc_curve(const Y& y, const P& score, const W& weights = {}) {
    using S = detail::Real<P>;
    const detail::Ranking<S> ranking = detail::rank(y, score, weights);
    const Index points = static_cast<Index>(ranking.ties.size()) + 1;
    RocCurve<S> out{Vector<S>(points), Vector<S>(points), Vector<S>(points)};
    out.thresholds[0] = std::numeric_limits<S>::infinity();
    out.false_positive_rate[0] = out.true_positive_rate[0] = S(0);
    Sum<S> positive, negative;
    for (Index k = 1; k < points; ++k) {
        const detail::Tie<S>& tie = ranking.ties[static_cast<std::size_t>(k - 1)];
        positive.add(tie.positive);
        negative.add(tie.negative);
        out.thresholds[k] = tie.score;
        out.true_positive_rate[k] = positive.value() / ranking.positive;
        out.false_positive_rate[k] = negative.value() / ranking.negative;
    }
    return out;
}

/// The area under the ROC curve: the probability that a positive row scores higher than a negative one, ties counting
/// one half,
///
///     sum_{i positive, j negative} s_i s_j ([score_i > score_j] + [score_i = score_j] / 2) / sum_{i, j} s_i s_j,
///
/// Mann and Whitney's U over the number of pairs (Hanley and McNeil, Radiology 143 (1982), 29). 1 perfect, 1/2 by
/// guessing. O(n log n).
template <Column Y, Column P, RowWeights W = Unweighted>
detail::Real<P> roc_auc(const Y& y, const P& score, const W& weights = {}) {
    using S = detail::Real<P>;
    const detail::Ranking<S> ranking = detail::rank(y, score, weights);
    return detail::pairs_in_order(ranking.ties) / ranking.positive / ranking.negative;
}

/// Precision against recall (Davis and Goadrich, ICML 2006, 233). Arguments as for roc_curve().
template <Column Y, Column P, RowWeights W = Unweighted>
PrecisionRecallCurve<detail::Real<P>> precision_recall_curve(const Y& y, const P& score, const W& weights = {}) {
    using S = detail::Real<P>;
    const detail::Ranking<S> ranking = detail::rank(y, score, weights);
    const Index points = static_cast<Index>(ranking.ties.size());
    PrecisionRecallCurve<S> out{Vector<S>(points), Vector<S>(points), Vector<S>(points)};
    Sum<S> positive, negative;
    for (Index k = 0; k < points; ++k) {
        const detail::Tie<S>& tie = ranking.ties[static_cast<std::size_t>(k)];
        positive.add(tie.positive);
        negative.add(tie.negative);
        out.thresholds[k] = tie.score;
        out.precision[k] = positive.value() / (positive.value() + negative.value());
        out.recall[k] = positive.value() / ranking.positive;
    }
    return out;
}

/// sum_k (recall_k - recall_{k-1}) precision_k over the points of that curve: the step function under it, without
/// interpolation, which would flatter (Davis and Goadrich). By guessing: the share of positive rows.
template <Column Y, Column P, RowWeights W = Unweighted>
detail::Real<P> average_precision(const Y& y, const P& score, const W& weights = {}) {
    using S = detail::Real<P>;
    const detail::Ranking<S> ranking = detail::rank(y, score, weights);
    Sum<S> positive, called, area;
    for (const detail::Tie<S>& tie : ranking.ties) {
        positive.add(tie.positive);
        called.add(tie.positive);
        called.add(tie.negative);
        area.add(S(tie.positive * (positive.value() / called.value())));
    }
    return area.value() / ranking.positive;
}

}  // namespace gradus
