#include "support/tolerances.hpp"
#include <gradus/core/random.hpp>
#include <gradus/examination/constant_fit.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

Sample<double> sample_of(const Vector<double>& y, const Vector<double>& s) {
    Sample<double> sample;
    sample.Y = Values<double>(Matrix<double>(y));
    sample.weights = Values<double>(Matrix<double>(s));
    sample.total_weight = s.sum();
    return sample;
}

}  // namespace

TEST_CASE("distinct targets have the weights of their rows, as long as they are few", "[constant fit]") {
    Random random(5);
    const Index n = 1300;  // more than two blocks
    for (const Index distinct : {1, 2, 5, 64}) {
        Vector<double> y(n), s(n), expected = Vector<double>::Zero(distinct);
        for (Index i = 0; i < n; ++i) {
            const Index value = static_cast<Index>(random.uniform() * static_cast<double>(distinct));
            y[i] = 3.5 * static_cast<double>(value);
            s[i] = i % 7 == 0 ? 0.0 : static_cast<double>(1 + i % 3);
            if (s[i] == 0) y[i] = -1;  // stands in no row that counts
            else expected[value] += s[i];
        }
        const auto summary = detail::summarise_targets(sample_of(y, s));
        REQUIRE(summary.y.rows() == distinct);
        for (Index l = 0; l < distinct; ++l) CHECK(summary.s[l] == expected[static_cast<Index>(summary.y(l, 0) / 3.5)]);
    }
}

TEST_CASE("of many distinct targets there is the mean", "[constant fit]") {
    Random random(6);
    Vector<double> y(700), s(700);
    for (Index i = 0; i < y.size(); ++i) y[i] = random.normal(), s[i] = 1 + random.uniform();
    y[699] = 1e300, s[699] = 0;
    const auto summary = detail::summarise_targets(sample_of(y, s));
    REQUIRE(summary.y.rows() == 1);
    y[699] = 0;
    CHECK(std::abs(summary.y(0, 0) - s.dot(y) / s.sum()) < 1e-14);
    CHECK(summary.s[0] == s.sum());
}
