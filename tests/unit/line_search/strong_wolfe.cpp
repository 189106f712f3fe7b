// The strong Wolfe search on functions of one variable.
#include "support/tolerances.hpp"
#include <gradus/line_search/strong_wolfe.hpp>

#include <vector>

using namespace gradus;
using namespace gradus::test;

namespace {

// phi and phi' as a ray that counts
template <class S, class Phi>
struct Ray {
    Phi phi;
    int calls = 0;
    RayPoint<S> operator()(const S& t) { return ++calls, phi(t); }
};
template <class S = double, class Phi>
Ray<S, Phi> ray_of(Phi phi) {
    return {phi};
}

template <class S, class Phi>
void check_wolfe(const StrongWolfe& rule, Phi phi, S guess, int most) {
    auto ray = ray_of<S>(phi);
    const RayPoint<S> start = phi(S(0));
    const StepFound<S> found = rule.search<S>(ray, start.value, start.slope, guess);
    CHECK(found.evaluations == ray.calls);
    CHECK(ray.calls <= most);
    REQUIRE(found.step > S(0));
    const RayPoint<S> there = phi(found.step);
    CHECK(there.value <= start.value + S(rule.sufficient) * found.step * start.slope);
    CHECK(std::abs(there.slope) <= S(rule.flat) * std::abs(start.slope));
}

}  // namespace

TEST_CASE("the step keeps both conditions, from any guess", "[line_search]") {
    // More and Thuente, ACM Trans. Math. Softw. 20 (1994), 286: functions (5.1), (5.2) and one with a wall
    const auto first = [](double t) {
        return RayPoint<double>{-t / (t * t + 2), (t * t - 2) / ((t * t + 2) * (t * t + 2))};
    };
    const auto second = [](double t) {
        const double u = t + 0.004;
        return RayPoint<double>{std::pow(u, 5) - 2 * std::pow(u, 4), 5 * std::pow(u, 4) - 8 * std::pow(u, 3)};
    };
    const auto wall = [](double t) {
        if (t >= 1) return RayPoint<double>{std::numeric_limits<double>::infinity(), std::nan("")};
        return RayPoint<double>{-t - 0.01 * std::log1p(-t), -1 + 0.01 / (1 - t)};
    };
    for (const double flat : {0.9, 0.1, 0.001})
        for (const double guess : {1e-3, 0.1, 1.0, 10.0, 1e3}) {
            INFO("flat " << flat << ", guess " << guess);
            const StrongWolfe rule{.flat = flat};
            check_wolfe<double>(rule, first, guess, 30);
            check_wolfe<double>(rule, second, guess, 30);
            check_wolfe<double>(rule, wall, guess, 30);
        }
}

TEST_CASE("an exact parabola takes one interpolation", "[line_search]") {
    const auto parabola = [](double t) { return RayPoint<double>{(t - 1) * (t - 1), 2 * (t - 1)}; };
    check_wolfe<double>({.flat = 1e-6}, parabola, 1.6, 2);  // between
    check_wolfe<double>({.flat = 1e-6}, parabola, 0.3, 2);  // beyond
}

TEST_CASE("where values show nothing slopes decide", "[line_search]") {
    // a decrease of 1e-18 beside a value of 1, and rounding that points uphill
    const auto flat = [](double t) { return RayPoint<double>{t > 0 ? 1 + 4e-16 : 1.0, 2e-18 * (t - 1)}; };
    auto ray = ray_of(flat);
    const StepFound<double> found = StrongWolfe{.flat = 0.1}.search<double>(ray, 1.0, -2e-18, 4.0);
    CHECK(found.at_floor);
    CHECK_THAT(found.step, near(1, 0.1));
    CHECK(ray.calls <= 3);
}

TEST_CASE("no step is found where there is none", "[line_search]") {
    const auto uphill = [](double t) { return RayPoint<double>{t, -1}; };  // the slope lies
    auto ray = ray_of(uphill);
    CHECK(StrongWolfe{}.search<double>(ray, 0.0, -1.0, 1.0).step == 0);
    const auto nowhere = [](double t) { return RayPoint<double>{t > 0 ? std::nan("") : 0.0, -1}; };
    auto other = ray_of(nowhere);
    CHECK(StrongWolfe{}.search<double>(other, 0.0, -1.0, 1.0).step == 0);
}

TEMPLATE_TEST_CASE("it works in every precision", "[line_search]", float, long double) {
    using S = TestType;
    check_wolfe<S>(
        {.flat = 0.01},
        [](S t) {
            return RayPoint<S>{t * t * t - S(3) * t, S(3) * t * t - S(3)};
        },
        S(0.2), 10);
}

// a guess knows no units: f in units of 1e-50 has its minimum there, and the first trial is 1
TEST_CASE("a step is found however much too long or too short the guess is", "[line_search]") {
    for (const double unit : {1e-150, 1e-50, 1e-9, 1e9, 1e50, 1e150}) {
        INFO("unit " << unit);
        const auto parabola = [=](double t) {
            const double u = t / unit - 1;
            return RayPoint<double>{u * u, 2 * u / unit};
        };
        check_wolfe<double>({.flat = 0.1}, parabola, 1.0, 25);
        const auto steep = [=](double t) {
            if (t > 1e3 * unit) return RayPoint<double>{std::numeric_limits<double>::infinity(), std::nan("")};
            const double u = t / unit;
            return RayPoint<double>{std::exp(u) - 2 * u, (std::exp(u) - 2) / unit};
        };
        check_wolfe<double>({.flat = 0.1}, steep, 1.0, 40);
    }
}
