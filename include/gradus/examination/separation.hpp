#pragma once
// Does the maximum-likelihood estimate exist? Decided by a linear program where the fit itself does not prove it.

#include <gradus/core/random.hpp>
#include <gradus/examination/existence.hpp>
#include <gradus/examination/phase_one.hpp>
#include <gradus/solvers/direct/rank.hpp>

#include <algorithm>
#include <utility>

namespace gradus {

/// The verdict and what proves it. A separating direction is one in which the likelihood rises for ever (Albert and
/// Anderson, Biometrika 71 (1984), 1): no margin falls, some grow.
template <Scalar S>
struct Separation {
    Existence existence = Existence::not_examined;
    S certificate{-1};    ///< finite: relative change of the factors that rounding asks for, < 1
    Vector<S> direction;  ///< separated: in the parameters of the objective; every margin that any direction separates
                          ///< grows along it
    std::vector<int>
        sign;  ///< separated: of the infinite limit of each functional, 0: it stays finite; empty: not to be decided
    bool found() const { return direction.size() > 0; }
};

namespace detail {

/// Margins that grow along no direction along which none of them falls, found by linear programs; see
/// decide_separation().
template <class Walk, Scalar S>
class SeparationSearch {
public:
    SeparationSearch(const Walk& walk, MarginKind kind)
        : walk_(&walk),
          d_(walk.predictor().dimension()),
          all_(margins_of(walk.sample(), walk.predictor().outputs(), kind)) {}

    GRADUS_ONCE Separation<S> run(const Vector<S>& theta, const Matrix<S>& functionals) {
        Separation<S> out;
        held_ = all_;
        bool is_sharp = true;
        if (separates(theta)) {
            direction_ = theta;
            held_.clear();
        } else {
            Answer answer = Answer::separated;
            while (answer == Answer::separated && !held_.empty()) answer = next_direction(out.certificate);
            is_sharp = answer != Answer::in_doubt;
            if (direction_.size() == 0) {
                if (is_sharp) out.existence = Existence::finite;
                return out;
            }
        }
        out.certificate = S(-1);
        out.existence = held_.empty() ? Existence::separated_completely : Existence::separated_quasi;
        out.direction = direction_;
        normalise(out.direction);
        if (is_sharp) find_infinite(theta, functionals, out);
        return out;
    }

private:
    enum class Answer { separated, overlap, in_doubt };
    static constexpr Index largest_dimension = 1000, largest_passes = 100;

    // Margins are |z_j| <= 1 in equilibrated columns: along v, one within `zero` of zero may be zero, one beyond
    // `clear` is not.
    static S zero(const Vector<S>& v) {
        using std::abs;
        S length(0);
        for (Index j = 0; j < v.size(); ++j) length += abs(v[j]);
        return S(256) * epsilon<S> * length;
    }
    static S clear(const Vector<S>& v) { return S(64) * zero(v); }

    static void normalise(Vector<S>& v) {
        const S size = max_norm(v);
        for (Index j = 0; size > S(0) && j < v.size(); ++j) v[j] /= size;
    }

    Matrix<S> change(const Vector<S>& v) const { return walk_->linear_predictor(v, false); }

    // whether every margin clearly grows
    GRADUS_ONCE bool separates(const Vector<S>& v) const {
        if (!all_finite(v) || !(max_norm(v) > S(0))) return false;
        const Matrix<S> eta = change(v);
        return all_grow(all_, eta, clear(v));
    }
    static bool all_grow(const std::vector<Margin>& margins, const Matrix<S>& eta, const S& clear) {
        for (const Margin& margin : margins)
            if (!(value_of<S>(margin, eta) > clear)) return false;
        return true;
    }

    // the vectors of some of the margins held, as columns
    GRADUS_ONCE Matrix<S> vectors(const std::vector<Index>& which) const {
        std::vector<Index> rows;
        for (const Index m : which) rows.push_back(held_[static_cast<std::size_t>(m)].row);
        Matrix<S> Z(d_, static_cast<Index>(which.size()));
        Vector<S> z(d_);
        walk_->directions_at(std::span<const Index>(rows), [&](Index i, const auto& add) {
            const Margin& margin = held_[static_cast<std::size_t>(which[static_cast<std::size_t>(i)])];
            for (Index j = 0; j < d_; ++j) z[j] = S(0);
            if (margin.plus >= 0) add(margin.plus, S(1), z);
            if (margin.minus >= 0) add(margin.minus, S(-1), z);
            for (Index j = 0; j < d_; ++j) Z(j, i) = z[j];
        });
        return Z;
    }

    // sum of factor_m z_m over the margins held
    GRADUS_ONCE Vector<S> combination(const std::vector<S>& factors) const {
        Matrix<S> slope = Matrix<S>::Zero(walk_->sample().rows(), walk_->predictor().outputs());
        for (std::size_t m = 0; m < held_.size(); ++m) {
            if (held_[m].plus >= 0) slope(held_[m].row, held_[m].plus) += factors[m];
            if (held_[m].minus >= 0) slope(held_[m].row, held_[m].minus) -= factors[m];
        }
        return walk_->adjoint(slope);
    }

    // One linear program on the margins held: those that its answer separates are held no longer.
    GRADUS_ONCE Answer next_direction(S& certificate) {
        if (d_ > largest_dimension) return Answer::in_doubt;
        Random random(held_.size());
        std::vector<S> factors(held_.size());
        for (S& factor : factors) factor = S(1 + random.uniform());
        Vector<S> b = combination(factors);
        for (Index j = 0; j < d_; ++j) b[j] = -b[j];
        PhaseOne<S> program(b);
        bool is_fresh = false;
        for (Index pass = 0; pass < largest_passes; ++pass) {
            const Vector<S> v = program.direction();
            const Matrix<S> eta = change(v);
            const std::vector<Index> wrong = furthest(eta, zero(v), false);
            if (wrong.empty() && is_fresh) return take(v, eta, program, factors, certificate);
            is_fresh = wrong.empty();
            if (is_fresh) program.refresh();
            else if (!enter(program, wrong)) return Answer::in_doubt;
        }
        return Answer::in_doubt;
    }

    // some 2 d of the margins held, those that fall most along the direction of eta (or, either_way, change most), if
    // by more than tolerance
    GRADUS_ONCE std::vector<Index> furthest(const Matrix<S>& eta, const S& tolerance, bool either_way) const {
        const auto most = static_cast<std::size_t>(2 * d_ + 16);
        std::vector<Index> out;
        std::vector<S> gains;  // of those, in ascending order
        for (std::size_t m = 0; m < held_.size(); ++m) {
            S gain = value_of<S>(held_[m], eta);
            if (either_way && gain > S(0)) gain = -gain;
            if (!(gain < -tolerance) || (out.size() == most && !(gain < gains.back()))) continue;
            if (out.size() < most) {
                out.push_back(0);
                gains.push_back(S(0));
            }
            std::size_t at = out.size() - 1;
            for (; at > 0 && gain < gains[at - 1]; --at) {
                gains[at] = gains[at - 1];
                out[at] = out[at - 1];
            }
            gains[at] = gain;
            out[at] = static_cast<Index>(m);
        }
        return out;
    }

    // simplex steps with these margins alone, until none of them falls; the next look at all margins is worth its
    // product with X then
    GRADUS_ONCE bool enter(PhaseOne<S>& program, const std::vector<Index>& wrong) const {
        const Matrix<S> Z = vectors(wrong);
        Vector<S> z(d_);
        for (Index step = 0; step < 20 * d_ + 200; ++step) {
            const Vector<S> v = program.direction(), gain = transposed_product<S>(Z, v);
            Index worst = 0;
            for (Index m = 1; m < gain.size(); ++m)
                if (gain[m] < gain[worst]) worst = m;
            if (!(gain[worst] < -zero(v))) return true;
            for (Index j = 0; j < d_; ++j) z[j] = Z(j, worst);
            if (!program.enter(z, wrong[static_cast<std::size_t>(worst)])) return step > 0;
        }
        return false;
    }

    // v is optimal: a separating direction, or the program's factors prove that there is none
    GRADUS_ONCE Answer take(const Vector<S>& v, const Matrix<S>& eta, const PhaseOne<S>& program,
                            std::vector<S>& factors, S& certificate) {
        std::vector<Margin> left;
        const S least = zero(v), enough = clear(v);
        bool is_sharp = true;
        for (const Margin& margin : held_) {
            const S gain = value_of<S>(margin, eta);
            is_sharp = is_sharp && !(gain > least && gain <= enough);
            (gain > enough ? parted_ : left).push_back(margin);
        }
        if (left.size() < held_.size()) {
            held_ = std::move(left);
            join(v, eta);
            return Answer::separated;
        }
        if (!is_sharp) return Answer::in_doubt;
        for (Index i = 0; i < program.size(); ++i)
            if (program.id(i) >= 0) factors[static_cast<std::size_t>(program.id(i))] += program.factor(i);
        const Vector<S> correction = program.solve(combination(factors));
        certificate = S(0);
        for (Index i = 0; i < program.size(); ++i) {
            using std::abs;
            if (program.id(i) < 0) continue;  // an equation that follows from the others
            const S factor = factors[static_cast<std::size_t>(program.id(i))];
            certificate = std::max(certificate, S(abs(correction[i]) / factor));
            if (!(factor > S(0))) certificate = S(1);
        }
        return certificate < S(0.5) ? Answer::overlap : Answer::in_doubt;
    }

    // direction_ += t v with t so small that what direction_ separates stays so
    void join(const Vector<S>& v, const Matrix<S>& eta) {
        if (direction_.size() == 0) return void(direction_ = v);
        const S t = longest_step(direction_, eta);
        normalise(direction_);
        add_multiple(t, v, direction_);
    }

    // at most 1, and at most half of what takes a margin that `from` separates to zero; `from` counts in units of its
    // largest component
    S longest_step(const Vector<S>& from, const Matrix<S>& eta) const {
        const Matrix<S> now = change(from);
        S t(1);
        for (const Margin& margin : parted_) {
            const S gain = value_of<S>(margin, eta);
            if (gain < S(0)) t = std::min(t, S(S(-0.5) * value_of<S>(margin, now) / max_norm(from) / gain));
        }
        return t;
    }

    // I - M^+ M for the rows M of the margins held: what is left of a vector does not change them. Rows are taken in as
    // they are found to see a random vector of what is left, so that some of them do for all; each time the rank grows.
    GRADUS_ONCE Matrix<S> unseen() const {
        using std::sqrt;
        const Matrix<S> I = Matrix<S>::Identity(d_, d_);
        Matrix<S> P = I;
        TriangularFactor<S> factor(d_, d_);
        Random random;
        for (Index rank = 0; rank < d_;) {
            Vector<S> u(d_);
            for (Index j = 0; j < d_; ++j) u[j] = S(random.normal());
            const Vector<S> v = product<S>(P, u);
            const std::vector<Index> seeing = furthest(change(v), zero(u), true);
            if (seeing.empty()) return P;
            const Matrix<S> Z = vectors(seeing);
            Matrix<S> rows = Z.transpose();
            factor.fold(rows);
            Vector<S> norms(d_);
            for (Index j = 0; j < d_; ++j) {
                S square(0);
                for (Index i = 0; i < d_; ++i) square += factor.R()(i, j) * factor.R()(i, j);
                norms[j] = sqrt(square);
            }
            const Echelon<S> form = echelon_form<S>(factor.R(), d_, norms, S(1e4) * epsilon<S>);
            if (form.rank() <= rank) return P;
            rank = form.rank();
            const Matrix<S> M = form.A.topRows(rank), seen = least_norm<S>(M, M);
            for (Index j = 0; j < P.size(); ++j) P.data()[j] = rank == d_ ? S(0) : S(I.data()[j] - seen.data()[j]);
        }
        return P;
    }

    // whether every margin parted clearly grows along v, and those held stay
    GRADUS_ONCE bool parts(const Vector<S>& v) const {
        if (!(max_norm(v) > S(0))) return false;
        const Matrix<S> eta = change(v);
        const S least = zero(v);
        for (const Margin& margin : held_) {
            const S gain = value_of<S>(margin, eta);
            if (!(gain >= -least && gain <= least)) return false;
        }
        return all_grow(parted_, eta, clear(v));
    }

    // A functional of the parameters stays finite if and only if the margins that no direction separates determine it
    // (up to what changes no margin at all). The direction in which the likelihood itself runs off is nearest to theta
    // among those that these margins do not see; where a functional without limit happens to be zero along it, the
    // direction is tilted a little.
    GRADUS_ONCE void find_infinite(const Vector<S>& theta, const Matrix<S>& functionals, Separation<S>& out) {
        using std::abs, std::sqrt;
        if (parted_.empty()) parted_ = all_;
        Matrix<S> P = unseen();
        held_.swap(all_);
        const Matrix<S> nothing = unseen();
        held_.swap(all_);
        for (Index j = 0; j < P.size(); ++j) P.data()[j] -= nothing.data()[j];
        for (const Vector<S>* from : {&theta, &std::as_const(out.direction)}) {
            if (!all_finite(*from)) continue;
            Vector<S> v = product<S>(P, *from);
            normalise(v);
            if (!parts(v)) continue;
            out.direction = v;
            break;
        }
        const Matrix<S> G = product<S>(functionals, P);
        out.sign.assign(static_cast<std::size_t>(G.rows()), 0);
        for (Index q = 0; q < G.rows(); ++q) {
            S size(0), unit(0), gain(0);
            for (Index j = 0; j < d_; ++j) {
                size = std::max(size, S(abs(G(q, j))));
                unit = std::max(unit, S(abs(functionals(q, j))));
                gain += functionals(q, j) * out.direction[j];
            }
            if (!(size > sqrt(epsilon<S>) * unit)) continue;
            if (!(abs(gain) > S(1e-6) * size)) {
                Vector<S> tilt(d_);
                for (Index j = 0; j < d_; ++j) tilt[j] = G(q, j);
                normalise(tilt);
                const S t = S(0.1) * longest_step(out.direction, change(tilt));
                add_multiple(t, tilt, out.direction);
                gain = S(1);
            }
            out.sign[static_cast<std::size_t>(q)] = gain > S(0) ? 1 : -1;
        }
    }

    const Walk* walk_;
    Index d_;
    std::vector<Margin> all_, held_, parted_;  // held: not separated so far
    Vector<S> direction_;
};

}  // namespace detail

/// Whether some direction separates, which, and what becomes infinite: exactly, but for rounding, which is admitted.
/// theta: where a fit ended; when it classifies every row rightly it is such a direction itself, however few steps led
/// to it. Otherwise a linear program decides (Konis, Linear programming algorithms for detecting separated data in
/// binary logistic regression models, Oxford 2007, ch. 4): are there factors lambda >= 0 with sum lambda_m z_m = - sum
/// c_m z_m, c > 0? Then the factors c + lambda > 0 prove that no direction separates. If not, the program ends with a
/// direction that does, and whose margins are recomputed; the margins that it parts are left out, and the rest is asked
/// again, until nothing separates the rest: so all that can be separated is found.
///
/// A margin beyond the rounding of its product counts as it is, one within as zero; one of doubtful size makes the
/// verdict not_examined, or, where other margins are clearly separated, leaves `sign` empty. `functionals` (q x d):
/// linear functions of the parameters, as the user's coefficients are, of which it is told whether they stay finite.
/// Each pass over X is one product, O(n p k), some ten of them for each program, and O(d^3) for its steps; beyond 1000
/// parameters not examined. The columns are to be equilibrated.
template <class Walk, Scalar S>
GRADUS_ONCE Separation<S> decide_separation(const Walk& walk, MarginKind kind, const Vector<S>& theta,
                                            const Matrix<S>& functionals) {
    return detail::SeparationSearch<Walk, S>(walk, kind).run(theta, functionals);
}

}  // namespace gradus
