#include "rows.hpp"
#include <gradus/metrics/classification.hpp>

#include <limits>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Words = std::vector<std::string>;

Vector<double> numbers(std::initializer_list<double> entries) {
    Vector<double> out(static_cast<Index>(entries.size()));
    std::copy(entries.begin(), entries.end(), out.data());
    return out;
}

template <class Values>
void check_all(const Values& actual, const Vector<double>& expected) {
    REQUIRE(actual.size() == expected.size());
    for (Index k = 0; k < expected.size(); ++k)
        CHECK_THAT(static_cast<double>(actual[k]), near(expected[k], tolerance::rounding<double>));
}

}  // namespace

TEST_CASE("a confusion matrix by hand", "[metrics]") {
    const Words y{"cat", "dog", "cat", "cat", "ant"}, predicted{"cat", "cat", "dog", "cat", "ant"};
    const auto confusion = confusion_matrix(y, predicted);
    CHECK(confusion.classes == Words{"ant", "cat", "dog"});
    CHECK(confusion.counts == (Eigen::Matrix3d() << 1, 0, 0, 0, 2, 1, 0, 1, 0).finished());
    CHECK(confusion.truly() == numbers({1, 3, 1}));
    CHECK(confusion.predicted() == numbers({1, 3, 1}));
    CHECK(accuracy(confusion) == 3.0 / 5);
    CHECK(accuracy(y, predicted, std::vector<double>{1, 0, 0.5, 2, 0.5}) == 3.5 / 4);
    check_all(precision(confusion), numbers({1, 2.0 / 3, 0}));
    check_all(recall(confusion), numbers({1, 2.0 / 3, 0}));
    check_all(f1(confusion), numbers({1, 2.0 / 3, 0}));
    CHECK_THAT(balanced_accuracy(confusion), near(5.0 / 9, tolerance::rounding<double>));
    const auto in_order = confusion_matrix_over(y, predicted, {"dog", "cat", "ant", "emu"});
    CHECK(in_order.counts == (Eigen::Matrix4d() << 0, 1, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0).finished());
}

TEST_CASE("labels of two types are compared as that of the predictions", "[metrics]") {
    const Eigen::Vector3d y(0, 1, 1);
    CHECK(accuracy(y, Eigen::Vector3i(0, 1, 0)) == 2.0 / 3);
    CHECK(accuracy(std::vector<bool>{false, true, true}, std::vector<bool>{false, true, false}) == 2.0 / 3);
    CHECK(accuracy(std::vector<const char*>{"a", "b"}, Words{"a", "a"}) == 0.5);
    CHECK(accuracy(y, (Eigen::Array3d(-1, 2, 3) > 0.0).cast<int>()) == 1);
    CHECK_THROWS_WITH(accuracy(Eigen::Vector3d(0, 0.5, 1), Eigen::Vector3i(0, 1, 0)),
                      ContainsSubstring("label 0.5 in row 1 is not a whole number"));
}

TEMPLATE_TEST_CASE("scores of classes are those of the definitions", "[metrics]", float, double, long double) {
    using S = TestType;
    Random random(1201);
    const Index n = 300, K = 4;
    const Eigen::VectorXi y = random_labels(random, n, 4);
    Eigen::VectorXi predicted = random_labels(random, n, 4);
    for (Index i = 0; i < n; i += 2) predicted[i] = y[i];
    const Vector<S> s = uniform_vector<S>(random, n, 0, 2);
    const auto confusion = confusion_matrix(y, predicted, s);
    static_assert(std::is_same_v<decltype(accuracy(confusion)), S>);

    const auto weight_where = [&](auto condition) {
        long double sum = 0;
        for (Index i = 0; i < n; ++i)
            if (condition(i)) sum += s[i];
        return sum;
    };
    const long double total = weight_where([](Index) { return true; });
    long double chance = 0, precisions = 0, recalls = 0, f1s = 0, weighted_precision = 0;
    for (int k = 0; k < K; ++k) {
        const long double truly = weight_where([&](Index i) { return y[i] == k; }),
                          called = weight_where([&](Index i) { return predicted[i] == k; });
        const long double right = weight_where([&](Index i) { return y[i] == k && predicted[i] == k; });
        const long double pr = right / called, re = right / truly, f = 2 * pr * re / (pr + re);
        check_definition<S>(precision(confusion)[k], pr);
        check_definition<S>(recall(confusion)[k], re);
        check_definition<S>(f1(confusion)[k], f);
        precisions += pr / K, recalls += re / K, f1s += f / K, weighted_precision += pr * truly / total,
            chance += truly / total * called / total;
    }
    const long double share = weight_where([&](Index i) { return y[i] == predicted[i]; }) / total;
    const auto same = [](S actual, long double expected) { check_definition<S>(actual, expected); };
    same(accuracy(confusion), share);
    same(accuracy(y, predicted, s), share);
    same(precision(confusion, Average::macro), precisions);
    same(recall(confusion, Average::macro), recalls);
    same(f1(confusion, Average::macro), f1s);
    same(precision(confusion, Average::weighted), weighted_precision);
    same(recall(confusion, Average::weighted), share);
    same(precision(confusion, Average::micro), share);
    same(recall(confusion, Average::micro), share);
    same(f1(confusion, Average::micro), share);
    same(balanced_accuracy(confusion), recalls);
    same(balanced_accuracy(y, predicted, s), recalls);
    same(cohens_kappa(confusion), (share - chance) / (1 - chance));
    // the names and the order of the classes do not matter
    const auto other = confusion_matrix_over(y, predicted, {2, 0, 3, 1}, s);
    same(f1(other, Average::weighted), f1(confusion, Average::weighted));
    same(matthews_correlation(other), matthews_correlation(confusion));
    same(cohens_kappa(other), cohens_kappa(confusion));
}

TEST_CASE("with two classes Matthews' is the correlation of the indicators", "[metrics]") {
    Random random(1202);
    const Eigen::VectorXi y = random_labels(random, 80, 2);
    Eigen::VectorXi predicted = random_labels(random, 80, 2);
    predicted.head(30) = y.head(30);
    const Vector<double> s = uniform_vector<double>(random, 80, 0, 2), a = y.cast<double>(),
                         b = predicted.cast<double>();
    const double total = s.sum(), ma = s.dot(a) / total, mb = s.dot(b) / total;
    const auto covariance = [&](const Vector<double>& u, double mu, const Vector<double>& v, double mv) {
        return (s.array() * (u.array() - mu) * (v.array() - mv)).sum();
    };
    const double correlation =
        covariance(a, ma, b, mb) / std::sqrt(covariance(a, ma, a, ma) * covariance(b, mb, b, mb));
    CHECK_THAT(matthews_correlation(confusion_matrix(y, predicted, s)), near(correlation, tolerance::rounding<double>));
    CHECK_THAT(matthews_correlation(confusion_matrix(y, Eigen::VectorXi(1 - predicted.array()), s)),
               near(-correlation, tolerance::rounding<double>));
    CHECK_THAT(matthews_correlation(confusion_matrix(y, y)), near(1, tolerance::rounding<double>));
}

TEST_CASE("weights of labels are frequencies", "[metrics]") {
    Random random(1203);
    const Eigen::VectorXi y = random_labels(random, 70, 3), predicted = random_labels(random, 70, 3),
                          counts = random_counts(random, 70);
    check_that_weights_are_frequencies<double>([](const auto&... a) { return accuracy(a...); }, y, predicted, counts,
                                               random);
    check_that_weights_are_frequencies<double>([](const auto&... a) { return balanced_accuracy(a...); }, y, predicted,
                                               counts, random);
    check_that_weights_are_frequencies<double>(
        [](const auto&... a) { return f1(confusion_matrix(a...), Average::weighted); }, y, predicted, counts, random);
    check_that_weights_are_frequencies<double>([](const auto&... a) { return cohens_kappa(confusion_matrix(a...)); }, y,
                                               predicted, counts, random);
    check_that_weights_are_frequencies<double>(
        [](const auto&... a) { return matthews_correlation(confusion_matrix(a...)); }, y, predicted, counts, random);
}

// m.confusion_matrix(y, predicted), m.accuracy_score, m.balanced_accuracy_score, m.cohen_kappa_score,
// m.matthews_corrcoef and m.precision_recall_fscore_support(y, predicted, average=None, "macro", "weighted")
TEST_CASE("scores of classes are scikit-learn's", "[metrics]") {
    const SharedRows rows;
    const auto confusion = confusion_matrix(rows.y, rows.predicted, rows.w);
    CHECK(confusion.counts == (Eigen::Matrix3d() << 10, 7, 4, 33, 19, 33, 17, 4, 23).finished());
    CHECK_THAT(accuracy(confusion), near(0.34666666666666668, tolerance::rounding<double>));
    CHECK_THAT(balanced_accuracy(confusion), near(0.40748238689415156, tolerance::rounding<double>));
    CHECK_THAT(cohens_kappa(confusion), near(0.08411214953271029, tolerance::rounding<double>));
    CHECK_THAT(matthews_correlation(confusion), near(0.099058406205506822, tolerance::rounding<double>));
    check_all(precision(confusion), numbers({0.16666666666666666, 0.6333333333333333, 0.38333333333333336}));
    check_all(recall(confusion), numbers({0.47619047619047616, 0.22352941176470589, 0.52272727272727271}));
    check_all(f1(confusion), numbers({0.24691358024691357, 0.33043478260869563, 0.44230769230769229}));
    const auto averages = [&](Average how) {
        return numbers({precision(confusion, how), recall(confusion, how), f1(confusion, how)});
    };
    check_all(averages(Average::macro), numbers({0.39444444444444443, 0.40748238689415156, 0.33988535172110046}));
    check_all(averages(Average::weighted), numbers({0.49466666666666659, 0.34666666666666668, 0.35155786778975184}));
}

TEST_CASE("what is 0/0 is not a number", "[metrics]") {
    // class 2 is never predicted, class 3 never true
    const auto confusion = confusion_matrix(std::vector<int>{1, 1, 2, 2}, std::vector<int>{1, 1, 1, 3});
    CHECK(std::isnan(precision(confusion)[1]));
    CHECK(precision(confusion)[2] == 0);
    CHECK(recall(confusion)[1] == 0);
    CHECK(std::isnan(recall(confusion)[2]));
    check_all(f1(confusion), numbers({0.8, 0, 0}));
    CHECK(std::isnan(precision(confusion, Average::macro)));
    CHECK(std::isnan(precision(confusion, Average::weighted)));
    CHECK(std::isnan(recall(confusion, Average::macro)));
    CHECK(recall(confusion, Average::weighted) == 0.5);
    CHECK(precision(confusion, Average::micro) == 0.5);
    CHECK_THAT(f1(confusion, Average::macro), near(0.8 / 3, tolerance::rounding<double>));
    CHECK(balanced_accuracy(confusion) == 0.5);
    // a class that is given and has neither
    CHECK(std::isnan(f1(confusion_matrix_over(std::vector<int>{0, 1}, std::vector<int>{0, 1}, {0, 1, 2}))[2]));
    // one class: agreement by chance is certain
    const auto single = confusion_matrix(std::vector<int>{7, 7}, std::vector<int>{7, 7});
    CHECK(accuracy(single) == 1);
    CHECK(std::isnan(cohens_kappa(single)));
    CHECK(std::isnan(matthews_correlation(single)));
    CHECK(std::isnan(matthews_correlation(confusion_matrix(std::vector<int>{0, 1}, std::vector<int>{1, 1}))));
    CHECK(cohens_kappa(confusion_matrix(std::vector<int>{0, 1}, std::vector<int>{1, 1})) == 0);
}

TEST_CASE("counting in float does not stop at 2^24", "[metrics]") {
    const std::vector<float> s{16777216, 1, 1, 1, 1};
    const auto confusion = confusion_matrix(std::vector<int>{1, 1, 1, 1, 1}, std::vector<int>{1, 1, 1, 1, 1}, s);
    CHECK(confusion.counts(0, 0) == 16777220);
}

TEST_CASE("rows of weight zero bring no class into being", "[metrics]") {
    const std::vector<int> y{0, 1, 5}, predicted{1, 1, 6};
    CHECK(confusion_matrix(y, predicted, std::vector<int>{1, 1, 0}).classes == Classes<int>{0, 1});
    CHECK(confusion_matrix_over(y, predicted, {0, 1}, std::vector<int>{1, 1, 0}).counts.sum() == 2);
    CHECK_THROWS_WITH(confusion_matrix_over(y, predicted, {0, 1}),
                      ContainsSubstring("y: label 5 in row 2 is not among the 2 classes"));
    CHECK_THROWS_WITH(confusion_matrix_over(y, predicted, {0, 1, 5}),
                      ContainsSubstring("predicted: label 6 in row 2 is not among the 3 classes"));
    CHECK_THROWS_WITH(confusion_matrix_over(y, predicted, {0, 1, 0}), ContainsSubstring("0 is listed twice"));
}

TEST_CASE("labels of bad input are told by row and value", "[metrics]") {
    const std::vector<int> y{0, 1};
    CHECK_THROWS_WITH(accuracy(y, std::vector<int>{0, 1, 1}), ContainsSubstring("y has 2 rows, predicted has 3"));
    CHECK_THROWS_WITH(accuracy(y, Eigen::RowVector2i(0, 1)),
                      ContainsSubstring("predicted is 1 x 2, but labels are one column"));
    CHECK_THROWS_WITH(accuracy(y, y, std::vector<double>{1, -1}),
                      ContainsSubstring("weights: the entry in row 1 is -1"));
    CHECK_THROWS_WITH(accuracy(y, y, std::vector<double>{0, 0}), ContainsSubstring("all 2 entries are zero"));
    CHECK_THROWS_WITH(accuracy(std::vector<int>{}, std::vector<int>{}), ContainsSubstring("no rows"));
    CHECK_THROWS_WITH(accuracy(std::vector<double>{0, std::nan("")}, std::vector<double>{0, 1}),
                      ContainsSubstring("label nan in row 1 is not finite"));
}
