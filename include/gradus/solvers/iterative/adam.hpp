#pragma once
// Adam.

#include <gradus/line_search/schedule.hpp>
#include <gradus/objectives/sampled.hpp>
#include <gradus/solvers/iterative/descent.hpp>
#include <gradus/solvers/iterative/sampling.hpp>

namespace gradus {

/// m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  x <- x - t_k (m / (1 - beta1^k)) / (sqrt(v / (1 -
/// beta2^k)) + tiny), entry by entry (Kingma and Ba, ICLR 2015, algorithm 1). g is the mean gradient over a batch of
/// rows, or the full one where the objective has no rows or batch is 0.
///
/// Each entry of x moves by about t whatever the size of its gradient, so t is in units of x and the scales of the
/// features matter little; but with a constant step the run ends in a cloud of about that size. One iteration is one
/// epoch, as in SGD. Per iteration two sweeps over the data (one for batch = 0); O(d) memory and n indices.
template <Schedule Step = InverseSquareRoot>
struct Adam {
    static constexpr const char* name = "Adam";
    using Needs = NeedsGradient;
    static constexpr SolverTraits traits{.samples_rows = true};

    Step step = {};  ///< of k epochs; starts with 0.01 where it leaves that open
    int batch = 32;  ///< rows; 0: all
    double beta1 = 0.9, beta2 = 0.999;
    double tiny = 1e-8;  ///< epsilon of the paper
    std::uint64_t seed = 1;
    int max_iterations = 1000;  ///< epochs
    double tolerance = 1e-4;    ///< on the relative gradient: see Stationarity, which mini-batches seldom bring lower

    template <class F, class Derived, class Observer = NoObserver>
    auto minimize(const F& f, const Eigen::MatrixBase<Derived>& start, Observer&& observer = {}) const {
        return minimise(*this, f, start, observer);
    }

    template <class S, class F, class Observer>
    Result<S> run(const F& f, const Vector<S>& start, Observer& observer) const {
        Descent<S, F, Observer> run(f, start, observer, {max_iterations, tolerance});
        Batches batches(samples<S>(f), batch, seed);
        const Step schedule = starting_with(step, S(0.01));
        NoiseFloor noise(batches);
        Moments<S> moments{Vector<S>::Zero(start.size()), Vector<S>::Zero(start.size())};
        Vector<S> x = start, gradient(start.size());
        S t = S(schedule.step(0));
        while (run.goes_on()) {
            if (noise.is_reached(run.at().value, run.relative_gradient())) {
                run.end(Status::noise_floor, text(noise.message(), ", with steps of ", t));
                break;
            }
            batches.epoch([&](std::span<const Index> rows, double progress) {
                t = S(schedule.step(run.iteration() + progress));
                moments.step(*this, t, batch_gradient(f, run.at(), batches, rows, x, gradient), x);
            });
            run.counts().gradients += batches.per_epoch() > 1;
            run.move_to(x, t);
        }
        Result<S> result = run.result();
        if (Sampled<F, S> && (result.status == Status::noise_floor || result.status == Status::iteration_limit))
            result.message += remedy_for_noise(batches, schedule.step(0), static_cast<double>(t), 0);
        return result;
    }

private:
    // the moments and their bias correction
    template <class S>
    struct Moments {
        Vector<S> m, v;
        S rest1{1}, rest2{1};  // beta^k

        void step(const Adam& adam, const S& t, const Vector<S>& g, Vector<S>& x) {
            using std::sqrt;
            const S b1 = S(adam.beta1), b2 = S(adam.beta2);
            rest1 *= b1, rest2 *= b2;
            for (Index j = 0; j < x.size(); ++j) {
                m[j] = b1 * m[j] + (S(1) - b1) * g[j];
                v[j] = b2 * v[j] + (S(1) - b2) * g[j] * g[j];
                x[j] -= t * (m[j] / (S(1) - rest1)) / (sqrt(S(v[j] / (S(1) - rest2))) + S(adam.tiny));
            }
        }
    };

    template <class S, class F>
    static Index samples(const F& f) {
        if constexpr (Sampled<F, S>) return f.samples();
        else return 1;
    }

    // the full gradient is there already
    template <class S, class F>
    static const Vector<S>& batch_gradient(const F& f, const Evaluation<S>& at, const Batches& batches,
                                           std::span<const Index> rows, const Vector<S>& x, Vector<S>& gradient) {
        if constexpr (Sampled<F, S>)
            if (batches.per_epoch() > 1) return f.sample_gradient(x, rows, gradient), gradient;
        return at.gradient;
    }
};

}  // namespace gradus
