#pragma once
// Sums that keep what rounding throws away.

#include <gradus/core/types.hpp>

#include <utility>

namespace gradus {

/// Knuth's TwoSum (The Art of Computer Programming 2, 4.2.2, theorem B): high + low == a + b exactly, for arrays
/// element by element.
template <class A>
void add_exactly(A& high, A& low, const A& term) {
    const A sum = high + term;
    const A part = sum - high;
    low += (high - (sum - part)) + (term - part);
    high = sum;
}

/// The same high + low, with high its nearest floating-point number.
template <Scalar S>
void renormalise(MatrixView<S> high, MatrixView<S> low) {
    for (Index c = 0; c < high.cols(); ++c)
        for (Index i = 0; i < high.rows(); ++i) {
            S error(0);
            add_exactly(high(i, c), error, S(low(i, c)));
            low(i, c) = error;
        }
}

/// A running sum whose error is of the order of one rounding of the result, however many terms there are
/// (Ogita, Rump, Oishi, SIAM J. Sci. Comput. 26 (2005), algorithm 4.4).
template <Scalar S>
class Sum {
public:
    void add(const S& term) { add_exactly(high_, low_, term); }
    void merge(const Sum& other) {
        add(other.high_);
        low_ += other.low_;
    }
    /// An infinite term makes the sum infinite, and what it leaves in the error part is no number.
    S value() const { return low_ == low_ ? S(high_ + low_) : high_; }

private:
    S high_{0}, low_{0};
};

/// The same for every entry of a vector at once.
template <Scalar S>
class VectorSum {
public:
    explicit VectorSum(Index size) : high_(Vector<S>::Zero(size)), low_(Vector<S>::Zero(size)) {}

    void add(const Vector<S>& terms) {
        for (Index j = 0; j < terms.size(); ++j) add_exactly(high_[j], low_[j], terms[j]);
    }
    void merge(const VectorSum& other) {
        add(other.high_);
        add_low(other.low_);
    }
    /// Terms so small that their own rounding does not matter.
    void add_low(const Vector<S>& terms) {
        for (Index j = 0; j < terms.size(); ++j) low_[j] += terms[j];
    }
    /// out = the sum divided by `count`.
    void mean(const S& count, Vector<S>& out) const {
        out.resize(high_.size());
        mean(count, out.data());
    }
    void mean(const S& count, S* out) const {
        for (Index j = 0; j < high_.size(); ++j) out[j] = (high_[j] + low_[j]) / count;
    }

private:
    Vector<S> high_, low_;
};

}  // namespace gradus
