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
    explicit AnyCornerPenalty(P penalty) : penalty_(std::make_shared<const Kept<P>>(std::move(penalty))) {}

    S value(const Coefficients<S>& W) const { return penalty_->value(W); }
    void prox(const ConstVectorView<S>& steps, MatrixView<S> W) const { penalty_->prox(steps, W); }
    void subdifferential_distance(const Coefficients<S>& W, const ConstMatrixView<S>& G, MatrixView<S> out) const {
        penalty_->subdifferential_distance(W, G, out);
    }

private:
    struct Interface {
        virtual ~Interface() = default;
        virtual S value(const Coefficients<S>&) const = 0;
        virtual void prox(const ConstVectorView<S>&, MatrixView<S>) const = 0;
        virtual void subdifferential_distance(const Coefficients<S>&, const ConstMatrixView<S>&,
                                              MatrixView<S>) const = 0;
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
        P penalty;
    };

    std::shared_ptr<const Interface> penalty_;
};

}  // namespace gradus
