#pragma once
// Solving H d = r for the Hessian of a minimisation, whatever shape it is in.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/numeric/products.hpp>
#include <gradus/solvers/result.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace gradus {

/// Factorisation of a symmetric matrix H (d x d) with its diagonal scaled to one, so that the units of the parameters
/// do not matter:
///
/// * positive definite: Cholesky;
/// * semidefinite up to rounding: Cholesky with diagonal pivoting, stopped at the rank; the parameters beyond it get no
/// step
///   (Higham, Accuracy and Stability of Numerical Algorithms, 2002, ch. 10.3);
/// * indefinite: H + shift I with the smallest shift of a growing sequence that makes it positive definite (Nocedal and
/// Wright, Numerical
///   Optimization, 2006, algorithm 3.3), so that d is a descent direction.
///
/// A diagonal entry below epsilon times the largest that it had in the last few steps (of a convex function in all)
/// counts as that: a parameter whose curvature has all but vanished, as where every row that it moves is saturated,
/// would get a step of no use (1e290 was seen). H counts as shifted where that costs a direction. What a curvature was
/// long ago does not count: a polynomial far from its minimum is steeper by 10^30.
///
/// O(d^3 / 3) once, O(d^2) for each solution; d^2 numbers of memory beside H.
template <Scalar S>
class CurvatureSystem {
public:
    explicit CurvatureSystem(bool is_convex = false) : is_convex_(is_convex) {}

    void factor(const Matrix<S>& H) {
        const Index d = H.rows();
        rank_ = d;
        shift_ = S(0);
        choose_scale(H);
        apply_scale(H);
        if (factor_shifted(S(0)) && smallest_pivot() > tolerance(d)) return;
        if (factor_semidefinite()) return;
        rank_ = d;
        bound_entries(H);
        for (shift_ = S(1e-3); !factor_shifted(shift_); shift_ *= S(10)) {
            if (!(shift_ < S(1e30))) return void(rank_ = 0);  // not finite
        }
    }

    /// For a semidefinite H and a right-hand side r with a part that H does not reach, as of a function that is flat in
    /// some directions and falls evenly in others (Huber's loss far from its optimum): H + 1e-6 I instead, which makes
    /// the step along those directions long; a line search finds how long. Changes nothing where H reaches r, as for
    /// dependent columns.
    GRADUS_ONCE void reach(const Vector<S>& r) {
        using std::abs;
        if (rank_ == scale_.size()) return;
        Vector<S> z = solve(r), image(r.size());
        for (Index j = 0; j < z.size(); ++j) z[j] /= scale_[j];
        image = product<S>(scaled_, z);
        S largest(0), missed(0);
        for (Index j = 0; j < r.size(); ++j) {
            largest = std::max(largest, S(abs(scale_[j] * r[j])));
            missed = std::max(missed, S(abs(scale_[j] * r[j] - image[j])));
        }
        if (!(missed > S(1e-3) * largest)) return;
        shift_ = S(1e-6);
        rank_ = factor_shifted(shift_) ? scale_.size() : 0;
    }

    /// d with H d = factor r, zero in the parameters beyond the rank.
    Vector<S> solve(const Vector<S>& r, const S& factor = S(1)) const {
        Vector<S> d(r.size());
        for (Index j = 0; j < d.size(); ++j) d[j] = factor * scale_[j] * r[j];
        if (rank_ == 0) return Vector<S>::Zero(d.size());
        if (rank_ == d.size()) {
            solve_upper_transposed<S>(factor_, d);
            solve_upper<S>(factor_, d);
        } else {
            Vector<S> head(rank_);
            for (Index j = 0; j < rank_; ++j) head[j] = d[order_[static_cast<std::size_t>(j)]];
            const Matrix<S> U = factor_.topLeftCorner(rank_, rank_);
            solve_upper_transposed<S>(U, head);
            solve_upper<S>(U, head);
            d.setZero();
            for (Index j = 0; j < rank_; ++j) d[order_[static_cast<std::size_t>(j)]] = head[j];
        }
        for (Index j = 0; j < d.size(); ++j) d[j] *= scale_[j];
        return d;
    }

    /// The step d = -H^-1 g at x, and what is known about it.
    SecondOrderStep<S> step(const Vector<S>& x, const Vector<S>& g) const {
        const Index d = scale_.size();
        SecondOrderStep<S> out{x, solve(g, S(-1)), scale_, weakest(), Matrix<S>::Zero(d, d - rank_)};
        for (Index j = rank_; rank_ > 0 && j < d; ++j) {
            const Index dropped = order_[static_cast<std::size_t>(j)];
            out.scale[dropped] = S(0);
            Vector<S> column(d);
            for (Index i = 0; i < d; ++i) column[i] = scaled_(i, dropped) / scale_[i];
            const Vector<S> kept = solve(column, S(-1));
            for (Index i = 0; i < d; ++i) out.flat(i, j - rank_) = kept[i];
            out.flat(dropped, j - rank_) = scale_[dropped];
        }
        return out;
    }

    Index rank() const { return rank_; }
    /// The parameters that the others follow from, in ascending order.
    std::vector<Index> independent() const {
        std::vector<Index> out(static_cast<std::size_t>(rank_));
        for (std::size_t j = 0; j < out.size(); ++j)
            out[j] = rank_ == scale_.size() ? static_cast<Index>(j) : order_[j];
        std::sort(out.begin(), out.end());
        return out;
    }
    /// The parameters divided by these are of like importance: 1 / sqrt(H_jj).
    const Vector<S>& natural_scale() const { return scale_; }
    bool is_shifted() const { return shift_ > S(0) || (is_held_ && rank_ < scale_.size()); }

    /// Estimate of the condition number of the scaled matrix: power iteration for its largest and inverse iteration for
    /// its smallest eigenvalue. Infinite when it is singular.
    GRADUS_ONCE S condition() const {
        const Index d = scale_.size();
        if (d == 0) return S(1);
        if (rank_ < d) return std::numeric_limits<S>::infinity();
        Vector<S> u(d), v(d), image(d);
        for (Index j = 0; j < d; ++j) u[j] = v[j] = S(1) + S(j % 7) / S(8) * (j % 2 ? S(1) : S(-1));
        S largest(1), smallest(1);
        for (int round = 0; round < 8; ++round) {
            normalise(u);
            product<S>(scaled_, u, image);
            u.swap(image);
            largest = norm(u);
            normalise(v);
            solve_upper_transposed<S>(factor_, v);
            solve_upper<S>(factor_, v);
            smallest = S(1) / norm(v);
        }
        return largest / smallest;
    }

private:
    // At most the least eigenvalue of the part that was factored, U'U: 1 / |U^-1|^2 in Frobenius' norm, less the error
    // of the factorisation (Higham, Accuracy and Stability of Numerical Algorithms, 2002, theorem 10.3) and of some
    // hundred roundings in the entries of H.
    GRADUS_ONCE S weakest() const {
        const Index r = rank_;
        if (r == 0 || is_shifted()) return S(0);
        const Matrix<S> U = factor_.topLeftCorner(r, r);
        Matrix<S> inverse = Matrix<S>::Identity(r, r);
        solve_upper<S>(U, inverse);
        S square(0);
        for (Index j = 0; j < r; ++j)
            for (Index i = 0; i <= j; ++i) square += inverse(i, j) * inverse(i, j);
        return std::max(S(0), S(S(1) / square - S(static_cast<double>(r * (r + 129))) * epsilon<S>));
    }

    void choose_scale(const Matrix<S>& H) {
        const S forgets = is_convex_ ? S(1) : sqrt_of(sqrt_of(epsilon<S>));  // gone after four factorisations
        scale_.resize(H.rows());
        if (largest_.size() != H.rows()) largest_ = Vector<S>::Zero(H.rows());
        is_held_ = false;
        for (Index j = 0; j < H.rows(); ++j) {
            const S diagonal = H(j, j) < S(0) ? S(-H(j, j)) : H(j, j);
            largest_[j] = std::max(diagonal, S(forgets * largest_[j]));
            const S size = std::max(diagonal, S(epsilon<S> * largest_[j]));
            is_held_ = is_held_ || (!is_convex_ && diagonal < size);
            scale_[j] = size > S(0) ? S(1) / sqrt_of(size) : S(1);
        }
    }
    void apply_scale(const Matrix<S>& H) {
        scaled_.resize(H.rows(), H.cols());
        for (Index j = 0; j < H.cols(); ++j)
            for (Index i = 0; i < H.rows(); ++i) scaled_(i, j) = H(i, j) * scale_[i] * scale_[j];
    }
    // Off its diagonal an indefinite matrix may have entries of any size, and a shift that outweighs them leaves no
    // step: scales are lowered, those of small diagonal entries first, until no entry is above a hundred. On Powell's
    // badly scaled function at (0, 100) the diagonal is (10^12, 10^-43), and what is beside it -10^4.
    GRADUS_ONCE void bound_entries(const Matrix<S>& H) {
        using std::abs;
        const S most(100);
        std::vector<Index> order(static_cast<std::size_t>(H.rows()));
        std::iota(order.begin(), order.end(), Index(0));
        std::sort(order.begin(), order.end(), [&](Index i, Index j) { return scale_[i] < scale_[j]; });
        for (std::size_t l = 1; l < order.size(); ++l)
            for (std::size_t k = 0; k < l; ++k) {
                const S size = abs(S(H(order[k], order[l]) * scale_[order[k]]));
                if (size * scale_[order[l]] > most) scale_[order[l]] = most / size;
            }
        apply_scale(H);
    }

    static S sqrt_of(const S& x) {
        using std::sqrt;
        return sqrt(x);
    }
    // pivots are 1 minus a squared multiple correlation; below this they are rounding of the ones above them
    static S tolerance(Index d) { return S(4) * S(d) * epsilon<S>; }

    bool factor_shifted(const S& shift) {
        Matrix<S> A = scaled_;
        for (Index j = 0; j < A.rows(); ++j) A(j, j) += shift;
        return cholesky(A, factor_);
    }
    S smallest_pivot() const {
        if (factor_.rows() == 0) return S(1);
        S least = factor_(0, 0);
        for (Index j = 1; j < factor_.rows(); ++j) least = std::min(least, factor_(j, j));
        return least * least;
    }

    // Diagonal pivoting, on the upper triangle. false: a pivot is clearly negative.
    GRADUS_ONCE bool factor_semidefinite() {
        const Index d = scale_.size();
        Matrix<S> A = scaled_;  // what is left of it, both triangles
        factor_.setZero();
        order_.resize(static_cast<std::size_t>(d));
        for (Index j = 0; j < d; ++j) order_[static_cast<std::size_t>(j)] = j;
        for (Index j = 0; j < d; ++j) {
            Index pivot = j;
            S least = A(j, j);
            for (Index l = j; l < d; ++l) {
                if (A(l, l) > A(pivot, pivot)) pivot = l;
                least = std::min(least, A(l, l));
            }
            if (!(A(pivot, pivot) > tolerance(d))) {
                rank_ = j;
                S rest = -least;  // semidefinite only when nothing at all is left, off the diagonal too
                for (Index l = j; l < d; ++l)
                    for (Index i = j; i < l; ++i) rest = std::max(rest, A(i, l) < S(0) ? S(-A(i, l)) : A(i, l));
                return rest <= S(100) * tolerance(d);
            }
            for (Index l = 0; pivot != j && l < d; ++l) std::swap(A(l, pivot), A(l, j));
            for (Index l = 0; pivot != j && l < d; ++l) std::swap(A(pivot, l), A(j, l));
            for (Index l = 0; pivot != j && l < j; ++l) std::swap(factor_(l, pivot), factor_(l, j));
            std::swap(order_[static_cast<std::size_t>(pivot)], order_[static_cast<std::size_t>(j)]);
            const S root = sqrt_of(A(j, j));
            for (Index l = j; l < d; ++l) factor_(j, l) = A(j, l) / root;
            for (Index l = j + 1; l < d; ++l)
                for (Index i = j + 1; i < d; ++i) A(i, l) -= factor_(j, i) * factor_(j, l);
        }
        return true;
    }

    static void normalise(Vector<S>& v) {
        const S length = norm(v);
        for (Index j = 0; j < v.size(); ++j) v[j] /= length;
    }

    Matrix<S> scaled_, factor_;  // factor_: upper triangle U, U'U = the scaled matrix
    Vector<S> scale_, largest_;
    std::vector<Index> order_;
    Index rank_ = 0;
    S shift_{0};
    bool is_convex_ = false, is_held_ = false;  // held: a diagonal entry that has all but vanished
};

}  // namespace gradus
