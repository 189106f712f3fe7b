#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/column_statistics.hpp>

#include <limits>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class M>
Sample<double> sample_of(const M& X) {
    Sample<double> sample;
    sample.X = Design<double>(DenseView<double>(X));
    sample.Y = Values<double>(DenseView<double>(X));
    sample.total_weight = static_cast<double>(X.rows());
    return sample;
}

template <class M>
ColumnStatistics<double> statistics(const M& X, const Vector<double>* s = nullptr) {
    Sample<double> sample = sample_of(X);
    if (s) sample.weights = DenseView<double>(*s);
    return column_statistics<double>(sample.X, sample, s ? s->maxCoeff() : 1, "X");
}

// In long double and two passes.
void check(const ColumnStatistics<double>& actual, const Matrix<double>& X, const Vector<double>& s) {
    for (Index j = 0; j < X.cols(); ++j) {
        long double mean = 0, square = 0, total = 0;
        for (Index i = 0; i < X.rows(); ++i) mean += static_cast<long double>(s[i]) * X(i, j), total += s[i];
        mean /= total;
        for (Index i = 0; i < X.rows(); ++i) square += s[i] * (X(i, j) - mean) * (X(i, j) - mean);
        INFO("column " << j);
        CHECK_THAT(actual.mean[j], near(static_cast<double>(mean), tolerance::rounding<double>));
        CHECK_THAT(actual.deviation[j],
                   near(static_cast<double>(std::sqrt(square / total)), tolerance::product<double>, 0));
        CHECK(actual.least[j] == X.col(j).minCoeff());
        CHECK(actual.largest[j] == X.col(j).maxCoeff());
    }
}

}  // namespace

// Far from zero, where the textbook formula mean(x^2) - mean(x)^2 would have no digits left.
TEST_CASE("statistics of columns, however they lie", "[data]") {
    Random random(197);
    Matrix<double> X = normal_matrix<double>(random, 1300, 4);
    X.col(1).array() += 1e8;
    X.col(2) *= 1e-5;
    X.col(3) = (X.col(3) * 1e3).array() - 1e9;
    const Vector<double> ones = Vector<double>::Ones(1300), s = uniform_vector<double>(random, 1300, 0, 2);
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> row_major = X;
    const Matrix<double> transposed = X.transpose();
    const Eigen::Map<const Matrix<double>, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> neither(
        transposed.data(), 1300, 4, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(1, 4));
    check(statistics(X), X, ones);
    check(statistics(row_major), X, ones);
    check(statistics(neither), X, ones);
    check(statistics(X, &s), X, s);
    check(statistics(row_major, &s), X, s);
    check(statistics(X.middleRows(3, 1000)), X.middleRows(3, 1000), ones.head(1000));
    Matrix<double> strided(2600, 4);
    strided.setConstant(1e300);
    for (Index i = 0; i < 1300; ++i) strided.row(2 * i) = X.row(i);
    const Eigen::Map<const Matrix<double>, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> map(
        strided.data(), 1300, 4, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(2600, 2));
    check(statistics(map), X, ones);
    check(statistics(map, &s), X, s);
}

TEST_CASE("constant columns have no deviation, and one row is enough", "[data]") {
    Matrix<double> X = Matrix<double>::Constant(700, 2, 0.1);
    const auto constant = statistics(X);
    CHECK(constant.deviation == Vector<double>::Zero(2));
    CHECK(constant.mean == Vector<double>::Constant(2, 0.1));
    CHECK(constant.least == constant.largest);
    CHECK(statistics(X.topRows(1)).mean[0] == 0.1);
    CHECK(statistics(Matrix<double>(0, 3)).mean.size() == 0);
}

TEST_CASE("what is not finite is named by row and column", "[data]") {
    const Matrix<double> good = Matrix<double>::Ones(1000, 3);
    const std::vector<std::string> names{"age", "height", "mass"};
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()})
        for (const Index row : {0, 511, 999}) {
            Matrix<double> X = good;
            X(row, 1) = bad;
            CHECK_THROWS_WITH(statistics(X), ContainsSubstring(text("row ", row, ", column 1")));
            const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> row_major = X;
            CHECK_THROWS_WITH(statistics(row_major), ContainsSubstring(text("row ", row, ", column 1")));
            const Sample<double> sample = sample_of(X);
            CHECK_THROWS_WITH(column_statistics<double>(sample.X, sample, 1, "X", names),
                              ContainsSubstring("('height')"));
            CHECK_THROWS_AS(column_statistics<double>(sample.X, sample, 1, "X"), InvalidInput);
        }
}

TEST_CASE("large finite entries are no error", "[data]") {
    Matrix<double> X = Matrix<double>::Ones(10, 2);
    X(3, 0) = 1e300;
    X(4, 1) = -1e308;
    X(5, 1) = 1e308;
    CHECK_NOTHROW(statistics(X));
    const auto z = equilibrate(statistics(X), true);
    CHECK(z.shift.allFinite());
    CHECK(z.scale.allFinite());
    CHECK(z.scale.minCoeff() > 0);
}

TEST_CASE("equilibrated columns lie in [-1, 1], and shift and scale are exact", "[data]") {
    Random random(199);
    Matrix<double> X = normal_matrix<double>(random, 300, 4);
    X.col(0).array() += 1e6;
    X.col(1) *= 1e-12;
    X.col(2).setConstant(-3.7);
    X.col(3) *= 1e9;
    for (const bool has_intercept : {true, false}) {
        const auto z = equilibrate(statistics(X), has_intercept);
        for (Index j = 0; j < 4; ++j) {
            int exponent = 0;
            CHECK(std::frexp(z.scale[j], &exponent) == 0.5);
            const auto column = ((X.col(j).array() - z.shift[j]) * z.scale[j]).eval();
            CHECK(column.abs().maxCoeff() <= 1);
            if (has_intercept && j == 2) CHECK((column == 0).all());
            else CHECK(column.abs().maxCoeff() >= 0.5);
            if (!has_intercept) CHECK(z.shift[j] == 0);
            else CHECK(std::abs(column.mean()) <= 0.3);
        }
    }
}
