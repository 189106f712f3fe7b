#pragma once
// What is written: JSON, a report for people, predictions.

#include "metrics.hpp"

#include <iosfwd>

namespace fit_csv {

/// Everything that there is to say about a fit.
struct Answer {
    const Problem& problem;
    const Options& options;
    const Fitted& fitted;
    const Statistics& statistics;
    JudgedRows judged = {};  // with --metrics
};

/// What is predicted for each row, offset included: n x K probabilities, or n x k means.
struct Predictions {
    RealMatrix mean;
    std::vector<std::string> classes;       // empty: there are none
    std::vector<std::string> target_names;  // else k
    std::vector<bool> is_left_out;          // of each row of the file: those with missing values have no prediction
    std::vector<bool> has_unseen_level;     // of each row of `mean`: these have none either
};

void write_json(std::ostream& out, const Answer& answer);
void write_report(std::ostream& out, const Answer& answer);
/// The table that summary() prints in R.
void write_summary(std::ostream& out, const Answer& answer);
/// With --metrics, behind either.
void write_metrics(std::ostream& out, const Answer& answer);
/// One row for each row of the file.
void write_predictions(std::ostream& out, const Predictions& predictions);

}  // namespace fit_csv
