#pragma once
// Solving H d = r for the Hessian of a minimisation, whatever shape it is in.

#include <gradus/numeric/products.hpp>
#include <gradus/numeric/triangular.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>

namespace gradus {

/// Factorisation of a symmetric matrix H (d x d) with its diagonal scaled to one, so that the units of the parameters do not matter:
///
/// * positive definite: Cholesky;
/// * semidefinite up to rounding: Cholesky with diagonal pivoting, stopped at the rank; the parameters beyond it get no step
///   (Higham, Accuracy and Stability of Numerical Algorithms, 2002, ch. 10.3);
/// * indefinite: H + shift I with the smallest shift of a growing sequence that makes it positive definite (Nocedal and Wright, Numerical
///   Optimization, 2006, algorithm 3.3), so that d is a descent direction.
///
/// O(d^3 / 3) once, O(d^2) for each solution; d^2 numbers of memory beside H.
template <Scalar S>
class CurvatureSystem {
public:
    void factor(const Matrix<S>& H) {
        const Index d = H.rows();
        rank_ = d;
        shift_ = S(0);
        scale_.resize(d);
        for (Index j = 0; j < d; ++j) scale_[j] = H(j, j) > S(0) ? S(1) / sqrt_of(H(j, j)) : S(1);
        scaled_.resize(d, d);
        for (Index j = 0; j < d; ++j) scaled_.col(j) = H.col(j).cwiseProduct(scale_) * scale_[j];
        if (cholesky(S(0)) && smallest_pivot() > tolerance(d)) return;
        if (factor_semidefinite()) return;
        for (shift_ = S(1e-3); !cholesky(shift_); shift_ *= S(10)) {
            if (!(shift_ < S(1e30))) return void(rank_ = 0);  // not finite
        }
    }

    /// d with H d = r, zero in the parameters beyond the rank.
    Vector<S> solve(const Vector<S>& r) const {
        Vector<S> d = scale_.cwiseProduct(r);
        if (rank_ == 0) return Vector<S>::Zero(d.size());
        if (rank_ == d.size()) {
            solve_upper_transposed<S>(factor_, d);
            solve_upper<S>(factor_, d);
        } else {
            Vector<S> head(rank_);
            for (Index j = 0; j < rank_; ++j) head[j] = d[order_[j]];
            const Matrix<S> U = factor_.topLeftCorner(rank_, rank_);
            solve_upper_transposed<S>(U, head);
            solve_upper<S>(U, head);
            d.setZero();
            for (Index j = 0; j < rank_; ++j) d[order_[j]] = head[j];
        }
        return scale_.cwiseProduct(d);
    }

    Index rank() const { return rank_; }
    /// The parameters divided by these are of like importance: 1 / sqrt(H_jj).
    const Vector<S>& natural_scale() const { return scale_; }
    bool is_shifted() const { return shift_ > S(0); }

    /// Estimate of the condition number of the scaled matrix: power iteration for its largest and inverse iteration for its smallest
    /// eigenvalue. Infinite when it is singular.
    GRADUS_ONCE S condition() const {
        const Index d = scale_.size();
        if (d == 0) return S(1);
        if (rank_ < d) return std::numeric_limits<S>::infinity();
        Vector<S> u(d), v(d);
        for (Index j = 0; j < d; ++j) u[j] = v[j] = S(1) + S(j % 7) / S(8) * (j % 2 ? S(1) : S(-1));
        S largest(1), smallest(1);
        for (int round = 0; round < 8; ++round) {
            u = product<S>(scaled_, u / u.norm());
            largest = u.norm();
            v /= v.norm();
            solve_upper_transposed<S>(factor_, v);
            solve_upper<S>(factor_, v);
            smallest = S(1) / v.norm();
        }
        return largest / smallest;
    }

private:
    static S sqrt_of(const S& x) {
        using std::sqrt;
        return sqrt(x);
    }
    // pivots are 1 minus a squared multiple correlation; below this they are rounding of the ones above them
    static S tolerance(Index d) { return S(4) * S(d) * epsilon<S>; }

    bool cholesky(const S& shift) {
        factor_ = scaled_;
        factor_.diagonal().array() += shift;
        const Eigen::LLT<Eigen::Ref<Matrix<S>>, Eigen::Lower> llt(factor_);  // in place
        factor_.transposeInPlace();
        return llt.info() == Eigen::Success;
    }
    S smallest_pivot() const {
        const S least = factor_.diagonal().minCoeff();
        return least * least;
    }

    // false: a pivot is clearly negative
    GRADUS_ONCE bool factor_semidefinite() {
        const Index d = scale_.size();
        factor_ = scaled_;
        order_.setLinSpaced(d, 0, d - 1);
        for (Index j = 0; j < d; ++j) {
            Index pivot = 0;
            const S largest = factor_.diagonal().tail(d - j).maxCoeff(&pivot);
            pivot += j;
            if (!(largest > tolerance(d))) {
                rank_ = j;
                const bool semidefinite = factor_.diagonal().tail(d - j).minCoeff() > -S(100) * tolerance(d);
                factor_.transposeInPlace();
                return semidefinite;
            }
            if (pivot != j) {
                factor_.row(pivot).swap(factor_.row(j));
                factor_.col(pivot).swap(factor_.col(j));
                std::swap(order_[pivot], order_[j]);
            }
            factor_(j, j) = sqrt_of(factor_(j, j));
            const Index rest = d - j - 1;
            factor_.col(j).tail(rest) /= factor_(j, j);
            for (Index k = j + 1; k < d; ++k) factor_.col(k).tail(d - k) -= factor_(k, j) * factor_.col(j).tail(d - k);
            for (Index k = j + 1; k < d; ++k) factor_.row(k).tail(d - k) = factor_.col(k).tail(d - k).transpose();  // swaps need both triangles
        }
        factor_.transposeInPlace();
        return true;
    }

    Matrix<S> scaled_, factor_;  // factor_: upper triangle U, U'U = the scaled matrix
    Vector<S> scale_;
    Eigen::Matrix<Index, Eigen::Dynamic, 1> order_;
    Index rank_ = 0;
    S shift_{0};
};

}  // namespace gradus
