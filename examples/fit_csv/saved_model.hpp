#pragma once
// Models that were fitted before: written, and read again to predict for other rows.

#include "fitted.hpp"
#include "output.hpp"

namespace fit_csv {

/// The model as the library saves it, with the labels as texts, and beside it what fit_csv did to the table: "table"
/// has the targets, the columns with their levels, the powers, and the column of the offset. Throws BadInput where a
/// coefficient is not finite.
std::string saved_model(const Problem& problem, const Options& options, const Fitted& fitted);

/// What the model in options.load says of the rows of options.file; `notes` are on what was left out.
Predictions predict_by_saved_model(const Options& options, std::vector<std::string>& notes);

}  // namespace fit_csv
