// Hours of study: the probability of passing an exam as a sigmoid, and why its loss is the cross-entropy.
//
//     p = 1 / (1 + exp(-eta)), eta = slope * hours + intercept
//     cross-entropy  -y log p - (1 - y) log(1 - p)     slope in eta  p - y                curvature  p (1 - p) > 0
//     squared error  1/2 (p - y)^2                     slope in eta  (p - y) p (1 - p)    curvature of either sign
//
// The likelihood of independent outcomes is the product of p where y = 1 and 1 - p where y = 0; the cross-entropy is
// minus its logarithm, so that the most likely line is where it is least.

#include "support/example.hpp"
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

using namespace example;

double sigmoid(double eta) { return 1 / (1 + std::exp(-eta)); }

struct SquaredError {
    using Scalar = double;
    static double value(double y, double eta) { return (sigmoid(eta) - y) * (sigmoid(eta) - y) / 2; }
    static double slope(double y, double eta) {
        const double p = sigmoid(eta);
        return (p - y) * p * (1 - p);
    }
};
struct CrossEntropy {
    using Scalar = double;
    static double value(double y, double eta) {
        return std::log1p(std::exp(-std::abs(eta))) + std::max(eta, 0.) - y * eta;
    }
    static double slope(double y, double eta) { return sigmoid(eta) - y; }
};

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table students = show.read("hours_of_study.csv");
    const VectorXd hours = students.column("hours"), passed = students.column("passed");

    gradus::LogisticRegression<double> model;
    model.fit(hours, passed);
    const double w = model.coefficients()(0, 0), b = model.intercept()[0];
    const VectorXd probability = model.predict_probability(VectorXd::LinSpaced(5, 1, 5)).col(1);
    show.finding(text("log-odds of passing = ", w, " * hours + ", b, ": an hour multiplies the odds by ", std::exp(w)),
                 std::abs(w - 1.5046) < 1e-4 && std::abs(b + 4.0777) < 1e-4);
    show.finding(text("after 1, 2, 3, 4, 5 hours the probability is ", probability[0], ", ", probability[1], ", ",
                      probability[2], ", ", probability[3], ", ", probability[4], "; it is one half at ", -b / w,
                      " hours"),
                 std::abs(sigmoid(w * 2 + b) - probability[1]) < 1e-12);
    const VectorXd p = model.predict_probability(hours).col(1);
    show.finding(text("at the optimum the probabilities add up to ", p.sum(),
                      ", as many as passed, since the mean of p - y is 0"),
                 std::abs(p.sum() - passed.sum()) < 1e-10);

    // along the line from the wrong way round, -5 times the fit, through no effect at all, 0, to the fit, 1, and beyond
    const VectorXd along = VectorXd::LinSpaced(241, -5, 7);
    VectorXd entropy(241), squares(241);
    for (Index i = 0; i < along.size(); ++i) {
        entropy[i] = squares[i] = 0;
        for (Index r = 0; r < hours.size(); ++r) {
            const double eta = along[i] * (w * hours[r] + b);
            entropy[i] += CrossEntropy::value(passed[r], eta) / 20;
            squares[i] += SquaredError::value(passed[r], eta) / 20;
        }
    }
    const auto bend = [](const VectorXd& v) { return (v.head(239) - 2 * v.segment(1, 239) + v.tail(239)).eval(); };
    Index hollow, negative = (bend(squares).array() < 0).count();
    const double least = bend(squares).minCoeff(&hollow) / 0.05 / 0.05;
    show.finding(text("cross-entropy bends upwards at all 239 points of the line: convex"),
                 bend(entropy).minCoeff() > 0);
    show.finding(text("squared error bends downwards at ", negative, " of them, most strongly at ", along[hollow + 1],
                      " times the fit (curvature ", least, "): not convex"),
                 negative > 0);

    // the same descent, from the same wrong start, on both
    const auto descend = [&](auto loss) {
        gradus::Regression<gradus::Pointwise<decltype(loss)>> line;
        line.start_at(MatrixXd::Constant(1, 1, -5 * w), VectorXd::Constant(1, -5 * b));
        line.fit(hours, passed, gradus::GradientDescent<>{.max_iterations = 2000});
        return std::pair(line.coefficients()(0, 0),
                         ((line.decision_function(hours).array() > 0) == (passed.array() > 0.5)).count());
    };
    const auto [entropy_slope, entropy_right] = descend(CrossEntropy{});
    const auto [squares_slope, squares_right] = descend(SquaredError{});
    show.finding(text("from -5 times the fit, descent on the cross-entropy finds the slope ", entropy_slope,
                      " and puts ", entropy_right, " of 20 students right"),
                 std::abs(entropy_slope - w) < 1e-4);
    show.finding(text("from there, descent on the squared error ends on a plateau, at a slope of ", squares_slope,
                      ", and puts ", squares_right, " right: it calls everybody passed"),
                 squares_right == 10);

    Picture picture;
    picture.data("students", hours, passed).data("entropy", along, entropy).data("squares", along, squares);
    picture.number("w", w).number("b", b).number("turn", along[hollow + 1]);
    show.draw(picture);
    return show.status();
}
