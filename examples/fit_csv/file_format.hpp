#pragma once
// What a file is, as far as its bytes tell: text in UTF-8 or not, and what separates its cells.

#include "csv_table.hpp"

#include <algorithm>
#include <array>

namespace fit_csv {

/// Where the zeros of a text stand that has two or four bytes for each letter: of Latin letters, digits, commas and
/// line ends all bytes but one are zero, and of any other letter the highest two of four.
class ZeroBytes {
public:
    explicit ZeroBytes(std::string_view content) : content_(content) {
        for (std::size_t i = 0; i < content.size(); ++i) count_[i % 4] += content[i] == '\0';
    }
    bool are_of_utf32(bool is_little) const {
        const std::size_t high = is_little ? 3 : 0, next = is_little ? 2 : 1, units = content_.size() / 4;
        return units > 0 && content_.size() % 4 == 0 && count_[high] == units && 2 * count_[next] > units;
    }
    bool are_of_utf16(bool is_little) const {
        const std::size_t high = is_little ? 1 : 0;
        const bool is_one_side = count_[high] + count_[high + 2] > 0 && count_[1 - high] + count_[3 - high] == 0;
        return is_one_side && content_.size() % 2 == 0 && ends_lines_with_zeros(is_little);
    }

private:
    // a zero that stands in other text by mistake does not go with each line end
    bool ends_lines_with_zeros(bool is_little) const {
        std::size_t ends = 0, with_zero = 0;
        for (std::size_t i = 0; i + 1 < content_.size(); i += 2) {
            const char low = content_[is_little ? i : i + 1], high = content_[is_little ? i + 1 : i];
            const bool is_end = low == '\n' || high == '\n' || low == '\r' || high == '\r';
            ends += is_end;
            with_zero += is_end && high == '\0';
        }
        return ends == with_zero && (ends > 0 || content_.size() < 1000);
    }

    std::string_view content_;
    std::size_t count_[4] = {};
};

inline void refuse_what_is_no_text(std::string_view content) {
    using namespace std::string_view_literals;
    const auto begins_with = [&](std::string_view mark) { return content.substr(0, mark.size()) == mark; };
    if (begins_with("PK\x03\x04"sv))
        throw BadInput("it is a zip archive, as the own files of spreadsheets are; save it as CSV UTF-8");
    if (begins_with("\x1F\x8B"sv)) throw BadInput("it is compressed; unpack it first");
    const auto refuse = [](const std::string& encoding, bool is_little) {
        throw BadInput("it is in " + encoding + (is_little ? " (little" : " (big") +
                       "-endian); save it as UTF-8, which spreadsheets call CSV UTF-8");
    };
    if (begins_with("\xFF\xFE\0\0"sv)) refuse("UTF-32", true);
    if (begins_with("\0\0\xFE\xFF"sv)) refuse("UTF-32", false);
    if (begins_with("\xFF\xFE"sv)) refuse("UTF-16", true);
    if (begins_with("\xFE\xFF"sv)) refuse("UTF-16", false);
    const ZeroBytes zeros(content);
    for (const bool is_little : {true, false})
        if (zeros.are_of_utf32(is_little)) refuse("UTF-32", is_little);
    for (const bool is_little : {true, false})
        if (zeros.are_of_utf16(is_little)) refuse("UTF-16", is_little);
}

struct Separator {
    char character = ',';
    bool is_in_doubt = false;  // the header has others too
};

/// How often the header and the rows behind it have each of these outside of quotes.
class SeparatorCounts {
public:
    static constexpr std::string_view candidates = ",;\t|";
    using Counts = std::array<std::size_t, candidates.size()>;

    explicit SeparatorCounts(std::string_view content) {
        constexpr std::size_t most_rows = 20;
        bool is_quoted = false, begins = true;
        for (std::size_t i = 0; i < content.size(); ++i) {
            const char c = content[i];
            const bool ends = !is_quoted && (c == '\n' || c == '\r');
            if (begins && !ends) {
                if (rows_.size() > most_rows) return;
                rows_.emplace_back();
            }
            begins = ends;
            if (c == '"') is_quoted = !is_quoted;
            else if (!is_quoted) add(c, content.substr(i + 1, 1) == " ");
        }
    }

    Separator choose() const {
        std::array<std::size_t, 3> best = {};
        Separator out;
        std::size_t present = 0;
        for (std::size_t k = 0; k < candidates.size() && !rows_.empty(); ++k) {
            if (rows_[0][k] == 0) continue;
            ++present;
            const auto agree =
                std::count_if(rows_.begin(), rows_.end(), [&](const Counts& row) { return row[k] == rows_[0][k]; });
            const std::array<std::size_t, 3> merit = {static_cast<std::size_t>(agree), without_space_[k], rows_[0][k]};
            if (merit > best) best = merit, out.character = candidates[k];
        }
        out.is_in_doubt = present > 1;
        return out;
    }

private:
    void add(char c, bool has_space) {
        const std::size_t k = candidates.find(c);
        if (k == candidates.npos) return;
        ++rows_.back()[k];
        without_space_[k] += rows_.size() == 1 && !has_space;
    }

    std::vector<Counts> rows_;
    Counts without_space_ = {};  // of the header
};

/// Of comma, semicolon, tab and | the one that the header has; of several, the one that the first rows have as often as
/// the header, and then the one that it has most of where no space follows.
inline Separator guess_separator(std::string_view content) { return SeparatorCounts(content).choose(); }

}  // namespace fit_csv
