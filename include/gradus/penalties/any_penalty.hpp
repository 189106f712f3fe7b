#pragma once
// A smooth penalty whose type is forgotten; see AnyLoss for why.

#include <gradus/penalties/penalty.hpp>

#include <memory>
#include <utility>

namespace gradus {

template <Scalar S>
class AnyPenalty {
public:
    template <SmoothPenalty<S> P>
    explicit AnyPenalty(P penalty) : penalty_(std::make_shared<const Kept<P>>(std::move(penalty))) {}

    S value(const Coefficients<S>& W) const { return penalty_->value(W); }
    void add_gradient(const Coefficients<S>& W, MatrixView<S> G) const { penalty_->add_gradient(W, G); }
    void add_curvature(const Coefficients<S>& W, MatrixView<S> h) const { penalty_->add_curvature(W, h); }
    bool has_constant_curvature() const { return penalty_->has_constant_curvature(); }
    /// Also of a penalty whose amounts are all zero: its fits, and what is said of them, are those without a penalty.
    bool is_zero() const { return penalty_->is_zero(); }

private:
    struct Interface {
        virtual ~Interface() = default;
        virtual S value(const Coefficients<S>&) const = 0;
        virtual void add_gradient(const Coefficients<S>&, MatrixView<S>) const = 0;
        virtual void add_curvature(const Coefficients<S>&, MatrixView<S>) const = 0;
        virtual bool has_constant_curvature() const = 0;
        virtual bool is_zero() const = 0;
    };

    template <class P>
    struct Kept final : Interface {
        explicit Kept(P kept) : penalty(std::move(kept)) {}
        S value(const Coefficients<S>& W) const override { return penalty.value(W); }
        void add_gradient(const Coefficients<S>& W, MatrixView<S> G) const override { penalty.add_gradient(W, G); }
        void add_curvature(const Coefficients<S>& W, MatrixView<S> h) const override { penalty.add_curvature(W, h); }
        bool has_constant_curvature() const override { return gradus::has_constant_curvature<S>(penalty); }
        bool is_zero() const override {
            if constexpr (requires { penalty.template vanishes<S>(); }) return penalty.template vanishes<S>();
            else return ZeroPenalty<P>;
        }
        P penalty;
    };

public:
    /// Where a penalty was refused already, so that one sentence is all that is said.
    struct Nothing {
        static constexpr bool is_zero = true;
        S value(const Coefficients<S>&) const { return S(0); }
        void add_gradient(const Coefficients<S>&, MatrixView<S>) const {}
        void add_curvature(const Coefficients<S>&, MatrixView<S>) const {}
    };

private:
    std::shared_ptr<const Interface> penalty_;
};

}  // namespace gradus
