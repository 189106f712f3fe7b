#pragma once
// Directions of few bits near those that floating point has found: their products with the rows can be formed exactly
// at little cost.

#include <gradus/core/types.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace gradus::detail {

/// x to 24 significant bits.
template <Scalar S>
S few_bits(const S& x) {
    using std::frexp, std::ldexp, std::rint;
    int exponent = 0;
    const S leading = frexp(x, &exponent);
    return ldexp(S(rint(ldexp(leading, 24))), exponent - 24);
}

/// A basis of the space that the columns of V span, in reduced echelon form, which is that of dummy variables and of
/// columns that add up to another: entries are ratios of small numbers then, and rounding to a few bits gives them
/// their exact values. weight: the size of an entry that matters as much as 1 elsewhere. Later entries, among them
/// intercepts, give way to earlier ones.
template <Scalar S>
GRADUS_ONCE std::vector<Vector<S>> simple_directions(Matrix<S> V, const Vector<S>& weight) {
    using std::abs;
    std::vector<Vector<S>> out;
    // the column, from c on, with the largest entry in row j
    const auto column_of = [&](Index j, Index c) {
        Index best = c;
        for (Index l = c; l < V.cols(); ++l)
            if (abs(V(j, l)) > abs(V(j, best))) best = l;
        return best;
    };
    const auto size = [&](Index j, Index c) { return S(abs(V(j, column_of(j, c))) * weight[j]); };
    for (Index c = 0; c < V.cols(); ++c) {
        // the first entry that is not small in all of the columns left
        S most(0);
        for (Index j = 0; j < V.rows(); ++j) most = std::max(most, size(j, c));
        Index pivot = 0;
        while (pivot + 1 < V.rows() && size(pivot, c) < S(0.1) * most) ++pivot;
        const Index column = column_of(pivot, c);
        const S divisor = V(pivot, column);
        for (Index j = 0; j < V.rows(); ++j) {
            std::swap(V(j, c), V(j, column));
            V(j, c) /= divisor;
        }
        for (Index l = 0; l < V.cols(); ++l) {
            const S factor = V(pivot, l);
            for (Index j = 0; l != c && j < V.rows(); ++j) V(j, l) -= factor * V(j, c);
        }
    }
    for (Index c = 0; c < V.cols(); ++c) {
        Vector<S> v = V.col(c);
        S most(0);
        for (Index j = 0; j < v.size(); ++j) most = std::max(most, S(abs(v[j]) * weight[j]));
        for (Index j = 0; j < v.size(); ++j) v[j] = abs(v[j]) * weight[j] > S(1e-9) * most ? few_bits(v[j]) : S(0);
        out.push_back(std::move(v));
    }
    return out;
}

}  // namespace gradus::detail
