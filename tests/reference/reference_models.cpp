#include "reference_models.hpp"

#include "support/tolerances.hpp"

#include <nlohmann/json.hpp>

namespace gradus::test {

namespace {

using nlohmann::json;

json read_json(const std::string& file) {
    std::ifstream stream(std::string(GRADUS_TEST_DATA) + "/" + file);
    if (!stream) throw std::runtime_error("cannot open " + file);
    return json::parse(stream);
}

std::vector<Coefficient> coefficients_of(const json& list) {
    std::vector<Coefficient> out;
    for (const json& c : list) {
        const json output = c.contains("output") ? c["output"] : c.value("class", json(""));
        const json std_error = c.value("std_error", json());
        out.push_back({output.is_string() ? output.get<std::string>() : output.dump(), c["name"], c["estimate"],
                       std_error.is_string() ? std_error.get<std::string>() : ""});
    }
    return out;
}

ReferenceModel model_of(const std::string& set, const json& m, const json& attainable) {
    ReferenceModel out;
    out.set = set;
    out.id = m["id"];
    out.task = m["task"];
    if (m["target"].is_array()) out.targets = m["target"].get<std::vector<std::string>>();
    else out.targets = {m["target"].get<std::string>()};
    out.features = m["features"].get<std::vector<std::string>>();
    out.has_intercept = m["intercept"];
    if (!m.value("weights", json()).is_null()) out.weights = m["weights"];
    out.link = m.value("link", "");
    if (m.contains("thresholds")) out.thresholds = coefficients_of(m["thresholds"]);
    if (!m.value("polynomial_degree", json()).is_null()) out.polynomial_degree = m["polynomial_degree"];
    if (m.contains("penalty")) out.lambda = m["penalty"].value("lambda", "");
    out.estimate_exists = m.value("mle_exists", true);
    out.is_degenerate = m.value("degenerate", false);
    if (m.contains("classes"))
        for (const json& c : m["classes"]) out.classes.push_back(c.get<std::string>());
    for (const char* key : {"coefficients", "minimum_norm_slopes_only", "minimum_norm_all_coefficients"})
        if (out.coefficients.empty() && m.contains(key)) out.coefficients = coefficients_of(m[key]);
    if (m.contains("certified"))
        for (const json& c : m["certified"]["parameters"]) out.certified.push_back({"", c["name"], c["estimate"]});
    json statistics = m.contains("statistics") ? m["statistics"] : m.value("unique_quantities", json::object());
    if (statistics.is_array()) statistics = statistics.at(0);
    for (const auto& [key, value] : statistics.items())
        if (value.is_string()) out.statistics[key] = value;
    const bool is_linear = out.task.starts_with("linear");
    out.digits = attainable.value(out.name(), is_linear ? tolerance::digits::linear : tolerance::digits::logistic);
    out.rss_digits = attainable.value(out.name() + " rss", std::min(out.digits, 10.0));
    return out;
}

}  // namespace

std::vector<ReferenceModel> reference_models(const std::string& set, const std::vector<std::string>& tasks) {
    std::vector<ReferenceModel> out;
    const json file = read_json(set + ".reference.json"), attainable = read_json("attainable.json");
    for (const json& m : file["models"])
        if (std::find(tasks.begin(), tasks.end(), m["task"].get<std::string>()) != tasks.end())
            out.push_back(model_of(set, m, attainable));
    return out;
}

ReferenceModel reference_model(const std::string& set, const std::string& id) {
    const json file = read_json(set + ".reference.json"), attainable = read_json("attainable.json");
    for (const json& m : file["models"])
        if (m["id"] == id) return model_of(set, m, attainable);
    throw std::runtime_error("no model " + id + " in " + set);
}

}  // namespace gradus::test
