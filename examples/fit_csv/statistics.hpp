#pragma once
// How well the fit describes the data. In long double and from the numbers as they stand in the file: rounding of the
// design then costs these figures nothing, because at the optimum they do not change to first order.

#include "fitted.hpp"

#include <limits>

namespace fit_csv {

inline constexpr Real unknown = std::numeric_limits<Real>::quiet_NaN();

/// Of one target of a linear model.
struct TargetStatistics {
    Real rss = unknown, r_squared = unknown, residual_standard_error = unknown, log_likelihood = unknown, aic = unknown,
         bic = unknown;
};

struct Statistics {
    RealMatrix mean;  // of the response in each row, offset included: n x k, or n x K probabilities
    std::vector<TargetStatistics> targets;  // linear
    Real observations = unknown;            // by --weights-are: rows, or what they weigh; of groups: their trials
    Real log_likelihood = unknown, null_log_likelihood = unknown, deviance = unknown, aic = unknown,
         bic = unknown;  // logistic, ordinal and Poisson
};

Statistics statistics(const Problem& problem, const Options& options, const Fitted& fitted);

}  // namespace fit_csv
