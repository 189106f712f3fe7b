// Wald, likelihood-ratio, score and multivariate tests against R and against each other.

#include "fits.hpp"
#include <gradus/inference/hypotheses.hpp>

using namespace gradus;
using namespace gradus::test;

// library(car); linearHypothesis(l, c("age=0", "ht=0"))$F; linearHypothesis(b, c("age=0", "ht=0"))$Chisq;
// linearHypothesis(l, c("age=lwt", "smoke=-300"))$F b0 <- glm(low ~ lwt + smoke, binomial, d, control = con); anova(b0,
// b, test = "LRT")$Deviance; anova(b0, b, test = "Rao")$Rao l0 <- lm(bwt ~ lwt + smoke, d); anova(l0, l)$F; 189 *
// log(deviance(l0) / deviance(l)); 189 * (1 - deviance(l) / deviance(l0))
TEST_CASE("Three tests that features do not matter, as in R", "[inference]") {
    const BirthWeight fit;
    const Observations linear(fit.X, fit.weight);
    const Observations binary(fit.X, fit.low);
    const FeatureSet features = {"age", "ht"};
    const Test f = wald_test(fit.linear, linear, features);
    CHECK_THAT(f.statistic, near(3.91511078411126, tolerance::r, 0));
    CHECK(f.degrees_of_freedom == 2);
    CHECK(f.denominator_degrees_of_freedom == 184);
    CHECK_THAT(likelihood_ratio_test(fit.linear, linear, features).statistic, near(7.87656754629928, tolerance::r, 0));
    CHECK_THAT(score_test(fit.linear, linear, features).statistic, near(7.71469617402147, tolerance::r, 0));

    CHECK_THAT(wald_test(fit.binary, binary, {0, 3}).statistic, near(8.12084165587926, tolerance::r, 0));
    CHECK_THAT(likelihood_ratio_test(fit.binary, binary, {0, 3}).statistic, near(8.65631780823711, tolerance::r, 0));
    CHECK_THAT(score_test(fit.binary, binary, {0, 3}).statistic, near(9.59344787829505, tolerance::r, 0));
    CHECK(score_test(fit.binary, binary, {0, 3}).degrees_of_freedom == 2);
    CHECK_THROWS_AS(wald_test(fit.binary, binary, {"height"}), InvalidInput);
    CHECK_THROWS_AS(score_test(fit.binary, binary, {4}), InvalidInput);
}

TEST_CASE("Wald tests of combinations", "[inference]") {
    const BirthWeight fit;
    const Inference inference = infer(fit.linear, fit.X, fit.weight);
    Eigen::MatrixXd L(2, 5);
    L << 0, 1, -1, 0, 0, 0, 0, 0, 1, 0;
    CHECK_THAT(wald_test(inference, L, Eigen::Vector2d(0, -300)).statistic, near(0.0637254537632007, tolerance::r, 0));
    // a hypothesis that follows from the others is not counted; units do not matter
    Eigen::MatrixXd M(3, 5);
    M << L.row(0) * 1e8, L.row(1), L.row(0) + 2 * L.row(1);
    const Test same = wald_test(inference, M, Eigen::Vector3d(0, -300, -600));
    CHECK(same.degrees_of_freedom == 2);
    CHECK_THAT(same.statistic, near(0.0637254537632007, tolerance::r, 0));
    CHECK_THROWS_AS(wald_test(inference, M, Eigen::Vector3d(0, -300, 0)), InvalidInput);
    CHECK_THROWS_AS(wald_test(inference, L, Eigen::Vector3d::Zero()), InvalidInput);
    CHECK_THROWS_AS(wald_test(inference, std::vector<Index>{5}), InvalidInput);
    // one coefficient: the square of t
    const Test one = wald_test(inference, std::vector<Index>{2});
    CHECK_THAT(one.statistic,
               near(inference.estimates[2].statistic * inference.estimates[2].statistic, tolerance::covariance, 0));
    CHECK_THAT(one.p_value, near(inference.estimates[2].p_value, tolerance::covariance, 0));
    // all slopes: the F test of the table
    CHECK_THAT(wald_test(inference, std::vector<Index>{1, 2, 3, 4}).statistic,
               near(inference.targets[0].f.statistic, tolerance::covariance, 0));
}

TEST_CASE("Nested fits", "[inference]") {
    const BirthWeight fit;
    const Eigen::MatrixXd X0 = fit.X.middleCols(1, 2);
    LinearRegression<double> linear;
    LogisticRegression<double> binary;
    linear.fit(X0, fit.weight);
    binary.fit(X0, fit.low);
    const Inference l0 = infer(linear, X0, fit.weight), l = infer(fit.linear, fit.X, fit.weight),
                    b0 = infer(binary, X0, fit.low), b = infer(fit.binary, fit.X, fit.low);
    CHECK_THAT(compare(l0, l).statistic, near(3.91511078411126, tolerance::r, 0));
    CHECK_THAT(compare(b0, b).statistic, near(8.65631780823711, tolerance::r, 0));
    CHECK(compare(b0, b).degrees_of_freedom == 2);
    CHECK_THROWS_AS(compare(l, l0), InvalidInput);
    CHECK_THROWS_AS(compare(l0, b), InvalidInput);
}

TEST_CASE("All slopes: the likelihood-ratio test of the table; one after another: sums", "[inference]") {
    const Programs fit;
    const Observations data(fit.X, fit.program);
    const Inference inference = infer(fit.model, data);
    const Test all = likelihood_ratio_test(fit.model, data, {0, 1});
    CHECK_THAT(all.statistic, near(inference.likelihood_ratio.statistic, tolerance::covariance, 0));
    CHECK(all.degrees_of_freedom == 4);
    LogisticRegression<double> one;
    const Eigen::MatrixXd X1 = fit.X.col(1);
    one.fit(X1, fit.program);
    CHECK_THAT(likelihood_ratio_test(fit.model, data, {0}).statistic,
               near(compare(infer(one, X1, fit.program), inference).statistic, tolerance::covariance, 0));
    // near the hypothesis the three agree to first order
    const double lr = likelihood_ratio_test(fit.model, data, {0}).statistic;
    CHECK(std::abs(score_test(fit.model, data, {0}).statistic / lr - 1) < 0.1);
    CHECK(std::abs(wald_test(fit.model, data, {0}).statistic / lr - 1) < 0.1);
}

TEST_CASE("A feature that depends on the others costs no degree of freedom", "[inference]") {
    const BirthWeight fit;
    Eigen::MatrixXd X(189, 5);
    X << fit.X, fit.X.col(0) + fit.X.col(3);
    LogisticRegression<double> binary;
    LinearRegression<double> linear;
    binary.fit(X, fit.low);
    linear.fit(X, fit.weight);
    const Test test = likelihood_ratio_test(binary, Observations(X, fit.low), {0, 3, 4});
    CHECK(test.degrees_of_freedom == 2);
    CHECK_THAT(test.statistic, near(8.65631780823711, tolerance::r, 0));
    CHECK_THAT(score_test(binary, Observations(X, fit.low), {0, 3, 4}).statistic,
               near(9.59344787829505, tolerance::r, 0));
    CHECK_THAT(likelihood_ratio_test(linear, Observations(X, fit.weight), {0, 3, 4}).statistic,
               near(7.87656754629928, tolerance::r, 0));
    CHECK(std::isnan(wald_test(binary, Observations(X, fit.low), {4}).statistic));
}

// q <- read.csv("linnerud.csv"); m1 <- lm(cbind(weight, waist, pulse) ~ chins + situps + jumps, q); m0 <-
// lm(cbind(weight, waist, pulse) ~ jumps, q) for (t in c("Wilks", "Pillai", "Hotelling-Lawley", "Roy"))
// print(unlist(anova(m1, m0, test = t)[2, ]))
TEST_CASE("Multivariate tests are R's", "[inference]") {
    const Table table = read_table("linnerud");
    const Eigen::MatrixXd X = table.columns<double>({"chins", "situps", "jumps"}),
                          Y = table.columns<double>({"weight", "waist", "pulse"});
    MultivariateRegression<double> model{{.feature_names = {"chins", "situps", "jumps"}}};
    model.fit(X, Y);
    const MultivariateTests tests = multivariate_tests(model, Observations(X, Y), {"chins", "situps"});
    const auto check = [](const Test& test, double value, std::vector<double> expected) {
        CHECK_THAT(value, near(expected[0], tolerance::r, 0));
        CHECK_THAT(test.statistic, near(expected[1], tolerance::r, 0));
        CHECK_THAT(test.degrees_of_freedom, near(expected[2], tolerance::r, 0));
        CHECK_THAT(test.denominator_degrees_of_freedom, near(expected[3], tolerance::r, 0));
        CHECK_THAT(test.p_value, near(expected[4], tolerance::r, 0));
    };
    check(tests.wilks_test, tests.wilks, {0.3703536858684082, 3.0016218614771368, 6, 28, 0.0215681371098175});
    check(tests.pillai_test, tests.pillai, {0.6342212686310317, 2.3218302279291221, 6, 30, 0.0583787139619662});
    check(tests.hotelling_lawley_test, tests.hotelling_lawley,
          {1.68776870187339911, 3.65683218739236482, 6, 26, 0.00913291513197468});
    check(tests.roy_test, tests.roy, {1.68041759243430722, 8.40208796217153697, 3, 15, 0.00163075047298775});
    CHECK_THROWS_AS(multivariate_tests(model, Observations(X, Y), std::vector<Index>{}), InvalidInput);
}

TEST_CASE("With one target all multivariate tests are the F test", "[inference]") {
    const BirthWeight fit;
    const Observations data(fit.X, fit.weight);
    const MultivariateTests tests = multivariate_tests(fit.linear, data, {0, 3});
    for (const Test* test : {&tests.wilks_test, &tests.pillai_test, &tests.hotelling_lawley_test, &tests.roy_test}) {
        CHECK_THAT(test->statistic, near(3.91511078411126, tolerance::r, 0));
        CHECK(test->degrees_of_freedom == 2);
        CHECK(test->denominator_degrees_of_freedom == 184);
    }
}

TEST_CASE("Multivariate tests do not see the units of features or targets", "[inference]") {
    Random random(12);
    const Eigen::MatrixXd X = normal_matrix<double>(random, 50, 3),
                          Y = X * normal_matrix<double>(random, 3, 4) + normal_matrix<double>(random, 50, 4);
    Eigen::MatrixXd X2 = X, Y2 = Y * normal_matrix<double>(random, 4, 4);
    X2.col(0) *= 1e8;
    X2.col(1).array() += 1024;
    MultivariateRegression<double> one, other;
    one.fit(X, Y);
    other.fit(X2, Y2);
    const MultivariateTests a = multivariate_tests(one, Observations(X, Y), {0, 1}),
                            b = multivariate_tests(other, Observations(X2, Y2), {0, 1});
    CHECK_THAT(b.wilks, near(a.wilks, tolerance::invariance, 0));
    CHECK_THAT(b.roy_test.log_p_value, near(a.roy_test.log_p_value, tolerance::invariance, 0));
}
