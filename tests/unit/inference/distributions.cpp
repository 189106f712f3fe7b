// Tail probabilities against Boost.Multiprecision, far beyond where doubles end.

#include "support/catch.hpp"
#include "support/tolerances.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <gradus/inference/test.hpp>

#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

using Wide = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<100>>;

void agrees(const TailProbability& tail, const Wide& expected) {
    if (expected > 1e-300) CHECK(static_cast<double>(abs(Wide(tail.p) / expected - 1)) <= tolerance::tail_probability);
    if (expected < 0.9)  // the logarithm of a probability near one is as small as its complement is accurate
        CHECK(static_cast<double>(abs(Wide(tail.log_p) / log(expected) - 1)) <= tolerance::tail_probability);
}

}  // namespace

TEST_CASE("the normal tail keeps its digits where the probability underflows", "[inference][distribution]") {
    for (const double z : {0.1, 1.0, -1.0, 5.0, 10.0, 20.0, 28.0, 28.3, 37.0, 38.0, 50.0, 100.0, -500.0, 1e5}) {
        CAPTURE(z);
        if (std::abs(z) < 1e4) agrees(normal_two_sided(z), erfc(abs(Wide(z)) / sqrt(Wide(2))));
        else CHECK(normal_two_sided(z).log_p == Approx(-z * z / 2 - std::log(z) - 0.5 * std::log(std::acos(-1.0) / 2)));
    }
    CHECK(normal_two_sided(0).p == 1);
    CHECK(std::isnan(normal_two_sided(std::nan("")).p));
}

TEST_CASE("the F and t tails keep their digits", "[inference][distribution]") {
    for (const double f : {0.01, 1.0, 10.0, 100.0, 1e3, 1e5, 1e8})
        for (const double d1 : {1.0, 3.0, 20.0})
            for (const double d2 : {1.0, 5.0, 50.0, 5000.0}) {
                CAPTURE(f, d1, d2);
                agrees(f_upper(f, d1, d2), boost::math::ibeta(Wide(d2) / 2, Wide(d1) / 2, Wide(d2) / (Wide(d2) + Wide(d1) * f)));
            }
    for (const double t : {0.3, 2.0, -40.0, 400.0})
        for (const double df : {1.0, 30.0, 10000.0}) {
            CAPTURE(t, df);
            agrees(student_t_two_sided(t, df), boost::math::ibeta(Wide(df) / 2, Wide(1) / 2, Wide(df) / (Wide(df) + Wide(t) * t)));
        }
    CHECK(student_t_two_sided(2, std::numeric_limits<double>::infinity()).p == normal_two_sided(2).p);
    CHECK(f_upper(0, 2, 3).p == 1);
    CHECK(std::isnan(f_upper(1, 0, 3).p));
}

TEST_CASE("the chi-squared tail keeps its digits", "[inference][distribution]") {
    for (const double x : {0.01, 1.0, 10.0, 100.0, 1e3, 1400.0, 1e4, 1e5})
        for (const double df : {1.0, 3.0, 20.0, 500.0}) {
            CAPTURE(x, df);
            agrees(chi_squared_upper(x, df), boost::math::gamma_q(Wide(df) / 2, Wide(x) / 2));
        }
}

TEST_CASE("quantiles invert the tails", "[inference][distribution]") {
    for (const double level : {0.5, 0.95, 0.999}) {
        CAPTURE(level);
        CHECK(normal_two_sided(normal_quantile(level)).p == Approx(1 - level).epsilon(1e-12));
        CHECK(student_t_two_sided(student_t_quantile(level, 7), 7).p == Approx(1 - level).epsilon(1e-12));
        CHECK(chi_squared_upper(chi_squared_quantile(level, 3), 3).p == Approx(1 - level).epsilon(1e-12));
        CHECK(f_upper(f_quantile(level, 3, 7), 3, 7).p == Approx(1 - level).epsilon(1e-12));
    }
}

TEST_CASE("a test prints p-values that are no doubles any more", "[inference]") {
    std::ostringstream out;
    out << chi_squared_test("all slopes are zero", 1e4, 2);
    CHECK(out.str() == "all slopes are zero: chi-squared(2) = 10000, p = 10^-2171.47\n");
}
