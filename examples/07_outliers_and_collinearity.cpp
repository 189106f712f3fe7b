// Outliers and nearly collinear columns: what they do to least squares, and what Huber's loss and a ridge do about it.
//
//     Huber's loss of the residual r: r^2 / 2 while |r| <= delta, then straight; its slope, the pull of a row, never
//     exceeds delta
//     ridge: + lambda/2 |w|^2, so H + lambda I: the eigenvalues of nearly collinear columns, which are nearly zero,
//     become lambda

#include "support/example.hpp"
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>

using namespace example;

int main(int argc, char** argv) {
    Example show(argc, argv);

    // NIST's calibration of an ozone monitor; then the decimal point slips in three of the 36 readings
    const Table norris = show.read("nist_norris.csv");
    const VectorXd x = norris.column("x"), clean = norris.column("y");
    VectorXd slipped = clean;
    for (const Index i : {7, 16, 29}) slipped[i] *= i == 16 ? 0.1 : 10;
    gradus::LinearRegression<double> squares_clean, squares;
    gradus::HuberRegression<double> huber{{.delta = 1.2}};  // 1.345 times the noise of 0.88 that NIST certifies
    squares_clean.fit(x, clean), squares.fit(x, slipped), huber.fit(x, slipped);
    const double truth = squares_clean.coefficients()[0], pulled = squares.coefficients()[0],
                 held = huber.coefficients()[0];
    show.finding(text("the slope is ", truth, "; with three slips of the decimal point least squares says ", pulled),
                 std::abs(pulled / truth - 1) > 0.1);
    show.finding(text("Huber's loss says ", held, ", off by ", 100 * std::abs(held / truth - 1), " %"),
                 std::abs(held / truth - 1) < 0.002);

    // Longley's six economic series, each in units of its standard deviation: leave out one year after the other
    const Table longley = show.read("nist_longley.csv");
    const Names names(longley.names().begin(), longley.names().end() - 1);
    const MatrixXd Z = Standardised(longley.columns(names)).Z;
    const VectorXd employed = longley.column("employed") / 1000;
    MatrixXd plain(16, 6), ridged(16, 6);
    gradus::LinearRegression<double> ols;
    gradus::LinearRegression<double, gradus::Ridge> ridge{{.penalty = {.lambda = 0.02}}};
    for (Index year = 0; year < 16; ++year) {
        VectorXd weights = VectorXd::Ones(16);
        weights[year] = 0;
        ols.fit(gradus::Observations(Z, employed).weights(weights));
        ridge.fit(gradus::Observations(Z, employed).weights(weights));
        plain.row(year) = ols.coefficients(), ridged.row(year) = ridge.coefficients();
    }
    const double condition = ols.fit(Z, employed).condition_number;
    ridge.fit(Z, employed);
    const auto range = [](const MatrixXd& W, Index j) {
        return text(W.col(j).minCoeff(), " to ", W.col(j).maxCoeff());
    };
    show.finding(text("Longley's columns, standardised, have the condition number ", condition), condition > 50);
    show.finding(text("leave out one year after the other: by least squares a standard deviation of the national "
                      "product moves employment by ",
                      range(plain, 1), " million, by ridge with lambda = 0.02 by ", range(ridged, 1)),
                 plain.col(1).maxCoeff() < -1 && ridged.col(1).minCoeff() > 1);
    show.finding(text("the coefficient of the population even changes its sign, ", range(plain, 4), "; by ridge, ",
                      range(ridged, 4)),
                 plain.col(4).minCoeff() < 0 && plain.col(4).maxCoeff() > 0 && ridged.col(4).minCoeff() > 0);
    show.finding(text("the ridge costs little of the fit: R^2 = ", ridge.score(Z, employed), " instead of ",
                      ols.score(Z, employed)),
                 ols.score(Z, employed) - ridge.score(Z, employed) < 0.01);

    Picture picture;
    picture.data("readings", x, slipped).number("pulled", pulled).number("held", held);
    picture.number("pulled_b", squares.intercept()).number("held_b", huber.intercept());
    const VectorXd row = VectorXd::LinSpaced(6, 0, 5).transpose().replicate(16, 1).reshaped();
    picture.data("all", row, plain.reshaped(), ridged.reshaped());
    show.draw(picture);
    return show.status();
}
