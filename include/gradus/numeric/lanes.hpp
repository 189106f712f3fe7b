#pragma once
// The innermost loops, on plain arrays: what compilers turn into vector instructions by themselves. Written with
// Eigen's expressions they run no faster (measured: 10 to 14 numbers per nanosecond in cache either way, three times
// what memory delivers) and cost the compiler a hundred times as much.

#include <gradus/core/types.hpp>

#include <cmath>

namespace gradus {

/// Sum of term(i), i < n, in eight interleaved partial sums: independent chains of additions, and a shorter error bound
/// than one chain.
template <Scalar S, class Term>
inline S lane_sum(Index n, Term&& term) {
    constexpr Index lanes = 8;
    S sum[lanes];
    for (Index l = 0; l < lanes; ++l) sum[l] = S(0);
    Index i = 0;
    for (; i + lanes <= n; i += lanes)
        for (Index l = 0; l < lanes; ++l) sum[l] += term(i + l);
    S rest(0);
    for (; i < n; ++i) rest += term(i);
    return (((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]))) + rest;
}

/// sum_i s_i value(i), i < n at most max_block_rows: a row of weight zero counts nothing, whatever stands there. The
/// products are written down before they are added, because of a sum over terms that a condition chooses GCC 12 loses
/// some at -O3 with AVX-512: an ordinal fit with weights of zero ended at once, its values being wrong.
template <Scalar S, class Value>
inline S weighted_sum(const ConstVectorView<S>& s, Value&& value) {
    BlockArray<S> part(s.size());
    for (Index i = 0; i < part.size(); ++i) part[i] = s[i] > S(0) ? S(s[i] * value(i)) : S(0);
    return lane_sum<S>(part.size(), [&](Index i) { return part[i]; });
}

/// Largest |term(i)|, i < n, in eight interleaved maxima; NaN is passed over.
template <Scalar S, class Term>
inline S lane_max_abs(Index n, Term&& term) {
    using std::abs;
    constexpr Index lanes = 8;
    S largest[lanes];
    for (Index l = 0; l < lanes; ++l) largest[l] = S(0);
    Index i = 0;
    for (; i + lanes <= n; i += lanes)
        for (Index l = 0; l < lanes; ++l) {
            const S size = abs(term(i + l));
            largest[l] = size > largest[l] ? size : largest[l];
        }
    for (; i < n; ++i) {
        const S size = abs(term(i));
        largest[0] = size > largest[0] ? size : largest[0];
    }
    for (Index l = 1; l < lanes; ++l) largest[0] = largest[l] > largest[0] ? largest[l] : largest[0];
    return largest[0];
}
/// Sixteen numbers at a time, for loops with more than one result: compilers make vectors of plain ones only now and
/// then (least and largest of 512 numbers: 0.36 nanoseconds each, with these 0.10).
template <Scalar S>
using Sixteen = Eigen::Array<S, 16, 1>;

template <Scalar S>
struct Extent {
    S least, largest;
};
/// Of sixteen of either, and of n more numbers.
template <Scalar S>
Extent<S> joined_extent(const Sixteen<S>& least, const Sixteen<S>& largest, const S* more, Index n) {
    Extent<S> out{least[0], largest[0]};
    const auto see = [&](const S& low, const S& high) {
        out.least = low < out.least ? low : out.least;
        out.largest = high > out.largest ? high : out.largest;
    };
    for (Index l = 1; l < 16; ++l) see(least[l], largest[l]);
    for (Index i = 0; i < n; ++i) see(more[i], more[i]);
    return out;
}
/// Of n > 0 numbers; where some are NaN, of others among them, or NaN.
template <Scalar S>
GRADUS_NOINLINE Extent<S> extent_of(const S* x, Index n) {
    Sixteen<S> least = Sixteen<S>::Constant(x[0]), largest = least;
    Index i = 0;
    for (; i + 16 <= n; i += 16) {
        const Eigen::Map<const Sixteen<S>> number(x + i);
        least = least.min(number);
        largest = largest.max(number);
    }
    return joined_extent<S>(least, largest, x + i, n - i);
}

template <Scalar S>
struct Powers {
    S first, second;
    Extent<S> extent;
};
/// sum_i t_i and sum_i t_i^2, t_i = unit x_i - origin, i < n; and the extent of x. The numbers after them are asked for
/// from memory meanwhile. 400000 x 100 in 11.7 ms; the extent and then the sums took 17.
template <Scalar S>
GRADUS_NOINLINE Powers<S> powers_of(const S* x, Index n, const S& unit, const S& origin) {
    Sixteen<S> first = Sixteen<S>::Zero(), second = first, least = Sixteen<S>::Constant(x[0]), largest = least;
    Index i = 0;
    constexpr Index line = sizeof(S) < 64 ? 64 / sizeof(S) : 1;
    for (; i + 16 <= n; i += 16) {
        for (Index l = line - 1; l < 16; l += line) GRADUS_PREFETCH(x + n + i + l);
        const Eigen::Map<const Sixteen<S>> number(x + i);
        least = least.min(number);
        largest = largest.max(number);
        const Sixteen<S> t = number * unit - origin;
        first += t;
        second += t * t;
    }
    Powers<S> out{S(0), S(0), joined_extent<S>(least, largest, x + i, n - i)};
    for (; i < n; ++i) {
        const S t = unit * x[i] - origin;
        out.first += t;
        out.second += t * t;
    }
    out.first += lane_sum<S>(16, [&](Index l) { return first[l]; });
    out.second += lane_sum<S>(16, [&](Index l) { return second[l]; });
    return out;
}

template <Scalar S>
GRADUS_NOINLINE S max_abs(const S* x, Index n) {
    return lane_max_abs<S>(n, [=](Index i) { return x[i]; });
}
/// Largest |x_i - y_i|; NaN is passed over.
template <Scalar S>
GRADUS_NOINLINE S max_distance(const S* x, const S* y, Index n) {
    return lane_max_abs<S>(n, [=](Index i) { return S(x[i] - y[i]); });
}
/// 0, or NaN where some x_i is not finite.
template <Scalar S>
GRADUS_NOINLINE S zero_if_finite(const S* x, Index n) {
    return lane_sum<S>(n, [=](Index i) { return S(x[i] - x[i]); });
}

template <Scalar S>
GRADUS_NOINLINE S dot(const S* x, const S* y, Index n) {
    return lane_sum<S>(n, [=](Index i) { return x[i] * y[i]; });
}
/// sum_i (x_i - shift) y_i
template <Scalar S>
GRADUS_NOINLINE S shifted_dot(const S* x, const S& shift, const S* y, Index n) {
    const S c = shift;
    return lane_sum<S>(n, [=](Index i) { return (x[i] - c) * y[i]; });
}
/// y += a x
template <Scalar S>
GRADUS_NOINLINE void add_multiple(const S& factor, const S* GRADUS_RESTRICT x, S* GRADUS_RESTRICT y, Index n) {
    const S a = factor;
    for (Index i = 0; i < n; ++i) y[i] += a * x[i];
}
/// y += a_0 x_0 + a_1 x_1 + a_2 x_2 + a_3 x_3, where x may be in single precision
template <Scalar S, Scalar X>
GRADUS_NOINLINE void add_four_multiples(const S* factors, const X* const* x, S* GRADUS_RESTRICT y, Index n) {
    const S a0 = factors[0], a1 = factors[1], a2 = factors[2], a3 = factors[3];
    const X *GRADUS_RESTRICT x0 = x[0], *GRADUS_RESTRICT x1 = x[1], *GRADUS_RESTRICT x2 = x[2],
                             *GRADUS_RESTRICT x3 = x[3];
    for (Index i = 0; i < n; ++i) y[i] += (a0 * S(x0[i]) + a1 * S(x1[i])) + (a2 * S(x2[i]) + a3 * S(x3[i]));
}

}  // namespace gradus
