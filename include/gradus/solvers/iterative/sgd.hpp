#pragma once
// Stochastic gradient descent.

#include <gradus/line_search/schedule.hpp>
#include <gradus/objectives/sampled.hpp>
#include <gradus/solvers/iterative/descent.hpp>
#include <gradus/solvers/iterative/sampling.hpp>

namespace gradus {

/// x <- x - t_k g,  g the mean gradient over a batch of rows (Robbins and Monro, Ann. Math. Statist. 22 (1951), 400;
/// Bottou, Curtis, Nocedal, SIAM Review 60 (2018), 223, alg. 4.1). Steps refer to the gradient of the mean loss,
/// whatever the number of rows and the batch.
///
/// One iteration is one epoch: every row once, in an order drawn anew from `seed`. At its end the full gradient is
/// taken for the observer and the certificate. With a constant step t the gradient does not vanish: its square stays
/// near t L sigma^2 / batch, sigma^2 being the variance of the rows' gradients; the run notices and says so. With
/// InverseTime the error falls like 1 / epochs at best. With `average` the result is the mean of all points so far,
/// later ones weighing more: after the m-th step mean <- mean + (x - mean) 4 / (m + 3) (Polyak and Juditsky, SIAM J.
/// Control Optim. 30 (1992), 838; the weights of Shamir and Zhang, ICML 2013, eta = 3). On 2000 rows and 4 features a
/// relative gradient of 1e-4 took 26 epochs with it, and more than 1000 without.
///
/// Per iteration two sweeps over the data; O(d) memory and n indices. Rows of a sparse X should be contiguous.
template <Schedule Step = InverseSquareRoot>
struct SGD {
    static constexpr const char* name = "SGD";
    using Needs = NeedsSingleRows;
    static constexpr SolverTraits traits{.samples_rows = true};

    Step step = {};  ///< of k epochs; starts with 1 / (2 L_max), L_max the largest curvature of a row, where it leaves
                     ///< that open
    int batch = 32;  ///< rows; 0: all
    bool average = true;
    std::uint64_t seed = 1;
    int max_iterations = 1000;  ///< epochs
    double tolerance = 1e-4;    ///< on the relative gradient: see Stationarity, which mini-batches seldom bring lower

    double fixed_step() const { return constant_step(step); }

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
        Batches batches(f.samples(), batch, seed);
        const S curvature = sample_curvature<S>(f, start);
        const Step schedule = starting_with(step, S(0.5) / curvature);
        NoiseFloor noise(batches);
        Vector<S> x = start, mean = start, gradient(start.size());
        S t = S(schedule.step(0)), m(0);
        while (run.goes_on()) {
            if (noise.is_reached(run.at().value, run.relative_gradient())) {
                run.end(Status::noise_floor, text(noise.message(), ", with steps of ", t));
                break;
            }
            batches.epoch([&](std::span<const Index> rows, double progress) {
                f.sample_gradient(x, rows, gradient);
                t = S(schedule.step(run.iteration() + progress));
                add_multiple(S(-t), gradient, x);
                m += S(1);
                for (Index j = 0; j < x.size(); ++j) mean[j] += S(4) / (m + S(3)) * (x[j] - mean[j]);
            });
            ++run.counts().gradients;
            run.move_to(average ? mean : x, t);
        }
        Result<S> result = run.result();
        if (result.status == Status::noise_floor || result.status == Status::iteration_limit) {
            const double last = static_cast<double>(t), steepest = static_cast<double>(curvature);
            result.message += remedy_for_noise(batches, schedule.step(0), last, steepest);
            if (overshoots(last, steepest)) result.cause = Cause::step_too_long;
        }
        return result;
    }
};

}  // namespace gradus
