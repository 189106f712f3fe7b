#pragma once
// A vanishing gradient is no minimum where the function curves downwards.

#include <gradus/numeric/lanczos.hpp>
#include <gradus/solvers/iterative/descent.hpp>

namespace gradus {

/// Moves the run along the direction in which H, given by products with it, is most negative, to the first point found
/// where the value is lower; then true. The step is tried from the size of x downwards, either way. false: H has no
/// clearly negative eigenvalue, and nothing is done; or none of these points is lower, and the run ends as a saddle.
/// Lanczos' method with up to `most` products.
template <class S, class F, class Observer, class Multiply>
GRADUS_ONCE bool leave_saddle(Descent<S, F, Observer>& run, Multiply&& multiply, int most) {
    using std::abs, std::isfinite;
    const Evaluation<S>& at = run.at();
    const Spectrum<S> spectrum = lanczos<S>(multiply, at.x.size(), {.max_products = most, .smallest = 1e-2});
    run.counts().hessian_products += spectrum.products;
    if (spectrum.empty()) return false;
    const S largest = std::max(S(abs(spectrum.largest())), S(abs(spectrum.smallest())));
    if (!(spectrum.smallest() < S(-1e-6) * largest) || !(spectrum.smallest() < S(-2) * spectrum.residuals[0]))
        return false;
    const Vector<S> v = spectrum.vectors.col(0);
    const S size = std::max(max_norm(at.x), S(1)) / max_norm(v);
    for (S t = size; t > S(1e-12) * size; t /= S(4))
        for (const S& step : {t, S(-t)}) {
            Evaluation<S> next{at.x, S(0), {}};
            add_multiple(step, v, next.x);
            next.value = value_and_gradient<S>(run.objective(), next.x, next.gradient);
            ++run.counts().gradients;
            if (!(next.value < at.value) || !all_finite(next.gradient)) continue;
            run.take(std::move(next), step, false);
            return true;
        }
    run.end_here(Status::saddle, text("the gradient vanishes, but the Hessian has the eigenvalue ", spectrum.smallest(),
                                      ": a saddle or a maximum, and no lower point was found beside it"));
    run.so_far().cause = Cause::saddle;
    return false;
}

}  // namespace gradus
