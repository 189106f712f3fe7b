#pragma once
// An empirical risk along a line.

#include <gradus/objectives/ray.hpp>
#include <gradus/objectives/risk_terms.hpp>

namespace gradus {

/// phi(t) = F(theta + t d) and phi'(t). X theta and X d are computed once, in one walk, and a point costs O(n k) then;
/// where they would take more than 32 MB, or X is read from a source, each point is a walk over X instead, so that
/// memory beside the data stays small.
template <class Risk>
class RiskRay {
public:
    using S = typename Risk::Scalar;

    GRADUS_ONCE RiskRay(const Risk& risk, const Vector<S>& theta, const Vector<S>& d)
        : risk_(&risk), theta_(theta), d_(d), keeps_eta_(risk.keeps(2)) {
        if (keeps_eta_) walk_both();
    }

    RayPoint<S> operator()(const S& t) const {
        Vector<S> theta = theta_, gradient = Vector<S>::Zero(theta_.size());
        add_multiple(t, d_, theta);
        if (!keeps_eta_) {
            const S value = risk_->value_and_gradient(theta, gradient);
            return {value, dot(gradient, d_)};
        }
        const Part sum = sum_at(t);
        risk_->add_penalty_gradient(theta, gradient);
        const S& total = risk_->sample().total_weight;
        return {sum.value.value() / total + risk_->penalty_value(theta), sum.slope.value() / total + dot(gradient, d_)};
    }

private:
    struct Part {
        Sum<S> value, slope;
        void merge(const Part& other) {
            value.merge(other.value);
            slope.merge(other.slope);
        }
    };

    GRADUS_ONCE void walk_both() {
        const Index n = risk_->sample().rows(), k = risk_->loss().outputs();
        eta_.resize(n, k);
        change_.resize(n, k);
        risk_->walk().for_each(theta_, [&](const EvaluatedRows<S>& rows) {
            const Index first = rows.block.first(), b = rows.count();
            auto change = change_.middleRows(first, b);
            for (Index c = 0; c < k; ++c)
                for (Index i = 0; i < b; ++i) eta_(first + i, c) = rows.eta(i, c);
            risk_->predictor().forward(rows.block, d_, change, rows.scratch.predictor);
            risk_->sample().silence(rows.s, eta_.middleRows(first, b));
            risk_->sample().silence(rows.s, change);
        });
    }

    Part sum_at(const S& t) const {
        return risk_->walk().reduce_targets(Part{}, [&](Index first, Index b, RowScratch<S>& scratch, Part& part) {
            auto eta = MatrixView<S>(scratch.eta.topRows(b)), slope = MatrixView<S>(scratch.slope.topRows(b));
            for (Index c = 0; c < eta.cols(); ++c)
                for (Index i = 0; i < b; ++i) eta(i, c) = eta_(first + i, c) + t * change_(first + i, c);
            part.value.add(risk_->loss().value_and_slope(scratch.y.topRows(b), eta, scratch.s.head(b), slope));
            for (Index c = 0; c < eta.cols(); ++c) part.slope.add(dot(&slope(0, c), &change_(first, c), b));
        });
    }

    const Risk* risk_;
    Vector<S> theta_, d_;
    bool keeps_eta_;
    Matrix<S> eta_, change_;
};

}  // namespace gradus
