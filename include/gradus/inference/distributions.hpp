#pragma once
// Tail probabilities of the normal, t, chi-squared and F distributions, and their logarithms where the probability
// itself underflows.

#include <gradus/core/config.hpp>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

namespace gradus {

/// A probability and its logarithm, which keeps its digits where the probability is below the smallest double.
struct TailProbability {
    double p = std::numeric_limits<double>::quiet_NaN();
    double log_p = std::numeric_limits<double>::quiet_NaN();
};

namespace detail {

/// The wider type: x^a with a in the thousands magnifies the rounding of x as often.
using Wide = long double;
inline constexpr Wide log_of_smallest = -700;  // beyond it the probability is taken from its logarithm

inline TailProbability tail_from(Wide p) { return {static_cast<double>(p), static_cast<double>(std::log(p))}; }
inline TailProbability tail_from_log(Wide log_p) {
    return {static_cast<double>(std::exp(log_p)), static_cast<double>(log_p)};
}

/// log of erfc(x) for x >= 10, by its asymptotic series (Abramowitz and Stegun 7.1.23): the terms shrink for as long as
/// 2 m < 2 x^2.
inline Wide log_erfc_far(Wide x) {
    Wide sum = 1, term = 1;
    for (int m = 1; m < 60; ++m) {
        const Wide next = -term * (2 * m - 1) / (2 * x * x);
        if (std::abs(next) >= std::abs(term) || std::abs(next) < 1e-21L) break;
        sum += term = next;
    }
    return -x * x - std::log(x) - std::log(std::acos(Wide(-1))) / 2 + std::log(sum);
}

/// log of the regularised incomplete beta function I_x(a, b) for x far below a / (a + b), `y` = 1 - x: x^a y^b / (a
/// B(a, b)) times the series of 2F1(a + b, 1; a + 1; x) (NIST DLMF 8.17.8), all of whose terms are positive.
inline Wide log_ibeta_far(Wide a, Wide b, Wide log_x, Wide x, Wide y) {
    Wide sum = 1, term = 1;
    for (int m = 0; m < 100000 && term > 1e-21L * sum; ++m) sum += term *= x * (a + b + m) / (a + 1 + m);
    const Wide log_beta = std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
    return a * log_x + b * std::log(y) - std::log(a) - log_beta + std::log(sum);
}

/// log of the regularised upper incomplete gamma function Q(a, x) for x far above a, by Legendre's continued fraction
/// (DLMF 8.9.2).
inline Wide log_gamma_q_far(Wide a, Wide x) {
    Wide fraction = x + 1 - a;
    for (int m = 400; m > 0; --m) {
        const Wide above = x + 2 * (m - 1) + 1 - a;
        fraction = above - m * (m - a) / (m == 400 ? x + 2 * m + 1 - a : fraction);
    }
    return a * std::log(x) - x - std::lgamma(a) - std::log(fraction);
}

}  // namespace detail

/// P(|Z| >= |z|) for a standard normal Z.
inline TailProbability normal_two_sided(double z) {
    const detail::Wide x = std::abs(static_cast<detail::Wide>(z)) / std::sqrt(detail::Wide(2));
    if (std::isnan(x)) return {};
    if (x < 20) return detail::tail_from(std::erfc(x));
    return detail::tail_from_log(detail::log_erfc_far(x));
}

/// P(F >= f) for F distributed with d1 and d2 degrees of freedom, = I_x(d2/2, d1/2) at x = d2 / (d2 + d1 f).
inline TailProbability f_upper(detail::Wide f, double d1, double d2) {
    using detail::Wide;
    if (std::isnan(f) || !(d1 > 0) || !(d2 > 0)) return {};
    if (!(f > 0)) return {1, 0};
    if (std::isinf(f)) return {0, -std::numeric_limits<double>::infinity()};
    const Wide ratio = static_cast<Wide>(d1) * f / d2, x = 1 / (1 + ratio), y = ratio / (1 + ratio),
               log_x = -std::log1p(ratio);
    const Wide a = Wide(d1) / 2, b = Wide(d2) / 2;
    if (d2 / 2 * log_x > detail::log_of_smallest + 100) {
        if (x < y) return detail::tail_from(boost::math::ibeta(b, a, x));
        // near one by its complement: Boost's ibetac has but twelve digits there
        const Wide lower = boost::math::ibeta(a, b, y);
        if (lower < 0.5L) return {static_cast<double>(1 - lower), static_cast<double>(std::log1p(-lower))};
        return detail::tail_from(boost::math::ibetac(a, b, y));
    }
    return detail::tail_from_log(detail::log_ibeta_far(b, a, log_x, x, y));
}

/// P(|T| >= |t|) for Student's T with the given degrees of freedom; infinitely many: the normal.
inline TailProbability student_t_two_sided(double t, double degrees_of_freedom) {
    if (std::isinf(degrees_of_freedom)) return normal_two_sided(t);
    if (std::isnan(t) || !(degrees_of_freedom > 0)) return {};
    if (std::abs(t) > 1e150) return {0, -std::numeric_limits<double>::infinity()};
    return f_upper(detail::Wide(t) * t, 1,
                   degrees_of_freedom);  // t^2 in double would cost up to half the degrees of freedom in roundings
}

/// P(X >= x) for X chi-squared distributed.
inline TailProbability chi_squared_upper(double x, double degrees_of_freedom) {
    using detail::Wide;
    if (std::isnan(x) || !(degrees_of_freedom > 0)) return {};
    if (!(x > 0)) return {1, 0};
    const Wide a = Wide(degrees_of_freedom) / 2, half = Wide(x) / 2;
    if (a * std::log(half) - half - std::lgamma(a) > detail::log_of_smallest || half < 2 * a)
        return detail::tail_from(boost::math::gamma_q(a, half));
    return detail::tail_from_log(detail::log_gamma_q_far(a, half));
}

/// q with P(|Z| <= q) = level.
inline double normal_quantile(double level) {
    return boost::math::quantile(boost::math::complement(boost::math::normal(), (1 - level) / 2));
}
/// q with P(|T| <= q) = level; infinitely many degrees of freedom: the normal.
inline double student_t_quantile(double level, double degrees_of_freedom) {
    if (std::isinf(degrees_of_freedom)) return normal_quantile(level);
    if (!(degrees_of_freedom > 0)) return std::numeric_limits<double>::quiet_NaN();
    return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees_of_freedom), (1 - level) / 2));
}
/// q with P(X <= q) = level.
inline double chi_squared_quantile(double level, double degrees_of_freedom) {
    return boost::math::quantile(boost::math::complement(boost::math::chi_squared(degrees_of_freedom), 1 - level));
}
/// q with P(F <= q) = level.
inline double f_quantile(double level, double d1, double d2) {
    return boost::math::quantile(boost::math::complement(boost::math::fisher_f(d1, d2), 1 - level));
}

}  // namespace gradus
