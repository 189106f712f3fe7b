#pragma once
// What the text of one cell is: a number, a missing value, or what looks like one.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>

namespace fit_csv {

/// Without blanks around it, those of UTF-8 too: a spreadsheet shows the same with them and without.
inline std::string_view trimmed(std::string_view text) {
    // no-break, figure, narrow no-break, ideographic, and of no width
    constexpr std::string_view blanks[] = {
        " ", "\t", "\n", "\r", "\xC2\xA0", "\xE2\x80\x87", "\xE2\x80\xAF", "\xE3\x80\x80", "\xEF\xBB\xBF"};
    bool has_moved = true;
    while (has_moved) {
        has_moved = false;
        for (const std::string_view blank : blanks) {
            if (text.empty()) return text;
            if (text.substr(0, blank.size()) == blank) text.remove_prefix(blank.size()), has_moved = true;
            else if (text.size() >= blank.size() && text.substr(text.size() - blank.size()) == blank)
                text.remove_suffix(blank.size()), has_moved = true;
        }
    }
    return text;
}

/// The whole text is a finite decimal number.
inline bool read_number(const char* text, long double& value) {
    if (text[std::strspn(text, "+-.0123456789eE \t")] != '\0') return false;  // nor hexadecimal, nor inf
    char* end = nullptr;
    value = std::strtold(text, &end);
    if (end == text) return false;
    while (*end == ' ' || *end == '\t') ++end;
    return *end == '\0' && std::isfinite(value);
}

/// A number whose digits are not all zero, and yet is read as zero: none that small can be kept.
inline bool is_too_small(std::string_view text, long double value) {
    return value == 0 && text.substr(0, text.find_first_of("eE")).find_first_of("123456789") != text.npos;
}

/// Without the signs of thousands, per cent and currencies; a decimal comma goes with them.
inline std::string without_signs(std::string text) {
    for (const std::string sign : {",", "'", "%", "$", "€", "£", "¥", " ", "\xC2\xA0", "\xE2\x80\xAF", "’"})
        for (std::size_t at = text.find(sign); at != text.npos; at = text.find(sign, at)) text.erase(at, sign.size());
    return text;
}

/// A number, though it may be written with signs that none is read with: 1,50, 1'000, 5%, $5.
inline bool looks_like_number(const std::string& text) {
    long double value = 0;
    return read_number(without_signs(text).c_str(), value);
}

/// What is read as a missing value.
inline bool is_missing_value(std::string_view text) {
    static const char* const tokens[] = {"",  "NA",   "NaN", "nan",  "N/A",  "null",
                                         "?", "NULL", "n/a", "#N/A", "<NA>", "<na>"};
    return std::find(std::begin(tokens), std::end(tokens), text) != std::end(tokens);
}

/// What people and spreadsheets write for a missing value, beyond what is read as one: None, ., -, #REF!
inline bool looks_missing(const std::string& text) {
    static const char* const words[] = {
        "na",      "n.a.",    "n/a",    "n.d.",    "n/d",     "none",    "nan",       "-nan",
        "+nan",    "nat",     "<nat>",  "null",    "nil",     "#na",     "#n/a",      "#ref!",
        "#name?",  "#num!",   "#null!", "#value!", "#div/0!", "#spill!", "#calc!",    ".",
        "..",      "...",     "-",      "--",      "---",     "_",       "*",         "–",
        "—",       "??",      "???",    "nd",      "missing", "unknown", "undefined", "notavailable",
        "#error!", "(blank)", "(null)", "(none)",  "<none>",  "<null>",  "(missing)"};
    std::string lower;
    for (const char c : trimmed(text))
        if (c != ' ' && c != '\t') lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

}  // namespace fit_csv
