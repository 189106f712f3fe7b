#pragma once
// SAGA: stochastic gradients whose noise vanishes.

#include <gradus/core/random.hpp>
#include <gradus/objectives/sampled.hpp>
#include <gradus/solvers/iterative/descent.hpp>

#include <cstdint>

namespace gradus {

namespace detail {

/// What SAGA remembers of each row's gradient: k slopes where the objective offers them, else all d entries.
template <Scalar S, class F>
class GradientTable {
public:
    explicit GradientTable(const F& f) : f_(&f) {
        if constexpr (SlopeSampled<F, S>) table_ = Matrix<S>::Zero(f.slopes_per_sample(), f.samples());
    }

    /// change = grad f_i(x) - what was kept of row i, which is replaced.
    void exchange(const Vector<S>& x, Index i, Vector<S>& change) {
        if constexpr (SlopeSampled<F, S>) {
            f_->exchange_slopes(x, i, table_.col(i), change);
        } else {
            if (table_.size() == 0) table_ = Matrix<S>::Zero(x.size(), f_->samples());
            f_->sample_gradient(x, std::span<const Index>(&i, 1), change);
            for (Index j = 0; j < x.size(); ++j) {
                const S now = change[j];
                change[j] -= table_(j, i);
                table_(j, i) = now;
            }
        }
    }
    /// What is not in the table.
    void add_rest(const Vector<S>& x, Vector<S>& gradient) const {
        if constexpr (SlopeSampled<F, S>) f_->add_common_gradient(x, gradient);
    }

private:
    const F* f_;
    Matrix<S> table_;
};

}  // namespace detail

/// For a row i drawn uniformly: x <- x - t (grad f_i(x) - kept_i + mean of all kept); then kept_i is replaced
/// (Defazio, Bach, Lacoste-Julien, NeurIPS 2014, eq. 1, without proximal part). The noise vanishes with the distance to
/// the optimum, so a constant step converges linearly: with t = 1 / (3 L_max) the error shrinks by min(1/4, n mu / (3
/// L_max)) an epoch at least, L_max being the largest curvature of a row and mu the smallest of f.
///
/// One iteration is one epoch, n rows drawn from `seed`; then the full gradient is taken for the observer and the
/// certificate. Per iteration two sweeps over the data. Memory: n k slopes for a linear model of k outputs, n d numbers
/// for any other objective. Rows of a sparse X should be contiguous.
struct SAGA {
    static constexpr const char* name = "SAGA";
    using Needs = NeedsSingleRows;
    static constexpr SolverTraits traits{.samples_rows = true};

    double step = 0;  ///< 0: 1 / (3 L_max)
    std::uint64_t seed = 1;
    int max_iterations = 1000;  ///< epochs
    double tolerance = 1e-8;    ///< on the relative gradient: see Stationarity

    double fixed_step() const { return step > 0 ? step : -1; }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
        Random random(seed);
        const Index n = f.samples();
        const S count = S(static_cast<double>(n)),
                t = step > 0 ? S(step) : S(S(1) / (S(3) * sample_curvature<S>(f, start)));
        detail::GradientTable<S, F> table(f);
        Vector<S> x = start, change(start.size()), mean = Vector<S>::Zero(start.size()), direction;
        while (run.goes_on()) {
            for (Index i = 0; run.iteration() == 0 && i < n; ++i) {  // the table begins with the gradients at the start
                table.exchange(x, i, change);
                add_multiple(S(S(1) / count), change, mean);
            }
            for (Index k = 0; k < n; ++k) {
                table.exchange(x, static_cast<Index>(random.below(static_cast<std::uint64_t>(n))), change);
                direction = mean;
                add_multiple(S(1), change, direction);
                table.add_rest(x, direction);
                add_multiple(S(S(1) / count), change, mean);
                add_multiple(S(-t), direction, x);
            }
            run.counts().gradients += run.iteration() == 0 ? 2 : 1;
            run.move_to(x, t);
        }
        return run.result();
    }
};

}  // namespace gradus
