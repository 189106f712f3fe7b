#include "csv_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <csv.h>
#include <fstream>
#include <functional>
#include <iterator>

namespace fit_csv {

namespace {

// libcsv, and the line that each row begins on, which libcsv does not count: the content is handed over line by line.
class Reader {
public:
    using OnRow = std::function<void(std::vector<std::string>&, std::size_t line)>;

    explicit Reader(OnRow on_row) : on_row_(std::move(on_row)) {
        if (csv_init(&parser_, 0) != 0) throw BadInput("out of memory");
    }
    ~Reader() { csv_free(&parser_); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void read(std::string_view content) {
        for (std::size_t line = 1; !content.empty(); ++line) {
            const std::size_t end = std::min(content.find_first_of("\r\n"), content.size());
            const std::string_view text =
                content.substr(0, end + (content.substr(end, 2) == "\r\n" ? 2 : end < content.size()));
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

std::string quoted(const std::string& name) { return "'" + name + "'"; }

}  // namespace

CsvTable::CsvTable(const std::string& path) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) throw BadInput("cannot read " + path);
    if (content.compare(0, 3, "\xEF\xBB\xBF") == 0)
        content.erase(0, 3);  // the byte order mark that some spreadsheets write
    try {
        read(content);
    } catch (const BadInput& error) {
        throw BadInput(path + ", " + error.what());
    }
    if (names_.empty()) throw BadInput(path + " is empty: it needs a header row");
    if (line_.empty()) throw BadInput(path + " has a header but no rows");
}

void CsvTable::read(const std::string& content) {
    Reader reader([this](std::vector<std::string>& cells, std::size_t line) {
        if (names_.empty()) set_names(std::move(cells));
        else add_row(cells, line);
    });
    reader.read(content);
}

void CsvTable::set_names(std::vector<std::string> names) {
    for (auto name = names.begin(); name != names.end(); ++name) {
        const auto first = std::find(names.begin(), name, *name);
        if (first != name)
            throw BadInput("line 1, column " + std::to_string(name - names.begin() + 1) + ": the name " +
                           quoted(*name) + " is that of column " + std::to_string(first - names.begin() + 1) +
                           " already");
    }
    names_ = std::move(names);
}

void CsvTable::add_row(const std::vector<std::string>& cells, std::size_t line) {
    if (cells.size() != names_.size()) {
        const std::string counts =
            std::to_string(cells.size()) + " cells, but the header has " + std::to_string(names_.size());
        if (cells.size() < names_.size())
            throw BadInput("line " + std::to_string(line) + ", column " + quoted(names_[cells.size()]) +
                           ": missing: the row has " + counts);
        throw BadInput("line " + std::to_string(line) + ", column " + std::to_string(names_.size() + 1) +
                       ": too many: the row has " + counts);
    }
    for (const std::string& cell : cells) {
        start_.push_back(text_.size());
        text_ += cell;
        text_ += '\0';
    }
    line_.push_back(line);
}

std::size_t CsvTable::column(const std::string& name, const std::string& option) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
    std::string known;
    for (std::size_t j = 0; j < names_.size() && j < 20; ++j) known += (j ? ", " : "") + names_[j];
    throw BadInput(option + ": " + path_ + " has no column " + quoted(name) + "; it has " + known +
                   (names_.size() > 20 ? ", ..." : ""));
}

std::string CsvTable::place(std::size_t row, std::size_t column) const {
    return path_ + ", line " + std::to_string(line_[row]) + ", column " + quoted(names_[column]);
}

long double CsvTable::number(std::size_t row, std::size_t column) const {
    const char* text = cell(row, column);
    long double value = 0;
    if (*text == '\0') throw BadInput(place(row, column) + ": the cell is empty");
    if (!read_number(text, value)) throw BadInput(place(row, column) + ": " + quoted(text) + " is not a finite number");
    return value;
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

bool read_number(const char* text, long double& value) {
    char* end = nullptr;
    value = std::strtold(text, &end);
    while (*end == ' ' || *end == '\t') ++end;
    return end != text && *end == '\0' && std::isfinite(value);
}

}  // namespace fit_csv
