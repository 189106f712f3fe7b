// Every tolerance of the tests, each with its reason. A tolerance is never loosened to make a test green.
#pragma once

#include "support/catch.hpp"
#include <gradus/core/types.hpp>
#include <gradus/diagnostics/contract.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

namespace gradus::test {

namespace tolerance {

/// The same formula, written in two ways with a handful of operations: a few roundings each.
template <class S>
constexpr double rounding = contracts::rounding<S>;

/// Sums and products of up to some hundred well-scaled terms: the roundings of a dot product, n epsilon / 2 at worst.
template <class S>
constexpr double product = contracts::product<S>;

/// The error of a fourth-order central difference with step h is h^4 f'''''/30 + 1.5 epsilon |f| / h, least at h =
/// epsilon^(1/5), where both are of the order of epsilon^(4/5) (double: 3e-13). The factor leaves room for |f| and its
/// fifth derivative, which are below 100 there.
template <class S>
inline const double difference_quotient = 100 * std::pow(static_cast<double>(std::numeric_limits<S>::epsilon()), 0.8);

/// Parameters at the optimum, by a solver with second derivatives: its last step squares the error, so that what is
/// left is the rounding of the gradient, epsilon times the condition number, which is below 10^4 in the problems here.
template <class S>
constexpr double second_order = 1e5 * static_cast<double>(std::numeric_limits<S>::epsilon());

/// Parameters at the optimum, by a solver with gradients alone: the relative gradient 1e-8 at which it stops, times the
/// condition number.
inline constexpr double first_order = 5e-5;

/// Values at the optimum are flat: an error d of the parameters costs d^2.
template <class S>
constexpr double value_at_optimum = 1000 * static_cast<double>(std::numeric_limits<S>::epsilon());

/// Least squares by a direct solver, condition number up to 100, in long, square and wide X.
template <class S>
constexpr double direct = 1e4 * static_cast<double>(std::numeric_limits<S>::epsilon());

/// Nearly exact products, relative to the sum of the sizes of their terms: factors are split into leading bits, (digits
/// - 9) / 2 of them for sums of up to 512 terms, and only products with the rest are rounded. Two bits of room. Double:
/// 2e-22.
template <class S>
inline const double
    nearly_exact = static_cast<double>(epsilon<S>) * std::exp2(2 - (std::numeric_limits<S>::digits - 9) / 2);

/// A condition number by eight rounds of power and inverse iteration, against one from singular values: good for a
/// comparison of sizes.
inline constexpr double condition_estimate = 0.1;

/// A margin x'd of a reported separating direction, relative to the size of its terms, that may pass for zero: the
/// direction comes from orthogonal projections in double, one condition number away from rounding, and is taken back to
/// the user's coordinates.
inline constexpr double separation_margin = 1e-12;

/// Figures of R: QR in double without refinement, on data of condition number up to 10^4; its iterations are told to
/// stop at 1e-15.
inline constexpr double r = 1e-10;
/// Ends that R's uniroot brackets to 1e-14 of the scale, where a deviance of some hundred is off by rounding: 1e-13
/// over a slope of 1 to 10^-2.
inline constexpr double r_root = 1e-9;

/// Tail probabilities in long double: 19 digits, of which powers with exponents up to 10^5 cost five.
inline constexpr double tail = 1e-13;

/// Identities between two ways to a covariance: both lose a condition number of up to 10^3 to rounding.
inline constexpr double covariance = 1e-11;

/// What is asked of p-values and statistics when columns are multiplied or shifted: eight digits.
inline constexpr double invariance = 1e-8;

/// A likelihood at a profiled end, against the chi-squared quantile: the root is found to rounding, the deviance is a
/// difference of sums of a few hundred in size.
inline constexpr double profile_deviance = 1e-11;

/// Correct decimal digits to ask of fits to reference data.
namespace digits {

/// Linear models where the rounding of the data does not matter: sixteen without what the conditioning costs a refined
/// solution.
inline constexpr double linear = 12;
/// Logistic models whose conditioning costs up to five of the sixteen digits; two in reserve.
inline constexpr double logistic = 9;
/// Standard errors: sigma comes from residuals, whose cancellation costs what it costs, and the rest from a triangular
/// factor, one condition number from rounding. Measured: 14 to 16, Filip 8, shifted columns 9.
inline constexpr double standard_error = 8;
/// Rank-deficient least squares: the solution of least norm depends on the rounding of the data more than a unique one
/// does.
inline constexpr double least_norm = 8;
/// SVD, which does not refine: epsilon times the condition number, up to 10^5 beside the polynomials.
inline constexpr double unrefined = 9;
/// long double has 19 digits. Filip's conditioning costs 9 of them, Longley's 5, and reading shifted cells 5.
inline constexpr double long_double_filip = 10, long_double_longley = 13.5, long_double_norris = 15,
                        long_double_shifted = 13.5;
/// float has 7 digits: all but one for a line, two less for a million rows of noise, three for logistic data of
/// condition number 10^2.
inline constexpr double float_line = 6, float_rows = 5, float_logistic = 4.5;
/// NIST's standard deviations are printed with 15 digits; rounding the powers of x to double leaves 7.7 of Filip's, the
/// cells of Longley's table 13.5.
inline constexpr double certified = 13, certified_longley = 12, certified_filip = 7;
/// The reference answers have 25 significant digits.
inline constexpr double all_of_the_reference = 23.5;
/// The same data in double and in 50 digits: sixteen without a condition number of some 10^3.
inline constexpr double double_against_wide = 13;
/// Ordinal fits of the same well-conditioned data written in two ways: sixteen without a condition number of some 10^2
/// and a shift of 10^3 in units of the thresholds, which the last digit of each threshold bears.
inline constexpr double written_differently = 12.5;
/// Ordinal fits against 25 digits, condition numbers up to 10^2 (thresholds of the wines: shifts of some 10 units
/// more).
inline constexpr double ordinal = 12, long_double_ordinal = 16;

}  // namespace digits

}  // namespace tolerance

#if __has_include(<catch2/catch_test_macros.hpp>)
template <class T>
using MatcherBase = Catch::Matchers::MatcherBase<T>;
#else
template <class T>
using MatcherBase = Catch::MatcherBase<T>;
#endif

/// WithinRel || WithinAbs as one object: in Catch2 version 2 their disjunction keeps addresses of the two.
class Near final : public MatcherBase<double> {
public:
    Near(double expected, double relative, double absolute)
        : relative_(Catch::Matchers::WithinRel(expected, relative)),
          absolute_(Catch::Matchers::WithinAbs(expected, absolute)) {}
    bool match(const double& actual) const override { return relative_.match(actual) || absolute_.match(actual); }
    std::string describe() const override { return relative_.toString() + " or " + absolute_.toString(); }

private:
    decltype(Catch::Matchers::WithinRel(0.0, 0.0)) relative_;
    decltype(Catch::Matchers::WithinAbs(0.0, 0.0)) absolute_;
};

/// For CHECK_THAT: within `relative` of the expected number, or within `absolute` where it should be zero.
inline Near near(double expected, double relative, double absolute) { return {expected, relative, absolute}; }
inline Near near(double expected, double tolerance) { return {expected, tolerance, tolerance}; }

using contracts::entry_error, contracts::error_of;

}  // namespace gradus::test
