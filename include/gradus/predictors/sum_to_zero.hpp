#pragma once
// The softmax model in coordinates in which it has no superfluous parameters.

#include <gradus/numeric/products.hpp>
#include <gradus/predictors/linear.hpp>

#include <cmath>

namespace gradus {

/// eta = U E', where U (b x (K-1)) is the eta of a Linear predictor and the K x (K-1) matrix E has orthonormal columns, each summing to zero.
///
/// Adding the same vector to all K columns of W changes no probability, so in K columns the softmax Hessian is singular by construction:
/// p + 1 of its eigenvalues are zero. Textbooks take a pseudo-inverse then; but its cut-off decides by the size of eigenvalues, which
/// depends on the units of the features, and so it drops directions that the data determine. Here the superfluous directions are left out
/// *exactly*, before any number is computed: W = V E' has rows that sum to zero, and the Hessian in V is nonsingular whenever the data
/// determine the fit. Because E is orthonormal, |V| = |W|: gradient descent takes the same steps, and a ridge costs the same, as in the K
/// columns of W (a reference class, the other usual remedy, changes both). E is Helmert's matrix:
/// column m is (1, ..., 1, -m, 0, ..., 0)' / sqrt(m (m + 1)), with m ones.
template <Scalar S>
class SumToZero {
public:
    SumToZero(Index features, Index classes, bool has_intercept)
        : linear_(features, classes - 1, has_intercept), E_(helmert(classes)), Et_(E_.transpose()) {}

    Index dimension() const { return linear_.dimension(); }
    Index outputs() const { return E_.rows(); }
    Index intercepts() const { return linear_.intercepts(); }

    void forward(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> eta) const {
        U_.resize(eta.rows(), E_.cols());
        linear_.forward(block, theta, U_);
        product<S>(U_, Et_, eta);
    }

    void pullback(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& gradient) const {
        U_.resize(slope.rows(), E_.cols());
        product<S>(slope, E_, U_);
        linear_.pullback(block, U_, gradient);
    }

    void sandwich(RowBlock<S>& block, const ConstMatrixView<S>& curvature, Matrix<S>& H) const {
        const Index K = E_.rows(), k = E_.cols();
        reduced_.setZero(curvature.rows(), pair_count(k));
        for (Index d = 0; d < k; ++d)
            for (Index c = d; c < k; ++c)  // E' (curvature of the row) E
                for (Index b = 0; b < K; ++b)
                    for (Index a = b; a < K; ++a) {
                        const S factor = a == b ? S(E_(a, c) * E_(a, d)) : S(E_(a, c) * E_(b, d) + E_(b, c) * E_(a, d));
                        if (factor != S(0))
                            add_multiple(factor, &curvature.coeffRef(0, pair_index(a, b, K)),
                                         &reduced_(0, pair_index(c, d, k)), curvature.rows());
                    }
        linear_.sandwich(block, reduced_, H);
    }

    void complete(Matrix<S>& H) const { linear_.complete(H); }

    void add_direction(const Vector<S>& x, Index a, const S& factor, Vector<S>& out) const {
        for (Index c = 0; c < E_.cols(); ++c) linear_.add_direction(x, c, S(factor * E_(a, c)), out);
    }

    Matrix<S> coefficients(const Vector<S>& theta) const { return product<S>(linear_.coefficients(theta), Et_); }
    Vector<S> intercept(const Vector<S>& theta) const { return product<S>(E_, linear_.intercept(theta)); }
    Vector<S> parameters(const Matrix<S>& W, const Vector<S>& b) const {
        return linear_.parameters(product<S>(W, E_), product<S>(Et_, b));
    }

    void add_coefficient_gradient(const Matrix<S>& G, Vector<S>& gradient) const {
        linear_.add_coefficient_gradient(product<S>(G, E_), gradient);
    }

    void add_coefficient_curvature(const Matrix<S>& h, Matrix<S>& H) const {
        const Index p = h.rows(), k = E_.cols();
        for (Index j = 0; j < p; ++j)
            for (Index d = 0; d < k; ++d)
                for (Index c = d; c < k; ++c)
                    for (Index a = 0; a < E_.rows(); ++a) H(c * p + j, d * p + j) += E_(a, c) * E_(a, d) * h(j, a);
    }

    void forward_exactly(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> high, MatrixView<S> low) const {
        Matrix<S> U(high.rows(), E_.cols()), U_low(high.rows(), E_.cols());
        linear_.forward_exactly(block, theta, U, U_low);
        product<S>(U, Et_, high);
        product<S>(U_low, Et_, low);
    }

    void pullback_exactly(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& high, Vector<S>& low) const {
        linear_.pullback_exactly(block, product<S>(slope, E_), high, low);
    }

private:
    GRADUS_ONCE static Matrix<S> helmert(Index K) {
        using std::sqrt;
        Matrix<S> E = Matrix<S>::Zero(K, K - 1);
        for (Index m = 1; m < K; ++m) {
            const S length = sqrt(S(m) * S(m + 1));
            for (Index a = 0; a < m; ++a) E(a, m - 1) = S(1) / length;
            E(m, m - 1) = -S(m) / length;
        }
        return E;
    }

    Linear<S> linear_;
    Matrix<S> E_, Et_;
    mutable Matrix<S> U_, reduced_;  // scratch for one block
};

}  // namespace gradus
