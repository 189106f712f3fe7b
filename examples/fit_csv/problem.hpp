#pragma once
// The numbers of a fit, taken from the table as the options ask: the same for every scalar.

#include "csv_table.hpp"
#include "options.hpp"

#include <Eigen/Core>

namespace fit_csv {

using Real = long double;  // what cells are read as, and what statistics are computed in
using RealMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
using RealVector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

struct Problem {
    RealMatrix X;                            // n x p
    std::vector<std::string> feature_names;  // p
    RealMatrix Y;  // linear: n x k; with classes: n x 1, their codes, or successes where there are trials
    std::vector<std::string> target_names;  // k
    std::vector<std::string> classes;       // logistic and ordinal: the labels of rows that count, by their code
    RealVector weights, trials;             // n; ones and nothing where none are given
    RealMatrix offset;                      // n x k, as many columns as the linear predictor; zeros where none is given

    Eigen::Index rows() const { return X.rows(); }
    bool is_grouped() const { return trials.size() > 0; }
    /// What each row counts in sums over the single outcomes.
    RealVector outcomes() const { return is_grouped() ? RealVector(weights.cwiseProduct(trials)) : weights; }
};

Problem make_problem(const CsvTable& table, const Options& options);

/// In the order in which a model shows its parameters: the features of each output, then the intercepts.
std::vector<std::string> parameter_names(const Problem& problem, const Options& options);

/// lambda / 2 times these weighs the squared coefficients: one for each, or with --standardize the variances of the
/// columns.
Eigen::VectorXd penalty_factors(const Problem& problem, const Options& options);

}  // namespace fit_csv
