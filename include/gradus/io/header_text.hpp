#pragma once
// The functions in the headers that write_header() writes, as text. FUNCTION: constexpr or inline.

#include <gradus/core/config.hpp>

namespace gradus::detail::header_text {

inline constexpr const char* opening =
    R"(// It needs C++20 with its standard library and nothing else, and takes nothing from the heap.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
)";

// std::exp is no constant expression before C++26.
inline constexpr const char* exponential = R"(
// exp(x). For the compiler 2^k times the series of exp(r), |r| <= log(2) / 2; the running program has std::exp.
constexpr Scalar exponential(Scalar x) {
    if (!std::is_constant_evaluated()) return std::exp(x);
    constexpr Scalar high = Scalar(0.693115234375);  // 12 bits: k times it is exact
    constexpr Scalar low = Scalar(0.69314718055994530941723212145817656807L - 0.693115234375L);
    constexpr int most = std::numeric_limits<Scalar>::max_exponent;
    if (!(x < Scalar(most) * high)) return x * std::numeric_limits<Scalar>::infinity();
    if (x < Scalar(-2 * most)) return 0;
    const int k = static_cast<int>(x / high + (x < 0 ? Scalar(-0.5) : Scalar(0.5)));
    const Scalar r = (x - Scalar(k) * high) - Scalar(k) * low;
    Scalar sum = 0;
    for (int n = 25; n > 0; --n) sum = (sum + 1) * r / Scalar(n);
    sum += 1;
    for (int i = 0; i < k; ++i) sum *= 2;
    for (int i = 0; i > k; --i) sum /= 2;
    return sum;
}

constexpr Scalar sigmoid(Scalar t) {
    return t >= 0 ? 1 / (1 + exponential(-t)) : exponential(t) / (1 + exponential(t));
}
)";

inline constexpr const char* linear_predictor = R"(
// x'w_c + b_c
FUNCTION Scalar linear_predictor(const std::array<Scalar, features>& x, std::size_t c = 0) {
    Scalar sum = 0;
    for (std::size_t j = 0; j < features; ++j) sum += x[j] * coefficients[c][j];
    return sum + intercept[c];
}
)";

inline constexpr const char* several_targets = R"(
FUNCTION std::array<Scalar, outputs> predict(const std::array<Scalar, features>& x) {
    std::array<Scalar, outputs> out{};
    for (std::size_t c = 0; c < outputs; ++c) out[c] = linear_predictor(x, c);
    return out;
}
)";
inline constexpr const char* one_target = R"(
FUNCTION Scalar predict(const std::array<Scalar, features>& x) { return linear_predictor(x); }
)";
inline constexpr const char* count = R"(
// The mean of the counts.
FUNCTION Scalar predict(const std::array<Scalar, features>& x) { return exponential(linear_predictor(x)); }
)";

inline constexpr const char* binary = R"(
FUNCTION std::array<Scalar, 2> predict_probability(const std::array<Scalar, features>& x) {
    const Scalar eta = linear_predictor(x);
    return {sigmoid(-eta), sigmoid(eta)};
}
)";
inline constexpr const char* multinomial = R"(
FUNCTION std::array<Scalar, outputs> predict_probability(const std::array<Scalar, features>& x) {
    std::array<Scalar, outputs> out{};
    for (std::size_t c = 0; c < outputs; ++c) out[c] = linear_predictor(x, c);
    Scalar largest = out[0], total = 0;
    for (const Scalar eta : out) largest = std::max(largest, eta);
    for (Scalar& value : out) total += value = exponential(value - largest);
    for (Scalar& value : out) value /= total;
    return out;
}
)";

// F, 1 - F and F(b) - F(a), from the side that loses no digits.
inline constexpr const char* logit = R"(
FUNCTION Scalar below(Scalar t) { return sigmoid(t); }
FUNCTION Scalar above(Scalar t) { return sigmoid(-t); }
FUNCTION Scalar between(Scalar a, Scalar b) { return sigmoid(b) * sigmoid(-a) * (1 - exponential(a - b)); }
)";
inline constexpr const char* probit = R"(
FUNCTION Scalar below(Scalar t) { return std::erfc(-t / std::sqrt(Scalar(2))) / 2; }
FUNCTION Scalar above(Scalar t) { return below(-t); }
FUNCTION Scalar between(Scalar a, Scalar b) { return a > 0 ? above(a) - above(b) : below(b) - below(a); }
)";
inline constexpr const char* cloglog = R"(
FUNCTION Scalar below(Scalar t) { return -std::expm1(-std::exp(t)); }
FUNCTION Scalar above(Scalar t) { return std::exp(-std::exp(t)); }
FUNCTION Scalar between(Scalar a, Scalar b) { return above(a) * -std::expm1(std::exp(a) - std::exp(b)); }
)";
inline constexpr const char* ordinal = R"(
// P(class <= c) = F(threshold_c - x'w)
FUNCTION std::array<Scalar, outputs> predict_probability(const std::array<Scalar, features>& x) {
    Scalar sum = 0;
    for (std::size_t j = 0; j < features; ++j) sum += x[j] * coefficients[0][j];
    std::array<Scalar, outputs> out{};
    out[0] = below(thresholds[0] - sum);
    for (std::size_t c = 1; c + 1 < outputs; ++c) out[c] = between(thresholds[c - 1] - sum, thresholds[c] - sum);
    out[outputs - 1] = above(thresholds[outputs - 2] - sum);
    return out;
}
)";
inline constexpr const char* predicted_class = R"(
// The most probable class; of equally probable ones the first.
FUNCTION Label predict(const std::array<Scalar, features>& x) {
    const auto probability = predict_probability(x);
    std::size_t best = 0;
    for (std::size_t c = 1; c < outputs; ++c)
        if (probability[c] > probability[best]) best = c;
    return classes[best];
}
)";

inline constexpr const char* magnitude_of_each = R"(
// sum |x_j w_j| + |b|, in whose rounding a linear predictor may differ: the largest of the outputs.
FUNCTION Scalar magnitude(const std::array<Scalar, features>& x) {
    Scalar largest = 0;
    for (std::size_t c = 0; c < coefficients.size(); ++c) {
        Scalar sum = std::max(intercept[c], -intercept[c]);
        for (std::size_t j = 0; j < features; ++j)
            sum += std::max(x[j] * coefficients[c][j], -x[j] * coefficients[c][j]);
        largest = std::max(largest, sum);
    }
    return largest;
}
)";
inline constexpr const char* magnitude_of_one = R"(
// sum |x_j w_j| + the largest |threshold|, in whose rounding a linear predictor may differ.
FUNCTION Scalar magnitude(const std::array<Scalar, features>& x) {
    Scalar sum = std::max(-thresholds[0], thresholds[outputs - 2]);
    for (std::size_t j = 0; j < features; ++j)
        sum += std::max(x[j] * coefficients[0][j], -x[j] * coefficients[0][j]);
    return sum;
}
)";
inline constexpr const char* test_number = R"(
FUNCTION std::array<Scalar, 1> prediction(const std::array<Scalar, features>& x) { return {predict(x)}; }
)";
inline constexpr const char* test_numbers = R"(
FUNCTION auto prediction(const std::array<Scalar, features>& x) { return predict(x); }
)";
inline constexpr const char* test_classes = R"(
FUNCTION auto prediction(const std::array<Scalar, features>& x) { return predict_probability(x); }
)";
inline constexpr const char* self_test = R"(
// The largest difference from the predictions above, in units of what rounding may do.
FUNCTION Scalar self_test_error() {
    Scalar worst = 0;
    for (std::size_t i = 0; i < test_rows.size(); ++i) {
        const auto found = prediction(test_rows[i]);
        Scalar largest = 0, error = 0;
        for (std::size_t c = 0; c < found.size(); ++c) {
            const Scalar expected = test_predictions[i][c];
            largest = std::max({largest, expected, -expected});
            error = std::max({error, found[c] - expected, expected - found[c]});
        }
        const Scalar size = is_linear ? magnitude(test_rows[i]) : largest * (1 + magnitude(test_rows[i]));
        if (error > 0) worst = std::max(worst, error / (size * std::numeric_limits<Scalar>::epsilon()));
    }
    return worst;
}
FUNCTION bool self_test() { return self_test_error() <= 8 + features; }
)";

}  // namespace gradus::detail::header_text
