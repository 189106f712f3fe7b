#pragma once
// Objectives that are means over samples, of which a solver may look at a few.

#include <gradus/numeric/products.hpp>
#include <gradus/objectives/objective.hpp>

#include <span>

namespace gradus {

/// f(x) = (1 / n) sum_i f_i(x), with
///
///     samples()                             n
///     sample_gradient(x, rows, gradient)    gradient = the mean of grad f_i over the given rows (std::span<const
///     Index>,
///                                           0 ... n-1); drawn uniformly its expectation is grad f(x)
///
/// Weights of rows are part of the f_i; so is what f adds to the mean, as a penalty: it is in each f_i in full.
template <class F, class S = double>
concept Sampled = Differentiable<F, S> &&
    requires(const F& f, const Vector<S>& x, std::span<const Index> rows, Vector<S>& gradient) {
    { f.samples() } -> std::convertible_to<Index>;
    f.sample_gradient(x, rows, gradient);
};

/// Sampled, and grad f_i(x) = J_i' slope_i(x) + grad c(x), with few slopes (k) for each row: in place of n gradients a
/// solver keeps n x k slopes.
///
///     slopes_per_sample()                       k
///     exchange_slopes(x, i, slope, change)      slope (k numbers; in: old, out: slope_i(x)), change = J_i' (new - old)
///     add_common_gradient(x, gradient)          gradient += grad c(x)
template <class F, class S = double>
concept SlopeSampled = Sampled<F, S> &&
    requires(const F& f, const Vector<S>& x, VectorView<S> slope, Vector<S>& change) {
    { f.slopes_per_sample() } -> std::convertible_to<Index>;
    f.exchange_slopes(x, Index(0), slope, change);
    f.add_common_gradient(x, change);
};

/// A bound of the curvature of every f_i. An objective that knows one has the member sample_curvature_bound(), which is
/// -1 when it does not after all. Otherwise it is measured at x: the largest change of grad f_i over a short step along
/// grad f_i, twice over, because nothing is known of other places. n values of a gradient, two for each row; no proof.
template <class S, class F>
requires Sampled<F, S> S sample_curvature(const F& f, const Vector<S>& x) {
    using std::max, std::sqrt;
    if constexpr (requires { f.sample_curvature_bound(); }) {
        const S bound = f.sample_curvature_bound();
        if (bound >= S(0)) return bound;
    }
    S largest(0);
    Vector<S> g(x.size()), moved(x.size()), there(x.size());
    for (Index i = 0; i < f.samples(); ++i) {
        const std::span<const Index> row(&i, 1);
        f.sample_gradient(x, row, g);
        const S size = norm(g);
        if (!(size > S(0))) continue;
        const S step = sqrt(epsilon<S>) * max(S(1), norm(x)) / size;
        moved = x;
        add_multiple(S(-step), g, moved);
        f.sample_gradient(moved, row, there);
        const S curvature = norm(Vector<S>(g - there)) / (step * size);
        if (curvature > largest) largest = curvature;
    }
    return S(2) * largest;
}

}  // namespace gradus
