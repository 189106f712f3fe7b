// What must not change when the same ordered levels are written differently.

#include "support/correct_digits.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr Index n = 150, p = 3;

struct Rating {
    Eigen::MatrixXd X;  // on a grid, so that it can be shifted and scaled without rounding
    Eigen::VectorXi y;

    explicit Rating(int levels, std::uint64_t seed = 17) : X(n, p), y(n) {
        Random random(seed);
        X = normal_matrix<double>(random, n, p).unaryExpr([](double x) { return std::round(x * 0x1p12) * 0x1p-12; });
        for (Index i = 0; i < n; ++i) {
            const double u = random.uniform(), latent = X(i, 0) - X(i, 1) / 2 + std::log(u / (1 - u));
            y[i] = std::clamp(static_cast<int>(std::floor(latent + levels / 2.0)), 0, levels - 1);
        }
    }
};

template <class Model>
void check_model(const Model& model, const FitReport& report, const Eigen::VectorXd& w,
                 const Eigen::VectorXd& thresholds) {
    INFO(report);
    CHECK(report.converged());
    CHECK(correct_digits_of_all(model.coefficients(), w) >= tolerance::digits::written_differently);
    CHECK(correct_digits_of_all(model.thresholds(), thresholds) >= tolerance::digits::written_differently);
}

template <class Link>
using Model = OrdinalRegression<double, NoPenalty, int, Link>;
template <class Link>
using RidgeModel = OrdinalRegression<double, Ridge, int, Link>;

}  // namespace

TEST_CASE("Two ordered levels are the binary fit", "[identities][ordinal]") {
    for (const std::uint64_t seed : {17u, 18u, 19u}) {
        const Rating data(2, seed);
        LogisticRegression<double> binary;
        REQUIRE(binary.fit(data.X, data.y).converged());
        OrdinalRegression<double> ordinal;
        const FitReport report = ordinal.fit(data.X, data.y);
        check_model(ordinal, report, binary.coefficients().col(0), -binary.intercept());
        CHECK(error_of(ordinal.predict_probability(data.X), binary.predict_probability(data.X)) <=
              tolerance::product<double>);

        LogisticRegression<double, Ridge> binary_ridge{{.penalty = {.lambda = 0.1}}};
        OrdinalRegression<double, Ridge> ordinal_ridge{{.penalty = {.lambda = 0.1}}};
        binary_ridge.fit(data.X, data.y);
        check_model(ordinal_ridge, ordinal_ridge.fit(data.X, data.y), binary_ridge.coefficients().col(0),
                    -binary_ridge.intercept());
    }
}

TEMPLATE_TEST_CASE("Reversed levels turn all signs", "[identities][ordinal]", Logit, Probit) {
    const Rating data(4);
    Model<TestType> up, down{{.levels = {3, 2, 1, 0}}};
    REQUIRE(up.fit(data.X, data.y).converged());
    check_model(down, down.fit(data.X, data.y), -up.coefficients(), -up.thresholds().reverse());
    CHECK(error_of(down.predict_probability(data.X), up.predict_probability(data.X).rowwise().reverse()) <=
          tolerance::product<double>);
    const Eigen::VectorXi other = 3 - data.y.array();
    check_model(down, Model<TestType>(down).fit(data.X, data.y), -up.coefficients(), -up.thresholds().reverse());
    Model<TestType> turned;
    check_model(turned, turned.fit(data.X, other), -up.coefficients(), -up.thresholds().reverse());
}

TEMPLATE_TEST_CASE("Weights are repeated rows, and zero is no row", "[identities][ordinal]", Logit, Probit,
                   ComplementaryLogLog) {
    const Rating data(3);
    Eigen::VectorXd s = Eigen::VectorXd::Ones(n);
    Eigen::MatrixXd X = data.X;
    std::vector<Index> rows;
    for (Index i = 0; i < n; ++i) {
        s[i] = static_cast<double>(i % 3);
        if (i % 3 == 0) X.row(i) *= 1000;
        for (Index copy = 0; copy < i % 3; ++copy) rows.push_back(i);
    }
    const Eigen::VectorXi repeated_y = data.y(rows);
    Model<TestType> repeated, weighted;
    REQUIRE(repeated.fit(data.X(rows, Eigen::indexing::all), repeated_y).converged());
    const FitReport report = weighted.fit(Observations(X, data.y).weights(s));
    check_model(weighted, report, repeated.coefficients(), repeated.thresholds());
    const Eigen::VectorXd scaled = 1e-3 * s;
    check_model(weighted, weighted.fit(Observations(X, data.y).weights(scaled)), repeated.coefficients(),
                repeated.thresholds());
}

TEMPLATE_TEST_CASE("Shifted and scaled columns are the same fit", "[identities][ordinal]", Logit, Probit,
                   ComplementaryLogLog) {
    const Rating data(4);
    Model<TestType> plain, moved;
    REQUIRE(plain.fit(data.X, data.y).converged());
    Eigen::VectorXd shift(p), scale(p);
    shift << 1000, 0, -0.25;
    scale << 0x1p-30, 0x1p20, 1;
    const Eigen::MatrixXd X = (data.X.rowwise() + shift.transpose()).array().rowwise() * scale.transpose().array();
    const Eigen::VectorXd w = plain.coefficients().cwiseQuotient(scale),
                          thresholds = plain.thresholds().array() + shift.dot(plain.coefficients());
    check_model(moved, moved.fit(X, data.y), w, thresholds);
    moved.start_at(w, thresholds);
    const FitReport again = moved.fit(X, data.y);
    check_model(moved, again, w, thresholds);
    CHECK(again.iterations <= 2);

    // with a ridge on the coefficients as the user sees them: the thresholds alone take up a shift
    RidgeModel<TestType> penalised{{.penalty = {.lambda = 0.3}}}, shifted{{.penalty = {.lambda = 0.3}}};
    REQUIRE(penalised.fit(data.X, data.y).converged());
    const Eigen::MatrixXd Z = data.X.rowwise() + shift.transpose();
    check_model(shifted, shifted.fit(Z, data.y), penalised.coefficients(),
                penalised.thresholds().array() + shift.dot(penalised.coefficients()));
}

TEMPLATE_TEST_CASE("An offset is a feature whose coefficient is one", "[identities][ordinal]", Logit, Probit,
                   ComplementaryLogLog) {
    const Rating data(3);
    Model<TestType> plain, offset;
    REQUIRE(plain.fit(data.X, data.y).converged());
    Eigen::VectorXd v(p);
    v << 0.5, -2, 1;
    const Eigen::VectorXd o = data.X * v;
    check_model(offset, offset.fit(Observations(data.X, data.y).offset(o)), plain.coefficients() - v,
                plain.thresholds());
    const Eigen::VectorXd far = o.array() + 512;
    check_model(offset, offset.fit(Observations(data.X, data.y).offset(far)), plain.coefficients() - v,
                plain.thresholds().array() + 512);
}

TEST_CASE("Without features the thresholds are the quantiles of the cumulative shares", "[identities][ordinal]") {
    const Rating data(4);
    const Eigen::MatrixXd nothing(n, 0);
    Eigen::VectorXd share(3);
    for (int c = 0; c < 3; ++c) share[c] = static_cast<double>((data.y.array() <= c).count()) / static_cast<double>(n);
    const auto check = [&](auto model) {
        INFO(model.fit(nothing, data.y));
        CHECK(error_of(model.predict_cumulative_probability(nothing).row(7).transpose(), share) <=
              tolerance::product<double>);
        return model.thresholds();
    };
    check(Model<Logit>());
    check(Model<Probit>());
    CHECK(error_of(check(Model<ComplementaryLogLog>()), (-(-share).array().log1p()).log().matrix()) <=
          tolerance::product<double>);
}
