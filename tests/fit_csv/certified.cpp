// The figures in the JSON against certified ones.
#include "fit_csv/run_fit_csv.hpp"
#include "support/tolerances.hpp"

#include <cmath>

using namespace gradus::test;
using Catch::Matchers::WithinRel;

namespace {

// what rounding of the data leaves of twelve digits: tests/data/attainable.json
constexpr double longley_digits = 10.4;

void judge(DigitTable& table, const Json& answer, const Json& expected, double need) {
    for (const Json& row : expected["coefficients"]) {
        const std::string output = row.value("output", "");
        table.add(output + " " + row["name"].get<std::string>(),
                  correct_digits(estimate(answer, row["name"], output), number(row["estimate"])), need);
    }
}

void judge_figures(DigitTable& table, const Json& ours, const Json& theirs,
                   const std::vector<std::pair<std::string, std::string>>& names, double need) {
    for (const auto& [our_name, their_name] : names) {
        INFO(our_name);
        REQUIRE(ours.contains(our_name));
        table.add(our_name, correct_digits(ours[our_name].get<double>(), number(theirs[their_name])), need);
    }
}

void judge_linear(const Json& answer, const Json& expected, double need) {
    DigitTable table;
    judge(table, answer, expected, need);
    const Json statistics =
        expected["statistics"].is_array() ? expected["statistics"] : Json::array({expected["statistics"]});
    REQUIRE(answer["outputs"].size() == statistics.size());
    for (std::size_t c = 0; c < statistics.size(); ++c) {
        CHECK(answer["outputs"][c]["output"] == statistics[c]["output"]);
        judge_figures(table, answer["outputs"][c], statistics[c],
                      {{"rss", "rss"},
                       {"r_squared", "r_squared"},
                       {"residual_standard_error", "residual_sd"},
                       {"log_likelihood", "loglik"},
                       {"aic", "aic"}},
                      std::min(need, 10.0));
    }
    INFO(table.text());
    CHECK(table.fallen_short() == 0);
}

void judge_classes(const Json& answer, const Json& expected, double need) {
    DigitTable table;
    judge(table, answer, expected, need);
    judge_figures(table, answer, expected["statistics"],
                  {{"log_likelihood", "loglik"},
                   {"null_log_likelihood", "null_loglik"},
                   {"deviance", "deviance"},
                   {"aic", "aic"},
                   {"bic", "bic"}},
                  need);
    INFO(table.text());
    CHECK(table.fallen_short() == 0);
}

}  // namespace

TEST_CASE("linear models have the certified figures") {
    judge_linear(fit({"--model", "linear", "--target", "y", data_file("nist_longley")}),
                 reference("nist_longley", "nist"), longley_digits);
    judge_linear(fit({"--model", "linear", "--target", "y", data_file("nist_norris")}),
                 reference("nist_norris", "nist"), tolerance::digits::linear);
}

TEST_CASE("without an intercept R^2 is uncentred") {
    const Json answer = fit({"--model", "linear", "--target", "y", "--no-intercept", data_file("nist_noint1")});
    judge_linear(answer, reference("nist_noint1", "nist"), tolerance::digits::linear);
    CHECK(answer["rank"] == 1);
    CHECK(answer["coefficients"].size() == 1);
}

TEST_CASE("several targets have one entry each") {
    const Json answer = fit({"--model", "linear", "--target", "weight,waist,pulse", data_file("linnerud")});
    judge_linear(answer, reference("linnerud", "ols_multi_output"), 11);  // attainable.json: 11.6
}

TEST_CASE("a polynomial in long double is right where double cannot be") {
    const Json answer = fit({"--model", "linear", "--target", "y", "--polynomial", "10", "--scalar", "long-double",
                             data_file("nist_filip")});
    judge_linear(answer, reference("nist_filip", "nist"), tolerance::digits::long_double_filip);
    CHECK(answer["coefficients"][10]["name"] == "x^10");
}

TEST_CASE("a binary model has the certified figures") {
    const Json answer = fit({"--model", "logistic", "--target", "virginica", data_file("iris_versicolor_virginica")});
    judge_classes(answer, reference("iris_versicolor_virginica", "logit"), tolerance::digits::logistic);
    CHECK(answer["classes"] == Json({"0", "1"}));
    CHECK(answer["model"] == "logistic");
    CHECK(answer["solver"] == "newton");
    CHECK(answer["converged"] == true);
    CHECK(answer["status"] == "converged");
    CHECK(answer["rows"] == 100);
    CHECK(answer["rank"] == 5);
    CHECK(answer["iterations"].get<int>() > 0);
    const Json& first = answer["coefficients"][0];
    CHECK(first["output"] == "1");
    CHECK(first["name"] == "(Intercept)");
    CHECK(first.size() == 7);
    const double statistic = first["estimate"].get<double>() / first["std_error"].get<double>();
    CHECK_THAT(first["statistic"].get<double>(), WithinRel(statistic, tolerance::rounding<double>));
    CHECK_THAT(first["p_value"].get<double>(),
               WithinRel(std::erfc(std::abs(statistic) / std::sqrt(2.0)), tolerance::direct<double>));
    CHECK_THAT(first["log_p_value"].get<double>(),
               WithinRel(std::log(first["p_value"].get<double>()), tolerance::direct<double>));
    CHECK_FALSE(answer.contains("outputs"));
    CHECK_FALSE(answer.contains("thresholds"));
}

TEST_CASE("linear predictors in the hundreds are no separation") {
    judge_classes(fit({"--model", "logistic", "--target", "y", data_file("special_extreme_logits")}),
                  reference("special_extreme_logits", "logit"), tolerance::digits::logistic);
}

TEST_CASE("a multinomial ridge acts on all classes and is printed against the first") {
    const Json expected = reference("iris", "softmax_l2_lambda_1");
    const Json answer = fit(
        {"--model", "logistic", "--target", "species", "--penalty", "ridge=0.006666666666666667", data_file("iris")});
    DigitTable table;
    std::map<std::string, double> first;
    for (const Json& row : expected["coefficients"]) {
        const std::string name = row["name"], output = std::to_string(row["class"].get<int>());
        if (output == "0") first[name] = number(row["estimate"]);
        else
            table.add(output + " " + name,
                      correct_digits(estimate(answer, name, output), number(row["estimate"]) - first[name]),
                      tolerance::digits::logistic);
    }
    const Json& statistics = expected["statistics"];
    judge_figures(table, answer, statistics, {{"log_likelihood", "loglik"}, {"null_log_likelihood", "null_loglik"}},
                  tolerance::digits::logistic);
    table.add("objective", correct_digits(answer["objective"].get<double>(), number(statistics["objective"]) / 150),
              tolerance::digits::logistic);
    INFO(table.text());
    CHECK(table.fallen_short() == 0);
    CHECK(table.judged() == 13);
    CHECK_FALSE(answer.contains("aic"));  // how many parameters a penalty leaves is another matter
}

TEST_CASE("lasso and elastic net have the certified digits, and exact zeros") {
    const auto judge = [](const std::string& data, const std::string& model, std::vector<std::string> arguments) {
        const Json expected = reference(data, model);
        std::string features;
        for (const Json& name : expected["features"])
            features += (features.empty() ? "" : ",") + name.get<std::string>();
        arguments.insert(arguments.begin(), {"--features", features, "--target", expected["target"]});
        arguments.push_back(data_file(data));
        const Json answer = fit(arguments);
        DigitTable table;
        for (const Json& row : expected["coefficients"]) {
            const double truth = number(row["estimate"]), found = estimate(answer, row["name"]);
            if (truth == 0) CHECK(found == 0);
            else table.add(row["name"], correct_digits(found, truth), tolerance::digits::logistic);
        }
        INFO(model << '\n' << table.text());
        CHECK(table.fallen_short() == 0);
        CHECK(answer["duality_gap"].get<double>() >= 0);
        CHECK(answer["relative_duality_gap"].get<double>() < 1e-8);
        CHECK_FALSE(answer["coefficients"][0].contains("std_error"));
    };
    judge("birthwt", "l1_raw_lambda_0.02", {"--model", "logistic", "--penalty", "lasso=0.02"});
    judge("birthwt", "enet_std_lambda_0.05_alpha_0.5",
          {"--model", "logistic", "--penalty", "elastic-net=0.05:0.5", "--standardize"});
    judge("breast_cancer", "l1_std_lambda_0.05", {"--model", "logistic", "--penalty", "lasso=0.05", "--standardize"});
}

TEST_CASE("a saved model says what its penalty was") {
    const TemporaryFile file;
    fit({"--model", "linear", "--target", "y", "--penalty", "elastic-net=2:0.5", "--save", file.path(),
         data_file("nist_longley")});
    const Json penalty = Json::parse(file.content())["penalty"];
    CHECK(penalty["lambda"] == 2);
    CHECK(penalty["l1_ratio"] == 0.5);
}

TEST_CASE("a path and its choice by cross-validation") {
    const std::vector<std::string> arguments{"--model", "logistic",      "--target", "benign", "--penalty",
                                             "lasso",   "--standardize", "--scalar", "float"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), arguments.begin(), arguments.end());
        more.push_back(data_file("breast_cancer"));
        return more;
    };
    const Json path = fit(with({"--path"}));
    REQUIRE(path["path"].size() == 100);
    CHECK(path["path"][0]["nonzero"] == 0);
    CHECK(path["path"][99]["nonzero"].get<int>() > 5);
    CHECK(path["path"][0]["lambda"].get<double>() > path["path"][1]["lambda"].get<double>());
    const Json choice = fit(with({"--folds", "4"}));
    CHECK(choice["one_standard_error_lambda"].get<double>() >= choice["best_lambda"].get<double>());
    CHECK(choice["path"][50]["standard_error"].get<double>() > 0);
    CHECK(choice["path"][50]["converged"] == true);
    CHECK(choice["path"][50]["mean_loss"] == fit(with({"--folds", "4", "--seed", "1"}))["path"][50]["mean_loss"]);
    CHECK(choice["path"][50]["mean_loss"] != fit(with({"--folds", "4", "--seed", "2"}))["path"][50]["mean_loss"]);
    CHECK_THAT(fit_csv(with({"--path", "--progress"})).err, Catch::Matchers::ContainsSubstring("100 of 100 fits\n"));
    CHECK(fit_csv(with({"--path"})).err.empty());
}

TEST_CASE("separated classes have no finite estimate, and the JSON says so") {
    const Json answer = fit({"--model", "logistic", "--target", "setosa", data_file("special_separated")}, 3);
    CHECK(answer["converged"] == false);
    CHECK(answer["status"] == "separated");
    CHECK_THAT(answer["message"].get<std::string>(), Catch::Matchers::ContainsSubstring("no finite maximum"));
    CHECK_FALSE(answer.contains("aic"));
    CHECK(answer["coefficients"].size() == 5);
}

TEST_CASE("every solver and scalar gives the same line") {
    const Json expected = reference("nist_norris", "nist");
    const auto digits = [&](const std::string& solver, const std::string& scalar) {
        std::vector<std::string> arguments{
            "--model", "linear", "--target", "y", "--solver", solver, "--scalar", scalar, data_file("nist_norris")};
        if (solver == "newton" && scalar == "float")
            arguments.insert(arguments.end(), {"--tolerance", "1e-6"});  // what seven digits can reach
        const Json answer = fit(arguments);
        CHECK(answer["solver"] == solver);
        return correct_digits(estimate(answer, "x"), number(expected["coefficients"][1]["estimate"]));
    };
    for (const std::string solver : {"qr", "cholesky", "svd", "newton"}) {
        INFO(solver);
        CHECK(digits(solver, "double") >= tolerance::digits::linear);
        CHECK(digits(solver, "long-double") >= tolerance::digits::linear);
        CHECK(digits(solver, "float") >= tolerance::digits::float_line);
    }
}
