// Intervals of predictions and average marginal effects, against R and against differences.

#include "fits.hpp"
#include <gradus/inference/marginal_effects.hpp>
#include <gradus/inference/prediction.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

const Eigen::MatrixXd& new_rows() {
    static const Eigen::MatrixXd rows = (Eigen::MatrixXd(2, 4) << 20, 120, 1, 0, 40, 200, 0, 1).finished();
    return rows;
}

}  // namespace

// nd <- data.frame(age = c(20, 40), lwt = c(120, 200), smoke = c(1, 0), ht = c(0, 1))
// predict(l, nd, interval = "confidence", level = .9); predict(l, nd, interval = "prediction", level = .9)
TEST_CASE("Intervals for the mean and for an observation are R's", "[inference]") {
    const BirthWeight fit;
    const Observations data(fit.X, fit.weight);
    const Prediction mean = mean_interval(fit.linear, data, new_rows(), 0.9),
                     one = observation_interval(fit.linear, data, new_rows(), 0.9);
    check_all(mean.estimate.col(0), {2752.64901847823, 2960.90642491278}, tolerance::r);
    check_all(mean.lower.col(0), {2608.50183444634, 2522.46572757332}, tolerance::r);
    check_all(mean.upper.col(0), {2896.79620251012, 3399.34712225225}, tolerance::r);
    check_all(one.lower.col(0), {1591.39436072167, 1728.03813730843}, tolerance::r);
    check_all(one.upper.col(0), {3913.90367623479, 4193.77471251714}, tolerance::r);
}

// p <- predict(b, nd, se.fit = TRUE); z <- qnorm(.95); plogis(cbind(p$fit, p$fit - z * p$se.fit, p$fit + z * p$se.fit))
TEST_CASE("Intervals of a probability are R's by the scale of eta", "[inference]") {
    const BirthWeight fit;
    const Observations data(fit.X, fit.low);
    const Prediction mean = mean_interval(fit.binary, data, new_rows(), 0.9);
    check_all(mean.estimate.col(1), {0.424950909778411, 0.220372070370360}, tolerance::r);
    check_all(mean.lower.col(1), {0.3239525270742588, 0.0631159066681741}, tolerance::r);
    check_all(mean.upper.col(1), {0.532629263365967, 0.542543845111423}, tolerance::r);
    CHECK_THAT(mean.lower(0, 0), near(1 - mean.upper(0, 1), tolerance::product<double>, 0));
    CHECK_THROWS_AS(observation_interval(fit.binary, data, new_rows()), InvalidInput);
    CHECK_THROWS_AS(mean_interval(fit.binary, data, fit.X.leftCols(3)), InvalidInput);
}

TEST_CASE("Several targets: each is its own regression; a direction outside the data has no interval", "[inference]") {
    Random random(31);
    Eigen::MatrixXd X = normal_matrix<double>(random, 30, 3);
    X.col(2) = X.col(0) - X.col(1);
    const Eigen::MatrixXd Y = normal_matrix<double>(random, 30, 2);
    MultivariateRegression<double> both;
    both.fit(X, Y);
    const Eigen::MatrixXd rows = (Eigen::MatrixXd(2, 3) << 1, 2, -1, 1, 2, 0).finished();
    const Prediction found = observation_interval(both, Observations(X, Y), rows);
    for (Index c = 0; c < 2; ++c) {
        LinearRegression<double> one;
        const Eigen::MatrixXd X2 = X.leftCols(2);
        one.fit(X2, Y.col(c));
        CHECK_THAT(found.upper(0, c),
                   near(observation_interval(one, Observations(X2, Y.col(c)), rows.leftCols(2)).upper(0, 0),
                        tolerance::covariance));
    }
    CHECK(std::isnan(found.upper(1, 0)));
}

TEST_CASE("Three classes: probabilities, their intervals inside (0, 1), errors as by differences", "[inference]") {
    const Programs fit;
    const Observations data(fit.X, fit.program);
    const Eigen::MatrixXd rows = (Eigen::MatrixXd(1, 2) << 40, 60).finished();
    const Prediction found = mean_interval(fit.model, data, rows);
    CHECK((found.estimate - fit.model.predict_probability(rows)).cwiseAbs().maxCoeff() <= tolerance::product<double>);
    CHECK(found.lower.minCoeff() > 0);
    CHECK(found.upper.maxCoeff() < 1);
    // P as a function of the table's six numbers, (b, w) of classes 1 and 2 against 0
    const Inference inference = infer(fit.model, data);
    const auto probability = [&](Eigen::VectorXd t, Index c) {
        const Eigen::Vector3d x(1, 40, 60), eta(0, x.dot(t.head(3)), x.dot(t.tail(3)));
        return std::exp(eta[c]) / eta.array().exp().sum();
    };
    Eigen::VectorXd t(6);
    for (Index j = 0; j < 6; ++j) t[j] = inference.estimates[static_cast<std::size_t>(j)].estimate;
    for (Index c = 0; c < 3; ++c) {
        Eigen::VectorXd g(6);
        for (Index j = 0; j < 6; ++j) {
            const double h = 1e-4 * inference.estimates[static_cast<std::size_t>(j)].std_error;
            Eigen::VectorXd up = t, down = t;
            up[j] += h, down[j] -= h;
            g[j] = (probability(up, c) - probability(down, c)) / (2 * h);
        }
        CHECK_THAT(found.std_error(0, c), near((inference.root.transpose() * g).norm(), tolerance::invariance,
                                               0));  // h^2 and rounding / h, both 1e-8
    }
}

// P <- plogis(predict(b)); X <- model.matrix(b); V <- vcov(b); be <- coef(b)
// j = 2, 3:  mean(P*(1-P))*be[j]; g <- colMeans(P*(1-P)*(1-2*P)*X)*be[j]; g[j] <- g[j] + mean(P*(1-P)); sqrt(t(g) %*% V
// %*% g) j = 4, 5:  X1 <- X; X1[, j] <- 1; X0 <- X; X0[, j] <- 0; p1 <- plogis(X1 %*% be); p0 <- plogis(X0 %*% be);
// mean(p1 - p0)
//            g <- colMeans(c(p1*(1-p1))*X1 - c(p0*(1-p0))*X0); sqrt(t(g) %*% V %*% g)
TEST_CASE("Average marginal effects of a binary model, by R's arithmetic", "[inference]") {
    const BirthWeight fit;
    const MarginalEffects effects = marginal_effects(fit.binary, fit.X, fit.low, {.discrete = {"smoke", "ht"}});
    REQUIRE(effects.estimates.size() == 4);
    const double expected[4][2] = {{-0.00691121815818571, 0.00639933903575074},
                                   {-0.00328353982511600, 0.00121176479532849},
                                   {0.1364323025727164, 0.0672087569782595},
                                   {0.384811806569936, 0.132589616247206}};
    for (std::size_t j = 0; j < 4; ++j) {
        CHECK_THAT(effects.estimates[j].estimate, near(expected[j][0], tolerance::r, 0));
        CHECK_THAT(effects.estimates[j].std_error, near(expected[j][1], tolerance::r, 0));
        CHECK(effects.estimates[j].output == "1");
    }
    CHECK(effects["lwt"].p_value < 0.01);
    CHECK_THROWS_AS(marginal_effects(fit.binary, fit.X, fit.low, {.discrete = {"age"}}), InvalidInput);
    CHECK_THROWS_AS(marginal_effects(fit.linear, fit.X, fit.weight), InvalidInput);
}

TEST_CASE("Marginal effects of three classes: sum to zero over classes, are derivatives, and their errors too",
          "[inference]") {
    const Programs fit;
    const MarginalEffects effects = marginal_effects(fit.model, fit.X, fit.program);
    REQUIRE(effects.estimates.size() == 6);
    for (Index j = 0; j < 2; ++j) {
        double sum = 0;
        for (std::size_t c = 0; c < 3; ++c) sum += effects.estimates[c * 2 + static_cast<std::size_t>(j)].estimate;
        CHECK_THAT(sum, near(0, tolerance::product<double>));
        CHECK((effects.root.row(j) + effects.root.row(2 + j) + effects.root.row(4 + j)).norm() <=
              tolerance::covariance);
    }
    const double h = 1e-3;
    Eigen::MatrixXd up = fit.X, down = fit.X;
    up.col(1).array() += h, down.col(1).array() -= h;
    const Eigen::MatrixXd difference =
        (fit.model.predict_probability(up) - fit.model.predict_probability(down)) / (2 * h);
    for (Index c = 0; c < 3; ++c)
        CHECK_THAT(effects.estimates[static_cast<std::size_t>(2 * c + 1)].estimate,
                   near(difference.col(c).mean(), 1e-6, 0));  // h^2

    // the gradient by differences in the parameters of the table
    const Inference inference = infer(fit.model, fit.X, fit.program);
    const auto effect = [&](const Eigen::VectorXd& t, Index c) {
        double sum = 0;
        for (Index i = 0; i < 200; ++i) {
            const Eigen::Vector3d x(1, fit.X(i, 0), fit.X(i, 1)), slope(0, t[2], t[5]);
            Eigen::Vector3d p = Eigen::Vector3d(0, x.dot(t.head(3)), x.dot(t.tail(3))).array().exp();
            p /= p.sum();
            sum += p[c] * (slope[c] - p.dot(slope));
        }
        return sum / 200;
    };
    Eigen::VectorXd t(6);
    for (Index j = 0; j < 6; ++j) t[j] = inference.estimates[static_cast<std::size_t>(j)].estimate;
    for (Index c = 0; c < 3; ++c) {
        Eigen::VectorXd g(6);
        for (Index j = 0; j < 6; ++j) {
            const double step = 1e-4 * inference.estimates[static_cast<std::size_t>(j)].std_error;
            Eigen::VectorXd plus = t, minus = t;
            plus[j] += step, minus[j] -= step;
            g[j] = (effect(plus, c) - effect(minus, c)) / (2 * step);
        }
        CHECK_THAT(effects.estimates[static_cast<std::size_t>(2 * c + 1)].std_error,
                   near((inference.root.transpose() * g).norm(), 1e-7, 0));  // rounding / step
    }
}

TEST_CASE("Marginal effects with weights are those of repeated rows, and follow the units", "[inference]") {
    const BirthWeight fit;
    Random random(5);
    Eigen::VectorXd w(189);
    for (Index i = 0; i < 189; ++i) w[i] = std::floor(random.uniform(0, 3));
    const Observations data = Observations(fit.X, fit.low).weights(w);
    LogisticRegression<double> weighted, all, scaled;
    weighted.fit(data);
    const Eigen::MatrixXd X = repeated(fit.X, w);
    const Eigen::VectorXi y = repeated(fit.low, w);
    all.fit(X, y);
    const MarginalEffects a = marginal_effects(weighted, data), b = marginal_effects(all, X, y);
    Eigen::MatrixXd Z = X;
    Z.col(1) = X.col(1) * 1024;
    Z.col(1).array() += 8192;
    scaled.fit(Z, y);
    const MarginalEffects c = marginal_effects(scaled, Z, y);
    for (std::size_t j = 0; j < 4; ++j) {
        CHECK_THAT(a.estimates[j].estimate, near(b.estimates[j].estimate, tolerance::covariance, 0));
        CHECK_THAT(a.estimates[j].std_error, near(b.estimates[j].std_error, tolerance::covariance, 0));
        CHECK_THAT(c.estimates[j].statistic, near(b.estimates[j].statistic, tolerance::invariance, 0));
    }
}
