#pragma once
// What a fit gives back, whatever its scalar.

#include "problem.hpp"
#include "watch.hpp"
#include <gradus/inference/inference.hpp>

#include <optional>

namespace fit_csv {

struct Fitted {
    gradus::FitReport report;
    RealMatrix
        coefficients;      // p x k as the model has them: for more than two classes the symmetric form; ordinal: p x 1
    RealVector intercept;  // k; ordinal: the thresholds
    RealVector null_intercept;  // logistic and ordinal: the same, fitted alone
    std::vector<int> classes;   // logistic and ordinal: codes of the classes that were fitted, in their order
    std::optional<gradus::Inference> inference;  // where standard errors are defined
};

Fitted fit_float(const Problem& problem, const Options& options, Watch& watch);
Fitted fit_double(const Problem& problem, const Options& options, Watch& watch);
Fitted fit_long_double(const Problem& problem, const Options& options, Watch& watch);

}  // namespace fit_csv
