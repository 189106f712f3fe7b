#pragma once
// A smooth function plus one with corners.

#include <gradus/objectives/objective.hpp>

#include <utility>

namespace gradus {

/// The part with corners, a convex function g:
///
///     value(x)
///     prox(t, x)                   x <- argmin_u  g(u) + |u - x|^2 / (2 t)
///     residual(x, gradient, out)   out: of all sums of `gradient` and a subgradient of g at x the one nearest to zero
template <class G, class S = double>
concept CornerPart = requires(const G& g, const Vector<S>& x, const S& t, Vector<S>& out) {
    { g.value(x) } -> std::convertible_to<S>;
    g.prox(t, out);
    g.residual(x, x, out);
};

/// F(x) = f(x) + g(x): f smooth, of which value and gradient are asked, g with corners, of which value, prox and
/// residual are. It has no gradient of its own, so that no solver takes it for smooth; a point x is optimal where the
/// residual is zero, that is, where -grad f(x) is a subgradient of g (Parikh and Boyd, Proximal Algorithms, 2014,
/// ch. 4.2).
template <class Smooth, class Corner>
class Composite {
public:
    Composite(Smooth smooth, Corner corner) : smooth_(std::move(smooth)), corner_(std::move(corner)) {}

    const Smooth& smooth() const { return smooth_; }
    const Corner& corner() const { return corner_; }

    template <class S>
    S value(const Vector<S>& x) const requires Objective<Smooth, S> && CornerPart<Corner, S> {
        return gradus::value<S>(smooth_, x) + corner_.value(x);
    }

    /// The size of each component of the gradient far from the optimum, where f knows it.
    auto gradient_scale() const requires requires(const Smooth& f) { f.gradient_scale(); }
    { return smooth_.gradient_scale(); }

private:
    Smooth smooth_;
    Corner corner_;
};

template <class F, class S = double>
concept CompositeObjective = requires(const F& f) {
    requires Differentiable<std::remove_cvref_t<decltype(f.smooth())>, S>;
    requires CornerPart<std::remove_cvref_t<decltype(f.corner())>, S>;
};

/// f at x; where f has corners the value is that of the sum, the gradient that of the smooth part.
template <class S, class F>
Evaluation<S> evaluate(const F& f, Vector<S> x) {
    Evaluation<S> out{std::move(x), S(0), {}};
    if constexpr (CompositeObjective<F, S>)
        out.value = value_and_gradient<S>(f.smooth(), out.x, out.gradient) + f.corner().value(out.x);
    else out.value = value_and_gradient<S>(f, out.x, out.gradient);
    return out;
}

/// What vanishes at an optimum: the gradient, and where f has corners, the residual, for which there is scratch.
template <class S, class F>
const Vector<S>& residual(const F& f, const Evaluation<S>& at, Vector<S>& scratch) {
    if constexpr (CompositeObjective<F, S>) {
        scratch.resize(at.x.size());
        f.corner().residual(at.x, at.gradient, scratch);
        return scratch;
    } else {
        return static_cast<void>(f), static_cast<void>(scratch), at.gradient;
    }
}

}  // namespace gradus
