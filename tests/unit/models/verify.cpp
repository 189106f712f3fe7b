// Digits of a fit, counted by a second fit in a wider type.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/verify.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Given {
    Eigen::MatrixXd X{200, 3};
    Eigen::VectorXd y{200};
    Eigen::VectorXi labels{200}, levels{200};

    Given() {
        Random random(83);
        for (Index i = 0; i < 200; ++i) {
            for (Index j = 0; j < 3; ++j) X(i, j) = random.normal();
            X(i, 2) = X(i, 0) + 1e-6 * X(i, 2);
            y[i] = X(i, 0) + X(i, 1) + random.normal();
            labels[i] = y[i] > 0;
            levels[i] = y[i] < -0.5 ? 0 : y[i] < 0.5 ? 1 : 2;
        }
    }
};

}  // namespace

TEST_CASE("verify() finds the digits that the report claims", "[verify]") {
    const Given given;
    const auto check = [&](auto model, const auto& y, std::size_t parameters) {
        const FitReport report = model.fit(given.X, y);
        const Verification found = verify(model, given.X, y);
        INFO(report << found.message);
        REQUIRE(found.digits.size() == parameters);
        // no more is known than the second fit claims
        CHECK(found.of_largest >= std::min(report.correct_digits, found.wider.correct_digits) - 1);
        for (const double digits : found.digits) CHECK(digits <= 16);
    };
    check(LinearRegression<double>(), given.y, 4);
    check(LogisticRegression<double>(), given.labels, 4);
    check(LogisticRegression<double>(), given.levels, 12);
    check(OrdinalRegression<double>(), given.levels, 5);
    check(LogisticRegression<double, Ridge>({.penalty = {.lambda = 0.1}}), given.labels, 4);
}

TEST_CASE("verify() counts the digits of parameters that are wrong", "[verify]") {
    const Given given;
    LinearRegression<double> model;
    model.fit(given.X, given.y, LBFGS{.max_iterations = 2});
    const Verification found = verify(model, given.X, given.y);
    REQUIRE(found.is_known());
    CHECK(found.of_largest < 3);
}

TEST_CASE("verify() decides nothing where the wider type has another rank, or no estimate exists", "[verify]") {
    Given given;
    LinearRegression<float> narrow;
    narrow.fit(given.X, given.y);
    CHECK(!verify(narrow, given.X, given.y).is_known());

    LogisticRegression<double> separated;
    const Eigen::MatrixXd line = Eigen::Vector4d(-2, -1, 1, 2);
    separated.fit(line, Eigen::Vector4i(0, 0, 1, 1));
    const Verification none = verify(separated, line, Eigen::Vector4i(0, 0, 1, 1));
    CHECK(!none.is_known());
    CHECK(none.wider.status == Status::separated);
}
