#pragma once
// One model of each kind, from parameters that try what files and headers must carry: names with quotes and line ends,
// labels of every type, the least integer, coefficients of any size.

#include <gradus/core/random.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>

#include <limits>
#include <string>
#include <vector>

namespace gradus::test {

/// A link whose function ONNX's runtimes lack.
template <class Model>
constexpr bool has_probit() {
    if constexpr (requires { typename Model::Link; }) return std::is_same_v<typename Model::Link, Probit>;
    else return false;
}

/// visit(model, name)
template <class S, class Visit>
void for_each_kind_of_model(Visit&& visit) {
    Random random(7);
    const Matrix<S> W = Matrix<S>::NullaryExpr(5, 3, [&] { return S(random.normal()) / S(3); }), w = W.leftCols(1),
                    none(0, 1);
    const Vector<S> b = W.row(2).transpose(), thresholds = Vector<S>::LinSpaced(3, S(-1), S(2));
    const std::vector<std::string> names = {"age", "a \"quoted\" one",
                                            "gr\xc3\xb6\xc3\x9f"
                                            "e\n",
                                            "what?\?/", "\\"};
    visit(LinearRegression<S>::from_parameters(w, b[0], {.feature_names = names}), "linear");
    visit(LinearRegression<S>::from_parameters(w * S(1e-20), b[0] * S(1e-25)), "small");
    visit(LinearRegression<S>::from_parameters(none, b[0]), "constant");
    visit(HuberRegression<S>::from_parameters(w, b[0]), "huber");
    visit(MultivariateRegression<S>::from_parameters(W, b), "multivariate");
    visit(PoissonRegression<S>::from_parameters(w, b[0]), "poisson");
    visit(LogisticRegression<S>::from_parameters(w * S(-30), b.head(1), {std::numeric_limits<int>::min(), 1}),
          "binary");
    visit(FirthLogisticRegression<S>::from_parameters(w, b.head(1), {0, 1}), "firth");
    visit(LogisticRegression<S, NoPenalty, std::string>::from_parameters(W, b, {"x", "\"y\"", "z\t"}), "multinomial");
    visit(OrdinalRegression<S, NoPenalty, double>::from_parameters(w, thresholds, {0.1, 1, 2, 3}), "logit");
    visit(OrdinalRegression<S, NoPenalty, int, Probit>::from_parameters(w, thresholds, {0, 1, 2, 3}), "probit");
    visit(OrdinalRegression<S, NoPenalty, bool, ComplementaryLogLog>::from_parameters(w, b.head(1), {false, true}),
          "cloglog");
}

}  // namespace gradus::test
