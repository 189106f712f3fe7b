// Penalised-likelihood intervals against their definition, by other code.

#include "support/catch.hpp"
#include "support/reference_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/inference/firth_inference.hpp>
#include <gradus/inference/robust.hpp>

#include <Eigen/LU>
#include <array>

using namespace gradus;
using namespace gradus::test;

namespace {

// log-likelihood + log det I / 2 of a + b x, term by term
long double penalised(const Vector<long double>& x, const Eigen::VectorXi& y, long double a, long double b) {
    long double sum = 0, m0 = 0, m1 = 0, m2 = 0;
    for (Index i = 0; i < x.size(); ++i) {
        const long double eta = a + b * x[i], p = 1 / (1 + std::exp(-eta)), w = p * (1 - p);
        sum -= std::log1p(std::exp(y[i] ? -eta : eta));
        m0 += w;
        m1 += w * x[i];
        m2 += w * x[i] * x[i];
    }
    return sum + std::log(m0 * m2 - m1 * m1) / 2;
}

// over a, by golden sections about the best point of a grid: between clusters of rows there may be several maxima
long double profile(const Vector<long double>& x, const Eigen::VectorXi& y, long double b) {
    const long double golden = (std::sqrt(5.0L) - 1) / 2;
    long double best = -30;
    for (int step = 0; step <= 600; ++step)
        if (const long double a = -30 + step / 10.0L; penalised(x, y, a, b) > penalised(x, y, best, b)) best = a;
    long double low = best - 0.1L, high = best + 0.1L;
    for (int step = 0; step < 150; ++step) {
        const long double left = high - golden * (high - low), right = low + golden * (high - low);
        if (penalised(x, y, left, b) < penalised(x, y, right, b)) low = left;
        else high = right;
    }
    return penalised(x, y, (low + high) / 2, b);
}

}  // namespace

TEST_CASE("Firth: at the ends of an interval the penalised likelihood has fallen by half the quantile", "[firth]") {
    for (const auto& [set, feature, target] : {std::array{"orings", "temperature", "any_damage"},
                                               std::array{"special_separated", "petal_length", "setosa"}}) {
        const Table table = read_table(set);
        const Eigen::MatrixXd X = table.columns<double>({feature});
        const Eigen::VectorXi y = table.column<double>(target).cast<int>();
        FirthLogisticRegression<double> model{{.feature_names = {feature}}};
        const FitReport report = model.fit(X, y);
        for (const double level : {0.95, 0.8}) {
            const FirthInference inference = firth_inference(model, X, y, level);
            const ProfiledEstimate& slope = inference.estimates.at(1);
            INFO(set << "\n" << inference);
            CHECK(slope.name == feature);
            const long double mean = static_cast<long double>(X.mean()), quantile = std::pow(normal_quantile(level), 2);
            const Vector<long double> x = X.col(0).cast<long double>().array() - mean;
            for (const double end : {slope.interval.lower, slope.interval.upper})
                CHECK_THAT(static_cast<double>(2 * (report.penalised_log_likelihood - profile(x, y, end)) / quantile),
                           near(1, 1e-8));
            const double lost = static_cast<double>(2 * (report.penalised_log_likelihood - profile(x, y, 0)));
            CHECK_THAT(slope.zero.statistic, near(lost, 1e-8, 0));
            CHECK_THAT(inference.likelihood_ratio.statistic, near(lost, 1e-8, 0));  // one slope
            CHECK(slope.zero.degrees_of_freedom == 1);
        }
        // standard errors are those of the information at the estimate
        CHECK(infer(model, X, y).estimates[1].std_error > 0);
    }
}

TEST_CASE("Firth: robust standard errors have the scores at the estimate", "[firth]") {
    const Table table = read_table("orings");
    const Eigen::MatrixXd X = table.columns<double>({"temperature"});
    const Eigen::VectorXi y = table.column<double>("any_damage").cast<int>();
    FirthLogisticRegression<double> model;
    model.fit(X, y);
    Eigen::MatrixXd A(X.rows(), 2);
    A << Eigen::VectorXd::Ones(X.rows()), X;
    const Eigen::ArrayXd p = model.predict_probability(X).col(1).array(), g = y.cast<double>().array() - p;
    const Eigen::MatrixXd B = (A.transpose() * (p * (1 - p)).matrix().asDiagonal() * A).inverse();
    const Eigen::MatrixXd expected = B * A.transpose() * g.square().matrix().asDiagonal() * A * B;
    const Inference found = robust_inference(model, X, y, {.estimator = Robust::HC0});
    for (Index i = 0; i < 2; ++i)
        CHECK_THAT(found.estimates[static_cast<std::size_t>(i)].std_error,
                   near(std::sqrt(expected(i, i)), 1e-9, 0));  // B: a condition number of 1e6
}
