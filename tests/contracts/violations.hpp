// What a contract returns: one sentence for each broken promise. A function and not a set of assertions, so that a test can also demand
// that a deliberately broken type breaks it.
#pragma once

#include "support/tolerances.hpp"

#include <gradus/core/errors.hpp>

#include <string>
#include <vector>

namespace gradus::test {

using Violations = std::vector<std::string>;
inline const Violations none;

class Contract {
public:
    /// Says what is broken unless `holds`.
    template <class... Parts>
    void expect(bool holds, const Parts&... parts) {
        if (!holds && violations_.size() < 12) violations_.push_back(text(parts...));  // a dozen tells enough
    }
    template <class A, class B, class... Parts>
    void expect_equal(const A& actual, const B& expected, double tolerance, const Parts&... parts) {
        expect_equal_above(1, actual, expected, tolerance, parts...);
    }
    /// Errors of entries below `floor` are taken relative to it.
    template <class A, class B, class... Parts>
    void expect_equal_above(double floor, const A& actual, const B& expected, double tolerance, const Parts&... parts) {
        const double error = error_of(actual, expected, floor);
        if (!(error <= tolerance)) expect(false, parts..., ": error ", error, " > ", tolerance);
    }

    void add(const Violations& more, const std::string& where) {
        for (const std::string& sentence : more) expect(false, where, ": ", sentence);
    }

    const Violations& violations() const { return violations_; }

private:
    Violations violations_;
};

/// Fourth-order central difference of phi at 0 (Abramowitz and Stegun 25.3.21 for the first derivative); phi may return vectors.
template <class S, class Phi>
auto central_difference(const Phi& phi) {
    using std::pow;
    const S h = S(std::pow(static_cast<double>(epsilon<S>), 0.2));
    auto slope = phi(h);
    slope = (S(8) * (phi(h) - phi(-h)) - (phi(2 * h) - phi(-2 * h))) / (S(12) * h);
    return slope;
}

}  // namespace gradus::test
