#pragma once
// The coefficients as they are shown: output after output, classes against the first one.

#include "output.hpp"

namespace fit_csv {

struct Coefficient {
    std::string output, name;
    Real estimate;
    Eigen::Index feature = -1;  // its column of X; none: an intercept or a threshold
};

/// The intercept first; more than two classes against the first one. Thresholds have a table of their own.
std::vector<Coefficient> coefficient_table(const Answer& answer, RealMatrix W, RealVector b);
std::vector<Coefficient> coefficient_table(const Answer& answer);
std::vector<Coefficient> threshold_table(const Answer& answer);

/// "low|mid": the threshold between two levels that follow each other.
std::vector<std::string> threshold_names(const std::vector<std::string>& levels);

/// What is printed of a list; --json has all of it.
inline constexpr std::size_t most_rows = 50;
void say_what_is_cut(std::ostream& out, std::size_t count);

/// What the fit says of itself; rows that are held out had no part in it.
void write_report_of_fit(std::ostream& out, const Answer& answer);

/// What --path and --folds found.
void write_path(std::ostream& out, const Answer& answer);

const char* meaning_of_weights(const Options& options);

/// How many digits the rounding of the file's decimals leaves; not known: -1.
double digits_of_input(const gradus::FitReport& report, const Options& options);

}  // namespace fit_csv
