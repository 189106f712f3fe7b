#pragma once
// Names in files that others read are UTF-8.

#include <gradus/core/errors.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace gradus::detail {

/// 0 where `bytes` is, else the place of the first byte that is not, from 1.
inline std::size_t not_utf8(const std::string& bytes) {
    const auto continues = [&](std::size_t i, unsigned low, unsigned high) {
        return i < bytes.size() && static_cast<unsigned char>(bytes[i]) >= low &&
               static_cast<unsigned char>(bytes[i]) <= high;
    };
    for (std::size_t i = 0; i < bytes.size();) {
        const unsigned c = static_cast<unsigned char>(bytes[i]);
        const std::size_t more = c < 0x80 ? 0 : c < 0xC2 ? 4 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : c < 0xF5 ? 3 : 4;
        if (more == 4) return i + 1;
        // the second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF
        const unsigned low = c == 0xE0   ? 0xA0
                             : c == 0xF0 ? 0x90
                                         : 0x80,
                       high = c == 0xED   ? 0x9F
                              : c == 0xF4 ? 0x8F
                                          : 0xBF;
        if (more > 0 && !continues(i + 1, low, high)) return i + 1;
        for (std::size_t d = 2; d <= more; ++d)
            if (!continues(i + d, 0x80, 0xBF)) return i + 1;
        i += more + 1;
    }
    return 0;
}

inline void check_utf8(const std::vector<std::string>& names, const char* what) {
    for (std::size_t j = 0; j < names.size(); ++j)
        if (const std::size_t byte = not_utf8(names[j]))
            reject(what, " ", j, " is not UTF-8 (byte ", byte, "), and the file would have to be");
}

}  // namespace gradus::detail

namespace gradus {

/// Whether names that are so written can be saved.
inline bool is_utf8(const std::string& bytes) { return detail::not_utf8(bytes) == 0; }

}  // namespace gradus
