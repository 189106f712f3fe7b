#include "fit.hpp"

namespace fit_csv {

Fitted fit_double(const Problem& problem, const Options& options, Watch& watch) {
    return Fit<double>(problem, options, watch).run();
}

}  // namespace fit_csv
