#include "fit.hpp"

namespace fit_csv {

Fitted fit_long_double(const Problem& problem, const Options& options) {
    return Fit<long double>(problem, options).run();
}

}  // namespace fit_csv
