#include "coding.hpp"

#include <algorithm>
#include <utility>

namespace fit_csv {

namespace {

using Eigen::Index;

// Those as numbers, if all are.
std::vector<Real> as_numbers(const std::vector<std::string>& levels) {
    std::vector<Real> out(levels.size());
    for (std::size_t c = 0; c < levels.size(); ++c)
        if (!read_number(levels[c].c_str(), out[c])) return {};
    return out;
}

// A name on the command line, where it is fit to be repeated there.
std::string as_typed(const std::string& name) {
    const bool is_plain = name.size() < 60 && std::all_of(name.begin(), name.end(), [](char c) { return c >= ' '; });
    return is_plain ? csv_cell(name) : "NAME";
}

}  // namespace

RealVector numbers(const CsvTable& table, std::size_t column, const std::string& advice) {
    RealVector values(static_cast<Index>(table.rows()));
    for (std::size_t i = 0; i < table.rows(); ++i) values[static_cast<Index>(i)] = table.number(i, column, advice);
    return values;
}

std::vector<std::string> Coding::names() const {
    std::vector<std::string> out;
    for (const FeatureColumn& column : columns) {
        if (column.levels.empty()) out.push_back(column.name);
        for (std::size_t c = 1; c < column.levels.size(); ++c)
            out.push_back(column.name + "[" + column.levels[c] + "]");
    }
    if (powers == 0) return out;
    std::vector<std::string> raised;
    for (int power = 1; power <= powers; ++power) raised.push_back(out[0] + "^" + std::to_string(power));
    return raised;
}

RealMatrix Coding::matrix(const CsvTable& table, bool allows_other_levels) const {
    RealMatrix X = RealMatrix::Zero(static_cast<Index>(table.rows()), static_cast<Index>(names().size()));
    Index j = 0;
    for (const FeatureColumn& column : columns) {
        const std::size_t place = table.column(column.name, "--features");
        if (column.levels.empty()) {
            X.col(j++) =
                numbers(table, place,
                        allows_other_levels ? "; for a column of words say --categorical " + as_typed(column.name)
                                            : "; the model was fitted to numbers in this column");
            continue;
        }
        const Levels levels(table, place);
        const RealVector codes = allows_other_levels
                                     ? levels.encoded(column.levels)
                                     : levels.encoded(column.levels, " among the levels that were fitted");
        for (Index c = 1; c < static_cast<Index>(column.levels.size()); ++c, ++j)
            X.col(j) = (codes.array() == static_cast<Real>(c)).cast<Real>();
    }
    for (Index power = 1; power < powers; ++power) X.col(power) = X.col(power - 1).cwiseProduct(X.col(0));
    return X;
}

Levels::Levels(const CsvTable& table, std::size_t column, RealVector weights)
    : table_(table), column_(column), weights_(std::move(weights)), number_(table.rows()) {
    for (std::size_t i = 0; i < table.rows() && are_numbers_; ++i)
        are_numbers_ = !counts(i) || read_number(text(i), number_[i]);
}

std::vector<std::string> Levels::sorted(RealVector& codes) const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < table_.rows(); ++i)
        if (counts(i)) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return is_before(a, b); });
    std::vector<std::string> levels;
    codes.setConstant(static_cast<Index>(table_.rows()), Real(-1));
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || is_before(order[i - 1], order[i])) levels.emplace_back(text(order[i]));
        codes[static_cast<Index>(order[i])] = static_cast<Real>(levels.size() - 1);
    }
    return levels;
}

RealVector Levels::encoded(const std::vector<std::string>& levels) const {
    const std::vector<Real> number = as_numbers(levels);
    std::vector<std::string_view> name;
    for (const std::string& level : levels) name.push_back(trimmed(level));  // as cells are
    RealVector codes(static_cast<Index>(table_.rows()));
    for (std::size_t i = 0; i < table_.rows(); ++i) {
        Real value = 0;
        const bool is_number = !number.empty() && read_number(text(i), value);
        std::size_t c = 0;
        while (c < levels.size() && !(is_number ? number[c] == value : name[c] == text(i))) ++c;
        codes[static_cast<Index>(i)] = c < levels.size() ? static_cast<Real>(c) : Real(-1);
    }
    return codes;
}

RealVector Levels::encoded(const std::vector<std::string>& levels, const std::string& whose) const {
    const RealVector codes = encoded(levels);
    for (std::size_t i = 0; i < table_.rows(); ++i)
        if (counts(i) && codes[static_cast<Index>(i)] < 0)
            throw BadInput(table_.place(i, column_) + ": " + quoted(text(i)) + " is not" + whose);
    return codes;
}

void Levels::refuse_what_seems_missing(const std::vector<std::string>& levels) const {
    if (are_numbers_) return;
    Real value = 0;
    const auto is_number = [&](const std::string& level) { return read_number(level.c_str(), value); };
    if (std::none_of(levels.begin(), levels.end(), is_number)) return;
    for (const std::string& level : levels)
        if (!is_number(level) && !looks_missing(level)) return;
    for (std::size_t i = 0; i < table_.rows(); ++i)
        if (counts(i) && !is_number(text(i)))
            throw BadInput(table_.place(i, column_) + ": " + quoted(text(i)) +
                           " among numbers seems to stand for a missing value: write NA, and see --missing");
}

bool Levels::is_before(std::size_t a, std::size_t b) const {
    return are_numbers_ ? number_[a] < number_[b] : std::string_view(text(a)) < std::string_view(text(b));
}

std::size_t leave_out_missing(CsvTable& table, const std::vector<std::size_t>& columns, bool may_drop) {
    std::vector<std::size_t> kept;
    std::string first;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        const auto missing = std::find_if(columns.begin(), columns.end(),
                                          [&](std::size_t column) { return table.is_missing(i, column); });
        if (missing == columns.end()) kept.push_back(i);
        else if (first.empty()) {
            const std::string cell = table.cell(i, *missing);
            first = table.place(i, *missing) +
                    (cell.empty() ? ": the cell is empty" : ": " + quoted(cell) + " is a missing value");
        }
    }
    const std::size_t dropped = table.rows() - kept.size();
    if (dropped == 0) return 0;
    const std::string rows = dropped == 1 ? "1 row has" : std::to_string(dropped) + " rows have";
    if (!may_drop)
        throw BadInput(first + " (" + rows + " one in the columns that are used; --missing drop leaves such rows out)");
    if (kept.empty()) throw BadInput(first + ", and so in every row: nothing is left");
    table.keep_rows(kept);
    return dropped;
}

}  // namespace fit_csv
