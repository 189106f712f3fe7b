// Integers of any size, against those of Boost.Multiprecision.

#include "support/catch.hpp"
#include <gradus/core/random.hpp>
#include <gradus/numeric/big_integer.hpp>

#include <boost/multiprecision/cpp_int.hpp>

using namespace gradus;
using Reference = boost::multiprecision::cpp_int;

namespace {

// a number and its reference, of up to `pieces` times 53 bits, with runs of zeros and ones
std::pair<BigInteger, Reference> draw(Random& random, std::uint64_t pieces) {
    BigInteger a;
    Reference b = 0;
    for (std::uint64_t i = random.below(pieces + 1); i > 0; --i) {
        const std::uint64_t kind = random.below(4);
        const double x = kind == 0 ? 0x1p53 - 1 : kind == 1 ? 0x1p52 : std::floor(0x1p53 * random.uniform());
        std::int64_t exponent = 0;
        BigInteger odd = BigInteger::odd_part(random.below(2) ? x : -x, exponent);
        odd <<= exponent;
        a <<= 53;
        b <<= 53;
        a += odd;
        b += odd.sign() < 0 ? -Reference(x) : Reference(x);
    }
    return {a, b};
}

bool same(BigInteger a, const Reference& b) {
    if (a.sign() != b.sign()) return false;
    // by peeling off a double at a time
    Reference rest = b;
    while (a.sign() != 0 && rest != 0) {
        const Index shift = std::max<Index>(0, a.bits() - 50);
        BigInteger top = a;
        top >>= shift;
        const double lead = top.scaled<double>(0);
        top <<= shift;
        a -= top;
        rest -= Reference(lead) << static_cast<unsigned>(shift);
    }
    return a.sign() == 0 && rest == 0;
}

}  // namespace

TEST_CASE("Sums, products, shifts and exact quotients of long integers", "[big_integer]") {
    Random random(17);
    for (int draws = 0; draws < 4000; ++draws) {
        const auto [a, x] = draw(random, 12);
        const auto [b, y] = draw(random, 12);
        BigInteger sum = a, difference = a, left = a, right = a, product = a * b;
        sum += b;
        difference -= b;
        const Index shift = static_cast<Index>(random.below(200));
        left <<= shift;
        right >>= shift;
        const Reference size = abs(x) >> static_cast<unsigned>(shift);
        REQUIRE(same(sum, x + y));
        REQUIRE(same(difference, x - y));
        REQUIRE(same(left, x << static_cast<unsigned>(shift)));
        REQUIRE(same(right, x < 0 ? Reference(-size) : size));
        REQUIRE(same(product, x * y));
        if (b.sign() != 0) REQUIRE(same(product.divide_exactly(b), x));
        REQUIRE(a.modulo(1'000'003) == static_cast<std::uint32_t>((x % 1'000'003 + 1'000'003) % 1'000'003));
        REQUIRE(a.bits() == (x == 0 ? 0 : static_cast<Index>(msb(abs(x))) + 1));
    }
}

TEMPLATE_TEST_CASE("Any binary number is an odd integer times a power of two", "[big_integer]", float, double,
                   long double) {
    Random random(18);
    using S = TestType;
    for (int draws = 0; draws < 1000; ++draws) {
        const S x = static_cast<S>(random.normal()) * std::ldexp(S(1), static_cast<int>(random.below(60)) - 30);
        std::int64_t exponent = 0;
        const BigInteger odd = BigInteger::odd_part(x, exponent);
        REQUIRE(odd.scaled<S>(-exponent) == x);
        REQUIRE(odd.trailing_zeros() == 0);
    }
    const S least = std::numeric_limits<S>::denorm_min(), most = std::numeric_limits<S>::max();
    for (const S x : {least, most, -most, S(3) * least}) {
        std::int64_t exponent = 0;
        const BigInteger odd = BigInteger::odd_part(x, exponent);
        CHECK(odd.scaled<S>(-exponent) == x);
    }
    std::int64_t untouched = 7;
    CHECK(BigInteger::odd_part(S(0), untouched).sign() == 0);
    CHECK(untouched == 7);
}
