#pragma once
// A seeded source of random numbers whose stream is the same on every platform: the distributions of <random> are not
// specified to the bit.

#include <gradus/core/config.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

namespace gradus {

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, fig. 15): a counter stepped by the golden ratio and mixed. Period 2^64.
class Random {
public:
    explicit constexpr Random(std::uint64_t seed = 1) : state_(seed) {}

    constexpr std::uint64_t bits() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    /// In the open interval (0, 1): 53 random bits and a half.
    constexpr double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
    constexpr double uniform(double low, double high) { return low + (high - low) * uniform(); }

    /// 0 .. count - 1, each equally likely up to 2^-64 count.
    constexpr std::uint64_t below(std::uint64_t count) {
        return static_cast<std::uint64_t>(uniform() * static_cast<double>(count));
    }

    /// Standard normal by the cosine half of Box and Muller's pair.
    double normal() {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

    /// Fisher and Yates: every order of the range equally likely.
    template <class Container>
    constexpr void shuffle(Container& items) {
        for (std::uint64_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

private:
    std::uint64_t state_;
};

}  // namespace gradus
