// A race of all solvers: the error of the objective against the work, in sweeps over the data.
//
// Are breast tumours benign? Logistic regression by 30 measurements (standardised) with a small ridge and an intercept:
// q = 31 parameters.
//
// A sweep is what a gradient costs: two products with X, one for X w and one for X's. In this unit, by multiplications,
//     value and gradient        1          Hessian               (q + 1) / 4: X'DX, half of it by symmetry
//     Hessian times vector      3 / 2      gradient of m rows    m / n
//     another at the same w     1
//     a line prepared           1          a point on it         1 / q: eta is linear along it

#include "support/example.hpp"
#include <gradus/examination/learning_rate.hpp>
#include <gradus/gradus.hpp>

using namespace example;

using Risk = gradus::EmpiricalRisk<double>;

/// The library's objective, which counts what is asked of it.
struct Counted : Risk {
    using Risk::Risk;
    mutable double sweeps = 0;
    double q() const { return static_cast<double>(dimension()); }

    double value_and_gradient(const VectorXd& w, VectorXd& gradient) const {
        return sweeps += 1, Risk::value_and_gradient(w, gradient);
    }
    double value_gradient_hessian(const VectorXd& w, VectorXd& gradient, MatrixXd& H) const {
        return sweeps += 1 + (q() + 1) / 4, Risk::value_gradient_hessian(w, gradient, H);
    }
    void hessian_product(const VectorXd& w, const VectorXd& v, VectorXd& out) const {
        sweeps += 1.5, Risk::hessian_product(w, v, out);
    }
    struct Products {
        const Counted* f;
        gradus::RiskHessian<Risk> hessian;
        double price = 1.5;
        void times(const VectorXd& v, VectorXd& out) { f->sweeps += price, price = 1, hessian.times(v, out); }
    };
    Products hessian_at(const VectorXd& w) const { return {this, Risk::hessian_at(w)}; }
    auto preconditioner(const VectorXd& w) const { return sweeps += (q() + 1) / 4, Risk::preconditioner(w); }
    double exact_gradient(const VectorXd& w, VectorXd& gradient) const {  // for the last digits, in higher accuracy
        return sweeps += 4, Risk::exact_gradient(w, gradient);
    }
    double curvature_bound() const { return sweeps += (q() + 1) / 4, Risk::curvature_bound(); }
    double sample_curvature_bound() const { return sweeps += 0.5, Risk::sample_curvature_bound(); }
    void sample_gradient(const VectorXd& w, std::span<const Index> rows, VectorXd& gradient) const {
        sweeps += static_cast<double>(rows.size()) / static_cast<double>(samples());
        Risk::sample_gradient(w, rows, gradient);
    }
    void exchange_slopes(const VectorXd& w, Index row, gradus::VectorView<double> kept, VectorXd& change) const {
        sweeps += 1 / static_cast<double>(samples()), Risk::exchange_slopes(w, row, kept, change);
    }
    auto ray(const VectorXd& w, const VectorXd& d) const {
        sweeps += 1;
        return [this, line = Risk::ray(w, d)](double t) mutable { return sweeps += 1 / q(), line(t); };
    }
};

/// What a run has used and what is left of the error after each of its iterations.
struct Run {
    std::vector<double> sweeps = {}, error = {};
    double until(double bound) const {
        for (std::size_t k = 0; k < error.size(); ++k)
            if (error[k] <= bound) return std::ceil(sweeps[k]);
        return HUGE_VAL;
    }
};

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table tumours = show.read("breast_cancer.csv");
    const MatrixXd Z = Standardised(tumours.columns(Names(tumours.names().begin(), tumours.names().end() - 1))).Z;
    const VectorXd benign = tumours.column("benign"), start = VectorXd::Zero(31);
    const auto sample =
        gradus::checked_sample<double>(gradus::Observations(Z, benign), gradus::values_of<double>(benign), 1);
    const Counted f(gradus::Logistic<double>(), gradus::Ridge{.lambda = 0.01},
                    gradus::linear_predictor<double>(30, 1, true), sample);
    const auto best = gradus::Newton{}.minimize(f, start);
    const double first = gradus::value<double>(f, start) - best.value, L = f.curvature_bound();
    const double mu = gradus::analyse_learning_rate(f, best.x).smallest_curvature;

    Picture picture;
    std::cout << "  sweeps until the error is     1e-2  1e-4  1e-8 1e-12 of what it was (inf: not in 5000)\n";
    const auto race = [&](const char* name, const std::string& id, auto solver) {
        f.sweeps = 0;
        solver.tolerance = 1e-14, solver.max_iterations = 10'000;
        Run run;
        solver.minimize(f, start, [&](const gradus::IterationRecord<double>& now) {
            run.sweeps.push_back(f.sweeps), run.error.push_back(std::max((now.value - best.value) / first, 1e-16));
            return f.sweeps > 5000 || run.error.back() < 1e-14 ? gradus::Control::stop : gradus::Control::proceed;
        });
        std::printf("  %-28s %5.0f %5.0f %5.0f %5.0f\n", name, run.until(1e-2), run.until(1e-4), run.until(1e-8),
                    run.until(1e-12));
        Run shown;  // a curve needs few points
        for (std::size_t k = 0; k < run.error.size(); ++k)
            if (k < 50 || run.sweeps[k] > 1.02 * shown.sweeps.back() || k + 1 == run.error.size())
                shown.sweeps.push_back(run.sweeps[k]), shown.error.push_back(run.error[k]);
        picture.data(id, shown.sweeps, shown.error);
        return run;
    };
    const Run fixed = race("descent, step 1 / L", "fixed", gradus::GradientDescent<gradus::OneOverL>{});
    const Run armijo = race("descent, backtracking", "armijo", gradus::GradientDescent<>{});
    const Run barzilai =
        race("descent, Barzilai-Borwein", "barzilai", gradus::GradientDescent<gradus::BarzilaiBorwein>{});
    const Run momentum = race("momentum 0.9, step 1 / L", "momentum", gradus::Momentum<gradus::OneOverL>{});
    const Run nesterov = race("Nesterov", "nesterov", gradus::Nesterov{});
    const Run conjugate = race("conjugate gradients", "conjugate", gradus::ConjugateGradient{});
    const Run lbfgs = race("L-BFGS", "lbfgs", gradus::LBFGS{});
    const Run newton_cg = race("Newton-CG", "newton_cg", gradus::NewtonCG{});
    const Run newton = race("Newton", "newton", gradus::Newton{});
    const Run sgd = race("SGD, step 1 / L", "sgd", gradus::SGD<gradus::ConstantStep>{.step = {1 / L}});
    const Run adam = race("Adam", "adam", gradus::Adam<>{});
    const Run saga = race("SAGA", "saga", gradus::SAGA{});

    const double digit = (fixed.until(1e-12) - fixed.until(1e-10)) / 2, predicted = -0.5 / std::log10(1 - mu / L);
    show.finding(text("linear: gradient descent with the step 1 / L takes ", digit,
                      " sweeps a digit; in the end, says theory, ", predicted,
                      ", which is -1 / log10 (1 - mu / L)^2 with L / mu = ", L / mu),
                 digit < predicted && digit > 0.8 * predicted);
    show.finding(text("accelerated: to 1e-12 momentum takes ", momentum.until(1e-12), " sweeps and Nesterov ",
                      nesterov.until(1e-12), " instead of ", fixed.until(1e-12),
                      ": what counts is the root of L / mu, ", std::sqrt(L / mu)),
                 6 * nesterov.until(1e-12) < fixed.until(1e-12) && 6 * momentum.until(1e-12) < fixed.until(1e-12));
    show.finding(text("the same direction with steps from the curvature just seen (Barzilai-Borwein): ",
                      barzilai.until(1e-12), " sweeps; some of them raise the objective"),
                 20 * barzilai.until(1e-12) < fixed.until(1e-12) &&
                     !std::is_sorted(barzilai.error.rbegin(), barzilai.error.rend()));
    const std::vector<double>& e = newton.error;
    const std::size_t k = e.size() - 3;
    show.finding(text("quadratic: Newton's last errors are ", e[k - 1], ", ", e[k], ", ", e[k + 1], ", each ",
                      e[k] / e[k - 1] / e[k - 1], " and ", e[k + 1] / e[k] / e[k],
                      " times the square of the one before; ", e.size() - 1, " steps, but dear ones: 9 sweeps each"),
                 e[k] < 20 * e[k - 1] * e[k - 1] && e[k + 1] < 20 * e[k] * e[k]);
    double second = HUGE_VAL;
    for (const Run& run : {armijo, barzilai, momentum, nesterov, conjugate, newton_cg, newton, saga})
        second = std::min(second, run.until(1e-12));
    show.finding(text("the winner is L-BFGS with ", lbfgs.until(1e-12),
                      " sweeps; Newton-CG, which is made for many parameters, takes ", newton_cg.until(1e-12),
                      ", Newton ", newton.until(1e-12)),
                 lbfgs.until(1e-12) < second && newton_cg.until(1e-12) < newton.until(1e-12));
    show.finding(text("stochastic: with the step of gradient descent, 32 rows at a time, SGD takes ", sgd.until(1e-2),
                      " sweeps instead of ", fixed.until(1e-2), " to 1e-2, but its noise stays and holds the error at ",
                      sgd.error.back()),
                 4 * sgd.until(1e-2) < fixed.until(1e-2) && sgd.error.back() > 1e-7);
    show.finding(text("Adam's falling steps bring it to ", adam.error.back(),
                      " in 5000 sweeps; the noise of SAGA vanishes by itself, and it is linear: ", saga.until(1e-8),
                      " sweeps to 1e-8, ", saga.until(1e-12), " to 1e-12"),
                 adam.error.back() > 1e-8 && saga.until(1e-12) < 2 * saga.until(1e-8));

    picture.number("least", lbfgs.until(1e-12)).number("most", fixed.until(1e-12));
    show.draw(picture);
    return show.status();
}
