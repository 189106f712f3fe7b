#pragma once
// Fitted models to and from JSON. Needs nlohmann-json; link gradus::io.

#include <gradus/io/json_values.hpp>
#include <gradus/io/model_parts.hpp>
#include <gradus/io/utf8.hpp>

#include <ostream>
#include <tuple>
#include <utility>

namespace gradus {

namespace saved {

namespace detail {

using namespace gradus::detail;

template <class Penalty>
concept HasBounds = requires(const Penalty& penalty) {
    penalty.lower.size();
    penalty.upper.size();
};

/// Penalties are known by their formula; of their members those that the library's own have are kept.
template <class Penalty>
Json json_of_penalty(const Penalty& penalty) {
    Json out = {{"formula", penalty_formula<Penalty>()}};
    if constexpr (requires(double x) { x = penalty.lambda; }) out["lambda"] = json_of(double(penalty.lambda));
    if constexpr (requires(double x) { x = penalty.l1_ratio; }) out["l1_ratio"] = json_of(double(penalty.l1_ratio));
    if constexpr (requires(double x) { x = penalty.gamma; }) out["gamma"] = json_of(double(penalty.gamma));
    if constexpr (requires { penalty.factors.size(); }) {
        out["factors"] = Json::array();
        for (Index j = 0; j < penalty.factors.size(); ++j) out["factors"].push_back(json_of(penalty.factors[j]));
    }
    if constexpr (requires { penalty.units.size(); })
        for (Index j = 0; j < penalty.units.size(); ++j) out["units"].push_back(json_of(penalty.units[j]));
    if constexpr (requires { penalty.groups.size(); }) out["groups"] = penalty.groups;
    if constexpr (HasBounds<Penalty>)
        for (const auto& [key, side] : {std::pair{"lower", &penalty.lower}, std::pair{"upper", &penalty.upper}}) {
            out[key] = Json::array();  // JSON has no infinity: null is no bound
            for (Index j = 0; j < side->size(); ++j)
                out[key].push_back(std::isfinite((*side)[j]) ? json_of((*side)[j]) : Json());
        }
    return out;
}

template <class Penalty>
void take_penalty(const Json& json, const std::string& origin, Penalty& penalty) {
    const Fields fields(json, origin);
    if constexpr (requires(double x) { penalty.lambda = x; }) penalty.lambda = fields.number<double>("lambda");
    if constexpr (requires(double x) { penalty.l1_ratio = x; }) penalty.l1_ratio = fields.number<double>("l1_ratio");
    if constexpr (requires(double x) { penalty.gamma = x; }) penalty.gamma = fields.number<double>("gamma");
    if constexpr (requires { penalty.factors.size(); }) penalty.factors = fields.numbers<double>("factors");
    if constexpr (requires { penalty.units.size(); })
        if (json.contains("units")) penalty.units = fields.numbers<double>("units");
    if constexpr (requires { penalty.groups.size(); }) penalty.groups = fields.wholes<Index>("groups");
    if constexpr (HasBounds<Penalty>) {
        const double infinity = std::numeric_limits<double>::infinity();
        penalty.lower = fields.numbers<double>("lower", -infinity);
        penalty.upper = fields.numbers<double>("upper", infinity);
    }
}

template <class Model>
Json document_of_model(const Model& model) {
    using S = typename Model::Scalar;
    static_assert(std::floating_point<S>, "gradus: models of float, double and long double can be saved");
    const ModelParts<Model> parts = parts_of(model);
    const auto& options = parts.options;
    Json out = {{"model", Model::kind()}, {"scalar", scalar_name<S>()}};
    if constexpr (HasThresholds<Model>) out["link"] = Model::Link::name;
    if constexpr (HasDelta<Model>) out["delta"] = json_of(options.delta);
    if constexpr (!ZeroPenalty<typename Model::Penalty>) out["penalty"] = json_of_penalty(options.penalty);
    if constexpr (!HasThresholds<Model>) out["fit_intercept"] = options.fit_intercept;
    check_utf8(options.feature_names, "the name of feature");
    out["features"] = parts.features();
    out["feature_names"] = options.feature_names;
    if constexpr (HasClasses<Model>) {
        using Label = typename Model::Label;
        if constexpr (std::is_convertible_v<Label, std::string>)
            check_utf8(std::vector<std::string>(parts.classes.begin(), parts.classes.end()), "class");
        out["label"] = label_kind<Label>();
        out["order_was_given"] = !asked_classes(options).empty();
        out["classes"] = Json::array();
        for (const Label& label : parts.classes) out["classes"].push_back(json_of_label(label));
    }
    out["coefficients"] = Json::array();
    for (Index c = 0; c < parts.W.cols(); ++c) {
        Json& column = out["coefficients"].emplace_back(Json::array());
        for (Index j = 0; j < parts.W.rows(); ++j) column.push_back(json_of(parts.W(j, c)));
    }
    out["intercept"] = Json::array();
    for (Index c = 0; c < parts.b.size(); ++c) out["intercept"].push_back(json_of(parts.b[c]));
    return out;
}

template <class Model>
Model model_of_document(const Json& document, const std::string& origin) {
    using S = typename Model::Scalar;
    static_assert(std::floating_point<S>, "gradus: models of float, double and long double can be saved");
    const Fields fields(document, origin);
    const auto expect = [&](const char* key, const std::string& wanted) {
        if (const std::string found = fields.text(key); found != wanted)
            fields.refuse("has for ", key, " ", in_quotes(found), ", and '", wanted, "' was asked for");
    };
    expect("model", Model::kind());
    expect("scalar", scalar_name<S>());
    ModelParts<Model> parts;
    auto& options = parts.options;
    if constexpr (HasThresholds<Model>) expect("link", Model::Link::name);
    if constexpr (HasDelta<Model>) options.delta = fields.number<double>("delta");
    const std::string formula = penalty_formula<typename Model::Penalty>();
    const std::string found =
        document.contains("penalty") ? Fields(fields["penalty"], origin + ": the penalty").text("formula") : "";
    if (found != formula)
        fields.refuse("was fitted with the penalty ", in_quotes(found), ", and '", formula,
                      "' was asked for ('': none)");
    if constexpr (!ZeroPenalty<typename Model::Penalty>)
        take_penalty(fields["penalty"], origin + ": the penalty", options.penalty);
    if constexpr (!HasThresholds<Model>) options.fit_intercept = fields.flag("fit_intercept");

    const Json& features = fields["features"];
    constexpr std::uint64_t most = std::uint64_t(1) << 48;
    if (!features.is_number_unsigned() || features.get<std::uint64_t>() > most)
        fields.refuse("has for features no number of them");
    options.feature_names = fields.texts("feature_names");
    const auto p = static_cast<Index>(features.get<std::uint64_t>());
    if (!options.feature_names.empty() && static_cast<Index>(options.feature_names.size()) != p)
        fields.refuse("has ", options.feature_names.size(), " feature_names for ", p, " features");
    gradus::detail::check_penalty(options.penalty, p);
    if constexpr (HasClasses<Model>) {
        expect("label", label_kind<typename Model::Label>());
        parts.classes = take_classes<typename Model::Label>(fields);
        if (fields.flag("order_was_given")) asked_classes(options) = parts.classes;
    }
    parts.b = fields.numbers<S>("intercept");
    parts.W = fields.columns<S>("coefficients", p);
    const Index columns = HasThresholds<Model> || HasOneTarget<Model> ? Index(1) : parts.b.size();
    if (parts.W.cols() != columns || parts.b.size() == 0 || (HasOneTarget<Model> && parts.b.size() != 1))
        fields.refuse("has ", parts.W.cols(), " lists of coefficients and ", parts.b.size(), " intercepts");
    return gradus::detail::model_of<Model>(std::move(parts));
}

/// The document of the model, and of its steps in their order, as "preprocessing".
template <class Pipeline>
Json document_of_pipeline(const Pipeline& pipeline) {
    Json out = document_of_model(pipeline.model()), steps = Json::array();
    const auto write = [&](auto step) {
        StepWriter writer;
        writer.json["step"] = step.kind;
        step.describe(writer);
        steps.push_back(std::move(writer.json));
    };
    std::apply([&](const auto&... step) { (write(step), ...); }, pipeline.steps());
    out["preprocessing"] = std::move(steps);
    return out;
}

template <class Step>
Step step_of_document(const Json& json, const std::string& origin) {
    const std::string found = Fields(json, origin).text("step");
    if (found != Step::kind) reject(origin, " is ", in_quotes(found), ", and '", Step::kind, "' was asked for");
    Step step;
    StepReader reader(json, origin);
    step.describe(reader);
    return step;
}

template <class Pipeline>
Pipeline pipeline_of_document(const Json& document, const std::string& origin) {
    const Json& steps = Fields(document, origin).list("preprocessing");
    return [&]<std::size_t... at>(std::index_sequence<at...>) {
        if (steps.size() != sizeof...(at))
            reject(origin, " has ", steps.size(), " steps of preprocessing, and ", sizeof...(at), " were asked for");
        return Pipeline(model_of_document<typename Pipeline::Model>(document, origin),
                        step_of_document<std::tuple_element_t<at, typename Pipeline::Steps>>(
                            steps[at], text(origin, ": step ", at, " of its preprocessing"))...);
    }
    (std::make_index_sequence<std::tuple_size_v<typename Pipeline::Steps>>());
}

}  // namespace detail

using detail::json_of_penalty;

/// The document of a fitted model:
///
///     model, scalar            "logistic regression", "double"
///     link, delta              of ordinal and Huber regression
///     penalty, fit_intercept   the options; no penalty without one
///     features, feature_names  their number p, and their names or nothing
///     label, classes           "integer" | "text" | ..., and K labels; order_was_given: by the options
///     coefficients             k lists of p numbers
///     intercept                k numbers; of an ordinal model the K - 1 thresholds
///
///     preprocessing            of a Pipeline: its steps
///
/// The report and the data are not in it. Throws NotFitted before a fit, InvalidInput where a number is not finite or a
/// name not UTF-8. O(p k).
template <class Model>
Json document_of(const Model& model) {
    if constexpr (detail::IsPipeline<Model>) return detail::document_of_pipeline(model);
    else return detail::document_of_model(model);
}

/// The model of a document, with the same bits. Throws InvalidInput, beginning with `origin`, where the document holds
/// another model, scalar, label, link or penalty, sizes that do not match, or a number that is not finite. O(p k).
template <class Model>
Model model_of(const Json& document, const std::string& origin) {
    if constexpr (detail::IsPipeline<Model>) return detail::pipeline_of_document<Model>(document, origin);
    else {
        if (document.contains("preprocessing"))
            reject(origin, " holds a model behind steps of preprocessing: load it as the Pipeline that was saved");
        return detail::model_of_document<Model>(document, origin);
    }
}

}  // namespace saved

/// Writes a fitted model, of any kind, as JSON: see saved::document_of for what is in it. Every number is kept to the
/// bit.
///
///     gradus::save(classifier, "model.json");
///     auto again = gradus::load<gradus::LogisticRegression<double>>("model.json");
///
/// Throws NotFitted, or InvalidInput where the file cannot be written.
template <class Model>
void save(const Model& model, const std::string& file) {
    saved::write_file(file, saved::text_of(saved::document_of(model)));
}
template <class Model>
void save(const Model& model, std::ostream& out) {
    out << saved::text_of(saved::document_of(model));
}

/// The model that save() wrote; it predicts and scores, and has no report. Throws InvalidInput where the file cannot be
/// read, is damaged, foreign, of a later version, or holds a model of another type: nothing is read half.
template <class Model>
Model load(const std::string& file) {
    return saved::model_of<Model>(saved::document_of(saved::content_of(file), file), file);
}
template <class Model>
Model load(std::istream& in) {
    const char* origin = "the stream";
    return saved::model_of<Model>(saved::document_of(saved::content_of(in, origin), origin), origin);
}

}  // namespace gradus
