#include "contracts/objective_contract.hpp"
#include "contracts/outside/complementary_log_log.hpp"
#include "contracts/outside/log_cosh.hpp"
#include "contracts/outside/pseudo_huber.hpp"
#include "contracts/outside/shared_slopes.hpp"
#include "support/broken.hpp"
#include <gradus/losses/any_loss.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/any_penalty.hpp>
#include <gradus/penalties/none.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/sum_to_zero.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

using Risk = EmpiricalRisk<double>;

// Owns what a Sample only views.
template <class S>
struct Table {
    Matrix<S> X, Y, offset;
    Vector<S> s;

    /// y: class codes 0 ... K-1, or for K = 0 a normal target for each of the k outputs.
    Table(Index n, Index p, Index K, Index k) : offset(0, 0) {
        Random random(47);
        X = normal_matrix<S>(random, n, p);
        s = uniform_vector<S>(random, n, 0, 2);
        s[0] = S(0);
        offset = normal_matrix<S>(random, n, k);
        Y = normal_matrix<S>(random, n, K ? 1 : k);
        for (Index i = 0; K && i < n; ++i) Y(i, 0) = S(static_cast<int>(random.below(static_cast<std::uint64_t>(K))));
    }

    Sample<S> plain() const {
        Sample<S> sample;
        sample.X = Design<S>(DenseView<S>(X));
        sample.Y = DenseView<S>(Y);
        sample.total_weight = S(static_cast<int>(Y.rows()));
        return sample;
    }
    Sample<S> weighted() const {
        Sample<S> sample = plain();
        sample.weights = DenseView<S>(s);
        sample.offset = DenseView<S>(offset);
        sample.total_weight = s.sum();
        return sample;
    }
};

template <class L, class P>
Risk risk(L loss, P penalty, Predictor<double> predictor, Sample<double> sample, Coordinates<double> coordinates = {}) {
    sample.X = sample.X.seen_in(std::move(coordinates));
    return Risk(std::move(loss), std::move(penalty), std::move(predictor), std::move(sample));
}

Vector<double> somewhere(Index size) {
    Random random(53);
    return 0.5 * normal_vector<double>(random, size);
}

Ridge ridge(Index features) {
    Ridge out{.lambda = 0.2};
    out.factors = Vector<double>::LinSpaced(features, 0, 2);
    return out;
}

}  // namespace

// Fewer rows than a block, exactly one block, several blocks and a rest.
TEST_CASE("empirical risks keep the contract", "[objective]") {
    const Index n = GENERATE(7, 512, 1100);
    const bool has_intercept = GENERATE(true, false);
    INFO("n = " << n << ", intercept " << has_intercept);
    const Index p = 3;
    const auto check = [&](const Risk& f) { CHECK(objective_contract<double>(f, somewhere(f.dimension())) == none); };
    const auto linear = [&](Index k) { return linear_predictor<double>(p, k, has_intercept); };
    {
        const Table<double> table(n, p, 0, 2);
        check(risk(Squared<double>(2), ridge(p), linear(2), table.weighted()));
    }
    {
        const Table<double> table(n, p, 2, 1);
        check(risk(Logistic<double>(), NoPenalty(), linear(1), table.plain()));
        check(risk(Logistic<double>(), ridge(p), linear(1), table.weighted()));
        check(risk(outside::ComplementaryLogLog<double>(), outside::PseudoHuber(), linear(1), table.weighted()));
    }
    {
        const Table<double> table(n, p, 3, 3);
        check(risk(Multinomial<double>(3), ridge(p), linear(3), table.weighted()));
        check(risk(Multinomial<double>(3), ridge(p), sum_to_zero_predictor<double>(p, 3, has_intercept),
                   table.weighted()));
    }
}

TEST_CASE("a predictor from outside makes an objective", "[objective]") {
    const Table<double> table(40, 3, 3, 3);
    const Risk f =
        risk(Multinomial<double>(3), outside::PseudoHuber(), outside::shared_slopes<double>(3, 3), table.weighted());
    CHECK(objective_contract<double>(f, somewhere(f.dimension())) == none);
}

TEST_CASE("objectives in long double keep the contract", "[objective]") {
    using S = long double;
    const Table<S> table(40, 3, 2, 1);
    const EmpiricalRisk<S> f(Logistic<S>(), ridge(3), linear_predictor<S>(3, 1, true), table.weighted());
    CHECK(objective_contract<S>(f, somewhere(4).cast<S>()) == none);
}

TEST_CASE("an intercept alone, and nothing at all, are objectives", "[objective]") {
    const Table<double> table(600, 0, 2, 1);
    const Risk f = risk(Logistic<double>(), NoPenalty(), linear_predictor<double>(0, 1, true), table.weighted());
    CHECK(objective_contract<double>(f, somewhere(1)) == none);
    const Risk empty = risk(Logistic<double>(), NoPenalty(), linear_predictor<double>(0, 1, false), table.plain());
    CHECK_THAT(empty.value(Vector<double>(0)), near(std::log(2.0), tolerance::product<double>));
    Vector<double> gradient(0);
    CHECK_THAT(empty.value_and_gradient(Vector<double>(0), gradient), near(std::log(2.0), tolerance::product<double>));
}

TEST_CASE("the contract of objectives notices mistakes", "[objective]") {
    const Table<double> table(9, 3, 2, 1);
    const Predictor<double> linear = linear_predictor<double>(3, 1, true);
    const Vector<double> x = somewhere(4);
    CHECK(objective_contract<double>(risk(broken::WrongSlope(), NoPenalty(), linear, table.plain()), x) != none);
    CHECK(objective_contract<double>(risk(Logistic<double>(), broken::DoubledRidge(), linear, table.plain()), x) !=
          none);
    CHECK(objective_contract<double>(broken::WrongRay(), x) != none);
    const Table<double> three(9, 3, 3, 3);
    CHECK(objective_contract<double>(
              risk(broken::MissingCurvature(3), NoPenalty(), linear_predictor<double>(3, 3, true), three.plain()),
              somewhere(12)) != none);
}

// Against the formula, typed once more and without blocks, in long double.
TEST_CASE("the value is the weighted mean loss plus the penalty", "[objective]") {
    const Table<double> table(700, 3, 2, 1);
    const Risk f = risk(Logistic<double>(), ridge(3), linear_predictor<double>(3, 1, true), table.weighted());
    const Vector<double> theta = somewhere(4);
    long double sum = 0, total = 0;
    for (Index i = 0; i < 700; ++i) {
        long double eta = static_cast<long double>(theta[3]) + table.offset(i, 0);
        for (Index j = 0; j < 3; ++j) eta += static_cast<long double>(table.X(i, j)) * theta[j];
        sum += table.s[i] * (std::log1p(std::exp(eta)) - table.Y(i, 0) * eta);
        total += table.s[i];
    }
    const long double penalty =
        0.2L / 2 * (1.0L * theta[1] * theta[1] + 2.0L * theta[2] * theta[2]);  // factors 0, 1, 2
    CHECK_THAT(f.value(theta), near(static_cast<double>(sum / total + penalty), tolerance::rounding<double>));
}

// However X lies in memory, the answer is the same.
TEST_CASE("every storage of X gives the same objective", "[objective]") {
    const Index n = 1100, p = 6;
    const Table<double> table(n, p, 2, 1);
    const Vector<double> theta = somewhere(p + 1);
    struct All {
        double value;
        Vector<double> gradient, exact;
        Matrix<double> H;
    };
    const auto all = [&](const DenseView<double>& X, const Coordinates<double>& coordinates) {
        Sample<double> sample = table.weighted();
        sample.X = Design<double>(X);
        const Risk f = risk(Logistic<double>(), ridge(p), linear_predictor<double>(p, 1, true), sample, coordinates);
        All out;
        out.value = f.value_gradient_hessian(theta, out.gradient, out.H);
        f.exact_gradient(theta, out.exact);
        return out;
    };
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> row_major = table.X;
    Matrix<double> wide =
        Matrix<double>::Constant(2 * n + 3, p + 2, 1e30);  // what lies between the rows of a view must not be read
    wide.block(1, 1, n, p) = table.X;
    const Eigen::Map<const Matrix<double>, 0, Eigen::OuterStride<>> outer(&wide(1, 1), n, p,
                                                                          Eigen::OuterStride<>(2 * n + 3));
    Matrix<double> spread = Matrix<double>::Constant(2 * n, p, 1e30);
    for (Index i = 0; i < n; ++i) spread.row(2 * i) = table.X.row(i);
    const Eigen::Map<const Matrix<double>, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> inner(
        spread.data(), n, p, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(2 * n, 2));
    const Matrix<double> transposed = table.X.transpose();
    const Eigen::MatrixXf floats = table.X.cast<float>();
    const Matrix<double> rounded = floats.cast<double>();
    Random random(59);
    const Coordinates<double> equilibration{normal_vector<double>(random, p), Vector<double>::Constant(p, 0.25)};

    for (const auto& coordinates : {Coordinates<double>{}, equilibration}) {
        const auto same = [&](const All& actual, const All& expected) {
            CHECK_THAT(actual.value, near(expected.value, tolerance::product<double>));
            CHECK(error_of(actual.gradient, expected.gradient) <= tolerance::product<double>);
            CHECK(error_of(actual.H, expected.H) <= tolerance::product<double>);
            CHECK(error_of(actual.exact, expected.exact) <= tolerance::product<double>);
        };
        const All expected = all(DenseView<double>(table.X), coordinates);
        same(all(DenseView<double>(row_major), coordinates), expected);
        same(all(DenseView<double>(wide.block(1, 1, n, p)), coordinates), expected);
        same(all(DenseView<double>(outer), coordinates), expected);
        same(all(DenseView<double>(inner), coordinates), expected);
        same(all(DenseView<double>(transposed.transpose()), coordinates), expected);
        same(all(DenseView<double>(floats), coordinates), all(DenseView<double>(rounded), coordinates));
    }
}

// In centred and scaled columns the same model has the same value, its penalty in the user's scale included.
TEST_CASE("equilibrated coordinates change the numbers, not the function", "[objective]") {
    const Index p = 3;
    const Table<double> table(600, p, 3, 3);
    const Coordinates<double> z{(Vector<double>(p) << 0.5, -1, 2).finished(),
                                (Vector<double>(p) << 4, 0.5, 1).finished()};
    const Predictor<double> predictor = linear_predictor<double>(p, 3, true);
    const Risk user = risk(Multinomial<double>(3), ridge(p), predictor, table.weighted());
    const Risk equilibrated = risk(Multinomial<double>(3), ridge(p), predictor, table.weighted(), z);
    const Vector<double> theta = somewhere(12);
    CHECK(objective_contract<double>(equilibrated, theta) == none);
    const Matrix<double> W = z.scale.asDiagonal() * predictor.coefficients(theta);
    const Vector<double> b = predictor.intercept(theta) - W.transpose().lazyProduct(z.shift);
    CHECK_THAT(equilibrated.value(theta), near(user.value(predictor.parameters(W, b)), tolerance::product<double>));
    CHECK(error_of(equilibrated.user_coefficients(theta), W) <= tolerance::rounding<double>);
}

TEST_CASE("copies of an objective, and repeated calls, give the same bits", "[objective]") {
    const Table<double> table(1100, 3, 3, 3);
    const Risk f = risk(Multinomial<double>(3), outside::PseudoHuber(), sum_to_zero_predictor<double>(3, 3, true),
                        table.weighted());
    const Risk copy = f;
    const Vector<double> theta = somewhere(f.dimension());
    Vector<double> first, second;
    const double value = f.value_and_gradient(theta, first);
    f.value(2 * theta);
    CHECK(copy.value_and_gradient(theta, second) == value);
    CHECK((first.array() == second.array()).all());
}
