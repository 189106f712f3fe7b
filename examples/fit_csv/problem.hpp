#pragma once
// The numbers of a fit, taken from the table as the options ask: the same for every scalar.

#include "coding.hpp"
#include "options.hpp"

namespace fit_csv {

struct Problem {
    RealMatrix X;                            // n x p
    Coding coding;                           // how X came of the table
    std::size_t dropped_rows = 0;            // with missing values
    std::size_t held_out_rows = 0;           // by --test-share
    std::vector<bool> has_unseen_level;      // n: rows with a level that no row has that is fitted
    std::vector<std::string> notes;          // what was left out or looks odd, in sentences
    std::vector<std::string> feature_names;  // p
    RealMatrix Y;  // linear: n x k; with classes: n x 1, their codes, or successes where there are trials
    std::vector<std::string> target_names;  // k
    std::vector<std::string> classes;       // logistic and ordinal: the labels of rows that count, by their code
    RealVector weights, trials;             // n; ones and nothing where none are given; zero in rows that are held out
    RealVector held_out;                    // n: what such rows weigh that can be judged, and zero in others
    RealMatrix offset;                      // n x k, as many columns as the linear predictor; zeros where none is given

    Eigen::Index rows() const { return weights.size(); }
    std::size_t rows_that_count() const { return static_cast<std::size_t>((weights.array() > 0).count()); }
    bool is_grouped() const { return trials.size() > 0; }
    /// What each row counts in sums over the single outcomes.
    RealVector outcomes() const { return is_grouped() ? RealVector(weights.cwiseProduct(trials)) : weights; }
};

/// Rows with missing values leave the table where the options say so.
Problem make_problem(CsvTable& table, const Options& options);

/// In the order in which a model shows its parameters: the features of each output, then the intercepts.
std::vector<std::string> parameter_names(const Problem& problem, const Options& options);

/// lambda / 2 times these weighs the squared coefficients: one for each, or with --standardize the variances of the
/// columns.
Eigen::VectorXd penalty_factors(const Problem& problem, const Options& options);

}  // namespace fit_csv
