// Known solutions of every shape and rank, and the smallest of problems.

#include "cases.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton.hpp>

#include <Eigen/QR>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Shape {
    Index n, p, rank;
};

// Minimum-norm slopes with a free intercept: the pseudo-inverse of the centred X, in long double.
Eigen::VectorXd pseudo_inverse_solution(const Eigen::MatrixXd& X, const Eigen::VectorXd& y, bool has_intercept,
                                        double& intercept) {
    using Wide = Matrix<long double>;
    Wide A = X.cast<long double>();
    Vector<long double> t = y.cast<long double>();
    const Vector<long double> mean = A.colwise().mean().transpose();
    const long double target = t.mean();
    if (has_intercept) {
        A.rowwise() -= mean.transpose();
        t.array() -= target;
    }
    Eigen::CompleteOrthogonalDecomposition<Wide> decomposition;
    decomposition.setThreshold(1e-12L);  // between the rounding of double data and their smallest singular value
    decomposition.compute(A);
    const Vector<long double> w = decomposition.solve(t);
    intercept = has_intercept ? static_cast<double>(target - mean.dot(w)) : 0;
    return w.cast<double>();
}

}  // namespace

TEST_CASE("Constructed solutions are found in long, square and wide X of any rank", "[identities][degenerate]") {
    for (const bool has_intercept : {true, false})
        for (const Shape& shape : {Shape{50, 6, 0},
                                   {7, 6, 0},
                                   {6, 6, 0},
                                   {12, 12, 0},
                                   {5, 9, 0},
                                   {30, 8, 5},
                                   {8, 8, 3},
                                   {6, 20, 4},
                                   {700, 10, 7},
                                   {1, 3, 0}}) {
            if (has_intercept && shape.n == 1) continue;  // nothing is left for the slopes
            const auto known = known_least_squares<double>(77, shape.n, shape.p, 2, has_intercept, shape.rank);
            const auto check = [&](const char* how, const auto& solver) {
                MultivariateRegression<double> model{{.fit_intercept = has_intercept}};
                const FitReport report = model.fit(known.X, known.Y, solver);
                INFO(shape.n << " x " << shape.p << ", rank " << known.rank << ", intercept " << has_intercept << " by "
                             << how << "\n"
                             << report);
                CHECK(report.converged());
                CHECK(report.rank == known.rank);
                CHECK(error_of(model.coefficients(), known.W) <= tolerance::direct<double>);
                CHECK(error_of(model.intercept(), known.b) <= tolerance::direct<double>);
                CHECK_THAT(report.mean_loss, near(known.residuals.squaredNorm() / 2 / static_cast<double>(shape.n),
                                                  tolerance::direct<double>));
            };
            check("QR", QR{});
            check("SVD", SVD{});
            // a Gram matrix sees dependence only to half the digits; full rank it must find
            if (known.rank == shape.p) check("Cholesky", Cholesky{});
        }
}

TEST_CASE("The solution of least norm is that of the pseudo-inverse, in the user's scale", "[identities][degenerate]") {
    for (const bool has_intercept : {true, false}) {
        Random random(78);
        Eigen::MatrixXd X = normal_matrix<double>(random, 40, 6);
        X.col(2) *= 1000;  // scales that equilibration changes: the norm must not follow it
        X.col(4) = X.col(0) - 2 * X.col(1);
        X.col(5) = X.col(2) / 4;
        const Eigen::VectorXd y = normal_vector<double>(random, 40);
        double intercept = 0;
        const Eigen::VectorXd w = pseudo_inverse_solution(X, y, has_intercept, intercept);
        LinearRegression<double> model{
            {.fit_intercept = has_intercept, .feature_names = {"a", "b", "c", "d", "a - 2 b", "c / 4"}}};
        const FitReport report = model.fit(X, y);
        INFO(report);
        CHECK(report.converged());
        CHECK(report.rank == 4);
        CHECK(report.dependent_columns == std::vector<Index>{4, 5});
        CHECK(error_of(model.coefficients(), w, w.norm()) <= tolerance::direct<double>);
        // whatever the split between dependent columns, what they do together is right column by column
        CHECK_THAT(model.coefficients()[2] + model.coefficients()[5] / 4,
                   near(w[2] + w[5] / 4, tolerance::direct<double>, 0));
        CHECK_THAT(model.intercept(), near(intercept, tolerance::direct<double>));
        CHECK_THAT(report.message, Catch::Matchers::ContainsSubstring("rank 4 of 6"));
        std::ostringstream words;
        words << report;
        CHECK_THAT(words.str(), Catch::Matchers::ContainsSubstring("'a - 2 b', 'c / 4'"));
    }
}

TEST_CASE("A logistic fit shares the slope of a column that stands twice", "[identities][degenerate]") {
    for (const Index classes : {2, 3})
        for (const bool has_intercept : {true, false}) {
            const Data data = made_data(79, 160, 3, 1, classes);
            const Eigen::VectorXi labels = data.Y.col(0).cast<int>();
            LogisticRegression<double> plain{{.fit_intercept = has_intercept}};
            REQUIRE(plain.fit(data.X, labels).converged());
            Eigen::MatrixXd X(160, 5);
            X << data.X, data.X.col(1), Eigen::VectorXd::Constant(160, has_intercept ? 7 : 0);
            LogisticRegression<double> twice{
                {.fit_intercept = has_intercept, .feature_names = {"u", "v", "w", "v again", "seven"}}};
            const FitReport report = twice.fit(X, labels);
            INFO(classes << " classes, intercept " << has_intercept << "\n" << report);
            CHECK(report.converged());
            CHECK(report.rank == 3);
            CHECK(report.dependent_columns == std::vector<Index>{3, 4});
            std::ostringstream words;
            words << report;
            CHECK_THAT(words.str(), Catch::Matchers::ContainsSubstring("'v again', 'seven'"));
            Eigen::MatrixXd W = Eigen::MatrixXd::Zero(5, plain.coefficients().cols());
            W.topRows(3) = plain.coefficients();
            W.row(1) /= 2;
            W.row(3) = W.row(1);
            CHECK(error_of(twice.coefficients(), W) <= tolerance::second_order<double>);
            CHECK(error_of(twice.intercept(), plain.intercept()) <= tolerance::second_order<double>);
        }
}

TEST_CASE("All targets equal", "[identities][degenerate]") {
    Random random(80);
    const Eigen::MatrixXd X = normal_matrix<double>(random, 20, 3);
    const Eigen::VectorXd y = Eigen::VectorXd::Constant(20, 41.5);
    LinearRegression<double> model;
    const FitReport report = model.fit(X, y);
    CHECK(report.converged());
    CHECK(error_of(model.coefficients(), Eigen::VectorXd::Zero(3).eval()) <= tolerance::direct<double>);
    CHECK_THAT(model.intercept(), near(41.5, tolerance::direct<double>));
    CHECK_THAT(report.objective, near(0, tolerance::direct<double>));
}

TEST_CASE("Without features the intercept is the mean", "[identities][degenerate]") {
    const Eigen::MatrixXd none(5, 0);
    const Eigen::VectorXd y = (Eigen::VectorXd(5) << 1, 2, 3, 4, 10).finished(),
                          s = (Eigen::VectorXd(5) << 1, 1, 1, 1, 4).finished();
    LinearRegression<double> linear;
    const FitReport report = linear.fit(Observations(none, y).weights(s));
    INFO(report);
    CHECK(report.converged());
    CHECK(linear.coefficients().size() == 0);
    CHECK_THAT(linear.intercept(), near(50.0 / 8, tolerance::rounding<double>));
    CHECK(error_of(linear.predict(none), Eigen::VectorXd::Constant(5, 50.0 / 8).eval()) <= tolerance::rounding<double>);
}

TEST_CASE("Without features the logistic intercept is the log odds", "[identities][degenerate]") {
    const Eigen::MatrixXd none(5, 0);
    LogisticRegression<double> logistic;
    const FitReport binary = logistic.fit(none, std::vector<int>{0, 1, 1, 1, 0});
    INFO(binary);
    CHECK(binary.converged());
    CHECK_THAT(logistic.intercept()[0], near(std::log(1.5), tolerance::product<double>));
    const FitReport multinomial = logistic.fit(none, std::vector<int>{0, 1, 2, 1, 0});
    INFO(multinomial);
    CHECK(multinomial.converged());
    CHECK_THAT(logistic.intercept()[1] - logistic.intercept()[2], near(std::log(2.0), tolerance::product<double>));
    CHECK_THAT(logistic.intercept().sum(), near(0, tolerance::product<double>));
}

TEST_CASE("Without anything to estimate the loss is that of the offset", "[identities][degenerate]") {
    const Eigen::MatrixXd none(6, 0), zeros = Eigen::MatrixXd::Zero(6, 2);
    const std::vector<int> two{2, 0, 0, 0, 0, 0}, three{2, 0, 1, 1, 0, 0};
    const Eigen::VectorXd offset = Eigen::VectorXd::Constant(6, -8);
    LogisticRegression<double> logistic{{.fit_intercept = false}};
    const double loss = (std::log1p(std::exp(8.0)) + 5 * std::log1p(std::exp(-8.0))) / 6;
    for (const Eigen::MatrixXd& X : {none, zeros})
        for (const FitReport& report : {logistic.fit(Observations(X, two).offset(offset)),
                                        logistic.fit(Observations(X, two).offset(offset), Newton{}),
                                        logistic.fit(Observations(X, two).offset(offset), LBFGS{})}) {
            INFO(report);
            CHECK(report.converged());
            CHECK(report.existence == Existence::finite);
            CHECK_THAT(report.mean_loss, near(loss, tolerance::product<double>));
        }
    for (const Eigen::MatrixXd& X : {none, zeros})
        for (const FitReport& report : {logistic.fit(X, three), logistic.fit(X, three, Newton{})}) {
            INFO(report);
            CHECK(report.converged());
            CHECK(report.existence == Existence::finite);
            CHECK_THAT(report.mean_loss, near(std::log(3.0), tolerance::product<double>));
        }
}

TEST_CASE("One feature: the line through two points, and the mean slope", "[identities][degenerate]") {
    const Eigen::MatrixXd X = (Eigen::MatrixXd(2, 1) << 1, 3).finished();
    const Eigen::VectorXd y = (Eigen::VectorXd(2) << 5, 11).finished();
    LinearRegression<double> line, through_origin{{.fit_intercept = false}};
    CHECK(line.fit(X, y).converged());
    CHECK_THAT(line.coefficients()[0], near(3, tolerance::rounding<double>));
    CHECK_THAT(line.intercept(), near(2, tolerance::rounding<double>));
    CHECK(through_origin.fit(X, y).converged());
    CHECK_THAT(through_origin.coefficients()[0], near(38.0 / 10, tolerance::rounding<double>));
    CHECK(through_origin.intercept() == 0);
}

TEST_CASE("One row: the target itself, and nothing for the slopes", "[identities][degenerate]") {
    const Eigen::MatrixXd X = (Eigen::MatrixXd(1, 2) << 3, 4).finished();
    const Eigen::VectorXd y = Eigen::VectorXd::Constant(1, 10);
    LinearRegression<double> with, without{{.fit_intercept = false}};
    CHECK(with.fit(X, y).rank == 0);
    CHECK(with.coefficients() == Eigen::Vector2d(0, 0));
    CHECK_THAT(with.intercept(), near(10, tolerance::rounding<double>));
    CHECK(without.fit(X, y).rank == 1);
    CHECK(error_of(without.coefficients(), Eigen::VectorXd(Eigen::Vector2d(1.2, 1.6))) <= tolerance::rounding<double>);
}

TEST_CASE("A class whose rows all have weight zero is not there", "[identities][degenerate]") {
    const Data data = made_data(81, 90, 2, 1, 3);
    const Eigen::VectorXi labels = data.Y.col(0).cast<int>();
    Eigen::VectorXd s = Eigen::VectorXd::Ones(90);
    std::vector<Index> kept;
    for (Index i = 0; i < 90; ++i) {
        if (labels[i] == 1) s[i] = 0;
        else kept.push_back(i);
    }
    LogisticRegression<double> weighted, absent;
    weighted.fit(Observations(data.X, labels).weights(s));
    absent.fit(data.X(kept, Eigen::indexing::all).eval(), labels(kept).eval());
    CHECK(weighted.classes() == std::vector<int>{0, 2});
    CHECK(error_of(weighted.coefficients(), absent.coefficients()) <= tolerance::second_order<double>);

    LogisticRegression<double> given{{.classes = {0, 1, 2}}};
    CHECK_THROWS_AS(given.fit(Observations(data.X, labels).weights(s)), InvalidInput);
    for (Index i = 0; i < 90; ++i) s[i] = labels[i] == 2 ? 1 : 0;
    CHECK_THROWS_AS(weighted.fit(Observations(data.X, labels).weights(s)), InvalidInput);
    CHECK(weighted.classes() == std::vector<int>{0, 2});
}
