#pragma once
// The part of an empirical risk that looks at single rows, and bounds of its curvature.

#include <gradus/numeric/eigenvalue_bound.hpp>
#include <gradus/objectives/risk_terms.hpp>
#include <gradus/objectives/sampled.hpp>

namespace gradus {

/// Sampled and SlopeSampled: f_i = (n s_i / sum s) loss(y_i, eta_i) + penalty.
template <Scalar S>
class SampledRisk : public RiskTerms<S> {
public:
    using RiskTerms<S>::RiskTerms;
    using RiskTerms<S>::dimension, RiskTerms<S>::walk, RiskTerms<S>::loss, RiskTerms<S>::sample;

    Index samples() const { return sample().rows(); }
    Index slopes_per_sample() const { return loss().outputs(); }

    /// The mean gradient over the given rows, the penalty's included. O(rows p k).
    void sample_gradient(const Vector<S>& theta, std::span<const Index> rows, Vector<S>& gradient) const {
        gradient.setZero(dimension());
        walk().at_rows(theta, rows, [&](Index, const EvaluatedRows<S>& block) {
            auto slope = block.slope();
            loss().value_and_slope(block.y, block.eta, block.s, slope);
            walk().predictor().pullback(block.block, slope, gradient, block.scratch.predictor);
        });
        const S share = row_share() / S(static_cast<double>(rows.size()));
        for (Index j = 0; j < gradient.size(); ++j) gradient[j] *= share;
        this->add_penalty_gradient(theta, gradient);
    }

    void exchange_slopes(const Vector<S>& theta, Index row, VectorView<S> kept, Vector<S>& change) const {
        change.setZero(dimension());
        walk().at_rows(theta, std::span<const Index>(&row, 1), [&](Index, const EvaluatedRows<S>& block) {
            auto slope = block.slope();
            loss().value_and_slope(block.y, block.eta, block.s, slope);
            for (Index c = 0; c < slope.cols(); ++c) {
                const S now = slope(0, c) * row_share(), old = kept[c];
                kept[c] = now;
                slope(0, c) = now - old;
            }
            walk().predictor().pullback(block.block, slope, change, block.scratch.predictor);
        });
    }

    void add_common_gradient(const Vector<S>& theta, Vector<S>& gradient) const {
        this->add_penalty_gradient(theta, gradient);
    }

    /// max_curvature * max_i (n s_i / sum s) |J_i|^2 + the penalty's largest curvature at W = 0, J_i being the map from
    /// theta to eta_i: for a linear predictor |J_i|^2 = |x_i|^2 + 1 with intercept. -1 when the loss does not know its
    /// curvature. For k > 1 the norm of the k x k matrix A = J_i J_i' is bounded by trace(A^64)^(1/64), at most
    /// k^(1/64) times too large.
    GRADUS_ONCE S sample_curvature_bound() const {
        const double curvature = loss().max_curvature();
        if (curvature < 0) return S(-1);
        const Index k = loss().outputs();
        const auto largest = walk().reduce(Largest{}, [&](const EvaluatedRows<S>& rows, Largest& part) {
            Matrix<S> J(dimension(), k);
            Vector<S> direction(dimension());
            walk().for_each_row(rows, [&](Index i, const auto& add) {
                for (Index c = 0; c < k; ++c) {
                    direction.setZero();
                    add(c, S(1), direction);
                    for (Index j = 0; j < direction.size(); ++j) J(j, c) = direction[j];
                }
                part.see(rows.s[i] * norm_bound(transposed_product<S>(J, J)));
            });
        });
        Largest penalty;
        const Matrix<S> h = this->penalty_curvature(Vector<S>::Zero(dimension()));
        for (Index j = 0; j < h.size(); ++j) penalty.see(h.data()[j]);
        return S(curvature) * row_share() * largest.value + penalty.value;
    }

    /// A proven upper bound of the largest eigenvalue of the Hessian, for every theta: max_curvature of the loss times
    /// the largest eigenvalue of sum_i s_i J_i'J_i / sum s (J_i: the linear map from theta to eta_i; for one output its
    /// row is (x_i, 1)), plus the penalty. The rounding of all sums is part of the bound. One walk of O(n p^2 k^2 / 2),
    /// O(d^3 / 3) and d^2 numbers, three times. -1 when nothing is proven: the loss has no such bound, the curvature of
    /// the penalty is not constant, or d is beyond `largest_dimension`.
    GRADUS_ONCE S curvature_bound(Index largest_dimension = 4096) const {
        const S most = S(loss().max_curvature());
        const Index d = dimension(), k = loss().outputs(), n = sample().rows();
        if (!(most >= S(0)) || !this->penalty().has_constant_curvature() || d > largest_dimension) return S(-1);
        auto sum = walk().reduce(Gram(d), [&](const EvaluatedRows<S>& rows, Gram& part) {
            auto curvature = rows.curvature();
            curvature.setZero();
            for (Index c = 0; c < k; ++c)
                for (Index i = 0; i < rows.count(); ++i) curvature(i, pair_index(c, c, k)) = most * rows.s[i];
            walk().predictor().sandwich(rows.block, curvature, part.G, rows.scratch.predictor);
        });
        Matrix<S>& G = sum.G;
        walk().predictor().complete(G);
        S trace(0);
        for (Index j = 0; j < G.size(); ++j) G.data()[j] /= sample().total_weight;
        for (Index j = 0; j < d; ++j) trace += G(j, j);
        this->add_penalty_curvature(Vector<S>::Zero(d), G);
        for (Index j = 0; j < d; ++j)
            for (Index i = 0; i < j; ++i) G(i, j) = G(j, i);
        // each entry is a sum within blocks, of blocks, of products of a few factors: |error| <= that many roundings of
        // |J|'S|J|, whose norm is at most the trace (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.5)
        const Index b = std::max<Index>(1, sample().X.block_rows());
        return eigenvalue_bound<S>(G, S(static_cast<double>(b + n / b + 4 * k + 8)) * epsilon<S> * trace);
    }

private:
    struct Largest {
        S value{0};
        void see(const S& x) { value = x > value ? x : value; }
        void merge(const Largest& other) { see(other.value); }
    };
    struct Gram {
        explicit Gram(Index d) : G(Matrix<S>::Zero(d, d)) {}
        Matrix<S> G;
        void merge(const Gram& other) { add_multiple(S(1), other.G.data(), G.data(), G.size()); }
    };

    // what a row of weight 1 counts in a mean over rows
    S row_share() const { return S(static_cast<double>(samples())) / sample().total_weight; }

    // of a symmetric positive semidefinite matrix; exact for one row
    static S norm_bound(Matrix<S> A) {
        using std::exp, std::log;
        if (A.rows() == 1) return A(0, 0);
        S scale(1), power(1);
        for (int squared = 0;; ++squared, power *= S(2)) {  // norm(first A)^power = scale^power norm(A)
            S trace(0);
            for (Index j = 0; j < A.rows(); ++j) trace += A(j, j);
            if (!(trace > S(0))) return S(0);
            for (Index j = 0; j < A.size(); ++j) A.data()[j] /= trace;
            scale *= exp(log(trace) / power);
            if (squared == 6) return scale;
            A = product<S>(A, A);
        }
    }
};

}  // namespace gradus
