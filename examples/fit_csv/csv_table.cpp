#include "csv_table.hpp"

#include "file_format.hpp"
#include "no_number.hpp"
#include "words.hpp"
#include <gradus/io/files.hpp>
#include <gradus/io/utf8.hpp>

#include <algorithm>
#include <csv.h>
#include <functional>
#include <iostream>
#include <utility>

namespace fit_csv {

namespace {

// libcsv, and the line that each row begins on, which libcsv does not count: the content is handed over line by line.
class Reader {
public:
    using OnRow = std::function<void(std::vector<std::string>&, std::size_t line)>;

    explicit Reader(OnRow on_row, char separator = ',') : on_row_(std::move(on_row)) {
        if (csv_init(&parser_, 0) != 0) throw BadInput("out of memory");
        csv_set_delim(&parser_, static_cast<unsigned char>(separator));
    }
    ~Reader() { csv_free(&parser_); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void read(std::string_view content, std::size_t first_line = 1) {
        for (std::size_t line = first_line; !content.empty(); ++line) {
            const std::size_t end = std::min(content.find_first_of("\r\n"), content.size());
            const std::string_view text =
                content.substr(0, end + (content.substr(end, 2) == "\r\n" ? 2 : end < content.size()));
            if (text.find('\0') != text.npos)
                throw BadInput("line " + std::to_string(line) + ": a byte is zero, which no text has");
            const bool is_blank = text.find_first_not_of(" \t\r\n") == text.npos;
            if (!in_row_) row_line_ = line;
            if (!is_blank) in_row_ = true;
            check(csv_parse(&parser_, text.data(), text.size(), on_cell, on_end, this) == text.size());
            content.remove_prefix(text.size());
        }
        csv_set_opts(&parser_,
                     CSV_STRICT | CSV_STRICT_FINI);  // a quote that is never closed would swallow the rest of the file
        check(csv_fini(&parser_, on_cell, on_end, this) == 0);
    }

private:
    void check(bool fine) const {
        if (fine) return;
        if (csv_error(&parser_) == CSV_EPARSE)
            throw BadInput("line " + std::to_string(row_line_) +
                           ": a quote that is opened in this row is never closed");
        throw BadInput("line " + std::to_string(row_line_) + ": " + csv_strerror(csv_error(&parser_)));
    }
    static void on_cell(void* text, std::size_t length, void* self) {
        static_cast<Reader*>(self)->cells_.emplace_back(static_cast<const char*>(text), length);
    }
    static void on_end(int, void* self) {
        Reader& reader = *static_cast<Reader*>(self);
        reader.on_row_(reader.cells_, reader.row_line_);
        reader.cells_.clear();
        reader.in_row_ = false;
    }

    mutable csv_parser parser_;  // csv_error takes a pointer to what it does not change
    OnRow on_row_;
    std::vector<std::string> cells_;
    std::size_t row_line_ = 1;
    bool in_row_ = false;
};

std::string and_others(std::size_t rows) { return rows == 1 ? "" : " and " + std::to_string(rows - 1) + " more"; }

}  // namespace

std::string content_of(const std::string& path) {
    return path == "-" ? gradus::saved::content_of(std::cin, name_of_input(path)) : gradus::saved::content_of(path);
}

std::string name_of_input(const std::string& path) { return path == "-" ? "standard input" : path; }

CsvTable::CsvTable(const std::string& path, char separator) : path_(name_of_input(path)) {
    const std::string content = content_of(path);
    std::string_view rest = content;
    if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);  // the byte order mark of some spreadsheets
    try {
        refuse_what_is_no_text(rest);
        read(rest, separator);
    } catch (const BadInput& error) {
        throw BadInput(path_ + ", " + error.what());
    }
    is_left_out_.assign(rows(), false);
    if (names_.empty()) throw BadInput(path_ + " is empty: it needs a header row");
    if (line_.empty()) throw BadInput(path_ + " has a header but no rows");
    if (!empty_lines_.empty())
        notes_.push_back("line " + std::to_string(empty_lines_[0]) + and_others(empty_lines_.size()) +
                         " at the end: empty, left out");
    if (extra_cells_ > 0)
        notes_.push_back(counted(extra_cells_, "row") + (extra_cells_ == 1 ? " has" : " have") +
                         " empty cells behind the last column: left out");
    leave_out_empty_columns();
    name_columns_by_place();
}

void CsvTable::read(std::string_view content, char separator) {
    std::size_t first_line = 1;
    // "sep=;" is how spreadsheets are told
    if (content.size() > 5 && content.substr(0, 4) == "sep=" && (content[5] == '\n' || content[5] == '\r')) {
        if (separator == 0) separator = content[4];
        content.remove_prefix(content.substr(5, 2) == "\r\n" ? 7 : 6);
        first_line = 2;
    }
    if (separator == 0) {
        const Separator guess = guess_separator(content);
        separator = guess.character;
        const std::string name = separator == '\t' ? "tab" : std::string("'") + separator + "'";
        (guess.is_in_doubt ? doubt_ : doubt_of_single_) =
            " (" + name + " is taken for what separates the cells; --separator says otherwise)";
    }
    Reader reader(
        [this](std::vector<std::string>& cells, std::size_t line) {
            if (names_.empty()) set_names(std::move(cells), line);
            else add_row(cells, line);
        },
        separator);
    reader.read(content, first_line);
}

void CsvTable::set_names(std::vector<std::string> names, std::size_t line) {
    for (auto name = names.begin(); name != names.end(); ++name) {
        const auto first = std::find(names.begin(), name, *name);
        if (first != name && !name->empty())
            throw BadInput("line " + std::to_string(line) + ", column " + std::to_string(name - names.begin() + 1) +
                           ": the name " + quoted(*name) + " is that of column " +
                           std::to_string(first - names.begin() + 1) + " already");
    }
    names_ = std::move(names);
    stride_ = named_ = names_.size();
    while (named_ > 0 && names_[named_ - 1].empty()) --named_;
    if (named_ == 0) throw BadInput("line " + std::to_string(line) + ": no column has a name");
}

void CsvTable::add_row(std::vector<std::string>& cells, std::size_t line) {
    const auto is_empty = [](const std::string& cell) { return cell.empty(); };
    if (cells.size() > 1 && std::all_of(cells.begin(), cells.end(), is_empty)) return empty_lines_.push_back(line);
    for (const std::size_t empty : std::exchange(empty_lines_, {}))  // not at the end, so they are rows
        push_row(std::vector<std::string>(stride_), empty);
    while (cells.size() > stride_ && cells.back().empty()) {
        extra_cells_ += cells.size() == stride_ + 1;
        cells.pop_back();
    }
    const bool is_single = cells.size() == 1 || stride_ == 1;
    const std::string counts = counted(cells.size(), "cell") + ", but the header has " + std::to_string(names_.size()) +
                               doubt_ + (is_single ? doubt_of_single_ : "");
    if (cells.size() < named_)
        throw BadInput("line " + std::to_string(line) + ", column " + quoted(names_[cells.size()]) +
                       ": missing: the row has " + counts);
    if (cells.size() > stride_)
        throw BadInput("line " + std::to_string(line) + ", column " + std::to_string(stride_ + 1) +
                       ": too many: the row has " + counts + why_one_more(cells.size()));
    cells.resize(stride_);
    push_row(cells, line);
}

// In the first row, before any other has shown that the header is complete.
std::string CsvTable::why_one_more(std::size_t cells) const {
    if (cells != stride_ + 1 || !line_.empty()) return "";
    return "; if the first column holds names of rows, as R's write.table has them, give it a name in the header, or "
           "write the file by write.csv(..., row.names = FALSE)";
}

void CsvTable::push_row(const std::vector<std::string>& cells, std::size_t line) {
    for (const std::string& cell : cells) {
        start_.push_back(text_.size());
        text_ += trimmed(cell);  // within quotes it may have blanks around it
        text_ += '\0';
    }
    line_.push_back(line);
}

void CsvTable::leave_out_empty_columns() {
    const auto is_empty = [&](std::size_t column) {
        for (std::size_t i = 0; i < rows(); ++i)
            if (*cell(i, column) != '\0') return false;
        return true;
    };
    std::size_t used = names_.size();
    while (used > named_ && is_empty(used - 1)) --used;
    if (used == names_.size()) return;
    notes_.push_back(counted(names_.size() - used, "empty column") + " without a name at the end: left out");
    names_.resize(used);
}

void CsvTable::name_columns_by_place() {
    for (std::size_t j = 0; j < names_.size(); ++j) {
        if (!names_[j].empty()) continue;
        const std::string name = "column " + std::to_string(j + 1);
        if (std::find(names_.begin(), names_.end(), name) != names_.end())
            throw BadInput(path_ + ", line 1: column " + std::to_string(j + 1) + " has no name, and another has its");
        names_[j] = name;
        has_row_names_ = has_row_names_ || j == 0;
        notes_.push_back(name + " has no name: " +
                         (j == 0 ? "taken for names of the rows and left out, unless --features has '" + name + "'"
                                 : "called '" + name + "'"));
    }
    if (!names_.empty() && names_[0] == "Unnamed: 0")
        notes_.push_back("column 1, 'Unnamed: 0', may be row numbers that pandas wrote; --features chooses");
}

bool CsvTable::is_missing(std::size_t row, std::size_t column) const { return is_missing_value(cell(row, column)); }

void CsvTable::keep_rows(const std::vector<std::size_t>& kept) {
    std::vector<std::size_t> start, line;
    for (const std::size_t row : kept) {
        for (std::size_t j = 0; j < stride_; ++j) start.push_back(start_[row * stride_ + j]);
        line.push_back(line_[row]);
    }
    start_ = std::move(start);
    line_ = std::move(line);
    is_left_out_.assign(is_left_out_.size(), true);
    for (const std::size_t row : kept) is_left_out_[row] = false;
}

std::size_t CsvTable::column(const std::string& name, const std::string& option) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
    std::vector<std::string> known;
    for (const std::string& other : names_) known.push_back(shortened(other, 20));
    const char* single = names_.size() > 1 ? ""
                                           : ", a single column; --separator says what separates its columns, if "
                                             "neither comma, semicolon, tab nor |";
    const bool is_utf8 = std::all_of(names_.begin(), names_.end(), gradus::is_utf8);
    throw BadInput(option + ": " + path_ + " has no column " + quoted(name) + "; it has " + listed(known) + single +
                   (is_utf8 ? "" : std::string("; its header is not UTF-8: ") + save_as_utf8));
}

std::string CsvTable::place(std::size_t row, std::size_t column) const {
    return path_ + ", line " + std::to_string(line_[row]) + ", column " + quoted(names_[column]);
}

long double CsvTable::number(std::size_t row, std::size_t column, const std::string& advice) const {
    const char* text = cell(row, column);
    long double value = 0;
    if (*text == '\0') throw BadInput(place(row, column) + ": the cell is empty");
    if (!read_number(text, value))
        throw BadInput(place(row, column) + ": " + quoted(text) + " is not a finite number" +
                       why_no_number(text, advice));
    if (is_too_small(text, value))
        throw BadInput(place(row, column) + ": " + quoted(text) +
                       " is too small for any number here: use a smaller unit, or write 0");
    return value;
}

std::string quoted(const std::string& text) {
    constexpr std::size_t longest = 60;
    std::string out = "'" + text.substr(0, longest);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
    if (text.size() <= longest) return out + "'";
    while (out.size() > 1 && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();  // half a letter
    if (static_cast<unsigned char>(out.back()) >= 0xC0) out.pop_back();
    return out + "...' (" + std::to_string(text.size()) + " bytes)";
}

std::vector<std::string> split_list(const std::string& line) {
    std::vector<std::string> list;
    Reader reader([&](std::vector<std::string>& cells, std::size_t) { list = std::move(cells); });
    reader.read(line);
    return list;
}

std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == text.npos) return text;
    std::string out(2 * text.size() + 2, '\0');
    out.resize(csv_write(out.data(), out.size(), text.data(), text.size()));
    return out;
}

}  // namespace fit_csv
