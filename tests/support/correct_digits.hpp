// How many digits of a number are right, and a report of many.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace gradus::test {

/// -log10 of the relative error, at most `most`. The error is relative to the reference, but to no less than `floor`;
/// where the reference is zero, to `scale`. Not finite: -99.
template <class S>
double correct_digits(const S& value, const S& reference, double most = 16, double scale = 1, double floor = 0) {
    using std::abs, std::isfinite, std::log10;
    if (!isfinite(value)) return -99;
    const S size = reference == S(0) ? S(scale) : abs(reference) < S(floor) ? S(floor) : S(abs(reference));
    const S error = abs(S(value - reference)) / size;
    if (error == S(0)) return most;
    return std::min(most, -static_cast<double>(log10(error)));
}

/// The smallest of correct_digits over two vectors; entries far smaller than the largest count relative to `floor`
/// times the largest.
template <class Values, class References>
double correct_digits_of_all(const Values& values, const References& references, double most = 16, double floor = 0) {
    if (values.size() != references.size()) return -99;
    if (values.size() == 0) return most;
    const double largest = static_cast<double>(references.cwiseAbs().maxCoeff());
    double digits = most;
    for (Eigen::Index c = 0; c < values.cols(); ++c)
        for (Eigen::Index i = 0; i < values.rows(); ++i)
            digits = std::min(digits, correct_digits<typename Values::Scalar>(
                                          values(i, c), static_cast<typename Values::Scalar>(references(i, c)), most,
                                          largest > 0 ? largest : 1, floor * largest));
    return digits;
}

/// One line for each figure that was judged; a table to print when a test fails.
class DigitTable {
public:
    void add(const std::string& what, double reached, double needed) {
        std::ostringstream line;
        line << (reached >= needed ? "  " : "! ") << std::left << std::setw(64) << what << std::fixed
             << std::setprecision(1) << std::right << std::setw(6) << reached << " digits, needs " << needed << '\n';
        text_ += line.str();
        if (!(reached >= needed)) ++short_;
        ++judged_;
    }
    int judged() const { return judged_; }
    int fallen_short() const { return short_; }
    const std::string& text() const { return text_; }

private:
    std::string text_;
    int judged_ = 0, short_ = 0;
};

}  // namespace gradus::test
