#pragma once
// A CSV file with a header row, its cells kept as text without blanks around it: a cell becomes a number when somebody
// asks for one, and then what is wrong with it is said with line and column.

#include "cells.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fit_csv {

/// The command line or the file is wrong: one sentence that says what and where.
struct BadInput : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// All of a file; - is standard input.
std::string content_of(const std::string& path);
/// As sentences have it.
std::string name_of_input(const std::string& path);

class CsvTable {
public:
    /// `path`: - is standard input. `separator`: 0 is guessed.
    explicit CsvTable(const std::string& path, char separator = 0);

    /// What was left out or given a name, in sentences.
    const std::vector<std::string>& notes() const { return notes_; }

    const std::vector<std::string>& names() const { return names_; }
    std::size_t rows() const { return line_.size(); }
    /// Of the file, counted from one. A row whose cells contain line breaks is where it begins.
    std::size_t line(std::size_t row) const { return line_[row]; }
    /// `option` names the part that the column was to play.
    std::size_t column(const std::string& name, const std::string& option) const;

    const char* cell(std::size_t row, std::size_t column) const { return &text_[start_[row * stride_ + column]]; }
    /// Whether the first column has no name: the row names that R and pandas write.
    bool has_row_names() const { return has_row_names_; }
    /// Empty, NA, NaN, N/A, null or ?
    bool is_missing(std::size_t row, std::size_t column) const;
    /// Leaves the other rows out; not more than once.
    void keep_rows(const std::vector<std::size_t>& rows);
    /// Of each row of the file, in order.
    const std::vector<bool>& is_left_out() const { return is_left_out_; }
    /// Throws BadInput unless the cell is a finite number; `advice` is what to do with words.
    long double number(std::size_t row, std::size_t column, const std::string& advice = "") const;
    /// "x.csv, line 7, column 'age'"
    std::string place(std::size_t row, std::size_t column) const;

private:
    void read(std::string_view content, char separator);
    void set_names(std::vector<std::string> names, std::size_t line);
    void add_row(std::vector<std::string>& cells, std::size_t line);
    std::string why_one_more(std::size_t cells) const;
    void push_row(const std::vector<std::string>& cells, std::size_t line);
    void leave_out_empty_columns();
    void name_columns_by_place();

    std::string path_;
    std::vector<std::string> names_, notes_;
    std::size_t stride_ = 0;                // cells of a row, also those behind the last column that is used
    std::size_t named_ = 0;                 // columns up to the last that has a name
    std::size_t extra_cells_ = 0;           // rows with empty cells behind the last column
    std::vector<std::size_t> empty_lines_;  // rows without any content that were met last
    bool has_row_names_ = false;
    std::string text_;                // all cells, each ended by a zero
    std::vector<std::size_t> start_;  // of each cell in text_, row after row
    std::vector<std::size_t> line_;   // of each row in the file
    std::vector<bool> is_left_out_;
    std::string doubt_, doubt_of_single_;  // about the separator that was guessed: at all, or if there is one cell only
};

/// A name or a cell as it is quoted in a message: short, and without control characters.
std::string quoted(const std::string& text);

/// The cells of one line: for lists on the command line, where a name with a comma is quoted as in the file.
std::vector<std::string> split_list(const std::string& line);

/// A cell as it is written to a file: in quotes where it has to be.
std::string csv_cell(const std::string& text);

}  // namespace fit_csv
