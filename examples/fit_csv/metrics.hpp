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

/// Leaves a share of the rows out of the fit, of each class the same share: their weights become zero. Returns the
/// weights that they had, zero for all other rows.
RealVector hold_out(Problem& problem, const Options& options);

/// `mean` as in Statistics, `weights` of the rows to judge by; nothing is known where no row counts or `mean` is not.
Metrics metrics(const Problem& problem, const RealMatrix& mean, const RealVector& weights);

}  // namespace fit_csv
