#pragma once
// A fuzzer's bytes, read as numbers of the kinds that break things.

#include <gradus/core/types.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gradus::fuzz {

/// Zeros follow the last byte.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

    bool are_left() const { return at_ < size_; }
    int byte() { return at_ < size_ ? data_[at_++] : 0; }
    int below(int n) { return byte() % n; }
    bool flag() { return byte() & 1; }

    /// Small integers, powers of two of any size, the number before with another last bit, or any bits at all.
    double number() {
        const int kind = byte();
        if (kind < 128) return last_ = kind % 16 - 8;
        if (kind < 192) return last_ = std::ldexp(kind & 1 ? 1.0 : -1.0, byte() * 8 - 1024 + byte() % 8);
        if (kind < 224) return last_ = std::nextafter(last_, kind & 1 ? 1e300 : -1e300);
        std::uint64_t bits = 0;
        for (int i = 0; i < 8; ++i) bits = bits << 8 | static_cast<std::uint64_t>(byte());
        std::memcpy(&last_, &bits, sizeof last_);
        return last_;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
    double last_ = 0;
};

}  // namespace gradus::fuzz
