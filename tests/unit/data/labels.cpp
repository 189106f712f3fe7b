#include "support/tolerances.hpp"
#include <gradus/core/random.hpp>
#include <gradus/data/labels.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class Label, class Y>
struct Encoded {
    Classes<Label> classes;
    Eigen::VectorXi codes;

    explicit Encoded(const Y& y, Classes<Label> given = {}, const std::vector<double>& weights = {})
        : classes(std::move(given)) {
        const Index n = static_cast<Index>(y.size());
        codes = encode_labels<int, Label>(
            y, n, classes, [&](Index i) { return weights.empty() || weights[static_cast<std::size_t>(i)] > 0; });
    }
};
template <class Label, class Y>
Encoded<Label, Y> encode(const Y& y, Classes<Label> given = {}, const std::vector<double>& weights = {}) {
    return Encoded<Label, Y>(y, std::move(given), weights);
}

Vector<double> column(std::initializer_list<double> numbers) {
    Vector<double> out(static_cast<Index>(numbers.size()));
    std::copy(numbers.begin(), numbers.end(), out.data());
    return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("classes are sorted, and codes count them", "[labels]") {
    const Eigen::VectorXi y = (Eigen::VectorXi(5) << 7, -2, 7, 3, -2).finished();
    const auto encoded = encode<int>(y);
    CHECK(encoded.classes == Classes<int>{-2, 3, 7});
    CHECK(encoded.codes.cast<double>() == column({2, 0, 2, 1, 0}));
    const Words words{"dog", "cat", "dog", "ant"};
    const auto named = encode<std::string>(words);
    CHECK(named.classes == Words{"ant", "cat", "dog"});
    CHECK(named.codes.cast<double>() == column({2, 1, 2, 0}));
    const std::vector<const char*> literals{"b", "a"};
    CHECK(encode<std::string>(literals).classes == Words{"a", "b"});
}

TEST_CASE("of any number of classes in any order codes lead back to the labels", "[labels]") {
    Random random(8);
    for (const Index count : {2, 3, 31, 32, 33, 34, 300}) {
        std::vector<int> y;
        for (Index i = 0; i < count; ++i) y.push_back(static_cast<int>(7 * i) - 100);
        random.shuffle(y);
        for (Index i = 0; i < 3 * count; ++i) y.push_back(y[static_cast<std::size_t>(i / 2)]);
        const auto encoded = encode<int>(y);
        CHECK(encoded.classes.size() == static_cast<std::size_t>(count));
        CHECK(std::is_sorted(encoded.classes.begin(), encoded.classes.end()));
        bool leads_back = true;
        for (std::size_t i = 0; i < y.size(); ++i)
            leads_back =
                leads_back && encoded.classes[static_cast<std::size_t>(encoded.codes[static_cast<Index>(i)])] == y[i];
        CHECK(leads_back);
    }
}

TEST_CASE("classes may be given in an order", "[labels]") {
    const Words y{"low", "high", "mid", "low"};
    const auto encoded = encode<std::string>(y, {"low", "mid", "high"});
    CHECK(encoded.classes == Words{"low", "mid", "high"});
    CHECK(encoded.codes.cast<double>() == column({0, 2, 1, 0}));
    CHECK_THROWS_WITH(encode<std::string>(y, {"low", "high"}),
                      ContainsSubstring("label 'mid' in row 2 is not among the 2 classes given"));
    CHECK_THROWS_WITH(encode<std::string>(y, {"low", "mid", "high", "huge"}),
                      ContainsSubstring("class 'huge' has no row"));
    CHECK_THROWS_WITH(encode<std::string>(y, {"low", "mid", "high", "low"}), ContainsSubstring("listed twice"));
}

TEST_CASE("floating labels are integers only when they are whole", "[labels]") {
    CHECK(encode<int>(column({1, 0, 1})).classes == Classes<int>{0, 1});
    CHECK_THROWS_WITH(encode<int>(column({1, 0.5, 1})), ContainsSubstring("label 0.5 in row 1 is not a whole number"));
    CHECK_THROWS_WITH(encode<int>(column({1, 0, 1e10})), ContainsSubstring("row 2 does not fit"));
    CHECK_THROWS_AS(encode<int>(column({1, std::numeric_limits<double>::quiet_NaN()})), InvalidInput);
    CHECK_THROWS_AS(encode<int>(column({1, std::numeric_limits<double>::infinity()})), InvalidInput);
    CHECK_THROWS_AS(encode<int>(std::vector<long long>{0, 1LL << 40}), InvalidInput);
    CHECK_THROWS_AS(encode<unsigned>(std::vector<int>{0, -1}), InvalidInput);
    CHECK(encode<double>(column({1.5, -0.5, 1.5})).classes == Classes<double>{-0.5, 1.5});
    CHECK_THROWS_AS(encode<double>(column({1.5, std::numeric_limits<double>::quiet_NaN()})), InvalidInput);
}

TEST_CASE("one class, or none, cannot be learnt", "[labels]") {
    CHECK_THROWS_WITH(encode<int>(std::vector<int>{4, 4, 4}),
                      ContainsSubstring("single class") && ContainsSubstring("label 4"));
    CHECK_THROWS_WITH(encode<std::string>(Words{"yes"}), ContainsSubstring("'yes'"));
    CHECK_THROWS_AS(encode<int>(std::vector<int>{}), InvalidInput);
}

TEST_CASE("rows of weight zero do not bring a class into being", "[labels]") {
    const std::vector<int> y{0, 1, 5, 1};
    const auto encoded = encode<int>(y, {}, {1, 1, 0, 2});
    CHECK(encoded.classes == Classes<int>{0, 1});
    CHECK(encoded.codes[0] == 0);
    CHECK(encoded.codes[1] == 1);
    CHECK((encoded.codes[2] == 0 || encoded.codes[2] == 1));  // any code: it has no weight
    const auto before = encode<int>(std::vector<int>{5, 3, 9, 3, 5}, {}, {0, 0, 1, 1, 1});
    CHECK(before.classes == Classes<int>{3, 5, 9});
    CHECK(before.codes.cast<double>() == column({1, 0, 2, 0, 1}));
    CHECK_THROWS_WITH(encode<int>(y, {}, {0, 1, 0, 1}), ContainsSubstring("single class"));
    CHECK_THROWS_WITH(encode<int>(y, {}, {0, 0, 0, 0}), ContainsSubstring("no rows with positive weight"));
    CHECK_THROWS_WITH(encode<int>(y, {0, 1, 5}, {1, 1, 0, 1}), ContainsSubstring("class 5 has no row"));
}
