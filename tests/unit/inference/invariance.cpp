// What may not change when columns are multiplied or shifted: statistics, p-values and their logarithms. And NIST's
// standard deviations.

#include "fits.hpp"
#include "support/correct_digits.hpp"
#include <gradus/inference/robust.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// columns with few bits, so that multiples and shifts are exact
Eigen::MatrixXd round_columns(Random& random, Index n, Index p) {
    Eigen::MatrixXd X = normal_matrix<double>(random, n, p) * 64;
    return X.array().round() / 64;
}

// multiplied by about 1e-8, 1e8 and 1, shifted by up to 1e5 spreads
Eigen::MatrixXd moved(const Eigen::MatrixXd& X) {
    Eigen::MatrixXd Z = X;
    Z.col(0).array() += 100000;
    Z.col(1) *= std::exp2(27);
    Z.col(2) *= std::exp2(-27);
    Z.col(2).array() += 32768 * std::exp2(-27);
    return Z;
}

void check_slopes(const Inference& a, const Inference& b, double least_log_p) {
    double least = 0;
    for (std::size_t i = 0; i < a.estimates.size(); ++i) {
        if (a.estimates[i].name == "(Intercept)") continue;
        CAPTURE(i, a.estimates[i].log_p_value, b.estimates[i].log_p_value);
        CHECK_THAT(b.estimates[i].statistic, near(a.estimates[i].statistic, tolerance::invariance, 0));
        CHECK_THAT(b.estimates[i].log_p_value, near(a.estimates[i].log_p_value, tolerance::invariance, 0));
        if (a.estimates[i].p_value > 1e-50)
            CHECK_THAT(b.estimates[i].p_value, near(a.estimates[i].p_value, tolerance::invariance, 0));
        least = std::min(least, a.estimates[i].log_p_value);
    }
    CHECK(least < least_log_p);
}

}  // namespace

TEST_CASE("Linear: p-values do not see units or origins", "[inference]") {
    for (const double noise : {10.0, 1.0, 1e-6}) {
        Random random(71);
        const Eigen::MatrixXd X = round_columns(random, 300, 3), Z = moved(X);
        const Eigen::VectorXd y = X * Eigen::Vector3d(1, -1, 0.5) + noise * normal_vector<double>(random, 300);
        LinearRegression<double> a, b;
        a.fit(X, y);
        b.fit(Z, y);
        check_slopes(infer(a, X, y), infer(b, Z, y), noise < 1e-3 ? -1000 : -0.5);
        check_slopes(robust_inference(a, X, y), robust_inference(b, Z, y), -0.5);
    }
}

TEST_CASE("Binary: p-values do not see units or origins", "[inference]") {
    for (const double size : {0.3, 1.5}) {
        Random random(72);
        const Eigen::MatrixXd X = round_columns(random, 4000, 3), Z = moved(X);
        const Eigen::VectorXi y =
            draw_classes<double>(random, X, size * Eigen::Vector3d(1, -1, 0.5), Eigen::VectorXd::Constant(1, 0.2))
                .cast<int>();
        LogisticRegression<double> a, b;
        a.fit(X, y);
        b.fit(Z, y);
        check_slopes(infer(a, X, y), infer(b, Z, y), size > 1 ? -115 : -20);
        check_slopes(robust_inference(a, X, y), robust_inference(b, Z, y), -20);
    }
}

TEST_CASE("Multinomial: p-values do not see units or origins", "[inference]") {
    Random random(73);
    const Eigen::MatrixXd X = round_columns(random, 3000, 3), Z = moved(X);
    const Eigen::MatrixXd W = (Eigen::MatrixXd(3, 3) << 0, 1, -1, 0, 0.5, 1.5, 0, -0.1, 0.1).finished();
    const Eigen::VectorXi y = draw_classes<double>(random, X, W, Eigen::Vector3d(0, 0.5, -0.5)).cast<int>();
    LogisticRegression<double> a, b;
    a.fit(X, y);
    b.fit(Z, y);
    check_slopes(infer(a, X, y), infer(b, Z, y), -115);
    check_slopes(robust_inference(a, X, y, {.estimator = Robust::HC1}),
                 robust_inference(b, Z, y, {.estimator = Robust::HC1}), -115);
}

TEST_CASE("Frequencies are repeated rows; precisions are not", "[inference]") {
    const BirthWeight fit;
    Random random(74);
    Eigen::VectorXd w(189);
    for (Index i = 0; i < 189; ++i) w[i] = std::floor(random.uniform(0, 4));
    const Observations data = Observations(fit.X, fit.weight).weights(w);
    LinearRegression<double> weighted, all;
    weighted.fit(data);
    const Eigen::MatrixXd X = repeated(fit.X, w);
    const Eigen::VectorXd y = repeated(fit.weight, w);
    all.fit(X, y);
    const Inference rows = infer(all, X, y), frequency = infer(weighted, data, {.weights = WeightMeaning::frequency}),
                    precision = infer(weighted, data);
    CHECK(frequency.residual_degrees_of_freedom == rows.residual_degrees_of_freedom);
    CHECK(covariance_distance(frequency.covariance(), rows.covariance()) <= tolerance::covariance);
    CHECK(precision.residual_degrees_of_freedom == static_cast<double>((w.array() > 0).count() - 5));
    // the same sum of squares over other degrees of freedom
    const double share = rows.residual_degrees_of_freedom / precision.residual_degrees_of_freedom;
    CHECK(covariance_distance(precision.covariance(), rows.covariance() * share) <= tolerance::covariance);
    CHECK((rows.covariance() - rows.covariance().transpose()).cwiseAbs().maxCoeff() == 0);
}

// NIST StRD, certified: https://www.itl.nist.gov/div898/strd/lls/lls.shtml
TEST_CASE("NIST: certified standard deviations of the estimates", "[inference]") {
    const auto digits = [](const std::string& set, const Eigen::MatrixXd& X, const Eigen::VectorXd& y,
                           bool has_intercept, std::vector<double> certified, double residual) {
        LinearRegression<double> model{{.fit_intercept = has_intercept}};
        model.fit(X, y);
        const Inference inference = infer(model, X, y);
        double least = correct_digits(inference.targets[0].residual_standard_error, residual, 15);
        for (std::size_t j = 0; j < certified.size(); ++j)
            least = std::min(least, correct_digits(inference.estimates[j].std_error, certified[j], 15));
        INFO(set);
        CAPTURE(least);
        return least;
    };
    const auto column = [](const std::string& set, const std::string& name) {
        return read_table(set).column<double>(name);
    };
    CHECK(digits("Norris", column("nist_norris", "x"), column("nist_norris", "y"), true,
                 {0.232818234301152, 0.429796848199937E-03}, 0.884796396144373) > tolerance::digits::certified);
    CHECK(digits("Longley", read_table("nist_longley").features<double>(), column("nist_longley", "y"), true,
                 {890420.383607373, 84.9149257747669, 0.334910077722432E-01, 0.488399681651699, 0.214274163161675,
                  0.226073200069370, 455.478499142212},
                 304.854073561965) > tolerance::digits::certified_longley);
    CHECK(digits("Wampler4", powers<double>(column("nist_wampler4", "x"), 5), column("nist_wampler4", "y"), true,
                 {215232.624678170, 236355.173469681, 77934.3524331583, 10147.5507550350, 564.566512170752,
                  11.2324854679312},
                 236014.502379268) > tolerance::digits::certified);
    CHECK(digits("Filip", powers<double>(column("nist_filip", "x"), 10), column("nist_filip", "y"), true,
                 {298.084530995537, 559.779865474950, 466.477572127796, 227.204274477751, 71.6478660875927,
                  15.2897178747400, 2.23691159816033, 0.221624321934227, 0.142363763154724E-01, 0.535617408889821E-03,
                  0.896632837373868E-05},
                 0.334801051324544E-02) > tolerance::digits::certified_filip);
    // exact data: nothing is left but rounding
    LinearRegression<double> exact;
    const Eigen::MatrixXd X = powers<double>(column("nist_wampler1", "x"), 5);
    exact.fit(X, column("nist_wampler1", "y"));
    for (const Estimate& row : infer(exact, X, column("nist_wampler1", "y")).estimates) CHECK(row.std_error < 1e-8);
}
