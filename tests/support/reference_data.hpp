// The data sets in tests/data, cell by cell as text, so that each scalar type reads them with its own precision.
#pragma once

#include <gradus/core/types.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace gradus::test {

/// The number nearest to a decimal text.
template <class S>
S from_text(const std::string& text) {
    if constexpr (std::is_same_v<S, float>) return std::strtof(text.c_str(), nullptr);
    else if constexpr (std::is_same_v<S, double>) return std::strtod(text.c_str(), nullptr);
    else if constexpr (std::is_same_v<S, long double>) return std::strtold(text.c_str(), nullptr);
    else return S(text);
}

/// One CSV file: a header and rows of cells.
struct Table {
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> rows;

    Index size() const { return static_cast<Index>(rows.size()); }

    std::size_t position(const std::string& name) const {
        const auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end()) throw std::runtime_error("no column " + name);
        return static_cast<std::size_t>(at - names.begin());
    }

    template <class S>
    Vector<S> column(const std::string& name) const {
        const std::size_t j = position(name);
        Vector<S> out(size());
        for (Index i = 0; i < size(); ++i) out[i] = from_text<S>(rows[static_cast<std::size_t>(i)][j]);
        return out;
    }

    template <class S>
    Matrix<S> columns(const std::vector<std::string>& wanted) const {
        Matrix<S> out(size(), static_cast<Index>(wanted.size()));
        for (Index j = 0; j < out.cols(); ++j) out.col(j) = column<S>(wanted[static_cast<std::size_t>(j)]);
        return out;
    }

    /// All columns but the last.
    template <class S>
    Matrix<S> features() const {
        return columns<S>({names.begin(), names.end() - 1});
    }

    /// The last column as class codes.
    Eigen::VectorXi labels() const { return column<double>(names.back()).cast<int>(); }
};

/// The powers 1, ..., degree of x.
template <class S>
Matrix<S> powers(const Vector<S>& x, Index degree) {
    Matrix<S> out(x.size(), degree);
    for (Index d = 0; d < degree; ++d) out.col(d) = d == 0 ? x : Vector<S>(out.col(d - 1).cwiseProduct(x));
    return out;
}

inline Table read_table(const std::string& name) {
    std::ifstream file(std::string(GRADUS_TEST_DATA) + "/" + name + ".csv");
    if (!file) throw std::runtime_error("cannot open the data set " + name);
    const auto cells = [](const std::string& line) {
        std::vector<std::string> out;
        std::istringstream stream(line);
        for (std::string cell; std::getline(stream, cell, ',');) {
            std::erase(cell, '"');
            std::erase(cell, '\r');
            out.push_back(cell);
        }
        return out;
    };
    Table table;
    std::string line;
    std::getline(file, line);
    table.names = cells(line);
    while (std::getline(file, line)) {
        if (line.empty()) continue;
        table.rows.push_back(cells(line));
        if (table.rows.back().size() != table.names.size()) throw std::runtime_error("a ragged row in " + name);
    }
    if (table.rows.empty()) throw std::runtime_error("no rows in " + name);
    return table;
}

}  // namespace gradus::test
