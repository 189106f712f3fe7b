#include "rows.hpp"
#include <gradus/metrics/ranking.hpp>

#include <limits>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// All pairs, in long double.
template <class S>
long double auc_by_pairs(const Eigen::VectorXi& y, const Vector<S>& score, const Vector<S>& s) {
    long double won = 0, all = 0;
    for (Index i = 0; i < y.size(); ++i)
        for (Index j = 0; j < y.size(); ++j)
            if (y[i] == 1 && y[j] == 0) {
                const long double pair = static_cast<long double>(s[i]) * s[j];
                all += pair;
                won += pair * (score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5L : 0);
            }
    return won / all;
}

/// Higher where y = 1, with `levels` distinct values at most: the fewer, the more ties.
template <class S>
Vector<S> random_scores(Random& random, const Eigen::VectorXi& y, double levels) {
    Vector<S> out(y.size());
    for (Index i = 0; i < y.size(); ++i) out[i] = S(std::floor(levels * (random.uniform() + 0.3 * y[i])));
    return out;
}

}  // namespace

TEST_CASE("AUC of a few rows", "[metrics]") {
    const std::vector<std::string> y{"no", "no", "yes", "yes"};
    const std::vector<double> score{0.1, 0.4, 0.35, 0.8};
    CHECK(roc_auc(y, score) == 0.75);
    CHECK(roc_auc(y, std::vector<double>{1, 2, 3, 4}) == 1);
    CHECK(roc_auc(y, std::vector<int>{4, 3, 2, 1}) == 0);
    CHECK(roc_auc(y, std::vector<double>{5, 5, 5, 5}) == 0.5);
    CHECK(roc_auc(y, std::vector<double>{1, 2, 2, 3}) == 0.875);
    // the third row wins one of its two pairs, the fourth both, and those of the third weigh twice
    CHECK(roc_auc(y, score, std::vector<int>{1, 1, 2, 1}) == 4.0 / 6);
    CHECK(roc_auc(indicator(y, "no"), score) == 0.25);
    const auto curve = roc_curve(y, score);
    CHECK(curve.thresholds ==
          (Vector<double>(5) << std::numeric_limits<double>::infinity(), 0.8, 0.4, 0.35, 0.1).finished());
    CHECK(curve.false_positive_rate == (Vector<double>(5) << 0, 0, 0.5, 0.5, 1).finished());
    CHECK(curve.true_positive_rate == (Vector<double>(5) << 0, 0.5, 0.5, 1, 1).finished());
    const auto precision = precision_recall_curve(y, score);
    CHECK(precision.thresholds == (Vector<double>(4) << 0.8, 0.4, 0.35, 0.1).finished());
    CHECK(precision.precision == (Vector<double>(4) << 1, 0.5, 2.0 / 3, 0.5).finished());
    CHECK(precision.recall == (Vector<double>(4) << 0.5, 0.5, 1, 1).finished());
    CHECK(average_precision(y, score) == (1 + 2.0 / 3) / 2);
}

TEMPLATE_TEST_CASE("AUC is the share of pairs that are won, ties by half", "[metrics]", float, double, long double) {
    using S = TestType;
    Random random(1401);
    for (const double levels : {1.0, 2.0, 5.0, 30.0, 1e5}) {
        INFO(levels << " levels");
        const Eigen::VectorXi y = random_labels(random, 150, 2);
        const Vector<S> score = random_scores<S>(random, y, levels), ones = Vector<S>::Ones(150),
                        s = uniform_vector<S>(random, 150, 0, 2);
        Vector<S> gaps = s;
        for (Index i = 0; i < 150; i += 3) gaps[i] = 0;
        check_definition<S>(roc_auc(y, score), auc_by_pairs(y, score, ones));
        check_definition<S>(roc_auc(y, score, s), auc_by_pairs(y, score, s));
        check_definition<S>(roc_auc(y, score, gaps), auc_by_pairs(y, score, gaps));
        static_assert(std::is_same_v<decltype(roc_auc(y, score, std::vector<double>())), S>);
    }
}

TEMPLATE_TEST_CASE("curves are those of the definitions", "[metrics]", float, double, long double) {
    using S = TestType;
    Random random(1402);
    const Eigen::VectorXi y = random_labels(random, 120, 2);
    const Vector<S> score = random_scores<S>(random, y, 20), s = uniform_vector<S>(random, 120, 0, 2);
    const auto roc = roc_curve(y, score, s);
    const auto pr = precision_recall_curve(y, score, s);
    std::vector<S> distinct(score.data(), score.data() + score.size());
    std::sort(distinct.begin(), distinct.end(), std::greater<>());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    REQUIRE(static_cast<Index>(distinct.size()) == pr.thresholds.size());
    REQUIRE(pr.thresholds.size() + 1 == roc.thresholds.size());
    const auto weight_where = [&](auto condition) {
        long double sum = 0;
        for (Index i = 0; i < y.size(); ++i)
            if (condition(i)) sum += s[i];
        return sum;
    };
    const long double positive = weight_where([&](Index i) { return y[i] == 1; }),
                      negative = weight_where([&](Index i) { return y[i] == 0; });
    long double area = 0, recall_before = 0, trapezoids = 0;
    for (Index k = 0; k < pr.thresholds.size(); ++k) {
        const S t = distinct[static_cast<std::size_t>(k)];
        const long double right = weight_where([&](Index i) { return y[i] == 1 && score[i] >= t; }),
                          called = weight_where([&](Index i) { return score[i] >= t; });
        CHECK(pr.thresholds[k] == t);
        CHECK(roc.thresholds[k + 1] == t);
        check_definition<S>(pr.precision[k], right / called);
        check_definition<S>(pr.recall[k], right / positive);
        check_definition<S>(roc.true_positive_rate[k + 1], right / positive);
        check_definition<S>(roc.false_positive_rate[k + 1], (called - right) / negative);
        area += (right / positive - recall_before) * (right / called);
        recall_before = right / positive;
        trapezoids += static_cast<long double>(roc.false_positive_rate[k + 1] - roc.false_positive_rate[k]) *
                      (roc.true_positive_rate[k + 1] + roc.true_positive_rate[k]) / 2;
    }
    check_definition<S>(average_precision(y, score, s), area);
    CHECK_THAT(static_cast<double>(roc_auc(y, score, s)),
               near(static_cast<double>(trapezoids), std::max(tolerance::product<S>, 1e-16)));
    CHECK((roc.true_positive_rate[0] == 0 && roc.false_positive_rate[0] == 0));
    CHECK((roc.true_positive_rate[roc.thresholds.size() - 1] == 1 &&
           roc.false_positive_rate[roc.thresholds.size() - 1] == 1));
}

TEST_CASE("only the order of the scores counts", "[metrics]") {
    Random random(1403);
    const Eigen::VectorXi y = random_labels(random, 200, 2);
    const Vector<double> score = random_scores<double>(random, y, 15), s = uniform_vector<double>(random, 200, 0, 2);
    const double auc = roc_auc(y, score, s);
    CHECK(roc_auc(y, Vector<double>(score.array().exp()), s) == auc);
    CHECK(roc_auc(y, Vector<double>(score * 1e-300), s) == auc);
    CHECK(roc_auc(y, Vector<double>(score.array() * 1e300 - 1e290), s) == auc);
    CHECK(average_precision(y, Vector<double>(score.array().exp()), s) == average_precision(y, score, s));
    // the other way round, the pairs lost are won
    CHECK_THAT(roc_auc(y, Vector<double>(-score), s), near(1 - auc, tolerance::rounding<double>));
    CHECK_THAT(roc_auc(indicator(y, 0), score, s), near(1 - auc, tolerance::rounding<double>));
    // infinite scores are the highest and the lowest
    Vector<double> ends = score;
    for (Index i = 0; i < 200; ++i) {
        if (score[i] == score.maxCoeff()) ends[i] = std::numeric_limits<double>::infinity();
        if (score[i] == score.minCoeff()) ends[i] = -std::numeric_limits<double>::infinity();
    }
    CHECK(roc_auc(y, ends, s) == auc);
    CHECK(roc_curve(y, ends, s).true_positive_rate == roc_curve(y, score, s).true_positive_rate);
    CHECK(roc_curve(y, ends, s).thresholds[1] == std::numeric_limits<double>::infinity());
}

TEST_CASE("rows of weight zero make no point of a curve", "[metrics]") {
    const std::vector<int> y{0, 1, 1, 0}, s{0, 1, 0, 1};
    const std::vector<double> score{4, 3, 2, 1};
    CHECK(roc_curve(y, score, s).thresholds.tail(2) == Eigen::Vector2d(3, 1));
    CHECK(roc_curve(y, score, s).thresholds.size() == 3);
    CHECK(precision_recall_curve(y, score, s).precision == Eigen::Vector2d(1, 0.5));
    CHECK(average_precision(y, score, s) == 1);
}

TEST_CASE("weights of ranked rows are frequencies", "[metrics]") {
    Random random(1404);
    const Eigen::VectorXi y = random_labels(random, 80, 2), counts = random_counts(random, 80);
    const Vector<double> score = random_scores<double>(random, y, 12);
    check_that_weights_are_frequencies<double>([](const auto&... a) { return roc_auc(a...); }, y, score, counts,
                                               random);
    check_that_weights_are_frequencies<double>([](const auto&... a) { return average_precision(a...); }, y, score,
                                               counts, random);
    check_that_weights_are_frequencies<double>([](const auto&... a) { return roc_curve(a...).true_positive_rate[5]; },
                                               y, score, counts, random);
    check_that_weights_are_frequencies<double>(
        [](const auto&... a) { return precision_recall_curve(a...).precision[5]; }, y, score, counts, random);
    // frequencies are whole numbers, sums of which are exact
    std::vector<Index> copies;
    for (Index i = 0; i < 80; ++i)
        for (int c = 0; c < counts[i]; ++c) copies.push_back(i);
    CHECK(roc_auc(y, score, counts) == roc_auc(rows_of(y, copies), rows_of(score, copies)));
}

// m.roc_auc_score(binary, score), m.average_precision_score(binary, score), m.roc_curve(binary, score,
// drop_intermediate=False)[:2]
TEST_CASE("ranking is scikit-learn's", "[metrics]") {
    const SharedRows rows;
    CHECK_THAT(roc_auc(rows.binary, rows.score, rows.w), near(0.53988263420995442, tolerance::rounding<double>));
    CHECK_THAT(average_precision(rows.binary, rows.score, rows.w),
               near(0.31513084630623378, tolerance::rounding<double>));
    const double false_rate[] = {0,
                                 0.084112149532710276,
                                 0.14018691588785046,
                                 0.20560747663551401,
                                 0.31775700934579437,
                                 0.3644859813084112,
                                 0.43925233644859812,
                                 0.51401869158878499,
                                 0.61682242990654201,
                                 0.67289719626168221,
                                 0.74766355140186913,
                                 0.86915887850467288,
                                 0.92523364485981308,
                                 1};
    const double true_rate[] = {0,
                                0.069767441860465115,
                                0.16279069767441862,
                                0.30232558139534882,
                                0.34883720930232559,
                                0.46511627906976744,
                                0.53488372093023251,
                                0.58139534883720934,
                                0.60465116279069764,
                                0.76744186046511631,
                                0.81395348837209303,
                                0.83720930232558144,
                                0.93023255813953487,
                                1};
    const auto curve = roc_curve(rows.binary, rows.score, rows.w);
    REQUIRE(curve.thresholds.size() == 14);
    for (int k = 0; k < 14; ++k) {
        CHECK_THAT(curve.false_positive_rate[k], near(false_rate[k], tolerance::rounding<double>));
        CHECK_THAT(curve.true_positive_rate[k], near(true_rate[k], tolerance::rounding<double>));
    }
}

TEST_CASE("rankings of bad input are told by row and value", "[metrics]") {
    const std::vector<int> y{0, 1, 1};
    using Numbers = std::vector<double>;
    CHECK_THROWS_WITH(roc_auc(y, Numbers{1, 2, std::nan("")}),
                      ContainsSubstring("score: the entry in row 2 is nan, but must be a number"));
    CHECK_THROWS_WITH(roc_curve(y, Numbers{1, 2}), ContainsSubstring("y has 3 rows, score has 2"));
    CHECK_THROWS_WITH(roc_auc(y, Matrix<double>::Zero(3, 2)), ContainsSubstring("score has 2 columns"));
    CHECK_THROWS_WITH(average_precision(std::vector<int>{1, 1, 1}, Numbers{1, 2, 3}),
                      ContainsSubstring("single class: every row has label 1"));
    CHECK_THROWS_WITH(roc_auc(y, Numbers{1, 2, 3}, Numbers{0, 1, 1}),
                      ContainsSubstring("single class: every row has label 1"));
    CHECK_THROWS_WITH(precision_recall_curve(std::vector<int>{0, 1, 2}, Numbers{1, 2, 3}),
                      ContainsSubstring("y has 3 classes; ranking compares two"));
    CHECK_THROWS_WITH(roc_auc(y, Numbers{1, 2, 3}, Numbers{1, 1, -1}),
                      ContainsSubstring("weights: the entry in row 2 is -1"));
    CHECK_THROWS_WITH(roc_auc(std::vector<int>{}, Numbers{}), ContainsSubstring("no rows"));
    // a third label that is absent is no class
    CHECK(roc_auc(std::vector<int>{0, 1, 2}, Numbers{1, 2, 0}, Numbers{1, 1, 0}) == 1);
}
