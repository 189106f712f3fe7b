#pragma once
// What is done with a file of anything: a table and a model are read, or refused in one short sentence.

#include "fit_csv/coding.hpp"
#include <gradus/io/json.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/preprocessing/pipeline.hpp>
#include <gradus/preprocessing/polynomial_features.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace gradus::test {

inline void check_sentence(const std::string& sentence) {
    if (sentence.empty() || sentence.size() > 1000)
        throw std::logic_error("a refusal of " + std::to_string(sentence.size()) + " bytes");
    for (const char c : sentence)
        if (c == '\n') throw std::logic_error("a refusal of several lines: " + sentence);
}

/// Whether `read` succeeds; what it refuses, it refuses in a sentence.
template <class Read>
bool is_read(Read&& read) {
    try {
        read();
        return true;
    } catch (const fit_csv::BadInput& error) {
        check_sentence(error.what());
    } catch (const InvalidInput& error) {
        check_sentence(error.what());
    }
    return false;
}

/// choose(n): a number below n.
template <class Choose>
void read_table(const std::string& path, Choose&& choose) {
    using namespace fit_csv;
    static const char separators[] = {0, 0, 0, ';', '\t', '^'};
    CsvTable table(path, separators[choose(6)]);
    std::vector<std::size_t> columns;
    for (std::size_t j = 0; j < table.names().size(); ++j) columns.push_back(j);
    leave_out_missing(table, columns, choose(2) == 0);
    Coding coding;
    for (const std::string& name : table.names()) {
        RealVector codes;
        coding.columns.push_back({name, {}});
        if (choose(2) == 0) coding.columns.back().levels = Levels(table, table.column(name, "--x")).sorted(codes);
    }
    const RealMatrix X = coding.matrix(table, false);
    if (X.rows() != static_cast<Eigen::Index>(table.rows()) || !X.allFinite())
        throw std::logic_error("a table with other numbers than its file");
}

using SavedModel =
    Pipeline<LogisticRegression<double, NoPenalty, std::string>, StandardScaler<double>, PolynomialFeatures<double>>;

/// A file as it should be.
inline std::string saved_model() {
    Eigen::MatrixXd X(6, 2);
    X << 1, 2, 2, 1, 3, 5, 4, 1, 5, 3, 6, 4;
    SavedModel model{{}, StandardScaler<double>(), PolynomialFeatures<double>({.degree = 1})};
    model.fit(X, std::vector<std::string>{"no", "yes", "no", "no", "yes", "yes"});
    std::ostringstream out;
    save(model, out);
    return out.str();
}

/// The model in it, saved again.
template <class Model>
std::string saved_again(const std::string& content) {
    std::istringstream in(content);
    std::ostringstream out;
    save(load<Model>(in), out);
    return out.str();
}

}  // namespace gradus::test
