#pragma once
// eta_c = threshold_c - x'w: one slope for all levels.

#include <gradus/losses/loss.hpp>
#include <gradus/predictors/predictor.hpp>

namespace gradus {

/// theta = (w, p numbers; the thresholds, k numbers). eta is linear in theta: that thresholds increase is not built in, but a matter of the loss, so
/// a ray stays a straight line, a convex loss stays convex, and no solver needs to know. The reported coefficients are w (p x 1), with
/// P(y <= c) = F(threshold_c - x'w): a feature with positive w moves rows to higher levels.
template <Scalar S>
class ProportionalOdds {
public:
    ProportionalOdds(Index features, Index levels) : p_(features), k_(levels - 1) {}

    Index dimension() const { return p_ + k_; }
    Index outputs() const { return k_; }
    Index intercepts() const { return k_; }

    void forward(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> eta) const {
        common_.resize(eta.rows(), 1);
        block.times(slopes(theta), common_);
        for (Index c = 0; c < k_; ++c)
            for (Index i = 0; i < eta.rows(); ++i) eta(i, c) = theta[p_ + c] - common_(i, 0);
    }

    void pullback(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& gradient) const {
        sum_of_outputs(slope);
        block.add_transposed_times(common_, slopes(gradient));
        for (Index c = 0; c < k_; ++c) gradient[p_ + c] += slope.col(c).sum();
    }

    void sandwich(RowBlock<S>& block, const ConstMatrixView<S>& curvature, Matrix<S>& H) const {
        const Index n = curvature.rows();
        by_output_.setZero(n, k_);  // the curvature of each row times a vector of ones
        for (Index d = 0; d < k_; ++d)
            for (Index c = d; c < k_; ++c) {
                const ConstVectorView<S> pair = curvature.col(pair_index(c, d, k_));
                S sum(0);
                for (Index i = 0; i < n; ++i) {
                    by_output_(i, c) += pair[i];
                    if (c > d) by_output_(i, d) += pair[i];
                    sum += pair[i];
                }
                H(p_ + c, p_ + d) += sum;
            }
        common_.setZero(n, 1);
        for (Index c = 0; c < k_; ++c)
            for (Index i = 0; i < n; ++i) common_(i, 0) += by_output_(i, c);
        block.add_weighted_gram(common_.col(0), H.block(0, 0, p_, p_));
        Matrix<S> cross = Matrix<S>::Zero(p_, k_);
        block.add_transposed_times(by_output_, cross);
        for (Index c = 0; c < k_; ++c)
            for (Index j = 0; j < p_; ++j) H(p_ + c, j) -= cross(j, c);
    }
    void complete(Matrix<S>&) const {}

    /// out += factor times the gradient of output c at row x.
    void add_direction(const Vector<S>& x, Index c, const S& factor, Vector<S>& out) const {
        for (Index j = 0; j < p_; ++j) out[j] -= factor * x[j];
        out[p_ + c] += factor;
    }
    Matrix<S> coefficients(const Vector<S>& theta) const { return slopes(theta); }
    Vector<S> intercept(const Vector<S>& theta) const { return theta.tail(k_); }
    Matrix<S> loadings() const { return Matrix<S>::Constant(1, k_, S(-1)); }
    Vector<S> parameters(const Matrix<S>& W, const Vector<S>& b) const {
        Vector<S> theta(dimension());
        slopes(theta) = W;
        theta.tail(k_) = b;
        return theta;
    }

    void add_coefficient_gradient(const Matrix<S>& G, Vector<S>& gradient) const { slopes(gradient) += G; }
    void add_coefficient_curvature(const Matrix<S>& h, Matrix<S>& H) const {
        for (Index j = 0; j < p_; ++j) H(j, j) += h(j, 0);
    }

    void forward_exactly(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> high, MatrixView<S> low) const {
        Matrix<S> w(p_, 1), common(high.rows(), 1), rest(high.rows(), 1);
        for (Index j = 0; j < p_; ++j) w(j, 0) = -theta[j];
        block.times_exactly(w, common, rest);
        for (Index c = 0; c < k_; ++c)
            for (Index i = 0; i < high.rows(); ++i) {
                high(i, c) = common(i, 0);
                low(i, c) = rest(i, 0);
                add_exactly(high(i, c), low(i, c), theta[p_ + c]);
            }
    }

    /// high + low = the gradient of this block alone.
    void pullback_exactly(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& high, Vector<S>& low) const {
        sum_of_outputs(slope);
        block.transposed_times_exactly(common_, slopes(high), slopes(low));
        for (Index c = 0; c < k_; ++c) {
            S sum(0), error(0);
            for (Index i = 0; i < slope.rows(); ++i) add_exactly(sum, error, S(slope(i, c)));
            high[p_ + c] = sum;
            low[p_ + c] = error;
        }
    }

private:
    // minus the sum of each row: what the slopes of all outputs are to x'w
    void sum_of_outputs(const ConstMatrixView<S>& slope) const {
        common_.setZero(slope.rows(), 1);
        for (Index c = 0; c < k_; ++c)
            for (Index i = 0; i < slope.rows(); ++i) common_(i, 0) -= slope(i, c);
    }
    auto slopes(Vector<S>& theta) const { return Eigen::Map<Matrix<S>>(theta.data(), p_, 1); }
    auto slopes(const Vector<S>& theta) const { return Eigen::Map<const Matrix<S>>(theta.data(), p_, 1); }

    Index p_, k_;
    mutable Matrix<S> common_, by_output_;  // scratch for one block
};

}  // namespace gradus
