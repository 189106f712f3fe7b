// Metrics that take a model: the same numbers as the plain functions at the right column.
#include "support/catch.hpp"
#include <gradus/core/random.hpp>
#include <gradus/metrics/of_models.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/preprocessing/pipeline.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>

#include <iomanip>  // std::quoted, which a call with a label of std::string would find by its argument

using namespace gradus;
using Catch::Matchers::ContainsSubstring, Catch::Matchers::WithinRel;

namespace {

struct Given {
    Eigen::MatrixXd X{120, 2};
    Eigen::VectorXd y{120}, s{120};
    std::vector<std::string> words;

    Given() {
        Random random(7);
        for (Eigen::Index i = 0; i < 120; ++i) {
            X.row(i) << random.normal(), random.normal();
            y[i] = X(i, 0) - X(i, 1) + random.normal();
            s[i] = static_cast<double>(random.below(3));
            words.push_back(y[i] < -0.7 ? "low" : y[i] < 0.7 ? "mid" : "high");
        }
    }
    std::vector<std::string> two() const {
        std::vector<std::string> out;
        for (const std::string& word : words) out.push_back(word == "high" ? "yes" : "no");
        return out;
    }
};

}  // namespace

TEST_CASE("Of two classes the second of the model is the positive one, in whatever order they stand", "[metrics]") {
    const Given given;
    const std::vector<std::string> y = given.two();
    LogisticRegression<double, NoPenalty, std::string> model, turned{{.classes = {"yes", "no"}}};
    model.fit(given.X, y);
    turned.fit(given.X, y);
    const Eigen::VectorXd eta = model.decision_function(given.X).col(0);
    const double auc = roc_auc(y, eta);
    CHECK(auc > 0.7);
    CHECK(roc_auc(model, given.X, y) == auc);
    // "no" is positive there: high probabilities of "no" stand before low ones, which is the same order upside down
    CHECK_THAT(roc_auc(turned, given.X, y), WithinRel(auc, 1e-14));
    CHECK_THAT(roc_auc(turned, given.X, y, "yes"), WithinRel(auc, 1e-14));
    CHECK_THAT(average_precision(turned, given.X, y, "yes"), WithinRel(average_precision(y, eta), 1e-14));
    CHECK_THAT(average_precision(turned, given.X, y),
               WithinRel(average_precision(indicator(y, "no"), Eigen::VectorXd(-eta)), 1e-14));
    CHECK(roc_curve(model, given.X, y).true_positive_rate == roc_curve(y, eta).true_positive_rate);
    CHECK(precision_recall_curve(model, given.X, y).precision == precision_recall_curve(y, eta).precision);
    CHECK(turned.classes() == std::vector<std::string>{"yes", "no"});
    const auto table = confusion_matrix(model, given.X, y), other = confusion_matrix(turned, given.X, y);
    CHECK(table.counts.reverse() == other.counts);
    CHECK_THAT(log_loss(model, given.X, y), WithinRel(log_loss(turned, given.X, y), 1e-14));
}

TEST_CASE("Metrics of a model are those of its predictions, weights included", "[metrics]") {
    const Given given;
    LogisticRegression<double, NoPenalty, std::string> softmax;
    OrdinalRegression<double, NoPenalty, std::string> ordinal{{.levels = {"low", "mid", "high"}}};
    const auto data = Observations(given.X, given.words).weights(given.s);
    softmax.fit(data);
    ordinal.fit(data);
    const auto agree = [&](const auto& model) {
        const Eigen::MatrixXd P = model.predict_probability(given.X);
        CHECK(log_loss(model, data) == log_loss(given.words, P, model.classes(), given.s));
        CHECK(brier_score(model, data) == brier_score(given.words, P, model.classes(), given.s));
        CHECK_THAT(accuracy(model, data), WithinRel(model.score(data), 1e-15));
        CHECK(accuracy(model, given.X, given.words) == model.score(given.X, given.words));
        CHECK(balanced_accuracy(model, data) == balanced_accuracy(given.words, model.predict(given.X), given.s));
        for (std::size_t k = 0; k < 3; ++k) {
            const std::string& label = model.classes()[k];
            CHECK_THAT(
                roc_auc(model, data, label),
                WithinRel(roc_auc(indicator(given.words, label), P.col(static_cast<Eigen::Index>(k)), given.s), 1e-14));
        }
        CHECK_THROWS_WITH(roc_auc(model, data), ContainsSubstring("3 classes"));
        CHECK_THROWS_WITH(roc_auc(model, data, "none"), ContainsSubstring("'none'"));
    };
    agree(softmax);
    agree(ordinal);
    std::vector<std::string> strange = given.words;
    strange[5] = "?";
    CHECK_THROWS_WITH(accuracy(softmax, given.X, strange), ContainsSubstring("'?' in row 5"));
    CHECK_THROWS_WITH(roc_auc(softmax, given.X, strange, "low"), ContainsSubstring("'?' in row 5"));
    CHECK_THROWS_AS(log_loss(softmax, given.X.topRows(3), given.words), InvalidInput);
}

TEST_CASE("Metrics of models of numbers", "[metrics]") {
    const Given given;
    LinearRegression<double> line;
    line.fit(given.X, given.y);
    const Eigen::VectorXd at = line.predict(given.X);
    CHECK(mean_squared_error(line, given.X, given.y) == mean_squared_error(given.y, at));
    CHECK(root_mean_squared_error(line, given.X, given.y) == root_mean_squared_error(given.y, at));
    CHECK_THAT(r_squared(line, given.X, given.y), WithinRel(line.score(given.X, given.y), 1e-14));
    CHECK(mean_absolute_error(line, Observations(given.X, given.y).weights(given.s)) ==
          mean_absolute_error(given.y, at, given.s));
    MultivariateRegression<double> both;
    Eigen::MatrixXd Y(120, 2);
    Y << given.y, given.s;
    both.fit(given.X, Y);
    CHECK((r_squared(both, given.X, Y) - both.scores(given.X, Y)).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("Metrics of a pipeline", "[metrics]") {
    const Given given;
    Pipeline model{LogisticRegression<double, NoPenalty, std::string>(), StandardScaler<double>()};
    model.fit(given.X, given.two());
    CHECK(roc_auc(model, given.X, given.two()) > 0.7);
    Pipeline line{LinearRegression<double>(), StandardScaler<double>()};
    line.fit(given.X, given.y);
    CHECK_THAT(r_squared(line, given.X, given.y), WithinRel(line.score(given.X, given.y), 1e-14));
}
