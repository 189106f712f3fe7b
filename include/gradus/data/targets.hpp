#pragma once
// From what the user passes to the data of a fit: sizes, finiteness and weights are checked here, and this is where bad
// input throws.

#include <gradus/data/column_statistics.hpp>
#include <gradus/data/features.hpp>
#include <gradus/data/labels.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gradus {

/// The data of one fit, checked, with what the sweep over X said of its columns.
template <Scalar S>
struct Prepared {
    Sample<S> sample;
    ColumnStatistics<S> columns;
    std::vector<std::string> feature_names = {};  ///< empty, or one for each column
    S largest_weight{1};
    S share_of_columns{1};  ///< weight of the sample, as a share of that of the rows that `columns` tell of
};

namespace detail {

/// numbers(first, block) for pieces of n x k numbers.
template <Scalar S, class At>
void in_pieces(const Values<S>& values, At&& at) {
    Matrix<S> piece(std::min<Index>(values.rows(), max_block_rows), values.columns());
    for (Index first = 0; first < values.rows(); first += max_block_rows) {
        const Index b = std::min<Index>(max_block_rows, values.rows() - first);
        values.copy_rows(first, piece.topRows(b));
        at(first, MatrixView<S>(piece.topRows(b)));
    }
}

/// Checks weights and sums them up; returns the largest.
template <Scalar S>
GRADUS_ONCE S take_weights(const Values<S>& weights, Sample<S>& sample) {
    using std::isfinite, std::ldexp;
    const Index n = sample.rows();
    if (weights.rows() != n || weights.columns() != 1)
        reject("weights: ", weights.rows(), " x ", weights.columns(), " entries for ", n, " rows");
    S largest(0);
    in_pieces(weights, [&](Index first, const MatrixView<S>& piece) {
        for (Index i = 0; i < piece.rows(); ++i) {
            const S s = piece(i, 0);
            if (!(s >= S(0)) || !isfinite(s))
                reject("weights: the entry in row ", first + i, " is ", static_cast<double>(s),
                       ", but must be finite and >= 0");
            largest = std::max(largest, s);
        }
    });
    if (!(largest > S(0))) reject("weights: all ", n, " entries are zero");
    // ordinary weights stay as they are
    const S far = ldexp(S(1), std::numeric_limits<S>::max_exponent / 8);
    sample.weight_scale = largest > far || largest < S(1) / far ? scale_to_one(largest) : S(1);
    Sum<S> total;
    in_pieces(weights, [&](Index, const MatrixView<S>& piece) {
        for (Index i = 0; i < piece.rows(); ++i) total.add(piece(i, 0) * sample.weight_scale);
    });
    sample.weights = weights;
    sample.total_weight = total.value();
    sample.negligible_weight = negligible_weight<S>(largest * sample.weight_scale);
    return largest * sample.weight_scale;
}

template <Scalar S>
GRADUS_ONCE void check_finite(const Values<S>& values, const char* what) {
    using std::isfinite;
    in_pieces(values, [&](Index first, const MatrixView<S>& piece) {
        for (Index i = 0; i < piece.rows(); ++i)
            for (Index c = 0; c < piece.cols(); ++c)
                if (!isfinite(piece(i, c)))
                    reject(what, " has ", static_cast<double>(piece(i, c)), " in ", place(first + i, c, {}));
    });
}

}  // namespace detail

/// Refuses a row vector in one sentence; a matrix that happens to have one row is refused when it is seen.
template <class Y>
constexpr void check_no_row_vector() {
    if constexpr (EigenMatrix<Y>)
        static_assert(std::remove_cvref_t<Y>::RowsAtCompileTime != 1 || std::remove_cvref_t<Y>::ColsAtCompileTime == 1,
                      "gradus: a row vector where one column is expected; pass its transpose, y.transpose()");
}

/// A column of numbers (or n x k) that the user has.
template <Scalar S, class M>
Values<S> values_of(const M& matrix) {
    return Values<S>(view_of<S>(matrix));
}
/// The same where a single column is meant; `what` names it.
template <Scalar S, class M>
Values<S> column_of(const M& matrix, const char* what) {
    check_no_row_vector<M>();
    Values<S> out = values_of<S>(matrix);
    if (out.rows() == 1 && out.columns() > 1)
        reject(what, " is a row of ", out.columns(), " numbers, expected a column: transpose it");
    if (out.columns() != 1) reject(what, " has ", out.columns(), " columns, expected one");
    return out;
}

/// The data as they are, sizes, weights and offset checked; throws InvalidInput. `targets` are the n x t numbers that
/// the loss sees; `outputs` is k. Entries of X are not looked at.
template <Scalar S, class Data>
GRADUS_ONCE Sample<S> checked_sample(const Data& data, Values<S> targets, Index outputs, S* largest_weight = nullptr) {
    Sample<S> out;
    out.X = design_of<S>(data.X_part());
    out.Y = std::move(targets);
    out.executor = data.executor();
    const Index n = out.X.rows();
    if (out.Y.rows() != n) reject("X has ", n, " rows, y has ", out.Y.rows());
    if (n == 0) reject("X has no rows");
    out.total_weight = S(static_cast<double>(n));
    if constexpr (Data::has_weights) {
        const S largest = detail::take_weights<S>(values_of<S>(data.weights_part()), out);
        if (largest_weight) *largest_weight = largest;
    }
    if constexpr (Data::has_offset) {
        const Values<S> offset = values_of<S>(data.offset_part());
        if (offset.rows() != n || offset.columns() != outputs)
            reject("offset: ", offset.rows(), " x ", offset.columns(), " entries, expected ", n, " x ", outputs);
        detail::check_finite<S>(offset, "offset");
        out.offset = offset;
    }
    return out;
}

/// Looks at every entry of X, which must be finite, for what is to be known of its columns: one walk over the rows.
template <Scalar S>
GRADUS_ONCE void finish_preparation(Prepared<S>& prepared, const std::vector<std::string>& names) {
    if (!names.empty() && static_cast<Index>(names.size()) != prepared.sample.features())
        reject("feature_names has ", names.size(), " entries, X has ", prepared.sample.features(), " columns");
    prepared.columns = column_statistics<S>(prepared.sample.X, prepared.sample, prepared.largest_weight, "X", names);
    prepared.feature_names = names;
}

/// The data of a fit.
template <Scalar S, class Data>
GRADUS_ONCE Prepared<S> prepare(const Data& data, Values<S> targets, Index outputs,
                                const std::vector<std::string>& names) {
    Prepared<S> out;
    out.sample = checked_sample<S>(data, std::move(targets), outputs, &out.largest_weight);
    finish_preparation(out, names);
    return out;
}

/// Root of the raw weighted mean square of each column, in the coordinates given.
template <Scalar S>
GRADUS_ONCE Vector<S> root_mean_square(const ColumnStatistics<S>& columns, const Coordinates<S>& coordinates = {}) {
    using std::abs, std::sqrt;
    Vector<S> out(columns.mean.size());
    for (Index j = 0; j < out.size(); ++j) {
        const S scale = coordinates.scale_of(j), mean = abs(S((columns.mean[j] - coordinates.shift_of(j)) * scale)),
                deviation = columns.deviation[j] * scale, larger = std::max(mean, deviation),
                smaller = std::min(mean, deviation);
        out[j] = larger > S(0) ? S(larger * sqrt(S(1) + (smaller / larger) * (smaller / larger))) : S(0);
    }
    return out;
}

/// Root of the weighted sum of squares of each raw column.
template <Scalar S>
Vector<S> column_norms(const Prepared<S>& prepared) {
    using std::sqrt;
    Vector<S> norms = root_mean_square(prepared.columns);
    for (Index j = 0; j < norms.size(); ++j) norms[j] *= sqrt(prepared.sample.total_weight);
    return norms;
}

/// Statistics of the targets; throws InvalidInput naming one that is not finite.
template <Scalar S>
ColumnStatistics<S> target_statistics(const Prepared<S>& prepared) {
    return column_statistics<S>(Design<S>(prepared.sample.Y.view()), prepared.sample, prepared.largest_weight, "y");
}

/// Throws InvalidInput naming the first target that the loss is not defined for.
template <Scalar S, class Loss>
GRADUS_ONCE void check_targets(const Loss& loss, const Values<S>& y) {
    using std::isfinite;
    detail::in_pieces(y, [&](Index first, const MatrixView<S>& piece) {
        for (Index i = 0; i < piece.rows(); ++i)
            for (Index c = 0; c < piece.cols(); ++c)
                if (!isfinite(piece(i, c)) || !loss.admits(piece(i, c)))
                    reject("y has ", static_cast<double>(piece(i, c)), " in row ", first + i,
                           piece.cols() > 1 ? text(", column ", c) : std::string(), "; this loss needs ",
                           loss.domain());
    });
}

/// A matrix of labels has one column: entries of another would be read in the order in which they are stored.
template <class Y>
void check_label_column(const Y& y) {
    check_no_row_vector<Y>();
    if constexpr (EigenMatrix<const Y&>) {
        if (y.rows() == 1 && y.cols() > 1)
            reject("y is a row of ", y.cols(), " labels, expected a column: transpose it");
        if (y.cols() != 1) reject("y has ", y.cols(), " columns, expected one");
    }
}

/// Codes of n labels; `classes` are those given, or those found, sorted. Throws InvalidInput.
template <Scalar S, class Label, class Data>
GRADUS_ONCE Values<S> encoded_labels(const Data& data, Classes<Label>& classes) {
    check_label_column(data.y_part());
    const Index n = row_count(data.y_part());
    if (row_count(data.X_part()) != n) reject("X has ", row_count(data.X_part()), " rows, y has ", n);
    if (n == 0) reject("X has no rows");
    std::vector<bool> weighs_nothing;
    if constexpr (Data::has_weights) {
        const Values<S> weights = values_of<S>(data.weights_part());
        if (weights.rows() != n || weights.columns() != 1)
            reject("weights: ", weights.rows(), " x ", weights.columns(), " entries for ", n, " rows");
        detail::in_pieces(weights, [&](Index, const MatrixView<S>& piece) {
            for (Index i = 0; i < piece.rows(); ++i) weighs_nothing.push_back(!(piece(i, 0) > S(0)));
        });
    }
    const auto counts = [&](Index i) { return weighs_nothing.empty() || !weighs_nothing[static_cast<std::size_t>(i)]; };
    // four bytes a row, whatever the scalar: beside rows that are read from elsewhere these are the largest of all
    return Values<S>::keeping(encode_labels<std::int32_t>(data.y_part(), n, classes, counts));
}

}  // namespace gradus
