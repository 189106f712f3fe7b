// A predictor from outside the library: all outputs share one coefficient vector and have intercepts of their own.
#pragma once

#include <gradus/losses/loss.hpp>
#include <gradus/predictors/predictor.hpp>

namespace outside {

/// eta(i, c) = x_i'w + b_c; theta = (w, b): p + k numbers.
template <class S = double>
class SharedSlopes {
public:
    SharedSlopes(gradus::Index features, gradus::Index outputs) : p_(features), k_(outputs) {}

    gradus::Index dimension() const { return p_ + k_; }
    gradus::Index outputs() const { return k_; }

    void forward(gradus::RowBlock<S>& block, const gradus::Vector<S>& theta, gradus::MatrixView<S> eta) const {
        gradus::Vector<S> common(block.rows());
        block.times(theta.head(p_), common);
        for (gradus::Index c = 0; c < k_; ++c) eta.col(c) = common.array() + theta[p_ + c];
    }
    void pullback(gradus::RowBlock<S>& block, const gradus::ConstMatrixView<S>& slope, gradus::Vector<S>& gradient) const {
        const gradus::Vector<S> total = slope.rowwise().sum();
        block.add_transposed_times(total, gradient.head(p_));
        gradient.tail(k_) += slope.colwise().sum().transpose();
    }
    void sandwich(gradus::RowBlock<S>& block, const gradus::ConstMatrixView<S>& curvature, gradus::Matrix<S>& H) const {
        gradus::Matrix<S> by_output = gradus::Matrix<S>::Zero(curvature.rows(), k_);  // curvature of the row times a vector of ones
        for (gradus::Index d = 0; d < k_; ++d)
            for (gradus::Index c = d; c < k_; ++c) {
                const auto pair = curvature.col(gradus::pair_index(c, d, k_));
                by_output.col(c) += pair;
                if (c > d) by_output.col(d) += pair;
                H(p_ + c, p_ + d) += pair.sum();
            }
        block.add_weighted_gram(by_output.rowwise().sum(), H.topLeftCorner(p_, p_));
        gradus::Matrix<S> cross = gradus::Matrix<S>::Zero(p_, k_);
        block.add_transposed_times(by_output, cross);
        H.block(p_, 0, k_, p_) += cross.transpose();
    }

    gradus::Matrix<S> coefficients(const gradus::Vector<S>& theta) const { return theta.head(p_).replicate(1, k_); }
    gradus::Vector<S> intercept(const gradus::Vector<S>& theta) const { return theta.tail(k_); }
    void add_coefficient_gradient(const gradus::Matrix<S>& G, gradus::Vector<S>& gradient) const { gradient.head(p_) += G.rowwise().sum(); }
    void add_coefficient_curvature(const gradus::Matrix<S>& h, gradus::Matrix<S>& H) const {
        H.diagonal().head(p_) += h.rowwise().sum();
    }

private:
    gradus::Index p_, k_;
};

}  // namespace outside
