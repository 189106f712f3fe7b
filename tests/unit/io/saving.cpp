// Every model, saved and loaded, is the same to the bit; what is no such file is refused.

#include "support/refusal.hpp"
#include <gradus/core/random.hpp>
#include <gradus/io/json.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/bounds.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/group_lasso.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/mcp.hpp>
#include <gradus/penalties/non_negative.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/penalties/scad.hpp>

#include <cstdio>
#include <filesystem>
#include <sstream>
#include <support/catch.hpp>

using namespace gradus;
using Catch::Matchers::ContainsSubstring;
using gradus::test::refusal;

namespace {

template <class S>
S any_number(Random& random) {
    switch (random.below(6)) {
    case 0:
        return S(0);
    case 1:
        return -S(0);
    case 2:
        return std::numeric_limits<S>::denorm_min() * S(3);
    case 3:
        return -std::numeric_limits<S>::max();
    default:
        return S(random.normal()) / S(3) + S(random.normal()) * std::numeric_limits<S>::epsilon();
    }
}
template <class S>
Matrix<S> any_matrix(Random& random, Index rows, Index columns) {
    return Matrix<S>::NullaryExpr(rows, columns, [&] { return any_number<S>(random); });
}

template <class T>
bool same_bits(const T& a, const T& b) {
    if constexpr (std::is_floating_point_v<T>) return a == b && std::signbit(a) == std::signbit(b);
    else {
        bool same = a.rows() == b.rows() && a.cols() == b.cols();
        for (Index i = 0; same && i < a.size(); ++i)
            same = same_bits(a.coeff(i % a.rows(), i / a.rows()), b.coeff(i % a.rows(), i / a.rows()));
        return same;
    }
}

template <class Model>
std::string saved_text(const Model& model) {
    std::ostringstream out;
    save(model, out);
    return out.str();
}
template <class Model>
Model loaded(const std::string& content) {
    std::istringstream in(content);
    return load<Model>(in);
}

template <class Model>
void check_round_trip(const Model& model) {
    const Model again = loaded<Model>(saved_text(model));
    CHECK(same_bits(model.coefficients(), again.coefficients()));
    if constexpr (requires { model.thresholds(); }) CHECK(same_bits(model.thresholds(), again.thresholds()));
    else CHECK(same_bits(model.intercept(), again.intercept()));
    if constexpr (requires { model.classes(); }) CHECK(model.classes() == again.classes());
    if constexpr (requires { model.options().fit_intercept; })
        CHECK(model.options().fit_intercept == again.options().fit_intercept);
    CHECK(model.options().feature_names == again.options().feature_names);
    CHECK(saved_text(again) == saved_text(model));
}

template <class S>
Vector<S> increasing(Index count) {
    Vector<S> out(count);
    for (Index c = 0; c < count; ++c) out[c] = S(-1) / S(3) + S(static_cast<double>(c)) * S(0.7);
    return out;
}

enum class Colour { red = 3, green = 7 };

const std::vector<std::string> three_names = {"age", "a \"quoted\", one", "größe\n"};

}  // namespace

TEMPLATE_TEST_CASE("every model comes back with the same bits", "", float, double, long double) {
    using S = TestType;
    Random random(5);
    for (int round = 0; round < 20; ++round) {
        const Matrix<S> w = any_matrix<S>(random, 3, 1), W = any_matrix<S>(random, 3, 3);
        const Vector<S> b = any_matrix<S>(random, 3, 1).col(0);
        check_round_trip(LinearRegression<S>::from_parameters(w.col(0), b[0], {.feature_names = three_names}));
        check_round_trip(LinearRegression<S, Ridge>::from_parameters(w.col(0), b[0], {.penalty = {.lambda = 0.1}}));
        check_round_trip(MultivariateRegression<S>::from_parameters(W, b));
        check_round_trip(PoissonRegression<S>::from_parameters(w.col(0), S(0), {.fit_intercept = false}));
        check_round_trip(HuberRegression<S>::from_parameters(w.col(0), b[0], {.delta = 0.3}));
        check_round_trip(LogisticRegression<S>::from_parameters(w, b.head(1), {-1, 4}));
        check_round_trip(LogisticRegression<S>::from_parameters(W, b, {5, 3, 9}, {.classes = {5, 3, 9}}));
        check_round_trip(FirthLogisticRegression<S>::from_parameters(w, b.head(1), {0, 1}));
        check_round_trip(OrdinalRegression<S>::from_parameters(w.col(0), increasing<S>(4), {0, 1, 2, 3, 5}));
        check_round_trip(OrdinalRegression<S, NoPenalty, std::string, Probit>::from_parameters(
            w.col(0), increasing<S>(2), {"low", "mid, or so", "\"high\""}));
        check_round_trip(OrdinalRegression<S, Ridge, int, ComplementaryLogLog>::from_parameters(
            w.col(0), increasing<S>(2), {0, 1, 2}, {.penalty = {.lambda = 0.3}}));
    }
    check_round_trip(LogisticRegression<S>::from_parameters(Matrix<S>(0, 1), Vector<S>::Ones(1), {0, 1}));
}

TEST_CASE("penalties come back with all that they hold") {
    const auto again = []<class Penalty>(Penalty penalty) {
        const auto model = MultivariateRegression<double, Penalty>::from_parameters(
            Matrix<double>::Ones(3, 2), Vector<double>::Ones(2), {.penalty = std::move(penalty)});
        check_round_trip(model);
        return loaded<MultivariateRegression<double, Penalty>>(saved_text(model)).options().penalty;
    };
    const Eigen::Vector3d factors(0.1, 2, 0);
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(again(Lasso{.lambda = 0.1, .factors = factors}).factors == factors);
    CHECK(again(ElasticNet{.lambda = 0.1, .l1_ratio = 0.3, .factors = factors}).l1_ratio == 0.3);
    CHECK(again(MCP{.lambda = 0.1, .gamma = 2.7}).gamma == 2.7);
    CHECK(again(SCAD{.lambda = 0.1, .gamma = 3.9}).gamma == 3.9);
    again(NonNegative{});
    const auto groups = again(GroupLasso{.lambda = 0.1, .groups = {0, 1, 0}, .factors = Eigen::Vector2d(1, 3)});
    CHECK(groups.groups == std::vector<Index>{0, 1, 0});
    CHECK(groups.factors == Eigen::Vector2d(1, 3));
    CHECK(again(Bounds{.lower = Eigen::Vector3d(0, -infinity, 1.0 / 3)}).lower ==
          Eigen::Vector3d(0, -infinity, 1.0 / 3));
    CHECK(again(Bounds{.lower = {}, .upper = Eigen::Vector3d(1, infinity, 2)}).upper ==
          Eigen::Vector3d(1, infinity, 2));
}

TEST_CASE("labels of any type come back") {
    const Matrix<double> w = Matrix<double>::Ones(2, 1);
    const Vector<double> b = Vector<double>::Ones(1);
    const auto check = [&]<class Label>(Classes<Label> classes) {
        check_round_trip(LogisticRegression<double, NoPenalty, Label>::from_parameters(w, b, std::move(classes)));
    };
    check(Classes<std::string>{"", "ja"});
    check(Classes<bool>{false, true});
    check(Classes<double>{0.1, 1e300});
    check(Classes<float>{0.1f, 7});
    check(Classes<long double>{0.1L, 7});
    check(Classes<std::uint64_t>{0, ~std::uint64_t(0)});
    check(Classes<std::int64_t>{std::numeric_limits<std::int64_t>::min(), 1});
    check(Classes<char>{'a', 'b'});
    check(Classes<Colour>{Colour::green, Colour::red});
}

TEST_CASE("a fitted model keeps its predictions, options and penalty, and has no report") {
    Random random(3);
    const Matrix<double> X = Matrix<double>::NullaryExpr(60, 3, [&] { return random.normal(); });
    Eigen::VectorXi y(60);
    for (Index i = 0; i < 60; ++i) y[i] = X(i, 0) + random.normal() > 0 ? 2 : 1;
    LogisticRegression<double, Ridge> model{{.penalty = {.lambda = 0.01, .factors = Eigen::Vector3d(1, 2, 0)},
                                             .classes = {2, 1},
                                             .feature_names = {"a", "b", "c"}}};
    model.fit(X, y);
    const auto file = (std::filesystem::temp_directory_path() / "gradus_saving_test.json").string();
    save(model, file);
    auto again = load<LogisticRegression<double, Ridge>>(file);
    std::remove(file.c_str());
    CHECK(again.predict_probability(X) == model.predict_probability(X));
    CHECK(again.predict(X) == model.predict(X));
    CHECK(again.options().penalty.lambda == 0.01);
    CHECK(again.options().penalty.factors == model.options().penalty.factors);
    CHECK_THROWS_AS(again.report(), NotFitted);
    again.fit(X, y);  // in the order of classes that was asked for
    CHECK(again.classes() == model.classes());
    CHECK(again.coefficients() == model.coefficients());
}

TEST_CASE("what cannot be saved is said before a file is written") {
    const std::string file = "/nonexistent/model.json";
    LinearRegression<double> model;
    CHECK_THROWS_AS(save(model, file), NotFitted);
    model = LinearRegression<double>::from_parameters(Eigen::Vector2d(1, 2), 3, {.feature_names = {"a", "\xff"}});
    CHECK_THAT(refusal([&] { save(model, file); }), ContainsSubstring("the name of feature 1 is not UTF-8"));
    model = LinearRegression<double>::from_parameters(Eigen::Vector2d(1, 2), 3);
    CHECK_THAT(refusal([&] { save(model, file); }), ContainsSubstring("cannot write /nonexistent/model.json"));
    CHECK_THAT(refusal([&] { load<LinearRegression<double>>(file); }), ContainsSubstring("cannot read /nonexistent"));
    CHECK_THAT(refusal([&] { load<LinearRegression<double>>("/"); }), ContainsSubstring("cannot read /"));
}

TEST_CASE("another model, scalar, label, link or penalty than was asked for is refused") {
    const Matrix<double> w = Matrix<double>::Ones(2, 1);
    const Vector<double> b = Vector<double>::Ones(1);
    const std::string logistic = saved_text(LogisticRegression<double>::from_parameters(w, b, {0, 1})),
                      ordinal = saved_text(OrdinalRegression<double>::from_parameters(w.col(0), b, {0, 1}));
    const auto says = [](auto model, const std::string& content, const std::string& words) {
        using Model = decltype(model);
        CHECK_THAT(refusal([&] { loaded<Model>(content); }), ContainsSubstring(words));
    };
    says(LinearRegression<double>(), logistic,
         "has for model 'logistic regression', and 'linear regression' was asked");
    says(FirthLogisticRegression<double>(), logistic, "'Firth logistic regression' was asked for");
    says(LogisticRegression<float>(), logistic, "has for scalar 'double', and 'float' was asked for");
    says(LogisticRegression<long double>(), logistic, "'long double' was asked for");
    says(LogisticRegression<double, NoPenalty, std::string>(), logistic, "has for label 'integer', and 'text' was");
    says(LogisticRegression<double, Ridge>(), logistic, "was fitted with the penalty '', and ' + lambda/2 |W|^2'");
    says(OrdinalRegression<double, NoPenalty, int, Probit>(), ordinal, "has for link 'logit', and 'probit'");
}

TEST_CASE("foreign, future and damaged files are refused") {
    using Model = LogisticRegression<double>;
    const std::string good =
        saved_text(Model::from_parameters(Eigen::Vector2d(0.25, -3), Vector<double>::Ones(1), {0, 1}));
    const auto says = [](const std::string& content, const std::string& words) {
        CHECK_THAT(refusal([&] { loaded<Model>(content); }), ContainsSubstring(words));
    };
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string out = good;
        return out.replace(out.find(from), from.size(), to);
    };
    says("", "is not JSON from byte");
    says("[1, 2]", "is not a model that gradus saved");
    says("null", "is not a model that gradus saved");
    says(R"({"format": "onnx"})", "is not a model that gradus saved");
    says(good.substr(0, good.size() / 2), "is not JSON from byte");
    says(with("\"version\": 1", "\"version\": 2"), "is in version 2 of the format; this gradus reads version 1");
    says(with("0.25", "0.26"), "its checksum does not fit");
    says(with("0.25", "NaN"), "is not JSON");
    says(with("0.25", "1e999"), "is not JSON");
    says(std::string(1'000'000, '['), "is nested too deeply");
    CHECK(loaded<Model>(with("0.25", "\t0.250e0")).coefficients()(0, 0) == 0.25);
}

// Somebody who also corrects the checksum.
TEST_CASE("sizes and numbers that do not match are refused") {
    using Model = LogisticRegression<double>;
    const saved::Json good = saved::document_of(Model::from_parameters(
        Eigen::Vector2d(0.25, -3), Vector<double>::Ones(1), {0, 1}, {.feature_names = {"a", "b"}}));
    const auto says = [&](const char* key, const saved::Json& value, const std::string& words) {
        saved::Json bad = good;
        bad[key] = value;
        CHECK_THAT(refusal([&] { loaded<Model>(saved::text_of(bad)); }), ContainsSubstring(words));
        bad.erase(key);
        CHECK_THAT(refusal([&] { loaded<Model>(saved::text_of(bad)); }), ContainsSubstring(text("has no ", key)));
    };
    using saved::Json;
    says("features", 3, "has 2 feature_names for 3 features");
    says("features", -2, "has for features no number of them");
    says("features", 1ULL << 60, "has for features no number of them");
    says("feature_names", {"a"}, "has 1 feature_names for 2 features");
    says("feature_names", {1, 2}, "has among feature_names something that is no text");
    says("coefficients", Json::array({Json::array({1.0})}), "not 2 numbers, one for each feature");
    says("coefficients", Json::array({Json::array({1.0, nullptr})}), "null, which is no finite double");
    says("coefficients", Json::array({Json::array({1.0, "nan"})}), "which is no finite double");
    says("coefficients", Json::array({Json::array({1, 2}), Json::array({1, 2})}),
         "2 lists of coefficients and 1 inter");
    says("coefficients", Json::array(), "has no coefficients");
    says("intercept", Json::array({1, 2, 3}), "1 lists of coefficients and 3 intercepts");
    says("classes", Json::array({0, 1, 2}), "from_parameters: 1 columns of coefficients");
    says("classes", Json::array({0, 0}), "lists the class 0 twice");
    says("classes", Json::array({0, 1.5}), "has the class 1.5, which is no integer");
    says("classes", Json::array({0, 1LL << 40}), "which is no integer");
    says("fit_intercept", "yes", "neither true nor false");
    says("scalar", 8, "has for scalar no text");
}

TEMPLATE_TEST_CASE("a mutated file is refused or is the same model", "", double, long double) {
    using Model = OrdinalRegression<TestType, NoPenalty, std::string>;
    const Model model =
        Model::from_parameters(Vector<TestType>::LinSpaced(3, TestType(-1) / 3, 1), increasing<TestType>(2),
                               {"low", "mid", "high"}, {.feature_names = three_names});
    const std::string good = saved_text(model);
    Random random(11);
    int refused = 0;
    for (int round = 0; round < 5000; ++round) {
        std::string bad = good;
        for (std::uint64_t edits = 1 + random.below(3); edits > 0 && !bad.empty(); --edits) {
            const std::size_t at = random.below(bad.size());
            switch (random.below(5)) {
            case 0:
                bad[at] = static_cast<char>(random.below(256));
                break;
            case 1:
                bad.erase(at, 1 + random.below(20));
                break;
            case 2:
                bad.insert(at, bad.substr(random.below(bad.size()), random.below(30)));
                break;
            case 3:
                bad.resize(at);
                break;
            default:
                std::swap(bad[at], bad[random.below(bad.size())]);
            }
        }
        try {
            if (saved_text(loaded<Model>(bad)) != good) FAIL("another model was read from: " << bad);
        } catch (const std::invalid_argument&) {
            ++refused;
        }
    }
    CHECK(refused > 4000);
}
