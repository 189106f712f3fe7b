// --model ordinal: thresholds, levels, links, figures and predictions.
#include "fit_csv/run_fit_csv.hpp"
#include "support/tolerances.hpp"

#include <sstream>

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::vector<std::string> wine{"--model", "ordinal", "--target", "rating", "--levels", "0,1,2,3,4"},
    housing{"--model", "ordinal", "--target", "sat", "--weights", "freq"};

void judge(const Json& answer, const Json& expected, double need = tolerance::digits::ordinal) {
    DigitTable table;
    const auto add = [&](const std::string& what, const Json& ours, const Json& theirs) {
        table.add(what, correct_digits(ours.get<double>(), number(theirs)), need);
    };
    REQUIRE(answer["coefficients"].size() == expected["coefficients"].size());
    for (const Json& row : expected["coefficients"]) add(row["name"], estimate(answer, row["name"]), row["estimate"]);
    REQUIRE(answer["thresholds"].size() == expected["thresholds"].size());
    for (std::size_t c = 0; c < expected["thresholds"].size(); ++c)
        add("threshold", answer["thresholds"][c]["estimate"], expected["thresholds"][c]["estimate"]);
    const Json& figures = expected["statistics"];
    add("log-likelihood", answer["log_likelihood"], figures["loglik"]);
    add("null", answer["null_log_likelihood"], figures["null_loglik"]);
    add("deviance", answer["deviance"], figures["deviance"]);
    add("AIC", answer["aic"], figures["aic"]);
    add("BIC", answer["bic"], figures["bic"]);
    INFO(table.text());
    CHECK(table.fallen_short() == 0);
}

std::vector<std::vector<std::string>> cells(const std::string& text) {
    std::vector<std::vector<std::string>> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream row(line);
        out.emplace_back();
        for (std::string cell; std::getline(row, cell, ',');) out.back().push_back(cell);
    }
    return out;
}

}  // namespace

TEST_CASE("ordinal: estimates and figures against certified ones") {
    for (const std::string link : {"logit", "probit"})
        judge(fit(with(wine, {"--link", link, data_file("wine_bitterness")})),
              reference("wine_bitterness", "clm_" + link));
    for (const std::string link : {"logit", "probit", "cloglog"})
        judge(fit(with(housing, {"--link", link, data_file("housing_satisfaction")})),
              reference("housing_satisfaction", "polr_" + link));
    judge(fit(with(wine, {"--scalar", "long-double", data_file("wine_bitterness")})),
          reference("wine_bitterness", "clm_logit"));
    judge(fit(with(wine, {"--scalar", "float", data_file("wine_bitterness")})),
          reference("wine_bitterness", "clm_logit"), tolerance::digits::float_logistic);
}

TEST_CASE("ordinal: levels by name, from low to high") {
    const std::string content = "x,y\n0,low\n1,mid\n2,low\n3,high\n4,mid\n5,high\n1,low\n3,mid\n2,high\n";
    const TemporaryFile file(content);
    const std::vector<std::string> arguments{"--model", "ordinal", "--target", "y", "--levels", "low,mid,high"};
    const Json answer = fit(with(arguments, {file.path()}));
    CHECK(answer["classes"] == Json({"low", "mid", "high"}));
    REQUIRE(answer["thresholds"].size() == 2);
    CHECK(answer["thresholds"][0]["name"] == "low|mid");
    CHECK(answer["thresholds"][1]["name"] == "mid|high");
    CHECK(answer["thresholds"][0]["estimate"] < answer["thresholds"][1]["estimate"]);
    CHECK(answer["coefficients"].size() == 1);
    CHECK(estimate(answer, "x") > 0);
    CHECK(answer["link"] == "logit");
    CHECK(answer["rank"] == 1);

    const Json reversed = fit({"--model", "ordinal", "--target", "y", "--levels", "high,mid,low", file.path()});
    CHECK_THAT(estimate(reversed, "x"), near(-estimate(answer, "x"), tolerance::direct<double>));

    const Run report = fit_csv(with(arguments, {file.path()}));
    CHECK(report.status == 0);
    CHECK_THAT(report.out, ContainsSubstring("low|mid") && ContainsSubstring("threshold") &&
                               ContainsSubstring("levels low, mid, high (from low to high)"));
    CHECK_THAT(report.out, !ContainsSubstring("(Intercept)"));
}

TEST_CASE("ordinal: predictions and the trace") {
    const TemporaryFile predictions, trace;
    const Json answer =
        fit(with(wine, {"--predict", predictions.path(), "--trace", trace.path(), data_file("wine_bitterness")}));
    const auto rows = cells(predictions.content());
    REQUIRE(rows.size() == 73);
    CHECK(rows[0] == std::vector<std::string>{"prediction", "probability_0", "probability_1", "probability_2",
                                              "probability_3", "probability_4"});
    const Json first = reference("wine_bitterness", "clm_logit")["fitted_first5"];
    for (std::size_t i = 1; i < rows.size(); ++i) {
        double sum = 0, largest = 0;
        for (std::size_t c = 1; c < 6; ++c)
            sum += std::stod(rows[i][c]), largest = std::max(largest, std::stod(rows[i][c]));
        CHECK_THAT(sum, near(1, tolerance::rounding<double>));
        CHECK(std::stod(rows[i][1 + static_cast<std::size_t>(std::stoi(rows[i][0]))]) == largest);
    }
    for (std::size_t i = 0; i < first.size(); ++i)
        for (std::size_t c = 0; c < 5; ++c)
            CHECK_THAT(std::stod(rows[i + 1][c + 1]), near(number(first[i][c]), tolerance::direct<double>));

    const auto steps = cells(trace.content());
    REQUIRE(steps.size() == answer["iterations"].get<std::size_t>() + 2);
    CHECK(std::vector<std::string>(steps[0].begin() + 6, steps[0].end()) ==
          std::vector<std::string>{"temp_warm", "contact_yes", "0|1", "1|2", "2|3", "3|4"});
    CHECK_THAT(std::stod(steps.back()[6]), near(estimate(answer, "temp_warm"), tolerance::direct<double>));
    CHECK_THAT(std::stod(steps.back()[9]),
               near(answer["thresholds"][1]["estimate"].get<double>(), tolerance::direct<double>));
}

TEST_CASE("ordinal: solvers, ridge and offset") {
    const Json newton = fit(with(wine, {data_file("wine_bitterness")}));
    for (const std::string solver : {"newton-cg", "lbfgs", "gradient-descent"}) {
        const Json other = fit(with(wine, {"--solver", solver, "--standardize", data_file("wine_bitterness")}));
        CHECK_THAT(estimate(other, "temp_warm"), near(estimate(newton, "temp_warm"), tolerance::first_order));
        CHECK_THAT(other["thresholds"][3]["estimate"].get<double>(),
                   near(newton["thresholds"][3]["estimate"].get<double>(), tolerance::first_order));
    }
    const Json ridge = fit(with(wine, {"--penalty", "ridge=0.1", data_file("wine_bitterness")}));
    CHECK(estimate(ridge, "temp_warm") < estimate(newton, "temp_warm"));
    CHECK_FALSE(ridge.contains("aic"));

    // the column added to x'w instead of fitted
    const Json offset =
        fit(with(wine, {"--features", "temp_warm", "--offset", "contact_yes", data_file("wine_bitterness")}));
    CHECK(offset["coefficients"].size() == 1);
    CHECK(offset["log_likelihood"] < newton["log_likelihood"]);
    CHECK(offset["null_log_likelihood"] > -103.8);
}

TEST_CASE("ordinal: no finite estimate is no success") {
    const TemporaryFile file("x,y\n0,a\n1,a\n2,b\n3,b\n4,c\n5,c\n");
    const Json answer = fit({"--model", "ordinal", "--target", "y", "--levels", "a,b,c", file.path()}, 3);
    CHECK(answer["converged"] == false);
    CHECK_FALSE(answer.contains("aic"));
}
