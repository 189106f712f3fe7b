#pragma once
// The result of a test of a hypothesis.

#include <gradus/core/errors.hpp>
#include <gradus/inference/distributions.hpp>

#include <ostream>

namespace gradus {

/// A statistic and how likely one at least as large is when the hypothesis holds.
struct Test {
    std::string name;          ///< of the test and what it tests
    std::string distribution;  ///< of the statistic: "chi-squared", "F", "t" or "normal"
    double statistic = 0;
    double degrees_of_freedom = 0;
    double denominator_degrees_of_freedom = -1;  ///< F alone
    double p_value = 1, log_p_value = 0;         ///< the logarithm keeps its digits where the p-value underflows
    std::string note = {};                       ///< why there is no statistic, which is NaN then
};

/// Of a test that has none: what there is in place of a statistic.
inline Test without_statistic(Test test, std::string why) {
    test.statistic = test.p_value = test.log_p_value = std::numeric_limits<double>::quiet_NaN();
    test.note = std::move(why);
    return test;
}

inline Test chi_squared_test(std::string name, double statistic, double degrees_of_freedom) {
    const TailProbability tail = chi_squared_upper(statistic, degrees_of_freedom);
    return {std::move(name), "chi-squared", statistic, degrees_of_freedom, -1, tail.p, tail.log_p};
}
inline Test f_test(std::string name, double statistic, double d1, double d2) {
    const TailProbability tail = f_upper(statistic, d1, d2);
    return {std::move(name), "F", statistic, d1, d2, tail.p, tail.log_p};
}

namespace detail {

inline constexpr const char* exact_fit =
    "The fit is exact but for rounding: standard errors are rounding too, and tests say nothing";

/// A p-value for people: below the smallest double by its decimal logarithm.
inline std::string p_text(double p, double log_p) {
    if (p > 0 || !(log_p < 0)) return text(p);
    return text("10^", log_p / std::log(10.0));
}

}  // namespace detail

/// One line.
inline std::ostream& operator<<(std::ostream& out, const Test& test) {
    out << test.name << ": " << test.distribution << "(" << test.degrees_of_freedom;
    if (test.denominator_degrees_of_freedom > 0) out << ", " << test.denominator_degrees_of_freedom;
    if (!test.note.empty()) return out << "): " << test.note << '\n';
    return out << ") = " << test.statistic << ", p = " << detail::p_text(test.p_value, test.log_p_value) << '\n';
}

}  // namespace gradus
