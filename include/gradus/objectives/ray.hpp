#pragma once
// A function restricted to a half-line.

#include <gradus/objectives/objective.hpp>

namespace gradus {

/// phi(t) = f(x + t d) and its derivative phi'(t) = d'grad f(x + t d).
template <Scalar S>
struct RayPoint {
    S value, slope;
};

/// The ray of a general function: each point costs one evaluation.
template <Scalar S, class F>
class GeneralRay {
public:
    GeneralRay(const F& f, const Vector<S>& x, const Vector<S>& d) : f_(&f), x_(&x), d_(&d), gradient_(x.size()) {}

    RayPoint<S> operator()(const S& t) {
        point_ = *x_ + t * *d_;
        const S value = value_and_gradient<S>(*f_, point_, gradient_);
        return {value, gradient_.dot(*d_)};
    }

private:
    const F* f_;
    const Vector<S>*x_, *d_;
    Vector<S> point_, gradient_;
};

/// The ray from x along d. A linear model offers `f.ray(x, d)`, which keeps eta and X d, so that a point costs O(n)
/// instead of O(n p); any other function is evaluated.
template <class S, class F>
auto along(const F& f, const Vector<S>& x, const Vector<S>& d) {
    if constexpr (requires { f.ray(x, d); }) return f.ray(x, d);
    else return GeneralRay<S, F>(f, x, d);
}

}  // namespace gradus
