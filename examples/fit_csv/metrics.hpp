#pragma once
// How well the fit predicts, on the rows that were fitted and on rows that were held out.

#include "statistics.hpp"

namespace fit_csv {

/// Of rows with weights.
struct Metrics {
    Real accuracy = unknown, log_loss = unknown;  // with classes
    RealVector auc;                               // of the second of two classes, or of each against the rest
    RealMatrix confusion;                         // K x K, truth in rows
    RealVector r_squared, root_mean_squared_error, mean_absolute_error;  // of each target that is a number
};

struct JudgedRows {
    Metrics fitted, held_out;
};

/// `mean` as in Statistics, `weights` of the rows to judge by; nothing is known where no row counts or `mean` is not.
/// R^2 is about the mean of what the offset leaves to explain, as in the report; of counts, about their mean.
Metrics metrics(const Problem& problem, const Options& options, const RealMatrix& mean, const RealVector& weights);

}  // namespace fit_csv
