// What people read: tables that are aligned, lines that are short, one meaning of weights, words where there is no
// number.
#include "fit_csv/run_fit_csv.hpp"
#include "support/tolerances.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinRel;

namespace {

std::string print(const std::string& content, const Arguments& arguments, int status = 0) {
    const TemporaryFile file(content);
    const Run run = fit_csv(with(arguments, {file.path()}));
    INFO(run.err);
    CHECK(run.status == status);
    return run.out;
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
}
std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    for (const std::string& line : lines(text)) longest = std::max(longest, line.size());
    return longest;
}
std::string line_with(const std::string& text, const std::string& words) {
    for (const std::string& line : lines(text))
        if (line.find(words) != line.npos) return line;
    FAIL("no line has " << words << ":\n" << text);
    return "";
}
// Letters up to the end of the first number behind the title.
std::size_t end_of_number(const std::string& line, const std::string& title) {
    const std::size_t number = line.find_first_not_of(' ', line.find(title) + title.size()),
                      end = std::min(line.find(' ', number), line.size());
    return static_cast<std::size_t>(
        std::count_if(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(end),
                      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

const Arguments linear{"--model", "linear", "--target", "y"}, logistic{"--model", "logistic", "--target", "y"},
    poisson{"--model", "poisson", "--target", "y"}, ordinal{"--model", "ordinal", "--target", "y"};

const std::string rows =
    "x,größe,y,w\n1,3,0,2\n2,1,0,1\n3,1,1,1\n4,4,0,3\n5,1,1,1\n6,5,1,1\n2,4,1,2\n5,2,0,1\n1,1,2,2\n"
    "4,2,2,1\n6,3,2,1\n";

}  // namespace

TEST_CASE("tables are aligned by letters, with tests and without") {
    for (const Arguments& model :
         {linear, ordinal, with(linear, {"--penalty", "ridge=0.1"}), with(linear, {"--penalty", "lasso=0.01"}),
          with(ordinal, {"--penalty", "ridge=0.1"}), with(logistic, {"--penalty", "lasso=0.001", "--odds-ratios"}),
          with(poisson, {"--odds-ratios"})}) {
        const std::string out = print(rows, with(model, {"--features", "x,größe", "--summary"}));
        CAPTURE(out);
        const auto all = lines(out);
        std::size_t seen = 0;
        for (const std::string& line : all) seen += line.find("größe") != line.npos;
        CHECK(seen > 0);
        for (const std::string& line : all)
            if (line.find("größe ") != line.npos)
                CHECK(end_of_number(line, "größe") == end_of_number(line_with(out, "Estimate"), "   "));
    }
    const std::string ridge =
        print(rows, with(linear, {"--features", "x,größe", "--summary", "--penalty", "ridge=0.1"}));
    CHECK_THAT(ridge, ContainsSubstring("note: no standard errors: a penalised fit has no Wald tests"));
    CHECK(lines(ridge).size() == 7);
    const std::string levels =
        print(rows, with(ordinal, {"--features", "x,größe", "--summary", "--penalty", "ridge=0.1"}));
    CHECK(end_of_number(line_with(levels, "0|1"), "0|1") == end_of_number(line_with(levels, "Estimate"), "   "));
    CHECK(end_of_number(line_with(levels, "1|2"), "1|2") == end_of_number(line_with(levels, "Estimate"), "   "));
    const std::string report = print(rows, with(linear, {"--features", "x,größe"}));
    CHECK(line_with(report, "größe").find("größe") + std::string("größe  ").size() <=
          line_with(report, "größe").size());
}

TEST_CASE("ratios are named for what they are") {
    const Arguments asked{"--features", "x", "--summary", "--odds-ratios"};
    const std::string counts = print(rows, with(poisson, asked)), levels = print(rows, with(ordinal, asked));
    CHECK_THAT(counts, ContainsSubstring("rate ratio") && !ContainsSubstring("odds ratio"));
    CHECK_THAT(levels, ContainsSubstring("odds ratio"));
    // of a threshold there is none: its interval alone
    const auto columns = [&](const std::string& title) {
        std::istringstream cells(lines(levels.substr(levels.find("2.5 %")))[0] == "" ? "" : [&] {
            std::string last;
            for (const std::string& line : lines(levels))
                if (line.rfind(title, 0) == 0) last = line;
            return last.substr(title.size());
        }());
        std::size_t count = 0;
        for (std::string cell; cells >> cell;) ++count;
        return count;
    };
    CHECK(columns("x ") == 6);
    CHECK(columns("0|1") == 2);
}

TEST_CASE("long names are shortened and long lists are cut, and --json has them whole") {
    const std::string name(100'000, 'n'), label(100'000, 'b');
    const std::string content = name + ",y\n1,a\n2," + label + "\n3,a\n4," + label + "\n2,a\n1," + label + "\n5,a\n";
    for (const Arguments& more : {Arguments{}, Arguments{"--summary"}, Arguments{"--metrics"},
                                  Arguments{"--summary", "--penalty", "ridge=1"}}) {
        const std::string out = print(content, with(logistic, more));
        CHECK(longest_line(out) < 400);
        CHECK_THAT(out, ContainsSubstring("nnn..."));
    }
    CHECK(longest_line(print(content, with(ordinal, {"--levels", "a," + label}))) < 400);
    const TemporaryFile file(content);
    const Json answer = fit(with(logistic, {file.path()}));
    CHECK(answer["classes"][1] == label);
    CHECK(answer["coefficients"][1]["name"] == name);
    CHECK(refusal({"--model", "linear", "--target", "q", file.path()}).size() < 500);
    CHECK_THAT(refusal({"--model", "linear", "--target", "q", file.path()}), ContainsSubstring("nnn..."));

    std::string header = "y", separated;
    for (int j = 0; j < 30; ++j) header += ",feature" + std::to_string(j);
    for (int i = 0; i < 60; ++i) {
        separated += "\n" + std::to_string(i % 2);
        for (int j = 0; j < 30; ++j)
            separated += "," + std::to_string(std::round(1000 * std::sin(i * (j + 1) + j)) + (i % 2 ? 3000 : 0));
    }
    const std::string out = print(header + separated + "\n", logistic, 3);
    CHECK(longest_line(out) < 400);
    CHECK_THAT(line_with(out, "  direction  "), ContainsSubstring("'feature0'") && ContainsSubstring(" and 21 more"));
    CHECK_THAT(line_with(out, "  infinite  "), ContainsSubstring("'feature0'"));

    std::string many = "x,y\n";
    for (int i = 0; i < 400; ++i) many += std::to_string(i * 7 % 41) + ",label" + std::to_string(i % 40) + "\n";
    CHECK_THAT(line_with(print(many, with(logistic, {"--penalty", "ridge=1"})), "classes label"),
               ContainsSubstring("label0, label1") && ContainsSubstring("and 20 more"));
}

TEST_CASE("a separating direction of an ordinal model names the levels") {
    const std::string out = print("x,y\n0,a\n1,a\n2,b\n3,b\n4,c\n5,c\n", with(ordinal, {"--levels", "a,b,c"}), 3);
    CHECK_THAT(line_with(out, "  direction  "), ContainsSubstring("'x' ") && ContainsSubstring("'a|b' "));
}

TEST_CASE("weights have one meaning in every model, and the summary says which") {
    const auto summary = [](const Arguments& model, const std::string& meaning) {
        return print(rows, with(model, {"--features", "x", "--weights", "w", "--weights-are", meaning, "--summary"}));
    };
    const Arguments huber{"--model", "huber", "--target", "y"};
    for (const Arguments& model : {linear, logistic, poisson, ordinal, huber}) {
        CHECK_THAT(summary(model, "frequencies"), ContainsSubstring("Weights are frequencies: 16 rows in all"));
        CHECK_THAT(summary(model, "precisions"),
                   ContainsSubstring("Weights are precisions") && ContainsSubstring("11 rows"));
    }
    // those of a Huber model count rows
    CHECK_THAT(summary(huber, "precisions"),
               ContainsSubstring("note: no standard errors") && !ContainsSubstring("Std."));
    const TemporaryFile file(rows);
    for (const Arguments& model : {logistic, poisson, ordinal}) {
        CHECK_THAT(summary(model, "frequencies"), ContainsSubstring("16 observations"));
        CHECK_THAT(summary(model, "precisions"), ContainsSubstring("11 observations"));
        const Arguments weights{"--features", "x", "--weights", "w", file.path()};
        const Json of_rows = fit(with(with(model, {"--weights-are", "precisions"}), weights)),
                   of_sums = fit(with(model, weights));
        CHECK(of_rows["log_likelihood"] == of_sums["log_likelihood"]);
        const double parameters = (of_sums["bic"].get<double>() - of_rows["bic"].get<double>()) / std::log(16.0 / 11);
        CHECK_THAT(parameters,
                   WithinRel((of_sums["aic"].get<double>() + 2 * of_sums["log_likelihood"].get<double>()) / 2, 1e-10));
        std::ostringstream bic;
        bic << "BIC: " << of_rows["bic"].get<double>() << ",";
        CHECK_THAT(summary(model, "precisions"), ContainsSubstring(bic.str()));
    }
}

TEST_CASE("what has no value is left out, with a word on why") {
    const TemporaryFile constant("x,y,z\n1,5,1\n2,5,2\n3,5,2\n4,5,5\n5,5,4\n6,5,7\n");
    const Arguments metrics{"--features", "x", "--metrics", constant.path()};
    CHECK_THAT(fit_csv(with(linear, metrics)).out,
               ContainsSubstring("undefined  (the target is constant)") && !ContainsSubstring("nan"));
    const Json fitted = fit(with(linear, metrics))["metrics"]["fitted"];
    CHECK_FALSE(fitted.contains("r_squared"));
    CHECK(fitted["root_mean_squared_error"].size() == 1);
    const Json both = fit(with({"--model", "linear", "--target", "y,z"}, metrics))["metrics"]["fitted"];
    CHECK(both["r_squared"].size() == 1);
    CHECK(both["r_squared_of"] == Json({"z"}));

    const TemporaryFile zeros("x,y\n1,0\n2,0\n3,0\n4,0\n");
    const Run none = fit_csv(with(poisson, {"--metrics", zeros.path()}));
    CHECK(none.status == 3);
    CHECK_THAT(none.out, !ContainsSubstring("nan"));
    for (const std::string value : {" null", "nan"})
        CHECK_THAT(fit_csv(with(poisson, {"--metrics", "--json", "-", zeros.path()})).out, !ContainsSubstring(value));
}

TEST_CASE("rows that are held out are counted apart") {
    const Arguments tumours{"--model", "logistic",  "--target",     "benign", "--features",
                            "f01,f02", "--metrics", "--test-share", "0.3",    data_file("breast_cancer")};
    const std::string report = fit_csv(tumours).out;
    CHECK_THAT(report, ContainsSubstring("data        398 rows, 2 features\n") &&
                           ContainsSubstring("held out    171 more rows, which had no part in the fit"));
    CHECK(fit(tumours)["rows_held_out"] == 171);
    const TemporaryFile file("x,y\n1,2\n2,3\n3,5\n4,4\n5,7\n6,8\n7,7\n8,9\n");
    const Run linear_fit = fit_csv(with(linear, {"--summary", "--metrics", "--test-share", "0.25", file.path()}));
    CHECK_THAT(linear_fit.out,
               ContainsSubstring("2 more rows, held out, had no part in the fit") && !ContainsSubstring("Weights are"));
}

TEST_CASE("both figures of digits stand in the report") {
    const std::string out = print("x,y\n0.1,1.1\n0.2,2.3\n0.3,2.9\n0.4,4.4\n", linear);
    CHECK_THAT(out, ContainsSubstring("correct digits in the coefficients") &&
                        ContainsSubstring("of the numbers as stored; rounding them to double"));
}

TEST_CASE("one is singular") {
    const TemporaryFile file("y,x,\n1,2,\n2,,\n4,6,\n7,8,\n");
    const Run run = fit_csv(with(linear, {"--missing", "drop", file.path()}));
    CHECK_THAT(run.err, ContainsSubstring("1 row with missing values is left out") &&
                            ContainsSubstring("1 empty column without a name"));
    const TemporaryFile rows_alone("y,x\n1,2,\n2,3\n4,6\n7,8\n");
    CHECK_THAT(fit_csv(with(linear, {rows_alone.path()})).err, ContainsSubstring("1 row has empty cells"));
}

TEST_CASE("variance inflation is that of the rows fitted, each as often as it weighs") {
    const auto inflation = [](const std::string& content, const Arguments& more) {
        const std::string out = print(content, with(linear, with({"--features", "a,b", "--summary"}, more)));
        const std::string table = out.substr(out.find("VIF"));
        const std::string row = line_with(table, "a  ");
        return row.substr(row.find_last_of(' ') + 1);
    };
    const std::string weighted = "a,b,y,w\n1,1.2,2,2\n2,1.9,1,1\n3,3.4,4,3\n4,3.7,4,1\n9,-40,5,0\n5,5.5,7,1\n",
                      written = "a,b,y\n1,1.2,2\n1,1.2,2\n2,1.9,1\n3,3.4,4\n3,3.4,4\n3,3.4,4\n4,3.7,4\n5,5.5,7\n";
    CHECK(inflation(weighted, {"--weights", "w"}) == inflation(written, {}));
    CHECK(inflation(weighted, {"--weights", "w"}) != inflation(weighted, {}));
}

TEST_CASE("R^2 has one meaning in a report, with an offset too") {
    const std::string content = "x,o,y\n1,0.5,2\n2,3,4.1\n3,1,2.9\n4,2,6\n5,0,4.4\n6,1,7.5\n";
    const TemporaryFile file(content);
    for (const Arguments& more : std::vector<Arguments>{{}, {"--offset", "o"}}) {
        const Json answer = fit(with(with(linear, {"--features", "x", "--metrics"}), with(more, {file.path()})));
        CHECK_THAT(answer["metrics"]["fitted"]["r_squared"][0].get<double>(),
                   WithinRel(answer["outputs"][0]["r_squared"].get<double>(), 1e-12));
    }
    const std::string out = print(content, with(linear, {"--features", "x", "--metrics", "--no-intercept"}));
    CHECK_THAT(out, ContainsSubstring("R^2 about zero") && ContainsSubstring("R^2 about mean"));
}

TEST_CASE("a summary says which class is modelled, and against which") {
    const std::string two = "x,y\n1,no\n2,no\n3,yes\n4,no\n5,yes\n6,yes\n2,yes\n5,no\n";
    for (const Arguments& more : std::vector<Arguments>{{}, {"--penalty", "ridge=0.1"}})
        CHECK_THAT(print(two, with(logistic, with({"--summary"}, more))),
                   ContainsSubstring("the odds are those of yes against no\n"));
    CHECK_THAT(print(rows, with(logistic, {"--features", "x", "--summary"})),
               ContainsSubstring("classes 0, 1, 2 (each against the first)\n"));
    CHECK_THAT(print(rows, with(ordinal, {"--features", "x", "--summary"})),
               ContainsSubstring("levels 0, 1, 2 (from low to high)\n"));
}

TEST_CASE("where no degrees of freedom are left, a summary says why") {
    const std::string light = "x,y,w\n1,2,0.1\n2,3,0.1\n3,5,0.1\n4,4,0.1\n5,8,0.1\n6,7,0.1\n",
                      few = "x,z,y\n1,4,2\n2,1,5\n";
    const Arguments weights{"--features", "x", "--weights", "w", "--summary"};
    for (const std::string model : {"linear", "huber"}) {
        const Arguments arguments{"--model", model, "--target", "y"};
        const std::string out = print(light, with(arguments, weights));
        CHECK_THAT(out, ContainsSubstring("degrees of freedom are left: 0.6 rows for 2 coefficients"));
        CHECK_THAT(out, ContainsSubstring(model == "linear" ? "; for weights that are no counts" : "; as frequencies"));
        const std::string few_rows = print(few, with(arguments, {"--summary"}));
        CHECK_THAT(few_rows, ContainsSubstring("degrees of freedom are left: 2 rows for 2 coefficients"));
        CHECK_THAT(few_rows, !ContainsSubstring("frequencies"));
    }
    // what is advised
    CHECK_THAT(print(light, with(linear, weights)), ContainsSubstring("say --weights-are precisions"));
    CHECK_THAT(print(light, with(linear, with(weights, {"--weights-are", "precisions"}))),
               ContainsSubstring("Residual standard error"));
}

TEST_CASE("figures are as they would be without rounding") {
    const std::string through = "a,b,y\n1,0,3\n0,1,7\n0,0,2\n";
    const std::string out = print(through, with(poisson, {"--summary"}));
    CHECK_THAT(out, !ContainsSubstring("deviance: -"));
    CHECK(fit(with(poisson, {TemporaryFile(through).path()}))["deviance"].get<double>() >= 0);
    const std::string one = print("x,y\n1,2\n", with(poisson, {"--summary"}));
    CHECK_THAT(one, !ContainsSubstring(" 1 observations") && !ContainsSubstring(" 1 parameters"));
}

TEST_CASE("columns stay apart, however small a p-value is") {
    std::string heavy = "x,y,w\n";
    for (int i = 0; i < 12; ++i)
        heavy +=
            std::to_string(i) + "," + std::to_string(2 * i + i * 7 % 5) + "," + std::to_string(1 + i % 3) + "e300\n";
    const std::string out = print(heavy, with(linear, {"--features", "x", "--weights", "w", "--summary"}));
    CHECK_THAT(line_with(out, "x  "), ContainsSubstring("   < 10^-99999 ***"));
    CHECK_THAT(out.substr(0, out.find("---")), !ContainsSubstring("inf"));
}
