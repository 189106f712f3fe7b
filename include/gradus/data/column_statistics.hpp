#pragma once
// One sweep over columns before the fit: is every number finite, and where and how wide is each column?

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

/// A row whose weight is below this share of the largest has no say in where a column lies: it moves no sum by a
/// rounding.
template <Scalar S>
S negligible_weight(const S& largest) {
    return largest * epsilon<S> * epsilon<S> * epsilon<S>;
}

/// Moments of some rows of each column: with t = x - origin, sums of s t and s t^2, in units of 1 / unit, a power of
/// two, so that numbers from the smallest to the largest of S make no difference. The origin is one of the rows, so
/// that the mean square about the mean suffers from no worse cancellation than (range / deviation)^2, wherever the
/// column lies.
template <Scalar S>
class ColumnMoments {
public:
    explicit ColumnMoments(Index columns) : columns_(static_cast<std::size_t>(columns)) {}

    Index columns() const { return static_cast<Index>(columns_.size()); }

    /// n > 0 numbers x of column j, with weights s > 0, or ones where s is null. false, and nothing is added: one of
    /// them is not finite.
    GRADUS_NOINLINE bool add(Index j, const S* x, const S* s, Index n) {
        Moments& of = at(j);
        // the unit of the numbers before will do for these too, but for the first few
        Powers<S> sums = of.unit > S(0) && !s ? powers_of(x, n, of.unit, S(of.origin * of.unit))
                                              : Powers<S>{S(0), S(0), extent_of(x, n)};
        const S least = sums.extent.least, largest = sums.extent.largest;
        if (!(least - least == S(0) && largest - largest == S(0))) return false;
        const S before = of.unit;
        of.see(least, largest);
        const S unit = of.unit, origin = of.origin * unit;
        const auto t = [=](Index i) { return x[i] * unit - origin; };
        if (s) {
            sums.first = lane_sum<S>(n, [=](Index i) { return s[i] * t(i); });
            sums.second = lane_sum<S>(n, [=](Index i) { return s[i] * t(i) * t(i); });
        } else if (unit != before) {
            sums = powers_of(x, n, unit, origin);
        }
        if (!(sums.first - sums.first == S(0))) return false;  // NaN is neither least nor largest
        of.weight += s ? lane_sum<S>(n, [=](Index i) { return s[i]; }) : S(static_cast<double>(n));
        of.first += sums.first;
        of.second += sums.second;
        return true;
    }
    /// One number.
    void add(Index j, const S& x, const S& s) {
        Moments& of = at(j);
        of.see(x, x);
        const S t = x * of.unit - of.origin * of.unit;
        of.weight += s;
        of.first += s * t;
        of.second += s * t * t;
    }

    /// Joins other rows.
    void merge(const ColumnMoments& other) {
        for (std::size_t j = 0; j < columns_.size(); ++j) columns_[j].merge(other.columns_[j]);
    }
    /// Rows of column j that are zero, with these weights in all.
    void add_zeros(Index j, const S& weight) {
        ColumnMoments zeros(1);
        zeros.add(0, S(0), weight);
        at(j).merge(zeros.columns_[0]);
    }

    const S& weight(Index j) const { return columns_[static_cast<std::size_t>(j)].weight; }

    ColumnStatistics<S> statistics() const {
        using std::sqrt;
        ColumnStatistics<S> out{Vector<S>::Zero(columns()), Vector<S>::Zero(columns()), Vector<S>(columns()),
                                Vector<S>(columns())};
        for (Index j = 0; j < columns(); ++j) {
            const Moments& of = columns_[static_cast<std::size_t>(j)];
            out.least[j] = of.least;
            out.largest[j] = of.largest;
            if (!(of.weight > S(0))) continue;
            const S offset = of.first / of.weight, square = of.second / of.weight - offset * offset;
            out.mean[j] = std::clamp(S(of.origin + offset / of.unit), of.least, of.largest);
            if (square > S(0) && of.least < of.largest)
                out.deviation[j] = std::min(S(sqrt(square) / of.unit), S(of.largest - of.least));
        }
        return out;
    }

private:
    struct Moments {
        S unit{0}, weight{0}, origin{0}, first{0}, second{0}, least{0}, largest{0};

        // numbers between low and high are next: the first of them is the origin, and the unit is made small enough
        void see(const S& low, const S& high) {
            using std::abs, std::max;
            const S size = max(S(abs(low)), S(abs(high)));
            const bool is_first = !(unit > S(0)), all_were_zero = least == S(0) && largest == S(0);
            if (is_first) origin = least = largest = low;
            least = low < least ? low : least;
            largest = high > largest ? high : largest;
            if (is_first || all_were_zero) unit = scale_to_one(size);
            else if (size * unit > S(1024)) change_unit(scale_to_one(size));
        }
        void change_unit(const S& to) {
            const S ratio = to / unit;
            first *= ratio;
            second *= ratio;
            second *= ratio;
            unit = to;
        }
        // (Chan, Golub, LeVeque, Amer. Statist. 37 (1983), 242, eq. 2.1, about the origin of this one)
        void merge(const Moments& other) {
            if (!(other.unit > S(0))) return;
            if (!(unit > S(0))) return void(*this = other);
            const S common = std::min(unit, other.unit), ratio = common / other.unit;
            change_unit(common);
            const S more = other.first * ratio, squares = other.second * ratio * ratio;
            const S gap = other.origin * common - origin * common;
            second += squares + gap * (S(2) * more + gap * other.weight);
            first += more + gap * other.weight;
            weight += other.weight;
            least = std::min(least, other.least);
            largest = std::max(largest, other.largest);
        }
    };
    Moments& at(Index j) { return columns_[static_cast<std::size_t>(j)]; }

    std::vector<Moments> columns_;
};

GRADUS_ONCE inline std::string place(Index row, Index column, const std::vector<std::string>& names) {
    std::string where = text("row ", row, ", column ", column);
    if (column < static_cast<Index>(names.size())) where += text(" ('", names[static_cast<std::size_t>(column)], "')");
    return where;
}

/// The first entry that is not finite, in the order of the rows, found by the walk itself. row < 0: none.
template <Scalar S>
struct BadEntry {
    Index row = -1, column = 0;
    S value{0};
    void see(Index at_row, Index at_column, const S& x) {
        if (row >= 0 && (row < at_row || (row == at_row && column <= at_column))) return;
        row = at_row, column = at_column, value = x;
    }
};

/// What a range of rows gives to the statistics.
template <Scalar S>
struct StatisticsPart {
    ColumnMoments<S> moments;
    BadEntry<S> bad;
    S weight{0};  ///< of all rows that have a say
    void merge(const StatisticsPart& other) {
        moments.merge(other.moments);
        if (other.bad.row >= 0) bad.see(other.bad.row, other.bad.column, other.bad.value);
        weight += other.weight;
    }
};

/// n consecutive entries of a column, with weights s, or ones where it is null; those of negligible weight are looked
/// at for NaN alone. In pieces that stay in the first level of cache, because each is read four times.
template <Scalar S>
GRADUS_NOINLINE void add_column(StatisticsPart<S>& part, Index first, Index j, const S* x, const S* s, Index n,
                                const S& negligible, bool some_are_negligible) {
    constexpr Index most = 512;
    bool are_finite = true;
    for (Index i = 0; i < n && are_finite && !some_are_negligible; i += most)
        are_finite = part.moments.add(j, x + i, s ? s + i : nullptr, std::min(most, n - i));
    if (are_finite && !some_are_negligible) return;
    for (Index i = 0; i < n; ++i)
        if (!(x[i] - x[i] == S(0))) return part.bad.see(first + i, j, x[i]);
    for (Index i = 0; i < n; ++i)
        if (s[i] > negligible) part.moments.add(j, x[i], s[i]);
}

template <Scalar S>
struct StatisticsScratch {
    RowBlockScratch<S> block;
    Vector<S> weights;
    Matrix<S> columns;
};

/// Some rows, whatever the storage.
template <Scalar S>
GRADUS_NOINLINE void add_block(const Storage<S>& X, const Sample<S>& sample, const RowSet& rows, const S& negligible,
                               StatisticsScratch<S>& scratch, StatisticsPart<S>& part) {
    scratch.weights.resize(rows.count);
    sample.copy_weights(rows.first, scratch.weights);
    bool some_are_negligible = false;
    const S* s = scratch.weights.data();
    for (Index i = 0; i < rows.count; ++i) {
        if (s[i] > negligible) part.weight += s[i];
        else some_are_negligible = true;
    }
    if (X.visits_entries()) {
        X.visit_entries(rows, [&](Index i, Index j, const S& x) {
            if (!(x - x == S(0))) part.bad.see(rows.first + i, j, x);
            else if (s[i] > negligible) part.moments.add(j, x, s[i]);
        });
        return;
    }
    const bool in_place = rows.count > 0 && X.columns() > 0 && X.column(rows.first, 0) != nullptr;
    if (!in_place) {
        scratch.columns.resize(rows.count, X.columns());
        if (X.columns() > 0) X.read(rows, scratch.columns);
    }
    const S* weights = sample.weights ? s : nullptr;
    for (Index j = 0; j < X.columns(); ++j) {
        const S* x = in_place ? X.column(rows.first, j) : &scratch.columns(0, j);
        add_column<S>(part, rows.first, j, x, weights, rows.count, negligible, some_are_negligible);
    }
}

}  // namespace detail

/// Statistics of the columns of X; throws InvalidInput naming the first entry that is NaN or infinite. Rows of no
/// weight, or of next to none, have no say. O(n p), one sweep.
template <Scalar S>
GRADUS_ONCE ColumnStatistics<S> column_statistics(const Design<S>& X, const Sample<S>& sample, const S& largest_weight,
                                                  const char* what, const std::vector<std::string>& names = {}) {
    if (X.rows() == 0 || X.columns() == 0) return {};
    const S negligible = sample.weights ? detail::negligible_weight(largest_weight) : S(0);
    const Executor executor = sample.walker();
    const Ranges ranges = X.ranges();
    // columns that lie in memory are read one after another, so that the processor foresees what comes next
    const Index step = X.storage().column(0, 0) ? ranges.size : X.block_rows();
    std::vector<detail::StatisticsScratch<S>> scratch(static_cast<std::size_t>(executor.workers()));
    detail::StatisticsPart<S> sums =
        reduce(executor, ranges.count(), detail::StatisticsPart<S>{detail::ColumnMoments<S>(X.columns()), {}, S(0)},
               [&](Index range, detail::StatisticsPart<S>& part, int worker) {
                   const Index end = ranges.first(range) + ranges.rows_of(range);
                   for (Index first = ranges.first(range); first < end; first += step)
                       detail::add_block<S>(X.storage(), sample, {first, std::min(step, end - first)}, negligible,
                                            scratch[static_cast<std::size_t>(worker)], part);
               });
    if (sums.bad.row >= 0)
        reject(what, " has ", static_cast<double>(sums.bad.value), " in ",
               detail::place(sums.bad.row, sums.bad.column, names));
    if (X.storage().visits_entries())
        for (Index j = 0; j < X.columns(); ++j)
            if (const S zeros = sums.weight - sums.moments.weight(j); zeros > S(64) * epsilon<S> * sums.weight)
                sums.moments.add_zeros(j, zeros);
    return sums.moments.statistics();
}

/// Coordinates in which each column lies in [-1, 1] about a point near its mean (about zero where nothing may be
/// shifted). The scale is a power of two and the shift has few digits, a multiple of about a quarter of the deviation:
/// so x - shift is exact for most data, and what the solver finds in these coordinates is, digit for digit, what
/// belongs to the user's.
template <Scalar S>
GRADUS_ONCE Coordinates<S> equilibrate(const ColumnStatistics<S>& columns, bool shifts) {
    using std::abs, std::isfinite, std::max, std::round;
    const Index p = columns.mean.size();
    Coordinates<S> out{Vector<S>::Zero(p), Vector<S>::Ones(p)};
    for (Index j = 0; j < p; ++j) {
        const S low = columns.least[j], high = columns.largest[j];
        if (shifts && low == high) out.shift[j] = low;
        else if (shifts && columns.deviation[j] > S(0)) {
            const S unit = S(0.25) / scale_to_one(columns.deviation[j]);
            const S shift = round(columns.mean[j] / unit) * unit;
            if (isfinite(shift)) out.shift[j] = shift;
        }
        // half first: the range itself may be beyond the largest number
        const S half = max(abs(S(high / 2 - out.shift[j] / 2)), abs(S(low / 2 - out.shift[j] / 2)));
        out.scale[j] = scale_to_one(half) / 2;
        if (!(out.scale[j] > S(0))) out.scale[j] = std::numeric_limits<S>::min();
        if (half == S(0)) out.scale[j] = S(1);
    }
    return out;
}

GRADUS_COMPILE(ColumnStatistics<double> column_statistics(const Design<double>&, const Sample<double>&, const double&,
                                                          const char*, const std::vector<std::string>&))

}  // namespace gradus
