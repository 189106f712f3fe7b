#pragma once
// eta = X W + 1 b'.

#include <gradus/losses/loss.hpp>
#include <gradus/predictors/predictor.hpp>

namespace gradus {

/// theta = (columns of W one after another, then b): p k + k numbers, or p k without intercept.
template <Scalar S>
class Linear {
public:
    using Row = Eigen::Matrix<S, 1, Eigen::Dynamic>;

    Linear(Index features, Index outputs, bool has_intercept) : p_(features), k_(outputs), has_intercept_(has_intercept) {}

    Index dimension() const { return (p_ + has_intercept_) * k_; }
    Index outputs() const { return k_; }

    void forward(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> eta) const {
        block.times(slopes(theta), eta);
        if (has_intercept_) eta.rowwise() += theta.tail(k_).transpose();
    }

    void pullback(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& gradient) const {
        block.add_transposed_times(slope, slopes(gradient));
        if (has_intercept_) gradient.tail(k_) += slope.colwise().sum().transpose();
    }

    void sandwich(RowBlock<S>& block, const ConstMatrixView<S>& curvature, Matrix<S>& H) const {
        for (Index d = 0; d < k_; ++d)
            for (Index c = d; c < k_; ++c) {
                const auto weight = curvature.col(pair_index(c, d, k_));
                if (c > d && weight.isZero(S(0))) continue;
                // for c > d the p x p block is symmetric too: its lower triangle is summed, complete() mirrors it
                block.add_weighted_gram(weight, H.block(c * p_, d * p_, p_, p_));
                if (!has_intercept_) continue;
                const Index b = p_ * k_;
                Vector<S> cross = Vector<S>::Zero(p_);
                block.add_transposed_times(weight, cross);
                H.block(b + c, d * p_, 1, p_) += cross.transpose();
                if (c > d) H.block(b + d, c * p_, 1, p_) += cross.transpose();
                H(b + c, b + d) += weight.sum();
            }
    }

    /// To be called once after the last block: fills in what sandwich() left out by symmetry.
    void complete(Matrix<S>& H) const {
        for (Index d = 0; d < k_; ++d)
            for (Index c = d + 1; c < k_; ++c) {
                auto block = H.block(c * p_, d * p_, p_, p_);
                for (Index j = 0; j < p_; ++j) block.row(j).tail(p_ - j - 1) = block.col(j).tail(p_ - j - 1).transpose();
            }
    }

    /// out = gradient of eta_own - eta_other at a row x; with one output class 1 has eta and class 0 has 0.
    void contrast(const Row& x, Index own, Index other, Row& out) const {
        out.setZero();
        const auto add = [&](Index c, const S& sign) {
            if (k_ == 1 && c == 0) return;
            const Index at = k_ == 1 ? 0 : c;
            add_direction(x, at, sign, out);
        };
        add(own, S(1));
        add(other, S(-1));
    }
    /// out += factor times the gradient of output c.
    void add_direction(const Row& x, Index c, const S& factor, Row& out) const {
        out.segment(c * p_, p_) += factor * x;
        if (has_intercept_) out[p_ * k_ + c] += factor;
    }

    Matrix<S> coefficients(const Vector<S>& theta) const { return slopes(theta); }
    Vector<S> intercept(const Vector<S>& theta) const { return has_intercept_ ? Vector<S>(theta.tail(k_)) : Vector<S>(Vector<S>::Zero(k_)); }

    Vector<S> parameters(const Matrix<S>& W, const Vector<S>& b) const {
        Vector<S> theta(dimension());
        slopes(theta) = W;
        if (has_intercept_) theta.tail(k_) = b;
        return theta;
    }

    void add_coefficient_gradient(const Matrix<S>& G, Vector<S>& gradient) const { slopes(gradient) += G; }
    void add_coefficient_curvature(const Matrix<S>& h, Matrix<S>& H) const {
        H.diagonal().head(p_ * k_) += Eigen::Map<const Vector<S>>(h.data(), p_ * k_);
    }

    void forward_exactly(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> high, MatrixView<S> low) const {
        block.times_exactly(slopes(theta), high, low);
        if (!has_intercept_) return;
        for (Index c = 0; c < k_; ++c) add_column_exactly<S>(high.col(c), low.col(c), Vector<S>::Constant(high.rows(), theta[p_ * k_ + c]));
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
    auto slopes(Vector<S>& theta) const { return Eigen::Map<Matrix<S>>(theta.data(), p_, k_); }
    auto slopes(const Vector<S>& theta) const { return Eigen::Map<const Matrix<S>>(theta.data(), p_, k_); }

    Index p_, k_;
    bool has_intercept_;
};

}  // namespace gradus
