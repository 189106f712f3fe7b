#pragma once
// The text of a saved model: JSON with a format, a version and a checksum.

#include <gradus/io/files.hpp>

#include <cstdint>
#include <nlohmann/json.hpp>

namespace gradus::saved {

/// Keys stay in the order in which they were put in.
using Json = nlohmann::ordered_json;

inline constexpr const char* format = "gradus model";
inline constexpr int version = 1;

namespace detail {

/// Walks through a text and keeps nothing but where it stops being JSON, or goes deeper than any model does: what comes
/// after may then recurse.
class Check : public nlohmann::json_sax<Json> {
public:
    static constexpr int deepest = 16;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool key(string_t&) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
        complaint = text("is not JSON from byte ", position, " on; it may be cut off or damaged");
        return false;
    }

    std::string complaint = "is nested too deeply for a saved model";

private:
    bool enter() { return ++depth_ <= deepest; }
    bool leave() { return --depth_, true; }
    int depth_ = 0;
};

/// FNV-1a (Fowler, Noll, Vo; RFC 9923), 64 bits, of everything but the checksum itself, whatever the order of the keys
/// and the white space. Each changed byte changes it; it is no protection against intent.
inline std::string checksum(const Json& document) {
    nlohmann::json sorted = document;
    sorted.erase("checksum");
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : sorted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    char digits[17];
    for (int i = 0; i < 16; ++i) digits[i] = "0123456789abcdef"[(hash >> (60 - 4 * i)) & 15];
    return {digits, 16};
}

}  // namespace detail

/// `document` with format, version and checksum, as text.
inline std::string text_of(const Json& document) {
    Json out = {{"format", format}, {"version", version}};
    for (const auto& [key, value] : document.items())
        if (key != "checksum") out[key] = value;
    out["checksum"] = detail::checksum(out);
    return out.dump(1) + '\n';
}

/// The document that `content` holds. Throws InvalidInput, beginning with `origin`, where it is no JSON, of another
/// format or a later version, or was changed since it was written. O(size).
inline Json document_of(const std::string& content, const std::string& origin) {
    detail::Check check;
    if (!Json::sax_parse(content, &check)) reject(origin, ' ' + check.complaint);
    Json document = Json::parse(content, nullptr, false);
    const auto holds = [&](const char* key) { return document.is_object() && document.contains(key); };
    if (!holds("format") || document["format"] != format) reject(origin, " is not a model that gradus saved");
    if (!holds("version") || !document["version"].is_number_integer())
        reject(origin, " does not say in which version of the format it is");
    if (document["version"] != version)
        reject(origin, " is in version ", document["version"].dump(), " of the format; this gradus reads version ",
               version);
    if (!holds("checksum") || document["checksum"] != detail::checksum(document))
        reject(origin, " was changed after it was saved: its checksum does not fit");
    return document;
}

}  // namespace gradus::saved
