#pragma once
// Integers of any size: what decides a sign that floating point cannot.

#include <gradus/core/types.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace gradus {

namespace detail {

#if defined(__SIZEOF_INT128__)
using Limb = std::uint64_t;
__extension__ using WideLimb = unsigned __int128;
#else
using Limb = std::uint32_t;
using WideLimb = std::uint64_t;
#endif

}  // namespace detail

/// A sign and a magnitude in limbs, the lowest first. The few operations that elimination without fractions needs.
class BigInteger {
public:
    using Limb = detail::Limb;
    static constexpr int limb_bits = std::numeric_limits<Limb>::digits;

    BigInteger() = default;
    BigInteger(std::int32_t value) : is_negative_(value < 0) {
        if (value != 0) limbs_.push_back(static_cast<Limb>(value < 0 ? -std::int64_t(value) : std::int64_t(value)));
    }

    /// x = integer * 2^exponent, with an odd integer; exponent is untouched where x is zero.
    template <Scalar S>
    static BigInteger odd_part(const S& x, std::int64_t& exponent) {
        using std::frexp, std::ldexp;
        BigInteger out;
        if (x == S(0)) return out;
        int e = 0;
        S rest = frexp(x < S(0) ? S(-x) : x, &e);  // its leading bits, one limb after another
        std::int64_t place = e;
        while (rest != S(0)) {
            const S shifted = ldexp(rest, 32);
            const auto piece = static_cast<std::uint32_t>(shifted);
            rest = shifted - S(piece);
            out <<= 32;
            out += piece_of(piece);
            place -= 32;
        }
        const Index zeros = out.trailing_zeros();
        out >>= zeros;
        exponent = place + zeros;
        out.is_negative_ = x < S(0);
        return out;
    }

    int sign() const { return limbs_.empty() ? 0 : is_negative_ ? -1 : 1; }
    Index bits() const {
        return limbs_.empty() ? 0 : size() * limb_bits - static_cast<Index>(std::countl_zero(limbs_.back()));
    }
    /// Its value times 2^-exponent, up to some roundings.
    template <Scalar S>
    S scaled(std::int64_t exponent) const {
        using std::ldexp;
        constexpr Index enough = (std::numeric_limits<S>::digits + limb_bits - 1) / limb_bits + 1;
        S sum(0);
        for (Index i = std::max<Index>(0, size() - enough); i < size(); ++i) {
            const std::int64_t place = std::clamp<std::int64_t>(i * limb_bits - exponent, -1'000'000, 1'000'000);
            sum += ldexp(static_cast<S>(limb(i)), static_cast<int>(place));
        }
        return is_negative_ ? S(-sum) : sum;
    }

    void negate() { is_negative_ = !is_negative_; }
    BigInteger& operator+=(const BigInteger& other) { return add(other, other.is_negative_); }
    BigInteger& operator-=(const BigInteger& other) { return add(other, !other.is_negative_); }
    friend BigInteger operator*(const BigInteger& a, const BigInteger& b) {
        BigInteger out;
        out.add_product(a, b);
        out.is_negative_ = a.is_negative_ != b.is_negative_;
        return out;
    }
    BigInteger& operator<<=(Index bits) {
        const auto whole = static_cast<std::size_t>(bits / limb_bits);
        const int part = static_cast<int>(bits % limb_bits);
        std::vector<Limb> moved(limbs_.empty() ? 0 : whole + limbs_.size() + 1, Limb(0));
        for (std::size_t i = 0; i < limbs_.size(); ++i) {
            moved[whole + i] = static_cast<Limb>(moved[whole + i] | limbs_[i] << part);
            if (part > 0) moved[whole + i + 1] = static_cast<Limb>(limbs_[i] >> (limb_bits - part));
        }
        limbs_.swap(moved);
        trim();
        return *this;
    }
    /// The bits that fall out at the low end are lost.
    BigInteger& operator>>=(Index bits) {
        const Index whole = std::min(bits / limb_bits, size());
        limbs_.erase(limbs_.begin(), limbs_.begin() + whole);
        const int part = static_cast<int>(bits % limb_bits);
        Limb carry = 0;
        for (std::size_t i = limbs_.size(); part > 0 && i-- > 0;)
            carry = static_cast<Limb>(std::exchange(limbs_[i], static_cast<Limb>(limbs_[i] >> part | carry))
                                      << (limb_bits - part));
        trim();
        return *this;
    }
    Index trailing_zeros() const {
        Index i = 0;
        while (i < size() && limb(i) == 0) ++i;
        return i == size() ? 0 : i * limb_bits + static_cast<Index>(std::countr_zero(limb(i)));
    }

    /// The remainder, from 0 to divisor - 1.
    std::uint32_t modulo(std::uint32_t divisor) const {
        detail::WideLimb rest = 0;
        for (Index i = size(); i-- > 0;) rest = ((rest << limb_bits) + limb(i)) % divisor;
        const auto out = static_cast<std::uint32_t>(rest);
        return is_negative_ && out != 0 ? divisor - out : out;
    }

    /// The quotient by a divisor that is known to leave no remainder, from the lowest limb up (Jebelean, J. Symb.
    /// Comput. 15 (1993), 169).
    BigInteger& divide_exactly(BigInteger divisor) {
        const Index zeros = divisor.trailing_zeros();
        divisor >>= zeros;
        *this >>= zeros;
        is_negative_ = is_negative_ != divisor.is_negative_;
        if (divisor.size() == 1 && divisor.limb(0) == 1) return *this;
        Limb inverse = divisor.limb(0);  // modulo 2^3, and each step of Newton doubles the bits
        for (int known = 3; known < limb_bits; known *= 2)
            inverse = static_cast<Limb>(inverse * static_cast<Limb>(2 - divisor.limb(0) * inverse));
        const Index length = size() - std::min(size(), divisor.size() - 1);
        for (Index i = 0; i < length; ++i) {
            const Limb quotient = static_cast<Limb>(limb(i) * inverse);
            subtract_multiple(quotient, divisor, i);
            limb(i) = quotient;
        }
        limbs_.resize(static_cast<std::size_t>(length));
        trim();
        return *this;
    }

private:
    static BigInteger piece_of(std::uint32_t piece) {
        BigInteger out;
        if (piece != 0) out.limbs_.push_back(piece);
        return out;
    }
    Index size() const { return static_cast<Index>(limbs_.size()); }
    Limb& limb(Index i) { return limbs_[static_cast<std::size_t>(i)]; }
    Limb limb(Index i) const { return limbs_[static_cast<std::size_t>(i)]; }
    void trim() {
        while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
        if (limbs_.empty()) is_negative_ = false;
    }

    bool is_smaller_than(const BigInteger& other) const {  // in magnitude
        if (size() != other.size()) return size() < other.size();
        return std::lexicographical_compare(limbs_.rbegin(), limbs_.rend(), other.limbs_.rbegin(), other.limbs_.rend());
    }
    BigInteger& add(const BigInteger& other, bool other_is_negative) {
        if (other.limbs_.empty()) return *this;
        if (limbs_.empty()) is_negative_ = other_is_negative;
        if (is_negative_ == other_is_negative) {
            add_magnitude(other);
        } else if (!is_smaller_than(other)) {
            subtract_magnitude(limbs_, other.limbs_);
        } else {
            std::vector<Limb> from = other.limbs_;
            subtract_magnitude(from, limbs_);
            limbs_ = std::move(from);
            is_negative_ = other_is_negative;
        }
        trim();
        return *this;
    }
    void add_magnitude(const BigInteger& other) {
        limbs_.resize(std::max(limbs_.size(), other.limbs_.size()) + 1, 0);
        Limb carry = 0;
        for (Index i = 0; i < size() && (carry != 0 || i < other.size()); ++i) {
            const detail::WideLimb sum = detail::WideLimb(limb(i)) + (i < other.size() ? other.limb(i) : 0) + carry;
            limb(i) = static_cast<Limb>(sum);
            carry = static_cast<Limb>(sum >> limb_bits);
        }
    }
    static void subtract_magnitude(std::vector<Limb>& from, const std::vector<Limb>& what) {
        Limb borrow = 0;
        for (std::size_t i = 0; i < from.size() && (borrow != 0 || i < what.size()); ++i) {
            const Limb taken = i < what.size() ? what[i] : 0, before = from[i];
            from[i] = static_cast<Limb>(before - taken - borrow);
            borrow = before < taken || (before == taken && borrow != 0) ? 1 : 0;
        }
    }
    void add_product(const BigInteger& a, const BigInteger& b) {
        if (a.limbs_.empty() || b.limbs_.empty()) return;
        limbs_.assign(a.limbs_.size() + b.limbs_.size(), 0);
        for (Index i = 0; i < a.size(); ++i) {
            Limb carry = 0;
            for (Index j = 0; j < b.size(); ++j) {
                const detail::WideLimb sum = detail::WideLimb(a.limb(i)) * b.limb(j) + limb(i + j) + carry;
                limb(i + j) = static_cast<Limb>(sum);
                carry = static_cast<Limb>(sum >> limb_bits);
            }
            limb(i + b.size()) = carry;
        }
        trim();
    }
    // limbs from `first` on minus factor * other, modulo the length
    void subtract_multiple(Limb factor, const BigInteger& other, Index first) {
        Limb carry = 0;
        for (Index i = first; i < size() && (carry != 0 || i - first < other.size()); ++i) {
            const Limb piece = i - first < other.size() ? other.limb(i - first) : 0;
            const detail::WideLimb product = detail::WideLimb(factor) * piece + carry;
            const Limb taken = static_cast<Limb>(product), before = limb(i);
            limb(i) = static_cast<Limb>(before - taken);
            carry = static_cast<Limb>(static_cast<Limb>(product >> limb_bits) + (before < taken ? 1 : 0));
        }
    }

    bool is_negative_ = false;
    std::vector<Limb> limbs_;
};

}  // namespace gradus
