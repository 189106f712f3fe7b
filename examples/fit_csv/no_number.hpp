#pragma once
// What people write in a cell that is no number, and what they may write instead.

#include "cells.hpp"

#include <regex>

namespace fit_csv {

namespace detail {

/// What `pattern` finds where it fits all of the text, else nothing. Long cells are none of the things that are looked
/// for, and would be many for the depth of a regular expression.
inline std::smatch match(const std::string& text, const std::string& pattern) {
    std::smatch found;
    constexpr std::size_t longest = 60;
    if (text.size() <= longest) std::regex_match(text, found, std::regex(pattern, std::regex::icase));
    return found;
}

/// 2024-01-31, 31.01.2024, 1/31/24, 31 Jan 2024, 2024-01, 12:30, 2024-01-31T12:30:00Z
inline bool is_date(const std::string& text) {
    const std::string time = "[0-9]{1,3}:[0-9]{2}(:[0-9]{2}([.,][0-9]*)?)?( ?[ap]\\.?m\\.?)?",
                      month = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?",
                      day = "([0-9]{1,4}([-/.])[0-9]{1,2}\\2[0-9]{1,4}|[0-9]{4}[-/][0-9]{1,2}|[0-9]{1,2}[-/][0-9]{4}|"
                            "[0-9]{4}[- ]?q[1-4]|[0-9]{1,4}[-/. ]*" +
                            month + "([-/., ]*[0-9]{2,4})?|" + month + "[-/. ]*[0-9]{1,4}(,? *[0-9]{2,4})?)";
    return !match(text, time).empty() ||
           !match(text, day + "([T ] *" + time + " ?(z|utc|gmt|[-+][0-9:]{2,6})?)?").empty();
}

/// A decimal number, of any length, that is read as infinite.
inline bool is_too_large(const std::string& text) {
    if (text.find_first_not_of("+-.0123456789eE") != text.npos) return false;
    char* end = nullptr;
    return std::isinf(std::strtold(text.c_str(), &end)) && *end == '\0';
}

/// The number that follows a minus which is another character than '-', with one that is; none: empty.
inline std::string with_plain_minus(const std::string& text) {
    long double value = 0;
    for (const std::string minus : {"−", "–", "—", "‐", "‑", "﹣", "－"})
        if (text.compare(0, minus.size(), minus) == 0) {
            std::string number = "-" + std::string(trimmed(text.substr(minus.size())));
            if (number.size() > 1 && number[1] != '-' && read_number(number.c_str(), value)) return number;
        }
    return "";
}

}  // namespace detail

/// What may be meant by a cell that is no number, and what to write instead: the end of a sentence. `advice`: what to
/// do with words.
inline std::string why_no_number(const std::string& text, const std::string& advice) {
    using detail::match;
    const std::string number = "([-+]?[0-9]*\\.?[0-9]+(?:e[-+]?[0-9]+)?)";
    if (detail::is_too_large(text)) return "; it is beyond the range of numbers: use a larger unit";
    if (looks_like_number(text))
        return text.find(',') != text.npos ? "; its comma may stand for thousands or for decimals: write 1234.5, with "
                                             "a point and without commas"
                                           : "; write 1234.5, without signs of thousands, per cent or currency";
    if (looks_missing(text)) return "; if it stands for a missing value, write NA, and see --missing";
    if (detail::is_date(text))
        return "; it looks like a date or a time: write it as a number, such as the days since a first date, or choose "
               "other columns by --features";
    if (!match(text, "[-+]?(inf|infinity|∞)").empty())
        return "; no fit can use what is infinite: write a finite number, or NA, and see --missing";
    if (!match(text, "[-+]? *[0-9]+ */ *[0-9]+").empty()) return "; it looks like a fraction: write it as a decimal";
    if (const std::string plain = detail::with_plain_minus(text); !plain.empty())
        return "; its minus is another character than '-': write " + plain;
    if (const std::smatch in = match(text, "\\( *" + number + " *\\)"); !in.empty())
        return "; brackets may stand for a minus: write -" + in[1].str() + " if they do, else " + in[1].str();
    if (const std::smatch bound = match(text, "(?:<|>|<=|>=|≤|≥|~|≈) *" + number); !bound.empty())
        return "; it is a bound and no number: write a number, such as " + bound[1].str() +
               ", or NA, and see --missing";
    if (!match(text, "[-+]?0x[0-9a-f]+(\\.[0-9a-f]*)?(p[-+]?[0-9]+)?").empty())
        return "; hexadecimal numbers are not read";
    if (const std::smatch with_unit = match(text, number + " *[^-+0-9., ].{0,12}"); !with_unit.empty())
        return "; if it is a number with a unit, write " + with_unit[1].str() + advice;
    return advice;
}

}  // namespace fit_csv
