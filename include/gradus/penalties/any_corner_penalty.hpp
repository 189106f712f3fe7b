#pragma once
// A penalty with corners whose type is forgotten; see AnyLoss for why.

#include <gradus/penalties/penalty.hpp>

#include <memory>
#include <utility>

namespace gradus {

template <Scalar S>
class AnyCornerPenalty {
public:
    template <CornerPenalty<S> P>
    requires(!SeparablePenalty<P, S>) explicit AnyCornerPenalty(P penalty)
        : penalty_(std::make_shared<const Kept<P>>(std::move(penalty))) {}

    S value(const Coefficients<S>& W) const { return penalty_->value(W); }
    void prox(const ConstVectorView<S>& steps, MatrixView<S> W) const { penalty_->prox(steps, W); }
    void subdifferential_distance(const Coefficients<S>& W, const ConstMatrixView<S>& G, MatrixView<S> out) const {
        penalty_->subdifferential_distance(W, G, out);
    }
    /// -1: the penalty does not tell.
    S dual_share(const ConstMatrixView<S>& G, const ConstMatrixView<S>& rounding) const {
        return penalty_->dual_share(G, rounding);
    }

private:
    struct Interface {
        virtual ~Interface() = default;
        virtual S value(const Coefficients<S>&) const = 0;
        virtual void prox(const ConstVectorView<S>&, MatrixView<S>) const = 0;
        virtual void subdifferential_distance(const Coefficients<S>&, const ConstMatrixView<S>&,
                                              MatrixView<S>) const = 0;
        virtual S dual_share(const ConstMatrixView<S>&, const ConstMatrixView<S>&) const = 0;
    };

    template <class P>
    struct Kept final : Interface {
        explicit Kept(P kept) : penalty(std::move(kept)) {}
        S value(const Coefficients<S>& W) const override { return penalty.value(W); }
        void prox(const ConstVectorView<S>& steps, MatrixView<S> W) const override { penalty.prox(steps, W); }
        void subdifferential_distance(const Coefficients<S>& W, const ConstMatrixView<S>& G,
                                      MatrixView<S> out) const override {
            penalty.subdifferential_distance(W, G, out);
        }
        S dual_share([[maybe_unused]] const ConstMatrixView<S>& G,
                     [[maybe_unused]] const ConstMatrixView<S>& rounding) const override {
            if constexpr (requires { penalty.dual_share(G, rounding); }) return penalty.dual_share(G, rounding);
            else return S(-1);
        }
        P penalty;
    };

    std::shared_ptr<const Interface> penalty_;
};

}  // namespace gradus
