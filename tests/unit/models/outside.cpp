// A family, a penalty with corners, a solver and a storage from outside the library, each one header, in the models.
#include "contracts/loss_contract.hpp"
#include "contracts/outside/barzilai_borwein.hpp"
#include "contracts/outside/bit_table.hpp"
#include "contracts/outside/gamma.hpp"
#include "contracts/outside/l1.hpp"
#include "contracts/outside/log_cosh.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/rows.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>

#include <fstream>
#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

// y = exp(eta) (1 + r), r orthogonal to 1 and the columns of X: the gradient X'(1 - y exp(-eta)) = -X'r is zero at w
// and b.
struct KnownGamma {
    Eigen::MatrixXd X;
    Eigen::VectorXd y, w, r;
    double b = 0.7;

    KnownGamma() {
        Random random(503);
        const Matrix<double> Q = orthonormal<double>(random, 60, 5, true);
        X = 7 * Q.middleCols(1, 3);
        w = Eigen::Vector3d(0.4, -0.8, 0.2);
        r = Q.col(4);
        y = (X * w).array().exp() * std::exp(b) * (1 + r.array());
    }
};

}  // namespace

TEST_CASE("A family from outside is a model", "[outside]") {
    const KnownGamma known;
    Regression<outside::Gamma<>> model{{.feature_names = {"a", "b", "c"}}};
    const FitReport report = model.fit(known.X, known.y);
    CHECK(report.converged());
    CHECK(report.model == "gamma regression");
    CHECK(error_of(model.coefficients(), known.w) <= tolerance::second_order<double>);
    CHECK_THAT(model.intercept()[0], near(known.b, tolerance::second_order<double>));
    const Eigen::VectorXd mean = model.predict(known.X);
    CHECK(error_of(mean, Eigen::VectorXd(((known.X * known.w).array() + known.b).exp())) <=
          tolerance::second_order<double>);
    CHECK_THAT(model.predict_one(known.X.row(7)), near(mean[7], tolerance::rounding<double>));

    // deviance 2 sum (y - mean) / mean - log(y / mean)
    const auto deviance = [&](const Eigen::ArrayXd& at) {
        const Eigen::ArrayXd ratio = known.y.array() / at;
        return (ratio - 1 - ratio.log()).sum();
    };
    const double share = 1 - deviance(mean.array()) / deviance(Eigen::ArrayXd::Constant(60, known.y.mean()));
    CHECK_THAT(model.score(known.X, known.y), near(share, tolerance::second_order<double>));

    // minus the loss, without what does not depend on eta
    const auto likelihood = model.likelihood(Observations(known.X, known.y));
    CHECK_THAT(likelihood.log_likelihood(),
               near(-(known.y.array() / mean.array() + mean.array().log()).sum(), tolerance::second_order<double>));

    // what is saved: the parameters, and the options with the names
    const auto again =
        Regression<outside::Gamma<>>::from_parameters(model.coefficients(), model.intercept(), model.options());
    CHECK(again.predict(known.X) == mean);
    CHECK(again.score(known.X, known.y) == model.score(known.X, known.y));
    CHECK(again.options().feature_names == model.options().feature_names);

    Eigen::VectorXd bad = known.y;
    bad[5] = 0;
    CHECK_THROWS_WITH(model.fit(known.X, bad),
                      Catch::Matchers::ContainsSubstring("row 5") && Catch::Matchers::ContainsSubstring("positive"));
    CHECK(model.predict(known.X) == mean);
}

TEST_CASE("Weights, an offset and other solvers with a family from outside", "[outside]") {
    const KnownGamma known;
    Eigen::MatrixXd twice(120, 3);
    Eigen::VectorXd y(120);
    twice << known.X, known.X;
    y << known.y, known.y;
    const Eigen::VectorXd weights = Eigen::VectorXd::Constant(60, 2), offset = 0.3 * known.X.col(0);
    Regression<outside::Gamma<>> once, doubled, moved, slow;
    once.fit(Observations(known.X, known.y).weights(weights));
    doubled.fit(twice, y);
    CHECK(error_of(once.coefficients(), doubled.coefficients()) <= tolerance::second_order<double>);
    moved.fit(Observations(known.X, known.y).offset(offset));
    CHECK(error_of(moved.coefficients(), Eigen::VectorXd(known.w - Eigen::Vector3d(0.3, 0, 0))) <=
          tolerance::second_order<double>);
    CHECK(slow.fit(known.X, known.y, LBFGS{}).converged());
    CHECK(error_of(slow.coefficients(), known.w) <= tolerance::first_order);
}

TEST_CASE("The loss of a family from outside keeps the contract", "[outside]") {
    std::vector<Vector<double>> targets;
    for (const double y : {0.1, 1.0, 30.0}) targets.push_back(Vector<double>::Constant(1, y));
    CHECK(loss_contract(outside::Gamma<>().loss(),
                        {.targets = targets, .grows_exponentially = true, .refused = {0, -1}}) == none);
}

TEST_CASE("The headers from outside are short", "[outside]") {
    for (const char* name : {"gamma", "l1", "bit_table", "barzilai_borwein", "log_cosh"}) {
        std::ifstream file(std::string(GRADUS_TEST_DATA) + "/../contracts/outside/" + name + ".hpp");
        Index lines = 0;
        for (std::string line; std::getline(file, line);) ++lines;
        INFO(name << ": " << lines);
        CHECK(lines > 0);
        CHECK(lines <= 120);
    }
}

TEST_CASE("A loss and a solver from outside", "[outside]") {
    Random random(509);
    const Matrix<double> X = normal_matrix<double>(random, 80, 3);
    const Vector<double> y = X.col(0) - 2 * X.col(2) + normal_vector<double>(random, 80);
    Regression<outside::LogCoshLoss<double>> newton, outsider;
    CHECK(newton.fit(X, y).converged());
    const FitReport report = outsider.fit(X, y, outside::BarzilaiBorwein{});
    CHECK(report.converged());
    CHECK(report.solver == "Barzilai and Borwein");
    CHECK(error_of(outsider.coefficients(), newton.coefficients()) <= tolerance::first_order);
}

// Optimal where |X'r / n| <= lambda, with equality and the sign of w wherever w is not zero.
TEST_CASE("A penalty with corners from outside", "[outside]") {
    Random random(521);
    const Index n = 120, p = 10;
    Matrix<double> X = normal_matrix<double>(random, n, p);
    X.col(1) *= 1e4;
    X.col(2).array() += 30;
    const Vector<double> y = X.col(0) + 2e-4 * X.col(1) - X.col(2) + normal_vector<double>(random, n);
    const double lambda = 0.2;
    LinearRegression<double, outside::L1> model{{.penalty = {.lambda = lambda}}};
    const FitReport report = model.fit(X, y);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.solver == "FISTA");
    CHECK(report.duality_gap == -1);
    const Eigen::VectorXd w = model.coefficients(), r = y - X * w - Eigen::VectorXd::Constant(n, model.intercept());
    CHECK(std::abs(r.mean()) <= 1e-7);
    Index zeros = 0;
    for (Index j = 0; j < p; ++j) {
        const double slope = X.col(j).dot(r) / static_cast<double>(n),
                     size = X.col(j).norm() / std::sqrt(static_cast<double>(n));
        if (w[j] == 0) {
            ++zeros;
            CHECK(std::abs(slope) <= lambda + 1e-7 * size);
        } else {
            CHECK(std::abs(slope - (w[j] > 0 ? lambda : -lambda)) <= 1e-7 * size);
        }
    }
    CHECK(zeros >= 3);
    CHECK_THAT(report.objective,
               near(r.squaredNorm() / 2 / static_cast<double>(n) + lambda * w.cwiseAbs().sum(), 1e-12));
    CHECK_THAT(report.mean_loss, near(r.squaredNorm() / 2 / static_cast<double>(n), 1e-12));
    CHECK(report.gradient_norm <= 1e-6 * 1e4);

    // so large that nothing is left
    LinearRegression<double, outside::L1> empty{{.penalty = {.lambda = 1e9}}};
    CHECK(empty.fit(X, y).converged());
    CHECK(empty.coefficients() == Eigen::VectorXd::Zero(p));
    CHECK_THAT(empty.intercept(), near(y.mean(), tolerance::product<double>));

    // a smooth penalty is not slowed down by being able to do this
    LogisticRegression<double, outside::L1> classifier{{.penalty = {.lambda = 0.02}}};
    const Eigen::VectorXi labels = (y.array() > y.mean()).cast<int>();
    CHECK(classifier.fit(X, labels).converged());
    CHECK((classifier.coefficients().array() == 0).count() >= 1);
    CHECK(classifier.score(X, labels) > 0.8);
}

TEST_CASE("A storage from outside", "[outside]") {
    Random random(523);
    const Index n = 1500, p = 70;
    Matrix<double> dense(n, p);
    for (double& entry : dense.reshaped()) entry = static_cast<double>(random.below(10) == 0);
    const outside::BitTable bits(dense);
    Eigen::VectorXi labels(n);
    for (Index i = 0; i < n; ++i) labels[i] = dense(i, 0) + dense(i, 1) - dense(i, 2) + random.normal() > 0.5;
    LogisticRegression<double> from_bits, from_dense;
    const FitReport report = from_bits.fit(Rows(bits), labels), expected = from_dense.fit(dense, labels);
    CHECK(report.converged());
    CHECK(report.status == expected.status);
    CHECK(error_of(from_bits.coefficients(), from_dense.coefficients()) <= tolerance::second_order<double>);
    CHECK(error_of(from_bits.predict_probability(Rows(bits)), from_dense.predict_probability(dense)) <=
          tolerance::second_order<double>);
    CHECK(from_bits.score(Rows(bits), labels) == from_dense.score(dense, labels));
    LogisticRegression<double> first_order;
    CHECK(first_order.fit(Rows(bits), labels, LBFGS{}).converged());
    CHECK(error_of(first_order.coefficients(), from_dense.coefficients()) <= tolerance::first_order);
    LinearRegression<double> line_from_bits, line;
    const Eigen::VectorXd y = dense.col(3) - dense.col(4) + normal_vector<double>(random, n);
    line_from_bits.fit(Rows(bits), y);
    line.fit(dense, y);
    CHECK(error_of(line_from_bits.coefficients(), line.coefficients()) <= tolerance::direct<double>);
}
