// Brant's test against its definition, written out with plain matrices.

#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/core/random.hpp>
#include <gradus/inference/proportional_odds.hpp>

#include <Eigen/Dense>
#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Ratings {
    Eigen::MatrixXd X;
    Eigen::VectorXi y;
    Eigen::VectorXd s;

    // levels of a latent logistic variable; `twist` makes the slope of the last feature differ between the thresholds
    explicit Ratings(Index n, double twist) : X(n, 3), y(n), s(n) {
        Random random(41);
        for (Index i = 0; i < n; ++i) {
            for (Index j = 0; j < 3; ++j) X(i, j) = random.normal();
            const double u = random.uniform(), latent = std::log(u / (1 - u)) + X(i, 0) - X(i, 1) / 2;
            y[i] = latent + twist * X(i, 2) > 1.5 ? 3 : latent > 0.2 ? 2 : latent - twist * X(i, 2) > -1 ? 1 : 0;
            s[i] = 1 + static_cast<double>(random.below(3));
        }
    }
};

// The Wald statistic of the differences to the first split, features as given.
double by_definition(const Ratings& rows, const std::vector<Index>& features) {
    const Index n = rows.y.size(), p = rows.X.cols(), J = 3;
    Eigen::MatrixXd Z(n, p + 1);
    Z << Eigen::VectorXd::Ones(n), rows.X;
    Eigen::MatrixXd pi(n, J), beta(p, J);
    std::vector<Eigen::MatrixXd> inverse;
    for (Index c = 0; c < J; ++c) {
        const Eigen::VectorXi above = (rows.y.array() > static_cast<int>(c)).cast<int>();
        LogisticRegression<double> split;
        split.fit(Observations(rows.X, above).weights(rows.s));
        beta.col(c) = split.coefficients();
        pi.col(c) = split.predict_probability(rows.X).col(1);
        const Eigen::VectorXd w = rows.s.array() * pi.col(c).array() * (1 - pi.col(c).array());
        inverse.push_back((Z.transpose() * w.asDiagonal() * Z).inverse());
    }
    const auto m = static_cast<Index>(features.size());
    Eigen::MatrixXd V(J * p, J * p), D = Eigen::MatrixXd::Zero(m * (J - 1), J * p);
    for (Index c = 0; c < J; ++c)
        for (Index d = 0; d < J; ++d) {
            const Eigen::VectorXd w =
                rows.s.array() * pi.col(std::max(c, d)).array() * (1 - pi.col(std::min(c, d)).array());
            const Eigen::MatrixXd full = inverse[static_cast<std::size_t>(c)] * (Z.transpose() * w.asDiagonal() * Z) *
                                         inverse[static_cast<std::size_t>(d)];
            V.block(c * p, d * p, p, p) = full.bottomRightCorner(p, p);
        }
    for (Index c = 1; c < J; ++c)
        for (Index a = 0; a < m; ++a) {
            D((c - 1) * m + a, features[static_cast<std::size_t>(a)]) = -1;
            D((c - 1) * m + a, c * p + features[static_cast<std::size_t>(a)]) = 1;
        }
    const Eigen::VectorXd difference = D * beta.reshaped();
    return difference.dot((D * V * D.transpose()).ldlt().solve(difference));
}

}  // namespace

TEST_CASE("Brant's test is the Wald test of its definition", "[inference][ordinal]") {
    const Ratings rows(500, 0.6);
    OrdinalRegression<double> model{{.feature_names = {"a", "b", "c"}}};
    const auto data = Observations(rows.X, rows.y).weights(rows.s);
    model.fit(data);
    const BrantTest test = brant_test(model, data);
    REQUIRE(test.note.empty());
    CHECK_THAT(test.overall.statistic, near(by_definition(rows, {0, 1, 2}), tolerance::covariance));
    CHECK(test.overall.degrees_of_freedom == 6);
    REQUIRE(test.features.size() == 3);
    for (Index j = 0; j < 3; ++j) {
        CHECK_THAT(test.features[static_cast<std::size_t>(j)].statistic,
                   near(by_definition(rows, {j}), tolerance::covariance));
        CHECK(test.features[static_cast<std::size_t>(j)].degrees_of_freedom == 2);
    }
    CHECK(test.features[2].p_value < 1e-6);  // the one that was twisted
    CHECK(test.features[0].p_value > 1e-3);
    CHECK(test.features[2].name == "c");

    Ratings moved = rows;  // the test does not depend on units
    moved.X.col(0) = moved.X.col(0).array() * 1024 + 4096;
    const auto moved_data = Observations(moved.X, moved.y).weights(moved.s);
    model.fit(moved_data);
    CHECK_THAT(brant_test(model, moved_data).overall.statistic, near(test.overall.statistic, tolerance::covariance));
}

TEST_CASE("proportional odds are not rejected where they hold", "[inference][ordinal]") {
    const Ratings rows(2000, 0);
    OrdinalRegression<double> model;
    model.fit(rows.X, rows.y);
    CHECK(brant_test(model, rows.X, rows.y).overall.p_value > 0.01);
    const Test ratio = likelihood_ratio_against_multinomial(model, rows.X, rows.y);
    CHECK(ratio.degrees_of_freedom == 6);
    LogisticRegression<double> multinomial;
    const double gain =
        2 * static_cast<double>(rows.y.size()) * (model.report().objective - multinomial.fit(rows.X, rows.y).objective);
    CHECK_THAT(ratio.statistic, near(gain, tolerance::covariance));
}

TEST_CASE("Brant's test says why there is none", "[inference][ordinal]") {
    Ratings rows(60, 0);
    OrdinalRegression<double> model;
    for (Index i = 0; i < 60; ++i) rows.y[i] = rows.y[i] > 1;
    model.fit(rows.X, rows.y);
    CHECK(brant_test(model, rows.X, rows.y).note == "with two levels there is nothing to compare");

    Ratings separated(60, 0);
    for (Index i = 0; i < 60; ++i) separated.y[i] = separated.X(i, 0) > 1 ? 2 : std::min(separated.y[i], 1);
    model.fit(separated.X, separated.y);
    const BrantTest test = brant_test(model, separated.X, separated.y);
    CHECK(test.note.find("above threshold 1") != std::string::npos);
    std::ostringstream out;
    out << test;
    CHECK(out.str().find("no finite estimate") != std::string::npos);
}
