#pragma once
// What a model is made of, whichever it is: what files and headers are written from, and models made of again.

#include <gradus/models/model.hpp>

namespace gradus::detail {

template <class Model>
concept HasThresholds = requires(const Model& model) {
    model.thresholds();
};
template <class Model>
concept HasClasses = requires {
    typename Model::Label;
};
template <class Model>
concept HasDelta = requires(const typename Model::Options& options) {
    options.delta;
};
/// One target: coefficients() is a vector, intercept() a number.
template <class Model>
concept HasOneTarget = !HasThresholds<Model> && requires(const Model& model) {
    { model.intercept() } -> std::convertible_to<typename Model::Scalar>;
};

template <class Model>
concept IsPipeline = Model::is_pipeline;

/// Regression of a family: its mean is a function that no file can hold.
template <class Model>
concept HasOwnMean = requires(const typename Model::Options& options) {
    options.family;
};
template <class Model>
constexpr void check_mean_is_known() {
    static_assert(!HasOwnMean<Model>, "gradus: the mean of a family of your own is a function that no file can hold: "
                                      "write coefficients() and intercept(), and apply it where they are used");
}

/// A model with parameters that have names of their own.
template <class Model>
concept CanBeSaved = requires(const Model& model) {
    typename Model::Options;
    { Model::kind() } -> std::convertible_to<const char*>;
    model.coefficients();
};

template <class Model>
struct LabelOfModel {
    using type = int;
};
template <HasClasses Model>
struct LabelOfModel<Model> {
    using type = typename Model::Label;
};

/// p x k coefficients, and k intercepts; of an ordinal model p x 1 and the thresholds.
template <class Model>
struct ModelParts {
    using S = typename Model::Scalar;
    Matrix<S> W;
    Vector<S> b;
    Classes<typename LabelOfModel<Model>::type> classes;
    typename Model::Options options;

    Index features() const { return W.rows(); }
};

/// The order of classes, or levels, that the options ask for.
template <class Options>
auto& asked_classes(Options& options) {
    if constexpr (requires { options.levels; }) return options.levels;
    else return options.classes;
}

template <class Model>
ModelParts<Model> parts_of(const Model& model) {
    static_assert(CanBeSaved<Model>, "gradus: only the library's own models can be saved; of Regression keep "
                                     "coefficients() and intercept(), and call from_parameters");
    using S = typename Model::Scalar;
    ModelParts<Model> parts{model.coefficients(), {}, {}, model.options()};
    if constexpr (HasThresholds<Model>) parts.b = model.thresholds();
    else if constexpr (HasOneTarget<Model>) parts.b = Vector<S>::Constant(1, model.intercept());
    else parts.b = model.intercept();
    if constexpr (HasClasses<Model>) parts.classes = model.classes();
    const auto is_finite = [](const S& value) { return value - value == S(0); };
    for (Index c = 0; c < parts.W.cols(); ++c)
        for (Index j = 0; j < parts.W.rows(); ++j)
            if (!is_finite(parts.W(j, c))) reject(Model::kind(), ": coefficient ", j, " is not finite");
    for (Index c = 0; c < parts.b.size(); ++c)
        if (!is_finite(parts.b[c])) reject(Model::kind(), ": intercept ", c, " is not finite");
    return parts;
}

/// Throws InvalidInput where the parts are no such model.
template <class Model>
Model model_of(ModelParts<Model> parts) {
    auto& [W, b, classes, options] = parts;
    if constexpr (HasThresholds<Model>) return Model::from_parameters(W.col(0), b, classes, options);
    else if constexpr (HasClasses<Model>) return Model::from_parameters(W, b, classes, options);
    else if constexpr (HasOneTarget<Model>) return Model::from_parameters(W.col(0), b[0], options);
    else return Model::from_parameters(W, b, options);
}

}  // namespace gradus::detail
