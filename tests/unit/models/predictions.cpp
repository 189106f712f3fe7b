// What fitted models answer.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/reference_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Classified {
    Eigen::MatrixXd X;
    Eigen::VectorXi y;

    explicit Classified(Index classes, std::uint64_t seed = 111) {
        Random random(seed);
        X = normal_matrix<double>(random, 120, 3);
        const Index k = classes == 2 ? 1 : classes;
        y = draw_classes<double>(random, X, normal_matrix<double>(random, 3, k), Eigen::VectorXd::Zero(k)).cast<int>();
    }
};

}  // namespace

TEST_CASE("Binary: probabilities, their logarithms, classes and accuracy", "[models]") {
    const Classified data(2);
    LogisticRegression<double> model;
    model.fit(data.X, data.y);
    const Eigen::MatrixXd eta = model.decision_function(data.X), p = model.predict_probability(data.X),
                          log_p = model.predict_log_probability(data.X);
    const Eigen::VectorXi predicted = model.predict(data.X);
    REQUIRE(model.coefficients().rows() == 3);
    REQUIRE(model.coefficients().cols() == 1);
    REQUIRE(model.intercept().size() == 1);
    REQUIRE(eta.cols() == 1);
    REQUIRE(p.cols() == 2);
    REQUIRE(log_p.cols() == 2);
    const Eigen::MatrixXd by_hand = (data.X.lazyProduct(model.coefficients())).array() + model.intercept()[0];
    CHECK(error_of(eta, by_hand) <= tolerance::rounding<double>);
    CHECK(error_of(p.rowwise().sum().eval(), Eigen::VectorXd::Ones(120).eval()) <= tolerance::rounding<double>);
    int right = 0;
    for (Index i = 0; i < 120; ++i) {
        CHECK_THAT(p(i, 1), near(1 / (1 + std::exp(-eta(i, 0))), tolerance::rounding<double>));
        CHECK_THAT(std::exp(log_p(i, 0)), near(p(i, 0), tolerance::rounding<double>));
        CHECK_THAT(std::exp(log_p(i, 1)), near(p(i, 1), tolerance::rounding<double>));
        CHECK(predicted[i] == (p(i, 1) > p(i, 0) ? 1 : 0));
        right += predicted[i] == data.y[i];
    }
    CHECK(right > 60);
    CHECK_THAT(model.score(data.X, data.y), near(right / 120.0, tolerance::rounding<double>));
    Eigen::VectorXd s = Eigen::VectorXd::Zero(120);
    s[3] = 2;
    s[4] = 6;
    CHECK_THAT(
        model.score(Observations(data.X, data.y).weights(s)),
        near(((predicted[3] == data.y[3]) * 2 + (predicted[4] == data.y[4]) * 6) / 8.0, tolerance::rounding<double>));
}

TEST_CASE("Multinomial: probabilities, their logarithms, classes and accuracy", "[models]") {
    const Classified data(4);
    LogisticRegression<double> model;
    model.fit(data.X, data.y);
    const Eigen::MatrixXd eta = model.decision_function(data.X), p = model.predict_probability(data.X),
                          log_p = model.predict_log_probability(data.X);
    const Eigen::VectorXi predicted = model.predict(data.X);
    REQUIRE(model.coefficients().cols() == 4);
    REQUIRE(p.cols() == 4);
    CHECK(error_of(model.coefficients().rowwise().sum().eval(), Eigen::VectorXd::Zero(3).eval()) <=
          tolerance::rounding<double>);
    CHECK_THAT(model.intercept().sum(), near(0, tolerance::rounding<double>));
    CHECK(error_of(p.rowwise().sum().eval(), Eigen::VectorXd::Ones(120).eval()) <= tolerance::rounding<double>);
    int right = 0;
    for (Index i = 0; i < 120; ++i) {
        const double total = eta.row(i).array().exp().sum();
        Index best = 0;
        eta.row(i).maxCoeff(&best);
        CHECK(predicted[i] == best);
        right += predicted[i] == data.y[i];
        for (Index c = 0; c < 4; ++c) {
            CHECK_THAT(p(i, c), near(std::exp(eta(i, c)) / total, tolerance::rounding<double>));
            CHECK_THAT(std::exp(log_p(i, c)), near(p(i, c), tolerance::rounding<double>));
        }
    }
    CHECK_THAT(model.score(data.X, data.y), near(right / 120.0, tolerance::rounding<double>));
}

TEST_CASE("Logarithms of probabilities stay finite at eta = 1000", "[models]") {
    for (const Index classes : {2, 3}) {
        const Classified data(classes);
        LogisticRegression<double> model;
        model.fit(data.X, data.y);
        Eigen::MatrixXd far(2, 3);
        far.row(0) = 1000 * model.coefficients().col(0).transpose() / model.coefficients().col(0).squaredNorm();
        far.row(1) = -far.row(0);
        const Eigen::MatrixXd eta = model.decision_function(far), log_p = model.predict_log_probability(far),
                              p = model.predict_probability(far);
        INFO(eta << "\n\n" << log_p);
        CHECK(std::abs(eta(0, 0)) > 900);
        CHECK(log_p.allFinite());
        CHECK(log_p.minCoeff() < -500);
        CHECK(log_p.maxCoeff() <= 0);
        CHECK(p.minCoeff() >= 0);
        CHECK(p.maxCoeff() == 1);
        if (classes == 2) {
            CHECK_THAT(log_p(0, 0), near(-eta(0, 0), tolerance::rounding<double>));
            CHECK_THAT(log_p(1, 1), near(eta(1, 0), tolerance::rounding<double>));
        }
    }
}

TEST_CASE("The order of the classes decides which is positive", "[models]") {
    const Classified data(2);
    LogisticRegression<double> sorted, reversed{{.classes = {1, 0}}};
    sorted.fit(data.X, data.y);
    reversed.fit(data.X, data.y);
    CHECK(sorted.classes() == std::vector<int>{0, 1});
    CHECK(reversed.classes() == std::vector<int>{1, 0});
    CHECK(error_of(reversed.coefficients(), (-sorted.coefficients()).eval()) <= tolerance::second_order<double>);
    CHECK(error_of(reversed.predict_probability(data.X),
                   sorted.predict_probability(data.X).rowwise().reverse().eval()) <= tolerance::second_order<double>);
    CHECK(reversed.predict(data.X) == sorted.predict(data.X));
    CHECK(reversed.score(data.X, data.y) == sorted.score(data.X, data.y));

    const Classified three(3);
    LogisticRegression<double> plain, ordered{{.classes = {2, 0, 1}}};
    plain.fit(three.X, three.y);
    ordered.fit(three.X, three.y);
    CHECK(ordered.classes() == std::vector<int>{2, 0, 1});
    for (Index c = 0; c < 3; ++c)
        CHECK(error_of(ordered.coefficients().col(c), plain.coefficients().col((c + 2) % 3)) <=
              tolerance::second_order<double>);
    CHECK(ordered.predict(three.X) == plain.predict(three.X));
}

TEST_CASE("Labels need not be 0 and 1", "[models]") {
    const Classified data(2);
    LogisticRegression<double> plain, shifted;
    plain.fit(data.X, data.y);
    const Eigen::VectorXi y = data.y.array() * 12 - 5;
    shifted.fit(data.X, y);
    CHECK(shifted.classes() == std::vector<int>{-5, 7});
    CHECK(shifted.coefficients() == plain.coefficients());
    CHECK(shifted.predict(data.X) == (plain.predict(data.X).array() * 12 - 5).matrix());
}

TEST_CASE("Labels by name", "[models]") {
    const Table table = read_table("iris");
    const Eigen::MatrixXd X = table.features<double>();
    const std::vector<std::string> names{"setosa", "versicolor", "virginica"};
    std::vector<std::string> labels;
    const Eigen::VectorXi codes = table.labels();
    for (const int code : codes) labels.push_back(names[static_cast<std::size_t>(code)]);
    LogisticRegression<double, Ridge, std::string> by_name{{.penalty = {.lambda = 0.01}}};
    LogisticRegression<double, Ridge> by_code{{.penalty = {.lambda = 0.01}}};
    CHECK(by_name.fit(X, labels).converged());
    CHECK(by_code.fit(X, codes).converged());
    CHECK(by_name.classes() == names);
    CHECK(by_name.coefficients() == by_code.coefficients());
    const std::vector<std::string> predicted = by_name.predict(X);
    const Eigen::VectorXi expected = by_code.predict(X);
    REQUIRE(predicted.size() == 150);
    for (std::size_t i = 0; i < 150; ++i)
        CHECK(predicted[i] == names[static_cast<std::size_t>(expected[static_cast<Index>(i)])]);
    CHECK_THAT(by_name.score(X, labels), near(by_code.score(X, codes), tolerance::rounding<double>));
    labels.assign(150, "setosa");
    CHECK_THROWS_WITH(by_name.fit(X, labels), Catch::Matchers::ContainsSubstring("'setosa'"));
    CHECK(by_name.classes() == names);
}

TEST_CASE("Linear: predictions and R^2", "[models]") {
    const auto known = known_least_squares<double>(112, 40, 3, 2, true);
    MultivariateRegression<double> model;
    model.fit(known.X, known.Y);
    CHECK(error_of(model.predict(known.X), (known.Y - known.residuals).eval()) <= tolerance::direct<double>);
    const Eigen::VectorXd scores = model.scores(known.X, known.Y);
    for (Index t = 0; t < 2; ++t) {
        const double total = (known.Y.col(t).array() - known.Y.col(t).mean()).square().sum();
        CHECK_THAT(scores[t], near(1 - known.residuals.col(t).squaredNorm() / total, tolerance::direct<double>));
    }
    CHECK_THAT(model.score(known.X, known.Y), near(scores.mean(), tolerance::rounding<double>));

    LinearRegression<double> one, through_origin{{.fit_intercept = false}};
    one.fit(known.X, known.Y.col(0));
    CHECK_THAT(one.score(known.X, known.Y.col(0)), near(scores[0], tolerance::direct<double>));
    through_origin.fit(known.X, known.Y.col(0));
    CHECK(through_origin.intercept() == 0);
    const double rest = (known.Y.col(0) - through_origin.predict(known.X)).squaredNorm();
    CHECK_THAT(through_origin.score(known.X, known.Y.col(0)),
               near(1 - rest / known.Y.col(0).squaredNorm(), tolerance::direct<double>));  // uncentred
    // weights: 0 is the row absent
    Eigen::VectorXd s = Eigen::VectorXd::Ones(40);
    s.tail(15).setZero();
    CHECK_THAT(one.score(Observations(known.X, known.Y.col(0)).weights(s)),
               near(one.score(known.X.topRows(25), known.Y.col(0).head(25)), tolerance::direct<double>));
}

TEST_CASE("Predictions for expressions, blocks and no rows", "[models]") {
    const Classified data(2);
    LogisticRegression<double> model;
    model.fit(data.X, data.y);
    const Eigen::MatrixXd all = model.predict_probability(data.X);
    // the last rows of a block take the scalar exp, the others its vector form: the same but for the last digit
    CHECK(error_of(model.predict_probability(data.X.topRows(7)), all.topRows(7)) <= tolerance::rounding<double>);
    CHECK(model.predict_probability(2 * data.X - data.X) == all);
    CHECK(model.predict(data.X.topRows(0)).size() == 0);
    CHECK(model.predict_probability(data.X.topRows(0)).cols() == 2);
}

TEST_CASE("Models are values: copies are independent, moving takes along", "[models]") {
    const Classified data(2), other(2, 113);
    LogisticRegression<double> model;
    model.fit(data.X, data.y);
    const Eigen::MatrixXd W = model.coefficients();
    LogisticRegression<double> copy = model;
    copy.fit(other.X, other.y);
    CHECK(model.coefficients() == W);
    CHECK(copy.coefficients() != W);
    const LogisticRegression<double> moved = std::move(model);
    CHECK(moved.coefficients() == W);
    copy = moved;
    CHECK(copy.coefficients() == W);
}

// Columns without a coefficient are not multiplied; which they are read together with must make no difference.
TEST_CASE("an entry that is not finite makes its row's prediction so, whatever its coefficient", "[models]") {
    Eigen::VectorXd w = Eigen::VectorXd::Zero(9);
    w[0] = 2, w[8] = 1;
    const auto model = LinearRegression<double>::from_parameters(w, 0.5);
    Eigen::MatrixXd X = Eigen::MatrixXd::Ones(5, 9);
    X(1, 5) = std::numeric_limits<double>::quiet_NaN();
    X(2, 2) = std::numeric_limits<double>::infinity();
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows = X;
    for (const Eigen::VectorXd& y : {Eigen::VectorXd(model.predict(X)), Eigen::VectorXd(model.predict(by_rows))}) {
        CHECK(std::isnan(y[1]));
        CHECK(std::isnan(y[2]));
        for (const Index i : {0, 3, 4}) CHECK(y[i] == 3.5);
    }
}
