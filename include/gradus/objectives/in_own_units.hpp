#pragma once
// A function in units in which its gradient is of size one.

#include <gradus/numeric/power_of_two.hpp>
#include <gradus/objectives/ray.hpp>
#include <gradus/objectives/stationarity.hpp>

namespace gradus {

/// unit f(x), unit the power of four that brings the gradient at the start to size one: every step of a solver is the
/// same to the bit, square roots of curvature included, but squares of a gradient of size 1e160, or of one of 1e-200,
/// stay within the range of the numbers. f is looked at, not copied.
template <class F, Scalar S>
class InOwnUnits {
public:
    InOwnUnits(const F& f, const Vector<S>& start) : f_(&f), start_{start, S(0), Vector<S>(start.size())} {
        start_.value = gradus::value_and_gradient<S>(f, start, start_.gradient);
        unit_ = scale_to_one(max_norm(start_.gradient));
        using std::frexp;
        int exponent = 0;
        frexp(unit_, &exponent);  // unit = 2^(exponent - 1)
        if (exponent % 2 == 0) unit_ *= S(2);
        start_.value *= unit_;
        multiply(start_.gradient);
    }

    const S& unit() const { return unit_; }

    S value(const Vector<S>& x) const { return gradus::value<S>(*f_, x) * unit_; }
    S value_and_gradient(const Vector<S>& x, Vector<S>& gradient) const {
        if (is_start(x)) return gradient = start_.gradient, start_.value;
        const S value = gradus::value_and_gradient<S>(*f_, x, gradient);
        multiply(gradient);
        return value * unit_;
    }
    S value_gradient_hessian(const Vector<S>& x, Vector<S>& gradient,
                             Matrix<S>& H) const requires TwiceDifferentiable<F, S> {
        if (is_start(x)) return hessian(x, H), value_and_gradient(x, gradient);
        const S value = gradus::value_gradient_hessian<S>(*f_, x, gradient, H);
        multiply(gradient);
        multiply(H);
        return value * unit_;
    }
    void hessian(const Vector<S>& x, Matrix<S>& H) const requires TwiceDifferentiable<F, S> {
        f_->hessian(x, H);
        multiply(H);
    }
    void hessian_product(const Vector<S>& x, const Vector<S>& v, Vector<S>& out) const requires Curved<F, S> {
        f_->hessian_product(x, v, out);
        multiply(out);
    }
    auto ray(const Vector<S>& x, const Vector<S>& d) const requires requires(const F& f, const Vector<S>& v) {
        f.ray(v, v);
    }
    {
        return [ray = f_->ray(x, d), unit = unit_](const S& t) mutable {
            const auto point = ray(t);
            return RayPoint<S>{point.value * unit, point.slope * unit};
        };
    }
    S curvature_bound() const requires requires(const F& f) { f.curvature_bound(); }
    { return f_->curvature_bound() * unit_; }
    bool is_convex() const {
        if constexpr (requires { f_->is_convex(); }) return f_->is_convex();
        else return false;
    }

    /// A result of this function becomes one of the user's.
    template <class Result>
    void leave(Result& result) const {
        using std::sqrt;
        result.value /= unit_;
        result.gradient_norm /= unit_;
        for (Index j = 0; j < result.gradient.size(); ++j) result.gradient[j] /= unit_;
        if (result.decrement > S(0)) result.decrement /= sqrt(unit_);
        for (Index j = 0; j < result.last_step.scale.size(); ++j) result.last_step.scale[j] *= sqrt(unit_);
    }

private:
    bool is_start(const Vector<S>& x) const {
        for (Index j = 0; j < x.size(); ++j)
            if (x[j] != start_.x[j]) return false;
        return x.size() == start_.x.size();
    }
    template <class M>
    void multiply(M& numbers) const {
        for (Index j = 0; j < numbers.size(); ++j) numbers.data()[j] *= unit_;
    }

    const F* f_;
    S unit_{1};
    Evaluation<S> start_;  // evaluated once, to find the unit
};

}  // namespace gradus
