#pragma once
// What would do better, said in options of the command line.

#include "fitted.hpp"

namespace fit_csv {

/// The library's remedies are lines of C++, and its messages name types and members; this puts options in their place,
/// such as the model, penalty, scalar and solver at hand allow.
void put_into_options(Fitted& fitted, const Options& options);

}  // namespace fit_csv
