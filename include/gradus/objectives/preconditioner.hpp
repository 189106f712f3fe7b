#pragma once
// A matrix that is like the Hessian of an empirical risk, and easily inverted.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/objectives/risk_terms.hpp>

#include <utility>
#include <vector>

namespace gradus {

/// M, block-diagonal and positive definite: one block for the slopes of each parameter that a feature has (p x p where
/// p is at most `largest_block`, else their diagonal), and one for the intercepts. It is what conjugate gradients for
/// the Hessian take in place of the identity: their number of steps depends on the spread of the eigenvalues of M^-1 H
/// (Nocedal and Wright, Numerical Optimization, 2006, alg. 5.3). O(q p^3 / 3) once, O(q p^2) for each solution.
template <Scalar S>
class Preconditioner {
public:
    static constexpr Index largest_block = 2048;

    /// blocks: q of p x p by their lower triangles, or of p x 1; intercepts: r x r; price: see there.
    GRADUS_ONCE Preconditioner(std::vector<Matrix<S>> blocks, Matrix<S> intercepts, double price)
        : blocks_(std::move(blocks)), price_(price) {
        blocks_.push_back(std::move(intercepts));
        scales_.resize(blocks_.size());
        for (std::size_t b = 0; b < blocks_.size(); ++b) factor(blocks_[b], scales_[b]);
    }

    /// After so many products with the Hessian it is worth while to make it anew.
    double price() const { return price_; }

    /// v = M^-1 v
    GRADUS_ONCE void solve(Vector<S>& v) const {
        Index first = 0;
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            const Vector<S>& scale = scales_[b];
            Matrix<S> part = v.segment(first, scale.size());
            for (Index j = 0; j < scale.size(); ++j) part(j, 0) *= scale[j];
            if (!is_diagonal(b)) {
                solve_upper_transposed<S>(blocks_[b], part);
                solve_upper<S>(blocks_[b], part);
            }
            for (Index j = 0; j < scale.size(); ++j) v[first + j] = part(j, 0) * scale[j];
            first += scale.size();
        }
    }

    /// sqrt(v'Mv)
    GRADUS_ONCE S length(const Vector<S>& v) const {
        Vector<S> lengths(static_cast<Index>(blocks_.size()));
        Index first = 0;
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            const Vector<S>& scale = scales_[b];
            Vector<S> part = v.segment(first, scale.size()).cwiseQuotient(scale);
            for (Index j = 0; j < scale.size() && !is_diagonal(b); ++j) {  // U v from its first row on, in place
                for (Index i = 0; i < j; ++i) part[i] += blocks_[b](i, j) * part[j];
                part[j] *= blocks_[b](j, j);
            }
            lengths[static_cast<Index>(b)] = norm(part);
            first += scale.size();
        }
        return norm(lengths);
    }

private:
    bool is_diagonal(std::size_t b) const { return blocks_[b].cols() != blocks_[b].rows(); }

    // Scaled to a unit diagonal; where it is singular, or a sample of the rows makes it so, with as much added as lets
    // it be factored.
    GRADUS_ONCE static void factor(Matrix<S>& A, Vector<S>& scale) {
        using std::abs, std::sqrt;
        scale = Vector<S>::Ones(A.rows());
        const bool is_diagonal = A.cols() != A.rows();
        for (Index j = 0; j < A.rows(); ++j)
            if (const S size = abs(A(j, is_diagonal ? 0 : j)); size > S(0)) scale[j] = S(1) / sqrt(size);
        if (is_diagonal) return;
        for (Index j = 0; j < A.cols(); ++j)
            for (Index i = j; i < A.rows(); ++i) A(i, j) *= scale[i] * scale[j];
        Matrix<S> U;
        for (S shift(0); shift<S(1e6); shift = shift> S(0) ? S(100) * shift : S(1e-8)) {
            Matrix<S> B = A;
            for (Index j = 0; j < A.rows(); ++j) B(j, j) = (B(j, j) > S(0) ? B(j, j) : S(1)) + shift;
            if (cholesky(B, U)) return void(A = std::move(U));
        }
        A = Matrix<S>::Identity(A.rows(), A.rows());  // entries that are not finite: no preconditioner
    }

    std::vector<Matrix<S>> blocks_;  // factors
    std::vector<Vector<S>> scales_;
    double price_;
};

/// Sums over rows that a Preconditioner is made of.
template <Scalar S>
struct CurvatureBlocks {
    CurvatureBlocks(const Predictor<S>& map, bool are_diagonal)
        : slopes(static_cast<std::size_t>(map.width()),
                 Matrix<S>::Zero(map.features(), are_diagonal ? 1 : map.features())),
          intercepts(Matrix<S>::Zero(map.intercepts(), map.intercepts())) {}

    std::vector<Matrix<S>> slopes;
    Matrix<S> intercepts;
};

}  // namespace gradus
