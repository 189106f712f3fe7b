#pragma once
// A matrix that is like the Hessian of an empirical risk, and easily inverted.

#include <gradus/core/executor.hpp>
#include <gradus/numeric/cholesky.hpp>
#include <gradus/numeric/jacobi.hpp>
#include <gradus/objectives/risk_terms.hpp>

#include <utility>
#include <vector>

namespace gradus {

/// M, positive definite, is what conjugate gradients for the Hessian take in place of the identity: their number of
/// steps depends on the spread of the eigenvalues of M^-1 H (Nocedal and Wright, Numerical Optimization, 2006, alg.
/// 5.3). Of the slopes, p x q, it is
///
///     M = (C / tr C) (x) (X' diag(w) X) / sum s + penalty,     w_i = tr C_i, C = sum_i C_i,
///
/// C_i being the q x q curvature of row i: the Hessian itself where all C_i are alike but for a factor, as at the start
/// from zero. With C = U diag(l) U' it falls into q matrices l_c G + penalty in the coordinates V U, the penalty's part
/// in them being its diagonal. Where p is more than `largest_block` or there are few rows, it is the diagonal of the
/// Hessian. Intercepts have a block of their own. O(q p^3 / 3) once, O(q p^2) for each solution.
///
/// One X' diag(w_c) X for each output, which takes as long from q times fewer rows, is less like it (softmax, 60000 x
/// 784 x 10: 61 products instead of 53; with classes nearly separated 505 instead of 212).
template <Scalar S>
class Preconditioner {
public:
    static constexpr Index largest_block = 2048;

    /// parts: divided by the sum of the weights; penalty: its curvature by the slopes, p x q, or nothing; price: see
    /// there; executor: shares out the factors and what is solved with them, and may be used as long as this is.
    GRADUS_ONCE Preconditioner(CurvatureParts<S> parts, const Matrix<S>& penalty, double price,
                               const Executor& executor = {})
        : price_(price), executor_(executor) {
        if (parts.are_diagonal) take_diagonal(parts, penalty);
        else take_product(parts, penalty);
        blocks_.push_back(std::move(parts.intercepts));
        scales_.resize(blocks_.size());
        first_.push_back(0);
        for (const Matrix<S>& block : blocks_) first_.push_back(first_.back() + block.rows());
        share_out_blocks([&](std::size_t b) { factor(blocks_[b], scales_[b]); });
    }

    /// After so many products with the Hessian it is worth while to make it anew.
    double price() const { return price_; }

    /// v = M^-1 v
    GRADUS_ONCE void solve(Vector<S>& v) const {
        turn(v, rotation_);
        share_out_blocks([&](std::size_t b) {
            const Vector<S>& scale = scales_[b];
            const Index first = first_[b];
            Matrix<S> part = v.segment(first, scale.size());
            for (Index j = 0; j < scale.size(); ++j) part(j, 0) *= scale[j];
            if (!is_diagonal(b)) {
                solve_upper_transposed<S>(blocks_[b], part);
                solve_upper<S>(blocks_[b], part);
            }
            for (Index j = 0; j < scale.size(); ++j) v[first + j] = part(j, 0) * scale[j];
        });
        turn(v, rotation_.transpose());
    }

    /// sqrt(v'Mv)
    GRADUS_ONCE S length(Vector<S> v) const {
        turn(v, rotation_);
        Vector<S> lengths(static_cast<Index>(blocks_.size()));
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            const Vector<S>& scale = scales_[b];
            Vector<S> part = v.segment(first_[b], scale.size()).cwiseQuotient(scale);
            for (Index j = 0; j < scale.size() && !is_diagonal(b); ++j) {  // U v from its first row on, in place
                for (Index i = 0; i < j; ++i) part[i] += blocks_[b](i, j) * part[j];
                part[j] *= blocks_[b](j, j);
            }
            lengths[static_cast<Index>(b)] = norm(part);
        }
        return norm(lengths);
    }

private:
    // Several at a time where that is worth a start of threads: to factor one takes 0.24 ms with 200 features and 5.6
    // with 784, to solve with it 0.004 and 0.06.
    template <class At>
    void share_out_blocks(At&& at) const {
        const Executor executor = blocks_[0].size() >= 40'000 ? executor_ : Executor();
        executor.for_each(static_cast<Index>(blocks_.size()), [&](Index b, int) { at(static_cast<std::size_t>(b)); });
    }
    bool is_diagonal(std::size_t b) const { return blocks_[b].cols() != blocks_[b].rows(); }

    // the slopes V of v become V U
    void turn(Vector<S>& v, const Matrix<S>& U) const {
        if (U.size() <= 1) return;
        Eigen::Map<Matrix<S>> V(v.data(), scales_[0].size(), U.rows());
        V = product<S>(Matrix<S>(V), U);
    }

    GRADUS_ONCE void take_diagonal(const CurvatureParts<S>& parts, const Matrix<S>& penalty) {
        for (Index c = 0; c < parts.slopes.cols(); ++c) {
            blocks_.push_back(parts.slopes.col(c));
            if (penalty.size() > 0) blocks_.back() += penalty.col(c);
        }
    }
    GRADUS_ONCE void take_product(const CurvatureParts<S>& parts, const Matrix<S>& penalty) {
        using std::sqrt;
        const Matrix<S>& G = parts.slopes;
        Matrix<S> C = parts.outputs;
        S trace(0);
        for (Index c = 0; c < C.cols(); ++c) {
            trace += C(c, c);
            for (Index d = 0; d < c; ++d) C(d, c) = C(c, d);
        }
        rotation_ = jacobi_eigenvectors(C);
        // one class too many has no curvature but rounding, which must not be divided by itself
        const S least = sqrt(epsilon<S>);
        for (Index c = 0; c < C.cols(); ++c) {
            const S share = trace > S(0) ? std::max(S(C(c, c) / trace), least) : S(1);
            blocks_.push_back(G);
            Matrix<S>& block = blocks_.back();
            for (Index j = 0; j < block.cols(); ++j) {
                for (Index i = j; i < block.rows(); ++i) block(i, j) *= share;
                for (Index d = 0; penalty.size() > 0 && d < penalty.cols(); ++d)
                    block(j, j) += penalty(j, d) * rotation_(d, c) * rotation_(d, c);
            }
        }
    }

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

    Matrix<S> rotation_;             // U; empty: none
    std::vector<Matrix<S>> blocks_;  // factors
    std::vector<Vector<S>> scales_;
    std::vector<Index> first_;  // of the parameters of each block
    double price_;
    Executor executor_;
};

GRADUS_COMPILE(class Preconditioner<double>)

}  // namespace gradus
