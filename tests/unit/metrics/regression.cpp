#include "rows.hpp"
#include <gradus/metrics/regression.hpp>
#include <gradus/models/linear_regression.hpp>

#include <limits>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

// The four as in a textbook, in long double.
struct Textbook {
    long double square = 0, absolute = 0, r2 = 0;

    template <class S>
    Textbook(const Vector<S>& y, const Vector<S>& p, const Vector<S>& s) {
        long double total = 0, mean = 0, variation = 0;
        for (Index i = 0; i < y.size(); ++i) total += s[i], mean += static_cast<long double>(s[i]) * y[i];
        mean /= total;
        for (Index i = 0; i < y.size(); ++i) {
            const long double e = static_cast<long double>(y[i]) - p[i];
            square += s[i] * e * e;
            absolute += s[i] * std::abs(e);
            variation += s[i] * (y[i] - mean) * (y[i] - mean);
        }
        r2 = 1 - square / variation;
        square /= total;
        absolute /= total;
    }
};

}  // namespace

TEST_CASE("errors of a few numbers", "[metrics]") {
    const std::vector<double> y{1, 2, 3, 6}, p{2, 2, 1, 7};
    CHECK(mean_squared_error(y, p) == 1.5);
    CHECK(root_mean_squared_error(y, p) == std::sqrt(1.5));
    CHECK(mean_absolute_error(y, p) == 1);
    CHECK(r_squared(y, p) == 1 - 6.0 / 14);
    // integers are read as double; weights of any type
    const Eigen::Vector4i integers(1, 2, 3, 6);
    CHECK(mean_squared_error(integers, Eigen::Vector4i(2, 2, 1, 7), std::vector<int>{3, 1, 0, 0}) == 0.75);
    CHECK(mean_absolute_error(integers, p, Eigen::Vector4f(0.5f, 0, 0, 1.5f)) == 1);
    // expressions, and a constant shift of the prediction from the mean
    CHECK(r_squared(integers, Eigen::Vector4d::Constant(3)) == 0);
    CHECK(r_squared(integers, integers.cast<double>().array() * 1.0) == 1);
}

TEMPLATE_TEST_CASE("errors are those of the textbook, column by column", "[metrics]", float, double, long double) {
    using S = TestType;
    Random random(1101);
    const Matrix<S> Y = normal_matrix<S>(random, 200, 3), noise = normal_matrix<S>(random, 200, 3), P = Y + noise;
    const Vector<S> s = uniform_vector<S>(random, 200, 0, 2);
    const Vector<S> square = mean_squared_error(Y, P, s), root = root_mean_squared_error(Y, P, s),
                    absolute = mean_absolute_error(Y, P, s), r2 = r_squared(Y, P, s);
    for (Index c = 0; c < 3; ++c) {
        const Vector<S> y = Y.col(c), p = P.col(c);
        const Textbook textbook(y, p, s);
        check_definition<S>(square[c], textbook.square);
        check_definition<S>(root[c], std::sqrt(textbook.square));
        check_definition<S>(absolute[c], textbook.absolute);
        check_definition<S>(r2[c], textbook.r2);
        CHECK(mean_squared_error(y, p, s) == square[c]);
        CHECK(r_squared(Y.col(c), P.col(c), s) == r2[c]);
    }
    static_assert(std::is_same_v<decltype(r_squared(Y, P)), Vector<S>>);
    static_assert(std::is_same_v<decltype(r_squared(s, s)), S>);
}

TEMPLATE_TEST_CASE("weights of errors are frequencies", "[metrics]", float, double) {
    using S = TestType;
    Random random(1102);
    const Vector<S> y = normal_vector<S>(random, 60), p = y + normal_vector<S>(random, 60);
    const Eigen::VectorXi counts = random_counts(random, 60);
    check_that_weights_are_frequencies<S>([](const auto&... a) { return mean_squared_error(a...); }, y, p, counts,
                                          random);
    check_that_weights_are_frequencies<S>([](const auto&... a) { return root_mean_squared_error(a...); }, y, p, counts,
                                          random);
    check_that_weights_are_frequencies<S>([](const auto&... a) { return mean_absolute_error(a...); }, y, p, counts,
                                          random);
    check_that_weights_are_frequencies<S>([](const auto&... a) { return r_squared(a...); }, y, p, counts, random);
}

// m.mean_squared_error(t, q), m.root_mean_squared_error(t, q), m.mean_absolute_error(t, q), m.r2_score(t, q)
TEST_CASE("errors are scikit-learn's", "[metrics]") {
    const SharedRows rows;
    CHECK_THAT(mean_squared_error(rows.t, rows.q, rows.w), near(3.4123166666666669, tolerance::rounding<double>));
    CHECK_THAT(root_mean_squared_error(rows.t, rows.q, rows.w), near(1.8472456974281106, tolerance::rounding<double>));
    CHECK_THAT(mean_absolute_error(rows.t, rows.q, rows.w), near(1.5096666666666665, tolerance::rounding<double>));
    CHECK_THAT(r_squared(rows.t, rows.q, rows.w), near(-0.67359528289162673, tolerance::rounding<double>));
}

// Steps of 1/8 are exact on top of 2^20 (float) or 2^40 (double), where the mean, with its odd number of rows, is not.
TEMPLATE_TEST_CASE("a mean far larger than the spread costs no digits", "[metrics]", float, double) {
    using S = TestType;
    const S shift = std::ldexp(S(1), sizeof(S) == 4 ? 20 : 40);
    Vector<S> y(11), p(11);
    for (int i = 0; i < 11; ++i) y[i] = S(i * i % 7) / 8, p[i] = y[i] + S(i % 3 - 1) / 8;
    const S near_zero = r_squared(y, p), far = r_squared(Vector<S>(y.array() + shift), Vector<S>(p.array() + shift));
    CHECK_THAT(static_cast<double>(far), near(static_cast<double>(near_zero), tolerance::rounding<S>));
    CHECK(near_zero < S(0.9));
}

TEMPLATE_TEST_CASE("the unit of the targets does not matter, as far as numbers go", "[metrics]", float, double) {
    using S = TestType;
    Random random(1103);
    const Vector<S> y = normal_vector<S>(random, 30), p = y + normal_vector<S>(random, 30);
    const int most = std::numeric_limits<S>::max_exponent - 4;
    for (const int exponent : {-most + 30, -most / 2 - 20, most / 2 + 20, most}) {
        const S d = std::ldexp(S(1), exponent);
        INFO("times 2^" << exponent);
        CHECK(r_squared(y * d, p * d) == r_squared(y, p));
        CHECK(root_mean_squared_error(y * d, p * d) == d * root_mean_squared_error(y, p));
        CHECK_THAT(static_cast<double>(mean_absolute_error(y * d, p * d) / d),
                   near(static_cast<double>(mean_absolute_error(y, p)), tolerance::rounding<S>));
        if (exponent > 0) CHECK(mean_squared_error(y * d, p * d) == std::numeric_limits<S>::infinity());
    }
}

TEST_CASE("what stands in a row of weight zero does not matter, however large", "[metrics]") {
    const std::vector<double> y{1, 2, 1e308}, p{2, 2, -1e308};
    const std::vector<int> s{1, 1, 0};
    CHECK(mean_squared_error(y, p, s) == 0.5);
    CHECK(root_mean_squared_error(y, p, s) == std::sqrt(0.5));
    CHECK(mean_absolute_error(y, p, s) == 0.5);
    CHECK(r_squared(y, p, s) == -1);
}

TEST_CASE("a constant target has nothing to explain", "[metrics]") {
    const Eigen::Vector4d tenth = Eigen::Vector4d::Constant(0.1), p(0, 1, 2, 3);
    CHECK(std::isnan(r_squared(tenth, p)));
    CHECK(std::isnan(r_squared(tenth, tenth)));
    CHECK(std::isnan(r_squared(p, tenth, Eigen::Vector4i(0, 0, 5, 0))));
    CHECK(std::isnan(r_squared(std::vector<double>{2}, std::vector<double>{2})));
    CHECK(mean_squared_error(tenth, tenth) == 0);
    CHECK(root_mean_squared_error(tenth, tenth) == 0);
    Eigen::MatrixXd Y(4, 2);
    Y << tenth, p;
    const Vector<double> each = r_squared(Y, Y);
    CHECK(std::isnan(each[0]));
    CHECK(each[1] == 1);
}

TEST_CASE("a model's score is r_squared of its predictions", "[metrics]") {
    Random random(1104);
    const Matrix<double> X = normal_matrix<double>(random, 40, 3);
    const Vector<double> y = X.col(0) + normal_vector<double>(random, 40),
                         s = uniform_vector<double>(random, 40, 0.1, 2);
    LinearRegression<double> model;
    model.fit(X, y);
    CHECK_THAT(r_squared(y, model.predict(X)), near(model.score(X, y), tolerance::rounding<double>));
    CHECK_THAT(r_squared(y, model.predict(X), s),
               near(model.score(Observations(X, y).weights(s)), tolerance::rounding<double>));
}

TEST_CASE("errors of bad input are told by row and value", "[metrics]") {
    const std::vector<double> y{1, 2, 3}, p{1, 2, 4};
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    using Numbers = std::vector<double>;
    CHECK_THROWS_WITH(mean_squared_error(y, Numbers{1, 2}), ContainsSubstring("y is 3 x 1, prediction is 2 x 1"));
    CHECK_THROWS_WITH(mean_absolute_error(Matrix<double>::Zero(3, 2), Matrix<double>::Zero(3, 1)),
                      ContainsSubstring("y is 3 x 2, prediction is 3 x 1"));
    CHECK_THROWS_WITH(r_squared(Numbers{1, nan, 3}, p), ContainsSubstring("y: the entry in row 1 is nan"));
    CHECK_THROWS_WITH(r_squared(y, Numbers{1, 2, infinity}),
                      ContainsSubstring("prediction: the entry in row 2 is inf"));
    CHECK_THROWS_WITH(r_squared(y, p, Numbers{1, 1}), ContainsSubstring("weights: 2 x 1 entries for 3 rows"));
    CHECK_THROWS_WITH(r_squared(y, p, Numbers{1, -2, 1}),
                      ContainsSubstring("weights: the entry in row 1 is -2, but must be finite and >= 0"));
    CHECK_THROWS_WITH(r_squared(y, p, Numbers{1, nan, 1}), ContainsSubstring("weights: the entry in row 1 is nan"));
    CHECK_THROWS_WITH(r_squared(y, p, Numbers{0, 0, 0}), ContainsSubstring("weights: all 3 entries are zero"));
    CHECK_THROWS_WITH(r_squared(y, p, Numbers{1e308, 1e308, 1}),
                      ContainsSubstring("the sum of the 3 entries overflows"));
    CHECK_THROWS_WITH(r_squared(Numbers{}, Numbers{}), ContainsSubstring("no rows"));
    CHECK_THROWS_AS(r_squared(y, Numbers{1, 2}), InvalidInput);
}
