#pragma once
// A fitted model as an ONNX graph (Open Neural Network Exchange, onnx.ai), for the runtimes of that format. Needs ONNX
// and Protocol Buffers; link gradus::onnx.

#include <gradus/io/model_parts.hpp>
#include <gradus/io/onnx_graph.hpp>
#include <gradus/io/utf8.hpp>
#include <gradus/numeric/links.hpp>

#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <ostream>

namespace gradus {

namespace detail {

/// A label as an entry of a tensor: bool, float, double, std::int64_t, std::uint64_t or std::string.
template <class Label>
auto onnx_label(const Label& label) {
    static_assert(!std::is_same_v<Label, long double>, "gradus: ONNX has no numbers longer than double");
    if constexpr (std::is_enum_v<Label>) return onnx_label(static_cast<std::underlying_type_t<Label>>(label));
    else if constexpr (std::is_same_v<Label, bool> || std::is_floating_point_v<Label>) return label;
    else if constexpr (std::is_unsigned_v<Label> && sizeof(Label) == 8) return static_cast<std::uint64_t>(label);
    else if constexpr (std::is_integral_v<Label>) return static_cast<std::int64_t>(label);
    else {
        static_assert(std::is_convertible_v<Label, std::string>,
                      "gradus: labels in an ONNX file are numbers, enumerators or strings");
        return std::string(label);
    }
}

/// The same in words; numbers with all of their digits.
template <class Entry>
std::string onnx_text(const Entry& entry) {
    if constexpr (std::is_same_v<Entry, std::string>) return entry;
    else if constexpr (std::is_floating_point_v<Entry>) {
        char digits[64];
        return {digits, std::to_chars(digits, digits + sizeof digits, entry).ptr};
    } else return text(entry);
}

/// "linear_predictor" = X W + 1 b', n x k.
template <class S>
std::string onnx_linear_predictor(OnnxGraph& graph, const Matrix<S>& W, const Vector<S>& b) {
    return graph.node("Gemm",
                      {graph.input<S>("X", W.rows()), graph.matrix<S>("coefficients", W),
                       graph.matrix<S>("intercept", Matrix<S>(b.transpose()))},
                      "linear_predictor");
}

/// "prediction", n x k: the linear predictor, or the mean of counts.
template <class Model>
void add_prediction(OnnxGraph& graph, const ModelParts<Model>& parts) {
    using S = typename Model::Scalar;
    const bool are_counts = std::string(Model::kind()) == "Poisson regression";
    graph.node(are_counts ? "Exp" : "Identity", {onnx_linear_predictor<S>(graph, parts.W, parts.b)}, "prediction");
    graph.output<S>("prediction", {parts.W.cols()});
}

/// "probabilities", n x K; returns what is largest where they are. Of two classes the first has a linear predictor of
/// zero: a softmax keeps the digits of a small probability, which the sigmoid of many runtimes takes from one.
template <class S>
std::string add_class_probabilities(OnnxGraph& graph, Matrix<S> W, Vector<S> b) {
    if (W.cols() == 1) {
        W = (Matrix<S>(W.rows(), 2) << Matrix<S>::Zero(W.rows(), 1), W).finished();
        b = Vector<S>{{S(0), b[0]}};
    }
    const std::string eta = onnx_linear_predictor<S>(graph, W, b);
    graph.node("Softmax", {eta}, "probabilities", {{"axis", 1}});
    return eta;
}

/// The same of ordered classes, with thresholds t:
///
///     P(y = c) = P(y > c - 1) P(y <= c | y > c - 1),   P(y <= c) = F(t_c - x'w)
///
/// a product, in which nothing cancels. With f_c = 1 - exp(t_{c-1} - t_c), f_0 = 1, the second factor is
/// F(t_c - x'w) f_c of the logit, and of the complementary log-log 1 - exp(-z) = tanh(z/2) (1 + exp(-z)), z =
/// exp(t_c - x'w) f_c.
template <class Link, class S>
std::string add_level_probabilities(OnnxGraph& graph, const Matrix<S>& w, const Vector<S>& thresholds) {
    static_assert(
        std::is_same_v<Link, Logit> || std::is_same_v<Link, ComplementaryLogLog>,
        "gradus: ONNX files know the links Logit and ComplementaryLogLog; for Probit the runtimes lack a normal "
        "distribution of double");
    Matrix<S> f = Matrix<S>::Ones(1, thresholds.size());
    for (Index c = 1; c < thresholds.size(); ++c) f(0, c) = -std::expm1(S(thresholds[c - 1] - thresholds[c]));
    const std::string one = graph.scalar<S>("one", S(1)), factors = graph.matrix<S>("factors", f);
    graph.node("MatMul", {graph.input<S>("X", w.rows()), graph.matrix<S>("coefficients", w)}, "slopes");
    graph.node("Sub", {graph.matrix<S>("thresholds", Matrix<S>(thresholds.transpose())), "slopes"}, "below");
    if constexpr (std::is_same_v<Link, Logit>) {
        // exp(min(x, 0)) / (1 + exp(-|x|)) keeps the digits that the sigmoid of many runtimes takes from one
        graph.node("Neg", {graph.node("Abs", {"below"}, "size")}, "minus_size");
        graph.node("Add", {one, graph.node("Exp", {"minus_size"}, "exp_size")}, "total");
        const std::string zero = graph.scalar<S>("zero", S(0));
        const auto sigmoid = [&](const std::string& x, const std::string& name) {
            graph.node("Exp", {graph.node("Min", {x, zero}, name + "_min")}, name + "_exp");
            return graph.node("Div", {name + "_exp", "total"}, name);
        };
        sigmoid(graph.node("Neg", {"below"}, "above"), "beyond");
        graph.node("Mul", {sigmoid("below", "cumulative"), factors}, "share");
    } else {
        graph.node("Exp", {graph.node("Neg", {graph.node("Exp", {"below"}, "hazard")}, "minus_hazard")}, "beyond");
        graph.node("Mul", {"hazard", factors}, "z");
        graph.node("Tanh", {graph.node("Mul", {"z", graph.scalar<S>("half", S(0.5))}, "half_z")}, "tanh_z");
        graph.node("Exp", {graph.node("Neg", {"z"}, "minus_z")}, "exp_z");
        graph.node("Mul", {"tanh_z", graph.node("Add", {one, "exp_z"}, "one_and_exp_z")}, "share");
    }
    // before the first class and after the last one there is a column of ones
    const auto padded = [&](const char* what, const char* name, Index at) {
        const std::string where =
            graph.constant<std::int64_t>(text(name, "_pads"), {4}, 4, [&](Index i) { return i == at; });
        return graph.node("Pad", {what, where, one}, name);
    };
    return graph.node("Mul", {padded("beyond", "beyond_lower", 1), padded("share", "share_or_rest", 3)},
                      "probabilities");
}

/// "label", n, and "probabilities", n x K.
template <class Model>
void add_classes(OnnxGraph& graph, const ModelParts<Model>& parts) {
    using S = typename Model::Scalar;
    using Entry = decltype(onnx_label<typename Model::Label>(parts.classes[0]));
    const auto K = static_cast<Index>(parts.classes.size());
    std::string largest;
    if constexpr (HasThresholds<Model>)
        largest = add_level_probabilities<typename Model::Link, S>(graph, parts.W, parts.b);
    else largest = add_class_probabilities<S>(graph, parts.W, parts.b);
    graph.node("ArgMax", {largest}, "place", {{"axis", 1}, {"keepdims", 0}});
    graph.constant<Entry>("classes", {K}, K, [&](Index c) {
        return onnx_label<typename Model::Label>(parts.classes[static_cast<std::size_t>(c)]);
    });
    graph.node("Gather", {"classes", "place"}, "label");
    graph.output<Entry>("label", {});
    graph.output<S>("probabilities", {K});
}

template <class Model>
void add_onnx_metadata(::onnx::ModelProto& to, const ModelParts<Model>& parts) {
    const auto add = [&](const std::string& key, const std::string& value) {
        ::onnx::StringStringEntryProto& entry = *to.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    };
    const auto add_names = [&](const char* what, const std::vector<std::string>& names) {
        check_utf8(names, text("write_onnx: ", what).c_str());
        for (std::size_t i = 0; i < names.size(); ++i) add(text(what, "_", i), names[i]);
    };
    add("model", Model::kind());
    add_names("feature", parts.options.feature_names);
    if constexpr (HasClasses<Model>) {
        std::vector<std::string> names;
        for (const auto& label : parts.classes) names.push_back(onnx_text(onnx_label<typename Model::Label>(label)));
        add_names("class", names);
    }
}

}  // namespace detail

/// The graph of a fitted linear, multivariate, Huber, Poisson, logistic (binary, multinomial, Firth's) or ordinal model
/// (Logit, ComplementaryLogLog), of float or double:
///
///     X              rows x p, in the model's scalar
///     prediction     rows x k: the means of the targets, for an offset of zero; of a model of numbers
///     label          rows: the most probable class, of equally probable ones the first
///     probabilities  rows x K, in the order of classes()
///
/// Operators of the set 13 (IR version 7) alone, none of the ML domain. Metadata: model, feature_0, ..., class_0, ...
/// Throws NotFitted, InvalidInput where a number is not finite or a name not UTF-8. O(p k).
template <class Model>
::onnx::ModelProto onnx_of(const Model& model) {
    static_assert(!detail::IsPipeline<Model>, "gradus: an ONNX file holds a model without steps before it: write the "
                                              "Pipeline's model(), and give it rows as transform() makes them");
    using S = typename Model::Scalar;
    static_assert(std::is_same_v<S, float> || std::is_same_v<S, double>,
                  "gradus: in an ONNX file models are of float or double");
    detail::check_mean_is_known<Model>();
    const auto parts = detail::parts_of(model);
    ::onnx::ModelProto out;
    out.set_ir_version(7);
    out.set_producer_name("gradus");
    out.set_producer_version(text(GRADUS_VERSION_MAJOR, ".", GRADUS_VERSION_MINOR, ".", GRADUS_VERSION_PATCH));
    ::onnx::OperatorSetIdProto& operators = *out.add_opset_import();
    operators.set_domain("");
    operators.set_version(13);
    out.mutable_graph()->set_name("gradus");
    detail::OnnxGraph graph(*out.mutable_graph());
    if constexpr (detail::HasClasses<Model>) detail::add_classes(graph, parts);
    else detail::add_prediction(graph, parts);
    detail::add_onnx_metadata(out, parts);
    return out;
}

/// Writes what onnx_of() makes of the model:
///
///     gradus::write_onnx(classifier, "churn.onnx");
///
/// Throws what onnx_of() throws, and InvalidInput where the model is larger than the 2 GB that the format allows, or
/// the file cannot be written.
template <class Model>
void write_onnx(const Model& model, std::ostream& out) {
    const ::onnx::ModelProto proto = onnx_of(model);
    const std::size_t size = proto.ByteSizeLong();
    if (size > std::size_t(std::numeric_limits<int>::max()))
        reject("write_onnx: the model takes ", size, " bytes, and the format allows no more than 2147483647");
    proto.SerializeToOstream(&out);
}
template <class Model>
void write_onnx(const Model& model, const std::string& file) {
    std::ofstream out(file, std::ios::binary);
    write_onnx(model, out);
    if (!out.flush()) reject("cannot write ", file);
}

}  // namespace gradus
