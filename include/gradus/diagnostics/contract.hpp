#pragma once
// How a contract is written: as a function that returns one sentence for each promise that is broken. No test framework
// is needed, and a test can also demand that a deliberately broken type breaks it.

#include <gradus/core/errors.hpp>
#include <gradus/core/random.hpp>
#include <gradus/core/types.hpp>

#include <limits>
#include <string>
#include <vector>

namespace gradus {

/// Empty: everything holds.
using Violations = std::vector<std::string>;

namespace contracts {

/// The same formula, written in two ways with a handful of operations: a few roundings each.
template <class S>
inline constexpr double rounding = 32 * static_cast<double>(std::numeric_limits<S>::epsilon());

/// Sums and products of up to some hundred well-scaled terms: the roundings of a dot product, n epsilon / 2 at worst.
template <class S>
inline constexpr double product = 1000 * static_cast<double>(std::numeric_limits<S>::epsilon());

/// |a - b| relative to the size of b or, where b is smaller than it, to `floor`, in the digits of S; the largest over
/// all entries. NaN or a difference of shape gives infinity, equal infinities zero.
template <class S>
double entry_error(const S& a, const S& b, const S& floor) {
    using std::abs;
    if (a == b) return 0;
    const S difference = abs(S(a - b)), size = abs(b) > floor ? S(abs(b)) : floor;
    const double error = static_cast<double>(S(difference / size));
    return error >= 0 ? error : std::numeric_limits<double>::infinity();
}
template <class A, class B>
double error_of(const Eigen::DenseBase<A>& actual, const Eigen::DenseBase<B>& expected, double floor = 1) {
    using S = typename A::Scalar;
    const auto& a = actual.derived().eval();
    const auto& b = expected.derived().eval();
    if (actual.rows() != expected.rows() || actual.cols() != expected.cols())
        return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (Index j = 0; j < actual.cols(); ++j)
        for (Index i = 0; i < actual.rows(); ++i) {
            const double error = entry_error<S>(a.coeff(i, j), b.coeff(i, j), S(floor));
            if (error > largest) largest = error;
        }
    return largest;
}
template <class S>
requires(!requires(const S& s) { s.rows(); }) double error_of(const S& actual, const std::type_identity_t<S>& expected,
                                                              double floor = 1) {
    return entry_error<S>(actual, expected, S(floor));
}

template <Scalar S>
Matrix<S> normal_matrix(Random& random, Index rows, Index columns) {
    Matrix<S> out(rows, columns);
    for (Index j = 0; j < columns; ++j)
        for (Index i = 0; i < rows; ++i) out(i, j) = S(random.normal());
    return out;
}

}  // namespace contracts

/// Collects the sentences.
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
        const double error = contracts::error_of(actual, expected, floor);
        if (!(error <= tolerance)) expect(false, parts..., ": error ", error, " > ", tolerance);
    }

    void add(const Violations& more, const std::string& where) {
        for (const std::string& sentence : more) expect(false, where, ": ", sentence);
    }

    const Violations& violations() const { return violations_; }

private:
    Violations violations_;
};

}  // namespace gradus
