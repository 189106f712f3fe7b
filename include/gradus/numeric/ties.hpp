#pragma once
// Rows of two classes in the order of their scores.

#include <gradus/numeric/sums.hpp>

#include <vector>

namespace gradus::detail {

/// The rows that share a score: the weight of the positive and of the negative ones.
template <Scalar S>
struct Tie {
    S score, positive, negative;
};

/// sum over pairs of a positive and a negative row of the product of their weights, times 1 where the positive one has
/// the higher score and 1/2 where they share it: Mann and Whitney's U (Hanley and McNeil, Radiology 143 (1982), 29).
/// ties: from the highest score.
template <Scalar S>
S pairs_in_order(const std::vector<Tie<S>>& ties) {
    Sum<S> below, pairs;  // twice their number, so that half a pair is a whole number
    for (auto tie = ties.rbegin(); tie != ties.rend(); ++tie) {
        pairs.add(S(tie->positive * (S(2) * below.value() + tie->negative)));
        below.add(tie->negative);
    }
    return pairs.value() / S(2);
}

}  // namespace gradus::detail
