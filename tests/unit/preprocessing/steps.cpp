// What is done to columns before a fit, alone, in a pipeline, and saved.

#include "support/refusal.hpp"
#include <gradus/io/json.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/preprocessing/pipeline.hpp>
#include <gradus/preprocessing/polynomial_features.hpp>
#include <gradus/preprocessing/splits.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>
#include <gradus/preprocessing/treatment_coding.hpp>

#include <set>
#include <sstream>
#include <support/catch.hpp>

using namespace gradus;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinRel;
using Eigen::MatrixXd, Eigen::VectorXd;
using gradus::test::refusal;

namespace {

MatrixXd any_matrix(Index rows, Index columns, std::uint64_t seed = 4) {
    Random random(seed);
    return MatrixXd::NullaryExpr(rows, columns, [&] { return random.normal(); });
}

}  // namespace

TEST_CASE("scaled columns have mean zero and deviation one, and come back") {
    MatrixXd X = any_matrix(50, 4);
    X.col(1) = X.col(1) * 1e200;
    X.col(2) = X.col(2).array() * 1e-200;
    X.col(3).setConstant(0.1);
    StandardScaler<double> scaler;
    const MatrixXd Z = scaler.fit(X).transform(X);
    for (Index j = 0; j < 3; ++j) {
        CHECK(std::abs(Z.col(j).mean()) < 1e-15);
        CHECK_THAT(Z.col(j).squaredNorm(), WithinRel(50.0, 1e-13));
    }
    CHECK(Z.col(3) == VectorXd::Zero(50));
    CHECK(scaler.deviation()[3] == 0);
    const MatrixXd back = scaler.inverse_transform(Z);
    for (Index j = 0; j < 4; ++j) CHECK((back.col(j) - X.col(j)).norm() <= 1e-14 * X.col(j).norm());
    X(7, 1) = std::numeric_limits<double>::infinity();
    CHECK_THAT(refusal([&] { scaler.fit(X); }), ContainsSubstring("row 7, column 1"));
    CHECK_THAT(refusal([&] { scaler.transform(X.leftCols(2)); }), ContainsSubstring("2 columns"));
}

TEST_CASE("weight two is the row twice for the scaler") {
    const MatrixXd X = any_matrix(6, 2);
    VectorXd weights(6);
    weights << 1, 2, 0, 1, 3, 1;
    std::vector<Index> rows = {0, 1, 1, 3, 4, 4, 4, 5};
    const StandardScaler<double> one = StandardScaler<double>().fit(X, weights),
                                 other = StandardScaler<double>().fit(take_rows(X, rows));
    CHECK((one.mean() - other.mean()).norm() < 1e-15);
    CHECK((one.deviation() - other.deviation()).norm() < 1e-15);
}

TEST_CASE("sparse matrices stay sparse") {
    MatrixXd X = any_matrix(30, 3).cwiseMax(0.4).array() - 0.4;
    X.col(1).setZero();
    const auto check = [&]<class Sparse>(const Sparse& sparse) {
        StandardScaler<double> scaler({.center = false}), dense({.center = false});
        const Sparse Z = scaler.fit(sparse).transform(sparse);
        CHECK((MatrixXd(Z) - dense.fit(X).transform(X)).norm() < 1e-14);
        CHECK(Z.nonZeros() == sparse.nonZeros());
        CHECK_THAT(refusal([&] { StandardScaler<double>().fit(sparse).transform(sparse); }),
                   ContainsSubstring("center"));
        CHECK(MatrixXd(take_rows(sparse, {3, 3, 0})) == take_rows(X, {3, 3, 0}));
    };
    check(Eigen::SparseMatrix<double>(X.sparseView()));
    check(Eigen::SparseMatrix<double, Eigen::RowMajor>(X.sparseView()));
}

TEST_CASE("products of columns, by degree") {
    const MatrixXd X = any_matrix(5, 2);
    PolynomialFeatures<double> cubic({.degree = 3});
    const MatrixXd P = cubic.fit(X).transform(X);
    const std::vector<std::string> names = {"a", "b", "a^2", "a b", "b^2", "a^3", "a^2 b", "a b^2", "b^3"};
    CHECK(cubic.names({"a", "b"}) == names);
    REQUIRE(P.cols() == 9);
    const auto a = X.col(0).array(), b = X.col(1).array();
    CHECK(P.col(3).isApprox((a * b).matrix()));
    CHECK(P.col(6).isApprox((a * a * b).matrix()));
    CHECK(P.col(8).isApprox(b.cube().matrix()));
    PolynomialFeatures<double> products({.degree = 3, .interactions_only = true});
    CHECK(products.fit(any_matrix(5, 3)).names({"a", "b", "c"}) ==
          std::vector<std::string>{"a", "b", "c", "a b", "a c", "b c", "a b c"});
    CHECK_THAT(refusal([&] { PolynomialFeatures<double>({.degree = 0}).fit(X); }), ContainsSubstring("degree 0"));
    CHECK_THAT(refusal([&] { PolynomialFeatures<double>({.degree = 9}).fit(any_matrix(1, 40)); }),
               ContainsSubstring("more than 1000000 columns"));
    CHECK_THAT(refusal([&] { cubic.transform(any_matrix(5, 3)); }), ContainsSubstring("3 columns, expected 2"));
}

TEST_CASE("categories against the first, or each its own column") {
    const std::vector<std::string> colours = {"red", "blue", "green", "red"};
    TreatmentCoding<std::string> coding;
    MatrixXd expected(4, 2);
    expected << 0, 1, 0, 0, 1, 0, 0, 1;
    CHECK(MatrixXd(coding.fit(colours).transform(colours)) == expected);
    CHECK(coding.names("c") == std::vector<std::string>{"c[green]", "c[red]"});
    CHECK_THAT(refusal([&] {
                   coding.transform(std::vector<std::string>{"red", "pink"});
               }),
               ContainsSubstring("row 1 ('pink')"));
    TreatmentCoding<int> one_hot({.drop_first = false});
    const Eigen::VectorXi months = Eigen::Vector4i(10, 2, 10, 9);
    CHECK(one_hot.fit(months).names("m") == std::vector<std::string>{"m[2]", "m[9]", "m[10]"});
    CHECK(MatrixXd(one_hot.transform(months)).rowwise().sum() == VectorXd::Ones(4));
    coding.take_levels({"red", "green", "blue"});
    CHECK(coding.names("c").front() == "c[green]");
    CHECK_THAT(refusal([&] { coding.take_levels({"a", "a"}); }), ContainsSubstring("twice"));
}

TEST_CASE("balanced weights make classes equal and sum to n") {
    const VectorXd weights = balanced_weights(std::vector<std::string>{"a", "b", "a", "a"});
    CHECK(weights == Eigen::Vector4d(4.0 / 6, 2, 4.0 / 6, 4.0 / 6));
}

TEST_CASE("splits take every row once, and are what the seed says") {
    const auto check = [](const std::vector<Split>& splits, Index n) {
        std::set<Index> tested;
        for (const Split& split : splits) {
            CHECK(static_cast<Index>(split.train.size() + split.test.size()) == n);
            std::set<Index> all(split.train.begin(), split.train.end());
            all.insert(split.test.begin(), split.test.end());
            CHECK(static_cast<Index>(all.size()) == n);
            tested.insert(split.test.begin(), split.test.end());
        }
        CHECK(static_cast<Index>(tested.size()) == n);
    };
    check(k_folds(23, {.folds = 4}), 23);
    check(k_folds(5, {.folds = 5}), 5);
    for (const Split& split : k_folds(23, {.folds = 4})) CHECK((split.test.size() == 5 || split.test.size() == 6));
    CHECK(k_folds(23, {.seed = 7})[0].test == k_folds(23, {.seed = 7})[0].test);
    CHECK(k_folds(23, {.seed = 7})[0].test != k_folds(23, {.seed = 8})[0].test);

    std::vector<int> labels(40, 0), groups(40);
    for (std::size_t i = 0; i < 40; ++i) labels[i] = i % 8 == 0, groups[i] = static_cast<int>(i * i % 13);
    check(stratified_folds(labels), 40);
    for (const Split& split : stratified_folds(labels)) {
        CHECK(split.test.size() == 8);
        CHECK(std::count_if(split.test.begin(), split.test.end(),
                            [&](Index i) { return labels[std::size_t(i)] == 1; }) == 1);
    }
    check(grouped_folds(groups, {.folds = 3}), 40);
    for (const Split& split : grouped_folds(groups, {.folds = 3}))
        for (const Index i : split.test)
            for (const Index j : split.train) CHECK(groups[std::size_t(i)] != groups[std::size_t(j)]);

    std::vector<int> classes = labels;
    classes[39] = 2;  // the only one of its class
    const Split by_class = stratified_split(classes, {.test_share = 0.4});
    check({by_class, {by_class.test, by_class.train}}, 40);
    CHECK(by_class.test.size() == 16);  // 2 of 5, 14 of 34, none of 1
    CHECK(std::count_if(by_class.test.begin(), by_class.test.end(),
                        [&](Index i) { return classes[std::size_t(i)] == 1; }) == 2);
    CHECK(std::count(by_class.test.begin(), by_class.test.end(), 39) == 0);
    CHECK(std::is_sorted(by_class.train.begin(), by_class.train.end()));

    const Split split = train_test_split(10, {.test_share = 0.3});
    CHECK(split.test.size() == 3);
    CHECK(split.train.size() == 7);
    CHECK(train_test_split(2, {.test_share = 0.01}).test.size() == 1);
    CHECK_THAT(refusal([] { train_test_split(10, {.test_share = 1}); }), ContainsSubstring("test_share"));
    CHECK_THAT(refusal([] { k_folds(3); }), ContainsSubstring("from 2 to 3"));
    CHECK_THAT(refusal([] { take_rows(VectorXd(VectorXd::Ones(3)), {3}); }), ContainsSubstring("row 3 of 3"));
    CHECK(take_rows(std::vector<std::string>{"a", "b"}, {1, 1}) == std::vector<std::string>{"b", "b"});
}

TEST_CASE("a pipeline is fitted, predicts and is saved as one model") {
    const MatrixXd X = any_matrix(60, 2), new_rows = any_matrix(9, 2, 5);
    const VectorXd noise = any_matrix(60, 1, 6).col(0);
    const Eigen::VectorXi y = (X.col(0).array().square() - X.col(1).array() + noise.array() > 0.5).cast<int>();
    using Model = Pipeline<LogisticRegression<double>, StandardScaler<double>, PolynomialFeatures<double>>;
    Model model{LogisticRegression<double>(), StandardScaler<double>(), PolynomialFeatures<double>({.degree = 2})};
    CHECK(model.fit(X, y).converged());
    CHECK(model.score(X, y) > 0.6);
    LogisticRegression<double> plain;
    StandardScaler<double> scaler;
    PolynomialFeatures<double> squares({.degree = 2});
    const MatrixXd Z = squares.fit(scaler.fit(X).transform(X)).transform(scaler.transform(X));
    plain.fit(Z, y);
    CHECK(plain.coefficients() == model.model().coefficients());

    std::ostringstream out;
    save(model, out);
    const auto loaded = [&]<class M>(std::type_identity<M>, const std::string& content) {
        std::istringstream in(content);
        return load<M>(in);
    };
    const Model again = loaded(std::type_identity<Model>(), out.str());
    CHECK(again.predict_probability(new_rows) == model.predict_probability(new_rows));
    CHECK_THAT(refusal([&] { loaded(std::type_identity<LogisticRegression<double>>(), out.str()); }),
               ContainsSubstring("behind steps of preprocessing"));
    using Shorter = Pipeline<LogisticRegression<double>, StandardScaler<double>>;
    CHECK_THAT(refusal([&] { loaded(std::type_identity<Shorter>(), out.str()); }), ContainsSubstring("2 steps"));
    using Swapped = Pipeline<LogisticRegression<double>, PolynomialFeatures<double>, StandardScaler<double>>;
    CHECK_THAT(refusal([&] { loaded(std::type_identity<Swapped>(), out.str()); }),
               ContainsSubstring("of its preprocessing is '"));

    saved::Json bad = saved::document_of(model);
    bad["preprocessing"][0]["mean"].push_back(1.0);
    CHECK_THAT(refusal([&] { loaded(std::type_identity<Model>(), saved::text_of(bad)); }),
               ContainsSubstring("3 means"));
    bad = saved::document_of(model);
    bad["preprocessing"][1]["degree"] = 1LL << 40;
    CHECK_THAT(refusal([&] { loaded(std::type_identity<Model>(), saved::text_of(bad)); }), ContainsSubstring("degree"));
    bad["preprocessing"][1]["degree"] = 0;
    CHECK_THAT(refusal([&] { loaded(std::type_identity<Model>(), saved::text_of(bad)); }),
               ContainsSubstring("degree 0"));
}
