#pragma once
// The metrics of a model at rows whose answers are known. The model knows which column of its probabilities belongs to
// which class, so that the wrong one cannot be taken.

#include <gradus/metrics/classification.hpp>
#include <gradus/metrics/probability.hpp>
#include <gradus/metrics/ranking.hpp>
#include <gradus/metrics/regression.hpp>

namespace gradus {

/// A model of labels: LogisticRegression, OrdinalRegression, a Pipeline that ends in one.
template <class M>
concept PredictsClasses = requires(const M& model) {
    model.classes().size();
};
/// A model of numbers: LinearRegression, PoissonRegression, a Pipeline that ends in one.
template <class M>
concept PredictsNumbers = !PredictsClasses<M> && !Column<M> && requires {
    typename M::Scalar;
};

namespace detail {

template <class T>
inline constexpr bool is_observations = false;
template <class... Parts>
inline constexpr bool is_observations<Observations<Parts...>> = true;

/// The weights of the rows, or Unweighted.
template <class Data>
decltype(auto) weights_for_metrics(const Data& data) {
    static_assert(!Data::has_offset && !Data::has_trials,
                  "gradus: metrics of a model take weights, but neither an offset nor trials");
    if constexpr (Data::has_weights) return (data.weights_part());
    else return Unweighted{};
}

template <class M>
using ClassesOf = std::remove_cvref_t<decltype(std::declval<const M&>().classes())>;

/// What the metrics of rankings take: y_i is the positive class, a score that rises with its probability, and weights.
template <class S, class W>
struct RankedRows {
    Eigen::VectorXi is_positive;
    Vector<S> score;
    W weights;
};

/// The score is log P - log(sum of the other classes' P), in which neither small probabilities nor those near one lose
/// their digits.
template <class M, class... Parts, class Label = typename ClassesOf<M>::value_type>
auto rank_by_class(const M& model, const Observations<Parts...>& data, const std::type_identity_t<Label>& positive) {
    using std::log;
    const auto P = model.predict_probability(data.X_part());
    using S = typename decltype(P)::Scalar;
    decltype(auto) weights = weights_for_metrics(data);
    const auto code = LabelIndex<Label>(model.classes()).find(positive);
    if (!code)
        reject("the positive class ", detail::quoted(positive), " is not among the ", model.classes().size(),
               " classes");
    check_rows("y", label_count("y", data.y_part()), "X", P.rows());
    const std::vector<Index> codes =
        read_labels<Label>("y", data.y_part(), read_weights<double>(weights, P.rows()), model.classes());
    RankedRows<S, std::remove_cvref_t<decltype(weights)>> out{Eigen::VectorXi(P.rows()), Vector<S>(P.rows()), weights};
    for (Index i = 0; i < P.rows(); ++i) {
        out.is_positive[i] = codes[static_cast<std::size_t>(i)] == *code;
        S others(0);
        for (Index c = 0; c < P.cols(); ++c)
            if (c != *code) others += P(i, c);
        out.score[i] = log(P(i, *code)) - log(others);
    }
    return out;
}
template <class M, class... Parts>
auto rank_by_class(const M& model, const Observations<Parts...>& data) {
    if (model.classes().size() != 2)
        reject("the model has ", model.classes().size(),
               " classes; ranking compares two: name the one that is to be told from the rest as the last argument");
    return rank_by_class(model, data, model.classes()[1]);
}
template <class M, class X, class Y, class... Positive>
requires(!is_observations<X>) auto rank_by_class(const M& model, const X& x, const Y& y, const Positive&... positive) {
    return rank_by_class(model, Observations(x, y), positive...);
}

/// f(y, prediction, weights)
template <class M, class F, class... Parts>
auto at_predictions(const M& model, F f, const Observations<Parts...>& data) {
    return f(data.y_part(), model.predict(data.X_part()), weights_for_metrics(data));
}
template <class M, class F, class X, class Y>
auto at_predictions(const M& model, F f, const X& x, const Y& y) {
    return at_predictions(model, f, Observations(x, y));
}
/// f(y, P, classes, weights)
template <class M, class F, class... Parts>
auto at_probabilities(const M& model, F f, const Observations<Parts...>& data) {
    return f(data.y_part(), model.predict_probability(data.X_part()), model.classes(), weights_for_metrics(data));
}
template <class M, class F, class X, class Y>
auto at_probabilities(const M& model, F f, const X& x, const Y& y) {
    return at_probabilities(model, f, Observations(x, y));
}

}  // namespace detail

// Each takes the rows as X and y, or as Observations with weights:
//
//     log_loss(model, X, y);      log_loss(model, Observations(X, y).weights(s));
//
// and is the function of the same name at what the model predicts, with its formula and its units. A label that is none
// of the model's classes is InvalidInput.

/// Rows and columns as model.classes(), a class without rows included.
template <PredictsClasses M, class... Rows>
auto confusion_matrix(const M& model, const Rows&... rows) {
    return detail::at_predictions(
        model,
        [&](const auto& y, const auto& predicted, const auto& weights) {
            return confusion_matrix_over(y, predicted, model.classes(), weights);
        },
        rows...);
}
template <PredictsClasses M, class... Rows>
auto accuracy(const M& model, const Rows&... rows) {
    return accuracy(confusion_matrix(model, rows...));
}
template <PredictsClasses M, class... Rows>
auto balanced_accuracy(const M& model, const Rows&... rows) {
    return balanced_accuracy(confusion_matrix(model, rows...));
}
template <PredictsClasses M, class... Rows>
auto log_loss(const M& model, const Rows&... rows) {
    return detail::at_probabilities(
        model, [](const auto&... given) { return log_loss(given...); }, rows...);
}
/// Of all classes: for two of them twice the score that takes the second alone.
template <PredictsClasses M, class... Rows>
auto brier_score(const M& model, const Rows&... rows) {
    return detail::at_probabilities(
        model, [](const auto&... given) { return brier_score(given...); }, rows...);
}

/// The positive class is the second of two, as in the model; or the one that is named after the rows, against all
/// others: roc_auc(model, X, y, "virginica").
template <PredictsClasses M, class... Rows>
auto roc_curve(const M& model, const Rows&... rows) {
    const auto ranked = detail::rank_by_class(model, rows...);
    return roc_curve(ranked.is_positive, ranked.score, ranked.weights);
}
template <PredictsClasses M, class... Rows>
auto roc_auc(const M& model, const Rows&... rows) {
    const auto ranked = detail::rank_by_class(model, rows...);
    return roc_auc(ranked.is_positive, ranked.score, ranked.weights);
}
template <PredictsClasses M, class... Rows>
auto precision_recall_curve(const M& model, const Rows&... rows) {
    const auto ranked = detail::rank_by_class(model, rows...);
    return precision_recall_curve(ranked.is_positive, ranked.score, ranked.weights);
}
template <PredictsClasses M, class... Rows>
auto average_precision(const M& model, const Rows&... rows) {
    const auto ranked = detail::rank_by_class(model, rows...);
    return average_precision(ranked.is_positive, ranked.score, ranked.weights);
}

template <PredictsNumbers M, class... Rows>
auto mean_squared_error(const M& model, const Rows&... rows) {
    return detail::at_predictions(
        model, [](const auto&... given) { return mean_squared_error(given...); }, rows...);
}
template <PredictsNumbers M, class... Rows>
auto root_mean_squared_error(const M& model, const Rows&... rows) {
    return detail::at_predictions(
        model, [](const auto&... given) { return root_mean_squared_error(given...); }, rows...);
}
template <PredictsNumbers M, class... Rows>
auto mean_absolute_error(const M& model, const Rows&... rows) {
    return detail::at_predictions(
        model, [](const auto&... given) { return mean_absolute_error(given...); }, rows...);
}
template <PredictsNumbers M, class... Rows>
auto r_squared(const M& model, const Rows&... rows) {
    return detail::at_predictions(
        model, [](const auto&... given) { return r_squared(given...); }, rows...);
}

}  // namespace gradus
