// Ordinal regression: what it answers, refuses and survives.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/line_search/barzilai_borwein.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/solvers/iterative/adam.hpp>
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/momentum.hpp>
#include <gradus/solvers/iterative/nesterov.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#include <gradus/solvers/iterative/saga.hpp>
#include <gradus/solvers/observers.hpp>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Rating {
    Eigen::MatrixXd X;
    Eigen::VectorXi y;

    /// The share of level c falls like the power-th power of c: for a large power levels at one end are sparsely
    /// filled.
    explicit Rating(Index n = 200, Index p = 3, int levels = 4, double power = 1, std::uint64_t seed = 71) : y(n) {
        Random random(seed);
        X = normal_matrix<double>(random, n, p);
        Eigen::VectorXd latent(n);
        std::vector<double> sorted;
        for (Index i = 0; i < n; ++i) {
            const double u = random.uniform();
            latent[i] = X.row(i).sum() / 2 + std::log(u / (1 - u));
            sorted.push_back(latent[i]);
        }
        std::sort(sorted.begin(), sorted.end());
        for (Index i = 0; i < n; ++i) {
            const auto rank =
                static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), latent[i]) - sorted.begin());
            y[i] = static_cast<int>(std::pow(rank / static_cast<double>(n), power) * levels);
        }
    }
};

template <class Attempt>
void refused(const std::string& words, const Attempt& attempt) {
    std::string message = "nothing was thrown";
    try {
        attempt();
    } catch (const InvalidInput& error) {
        message = error.what();
    }
    CHECK_THAT(message, ContainsSubstring(words));
}

void check_increasing(const Eigen::VectorXd& thresholds) {
    for (Index c = 1; c < thresholds.size(); ++c) CHECK(thresholds[c] > thresholds[c - 1]);
}

}  // namespace

TEMPLATE_TEST_CASE("Ordinal: probabilities, cumulative ones, levels and accuracy", "[models][ordinal]", Logit, Probit,
                   ComplementaryLogLog) {
    const Rating data;
    OrdinalRegression<double, NoPenalty, int, TestType> model;
    const FitReport report = model.fit(data.X, data.y);
    INFO(report);
    CHECK(report.converged());
    CHECK_THAT(report.model, ContainsSubstring(TestType::name));
    CHECK(report.correct_digits > 12);
    CHECK(model.levels() == std::vector<int>{0, 1, 2, 3});
    CHECK(model.classes() == model.levels());
    REQUIRE(model.coefficients().size() == 3);
    REQUIRE(model.thresholds().size() == 3);
    check_increasing(model.thresholds());

    const Eigen::VectorXd xw = model.decision_function(data.X);
    CHECK(error_of(xw, data.X.lazyProduct(model.coefficients()).eval()) <= tolerance::rounding<double>);
    const Eigen::MatrixXd P = model.predict_probability(data.X), log_P = model.predict_log_probability(data.X),
                          C = model.predict_cumulative_probability(data.X);
    REQUIRE(P.cols() == 4);
    REQUIRE(C.cols() == 3);
    CHECK(error_of(P.rowwise().sum(), Eigen::VectorXd::Ones(200)) <= tolerance::rounding<double>);
    CHECK(error_of(log_P.array().exp().matrix(), P) <= tolerance::rounding<double>);
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(200);
    for (Index c = 0; c < 3; ++c) {
        sum += P.col(c);
        CHECK(error_of(C.col(c), sum) <= tolerance::rounding<double>);
        for (Index i = 0; i < 200; i += 50) {
            const double eta = model.thresholds()[c] - xw[i];
            const double by_hand = std::is_same_v<TestType, Logit>    ? 1 / (1 + std::exp(-eta))
                                   : std::is_same_v<TestType, Probit> ? std::erfc(-eta / std::sqrt(2.0)) / 2
                                                                      : 1 - std::exp(-std::exp(eta));
            CHECK_THAT(C(i, c), near(by_hand, tolerance::rounding<double>));
        }
    }
    const Eigen::VectorXi predicted = model.predict(data.X);
    int right = 0;
    double log_likelihood = 0;
    for (Index i = 0; i < 200; ++i) {
        Index best = 0;
        P.row(i).maxCoeff(&best);
        CHECK(predicted[i] == best);
        right += predicted[i] == data.y[i];
        log_likelihood += log_P(i, data.y[i]);
    }
    CHECK_THAT(report.mean_loss, near(-log_likelihood / 200, tolerance::rounding<double>));
    CHECK_THAT(model.score(data.X, data.y), near(right / 200.0, tolerance::rounding<double>));
    Eigen::VectorXd s = Eigen::VectorXd::Zero(200);
    s[3] = 2;
    s[4] = 6;
    CHECK_THAT(
        model.score(Observations(data.X, data.y).weights(s)),
        near(((predicted[3] == data.y[3]) * 2 + (predicted[4] == data.y[4]) * 6) / 8.0, tolerance::rounding<double>));
}

TEST_CASE("Ordinal: levels by name, in the order of the options", "[models][ordinal]") {
    const Rating data(120, 2, 3);
    const std::vector<std::string> names{"low", "mid", "high"};
    std::vector<std::string> labels;
    for (const int code : data.y) labels.push_back(names[static_cast<std::size_t>(code)]);
    OrdinalRegression<double, NoPenalty, std::string, Probit> named{{.levels = names}};
    OrdinalRegression<double, NoPenalty, int, Probit> plain;
    CHECK(named.fit(data.X, labels).converged());
    plain.fit(data.X, data.y);
    CHECK(named.coefficients() == plain.coefficients());
    CHECK(named.thresholds() == plain.thresholds());
    CHECK(named.levels() == names);
    CHECK(named.predict(data.X.topRows(1))[0] == names[static_cast<std::size_t>(plain.predict(data.X.topRows(1))[0])]);
    CHECK_THAT(named.score(data.X, labels), near(plain.score(data.X, data.y), tolerance::rounding<double>));
}

TEST_CASE("Ordinal: bad input is refused by name, and the model stays what it was", "[models][ordinal]") {
    const Rating data(60, 2, 3);
    OrdinalRegression<double, Ridge> model{{.penalty = {.lambda = 0.1}, .feature_names = {"age", "dose"}}};
    CHECK_THROWS_AS(model.coefficients(), NotFitted);
    CHECK_THROWS_AS(model.predict(data.X), NotFitted);
    REQUIRE(model.fit(data.X, data.y).converged());
    const Eigen::VectorXd w = model.coefficients(), t = model.thresholds();

    Eigen::MatrixXd X = data.X;
    X(7, 1) = std::numeric_limits<double>::quiet_NaN();
    refused("row 7, column 1 ('dose')", [&] { model.fit(X, data.y); });
    refused("X has 60 rows, y has 59", [&] { model.fit(data.X, data.y.head(59).eval()); });
    refused("single class", [&] { model.fit(data.X, Eigen::VectorXi::Ones(60).eval()); });
    Eigen::VectorXd s = Eigen::VectorXd::Ones(60), o = Eigen::VectorXd::Zero(60);
    const Eigen::MatrixXd two = Eigen::MatrixXd::Zero(60, 2);
    s[3] = -1;
    refused("weights: the entry in row 3 is -1", [&] { model.fit(Observations(data.X, data.y).weights(s)); });
    refused("offset: 60 x 2 entries, expected 60 x 1", [&] { model.fit(Observations(data.X, data.y).offset(two)); });
    o[5] = std::numeric_limits<double>::infinity();
    refused("offset", [&] { model.fit(Observations(data.X, data.y).offset(o)); });
    refused("start_at: 3 coefficients and 2 thresholds, expected 2 and 2", [&] {
        OrdinalRegression<double>().start_at(Eigen::VectorXd::Zero(3), Eigen::Vector2d(0, 1)).fit(data.X, data.y);
    });
    refused("start_at: threshold 1 (0) is not above threshold 0 (1)", [&] {
        OrdinalRegression<double>().start_at(Eigen::VectorXd::Zero(2), Eigen::Vector2d(1, 0)).fit(data.X, data.y);
    });

    OrdinalRegression<double, Ridge> ordered{{.levels = {0, 1, 2, 3}}};
    refused("class 3 has no row with positive weight", [&] { ordered.fit(data.X, data.y); });
    s = (data.y.array() == 1).select(0.0, Eigen::ArrayXd::Ones(60)).matrix();
    refused("class 1 has no row with positive weight", [&] {
        OrdinalRegression<double>{{.levels = {0, 1, 2}}}.fit(Observations(data.X, data.y).weights(s));
    });
    refused("label 2 in row", [&] { OrdinalRegression<double>{{.levels = {0, 1}}}.fit(data.X, data.y); });
    refused("listed twice", [&] { OrdinalRegression<double>{{.levels = {0, 1, 1}}}.fit(data.X, data.y); });
    OrdinalRegression<double, Ridge> negative{{.penalty = {.lambda = -1}}};
    refused("lambda is -1", [&] { negative.fit(data.X, data.y); });
    CHECK(model.coefficients() == w);
    CHECK(model.thresholds() == t);
}

TEST_CASE("Ordinal: a row whose probability is 1e-32 or less counts", "[models][ordinal]") {
    Random random(5);
    const Index n = 4000;
    Eigen::MatrixXd X = normal_matrix<double>(random, n, 1);
    Eigen::VectorXi y(n);
    for (Index i = 0; i < n; ++i) {
        const double u = random.uniform(), latent = 6 * X(i, 0) + std::log(u / (1 - u));
        y[i] = latent < -2 ? 0 : latent < 2 ? 1 : 2;
    }
    X(0, 0) = 21.5;
    y[0] = 0;
    X(1, 0) = -19;
    y[1] = 1;
    const auto check = [&](auto plain, auto wide) {
        const FitReport report = plain.fit(X, y);
        INFO(report);
        CHECK(report.converged());
        CHECK(plain.predict_log_probability(X)(0, 0) < -74);  // 1e-32
        CHECK(plain.predict_log_probability(X)(1, 1) < -40);
        CHECK(wide.fit(X.template cast<long double>().eval(), y).converged());
        CHECK(error_of(plain.coefficients(), Eigen::VectorXd(wide.coefficients().template cast<double>())) <=
              tolerance::product<double>);
        CHECK(error_of(plain.thresholds(), Eigen::VectorXd(wide.thresholds().template cast<double>())) <=
              tolerance::product<double>);
        const Eigen::VectorXd with = plain.coefficients();
        plain.fit(X.bottomRows(n - 2).eval(), y.tail(n - 2).eval());
        CHECK(std::abs(with[0] - plain.coefficients()[0]) > 0.5);
    };
    check(OrdinalRegression<double>(), OrdinalRegression<long double>());
    check(OrdinalRegression<double, NoPenalty, int, Probit>(),
          OrdinalRegression<long double, NoPenalty, int, Probit>());
}

TEMPLATE_TEST_CASE("Ordinal: any number of levels, however few rows they have", "[models][ordinal]", Logit, Probit,
                   ComplementaryLogLog) {
    const auto check = [](const Rating& data, int levels) {
        OrdinalRegression<double, NoPenalty, int, TestType> model;
        const FitReport report = model.fit(data.X, data.y);
        INFO(report);
        CHECK(report.converged());
        CHECK(report.iterations <= 15);
        CHECK(report.correct_digits > 10);
        CHECK(static_cast<int>(model.levels().size()) == levels);
        check_increasing(model.thresholds());
        const Eigen::MatrixXd P = model.predict_probability(data.X);
        CHECK(P.minCoeff() >= 0);
        CHECK(error_of(P.rowwise().sum(), Eigen::VectorXd::Ones(P.rows())) <= tolerance::product<double>);
    };
    check(Rating(2000, 5, 50), 50);
    check(Rating(60, 2, 60), 60);  // a level for each row
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u}) {
        Rating sparse(4000, 3, 6, 1, seed);  // levels 1 and 4 have one row each
        for (const int level : {1, 4}) {
            bool kept = false;
            for (int& code : sparse.y)
                if (code == level && std::exchange(kept, true)) code = level == 1 ? 2 : 3;
        }
        check(sparse, 6);
    }
}

// Where the thresholds are close, first-order solvers must keep them in order on their way. The other links:
// contracts/combinations.cpp.
TEST_CASE("Ordinal: all solvers find the same fit", "[models][ordinal]") {
    const Rating data(150, 3, 5, 1.5);
    OrdinalRegression<double, Ridge> model{{.penalty = {.lambda = 0.01}}};
    REQUIRE(model.fit(data.X, data.y).converged());
    const Eigen::VectorXd w = model.coefficients(), t = model.thresholds();
    const auto same = [&](const auto& solver) {
        const FitReport report = model.fit(data.X, data.y, solver);
        INFO(report);
        CHECK(report.converged());
        CHECK(error_of(model.coefficients(), w) <= tolerance::first_order);
        CHECK(error_of(model.thresholds(), t) <= tolerance::first_order);
    };
    same(NewtonCG{});
    same(LBFGS{});
    same(ConjugateGradient{});
    same(GradientDescent<>{});
    same(GradientDescent<BarzilaiBorwein>{});
    same(Momentum<>{});
    same(Nesterov{});
    same(SAGA{});
    same(Adam<ConstantStep>{.step = {0.02}, .batch = 0, .max_iterations = 20'000, .tolerance = 1e-8});
}

TEST_CASE("Ordinal: observers see the user's parameters, and a start is used once", "[models][ordinal]") {
    Rating data;
    data.X.col(0).array() += 100;
    OrdinalRegression<double> model;
    Eigen::VectorXd last, gradient;
    model.fit(data.X, data.y, Newton{}, [&](const IterationRecord<double>& record) {
        last = record.x;
        gradient = record.gradient;
    });
    REQUIRE(last.size() == 6);
    CHECK(error_of(last.head(3), model.coefficients()) <= tolerance::product<double>);
    CHECK(error_of(last.tail(3), model.thresholds()) <= tolerance::product<double>);

    // the gradient of the mean loss with respect to what is shown
    std::vector<std::pair<Eigen::VectorXd, Eigen::VectorXd>> seen;
    model.fit(data.X, data.y, Newton{},
              [&](const IterationRecord<double>& record) { seen.emplace_back(record.x, record.gradient); });
    const auto& [x, g] = seen.at(1);
    const auto value = [&](const Eigen::VectorXd& at) {
        double sum = 0;
        for (Index i = 0; i < data.y.size(); ++i) {
            const double xw = data.X.row(i).dot(at.head(3));
            const auto F = [&](int c) { return c < 0 ? 0.0 : c > 2 ? 1.0 : 1 / (1 + std::exp(xw - at[3 + c])); };
            sum -= std::log(F(data.y[i]) - F(data.y[i] - 1));
        }
        return sum / static_cast<double>(data.y.size());
    };
    for (Index j = 0; j < 6; ++j) {
        const double h = j == 0 ? 1e-5 : 1e-4;
        Eigen::VectorXd up = x, down = x;
        up[j] += h;
        down[j] -= h;
        CHECK_THAT(g[j], near((value(up) - value(down)) / (2 * h), 1e-5));  // second-order difference
    }

    const Eigen::VectorXd w = model.coefficients(), t = model.thresholds();
    CHECK(model.start_at(w, t).fit(data.X, data.y).iterations <= 2);
    CHECK(model.fit(data.X, data.y).iterations > 2);
}

TEMPLATE_TEST_CASE("Ordinal: separated levels are no success, and a ridge helps", "[models][ordinal]", Logit, Probit,
                   ComplementaryLogLog) {
    const auto check = [](const Eigen::MatrixXd& X, const Eigen::VectorXi& y) {
        const auto no_success = [&](const auto& solver) {
            OrdinalRegression<double, NoPenalty, int, TestType> model;
            const FitReport report = model.fit(X, y, solver);
            INFO(report);
            CHECK_FALSE(report.converged());
            CHECK_FALSE(report.remedy.empty());
        };
        no_success(Newton{});
        no_success(NewtonCG{});
        no_success(LBFGS{});
        no_success(GradientDescent<>{});
        OrdinalRegression<double, Ridge, int, TestType> ridge{{.penalty = {.lambda = 1e-3}}};
        CHECK(ridge.fit(X, y).converged());
    };
    Eigen::MatrixXd X(9, 1);
    X << 0, 1, 2, 3, 4, 5, 6, 7, 8;
    Eigen::VectorXi y(9);
    y << 0, 0, 0, 1, 1, 1, 2, 2, 2;
    check(X, y);
    // the second column is one in rows of the highest level alone
    Eigen::MatrixXd Z(12, 2);
    Z << 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0;
    Eigen::VectorXi levels(12);
    levels << 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 0, 1;
    check(Z, levels);
}

TEST_CASE("Ordinal: where a step puts the thresholds out of order the value is infinite, and that is no success",
          "[models][ordinal]") {
    const Rating data(200, 2, 5, 2);
    OrdinalRegression<double> model;
    const FitReport report = model.fit(data.X, data.y, GradientDescent<FixedStep>{.step = {50}});
    INFO(report);
    CHECK(report.status == Status::diverged);
    CHECK(report.cause == Cause::step_too_long);
    CHECK_THAT(report.message, ContainsSubstring("to inf"));
}

TEST_CASE("Ordinal: dependent columns get the coefficients of least norm", "[models][ordinal]") {
    const Rating data;
    Eigen::MatrixXd X(200, 4);
    X << data.X, (data.X.col(0) + 2 * data.X.col(1)).array() + 3;
    const auto check = [&](const auto& solver) {
        OrdinalRegression<double> model, plain;
        const FitReport report = model.fit(X, data.y, solver);
        INFO(report);
        CHECK(report.converged());
        CHECK(report.rank == 3);
        CHECK(report.dependent_columns.size() == 1);
        plain.fit(data.X, data.y);
        CHECK(error_of(model.predict_log_probability(X), plain.predict_log_probability(data.X)) <=
              tolerance::first_order);
        const Eigen::VectorXd w = model.coefficients();
        CHECK(std::abs(w[0] + 2 * w[1] - w[3]) <=
              tolerance::first_order);  // no part in the direction that changes nothing
    };
    check(Newton{});
    check(LBFGS{});
}

TEST_CASE("Ordinal regression with an offset knows dependent columns", "[ordinal]") {
    Random random(3);
    Eigen::MatrixXd X(40, 2);
    Eigen::VectorXd offset(40);
    Eigen::VectorXi levels(40);
    for (Index i = 0; i < 40; ++i) {
        X.row(i).setConstant(random.normal());
        offset[i] = random.normal();
        const double eta = X(i, 0) + offset[i] + random.normal();
        levels[i] = (eta > -0.6) + (eta > 0.6);
    }
    X(7, 0) = X(7, 1) = 50;  // a row far from the others
    levels[7] = 2;
    OrdinalRegression<double> model, alone;
    const FitReport report = model.fit(Observations(X, levels).offset(offset));
    INFO(report);
    CHECK(report.converged());
    CHECK(report.rank == 1);
    const Eigen::MatrixXd one = X.leftCols(1);
    alone.fit(Observations(one, levels).offset(offset));
    CHECK_THAT(model.coefficients().sum(), near(alone.coefficients().sum(), tolerance::direct<double>));
}
