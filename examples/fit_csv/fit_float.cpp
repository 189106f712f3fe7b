#include "fit.hpp"

namespace fit_csv {

Fitted fit_float(const Problem& problem, const Options& options, Watch& watch) {
    return Fit<float>(problem, options, watch).run();
}

}  // namespace fit_csv
