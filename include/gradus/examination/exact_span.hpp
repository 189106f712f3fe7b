#pragma once
// What margins leave open, and of how many parameters they speak at all.

#include <gradus/examination/exact_margins.hpp>

namespace gradus::detail {

/// The space that some margins span: a basis of margins, and a basis of the directions that leave all of them
/// unchanged.
struct ExactSpan {
    std::vector<Index> members;
    std::vector<Integers> unseen;

    /// A direction that changes none of the margins, but the linear function f; null: f is a combination of them.
    const Integers* changing(const Integers& f) const {
        for (const Integers& direction : unseen)
            if (integer_dot(direction, f).sign() != 0) return &direction;
        return nullptr;
    }
};

/// By elimination: O(d^3) products of integers of up to 53 d bits.
template <class Walk, Scalar S>
GRADUS_ONCE ExactSpan exact_span(const ExactMargins<Walk, S>& margins, const std::vector<Index>& which) {
    ExactBasis basis(margins.dimension());
    ExactSpan out;
    for (std::size_t i = 0; i < basis.size(); ++i) {
        const Index seen = margins.changed(which, basis.row(i));
        if (seen < 0) continue;
        basis.exchange(i, basis.coordinates(margins.integers(seen)), seen);
        out.members.push_back(seen);
    }
    for (std::size_t i = 0; i < basis.size(); ++i)
        if (basis.is_artificial(i)) out.unseen.push_back(basis.row(i));
    return out;
}

/// The rank of integer vectors modulo a prime: never above their rank, and hardly ever below. O(d^2) for each vector.
class ModularRank {
public:
    explicit ModularRank(std::size_t d) : rows_(d) {}

    std::size_t value() const { return rank_; }
    bool is_full() const { return rank_ == rows_.size(); }
    void add(const Integers& z) {
        std::vector<std::uint64_t> x(z.size());
        for (std::size_t j = 0; j < x.size(); ++j) x[j] = z[j].modulo(prime);
        for (std::size_t j = 0; j < x.size(); ++j) {
            if (x[j] == 0) continue;
            if (rows_[j].empty()) return take(j, x);
            const std::uint64_t factor = prime - x[j];
            for (std::size_t l = j; l < x.size(); ++l) x[l] = (x[l] + factor * rows_[j][l]) % prime;
        }
    }

private:
    static constexpr std::uint32_t prime = 2'147'483'647;

    // the row with the leading one in the j-th place
    void take(std::size_t j, std::vector<std::uint64_t>& x) {
        const std::uint64_t inverse = power(x[j], prime - 2);
        for (std::uint64_t& entry : x) entry = entry * inverse % prime;
        rows_[j] = std::move(x);
        ++rank_;
    }
    static std::uint64_t power(std::uint64_t base, std::uint32_t exponent) {
        std::uint64_t out = 1;
        for (; exponent > 0; exponent /= 2, base = base * base % prime)
            if (exponent % 2 == 1) out = out * base % prime;
        return out;
    }

    std::vector<std::vector<std::uint64_t>> rows_;
    std::size_t rank_ = 0;
};

/// Whether the margins determine all parameters. true is certain.
template <class Walk, Scalar S>
GRADUS_ONCE bool have_full_rank(const ExactMargins<Walk, S>& margins, const std::vector<Index>& which) {
    ModularRank rank(margins.dimension());
    const std::size_t step = 4 * margins.dimension();
    for (std::size_t first = 0; first < which.size() && !rank.is_full(); first += step) {
        const auto begin = which.begin() + static_cast<std::ptrdiff_t>(first);
        const std::vector<Index> some(begin, begin + static_cast<std::ptrdiff_t>(std::min(step, which.size() - first)));
        margins.visit(some, [&](Index, const Vector<S>& z) { rank.add(margins.integers(z)); });
    }
    return rank.is_full();
}

}  // namespace gradus::detail
