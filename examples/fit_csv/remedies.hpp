#pragma once
// What would do better, said in options of the command line.

#include "options.hpp"
#include <gradus/models/fit_report.hpp>

namespace fit_csv {

/// The library's remedies are lines of C++; this puts an option in their place.
void put_remedy_in_options(gradus::FitReport& report, const Options& options);

}  // namespace fit_csv
