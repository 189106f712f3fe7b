#pragma once
// A basis of the simplex method, its inverse and its vertex, without any rounding.

#include <gradus/numeric/big_integer.hpp>

#include <utility>
#include <vector>

namespace gradus::detail {

using Integers = std::vector<BigInteger>;

inline BigInteger integer_dot(const Integers& a, const Integers& b) {
    BigInteger sum;
    for (std::size_t j = 0; j < a.size(); ++j)
        if (a[j].sign() != 0 && b[j].sign() != 0) sum += a[j] * b[j];
    return sum;
}

/// A basis B of d columns of integers, d artificial ones (unit vectors or their negatives) at first, kept as D = |det
/// B| and the integers D B^-1 and D x, x = B^-1 b. Each exchange of a column divides by the D before it and leaves no
/// remainder, because all of these numbers are minors (Edmonds, J. Res. Nat. Bur. Stand. 71B (1967), 241). They have at
/// most d times the digits of a column and some more. O(d^2) products of such numbers for each exchange.
class ExactBasis {
public:
    explicit ExactBasis(std::size_t d) : ids_(d, -1), inverse_(d, Integers(d)), x_(d), determinant_(1) {
        for (std::size_t i = 0; i < d; ++i) inverse_[i][i] = 1;
    }

    std::size_t size() const { return ids_.size(); }
    /// Of the i-th column; -1: artificial.
    Index id(std::size_t i) const { return ids_[i]; }
    bool is_artificial(std::size_t i) const { return ids_[i] < 0; }
    /// D times the i-th row of B^-1: orthogonal to all columns but the i-th.
    const Integers& row(std::size_t i) const { return inverse_[i]; }
    /// D times the factor of the i-th column.
    const BigInteger& factor(std::size_t i) const { return x_[i]; }
    const BigInteger& determinant() const { return determinant_; }

    /// D B^-1 z.
    Integers coordinates(const Integers& z) const {
        Integers w(size());
        for (std::size_t i = 0; i < size(); ++i) w[i] = integer_dot(inverse_[i], z);
        return w;
    }

    /// The column with coordinates w, called `id`, takes the i-th place; w[i] is not zero.
    void exchange(std::size_t i, const Integers& w, Index id) {
        for (std::size_t l = 0; l < size(); ++l) {
            if (l == i) continue;
            for (std::size_t j = 0; j < size(); ++j) eliminate(inverse_[l][j], w[l], inverse_[i][j], w[i]);
            eliminate(x_[l], w[l], x_[i], w[i]);
        }
        ids_[i] = id;
        determinant_ = w[i];
        if (determinant_.sign() < 0) negate_all();
    }
    /// The column z takes the place of an artificial one. false: it depends on the columns that are not artificial.
    bool extend(const Integers& z, Index id) {
        const Integers w = coordinates(z);
        for (std::size_t i = 0; i < size(); ++i) {
            if (!is_artificial(i) || w[i].sign() == 0) continue;
            exchange(i, w, id);
            return true;
        }
        return false;
    }

    /// The right-hand side; artificial columns are given the sign that makes their factors positive.
    void set_right_hand_side(const Integers& b) {
        x_ = coordinates(b);
        for (std::size_t i = 0; i < size(); ++i) {
            if (!is_artificial(i) || x_[i].sign() >= 0) continue;
            x_[i].negate();
            for (BigInteger& entry : inverse_[i]) entry.negate();
        }
    }
    /// b += amount times the i-th column.
    void add_to_factor(std::size_t i, const BigInteger& amount) { x_[i] += amount * determinant_; }

    /// The sum of the artificial factors is zero: b is a combination of the other columns.
    bool is_solved() const {
        for (std::size_t i = 0; i < size(); ++i)
            if (is_artificial(i) && x_[i].sign() != 0) return false;
        return true;
    }
    /// D v, v = -B'^-1 c, c being 1 for the artificial columns and 0 for the others; see PhaseOne.
    Integers direction() const {
        Integers v(size());
        for (std::size_t i = 0; i < size(); ++i)
            for (std::size_t j = 0; is_artificial(i) && j < size(); ++j) v[j] -= inverse_[i][j];
        return v;
    }
    /// The column that reaches zero first when one with coordinates w enters; of several that with the lowest id.
    std::size_t leaving(const Integers& w) const {
        std::size_t out = size();
        for (std::size_t i = 0; i < size(); ++i) {
            if (w[i].sign() <= 0) continue;
            if (out == size()) {
                out = i;
                continue;
            }
            BigInteger difference = x_[i] * w[out];
            difference -= x_[out] * w[i];
            if (difference.sign() < 0 || (difference.sign() == 0 && ids_[i] < ids_[out])) out = i;
        }
        return out;
    }

private:
    // entry = (entry pivot - factor row) / D
    void eliminate(BigInteger& entry, const BigInteger& factor, const BigInteger& row, const BigInteger& pivot) const {
        if (entry.sign() != 0) entry = entry * pivot;
        if (factor.sign() != 0 && row.sign() != 0) entry -= factor * row;
        if (entry.sign() != 0) entry.divide_exactly(determinant_);
    }
    void negate_all() {
        determinant_.negate();
        for (std::size_t l = 0; l < size(); ++l) {
            x_[l].negate();
            for (BigInteger& entry : inverse_[l]) entry.negate();
        }
    }

    std::vector<Index> ids_;
    std::vector<Integers> inverse_;
    Integers x_;
    BigInteger determinant_;
};

}  // namespace gradus::detail
