#include "support/tolerances.hpp"
#include <gradus/core/errors.hpp>
#include <gradus/core/random.hpp>
#include <gradus/core/types.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace gradus;
using namespace gradus::test;

// The stream of SplitMix64 from seed 1234567, as in Vigna's splitmix64.c and on Rosetta Code ("Pseudo-random
// numbers/Splitmix64").
TEST_CASE("the stream is that of SplitMix64, everywhere", "[random]") {
    Random random(1234567);
    for (const std::uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
                                         4593380528125082431ULL, 16408922859458223821ULL})
        CHECK(random.bits() == expected);
    constexpr auto at_compile_time = [] { return Random(1234567).bits(); }();
    STATIC_REQUIRE(at_compile_time == 6457827717110365317ULL);
}

TEST_CASE("uniform numbers lie strictly between 0 and 1 and fill it", "[random]") {
    Random random(3);
    std::array<int, 10> counts{};
    double least = 1, largest = 0, sum = 0;
    const int n = 20'000;
    for (int i = 0; i < n; ++i) {
        const double u = random.uniform();
        least = std::min(least, u);
        largest = std::max(largest, u);
        sum += u;
        ++counts[static_cast<std::size_t>(u * 10)];
    }
    CHECK(least > 0);
    CHECK(largest < 1);
    CHECK(std::abs(sum / n - 0.5) < 5 * 0.2887 / std::sqrt(n));  // five standard errors; 0.2887 = 1 / sqrt(12)
    for (const int count : counts) CHECK(std::abs(count - n / 10) < 5 * std::sqrt(n * 0.09));
    CHECK(random.uniform(-3, -2) < -2);
    for (int i = 0; i < 100; ++i) CHECK(random.below(3) < 3);
    CHECK(random.below(1) == 0);
}

TEST_CASE("normal numbers have mean 0, variance 1 and kurtosis 3", "[random]") {
    Random random(5);
    const int n = 20'000;
    double first = 0, second = 0, fourth = 0;
    for (int i = 0; i < n; ++i) {
        const double x = random.normal();
        first += x, second += x * x, fourth += x * x * x * x;
    }
    CHECK(std::abs(first / n) < 5 / std::sqrt(n));
    CHECK(std::abs(second / n - 1) < 5 * std::sqrt(2.0 / n));   // variance of x^2: 2
    CHECK(std::abs(fourth / n - 3) < 5 * std::sqrt(96.0 / n));  // variance of x^4: 105 - 9
}

TEST_CASE("a shuffle is a permutation, the same for the same seed", "[random]") {
    std::vector<int> items(50), sorted;
    std::iota(items.begin(), items.end(), 0);
    sorted = items;
    std::vector<int> again = items, other = items;
    Random(7).shuffle(items);
    Random(7).shuffle(again);
    Random(8).shuffle(other);
    CHECK(items == again);
    CHECK(items != other);
    CHECK(items != sorted);
    CHECK(std::is_permutation(items.begin(), items.end(), sorted.begin()));

    std::array<std::array<int, 3>, 3> counts{};  // where each of three items ends up
    Random random(9);
    for (int round = 0; round < 3000; ++round) {
        std::vector<int> three{0, 1, 2};
        random.shuffle(three);
        for (std::size_t i = 0; i < 3; ++i) ++counts[i][static_cast<std::size_t>(three[i])];
    }
    for (const auto& row : counts)
        for (const int count : row) CHECK(std::abs(count - 1000) < 5 * 26);  // sqrt(3000 * 2 / 9) = 26
    std::vector<int> nothing;
    random.shuffle(nothing);
    CHECK(nothing.empty());
}

TEST_CASE("sentences are put together from words and numbers", "[errors]") {
    CHECK(text(1, " of ", 2.5) == "1 of 2.5");
    CHECK(text(std::string("n = "), Index(-3), ", ", true, ", ", 1e-9, ", ", 123456789.0, ", ", 0.1f) ==
          "n = -3, true, 1e-09, 1.23457e+08, 0.1");
    CHECK(text(std::numeric_limits<double>::infinity(), " ", 1.5L) == "inf 1.5");
    CHECK(text() == "");
    CHECK_THROWS_WITH(reject("row ", 3, " is bad"), "row 3 is bad");
    CHECK_THROWS_AS(reject("x"), std::invalid_argument);
    STATIC_REQUIRE(std::is_base_of_v<std::logic_error, NotFitted>);
}

static_assert(Scalar<float> && Scalar<double> && Scalar<long double>);
static_assert(!Scalar<int> && !Scalar<bool> && !Scalar<std::complex<double>> && !Scalar<std::string>);
