// "Separated" is said where it is true, with a direction that proves it, and nowhere else.

#include "oracle.hpp"
#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/reference_data.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/logistic_regression.hpp>

#include <sstream>

using namespace gradus;
using namespace gradus::test;

namespace {

// The margins of the direction in the report, in long double: how much more eta the true class gets than each other
// class, in units of the largest sum of the sizes of the terms of one eta. `uncertain`: rows whose share lies strictly
// between 0 and 1, for which both classes are true.
struct Margins {
    long double least = 0, largest = 0;
};
Margins margins_of(const FitReport& report, const Eigen::MatrixXd& X, const Eigen::VectorXi& code,
                   const Eigen::VectorXd& s, const std::vector<bool>& uncertain = {}) {
    const Matrix<long double> slopes = report.separating_slopes.cast<long double>(), x = X.cast<long double>();
    const Vector<long double> intercept = report.separating_intercept.cast<long double>();
    const bool is_binary = slopes.cols() == 1;
    Matrix<long double> eta = x.lazyProduct(slopes), size = x.cwiseAbs().lazyProduct(slopes.cwiseAbs());
    eta.rowwise() += intercept.transpose();
    size.rowwise() += intercept.cwiseAbs().transpose();
    const long double unit = size.maxCoeff();
    Margins out;
    for (Index i = 0; i < X.rows(); ++i) {
        if (!(s[i] > 0)) continue;
        for (Index c = 0; c < std::max<Index>(slopes.cols(), 2); ++c) {
            if (c == code[i]) continue;
            const long double margin =
                (is_binary ? (code[i] == 1 ? eta(i, 0) : -eta(i, 0)) : eta(i, code[i]) - eta(i, c)) / unit;
            out.least = std::min(out.least, margin);
            out.largest = std::max(out.largest, margin);
            if (!uncertain.empty() && uncertain[static_cast<std::size_t>(i)]) out.least = std::min(out.least, -margin);
        }
    }
    return out;
}

void check_separated(const FitReport& report, const Eigen::MatrixXd& X, const Eigen::VectorXi& code,
                     const Eigen::VectorXd& s, const std::vector<bool>& uncertain = {}) {
    INFO(report);
    CHECK(report.status == Status::separated);
    CHECK_FALSE(report.converged());
    CHECK(report.iterations < 100);
    CHECK(std::isfinite(report.objective));
    REQUIRE(report.separating_slopes.rows() == X.cols());
    CHECK(report.separating_slopes.allFinite());
    CHECK(report.separating_intercept.allFinite());
    const Margins margins = margins_of(report, X, code, s, uncertain);
    CHECK(static_cast<double>(margins.least) >= -tolerance::separation_margin);
    CHECK(static_cast<double>(margins.largest) > tolerance::separation_margin);
    CHECK_THAT(report.message, Catch::Matchers::ContainsSubstring("separated"));
}

template <class Model>
FitReport fit_and_check(Model model, const Eigen::MatrixXd& X, const Eigen::VectorXi& code, const std::string& what) {
    INFO(what);
    const FitReport report = model.fit(X, code);
    check_separated(report, X, code, Eigen::VectorXd::Ones(X.rows()));
    CHECK(model.coefficients().allFinite());  // usable, if not an estimate
    CHECK(model.intercept().allFinite());
    CHECK(model.predict_probability(X).allFinite());
    return report;
}

struct Flowers {
    Table table = read_table("iris");
    Eigen::MatrixXd X = table.features<double>();
    Eigen::VectorXi species = table.labels();
};

}  // namespace

TEST_CASE("Iris: setosa against the rest, and three species", "[separation]") {
    const Flowers iris;
    const Eigen::VectorXi setosa = (iris.species.array() == 0).cast<int>();
    const FitReport complete = fit_and_check(LogisticRegression<double>{}, iris.X, setosa, "setosa");
    CHECK_THAT(complete.message, Catch::Matchers::ContainsSubstring("completely"));
    CHECK_THAT(complete.message, !Catch::Matchers::ContainsSubstring("quasi"));
    fit_and_check(LogisticRegression<double>{{.fit_intercept = false}}, iris.X, setosa, "setosa without intercept");
    const FitReport quasi = fit_and_check(LogisticRegression<double>{}, iris.X, iris.species, "three species");
    CHECK_THAT(quasi.message, Catch::Matchers::ContainsSubstring("quasi-completely"));
}

TEST_CASE("Columns of any scale", "[separation]") {
    const Flowers iris;
    const Eigen::VectorXi setosa = (iris.species.array() == 0).cast<int>();
    for (const Eigen::Vector4d& d : {Eigen::Vector4d(1e8, 1e-8, 1, 1e8), Eigen::Vector4d(1e8, 1e8, 1e8, 1e8),
                                     Eigen::Vector4d(1e-12, 1, 1e12, 1)}) {
        const Eigen::MatrixXd X = iris.X * d.asDiagonal();
        std::ostringstream what;
        what << "columns times " << d.transpose();
        fit_and_check(LogisticRegression<double>{}, X, setosa, what.str());
        fit_and_check(LogisticRegression<double>{}, X, iris.species, what.str() + ", three species");
    }
    const Eigen::MatrixXd shifted = iris.X.array() + 1e6;
    fit_and_check(LogisticRegression<double>{}, shifted, setosa, "shifted");
}

TEST_CASE("A dummy that is 1 in one row separates quasi-completely", "[separation]") {
    Random random(91);
    Eigen::MatrixXd X(150, 3);
    X << normal_matrix<double>(random, 150, 2), Eigen::VectorXd::Zero(150);
    Eigen::VectorXi code =
        draw_classes<double>(random, X, (Eigen::MatrixXd(3, 1) << 1, -1, 0).finished(), Eigen::VectorXd::Zero(1))
            .cast<int>();
    X(17, 2) = 1;
    const FitReport report =
        fit_and_check(LogisticRegression<double>{{.feature_names = {"u", "v", "only once"}}}, X, code, "dummy");
    CHECK_THAT(report.message, Catch::Matchers::ContainsSubstring("quasi-completely"));
    // the direction is that dummy alone
    CHECK(report.separating_slopes(0, 0) == 0);
    CHECK(report.separating_slopes(1, 0) == 0);
    CHECK(report.separating_slopes(2, 0) * (code[17] == 1 ? 1 : -1) > 0);
    std::ostringstream words;
    words << report;
    CHECK_THAT(words.str(), Catch::Matchers::ContainsSubstring("'only once'"));
    // one more row of the dummy with the other class: no separation
    X(18, 2) = 1;
    code[18] = 1 - code[17];
    LogisticRegression<double> model;
    const FitReport mixed = model.fit(X, code);
    INFO(mixed);
    CHECK(mixed.status == Status::converged);
}

TEST_CASE("One row decides between separated and overlapping", "[separation]") {
    for (const Index p : {1, 2, 5}) {
        Random random(92 + static_cast<std::uint64_t>(p));
        const Index n = 80;
        const Eigen::MatrixXd X = normal_matrix<double>(random, n, p);
        const Eigen::VectorXd w = normal_vector<double>(random, p);
        const Eigen::VectorXd eta = X * w;
        Eigen::VectorXi code(n);
        for (Index i = 0; i < n; ++i) code[i] = eta[i] > 0.1;
        std::ostringstream what;
        what << p << " features";
        const FitReport complete = fit_and_check(LogisticRegression<double>{}, X, code, what.str());
        CHECK_THAT(complete.message, !Catch::Matchers::ContainsSubstring("quasi"));

        // the row deepest in class 1 becomes class 0: overlap
        Index deepest = 0;
        eta.maxCoeff(&deepest);
        Eigen::VectorXi overlapping = code;
        overlapping[deepest] = 0;
        Eigen::VectorXd s = Eigen::VectorXd::Ones(n);
        LogisticRegression<double> model;
        const FitReport overlap = model.fit(X, overlapping);
        INFO(overlap);
        CHECK(overlap.status == Status::converged);
        // with weight zero that row says nothing
        s[deepest] = 0;
        check_separated(model.fit(Observations(X, overlapping).weights(s)), X, overlapping, s);
        // with the smallest of weights it still does
        s[deepest] = 1e-3;
        const FitReport light = model.fit(Observations(X, overlapping).weights(s));
        INFO(light);
        CHECK(light.status == Status::converged);
        // an offset changes no margin
        const Eigen::VectorXd o = 3 * normal_vector<double>(random, n);
        check_separated(model.fit(Observations(X, code).offset(o)), X, code, Eigen::VectorXd::Ones(n));
    }
}

TEST_CASE("Shares strictly between 0 and 1 belong to both classes", "[separation]") {
    // successes of trials; x = 3 has both outcomes, below it none succeeds, above it all: quasi-separated at 3
    const Eigen::MatrixXd X = (Eigen::MatrixXd(5, 1) << 1, 2, 3, 4, 5).finished();
    const Eigen::VectorXd trials = Eigen::VectorXd::Constant(5, 10),
                          successes = (Eigen::VectorXd(5) << 0, 0, 4, 10, 10).finished();
    const Eigen::VectorXi code = (Eigen::VectorXi(5) << 0, 0, 1, 1, 1).finished();
    LogisticRegression<double> model;
    const FitReport report = model.fit(Observations(X, successes).trials(trials));
    check_separated(report, X, code, Eigen::VectorXd::Ones(5), {false, false, true, false, false});
    CHECK_THAT(report.message, Catch::Matchers::ContainsSubstring("quasi-completely"));
    // two such points overlap
    const Eigen::VectorXd two = (Eigen::VectorXd(5) << 0, 0, 4, 7, 10).finished();
    const FitReport finite = model.fit(Observations(X, two).trials(trials));
    INFO(finite);
    CHECK(finite.status == Status::converged);
}

TEST_CASE("Finite estimates with eta in the hundreds are not separated", "[separation]") {
    const Table table = read_table("special_extreme_logits");
    LogisticRegression<double> model;
    const FitReport report = model.fit(table.features<double>(), table.labels());
    INFO(report);
    CHECK(report.status == Status::converged);
    CHECK(report.separating_slopes.size() == 0);
    CHECK(model.decision_function(table.features<double>()).cwiseAbs().maxCoeff() > 100);
}

TEST_CASE("A ridge has an optimum, separated or not", "[separation]") {
    const Flowers iris;
    LogisticRegression<double, Ridge> model{{.penalty = {.lambda = 1e-6}}};
    const FitReport report = model.fit(iris.X, iris.species);
    INFO(report);
    CHECK(report.converged());
    CHECK(report.separating_slopes.size() == 0);
}

TEST_CASE("500 small integer problems, each decided exactly", "[separation]") {
    int separated = 0, overlapping = 0, undecided = 0, missed = 0, false_alarms = 0, wrong_status = 0;
    std::ostringstream failures;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        Random random(5000 + seed);
        const Index p = 1 + static_cast<Index>(seed % 4), n = 4 + static_cast<Index>(random.below(14)),
                    classes = seed % 5 == 4 ? 3 : 2;
        const bool has_intercept = seed % 3 != 0;
        const std::uint64_t values = 2 + random.below(4);
        Eigen::MatrixXd X(n, p);
        Eigen::VectorXi code(n);
        for (Index i = 0; i < n; ++i) {
            std::int64_t eta = static_cast<std::int64_t>(random.below(3)) - 1;
            for (Index j = 0; j < p; ++j) {
                const auto x = static_cast<std::int64_t>(random.below(values)) - static_cast<std::int64_t>(values / 2);
                X(i, j) = static_cast<double>(x);
                eta += x * (j % 2 ? -1 : 1);
            }
            code[i] = classes == 2 ? eta > 0 : eta > 0 ? 2 : eta < -1 ? 0 : 1;
        }
        for (Index c = 0; c < classes; ++c) code[c] = static_cast<int>(c);                // every class is there
        const Index width = p + has_intercept, outputs = classes == 2 ? 1 : classes - 1;  // class 0 is the reference
        std::vector<Row> margins;
        const auto add = [&](Index i, Index c, std::int64_t sign, Row& row) {
            if (c == 0) return;
            const auto at = static_cast<std::size_t>((c - 1) * width);
            for (Index j = 0; j < p; ++j)
                row[at + static_cast<std::size_t>(j)] += sign * static_cast<std::int64_t>(X(i, j));
            if (has_intercept) row[at + static_cast<std::size_t>(p)] += sign;
        };
        for (Index i = 0; i < n; ++i)
            for (Index c = 0; c < classes; ++c) {
                if (c == code[i]) continue;
                Row row(static_cast<std::size_t>(outputs * width), 0);
                add(i, code[i], 1, row);
                add(i, c, -1, row);
                margins.push_back(row);
            }
        const std::optional<bool> truth = Oracle::separates(margins);
        if (!truth) {
            ++undecided;
            continue;
        }
        LogisticRegression<double> model{{.fit_intercept = has_intercept}};
        const FitReport report = model.fit(X, code);
        const bool said = report.status == Status::separated;
        ++(*truth ? separated : overlapping);
        if (*truth && said) check_separated(report, X, code, Eigen::VectorXd::Ones(n));
        else if (*truth) ++missed;
        else if (said) ++false_alarms;
        else if (!report.converged()) ++wrong_status;
        if (*truth != said || (!*truth && !report.converged())) {
            failures << "seed " << seed << ", " << classes << " classes, intercept " << has_intercept << ": "
                     << (*truth ? "separated" : "overlapping") << ", but " << name(report.status) << " after "
                     << report.iterations << " iterations: " << report.message << "\n";
            failures << "  code " << code.transpose() << "\n";
            for (Index j = 0; j < p; ++j) failures << "  x" << j << "   " << X.col(j).transpose() << "\n";
        }
        CHECK(report.iterations < 100);
        CHECK(model.coefficients().allFinite());
    }
    INFO(failures.str());
    INFO(separated << " separated, " << overlapping << " overlapping, " << undecided << " undecided");
    CHECK(separated > 100);
    CHECK(overlapping > 100);
    CHECK(undecided < 50);
    CHECK(missed == 0);
    CHECK(false_alarms == 0);
    CHECK(wrong_status == 0);
}

TEST_CASE("The oracle itself", "[separation]") {
    CHECK(Oracle::separates({{1, 0}, {0, 1}}) == std::optional(true));
    CHECK(Oracle::separates({{1}, {-1}}) == std::optional(false));
    CHECK(Oracle::separates({{1, 0}, {-1, 0}, {0, 1}}) == std::optional(true));    // quasi: the second coordinate alone
    CHECK(Oracle::separates({{1, 0}, {-1, 1}, {0, -1}}) == std::optional(false));  // they sum to zero
    CHECK(Oracle::separates({{2, 1}, {-1, -1}, {-1, 1}}) == std::optional(false));  // 1, 2/3 and 1/3 of them do
    CHECK(Oracle::separates({{0, 0}, {0, 0}}) == std::optional(false));
}
