#pragma once
// No penalty: what a model has unless one is asked for.

#include <gradus/penalties/penalty.hpp>

namespace gradus {

struct NoPenalty {
    static constexpr bool is_zero = true;
    static constexpr bool is_quadratic = true;
    static constexpr bool is_class_symmetric = true;

    template <Scalar S>
    S value(const Coefficients<S>&) const {
        return S(0);
    }
    template <Scalar S>
    void add_gradient(const Coefficients<S>&, MatrixView<S>) const {}
    template <Scalar S>
    void add_curvature(const Coefficients<S>&, MatrixView<S>) const {}
};

}  // namespace gradus
