#include "fit.hpp"

namespace fit_csv {

Fitted fit_double(const Problem& problem, const Options& options) { return Fit<double>(problem, options).run(); }

}  // namespace fit_csv
