#pragma once
// Distribution functions F of ordinal models, seen through -log(F(b) - F(a)), so that no probability is too small to
// keep its digits.

#include <gradus/numeric/logistic_functions.hpp>
#include <gradus/numeric/mills_ratio.hpp>

#include <cmath>
#include <limits>

namespace gradus {

/// -log P, P = F(b) - F(a), and its derivatives. As log P is concave in (a, b) for all links here, they have a sign: a
/// >= 0 >= b, aa >= 0, bb >= 0 >= ab.
template <Scalar S>
struct IntervalLoss {
    S value{0}, a{0}, b{0}, aa{0}, ab{0}, bb{0};
};

/// The same for the rows of a block.
template <Scalar S>
struct IntervalLosses {
    explicit IntervalLosses(Index rows) : value(rows), a(rows), b(rows), aa(rows), ab(rows), bb(rows) {}
    void set(Index i, const IntervalLoss<S>& row) {
        value[i] = row.value;
        a[i] = row.a, b[i] = row.b;
        aa[i] = row.aa, ab[i] = row.ab, bb[i] = row.bb;
    }
    BlockArray<S> value, a, b, aa, ab, bb;
};

/// A link is a type with
///
///     name                        "logit"
///     quantile(below, above)      F^-1(below / (below + above)) for two positive numbers
///     intervals(a, b, out)        -log(F(b_i) - F(a_i)) and its derivatives; a_i may be -infinity, b_i +infinity
///
/// Where a_i >= b_i the value is +infinity and all derivatives are zero.
template <class L, class S = double>
concept Link = Scalar<S> && requires(const BlockArray<S>& a, IntervalLosses<S>& out, const S& mass) {
    { L::name } -> std::convertible_to<const char*>;
    { L::template quantile<S>(mass, mass) } -> std::convertible_to<S>;
    L::template intervals<S>(a, a, out);
};

namespace detail {

template <Scalar S>
bool is_edge(const S& eta) {
    return !(eta <= std::numeric_limits<S>::max() && eta >= std::numeric_limits<S>::lowest());
}

/// Row by row, with loss(a, b) for a < b.
template <Scalar S, class Row>
void for_each_interval(const BlockArray<S>& a, const BlockArray<S>& b, IntervalLosses<S>& out, Row&& loss) {
    for (Index i = 0; i < a.size(); ++i)
        out.set(i, a[i] < b[i] ? loss(a[i], b[i]) : IntervalLoss<S>{std::numeric_limits<S>::infinity()});
}

}  // namespace detail

/// F(x) = 1 / (1 + exp(-x)).
///
/// F(b) - F(a) = F(b) (1 - F(a)) (1 - exp(a - b)), so that -log P = log(1 + exp(-b)) + log(1 + exp(a)) - log(1 - exp(a
/// - b)): three terms that are never negative, and nothing cancels, in the derivatives neither. Written in exp(-|a|),
/// exp(-|b|) and exp(-(b - a)), it takes three exponentials and one logarithm in vector instructions.
struct Logit {
    static constexpr const char* name = "logit";

    template <Scalar S>
    static S quantile(const S& below, const S& above) {
        using std::log;
        return S(log(S(below / above)));
    }

    template <Scalar S>
    static void intervals(const BlockArray<S>& a, const BlockArray<S>& b, IntervalLosses<S>& out) {
        using std::expm1;
        const Index n = a.size();
        const BlockArray<S> ua = exp_or_zero<S>(a), ub = exp_or_zero<S>(b), d = b - a, v = exp_or_zero<S>(d);
        BlockArray<S> gap(n), odds(n);  // 1 - exp(-d), and 1 / P - 1 up to the two terms below
        for (Index i = 0; i < n; ++i) gap[i] = d[i] < S(0.5) ? S(-expm1(S(-d[i]))) : S(S(1) - v[i]);
        for (Index i = 0; i < n; ++i) odds[i] = (ua[i] + ub[i] * (S(1) + ua[i]) + v[i]) / gap[i];
        out.value = odds.log1p();
        for (Index i = 0; i < n; ++i) {
            const bool rises = d[i] > S(0);
            const S large_a = S(1) / (S(1) + ua[i]), small_a = ua[i] * large_a;
            const S large_b = S(1) / (S(1) + ub[i]), small_b = ub[i] * large_b;
            const S share = v[i] / gap[i];
            const S mixed = rises ? S(share / gap[i]) : S(0);
            out.value[i] += (a[i] > S(0) ? a[i] : S(0)) - (b[i] < S(0) ? b[i] : S(0));
            out.value[i] = rises ? out.value[i] : std::numeric_limits<S>::infinity();
            out.a[i] = rises ? S((a[i] > S(0) ? large_a : small_a) + share) : S(0);
            out.b[i] = rises ? S(-(b[i] > S(0) ? small_b : large_b) - share) : S(0);
            out.aa[i] = rises ? S(small_a * large_a + mixed) : S(0);
            out.bb[i] = rises ? S(small_b * large_b + mixed) : S(0);
            out.ab[i] = -mixed;
        }
    }

private:
    // exp(-|x|); zero at infinity, where Eigen's exp stops at the smallest number and slows down whoever computes with
    // it
    template <Scalar S>
    static BlockArray<S> exp_or_zero(const BlockArray<S>& x) {
        const S largest = std::numeric_limits<S>::max();
        BlockArray<S> out(x.size());
        for (Index i = 0; i < x.size(); ++i) out[i] = x[i] <= largest && x[i] >= -largest ? x[i] : S(0);
        out = exp_of_minus_abs(out).eval();
        for (Index i = 0; i < x.size(); ++i) out[i] = x[i] <= largest && x[i] >= -largest ? out[i] : S(0);
        return out;
    }
};

/// F = Phi, the standard normal distribution.
///
/// By symmetry only intervals with a + b <= 0 need be looked at. In the tail (b <= 0) everything is in units of phi(b):
/// with Mills' ratio R, P = phi(b) (R(-b) - exp(-(a^2 - b^2) / 2) R(-a)), which neither underflows nor cancels unless
/// the interval is narrow; a narrow one is the series of phi about its middle.
struct Probit {
    static constexpr const char* name = "probit";

    template <Scalar S>
    static S quantile(const S& below, const S& above) {
        return normal_quantile<S>(below, above);
    }

    template <Scalar S>
    static void intervals(const BlockArray<S>& a, const BlockArray<S>& b, IntervalLosses<S>& out) {
        detail::for_each_interval<S>(a, b, out, [](const S& low, const S& high) {
            if (!(low + high > S(0))) return high > S(0) ? middle<S>(low, high) : tail<S>(low, high);
            const IntervalLoss<S> mirror = low < S(0) ? middle<S>(-high, -low) : tail<S>(-high, -low);
            return IntervalLoss<S>{mirror.value, S(-mirror.b), S(-mirror.a), mirror.bb, mirror.ab, mirror.aa};
        });
    }

private:
    // r_a = phi(a) / P, r_b = phi(b) / P; beyond_b = r_b + b
    template <Scalar S>
    static IntervalLoss<S> from_ratios(const S& value, const S& a, const S& ra, const S& rb, const S& beyond_b) {
        return {value, ra, S(-rb), ra > S(0) ? S(ra * (ra - a)) : S(0), S(-ra * rb), S(rb * beyond_b)};
    }

    // a < 0 < b <= -a
    template <Scalar S>
    static IntervalLoss<S> middle(const S& a, const S& b) {
        using std::erf, std::erfc, std::exp, std::log, std::log1p, std::sqrt;
        static const S root_half = sqrt(S(0.5));
        const bool is_open = detail::is_edge<S>(a);
        const S outside = (S(erfc(S(b * root_half))) + (is_open ? S(0) : S(erfc(S(-a * root_half))))) / S(2);
        const bool is_wide = outside < S(0.5);
        const S P = is_wide ? S(S(1) - outside) : S((S(erf(S(b * root_half))) + S(erf(S(-a * root_half)))) / S(2));
        const S value = is_wide ? S(-log1p(S(-outside))) : S(-log(P));
        const S ra = is_open ? S(0) : S(S(exp(S(-a * a / S(2) - half_log_two_pi<S>))) / P);
        const S rb = S(exp(S(-b * b / S(2) - half_log_two_pi<S>))) / P;
        return from_ratios<S>(value, a, ra, rb, S(rb + b));
    }

    // a < b <= 0
    template <Scalar S>
    static IntervalLoss<S> tail(const S& a, const S& b) {
        using std::exp, std::log;
        const S d = b - a, m = a + d / S(2);
        if (d < S(1) && -m * d < S(1)) return narrow<S>(a, b, d, m);
        const MillsRatio<S> at_b = mills_ratio<S>(-b);
        const S above = b * b / S(2) + half_log_two_pi<S>;  // -log phi(b)
        if (detail::is_edge<S>(a))
            return from_ratios<S>(S(above - S(log(at_b.ratio))), a, S(0), S(at_b.excess - b), at_b.excess);
        const S fall = exp(S(d * m)), cut = fall * mills_ratio<S>(-a).ratio;  // phi(a) / phi(b); Phi(a) / phi(b)
        const S P = at_b.ratio - cut;                                         // in units of phi(b)
        return from_ratios<S>(S(above - S(log(P))), a, S(fall / P), S(S(1) / P),
                              S(at_b.excess + cut / (at_b.ratio * P)));
    }

    // P = phi(m) d sum_n He_2n(m) (d/2)^2n / (2n + 1)!
    template <Scalar S>
    static IntervalLoss<S> narrow(const S& a, const S& b, const S& d, const S& m) {
        using std::abs, std::exp, std::log;
        const S h = d / S(2);
        S before(1), now = m * h, sum(1);  // He_n(m) h^n / n!
        for (int n = 1; abs(now) + abs(before) > epsilon<S> / S(8); ++n) {
            const S next = (m * h * now - h * h * before) / S(n + 1);
            before = now;
            now = next;
            if (n % 2 == 1) sum += now / S(n + 2);
        }
        const S width = d * sum;  // P / phi(m)
        const S rb = S(exp(S(-d * (b + m) / S(4)))) / width, ra = S(exp(S(d * (a + m) / S(4)))) / width;
        return from_ratios<S>(S(m * m / S(2) + half_log_two_pi<S> - S(log(width))), a, ra, rb, S(rb + b));
    }
};

/// F(x) = 1 - exp(-exp(x)), Gompertz's distribution of extreme values, which reaches 1 faster than 0.
///
/// P = exp(-A) (1 - exp(-g)) with A = exp(a) and g = exp(b) - exp(a). What could cancel or underflow is written in g /
/// (exp(g) - 1) and g / (1 - exp(-g)) - 1, which are tame at zero.
struct ComplementaryLogLog {
    static constexpr const char* name = "cloglog";

    template <Scalar S>
    static S quantile(const S& below, const S& above) {
        using std::log, std::log1p;
        return S(log(S(log1p(S(below / above)))));
    }

    template <Scalar S>
    static void intervals(const BlockArray<S>& a, const BlockArray<S>& b, IntervalLosses<S>& out) {
        detail::for_each_interval<S>(a, b, out, [](const S& low, const S& high) { return row<S>(low, high); });
    }

private:
    template <Scalar S>
    static IntervalLoss<S> row(const S& a, const S& b) {
        using std::exp, std::expm1, std::log1p;
        const bool is_open = detail::is_edge<S>(a);
        const S A = is_open ? S(0) : S(exp(a));
        const IntervalLoss<S> unbounded{A, A, S(0), A, S(0), S(0)};
        if (detail::is_edge<S>(b)) return unbounded;
        const S d = b - a;
        const S near = is_open ? S(1) : S(S(-1) / S(expm1(S(-d))));  // exp(b) / g
        const S far = is_open ? S(0) : S(S(1) / S(expm1(d)));        // exp(a) / g
        const S g = S(exp(b)) / near;
        if (!(g < S(std::numeric_limits<S>::max_exponent))) return unbounded;  // exp(-g) is zero
        const S fading = g > S(0) ? S(g / S(expm1(g))) : S(1);
        const S extra = g < S(1) ? small_extra<S>(g) : S(fading + g - S(1));  // g / (1 - exp(-g)) - 1
        const S log_loss = g < S(1) ? S(S(log1p(far)) + S(log1p(extra)) - b) : S(-log1p(S(-exp(S(-g)))));
        return {S(A + log_loss),
                S(A + far * fading),
                S(-near * fading),
                S(A + far * fading * (S(1) + far * (S(1) + extra))),
                S(-far * fading * near * (S(1) + extra)),
                S(near * fading * (far + near * extra))};
    }

    // (g - 1 + exp(-g)) / (1 - exp(-g)) for g < 1: both divided by g
    template <Scalar S>
    static S small_extra(const S& g) {
        using std::expm1;
        S sum(0), term(1);
        for (int n = 2; n < 200; ++n) {
            term *= (n == 2 ? g : S(-g)) / S(n);
            if (n > 2 && sum + term == sum) break;
            sum += term;
        }
        return g > S(0) ? S(sum / (S(-expm1(S(-g))) / g)) : S(0);
    }
};

}  // namespace gradus
