// The models that a NAME.reference.json describes, without the JSON library: it is compiled once, in
// reference_models.cpp.
#pragma once

#include "support/correct_digits.hpp"
#include "support/reference_data.hpp"

#include <map>

namespace gradus::test {

struct Coefficient {
    std::string output, name, estimate, std_error = {};  ///< output: target or class, empty when there is one
};

struct ReferenceModel {
    std::string set, id, task;
    std::vector<std::string> targets, features;
    bool has_intercept = true;
    Index polynomial_degree = 0;
    std::string lambda;  ///< empty without penalty
    bool estimate_exists = true;
    bool is_degenerate = false;  ///< rank deficient: coefficients are those of least norm with a free intercept
    std::vector<std::string> classes;
    std::string weights, link;  ///< a column, or empty; of ordinal models
    std::vector<Coefficient> coefficients, certified, thresholds;
    std::map<std::string, std::string> statistics;  ///< of the first target
    double digits = 0;                              ///< to ask for in double
    double rss_digits = 0;

    std::string name() const { return set + "/" + id; }
    Index features_count() const { return polynomial_degree ? polynomial_degree : static_cast<Index>(features.size()); }

    /// Column c of the estimates, intercept first when there is one.
    template <class S>
    Vector<S> estimates(std::size_t output = 0) const {
        const auto length = static_cast<std::size_t>(features_count() + (has_intercept ? 1 : 0));
        Vector<S> out(static_cast<Index>(length));
        for (std::size_t j = 0; j < length; ++j)
            out[static_cast<Index>(j)] = from_text<S>(coefficients.at(output * length + j).estimate);
        return out;
    }

    template <class S>
    Matrix<S> design(const Table& table) const {
        return polynomial_degree ? powers<S>(table.column<S>(features.at(0)), polynomial_degree)
                                 : table.columns<S>(features);
    }
};

/// All models of a data set with one of these tasks.
std::vector<ReferenceModel> reference_models(const std::string& set, const std::vector<std::string>& tasks);

/// One model by its id.
ReferenceModel reference_model(const std::string& set, const std::string& id);

}  // namespace gradus::test
