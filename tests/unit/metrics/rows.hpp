// Rows taken twice, left out and in another order: what weights mean, for any metric.
#pragma once

#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/metrics/rows.hpp>

#include <string>
#include <vector>

namespace gradus::test {

template <class C>
auto rows_of(const C& column, const std::vector<Index>& rows) {
    if constexpr (EigenMatrix<C>) return typename C::PlainObject(column(rows, Eigen::indexing::all));
    else {
        C out;
        for (const Index i : rows) out.push_back(column[static_cast<std::size_t>(i)]);
        return out;
    }
}

/// metric(y, prediction[, weights]) with the weights `counts` is the same as with so many copies of each row, whatever
/// the unit of the weights and the order of the rows; and it is not the same without weights.
template <class S, class Metric, class Y, class P>
void check_that_weights_are_frequencies(const Metric& metric, const Y& y, const P& prediction,
                                        const Eigen::VectorXi& counts, Random& random) {
    std::vector<Index> copies, order;
    for (Index i = 0; i < counts.size(); ++i) {
        order.push_back(i);
        for (int c = 0; c < counts[i]; ++c) copies.push_back(i);
    }
    random.shuffle(copies);
    random.shuffle(order);
    const double weighted = static_cast<double>(metric(y, prediction, counts));
    CHECK_THAT(static_cast<double>(metric(rows_of(y, copies), rows_of(prediction, copies))),
               near(weighted, tolerance::product<S>));
    CHECK_THAT(static_cast<double>(metric(rows_of(y, order), rows_of(prediction, order), rows_of(counts, order))),
               near(weighted, tolerance::product<S>));
    CHECK_THAT(static_cast<double>(metric(y, prediction, Vector<S>(counts.cast<S>() * S(0.3)))),
               near(weighted, tolerance::product<S>));
    CHECK(static_cast<double>(metric(y, prediction, std::vector<int>(counts.begin(), counts.end()))) == weighted);
    CHECK(std::abs(static_cast<double>(metric(y, prediction)) - weighted) > tolerance::product<S>);
}

/// The definition in long double, uncompensated, which for S = long double is the worse of the two.
template <class S>
void check_definition(const S& actual, long double expected) {
    const double error = static_cast<double>(std::abs(actual - expected) / std::max(std::abs(expected), 1e-3L));
    CHECK(error <= (std::is_same_v<S, long double> ? tolerance::product<S> : tolerance::rounding<S>));
}

/// 0, 1, 2 or 3 for each row.
inline Eigen::VectorXi random_counts(Random& random, Index n) {
    Eigen::VectorXi out(n);
    for (Index i = 0; i < n; ++i) out[i] = static_cast<int>(random.below(4));
    return out;
}
inline Eigen::VectorXi random_labels(Random& random, Index n, std::uint64_t classes) {
    Eigen::VectorXi out(n);
    for (Index i = 0; i < n; ++i) out[i] = static_cast<int>(random.below(classes));
    return out;
}

/// The rows that scikit-learn 1.9.1 was given, too; in Python, with import numpy as np, sklearn.metrics as m, and with
/// m.NAME(..., sample_weight=w) for each figure that is called scikit-learn's in these tests:
///
///     i = np.arange(60); w = 1 + i % 4
///     y, predicted = i * i % 7 % 3, (i * i + i) % 5 % 3
///     binary, score, p = (i * i % 7 > 2).astype(int), i * 5 % 13, (1 + i * 5 % 13) / 15
///     P = np.stack([1 + i % 3, 1 + i % 4, 1 + i % 5], 1); P = P / P.sum(1, keepdims=True)
///     t, q = (i * i % 17) / 4, (i * 3 % 19) / 5
struct SharedRows {
    Eigen::VectorXi y{60}, predicted{60}, binary{60}, score{60}, w{60};
    Vector<double> p{60}, t{60}, q{60};
    Matrix<double> P{60, 3};

    SharedRows() {
        for (int i = 0; i < 60; ++i) {
            w[i] = 1 + i % 4;
            y[i] = i * i % 7 % 3, predicted[i] = (i * i + i) % 5 % 3;
            binary[i] = i * i % 7 > 2, score[i] = i * 5 % 13, p[i] = (1 + i * 5 % 13) / 15.0;
            P.row(i) << 1 + i % 3, 1 + i % 4, 1 + i % 5;
            P.row(i) /= P.row(i).sum();
            t[i] = (i * i % 17) / 4.0, q[i] = (i * 3 % 19) / 5.0;
        }
    }
};

}  // namespace gradus::test
