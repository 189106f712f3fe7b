#pragma once
// What a fit gives back, whatever its scalar.

#include "problem.hpp"
#include "watch.hpp"
#include <gradus/inference/inference.hpp>

#include <optional>

namespace fit_csv {

struct Fitted {
    gradus::FitReport report;
    RealMatrix coefficients;  // p x k as the model has them: for more than two classes the symmetric form
    RealVector intercept;     // k; ordinal: the thresholds
    std::optional<gradus::Inference> inference;
    std::string why_no_inference;  // where there is none
};

Fitted fit_float(const Problem& problem, const Options& options, Watch& watch);
Fitted fit_double(const Problem& problem, const Options& options, Watch& watch);
Fitted fit_long_double(const Problem& problem, const Options& options, Watch& watch);

}  // namespace fit_csv
