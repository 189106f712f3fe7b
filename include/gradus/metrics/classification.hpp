#pragma once
// How often the predicted class is the true one. Everything comes from the confusion matrix.

#include <gradus/metrics/rows.hpp>

#include <cmath>

namespace gradus {

/// counts(j, k): the weight of the rows of class j for which class k was predicted; K x K.
template <class Label, Scalar S>
struct ConfusionMatrix {
    Classes<Label> classes;
    Matrix<S> counts;

    /// K numbers: the weight of each class, and that with which it was predicted.
    Vector<S> truly() const { return counts.rowwise().sum(); }
    Vector<S> predicted() const { return counts.colwise().sum().transpose(); }
    Vector<S> right() const { return counts.diagonal(); }
    S total() const { return counts.sum(); }
};

/// How the scores of the classes become one: their mean; the score of all decisions "is it class k?" taken together;
/// the mean weighted by the true rows of each class, without classes that have none.
enum class Average { macro, micro, weighted };

namespace detail {

template <class Label, Scalar S, Column Y, Column P>
Matrix<S> count_pairs(const Y& y, const P& predicted, const WeightColumn<S>& weights, const Classes<Label>& classes) {
    const std::vector<Index> rows = read_labels<Label>("y", y, weights, classes);
    const std::vector<Index> columns = read_labels<Label>("predicted", predicted, weights, classes);
    const Index K = static_cast<Index>(classes.size());
    // compensated: plain counting in float stops at 2^24
    Matrix<S> counts = Matrix<S>::Zero(K, K), low = counts;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i] >= 0)
            add_exactly(counts(rows[i], columns[i]), low(rows[i], columns[i]), weights.s[static_cast<Index>(i)]);
    return counts + low;
}

template <Scalar S, Column Y, Column P, RowWeights W>
WeightColumn<S> weights_of_labels(const Y& y, const P& predicted, const W& weights) {
    check_rows("y", label_count("y", y), "predicted", label_count("predicted", predicted));
    return read_weights<S>(weights, row_count(y));
}

/// a_k / b_k; 0/0 is NaN.
template <Scalar S>
Vector<S> shares(const Vector<S>& a, const Vector<S>& b) {
    Vector<S> out(a.size());
    for (Index k = 0; k < a.size(); ++k) out[k] = b[k] > S(0) ? S(a[k] / b[k]) : std::numeric_limits<S>::quiet_NaN();
    return out;
}

/// The ratios a_k / b_k as one number.
template <class Label, Scalar S>
S average(const ConfusionMatrix<Label, S>& confusion, const Vector<S>& a, const Vector<S>& b, Average how) {
    const Vector<S> each = shares(a, b), truly = confusion.truly();
    S sum(0);
    switch (how) {
    case Average::macro:
        return each.mean();
    case Average::micro:
        return a.sum() / b.sum();
    case Average::weighted:
        for (Index k = 0; k < each.size(); ++k)
            if (truly[k] > S(0)) sum += truly[k] * each[k];
        return sum / truly.sum();
    }
    return std::numeric_limits<S>::quiet_NaN();
}

}  // namespace detail

/// The table of true (rows) against predicted (columns) classes. y and predicted: n labels of any ordered type;
/// compared as the type of `predicted`. The classes are all labels of either in rows of positive weight, sorted. The
/// counts have the type of the weights, double without. O(n log K + K^2). Throws InvalidInput (as all of these) where
/// the sizes differ, a weight is negative or not finite, or all weights are zero.
template <Column Y, Column P, RowWeights W = Unweighted>
ConfusionMatrix<detail::LabelOf<P>, detail::Real<W>> confusion_matrix(const Y& y, const P& predicted,
                                                                      const W& weights = {}) {
    using S = detail::Real<W>;
    using Label = detail::LabelOf<P>;
    const detail::WeightColumn<S> w = detail::weights_of_labels<S>(y, predicted, weights);
    ConfusionMatrix<Label, S> out;
    detail::add_labels<Label>(y, w, out.classes);
    detail::add_labels<Label>(predicted, w, out.classes);
    out.counts = detail::count_pairs<Label>(y, predicted, w, out.classes);
    return out;
}

/// The same over given classes, in their order; a class may be without rows, another label is InvalidInput.
template <Column Y, Column P, class Label = detail::LabelOf<P>, RowWeights W = Unweighted>
ConfusionMatrix<Label, detail::Real<W>> confusion_matrix_over(const Y& y, const P& predicted,
                                                              const Classes<Label>& classes, const W& weights = {}) {
    using S = detail::Real<W>;
    const detail::WeightColumn<S> w = detail::weights_of_labels<S>(y, predicted, weights);
    return {classes, detail::count_pairs<Label>(y, predicted, w, classes)};
}

/// The share of rows whose class is predicted.
template <class Label, Scalar S>
S accuracy(const ConfusionMatrix<Label, S>& confusion) {
    return confusion.right().sum() / confusion.total();
}
template <Column Y, Column P, RowWeights W = Unweighted>
detail::Real<W> accuracy(const Y& y, const P& predicted, const W& weights = {}) {
    return accuracy(confusion_matrix(y, predicted, weights));
}

/// Of the rows for which class k was predicted, the share that is of class k. K numbers, NaN (0/0) for a class that was
/// never predicted: what share of no rows is right cannot be said; zero would be an invention, leaving the class out a
/// reward for never predicting it. So a macro or weighted average over it is NaN as well; f1() is defined there.
template <class Label, Scalar S>
Vector<S> precision(const ConfusionMatrix<Label, S>& confusion) {
    return detail::shares<S>(confusion.right(), confusion.predicted());
}
template <class Label, Scalar S>
S precision(const ConfusionMatrix<Label, S>& confusion, Average how) {
    return detail::average<Label, S>(confusion, confusion.right(), confusion.predicted(), how);
}

/// Of the rows of class k, the share for which it was predicted (with two classes, recall of the second is the
/// sensitivity, of the first the specificity). K numbers, NaN for a class without rows, and so is their macro average;
/// the weighted one (which is the accuracy) leaves such classes out.
template <class Label, Scalar S>
Vector<S> recall(const ConfusionMatrix<Label, S>& confusion) {
    return detail::shares<S>(confusion.right(), confusion.truly());
}
template <class Label, Scalar S>
S recall(const ConfusionMatrix<Label, S>& confusion, Average how) {
    return detail::average<Label, S>(confusion, confusion.right(), confusion.truly(), how);
}

/// F1 = 2 right / (true + predicted), the harmonic mean of precision and recall where both are defined, and 0 where a
/// class has rows but is never predicted, or the reverse. NaN only for a class with neither, which confusion_matrix()
/// never lists.
template <class Label, Scalar S>
Vector<S> f1(const ConfusionMatrix<Label, S>& confusion) {
    return detail::shares<S>(S(2) * confusion.right(), confusion.truly() + confusion.predicted());
}
template <class Label, Scalar S>
S f1(const ConfusionMatrix<Label, S>& confusion, Average how) {
    return detail::average<Label, S>(confusion, S(2) * confusion.right(), confusion.truly() + confusion.predicted(),
                                     how);
}

/// The mean recall over the classes that have rows (Brodersen et al., ICPR 2010, 3121): 1/K by guessing, whatever the
/// shares of the classes.
template <class Label, Scalar S>
S balanced_accuracy(const ConfusionMatrix<Label, S>& confusion) {
    const Vector<S> truly = confusion.truly(), right = confusion.right();
    S sum(0);
    int count = 0;
    for (Index k = 0; k < truly.size(); ++k)
        if (truly[k] > S(0)) sum += right[k] / truly[k], ++count;
    return sum / S(count);
}
template <Column Y, Column P, RowWeights W = Unweighted>
detail::Real<W> balanced_accuracy(const Y& y, const P& predicted, const W& weights = {}) {
    return balanced_accuracy(confusion_matrix(y, predicted, weights));
}

/// kappa = 1 - (share of wrong rows) / (share expected wrong if predictions were drawn independently with the same
/// frequencies) (Cohen, Educ. Psychol. Meas. 20 (1960), 37). NaN where truth and predictions are one and the same
/// class: 0/0.
template <class Label, Scalar S>
S cohens_kappa(const ConfusionMatrix<Label, S>& confusion) {
    const Matrix<S> share = confusion.counts / confusion.total();
    const Vector<S> truly = share.rowwise().sum(), predicted = share.colwise().sum().transpose();
    S wrong(0), expected(0);  // summed off the diagonal, not subtracted from one: small shares keep their digits
    for (Index k = 0; k < share.cols(); ++k)
        for (Index j = 0; j < share.rows(); ++j)
            if (j != k) wrong += share(j, k), expected += truly[j] * predicted[k];
    return expected > S(0) ? S(S(1) - wrong / expected) : std::numeric_limits<S>::quiet_NaN();
}

/// The correlation of truth and prediction, in [-1, 1] (two classes: Matthews, Biochim. Biophys. Acta 405 (1975), 442;
/// more: R_K of Gorodkin, Comput. Biol. Chem. 28 (2004), 367). NaN where truth or prediction is constant, as any
/// correlation.
template <class Label, Scalar S>
S matthews_correlation(const ConfusionMatrix<Label, S>& confusion) {
    using std::sqrt;
    const Matrix<S> share = confusion.counts / confusion.total();
    const Vector<S> truly = share.rowwise().sum(), predicted = share.colwise().sum().transpose();
    // sum_k cov(true = k, predicted = k), without the products that cancel
    Sum<S> both;
    S of_truth(0), of_prediction(0);
    for (Index k = 0; k < share.cols(); ++k)
        for (Index j = 0; j < share.rows(); ++j) {
            if (j == k) continue;
            of_truth += truly[j] * truly[k];
            of_prediction += predicted[j] * predicted[k];
            both.add(S(share(k, k) * truly[j]));
            both.add(S(-share(j, k) * truly[k]));
        }
    const S size = sqrt(of_truth) * sqrt(of_prediction);
    return size > S(0) ? S(both.value() / size) : std::numeric_limits<S>::quiet_NaN();
}

}  // namespace gradus
