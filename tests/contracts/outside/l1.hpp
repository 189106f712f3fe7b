// A penalty with corners from outside the library: the sum of absolute values, with which coefficients become zero.
#pragma once

#include <gradus/penalties/penalty.hpp>

#include <algorithm>
#include <cmath>

namespace outside {

/// lambda sum_jc |w_jc|. Its prox shrinks towards zero by lambda times the step; its subgradients are lambda sign(w),
/// and all of [-lambda, lambda] at 0.
struct L1 {
    static constexpr const char* formula = "lambda |W|_1";

    double lambda = 0;

    template <gradus::Scalar S>
    S value(const gradus::Coefficients<S>& W) const {
        return S(lambda) * W->cwiseAbs().sum();
    }
    template <gradus::Scalar S>
    void prox(const gradus::ConstVectorView<S>& steps, gradus::MatrixView<S> W) const {
        using std::abs, std::max;
        for (gradus::Index c = 0; c < W.cols(); ++c)
            for (gradus::Index j = 0; j < W.rows(); ++j) {
                const S left = max(S(abs(W(j, c)) - S(lambda) * steps[j]), S(0));
                W(j, c) = W(j, c) < S(0) ? S(-left) : left;
            }
    }
    template <gradus::Scalar S>
    void subdifferential_distance(const gradus::Coefficients<S>& W, const gradus::ConstMatrixView<S>& G,
                                  gradus::MatrixView<S> out) const {
        using std::abs, std::max;
        for (gradus::Index c = 0; c < G.cols(); ++c)
            for (gradus::Index j = 0; j < G.rows(); ++j) {
                const S w = (*W)(j, c);
                out(j, c) = w == S(0) ? max(S(abs(G(j, c)) - S(lambda)), S(0))
                                      : S(abs(G(j, c) + (w > S(0) ? S(lambda) : S(-lambda))));
            }
    }
};

}  // namespace outside
