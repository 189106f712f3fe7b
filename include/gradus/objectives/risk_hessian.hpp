#pragma once
// The Hessian of an empirical risk at one point, by its products with vectors.

#include <gradus/objectives/hessian_at.hpp>
#include <gradus/objectives/risk_terms.hpp>

namespace gradus {

/// H(theta) v = X' (loss'' (X v)) / sum s and the penalty's part, in products with X instead of p: two, and one for
/// eta, which the first product keeps for those that follow, where it takes at most 32 MB and X is not read from a
/// source. The same to the bit as hessian_product(), unless single precision will do. theta is looked at, not copied.
template <class Risk>
class RiskHessian {
public:
    using S = typename Risk::Scalar;

    RiskHessian(const Risk& risk, const Vector<S>& theta, bool for_many)
        : risk_(&risk), theta_(&theta), keeps_eta_(for_many && risk.keeps(1)) {}

    /// From here on products with X in single precision where that is faster, and so much work that it counts: see
    /// RowBlock. An error of 1e-7 in a Hessian leaves a step seven digits, where gradients have all of theirs. false:
    /// they stay what they are.
    bool use_single_precision() {
        const Risk& risk = *risk_;
        is_single_ =
            risk.work() >= 1e7 && RowBlock<S>::gains_by_single_precision(risk.sample().X, risk.predictor().width());
        return is_single_;
    }

    /// out = H(theta) v
    GRADUS_NOINLINE void times(const Vector<S>& v, Vector<S>& out) {
        const Risk& risk = *risk_;
        VectorSum<S> sum(risk.dimension());
        if (eta_.size() > 0) {
            sum = risk.walk().reduce(std::move(sum), [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
                copy(eta_.middleRows(rows.block.first(), rows.count()), rows.scratch.eta.topRows(rows.count()));
                add_product(rows, v, part);
            });
        } else {
            if (keeps_eta_) eta_.resize(risk.sample().rows(), risk.loss().outputs());
            sum = risk.walk().reduce(*theta_, std::move(sum), [&](const EvaluatedRows<S>& rows, VectorSum<S>& part) {
                if (keeps_eta_) copy(rows.eta, eta_.middleRows(rows.block.first(), rows.count()));
                add_product(rows, v, part);
            });
        }
        sum.mean(risk.sample().total_weight, out);
        risk.add_penalty_curvature_times(*theta_, v, out);
    }

private:
    static void copy(const ConstMatrixView<S>& from, MatrixView<S> to) {
        for (Index c = 0; c < to.cols(); ++c)
            for (Index i = 0; i < to.rows(); ++i) to(i, c) = from(i, c);
    }

    void add_product(const EvaluatedRows<S>& rows, const Vector<S>& v, VectorSum<S>& part) const {
        if constexpr (requires { rows.block.use_single_precision(); })
            if (is_single_) rows.block.use_single_precision();
        auto slope = rows.slope(), image = MatrixView<S>(rows.scratch.low.topRows(rows.count()));
        auto change = MatrixView<S>(rows.scratch.change.topRows(rows.count()));
        risk_->predictor().forward(rows.block, v, image, rows.scratch.predictor);
        risk_->sample().silence(rows.s, image);
        risk_->loss().derivatives_along(rows.y, rows.eta, rows.s, image, slope, change, rows.scratch.curvature);
        risk_->walk().add_pullback(rows, change, part);
    }

    const Risk* risk_;
    const Vector<S>* theta_;
    bool keeps_eta_, is_single_ = false;
    Matrix<S> eta_;
};

}  // namespace gradus
