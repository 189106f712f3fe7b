// --metrics: what is said of predictions, on the rows fitted and on rows held out; and lists that are cut.
#include "fit_csv/run_fit_csv.hpp"
#include "support/tolerances.hpp"

#include <cmath>

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinRel;

namespace {

const Arguments tumours{"--model", "logistic", "--target", "benign", "--features", "f01,f02", "--metrics"};

Json fit_tumours(const Arguments& more = {}) {
    Arguments arguments = tumours;
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(data_file("breast_cancer"));
    return fit(arguments);
}

double total(const Json& confusion) {
    double sum = 0;
    for (const Json& row : confusion)
        for (const Json& count : row) sum += count.get<double>();
    return sum;
}

}  // namespace

TEST_CASE("metrics of a classification belong together") {
    const Json answer = fit_tumours(), metrics = answer["metrics"]["fitted"], confusion = metrics["confusion"];
    const double rows = answer["rows"].get<double>();
    CHECK(total(confusion) == rows);
    CHECK_THAT(metrics["accuracy"].get<double>(),
               WithinRel((confusion[0][0].get<double>() + confusion[1][1].get<double>()) / rows, 1e-14));
    CHECK_THAT(metrics["log_loss"].get<double>() * rows, WithinRel(-answer["log_likelihood"].get<double>(), 1e-12));
    REQUIRE(metrics["auc"].size() == 1);
    CHECK(metrics["auc"][0].get<double>() > 0.9);
    CHECK(metrics["auc"][0].get<double>() < 1);
    CHECK_FALSE(answer["metrics"].contains("held_out"));
}

TEST_CASE("a share of each class is held out, the same for the same seed") {
    const Json answer = fit_tumours({"--test-share", "0.25"}), again = fit_tumours({"--test-share", "0.25"}),
               other = fit_tumours({"--test-share", "0.25", "--seed", "2"}), all = fit_tumours();
    CHECK(answer == again);
    CHECK(answer["metrics"] != other["metrics"]);
    const Json &fitted = answer["metrics"]["fitted"]["confusion"],
               &held_out = answer["metrics"]["held_out"]["confusion"];
    CHECK(total(fitted) + total(held_out) == answer["rows"].get<double>());
    for (std::size_t k = 0; k < 2; ++k) {
        const auto of_class = [&](const Json& confusion) {
            return confusion[k][0u].get<double>() + confusion[k][1u].get<double>();
        };
        CHECK(of_class(held_out) == std::round(of_class(all["metrics"]["fitted"]["confusion"]) / 4));
    }
    CHECK(answer["coefficients"] != all["coefficients"]);
    // what is held out has no part in the fit
    CHECK_THAT(answer["metrics"]["fitted"]["log_loss"].get<double>() * total(fitted),
               WithinRel(-answer["log_likelihood"].get<double>(), 1e-12));
}

TEST_CASE("metrics of numbers are those of the fit") {
    const Arguments arguments{"--model", "linear", "--target", "y", "--metrics", data_file("nist_longley")};
    const Json answer = fit(arguments), metrics = answer["metrics"]["fitted"], output = answer["outputs"][0];
    CHECK_THAT(metrics["r_squared"][0].get<double>(), WithinRel(output["r_squared"].get<double>(), 1e-13));
    CHECK_THAT(metrics["root_mean_squared_error"][0].get<double>(),
               WithinRel(std::sqrt(output["rss"].get<double>() / answer["rows"].get<double>()), 1e-13));
    CHECK_THAT(fit_csv(arguments).out,
               ContainsSubstring("metrics             rows fitted\n  R^2               0.995479"));
}

TEST_CASE("metrics of groups are those of their single outcomes") {
    const TemporaryFile groups("x,y,m\n0,1,4\n1,2,3\n2,1,1\n3,3,4\n"),
        rows("x,y\n0,1\n0,0\n0,0\n0,0\n1,1\n1,1\n1,0\n2,1\n3,1\n3,1\n3,1\n3,0\n");
    const Json a = fit(
                   {"--model", "logistic", "--target", "y", "--trials", "m", "--metrics", groups.path()})["metrics"],
               b = fit({"--model", "logistic", "--target", "y", "--metrics", rows.path()})["metrics"];
    CHECK(a["fitted"]["confusion"] == b["fitted"]["confusion"]);
    CHECK_THAT(a["fitted"]["auc"][0].get<double>(), WithinRel(b["fitted"]["auc"][0].get<double>(), 1e-13));
    CHECK_THAT(a["fitted"]["log_loss"].get<double>(), WithinRel(b["fitted"]["log_loss"].get<double>(), 1e-13));
}

TEST_CASE("metrics of three classes are printed with the table of truth and prediction") {
    const Run run =
        fit_csv({"--model", "ordinal", "--levels", "low,mid,high", "--target", "y", "--metrics", "--test-share", "0.3",
                 TemporaryFile("y,x\nlow,1\nlow,2\nmid,2\nmid,3\nlow,3\nhigh,4\nmid,4\nhigh,5\nhigh,3\n"
                               "low,2\nmid,3\nhigh,6\nmid,2\nlow,4\nhigh,2\n")
                     .path()});
    INFO(run.err);
    CHECK(run.status == 0);
    CHECK_THAT(run.out, ContainsSubstring("rows held out") && ContainsSubstring("AUC mid") &&
                            ContainsSubstring("confusion of the rows held out: truth in rows, predictions in columns"));
    CHECK_THAT(refusal({"--model", "linear", "--target", "y", "--test-share", "0.3", "none.csv"}),
               ContainsSubstring("--test-share goes with --metrics"));
    CHECK_THAT(refusal({"--model", "linear", "--target", "y", "--metrics", "--test-share", "1.5", "none.csv"}),
               ContainsSubstring("between 0 and 1"));
}

TEST_CASE("long lists are cut, and --json has all of them") {
    std::string header = "y", rows;
    for (int j = 0; j < 70; ++j) header += ",x" + std::to_string(j);
    for (int i = 0; i < 90; ++i) {
        rows += "\n" + std::to_string(std::sin(i));
        for (int j = 0; j < 70; ++j) rows += "," + std::to_string(std::cos(i * (j + 1) + j * j));
    }
    const TemporaryFile file(header + rows + "\n");
    const Arguments arguments{"--model", "linear", "--target", "y", file.path()};
    const std::string report = fit_csv(arguments).out;
    CHECK_THAT(report, ContainsSubstring("x48") && ContainsSubstring("and 21 more"));
    CHECK_THAT(report, !ContainsSubstring("x49 "));
    const std::string summary = fit_csv({"--summary", "--model", "linear", "--target", "y", file.path()}).out;
    CHECK_THAT(summary, ContainsSubstring("x48") && ContainsSubstring("and 21 more"));
    CHECK_THAT(summary, !ContainsSubstring("x49"));
    CHECK(fit(arguments)["coefficients"].size() == 71);
}
