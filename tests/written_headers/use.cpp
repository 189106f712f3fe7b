// Includes what write.cpp wrote, without Eigen and without gradus. A model says the same in the compiler, in the
// running program, and in the library that it was fitted with.

#include "all.hpp"

#include <cstdio>

static_assert(models::linear_float::feature_names[1] == "a \"quoted\" one");
static_assert(models::linear_double::feature_names[2] == "gr\xc3\xb6\xc3\x9f"
                                                         "e\n");
static_assert(models::linear_double::feature_names[3] == "what?"
                                                         "?/");
static_assert(models::binary_double::classes[0] == std::numeric_limits<int>::min());
static_assert(models::multinomial_float::classes[1] == "\"y\"");
static_assert(models::constant_float::predict({}) == models::constant_float::intercept[0]);
static_assert(!models::cloglog_double::classes[0]);
static_assert(models::logit_double::predict({}) == 1);  // thresholds -1, 0.5 and 2
// the series of exp beside its value, and its ends
static_assert(models::poisson_double::exponential(-0.75) - 0.4723665527410147 < 1e-16);
static_assert(models::poisson_double::exponential(-1e4) == 0 && models::poisson_double::exponential(0) == 1);
static_assert(models::poisson_float::exponential(1e4f) == std::numeric_limits<float>::infinity());

#define COMPILED(name) static_assert(models::name##_float::self_test() && models::name##_double::self_test());
COMPILED(linear)
COMPILED(small)
COMPILED(constant)
COMPILED(huber)
COMPILED(multivariate)
COMPILED(poisson)
COMPILED(binary)
COMPILED(firth)
COMPILED(multinomial)
COMPILED(logit)

int main() {
    int failures = 0;
    const auto run = [&](const char* name, bool passed, double error) {
        if (passed) return;
        ++failures;
        std::printf("%s differs by %g times its rounding\n", name, error);
    };
#define RUN(name)                                                                                                      \
    run(#name " float", models::name##_float::self_test(),                                                             \
        static_cast<double>(models::name##_float::self_test_error()));                                                 \
    run(#name " double", models::name##_double::self_test(), models::name##_double::self_test_error());
    RUN(linear)
    RUN(small)
    RUN(constant)
    RUN(huber)
    RUN(multivariate)
    RUN(poisson)
    RUN(binary)
    RUN(firth)
    RUN(multinomial)
    RUN(logit)
    RUN(probit)
    RUN(cloglog)
    return failures;
}
