// Paths of lambdas and the choice among them.

#include "support/catch.hpp"
#include "support/path_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/lasso.hpp>

#include <Eigen/Cholesky>
#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::test;

TEST_CASE("A path begins where all coefficients are zero, and each place on it is a fit", "[path]") {
    for (const Index p : {20, 300}) {
        const PathData data = draw_path_data(811, 100, p);
        const LinearRegression<double, Lasso> lasso{{.penalty = {.lambda = 7}}};
        const auto path = fit_path(lasso, data.X, data.y, {.count = 25, .smallest = 1e-3});
        REQUIRE(path.size() == 25);
        const Vector<double> r = data.y.array() - data.y.mean();
        CHECK_THAT(path.lambda(0), near((data.X.transpose() * r).cwiseAbs().maxCoeff() / 100, 1e-13));
        CHECK_THAT(path.lambda(24), near(1e-3 * path.lambda(0), 1e-13));
        CHECK(path.coefficients(0) == Vector<double>::Zero(p));
        CHECK(path.nonzero(1) > 0);
        CHECK(path.deviance_explained(0) <= 1e-12);
        for (Index i = 0; i < path.size(); ++i) {
            CHECK(path.report(i).converged());
            CHECK(path.report(i).relative_duality_gap <= 1e-10);
            CHECK(path.degrees_of_freedom(i) == static_cast<double>(path.nonzero(i) + 1));
            if (i > 0) CHECK(path.deviance_explained(i) >= path.deviance_explained(i - 1) - 1e-12);
        }
        for (const Index i : {3, 24}) {
            LinearRegression<double, Lasso> alone{{.penalty = {.lambda = path.lambda(i)}}};
            REQUIRE(alone.fit(data.X, data.y).converged());
            CHECK(error_of(path.coefficients(i), alone.coefficients()) <= 1e-8);
            CHECK_THAT(path.intercept(i), near(alone.intercept(), 1e-9));
            CHECK_THAT(path.deviance_explained(i), near(alone.score(data.X, data.y), 1e-9));
            CHECK(path.model(i).predict(data.X) == path.model(i).predict(data.X));
            CHECK(path.model(i).options().penalty.lambda == path.lambda(i));
            const double rss = (alone.predict(data.X) - data.y).squaredNorm(), df = path.degrees_of_freedom(i);
            const double likelihood = -50 * (std::log(2 * std::acos(-1.0) * rss / 100) + 1);
            CHECK_THAT(path.aic(i), near(-2 * likelihood + 2 * (df + 1), 1e-8));
            CHECK_THAT(path.bic(i), near(-2 * likelihood + std::log(100.0) * (df + 1), 1e-8));
        }
    }
}

TEST_CASE("Degrees of freedom of an elastic net are those of its ridge on the support", "[path]") {
    const PathData data = draw_path_data(821, 120, 12);
    const LinearRegression<double, ElasticNet> net{{.penalty = {.l1_ratio = 0.4}}};
    const auto path = fit_path(net, data.X, data.y, {.lambdas = {0.5, 0.2}});
    REQUIRE(path.size() == 2);
    for (Index i = 0; i < 2; ++i) {
        const Vector<double> w = path.coefficients(i);
        Matrix<double> X(120, 0);
        for (Index j = 0; j < 12; ++j)
            if (w[j] != 0) {
                X.conservativeResize(120, X.cols() + 1);
                X.col(X.cols() - 1) = data.X.col(j).array() - data.X.col(j).mean();
            }
        const Matrix<double> G = X.transpose() * X / 120;
        double df = 1;
        const Matrix<double> shrunk = G + 0.6 * path.lambda(i) * Matrix<double>::Identity(G.rows(), G.cols());
        df += shrunk.ldlt().solve(G).trace();
        CHECK_THAT(path.degrees_of_freedom(i), near(df, 1e-10));
    }
}

TEST_CASE("Paths of classes and counts, of sparse X, and with features that are not penalised", "[path]") {
    const PathData data = draw_path_data(823, 150, 30);
    const LogisticRegression<double, Lasso> classifier;
    const auto path = fit_path(classifier, data.X, data.classes, {.count = 12});
    CHECK(path.coefficients(0).norm() == 0);
    CHECK(path.model(11).score(data.X, data.classes) > path.model(0).score(data.X, data.classes));
    CHECK(path.model(11).classes() == Classes<int>{0, 1, 2});
    CHECK(path.report(11).duality_gap >= 0);
    CHECK(std::isfinite(path.aic(11)));

    const Eigen::SparseMatrix<double> sparse = data.X.sparseView();
    const auto again = fit_path(classifier, sparse, data.classes, {.lambdas = path.lambdas()});
    CHECK(error_of(again.coefficients(11), path.coefficients(11)) <= 1e-10);

    Lasso half{1, Eigen::VectorXd::Ones(30)};
    half.factors[4] = 0;
    const auto beside = fit_path(LinearRegression<double, Lasso>{{.penalty = half}}, data.X, data.y, {.count = 5});
    CHECK(beside.nonzero(0) == 1);
    CHECK(beside.coefficients(0)[4] != 0);
    CHECK(beside.nonzero(1) > 1);

    const Eigen::VectorXd counts = data.classes.cast<double>();
    const PoissonRegression<double, ElasticNet> poisson{{.penalty = {.l1_ratio = 0}}};
    const auto ridge = fit_path(poisson, data.X, counts, {.count = 4});
    CHECK(ridge.report(3).converged());
    CHECK(ridge.nonzero(3) == 30);
}

TEST_CASE("Paths refuse what they cannot follow", "[path]") {
    const PathData data = draw_path_data(827, 30, 6);
    const LinearRegression<double, Lasso> lasso;
    CHECK_THROWS_AS(fit_path(lasso, data.X, data.y, {.count = 0}), std::invalid_argument);
    CHECK_THROWS_AS(fit_path(lasso, data.X, data.y, {.smallest = 0}), std::invalid_argument);
    CHECK_THROWS_AS(fit_path(lasso, data.X, data.y, {.lambdas = {1, 2}}), std::invalid_argument);
    CHECK_THROWS_AS(fit_path(lasso, data.X, data.y, {.count = 3}).report(3), std::invalid_argument);
    CHECK_THROWS_AS(cross_validate(lasso, data.X, data.y, {.folds = 1}), std::invalid_argument);
    CHECK_THROWS_AS(cross_validate(lasso, data.X, data.y, {.folds = 31}), std::invalid_argument);
    Eigen::VectorXi labels = Eigen::VectorXi::Zero(30);
    labels[3] = 1;
    const LogisticRegression<double, Lasso> classifier;
    CHECK_THROWS_AS(cross_validate(classifier, data.X, labels), std::invalid_argument);
}

TEST_CASE("Cross-validation is what fits on the other folds say", "[path]") {
    const PathData data = draw_path_data(829, 60, 15);
    const LinearRegression<double, Lasso> lasso;
    const auto choice = cross_validate(lasso, data.X, data.y, {.folds = 4, .seed = 5, .count = 10});
    REQUIRE(choice.lambdas.size() == 10);
    CHECK(choice.one_standard_error_lambda >= choice.best_lambda);
    CHECK(choice.model.coefficients() == choice.path.coefficients(choice.best));
    CHECK(choice.best > 0);
    for (Index fold = 0; fold < 4; ++fold) {
        Matrix<double> X(45, 15);
        Vector<double> y(45);
        Index at = 0;
        for (Index i = 0; i < 60; ++i)
            if (choice.fold_of_row[static_cast<std::size_t>(i)] != fold) X.row(at) = data.X.row(i), y[at++] = data.y[i];
        REQUIRE(at == 45);
        LinearRegression<double, Lasso> model{{.penalty = {.lambda = choice.lambdas[6]}}};
        model.fit(X, y);
        double loss = 0;
        for (Index i = 0; i < 60; ++i)
            if (choice.fold_of_row[static_cast<std::size_t>(i)] == fold)
                loss += std::pow(model.predict_one(data.X.row(i)) - data.y[i], 2) / 2 / 15;
        CHECK_THAT(choice.fold_loss(6, fold), near(loss, 1e-9));
    }
    CHECK_THAT(choice.mean_loss[6], near(choice.fold_loss.row(6).mean(), 1e-13));
    const auto again = cross_validate(lasso, data.X, data.y, {.folds = 4, .seed = 5, .count = 10});
    CHECK(again.mean_loss == choice.mean_loss);
    const auto given =
        cross_validate(lasso, data.X, data.y, {.folds = 4, .count = 10, .fold_of_row = choice.fold_of_row});
    CHECK(given.mean_loss == choice.mean_loss);
}

TEST_CASE("Classes are shared out evenly to folds", "[path]") {
    const PathData data = draw_path_data(839, 90, 8);
    const LogisticRegression<double, ElasticNet> model;
    const auto choice = cross_validate(model, data.X, data.classes, {.folds = 5, .count = 8});
    for (int c = 0; c < 3; ++c) {
        std::vector<int> count(5, 0);
        for (std::size_t i = 0; i < 90; ++i)
            count[static_cast<std::size_t>(choice.fold_of_row[i])] += data.classes[static_cast<Index>(i)] == c;
        CHECK(*std::max_element(count.begin(), count.end()) - *std::min_element(count.begin(), count.end()) <= 1);
    }
    CHECK(choice.mean_loss[choice.best] < choice.mean_loss[0]);
    CHECK(choice.model.score(data.X, data.classes) > 0.6);
}

TEST_CASE("Threads over folds give the same bits", "[path]") {
    const PathData data = draw_path_data(841, 90, 40);
    const LogisticRegression<double, Lasso> model;
    const CrossValidationOptions options{.folds = 5, .count = 12};
    const auto one = cross_validate(model, data.X, data.classes, options);
    const auto three = cross_validate(model, Observations(data.X, data.classes).on(Threads{3}), options);
    CHECK(three.fold_loss == one.fold_loss);
    CHECK(three.best == one.best);
    Eigen::VectorXi labels = Eigen::VectorXi::Zero(90);
    labels[3] = 1;
    CHECK_THROWS_AS(cross_validate(model, Observations(data.X, labels).on(Threads{3})), std::invalid_argument);
}

TEST_CASE("Misclassification and the area under the ROC curve choose lambda too", "[path]") {
    const PathData data = draw_path_data(853, 120, 20);
    const Eigen::VectorXi two = (data.classes.array() > 0).cast<int>();
    const LogisticRegression<double, Lasso> model;
    const auto by_error =
        cross_validate(model, data.X, two, {.folds = 4, .count = 8, .measure = Measure::misclassification});
    const auto by_area = cross_validate(model, data.X, two, {.folds = 4, .count = 8, .measure = Measure::auc});
    // without a feature all rows have the same eta
    const auto none = cross_validate(model, data.X, two, {.folds = 4, .lambdas = {10}, .measure = Measure::auc});
    CHECK(none.fold_loss == Eigen::RowVectorXd::Constant(4, 0.5));
    for (Index fold = 0; fold < 4; ++fold) {
        std::vector<Index> in, out;
        for (Index i = 0; i < 120; ++i)
            (by_error.fold_of_row[static_cast<std::size_t>(i)] == fold ? out : in).push_back(i);
        LogisticRegression<double, Lasso> own{{.penalty = {.lambda = by_error.lambdas[5]}}};
        own.fit(data.X(in, Eigen::seqN(0, data.X.cols())), Eigen::VectorXi(two(in)));
        const Matrix<double> X = data.X(out, Eigen::seqN(0, data.X.cols()));
        CHECK_THAT(by_error.fold_loss(5, fold), near(1 - own.score(X, Eigen::VectorXi(two(out))), 1e-12));
        const Matrix<double> eta = own.decision_function(X);
        double pairs = 0, lost = 0;
        for (Index a = 0; a < eta.rows(); ++a)
            for (Index b = 0; b < eta.rows(); ++b)
                if (two[out[static_cast<std::size_t>(a)]] == 1 && two[out[static_cast<std::size_t>(b)]] == 0)
                    ++pairs, lost += eta(a, 0) < eta(b, 0);
        CHECK_THAT(by_area.fold_loss(5, fold), near(lost / pairs, 1e-12));
    }
    CHECK_THROWS_AS(cross_validate(model, data.X, data.classes, {.measure = Measure::auc}), std::invalid_argument);
    CHECK_THROWS_AS(
        cross_validate(LinearRegression<double, Lasso>{}, data.X, data.y, {.measure = Measure::misclassification}),
        std::invalid_argument);
    const auto three =
        cross_validate(model, data.X, data.classes, {.folds = 4, .count = 8, .measure = Measure::misclassification});
    CHECK(three.mean_loss[three.best] < three.mean_loss[0]);
}

TEST_CASE("Cross-validation over l1_ratio takes the best, and extended BIC is dearer than BIC", "[path]") {
    const PathData data = draw_path_data(857, 80, 30);
    const LinearRegression<double, ElasticNet> net;
    const auto choice = cross_validate(net, data.X, data.y, {.folds = 4, .count = 10, .l1_ratios = {0.1, 0.5, 1}});
    REQUIRE(choice.ratio_losses.size() == 3);
    CHECK(choice.mean_loss[choice.best] == *std::min_element(choice.ratio_losses.begin(), choice.ratio_losses.end()));
    CHECK(choice.model.options().penalty.l1_ratio == choice.l1_ratio);
    const LinearRegression<double, ElasticNet> alone{{.penalty = {.l1_ratio = choice.l1_ratio}}};
    const auto again = cross_validate(alone, data.X, data.y, {.folds = 4, .count = 10});
    CHECK(again.mean_loss == choice.mean_loss);
    CHECK_THROWS_AS(cross_validate(LinearRegression<double, Lasso>{}, data.X, data.y, {.l1_ratios = {1}}),
                    std::invalid_argument);
    CHECK_THAT(choice.path.ebic(0), near(choice.path.bic(0), 1e-12));
    const double m = static_cast<double>(choice.path.nonzero(9));
    CHECK_THAT(choice.path.ebic(9, 0.5) - choice.path.bic(9),
               near(std::lgamma(31) - std::lgamma(m + 1) - std::lgamma(31 - m), 1e-9));
}

TEST_CASE("Progress is told after each fit, by one thread at a time", "[path]") {
    const auto data = known_least_squares<double>(97, 40, 3, 1, true);
    const LinearRegression<double, Lasso> model;
    std::vector<std::pair<Index, Index>> told;
    const auto note = [&](Index done, Index of) { told.push_back({done, of}); };
    fit_path(model, data.X, data.Y, {.count = 7, .progress = note});
    REQUIRE(told.size() == 7);
    for (std::size_t i = 0; i < told.size(); ++i)
        CHECK(told[i] == std::pair<Index, Index>(static_cast<Index>(i) + 1, 7));
    told.clear();
    cross_validate(model, Observations(data.X, data.Y).on(Threads{2}), {.folds = 4, .count = 7, .progress = note});
    REQUIRE(told.size() == 35);
    for (std::size_t i = 0; i < told.size(); ++i)
        CHECK(told[i] == std::pair<Index, Index>(static_cast<Index>(i) + 1, 35));
}

TEST_CASE("Standardised columns: the penalty of their coefficients, in each fold by the rows that are fitted",
          "[path]") {
    PathData data = draw_path_data(827, 90, 12);
    for (Index j = 0; j < 12; ++j) data.X.col(j) = data.X.col(j) * std::ldexp(1.0, static_cast<int>(j) - 6);
    data.X.col(11).setConstant(3);
    const auto deviations = [](const Matrix<double>& X) {
        Vector<double> out(X.cols());
        for (Index j = 0; j < X.cols(); ++j) out[j] = std::sqrt((X.col(j).array() - X.col(j).mean()).square().mean());
        out[11] = 1;
        return out;
    };
    const auto check = [&](const auto& model, const auto& lasso_of) {
        const Vector<double> d = deviations(data.X);
        const Matrix<double> Z = data.X * d.cwiseInverse().asDiagonal();
        PathOptions options{.count = 10, .smallest = 0.05};
        const auto expected = fit_path(model, Z, data.y, options);
        options.standardize = true;
        const auto path = fit_path(model, data.X, data.y, options);
        for (Index i = 0; i < 10; ++i) {
            CHECK_THAT(path.lambda(i), near(expected.lambda(i), 1e-12));
            CHECK(error_of(Vector<double>(path.coefficients(i).cwiseProduct(d)), expected.coefficients(i)) <= 1e-8);
        }
        // a model of the path says by which penalty it was fitted
        auto again = lasso_of(path.model(7).options().penalty);
        REQUIRE(again.fit(data.X, data.y).converged());
        CHECK(error_of(again.coefficients(), path.coefficients(7)) <= 1e-8);

        CrossValidationOptions folds{.folds = 3};
        for (Index i = 0; i < 90; ++i) folds.fold_of_row.push_back(i % 3);
        folds.lambdas = {path.lambda(2), path.lambda(6)};
        folds.standardize = true;
        const auto choice = cross_validate(model, data.X, data.y, folds);
        for (Index fold = 0; fold < 3; ++fold) {
            std::vector<Index> in, out;
            for (Index i = 0; i < 90; ++i) (i % 3 == fold ? out : in).push_back(i);
            const Matrix<double> training = data.X(in, Eigen::seqN(0, 12)), rest = data.X(out, Eigen::seqN(0, 12));
            const Vector<double> own = deviations(training);
            for (Index i = 0; i < 2; ++i) {
                auto penalty = model.options().penalty;
                penalty.lambda = folds.lambdas[static_cast<std::size_t>(i)];
                auto fitted = lasso_of(penalty);
                fitted.fit(Matrix<double>(training * own.cwiseInverse().asDiagonal()), Vector<double>(data.y(in)));
                const Vector<double> eta = fitted.predict(Matrix<double>(rest * own.cwiseInverse().asDiagonal()));
                CHECK_THAT(choice.fold_loss(i, fold),
                           near((eta - Vector<double>(data.y(out))).squaredNorm() / 2 / 30, 1e-8));
            }
        }
    };
    check(LinearRegression<double, Lasso>(),
          [](const Lasso& penalty) { return LinearRegression<double, Lasso>({.penalty = penalty}); });
    check(LinearRegression<double, ElasticNet>({.penalty = {.l1_ratio = 0.4}}),
          [](const ElasticNet& penalty) { return LinearRegression<double, ElasticNet>({.penalty = penalty}); });
}
