#pragma once
// The linear program on separation in floating point: it finds, and proves nothing.

#include <gradus/core/random.hpp>
#include <gradus/examination/margins.hpp>
#include <gradus/examination/phase_one.hpp>

#include <span>

namespace gradus::detail {

template <Scalar S>
S sum_of_sizes(const Vector<S>& v) {
    using std::abs;
    S sum(0);
    for (Index j = 0; j < v.size(); ++j) sum += abs(v[j]);
    return sum;
}

/// Where the program ended.
template <Scalar S>
struct SearchEnd {
    std::vector<Index> basis;   ///< the margins of its last basis
    Vector<S> direction;        ///< v of its last basis, along which no margin seems to fall
    Matrix<S> unseen;           ///< columns: directions that change no margin of the basis
    std::vector<Index> places;  ///< parameters, one for each of these, that are zero in all of them but its own
    /// Below 1: if as many independent directions as `unseen` has change no margin at all, positive multiples of the
    /// margins add up to zero.
    S certificate;
};

/// Are there factors lambda >= 0 with sum lambda_m z_m = - sum c_m z_m, c > 0? If not, some direction separates
/// (Konis, Linear programming algorithms for detecting separated data in binary logistic regression models, Oxford
/// 2007, ch. 4). Columns that margins are wanting for are looked for in all rows, some 2 d at a time, one product with
/// X for each look. The columns of X are to be equilibrated, so that |z_j| <= 1.
template <class Walk, Scalar S>
class SeparationSearch {
public:
    SeparationSearch(const Walk& walk, const std::vector<Margin>& margins)
        : walk_(&walk), d_(walk.predictor().dimension()), margins_(&margins) {}

    GRADUS_ONCE SearchEnd<S> run(const std::vector<Index>& held) const {
        Random random(held.size());
        Vector<S> multiple(static_cast<Index>(margins_->size()));
        Matrix<S> slope = no_slope();
        for (const Index m : held) {
            multiple[m] = S(1 + random.uniform());
            add_to(slope, m, S(-multiple[m]));
        }
        PhaseOne<S> program(walk_->adjoint(slope));
        bool is_fresh = false;
        for (Index pass = 0; pass < largest_passes; ++pass) {
            const Vector<S> v = program.direction();
            const std::vector<Index> falling = furthest(held, change(v), zero(v));
            if (falling.empty() && is_fresh) break;
            is_fresh = falling.empty();
            if (is_fresh) program.refresh();
            else if (!enter(program, falling)) break;
        }
        program.refresh();
        return end_of(program, held, multiple);
    }

    /// Whether all of these margins clearly grow along v: beyond every rounding of the product, and of the columns on
    /// their way to these coordinates.
    GRADUS_ONCE bool all_grow(const std::vector<Index>& which, const Vector<S>& v) const {
        if (!all_finite(v) || !(max_norm(v) > S(0))) return false;
        const Matrix<S> eta = change(v);
        const S clear = S(64) * zero(v);
        return std::all_of(which.begin(), which.end(), [&](Index m) { return gain(m, eta) > clear; });
    }
    /// Whether these margins stay what they are along v, but for rounding.
    GRADUS_ONCE bool all_stay(const std::vector<Index>& which, const Vector<S>& v) const {
        using std::abs;
        const Matrix<S> eta = change(v);
        const S most = zero(v);
        return std::all_of(which.begin(), which.end(), [&](Index m) { return abs(gain(m, eta)) <= most; });
    }

    /// The vectors of some margins, as columns.
    GRADUS_ONCE Matrix<S> vectors(const std::vector<Index>& which) const {
        std::vector<Index> rows;
        for (const Index m : which) rows.push_back(margin(m).row);
        Matrix<S> Z(d_, static_cast<Index>(which.size()));
        Vector<S> z(d_);
        walk_->directions_at(std::span<const Index>(rows), [&](Index i, const auto& add) {
            const Margin& of = margin(which[static_cast<std::size_t>(i)]);
            for (Index j = 0; j < d_; ++j) z[j] = S(0);
            if (of.plus >= 0) add(of.plus, S(1), z);
            if (of.minus >= 0) add(of.minus, S(-1), z);
            for (Index j = 0; j < d_; ++j) Z(j, i) = z[j];
        });
        return Z;
    }

private:
    static constexpr Index largest_passes = 100;

    // a margin within this of zero may be zero
    static S zero(const Vector<S>& v) { return S(256) * epsilon<S> * sum_of_sizes(v); }

    const Margin& margin(Index which) const { return (*margins_)[static_cast<std::size_t>(which)]; }
    S gain(Index which, const Matrix<S>& eta) const { return value_of<S>(margin(which), eta); }
    Matrix<S> change(const Vector<S>& v) const { return walk_->linear_predictor(v, false); }
    void add_to(Matrix<S>& slope, Index which, const S& factor) const {
        const Margin& of = margin(which);
        if (of.plus >= 0) slope(of.row, of.plus) += factor;
        if (of.minus >= 0) slope(of.row, of.minus) -= factor;
    }

    Matrix<S> no_slope() const { return Matrix<S>::Zero(walk_->sample().rows(), walk_->predictor().outputs()); }

    // The margins with their multiples, those of the basis with the program's factors added, should have the sum zero.
    // What they have is made up for by changing the factors of the basis by B^-1 of it, and these are at least 1. Up to
    // 512 rows are summed without compensation, and their columns are rounded; |z_j| <= 2.
    GRADUS_ONCE SearchEnd<S> end_of(const PhaseOne<S>& program, const std::vector<Index>& held,
                                    Vector<S>& multiple) const {
        using std::abs;
        SearchEnd<S> out{{}, program.direction(), Matrix<S>(d_, d_), {}, S(0)};
        for (Index i = 0; i < d_; ++i) {
            if (program.id(i) < 0) {
                out.unseen.col(static_cast<Index>(out.places.size())) = program.row(i);
                out.places.push_back(i);
            } else {
                out.basis.push_back(program.id(i));
                multiple[program.id(i)] += std::max(program.factor(i), S(0));
            }
        }
        out.unseen.conservativeResize(d_, static_cast<Index>(out.places.size()));
        Matrix<S> slope = no_slope();
        S sizes(0);
        for (const Index m : held) {
            add_to(slope, m, multiple[m]);
            sizes += multiple[m];
        }
        Vector<S> rest = walk_->adjoint(slope);
        for (Index j = 0; j < d_; ++j) rest[j] = abs(rest[j]) + S(2048) * epsilon<S> * sizes;
        out.certificate = program.solution_bound(rest);
        return out;
    }

    // some 2 d of the margins held, those that fall most along the direction of eta, if by more than tolerance
    GRADUS_ONCE std::vector<Index> furthest(const std::vector<Index>& held, const Matrix<S>& eta,
                                            const S& tolerance) const {
        const auto most = static_cast<std::size_t>(2 * d_ + 16);
        std::vector<Index> out;
        std::vector<S> gains;  // of those, in ascending order
        for (const Index m : held) {
            const S change = gain(m, eta);
            if (!(change < -tolerance) || (out.size() == most && !(change < gains.back()))) continue;
            if (out.size() < most) {
                out.push_back(0);
                gains.push_back(S(0));
            }
            std::size_t at = out.size() - 1;
            for (; at > 0 && change < gains[at - 1]; --at) {
                gains[at] = gains[at - 1];
                out[at] = out[at - 1];
            }
            gains[at] = change;
            out[at] = m;
        }
        return out;
    }

    // simplex steps with these margins alone, until none of them falls; the next look at all margins is worth its
    // product with X then
    GRADUS_ONCE bool enter(PhaseOne<S>& program, const std::vector<Index>& falling) const {
        const Matrix<S> Z = vectors(falling);
        Vector<S> z(d_);
        for (Index step = 0; step < 20 * d_ + 200; ++step) {
            const Vector<S> v = program.direction(), gains = transposed_product<S>(Z, v);
            Index worst = 0;
            for (Index m = 1; m < gains.size(); ++m)
                if (gains[m] < gains[worst]) worst = m;
            if (!(gains[worst] < -zero(v))) return true;
            for (Index j = 0; j < d_; ++j) z[j] = Z(j, worst);
            if (!program.enter(z, falling[static_cast<std::size_t>(worst)])) return step > 0;
        }
        return false;
    }

    const Walk* walk_;
    Index d_;
    const std::vector<Margin>* margins_;
};

}  // namespace gradus::detail
