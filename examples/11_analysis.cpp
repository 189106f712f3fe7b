// An analysis from the file to the verdict: which babies will be light, and how sure may one be of it?
//
//     log-likelihood   l(w) = sum_i y_i eta_i - log(1 + exp(eta_i)), eta = X w
//                      its gradient X'(y - p) is zero at the fit
//     information      X' D X, D = diag(p (1 - p)): how sharply l bends at its top
//     standard errors  roots of the diagonal of its inverse

#include "support/example.hpp"
#include <gradus/core/random.hpp>
#include <gradus/inference/hypotheses.hpp>
#include <gradus/inference/influence.hpp>
#include <gradus/metrics/probability.hpp>
#include <gradus/metrics/ranking.hpp>
#include <gradus/models/logistic_regression.hpp>

#include <Eigen/LU>

using namespace example;
using Logistic = gradus::LogisticRegression<double>;

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table births = show.read("birthwt.csv");
    // the last two columns are the weight, and low: whether it is below 2500 g
    const Names names(births.names().begin(), births.names().end() - 2);
    const MatrixXd X = births.columns(names);
    const VectorXd low = births.column("low");
    const Index n = X.rows(), smoke = 4;

    Logistic model{{.feature_names = names}};
    model.fit(X, low);
    const gradus::Inference table = gradus::infer(model, X, low);
    std::cout << table << '\n';
    const gradus::Estimate smoking = table["smoke"];

    // the standard error by its formula; then as what it means, the scatter over data that might have been
    const VectorXd p = model.predict_probability(X).col(1), d = p.array() * (1 - p.array());
    const MatrixXd Z = with_ones(X), covariance = (Z.transpose() * d.asDiagonal() * Z).inverse();
    const double by_formula = std::sqrt(covariance(smoke, smoke));
    show.finding(text("smoking, ", smoking.estimate, ": the root of its entry in (X'DX)^-1 is ", by_formula,
                      ", the table's standard error ", smoking.std_error),
                 std::abs(by_formula - smoking.std_error) < 1e-8);
    gradus::Random random(189);
    VectorXd estimates(1000), born(n);
    Index covered = 0;
    for (double& estimate : estimates) {
        for (Index i = 0; i < n; ++i) born[i] = random.uniform() < p[i];
        Logistic other;
        other.fit(X, born);
        estimate = other.coefficients()(smoke, 0);
        const gradus::Interval interval = gradus::infer(other, X, born).interval(smoke + 1);
        covered += interval.lower < smoking.estimate && smoking.estimate < interval.upper;
    }
    const double scatter = std::sqrt((estimates.array() - estimates.mean()).square().mean());
    show.finding(text("1000 times data drawn from the fit: the estimates have the mean ", estimates.mean(),
                      " and the standard deviation ", scatter, ", and ", covered, " of the intervals cover ",
                      smoking.estimate),
                 std::abs(scatter / smoking.std_error - 1) < 0.15 && covered > 920);

    const gradus::Interval odds = table.odds_ratio_interval(smoke + 1);
    show.finding(text("smoking multiplies the odds by ", table.odds_ratio(smoke + 1), "; 95 %: ", odds.lower, " to ",
                      odds.upper),
                 odds.lower > 1);
    const gradus::Observations data(X, low);
    std::cout << "  race: " << gradus::likelihood_ratio_test(model, data, {"race_black", "race_other"});
    const gradus::Test weak = gradus::likelihood_ratio_test(model, data, {"age", "ptl", "ftv"});
    show.finding(text("age, ptl, ftv together: chi-squared ", weak.statistic, ", p = ", weak.p_value),
                 weak.p_value > 0.05);

    // each tenth of the rows judged by a fit to the others: births that it has not seen
    VectorXd unseen(n);
    for (Index fold = 0; fold < 10; ++fold) {
        const auto out = Eigen::seq(fold, n - 1, 10);
        VectorXd kept = VectorXd::Ones(n);
        kept(out).setZero();
        Logistic part;
        part.fit(gradus::Observations(X, low).weights(kept));
        unseen(out) = part.predict_probability(X).col(1)(out);
    }
    const double auc = gradus::roc_auc(low, p), honest = gradus::roc_auc(low, unseen);
    show.finding(text("area under the ROC curve: ", auc, "; of rows not seen by the fit ", honest),
                 honest > 0.5 && honest < auc);

    Picture picture;
    for (const auto& [name, probability] : {std::pair("fitted", p), std::pair("unseen", unseen)}) {
        const auto curve = gradus::roc_curve(low, probability);
        picture.data(text(name, "_roc"), curve.false_positive_rate, curve.true_positive_rate);
        MatrixXd sixths(6, 3);
        const gradus::CalibrationOptions groups{.bins = 6, .binning = gradus::Binning::equal_counts};
        for (Index i = 0; const auto& group : gradus::calibration_table(low, probability, {0., 1.}, groups))
            sixths.row(i++) << group.mean_predicted, group.observed_share, group.weight;
        picture.data(text(name, "_sixths"), sixths.col(0), sixths.col(1), sixths.col(2));
        std::cout << "  " << name << ": the sixth called most at risk had " << sixths(5, 0) << " on average, and "
                  << sixths(5, 1) << " were light.\n";
    }
    const gradus::Influence rows = gradus::influence(model, X, low);
    const double cook = rows.cooks_distance.maxCoeff();
    show.finding(text("leverages add up to ", rows.leverage.sum(), " and reach ", rows.leverage.maxCoeff(),
                      "; Cook's distance reaches ", cook, ": no birth decides by itself"),
                 cook < 0.5);

    const VectorXd reach = table.covariance().diagonal().tail(9).cwiseSqrt() * gradus::normal_quantile(0.95);
    picture.data("effects", model.coefficients().col(0), reach);
    picture.data("rows", rows.leverage, rows.deviance.col(0), rows.cooks_distance.col(0), low);
    show.draw(picture.number("auc", auc).number("honest", honest));
    return show.status();
}
