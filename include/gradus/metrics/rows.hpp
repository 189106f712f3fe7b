#pragma once
// What every metric reads: columns of numbers, of weights and of labels, checked row by row.

#include <gradus/data/labels.hpp>
#include <gradus/data/observations.hpp>
#include <gradus/numeric/sums.hpp>

#include <concepts>
#include <optional>

namespace gradus {

/// The default of every metric's last argument: each row counts once.
struct Unweighted {};

/// Frequency weights s_i >= 0, n of them, of any real type: 2 means the row twice, 0 the row absent. Their sum must be
/// positive.
template <class W>
concept RowWeights = Column<W> || std::same_as<std::remove_cvref_t<W>, Unweighted>;

namespace detail {

template <class C>
using EntryType = typename std::remove_cvref_t<C>::value_type;

template <class... C>
struct RealOf {};  // none: what is no column, a model say, is for another function of the same name
template <class... C>
requires(Column<C>&&...) struct RealOf<C...> {
    using Common = std::common_type_t<EntryType<C>...>;
    using Type = std::conditional_t<std::is_integral_v<Common>, double, Common>;
};
template <>
struct RealOf<Unweighted> {
    using Type = double;
};
/// The scalar in which columns of these types are worked on: their common type, double for integers.
template <class... C>
using Real = typename RealOf<std::remove_cvref_t<C>...>::Type;

/// Labels are compared and listed as this type: words as std::string, anything else as it is.
template <class Y>
using LabelOf =
    std::conditional_t<std::is_convertible_v<EntryType<Y>, std::string>, std::string, std::remove_cv_t<EntryType<Y>>>;

/// Known to be one column when compiled: std::vector, Eigen::VectorXd; but not Eigen::MatrixXd.
template <class C>
constexpr bool is_column() {
    if constexpr (EigenMatrix<C>) return std::remove_cvref_t<C>::ColsAtCompileTime == 1;
    else return true;
}

/// A copy of the numbers as n x k; InvalidInput names the first one that is not `good`.
template <Scalar S, Column C, class Good>
Matrix<S> read_numbers(const char* name, const C& from, Good good, const char* needed) {
    Matrix<S> out(row_count(from), 1);
    if constexpr (EigenMatrix<C>) out = from.template cast<S>();
    else
        for (Index i = 0; i < out.rows(); ++i) out(i, 0) = static_cast<S>(entry(from, i));
    for (Index c = 0; c < out.cols(); ++c)
        for (Index i = 0; i < out.rows(); ++i)
            if (!good(out(i, c)))
                reject(name, ": the entry in row ", i, out.cols() > 1 ? text(", column ", c) : std::string(), " is ",
                       out(i, c), ", but must be ", needed);
    return out;
}
template <Scalar S, Column C>
Matrix<S> read_finite(const char* name, const C& from) {
    using std::isfinite;
    return read_numbers<S>(
        name, from, [](const S& x) { return bool(isfinite(x)); }, "finite");
}

/// Of terms >= 0; what lies beyond the range of S is +infinity, where the compensation makes it NaN.
template <Scalar S>
S value_or_infinity(const Sum<S>& sum) {
    using std::isfinite;
    const S value = sum.value();
    return isfinite(value) ? value : std::numeric_limits<S>::infinity();
}

template <Scalar S>
struct WeightColumn {
    Vector<S> s;
    S total;
    Index rows() const { return s.size(); }
};

/// n weights, ones by default.
template <Scalar S, RowWeights W>
WeightColumn<S> read_weights(const W& weights, Index n) {
    using std::isfinite;
    if (n == 0) reject("no rows: nothing can be said about a prediction");
    WeightColumn<S> out{Vector<S>::Ones(n), S(0)};
    if constexpr (Column<W>) {
        const Matrix<S> given = read_numbers<S>(
            "weights", weights, [](const S& s) { return s >= S(0) && isfinite(s); }, "finite and >= 0");
        if (given.rows() != n || given.cols() != 1)
            reject("weights: ", given.rows(), " x ", given.cols(), " entries for ", n, " rows");
        out.s = given.col(0);
    }
    Sum<S> total;
    for (Index i = 0; i < n; ++i) total.add(out.s[i]);
    out.total = value_or_infinity(total);
    if (!(out.total > S(0))) reject("weights: all ", n, " entries are zero");
    if (!isfinite(out.total)) reject("weights: the sum of the ", n, " entries overflows");
    return out;
}

inline void check_rows(const char* left, Index rows, const char* right, Index other) {
    if (rows != other) reject(left, " has ", rows, " rows, ", right, " has ", other);
}

/// The rows of a column of labels.
template <Column Y>
Index label_count(const char* name, const Y& y) {
    if constexpr (EigenMatrix<Y>)
        if (y.cols() != 1) reject(name, " is ", y.rows(), " x ", y.cols(), ", but labels are one column");
    return row_count(y);
}

/// From labels to their places in a list of classes, which may stand in any order.
template <class Label>
class LabelIndex {
public:
    explicit LabelIndex(const Classes<Label>& classes) {
        for (const Label& label : classes) sorted_.emplace_back(label, static_cast<Index>(sorted_.size()));
        std::sort(sorted_.begin(), sorted_.end());
        for (std::size_t k = 1; k < sorted_.size(); ++k)
            if (sorted_[k - 1].first == sorted_[k].first)
                reject("classes: ", detail::quoted(sorted_[k].first), " is listed twice");
    }

    std::optional<Index> find(const Label& label) const {
        const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), label,
                                         [](const auto& known, const Label& sought) { return known.first < sought; });
        if (at == sorted_.end() || label < at->first) return {};
        return at->second;
    }

private:
    std::vector<std::pair<Label, Index>> sorted_;
};

/// The labels in rows of positive weight, put into the sorted list `classes`. O(n log K).
template <class Label, class Y, Scalar S>
void add_labels(const Y& y, const WeightColumn<S>& weights, Classes<Label>& classes) {
    for (Index i = 0; i < weights.rows(); ++i) {
        if (weights.s[i] == S(0)) continue;
        const Label label = as_label<Label>(entry(y, i), i);
        const auto at = std::lower_bound(classes.begin(), classes.end(), label);
        if (at == classes.end() || label < *at) classes.insert(at, label);
    }
}

/// The class of each row as its place in `classes`; -1 in rows of weight zero, whose labels are not looked at.
template <class Label, class Y, Scalar S>
std::vector<Index> read_labels(const char* name, const Y& y, const WeightColumn<S>& weights,
                               const Classes<Label>& classes) {
    const LabelIndex<Label> index(classes);
    std::vector<Index> codes(static_cast<std::size_t>(weights.rows()), -1);
    for (Index i = 0; i < weights.rows(); ++i) {
        if (weights.s[i] == S(0)) continue;
        const Label label = as_label<Label>(entry(y, i), i);
        const auto code = index.find(label);
        if (!code)
            reject(name, ": label ", detail::quoted(label), " in row ", i, " is not among the ", classes.size(),
                   " classes");
        codes[static_cast<std::size_t>(i)] = *code;
    }
    return codes;
}

}  // namespace detail

/// One class against the rest: 1 where y_i is `label`, 0 elsewhere. What the binary metrics take where there are more
/// than two classes, or where the positive class is not the greater one:
///
///     roc_auc(indicator(species, "virginica"), P.col(2));
template <Column Y, class Label>
Eigen::VectorXi indicator(const Y& y, const Label& label) {
    const detail::LabelOf<Y> sought(label);
    Eigen::VectorXi out(detail::label_count("y", y));
    for (Index i = 0; i < out.size(); ++i) out[i] = detail::LabelOf<Y>(entry(y, i)) == sought;
    return out;
}

}  // namespace gradus
