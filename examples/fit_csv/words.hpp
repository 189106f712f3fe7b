#pragma once
// Names, labels and counts as they stand in sentences and tables.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace fit_csv {

/// Whether a byte of UTF-8 begins a letter.
inline bool begins_letter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// How many letters are seen where the text is printed.
inline std::size_t letters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_letter));
}

/// On one line, and no longer than so many letters: "..." stands for the rest.
inline std::string shortened(const std::string& text, std::size_t most = 40) {
    std::size_t end = 0, count = 0;
    for (; end < text.size() && end < 4 * most; ++end)  // no letter of UTF-8 has more than four bytes
        if (begins_letter(text[end]) && count++ == most) break;
    std::string out = text.substr(0, end);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
    return end < text.size() ? out + "..." : out;
}

inline std::vector<std::string> shortened(std::vector<std::string> names) {
    for (std::string& name : names) name = shortened(name);
    return names;
}

inline std::string padded(const std::string& text, std::size_t width) {
    return text + std::string(width - std::min(width, letters(text)), ' ');
}
inline std::string right_aligned(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, letters(text)), ' ') + text;
}

/// What to do with a file whose names or labels are not.
inline constexpr const char* save_as_utf8 = "save the file as UTF-8, which spreadsheets call CSV UTF-8";

/// "1 row", "2 rows"
inline std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// Separated by commas, on a line that can be read: "a, b, c and 2940 more".
inline std::string listed(const std::vector<std::string>& items, std::size_t most = 20) {
    constexpr std::size_t longest = 240;
    std::string out;
    std::size_t i = 0;
    for (; i < items.size() && i < most && (i == 0 || out.size() + items[i].size() < longest); ++i)
        out += (i > 0 ? ", " : "") + items[i];
    return i < items.size() ? out + " and " + std::to_string(items.size() - i) + " more" : out;
}

}  // namespace fit_csv
