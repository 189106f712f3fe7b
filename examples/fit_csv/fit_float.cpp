#include "fit.hpp"

namespace fit_csv {

Fitted fit_float(const Problem& problem, const Options& options) { return Fit<float>(problem, options).run(); }

}  // namespace fit_csv
