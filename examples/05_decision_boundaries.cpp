// Decision boundaries: where two classes are equally likely, eta_c = eta_d, and eta is linear in x: a straight line.
//
//     two classes    p = sigmoid(w'x + b)                       boundary w'x + b = 0; p = 0.9 where w'x + b = log 9
//     more           p_c = exp(eta_c) / sum_d exp(eta_d)        boundary of c and d: (w_c - w_d)'x + b_c - b_d = 0
//
// So the region of a class is an intersection of half-planes: a convex polygon.

#include "support/example.hpp"
#include <gradus/models/logistic_regression.hpp>

#include <Eigen/LU>

using namespace example;
using Point = Eigen::RowVector2d;
using Polygon = std::vector<Point>;

/// The part of a convex polygon where the linear function h is not negative.
template <class Linear>
Polygon cut(const Polygon& polygon, const Linear& h) {
    Polygon out;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Point &from = polygon[i], &to = polygon[(i + 1) % polygon.size()];
        if (h(from) >= 0) out.push_back(from);
        if ((h(from) >= 0) != (h(to) >= 0)) out.push_back(from + (to - from) * h(from) / (h(from) - h(to)));
    }
    return out;
}

/// Where h changes sign between two points: bisection, which knows nothing of straight lines.
template <class Function>
Point crossing(Point low, Point high, const Function& h) {
    for (int i = 0; i < 60; ++i) (h((low + high) / 2) * h(low) > 0 ? low : high) = (low + high) / 2;
    return low;
}

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table iris = show.read("iris.csv");
    const Names species = iris.labels("species");
    const MatrixXd petals = iris.columns({"petal_length", "petal_width"}),
                   sepals = iris.columns({"sepal_length", "sepal_width"});

    gradus::LogisticRegression<double, gradus::NoPenalty, std::string> two;
    const Names later(species.begin() + 50, species.end());
    two.fit(petals.bottomRows(100), later);
    show.finding(text("by their petals, ", 100 * two.score(petals.bottomRows(100), later),
                      " % of versicolor and virginica are told apart"),
                 two.score(petals.bottomRows(100), later) > 0.9);
    // the petal widths of equal probability at both ends, and whether those between lie on the line through them
    const auto even = [&](double length, double probability) {
        const auto excess = [&](const Point& x) { return two.predict_probability(x)(0, 1) - probability; };
        return crossing(Point(length, -5), Point(length, 10), excess)[1];
    };
    double off = 0;
    for (double t = 0; t <= 1; t += 0.05)
        off = std::max(off, std::abs(even(3 + 4 * t, 0.5) - (1 - t) * even(3, 0.5) - t * even(7, 0.5)));
    show.finding(
        text("the points where both are equally likely, found by bisection, lie on a straight line up to ", off, " cm"),
        off < 1e-12);
    const double left = even(3, 0.9) - even(3, 0.5), right = even(7, 0.9) - even(7, 0.5);
    show.finding(text("the line of probability 0.9 runs parallel to it, ", left,
                      " cm of petal width above it at one end, ", right, " at the other"),
                 std::abs(left - right) < 1e-12);

    gradus::LogisticRegression<double, gradus::Ridge, std::string> three{{.penalty = {.lambda = 0.001}}};
    three.fit(sepals, species);
    show.finding(
        text("by their sepals, ", 100 * three.score(sepals, species), " % of the three species are told apart"),
        three.score(sepals, species) > 0.8);
    const MatrixXd& W = three.coefficients();
    const auto lead = [&](Index c, Index d) {
        return [&, c, d](const Point& x) {
            return x.dot(W.col(c) - W.col(d)) + three.intercept()[c] - three.intercept()[d];
        };
    };
    const Eigen::Matrix2d lines =
        (Eigen::Matrix2d() << (W.col(0) - W.col(1)).transpose(), (W.col(1) - W.col(2)).transpose()).finished();
    const Eigen::Vector2d heights(lead(0, 1)(Point::Zero()), lead(1, 2)(Point::Zero()));
    const Point middle = -lines.inverse() * heights;
    const MatrixXd p = three.predict_probability(middle);
    show.finding(text("the three boundaries meet in one point, length ", middle[0], " and width ", middle[1],
                      " cm, where the probabilities are ", p(0, 0), ", ", p(0, 1), ", ", p(0, 2)),
                 (p.array() - 1. / 3).abs().maxCoeff() < 1e-12);

    Picture picture;
    const Names of{"setosa", "versicolor", "virginica"};
    for (Index c = 0; c < 3; ++c) {
        Polygon region{{4, 1.8}, {8.2, 1.8}, {8.2, 4.6}, {4, 4.6}};
        for (Index d = 0; d < 3; ++d)
            if (d != c) region = cut(region, lead(c, d));
        const auto name = of[static_cast<std::size_t>(c)];
        MatrixXd corners(static_cast<Index>(region.size()), 2);
        for (Index i = 0; const Point& corner : region) corners.row(i++) = corner;
        picture.data(name + "_region", corners.col(0), corners.col(1));
        picture.data(name, sepals.middleRows(50 * c, 50).col(0), sepals.middleRows(50 * c, 50).col(1),
                     petals.middleRows(50 * c, 50).col(0), petals.middleRows(50 * c, 50).col(1));
    }
    picture.number("even", even(3, 0.5)).number("slope", (even(7, 0.5) - even(3, 0.5)) / 4).number("spread", left);
    picture.number("middle_x", middle[0]).number("middle_y", middle[1]);
    show.draw(picture);
    return show.status();
}
