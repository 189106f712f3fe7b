#pragma once
// A direction along which some margins grow and none falls, or the proof that there is none, without rounding.

#include <gradus/core/random.hpp>
#include <gradus/examination/exact_margins.hpp>

#include <limits>

namespace gradus::detail {

enum class Answer { separated, overlap, in_doubt };

/// The linear program of PhaseOne in integers, begun where a program in floating point ended: mostly there is nothing
/// left to do but to see that its last basis is optimal.
template <class Walk, Scalar S>
class ExactProgram {
public:
    explicit ExactProgram(const ExactMargins<Walk, S>& margins) : margins_(&margins) {}

    /// Whether a direction separates some of the margins `held`. start: a basis, as far as it is known.
    GRADUS_ONCE Answer decide(const std::vector<Index>& held, const std::vector<Index>& start) {
        ExactBasis basis(margins_->dimension());
        for (const Index m : start) basis.extend(margins_->integers(m), m);
        basis.set_right_hand_side(right_hand_side(held));
        if (!make_feasible(basis)) {
            basis = ExactBasis(margins_->dimension());
            basis.set_right_hand_side(right_hand_side(held));
        }
        const std::size_t most = 50 * margins_->dimension() + 500;
        for (std::size_t step = 0; step < most; ++step) {
            if (basis.is_solved()) return Answer::overlap;
            Integers v = basis.direction();
            MarginSigns found = margins_->signs(held, v, true);
            if (found.least < 0) {
                direction_ = std::move(v);
                signs_ = std::move(found.sign);
                return Answer::separated;
            }
            const Index entering = held[static_cast<std::size_t>(found.least)];
            const Integers w = basis.coordinates(margins_->integers(entering));
            basis.exchange(basis.leaving(w), w, entering);
        }
        return Answer::in_doubt;
    }
    /// After Answer::separated: the direction, and how each of the margins held changes along it.
    const Integers& direction() const { return direction_; }
    const std::vector<signed char>& signs() const { return signs_; }

private:
    // minus the sum of positive multiples of the margins: in general position, so that no vertex is degenerate
    GRADUS_ONCE Integers right_hand_side(const std::vector<Index>& held) {
        Random random(held.size());
        multiple_.assign(margins_->all().size(), 0);
        for (const Index m : held)
            multiple_[static_cast<std::size_t>(m)] =
                static_cast<std::int32_t>(least_multiple + random.below(least_multiple));
        Integers b(margins_->dimension());
        margins_->visit(held, [&](Index place, const Vector<S>& z) {
            const BigInteger multiple = multiple_[static_cast<std::size_t>(held[static_cast<std::size_t>(place)])];
            const Integers column = margins_->integers(z);
            for (std::size_t j = 0; j < b.size(); ++j)
                if (column[j].sign() != 0) b[j] -= column[j] * multiple;
        });
        return b;
    }

    // Where rounding has left a factor of the basis negative, its margin is taken into the right-hand side with a
    // smaller multiple, which has to stay positive.
    GRADUS_ONCE bool make_feasible(ExactBasis& basis) const {
        for (std::size_t i = 0; i < basis.size(); ++i) {
            if (basis.factor(i).sign() >= 0) continue;
            const std::int64_t unit = basis.determinant().bits();
            const double factor = basis.factor(i).scaled<double>(unit) / basis.determinant().scaled<double>(unit);
            if (!(-factor < 0.5 * least_multiple)) return false;
            basis.add_to_factor(i, static_cast<std::int32_t>(1 - factor));
            if (basis.factor(i).sign() < 0) return false;
        }
        return true;
    }

    static constexpr int least_multiple = 1 << 20;

    const ExactMargins<Walk, S>* margins_;
    std::vector<std::int32_t> multiple_;
    Integers direction_;
    std::vector<signed char> signs_;
};

}  // namespace gradus::detail
