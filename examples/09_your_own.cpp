// Your own: a loss and a solver that the library has never seen, each in some thirty lines, used with its models.

#include "support/example.hpp"
#include <gradus/losses/pointwise.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/regression.hpp>
#include <gradus/solvers/iterative/descent.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>

using namespace example;

/// Squared error in which falling short costs `short_of` and going beyond costs 1: 1/2 c (eta - y)^2, c by the sign.
/// Its minimum is an expectile (Newey and Powell, Econometrica 55 (1987), 819), which is to the mean what a quantile is
/// to the median.
struct Lopsided {
    using Scalar = double;
    double short_of = 1;
    double cost(double y, double eta) const { return eta < y ? short_of : 1; }

    double value(double y, double eta) const { return cost(y, eta) * (eta - y) * (eta - y) / 2; }
    double slope(double y, double eta) const { return cost(y, eta) * (eta - y); }
    double curvature(double y, double eta) const { return cost(y, eta); }
};

/// BFGS: the inverse Hessian built up from differences of gradients (Nocedal and Wright, Numerical Optimization, 2006,
/// eq. 6.17).
struct BFGS {
    static constexpr const char* name = "my BFGS";
    int max_iterations = 1000;
    double tolerance = 1e-8;

    template <class F, class S, class Observer = gradus::NoObserver>
    gradus::Result<S> minimize(const F& f, const gradus::Vector<S>& start, Observer&& observer = {}) const {
        gradus::Descent<S, F, std::remove_reference_t<Observer>> run(f, start, observer, {max_iterations, tolerance});
        gradus::Matrix<S> B = gradus::Matrix<S>::Identity(start.size(), start.size());
        while (run.goes_on()) {
            if (!run.search(gradus::BacktrackingStep{}, gradus::Vector<S>(-B * run.at().gradient))) break;
            const gradus::Vector<S> s = run.at().x - run.previous().x, y = run.at().gradient - run.previous().gradient;
            if (!(s.dot(y) > S(0))) continue;  // B would lose its positive eigenvalues
            const S rho = S(1) / s.dot(y);
            if (run.iteration() == 1) B *= s.dot(y) / y.squaredNorm();
            const gradus::Vector<S> By = B * y;
            B += (rho + rho * rho * y.dot(By)) * s * s.transpose() - rho * (By * s.transpose() + s * By.transpose());
        }
        return run.result();
    }
};

int main(int argc, char** argv) {
    Example show(argc, argv);

    // the loss in the library's model, fitted by the library's Newton
    const Table wines = show.read("wine_cultivars.csv");
    const VectorXd alcohol = wines.column("alcohol"), color = wines.column("color");
    Picture picture;
    picture.data("wines", alcohol, color);
    for (const double short_of : {1. / 9, 1., 9.}) {
        gradus::Regression<gradus::Pointwise<Lopsided>> model{{.loss = gradus::Pointwise<Lopsided>({short_of})}};
        model.fit(alcohol, color);
        const VectorXd over = model.decision_function(alcohol).col(0) - color;
        const double beyond = over.cwiseMax(0).sum(), short_by = -over.cwiseMin(0).sum();
        show.finding(text("where falling short costs ", short_of, " times as much, the line falls short by ", short_by,
                          " in all and goes beyond by ", beyond, ": a ratio of ", beyond / short_by),
                     std::abs(beyond / short_by / short_of - 1) < 1e-10);
        picture.number(text("a", std::lround(3 * short_of)), model.coefficients()(0, 0));
        picture.number(text("b", std::lround(3 * short_of)), model.intercept()[0]);
        if (short_of != 1) continue;
        gradus::LinearRegression<double> squares;
        squares.fit(alcohol, color);
        show.finding("with equal costs it is least squares",
                     std::abs(squares.coefficients()[0] - model.coefficients()(0, 0)) < 1e-12);
    }

    // the solver on a function, and in the library's model
    const auto rosenbrock = [](const VectorXd& x, VectorXd& gradient) {
        const double a = 1 - x[0], b = x[1] - x[0] * x[0];
        gradient << -2 * a - 400 * b * x[0], 200 * b;
        return a * a + 100 * b * b;
    };
    const auto valley = BFGS{}.minimize(rosenbrock, VectorXd(Eigen::Vector2d(-1.2, 1)));
    show.finding(text("BFGS finds the end of Rosenbrock's valley, (", valley.x[0], ", ", valley.x[1], "), in ",
                      valley.iterations, " steps"),
                 valley.converged() && (valley.x - VectorXd::Ones(2)).norm() < 1e-6);

    const Table tumours = show.read("breast_cancer.csv");
    const MatrixXd X = tumours.columns({"radius_mean", "texture_mean", "smoothness_mean", "concavity_mean"});
    const VectorXd benign = tumours.column("benign");
    gradus::LogisticRegression<double> by_newton, by_bfgs, by_descent;
    by_newton.fit(X, benign);
    const auto trace = [&](auto& model, const auto& solver, const std::string& name) {
        std::vector<double> step, gradient;
        const gradus::FitReport report = model.fit(X, benign, solver, [&](const gradus::IterationRecord<double>& at) {
            if (at.iteration < 100 || at.iteration > 1.05 * step.back())
                step.push_back(at.iteration), gradient.push_back(at.relative_gradient);
        });
        picture.data(name, step, gradient);
        return report;
    };
    const gradus::FitReport bfgs = trace(by_bfgs, BFGS{}, "bfgs"),
                            descent = trace(by_descent, gradus::GradientDescent<>{}, "descent");
    const MatrixXd ratio = by_bfgs.coefficients().cwiseQuotient(by_newton.coefficients());
    show.finding(text("in a logistic regression of unlike columns it needs ", bfgs.iterations,
                      " steps to coefficients that agree with Newton's to 8 digits"),
                 bfgs.converged() && (ratio.array() - 1).abs().maxCoeff() < 1e-8);
    show.finding(text("gradient descent is not there after ", descent.iterations), !descent.converged());

    show.draw(picture);
    return show.status();
}
