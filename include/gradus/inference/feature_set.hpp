#pragma once
// Some of the features of a model, by place or by name.

#include <gradus/models/likelihood.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

/// {0, 3}, {"age", "smoker"}, or a vector of either.
struct FeatureSet {
    FeatureSet() = default;
    FeatureSet(std::initializer_list<int> places) : indices(places.begin(), places.end()) {}
    FeatureSet(std::initializer_list<Index> places) : indices(places) {}
    FeatureSet(std::initializer_list<std::string> words) : names(words) {}
    FeatureSet(std::vector<Index> places) : indices(std::move(places)) {}
    FeatureSet(std::vector<std::string> words) : names(std::move(words)) {}

    std::vector<Index> indices;
    std::vector<std::string> names;
};

namespace detail {

/// The columns of X, sorted, each once. Throws InvalidInput for a place or name that is not there.
template <Scalar S>
std::vector<Index> feature_indices(const Likelihood<S>& likelihood, const FeatureSet& wanted) {
    const auto& names = likelihood.features;
    std::vector<Index> out = wanted.indices;
    for (const Index j : out)
        if (j < 0 || j >= static_cast<Index>(names.size())) reject("no feature ", j, " among ", names.size());
    for (const std::string& name : wanted.names) {
        const auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end()) reject("no feature '", name, "'");
        out.push_back(at - names.begin());
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace detail

}  // namespace gradus
