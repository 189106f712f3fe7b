#pragma once
// What a fit gives back, whatever its scalar.

#include "problem.hpp"
#include "watch.hpp"
#include <gradus/inference/inference.hpp>

#include <optional>

namespace fit_csv {

/// What a path says of one lambda.
struct PathPlace {
    double lambda = 0, degrees_of_freedom = 0, deviance_explained = 0, aic = 0, bic = 0;
    Eigen::Index nonzero = 0;
    double duality_gap = -1;
    bool has_converged = true;
    double mean_loss = 0, standard_error = 0;  // of rows left out, where there are folds
    RealMatrix coefficients = {};
    RealVector intercept = {};
};

struct Fitted {
    gradus::FitReport report;     // with names that are short
    std::string solver;           // the one that ran, as --solver names it
    RealMatrix coefficients;      // p x k as the model has them: for more than two classes the symmetric form
    RealVector intercept;         // k; ordinal: the thresholds
    std::vector<PathPlace> path;  // with --path or --folds
    double best_lambda = -1, one_standard_error_lambda = -1;  // with --folds
    Eigen::Index unconverged_folds = 0;                       // fits of these
    std::optional<gradus::Inference> inference;
    std::string why_no_inference;  // where there is none
};

Fitted fit_float(const Problem& problem, const Options& options, Watch& watch);
Fitted fit_double(const Problem& problem, const Options& options, Watch& watch);
Fitted fit_long_double(const Problem& problem, const Options& options, Watch& watch);

}  // namespace fit_csv
