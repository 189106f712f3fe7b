#pragma once
// Vector registers: the few numbers that the kernels of matrix products compute with at a time.

#include <gradus/core/types.hpp>

#include <type_traits>
#include <utility>

namespace gradus::detail {

/// Numbers in the widest vector register, 1 for scalars that have none.
template <Scalar S>
inline constexpr int lanes = static_cast<int>(EIGEN_MAX_STATIC_ALIGN_BYTES / sizeof(S) > 1
                                                  ? EIGEN_MAX_STATIC_ALIGN_BYTES / sizeof(S)
                                                  : 1);

/// There are 32 registers with AVX-512, else 16.
inline constexpr bool has_many_registers = EIGEN_MAX_STATIC_ALIGN_BYTES >= 64;

#if defined(__AVX512F__)
inline constexpr std::size_t register_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t register_bytes = 32;
#elif defined(__SSE2__)
inline constexpr std::size_t register_bytes = 16;
#else
inline constexpr std::size_t register_bytes = 0;
#endif

#if defined(__GNUC__) && defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define GRADUS_HAS_VECTOR_TYPES  // and their shuffles: GCC 12, Clang 14
#endif
#endif

/// Whether the compiler is given a register's numbers as such, or as an array of Eigen's.
template <Scalar S>
inline constexpr bool has_registers = false;

template <Scalar S, bool = has_registers<S>>
struct LaneOf {
    using Type = Eigen::Array<S, lanes<S>, 1>;
};

#ifdef GRADUS_HAS_VECTOR_TYPES

template <>
inline constexpr bool has_registers<float> = lanes<float> * sizeof(float) == register_bytes;
template <>
inline constexpr bool has_registers<double> = lanes<double> * sizeof(double) == register_bytes;

template <Scalar S>
struct LaneOf<S, true> {
    typedef S Type __attribute__((vector_size(lanes<S> * sizeof(S))));
    typedef S InMemory __attribute__((vector_size(lanes<S> * sizeof(S)), aligned(alignof(S)), may_alias));
};

/// From here on x stands in a register and nowhere else for all that the compiler knows. Otherwise compilers read it
/// from memory again at each use, twice as many reads as the machine has room for: 256 x 100 rows of a Gram product run
/// at 52 GFlop/s (GCC 12) and 89 (Clang 14) without, at 88 and 114 with this; with AVX2 at 44 and 34, 55 and 56. With
/// SSE2, whose instructions take a number from memory for less than it costs to keep it, it is the other way round: 24
/// without, 17 with it.
template <class L>
inline void hold(L& x) {
    if constexpr (register_bytes >= 32) asm("" : "+v"(x));
}

/// The first half of the numbers plus the second.
template <class L, int... i>
inline auto halved(const L& a, std::integer_sequence<int, i...>) {
    return __builtin_shufflevector(a, a, i...) + __builtin_shufflevector(a, a, (i + static_cast<int>(sizeof...(i)))...);
}
/// The sums of the numbers of a, b, c and d, `count` each.
template <int count, class L>
inline auto sums_of_four(const L& a, const L& b, const L& c, const L& d) {
    if constexpr (count > 4) {
        constexpr std::make_integer_sequence<int, count / 2> half;
        return sums_of_four<count / 2>(halved(a, half), halved(b, half), halved(c, half), halved(d, half));
    } else {
        const auto ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7),
                   cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
        return __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
    }
}

#endif

template <Scalar S>
using Lane = typename LaneOf<S>::Type;

/// The numbers from x on.
template <Scalar S>
inline Lane<S> lane_at(const S* x) {
    if constexpr (has_registers<S>) {
        Lane<S> out = *reinterpret_cast<const typename LaneOf<S>::InMemory*>(x);
        hold(out);
        return out;
    } else {
        return Eigen::Map<const Lane<S>>(x);
    }
}
template <Scalar S>
inline Lane<S> lane_of_zeros() {
    if constexpr (has_registers<S>) return Lane<S>{};
    else return Lane<S>::Zero();
}
template <Scalar S>
inline void store_lane(const Lane<S>& from, S* to) {
    if constexpr (has_registers<S>) {
        *reinterpret_cast<typename LaneOf<S>::InMemory*>(to) = from;
    } else {
        Eigen::Map<Lane<S>> out(to);
        out = from;
    }
}
template <Scalar S>
inline S sum_of(const Lane<S>& x) {
    if constexpr (has_registers<S> && lanes<S> >= 4) {
        return sums_of_four<lanes<S>>(x, x, x, x)[0];
    } else {
        S sum = x[0];
        for (int l = 1; l < lanes<S>; ++l) sum += x[l];
        return sum;
    }
}
/// sums[m] = the sum of x[m], m < N. Four at a time take half the instructions of four one by one, which cost as much
/// as the products of a hundred rows: a Gram product of 256 x 100 rows runs at 100 GFlop/s so, at 88 without.
template <int N, Scalar S>
inline void sums_of(const Lane<S>* x, S* sums) {
    int m = 0;
    if constexpr (has_registers<S> && lanes<S> >= 4)
        for (; m + 4 <= N; m += 4) {
            const auto four = sums_of_four<lanes<S>>(x[m], x[m + 1], x[m + 2], x[m + 3]);
            for (int l = 0; l < 4; ++l) sums[m + l] = four[l];
        }
    for (; m < N; ++m) sums[m] = sum_of<S>(x[m]);
}

}  // namespace gradus::detail
