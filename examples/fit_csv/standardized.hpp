#pragma once
// Columns of mean zero and standard deviation one, for the solvers whose steps depend on the scale, and the way back.

#include "fitted.hpp"

namespace fit_csv {

/// x_j is seen as (x_j - mean_j) / deviation_j; empty: as it is.
struct ColumnUnits {
    RealVector mean, deviation;
    bool is_raw() const { return deviation.size() == 0; }
};

/// With --standardize, for solvers whose steps depend on the scale. Without an intercept columns are not shifted.
ColumnUnits units_of_columns(const Problem& problem, const Options& options);

RealMatrix in_units(const RealMatrix& X, const ColumnUnits& units);

/// Coefficients and intercept (or thresholds) of the standardised columns become those of the columns as they are.
void back_from_units(const ColumnUnits& units, const Options& options, RealMatrix& coefficients, RealVector& intercept);

}  // namespace fit_csv
