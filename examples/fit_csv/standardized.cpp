#include "standardized.hpp"

namespace fit_csv {

ColumnUnits units_of_columns(const Problem& problem, const Options& options) {
    if (!options.standardize || options.is_direct() || options.is_scale_free() || options.has_corners()) return {};
    const Eigen::VectorXd variance = penalty_factors(problem, options);
    ColumnUnits units{RealVector::Zero(variance.size()), variance.cast<Real>().cwiseSqrt()};
    const RealVector s = problem.outcomes();
    if (options.has_intercept)
        for (Eigen::Index j = 0; j < variance.size(); ++j) units.mean[j] = s.dot(problem.X.col(j)) / s.sum();
    return units;
}

RealMatrix in_units(const RealMatrix& X, const ColumnUnits& units) {
    if (units.is_raw()) return X;
    RealMatrix out = X;
    for (Eigen::Index j = 0; j < X.cols(); ++j) out.col(j) = (X.col(j).array() - units.mean[j]) / units.deviation[j];
    return out;
}

void back_from_units(const ColumnUnits& units, const Options& options, RealMatrix& coefficients,
                     RealVector& intercept) {
    if (units.is_raw()) return;
    for (Eigen::Index c = 0; c < coefficients.cols(); ++c)
        for (Eigen::Index j = 0; j < coefficients.rows(); ++j) {
            coefficients(j, c) /= units.deviation[j];
            if (options.is_ordinal()) intercept.array() += units.mean[j] * coefficients(j, c);
            else intercept[c] -= units.mean[j] * coefficients(j, c);
        }
}

}  // namespace fit_csv
