// --save, --load and --predict for new rows.
#include "fit_csv/run_fit_csv.hpp"
#include <gradus/io/json.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/preprocessing/pipeline.hpp>
#include <gradus/preprocessing/polynomial_features.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>

#include <fstream>
#include <sstream>

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Predicted {
    std::string by_the_fit, by_the_saved_model;
};

// The rows of the fit, predicted with the fit and with the saved model.
Predicted predict_both_ways(Arguments arguments, const std::string& content, const std::string& reordered) {
    const TemporaryFile file(content), other(reordered), model, one, two;
    arguments.insert(arguments.end(), {"--save", model.path(), "--predict", one.path(), file.path()});
    const Run run = fit_csv(arguments);
    INFO(run.err);
    CHECK(run.status == 0);
    const Run again = fit_csv({"--load", model.path(), "--predict", two.path(), other.path()});
    INFO(again.err);
    CHECK(again.status == 0);
    return {one.content(), two.content()};
}

void check_same(const Arguments& arguments, const std::string& content, const std::string& reordered) {
    const Predicted predicted = predict_both_ways(arguments, content, reordered);
    CHECK(std::count(predicted.by_the_fit.begin(), predicted.by_the_fit.end(), '\n') > 5);
    CHECK(predicted.by_the_fit == predicted.by_the_saved_model);
}

// columns in another order, and one more, without a number in it
const std::string rows = "y,x,c,n\n1,0.1,red,3\n0,0.7,green,0\n1,0.2,blue,5\n2,0.9,red,1\n2,0.3,green,2\n0,0.5,blue,1\n"
                         "1,0.8,red,9\n0,0.4,red,4\n2,0.6,blue,2\n",
                  reordered = "c,z,n,x\nred,a,3,0.1\ngreen,,0,0.7\nblue,NA,5,0.2\nred,,1,0.9\ngreen,,2,0.3\n"
                              "blue,,1,0.5\nred,,9,0.8\nred,,4,0.4\nblue,,2,0.6\n";

}  // namespace

TEST_CASE("a saved model predicts as the fit did, to the last digit, columns found by name") {
    const Arguments coded{"--categorical", "c"};
    for (const std::string scalar : {"float", "double", "long-double"})
        for (const std::string model : {"linear", "poisson", "huber", "ordinal"}) {
            CAPTURE(scalar, model);
            check_same({"--model", model, "--target", "y", "--categorical", "c", "--scalar", scalar}, rows, reordered);
        }
    for (const std::string link : {"probit", "cloglog"})
        check_same({"--model", "ordinal", "--target", "y", "--features", "x,n", "--link", link}, rows, reordered);
    check_same({"--model", "linear", "--target", "y,n", "--categorical", "c"}, rows, reordered);
    check_same({"--model", "logistic", "--target", "y", "--features", "x", "--penalty", "ridge=0.1"}, rows, reordered);
    check_same({"--model", "logistic", "--target", "c", "--features", "x,n", "--penalty", "ridge=0.1"}, rows,
               reordered);
    check_same({"--model", "linear", "--target", "y", "--features", "x", "--polynomial", "3"}, rows, reordered);
    check_same({"--model", "poisson", "--target", "y", "--features", "x", "--offset", "n"}, rows, reordered);
    for (const std::string penalty : {"lasso=0.01", "ridge=0.01", "elastic-net=0.01:0.5"})
        check_same({"--model", "linear", "--target", "y", "--features", "x,n", "--penalty", penalty, "--standardize"},
                   rows, reordered);
}

TEST_CASE("the library loads what fit_csv saved, and the other way round") {
    using Model = gradus::LogisticRegression<double, gradus::NoPenalty, std::string>;
    const TemporaryFile file("x,z,y\n1,3,no\n2,1,no\n3,1,yes\n4,4,no\n5,1,yes\n6,5,yes\n2,4,yes\n5,2,no\n"), model,
        predictions;
    const Json answer = fit({"--model", "logistic", "--target", "y", "--save", model.path(), file.path()});
    const auto loaded = gradus::load<Model>(model.path());
    CHECK(loaded.coefficients()(0, 0) == estimate(answer, "x"));
    CHECK(loaded.classes() == std::vector<std::string>{"no", "yes"});
    CHECK(loaded.options().feature_names == std::vector<std::string>{"x", "z"});
    gradus::save(loaded, model.path());
    CHECK(fit_csv({"--load", model.path(), "--predict", predictions.path(), file.path()}).status == 0);
    CHECK_THAT(predictions.content(), ContainsSubstring("prediction,probability_no,probability_yes\n"));
}

TEST_CASE("steps that the library saved before a model are taken, or refused by their name") {
    const Eigen::MatrixXd X{{1, 30}, {2, 10}, {4, 20}, {3, 50}, {5, 10}};
    const Eigen::VectorXd y{{1, 3, 2, 6, 4}};
    const gradus::LinearRegression<double> named({.feature_names = {"x", "z"}});
    const TemporaryFile file("z,x\n30,1\n10,2\n20,4\n50,3\n10,5\n"), model;
    gradus::Pipeline scaled(named, gradus::StandardScaler<double>(), gradus::StandardScaler<double>({.center = false}));
    scaled.fit(X, y);
    gradus::save(scaled, model.path());
    const Run run = fit_csv({"--load", model.path(), "--predict", "-", file.path()});
    INFO(run.err);
    REQUIRE(run.status == 0);
    std::istringstream lines(run.out);
    std::string line;
    std::getline(lines, line);
    for (const double expected : scaled.predict(X)) {
        std::getline(lines, line);
        CHECK_THAT(std::stod(line), Catch::Matchers::WithinRel(expected, 1e-14));
    }
    gradus::Pipeline squared{gradus::LinearRegression<double>(), gradus::PolynomialFeatures<double>()};
    squared.fit(Eigen::MatrixXd(X.leftCols(1)), y);
    gradus::save(squared, model.path());
    CHECK_THAT(refusal({"--load", model.path(), "--predict", "-", file.path()}),
               ContainsSubstring("'polynomial features', which fit_csv cannot take"));
}

TEST_CASE("what new rows lack is named") {
    const TemporaryFile file(rows), model;
    CHECK(fit_csv({"--model", "linear", "--target", "y", "--categorical", "c", "--save", model.path(), file.path()})
              .status == 0);
    const auto refused = [&](const std::string& content, const Arguments& more, const std::string& words) {
        const TemporaryFile other(content);
        Arguments arguments{"--load", model.path(), other.path()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        CHECK_THAT(refusal(arguments), ContainsSubstring(words));
    };
    refused("x,n\n1,2\n", {"--predict", "-"}, "has no column 'c'");
    refused("x,n,c\n1,2,pink\n", {"--predict", "-"}, "line 2, column 'c': 'pink' is not among the levels");
    refused("x,n,c\n1,,red\n", {"--predict", "-"}, "--missing drop");
    refused("x,n,c\n1,two,red\n", {"--predict", "-"}, "'two' is not a finite number; the model was fitted to numbers");
    refused("x,n,c\n1,2,red\n", {}, "--predict OUT.csv");
    refused("x,n,c\n1,2,red\n", {"--predict", "-", "--model", "linear"}, "--model does not go with --load");
    refused("x,n,c\n1,2,red\n", {"--predict", model.path()}, "would be overwritten");
    const TemporaryFile gaps("x,n,c\n1,2,red\n1,NA,red\n2,2,red\n");
    const Run run = fit_csv({"--load", model.path(), "--missing", "drop", "--predict", "-", gaps.path()});
    CHECK(run.status == 0);
    CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 4);
    CHECK_THAT(run.out, ContainsSubstring("\n\"\"\n"));  // a row of the file without a prediction
    CHECK_THAT(run.err, ContainsSubstring("1 row with missing values has no prediction"));
}

TEST_CASE("each row of the file has a row of predictions, empty where values are missing") {
    const TemporaryFile file("x,y\n1,a\nNA,b\n3,a\n2,b\n4,\n5,b\n1,a\n2,a\n4,b\n"), model, same;
    const Run run = fit_csv({"--model", "logistic", "--target", "y", "--missing", "drop", "--save", model.path(),
                             "--predict", "-", file.path()});
    CHECK(run.status == 0);
    CHECK_THAT(run.err, ContainsSubstring("2 rows with missing values are left out, and their predictions are empty"));
    const auto lines = [](const std::string& text) {
        std::vector<std::string> out;
        std::istringstream stream(text);
        for (std::string line; std::getline(stream, line);) out.push_back(line);
        return out;
    };
    const auto fitted = lines(run.out);
    REQUIRE(fitted.size() == 10);
    CHECK(fitted[2] == ",,");
    CHECK(fitted[5] == ",,");
    // a label is no part of what is predicted from
    const auto loaded =
        lines(fit_csv({"--load", model.path(), "--missing", "drop", "--predict", "-", file.path()}).out);
    REQUIRE(loaded.size() == 10);
    CHECK(loaded[2] == ",,");
    CHECK(loaded[5] != ",,");
    CHECK(loaded[9] == fitted[9]);
}

TEST_CASE("a damaged or foreign model is refused in one line") {
    const TemporaryFile file(rows), model;
    CHECK(fit_csv({"--model", "linear", "--target", "y", "--features", "x", "--save", model.path(), file.path()})
              .status == 0);
    const std::string good = model.content();
    for (const std::string& content :
         {std::string(), good.substr(0, good.size() / 2), std::string("{}"), std::string("x,y\n1,2\n"),
          std::string(good).replace(good.find("double"), 6, "float"),
          std::string(good).insert(good.find("powers") + 8, "7")}) {
        const TemporaryFile bad(content);
        CHECK_THAT(refusal({"--load", bad.path(), "--predict", "-", file.path()}), ContainsSubstring(bad.path()));
    }
}
