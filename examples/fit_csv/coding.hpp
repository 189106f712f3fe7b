#pragma once
// From columns of the table to the columns of X: numbers, powers, and levels by treatment coding.

#include "csv_table.hpp"

#include <Eigen/Core>

namespace fit_csv {

using Real = long double;  // what cells are read as, and what statistics are computed in
using RealMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
using RealVector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

/// One column of the table that explains. Levels: none for numbers; else in order, and each but the first has a column
/// of X that is 1 in its rows and 0 in others.
struct FeatureColumn {
    std::string name;
    std::vector<std::string> levels;
};

/// What X is made of; `powers` 1 to that degree of the single column, 0: no powers.
struct Coding {
    std::vector<FeatureColumn> columns;
    int powers = 0;

    /// color[red], x^2
    std::vector<std::string> names() const;
    /// Throws BadInput where a cell is no number, or, unless that is allowed, no level: then all of its columns are 0.
    /// It is allowed where the coding is made from the table itself, not where a saved model brings it.
    RealMatrix matrix(const CsvTable& table, bool allows_other_levels) const;
};

/// Codes of texts: the same where the texts are, or, where all are numbers, where these are; so are they sorted. Rows
/// that weigh nothing have no say in what there is.
class Levels {
public:
    /// No weights: all rows count.
    Levels(const CsvTable& table, std::size_t column, RealVector weights = {});

    bool are_numbers() const { return are_numbers_; }
    /// The different ones, sorted, as written in the first row that has each; into `codes` that of each row, -1: none
    /// of them.
    std::vector<std::string> sorted(RealVector& codes) const;
    /// The codes by the order given, -1: none of them.
    RealVector encoded(const std::vector<std::string>& levels) const;
    /// The same; throws BadInput where a row that counts has none of them. `whose`: " among the --levels"
    RealVector encoded(const std::vector<std::string>& levels, const std::string& whose) const;
    /// Throws BadInput where all levels are numbers but for what seems to stand for a missing value.
    void refuse_what_seems_missing(const std::vector<std::string>& levels) const;

private:
    const char* text(std::size_t row) const { return table_.cell(row, column_); }
    bool counts(std::size_t row) const { return weights_.size() == 0 || weights_[static_cast<Eigen::Index>(row)] > 0; }
    bool is_before(std::size_t a, std::size_t b) const;

    const CsvTable& table_;
    std::size_t column_;
    RealVector weights_;
    bool are_numbers_ = true;
    std::vector<Real> number_;  // of the rows that count, where all are numbers
};

/// Numbers of one column.
RealVector numbers(const CsvTable& table, std::size_t column, const std::string& advice = "");

/// Rows with a missing value in one of these columns (by their place) are refused, or left out and counted.
std::size_t leave_out_missing(CsvTable& table, const std::vector<std::size_t>& columns, bool may_drop);

}  // namespace fit_csv
