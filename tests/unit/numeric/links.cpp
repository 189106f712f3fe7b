// -log(F(b) - F(a)) and its derivatives where F itself has no digits left.

#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/numeric/links.hpp>

#include <string>
#include <vector>

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Link, class S>
IntervalLoss<S> interval(double a, double b) {
    const BlockArray<S> low = BlockArray<S>::Constant(1, S(a)), high = BlockArray<S>::Constant(1, S(b));
    IntervalLosses<S> out(1);
    Link::template intervals<S>(low, high, out);
    return {out.value[0], out.a[0], out.b[0], out.aa[0], out.ab[0], out.bb[0]};
}

struct Figures {
    double a, b;
    std::vector<double> expected;  // value, a, b, aa, ab, bb
};

// One rounding of eta is worth |eta| roundings of a probability in an exponential tail, and eta^2 in a normal one.
template <class S>
double digits_of_the_tail(double a, double b) {
    const double far = std::max(std::isinf(a) ? 0 : std::abs(a), std::isinf(b) ? 0 : std::abs(b));
    return tolerance::rounding<S> + std::min(far, 60.0) * static_cast<double>(std::numeric_limits<S>::epsilon());
}

template <class Link, class S>
void check(const std::vector<Figures>& rows) {
    for (const Figures& row : rows) {
        INFO(Link::name << " between " << row.a << " and " << row.b);
        const IntervalLoss<S> found = interval<Link, S>(row.a, row.b);
        const std::vector<S> values{found.value, found.a, found.b, found.aa, found.ab, found.bb};
        for (std::size_t k = 0; k < 6; ++k) {
            INFO("figure " << k << ": " << values[k] << " against " << row.expected[k]);
            CHECK(entry_error<S>(values[k], S(row.expected[k]), std::numeric_limits<S>::min()) <=
                  digits_of_the_tail<S>(row.a, row.b) + std::numeric_limits<double>::epsilon());
        }
    }
}

// Python's mpmath with 400 digits: P = F(b) - F(a), -log(P), f(a)/P, -f(b)/P, (f(a)/P)^2 + f'(a)/P, -f(a)f(b)/P^2,
// (f(b)/P)^2 - f'(b)/P
const std::vector<Figures> logit{
    {-37,
     -36.99609375,
     {42.543223683696765886, 255.50032552075054922, -256.50032552075054905, 65535.916666730244916,
      -65535.916666730244916, 65535.916666730244916}},
    {71,
     75.5,
     {71.011171162268296936, 1.0112337927024855502, -0.011233792702485550158, 0.011359990800967967758,
      -0.011359990800967967758, 0.011359990800967967758}},
    {-1,
     2.5,
     {0.42281413806623209104, 0.30007908062779490694, -0.10699583927904333739, 0.22871914632333648346,
      -0.032107213081854630927, 0.10221092962696278786}},
};
const std::vector<Figures> probit{
    {-infinity, -37.5, {707.66898931750719107, 0, -37.526628874883653599, 0, 0, 0.99929190511457925415}},
    {-12.5,
     -12,
     {75.412776310697438372, 0.026485384604148263506, -12.107653550680132999, 0.33176878314948294769,
      -0.32067586094354465141, 1.3034318951356359461}},
    {-12.5,
     -12.4990234375,
     {85.969300773800640885, 1017.7628778888817113, -1030.2623886142622686, 1048563.3115822697668,
      -1048562.8136167250048, 1048563.3156511007705}},
    {11.75, infinity, {72.42115817282069867, 11.833915924006935399, 0, 0.99305398938342869702, 0, 0}},
    {-1,
     2.5,
     {0.18016179387054710768, 0.28973842687093836574, -0.020988581246017010508, 0.37368678287658446496,
      -0.0060811985124738480434, 0.052911973657763183235}},
    {-0.001953125,
     0.001953125,
     {6.4641166134669511334, 255.99967447933223509, -255.99967447933223509, 65536.333332888285519,
      -65535.833333524068073, 65536.333332888285519}},
};
const std::vector<Figures> cloglog{
    {-74,
     -72.5,
     {72.752482458925453996, 0.28721691678886824434, -1.2872169167888682443, 0.3697104740785719095,
      -0.3697104740785719095, 0.3697104740785719095}},
    {3,
     4.25,
     {20.085536923187667741, 20.085536923187667741, -1.3255486330017336337e-20, 20.085536923187667741,
      -2.6624356011637259939e-19, 9.1602584869173215853e-19}},
    {-1,
     0.5,
     {0.69333723460430825911, 0.50938956243453175781, -0.63420436380700211475, 0.58147334118479441423,
      -0.32305708337371939678, 0.81363703584428906662}},
    {2, infinity, {7.3890560989306502272, 7.3890560989306502272, 0, 7.3890560989306502272, 0, 0}},
};

}  // namespace

TEMPLATE_TEST_CASE("probabilities of intervals keep their digits in both tails", "[links]", float, double,
                   long double) {
    check<Logit, TestType>(logit);
    check<Probit, TestType>(probit);
    check<ComplementaryLogLog, TestType>(cloglog);
}

TEST_CASE("probabilities near the smallest number keep their digits", "[links]") {
    check<Logit, double>({{-700,
                           -690,
                           {690.00004540096037049, 0.000045401991009687768329, -1.0000454019910096878,
                            0.000045404052350475412098, -0.000045404052350475412098, 0.000045404052350475412098}}});
    check<Probit, double>({{30,
                            38,
                            {454.32124395634319711, 30.033259667433677037, -2.2361626707781285349e-117,
                             0.998896228488109909, -6.7159254150101539635e-116, 8.4974181489568884327e-116}}});
    check<ComplementaryLogLog, double>({{-infinity, -700, {700, 0, -1, 0, 0, 4.9298382718798854284e-305}},
                                        {-700,
                                         -699.9990234375,
                                         {706.93098348461302356, 1023.5000813802070398, -1024.5000813802070398,
                                          1048575.9166666706403, -1048575.9166666706403, 1048575.9166666706403}}});
}

TEMPLATE_TEST_CASE("empty and whole intervals", "[links]", Logit, Probit, ComplementaryLogLog) {
    for (const auto& [a, b] : {std::pair(1.0, 1.0), std::pair(2.0, -3.0), std::pair(infinity, -infinity)}) {
        const auto none = interval<TestType, double>(a, b);
        CHECK(none.value == infinity);
        CHECK((none.a == 0 && none.b == 0 && none.aa == 0 && none.ab == 0 && none.bb == 0));
    }
    for (const double far : {40.0, 800.0, 1e4}) {
        const auto all = interval<TestType, double>(-far, far);
        CHECK(all.value >= 0);
        CHECK(all.value < 1e-16);
    }
}

TEMPLATE_TEST_CASE("quantiles are inverse to the distribution", "[links]", Logit, Probit, ComplementaryLogLog) {
    for (const double below : {1e-300, 1e-30, 0.001, 0.3, 1.0, 3.0, 1e4, 1e12}) {
        const double x = TestType::template quantile<double>(below, 1.0);
        INFO(TestType::name << ": " << x);
        const double log_p = -interval<TestType, double>(-infinity, x).value,
                     log_q = -interval<TestType, double>(x, infinity).value;
        CHECK_THAT(log_p, near(-std::log1p(1 / below), 100 * tolerance::rounding<double>));
        CHECK_THAT(log_q, near(-std::log1p(below), 100 * tolerance::rounding<double>));
    }
}

TEMPLATE_TEST_CASE("Mills' ratio on either side of the branch", "[links]", float, double, long double) {
    using S = TestType;
    // sqrt(pi/2) exp(t^2/2) erfc(t/sqrt 2) by mpmath
    const std::vector<std::pair<double, long double>> exact{{0.5, 0.8763644564536923467279L},
                                                            {3.75, 0.2507611114439650266301L},
                                                            {4, 0.236652382913560670624L},
                                                            {12, 0.08276628650136917725227L},
                                                            {100, 0.009999000299850104905604L}};
    for (const auto& [t, ratio] : exact) {
        const MillsRatio<S> found = mills_ratio<S>(S(t));
        INFO("t = " << t);
        CHECK(entry_error<S>(found.ratio, S(ratio), S(0)) <= tolerance::rounding<S>);
        CHECK(entry_error<S>(found.excess, S(1 / ratio - static_cast<long double>(t)), S(1)) <= tolerance::rounding<S>);
    }
    CHECK(mills_ratio<S>(S(1e9)).ratio > S(0));
}
