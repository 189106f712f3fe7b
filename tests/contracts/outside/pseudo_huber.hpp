// A smooth penalty from outside the library: like a ridge for small coefficients, like a lasso for large ones.
#pragma once

#include <gradus/penalties/penalty.hpp>

#include <cmath>

namespace outside {

/// amount * sum_jc (sqrt(width^2 + w_jc^2) - width).
struct PseudoHuber {
    static constexpr bool is_zero = false;
    static constexpr bool is_quadratic = false;
    static constexpr bool is_class_symmetric = false;
    static constexpr const char* formula = "amount sum (sqrt(width^2 + w^2) - width)";

    double amount = 0.1;
    double width = 0.5;

    template <class S>
    S value(const gradus::Coefficients<S>& W) const {
        const S square = S(width) * S(width);
        // sqrt(d^2 + w^2) - d without the cancellation
        return S(amount) * (W->array().square() / ((W->array().square() + square).sqrt() + S(width))).sum();
    }
    template <class S>
    void add_gradient(const gradus::Coefficients<S>& W, gradus::MatrixView<S> G) const {
        G.array() += S(amount) * W->array() / (W->array().square() + S(width) * S(width)).sqrt();
    }
    template <class S>
    void add_curvature(const gradus::Coefficients<S>& W, gradus::MatrixView<S> h) const {
        const S square = S(width) * S(width);
        h.array() += S(amount) * square / ((W->array().square() + square) * (W->array().square() + square).sqrt());
    }
};

}  // namespace outside
