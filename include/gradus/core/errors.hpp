#pragma once
// What is thrown, and how the sentences are put together. Only models/, data/, inference/ and metrics/ throw: numerical
// trouble is a Status, never an exception.

#include <gradus/core/config.hpp>

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gradus {

/// Input that cannot be fitted or predicted: the message names sizes, row, column and value.
struct InvalidInput : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// A model was asked for an answer before fit() succeeded once.
struct NotFitted : std::logic_error {
    using std::logic_error::logic_error;
};

namespace detail {

/// One piece of a sentence, to be written before the call that made it returns. Not a stream: resolving operator<< for
/// every piece of every message took the compiler as long as all of a model's arithmetic; and no string of its own,
/// whose destruction, piece by piece, was the larger part of what it compiled for a message.
class Piece {
public:
    Piece(const char* words) : words_(words), size_(std::char_traits<char>::length(words)) {}
    Piece(const std::string& words) : words_(words.data()), size_(words.size()) {}
    Piece(const std::string_view& words) : words_(words.data()), size_(words.size()) {}
    Piece(bool value) : Piece(value ? "true" : "false") {}
    template <std::signed_integral T>
    Piece(T value) : kind_(Kind::whole), whole_(value) {}
    template <std::unsigned_integral T>
    Piece(T value) : kind_(Kind::natural), natural_(value) {}
    template <class T>
    requires(!std::integral<T>) && requires(const T& value) { static_cast<double>(value); }
    Piece(const T& value) : kind_(Kind::decimal), decimal_(static_cast<double>(value)) {}

    GRADUS_ONCE void append_to(std::string& out) const {
        char digits[32];
        switch (kind_) {
        case Kind::words:
            return void(out.append(words_, size_));
        case Kind::whole:
            return void(out += std::to_string(whole_));
        case Kind::natural:
            return void(out += std::to_string(natural_));
        case Kind::decimal:
            out.append(digits,
                       std::to_chars(digits, digits + sizeof digits, decimal_, std::chars_format::general, 6).ptr);
        }
    }

private:
    enum class Kind : unsigned char { words, whole, natural, decimal };
    Kind kind_ = Kind::words;
    union {
        const char* words_;
        long long whole_;
        unsigned long long natural_;
        double decimal_;
    };
    std::size_t size_ = 0;
};

GRADUS_ONCE inline std::string join(const Piece* pieces, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) pieces[i].append_to(all);
    return all;
}

}  // namespace detail

inline std::string text() { return {}; }
/// text(1, " of ", 2.5) == "1 of 2.5"; numbers with six significant digits.
template <class... Parts>
GRADUS_ONCE std::string text(const Parts&... parts) {
    const detail::Piece pieces[] = {detail::Piece(parts)...};
    return detail::join(pieces, sizeof...(parts));
}

template <class... Parts>
[[noreturn]] GRADUS_ONCE void reject(const Parts&... parts) {
    GRADUS_THROW(InvalidInput(text(parts...)));
}

}  // namespace gradus
