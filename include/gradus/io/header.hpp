#pragma once
// A fitted model as a C++ header that needs nothing but the standard library.

#include <gradus/core/random.hpp>
#include <gradus/io/files.hpp>
#include <gradus/io/header_text.hpp>
#include <gradus/io/model_parts.hpp>
#include <gradus/numeric/links.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace gradus {

namespace detail {

/// A literal of the type of `value`, read back as the same bits.
template <std::floating_point T>
std::string literal(const T& value) {
    char digits[64];
    const auto form = std::is_same_v<T, long double> ? std::chars_format::hex : std::chars_format::scientific;
    std::string out(digits, std::to_chars(digits, digits + sizeof digits, value, form).ptr);
    if (form == std::chars_format::hex) out.insert(out[0] == '-' ? 1 : 0, "0x");
    return out + (std::is_same_v<T, float> ? "f" : std::is_same_v<T, double> ? "" : "L");
}
inline std::string literal(const std::string& words) {
    std::string out = "\"";
    for (const char c : words) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\' || c == '?' || byte < 32 || byte == 127) {  // three octal digits, no trigraphs
            out += {'\\', char('0' + byte / 64), char('0' + byte / 8 % 8), char('0' + byte % 8)};
        } else out += c;
    }
    return out + '"';
}
template <class Label>
std::string label_literal(const Label& label) {
    if constexpr (std::is_same_v<Label, bool>) return label ? "true" : "false";
    else if constexpr (std::is_floating_point_v<Label>) return literal(label);
    else if constexpr (std::is_integral_v<Label>) {
        // the least integer is no literal: a minus sign stands before a number that is too large
        if (label == std::numeric_limits<Label>::min() && label < 0) return text(label + 1, " - 1");
        return text(+label) + (std::is_unsigned_v<Label> ? "u" : "");
    } else return literal(std::string(label));
}
template <class Label>
std::string label_type() {
    if constexpr (std::is_same_v<Label, bool>) return "bool";
    else if constexpr (std::is_floating_point_v<Label>) return scalar_name<Label>();
    else if constexpr (std::is_integral_v<Label>)
        return sizeof(Label) <= sizeof(int) && !(std::is_unsigned_v<Label> && sizeof(Label) == sizeof(int))
                   ? "int"
                   : text("std::", std::is_unsigned_v<Label> ? "u" : "", "int", 8 * sizeof(Label), "_t");
    else return "std::string_view";
}

/// std::array<type, size>{...}
template <class Items, class Write>
std::string array_of(const std::string& type, const Items& items, Write&& write) {
    const auto count = static_cast<Index>(items.size());
    std::string out = text("std::array<", type, ", ", count, ">{");
    for (Index i = 0; i < count; ++i) {
        const std::string item = write(entry(items, i));
        const std::size_t line = out.size() - (out.rfind('\n') == out.npos ? 0 : out.rfind('\n'));
        if (i > 0) out += item[0] == '\n' ? "," : line + item.size() > 115 ? ",\n    " : ", ";
        out += item;
    }
    return out + '}';
}
template <Scalar S>
std::string numbers_array(const Vector<S>& numbers) {
    return array_of("Scalar", numbers, [](const S& value) { return literal(value); });
}
template <Scalar S>
std::string columns_array(const Matrix<S>& columns) {
    std::vector<Index> which(static_cast<std::size_t>(columns.cols()));
    for (std::size_t c = 0; c < which.size(); ++c) which[c] = static_cast<Index>(c);
    return array_of(text("std::array<Scalar, ", columns.rows(), ">"), which,
                    [&](Index c) { return "\n    " + numbers_array<S>(columns.col(c)); });
}

/// Rows on which every coefficient counts and no linear predictor is far from its intercept: the origin, and seven
/// drawn with a seed.
template <Scalar S>
Matrix<S> header_test_rows(const Matrix<S>& W) {
    Random random(1);
    Matrix<S> X = Matrix<S>::Zero(8, W.rows());
    for (Index j = 0; j < W.rows(); ++j) {
        S largest(0);
        for (Index c = 0; c < W.cols(); ++c) largest = std::max(largest, std::abs(W(j, c)));
        const bool has_inverse = largest > std::numeric_limits<S>::min() * S(4);
        for (Index i = 1; i < X.rows(); ++i) {
            const S u = static_cast<S>(random.uniform(-1, 1));
            X(i, j) = has_inverse ? S(u / largest) : u;
        }
    }
    return X;
}

/// What the model says of them, without rows whose prediction is not finite.
template <class Model>
void add_header_tests(const Model& model, const ModelParts<Model>& parts, std::string& out) {
    using S = typename Model::Scalar;
    const Matrix<S> X = header_test_rows(parts.W);
    Matrix<S> predictions;
    if constexpr (HasClasses<Model>) predictions = model.predict_probability(X);
    else predictions = model.predict(X);
    std::vector<Index> rows;
    for (Index i = 0; i < X.rows(); ++i)
        if (predictions.row(i).allFinite()) rows.push_back(i);
    const auto list = [&](const char* name, const Matrix<S>& of) {
        out += text("inline constexpr auto ", name, " = ",
                    array_of(text("std::array<Scalar, ", of.cols(), ">"), rows,
                             [&](Index i) { return "\n    " + numbers_array<S>(of.row(i).transpose()); }),
                    ";\n");
    };
    out += "\n// Rows, and what gradus predicts for them.\n";
    list("test_rows", X);
    list("test_predictions", predictions);
}

inline bool is_keyword(const std::string& word) {
    static constexpr const char* keywords[] = {
        "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
        "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
        "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
        "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
        "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
        "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
        "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
        "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
        "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
        "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
        "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
        "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
        "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
        "xor_eq"};
    return std::find(std::begin(keywords), std::end(keywords), word) != std::end(keywords);
}

/// Whether a program may give this name to something: no keyword, nor a name that belongs to the compiler.
inline bool is_free_identifier(const std::string& word) {
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_letter = [&](char c) { return (c >= 'a' && c <= 'z') || is_capital(c) || c == '_'; };
    if (word.empty() || is_digit(word[0]) || is_keyword(word)) return false;
    if (word.find("__") != word.npos || (word.size() > 1 && word[0] == '_' && is_capital(word[1]))) return false;
    return std::all_of(word.begin(), word.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

/// Whether `name` can stand after `namespace`: identifiers with :: between them, not inside std.
inline void check_namespace(const std::string& name) {
    bool is_fine = name != "std" && name.compare(0, 5, "std::") != 0;
    for (std::size_t start = 0, end = 0; is_fine && end != name.npos; start = end + 2) {
        end = name.find("::", start);
        is_fine = is_free_identifier(name.substr(start, end - start));
    }
    if (!is_fine) reject("write_header: '", name, "' is no name for a namespace");
}

template <class Model>
std::string header_constants(const ModelParts<Model>& parts, Index outputs) {
    std::string out =
        text("using Scalar = ", scalar_name<typename Model::Scalar>(),
             ";\ninline constexpr std::size_t features = ", parts.features(), ", outputs = ", outputs, ";\n");
    const auto constant = [&](const char* what, const std::string& value) {
        out += text("inline constexpr auto ", what, " = ", value, ";\n");
    };
    constant("feature_names", array_of("std::string_view", parts.options.feature_names,
                                       [](const std::string& words) { return literal(words); }));
    if constexpr (HasClasses<Model>) {
        using Label = typename Model::Label;
        static_assert(std::is_arithmetic_v<Label> || std::is_convertible_v<Label, std::string>,
                      "gradus: labels in a header are numbers or strings");
        out += text("using Label = ", label_type<Label>(), ";\n");
        constant("classes", array_of("Label", parts.classes, [](const Label& label) { return label_literal(label); }));
    }
    constant("coefficients", columns_array(parts.W));
    constant(HasThresholds<Model> ? "thresholds" : "intercept", numbers_array(parts.b));
    return out;
}

/// The functions that predict.
template <class Model>
std::string header_functions(Index outputs) {
    using namespace header_text;
    if constexpr (HasThresholds<Model>) {
        using Link = typename Model::Link;
        constexpr bool is_probit = std::is_same_v<Link, Probit>, is_cloglog = std::is_same_v<Link, ComplementaryLogLog>;
        static_assert(std::is_same_v<Link, Logit> || is_probit || is_cloglog,
                      "gradus: headers know the links Logit, Probit and ComplementaryLogLog");
        return text(is_probit ? probit : is_cloglog ? cloglog : logit, ordinal, predicted_class);
    } else if constexpr (HasClasses<Model>) {
        return text(linear_predictor, outputs == 2 ? binary : multinomial, predicted_class);
    } else if constexpr (!HasOneTarget<Model>) {
        return text(linear_predictor, several_targets);
    } else {
        return text(linear_predictor, std::string(Model::kind()) == "Poisson regression" ? count : one_target);
    }
}

template <class Model>
std::string header_of(const Model& model, const std::string& name) {
    static_assert(std::floating_point<typename Model::Scalar>, "gradus: headers are of float, double or long double");
    check_mean_is_known<Model>();
    check_namespace(name);
    const ModelParts<Model> parts = parts_of(model);
    const Index outputs = HasClasses<Model> ? static_cast<Index>(parts.classes.size()) : parts.b.size();
    const bool is_linear = !HasClasses<Model> && std::string(Model::kind()) != "Poisson regression";
    std::string out = text("#pragma once\n// A model (", Model::kind(), ") written by gradus ", GRADUS_VERSION_MAJOR,
                           '.' + text(GRADUS_VERSION_MINOR, ".", GRADUS_VERSION_PATCH), ".\n", header_text::opening);
    out += text("\nnamespace ", name, " {\n\n", header_constants<Model>(parts, outputs), header_text::exponential);
    out += header_functions<Model>(outputs);
    add_header_tests(model, parts, out);
    out += text(HasThresholds<Model> ? header_text::magnitude_of_one : header_text::magnitude_of_each,
                "inline constexpr bool is_linear = ", is_linear, ";\n",
                HasClasses<Model>     ? header_text::test_classes
                : HasOneTarget<Model> ? header_text::test_number
                                      : header_text::test_numbers,
                header_text::self_test, "\n}  // namespace ", name, "\n");
    // erfc and expm1 are known to no compiler: with them nothing is a constant
    const bool is_constant = out.find("std::expm1") == out.npos && out.find("std::erfc") == out.npos;
    for (std::size_t at = 0; (at = out.find("FUNCTION", at)) != out.npos;)
        out.replace(at, 8, is_constant ? "constexpr" : "inline");
    return out;
}

}  // namespace detail

/// Writes a fitted model as a C++20 header that needs neither Eigen nor this library nor the heap:
///
///     gradus::write_header(classifier, "churn.hpp", "churn");
///
///     #include "churn.hpp"
///     churn::predict_probability(std::array<double, 6>{...});  // of each class, in the order of churn::classes
///     churn::predict(x);                                       // the label, or the mean of the response
///     static_assert(churn::self_test());                       // as gradus predicts, to rounding
///
/// Everything in it is constexpr, except with the links Probit and ComplementaryLogLog. Numbers have the model's bits
/// and the model's scalar. Throws NotFitted; InvalidInput where `name` is no name for a namespace, a number is not
/// finite or the file cannot be written. O(p k).
template <class Model>
void write_header(const Model& model, const std::string& file, const std::string& name) {
    saved::write_file(file, detail::header_of(model, name));
}

}  // namespace gradus
