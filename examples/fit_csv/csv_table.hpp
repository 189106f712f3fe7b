#pragma once
// A CSV file with a header row, its cells kept as text: a cell becomes a number when somebody asks for one, and then
// what is wrong with it is said with line and column.

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

class CsvTable {
public:
    explicit CsvTable(const std::string& path);

    const std::vector<std::string>& names() const { return names_; }
    std::size_t rows() const { return line_.size(); }
    /// Of the file, counted from one. A row whose cells contain line breaks is where it begins.
    std::size_t line(std::size_t row) const { return line_[row]; }
    /// `option` names the part that the column was to play.
    std::size_t column(const std::string& name, const std::string& option) const;

    const char* cell(std::size_t row, std::size_t column) const { return &text_[start_[row * names_.size() + column]]; }
    /// Throws BadInput unless the cell is a finite number.
    long double number(std::size_t row, std::size_t column) const;
    /// "line 7, column 'age'"
    std::string place(std::size_t row, std::size_t column) const;

private:
    void read(const std::string& content);
    void set_names(std::vector<std::string> names);
    void add_row(const std::vector<std::string>& cells, std::size_t line);

    std::string path_;
    std::vector<std::string> names_;
    std::string text_;                // all cells, each ended by a zero
    std::vector<std::size_t> start_;  // of each cell in text_, row after row
    std::vector<std::size_t> line_;   // of each row in the file
};

/// The cells of one line: for lists on the command line, where a name with a comma is quoted as in the file.
std::vector<std::string> split_list(const std::string& line);

/// A cell as it is written to a file: in quotes where it has to be.
std::string csv_cell(const std::string& text);

/// The whole text is a finite number.
bool read_number(const char* text, long double& value);

}  // namespace fit_csv
