#pragma once
// Numbers with normal noise: linear regression.

#include <gradus/families/family.hpp>

namespace gradus::families {

/// y = eta + noise of variance sigma^2 / s, k targets; sigma is told by the residuals.
template <Scalar S>
struct Gaussian {
    using Scalar = S;
    static constexpr Dispersion dispersion = Dispersion::estimated;

    Index targets = 1;

    Squared<S> loss() const { return Squared<S>(targets); }
    std::string name() const { return targets == 1 ? "linear regression" : "multivariate regression"; }
    std::string formula() const { return "1/2 mean |y - eta|^2"; }
    std::vector<std::string> outputs() const {
        std::vector<std::string> names;
        for (Index c = 0; c < targets; ++c) names.push_back(targets == 1 ? std::string("y") : "y" + std::to_string(c));
        return names;
    }
};

GRADUS_COMPILE(struct Gaussian<double>)

}  // namespace gradus::families
