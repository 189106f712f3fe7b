#pragma once
// eta = X W + 1 b'.

#include <gradus/losses/loss.hpp>
#include <gradus/predictors/predictor.hpp>

namespace gradus {

/// theta = (columns of W one after another, then b): p k + k numbers, or p k without intercept.
template <Scalar S>
class Linear {
public:
    Linear(Index features, Index outputs, bool has_intercept)
        : p_(features), k_(outputs), has_intercept_(has_intercept) {}

    Index dimension() const { return (p_ + has_intercept_) * k_; }
    Index outputs() const { return k_; }
    Index intercepts() const { return has_intercept_ ? k_ : 0; }

    void forward(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> eta) const {
        block.times(slopes(theta), eta);
        if (!has_intercept_) return;
        for (Index c = 0; c < k_; ++c) {
            const S b = theta[p_ * k_ + c];
            for (Index i = 0; i < eta.rows(); ++i) eta(i, c) += b;
        }
    }

    void pullback(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& gradient) const {
        block.add_transposed_times(slope, slopes(gradient));
        if (!has_intercept_) return;
        for (Index c = 0; c < k_; ++c) gradient[p_ * k_ + c] += slope.col(c).sum();
    }

    void sandwich(RowBlock<S>& block, const ConstMatrixView<S>& curvature, Matrix<S>& H) const {
        for (Index d = 0; d < k_; ++d)
            for (Index c = d; c < k_; ++c) {
                const ConstVectorView<S> weight = curvature.col(pair_index(c, d, k_));
                if (c > d && all_zero(weight)) continue;
                // for c > d the p x p block is symmetric too: its lower triangle is summed, complete() mirrors it
                block.add_weighted_gram(weight, H.block(c * p_, d * p_, p_, p_));
                if (!has_intercept_) continue;
                const Index b = p_ * k_;
                Matrix<S> cross = Matrix<S>::Zero(p_, 1);
                block.add_transposed_times(weight, cross);
                for (Index j = 0; j < p_; ++j) {
                    H(b + c, d * p_ + j) += cross(j, 0);
                    if (c > d) H(b + d, c * p_ + j) += cross(j, 0);
                }
                H(b + c, b + d) += weight.sum();
            }
    }

    /// To be called once after the last block: fills in what sandwich() left out by symmetry.
    void complete(Matrix<S>& H) const {
        for (Index d = 0; d < k_; ++d)
            for (Index c = d + 1; c < k_; ++c) {
                for (Index j = 0; j < p_; ++j)
                    for (Index i = j + 1; i < p_; ++i) H(c * p_ + j, d * p_ + i) = H(c * p_ + i, d * p_ + j);
            }
    }

    /// out += factor times the gradient of eta_c at the row x.
    void add_direction(const Vector<S>& x, Index c, const S& factor, Vector<S>& out) const {
        for (Index j = 0; j < p_; ++j) out[c * p_ + j] += factor * x[j];
        if (has_intercept_) out[p_ * k_ + c] += factor;
    }

    Matrix<S> coefficients(const Vector<S>& theta) const { return slopes(theta); }
    Vector<S> intercept(const Vector<S>& theta) const {
        Vector<S> b = Vector<S>::Zero(k_);
        for (Index c = 0; has_intercept_ && c < k_; ++c) b[c] = theta[p_ * k_ + c];
        return b;
    }

    Vector<S> parameters(const Matrix<S>& W, const Vector<S>& b) const {
        Vector<S> theta(dimension());
        for (Index j = 0; j < W.size(); ++j) theta[j] = W.data()[j];
        for (Index c = 0; has_intercept_ && c < k_; ++c) theta[p_ * k_ + c] = b[c];
        return theta;
    }

    void add_coefficient_gradient(const Matrix<S>& G, Vector<S>& gradient) const {
        for (Index j = 0; j < G.size(); ++j) gradient[j] += G.data()[j];
    }
    void add_coefficient_curvature(const Matrix<S>& h, Matrix<S>& H) const {
        for (Index c = 0; c < k_; ++c)
            for (Index j = 0; j < p_; ++j) H(c * p_ + j, c * p_ + j) += h(j, c);
    }

    void forward_exactly(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> high, MatrixView<S> low) const {
        block.times_exactly(slopes(theta), high, low);
        if (!has_intercept_) return;
        for (Index c = 0; c < k_; ++c)
            for (Index i = 0; i < high.rows(); ++i) add_exactly(high(i, c), low(i, c), theta[p_ * k_ + c]);
    }

    /// high + low = the gradient of this block alone.
    void pullback_exactly(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& high, Vector<S>& low) const {
        block.transposed_times_exactly(slope, slopes(high), slopes(low));
        if (!has_intercept_) return;
        for (Index c = 0; c < k_; ++c) {
            S sum(0), error(0);
            for (Index i = 0; i < slope.rows(); ++i) add_exactly(sum, error, S(slope(i, c)));
            high[p_ * k_ + c] = sum;
            low[p_ * k_ + c] = error;
        }
    }

private:
    static bool all_zero(const ConstVectorView<S>& v) {
        for (Index i = 0; i < v.size(); ++i)
            if (v[i] != S(0)) return false;
        return true;
    }
    auto slopes(Vector<S>& theta) const { return Eigen::Map<Matrix<S>>(theta.data(), p_, k_); }
    auto slopes(const Vector<S>& theta) const { return Eigen::Map<const Matrix<S>>(theta.data(), p_, k_); }

    Index p_, k_;
    bool has_intercept_;
};

}  // namespace gradus
