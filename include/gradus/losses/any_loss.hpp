#pragma once
// A loss whose type is forgotten.

#include <gradus/losses/loss.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace gradus {

/// Any loss behind virtual functions. Objectives hold losses with their types forgotten, so that objective and solvers
/// are compiled once per scalar and not once per model: with their types kept, a logistic regression took twice as long
/// to compile. A call works on a block of some hundred rows, so the indirection costs nothing that could be measured.
/// That a solver gets what it needs is checked before, on the real types.
///
/// Blocks may be of any length here; a loss itself is given max_block_rows at most, for which scratch lies on the
/// stack.
template <Scalar S_>
class AnyLoss {
public:
    using Scalar = S_;
    using S = S_;

    template <Loss L>
    explicit AnyLoss(L loss) : loss_(std::make_shared<const Kept<L>>(std::move(loss))) {}

    Index outputs() const { return loss_->outputs(); }
    bool admits(const S& y) const { return loss_->admits(y); }
    const char* domain() const { return loss_->domain(); }
    bool has_curvature() const { return loss_->has_curvature(); }
    bool is_convex() const { return loss_->is_convex(); }
    bool has_constant_curvature() const { return loss_->has_constant_curvature(); }
    bool separates_outputs() const { return loss_->separates_outputs(); }
    /// See UnitsLoss; only where has_units().
    bool has_units() const { return loss_->has_units(); }
    AnyLoss in_units(const S& unit) const { return AnyLoss(loss_->in_units(unit)); }
    /// See max_curvature_of().
    double max_curvature() const { return loss_->max_curvature(); }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        S sum(0);
        in_blocks(s.size(), [&](Index first, Index b) {
            sum += loss_->value(y.middleRows(first, b), eta.middleRows(first, b), s.segment(first, b));
        });
        return sum;
    }
    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope) const {
        S sum(0);
        in_blocks(s.size(), [&](Index first, Index b) {
            sum += loss_->value_and_slope(y.middleRows(first, b), eta.middleRows(first, b), s.segment(first, b),
                                          slope.middleRows(first, b));
        });
        return sum;
    }
    /// Only when has_curvature().
    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                  MatrixView<S> slope, MatrixView<S> curvature) const {
        S sum(0);
        in_blocks(s.size(), [&](Index first, Index b) {
            sum += loss_->derivatives(y.middleRows(first, b), eta.middleRows(first, b), s.segment(first, b),
                                      slope.middleRows(first, b), curvature.middleRows(first, b));
        });
        return sum;
    }
    /// The same, but of the curvature what it makes of v is kept: change = curvature times v, row by row.   v, change:
    /// b x k, or several of these side by side
    S derivatives_along(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                        const ConstMatrixView<S>& v, MatrixView<S> slope, MatrixView<S> change,
                        Matrix<S>& scratch) const {
        S sum(0);
        const Index most = std::min<Index>(s.size(), max_block_rows);
        if (scratch.rows() < most) scratch.resize(most, pair_count(outputs()));
        change.setZero();
        in_blocks(s.size(), [&](Index first, Index b) {
            auto curvature = scratch.topRows(b);
            sum += loss_->derivatives(y.middleRows(first, b), eta.middleRows(first, b), s.segment(first, b),
                                      slope.middleRows(first, b), curvature);
            for (Index c = 0, k = outputs(); c < v.cols(); c += k)
                add_curvature_times<S>(curvature, v.block(first, c, b, k), change.block(first, c, b, k));
        });
        return sum;
    }
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        return loss_->intercept_only(y, s);
    }
    /// How the curvature changes with eta, where the loss knows; else zero.
    void curvature_slope(const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, const ConstMatrixView<S>& M,
                         MatrixView<S> out) const {
        in_blocks(s.size(), [&](Index first, Index b) {
            loss_->curvature_slope(eta.middleRows(first, b), s.segment(first, b), M.middleRows(first, b),
                                   out.middleRows(first, b));
        });
    }

private:
    struct Interface {
        virtual ~Interface() = default;
        virtual Index outputs() const = 0;
        virtual bool admits(const S& y) const = 0;
        virtual const char* domain() const = 0;
        virtual bool has_curvature() const = 0;
        virtual bool is_convex() const = 0;
        virtual bool has_constant_curvature() const = 0;
        virtual bool separates_outputs() const = 0;
        virtual bool has_units() const = 0;
        virtual std::shared_ptr<const Interface> in_units(const S& unit) const = 0;
        virtual double max_curvature() const = 0;
        virtual S value(const ConstMatrixView<S>&, const ConstMatrixView<S>&, const ConstVectorView<S>&) const = 0;
        virtual S value_and_slope(const ConstMatrixView<S>&, const ConstMatrixView<S>&, const ConstVectorView<S>&,
                                  MatrixView<S>) const = 0;
        virtual S derivatives(const ConstMatrixView<S>&, const ConstMatrixView<S>&, const ConstVectorView<S>&,
                              MatrixView<S>, MatrixView<S>) const = 0;
        virtual Vector<S> intercept_only(const ConstMatrixView<S>&, const ConstVectorView<S>&) const = 0;
        virtual void curvature_slope(const ConstMatrixView<S>&, const ConstVectorView<S>&, const ConstMatrixView<S>&,
                                     MatrixView<S>) const = 0;
    };

    template <class L>
    struct Kept final : Interface {
        explicit Kept(L kept) : loss(std::move(kept)) {}
        Index outputs() const override { return loss.outputs(); }
        bool admits(const S& y) const override { return loss.admits(y); }
        const char* domain() const override { return loss.domain(); }
        bool has_curvature() const override { return CurvedLoss<L>; }
        bool is_convex() const override { return is_convex_loss<L>; }
        bool has_constant_curvature() const override { return has_constant_curvature_loss<L>; }
        bool separates_outputs() const override { return separates_outputs_of<L>; }
        bool has_units() const override { return UnitsLoss<L>; }
        std::shared_ptr<const Interface> in_units(const S& unit) const override {
            if constexpr (UnitsLoss<L>) return std::make_shared<const Kept>(loss.in_units(unit));
            else return static_cast<void>(unit), nullptr;
        }
        double max_curvature() const override { return max_curvature_of(loss); }
        S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta,
                const ConstVectorView<S>& s) const override {
            return loss.value(y, eta, s);
        }
        S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                          MatrixView<S> slope) const override {
            return loss.value_and_slope(y, eta, s, slope);
        }
        S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope, MatrixView<S> curvature) const override {
            if constexpr (CurvedLoss<L>) return loss.derivatives(y, eta, s, slope, curvature);
            else return loss.value_and_slope(y, eta, s, slope);
        }
        Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const override {
            return loss.intercept_only(y, s);
        }
        void curvature_slope(const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, const ConstMatrixView<S>& M,
                             MatrixView<S> out) const override {
            if constexpr (requires { loss.curvature_slope(eta, s, M, out); }) loss.curvature_slope(eta, s, M, out);
            else out.setZero();
        }
        L loss;
    };

    template <class At>
    static void in_blocks(Index rows, At&& at) {
        for (Index first = 0; first < rows; first += max_block_rows)
            at(first, std::min<Index>(max_block_rows, rows - first));
    }

    explicit AnyLoss(std::shared_ptr<const Interface> loss) : loss_(std::move(loss)) {}

    std::shared_ptr<const Interface> loss_;
};

}  // namespace gradus
