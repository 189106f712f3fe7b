// What every objective promises: whatever it offers belongs to one and the same function.
#pragma once

#include "contracts/violations.hpp"
#include "support/problems.hpp"
#include <gradus/objectives/objective.hpp>
#include <gradus/objectives/ray.hpp>

namespace gradus::test {

/// At x: value, gradient, Hessian, Hessian product, ray and exact gradient, as far as f has them, against each other
/// and against differences.
template <class S, class F>
Violations objective_contract(const F& f, const Vector<S>& x) {
    Contract contract;
    Random random(43);
    const Index d = x.size();
    const auto gradient_at = [&](const Vector<S>& at) {
        Vector<S> gradient = Vector<S>::Constant(d, std::numeric_limits<S>::quiet_NaN());
        value_and_gradient<S>(f, at, gradient);
        return gradient;
    };
    Vector<S> gradient;
    const S value_here = value_and_gradient<S>(f, x, gradient);
    contract.expect(gradient.size() == d && gradient.allFinite(), "the gradient is not ", d, " finite numbers");
    contract.expect_equal(value<S>(f, x), value_here, tolerance::product<S>, "value() against value_and_gradient()");

    const Vector<S> direction = normal_vector<S>(random, d);
    for (Index j = 0; j <= d; ++j) {  // along each axis, and along a direction
        const Vector<S> v = j < d ? Vector<S>(Vector<S>::Unit(d, j)) : direction;
        const S slope = central_difference<S>([&](const S& t) { return value<S>(f, x + t * v); });
        contract.expect_equal(gradient.dot(v), slope, tolerance::difference_quotient<S> * static_cast<double>(v.norm()),
                              "gradient against differences, component ", j);
    }

    auto ray = along<S>(f, x, direction);
    for (const double t : {0.0, 1.0, 0.3, -0.5}) {  // in no order: a ray has no memory
        const Vector<S> there = x + S(t) * direction;
        const auto point = ray(S(t));
        contract.expect_equal(S(point.value), value<S>(f, there), tolerance::product<S>, "value of the ray at ", t);
        contract.expect_equal(S(point.slope), gradient_at(there).dot(direction), tolerance::product<S>,
                              "slope of the ray at ", t);
    }

    if constexpr (TwiceDifferentiable<F, S>) {
        Vector<S> same;
        Matrix<S> H = Matrix<S>::Constant(d, d, std::numeric_limits<S>::quiet_NaN());
        contract.expect_equal(value_gradient_hessian<S>(f, x, same, H), value_here, tolerance::product<S>,
                              "value beside the Hessian");
        contract.expect_equal(same, gradient, tolerance::product<S>, "gradient beside the Hessian");
        contract.expect_equal(H, H.transpose(), tolerance::rounding<S>, "the Hessian is not symmetric");
        Matrix<S> again = Matrix<S>::Constant(d, d, std::numeric_limits<S>::quiet_NaN());
        f.hessian(x, again);
        contract.expect_equal(again, H, tolerance::product<S>, "hessian() against value_gradient_hessian()");
        for (Index j = 0; j < d; ++j) {
            const Vector<S> column =
                central_difference<S>([&](const S& t) { return gradient_at(x + t * Vector<S>::Unit(d, j)); });
            contract.expect_equal(H.col(j), column, tolerance::difference_quotient<S>, "column ", j,
                                  " of the Hessian against differences of the gradient");
        }
        if constexpr (Curved<F, S>) {
            Vector<S> image = Vector<S>::Constant(d, std::numeric_limits<S>::quiet_NaN());
            f.hessian_product(x, direction, image);
            contract.expect_equal(image, H.lazyProduct(direction), tolerance::product<S>,
                                  "hessian_product() against hessian()");
        }
    }
    if constexpr (requires { f.exact_gradient(x, gradient); }) {
        Vector<S> exact = Vector<S>::Constant(d, std::numeric_limits<S>::quiet_NaN());
        contract.expect_equal(S(f.exact_gradient(x, exact)), value_here, tolerance::product<S>,
                              "value beside exact_gradient()");
        contract.expect_equal(exact, gradient, tolerance::product<S>, "exact_gradient() against value_and_gradient()");
    }
    return contract.violations();
}

}  // namespace gradus::test
