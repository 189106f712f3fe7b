// Separation: where a line tells the classes apart the likelihood has no maximum. A ridge has one; so has Firth's
// penalty, which also takes away the bias that every estimate from few data has.
//
//     log-likelihood  l(w) = sum_i log sigmoid(m_i), m_i = x_i'w where y_i = 1, -x_i'w where y_i = 0
//                     where all m_i > 0, l(t w) rises to 0
//     Firth           l(w) + 1/2 log det X'DX, D = diag(p (1 - p))
//                     D falls to 0 with all doubt, so doubt is never given up

#include "support/example.hpp"
#include <gradus/inference/prediction.hpp>
#include <gradus/models/firth_logistic_regression.hpp>

#include <Eigen/LU>

using namespace example;
using Logistic = gradus::LogisticRegression<double>;
using Firth = gradus::FirthLogisticRegression<double>;

int main(int argc, char** argv) {
    Example show(argc, argv);

    // 23 flights of the shuttle: was an O-ring damaged? Challenger was launched at 31 degrees Fahrenheit
    const Table flights = show.read("orings.csv");
    const VectorXd temperature = flights.column("temperature"), damaged = flights.column("any_damage");
    const gradus::Observations data(temperature, damaged);
    const VectorXd degrees = VectorXd::LinSpaced(56, 29, 84);
    Picture picture;
    picture.data("flights", temperature, damaged);
    const auto look = [&](auto model, const std::string& name) {
        const gradus::FitReport report = model.fit(data);
        const gradus::Prediction probability = gradus::mean_interval(model, data, MatrixXd(degrees));
        picture.data(name, degrees, probability.estimate.col(1), probability.lower.col(1), probability.upper.col(1));
        const double slope = model.coefficients()(0, 0), at_31 = probability.estimate(2, 1);
        show.finding(text(name, ": log-odds ", model.intercept()[0], " + ", slope,
                          " * temperature; at 31 degrees the probability is ", at_31, ", from ",
                          probability.lower(2, 1), " to ", probability.upper(2, 1)),
                     report.converged() && at_31 > 0.99);
        return report;
    };
    const gradus::FitReport proof = look(Logistic{}, "likelihood");
    look(Firth{}, "Firth");
    show.finding(text("the classes overlap, so that the maximum exists: the proof has the certificate ",
                      proof.existence_certificate, " < 1"),
                 proof.existence == gradus::Existence::finite && proof.existence_certificate < 1);

    // two species of iris, which a line in the plane of the petals tells apart
    const Table iris = show.read("iris.csv");
    const Names sizes{"petal_length", "petal_width"};
    const MatrixXd X = iris.columns(sizes).topRows(100);
    const VectorXd y = (VectorXd(100) << VectorXd::Zero(50), VectorXd::Ones(50)).finished(), sign = 2 * y.array() - 1;
    Logistic model{{.feature_names = sizes}};
    const gradus::FitReport report = model.fit(X, y);
    std::cout << '\n' << report << '\n';
    const VectorXd along_d = (X * report.separating_slopes.col(0)).array() + report.separating_intercept[0];
    show.finding(text("one product checks the direction: X d + e is at most ", along_d.head(50).maxCoeff(),
                      " for setosa and at least ", along_d.tail(50).minCoeff(), " for versicolor"),
                 report.status == gradus::Status::separated && along_d.cwiseProduct(sign).minCoeff() > 0);
    const auto slopes = [](const auto& fit) {
        return text(fit.coefficients()(0, 0), " and ", fit.coefficients()(1, 0));
    };
    double before = 0;
    for (const int steps : {10, 20, 30}) {
        const double loss = model.fit(X, y, gradus::Newton{.max_iterations = steps}).objective;
        show.finding(text("Newton's slopes after ", steps, " steps: ", slopes(model), "; mean loss ", loss,
                          steps > 10 ? text(", each step divides it by ", std::pow(before / loss, 0.1)) : ""),
                     steps == 10 || std::abs(std::pow(before / loss, 0.1) - std::exp(1)) < 0.05);
        before = loss;
    }
    for (const double lambda : {1e-2, 1e-3, 1e-4}) {
        gradus::LogisticRegression<double, gradus::Ridge> ridge{{.penalty = {.lambda = lambda}}};
        const bool is_there = ridge.fit(X, y).converged();
        show.finding(text("ridge with lambda = ", lambda, ": ", slopes(ridge)), is_there);
    }
    Firth firth;
    const double penalised_maximum = firth.fit(X, y).penalised_log_likelihood;
    show.finding(text("Firth: ", slopes(firth), ", and ", 100 * firth.score(X, y), " % of the flowers are right"),
                 firth.report().converged());

    // both objectives along the line from nothing, 0, through Firth's fit, 1, and beyond
    const MatrixXd Z = with_ones(X);
    const VectorXd w = (VectorXd(3) << firth.coefficients().col(0), firth.intercept()).finished();
    const VectorXd along = VectorXd::LinSpaced(301, 0, 3);
    VectorXd likelihood(301), penalised(301);
    for (Index i = 0; i < 301; ++i) {
        const VectorXd m = along[i] * sign.cwiseProduct(Z * w), p = (1 + (-m.array()).exp()).inverse(),
                       d = p.array() / (1 + m.array().exp());
        likelihood[i] = p.array().log().sum();
        penalised[i] = likelihood[i] + std::log((Z.transpose() * d.asDiagonal() * Z).determinant()) / 2;
    }
    show.finding(text("along Firth's fit, times 0, 1, 2, 3, the log-likelihood is ", likelihood[0], ", ",
                      likelihood[100], ", ", likelihood[200], ", ", likelihood[300], "; with his penalty ",
                      penalised[0], ", ", penalised[100], ", ", penalised[200], ", ", penalised[300]),
                 (likelihood.tail(300) - likelihood.head(300)).minCoeff() > 0 &&
                     std::abs(penalised[100] - penalised_maximum) < 1e-9 && penalised.maxCoeff() == penalised[100]);
    picture.data("rays", along, likelihood, penalised);

    // half a success and half a failure: 10 of 10 with, 4 of 10 without
    const VectorXd treated = (VectorXd(2) << 0, 1).finished(), healed = (VectorXd(2) << 4, 10).finished();
    const VectorXd ten = VectorXd::Constant(2, 10);
    firth.fit(gradus::Observations(treated, healed).trials(ten));
    const double by_hand = std::log(10.5 / 0.5) - std::log(4.5 / 6.5);
    show.finding(text("4 of 10 without and 10 of 10 with it: Firth's log odds ratio is ", firth.coefficients()(0, 0),
                      ", by hand ", by_hand),
                 std::abs(firth.coefficients()(0, 0) - by_hand) < 1e-8);
    show.draw(picture);
    return show.status();
}
