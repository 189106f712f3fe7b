#pragma once
// Numbers, labels and lists of them as JSON, every bit kept, and read again with each mistake said.

#include <gradus/data/labels.hpp>
#include <gradus/io/saved_document.hpp>
#include <gradus/models/fit_report.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>

namespace gradus::saved {

namespace detail {

using namespace gradus::detail;

/// float and double are numbers; JSON's readers know none longer, so a long double is a text, 1.8p-3 for 1.5 / 8.
inline constexpr auto hexadecimal = std::chars_format::hex;
template <std::floating_point T>
Json json_of(const T& value) {
    if constexpr (!std::is_same_v<T, long double>) return static_cast<double>(value);
    char digits[64];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, value, hexadecimal).ptr);
}
template <std::floating_point T>
std::optional<T> number_of(const Json& json) {
    T value(0);
    if constexpr (std::is_same_v<T, long double>) {
        if (!json.is_string()) return {};
        const auto& digits = json.get_ref<const std::string&>();
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal);
        if (error != std::errc() || end != digits.data() + digits.size()) return {};
    } else {
        if (!json.is_number()) return {};
        const auto wide = json.get<double>();
        if (!(std::abs(wide) <= static_cast<double>(std::numeric_limits<T>::max()))) return {};
        value = static_cast<T>(wide);
        if (static_cast<double>(value) != wide) return {};
    }
    if (!(value - value == T(0))) return {};
    return value;
}

template <class Label>
constexpr const char* label_kind() {
    if constexpr (std::is_same_v<Label, bool>) return "boolean";
    else if constexpr (std::is_integral_v<Label> || std::is_enum_v<Label>) return "integer";
    else if constexpr (std::is_floating_point_v<Label>) return scalar_name<Label>();
    else return "text";
}
template <class Label>
Json json_of_label(const Label& label) {
    static_assert(std::is_arithmetic_v<Label> || std::is_enum_v<Label> ||
                      (std::is_convertible_v<Label, std::string> && std::is_constructible_v<Label, std::string>),
                  "gradus: labels that are saved are numbers, enumerators or strings");
    if constexpr (std::is_enum_v<Label>) return static_cast<std::underlying_type_t<Label>>(label);
    else if constexpr (std::is_floating_point_v<Label>) return json_of(label);
    else if constexpr (std::is_integral_v<Label>) return label;
    else return std::string(label);
}
template <class Label>
std::optional<Label> label_of(const Json& json) {
    if constexpr (std::is_enum_v<Label>) {
        const auto value = label_of<std::underlying_type_t<Label>>(json);
        return value ? std::optional<Label>(static_cast<Label>(*value)) : std::nullopt;
    } else if constexpr (std::is_floating_point_v<Label>) {
        return number_of<Label>(json);
    } else if constexpr (std::is_same_v<Label, bool>) {
        return json.is_boolean() ? std::optional<bool>(json.get<bool>()) : std::nullopt;
    } else if constexpr (std::is_integral_v<Label>) {
        if (!json.is_number_integer()) return {};
        const Label label = json.get<Label>();
        return Json(label).dump() == json.dump() ? std::optional<Label>(label) : std::nullopt;
    } else {
        return json.is_string() ? std::optional<Label>(Label(json.get<std::string>())) : std::nullopt;
    }
}

/// What a file says, for a sentence of one line.
inline std::string in_quotes(std::string words) {
    constexpr std::size_t longest = 60;
    if (words.size() > longest) words = words.substr(0, longest) + "...";
    for (char& c : words)
        if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
    return "'" + words + "'";
}

}  // namespace detail

/// The fields of a document, each of the type that is asked for.
class Fields {
public:
    Fields(const Json& json, std::string origin) : json_(json), origin_(std::move(origin)) {}

    const Json& operator[](const char* key) const {
        if (!json_.is_object() || !json_.contains(key)) refuse("has no ", key);
        return json_[key];
    }
    std::string text(const char* key) const {
        const Json& field = (*this)[key];
        if (!field.is_string()) refuse("has for ", key, " no text");
        return field.get<std::string>();
    }
    bool flag(const char* key) const {
        const Json& field = (*this)[key];
        if (!field.is_boolean()) refuse("has for ", key, " neither true nor false");
        return field.get<bool>();
    }
    const Json& list(const char* key) const {
        const Json& field = (*this)[key];
        if (!field.is_array()) refuse("has for ", key, " no list");
        return field;
    }
    std::vector<std::string> texts(const char* key) const {
        std::vector<std::string> out;
        for (const Json& item : list(key)) {
            if (!item.is_string()) refuse("has among ", key, " something that is no text");
            out.push_back(item.get<std::string>());
        }
        return out;
    }
    template <std::integral T>
    T whole(const char* key) const {
        const Json& field = (*this)[key];
        const std::optional<T> value = detail::label_of<T>(field);
        if (!value) refuse("has for ", key, " ", field.dump().substr(0, 40), ", which is no whole number that fits");
        return *value;
    }
    template <Scalar S>
    S number(const char* key) const {
        return finite<S>((*this)[key], key);
    }
    template <Scalar S>
    Vector<S> numbers(const char* key) const {
        return numbers<S>(list(key), key);
    }
    /// null is `absent`.
    template <Scalar S>
    Vector<S> numbers(const char* key, const S& absent) const {
        const Json& items = list(key);
        Vector<S> out(static_cast<Index>(items.size()));
        for (std::size_t i = 0; i < items.size(); ++i)
            out[static_cast<Index>(i)] = items[i].is_null() ? absent : finite<S>(items[i], key);
        return out;
    }
    template <std::integral T>
    std::vector<T> wholes(const char* key) const {
        std::vector<T> out;
        for (const Json& item : list(key)) {
            const std::optional<T> value = detail::label_of<T>(item);
            if (!value)
                refuse("has among ", key, " ", item.dump().substr(0, 40), ", which is no whole number that fits");
            out.push_back(*value);
        }
        return out;
    }
    /// A list of columns.
    template <Scalar S>
    Matrix<S> columns(const char* key, Index rows) const {
        const Json& all = list(key);
        for (std::size_t c = 0; c < all.size(); ++c)
            if (!all[c].is_array() || all[c].size() != static_cast<std::size_t>(rows))
                refuse("has in list ", c, " of ", key, " not ", rows, " numbers, one for each feature");
        if (all.empty()) refuse("has no ", key);  // whose number of rows nothing would prove
        Matrix<S> out(rows, static_cast<Index>(all.size()));
        for (std::size_t c = 0; c < all.size(); ++c) out.col(static_cast<Index>(c)) = numbers<S>(all[c], key);
        return out;
    }
    template <class... Parts>
    [[noreturn]] void refuse(const Parts&... parts) const {
        reject(origin_, ' ' + gradus::text(parts...));
    }

private:
    template <Scalar S>
    S finite(const Json& item, const char* key) const {
        const std::optional<S> value = detail::number_of<S>(item);
        if (!value)
            refuse("has among ", key, " ", item.dump().substr(0, 40), ", which is no finite ",
                   gradus::detail::scalar_name<S>());
        return *value;
    }
    template <Scalar S>
    Vector<S> numbers(const Json& items, const char* key) const {
        Vector<S> out(static_cast<Index>(items.size()));
        for (std::size_t i = 0; i < items.size(); ++i) out[static_cast<Index>(i)] = finite<S>(items[i], key);
        return out;
    }

    const Json& json_;
    std::string origin_;
};

namespace detail {

template <class Label>
Classes<Label> take_classes(const Fields& fields, const char* key = "classes") {
    Classes<Label> classes;
    for (const Json& item : fields.list(key)) {
        const std::optional<Label> label = label_of<Label>(item);
        if (!label) fields.refuse("has the class ", item.dump().substr(0, 40), ", which is no ", label_kind<Label>());
        if (std::find(classes.begin(), classes.end(), *label) != classes.end())
            fields.refuse("lists the class ", item.dump().substr(0, 40), " twice");
        classes.push_back(*label);
    }
    return classes;
}

/// What a step before a model says of itself, as JSON: see describe() of StandardScaler.
class StepWriter {
public:
    template <class T>
    void operator()(const char* name, const T& value) {
        json[name] = json_of_state(value);
    }
    Json json;

private:
    template <class T>
    static Json json_of_state(const T& value) {
        if constexpr (std::floating_point<T>) return json_of(value);
        else if constexpr (requires {
                               value.begin();
                               value.coeff(0);
                           }) {
            Json out = Json::array();
            for (Index i = 0; i < value.size(); ++i) out.push_back(json_of(value[i]));
            return out;
        } else if constexpr (requires {
                                 value.push_back(value[0]);
                                 value.size();
                             } &&
                             !std::is_convertible_v<T, std::string>) {
            Json out = Json::array();
            for (const auto& label : value) out.push_back(json_of_label(label));
            return out;
        } else return value;
    }
};
class StepReader {
public:
    StepReader(const Json& json, const std::string& origin) : fields_(json, origin) {}

    template <class T>
    void operator()(const char* name, T& value) const {
        if constexpr (std::is_same_v<T, bool>) value = fields_.flag(name);
        else if constexpr (std::is_integral_v<T>) value = fields_.template whole<T>(name);
        else if constexpr (std::floating_point<T>) value = fields_.template number<T>(name);
        else if constexpr (requires { value.coeff(0); }) value = fields_.template numbers<typename T::Scalar>(name);
        else value = take_classes<typename T::value_type>(fields_, name);
    }

private:
    Fields fields_;
};

}  // namespace detail

}  // namespace gradus::saved
