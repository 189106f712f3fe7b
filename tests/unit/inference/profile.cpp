// Profile-likelihood intervals: against R, by their definition, and where an end does not exist.

#include "fits.hpp"
#include <gradus/inference/profile.hpp>

#include <Eigen/Cholesky>

using namespace gradus;
using namespace gradus::test;

namespace {

void check_interval(const Interval& interval, double lower, double upper, double tolerance) {
    CHECK_THAT(interval.lower, near(lower, tolerance, 0));
    CHECK_THAT(interval.upper, near(upper, tolerance, 0));
}

// The least deviance of the softmax model in the table's numbers, (b, w) of classes 1 and 2 against 0, with one of them
// held: Newton by the textbook.
double least_deviance(const Programs& fit, const Inference& inference, Index held, double value) {
    Eigen::VectorXd t(6), along = inference.covariance().col(held);
    for (Index j = 0; j < 6; ++j) t[j] = inference.estimates[static_cast<std::size_t>(j)].estimate;
    t += (value - t[held]) / along[held] * along;  // near enough for full steps
    t[held] = value;
    double deviance = 0;
    for (int round = 0; round < 30; ++round) {
        deviance = 0;
        Eigen::VectorXd g = Eigen::VectorXd::Zero(6);
        Eigen::MatrixXd H = Eigen::MatrixXd::Zero(6, 6);
        for (Index i = 0; i < 200; ++i) {
            const Eigen::Vector3d x(1, fit.X(i, 0), fit.X(i, 1)), eta(0, x.dot(t.head(3)), x.dot(t.tail(3)));
            const double sum = eta.array().exp().sum();
            const Eigen::Vector3d p = eta.array().exp() / sum;
            deviance += 2 * (std::log(sum) - eta[fit.program[i]]);
            for (Index c = 1; c < 3; ++c) {
                g.segment(3 * c - 3, 3) += (p[c] - (fit.program[i] == c)) * x;
                for (Index d = 1; d < 3; ++d)
                    H.block(3 * c - 3, 3 * d - 3, 3, 3) += p[c] * ((c == d) - p[d]) * x * x.transpose();
            }
        }
        H.row(held).setZero();
        H.col(held).setZero();
        H(held, held) = 1;
        g[held] = 0;
        t -= H.ldlt().solve(g);
    }
    return deviance;
}

}  // namespace

// The fit with coefficient j held at c, and where its deviance has grown by qchisq(level, 1):
//     f <- glm.fit(X, y, weights = w, family = binomial(), control = con)
//     g <- function(c) glm.fit(X[, -j], y, weights = w, offset = c * X[, j], family = binomial(), control =
//     con)$deviance - f$deviance - qchisq(level, 1) uniroot(g, c(e - 6 * s, e), tol = 1e-14)$root; uniroot(g, c(e, e +
//     6 * s), tol = 1e-14)$root
// (confint(glm) interpolates the profile by a spline: for menarche at 99% it says -23.29779, -19.32355
// and 1.48643, 1.79044.)
TEST_CASE("Profile intervals are R's", "[inference]") {
    const BirthWeight fit;
    const std::vector<Interval> all = profile_intervals(fit.binary, Observations(fit.X, fit.low));
    REQUIRE(all.size() == 5);
    check_interval(all[0], -0.243075765078823, 3.899427164218624, tolerance::r_root);
    check_interval(all[1], -0.1029906404195406, 0.0283682414929084, tolerance::r_root);
    check_interval(all[2], -0.03078813478381357, -0.00466857706111753, tolerance::r_root);
    check_interval(all[3], 0.0295928605461317, 1.3348312993504921, tolerance::r_root);
    check_interval(all[4], 0.48218512537565, 3.22847496094786, tolerance::r_root);

    const Table table = read_table("menarche");
    const Eigen::MatrixXd age = table.columns<double>({"age"});
    const Eigen::VectorXd had = table.column<double>("menarche"), total = table.column<double>("total");
    const Observations data = Observations(age, had).trials(total);
    LogisticRegression<double> model{{.feature_names = {"age"}}};
    model.fit(data);
    check_interval(profile_interval(model, data, 0, 0.99), -23.2977712741855, -19.3235066783519, tolerance::r_root);
    check_interval(profile_interval(model, data, "age", 0.99), 1.48643006520981, 1.79043638426528, tolerance::r_root);
}

TEST_CASE("At the ends the deviance is the quantile: binary, by an offset", "[inference]") {
    const BirthWeight fit;
    const double deviance = infer(fit.binary, fit.X, fit.low).deviance, quantile = chi_squared_quantile(0.9, 1);
    for (Index j = 0; j < 4; ++j) {
        const Interval interval = profile_interval(fit.binary, Observations(fit.X, fit.low), j + 1, 0.9);
        for (const double end : {interval.lower, interval.upper}) {
            Eigen::MatrixXd rest(189, 3);
            for (Index l = 0, at = 0; l < 4; ++l)
                if (l != j) rest.col(at++) = fit.X.col(l);
            const Eigen::VectorXd offset = end * fit.X.col(j);
            const Observations data = Observations(rest, fit.low).offset(offset);
            LogisticRegression<double> restricted;
            restricted.fit(data);
            CHECK_THAT(infer(restricted, data).deviance - deviance,
                       near(quantile, 0, tolerance::profile_deviance * deviance));
        }
    }
}

TEST_CASE("At the ends the deviance is the quantile: three classes, every parameter of the table", "[inference]") {
    const Programs fit;
    const Observations data(fit.X, fit.program);
    const Inference inference = infer(fit.model, data);
    const std::vector<Interval> all = profile_intervals(fit.model, data);
    REQUIRE(all.size() == 6);
    const double quantile = chi_squared_quantile(0.95, 1);
    for (Index j = 0; j < 6; ++j) {
        CAPTURE(j);
        const Interval& interval = all[static_cast<std::size_t>(j)];
        for (const double end : {interval.lower, interval.upper})
            CHECK_THAT(least_deviance(fit, inference, j, end) - inference.deviance,
                       near(quantile, 0, tolerance::profile_deviance * inference.deviance));
    }
    CHECK(profile_interval(fit.model, data, "2: x1").lower == all[5].lower);
    CHECK_THROWS_AS(profile_interval(fit.model, data, "x7"), InvalidInput);
    CHECK_THROWS_AS(profile_interval(fit.model, data, 6), InvalidInput);
}

TEST_CASE("Profile intervals follow the units, and do not see the origins", "[inference]") {
    const BirthWeight fit;
    Eigen::MatrixXd X = fit.X;
    X.col(1).array() += 8192;
    X.col(0) *= 1024;
    LogisticRegression<double> moved;
    moved.fit(X, fit.low);
    const std::vector<Interval> a = profile_intervals(fit.binary, Observations(fit.X, fit.low)),
                                b = profile_intervals(moved, Observations(X, fit.low));
    check_interval({b[1].lower * 1024, b[1].upper * 1024}, a[1].lower, a[1].upper, tolerance::invariance);
    check_interval(b[2], a[2].lower, a[2].upper, tolerance::invariance);
    check_interval(b[3], a[3].lower, a[3].upper, tolerance::invariance);
}

TEST_CASE("Linear models: the exact interval", "[inference]") {
    const BirthWeight fit;
    const Interval interval = profile_interval(fit.linear, Observations(fit.X, fit.weight), "smoke");
    CHECK(interval.lower == infer(fit.linear, fit.X, fit.weight).interval(3).lower);
}

TEST_CASE("Separated classes: the end that does not exist is infinite, the other is where the deviance says",
          "[inference]") {
    const Eigen::MatrixXd X = (Eigen::MatrixXd(8, 1) << -4, -3, -2, -1, 1, 2, 3, 4).finished();
    const Eigen::VectorXi y = (Eigen::VectorXi(8) << 0, 0, 0, 0, 1, 1, 1, 1).finished();
    LogisticRegression<double> model;
    REQUIRE(model.fit(X, y).status == Status::separated);
    const Interval slope = profile_interval(model, Observations(X, y), 1);
    CHECK(slope.upper == std::numeric_limits<double>::infinity());
    // by symmetry the intercept of the restricted fit is 0: 4 sum log(1 + exp(-c x)) = the quantile
    double deviance = 0;
    for (int x = 1; x <= 4; ++x) deviance += 4 * std::log1p(std::exp(-slope.lower * x));
    CHECK_THAT(deviance, near(chi_squared_quantile(0.95, 1), tolerance::profile_deviance * 100, 0));
    const Eigen::MatrixXd Z = (X.array() + 4096) * 1024;
    REQUIRE(model.fit(Z, y).status == Status::separated);
    const Interval moved = profile_interval(model, Observations(Z, y), 1);
    CHECK(moved.upper == slope.upper);
    CHECK_THAT(moved.lower * 1024, near(slope.lower, tolerance::invariance, 0));
}

TEST_CASE("What the data do not determine has no interval", "[inference]") {
    const BirthWeight fit;
    Eigen::MatrixXd X(189, 3);
    X << fit.X.leftCols(2), fit.X.col(0) * 2;
    LogisticRegression<double> model;
    model.fit(X, fit.low);
    const std::vector<Interval> all = profile_intervals(model, Observations(X, fit.low));
    CHECK(std::isnan(all[1].lower));
    CHECK(std::isnan(all[3].upper));
    LogisticRegression<double> two;
    two.fit(fit.X.leftCols(2), fit.low);
    check_interval(all[2], profile_interval(two, Observations(fit.X.leftCols(2), fit.low), 2).lower,
                   profile_interval(two, Observations(fit.X.leftCols(2), fit.low), 2).upper, tolerance::invariance);
}
