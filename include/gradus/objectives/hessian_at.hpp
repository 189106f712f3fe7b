#pragma once
// The Hessian of a function at one point, by its products with vectors.

#include <gradus/objectives/objective.hpp>

namespace gradus {

/// H(x) v of a general function: each is a call of hessian_product(). f and x are looked at, not copied.
template <Scalar S, class F>
class GeneralHessian {
public:
    GeneralHessian(const F& f, const Vector<S>& x) : f_(&f), x_(&x) {}

    /// out = H(x) v
    void times(const Vector<S>& v, Vector<S>& out) { f_->hessian_product(*x_, v, out); }

private:
    const F* f_;
    const Vector<S>* x_;
};

/// For many products with H(x). A linear model offers `f.hessian_at(x)`, which keeps eta, so that each product after
/// the first costs two products with X instead of three; any other function is asked for hessian_product().
template <class S, class F>
auto hessian_at(const F& f, const Vector<S>& x) {
    if constexpr (requires { f.hessian_at(x); }) return f.hessian_at(x);
    else return GeneralHessian<S, F>(f, x);
}

}  // namespace gradus
