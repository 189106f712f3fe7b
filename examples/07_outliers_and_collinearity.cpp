// Outliers and nearly collinear columns: what they do to least squares, and what Huber's loss and a ridge do about it.
//
//     Huber's loss of the residual r: r^2 / 2 while |r| <= delta, then straight; its slope, the pull of a row, never exceeds delta
//     ridge: + lambda/2 |w|^2, so H + lambda I: the eigenvalues of nearly collinear columns, which are nearly zero, become lambda

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
    const double truth = squares_clean.coefficients()[0], pulled = squares.coefficients()[0], held = huber.coefficients()[0];
    show.finding(text("the slope is ", truth, "; with three slips of the decimal point least squares says ", pulled), std::abs(pulled / truth - 1) > 0.1);
    show.finding(text("Huber's loss says ", held, ", off by ", 100 * std::abs(held / truth - 1), " %"), std::abs(held / truth - 1) < 0.002);

    // Longley's six economic series, each in units of its standard deviation: leave out one year after the other
    const Table longley = show.read("nist_longley.csv");
    const Names names(longley.names().begin(), longley.names().end() - 1);
    const MatrixXd raw = longley.columns(names), centred = raw.rowwise() - raw.colwise().mean();
    const MatrixXd Z = centred.array().rowwise() / centred.array().square().colwise().mean().sqrt();
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
    const auto range = [](const MatrixXd& W, Index j) { return text(W.col(j).minCoeff(), " to ", W.col(j).maxCoeff()); };
    show.finding(text("Longley's columns, standardised, have the condition number ", condition), condition > 50);
    show.finding(text("leave out one year after the other: by least squares a standard deviation of the national product moves employment by ",
                      range(plain, 1), " million, by ridge with lambda = 0.02 by ", range(ridged, 1)),
                 plain.col(1).maxCoeff() < -1 && ridged.col(1).minCoeff() > 1);
    show.finding(text("the coefficient of the population even changes its sign, ", range(plain, 4), "; by ridge, ", range(ridged, 4)),
                 plain.col(4).minCoeff() < 0 && plain.col(4).maxCoeff() > 0 && ridged.col(4).minCoeff() > 0);
    show.finding(text("the ridge costs little of the fit: R^2 = ", ridge.score(Z, employed), " instead of ", ols.score(Z, employed)),
                 ols.score(Z, employed) - ridge.score(Z, employed) < 0.01);

    Picture picture;
    picture.data("readings", x, slipped).number("pulled", pulled).number("held", held);
    picture.number("pulled_b", squares.intercept()).number("held_b", huber.intercept());
    const VectorXd row = VectorXd::LinSpaced(6, 0, 5).transpose().replicate(16, 1).reshaped();
    picture.data("all", row, plain.reshaped(), ridged.reshaped());
    show.draw(picture << R"(
set multiplot layout 1,2 title 'Huber resists outliers, a ridge resists collinearity; least squares neither' font ',16'
@left
set title 'Three slips of the decimal point' font ',14'
set xlabel 'true ozone concentration'; set ylabel 'reading of the instrument' offset 1
set xrange [0:1100]; set yrange [-800:10500]; set ytics 2500; set xtics 500
set label "least\nsquares" at 760, 4200 tc rgb red; set label 'Huber' at 850, 500 tc rgb blue offset -0.5,-0.2
set label 'slip' at 996, 9982 right offset -0.8,0 tc rgb grey; set label 'slip' at 779, 7800 right offset -0.8,0 tc rgb grey
set label 'slip' at 447, 45 offset -0.3,-0.8 tc rgb grey
plot pulled * x + pulled_b with lines lc rgb red lw 2, held * x + held_b with lines lc rgb blue lw 2, \
     $readings with points pt 7 ps 0.6 lc rgb 'black'
unset label
@right
set title 'Leaving out one year at a time' font ',14'
set xlabel 'coefficient (million jobs per deviation)'; unset ylabel
set xrange [-9:13]; set yrange [5.5:-0.5]; set xtics 5
set ytics ('prices' 0, 'product' 1, 'jobless' 2, 'military' 3, 'population' 4, 'year' 5)
set arrow from 0, graph 0 to 0, graph 1 nohead lc rgb grey lw 0.8
set label 'least squares' at 12.8, 0 right tc rgb red; set label 'ridge' at 12.8, 0.45 right tc rgb blue
plot $all using 2:($1 - 0.13) with points pt 7 ps 0.5 lc rgb red, $all using 3:($1 + 0.13) with points pt 7 ps 0.5 lc rgb blue
)");
    return show.status();
}
