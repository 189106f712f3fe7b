#pragma once
// How a model is written in a program: remedies are lines of code.

#include <gradus/core/errors.hpp>
#include <gradus/penalties/penalty.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace gradus::detail {

/// T as a program writes it, with the namespace.
template <class T>
constexpr std::string_view written() {
    if constexpr (std::is_same_v<T, std::string>) return "std::string";
    else {
#if defined(__GNUC__)
        constexpr std::string_view function = __PRETTY_FUNCTION__;  // "... [with T = int; ...]", or "... [T = int]"
        constexpr auto first = function.find("T = ") + 4;
        return function.substr(first, function.find_first_of(";]", first) - first);
#else
        return "T";
#endif
    }
}

template <Scalar S>
constexpr std::string_view wider_scalar() {
    if (std::is_same_v<S, float>) return "double";
    if (std::is_same_v<S, double>) return "long double";
    return std::is_same_v<S, long double> ? "boost::multiprecision::cpp_bin_float_quad" : "";
}

/// The type of a model, and which options a model of another type takes over from it.
struct ModelWords {
    std::string_view name;           ///< "gradus::PoissonRegression"
    std::string_view scalar, wider;  ///< "double", "long double"; there may be none wider
    std::string_view penalty;        ///< "gradus::NoPenalty"
    std::string_view label, link;    ///< where they are not what is meant when nothing is said
    std::string_view response;       ///< of Regression<response, penalty>, which has its scalar by itself
    std::string_view options_before, options_after;  ///< in the order in which they are declared, penalty between them
    bool has_penalty = false, has_intercept = true, is_least_squares = false, has_corners = false;

    std::string type(std::string_view with_scalar, std::string_view with_penalty) const {
        const bool has_arguments = !label.empty() || !link.empty() || with_penalty != "gradus::NoPenalty";
        std::string out = text(name, "<", response.empty() ? with_scalar : response);
        if (has_arguments) out += text(", ", with_penalty);
        if (!label.empty() || !link.empty()) out += text(", ", label.empty() ? "int" : label);
        if (!link.empty()) out += text(", ", link);
        return out + ">";
    }
    std::string with_ridge() const {
        const bool takes_over = !options_before.empty() || !options_after.empty();
        return text(type(scalar, "gradus::Ridge"), takes_over ? " ridge{{" : " model{{", options_before,
                    ".penalty = {.lambda = 1e-3}", has_intercept ? "" : ", .fit_intercept = false", options_after,
                    "}};");
    }
    std::string wider_model() const {
        if (wider.empty() || !response.empty()) return "// fewer columns, or numbers of more digits";
        const bool takes_over = has_penalty || !has_intercept || !options_before.empty() || !options_after.empty();
        return text(type(wider, penalty), takes_over ? " wider{model.options()};" : " model;", "  // or fewer columns");
    }
};

/// Model<scalar, penalty, label, link> or Model<response, penalty>, as its traits say.
template <class Model, class Traits>
constexpr ModelWords words_of_model() {
    using Options = typename Traits::Options;
    constexpr bool has_loss = requires(const Options& options) { options.loss; };
    constexpr bool has_delta = requires(const Options& options) { options.delta; };
    constexpr bool has_levels = requires(const Options& options) { options.levels; };
    ModelWords out;
    out.name = written<Model>().substr(0, written<Model>().find('<'));
    out.scalar = written<typename Traits::Scalar>();
    out.wider = wider_scalar<typename Traits::Scalar>();
    out.penalty = written<typename Traits::Penalty>();
    out.has_penalty = !ZeroPenalty<typename Traits::Penalty>;
    if constexpr (requires { typename Traits::Response; }) {
        out.response = written<typename Traits::Response>();
        out.options_before = has_loss ? ".loss = model.options().loss, " : ".family = model.options().family, ";
    }
    if (has_delta) out.options_before = ".delta = model.options().delta, ";
    if constexpr (requires { typename Traits::Label; })
        if (!std::is_same_v<typename Traits::Label, int>) {
            out.label = written<typename Traits::Label>();
            out.options_after =
                has_levels ? ", .levels = model.options().levels" : ", .classes = model.options().classes";
        }
    if constexpr (requires { typename Traits::Link; })
        if (!Traits::has_usual_link) out.link = written<typename Traits::Link>();
    return out;
}

}  // namespace gradus::detail
