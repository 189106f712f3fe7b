#pragma once
// The minimum of a quadratic function plus a penalty of single parameters: coordinate by coordinate.

#include <gradus/numeric/cholesky.hpp>
#include <gradus/objectives/separable_part.hpp>
#include <gradus/solvers/iterative/parabola.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace gradus {

/// q(z) = g'(z - x) + (z - x)'(H + mu I)(z - x) / 2 + part(z), H (d x d) symmetric and positive semidefinite.
///
/// Each sweep takes every coordinate to its own minimum, the prox of the part with the step 1 / H_jj, and updates the
/// slopes by a column of H. Since the sweeps become linear once it is settled which coordinates stay where they are,
/// every sixth is followed by an extrapolation of the last six points, sum_k c_k z_k with sum c_k = 1 and the least
/// |sum_k c_k (z_k - z_{k-1})|, taken when q is less there (Anderson acceleration: Bertrand and Massias, AISTATS 2021).
/// A sweep costs O(d) for each coordinate that moves, an extrapolation O(d^2).
template <Scalar S>
class SeparableQuadratic {
public:
    SeparableQuadratic(const ConstMatrixView<S>& H, const SeparablePart<S>& part, const Vector<S>& x,
                       const Vector<S>& g, const S& mu)
        : H_(H), part_(&part), x_(&x), g_(&g), mu_(mu), z_(x), slope_(H, g), diagonal_(x.size()) {
        S largest(0);
        for (Index j = 0; j < x.size(); ++j) largest = std::max(largest, S(H(j, j) + mu));
        // where there is no curvature, the part alone decides
        for (Index j = 0; j < x.size(); ++j)
            diagonal_[j] = std::max(S(H(j, j) + mu), largest > S(0) ? S(epsilon<S> * largest) : S(1));
    }

    /// argmin q; where q is not convex, a point that no coordinate alone improves; or one where no slope is further
    /// from where it may be than `allowed` says, if it does.
    GRADUS_ONCE const Vector<S>& minimise(int max_sweeps = 2000, const Vector<S>& allowed = {}) {
        S first(0);
        for (int sweep = 0; sweep < max_sweeps; ++sweep) {
            points_.push_back(z_);
            const S move = this->sweep();
            first = std::max(first, move);
            if (!(move > S(16) * epsilon<S> * first) || is_within(allowed)) break;
            if (points_.size() == memory) extrapolate();
        }
        return z_;
    }

    /// Coordinates move by H in single precision: see MovingSlopes.
    void round_moves_to(const Matrix<float>& H) requires(std::is_same_v<S, double>) { slope_.round_to(H); }

    /// q(z) - q(x) there: negative unless x was a minimum.
    S change() const {
        const auto slope = [&](Index j) { return slope_[j]; };
        return detail::parabola_change(*x_, *g_, z_, slope) + (part_->value(z_) - part_->value(*x_));
    }

private:
    static constexpr std::size_t memory = 6;

    bool is_within(const Vector<S>& allowed) const {
        using std::abs;
        for (Index j = 0; j < allowed.size(); ++j)
            if (!(abs(part_->residual(j, z_[j], slope_[j])) <= allowed[j])) return false;
        return allowed.size() > 0;
    }

    // the largest move, in units of the square root of q
    S sweep() {
        using std::abs, std::sqrt;
        S largest(0);
        for (Index j = 0; j < z_.size(); ++j) {
            const S a = diagonal_[j], old = z_[j], next = part_->prox(j, S(1) / a, S(old - slope_[j] / a));
            if (next == old) continue;
            z_[j] = next;
            slope_.move(j, next - old, S((next - old) * mu_));
            largest = std::max(largest, S(sqrt(a) * abs(next - old)));
        }
        slope_.all();
        return largest;
    }

    GRADUS_ONCE void extrapolate() {
        points_.push_back(z_);
        const Index K = static_cast<Index>(memory);
        const auto point = [&](Index k) -> const Vector<S>& { return points_[static_cast<std::size_t>(k)]; };
        Matrix<S> steps(z_.size(), K), A(K, K), U;
        for (Index k = 0; k < K; ++k) steps.col(k) = point(k + 1) - point(k);
        S size(0);
        for (Index k = 0; k < K; ++k)
            for (Index l = k; l < K; ++l) A(l, k) = product_of(steps, k, l), size = std::max(size, A(l, k));
        for (Index k = 0; k < K; ++k) A(k, k) += S(64) * epsilon<S> * size;
        Vector<S> c = Vector<S>::Constant(K, S(1));
        const bool is_regular = size > S(0) && cholesky(A, U);
        if (is_regular) {
            solve_upper_transposed<S>(U, c);
            solve_upper<S>(U, c);
            if (c.sum() != S(0)) try_point(c / c.sum());
        }
        points_.clear();
    }
    static S product_of(const Matrix<S>& steps, Index k, Index l) {
        S sum(0);
        for (Index j = 0; j < steps.rows(); ++j) sum += steps(j, k) * steps(j, l);
        return sum;
    }
    void try_point(const Vector<S>& c) {
        const Vector<S> z = z_, slope = slope_.all();
        const S before = change();
        for (Index j = 0; j < z_.size(); ++j) {
            S sum(0);
            bool moves = false;  // what stays at a bound stays there to the last bit
            for (Index k = 0; k < c.size(); ++k) {
                const S& at = points_[static_cast<std::size_t>(k) + 1][j];
                sum += c[k] * at;
                moves = moves || at != z[j];
            }
            if (moves) z_[j] = sum;
        }
        const Vector<S> d = z_ - *x_;
        Vector<S> there = product<S>(H_, d);
        for (Index j = 0; j < d.size(); ++j) there[j] += (*g_)[j] + mu_ * d[j];
        slope_.reset(std::move(there));
        if (change() < before) return;
        z_ = z;
        slope_.reset(slope);
    }

    ConstMatrixView<S> H_;
    const SeparablePart<S>* part_;
    const Vector<S>*x_, *g_;
    S mu_;
    Vector<S> z_;
    detail::MovingSlopes<S> slope_;  // of q without the part
    Vector<S> diagonal_;
    std::vector<Vector<S>> points_;
};

GRADUS_COMPILE(class SeparableQuadratic<double>)

}  // namespace gradus
