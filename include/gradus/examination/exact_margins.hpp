#pragma once
// Margins as vectors of integers, and the signs of their products with integers.

#include <gradus/examination/exact_basis.hpp>
#include <gradus/examination/margins.hpp>

#include <span>

namespace gradus::detail {

/// How margins change along a direction.
struct MarginSigns {
    std::vector<signed char> sign;  ///< of each; not all are known where one is negative
    Index least = -1;               ///< the place of one that falls, if any does
};

/// The margins of a walk whose gradients of eta are exact numbers, as the user's own rows are. A floating-point number
/// is an integer times a power of two; with one power for each parameter margins become integers, and a direction v of
/// integers stands for the parameters v_j / 2^exponent_j. A shift or a scale of a column loses nothing.
template <class Walk, Scalar S>
class ExactMargins {
public:
    ExactMargins(const Walk& walk, const std::vector<Margin>& margins)
        : walk_(&walk),
          margins_(&margins),
          exponents_(static_cast<std::size_t>(walk.predictor().dimension()), 0),
          size_exponents_(exponents_.size(), std::numeric_limits<int>::min()),
          is_known_(exponents_.size(), false) {
        visit(all(), [&](Index, const Vector<S>& z) { see_exponents(z); });
    }

    std::size_t dimension() const { return exponents_.size(); }
    std::vector<Index> all() const {
        std::vector<Index> out(margins_->size());
        for (std::size_t m = 0; m < out.size(); ++m) out[m] = static_cast<Index>(m);
        return out;
    }

    /// at(place, z) for each of these margins; in any order.
    void visit(const std::vector<Index>& which, FunctionRef<Index, const Vector<S>&> at) const {
        std::vector<Index> rows(which.size());
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = margin(which[i]).row;
        Vector<S> z(static_cast<Index>(dimension()));
        walk_->directions_at(std::span<const Index>(rows), [&](Index i, const auto& add) {
            const Margin& of = margin(which[static_cast<std::size_t>(i)]);
            z.setZero();
            if (of.plus >= 0) add(of.plus, S(1), z);
            if (of.minus >= 0) add(of.minus, S(-1), z);
            at(i, z);
        });
    }
    Integers integers(const Vector<S>& z) const {
        Integers out(dimension());
        for (std::size_t j = 0; j < out.size(); ++j) {
            std::int64_t exponent = exponents_[j];
            out[j] = BigInteger::odd_part(z[static_cast<Index>(j)], exponent);
            out[j] <<= static_cast<Index>(exponent - exponents_[j]);
        }
        return out;
    }
    Integers integers(Index which) const {
        Integers out;
        visit({which}, [&](Index, const Vector<S>& z) { out = integers(z); });
        return out;
    }
    /// A linear function f of the parameters, times a power of two, as a function of directions of integers.
    Integers functional(const Vector<S>& f) const { return scaled_to_integers(f, -1); }
    /// A direction in the parameters, times a power of two.
    Integers direction(const Vector<S>& v) const { return scaled_to_integers(v, 1); }
    /// The power of two by which the size of margins in the j-th parameter is bounded.
    int size_exponent(std::size_t j) const { return size_exponents_[j]; }

    /// Products are rounded first, and formed exactly where the bound of their error leaves the sign open.
    /// `until_one_falls`: no others are formed exactly when one is seen to fall without.
    MarginSigns signs(const std::vector<Index>& which, const Integers& direction, bool until_one_falls = false) const {
        using std::abs;
        const Vector<S> v = rounded(direction);
        const S unit = S(static_cast<double>(v.size() + 8)) * epsilon<S>, tiny = std::numeric_limits<S>::min();
        MarginSigns out{std::vector<signed char>(which.size(), 0), -1};
        std::vector<Index> open, places;
        S least(0);
        visit(which, [&](Index place, const Vector<S>& z) {
            S gain(0), size(0);
            for (Index j = 0; j < v.size(); ++j) {
                if (z[j] == S(0) || v[j] == S(0)) continue;
                gain += z[j] * v[j];
                size += abs(z[j]) * (abs(v[j]) * unit + tiny) + tiny;
            }
            if (gain > size) out.sign[static_cast<std::size_t>(place)] = 1;
            else if (gain < -size) {
                out.sign[static_cast<std::size_t>(place)] = -1;
                if (gain < least) {
                    least = gain;
                    out.least = place;
                }
            } else if (size > S(0)) {
                open.push_back(which[static_cast<std::size_t>(place)]);
                places.push_back(place);
            }
        });
        if (until_one_falls && out.least >= 0) return out;
        visit(open, [&](Index i, const Vector<S>& z) {
            const int sign = product(z, direction).sign();
            const Index place = places[static_cast<std::size_t>(i)];
            out.sign[static_cast<std::size_t>(place)] = static_cast<signed char>(sign);
            if (sign < 0 && (out.least < 0 || place < out.least)) out.least = place;
        });
        return out;
    }
    /// One that changes along the direction; -1: none does.
    Index changed(const std::vector<Index>& which, const Integers& direction) const {
        std::size_t size = 64;
        for (std::size_t first = 0; first < which.size(); first += size, size *= 2) {
            const auto begin = which.begin() + static_cast<std::ptrdiff_t>(first);
            const std::vector<Index> some(begin,
                                          begin + static_cast<std::ptrdiff_t>(std::min(size, which.size() - first)));
            const std::vector<signed char> sign = signs(some, direction).sign;
            const auto found = std::find_if(sign.begin(), sign.end(), [](int one) { return one != 0; });
            if (found != sign.end()) return some[static_cast<std::size_t>(found - sign.begin())];
        }
        return -1;
    }
    /// How much each margin changes along the direction, in units of the most; each with some roundings of itself
    /// alone.
    std::vector<S> changes(const Integers& direction) const {
        const std::vector<Index> which = all();
        std::vector<BigInteger> exact(which.size());
        visit(which,
              [&](Index place, const Vector<S>& z) { exact[static_cast<std::size_t>(place)] = product(z, direction); });
        Index bits = 0;
        for (const BigInteger& one : exact) bits = std::max(bits, one.bits());
        std::vector<S> out;
        for (const BigInteger& one : exact) out.push_back(one.template scaled<S>(bits));
        return out;
    }
    bool all_grow(const std::vector<Index>& which, const Integers& direction) const {
        const MarginSigns found = signs(which, direction);
        return std::all_of(found.sign.begin(), found.sign.end(), [](int sign) { return sign > 0; });
    }

private:
    const Margin& margin(Index which) const { return (*margins_)[static_cast<std::size_t>(which)]; }

    BigInteger product(const Vector<S>& z, const Integers& direction) const {
        BigInteger sum;
        for (std::size_t j = 0; j < direction.size(); ++j) {
            const S entry = z[static_cast<Index>(j)];
            if (entry == S(0) || direction[j].sign() == 0) continue;
            std::int64_t exponent = 0;
            BigInteger factor = BigInteger::odd_part(entry, exponent);
            factor <<= static_cast<Index>(exponent - exponents_[j]);
            sum += factor * direction[j];
        }
        return sum;
    }
    // v_j 2^(sign exponent_j), all times the power of two that makes them integers
    Integers scaled_to_integers(const Vector<S>& v, int sign) const {
        Integers out(dimension());
        std::vector<std::int64_t> exponent(dimension());
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        for (std::size_t j = 0; j < out.size(); ++j) {
            out[j] = BigInteger::odd_part(v[static_cast<Index>(j)], exponent[j]);
            exponent[j] += sign * exponents_[j];
            if (out[j].sign() != 0) least = std::min(least, exponent[j]);
        }
        for (std::size_t j = 0; j < out.size(); ++j)
            if (out[j].sign() != 0) out[j] <<= static_cast<Index>(exponent[j] - least);
        return out;
    }

    void see_exponents(const Vector<S>& z) {
        using std::ilogb, std::ldexp, std::rint;
        for (std::size_t j = 0; j < exponents_.size(); ++j) {
            const S x = z[static_cast<Index>(j)];
            if (x == S(0)) continue;
            size_exponents_[j] = std::max(size_exponents_[j], ilogb(x) + 1);
            const S shifted = ldexp(x, static_cast<int>(-exponents_[j]));
            if (is_known_[j] && shifted - shifted == S(0) && rint(shifted) == shifted && shifted != S(0)) continue;
            std::int64_t exponent = 0;
            BigInteger::odd_part(x, exponent);
            exponents_[j] = is_known_[j] ? std::min(exponents_[j], exponent) : exponent;
            is_known_[j] = true;
        }
    }

    // the parameters that an integer direction stands for, times a power of two, the largest about 1; zeros are exact
    Vector<S> rounded(const Integers& direction) const {
        std::int64_t largest = std::numeric_limits<std::int64_t>::min();
        for (std::size_t j = 0; j < direction.size(); ++j)
            if (direction[j].sign() != 0)
                largest = std::max<std::int64_t>(largest, direction[j].bits() - exponents_[j]);
        Vector<S> out = Vector<S>::Zero(static_cast<Index>(direction.size()));
        for (std::size_t j = 0; j < direction.size(); ++j)
            if (direction[j].sign() != 0)
                out[static_cast<Index>(j)] = not_zero(direction[j].template scaled<S>(largest + exponents_[j]));
        return out;
    }

    static S not_zero(const S& x) { return x == S(0) ? std::numeric_limits<S>::min() : x; }

    const Walk* walk_;
    const std::vector<Margin>* margins_;
    std::vector<std::int64_t> exponents_;
    std::vector<int> size_exponents_;
    std::vector<bool> is_known_;
};

}  // namespace gradus::detail
