#pragma once
// Does the maximum-likelihood estimate exist? Decided by a linear program where the fit itself does not prove it.

#include <gradus/examination/constrained_walk.hpp>
#include <gradus/examination/exact_program.hpp>
#include <gradus/examination/exact_span.hpp>
#include <gradus/examination/existence.hpp>
#include <gradus/examination/residual_walk.hpp>
#include <gradus/examination/separation_search.hpp>
#include <gradus/examination/simple_directions.hpp>
#include <gradus/solvers/direct/rank.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace gradus {

/// The verdict and what proves it. A separating direction is one in which the likelihood rises for ever (Albert and
/// Anderson, Biometrika 71 (1984), 1): no margin falls, some grow.
template <Scalar S>
struct Separation {
    Existence existence = Existence::in_doubt;
    S certificate{-1};      ///< finite: relative change of the factors that rounding asks for, < 1
    Vector<S> direction;    ///< separated: how each functional changes along it; every margin that any direction
                            ///< separates grows along it
    std::vector<int> sign;  ///< separated: of the infinite limit of each functional, 0: it stays finite; empty: not
                            ///< decided
    bool found() const { return direction.size() > 0; }
};

/// Rows in some parameters, and linear functions of these: the user's coefficients.
template <class Walk, Scalar S>
struct SeparationView {
    const Walk* walk;
    Matrix<S> functionals;      ///< q x d
    Matrix<S> parameters = {};  ///< d x q, of the exact rows: what parameters coefficients belong to
};

namespace detail {

/// See decide_separation().
template <class Walk, Scalar S>
class SeparationDecision {
public:
    using View = SeparationView<Walk, S>;

    SeparationDecision(const View& seen, const View* exact, MarginKind kind)
        : seen_(&seen), exact_(exact), all_(margins_in(*seen.walk, kind)), rows_(*seen.walk), search_(rows_, all_) {
        held_.resize(all_.size());
        for (std::size_t m = 0; m < all_.size(); ++m) held_[m] = static_cast<Index>(m);
    }

    GRADUS_ONCE Separation<S> run(const Vector<S>& theta) {
        Separation<S> out;
        if (exact_) margins_.emplace(*exact_->walk, all_);
        bool is_sharp = true;
        if (search_.all_grow(held_, theta)) {
            parted_.swap(held_);
            out.direction = product<S>(seen_->functionals, theta);
        } else {
            Answer answer = Answer::separated;
            while (answer == Answer::separated && !held_.empty()) answer = part();
            is_sharp = answer != Answer::in_doubt;
        }
        if (held_.empty() && exact_) span_ = exact_span(*margins_, held_);
        if (!has_data(parted_)) {
            if (!is_sharp) return out;
            out.existence = Existence::finite;
            out.certificate = certificate_;
            return out;
        }
        out.existence = has_data(held_) ? Existence::separated_quasi : Existence::separated_completely;
        if (is_sharp && exact_) find_infinite(theta, out);
        if (!out.found()) out.direction = values(direction_);
        normalise(out.direction);
        return out;
    }

private:
    // whether some of these margins are not constraints alone
    bool has_data(const std::vector<Index>& which) const {
        const Index rows = data_rows_of(*seen_->walk);
        return std::any_of(which.begin(), which.end(),
                           [&](Index m) { return all_[static_cast<std::size_t>(m)].row < rows; });
    }

    // One linear program on the margins held: those that its answer separates are held no longer.
    GRADUS_ONCE Answer part() {
        SearchEnd<S> end = search_.run(held_);
        if (proves_overlap(end)) return Answer::overlap;
        if (!exact_) return Answer::in_doubt;
        const Vector<S> v = exact_parameters(end.direction), simple = simple_directions<S>(v, weight())[0];
        if (take(margins_->direction(dot(v, simple) < S(0) ? Vector<S>(-simple) : simple))) return Answer::separated;
        const bool is_last_hope = margins_->dimension() > largest_exact_dimension;
        const bool has_residuals = end.unseen.cols() > 0 && !(is_last_hope && are_residuals_dear(end));
        if (has_residuals && proves_overlap_of_residuals(end)) return Answer::overlap;
        if (is_last_hope) return Answer::in_doubt;
        ExactProgram<Walk, S> program(*margins_);
        const Answer answer = program.decide(held_, end.basis);
        if (answer == Answer::separated) take(program.direction());
        if (answer == Answer::overlap) {
            span_ = exact_span(*margins_, held_);
            certificate_ = S(0);
        }
        return answer;
    }
    // The margins lie in a space of as many dimensions as the basis has margins, if so many directions as are missing
    // change none of them.
    bool completes(const SearchEnd<S>& end, const std::vector<Integers>& unseen) {
        if (!(end.certificate < S(1)) || end.unseen.cols() != static_cast<Index>(unseen.size())) return false;
        ModularRank rank(static_cast<std::size_t>(end.unseen.rows()));  // rounded, they might depend on each other
        for (const Integers& v : unseen) rank.add(v);
        if (rank.value() < unseen.size()) return false;
        span_ = {end.basis, unseen};
        certificate_ = end.certificate;
        return true;
    }
    GRADUS_ONCE bool proves_overlap(const SearchEnd<S>& end) {
        std::vector<Integers> unseen;
        if (!exact_ && end.unseen.cols() > 0) return false;
        for (const Vector<S>& v : simple_directions_unseen(end)) {
            unseen.push_back(margins_->direction(v));
            if (margins_->changed(held_, unseen.back()) >= 0) return false;
        }
        return completes(end, unseen);
    }
    // Residuals of one direction take 4 ms for a thousand numbers in 80 columns, and the program with them longer:
    // 20000 rows of eight classes, of which 525 directions are unseen, would take five minutes and 700 MB.
    bool are_residuals_dear(const SearchEnd<S>& end) const {
        const Index etas = seen_->walk->sample().rows() * seen_->walk->predictor().outputs();
        return static_cast<double>(etas) * static_cast<double>(end.unseen.cols()) > 2e6;
    }
    // The program once more, where columns depend on each other but for rounding, with what rounding has left.
    GRADUS_ONCE bool proves_overlap_of_residuals(SearchEnd<S>& end) {
        const Index k = seen_->walk->predictor().outputs(), n = seen_->walk->sample().rows();
        std::vector<Margin> etas;
        for (Index i = 0; i < n; ++i)
            for (int c = 0; c < static_cast<int>(k); ++c) etas.push_back({i, c, -1, false});
        const ExactMargins<Walk, S> gradients(*exact_->walk, etas);
        std::vector<Integers> unseen;
        std::vector<Index> places;
        std::vector<Matrix<S>> residuals;
        for (const Vector<S>& v : simple_directions_unseen(end)) {
            unseen.push_back(margins_->direction(v));
            if (margins_->changed(held_, unseen.back()) < 0) continue;
            unseen.pop_back();
            places.push_back(end.places[places.size()]);
            const std::vector<S> changes = gradients.changes(gradients.direction(v));
            residuals.push_back(Eigen::Map<const Matrix<S>>(changes.data(), k, n).transpose());
        }
        if (places.empty()) return false;
        const ResidualWalk<Walk, S> walk(*seen_->walk, std::move(places), std::move(residuals));
        end = SeparationSearch<ResidualWalk<Walk, S>, S>(walk, all_).run(held_);
        return completes(end, unseen);
    }
    std::vector<Vector<S>> simple_directions_unseen(const SearchEnd<S>& end) const {
        if (end.unseen.cols() == 0) return {};
        return simple_directions<S>(exact_parameters(end.unseen), weight());
    }
    // lets go of the margins that grow along v; false: there are none, or some fall
    GRADUS_ONCE bool take(const Integers& v) {
        const MarginSigns found = margins_->signs(held_, v, true);
        if (found.least >= 0) return false;
        std::vector<Index> left;
        for (std::size_t i = 0; i < held_.size(); ++i) (found.sign[i] > 0 ? parted_ : left).push_back(held_[i]);
        if (left.size() == held_.size()) return false;
        held_ = std::move(left);
        direction_ = direction_.empty() ? v : joined(direction_, v);
        return true;
    }

    Matrix<S> exact_parameters(const Matrix<S>& seen) const {
        return product<S>(exact_->parameters, product<S>(seen_->functionals, seen));
    }
    Vector<S> weight() const {
        using std::ldexp;
        Vector<S> out(static_cast<Index>(margins_->dimension()));
        for (Index j = 0; j < out.size(); ++j)
            out[j] = ldexp(S(1), std::max(margins_->size_exponent(static_cast<std::size_t>(j)), -500));
        return out;
    }

    // first + t second with t so small that every margin parted grows along it
    GRADUS_ONCE Integers joined(Integers first, const Integers& second) const {
        const auto longest = [](const Integers& v) {
            Index bits = 0;
            for (const BigInteger& entry : v) bits = std::max(bits, entry.bits());
            return bits;
        };
        Index shift = std::max<Index>(0, longest(second) - longest(first));
        for (;; shift = 8) {
            for (BigInteger& entry : first) entry <<= shift;
            Integers sum = first;
            for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += second[j];
            if (margins_->all_grow(parted_, sum)) return sum;
        }
    }

    // what the functionals are along an integer direction, up to one factor for all
    GRADUS_ONCE Vector<S> values(const Integers& direction) const {
        std::vector<BigInteger> exact;
        Index bits = 0;
        for (Index q = 0; q < exact_->functionals.rows(); ++q) {
            exact.push_back(integer_dot(margins_->functional(exact_->functionals.row(q).transpose()), direction));
            bits = std::max(bits, exact.back().bits());
        }
        Vector<S> out(exact_->functionals.rows());
        for (Index q = 0; q < out.size(); ++q) out[q] = exact[static_cast<std::size_t>(q)].template scaled<S>(bits);
        return out;
    }

    // A functional of the parameters stays finite if and only if the margins that no direction separates determine it.
    // Where the margins do not determine all parameters, some functionals have no limit that could be spoken of.
    GRADUS_ONCE void find_infinite(const Vector<S>& theta, Separation<S>& out) {
        const Index count = exact_->functionals.rows();
        std::vector<int> sign(static_cast<std::size_t>(count), 0);
        std::vector<const Integers*> changing(sign.size());
        for (Index q = 0; q < count; ++q)
            changing[static_cast<std::size_t>(q)] =
                span_.changing(margins_->functional(exact_->functionals.row(q).transpose()));
        Vector<S> direction = run_off(theta);
        if (!tells_signs(direction, changing)) direction = tilted(changing);
        if (direction.size() == 0) return;
        for (std::size_t q = 0; q < sign.size(); ++q)
            if (changing[q]) sign[q] = direction[static_cast<Index>(q)] > S(0) ? 1 : -1;
        out.direction = std::move(direction);
        std::vector<Index> every = held_;
        every.insert(every.end(), parted_.begin(), parted_.end());
        if (have_full_rank(*margins_, every)) out.sign = std::move(sign);
    }

    // The direction in which the likelihood itself runs off is nearest to theta among those that the margins held do
    // not see: what the functionals are along it; empty where rounding hides whether it separates.
    GRADUS_ONCE Vector<S> run_off(const Vector<S>& theta) const {
        if (!all_finite(theta)) return {};
        Vector<S> v = theta;
        if (!span_.members.empty()) {
            const Matrix<S> M = search_.vectors(span_.members).transpose(), seen = product<S>(M, theta);
            const Matrix<S> part = least_norm<S>(M, seen);
            for (Index j = 0; j < v.size(); ++j) v[j] -= part(j, 0);
        }
        normalise(v);
        if (!search_.all_grow(parted_, v) || !search_.all_stay(held_, v)) return {};
        return product<S>(seen_->functionals, v);
    }
    // whether no functional that becomes infinite is zero, up to rounding
    bool tells_signs(const Vector<S>& direction, const std::vector<const Integers*>& changing) const {
        using std::abs;
        if (direction.size() == 0) return false;
        for (std::size_t q = 0; q < changing.size(); ++q) {
            const auto at = static_cast<Index>(q);
            const S size = max_norm<S>(Vector<S>(seen_->functionals.row(at).transpose()));
            if (changing[q] && !(abs(direction[at]) > S(1e-6) * size)) return false;
        }
        return true;
    }
    // The direction of the programs, with a little of another where a functional without limit happens to be zero along
    // it.
    GRADUS_ONCE Vector<S> tilted(const std::vector<const Integers*>& changing) {
        if (direction_.empty()) {  // theta was the proof so far
            held_.swap(parted_);
            while (!held_.empty() && part() == Answer::separated) {}
            if (!held_.empty()) return {};
        }
        for (std::size_t q = 0; q < changing.size(); ++q) {
            const Integers f = margins_->functional(exact_->functionals.row(static_cast<Index>(q)).transpose());
            if (changing[q] && integer_dot(f, direction_).sign() == 0) direction_ = joined(direction_, *changing[q]);
        }
        return values(direction_);
    }

    static void normalise(Vector<S>& v) {
        const S size = max_norm(v);
        for (Index j = 0; size > S(0) && j < v.size(); ++j) v[j] /= size;
    }

    static constexpr std::size_t largest_exact_dimension = 40;

    const View* seen_;
    const View* exact_;
    std::vector<Margin> all_;
    std::vector<Index> held_, parted_;  // held: not separated so far
    ResidualWalk<Walk, S> rows_;
    SeparationSearch<ResidualWalk<Walk, S>, S> search_;
    std::optional<ExactMargins<Walk, S>> margins_;
    ExactSpan span_;  // of those held in the end
    S certificate_{0};
    Integers direction_;
};

}  // namespace detail

/// Whether some direction separates, which, and what becomes infinite. theta: where a fit ended; when it classifies
/// every row rightly it is such a direction itself, however few steps led to it. Otherwise a linear program decides, in
/// `seen`, whose columns are to be equilibrated. It is solved in floating point, where bounds of all roundings prove
/// that factors exist with which the margins add up to zero, or an answer of a few bits can be tried exactly on the
/// rows of `exact`, which are the user's own numbers; mostly that is all. Else its last basis is the first guess of the
/// same program in integers. It ends with factors that prove that no direction separates, or with a direction that
/// does; the margins that it parts are left out, and the rest is asked again, until nothing separates the rest: so all
/// that can be separated is found.
///
/// Each pass over X is one product, O(n p k), some ten of them for each program, O(d^3) for its steps. In integers
/// O(d^3) products of up to 53 d bits: beyond 40 parameters that is left undone, and the answer may be in doubt. So it
/// may be without `exact`. In a ConstrainedWalk only directions along which no constraint falls count.
template <class Walk, Scalar S>
GRADUS_ONCE Separation<S> decide_separation(const SeparationView<Walk, S>& seen, const SeparationView<Walk, S>* exact,
                                            MarginKind kind, const Vector<S>& theta) {
    return detail::SeparationDecision<Walk, S>(seen, exact, kind).run(theta);
}

}  // namespace gradus
