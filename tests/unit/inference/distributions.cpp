// Tail probabilities against the same functions of Boost in 60 digits.

#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/inference/test.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

// the range of exponents is what is needed here: far tails as ordinary numbers
using Wide = boost::multiprecision::number<
    boost::multiprecision::cpp_bin_float<60, boost::multiprecision::digit_base_10, void, std::int64_t>>;

void check(const TailProbability& found, const Wide& expected) {
    const double log_p = static_cast<double>(Wide(log(expected)));
    CHECK_THAT(found.log_p, near(log_p, tolerance::tail, tolerance::tail));
    if (log_p > -700) CHECK_THAT(found.p, near(static_cast<double>(expected), tolerance::tail, 0));
}

}  // namespace

TEST_CASE("Normal tails, down to e^-1e8", "[inference]") {
    for (const double z : {0.0, 1e-9, 0.5, 1.96, 7.0, 28.0, 28.5, 40.0, 300.0, 14000.0})
        check(normal_two_sided(-z), z == 0 ? Wide(1) : Wide(erfc(Wide(z) / sqrt(Wide(2)))));
    CHECK(std::isnan(normal_two_sided(std::numeric_limits<double>::quiet_NaN()).p));
}

TEST_CASE("t tails of few and many degrees of freedom", "[inference]") {
    for (const double df : {1.0, 2.5, 9.0, 184.0, 5000.0, 100000.0})
        for (const double t : {1e-8, 0.3, 2.0, 11.0, 45.0, 1e4, 1e8}) {
            CAPTURE(df, t);
            const Wide square = Wide(t) * Wide(t), x = Wide(df) / (Wide(df) + square), y = square / (Wide(df) + square);
            check(student_t_two_sided(t, df), x < y ? boost::math::ibeta(Wide(df) / 2, Wide(0.5), x)
                                                    : boost::math::ibetac(Wide(0.5), Wide(df) / 2, y));
        }
}

TEST_CASE("Chi-squared and F tails", "[inference]") {
    for (const double df : {1.0, 4.0, 57.0})
        for (const double x : {0.1, 3.84, 60.0, 900.0, 1e5}) {
            CAPTURE(df, x);
            check(chi_squared_upper(x, df), boost::math::gamma_q(Wide(df) / 2, Wide(x) / 2));
        }
    for (const double d1 : {1.0, 3.0, 28.0})
        for (const double f : {0.2, 3.0, 80.0, 1e7}) {
            CAPTURE(d1, f);
            const Wide x = Wide(150) / (Wide(150) + Wide(d1) * Wide(f));
            check(f_upper(f, d1, 150), x < Wide(0.5) ? boost::math::ibeta(Wide(75), Wide(d1) / 2, x)
                                                     : boost::math::ibetac(Wide(d1) / 2, Wide(75), Wide(1 - x)));
        }
}

TEST_CASE("Quantiles belong to the tails", "[inference]") {
    for (const double level : {0.5, 0.95, 0.999}) {
        CHECK_THAT(normal_two_sided(normal_quantile(level)).p, near(1 - level, tolerance::tail * 10));
        CHECK_THAT(student_t_two_sided(student_t_quantile(level, 7), 7).p, near(1 - level, tolerance::tail * 10));
        CHECK_THAT(chi_squared_upper(chi_squared_quantile(level, 3), 3).p, near(1 - level, tolerance::tail * 10));
        CHECK_THAT(f_upper(f_quantile(level, 3, 20), 3, 20).p, near(1 - level, tolerance::tail * 10));
    }
}

TEST_CASE("a test prints p-values that are no doubles any more", "[inference]") {
    std::ostringstream out;
    out << chi_squared_test("all slopes are zero", 1e4, 2);
    CHECK(out.str() == "all slopes are zero: chi-squared(2) = 10000, p = 10^-2171.47\n");
}
