// Inference does not see how X is stored, nor how many threads walk over it, nor in which unit weights are counted.

#include "fits.hpp"
#include <gradus/inference/all.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>

#include <Eigen/LU>
#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::test;

namespace {

/// The fits themselves agree to rounding times a condition number; what is made of them is to agree in ten digits.
constexpr double ten_digits = 1e-10;

void check_close(const Eigen::MatrixXd& found, const Eigen::MatrixXd& expected) {
    REQUIRE(found.rows() == expected.rows());
    REQUIRE(found.cols() == expected.cols());
    CHECK((found - expected).cwiseAbs().maxCoeff() <= ten_digits * expected.cwiseAbs().maxCoeff());
}

void check_same(const Inference& found, const Inference& expected) {
    REQUIRE(found.estimates.size() == expected.estimates.size());
    for (std::size_t i = 0; i < expected.estimates.size(); ++i) {
        CAPTURE(i);
        CHECK(found.estimates[i].name == expected.estimates[i].name);
        CHECK_THAT(found.estimates[i].estimate,
                   near(expected.estimates[i].estimate, ten_digits, ten_digits * expected.estimates[i].std_error));
        CHECK_THAT(found.estimates[i].std_error, near(expected.estimates[i].std_error, ten_digits, 0));
    }
    check_close(found.covariance(), expected.covariance());
    CHECK(found.rank == expected.rank);
    CHECK(found.residual_degrees_of_freedom == expected.residual_degrees_of_freedom);
    CHECK_THAT(found.deviance, near(expected.deviance, ten_digits, 0));
    CHECK_THAT(found.null_deviance, near(expected.null_deviance, ten_digits, 0));
}

/// A matrix that hands out rows.
struct TableOfRows {
    Eigen::MatrixXd X;
    Index rows() const { return X.rows(); }
    Index columns() const { return X.cols(); }
    void read(Index first, Eigen::Ref<Eigen::MatrixXd> out) const { out = X.middleRows(first, out.rows()); }
};

/// Few entries, and a response of each kind.
struct Scattered {
    Eigen::MatrixXd X;
    Eigen::VectorXd number, weight;
    Eigen::VectorXi low, program, level;

    Scattered(Index n, Index p, double density) : X(n, p), number(n), weight(n), low(n), program(n), level(n) {
        Random random(83);
        for (Index i = 0; i < n; ++i) {
            for (Index j = 0; j < p; ++j) X(i, j) = random.uniform() < density ? 1 + random.normal() / 2 : 0;
            number[i] = 1 + X(i, 0) - X(i, 1) / 2 + random.normal();
            const double u = random.uniform(), latent = std::log(u / (1 - u)) + X(i, 0) - X(i, 1);
            low[i] = latent > 0;
            level[i] = latent < -1 ? 0 : latent < 1 ? 1 : 2;
            program[i] = static_cast<int>(random.below(3));
            weight[i] = random.uniform(0.5, 2);
        }
    }
    Eigen::SparseMatrix<double> by_column() const { return X.sparseView(); }
    Eigen::SparseMatrix<double, Eigen::RowMajor> by_row() const { return X.sparseView(); }
};

/// look(model, X, y, new rows) -> Inference, for all kinds of X; the dense one is what the others are compared with.
template <class Model, class Y, class Look>
void check_storages(const Scattered& data, const Y& y, Look&& look) {
    const Eigen::SparseMatrix<double> by_column = data.by_column(), some_by_column = by_column.topRows(9);
    const Eigen::SparseMatrix<double, Eigen::RowMajor> by_row = data.by_row();
    const TableOfRows table{data.X}, some{data.X.topRows(9)};
    const auto fitted = [&](const auto& X, const auto& new_rows) {
        Model model;
        REQUIRE(model.fit(Observations(X, y).weights(data.weight)).converged());
        return look(model, Observations(X, y).weights(data.weight), new_rows);
    };
    const auto expected = fitted(data.X, data.X.topRows(9));
    check_same(fitted(by_column, some_by_column), expected);
    check_same(fitted(by_row, some_by_column), expected);
    check_same(fitted(Rows(table), Rows(some)), expected);
}

template <class Model, class Y>
void check_all_of_it(const Scattered& data, const Y& y) {
    check_storages<Model>(data, y, [](const auto& model, const auto& rows, const auto&) { return infer(model, rows); });
    check_storages<Model>(data, y, [](const auto& model, const auto& rows, const auto&) {
        return robust_inference(model, rows, {.estimator = Robust::HC1});
    });
    check_storages<Model>(data, y, [&](const auto& model, const auto& rows, const auto&) {
        const Eigen::VectorXi clusters = (data.X.col(0).array() * 8).template cast<int>();
        return clustered_inference(model, rows, clusters);
    });
    // the numbers of other results in the place of a covariance
    check_storages<Model>(data, y, [](const auto& model, const auto& rows, const auto& new_rows) {
        const Prediction prediction = mean_interval(model, rows, new_rows);
        const Influence found = influence(model, rows);
        Inference out;
        out.root.resize(prediction.estimate.rows() + found.change.rows(),
                        std::max(2 * prediction.estimate.cols(), found.change.cols() + 1));
        out.root.setZero();
        out.root.topLeftCorner(prediction.estimate.rows(), 2 * prediction.estimate.cols()) << prediction.estimate,
            prediction.std_error;
        out.root.bottomLeftCorner(found.change.rows(), found.change.cols()) = found.change;
        out.root.bottomRightCorner(found.change.rows(), 1) = found.leverage;
        return out;
    });
}

}  // namespace

TEST_CASE("Sparse matrices and tables of rows: the inference is that of the dense matrix", "[inference][storage]") {
    const Scattered data(400, 4, 0.4);
    check_all_of_it<LinearRegression<double>>(data, data.number);
    check_all_of_it<LogisticRegression<double>>(data, data.low);
    check_all_of_it<LogisticRegression<double>>(data, data.program);
    check_all_of_it<OrdinalRegression<double>>(data, data.level);
}

TEST_CASE("Tests, effects and profiles on a sparse matrix", "[inference][storage]") {
    Scattered data(400, 4, 0.4);
    data.X.col(3) = (data.X.col(3).array() > 0).cast<double>();
    const Eigen::SparseMatrix<double> X = data.by_column();
    LogisticRegression<double> model, sparse;
    model.fit(data.X, data.low);
    sparse.fit(X, data.low);
    const Observations rows(data.X, data.low);
    const Observations sparse_rows(X, data.low);
    CHECK_THAT(likelihood_ratio_test(sparse, sparse_rows, {0, 2}).statistic,
               near(likelihood_ratio_test(model, rows, {0, 2}).statistic, ten_digits, 0));
    CHECK_THAT(score_test(sparse, sparse_rows, {0, 2}).statistic,
               near(score_test(model, rows, {0, 2}).statistic, ten_digits, 0));
    CHECK_THAT(wald_test(sparse, sparse_rows, {0, 2}).statistic,
               near(wald_test(model, rows, {0, 2}).statistic, ten_digits, 0));
    CHECK_THAT(profile_interval(sparse, sparse_rows, 1).upper,
               near(profile_interval(model, rows, 1).upper, ten_digits, 0));
    check_close(marginal_effects(sparse, X, data.low).root, marginal_effects(model, data.X, data.low).root);
    check_close(marginal_effects(sparse, X, data.low, {.discrete = {3}}).root,
                marginal_effects(model, data.X, data.low, {.discrete = {3}}).root);
    CHECK_THROWS_AS(marginal_effects(sparse, X, data.low, {.discrete = {2}}), InvalidInput);
    LinearRegression<double> line, sparse_line;
    line.fit(data.X, data.number);
    sparse_line.fit(X, data.number);
    CHECK_THAT(score_test(sparse_line, Observations(X, data.number), {0, 2}).statistic,
               near(score_test(line, Observations(data.X, data.number), {0, 2}).statistic, ten_digits, 0));
    OrdinalRegression<double> levels, sparse_levels;
    levels.fit(data.X, data.level);
    sparse_levels.fit(X, data.level);
    CHECK_THAT(brant_test(sparse_levels, X, data.level).overall.statistic,
               near(brant_test(levels, data.X, data.level).overall.statistic, ten_digits, 0));
}

// so wide and empty that its columns are not centred for a solver; two columns depend on others
TEST_CASE("A wide sparse matrix: the inference is that of the dense matrix", "[inference][storage]") {
    Scattered data(1500, 300, 0.03);
    data.X.col(299) = data.X.col(0) - 2 * data.X.col(7);
    data.X.col(298) = data.X.col(1) * 3;
    const Eigen::SparseMatrix<double> X = data.by_column();
    LinearRegression<double> line, sparse_line;
    line.fit(data.X, data.number);
    sparse_line.fit(X, data.number);
    const Inference expected = infer(line, data.X, data.number), found = infer(sparse_line, X, data.number);
    CHECK(found.rank == 299);
    LogisticRegression<double> model, sparse;
    model.fit(data.X, data.low);
    sparse.fit(X, data.low);
    const Inference binary_expected = infer(model, data.X, data.low), binary_found = infer(sparse, X, data.low);
    CHECK(binary_found.rank == 299);
    for (std::size_t j = 0; j < expected.estimates.size(); ++j) {
        CAPTURE(j);
        REQUIRE(std::isnan(found.estimates[j].std_error) == std::isnan(expected.estimates[j].std_error));
        REQUIRE(std::isnan(binary_found.estimates[j].std_error) == std::isnan(expected.estimates[j].std_error));
        if (std::isnan(expected.estimates[j].std_error)) continue;
        CHECK_THAT(found.estimates[j].std_error, near(expected.estimates[j].std_error, ten_digits, 0));
        CHECK_THAT(binary_found.estimates[j].std_error, near(binary_expected.estimates[j].std_error, ten_digits, 0));
    }
}

TEST_CASE("Any number of threads: the same bits", "[inference][threads]") {
    Random random(84);
    const Index n = 60000;
    const Eigen::MatrixXd X = normal_matrix<double>(random, n, 3);
    const Eigen::VectorXd number = X.col(0) + normal_vector<double>(random, n);
    const Eigen::MatrixXd W = (Eigen::MatrixXd(3, 3) << 0, 1, -1, 0, 0.5, 1.5, 0, -0.1, 0.1).finished();
    const Eigen::VectorXi program = draw_classes<double>(random, X, W, Eigen::Vector3d(0, 0.5, -0.5)).cast<int>();
    Eigen::VectorXi cluster(n);
    for (Index i = 0; i < n; ++i) cluster[i] = static_cast<int>(random.below(50));
    LinearRegression<double> line;
    LogisticRegression<double> classes;
    line.fit(X, number);
    classes.fit(X, program);
    const auto look = [&](const auto& model, const auto& data) {
        std::vector<Eigen::MatrixXd> out{infer(model, data).root,
                                         robust_inference(model, data, {.estimator = Robust::HC1}).root,
                                         clustered_inference(model, data, cluster).root, influence(model, data).change,
                                         mean_interval(model, data, X.topRows(3000)).std_error};
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(model)>, LogisticRegression<double>>)
            out.push_back(marginal_effects(model, data).root);
        return out;
    };
    const auto linear = Observations(X, number);
    const auto multinomial = Observations(X, program);
    CHECK(look(line, linear) == look(line, linear.on(Threads{3})));
    CHECK(look(classes, multinomial) == look(classes, multinomial.on(Threads{3})));
}

TEST_CASE("Weights too large or too small for their squares", "[inference]") {
    const BirthWeight fit;
    for (const double unit : {0x1p200, 0x1p-200}) {
        Random random(85);
        const Eigen::VectorXd w = uniform_vector<double>(random, 189, 0.5, 2), far = w * unit;
        const auto check = [&](auto model, const auto& y) {
            const auto ordinary = Observations(fit.X, y).weights(w);
            const auto extreme = Observations(fit.X, y).weights(far);
            model.fit(ordinary);
            const Inference expected = infer(model, ordinary), robust_expected = robust_inference(model, ordinary);
            const Influence rows_expected = influence(model, ordinary);
            model.fit(extreme);
            const Inference found = infer(model, extreme), robust = robust_inference(model, extreme);
            const Influence rows = influence(model, extreme);
            // of a likelihood the covariance goes with 1 / s; sigma^2 of a linear model takes the unit away
            const double size = expected.is_linear() ? 1 : std::sqrt(unit);
            check_close(found.root * size, expected.root);
            check_close(robust.root.cwiseAbs(), robust_expected.root.cwiseAbs());
            check_close(rows.leverage, rows_expected.leverage);
            check_close(rows.change, rows_expected.change);
            check_close(rows.pearson / std::sqrt(unit), rows_expected.pearson);
            if (expected.is_linear()) return;
            CHECK_THAT(found.log_likelihood / unit, near(expected.log_likelihood, ten_digits, 0));
            CHECK_THAT(found.null_deviance / unit, near(expected.null_deviance, ten_digits, 0));
            CHECK(found.rows == 189);
            CHECK(infer(model, extreme, {.weights = WeightMeaning::frequency}).rows == far.sum());
            CHECK_THAT(score_test(model, extreme, {"age"}).statistic / unit,
                       near(score_test(model, ordinary, {"age"}).statistic, ten_digits, 0));
        };
        check(fit.linear, fit.weight);
        check(fit.binary, fit.low);
    }
}

TEST_CASE("Counts go the way of all likelihoods", "[inference]") {
    Random random(86);
    const Eigen::MatrixXd X = normal_matrix<double>(random, 200, 2);
    Eigen::VectorXd y(200);
    for (Index i = 0; i < 200; ++i) y[i] = std::floor(std::exp(X(i, 0) / 2 + random.uniform(0, 1)));
    PoissonRegression<double> model;
    model.fit(X, y);
    const Inference found = infer(model, X, y);
    Eigen::MatrixXd A(200, 3);
    A << Eigen::VectorXd::Ones(200), X;
    const Eigen::VectorXd mean = model.predict(X);
    check_close(found.covariance(), (A.transpose() * mean.asDiagonal() * A).inverse());
    const Influence rows = influence(model, X, y);
    CHECK_THAT(rows.deviance.squaredNorm(), near(found.deviance, ten_digits, 0));
    check_close(rows.pearson, ((y - mean).array() / mean.array().sqrt()).matrix());
}

TEST_CASE("Without features, and without anything", "[inference]") {
    const BirthWeight fit;
    const Eigen::MatrixXd nothing(189, 0);
    LinearRegression<double> mean, none{{.fit_intercept = false}};
    LogisticRegression<double> odds;
    mean.fit(nothing, fit.weight);
    none.fit(nothing, fit.weight);
    odds.fit(nothing, fit.low);
    const double n = 189, p = fit.low.cast<double>().mean(),
                 variance = (fit.weight.array() - fit.weight.mean()).square().sum() / (n - 1);
    CHECK_THAT(infer(mean, nothing, fit.weight).estimates[0].std_error,
               near(std::sqrt(variance / n), tolerance::covariance, 0));
    CHECK_THAT(infer(odds, nothing, fit.low).estimates[0].std_error,
               near(1 / std::sqrt(n * p * (1 - p)), tolerance::covariance, 0));
    const Inference empty = robust_inference(none, nothing, fit.weight);
    CHECK(empty.estimates.empty());
    CHECK(empty.residual_degrees_of_freedom == n);
    CHECK_THAT(empty.targets[0].rss, near(fit.weight.squaredNorm(), tolerance::covariance, 0));
}

TEST_CASE("An M-estimator has Wald tests and no likelihood", "[inference]") {
    const BirthWeight fit;
    HuberRegression<double> model({.delta = 700});
    model.fit(fit.X, fit.weight);
    CHECK(infer(model, fit.X, fit.weight).estimates[1].std_error > 0);
    CHECK(std::isnan(infer(model, fit.X, fit.weight).aic));
}
