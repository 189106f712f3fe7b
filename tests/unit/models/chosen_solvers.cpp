// The solvers that models choose by themselves: what they choose, and that the answer does not depend on it.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/features.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/parallel/threads.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/solvers/direct/qr.hpp>

#include <Eigen/Cholesky>
#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr Index many = 40'000, few = 4;
constexpr SampledNewton sampled{.stride = 4};

struct Drawn {
    Matrix<double> X;
    Vector<double> eta;
};
Drawn rows(std::uint64_t seed, Index n, Index p) {
    Random random(seed);
    Drawn out{normal_matrix<double>(random, n, p), {}};
    for (Index j = 1; j < p; ++j) out.X.col(j) += 0.5 * out.X.col(j - 1);
    out.eta = (out.X * normal_vector<double>(random, p) * 0.5).array() + 0.25;
    return out;
}
Eigen::VectorXi classes(std::uint64_t seed, const Vector<double>& eta) {
    Random random(seed);
    Eigen::VectorXi out(eta.size());
    for (Index i = 0; i < eta.size(); ++i) out[i] = random.uniform() < 1 / (1 + std::exp(-eta[i]));
    return out;
}

template <class Model, class X, class Y>
void check_against_newton(Model model, const X& x, const Y& y, int hessians = 2) {  // of the sample, of all rows
    const FitReport report = model.fit(x, y, sampled);
    const auto W = model.coefficients();
    const FitReport other = model.fit(x, y, Newton{});
    INFO(report.message);
    CHECK(report.converged());
    CHECK(report.counts.hessians == hessians);
    CHECK(report.correct_digits >= 10);
    CHECK(report.relative_gradient <= 1e-10);
    CHECK(report.existence == other.existence);
    CHECK(report.rank == other.rank);
    CHECK((W - model.coefficients()).cwiseAbs().maxCoeff() <= 1e-10 * W.cwiseAbs().maxCoeff());
}

/// With a ridge of 0.3; it looks at X and y.
EmpiricalRisk<double> shrunk_risk(const AnyFamily<double>& family, const Matrix<double>& X, const Vector<double>& y) {
    Sample<double> sample;
    sample.X = design_of<double>(X);
    sample.Y = values_of<double>(y);
    sample.total_weight = static_cast<double>(y.size());
    return {family.loss(), smooth_penalty<double>(Ridge{.lambda = 0.3}), family.predictor(X.cols(), true), sample};
}

/// An objective of a user's own that has no more than the solver asks for.
struct OwnMean {
    using Scalar = double;
    EmpiricalRisk<double> risk;
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        return risk.value_and_gradient(x, gradient);
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const { risk.hessian(x, H); }
    OwnMean thinned(Index stride) const { return {risk.thinned(stride)}; }
    Index blocks() const { return risk.blocks(); }
    Index samples() const { return risk.samples(); }
};
struct OwnScaledMean : OwnMean {
    const Vector<double>& gradient_scale() const { return risk.gradient_scale(); }
    OwnScaledMean thinned(Index stride) const { return {{risk.thinned(stride)}}; }
};

}  // namespace

TEST_CASE("a user's own mean over rows is minimised by a sample of them too", "[models][auto]") {
    const Drawn data = rows(625, many, few);
    const Vector<double> y = classes(626, data.eta).cast<double>();
    const EmpiricalRisk<double> risk = shrunk_risk(AnyFamily<double>(families::Binomial<double>{}), data.X, y);
    const Vector<double> start = Vector<double>::Zero(risk.dimension());
    const auto own = sampled.minimize(OwnScaledMean{{risk}}, start),
               in_own_units = sampled.minimize(OwnMean{risk}, start), by_newton = Newton{}.minimize(risk, start);
    INFO(own.message);
    CHECK(own.converged());
    CHECK(own.counts.hessians == 1);  // of the sample: what one of all rows costs is not known
    CHECK((own.x - by_newton.x).norm() <= 1e-9 * by_newton.x.norm());
    CHECK(in_own_units.converged());  // of which no part can be looked at alone
    REQUIRE(in_own_units.x.size() == by_newton.x.size());
    CHECK((in_own_units.x - by_newton.x).norm() <= 1e-9 * by_newton.x.norm());
}

TEST_CASE("a sample of the rows and a few gradients find what Newton's method finds", "[models][auto]") {
    const Drawn data = rows(601, many, few);
    const Eigen::VectorXi labels = classes(602, data.eta);
    check_against_newton(LogisticRegression<double>(), data.X, labels);
    check_against_newton(LogisticRegression<double, Ridge>({.penalty = {.lambda = 0.1}}), data.X, labels);
    Eigen::VectorXi three = labels;
    for (Index i = 0; i < many; ++i) three[i] += data.X(i, 1) + 0.3 * std::sin(static_cast<double>(i)) > 0.5;
    check_against_newton(LogisticRegression<double>(), data.X, three);
    check_against_newton(OrdinalRegression<double>(), data.X, three);
    Random random(603);
    Vector<double> counts(many);
    for (Index i = 0; i < many; ++i) counts[i] = std::floor(std::exp(0.5 * data.eta[i]) * 2 * random.uniform());
    check_against_newton(PoissonRegression<double>(), data.X, counts);
}

TEST_CASE("where a Hessian of all rows costs more than it saves, the sample's is all there is", "[models][auto]") {
    const Drawn data = rows(620, many, few);
    const Eigen::VectorXi labels = classes(621, data.eta);
    Eigen::SparseMatrix<double, Eigen::RowMajor> sparse(many, 10 * few);
    for (Index i = 0; i < many; ++i)
        for (Index j = 0; j < few; ++j) sparse.insert(i, few * (i % 10) + j) = data.X(i, j);
    check_against_newton(LogisticRegression<double>(), sparse, labels, 1);
}

// Dependent but for 10^-4 of their size, which is what single precision makes of their Hessian's weakest directions.
TEST_CASE("columns that are nearly dependent cost a Hessian of all rows its short cut, and no digits",
          "[models][auto]") {
    Drawn data = rows(622, many, few);
    data.X.col(2) = data.X.col(0) - data.X.col(1) + 1e-4 * data.X.col(2);
    const Eigen::VectorXi labels = classes(623, data.eta);
    check_against_newton(LogisticRegression<double>(), data.X, labels);
    LogisticRegression<double> model;
    CHECK(model.fit(data.X, labels, sampled).counts.gradients <= 6);
}

TEST_CASE("in the order of their labels, by weights and offset too", "[models][auto]") {
    const Drawn data = rows(604, many, few);
    Eigen::VectorXi labels = classes(605, data.eta);
    std::vector<Index> order(static_cast<std::size_t>(many));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return labels[a] < labels[b]; });
    Matrix<double> X(many, few);
    Eigen::VectorXi y(many);
    Vector<double> s(many), offset(many);
    for (Index i = 0; i < many; ++i) {
        X.row(i) = data.X.row(order[static_cast<std::size_t>(i)]);
        y[i] = labels[order[static_cast<std::size_t>(i)]];
        s[i] = 1 + static_cast<double>(i % 7);
        offset[i] = 0.1 * static_cast<double>(i % 11);
    }
    LogisticRegression<double> model, by_newton;
    const auto seen = Observations(X, y).weights(s).offset(offset);
    const FitReport report = model.fit(seen, sampled);
    by_newton.fit(seen, Newton{});
    INFO(report.message);
    CHECK(report.converged());
    CHECK((model.coefficients() - by_newton.coefficients()).cwiseAbs().maxCoeff() <= 1e-10);
    CHECK(report.existence == Existence::finite);
}

// All that tells the classes apart stands in rows that no sample of blocks sees.
TEST_CASE("a sample that is not like the rows is given up, and the report says so", "[models][auto]") {
    Drawn data = rows(606, many, few);
    const Eigen::VectorXi labels = classes(607, data.eta);
    data.X.col(3).setZero();
    for (Index i = 0; i < 40; ++i) data.X(i, 3) = i % 2 ? 1.0 : -0.5;
    LogisticRegression<double> model, by_newton;
    const FitReport report = model.fit(data.X, labels, SampledNewton{.stride = 16});
    by_newton.fit(data.X, labels, Newton{});
    CHECK(report.converged());
    CHECK_THAT(report.message, ContainsSubstring("not like the others"));
    CHECK((model.coefficients() - by_newton.coefficients()).cwiseAbs().maxCoeff() <= 1e-10);
}

TEST_CASE("separated classes are found to be so by every way to fit them", "[models][auto]") {
    const Drawn data = rows(608, many, few);
    Eigen::VectorXi labels(many);
    for (Index i = 0; i < many; ++i) labels[i] = data.eta[i] > 0.25;
    LogisticRegression<double> model;
    CHECK(model.fit(data.X, labels, sampled).status == Status::separated);
}

TEST_CASE("what is chosen, and why", "[models][auto]") {
    const Drawn data = rows(609, 50'000, few);
    const Eigen::VectorXi labels = classes(610, data.eta);
    LogisticRegression<double> model;
    CHECK(model.fit(data.X.topRows(2000), labels.head(2000)).solver == "Newton");
    FitReport report = model.fit(data.X, labels);
    // too few numbers for the detour, however many the rows
    CHECK(report.solver == "Newton");
    CHECK(report.choice.empty());
    Matrix<double> wide(50'000, 8 * few);
    Random random(611);
    wide << data.X, normal_matrix<double>(random, 50'000, 7 * few);
    report = model.fit(wide, labels);
    CHECK(report.solver == SampledNewton::name);
    CHECK_THAT(report.choice, ContainsSubstring("50000 rows for 33 parameters"));
    std::ostringstream words;
    words << report;
    CHECK_THAT(words.str(), ContainsSubstring("50000 rows for 33 parameters"));

    // more parameters than a Hessian matrix is worth
    Eigen::SparseMatrix<double, Eigen::RowMajor> sparse(2000, 5000);
    Eigen::VectorXi y(2000);
    for (Index i = 0; i < 2000; ++i) {
        for (Index j = i % 50; j < 5000; j += 50) sparse.insert(i, j) = random.normal();
        y[i] = random.uniform() < 0.5;
    }
    LogisticRegression<double, Ridge> shrunk{{.penalty = {.lambda = 0.01}}};
    report = shrunk.fit(sparse, y);
    CHECK(report.solver == NewtonCG::name);
    CHECK(report.converged());
    CHECK(report.counts.hessian_products <= 150);
}

TEST_CASE("least squares by the Gram matrix where it has the digits of QR", "[models][auto]") {
    for (const double condition : {10.0, 1e5}) {
        const auto problem = known_least_squares<double>(612, 3000, 40, 1, true, 0, condition);
        LinearRegression<double> model;
        const FitReport report = model.fit(problem.X, problem.Y);
        CHECK(report.solver == (condition < 100 ? "Cholesky" : "QR"));
        CHECK(report.correct_digits >= 10);
        LinearRegression<double> by_qr;
        by_qr.fit(problem.X, problem.Y, QR{});
        CHECK((model.coefficients() - by_qr.coefficients()).norm() <=
              std::pow(10, 1 - report.correct_digits) * by_qr.coefficients().norm());
    }
    const auto wide = known_least_squares<double>(614, 30, 80, 1, true);
    LinearRegression<double, Ridge> ridge({.penalty = Ridge{0.01}}), by_qr = ridge;
    CHECK(ridge.fit(wide.X, wide.Y).solver == "Dual");
    by_qr.fit(wide.X, wide.Y, QR{});
    CHECK((ridge.coefficients() - by_qr.coefficients()).norm() <= 1e-13 * by_qr.coefficients().norm());
    const auto problem = known_least_squares<double>(613, 100, 3, 1, true);
    CHECK(LinearRegression<double>().fit(problem.X, problem.Y).solver == "QR");
}

TEST_CASE("blocks of a Hessian are what the preconditioner solves with", "[objectives][auto]") {
    const Drawn data = rows(614, 300, few);
    const Eigen::VectorXi labels = classes(615, data.eta);
    const Vector<double> y = labels.cast<double>();
    const EmpiricalRisk<double> risk = shrunk_risk(AnyFamily<double>(families::Binomial<double>{}), data.X, y);
    Random random(616);
    const Vector<double> theta = normal_vector<double>(random, few + 1), v = normal_vector<double>(random, few + 1);
    Matrix<double> H;
    risk.hessian(theta, H);
    Vector<double> expected(few + 1);
    expected.head(few) = H.topLeftCorner(few, few).eval().llt().solve(v.head(few));
    expected[few] = v[few] / H(few, few);
    Vector<double> solved = v;
    risk.preconditioner(theta).solve(solved);
    CHECK((solved - expected).norm() <= tolerance::product<double> * expected.norm());
}

TEST_CASE("where rows have like curvature the preconditioner is the Hessian", "[objectives][auto]") {
    const Drawn data = rows(617, 300, few);
    Vector<double> y(300);
    for (Index i = 0; i < 300; ++i) y[i] = static_cast<double>(i % 4);
    const EmpiricalRisk<double> risk =
        shrunk_risk(AnyFamily<double>(families::Multinomial<double>{{"a", "b", "c", "d"}}), data.X, y);
    const Index d = risk.dimension(), slopes = few * risk.predictor().width();
    Random random(618);
    const Vector<double> origin = Vector<double>::Zero(d), v = normal_vector<double>(random, d);
    Matrix<double> H;
    risk.hessian(origin, H);
    Vector<double> image = Vector<double>::Zero(d), expected = Vector<double>::Zero(d);
    expected.head(slopes) = v.head(slopes);
    image.head(slopes) = H.topLeftCorner(slopes, slopes) * v.head(slopes);
    risk.preconditioner(origin).solve(image);
    CHECK((image - expected).norm() <= tolerance::product<double> * expected.norm());

    // elsewhere it is not, but still one and the same matrix to solve with and to measure by
    const auto M = risk.preconditioner(normal_vector<double>(random, d));
    Vector<double> solved = v;
    M.solve(solved);
    CHECK(std::abs(M.length(solved) - std::sqrt(v.dot(solved))) <= tolerance::product<double> * v.norm());
}

TEST_CASE("products with the Hessian that keep eta are the others to the bit", "[objectives][auto]") {
    const Drawn data = rows(619, 500, few);
    const Vector<double> y = classes(620, data.eta).cast<double>();
    const EmpiricalRisk<double> risk = shrunk_risk(AnyFamily<double>(families::Binomial<double>{}), data.X, y);
    Random random(621);
    const Vector<double> theta = normal_vector<double>(random, few + 1);
    auto hessian = hessian_at<double>(risk, theta);
    for (int time = 0; time < 3; ++time) {
        const Vector<double> v = normal_vector<double>(random, few + 1);
        Vector<double> one, other;
        risk.hessian_product(theta, v, one);
        hessian.times(v, other);
        CHECK(one == other);
    }
}

TEST_CASE("products with a large Hessian in single precision leave the answer all its digits", "[models][auto]") {
    constexpr Index n = 8'000, p = 200, k = 8;
    Random random(622);
    Matrix<double> X = normal_matrix<double>(random, n, p);
    for (Index j = 1; j < p; ++j) X.col(j) += 0.5 * X.col(j - 1);
    X.col(7) *= 1e150;
    const Matrix<double> eta = X.rightCols(p - 8) * normal_matrix<double>(random, p - 8, k) * 0.2;
    Eigen::VectorXi y(n);
    for (Index i = 0; i < n; ++i) {
        Vector<double> score = eta.row(i);
        for (double& entry : score) entry -= std::log(-std::log(random.uniform()));
        score.maxCoeff(&y[i]);
    }
    Vector<double> s = Vector<double>::Ones(n);
    s[11] = 0;
    X.row(11) *= 1e140;  // counts for nothing, whatever its size
    const LogisticRegression<double, Ridge> unfitted{{.penalty = {.lambda = 1e-4}}};
    auto one = unfitted, two = unfitted, other = unfitted;
    const auto data = Observations(X, y).weights(s);
    const FitReport report = one.fit(data, NewtonCG{});
    INFO(report.message);
    CHECK(report.converged());
    CHECK(report.relative_gradient <= 1e-11);
    two.fit(Observations(X, y).weights(s).on(Threads{2}), NewtonCG{});
    CHECK(one.coefficients() == two.coefficients());
    other.fit(data, LBFGS{.tolerance = 1e-12});
    const Vector<double> size = other.coefficients().rowwise().norm();
    for (Index j = 0; j < p; ++j)
        CHECK((one.coefficients() - other.coefficients()).row(j).norm() <= 1e-9 * size[j] + 1e-10 * (j != 7));
}

// In single precision products know nothing of directions whose curvature is 10^-14 of the largest: with such alone the
// run ends after thousands of them, at a relative gradient of 1e-7.
TEST_CASE("where columns nearly depend on each other exact products follow rounded ones", "[models][auto]") {
    constexpr Index n = 20'000, p = 80, k = 8;
    Random random(624);
    Matrix<double> X = normal_matrix<double>(random, n, p);
    for (Index j = 5; j < p; ++j) X.col(j) = X.col(j % 5) + 1e-7 * X.col(j);
    const Matrix<double> eta = X * normal_matrix<double>(random, p, k) * 0.05;
    Eigen::VectorXi y(n);
    for (Index i = 0; i < n; ++i) {
        Vector<double> score = eta.row(i);
        for (double& entry : score) entry -= std::log(-std::log(random.uniform()));
        score.maxCoeff(&y[i]);
    }
    LogisticRegression<double, Ridge> model{{.penalty = {.lambda = 1e-17}}};
    const FitReport report = model.fit(X, y, NewtonCG{});
    INFO(report);
    CHECK(report.status == Status::converged);
    CHECK(report.relative_gradient <= 1e-10);
}

TEST_CASE("a Hessian says when its products are rounded to single precision", "[objectives][auto]") {
    const Index n = 20'000, p = 100, k = 6;
    Random random(623);
    const Matrix<double> X = normal_matrix<double>(random, n, p) / 8;
    Vector<double> y(n);
    for (Index i = 0; i < n; ++i) y[i] = static_cast<double>(i % k);
    const EmpiricalRisk<double> risk =
        shrunk_risk(AnyFamily<double>(families::Multinomial<double>{std::vector<std::string>(k, "class")}), X, y);
    const Vector<double> theta = 0.3 * normal_vector<double>(random, risk.dimension()),
                         v = normal_vector<double>(random, risk.dimension());
    Vector<double> exact, ordinary(risk.dimension()), rounded(risk.dimension());
    risk.hessian_product(theta, v, exact);
    auto hessian = risk.hessian_at(theta);
    hessian.times(v, ordinary);
    CHECK(ordinary == exact);
    hessian.use_single_precision();
    hessian.times(v, rounded);
    CHECK(rounded == exact);  // coordinates are the user's, of which entries may be of any size
    Sample<double> sample = risk.sample();
    sample.X = sample.X.seen_in({Vector<double>::Zero(p), Vector<double>::Constant(p, 0.5)});
    const EmpiricalRisk<double> equilibrated(risk.loss(), risk.penalty(), risk.predictor(), sample);
    equilibrated.hessian_product(theta, v, exact);
    auto rounding = equilibrated.hessian_at(theta);
    for (int time = 0; time < 2; ++time) {
        if (time > 0) rounding.use_single_precision();
        rounding.times(v, rounded);
        const double error = (rounded - exact).norm() / exact.norm();
        CHECK(error <= (time > 0 ? 1e-6 : 0));
        CHECK((time > 0) == (error > 1e-10));
    }
}
