// Bad input: InvalidInput with sizes, row, column and value in its message, and the model is what it was before.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

struct Given {
    Eigen::MatrixXd X;
    Eigen::VectorXd y, s, o;
    Eigen::VectorXi labels;

    explicit Given(Index n = 200) {
        Random random(101);
        X = normal_matrix<double>(random, n, 3);
        y = X.rowwise().sum() + normal_vector<double>(random, n);
        s = Eigen::VectorXd::Ones(n);
        o = Eigen::VectorXd::Zero(n);
        labels = (y.array() > 0).cast<int>();
    }
};

// Both models, fitted once; what is thrown at them must leave them as they are.
struct Models {
    Given good;
    LinearRegression<double, Ridge> linear;
    LogisticRegression<double, Ridge> logistic;

    // in the constructor: as default member initialisers the same braces are an internal error of GCC 12
    Models()
        : linear{{.penalty = {.lambda = 0.1}, .feature_names = {"age", "dose", "time"}}},
          logistic{{.penalty = {.lambda = 0.1}, .feature_names = {"age", "dose", "time"}}} {
        linear.fit(Observations(good.X, good.y).weights(good.s).offset(good.o));
        logistic.fit(Observations(good.X, good.labels).weights(good.s).offset(good.o));
    }

    template <class Attempt>
    void expect(const std::string& words, const Attempt& attempt) const {
        INFO("expected: " << words);
        std::string message = "nothing was thrown";
        try {
            attempt();
        } catch (const InvalidInput& error) {
            message = error.what();
        }
        CHECK_THAT(message, ContainsSubstring(words));
    }

    void refuse_linear(const Given& rows, const std::string& words) {
        const Eigen::VectorXd before = linear.coefficients();
        const double intercept = linear.intercept();
        expect(words, [&] { linear.fit(Observations(rows.X, rows.y).weights(rows.s).offset(rows.o)); });
        CHECK(linear.coefficients() == before);
        CHECK(linear.intercept() == intercept);
    }
    void refuse_logistic(const Given& rows, const std::string& words) {
        const Eigen::MatrixXd before = logistic.coefficients();
        const Eigen::VectorXd intercept = logistic.intercept();
        expect(words, [&] { logistic.fit(Observations(rows.X, rows.labels).weights(rows.s).offset(rows.o)); });
        CHECK(logistic.coefficients() == before);
        CHECK(logistic.intercept() == intercept);
        CHECK(logistic.classes() == std::vector<int>{0, 1});
    }
    void refuse(const Given& rows, const std::string& words) {
        refuse_linear(rows, words);
        refuse_logistic(rows, words);
    }
};

}  // namespace

TEST_CASE("NaN and infinity in X are named by row, column and feature", "[models][input]") {
    Models models;
    for (const double bad : {missing, infinity, -infinity})
        for (const Index row : {0, 150, 199}) {
            Given rows;
            rows.X(row, 1) = bad;
            models.refuse(rows, "row " + std::to_string(row) + ", column 1 ('dose')");
        }
    Given rows;
    rows.X(3, 2) = missing;
    models.refuse(rows, "X has nan in row 3");
    rows.X(3, 2) = -infinity;
    models.refuse(rows, "-inf");
    // whatever the weight of the row
    rows.s[3] = 0;
    models.refuse(rows, "row 3, column 2");
}

TEST_CASE("Large finite numbers are not infinity", "[models][input]") {
    Models models;
    Given rows;
    rows.X.col(1) *= 1e300;  // squares overflow
    CHECK_NOTHROW(models.linear.fit(Observations(rows.X, rows.y)));
}

TEST_CASE("NaN in y and in the offset", "[models][input]") {
    Models models;
    Given rows;
    rows.y[17] = missing;
    models.refuse_linear(rows, "y has nan in row 17");
    rows = Given();
    rows.o[5] = infinity;
    models.refuse(rows, "offset has inf in row 5");
}

TEST_CASE("Sizes that do not agree are both named", "[models][input]") {
    Models models;
    Given rows;
    rows.y.conservativeResize(199);
    rows.labels.conservativeResize(199);
    models.refuse(rows, "200");
    models.refuse(rows, "199");
    rows = Given();
    rows.s.conservativeResize(199);
    models.refuse(rows, "weights");
    models.refuse(rows, "199");
    models.refuse(rows, "200");
    rows = Given();
    rows.o.conservativeResize(199);
    models.refuse(rows, "offset");
    models.refuse(rows, "199");
    models.refuse(rows, "200");
    rows = Given(0);
    models.refuse(rows, "no rows");
}

TEST_CASE("An offset has as many columns as the linear predictor", "[models][input]") {
    const Given rows;
    const Eigen::MatrixXd two = Eigen::MatrixXd::Zero(200, 2);
    LinearRegression<double, Ridge> linear;
    CHECK_THROWS_AS(linear.fit(Observations(rows.X, rows.y).weights(rows.s).offset(two)), InvalidInput);
}

TEST_CASE("Weights are finite, not negative and not all zero", "[models][input]") {
    Models models;
    for (const double bad : {-1.0, -1e-300, missing, infinity}) {
        Given rows;
        rows.s[42] = bad;
        models.refuse(rows, "weights: the entry in row 42 is");
    }
    Given rows;
    rows.s.setZero();
    models.refuse_linear(rows, "weights: all 200 entries are zero");
    models.refuse_logistic(rows, "positive weight");
}

TEST_CASE("Classes: one alone, or one whose weights are zero", "[models][input]") {
    Models models;
    Given rows;
    rows.labels.setConstant(1);
    models.refuse_logistic(rows, "single class");
    rows = Given();
    for (Index i = 0; i < 200; ++i) rows.s[i] = rows.labels[i] == 0;
    models.refuse_logistic(rows, "single class");

    LogisticRegression<double> given{{.classes = {0, 1, 7}}};
    rows = Given();
    models.expect("class 7 has no row", [&] { given.fit(rows.X, rows.labels); });
    rows.labels[4] = 5;
    models.expect("label 5 in row 4 is not among the 3 classes", [&] { given.fit(rows.X, rows.labels); });
    LogisticRegression<double> repeated{{.classes = {0, 1, 1}}};
    models.expect("twice", [&] { repeated.fit(rows.X, rows.labels); });
}

TEST_CASE("Labels that are not whole numbers", "[models][input]") {
    const Models models;
    const Given rows;
    Eigen::VectorXd labels = rows.labels.cast<double>();
    LogisticRegression<double> model;
    CHECK_NOTHROW(model.fit(rows.X, labels));
    CHECK(model.classes() == std::vector<int>{0, 1});
    const Eigen::MatrixXd before = model.coefficients();
    labels[9] = 0.5;
    models.expect("label 0.5 in row 9 is not a whole number", [&] { model.fit(rows.X, labels); });
    labels[9] = 1e10;
    models.expect("in row 9", [&] { model.fit(rows.X, labels); });
    labels[9] = missing;
    models.expect("in row 9", [&] { model.fit(rows.X, labels); });
    CHECK(model.coefficients() == before);
}

TEST_CASE("Trials and successes", "[models][input]") {
    const Models models;
    const Given rows;
    const Eigen::VectorXd m = Eigen::VectorXd::Constant(200, 5);
    Eigen::VectorXd y = rows.labels.cast<double>() * 2;
    LogisticRegression<double> model;
    CHECK_NOTHROW(model.fit(Observations(rows.X, y).trials(m)));
    const Eigen::MatrixXd before = model.coefficients();
    const auto refuse = [&](const Eigen::VectorXd& successes, const Eigen::VectorXd& trials, const std::string& words) {
        models.expect(words, [&] { model.fit(Observations(rows.X, successes).trials(trials)); });
        CHECK(model.coefficients() == before);
    };
    Eigen::VectorXd bad = y;
    bad[12] = 6;
    refuse(bad, m, "6 successes of 5 trials in row 12");
    bad[12] = -1;
    refuse(bad, m, "row 12");
    bad[12] = missing;
    refuse(bad, m, "row 12");
    bad = m;
    bad[13] = -2;
    refuse(y, bad, "trials: the entry in row 13 is -2");
    bad[13] = missing;
    refuse(y, bad, "trials: the entry in row 13");
    refuse(y, m.head(199), "199");
    refuse(y, Eigen::VectorXd::Zero(200), "row 0");
    refuse(Eigen::VectorXd::Zero(200), Eigen::VectorXd::Zero(200), "trials: all 200 entries are zero");
    refuse(Eigen::VectorXd::Zero(200), m, "single class");
    refuse(m, m, "single class");
}

TEST_CASE("Ridge: lambda and factors", "[models][input]") {
    const Models models;
    const Given rows;
    const auto refuse = [&](const Ridge& ridge, const std::string& words) {
        LinearRegression<double, Ridge> linear{{.penalty = ridge}};
        models.expect(words, [&] { linear.fit(Observations(rows.X, rows.y)); });
        CHECK_THROWS_AS(linear.coefficients(), std::logic_error);
        LogisticRegression<double, Ridge> logistic{{.penalty = ridge}};
        models.expect(words, [&] { logistic.fit(Observations(rows.X, rows.labels)); });
        CHECK_THROWS_AS(logistic.coefficients(), std::logic_error);
    };
    refuse({.lambda = -1}, "lambda is -1");
    refuse({.lambda = missing}, "lambda is nan");
    refuse({.lambda = infinity}, "lambda is inf");
    refuse({.lambda = 1, .factors = Eigen::VectorXd::Ones(2)}, "2 factors for 3 features");
    refuse({.lambda = 1, .factors = Eigen::Vector3d(1, -1, 0)}, "factor 1 is -1");
    refuse({.lambda = 1, .factors = Eigen::Vector3d(1, 1, missing)}, "factor 2 is nan");
}

TEST_CASE("Feature names of the wrong number", "[models][input]") {
    const Models models;
    const Given rows;
    LinearRegression<double, Ridge> linear{{.feature_names = {"a", "b"}}};
    models.expect("feature_names has 2 entries, X has 3 columns", [&] { linear.fit(Observations(rows.X, rows.y)); });
    LogisticRegression<double, Ridge> logistic{{.feature_names = {"a", "b", "c", "d"}}};
    models.expect("feature_names has 4 entries, X has 3 columns",
                  [&] { logistic.fit(Observations(rows.X, rows.labels)); });
}

TEST_CASE("A start of the wrong shape", "[models][input]") {
    Models models;
    const Eigen::MatrixXd before = models.logistic.coefficients();
    models.logistic.start_at(Eigen::MatrixXd::Zero(2, 1), Eigen::VectorXd::Zero(1));
    models.expect("start_at", [&] { models.logistic.fit(Observations(models.good.X, models.good.labels)); });
    CHECK(models.logistic.coefficients() == before);
}

TEST_CASE("Before a fit, and with other columns", "[models][input]") {
    const Given rows;
    const LinearRegression<double, Ridge> linear;
    CHECK_THROWS_AS(linear.coefficients(), std::logic_error);
    CHECK_THROWS_AS(linear.intercept(), std::logic_error);
    CHECK_THROWS_AS(linear.predict(rows.X), std::logic_error);
    CHECK_THROWS_AS(linear.score(rows.X, rows.y), std::logic_error);
    const LogisticRegression<double, Ridge> logistic;
    CHECK_THROWS_AS(logistic.coefficients(), std::logic_error);
    CHECK_THROWS_AS(logistic.intercept(), std::logic_error);
    CHECK_THROWS_AS(logistic.classes(), std::logic_error);
    CHECK_THROWS_AS(logistic.predict(rows.X), std::logic_error);
    CHECK_THROWS_AS(logistic.predict_probability(rows.X), std::logic_error);
    CHECK_THROWS_AS(logistic.decision_function(rows.X), std::logic_error);
    CHECK_THROWS_AS(logistic.score(rows.X, rows.labels), std::logic_error);

    Models models;
    const Eigen::MatrixXd two = rows.X.leftCols(2), four = Eigen::MatrixXd::Zero(5, 4);
    for (const Eigen::MatrixXd& X : {two, four}) {
        const std::string words = "X has " + std::to_string(X.cols()) + " columns, the model was fitted to 3";
        models.expect(words, [&] { static_cast<void>(models.linear.predict(X)); });
        models.expect(words, [&] { static_cast<void>(models.logistic.predict(X)); });
        models.expect(words, [&] { static_cast<void>(models.logistic.predict_log_probability(X)); });
    }
    models.expect("199", [&] { static_cast<void>(models.linear.score(rows.X, rows.y.head(199).eval())); });
    models.expect("199", [&] { static_cast<void>(models.logistic.score(rows.X, rows.labels.head(199).eval())); });
    const Eigen::MatrixXi one_hot = rows.labels.rowwise().replicate(2);
    models.expect("y has 2 columns", [&] { static_cast<void>(models.logistic.score(rows.X, one_hot)); });
    const Eigen::VectorXd few = Eigen::VectorXd::Ones(199);
    models.expect("199", [&] { static_cast<void>(models.linear.score(Observations(rows.X, rows.y).weights(few))); });
    models.expect("199",
                  [&] { static_cast<void>(models.logistic.score(Observations(rows.X, rows.labels).weights(few))); });
}
