// Inference knows the data of the fit, and says what it cannot say.

#include <gradus/core/random.hpp>
#include <gradus/inference/firth_inference.hpp>
#include <gradus/inference/hypotheses.hpp>
#include <gradus/inference/influence.hpp>
#include <gradus/inference/prediction.hpp>
#include <gradus/inference/proportional_odds.hpp>
#include <gradus/inference/robust.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>

#include <Eigen/LU>
#include <sstream>
#include <support/catch.hpp>

using namespace gradus;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinRel;
using Eigen::MatrixXd, Eigen::VectorXd;

namespace {

const Index n = 40;
const MatrixXd X = [] {
    Random random(2);
    return MatrixXd(MatrixXd::NullaryExpr(n, 2, [&] { return random.normal(); }));
}();
const VectorXd noise = [] {
    Random random(9);
    return VectorXd(VectorXd::NullaryExpr(n, [&] { return random.normal(); }));
}();
const VectorXd y = X.col(0) - 0.5 * X.col(1) + noise;

template <class Model, class Data>
std::string refusal(const Model& model, const Data& data) {
    try {
        infer(model, data);
        return "(accepted)";
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

template <class Model, class Y>
void check_knows_its_data(Model model, const Y& target, const Y& other_target) {
    model.fit(X, target);
    const VectorXd two = VectorXd::Constant(n, 2), some = noise.cwiseAbs(), shift = VectorXd::Constant(n, 0.3);
    CHECK_NOTHROW(infer(model, X, target));
    const auto refused = [&](const auto& data) {
        CHECK_THAT(refusal(model, data), ContainsSubstring("not the data of the fit"));
    };
    refused(Observations(X, other_target));
    refused(Observations(X.topRows(n - 3), Y(target.head(n - 3))));
    refused(Observations(MatrixXd(X.colwise().reverse()), target));
    refused(Observations(X, target).weights(two));
    refused(Observations(X, target).weights(some));
    refused(Observations(X, target).offset(shift));
    // the same rows in another shape are the same data
    MatrixXd twice(2 * n, 2);
    Y target_twice(2 * n);
    twice << X, X;
    target_twice << target, target;
    model.fit(twice, target_twice);
    const Inference by_weights =
        infer(model, Observations(X, target).weights(two), {.weights = WeightMeaning::frequency});
    CHECK_THAT(by_weights.estimates[1].std_error,
               WithinRel(infer(model, twice, target_twice).estimates[1].std_error, 1e-6));
}

std::string table(const Inference& inference) {
    std::ostringstream out;
    out << inference;
    return out.str();
}

}  // namespace

TEST_CASE("inference refuses other rows, weights and offsets than those of the fit") {
    const VectorXd other = y.reverse();
    check_knows_its_data(LinearRegression<double>(), y, other);
    check_knows_its_data(HuberRegression<double>({.delta = 0.7}), y, other);
    const VectorXd counts = (y.array() * 0.5).exp().round(), other_counts = counts.reverse();
    check_knows_its_data(PoissonRegression<double>(), counts, other_counts);
    const Eigen::VectorXi labels = (y.array() > 0).cast<int>(), other_labels = labels.reverse();
    check_knows_its_data(LogisticRegression<double>(), labels, other_labels);
}

TEST_CASE("so do tests of maxima, bias-reduced fits and comparisons") {
    const auto refused = [](const auto& test) {
        CHECK_THROWS_WITH(test(), ContainsSubstring("not the data of the fit"));
    };
    const Index some = n - 9;
    const MatrixXd X_some = X.topRows(some);
    const Eigen::VectorXi labels = (y.array() > 0).cast<int>(), labels_some = labels.head(some),
                          levels = (y.array() > -0.8).cast<int>() + (y.array() > 0.8).cast<int>(),
                          levels_some = levels.head(some);
    const VectorXd shift = X.col(0).cwiseAbs();
    LogisticRegression<double> binary;
    binary.fit(X, labels);
    CHECK(likelihood_ratio_test(binary, Observations(X, labels), {0}).statistic > 0);
    refused([&] { likelihood_ratio_test(binary, Observations(X_some, labels_some), {0}); });
    refused([&] { likelihood_ratio_test(binary, Observations(X, labels).offset(shift), {0}); });
    CHECK_NOTHROW(score_test(binary, Observations(X, labels).offset(shift), {0}));  // the fit is its start alone
    FirthLogisticRegression<double> reduced;
    reduced.fit(X, labels);
    CHECK_NOTHROW(firth_inference(reduced, X, labels));
    refused([&] { firth_inference(reduced, X_some, labels_some); });
    refused([&] { firth_inference(reduced, X, Eigen::VectorXi(labels.reverse())); });
    OrdinalRegression<double> ordinal;
    ordinal.fit(X, levels);
    CHECK_NOTHROW(likelihood_ratio_against_multinomial(ordinal, X, levels));
    refused([&] { likelihood_ratio_against_multinomial(ordinal, X_some, levels_some); });
    refused([&] { brant_test(ordinal, X_some, levels_some); });
}

TEST_CASE("fits of different responses or features are not compared") {
    const auto fit = [](const auto& x, const VectorXd& target, std::vector<std::string> names) {
        LinearRegression<double> model({.feature_names = std::move(names)});
        model.fit(x, target);
        return infer(model, x, target);
    };
    const MatrixXd one = X.leftCols(1);
    CHECK(compare(fit(one, y, {"a"}), fit(X, y, {"a", "b"})).statistic > 0);
    CHECK(compare(fit(one, y, {"a"}), fit(X, y, {})).statistic > 0);
    CHECK_THROWS_WITH(compare(fit(one, y, {"q"}), fit(X, y, {"a", "b"})), ContainsSubstring("the second has no q"));
    CHECK_THROWS_WITH(compare(fit(one, noise, {"a"}), fit(X, y, {"a", "b"})), ContainsSubstring("targets vary"));
    const MatrixXd strange = X.colwise().reverse();
    CHECK_THROWS_WITH(compare(fit(one, y, {}), fit(strange, y, {})), ContainsSubstring("the first fits better"));
    const auto classify = [](const auto& x, const VectorXd& target) {
        const Eigen::VectorXi labels = (target.array() > 0.2).cast<int>();
        LogisticRegression<double> model;
        model.fit(x, labels);
        return infer(model, x, labels);
    };
    CHECK(compare(classify(one, y), classify(X, y)).statistic > 0);
    CHECK_THROWS_WITH(compare(classify(one, y.array() + 1), classify(X, y)), ContainsSubstring("of a constant"));
    LogisticRegression<double> through_zero({.fit_intercept = false});
    const Eigen::VectorXi labels = (y.array() > 0.2).cast<int>();
    through_zero.fit(X, labels);
    CHECK(compare(infer(through_zero, X, labels), classify(X, y)).statistic > 0);
}

TEST_CASE("a model of given parameters has no standard errors, and says why") {
    LogisticRegression<double> fitted;
    const Eigen::VectorXi labels = (y.array() > 0).cast<int>(), others = labels.reverse();
    fitted.fit(X, labels);
    const auto given =
        LogisticRegression<double>::from_parameters(fitted.coefficients(), fitted.intercept(), fitted.classes());
    const Inference inference = infer(given, X, labels);
    CHECK_THAT(inference.note, ContainsSubstring("loaded or given"));
    CHECK(std::isnan(inference.estimates[1].std_error));
    CHECK(std::isnan(inference.aic));
    CHECK(inference.likelihood_ratio.degrees_of_freedom == 0);
    CHECK_THAT(table(inference), ContainsSubstring("AIC: (not known)"));
    CHECK_THAT(refusal(given, Observations(X, others)), ContainsSubstring("not the data of the fit"));
}

TEST_CASE("fits that are large, tiny, exact or loose know their data too") {
    for (const double unit : {1e-170, 1e-22, 1.0, 1e22, 1e150}) {
        LinearRegression<double> model;
        const VectorXd target = y * unit;
        model.fit(X, target);
        const Inference inference = infer(model, X, target);
        LinearRegression<double> plain;
        plain.fit(X, y);
        CHECK_THAT(inference.estimates[1].statistic, WithinRel(infer(plain, X, y).estimates[1].statistic, 1e-12));
        CHECK_THAT(inference.estimates[1].std_error / unit,
                   WithinRel(infer(plain, X, y).estimates[1].std_error, 1e-12));
        CHECK_THAT(inference.targets[0].f.statistic, WithinRel(infer(plain, X, y).targets[0].f.statistic, 1e-12));
    }
    LinearRegression<float> narrow;
    const Eigen::MatrixXf Xf = X.cast<float>();
    const Eigen::VectorXf yf = (y * 1e-22).cast<float>();
    narrow.fit(Xf, yf);
    CHECK(infer(narrow, Xf, yf).estimates[1].std_error > 1e-24);
    CHECK(infer(narrow, Xf, yf).targets[0].r_squared < 0.99);
    LogisticRegression<double> loose;
    const Eigen::VectorXi labels = (y.array() > 0).cast<int>();
    loose.fit(X, labels, Newton{.tolerance = 0.1});
    CHECK_NOTHROW(infer(loose, X, labels));
    const MatrixXd far = X.array() + 1e6;
    LinearRegression<double> shifted;
    const VectorXd nearly_exact = X.col(0) + 1e-7 * noise;
    shifted.fit(far, nearly_exact);
    CHECK_NOTHROW(infer(shifted, far, nearly_exact));
}

TEST_CASE("one meaning of weights counts the rows of every likelihood") {
    VectorXd w(n), counts(n), trials(n);
    for (Index i = 0; i < n; ++i) {
        w[i] = static_cast<double>(i % 4);
        trials[i] = static_cast<double>(1 + i % 3);
        counts[i] = static_cast<double>(i % 2);
    }
    const double weighty = static_cast<double>((w.array() > 0).count());
    const auto check = [&](auto model, const auto& data, double rows, double sum, const char* unit) {
        model.fit(data);
        const Inference once = infer(model, data), often = infer(model, data, {.weights = WeightMeaning::frequency});
        CHECK(once.rows == rows);
        CHECK(often.rows == sum);
        CHECK(once.total_weight == sum);
        CHECK(once.log_likelihood == often.log_likelihood);
        const double parameters = static_cast<double>(once.rank);
        CHECK_THAT(once.bic - often.bic, WithinRel(parameters * std::log(rows / sum), 1e-9));
        CHECK_THAT(table(once), ContainsSubstring("Weights are precisions") && ContainsSubstring(text(rows, unit)));
        CHECK_THAT(table(often), ContainsSubstring("Weights are frequencies: " + text(sum, unit)));
    };
    const Eigen::VectorXi labels = counts.cast<int>();
    check(LogisticRegression<double>(), Observations(X, labels).weights(w), weighty, w.sum(), " rows");
    check(OrdinalRegression<double>(), Observations(X, Eigen::VectorXi(trials.cast<int>())).weights(w), weighty,
          w.sum(), " rows");
    check(PoissonRegression<double>(), Observations(X, counts).weights(w), weighty, w.sum(), " rows");
    check(LogisticRegression<double>(), Observations(X, counts).trials(trials).weights(w),
          (w.array() > 0).select(trials, 0).sum(), w.dot(trials), " outcomes");
    LogisticRegression<double> grouped;
    const auto data = Observations(X, counts).trials(trials);
    grouped.fit(data);
    CHECK(infer(grouped, data).rows == trials.sum());
    CHECK(infer(grouped, data).weights.empty());
    HuberRegression<double> robust;
    const auto weighted = Observations(X, y).weights(w);
    robust.fit(weighted);
    CHECK_THAT(table(infer(robust, weighted)), ContainsSubstring("Weights are frequencies: " + text(w.sum(), " rows")));
    PoissonRegression<double> smaller, larger;
    smaller.fit(Observations(X.leftCols(1), counts).weights(w));
    larger.fit(X, counts);
    CHECK_THROWS_WITH(compare(infer(smaller, Observations(X.leftCols(1), counts).weights(w)), infer(larger, X, counts)),
                      ContainsSubstring("that weigh " + text(w.sum())));
}

TEST_CASE("what cannot be known is said in words") {
    LinearRegression<double> model;
    const VectorXd exact = 2 * X.col(0).array() + 0.7;
    model.fit(X, exact);
    Inference inference = infer(model, X, exact);
    CHECK(inference.targets[0].is_exact);
    CHECK(std::isnan(inference.estimates[1].p_value));
    CHECK_THAT(table(inference), ContainsSubstring("exact but for rounding"));
    const VectorXd constant = VectorXd::Constant(n, 5.1);
    model.fit(X, constant);
    inference = infer(model, X, constant);
    CHECK(std::isnan(inference.targets[0].r_squared));
    for (const char* word : {"nan", "inf"}) CHECK(table(inference).find(word) == std::string::npos);
    model.fit(X.topRows(2), y.head(2));
    inference = infer(model, X.topRows(2), y.head(2));
    CHECK(inference.targets[0].degrees_of_freedom == 0);
    CHECK(std::isnan(inference.targets[0].adjusted_r_squared));
    for (const char* word : {"nan", "inf"}) CHECK(table(inference).find(word) == std::string::npos);
}

TEST_CASE("tests of an exact fit say why there is no statistic") {
    LinearRegression<double> model;
    const VectorXd exact = 2 * X.col(0).array() + 0.7;
    const Observations data(X, exact);
    model.fit(data);
    std::vector<int> clusters(n);
    for (Index i = 0; i < n; ++i) clusters[static_cast<std::size_t>(i)] = static_cast<int>(i / 5);
    const std::vector<std::string> first{"x0"};
    for (const Test& test :
         {wald_test(model, data, first), likelihood_ratio_test(model, data, first), score_test(model, data, first)}) {
        std::ostringstream out;
        out << test;
        CHECK_THAT(out.str(), ContainsSubstring("exact but for rounding"));
        CHECK(std::isnan(test.p_value));
    }
    for (const Inference& inference : {robust_inference(model, data), clustered_inference(model, data, clusters)}) {
        CHECK_THAT(table(inference), ContainsSubstring("exact but for rounding"));
        for (const char* word : {"nan", "inf"}) CHECK(table(inference).find(word) == std::string::npos);
    }
    CHECK(std::isnan(infer(model, data).log_likelihood));
    CHECK(influence(model, data).cooks_distance.array().isNaN().all());
    const VectorXd constant = VectorXd::Constant(n, 5.1);
    model.fit(X, constant);
    CHECK(std::isnan(model.score(X, constant)));
}

// R 4.2: x = 0:11; y = 2 * x + (x * 7) %% 5; w = 1 + x %% 3; logLik, AIC and BIC of lm(y ~ x), of lm(y ~ x, weights =
// w), and of lm of the rows repeated w times.
TEST_CASE("a linear model has the log-likelihood, AIC and BIC of R's lm") {
    MatrixXd x(12, 1);
    VectorXd t(12), w(12);
    for (int i = 0; i < 12; ++i) x(i, 0) = i, t[i] = 2 * i + (i * 7) % 5, w[i] = 1 + i % 3;
    LinearRegression<double> model;
    const auto judge = [](const Inference& inference, double log_likelihood, double aic, double bic) {
        CHECK_THAT(inference.log_likelihood, WithinRel(log_likelihood, 1e-11));
        CHECK_THAT(inference.aic, WithinRel(aic, 1e-11));
        CHECK_THAT(inference.bic, WithinRel(bic, 1e-11));
    };
    model.fit(x, t);
    judge(infer(model, x, t), -21.1004548930, 48.2009097860, 49.6556297353);
    for (const double unit : {1.0, 1e-200}) {  // weights beyond the range of their squares too
        const VectorXd weights = unit * w;
        const auto data = Observations(x, t).weights(weights);
        model.fit(data);
        judge(infer(model, data), -21.8653846585, 49.7307693170, 51.1854892663);
    }
    const auto data = Observations(x, t).weights(w);
    model.fit(data);
    judge(infer(model, data, {.weights = WeightMeaning::frequency}), -42.5800410271, 91.1600820543, 94.6942435453);
}

TEST_CASE("standard errors of targets of any size") {
    std::vector<int> clusters(n);
    for (Index i = 0; i < n; ++i) clusters[static_cast<std::size_t>(i)] = static_cast<int>(i / 5);
    const auto errors = [&](double unit, auto model) {
        const VectorXd scaled = unit * y;
        const Observations data(X, scaled);
        model.fit(data);
        std::vector<double> out;
        for (const Inference& inference :
             {infer(model, data), robust_inference(model, data), clustered_inference(model, data, clusters)})
            for (const Estimate& row : inference.estimates) out.push_back(row.std_error / unit);
        const Influence rows = influence(model, data);
        for (Index i = 0; i < n; ++i) out.push_back(rows.cooks_distance(i, 0));
        return out;
    };
    for (const int power : {-1000, -600, 600, 1000}) {
        const double unit = std::ldexp(1.0, power);
        const auto linear = errors(unit, LinearRegression<double>()), at_one = errors(1, LinearRegression<double>());
        const auto robust = errors(unit, HuberRegression<double>({.delta = unit})),
                   robust_at_one = errors(1, HuberRegression<double>({.delta = 1}));
        for (std::size_t i = 0; i < linear.size(); ++i) {
            INFO("2^" << power << ", number " << i);
            CHECK_THAT(linear[i], WithinRel(at_one[i], 1e-9));
            CHECK_THAT(robust[i], WithinRel(robust_at_one[i], 1e-9));
        }
    }
}

TEST_CASE("Huber's influence with no residual beyond delta is that of least squares") {
    LinearRegression<double> linear;
    HuberRegression<double> huber({.delta = 1e3});
    const VectorXd t = 3 * y;
    linear.fit(X, t), huber.fit(X, t);
    const Influence expected = influence(linear, X, t), rows = influence(huber, X, t);
    CHECK((rows.change - expected.change).cwiseAbs().maxCoeff() <= 1e-12);
    CHECK((rows.cooks_distance - expected.cooks_distance).cwiseAbs().maxCoeff() <= 1e-12);
}

// As MASS::rlm has them for a fixed scale, by the formula.
TEST_CASE("Huber's standard errors are those of an M-estimator") {
    const double delta = 0.7;
    HuberRegression<double> model({.delta = delta});
    VectorXd wild = y;
    wild[3] = 40;
    wild[17] = -90;
    model.fit(X, wild);
    MatrixXd A(n, 3);
    A << VectorXd::Ones(n), X;
    const VectorXd r = wild - model.predict(X), psi = r.cwiseMax(-delta).cwiseMin(delta),
                   prime = (r.array().abs() <= delta).cast<double>();
    const double m = prime.mean(), variance = (prime.array() - m).square().sum() / (n - 1),
                 kappa = 1 + 3 * variance / (n * m * m), sigma = std::sqrt(psi.squaredNorm() / (n - 3)) * kappa / m;
    const VectorXd expected = sigma * (A.transpose() * A).inverse().diagonal().cwiseSqrt();
    const Inference inference = infer(model, X, wild);
    for (Index j = 0; j < 3; ++j)
        CHECK_THAT(inference.estimates[static_cast<std::size_t>(j)].std_error, WithinRel(expected[j], 1e-10));
    CHECK(std::isinf(inference.residual_degrees_of_freedom));
    CHECK(table(inference).find("nan") == std::string::npos);
    // the sandwich, with the curvature of the loss
    const MatrixXd H = A.transpose() * prime.asDiagonal() * A, M = A.transpose() * psi.cwiseAbs2().asDiagonal() * A,
                   C = H.inverse() * M * H.inverse();
    const Inference robust = robust_inference(model, X, wild, {.estimator = Robust::HC0});
    for (Index j = 0; j < 3; ++j)
        CHECK_THAT(robust.estimates[static_cast<std::size_t>(j)].std_error, WithinRel(std::sqrt(C(j, j)), 1e-10));
    const Prediction mean = mean_interval(model, Observations(X, wild), X);
    CHECK_THAT(mean.std_error(0, 0),
               WithinRel(sigma * std::sqrt(A.row(0) * (A.transpose() * A).inverse() * A.row(0).transpose()), 1e-9));
}

TEST_CASE("the mean of counts has an interval") {
    PoissonRegression<double> model;
    const VectorXd counts = (y.array() * 0.5).exp().round();
    model.fit(X, counts);
    MatrixXd A(n, 3);
    A << VectorXd::Ones(n), X;
    const VectorXd mean = model.predict(X);
    const MatrixXd C = (A.transpose() * mean.asDiagonal() * A).inverse();
    const Prediction found = mean_interval(model, Observations(X, counts), X, 0.9);
    for (const Index i : {0, 7}) {
        const double error = std::sqrt(A.row(i) * C * A.row(i).transpose());
        CHECK_THAT(found.estimate(i, 0), WithinRel(mean[i], 1e-12));
        CHECK_THAT(found.std_error(i, 0), WithinRel(mean[i] * error, 1e-7));
        CHECK_THAT(found.lower(i, 0), WithinRel(mean[i] * std::exp(-1.6448536269514722 * error), 1e-8));
        CHECK_THAT(found.upper(i, 0), WithinRel(mean[i] * std::exp(1.6448536269514722 * error), 1e-8));
    }
}

TEST_CASE("standard errors do not depend on a constant offset, which the intercept takes up") {
    const auto check = [](auto model, const auto& response) {
        model.fit(X, response);
        const Inference plain = infer(model, X, response);
        for (const double constant : {1e4, -1e9}) {
            const Observations data = Observations(X, response).offset(VectorXd(VectorXd::Constant(n, constant)));
            model.fit(data);
            const Inference moved = infer(model, data);
            for (std::size_t i = 0; i < plain.estimates.size(); ++i)
                CHECK_THAT(moved.estimates[i].std_error, WithinRel(plain.estimates[i].std_error, 1e-6));
            CHECK_THAT(moved.log_likelihood, WithinRel(plain.log_likelihood, 1e-9));
        }
    };
    check(LinearRegression<double>(), y);
    check(LogisticRegression<double>(), Eigen::VectorXi((y.array() > 0).cast<int>()));
    check(PoissonRegression<double>(), VectorXd((y.array() / 2).exp().round()));
    check(OrdinalRegression<double>(), Eigen::VectorXi((y.array() > 0).cast<int>() + (y.array() > 1).cast<int>()));
}
