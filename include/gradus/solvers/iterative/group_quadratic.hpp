#pragma once
// The minimum of a quadratic function plus lengths of groups: group by group, and on the support at once.

#include <gradus/objectives/group_part.hpp>
#include <gradus/solvers/iterative/parabola.hpp>

#include <algorithm>
#include <vector>

namespace gradus {

/// q(z) = g'(z - x) + (z - x)'(H + mu I)(z - x) / 2 + groups(z), H (d x d) symmetric and positive semidefinite.
///
/// Each sweep takes a proximal step in every group, with the step 1 / L, L a bound of the largest eigenvalue of the
/// group's own part of H in the user's scale (block coordinate descent: Qin, Scheinberg and Goldfarb, Math. Program.
/// Comput. 5 (2013), 143), and updates the slopes by columns of H. Sweeps find out which groups are zero; among the
/// others q is smooth, and Newton's method leads to its minimum there, to rounding. A sweep costs O(d) for each
/// parameter that moves, a step of Newton O(s^3 / 3) for a support of s.
template <Scalar S>
class GroupQuadratic {
public:
    GroupQuadratic(const ConstMatrixView<S>& H, const GroupPart<S>& part, const Vector<S>& x, const Vector<S>& g,
                   const S& mu)
        : H_(H), part_(&part), x_(&x), g_(&g), mu_(mu), z_(x), slope_(H, g), bound_(part.groups()) {
        for (Index b = 0; b < part.groups(); ++b) bound_[b] = bound_of(part.members(b));
        for (Index l = 0; l < x.size(); ++l)
            if (part.is_free(l) && diagonal(l) > S(0)) free_.push_back(l);
    }

    /// argmin q; or a point where no slope is further from where it may be than `allowed` says, if it does.
    GRADUS_ONCE const Vector<S>& minimise(int max_sweeps = 2000, const Vector<S>& allowed = {}) {
        int settled = 0;  // sweeps in which no group came or went
        Index since = 0;  // sweeps since the last system
        S first(0);
        for (int sweep = 1; sweep <= max_sweeps; ++sweep) {
            move_ = S(0);
            settled = this->sweep() ? settled + 1 : 0;
            first = std::max(first, move_);
            if (!(move_ > S(4) * epsilon<S> * first) || is_within(allowed)) break;
            // the steps of Newton take about as long as size / 10 sweeps
            if (++since < 2 + support_size() / 10 + (settled > 0 ? 0 : 4)) continue;
            since = 0;
            if (solve_on_support() && zeros_stay()) break;
        }
        return z_;
    }

    /// Coordinates move by H in single precision: see MovingSlopes.
    void round_moves_to(const Matrix<float>& H) requires(std::is_same_v<S, double>) { slope_.round_to(H); }

    /// q(z) - q(x) there: negative unless x was the minimum.
    S change() const {
        const auto slope = [&](Index j) { return slope_[j]; };
        return detail::parabola_change(*x_, *g_, z_, slope) + (part_->value(z_) - part_->value(*x_));
    }

private:
    using Members = std::span<const Index>;

    S diagonal(Index l) const { return H_(l, l) + mu_; }

    // of the eigenvalues of a group's part of H: the trace, or the largest sum of a row
    S bound_of(Members members) const {
        using std::abs;
        S trace(0), row(0);
        for (const Index l : members) {
            S sum(0);
            for (const Index m : members) sum += abs(H_(l, m) + (l == m ? mu_ : S(0))) / part_->scale(m);
            row = std::max(row, S(sum / part_->scale(l)));
            trace += diagonal(l) / part_->scale(l) / part_->scale(l);
        }
        return std::min(trace, row);
    }

    bool is_zero(Index b) const {
        const Members members = part_->members(b);
        return std::all_of(members.begin(), members.end(), [&](Index l) { return z_[l] == S(0); });
    }
    // a zero whose slope is beyond its threshold by no more than rounding stays one
    bool stays_zero(Index b) {
        return part_->slope_length(b, slope_.all()) <= part_->amount(b) * (S(1) + S(16) * epsilon<S>);
    }
    bool zeros_stay() {
        for (Index b = 0; b < part_->groups(); ++b)
            if (bound_[b] > S(0) && is_zero(b) && !stays_zero(b)) return false;
        return true;
    }
    bool is_within(const Vector<S>& allowed) {
        using std::abs;
        if (allowed.size() == 0) return false;
        Vector<S> far;
        part_->residual(z_, slope_.all(), far);
        for (Index l = 0; l < far.size(); ++l)
            if (!(abs(far[l]) <= allowed[l])) return false;
        return true;
    }

    // true: no group came or went
    bool sweep() {
        bool is_settled = true;
        for (const Index l : free_) move_to(l, z_[l] - slope_[l] / diagonal(l));
        for (Index b = 0; b < part_->groups(); ++b) {
            const bool was_zero = is_zero(b);
            if (was_zero && stays_zero(b)) continue;
            const bool goes = !step(b);
            is_settled = is_settled && goes == was_zero;
        }
        return is_settled;
    }
    // false: the group ends at zero
    bool step(Index b) {
        const Members members = part_->members(b);
        const S L = bound_[b];
        target_.resize(z_.size());
        for (const Index l : members)
            target_[l] = L > S(0) ? S(z_[l] - slope_[l] / (part_->scale(l) * part_->scale(l) * L)) : S(0);
        const S size = part_->length(b, target_), left = size * L - part_->amount(b);
        for (const Index l : members) move_to(l, left > S(0) ? S(target_[l] * (left / (size * L))) : S(0));
        return left > S(0);
    }
    void move_to(Index l, const S& next) {
        using std::abs, std::sqrt;
        const S change = next - z_[l];
        if (change == S(0)) return;
        z_[l] = next;
        slope_.move(l, change, S(change * mu_));
        move_ = std::max(move_, S(sqrt(std::max(diagonal(l), S(0))) * abs(change)));
    }

    std::vector<Index> support() const {
        std::vector<Index> out = free_;
        for (Index b = 0; b < part_->groups(); ++b)
            if (!is_zero(b)) out.insert(out.end(), part_->members(b).begin(), part_->members(b).end());
        return out;
    }
    Index support_size() const { return static_cast<Index>(support().size()); }

    // Newton's method among the groups that are not zero; true: it arrived
    GRADUS_ONCE bool solve_on_support() {
        using std::abs, std::sqrt;
        const std::vector<Index> places = support();
        for (int trial = 0; trial < 20 && !places.empty(); ++trial) {
            const Vector<S> d = newton_step(places);
            if (!all_finite(d)) return false;
            S largest(0), size(0);
            for (std::size_t i = 0; i < places.size(); ++i) {
                const S unit = sqrt(std::max(diagonal(places[i]), S(0)));
                largest = std::max(largest, S(unit * abs(d[Index(i)])));
                size = std::max(size, S(unit * abs(z_[places[i]])));
            }
            if (!follow(places, d, largest <= sqrt(epsilon<S>) * size)) return false;
            if (largest <= sqrt(epsilon<S>) / S(16) * size) return true;
        }
        return places.empty();
    }
    // along d, or half of it, ...; `is_last`: values do not tell any more whether that is better
    bool follow(const std::vector<Index>& places, const Vector<S>& d, bool is_last) {
        const Vector<S> z = z_, slope = slope_.all();
        const S before = change();
        S t(1);
        for (int trial = 0; trial < 5; ++trial, t /= S(2)) {
            for (std::size_t i = 0; i < places.size(); ++i) move_to(places[i], z[places[i]] + t * d[Index(i)]);
            if (is_last || change() < before) return true;
            z_ = z;
            slope_.reset(slope);
        }
        return false;
    }
    Vector<S> newton_step(const std::vector<Index>& places) {
        const Index s = static_cast<Index>(places.size());
        const auto place = [&](Index i) { return places[static_cast<std::size_t>(i)]; };
        Matrix<S> A(s, s);
        Vector<S> d(s), slope;
        part_->residual(z_, slope_.all(), slope);
        for (Index m = 0; m < s; ++m) {
            for (Index l = m; l < s; ++l) A(l, m) = H_(place(l), place(m));
            A(m, m) += mu_;
            d[m] = -slope[place(m)];
        }
        add_curvature(A);
        return detail::solve_semidefinite(A, std::move(d));
    }
    // of the lengths of the groups in the support, which follow the free parameters one after another
    void add_curvature(Matrix<S>& A) const {
        Index first = static_cast<Index>(free_.size());
        for (Index b = 0; b < part_->groups(); ++b) {
            const Members members = part_->members(b);
            if (members.empty() || is_zero(b)) continue;
            const S size = part_->length(b, z_), share = part_->amount(b) / size;
            const Index count = static_cast<Index>(members.size());
            const auto scale = [&](Index i) { return part_->scale(members[static_cast<std::size_t>(i)]); };
            const auto unit = [&](Index i) {
                const Index l = members[static_cast<std::size_t>(i)];
                return S(part_->scale(l) * z_[l] / size);
            };
            for (Index m = 0; m < count; ++m)
                for (Index l = m; l < count; ++l)
                    A(first + l, first + m) +=
                        share * scale(l) * scale(m) * ((l == m ? S(1) : S(0)) - unit(l) * unit(m));
            first += count;
        }
    }

    ConstMatrixView<S> H_;
    const GroupPart<S>* part_;
    const Vector<S>*x_, *g_;
    S mu_;
    Vector<S> z_;
    detail::MovingSlopes<S> slope_;  // of q without the lengths
    Vector<S> bound_, target_;
    std::vector<Index> free_;
    S move_{0};  // the largest of a sweep, in units of the square root of q
};

GRADUS_COMPILE(class GroupQuadratic<double>)

}  // namespace gradus
