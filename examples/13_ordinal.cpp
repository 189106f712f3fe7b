// Ordered answers: one hidden number and thresholds that cut it into levels.
//
//     y* = x'w + e, e logistic, answer j where y* lies between thresholds t_{j-1} and t_j
//     P(y <= j | x) = sigmoid(t_j - x'w), so log odds(y <= j) = t_j - x'w: one w for all cuts, the odds of being higher
//     multiply by exp(w_k): proportional odds

#include "support/example.hpp"
#include <gradus/inference/inference.hpp>
#include <gradus/inference/proportional_odds.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>

using namespace example;

double sigmoid(double eta) { return 1 / (1 + std::exp(-eta)); }

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table people = show.read("housing_satisfaction.csv");
    const Names names(people.names().begin(), people.names().end() - 2);
    const MatrixXd X = people.columns(names);
    const VectorXd count = people.column("freq");
    Names answer;
    for (const double code : people.column("sat")) answer.push_back(code < 1 ? "low" : code < 2 ? "medium" : "high");
    const gradus::Observations data = gradus::Observations(X, answer).weights(count);

    using Ordinal = gradus::OrdinalRegression<double, gradus::NoPenalty, std::string>;
    Ordinal model{{.levels = {"low", "medium", "high"}, .feature_names = names}};
    model.fit(data);
    const gradus::Inference table = gradus::infer(model, data);
    std::cout << table << '\n';

    // two households: nothing but zeros, and one with high influence; cut by hand, and as the model predicts
    const VectorXd w = model.coefficients(), t = model.thresholds();
    MatrixXd two = MatrixXd::Zero(2, 6);
    two(1, 1) = 1;
    const MatrixXd p = model.predict_probability(two);
    for (Index i = 0; i < 2; ++i) {
        const double below = sigmoid(t[0] - w[1] * two(i, 1)), above = 1 - sigmoid(t[1] - w[1] * two(i, 1));
        show.finding(text(i == 0 ? "a tower block, little influence and contact" : "the same with much influence",
                          ": low ", p(i, 0), ", medium ", p(i, 1), ", high ", p(i, 2)),
                     std::abs(below - p(i, 0)) < 1e-12 && std::abs(above - p(i, 2)) < 1e-12);
    }
    const auto odds = [&](double share) { return share / (1 - share); };
    show.finding(text("the odds of more than low are multiplied by ", odds(1 - p(1, 0)) / odds(1 - p(0, 0)),
                      ", those of high by ", odds(p(1, 2)) / odds(p(0, 2)), ": both by exp(w) = ", std::exp(w[1])),
                 std::abs(odds(p(1, 2)) / odds(p(0, 2)) - std::exp(w[1])) < 1e-10);

    // may one w serve both cuts? Each cut by itself is a fit of two classes
    const gradus::BrantTest brant = gradus::brant_test(model, data);
    show.finding(text("much influence: ", w[1], " in common; ", brant.slopes(1, 0), " where low is cut off, ",
                      brant.slopes(1, 1), " where high is"),
                 std::abs(brant.slopes(1, 0) - brant.slopes(1, 1)) < 0.5);
    show.finding(text("Brant's test that all six agree: chi-squared ", brant.overall.statistic, " with ",
                      brant.overall.degrees_of_freedom, " degrees of freedom, p = ", brant.overall.p_value),
                 brant.overall.p_value > 0.05);
    gradus::LogisticRegression<double, gradus::NoPenalty, std::string> multinomial;
    multinomial.fit(data);
    const gradus::Inference free = gradus::infer(multinomial, data);
    const gradus::Test gain = gradus::likelihood_ratio_against_multinomial(model, data);
    show.finding(text("multinomial: ", free.rank, " parameters, log-likelihood ", free.log_likelihood, ", AIC ",
                      free.aic, "; ordinal: ", table.rank, ", ", table.log_likelihood, ", ", table.aic),
                 table.rank < free.rank && table.aic < free.aic);
    show.finding(text("what the other six parameters gain: chi-squared ", gain.statistic, ", p = ", gain.p_value),
                 gain.p_value > 0.05);
    Ordinal mixed{{.levels = {"medium", "low", "high"}}};
    mixed.fit(data);
    const double wrong = gradus::infer(mixed, data).log_likelihood;
    show.finding(
        text("in the order medium, low, high the ordinal log-likelihood is ", wrong, ", the multinomial one as before"),
        wrong < table.log_likelihood - 10);

    // the 24 kinds of households: the shares seen of low, and of low or medium
    const VectorXd eta = model.decision_function(X);
    VectorXd place(24), low(24), middle(24), size(24);
    for (Index i = 0; i < 24; ++i) {
        size[i] = count.segment(3 * i, 3).sum();
        place[i] = eta[3 * i], low[i] = count[3 * i] / size[i], middle[i] = low[i] + count[3 * i + 1] / size[i];
    }
    Picture picture;
    picture.data("kinds", place, low, middle, size).number("t0", t[0]).number("t1", t[1]).number("shift", w[1]);
    for (Index i = 0; i < 2; ++i)
        for (Index c = 0; c < 3; ++c) picture.number(text("p", i, c), p(i, c));
    show.draw(picture);
    return show.status();
}
