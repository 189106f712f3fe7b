#pragma once
// What would do better, said in options of the command line.

#include "fitted.hpp"

#include <functional>

namespace fit_csv {

/// Whether a fit with these options succeeds.
using Attempt = std::function<bool(const Options&)>;

/// The library's remedies are lines of C++, and its messages name types and members; this puts options in their place,
/// such as the model, penalty, scalar and solver at hand allow. Where another fit is quick, a remedy is named only
/// after `attempt` has seen it succeed.
void put_into_options(Fitted& fitted, const Problem& problem, const Options& options, const Attempt& attempt);

}  // namespace fit_csv
