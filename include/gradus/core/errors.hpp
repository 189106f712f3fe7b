#pragma once
// What is thrown, and how the sentences are put together. Only models/, data/, inference/ and metrics/ throw: numerical trouble is a Status, never an exception.

#include <gradus/core/config.hpp>

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <stdexcept>
#include <string>

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

/// One piece of a sentence as characters. Not a stream: resolving operator<< for every piece of every message took the compiler as long as
/// all of a model's arithmetic.
class Piece {
public:
    Piece(const char* words) : words_(words) {}
    Piece(const std::string& words) : words_(words) {}
    Piece(bool value) : words_(value ? "true" : "false") {}
    template <std::integral T>
    Piece(T value) : words_(std::to_string(value)) {}
    template <class T>
    requires(!std::integral<T>) && requires(const T& value) { static_cast<double>(value); }
    Piece(const T& value) {
        char digits[32];
        const auto end =
            std::to_chars(digits, digits + sizeof digits, static_cast<double>(value), std::chars_format::general, 6)
                .ptr;
        words_.assign(digits, end);
    }
    const std::string& words() const { return words_; }

private:
    std::string words_;
};

inline std::string join(std::initializer_list<Piece> pieces) {
    std::string all;
    for (const Piece& piece : pieces) all += piece.words();
    return all;
}

}  // namespace detail

/// text(1, " of ", 2.5) == "1 of 2.5"; numbers with six significant digits.
template <class... Parts>
std::string text(const Parts&... parts) {
    return detail::join({detail::Piece(parts)...});
}

template <class... Parts>
[[noreturn]] GRADUS_ONCE void reject(const Parts&... parts) {
    GRADUS_THROW(InvalidInput(text(parts...)));
}

}  // namespace gradus
