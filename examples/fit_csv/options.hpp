#pragma once
// The command line.

#include <optional>
#include <string>
#include <vector>

namespace fit_csv {

struct Options {
    std::string file, model;
    std::vector<std::string> targets;
    std::optional<std::vector<std::string>> features;  // not given: all columns that have no other part
    std::string weights, offset, trials;               // names of columns, or empty
    int polynomial = 0;                                // degree, 0: the features as they are
    bool has_intercept = true;

    std::string penalty;           // ridge, lasso, elastic-net, or empty
    std::optional<double> lambda;  // not given: a path or cross-validation finds it
    double l1_ratio = 1;
    bool has_path = false;
    bool shows_progress = false;  // of --path and --folds
    int folds = 0;                // 0: no cross-validation
    bool standardize = false;
    bool has_firth = false;

    std::string solver;  // as asked for, or by default
    std::optional<double> tolerance;
    std::optional<int> max_iterations;
    std::optional<double> step;  // length of a fixed step
    std::string scalar = "double";
    int threads = 1;  // 0: as many as there are

    bool has_odds_ratios = false;
    bool has_metrics = false;
    double test_share = 0;                 // of the rows, held out of the fit
    int seed = 1;                          // of the draw of these rows
    bool has_summary = false;              // tests and intervals instead of the report
    std::optional<double> delta;           // Huber's
    std::vector<std::string> levels;       // ordinal: from low to high; empty: sorted
    std::string link = "logit";            // ordinal
    std::string json, predictions, trace;  // files, or empty, or "-"

    char separator = 0;                    // of cells; 0: guessed
    bool may_drop_missing = false;         // rows with missing values
    std::vector<std::string> categorical;  // features that are levels
    bool weights_are_precisions = false;   // else frequencies
    std::string save, load;                // files of models, or empty; save may be "-"

    /// Standard output holds something else than the report.
    bool has_output_in_place_of_report() const { return save == "-" || predictions == "-" || trace == "-"; }
    bool is_linear() const { return model == "linear"; }
    bool is_count() const { return model == "poisson"; }
    bool is_ordinal() const { return model == "ordinal"; }
    bool has_classes() const { return model == "logistic" || is_ordinal(); }
    bool is_penalised() const { return !penalty.empty() && lambda != 0.0; }
    bool has_corners() const { return penalty == "lasso" || penalty == "elastic-net"; }
    bool is_direct() const { return solver == "qr" || solver == "cholesky" || solver == "svd"; }
    /// An iterative solver whose steps do not depend on the coordinates.
    bool is_scale_free() const {
        return solver == "auto" || solver == "newton" || solver == "newton-cg" || solver == "lbfgs" ||
               solver == "conjugate-gradient";
    }
};

/// Prints the help and returns nothing when that is asked for; throws BadInput when the command line is wrong.
std::optional<Options> read_command_line(int argc, char** argv);

}  // namespace fit_csv
