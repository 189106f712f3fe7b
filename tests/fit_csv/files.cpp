// What a CSV file may look like, what is made of its columns, and what is written.
#include "fit_csv/run_fit_csv.hpp"
#include "support/tolerances.hpp"

#include <cmath>
#include <sstream>

using namespace gradus::test;
using Catch::Matchers::WithinRel;

namespace {

// y = 1 + 2 x, exactly
double slope_in(const std::string& content, const std::vector<std::string>& more = {}) {
    const TemporaryFile file(content);
    std::vector<std::string> arguments{"--model", "linear", "--target", "y", file.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return estimate(fit(arguments), "x");
}

void check_is_two(double slope) { CHECK_THAT(slope, WithinRel(2.0, tolerance::product<double>)); }

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
}

// two classes that overlap
const std::string overlapping = "x,y\n1,0\n2,0\n3,1\n4,0\n5,1\n6,1\n";

}  // namespace

TEST_CASE("files as spreadsheets and other programs write them") {
    check_is_two(slope_in("x,y\n1,3\n2,5\n3,7\n"));
    check_is_two(slope_in("x,y\n1,3\n2,5\n3,7"));                // no last newline
    check_is_two(slope_in("x,y\r\n1,3\r\n2,5\r\n3,7\r\n"));      // CRLF
    check_is_two(slope_in("x,y\r1,3\r2,5\r3,7\r"));              // CR alone
    check_is_two(slope_in("\xEF\xBB\xBFx,y\n1,3\n2,5\n3,7\n"));  // byte order mark
    check_is_two(slope_in("\"x\",\"y\"\n\"1\",\"3\"\n\"2\",\"5\"\n\"3\",\"7\"\n"));
    check_is_two(slope_in("x , y\n 1, 3\n2 ,5 \n3,7\n"));  // spaces around cells
    check_is_two(slope_in("x,y\n\n1,3\n\n2,5\n3,7\n\n"));  // empty lines
    check_is_two(slope_in("x,y\n1e0,+3\n2.0,5.\n0.3E1,7\n"));
}

TEST_CASE("columns without a part may contain anything") {
    check_is_two(
        slope_in("note,x,y\n\"a \"\"quoted\"\" word, and a\nline break\",1,3\n,2,5\nNA,3,7\n", {"--features", "x"}));
}

TEST_CASE("names with commas are quoted in lists as in files") {
    const TemporaryFile file("\"size, cm\",y\n1,3\n2,5\n3,7\n");
    check_is_two(
        estimate(fit({"--model", "linear", "--target", "y", "--features", "\"size, cm\"", file.path()}), "size, cm"));
}

TEST_CASE("columns that have another part are no features") {
    const TemporaryFile file("x,s,o,y\n1,1,0,3\n2,2,0,5\n3,1,0,7.5\n");
    const Json answer = fit({"--model", "linear", "--target", "y", "--weights", "s", "--offset", "o", file.path()});
    CHECK(answer["coefficients"].size() == 2);
    CHECK(estimate(answer, "x") > 2);
}

TEST_CASE("weight two is the row twice") {
    const TemporaryFile weighted("x,y,s\n1,3,1\n2,4,2\n3,9,1\n4,1,0\n"), repeated("x,y\n1,3\n2,4\n2,4\n3,9\n");
    const Json one = fit({"--model", "linear", "--target", "y", "--weights", "s", weighted.path()});
    const Json other = fit({"--model", "linear", "--target", "y", repeated.path()});
    CHECK_THAT(estimate(one, "x"), WithinRel(estimate(other, "x"), tolerance::direct<double>));
    for (const std::string figure : {"rss", "r_squared", "residual_standard_error", "log_likelihood", "aic", "bic"}) {
        INFO(figure);
        CHECK_THAT(one["outputs"][0][figure].get<double>(),
                   WithinRel(other["outputs"][0][figure].get<double>(), tolerance::direct<double>));
    }
}

TEST_CASE("a group is so many single outcomes") {
    const TemporaryFile grouped("x,hits,of\n1,1,3\n2,1,2\n3,3,4\n");
    const TemporaryFile single("x,hit\n1,1\n1,0\n1,0\n2,1\n2,0\n3,1\n3,1\n3,1\n3,0\n");
    const Json one = fit({"--model", "logistic", "--target", "hits", "--trials", "of", grouped.path()});
    const Json other = fit({"--model", "logistic", "--target", "hit", single.path()});
    CHECK_THAT(estimate(one, "x"), WithinRel(estimate(other, "x"), tolerance::second_order<double>));
    for (const std::string figure : {"objective", "log_likelihood", "null_log_likelihood", "aic", "bic"}) {
        INFO(figure);
        CHECK_THAT(one[figure].get<double>(), WithinRel(other[figure].get<double>(), tolerance::second_order<double>));
    }
    // each group has a probability of its own in the saturated model
    const double saturated =
        std::log(1 / 3.0) + 2 * std::log(2 / 3.0) + 2 * std::log(1 / 2.0) + 3 * std::log(3 / 4.0) + std::log(1 / 4.0);
    CHECK_THAT(one["deviance"].get<double>(),
               WithinRel(2 * (saturated - one["log_likelihood"].get<double>()), tolerance::second_order<double>));
    CHECK_THAT(other["deviance"].get<double>(),
               WithinRel(-2 * other["log_likelihood"].get<double>(), tolerance::second_order<double>));
}

TEST_CASE("an offset is part of the fit and of the null model") {
    const TemporaryFile file("x,o,y\n1,0.5,0\n2,0.5,0\n3,0.5,1\n4,0.5,0\n5,0.5,1\n6,0.5,1\n"), plain(overlapping);
    const Json without = fit({"--model", "logistic", "--target", "y", plain.path()});
    const Json with = fit({"--model", "logistic", "--target", "y", "--offset", "o", file.path()});
    CHECK_THAT(estimate(with, "(Intercept)"),
               WithinRel(estimate(without, "(Intercept)") - 0.5, tolerance::second_order<double>));
    CHECK_THAT(with["null_log_likelihood"].get<double>(),
               WithinRel(6 * std::log(0.5), tolerance::second_order<double>));

    const Json no_intercept =
        fit({"--model", "logistic", "--target", "y", "--offset", "o", "--no-intercept", file.path()});
    const double null = -3 * std::log1p(std::exp(0.5)) - 3 * std::log1p(std::exp(-0.5));  // eta = 0.5 in every row
    CHECK_THAT(no_intercept["null_log_likelihood"].get<double>(), WithinRel(null, tolerance::second_order<double>));
}

TEST_CASE("a standardised ridge is one on columns of unit standard deviation") {
    const TemporaryFile raw("x,y\n10,1\n20,4\n60,3\n"),
        scaled("x,y\n0.46291004988627573,1\n0.92582009977255146,4\n2.7774602993176543,3\n");  // sd^2 = 1400 / 3
    const Json one = fit({"--model", "linear", "--target", "y", "--penalty", "ridge=0.3", "--standardize", raw.path()});
    const Json other = fit({"--model", "linear", "--target", "y", "--penalty", "ridge=0.3", scaled.path()});
    CHECK_THAT(estimate(one, "x") * std::sqrt(1400 / 3.0), WithinRel(estimate(other, "x"), tolerance::direct<double>));
    CHECK_THAT(one["objective"].get<double>(), WithinRel(other["objective"].get<double>(), tolerance::direct<double>));
}

TEST_CASE("labels sort as numbers when they are numbers") {
    const TemporaryFile numbers("x,y\n1,10\n2,9\n3,10\n4,9.0\n5,2\n6,9\n7,2\n3,2\n"),
        words("x,y\n1,10\n2,9\n3,10\n4,9\n5,b\n6,9\n7,b\n3,b\n");
    const std::vector<std::string> options{"--model", "logistic", "--target", "y", "--penalty", "ridge=0.1"};
    const auto classes = [&](const TemporaryFile& file) {
        auto arguments = options;
        arguments.push_back(file.path());
        return fit(arguments)["classes"];
    };
    CHECK(classes(numbers) == Json({"2", "9", "10"}));
    CHECK(classes(words) == Json({"10", "9", "b"}));
}

TEST_CASE("predictions of classes") {
    const TemporaryFile file("x,y\n1,\"no, never\"\n2,\"no, never\"\n3,yes\n4,\"no, never\"\n5,yes\n6,yes\n"),
        predictions;
    const Json answer = fit({"--model", "logistic", "--target", "y", "--predict", predictions.path(), file.path()});
    const auto rows = lines(predictions.content());
    REQUIRE(rows.size() == 7);
    CHECK(rows[0] == "prediction,\"probability_no, never\",probability_yes");
    CHECK(rows[1].rfind("\"no, never\",", 0) == 0);
    CHECK(rows[6].rfind("yes,", 0) == 0);
    const double probability = std::stod(rows[6].substr(rows[6].rfind(',') + 1));
    const double eta = estimate(answer, "(Intercept)") + 6 * estimate(answer, "x");
    CHECK_THAT(probability, WithinRel(1 / (1 + std::exp(-eta)), tolerance::product<double>));
}

TEST_CASE("predictions of numbers, one column for each target") {
    const TemporaryFile file("x,y,\"z, too\",o\n1,4,1,1\n2,6,2,1\n3,8,3,1\n"), predictions;
    fit({"--model", "linear", "--target", "y,\"z, too\"", "--offset", "o", "--predict", predictions.path(),
         file.path()});
    const auto rows = lines(predictions.content());
    REQUIRE(rows.size() == 4);
    CHECK(rows[0] == "y,\"z, too\"");
    CHECK_THAT(std::stod(rows[3]), WithinRel(8.0, tolerance::direct<double>));  // the offset is part of it
    CHECK_THAT(std::stod(rows[3].substr(rows[3].find(',') + 1)), WithinRel(3.0, tolerance::direct<double>));
}

TEST_CASE("without --json there is a report for people, with it a file or nothing else") {
    const TemporaryFile file(overlapping), json;
    const Run report = fit_csv({"--model", "logistic", "--target", "y", file.path()});
    CHECK(report.status == 0);
    for (const std::string word :
         {"binary logistic regression by Newton: converged", "(Intercept)", "log-likelihood", "AIC"})
        CHECK_THAT(report.out, Catch::Matchers::ContainsSubstring(word));

    const Run quiet = fit_csv({"--model", "logistic", "--target", "y", "--json", json.path(), file.path()});
    CHECK(quiet.status == 0);
    CHECK(quiet.out.empty());
    CHECK(Json::parse(json.content())["converged"] == true);
}

TEST_CASE("figures without a value are left out") {
    const TemporaryFile file("x,y\n1,5\n2,5\n");  // no residual, no spread, no degrees of freedom
    const Json output = fit({"--model", "linear", "--target", "y", file.path()})["outputs"][0];
    CHECK(output == Json({{"output", "y"}, {"rss", 0.0}}));
}

TEST_CASE("a solver that was not given the time exits with 3") {
    const TemporaryFile file(overlapping);
    const Json answer = fit(
        {"--model", "logistic", "--target", "y", "--solver", "gradient-descent", "--max-iterations", "2", file.path()},
        3);
    CHECK(answer["status"] == "iteration_limit");
    CHECK(answer["iterations"] == 2);
    CHECK(answer["converged"] == false);
}

TEST_CASE("a tolerance reaches the solver") {
    const TemporaryFile file(overlapping);
    const auto iterations = [&](const std::string& tolerance) {
        return fit({"--model", "logistic", "--target", "y", "--solver", "gradient-descent", "--tolerance", tolerance,
                    file.path()})["iterations"]
            .get<int>();
    };
    CHECK(iterations("1e-5") < iterations("1e-7"));
}

TEST_CASE("a model without features is its intercept") {
    const TemporaryFile file("y\n1\n2\n6\n");
    const Json answer = fit({"--model", "linear", "--target", "y", file.path()});
    CHECK_THAT(estimate(answer, "(Intercept)"), WithinRel(3.0, tolerance::product<double>));
    CHECK(answer["rank"] == 1);
}

TEST_CASE("columns in units from 1e-25 to 1e20, in float: the slope by the unit is the same") {
    const std::string rows[][3] = {
        {"0.5", "1", "2.5"},   {"0.65", "1", "3.05"}, {"1.1", "0", "4.5"}, {"1.25", "0", "4.75"}, {"0.8", "1", "3.5"},
        {"0.54", "1", "2.82"}, {"0.95", "0", "3.85"}, {"0.7", "1", "3.2"}, {"1.0", "1", "4.2"},   {"0.6", "0", "2.8"}};
    const auto slope = [&](int exponent, const std::string& scalar, const std::string& model,
                           const std::string& target) {
        const std::string unit = "e" + std::to_string(exponent);
        std::string content = "x,label,y\n";
        for (const auto& [x, label, y] : rows) content += x + unit + "," + label + "," + y + "\n";
        const TemporaryFile file(content);
        const Json answer =
            fit({"--model", model, "--target", target, "--features", "x", "--scalar", scalar, file.path()});
        return estimate(answer, "x") * std::pow(10.0, exponent);
    };
    for (const int exponent : {0, 19, 20, -21, -25}) {
        INFO(exponent);
        CHECK_THAT(slope(exponent, "float", "logistic", "label"), WithinRel(-5.7642546, 1e-5));
        CHECK_THAT(slope(exponent, "float", "linear", "y"), WithinRel(3.0255010, 1e-5));
    }
    for (const int exponent : {160, -300}) {
        INFO(exponent);
        CHECK_THAT(slope(exponent, "double", "logistic", "label"), WithinRel(-5.7642546, 1e-7));
        CHECK_THAT(slope(exponent, "double", "linear", "y"), WithinRel(3.0255010, 1e-7));
    }
}
