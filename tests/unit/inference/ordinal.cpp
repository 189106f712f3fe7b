// Inference for ordinal models: with two levels it is that of the binary model; with more, by the definitions.

#include "fits.hpp"
#include <gradus/inference/hypotheses.hpp>
#include <gradus/inference/influence.hpp>
#include <gradus/inference/marginal_effects.hpp>
#include <gradus/inference/prediction.hpp>
#include <gradus/inference/profile.hpp>
#include <gradus/inference/robust.hpp>
#include <gradus/models/ordinal_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Levels {
    Eigen::MatrixXd X{300, 2};
    Eigen::VectorXi y{300};
    Eigen::VectorXi cluster{300};

    Levels() {
        Random random(17);
        for (Index i = 0; i < 300; ++i) {
            X.row(i) << random.normal(), random.normal();
            const double u = random.uniform(), latent = std::log(u / (1 - u)) + X(i, 0) - X(i, 1) / 2;
            y[i] = latent < -1 ? 0 : latent < 0.5 ? 1 : latent < 2 ? 2 : 3;
            cluster[i] = static_cast<int>(random.below(30));
        }
    }
};

}  // namespace

TEST_CASE("With two levels the inference is that of the binary model", "[inference][ordinal]") {
    const BirthWeight data;
    OrdinalRegression<double> model{{.feature_names = data.names}};
    model.fit(data.X, data.low);
    const auto rows = Observations(data.X, data.low);
    const auto agree = [](const Inference& ordinal, const Inference& binary) {
        for (std::size_t j = 0; j + 1 < binary.estimates.size(); ++j) {
            CHECK_THAT(ordinal.estimates[j].std_error, near(binary.estimates[j + 1].std_error, tolerance::covariance));
            CHECK_THAT(ordinal.estimates[j].p_value, near(binary.estimates[j + 1].p_value, tolerance::covariance * 10));
        }
        CHECK(ordinal.estimates.back().name == "0|1");  // the threshold is minus the intercept
        CHECK_THAT(ordinal.estimates.back().estimate, near(-binary.estimates[0].estimate, tolerance::covariance));
        CHECK_THAT(ordinal.estimates.back().std_error, near(binary.estimates[0].std_error, tolerance::covariance));
        CHECK_THAT(ordinal.aic, near(binary.aic, tolerance::covariance));
    };
    agree(infer(model, rows), infer(data.binary, rows));
    agree(robust_inference(model, rows, {.estimator = Robust::HC1}),
          robust_inference(data.binary, rows, {.estimator = Robust::HC1}));
    CHECK_THAT(score_test(model, rows, {"age", "ht"}).statistic,
               near(score_test(data.binary, rows, {"age", "ht"}).statistic, tolerance::covariance));
    CHECK_THAT(marginal_effects(model, rows).find("1", "lwt").std_error,
               near(marginal_effects(data.binary, rows)["lwt"].std_error, tolerance::covariance));
    const Eigen::MatrixXd some = data.X.topRows(5);
    CHECK(
        (mean_interval(model, rows, some).lower - mean_interval(data.binary, rows, some).lower).cwiseAbs().maxCoeff() <=
        tolerance::covariance);
    CHECK((influence(model, rows).leverage - influence(data.binary, rows).leverage).cwiseAbs().maxCoeff() <=
          tolerance::covariance);
}

TEST_CASE("Ordinal inference by its definitions", "[inference][ordinal]") {
    const Levels data;
    OrdinalRegression<double> model;
    model.fit(data.X, data.y);
    const auto rows = Observations(data.X, data.y);
    const Inference inference = infer(model, rows);
    CHECK_THAT(influence(model, rows).leverage.sum(), near(5, tolerance::covariance));  // two slopes, three thresholds

    // a slope that is held at a value is an offset
    const Interval slope = profile_interval(model, rows, "x1", 0.9);
    const Eigen::MatrixXd other = data.X.leftCols(1);
    for (const double end : {slope.lower, slope.upper}) {
        const Eigen::VectorXd offset = end * data.X.col(1);
        OrdinalRegression<double> held;
        held.fit(Observations(other, data.y).offset(offset));
        const double loss = 2 * 300 * (held.report().objective - model.report().objective);
        CHECK_THAT(loss, near(chi_squared_quantile(0.9, 1), tolerance::profile_deviance * 300));
    }
    const Interval threshold = profile_interval(model, rows, "1|2", 0.95), wald = inference.interval(3);
    CHECK(std::abs(threshold.lower - wald.lower) < 0.02);  // 300 rows: nearly a parabola
    CHECK(std::abs(threshold.upper - wald.upper) < 0.02);

    // each row a cluster of its own is HC0 but for the factor
    Eigen::VectorXi single(300);
    for (Index i = 0; i < 300; ++i) single[i] = static_cast<int>(i);
    const Inference own = clustered_inference(model, rows, single),
                    plain = robust_inference(model, rows, {.estimator = Robust::HC0});
    for (std::size_t j = 0; j < 5; ++j)
        CHECK_THAT(own.estimates[j].std_error,
                   near(plain.estimates[j].std_error * std::sqrt(300.0 / 299), tolerance::covariance));
    CHECK(clustered_inference(model, rows, data.cluster).estimates[0].std_error > 0);

    // effects on all levels add up to nothing
    const MarginalEffects effects = marginal_effects(model, rows);
    double sum = 0;
    for (const char* level : {"0", "1", "2", "3"}) sum += effects.find(level, "x0").estimate;
    CHECK(std::abs(sum) <= tolerance::product<double>);
}
