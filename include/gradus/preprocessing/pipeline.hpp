#pragma once
// Steps before a model, as one model.

#include <gradus/core/errors.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace gradus {

/// What is fitted to X and makes another matrix of it: StandardScaler, PolynomialFeatures, the user's own.
template <class Step>
concept PreprocessingStep = requires(Step& step) {
    { Step::kind } -> std::convertible_to<const char*>;
    step.names(std::vector<std::string>());
};

/// Fits its steps to X, one after another, and then the model to what they make of it; new rows take the same way.
///
///     Pipeline model(LogisticRegression<double>(), StandardScaler<double>(), PolynomialFeatures<double>{{.degree =
///     2}}); model.fit(X, labels);   model.predict(X_new);   model.score(X_test, labels_test); save(model,
///     "model.json");                              // with its steps
template <class Model_, PreprocessingStep... Steps_>
class Pipeline {
public:
    using Model = Model_;
    using Steps = std::tuple<Steps_...>;
    using Scalar = typename Model::Scalar;
    static constexpr bool is_pipeline = true;

    Pipeline() = default;
    explicit Pipeline(Model model, Steps_... steps) : model_(std::move(model)), steps_(std::move(steps)...) {}

    /// What the model's fit() returns and throws; `more`: a solver and an observer.
    template <class X, class Y, class... More>
    auto fit(const X& x, const Y& y, More&&... more) {
        Steps steps = steps_;
        auto report = fit_from<0>(steps, x, y, std::forward<More>(more)...);
        steps_ = std::move(steps);
        return report;
    }

    template <class X>
    auto predict(const X& x) const {
        return model_.predict(transform(x));
    }
    template <class X>
    auto predict_probability(const X& x) const {
        return model_.predict_probability(transform(x));
    }
    template <class X, class Y>
    auto score(const X& x, const Y& y) const {
        return model_.score(transform(x), y);
    }
    /// See the model's own; of models of numbers there is none.
    const auto& classes() const requires requires(const Model_& model) { model.classes(); }
    { return model_.classes(); }
    /// X as the model sees it.
    template <class X>
    auto transform(const X& x) const {
        return transform_from<0>(x);
    }

    const Model& model() const { return model_; }
    const Steps& steps() const { return steps_; }

private:
    template <std::size_t at, class X, class Y, class... More>
    auto fit_from(Steps& steps, const X& x, const Y& y, More&&... more) {
        if constexpr (at == sizeof...(Steps_)) return model_.fit(x, y, std::forward<More>(more)...);
        else {
            auto& step = std::get<at>(steps);
            return fit_from<at + 1>(steps, step.fit(x).transform(x), y, std::forward<More>(more)...);
        }
    }
    template <std::size_t at, class X>
    auto transform_from(const X& x) const {
        if constexpr (at == sizeof...(Steps_)) return x;
        else return transform_from<at + 1>(std::get<at>(steps_).transform(x));
    }

    Model model_;
    Steps steps_;
};

}  // namespace gradus
