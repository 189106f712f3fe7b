// Leverage, residuals, Cook's distance: R's figures, and what leaving a row out does.

#include "fits.hpp"
#include <gradus/inference/influence.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

std::vector<double> at(const Eigen::MatrixXd& values, std::initializer_list<Index> rows) {
    std::vector<double> out;
    for (const Index i : rows) out.push_back(values(i - 1, 0));
    return out;
}
void check(const Eigen::MatrixXd& values, const std::vector<double>& expected, std::initializer_list<Index> rows) {
    const std::vector<double> found = at(values, rows);
    check_all(Eigen::Map<const Eigen::VectorXd>(found.data(), static_cast<Index>(found.size())), expected,
              tolerance::r);
}

template <class M>
M without(const M& rows, Index gone) {
    M out(rows.rows() - 1, rows.cols());
    out << rows.topRows(gone), rows.bottomRows(rows.rows() - gone - 1);
    return out;
}

}  // namespace

// i <- c(1, 50, 131, 189); hatvalues(l)[i]; rstandard(l)[i]; rstudent(l)[i]; cooks.distance(l)[i]; -dfbeta(l)[50, ]
TEST_CASE("Influence in a linear model is R's", "[inference]") {
    const BirthWeight fit;
    const Influence found = influence(fit.linear, fit.X, fit.weight);
    check(found.leverage, {0.0335324466462609, 0.0241700375213765, 0.0195435461310911, 0.0950223846435775},
          {1, 50, 131, 189});
    check(found.standardised, {-1.178050389879866, 0.736297923386357, -3.025602614591592, 0.398510876804486},
          {1, 50, 131, 189});
    check(found.studentised, {-1.179300604443429, 0.735378540815343, -3.095351103099204, 0.397598112521998},
          {1, 50, 131, 189});
    check(found.cooks_distance, {0.00963020859607853, 0.00268559378180711, 0.03649461848605221, 0.00333501999789547},
          {1, 50, 131, 189});
    check_all(-found.change.row(49),
              {16.0541467712264918, 0.0415940068529345, -0.1304440654268578, 6.6753596860213831, 0.7561976739482831},
              tolerance::r);
}

// the same for b, with residuals(b, "pearson")[i] and residuals(b, "deviance")[i]; R's dfbeta of a glm puts deviance
// residuals into the step, so that the change is X <- model.matrix(b); -vcov(b) %*% X[50, ] * (d$low - fitted(b))[50] /
// (1 - hatvalues(b)[50])
TEST_CASE("Influence in a binary model is R's", "[inference]") {
    const BirthWeight fit;
    const Influence found = influence(fit.binary, fit.X, fit.low);
    check(found.leverage, {0.0250632225880498, 0.0294831115967947, 0.0217092559296479, 0.0773757202097056},
          {1, 50, 131, 189});
    check(found.pearson, {-0.368425830113676, -1.116039555323441, 1.341770250249556, 0.527177451125961},
          {1, 50, 131, 189});
    check(found.deviance, {-0.504543954315045, -1.271965358662548, 1.435091274103702, 0.700329460954874},
          {1, 50, 131, 189});
    check(found.standardised, {-0.510988092401673, -1.291141186717800, 1.450926963337279, 0.729104798779778},
          {1, 50, 131, 189});
    check(found.studentised, {-0.507990237028251, -1.286753270842332, 1.448943920707124, 0.716776628360725},
          {1, 50, 131, 189});
    check(found.cooks_distance,
          {0.000715836998050218, 0.007797516321050623, 0.008167616955940963, 0.005052410085744263}, {1, 50, 131, 189});
    check_all(
        found.change.row(49),
        {0.106185855462094220, 0.000237734036679922, -0.000904582797318996, 0.033690412220563841, 0.016773974844174370},
        tolerance::r);
}

// mn <- read.csv("menarche.csv"); mg <- glm(cbind(menarche, total - menarche) ~ age, binomial, mn, control = con); k <-
// c(5, 15)
TEST_CASE("Influence with trials is R's", "[inference]") {
    const Table table = read_table("menarche");
    const Eigen::MatrixXd age = table.columns<double>({"age"});
    const Eigen::VectorXd had = table.column<double>("menarche"), total = table.column<double>("total");
    const Observations data = Observations(age, had).trials(total);
    LogisticRegression<double> model;
    model.fit(data);
    const Influence found = influence(model, data);
    check(found.leverage, {0.0612564019157597, 0.1069958685860172}, {5, 15});
    check(found.pearson, {-0.910342254532477, 1.211598014053773}, {5, 15});
    check(found.deviance, {-0.995331982405526, 1.237555324374799}, {5, 15});
    check(found.cooks_distance, {0.0288029462704800, 0.0984798055414666}, {5, 15});
}

TEST_CASE("Leverages sum to the rank", "[inference]") {
    const BirthWeight fit;
    const Programs programs;
    CHECK_THAT(influence(fit.linear, fit.X, fit.weight).leverage.sum(), near(5, tolerance::covariance, 0));
    CHECK_THAT(influence(fit.binary, fit.X, fit.low).leverage.sum(), near(5, tolerance::covariance, 0));
    CHECK_THAT(influence(programs.model, programs.X, programs.program).leverage.sum(),
               near(6, tolerance::covariance, 0));
    Eigen::MatrixXd X(189, 6);
    X << fit.X, fit.X.leftCols(2) * 3;
    Random random(3);
    const Eigen::VectorXd w = uniform_vector<double>(random, 189, 0, 2);
    const Observations data = Observations(X, fit.weight).weights(w);
    LinearRegression<double> model;
    model.fit(data);
    CHECK_THAT(influence(model, data).leverage.sum(), near(5, tolerance::covariance, 0));
}

TEST_CASE("Leaving a row out and fitting again gives the studentised residual, Cook's distance and the change",
          "[inference]") {
    const BirthWeight fit;
    const Influence found = influence(fit.linear, fit.X, fit.weight);
    const Inference all = infer(fit.linear, fit.X, fit.weight);
    for (const Index i : {0, 49, 130}) {
        const Eigen::MatrixXd X = without(fit.X, i);
        const Eigen::VectorXd y = without(fit.weight, i);
        LinearRegression<double> rest;
        rest.fit(X, y);
        const Inference inference = infer(rest, X, y);
        const double e = fit.weight[i] - rest.predict(fit.X.row(i))[0],
                     s = inference.targets[0].residual_standard_error;
        CHECK_THAT(found.studentised(i, 0),
                   near(e * std::sqrt(1 - found.leverage[i]) / s, tolerance::covariance * 10, 0));
        Eigen::VectorXd change(5);
        for (Index j = 0; j < 5; ++j)
            change[j] = inference.estimates[static_cast<std::size_t>(j)].estimate -
                        all.estimates[static_cast<std::size_t>(j)].estimate;
        const Eigen::VectorXd moved = fit.linear.predict(fit.X) - rest.predict(fit.X);
        const double sigma = all.targets[0].residual_standard_error;
        CHECK_THAT(found.cooks_distance(i, 0), near(moved.squaredNorm() / (5 * sigma * sigma), tolerance::r, 0));
        for (Index j = 0; j < 5; ++j)
            CHECK_THAT(
                found.change(i, j),
                near(change[j], 0, tolerance::r * std::abs(all.estimates[static_cast<std::size_t>(j)].std_error)));
    }
}

TEST_CASE("Three classes: the change without a row is one Newton step, near the truth", "[inference]") {
    const Programs fit;
    const Influence found = influence(fit.model, fit.X, fit.program);
    const Inference all = infer(fit.model, fit.X, fit.program);
    for (const Index i : {3, 77}) {
        const Eigen::MatrixXd X = without(fit.X, i);
        const Eigen::VectorXi y = without(fit.program, i);
        LogisticRegression<double> rest;
        rest.fit(X, y);
        const Inference inference = infer(rest, X, y);
        for (std::size_t j = 0; j < 6; ++j) {
            const double change = inference.estimates[j].estimate - all.estimates[j].estimate;
            // the step leaves out terms of second order, the square of the change in standard errors: below a tenth of
            // the change
            CHECK(std::abs(found.change(i, static_cast<Index>(j)) - change) <
                  0.1 * std::abs(change) + 1e-4 * all.estimates[j].std_error);
        }
    }
    // the root of the deviance's parts: their squares sum to it
    CHECK_THAT(found.deviance.squaredNorm(), near(all.deviance, tolerance::product<double>, 0));
}

TEST_CASE("A row of weight zero is absent", "[inference]") {
    const BirthWeight fit;
    Eigen::VectorXd w = Eigen::VectorXd::Ones(189);
    w[5] = 0;
    const Observations data = Observations(fit.X, fit.weight).weights(w);
    LinearRegression<double> model;
    model.fit(data);
    const Influence found = influence(model, data);
    CHECK(found.leverage[5] == 0);
    LinearRegression<double> rest;
    const Eigen::MatrixXd X = without(fit.X, 5);
    const Eigen::VectorXd y = without(fit.weight, 5);
    rest.fit(X, y);
    CHECK_THAT(found.studentised(7, 0), near(influence(rest, X, y).studentised(6, 0), tolerance::covariance * 10, 0));
}
