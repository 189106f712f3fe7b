#pragma once
// From parameters to predictions.

#include "problem.hpp"

namespace fit_csv {

/// What the mean of a response depends on besides its linear predictor.
struct ResponseKind {
    std::string model = "linear";  // as --model
    std::string link = "logit";    // ordinal
};

/// n x K probabilities or n x k means at X W + 1 b' + offset; ordinal: b are the thresholds. `offset`: n x k.
RealMatrix response_means(const ResponseKind& kind, const RealMatrix& X, const RealMatrix& offset, const RealMatrix& W,
                          const RealVector& b);

}  // namespace fit_csv
