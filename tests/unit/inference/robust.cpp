// Robust and clustered covariances against R, and against the formulas with matrices.

#include "fits.hpp"
#include <gradus/inference/robust.hpp>

#include <Eigen/LU>
#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

std::vector<double> errors(const Inference& inference) {
    std::vector<double> out;
    for (const Estimate& row : inference.estimates) out.push_back(row.std_error);
    return out;
}
void check_errors(const Inference& inference, const std::vector<double>& expected) {
    const std::vector<double> found = errors(inference);
    check_all(Eigen::Map<const Eigen::VectorXd>(found.data(), static_cast<Index>(found.size())), expected,
              tolerance::r);
}

}  // namespace

// library(sandwich); for (t in c("HC0", "HC1", "HC2", "HC3")) print(sqrt(diag(vcovHC(l, type = t))), digits = 15)
TEST_CASE("HC0 to HC3 of a linear model are R's", "[inference]") {
    const BirthWeight fit;
    const auto robust = [&](Robust estimator) {
        return robust_inference(fit.linear, fit.X, fit.weight, {.estimator = estimator});
    };
    check_errors(robust(Robust::HC0),
                 {289.69029126446679, 11.84849880383127, 1.66054483647797, 100.23374177443398, 237.27335728348012});
    check_errors(robust(Robust::HC1),
                 {293.59991871145161, 12.00840480526082, 1.68295536201302, 101.58648503084427, 240.47557171056752});
    check_errors(robust(Robust::HC2),
                 {298.64690463423057, 12.27359103029777, 1.70953152846129, 101.94145077237545, 250.57003012689174});
    check_errors(robust(Robust::HC3),
                 {308.20983329090376, 12.72598052080364, 1.76174239200394, 103.74483132894471, 264.70004135622219});
    // lmtest::waldtest(l, vcov = vcovHC(l, type = "HC3"))$F
    CHECK_THAT(robust(Robust::HC3).targets[0].f.statistic, near(5.97368044080759, tolerance::r, 0));
}

// the same with b for l; weights w <- 1 + (seq_len(nrow(d)) - 1) %% 3 in lm(..., weights = w)
TEST_CASE("HC0 to HC3 of a binary model, and with weights, are R's", "[inference]") {
    const BirthWeight fit;
    const auto robust = [&](Robust estimator) {
        return robust_inference(fit.binary, fit.X, fit.low, {.estimator = estimator});
    };
    check_errors(robust(Robust::HC0), {1.06648130542367015, 0.02989923392504011, 0.00728586614109751,
                                       0.33368159322794949, 0.72943245809322543});
    check_errors(robust(Robust::HC1), {1.08087441665009565, 0.03030275060862301, 0.00738419536751369,
                                       0.33818492231690200, 0.73927679614969488});
    check_errors(robust(Robust::HC2), {1.08962947155180756, 0.03045179372355728, 0.00746013635585019,
                                       0.33865677254960835, 0.76741025772006566});
    check_errors(robust(Robust::HC3), {1.11418500529110442, 0.03103315931936143, 0.00764565135623612,
                                       0.34385477765106515, 0.80789946601536788});

    Eigen::VectorXd w(189);
    for (Index i = 0; i < 189; ++i) w[i] = static_cast<double>(1 + i % 3);
    LinearRegression<double> weighted;
    const Observations data = Observations(fit.X, fit.weight).weights(w);
    weighted.fit(data);
    check_errors(robust_inference(weighted, data),
                 {298.60066241925779, 11.64146890298156, 1.98793484143403, 110.99889229583466, 276.84271253395491});
}

// vcovCL(l, cluster = d$ftv, type = "HC1"), vcovCL(b, cluster = d$ftv, type = "HC0")
TEST_CASE("Clustered standard errors are R's", "[inference]") {
    const BirthWeight fit;
    const Eigen::VectorXd visits = fit.table.column<double>("ftv");
    const Inference linear = clustered_inference(fit.linear, fit.X, fit.weight, visits);
    check_errors(linear,
                 {139.67072692923833, 22.94486507847109, 2.65765033073195, 116.71757435053587, 76.49282172870970});
    CHECK(linear.residual_degrees_of_freedom == 5);
    check_errors(clustered_inference(fit.binary, fit.X, fit.low, visits),
                 {1.0663725424313801, 0.0617086030622827, 0.0043352594505243, 0.2366993968835762, 0.1925438407901819});
}

TEST_CASE("Each row a cluster of its own: clustered is HC0 but for the factor", "[inference]") {
    const Programs fit;
    std::vector<std::string> rows;
    for (int i = 0; i < 200; ++i) rows.push_back("row" + std::to_string(i));
    const Inference one = robust_inference(fit.model, fit.X, fit.program, {.estimator = Robust::HC0}),
                    other = clustered_inference(fit.model, fit.X, fit.program, rows);
    CHECK(covariance_distance(other.covariance(), one.covariance() * (200.0 / 199.0)) <= tolerance::covariance);
    CHECK((one.covariance() - one.covariance().transpose()).cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Frequency weights are repeated rows, in every family", "[inference]") {
    const BirthWeight fit;
    const Programs programs;
    Random random(7);
    const auto check = [&](auto model, const Eigen::MatrixXd& X, const auto& y, Robust estimator) {
        Eigen::VectorXd w(X.rows());
        for (Index i = 0; i < w.size(); ++i) w[i] = std::floor(random.uniform(0, 4));
        const Observations data = Observations(X, y).weights(w);
        model.fit(data);
        const Inference weighted =
            robust_inference(model, data, {.estimator = estimator, .weights = WeightMeaning::frequency});
        const Eigen::MatrixXd XX = repeated(X, w);
        const auto yy = repeated(y, w);
        model.fit(XX, yy);
        const Inference all = robust_inference(model, XX, yy, {.estimator = estimator});
        CHECK(covariance_distance(weighted.covariance(), all.covariance()) <= tolerance::covariance);
        CHECK(weighted.residual_degrees_of_freedom == all.residual_degrees_of_freedom);
    };
    for (const Robust estimator : {Robust::HC0, Robust::HC1, Robust::HC2, Robust::HC3}) {
        check(LinearRegression<double>(), fit.X, fit.weight, estimator);
        check(LogisticRegression<double>(), fit.X, fit.low, estimator);
        if (estimator < Robust::HC2) check(LogisticRegression<double>(), programs.X, programs.program, estimator);
    }
    CHECK_THROWS_AS(robust_inference(programs.model, programs.X, programs.program), InvalidInput);
}

TEST_CASE("A row of trials is, by frequency, as many single outcomes", "[inference]") {
    const Eigen::MatrixXd X = (Eigen::MatrixXd(4, 1) << 0, 1, 2, 3).finished();
    const Eigen::VectorXd trials = (Eigen::VectorXd(4) << 5, 6, 4, 7).finished(),
                          y = (Eigen::VectorXd(4) << 1, 2, 3, 5).finished();
    Eigen::MatrixXd XX(22, 1);
    Eigen::VectorXi yy(22);
    for (Index i = 0, at = 0; i < 4; ++i)
        for (int m = 0; m < static_cast<int>(trials[i]); ++m, ++at)
            XX(at, 0) = X(i, 0), yy[at] = m < static_cast<int>(y[i]);
    LogisticRegression<double> grouped, single;
    const Observations data = Observations(X, y).trials(trials);
    grouped.fit(data);
    single.fit(XX, yy);
    for (const Robust estimator : {Robust::HC0, Robust::HC1, Robust::HC3})
        CHECK(covariance_distance(
                  robust_inference(grouped, data, {.estimator = estimator, .weights = WeightMeaning::frequency})
                      .covariance(),
                  robust_inference(single, XX, yy, {.estimator = estimator}).covariance()) <= tolerance::covariance);
}

TEST_CASE("Several targets: each block is that of its target, and targets covary", "[inference]") {
    Random random(9);
    const Eigen::MatrixXd X = normal_matrix<double>(random, 40, 2);
    Eigen::MatrixXd Y = X + normal_matrix<double>(random, 40, 2);
    Y.col(1) += Y.col(0);
    MultivariateRegression<double> both;
    both.fit(X, Y);
    const Eigen::MatrixXd V = robust_inference(both, X, Y, {.estimator = Robust::HC2}).covariance();
    for (Index c = 0; c < 2; ++c) {
        LinearRegression<double> one;
        one.fit(X, Y.col(c));
        CHECK(covariance_distance(V.block(3 * c, 3 * c, 3, 3),
                                  robust_inference(one, X, Y.col(c), {.estimator = Robust::HC2}).covariance()) <=
              tolerance::covariance);
    }
    // the covariance of the two targets by the formula
    Eigen::MatrixXd A(40, 3), M = Eigen::MatrixXd::Zero(3, 3);
    A << Eigen::VectorXd::Ones(40), X;
    const Eigen::MatrixXd B = (A.transpose() * A).inverse(), E = Y - both.predict(X);
    for (Index i = 0; i < 40; ++i)
        M += A.row(i).transpose() * A.row(i) * E(i, 0) * E(i, 1) / (1 - A.row(i) * B * A.row(i).transpose());
    const Eigen::MatrixXd expected = B * M * B;
    CHECK((V.block(0, 3, 3, 3) - expected).cwiseAbs().maxCoeff() <= tolerance::covariance);
}

TEST_CASE("A row that alone determines a coefficient: HC3 does not exist, and the note says which", "[inference]") {
    Random random(10);
    Eigen::MatrixXd X = normal_matrix<double>(random, 20, 2);
    X.col(1).setZero();
    X(7, 1) = 1;
    const Eigen::VectorXd y = normal_vector<double>(random, 20);
    LinearRegression<double> model;
    model.fit(X, y);
    const Inference none = robust_inference(model, X, y);
    CHECK_THAT(none.note, Catch::Matchers::ContainsSubstring("row 7"));
    CHECK(std::isnan(none.estimates[1].std_error));
    CHECK(robust_inference(model, X, y, {.estimator = Robust::HC1}).estimates[1].std_error > 0);
}

TEST_CASE("Of fewer clusters than slopes there are standard errors, and no test of all slopes", "[inference]") {
    const BirthWeight fit;
    std::vector<int> thirds;
    for (int i = 0; i < 189; ++i) thirds.push_back(i % 3);
    const Inference few = clustered_inference(fit.linear, fit.X, fit.weight, thirds);
    for (const Estimate& row : few.estimates) CHECK(row.std_error > 0);
    REQUIRE(few.targets.size() == 1);
    CHECK(std::isnan(few.targets[0].f.statistic));
    CHECK_THAT(few.targets[0].f.note, Catch::Matchers::ContainsSubstring("rank 2"));
    CHECK(wald_test(few, std::vector<Index>{1, 2}).statistic > 0);
    CHECK_THROWS_AS(wald_test(few, std::vector<Index>{1, 2, 3, 4}), InvalidInput);
    std::ostringstream table;
    table << few;
    CHECK_THAT(table.str(), Catch::Matchers::ContainsSubstring("no test of them all"));
}

TEST_CASE("Clusters that cannot be are refused", "[inference]") {
    const BirthWeight fit;
    CHECK_THROWS_AS(clustered_inference(fit.linear, fit.X, fit.weight, std::vector<int>(188, 1)), InvalidInput);
    CHECK_THROWS_AS(clustered_inference(fit.linear, fit.X, fit.weight, std::vector<int>(189, 1)), InvalidInput);
}
