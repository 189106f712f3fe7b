#pragma once
// The ladder of concepts that solvers ask for, and the functions through which they use an objective.

#include <gradus/core/types.hpp>

#include <utility>

namespace gradus {

/// f(x): anything with `Scalar value(const Vector& x)`, or a callable `Scalar f(x)`.
template <class F, class S = double>
concept ValueObjective = requires(const F& f, const Vector<S>& x) {
    { f.value(x) } -> std::convertible_to<S>;
}
|| requires(const F& f, const Vector<S>& x) {
    { f(x) } -> std::convertible_to<S>;
};

/// f(x) with its gradient: a member `Scalar value_and_gradient(x, gradient)`, or a plain callable `Scalar f(x,
/// gradient)`. This is the one derivative that must be there; `gradient` has the size of x already and is overwritten.
template <class F, class S = double>
concept Differentiable = requires(const F& f, const Vector<S>& x, Vector<S>& gradient) {
    { f.value_and_gradient(x, gradient) } -> std::convertible_to<S>;
}
|| requires(const F& f, const Vector<S>& x, Vector<S>& gradient) {
    { f(x, gradient) } -> std::convertible_to<S>;
};

/// Anything with a value that a solver can compare.
template <class F, class S = double>
concept Objective = ValueObjective<F, S> || Differentiable<F, S>;

/// Also `hessian_product(x, v, out)`: out = H(x) v.
template <class F, class S = double>
concept Curved = Differentiable<F, S> && requires(const F& f, const Vector<S>& x, const Vector<S>& v, Vector<S>& out) {
    f.hessian_product(x, v, out);
};

/// Also `hessian(x, H)`: H (d x d, both triangles) is overwritten. An objective that gets all three from one pass over
/// its data adds `Scalar value_gradient_hessian(x, gradient, H)`, which is used instead.
template <class F, class S = double>
concept TwiceDifferentiable = Differentiable<F, S> &&
    requires(const F& f, const Vector<S>& x, Vector<S>& gradient, Matrix<S>& H) {
    f.hessian(x, H);
};

template <class S, class F>
requires Differentiable<F, S> S value_and_gradient(const F& f, const Vector<S>& x, Vector<S>& gradient) {
    gradient.resize(x.size());
    if constexpr (requires { f.value_and_gradient(x, gradient); }) return f.value_and_gradient(x, gradient);
    else return f(x, gradient);
}

template <class S, class F>
requires Objective<F, S> S value(const F& f, const Vector<S>& x) {
    if constexpr (requires {
                      { f.value(x) } -> std::convertible_to<S>;
                  })
        return f.value(x);
    else if constexpr (requires {
                           { f(x) } -> std::convertible_to<S>;
                       })
        return f(x);
    else {
        Vector<S> unused(x.size());
        return value_and_gradient<S>(f, x, unused);
    }
}

template <class S, class F>
requires TwiceDifferentiable<F, S> S value_gradient_hessian(const F& f, const Vector<S>& x, Vector<S>& gradient,
                                                            Matrix<S>& H) {
    gradient.resize(x.size());
    H.resize(x.size(), x.size());
    if constexpr (requires { f.value_gradient_hessian(x, gradient, H); })
        return f.value_gradient_hessian(x, gradient, H);
    else {
        f.hessian(x, H);
        return value_and_gradient<S>(f, x, gradient);
    }
}

/// Everything known about f at x; a solver replaces it as a whole.
template <Scalar S>
struct Evaluation {
    Vector<S> x;
    S value{0};
    Vector<S> gradient;
};

/// An objective that knows what optimal means: stationarity(at) is 0 where no solver could improve, of the order of 1
/// far from there, and does not depend on units.
template <class F, class S = double>
concept HasStationarity = requires(const F& f, const Evaluation<S>& at) {
    { f.stationarity(at) } -> std::convertible_to<S>;
};

/// Where f says it of itself, by is_convex().
template <class F>
bool is_known_to_be_convex(const F& f) {
    if constexpr (requires { f.is_convex(); }) return f.is_convex();
    else return static_cast<void>(f), false;
}

}  // namespace gradus
