#pragma once
// The solution of least norm among many.

#include <gradus/core/random.hpp>
#include <gradus/numeric/power_of_two.hpp>
#include <gradus/numeric/triangular_factor.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace gradus {

/// The w of least norm with M w = c (M: r x p of full row rank, c: r x k): M' Pi = Q (R; 0), w = Q (R'^-1 Pi'c; 0)
/// (Golub and Van Loan, Matrix Computations, 2013, 5.6.2). Rows of M' are sorted by size and columns pivoted, so that
/// features of unlike units keep their digits, each in its own (Cox and Higham, BIT 38 (1998), 34): with a column of
/// 10^36 beside columns of one, no digit of these was right otherwise. 2 p r^2 operations.
template <Scalar S>
class LeastNorm {
public:
    LeastNorm() = default;
    explicit LeastNorm(const Matrix<S>& M) : A_(M.cols(), M.rows()), feature_(static_cast<std::size_t>(M.cols())) {
        using std::abs;
        const Index p = M.cols(), r = M.rows();
        Vector<S> size = Vector<S>::Zero(p);
        for (Index j = 0; j < p; ++j)
            for (Index i = 0; i < r; ++i) size[j] = std::max(size[j], S(abs(M(i, j))));
        std::iota(feature_.begin(), feature_.end(), Index(0));
        std::stable_sort(feature_.begin(), feature_.end(), [&](Index a, Index b) { return size[a] > size[b]; });
        if (p > 0) unit_ = scale_to_one(size[feature_[0]]);  // squares of M are within range
        for (Index i = 0; i < r; ++i)
            for (Index l = 0; l < p; ++l) A_(l, i) = M(i, feature_[static_cast<std::size_t>(l)]) * unit_;
        factor();
    }

    Matrix<S> solve(const Matrix<S>& c) const {
        Matrix<S> w = Matrix<S>::Zero(A_.rows(), c.cols());
        for (Index k = 0; k < c.cols(); ++k) {
            Vector<S> x = Vector<S>::Zero(A_.rows());
            for (Index i = 0; i < R_.rows(); ++i) x[i] = c(equation_[static_cast<std::size_t>(i)], k) * unit_;
            auto head = x.head(R_.rows());
            solve_upper_transposed<S>(R_, head);
            for (Index j = R_.rows() - 1; j >= 0; --j) reflect(j, &x[j]);
            for (Index l = 0; l < x.size(); ++l) w(feature_[static_cast<std::size_t>(l)], k) = x[l];
        }
        return w;
    }

    /// Of M with its rows scaled to unit length, by which errors in M and c are magnified.
    S condition() const { return triangular_condition<S>(R_); }

    /// How far w is from least norm when the rows of M are wrong by `noise`_j in column j: with w = M'u and P the
    /// projection on what M does not see, |P dM'u|, of some draws of dM the largest; p x k. A bound by noise_j |u|_1,
    /// without P, found no digit in columns that no dependence touches; draws of signs alone, with which equal columns
    /// stay equal every other time, found four of one.
    Matrix<S> error_of_choice(const Matrix<S>& w, const Vector<S>& noise) const {
        constexpr int draws = 8;
        const Index p = w.rows(), r = R_.rows();
        Vector<S> away = Vector<S>::Zero(p), x(p);
        Random random(1);
        for (int draw = 0; draw < draws; ++draw) {
            for (Index l = 0; l < p; ++l)
                x[l] = noise[feature_[static_cast<std::size_t>(l)]] * unit_ * S(random.normal());
            for (Index j = 0; j < r; ++j) reflect(j, &x[j]);
            x.head(r).setZero();
            for (Index j = r - 1; j >= 0; --j) reflect(j, &x[j]);
            away = away.cwiseMax(x.cwiseAbs());
        }
        Matrix<S> out(p, w.cols());
        for (Index k = 0; k < w.cols(); ++k) {
            for (Index l = 0; l < p; ++l) x[l] = w(feature_[static_cast<std::size_t>(l)], k);
            for (Index j = 0; j < r; ++j) reflect(j, &x[j]);
            Vector<S> u = x.head(r);
            solve_upper<S>(R_, u);
            const S sum = u.cwiseAbs().sum();
            for (Index l = 0; l < p; ++l) out(feature_[static_cast<std::size_t>(l)], k) = away[l] * sum;
        }
        return out;
    }

private:
    // Householder's reflections, the longest of the columns that are left first; their vectors stand below the diagonal
    void factor() {
        const Index p = A_.rows(), r = A_.cols();
        equation_.resize(static_cast<std::size_t>(r));
        std::iota(equation_.begin(), equation_.end(), Index(0));
        R_ = Matrix<S>::Zero(r, r);
        factor_ = Vector<S>::Zero(r);
        for (Index j = 0; j < r; ++j) {
            Index longest = j;
            S length = length_from(j, j);
            for (Index i = j + 1; i < r; ++i)
                if (const S here = length_from(j, i); here > length) longest = i, length = here;
            A_.col(j).swap(A_.col(longest));
            R_.col(j).swap(R_.col(longest));
            std::swap(equation_[static_cast<std::size_t>(j)], equation_[static_cast<std::size_t>(longest)]);
            const S unit = scale_to_one(length);
            if (A_(j, j) < S(0)) length = -length;
            R_(j, j) = -length;
            for (Index l = j; l < p; ++l) A_(l, j) *= unit;  // of a length whose square is within range
            A_(j, j) += length * unit;
            const S size = dot(&A_(j, j), &A_(j, j), p - j);
            factor_[j] = size > S(0) ? S(2) / size : S(0);
            for (Index i = j + 1; i < r; ++i) {
                reflect(j, &A_(j, i));
                R_(j, i) = A_(j, i);
            }
        }
    }
    // of the i-th column from the j-th entry on
    S length_from(Index j, Index i) const {
        using std::sqrt;
        const Index n = A_.rows() - j;
        const S *x = &A_.coeffRef(j, i), unit = scale_to_one(max_abs(x, n));
        S square(0);
        for (Index l = 0; l < n; ++l) square += (unit * x[l]) * (unit * x[l]);
        return sqrt(square) / unit;
    }
    // x -= v (2 v'x / v'v), entries from the j-th on
    void reflect(Index j, S* x) const {
        const S* v = &A_.coeffRef(j, j);
        const Index n = A_.rows() - j;
        add_multiple(S(-factor_[j] * dot(v, x, n)), v, x, n);
    }

    Matrix<S> A_, R_;
    Vector<S> factor_;
    std::vector<Index> feature_, equation_;  // rows and columns of M', in the order in which they stand in A
    S unit_{1};
};

template <Scalar S>
Matrix<S> least_norm(const Matrix<S>& M, const Matrix<S>& c) {
    return LeastNorm<S>(M).solve(c);
}

}  // namespace gradus
