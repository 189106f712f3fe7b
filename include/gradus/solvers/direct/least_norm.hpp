#pragma once
// The solution of least norm among many.

#include <gradus/numeric/power_of_two.hpp>
#include <gradus/solvers/direct/triangular_factor.hpp>

namespace gradus {

/// The w of least norm with M w = c (M: r x p of full row rank, c: r x k): w = M'u with M M'u = c, solved through the
/// triangular factor of M', whose error grows with the condition number of M and not with its square (Paige, SIAM J.
/// Numer. Anal. 10 (1973), 777); one correction.
template <Scalar S>
class LeastNorm {
public:
    LeastNorm() = default;
    explicit LeastNorm(Matrix<S> M) : M_(std::move(M)) {
        S largest(0);
        for (Index j = 0; j < M_.size(); ++j)
            largest = std::max(largest, S(M_.data()[j] < S(0) ? -M_.data()[j] : M_.data()[j]));
        unit_ = scale_to_one(largest);  // squares of M are within range
        for (Index j = 0; j < M_.size(); ++j) M_.data()[j] *= unit_;
        TriangularFactor<S> factor(M_.cols(), M_.rows());
        Matrix<S> rows = M_.transpose();
        factor.fold(rows);
        T_ = factor.R();
    }

    Matrix<S> solve(const Matrix<S>& c) const {
        Matrix<S> w = Matrix<S>::Zero(M_.cols(), c.cols());
        for (int round = 0; round < 2; ++round) {
            Matrix<S> rest = product<S>(M_, w);
            for (Index j = 0; j < rest.size(); ++j) rest.data()[j] = c.data()[j] * unit_ - rest.data()[j];
            add_transposed_product<S>(M_, multipliers(std::move(rest)), w);
        }
        return w;
    }

    /// Of M with its rows scaled to unit length, by which errors in M and c are magnified.
    S condition() const { return triangular_condition<S>(T_); }

    /// How far w leaves the span of the rows of M when these are wrong by `noise`_j in column j: noise_j |u|_1, u the
    /// multipliers of w; p x k.
    Matrix<S> error_of_span(const Matrix<S>& w, const Vector<S>& noise) const {
        const Matrix<S> u = multipliers(product<S>(M_, w));
        Matrix<S> out(w.rows(), w.cols());
        for (Index c = 0; c < w.cols(); ++c) {
            S sum(0);
            for (Index i = 0; i < u.rows(); ++i) sum += u(i, c) < S(0) ? -u(i, c) : u(i, c);
            for (Index j = 0; j < w.rows(); ++j) out(j, c) = noise[j] * unit_ * sum;
        }
        return out;
    }

private:
    // (M M')^-1 c
    Matrix<S> multipliers(Matrix<S> c) const {
        solve_upper_transposed<S>(T_, c);
        solve_upper<S>(T_, c);
        return c;
    }

    Matrix<S> M_, T_;
    S unit_{1};
};

template <Scalar S>
Matrix<S> least_norm(const Matrix<S>& M, const Matrix<S>& c) {
    return LeastNorm<S>(M).solve(c);
}

}  // namespace gradus
