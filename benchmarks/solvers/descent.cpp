// Evaluations (value and gradient together count once) that solvers by descent need until the gradient is at most
// 1e-6 max(1, |x|) long, on the usual test functions and on logistic problems; of liblbfgs too where it is installed
// (Debian: liblbfgs-dev). -1: never.

#include "benchmarks/support/problems.hpp"
#include "tests/support/test_functions.hpp"
#include <gradus/solvers/iterative/conjugate_gradient.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>
#include <gradus/solvers/iterative/newton_cg.hpp>
#ifdef GRADUS_HAS_LIBLBFGS
#include <lbfgs.h>
#endif

using namespace gradus;
using namespace gradus::bench;

namespace {

class Counted {
public:
    explicit Counted(const test::TestFunction& f) : f_(&f) {}
    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        const double value = f_->value_and_gradient(x, gradient);
        ++evaluations_;
        if (reached_ < 0 && gradient.norm() <= 1e-6 * std::max(1.0, x.norm())) reached_ = evaluations_;
        return value;
    }
    void hessian_product(const Vector<double>& x, const Vector<double>& v, Vector<double>& out) const {
        if (reached_ < 0) ++products_;
        f_->hessian_product(x, v, out);
    }
    int reached() const { return reached_; }
    int products() const { return products_; }

private:
    const test::TestFunction* f_;
    mutable int evaluations_ = 0, reached_ = -1, products_ = 0;
};

// Labels drawn from a model; the columns have sizes from 1 to `spread`.
test::TestFunction logistic(Index n, Index p, double spread) {
    struct Kept {
        Problem<Eigen::ColMajor> data;
        Vector<double> y;
    };
    auto kept = std::make_shared<Kept>(Kept{Problem<Eigen::ColMajor>(n, p, 2), {}});
    for (Index j = 0; j < p; ++j)
        kept->data.X.col(j) *= std::pow(spread, static_cast<double>(j) / static_cast<double>(p - 1));
    kept->y = kept->data.labels.cast<double>();
    const auto f = std::make_shared<EmpiricalRisk<double>>(logistic_risk(Observations(kept->data.X, kept->y)));
    return {"logistic " + std::to_string(p) + (spread > 1 ? " unscaled" : ""), Vector<double>::Zero(p + 1),
            [f, kept](const auto& x, auto& gradient) { return f->value_and_gradient(x, gradient); },
            [f, kept](const auto& x, const auto& v, auto& out) { f->hessian_product(x, v, out); }};
}

#ifdef GRADUS_HAS_LIBLBFGS
double evaluate(void* instance, const double* x, double* gradient, int n, double) {
    Vector<double> at = Eigen::Map<const Vector<double>>(x, n), g(n);
    const double value = static_cast<const Counted*>(instance)->value_and_gradient(at, g);
    Eigen::Map<Vector<double>>(gradient, n) = g;
    return value;
}
int liblbfgs(const test::TestFunction& f) {
    Counted counted(f);
    lbfgs_parameter_t options;
    lbfgs_parameter_init(&options);
    options.epsilon = 1e-6;  // of |gradient| / max(1, |x|)
    const int n = static_cast<int>(f.start.size());
    double* x = lbfgs_malloc(n);
    std::copy(f.start.data(), f.start.data() + n, x);
    ::lbfgs(n, x, nullptr, evaluate, nullptr, &counted, &options);
    lbfgs_free(x);
    return counted.reached();
}
#endif

void count(benchmark::State& state, const std::vector<test::TestFunction>& functions) {
    int lbfgs = 0, conjugate = 0, newton = 0, products = 0;
    [[maybe_unused]] int other = 0;
    for ([[maybe_unused]] auto _ : state) {
        lbfgs = conjugate = newton = products = other = 0;
        for (const test::TestFunction& f : functions) {
            const Counted a(f), b(f), c(f);
            LBFGS{}.minimize(a, f.start);
            ConjugateGradient{}.minimize(b, f.start);
            NewtonCG{}.minimize(c, f.start);
            lbfgs += a.reached(), conjugate += b.reached(), newton += c.reached(), products += c.products();
#ifdef GRADUS_HAS_LIBLBFGS
            other += liblbfgs(f);
#endif
        }
    }
    state.counters["LBFGS"] = lbfgs;
    state.counters["CG"] = conjugate;
    state.counters["NewtonCG"] = newton;
    state.counters["products"] = products;  // of NewtonCG, with the Hessian
#ifdef GRADUS_HAS_LIBLBFGS
    state.counters["liblbfgs"] = other;
#endif
}

const bool are_registered = [] {
    std::vector<test::TestFunction> all = test::standard_test_functions();
    for (const Index p : {5, 30})
        for (const double spread : {1.0, 100.0}) all.push_back(logistic(1000, p, spread));
    if (is_smoke()) std::erase_if(all, [](const test::TestFunction& f) { return f.start.size() > 10; });
    const auto add = [](const std::string& name, const std::vector<test::TestFunction>& functions) {
        benchmark::RegisterBenchmark(name.c_str(), [functions](benchmark::State& state) { count(state, functions); })
            ->Unit(benchmark::kMillisecond)
            ->Iterations(1);
    };
    for (const test::TestFunction& f : all) add(f.name, {f});
    add("all", all);
    return true;
}();

}  // namespace
