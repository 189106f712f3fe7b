#pragma once
// Sums that keep what rounding throws away.

#include <gradus/core/types.hpp>

#include <utility>

namespace gradus {

/// Knuth's TwoSum (The Art of Computer Programming 2, 4.2.2, theorem B): high + low == a + b exactly, for arrays element by element.
template <class A>
void add_exactly(A& high, A& low, const A& term) {
    const A sum = high + term;
    const A part = sum - high;
    low += (high - (sum - part)) + (term - part);
    high = sum;
}

/// high + low += terms, with the rounding of each entry kept in low.
template <Scalar S, class Column, class Terms>
void add_column_exactly(Column high, Column low, const Terms& terms) {
    for (Index i = 0; i < high.size(); ++i) {
        S sum = high[i], error(0);
        add_exactly(sum, error, S(terms[i]));
        high[i] = sum;
        low[i] += error;
    }
}

/// The same high + low, with high its nearest floating-point number.
template <Scalar S, class Column>
void renormalise(Column high, Column low) {
    for (Index i = 0; i < high.size(); ++i) {
        S sum = high[i], error(0);
        add_exactly(sum, error, S(low[i]));
        high[i] = sum;
        low[i] = error;
    }
}

/// A running sum whose error is of the order of one rounding of the result, however many terms there are
/// (Ogita, Rump, Oishi, SIAM J. Sci. Comput. 26 (2005), algorithm 4.4).
template <Scalar S>
class Sum {
public:
    void add(const S& term) { add_exactly(high_, low_, term); }
    S value() const { return high_ + low_; }

private:
    S high_{0}, low_{0};
};

/// The same for every entry of a vector or matrix at once.
template <class Plain>
class ArraySum {
public:
    ArraySum(Index rows, Index columns) : high_(Plain::Zero(rows, columns)), low_(Plain::Zero(rows, columns)), sum_(rows, columns), part_(rows, columns) {}

    void add(const Plain& term) {
        sum_ = high_ + term;
        part_ = sum_ - high_;
        low_ += (high_ - (sum_ - part_)) + (term - part_);
        high_.swap(sum_);
    }

    /// Terms so small that their own rounding does not matter.
    void add_low(const Plain& term) { low_ += term; }

    Plain value() const { return high_ + low_; }

private:
    Plain high_, low_, sum_, part_;
};

}  // namespace gradus
