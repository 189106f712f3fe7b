// Counts, outliers, and watching a fit: --model poisson, --model huber, --trace, Ctrl-C.
#include "fit_csv/run_fit_csv.hpp"
#include "support/tolerances.hpp"

#include <cmath>
#include <sstream>

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string counts =
    "x,z,o,s,y\n0.5,1,0.2,1,3\n1.5,0,0.0,2,6\n-0.7,1,0.4,1,0\n2.2,0,-0.3,1,9\n0.1,1,1.1,3,4\n-1.3,0,0.0,1,1\n"
    "3.0,1,0.5,1,31\n0.9,0,0.7,2,7\n-0.2,1,-0.9,1,0\n1.1,1,0.3,1,5\n2.6,0,0.1,1,17\n-2.0,0,0.6,2,0\n";
const std::vector<std::string> poisson{"--model", "poisson", "--target", "y", "--weights", "s", "--offset", "o"};

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
}

double cell(const std::string& line, int column) {
    std::istringstream stream(line);
    std::string text;
    for (int c = 0; c <= column; ++c) std::getline(stream, text, ',');
    return std::strtod(text.c_str(), nullptr);
}

}  // namespace

// By Newton's method in 40 digits (Python's mpmath: sixty steps from (1, 0, 0) with lu_solve on X' diag(w m) X;
// log-likelihood with loggamma(y + 1); the null model likewise with the intercept alone), figures as R's glm(family =
// poisson) defines them.
TEST_CASE("poisson: estimates and figures against forty digits") {
    const TemporaryFile file(counts);
    for (const std::string scalar : {"double", "long-double"}) {
        const Json answer = fit(with(poisson, {"--scalar", scalar, file.path()}));
        const auto check = [&](double actual, double expected) {
            CHECK_THAT(actual, near(expected, tolerance::direct<double>));
        };
        check(estimate(answer, "(Intercept)"), 0.3658810066813292402);
        check(estimate(answer, "x"), 0.93603451023014364266);
        check(estimate(answer, "z"), -0.21988054990199010718);
        check(answer["log_likelihood"], -26.22493344311895356);
        check(answer["null_log_likelihood"], -97.34054648542714544);
        check(answer["deviance"], 5.2384739470521241536);
        check(answer["aic"], 58.449866886237907121);
        check(answer["bic"], 60.949506918406555361);
        CHECK(answer["rank"] == 3);
        CHECK(answer["model"] == "poisson");
        CHECK_FALSE(answer.contains("classes"));
        CHECK(answer["coefficients"][0]["output"] == "y");
    }
    const TemporaryFile predictions;
    fit(with(poisson, {"--predict", predictions.path(), file.path()}));
    const auto rows = lines(predictions.content());
    REQUIRE(rows.size() == 13);
    CHECK(rows[0] == "y");
    CHECK_THAT(std::strtod(rows[1].c_str(), nullptr), near(2.2569576005294490139, tolerance::direct<double>));
    CHECK_THAT(fit_csv(with(poisson, {file.path()})).out,
               ContainsSubstring("Poisson regression by Newton: converged") && ContainsSubstring("deviance"));
}

TEST_CASE("poisson: no finite estimate is no success") {
    const TemporaryFile file("g,y\n0,3\n0,5\n0,1\n1,0\n1,0\n");
    const Json answer = fit({"--model", "poisson", "--target", "y", file.path()}, 3);
    CHECK(answer["status"] == "separated");
    CHECK_FALSE(answer.contains("aic"));
}

TEST_CASE("huber: one wild row does not matter") {
    const TemporaryFile file("x,y\n0,1.1\n1,2.9\n2,5.1\n3,6.9\n4,9.1\n5,1e6\n6,12.9\n");
    const Json answer = fit({"--model", "huber", "--target", "y", "--delta", "0.5", file.path()});
    CHECK(std::abs(estimate(answer, "x") - 2) < 0.2);
    CHECK_FALSE(answer.contains("log_likelihood"));
    // without anything beyond delta it is least squares
    const TemporaryFile tame("x,y\n0,1.1\n1,2.9\n2,5.1\n3,6.9\n");
    CHECK_THAT(
        estimate(fit({"--model", "huber", "--target", "y", "--delta", "100", tame.path()}), "x"),
        near(estimate(fit({"--model", "linear", "--target", "y", tame.path()}), "x"), tolerance::direct<double>));
}

TEST_CASE("a trace has one row for each iteration, with the parameters") {
    const TemporaryFile file(counts), trace;
    const Json answer = fit(with(poisson, {"--trace", trace.path(), file.path()}));
    const auto rows = lines(trace.content());
    CHECK(rows[0] == "iteration,value,gradient_norm,relative_gradient,step,seconds,x,z,(Intercept)");
    REQUIRE(rows.size() == answer["iterations"].get<std::size_t>() + 2);
    for (std::size_t t = 1; t < rows.size(); ++t) CHECK(cell(rows[t], 0) == static_cast<double>(t - 1));
    CHECK_THAT(cell(rows.back(), 1), near(answer["objective"].get<double>(), tolerance::product<double>));
    CHECK_THAT(cell(rows.back(), 6), near(estimate(answer, "x"), tolerance::direct<double>));
    CHECK_THAT(cell(rows.back(), 8), near(estimate(answer, "(Intercept)"), tolerance::direct<double>));

    // the model asked for, not the null model that is fitted after it; several classes have names of their own
    const TemporaryFile classes("x,y\n1,a\n2,b\n3,c\n4,a\n5,b\n6,c\n2,a\n3,b\n1,c\n");
    const Json three = fit({"--model", "logistic", "--target", "y", "--trace", trace.path(), classes.path()});
    const auto header = lines(trace.content());
    CHECK_THAT(header[0], ContainsSubstring(",seconds,a:x,b:x,c:x,a:(Intercept),b:(Intercept),c:(Intercept)"));
    CHECK(header.size() == three["iterations"].get<std::size_t>() + 2);

    const TemporaryFile line("x,y\n1,2\n2,4.5\n3,6\n");
    const Run direct = fit_csv({"--model", "linear", "--target", "y", "--trace", trace.path(), line.path()});
    CHECK(direct.status == 0);
    CHECK_THAT(direct.err, ContainsSubstring("qr solves directly"));
    CHECK(lines(trace.content()).size() == 1);
    fit({"--model", "linear", "--target", "y", "--solver", "newton", "--trace", trace.path(), line.path()});
    CHECK(lines(trace.content()).size() > 1);
}

TEST_CASE("Ctrl-C returns the best point, and no progress line goes to a file") {
    std::string content = "x,y\n";
    for (int i = 0; i < 60; ++i) content += std::to_string(i) + "," + std::to_string(i * i % 17 + i * i) + "\n";
    const TemporaryFile file(content);
    // in the foreground: else the signal is sent twice, and a second one ends the program
    const Run run = fit_csv({"--model", "linear", "--target", "y", "--solver", "gradient-descent", "--tolerance", "0",
                             "--max-iterations", "2000000000", "--polynomial", "4", "--json", "-", file.path()},
                            "timeout --foreground --preserve-status -s INT 2 ");
    CHECK(run.status == 3);
    CHECK(run.err.empty());
    const Json answer = run.json();
    CHECK(answer["status"] == "stopped_by_observer");
    CHECK_THAT(answer["message"].get<std::string>(), ContainsSubstring("interrupted"));
    CHECK(answer["iterations"] > 100);
    CHECK(answer["objective"] < 1e6);
}
