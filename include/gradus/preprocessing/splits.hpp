#pragma once
// Rows to train with and rows to test with.

#include <gradus/core/errors.hpp>
#include <gradus/core/random.hpp>
#include <gradus/data/labels.hpp>
#include <gradus/data/observations.hpp>
#include <gradus/data/sparse_storage.hpp>

#include <map>
#include <numeric>

namespace gradus {

/// Row numbers, each list ascending; every row is in one of them.
struct Split {
    std::vector<Index> train, test;
};

struct SplitOptions {
    double test_share = 0.25;
    std::uint64_t seed = 1;
};
struct FoldOptions {
    Index folds = 5;
    std::uint64_t seed = 1;
};

namespace detail {

inline std::vector<Index> all_rows(Index n) {
    std::vector<Index> rows(static_cast<std::size_t>(n));
    std::iota(rows.begin(), rows.end(), Index(0));
    return rows;
}

/// Of each list of rows the share to test with.
inline Split split_of(std::vector<std::vector<Index>> parts, const SplitOptions& options) {
    if (!(options.test_share > 0 && options.test_share < 1))
        reject("test_share is ", options.test_share, ", but must be between 0 and 1");
    Random random(options.seed);
    Split out;
    for (std::vector<Index>& rows : parts) {
        random.shuffle(rows);
        const auto n = static_cast<Index>(rows.size());
        const auto wanted = static_cast<Index>(std::llround(options.test_share * static_cast<double>(n)));
        const auto tested = rows.begin() + (n < 2 ? 0 : std::clamp<Index>(wanted, 1, n - 1));
        out.test.insert(out.test.end(), rows.begin(), tested);
        out.train.insert(out.train.end(), tested, rows.end());
    }
    std::sort(out.train.begin(), out.train.end());
    std::sort(out.test.begin(), out.test.end());
    return out;
}

/// The rows of each label, in the order of the labels.
template <class Labels>
std::vector<std::vector<Index>> rows_of_labels(const Labels& labels) {
    std::map<std::remove_cvref_t<decltype(entry(labels, 0))>, std::vector<Index>> rows;
    for (Index i = 0; i < row_count(labels); ++i) rows[entry(labels, i)].push_back(i);
    std::vector<std::vector<Index>> out;
    for (auto& [label, of_label] : rows) out.push_back(std::move(of_label));
    return out;
}

/// fold[i] is the fold in which row i is tested.
inline std::vector<Split> splits_of(const std::vector<Index>& fold, Index folds) {
    std::vector<Split> out(static_cast<std::size_t>(folds));
    for (std::size_t i = 0; i < fold.size(); ++i)
        for (Index f = 0; f < folds; ++f)
            (f == fold[i] ? out[static_cast<std::size_t>(f)].test : out[static_cast<std::size_t>(f)].train)
                .push_back(static_cast<Index>(i));
    return out;
}

inline void check_folds(Index folds, Index most, const char* of) {
    if (folds < 2 || folds > most) reject("folds: ", folds, ", but must be from 2 to ", most, ", the number of ", of);
}

}  // namespace detail

/// A share of n rows drawn without replacement to test with, rounded to the nearest number, at least one and not all.
inline Split train_test_split(Index n, const SplitOptions& options = {}) {
    if (n < 2) reject("train_test_split: ", n, " rows cannot be split");
    return detail::split_of(std::vector<std::vector<Index>>{detail::all_rows(n)}, options);
}
/// The same of the rows of each label; the only row of a label is one to train with.
template <class Labels>
Split stratified_split(const Labels& labels, const SplitOptions& options = {}) {
    return detail::split_of(detail::rows_of_labels(labels), options);
}

/// Each of n rows is tested in one of the folds, whose sizes differ by one at most.
inline std::vector<Split> k_folds(Index n, const FoldOptions& options = {}) {
    detail::check_folds(options.folds, n, "rows");
    Random random(options.seed);
    std::vector<Index> order = detail::all_rows(n);
    random.shuffle(order);
    std::vector<Index> fold(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        fold[static_cast<std::size_t>(order[i])] = static_cast<Index>(i) % options.folds;
    return detail::splits_of(fold, options.folds);
}

/// The same, and the rows of each label differ by one at most too.
template <class Labels>
std::vector<Split> stratified_folds(const Labels& labels, const FoldOptions& options = {}) {
    const Index n = row_count(labels);
    detail::check_folds(options.folds, n, "rows");
    Random random(options.seed);
    std::vector<Index> fold(static_cast<std::size_t>(n));
    Index next = 0;  // goes on from label to label, so that the folds stay of one size
    for (std::vector<Index>& rows : detail::rows_of_labels(labels)) {
        random.shuffle(rows);
        for (const Index row : rows) fold[static_cast<std::size_t>(row)] = next++ % options.folds;
    }
    return detail::splits_of(fold, options.folds);
}

/// Rows of one group are tested together: each group, the largest first, goes to the fold that has fewest rows.
template <class Groups>
std::vector<Split> grouped_folds(const Groups& groups, const FoldOptions& options = {}) {
    std::vector<std::vector<Index>> rows = detail::rows_of_labels(groups);
    detail::check_folds(options.folds, static_cast<Index>(rows.size()), "groups");
    Random random(options.seed);
    random.shuffle(rows);
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    std::vector<std::size_t> size(static_cast<std::size_t>(options.folds), 0);
    std::vector<Index> fold(static_cast<std::size_t>(row_count(groups)));
    for (const std::vector<Index>& group : rows) {
        const auto least = std::min_element(size.begin(), size.end());
        *least += group.size();
        for (const Index row : group) fold[static_cast<std::size_t>(row)] = static_cast<Index>(least - size.begin());
    }
    return detail::splits_of(fold, options.folds);
}

/// These rows of a dense or sparse matrix, of a vector, or of a std::vector; of the same kind as x.
template <class X>
auto take_rows(const X& x, const std::vector<Index>& rows) {
    for (const Index row : rows)
        if (row < 0 || row >= row_count(x)) reject("take_rows: row ", row, " of ", row_count(x));
    if constexpr (SparseInMemory<X>) {
        using Sparse = typename X::PlainObject;
        Sparse choice(static_cast<Index>(rows.size()), x.rows());
        choice.reserve(static_cast<Index>(rows.size()));
        for (std::size_t i = 0; i < rows.size(); ++i)
            choice.insert(static_cast<Index>(i), rows[i]) = typename X::Scalar(1);
        return Sparse(choice * x);
    } else if constexpr (requires { typename X::PlainObject; }) {
        typename X::PlainObject out(static_cast<Index>(rows.size()), x.cols());
        for (std::size_t i = 0; i < rows.size(); ++i) out.row(static_cast<Index>(i)) = x.row(rows[i]);
        return out;
    } else {
        X out;
        for (const Index row : rows) out.push_back(x[static_cast<std::size_t>(row)]);
        return out;
    }
}

}  // namespace gradus
