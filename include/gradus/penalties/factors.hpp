#pragma once
// What penalties weigh the features by.

#include <gradus/core/errors.hpp>
#include <gradus/core/types.hpp>

#include <cmath>

namespace gradus::detail {

/// Throws InvalidInput unless there are none, or one finite number >= 0 for each feature; `what`: "factor", "unit".
GRADUS_ONCE inline void check_one_per_feature(const char* name, const char* what, const Eigen::VectorXd& numbers,
                                              Index features) {
    if (numbers.size() == 0) return;
    if (numbers.size() != features) reject(name, ": ", numbers.size(), " ", what, "s for ", features, " features");
    for (Index j = 0; j < features; ++j)
        if (!(numbers[j] >= 0) || !std::isfinite(numbers[j]))
            reject(name, ": ", what, " ", j, " is ", numbers[j], ", but must be a finite number >= 0");
}
/// Throws InvalidInput unless lambda >= 0 and there are no factors or one >= 0 for each feature.
GRADUS_ONCE inline void check_lambda_and_factors(const char* name, double lambda, const Eigen::VectorXd& factors,
                                                 Index features) {
    if (!(lambda >= 0) || !std::isfinite(lambda))
        reject(name, ": lambda is ", lambda, ", but must be a finite number >= 0");
    check_one_per_feature(name, "factor", factors, features);
}

/// Factor by factor.
inline Eigen::VectorXd times_factors(const Eigen::VectorXd& factors, const Eigen::VectorXd& units) {
    return factors.size() ? Eigen::VectorXd(factors.cwiseProduct(units)) : units;
}

}  // namespace gradus::detail
