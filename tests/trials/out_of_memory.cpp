// Memory may run out at any allocation of a fit: then std::bad_alloc comes through, and the model is as it was.
//
// malloc and realloc, where Eigen's memory comes from, are replaced when this program is linked; operator new, where
// the standard library's comes from, below.

#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>

#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

long countdown = -1;  // the allocation that fails; negative: none
// the compiler takes operator new for the library's own, and would warn of free() beside it
[[gnu::noinline]] void release(void* block) { std::free(block); }
bool fails() { return countdown >= 0 && countdown-- == 0; }

}  // namespace

extern "C" {
void* __real_malloc(std::size_t bytes);
void* __real_realloc(void* block, std::size_t bytes);
void* __wrap_malloc(std::size_t bytes) { return fails() ? nullptr : __real_malloc(bytes); }
void* __wrap_realloc(void* block, std::size_t bytes) { return fails() ? nullptr : __real_realloc(block, bytes); }
}

void* operator new(std::size_t bytes) {
    if (void* block = fails() ? nullptr : __real_malloc(bytes)) return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }

namespace {

using namespace gradus;

/// Everything that a prediction depends on, to the bit.
template <class Model>
std::vector<double> state_of(const Model& model, const Eigen::MatrixXd& X) {
    const Eigen::MatrixXd predicted = model.predict(X).template cast<double>(), W = model.coefficients();
    std::vector<double> out(predicted.data(), predicted.data() + predicted.size());
    out.insert(out.end(), W.data(), W.data() + W.size());
    return out;
}

/// Fits the first data; then the second, with each of its allocations failing in turn. The number of them that were
/// wrong.
template <class Model, class Y, class Solver>
int check(const char* name, Model model, const Eigen::MatrixXd& X, const Y& y, const Eigen::MatrixXd& other,
          const Y& other_y, const Solver& solver) {
    model.fit(X, y, solver);
    const std::vector<double> before = state_of(model, X);
    long failed = 0;
    int wrong = 0;
    for (bool is_through = false; !is_through; ++failed) {
        Model attempt = model;
        countdown = failed;
        bool is_refused = false;
        try {
            attempt.fit(other, other_y, solver);
        } catch (const std::bad_alloc&) {
            is_refused = true;
        }
        is_through = countdown >= 0;  // fewer allocations than that
        countdown = -1;
        if (!is_through) wrong += !is_refused || state_of(attempt, X) != before;
    }
    std::printf("%-28s %5ld allocations, %d wrong\n", name, failed - 1, wrong);
    return wrong + (failed < 10);
}

}  // namespace

int main() {
    Eigen::MatrixXd X(12, 2), other(15, 2);
    X << 1, 5, 2, 3, 3, 6, 4, 1, 5, 5, 6, 2, 7, 7, 8, 3, 9, 8, 10, 2, 11, 4, 12, 9;
    other.topRows(12) = X.rowwise().reverse();
    other.bottomRows(3) << 3, 1, 7, 2, 1, 1;
    Eigen::VectorXi labels(12), other_labels(15), levels(12), other_levels(15);
    labels << 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1;
    other_labels << labels, 1, 0, 1;
    levels << 0, 1, 2, 0, 1, 2, 1, 0, 2, 1, 2, 0;
    other_levels << levels, 2, 0, 1;
    const Eigen::VectorXd y = X * Eigen::Vector2d(1, -2) + levels.cast<double>(),
                          other_y = other * Eigen::Vector2d(2, 1) + other_levels.cast<double>(),
                          counts = levels.cast<double>(), other_counts = other_levels.cast<double>();
    const Eigen::MatrixXd Y = (Eigen::MatrixXd(12, 2) << y, counts).finished(),
                          other_Y = (Eigen::MatrixXd(15, 2) << other_y, other_counts).finished();
    int wrong = 0;
    wrong += check("linear, QR", LinearRegression<double>(), X, y, other, other_y, QR{});
    wrong += check("linear, Cholesky", LinearRegression<double>(), X, y, other, other_y, Cholesky{});
    wrong += check("two targets, QR", MultivariateRegression<double>(), X, Y, other, other_Y, QR{});
    wrong += check("binary, Newton", LogisticRegression<double>(), X, labels, other, other_labels, Newton{});
    wrong += check("binary, L-BFGS", LogisticRegression<double>(), X, labels, other, other_labels, LBFGS{});
    wrong += check("three classes, Newton", LogisticRegression<double>(), X, levels, other, other_levels, Newton{});
    wrong += check("ordinal, Newton", OrdinalRegression<double>(), X, levels, other, other_levels, Newton{});
    wrong += check("Firth", FirthLogisticRegression<double>(), X, labels, other, other_labels, Firth{});
    wrong += check("Poisson, Newton", PoissonRegression<double>(), X, counts, other, other_counts, Newton{});
    wrong += check("Huber, Newton", HuberRegression<double>(), X, y, other, other_y, Newton{});
    return wrong > 0;
}
