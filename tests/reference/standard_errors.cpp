// Standard errors and the figures of a fit against answers computed with 256 bits or in rational arithmetic.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/inference/inference.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

void judge_errors(const Inference& inference, const ReferenceModel& model, DigitTable& judged) {
    REQUIRE(inference.estimates.size() == model.coefficients.size());
    double digits = 16;
    for (std::size_t i = 0; i < model.coefficients.size(); ++i)
        digits = std::min(digits, correct_digits(inference.estimates[i].std_error,
                                                 from_text<double>(model.coefficients[i].std_error)));
    judged.add(model.name() + " standard errors", digits,
               std::min(tolerance::digits::standard_error, model.rss_digits));
}

void judge_figure(const ReferenceModel& model, const char* key, double value, DigitTable& judged) {
    if (model.statistics.count(key))
        judged.add(model.name() + " " + key, correct_digits(value, from_text<double>(model.statistics.at(key))),
                   model.rss_digits);
}

}  // namespace

TEST_CASE("standard errors of linear models have the digits of the references", "[reference][inference]") {
    DigitTable judged;
    for (const char* set : {"nist_norris", "nist_longley", "nist_noint1", "nist_wampler4", "nist_filip",
                            "special_scaled_longley", "special_shifted", "linnerud", "winequality_white"}) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"linear"})) {
            if (model.is_degenerate) continue;
            const Eigen::MatrixXd X = model.design<double>(table), Y = table.columns<double>(model.targets);
            MultivariateRegression<double> fitted{{.fit_intercept = model.has_intercept}};
            fitted.fit(X, Y);
            const Inference inference = infer(fitted, X, Y);
            INFO(model.name() << "\n" << inference);
            judge_errors(inference, model, judged);
            judge_figure(model, "rss", inference.targets[0].rss, judged);
            judge_figure(model, "residual_sd", inference.targets[0].residual_standard_error, judged);
            judge_figure(model, "r_squared", inference.targets[0].r_squared, judged);
            judge_figure(model, "adj_r_squared", inference.targets[0].adjusted_r_squared, judged);
            judge_figure(model, "f_statistic", inference.targets[0].f.statistic, judged);
        }
    }
    INFO(judged.text());
    CHECK(judged.fallen_short() == 0);
    CHECK(judged.judged() >= 50);
}

TEST_CASE("standard errors of models of classes have the digits of the references", "[reference][inference]") {
    DigitTable judged;
    for (const char* set : {"breast_cancer", "iris_versicolor_virginica", "special_extreme_logits", "chile"}) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"binary_logistic", "multinomial_logistic"})) {
            if (!model.estimate_exists || !model.lambda.empty()) continue;
            const Eigen::MatrixXd X = model.design<double>(table);
            const Eigen::VectorXi y = table.column<double>(model.targets[0]).cast<int>();
            LogisticRegression<double> fitted{{.fit_intercept = model.has_intercept}};
            fitted.fit(X, y);
            const Inference inference = infer(fitted, X, y);
            INFO(model.name() << "\n" << inference);
            judge_errors(inference, model, judged);
            judge_figure(model, "loglik", inference.log_likelihood, judged);
            judge_figure(model, "null_loglik", inference.null_log_likelihood, judged);
            judge_figure(model, "deviance", inference.deviance, judged);
            judge_figure(model, "aic", inference.aic, judged);
            judge_figure(model, "bic", inference.bic, judged);
        }
    }
    INFO(judged.text());
    CHECK(judged.fallen_short() == 0);
    CHECK(judged.judged() >= 24);
}
