// Remedies that are models are written so that a program can take them as they are: each string below stands beside the
// same words as code.
#include "support/catch.hpp"
#include <gradus/losses/logistic.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>

using namespace gradus;

namespace {

std::string squeezed(std::string code) {
    code.erase(std::remove_if(code.begin(), code.end(), [](char c) { return c == ' ' || c == '\n'; }), code.end());
    return code;
}

/// Ten rows whose classes the sign of x tells.
struct Given {
    Eigen::MatrixXd X = Eigen::VectorXd::LinSpaced(10, -5, 4.5);
    Eigen::VectorXi labels{10};
    std::vector<std::string> words{10};
    Given() {
        for (Index i = 0; i < 10; ++i) {
            labels[i] = X(i, 0) > 0;
            words[static_cast<std::size_t>(i)] = labels[i] ? "yes" : "no";
        }
    }
};

std::string remedy_of(const FitReport& report) {
    INFO(report);
    REQUIRE_FALSE(report.converged());
    return squeezed(report.remedy);
}

}  // namespace

// the words of the code, and the code
#define CHECK_REMEDY(remedy, ...)                                                                                      \
    do {                                                                                                               \
        CHECK(remedy == squeezed(#__VA_ARGS__ ";"));                                                                   \
        __VA_ARGS__;                                                                                                   \
    } while (false)

TEST_CASE("A ridge for models of every kind", "[models][remedies]") {
    const Given at;
    {
        LogisticRegression<double> fitted;
        CHECK_REMEDY(remedy_of(fitted.fit(at.X, at.labels)),
                     gradus::LogisticRegression<double, gradus::Ridge> model{{.penalty = {.lambda = 1e-3}}});
    }
    {
        LogisticRegression<float> fitted({.fit_intercept = false});
        CHECK_REMEDY(remedy_of(fitted.fit(at.X, at.labels)),
                     gradus::LogisticRegression<float, gradus::Ridge> model{
                         {.penalty = {.lambda = 1e-3}, .fit_intercept = false}});
    }
    {
        LogisticRegression<double, NoPenalty, std::string> model({.classes = {"yes", "no"}});
        CHECK_REMEDY(remedy_of(model.fit(at.X, at.words)),
                     gradus::LogisticRegression<double, gradus::Ridge, std::string> ridge{
                         {.penalty = {.lambda = 1e-3}, .classes = model.options().classes}});
    }
    {
        OrdinalRegression<double, NoPenalty, int, Probit> fitted;
        CHECK_REMEDY(
            remedy_of(fitted.fit(at.X, at.labels)),
            gradus::OrdinalRegression<double, gradus::Ridge, int, gradus::Probit> model{{.penalty = {.lambda = 1e-3}}});
    }
    {
        OrdinalRegression<double, NoPenalty, std::string> model({.levels = {"no", "yes"}});
        CHECK_REMEDY(remedy_of(model.fit(at.X, at.words)),
                     gradus::OrdinalRegression<double, gradus::Ridge, std::string> ridge{
                         {.penalty = {.lambda = 1e-3}, .levels = model.options().levels}});
    }
    {
        Regression<Logistic<float>> model;
        const auto words =
            detail::words_of_model<Regression<Logistic<float>>, detail::GenericTraits<Logistic<float>, NoPenalty>>();
        CHECK_REMEDY(squeezed(words.with_ridge()), gradus::Regression<gradus::Logistic<float>, gradus::Ridge> ridge{
                                                       {.loss = model.options().loss, .penalty = {.lambda = 1e-3}}});
    }
}

TEST_CASE("A wider scalar for models of every kind, with the options of this one", "[models][remedies]") {
    const auto of = [](const detail::ModelWords& words) {
        const std::string all = words.wider_model();
        return squeezed(all.substr(0, all.find("//")));
    };
    {
        using Model = LinearRegression<float>;
        CHECK_REMEDY(of(detail::words_of_model<Model, detail::LinearTraits<float, NoPenalty>>()),
                     gradus::LinearRegression<double> model);
    }
    {
        const HuberRegression<double, Ridge> model({.delta = 2, .penalty = {.lambda = 0.1}});
        CHECK_REMEDY(of(detail::words_of_model<HuberRegression<double, Ridge>, detail::HuberTraits<double, Ridge>>()),
                     gradus::HuberRegression<long double, gradus::Ridge> wider{model.options()});
    }
    {
        using Model = OrdinalRegression<double, NoPenalty, std::string, Probit>;
        const Model model({.levels = {"no", "yes"}});
        CHECK_REMEDY(of(detail::words_of_model<Model, detail::OrdinalTraits<double, NoPenalty, std::string, Probit>>()),
                     gradus::OrdinalRegression<long double, gradus::NoPenalty, std::string, gradus::Probit> wider{
                         model.options()});
    }
    {
        using Model = PoissonRegression<long double>;
        CHECK_REMEDY(of(detail::words_of_model<Model, detail::PoissonTraits<long double, NoPenalty>>()),
                     gradus::PoissonRegression<boost::multiprecision::cpp_bin_float_quad> model);
    }
    // a loss of someone's own has a scalar of its own
    CHECK(
        of(detail::words_of_model<Regression<Logistic<float>>, detail::GenericTraits<Logistic<float>, NoPenalty>>()) ==
        "");
}
