#pragma once
// One sweep over X before the fit: is every number finite, and where and how wide is each column?

#include <gradus/core/errors.hpp>
#include <gradus/data/row_block.hpp>
#include <gradus/data/sample.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

/// Per column: weighted mean, root of the weighted mean square about it, and the range. p entries each.
template <Scalar S>
struct ColumnStatistics {
    Vector<S> mean, deviation, least, largest;
};

namespace detail {

// Running sums of s t and s t^2, t = x - origin, and the range, over chunks of rows. The origin is the first row, so that the mean square about
// the mean suffers from no worse cancellation than (range / deviation)^2, wherever the column lies.
template <Scalar S>
struct ColumnSums {
    Vector<S> origin, first, second, least, largest;

    explicit ColumnSums(Vector<S> row)
        : origin(row), first(Vector<S>::Zero(row.size())), second(first), least(row), largest(std::move(row)) {}

    // b rows of column j, in interleaved lanes: one running minimum alone would take as long as all of this, waiting for itself
    GRADUS_NOINLINE void add_column(const ConstVectorView<S>& x, Index j, const ConstVectorView<S>& s) {
        using Part = Lane<S>;
        using In = Eigen::Map<const Part>;
        const S from = origin[j], *values = x.data(), *weights = s.data();
        Part low = Part::Constant(least[j]), high = Part::Constant(largest[j]), sum = Part::Zero(), square = sum;
        Index i = 0;
        for (; i + lanes<S> <= x.size(); i += lanes<S>) {
            const Part value = In(values + i), t = value - from, weighted = In(weights + i) * t;
            sum += weighted;
            square += weighted * t;
            low = low.min(value);
            high = high.max(value);
        }
        for (; i < x.size(); ++i) {
            const S t = values[i] - from;
            sum[0] += weights[i] * t;
            square[0] += weights[i] * t * t;
            low[0] = values[i] < low[0] ? values[i] : low[0];
            high[0] = values[i] > high[0] ? values[i] : high[0];
        }
        for (int l = 0; l < lanes<S>; ++l) {
            first[j] += sum[l];
            second[j] += square[l];
            least[j] = low[l] < least[j] ? low[l] : least[j];
            largest[j] = high[l] > largest[j] ? high[l] : largest[j];
        }
    }
    // one row
    GRADUS_NOINLINE void add_row(const S* GRADUS_RESTRICT x, const S& s) {
        S *low = least.data(), *high = largest.data(), *sum = first.data(), *square = second.data();
        const S* from = origin.data();
        for (Index j = 0; j < origin.size(); ++j) {
            const S t = x[j] - from[j];
            low[j] = x[j] < low[j] ? x[j] : low[j];
            high[j] = x[j] > high[j] ? x[j] : high[j];
            sum[j] += s * t;
            square[j] += s * t * t;
        }
    }
};

template <Scalar S>
GRADUS_ONCE std::string place(Index row, Index column, const std::vector<std::string>& names) {
    std::string where = text("row ", row, ", column ", column);
    if (column < static_cast<Index>(names.size())) where += text(" ('", names[static_cast<std::size_t>(column)], "')");
    return where;
}

}  // namespace detail

/// Statistics of the columns of a view; throws InvalidInput naming the first entry that is NaN or infinite. O(n p), one sweep.
template <Scalar S>
GRADUS_ONCE ColumnStatistics<S> column_statistics(const DenseView<S>& X, const Sample<S>& sample, const char* what,
                                                  const std::vector<std::string>& names = {}) {
    using std::isfinite, std::sqrt;
    const Index n = X.rows(), p = X.columns();
    ColumnStatistics<S> out;
    if (n == 0 || p == 0) return out;
    Vector<S> row(p);
    for (Index j = 0; j < p; ++j) row[j] = X(0, j);
    detail::ColumnSums<S> sums(std::move(row));

    constexpr Index chunk = max_block_rows;
    Vector<S> s(std::min(chunk, n));
    Matrix<S> copy;
    S total(0);
    const bool by_columns = X.is_column_major();
    const auto chunks = [&](FunctionRef<Index, Index> at) {
        for (Index first = 0; first < n; first += chunk) {
            const Index b = std::min(chunk, n - first);
            sample.copy_weights(first, s.head(b));
            at(first, b);
        }
    };
    chunks([&](Index first, Index b) {
        for (Index i = 0; i < b; ++i) total += s[i];
        if (by_columns) return;
        if (X.is_row_major()) {
            for (Index i = 0; i < b; ++i) sums.add_row(X.address(first + i, 0), s[i]);
            return;
        }
        copy.resize(b, p);
        X.copy_rows(first, copy);
        for (Index j = 0; j < p; ++j) sums.add_column(copy.col(j), j, s.head(b));
    });
    for (Index j = 0; by_columns && j < p; ++j)  // one column after the other, as they lie in memory
        chunks([&](Index first, Index b) {
            sums.add_column(Eigen::Map<const Vector<S>>(X.address(first, j), b), j, s.head(b));
        });

    // NaN and infinity end up in the sums. So does the overflow of large finite entries, hence the second look.
    for (Index j = 0; j < p; ++j) {
        if (isfinite(sums.first[j]) && isfinite(sums.second[j])) continue;
        for (Index i = 0; i < n; ++i) {
            const S x = X(i, j);
            if (!isfinite(x)) reject(what, " has ", static_cast<double>(x), " in ", detail::place<S>(i, j, names));
        }
    }
    out.mean.resize(p);
    out.deviation.resize(p);
    for (Index j = 0; j < p; ++j) {
        const S offset = sums.first[j] / total, square = sums.second[j] / total - offset * offset;
        out.mean[j] = sums.origin[j] + offset;
        out.deviation[j] = square > S(0) ? S(sqrt(square)) : S(0);
    }
    out.least = std::move(sums.least);
    out.largest = std::move(sums.largest);
    return out;
}

/// Coordinates in which each column lies in [-1, 1] about a point near its mean (about zero without intercept). The scale is a power of two
/// and the shift has few digits, a multiple of about a quarter of the deviation: so x - shift is exact for most data, and what the solver
/// finds in these coordinates is, digit for digit, what belongs to the user's.
template <Scalar S>
GRADUS_ONCE Equilibration<S> equilibrate(const ColumnStatistics<S>& columns, bool has_intercept) {
    using std::abs, std::isfinite, std::max, std::round;
    const Index p = columns.mean.size();
    Equilibration<S> out{Vector<S>::Zero(p), Vector<S>::Ones(p)};
    for (Index j = 0; j < p; ++j) {
        const S low = columns.least[j], high = columns.largest[j];
        if (has_intercept && low == high) out.shift[j] = low;
        else if (has_intercept && isfinite(columns.deviation[j]) && columns.deviation[j] > S(0)) {
            const S unit = S(0.25) / scale_to_one(columns.deviation[j]);
            const S shift = round(columns.mean[j] / unit) * unit;
            if (isfinite(shift)) out.shift[j] = shift;
        }
        out.scale[j] = scale_to_one(max(abs(S(high - out.shift[j])), abs(S(low - out.shift[j]))));
    }
    return out;
}

}  // namespace gradus
