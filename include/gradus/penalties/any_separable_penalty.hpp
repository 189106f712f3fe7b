#pragma once
// A penalty of single coefficients whose type is forgotten; see AnyLoss for why.

#include <gradus/penalties/penalty.hpp>

#include <limits>
#include <memory>
#include <utility>

namespace gradus {

template <Scalar S>
class AnySeparablePenalty {
public:
    template <SeparablePenalty<S> P>
    explicit AnySeparablePenalty(P penalty) : penalty_(std::make_shared<const Kept<P>>(std::move(penalty))) {}

    S value(Index j, const S& w) const { return penalty_->value(j, w); }
    S prox(Index j, const S& step, const S& w) const { return penalty_->prox(j, step, w); }
    S subdifferential_distance(Index j, const S& w, const S& slope) const {
        return penalty_->subdifferential_distance(j, w, slope);
    }
    bool has_conjugate() const { return penalty_->has_conjugate(); }
    S conjugate(Index j, const S& v) const { return penalty_->conjugate(j, v); }
    /// NaN: the penalty does not tell.
    S curvature(Index j, const S& w) const { return penalty_->curvature(j, w); }

private:
    struct Interface {
        virtual ~Interface() = default;
        virtual S value(Index, const S&) const = 0;
        virtual S prox(Index, const S&, const S&) const = 0;
        virtual S subdifferential_distance(Index, const S&, const S&) const = 0;
        virtual bool has_conjugate() const = 0;
        virtual S conjugate(Index, const S&) const = 0;
        virtual S curvature(Index, const S&) const = 0;
    };

    template <class P>
    struct Kept final : Interface {
        explicit Kept(P kept) : penalty(std::move(kept)) {}
        S value(Index j, const S& w) const override { return penalty.value(j, w); }
        S prox(Index j, const S& step, const S& w) const override { return penalty.prox(j, step, w); }
        S subdifferential_distance(Index j, const S& w, const S& slope) const override {
            return penalty.subdifferential_distance(j, w, slope);
        }
        static constexpr bool knows = requires(const P& p, Index j, const S& v) { p.conjugate(j, v); };
        bool has_conjugate() const override { return knows; }
        S conjugate([[maybe_unused]] Index j, [[maybe_unused]] const S& v) const override {
            if constexpr (knows) return penalty.conjugate(j, v);
            else return std::numeric_limits<S>::infinity();
        }
        S curvature([[maybe_unused]] Index j, [[maybe_unused]] const S& w) const override {
            if constexpr (requires { penalty.curvature(j, w); }) return penalty.curvature(j, w);
            else return std::numeric_limits<S>::quiet_NaN();
        }
        P penalty;
    };

    std::shared_ptr<const Interface> penalty_;
};

}  // namespace gradus
