#pragma once
// An objective with some of its freedom taken away.

#include <gradus/numeric/products.hpp>
#include <gradus/objectives/objective.hpp>

#include <utility>

namespace gradus {

/// f(origin + B z) as a function of z: gradient B'g, Hessian B'H B. B: d x m. What a constrained maximum of a
/// likelihood is found on, as for a likelihood-ratio test or a profile. f is looked at, not copied. Hessian: that of f
/// and O(d^2 m).
template <class F, Scalar S>
class OnSubspace {
public:
    using Scalar = S;

    OnSubspace(const F& f, Vector<S> origin, Matrix<S> basis)
        : f_(&f), origin_(std::move(origin)), basis_(std::move(basis)) {}

    Index dimension() const { return basis_.cols(); }
    /// origin + B z.
    Vector<S> point(const Vector<S>& z) const {
        Vector<S> x = origin_;
        add_product<S>(basis_, z, x);
        return x;
    }

    S value(const Vector<S>& z) const { return f_->value(point(z)); }

    S value_and_gradient(const Vector<S>& z, Vector<S>& gradient) const {
        Vector<S> full(origin_.size());
        const S value = f_->value_and_gradient(point(z), full);
        gradient = transposed_product<S>(basis_, full);
        return value;
    }

    S value_gradient_hessian(const Vector<S>& z, Vector<S>& gradient, Matrix<S>& H) const {
        Vector<S> full(origin_.size());
        Matrix<S> curvature;
        const S value = gradus::value_gradient_hessian<S>(*f_, point(z), full, curvature);
        gradient = transposed_product<S>(basis_, full);
        H = transposed_product<S>(basis_, product<S>(curvature, basis_));
        return value;
    }

    /// Where f knows the Hessian of a part of it: see StructuredNewton.
    S value_parts_hessian(const Vector<S>& z, Vector<S>& gradient, Vector<S>& rest, Matrix<S>& H) const {
        Vector<S> full(origin_.size()), full_rest;
        Matrix<S> curvature;
        const S value = f_->value_parts_hessian(point(z), full, full_rest, curvature);
        gradient = transposed_product<S>(basis_, full);
        rest = transposed_product<S>(basis_, full_rest);
        H = transposed_product<S>(basis_, product<S>(curvature, basis_));
        return value;
    }

    void hessian(const Vector<S>& z, Matrix<S>& H) const {
        Vector<S> unused;
        value_gradient_hessian(z, unused, H);
    }

private:
    const F* f_;
    Vector<S> origin_;
    Matrix<S> basis_;
};

}  // namespace gradus
