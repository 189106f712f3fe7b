#pragma once
// How well the fit describes the data. In long double and from the numbers as they stand in the file: rounding of the design then costs these
// figures nothing, because at the optimum they do not change to first order.

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
    RealMatrix eta;                         // n x k, offset included
    std::vector<TargetStatistics> targets;  // linear
    Real log_likelihood = unknown, null_log_likelihood = unknown, deviance = unknown, aic = unknown,
         bic = unknown;  // logistic and Poisson
};

Statistics statistics(const Problem& problem, const Options& options, const Fitted& fitted);

/// log P(class c) of each row, n x K, for one column of eta (two classes) or K.
RealMatrix log_probabilities(const RealMatrix& eta);

}  // namespace fit_csv
