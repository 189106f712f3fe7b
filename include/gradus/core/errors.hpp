#pragma once
// What is thrown, and how the sentences are put together. Only models/, data/, inference/ and metrics/ throw: numerical
// trouble is a Status, never an exception.

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

/// One piece of a sentence as characters. Not a stream: resolving operator<< for every piece of every message took the
/// compiler as long as all of a model's arithmetic.
class Piece {
public:
    GRADUS_ONCE Piece(const char* words) : words_(words) {}
    GRADUS_ONCE Piece(const std::string& words) : words_(words) {}
    Piece(bool value) : Piece(value ? "true" : "false") {}
    template <std::signed_integral T>
    Piece(T value) : words_(whole(value)) {}
    template <std::unsigned_integral T>
    Piece(T value) : words_(natural(value)) {}
    template <class T>
    requires(!std::integral<T>) && requires(const T& value) { static_cast<double>(value); }
    Piece(const T& value) : words_(decimal(static_cast<double>(value))) {}
    const std::string& words() const { return words_; }

private:
    GRADUS_ONCE static std::string whole(long long value) { return std::to_string(value); }
    GRADUS_ONCE static std::string natural(unsigned long long value) { return std::to_string(value); }
    GRADUS_ONCE static std::string decimal(double value) {
        char digits[32];
        return {digits, std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 6).ptr};
    }

    std::string words_;
};

GRADUS_ONCE inline std::string join(std::initializer_list<Piece> pieces) {
    std::string all;
    for (const Piece& piece : pieces) all += piece.words();
    return all;
}

}  // namespace detail

/// text(1, " of ", 2.5) == "1 of 2.5"; numbers with six significant digits.
template <class... Parts>
GRADUS_ONCE std::string text(const Parts&... parts) {
    return detail::join({detail::Piece(parts)...});
}

template <class... Parts>
[[noreturn]] GRADUS_ONCE void reject(const Parts&... parts) {
    GRADUS_THROW(InvalidInput(text(parts...)));
}

}  // namespace gradus
