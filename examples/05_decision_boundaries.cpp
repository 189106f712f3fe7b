// Decision boundaries: where two classes are equally likely, eta_c = eta_d, and eta is linear in x: a straight line.
//
//     two classes    p = sigmoid(w'x + b)                       boundary w'x + b = 0; p = 0.9 where w'x + b = log 9
//     more           p_c = exp(eta_c) / sum_d exp(eta_d)        boundary of c and d: (w_c - w_d)'x + b_c - b_d = 0
//
// So the region of a class is an intersection of half-planes: a convex polygon.

#include "support/example.hpp"

#include <gradus/models/logistic_regression.hpp>

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
    const MatrixXd petals = iris.columns({"petal_length", "petal_width"}), sepals = iris.columns({"sepal_length", "sepal_width"});

    gradus::LogisticRegression<double, gradus::NoPenalty, std::string> two;
    const Names later(species.begin() + 50, species.end());
    two.fit(petals.bottomRows(100), later);
    gradus::LogisticRegression<double, gradus::Ridge, std::string> three{{.penalty = {.lambda = 0.001}}};
    const gradus::FitReport r = three.fit(sepals, species);
    std::cout << r << three.score(sepals, species) << ' ' << two.score(petals.bottomRows(100), later) << '\n';
    std::cout << three.coefficients() << '\n' << three.intercept() << '\n' << two.coefficients() << two.intercept();
    return show.status();
}
