#include "rows.hpp"
#include <gradus/metrics/probability.hpp>
#include <gradus/models/logistic_regression.hpp>

#include <limits>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Rows that sum to one, no entry below 1/30.
template <class S>
Matrix<S> random_probabilities(Random& random, Index n, Index K) {
    Matrix<S> P(n, K);
    for (Index i = 0; i < n; ++i) {
        for (Index c = 0; c < K; ++c) P(i, c) = S(random.uniform(0.1, 1));
        P.row(i) /= P.row(i).sum();
    }
    return P;
}

/// With many ties.
template <class S>
Vector<S> random_tenths(Random& random, Index n) {
    Vector<S> p(n);
    for (Index i = 0; i < n; ++i) p[i] = S(static_cast<int>(random.below(11))) / 10;
    return p;
}

}  // namespace

TEST_CASE("log-loss and Brier score by hand", "[metrics]") {
    const std::vector<std::string> y{"no", "yes", "yes"};
    const std::vector<double> p{0.25, 0.5, 1};
    CHECK_THAT(log_loss(y, p, {"no", "yes"}),
               near((std::log(4.0 / 3) + std::log(2.0)) / 3, tolerance::rounding<double>));
    CHECK_THAT(brier_score(y, p, {"no", "yes"}), near((0.0625 + 0.25) / 3, tolerance::rounding<double>));
    CHECK_THAT(brier_score(y, p, {"yes", "no"}), near((0.5625 + 0.25 + 1) / 3, tolerance::rounding<double>));
    CHECK_THAT(brier_score(y, p, {"no", "yes"}, std::vector<int>{0, 3, 1}),
               near(0.75 / 4, tolerance::rounding<double>));
    Matrix<double> P(3, 3);
    P << 0.5, 0.25, 0.25, 0, 1, 0, 0.25, 0.5, 0.25;
    CHECK_THAT(log_loss(std::vector<int>{7, 8, 9}, P, {7, 8, 9}), near(std::log(8.0) / 3, tolerance::rounding<double>));
    CHECK_THAT(brier_score(std::vector<int>{7, 8, 9}, P, {7, 8, 9}),
               near((0.375 + 0.875) / 3, tolerance::rounding<double>));
}

TEMPLATE_TEST_CASE("log-loss and Brier score are those of the definitions", "[metrics]", float, double, long double) {
    using S = TestType;
    Random random(1301);
    const Index n = 200, K = 4;
    const Matrix<S> P = random_probabilities<S>(random, n, K), L = P.array().log();
    const Eigen::VectorXi y = random_labels(random, n, 4);
    const Vector<S> s = uniform_vector<S>(random, n, 0, 2);
    const Classes<int> classes{2, 0, 3, 1};
    long double log_sum = 0, square_sum = 0, total = 0;
    for (Index i = 0; i < n; ++i) {
        total += s[i];
        for (Index c = 0; c < K; ++c) {
            const bool here = y[i] == classes[static_cast<std::size_t>(c)];
            const long double p = P(i, c), e = p - here;
            if (here) log_sum -= s[i] * std::log(p);
            square_sum += s[i] * e * e;
        }
    }
    check_definition<S>(log_loss(y, P, classes, s), log_sum / total);
    check_definition<S>(log_loss_of_logarithms(y, L, classes, s), log_sum / total);
    check_definition<S>(brier_score(y, P, classes, s), square_sum / total);
    static_assert(std::is_same_v<decltype(log_loss(y, P, classes, std::vector<double>())), S>);
}

TEMPLATE_TEST_CASE("two classes are two classes, by one column or by both", "[metrics]", float, double, long double) {
    using S = TestType;
    Random random(1302);
    const Matrix<S> P = random_probabilities<S>(random, 100, 2);
    const Eigen::VectorXi y = random_labels(random, 100, 2);
    const Vector<S> s = uniform_vector<S>(random, 100, 0, 2), p = P.col(1);
    CHECK_THAT(static_cast<double>(log_loss(y, p, {0, 1}, s)),
               near(static_cast<double>(log_loss(y, P, {0, 1}, s)), std::max(tolerance::rounding<S>, 1e-16)));
    CHECK_THAT(static_cast<double>(2 * brier_score(y, p, {0, 1}, s)),
               near(static_cast<double>(brier_score(y, P, {0, 1}, s)), std::max(tolerance::rounding<S>, 1e-16)));
    CHECK(log_loss(y, p, {0, 1}, s) == log_loss(indicator(y, 1), p, {0, 1}, s));
}

TEST_CASE("weights of probabilities are frequencies", "[metrics]") {
    Random random(1303);
    const Matrix<double> P = random_probabilities<double>(random, 60, 3);
    const Eigen::VectorXi y = random_labels(random, 60, 3), counts = random_counts(random, 60);
    const Classes<int> classes{0, 1, 2};
    check_that_weights_are_frequencies<double>(
        [&](const auto& labels, const auto& p, const auto&... w) { return log_loss(labels, p, classes, w...); }, y, P,
        counts, random);
    check_that_weights_are_frequencies<double>(
        [&](const auto& labels, const auto& p, const auto&... w) { return brier_score(labels, p, classes, w...); }, y,
        P, counts, random);
    const Vector<double> p = random_tenths<double>(random, 60);
    const Eigen::VectorXi binary = random_labels(random, 60, 2);
    for (const Binning binning : {Binning::equal_width, Binning::equal_counts}) {
        const CalibrationOptions options{4, binning};
        const auto error = [&](const auto& labels, const auto& q, const auto&... w) {
            return expected_calibration_error(calibration_table(labels, q, {0, 1}, options, w...));
        };
        check_that_weights_are_frequencies<double>(error, binary, p, counts, random);
    }
}

// m.log_loss(y, P), m.log_loss(binary, p), m.brier_score_loss(y, P), m.brier_score_loss(binary, p)
TEST_CASE("log-loss and Brier score are scikit-learn's", "[metrics]") {
    const SharedRows rows;
    CHECK_THAT(log_loss(rows.y, rows.P, {0, 1, 2}, rows.w), near(1.0818971603713419, tolerance::rounding<double>));
    CHECK_THAT(log_loss(rows.binary, rows.p, {0, 1}, rows.w), near(0.79853081497111944, tolerance::rounding<double>));
    CHECK_THAT(brier_score(rows.y, rows.P, {0, 1, 2}, rows.w), near(0.65925719687426043, tolerance::rounding<double>));
    CHECK_THAT(brier_score(rows.binary, rows.p, {0, 1}, rows.w), near(0.2857481481481482, tolerance::rounding<double>));
}

TEST_CASE("the impossible that happens costs infinitely much", "[metrics]") {
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<int> y{0, 1};
    CHECK(log_loss(y, std::vector<double>{0.5, 0}, {0, 1}) == infinity);
    CHECK(log_loss(y, std::vector<double>{1, 0.5}, {0, 1}) == infinity);
    CHECK(log_loss(y, std::vector<double>{0, 1}, {0, 1}) == 0);
    // a row that is absent costs nothing
    CHECK(log_loss(y, std::vector<double>{0.5, 0}, {0, 1}, std::vector<int>{1, 0}) == std::log(2.0));
    const Eigen::Matrix2d certain = (Eigen::Matrix2d() << 0, -infinity, 0, -infinity).finished();
    CHECK(log_loss_of_logarithms(y, certain, {0, 1}) == infinity);
    CHECK(log_loss_of_logarithms(std::vector<int>{0, 0}, certain, {0, 1}) == 0);
}

TEST_CASE("logarithms keep what probabilities lose", "[metrics]") {
    // eta = -2000 where the class is the second, 50 where it is the second: log P = -2000 and -exp(-50)
    Matrix<double> X(4, 1);
    X << -1, -0.5, 0.5, 1;
    LogisticRegression<double> model;
    model.fit(X, std::vector<int>{0, 1, 0, 1});
    const double slope = model.coefficients()(0, 0), intercept = model.intercept()[0];
    const Eigen::Matrix<double, 1, 1> low((-2000 - intercept) / slope), high((50 - intercept) / slope);
    const std::vector<int> second{1};
    CHECK(log_loss(second, model.predict_probability(low), model.classes()) == std::numeric_limits<double>::infinity());
    CHECK_THAT(log_loss_of_logarithms(second, model.predict_log_probability(low), model.classes()),
               near(2000, tolerance::product<double>));
    CHECK(log_loss(second, model.predict_probability(high), model.classes()) == 0);
    CHECK_THAT(log_loss_of_logarithms(second, model.predict_log_probability(high), model.classes()),
               near(std::exp(-50.0), tolerance::product<double>, 0));
}

TEST_CASE("a calibration table by hand", "[metrics]") {
    const std::vector<double> p{0.1, 0.2, 0.2, 0.6, 1};
    const std::vector<int> y{0, 0, 1, 1, 1};
    const std::vector<double> s{1, 1, 2, 3, 1};
    const auto table = calibration_table(y, p, {0, 1}, {5}, s);
    REQUIRE(table.size() == 4);  // [0.4, 0.6) is empty
    const double low[] = {0, 0.2, 0.6, 0.8}, high[] = {0.2, 0.4, 0.8, 1}, mean[] = {0.1, 0.2, 0.6, 1},
                 share[] = {0, 2.0 / 3, 1, 1}, weight[] = {1, 3, 3, 1};
    for (std::size_t b = 0; b < 4; ++b) {
        CHECK(table[b].low == low[b]);
        CHECK_THAT(table[b].high, near(high[b], tolerance::rounding<double>));
        CHECK_THAT(table[b].mean_predicted, near(mean[b], tolerance::rounding<double>));
        CHECK_THAT(table[b].observed_share, near(share[b], tolerance::rounding<double>));
        CHECK(table[b].weight == weight[b]);
        CHECK(table[b].rows == (b == 1 ? 2 : 1));
    }
    CHECK_THAT(expected_calibration_error(table),
               near((0.1 + 3 * (2.0 / 3 - 0.2) + 3 * 0.4) / 8, tolerance::rounding<double>));
    // two halves of the weight, 4 and 4; the middle of the tie at 0.2 lies in the first
    const auto halves = calibration_table(y, p, {0, 1}, {2, Binning::equal_counts}, s);
    REQUIRE(halves.size() == 2);
    CHECK((halves[0].low == 0.1 && halves[0].high == 0.2 && halves[0].weight == 4 && halves[0].observed_share == 0.5));
    CHECK((halves[1].low == 0.6 && halves[1].high == 1 && halves[1].weight == 4 && halves[1].observed_share == 1));
    // a tie goes where its middle lies, which here is the upper half although it begins in the lower one
    const auto uneven = calibration_table(std::vector<int>{0, 1, 1, 1}, std::vector<double>{0.1, 0.2, 0.2, 0.2}, {0, 1},
                                          {2, Binning::equal_counts});
    REQUIRE(uneven.size() == 2);
    CHECK((uneven[0].rows == 1 && uneven[1].rows == 3));
    // one class alone is a calibration, too
    CHECK(calibration_table(std::vector<int>{1, 1}, std::vector<double>{0.3, 0.9}, {0, 1}, {1})[0].observed_share == 1);
}

TEMPLATE_TEST_CASE("every row stands in the bin whose edges it lies between", "[metrics]", float, double) {
    using S = TestType;
    for (const Index bins : {Index(1), Index(3), Index(7), Index(10), Index(49), Index(1000)}) {
        // edges k/B and their neighbours, where p B is rounded to a whole number that it is not
        std::vector<S> p;
        for (Index k = 0; k <= bins; ++k) {
            const S edge = S(k) / S(bins);
            for (const S x : {std::nextafter(edge, S(-1)), edge, std::nextafter(edge, S(2))})
                if (x >= 0 && x <= 1) p.push_back(x);
        }
        const std::vector<int> y(p.size(), 1);
        const auto table = calibration_table(y, p, {0, 1}, {bins});
        std::sort(p.begin(), p.end());
        Index judged = 0;
        for (const auto& bin : table) {
            const auto inside = std::count_if(
                p.begin(), p.end(), [&](S x) { return x >= bin.low && (x < bin.high || (x == 1 && bin.high == 1)); });
            CHECK(bin.rows == static_cast<Index>(inside));
            judged += bin.rows;
        }
        CHECK(judged == static_cast<Index>(p.size()));
        CHECK(static_cast<Index>(table.size()) == bins);
    }
}

TEST_CASE("bins of equal counts have equal counts", "[metrics]") {
    Random random(1305);
    Vector<double> p = uniform_vector<double>(random, 120, 0, 1);
    const Eigen::VectorXi y = random_labels(random, 120, 2);
    for (const Index bins : {Index(2), Index(5), Index(8), Index(40), Index(120)}) {
        const auto table = calibration_table(y, p, {0, 1}, {bins, Binning::equal_counts});
        CHECK(static_cast<Index>(table.size()) == bins);
        for (std::size_t b = 0; b < table.size(); ++b) {
            CHECK(table[b].rows == 120 / bins);
            if (b > 0) CHECK(table[b - 1].high < table[b].low);
        }
    }
    // ties stay together, however many bins are asked for
    p = random_tenths<double>(random, 120);
    CHECK(calibration_table(y, p, {0, 1}, {1000, Binning::equal_counts}).size() == 11);
}

// from sklearn.calibration import calibration_curve; calibration_curve(binary, p, n_bins=7). No p lies on the edge of a
// seventh, which scikit-learn counts to the bin below.
TEST_CASE("a calibration table is scikit-learn's", "[metrics]") {
    const SharedRows rows;
    const auto table = calibration_table(rows.binary, rows.p, {0, 1}, {7});
    const double share[] = {0.22222222222222221, 0.22222222222222221, 0.29999999999999999, 0.22222222222222221,
                            0.33333333333333331, 0.33333333333333331, 0.40000000000000002},
                 mean[] = {0.096296296296296283, 0.2296296296296296,  0.3666666666666667, 0.50370370370370365,
                           0.63703703703703707,  0.76296296296296295, 0.86666666666666681};
    REQUIRE(table.size() == std::size(share));
    for (std::size_t b = 0; b < table.size(); ++b) {
        CHECK_THAT(table[b].observed_share, near(share[b], tolerance::rounding<double>));
        CHECK_THAT(table[b].mean_predicted, near(mean[b], tolerance::rounding<double>));
    }
}

TEST_CASE("probabilities of bad input are told by row and value", "[metrics]") {
    const std::vector<int> y{0, 1};
    using Numbers = std::vector<double>;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    Eigen::Matrix2d P;
    P << 0.5, 0.5, 0.25, 0.75;
    CHECK_THROWS_WITH(log_loss(y, Numbers{0.5, 1.5}, {0, 1}),
                      ContainsSubstring("P: the entry in row 1 is 1.5, but must be between 0 and 1"));
    CHECK_THROWS_WITH(brier_score(y, Numbers{nan, 0.5}, {0, 1}), ContainsSubstring("P: the entry in row 0 is nan"));
    CHECK_THROWS_WITH(log_loss(y, Eigen::Matrix2d(P * 0.9), {0, 1}),
                      ContainsSubstring("P: the probabilities in row 0 sum to 0.9 instead of 1"));
    CHECK_THROWS_WITH(log_loss(y, P, {0, 1, 2}), ContainsSubstring("P has 2 columns for 3 classes"));
    CHECK_THROWS_WITH(log_loss(y, P, {0, 2}), ContainsSubstring("y: label 1 in row 1 is not among the 2 classes"));
    CHECK_THROWS_WITH(log_loss(y, Numbers{0.5, 0.5}, {0}),
                      ContainsSubstring("classes: 1 given, at least two are needed"));
    CHECK_THROWS_WITH(log_loss(std::vector<int>{0}, P, {0, 1}), ContainsSubstring("y has 1 rows, P has 2"));
    CHECK_THROWS_WITH(log_loss(y, P, {0, 1}, Numbers{0, 0}), ContainsSubstring("all 2 entries are zero"));
    CHECK_THROWS_WITH(log_loss_of_logarithms(y, P, {0, 1}), ContainsSubstring("log P: the entry in row 0, column 0"));
    CHECK_THROWS_WITH(log_loss_of_logarithms(y, Eigen::Matrix2d(-P), {0, 1}),
                      ContainsSubstring("log P: the probabilities in row 0 sum to 1.21306"));
    CHECK_THROWS_WITH(log_loss_of_logarithms(y, Numbers{-1, -1}, {0, 1}), ContainsSubstring("log P has 1 column"));
    CHECK_THROWS_WITH(calibration_table(y, P, {0, 1}), ContainsSubstring("P has 2 columns; a calibration table takes"));
    CHECK_THROWS_WITH(calibration_table(y, Numbers{0.5, 0.5}, {0, 1}, {0}), ContainsSubstring("0 bins"));
    CHECK_THROWS_WITH(expected_calibration_error(std::vector<CalibrationBin<double>>{}), ContainsSubstring("no bins"));
}
