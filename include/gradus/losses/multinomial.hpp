#pragma once
// Softmax cross-entropy: logistic regression with K classes.

#include <gradus/losses/loss.hpp>
#include <gradus/numeric/lanes.hpp>
#include <gradus/numeric/softmax.hpp>

#include <cmath>

namespace gradus {

/// l(y, eta) = log sum_d exp(eta_d) - eta_y = -log p_y, p = softmax(eta), for a class code y in {0, ..., K-1}.
/// Slope p_c - [c = y]; curvature diag(p) - p p', whose largest eigenvalue is at most 1/2 (Boehning, Ann. Inst.
/// Statist. Math. 44 (1992), 197).
///
/// With eta_y subtracted first, l = log1p(sum over the others of exp(eta_d - eta_y)): a row that is fitted well keeps
/// its digits, and the slope of its own class is minus the sum of the other probabilities, not 1 - 1.
template <Scalar S = double>
class Multinomial {
public:
    using Scalar = S;
    static constexpr double max_curvature = 0.5;
    static constexpr bool is_convex = true;

    explicit Multinomial(Index classes) : classes_(classes) {}
    Index outputs() const { return classes_; }
    bool admits(const S& y) const {
        using std::floor;
        return y >= S(0) && y < S(classes_) && floor(y) == y;
    }
    const char* domain() const { return "a class code 0, ..., K-1"; }

    S value(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s) const {
        Matrix<S> probability(eta.rows(), classes_);
        return probabilities(y, eta, s, probability);
    }

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                      MatrixView<S> slope) const {
        const S sum = probabilities(y, eta, s, slope);
        to_slope(y, s, slope);
        return sum;
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                  MatrixView<S> slope, MatrixView<S> curvature) const {
        const S sum = probabilities(y, eta, s, slope);
        for (Index d = 0; d < classes_; ++d)
            for (Index c = d + 1; c < classes_; ++c)
                for (Index i = 0; i < eta.rows(); ++i)
                    curvature(i, pair_index(c, d, classes_)) = -s[i] * slope(i, c) * slope(i, d);
        for (Index d = 0; d < classes_; ++d)  // p_d (1 - p_d), with 1 - p_d as the sum of the others
            for (Index i = 0; i < eta.rows(); ++i)
                curvature(i, pair_index(d, d, classes_)) = s[i] * slope(i, d) * sum_of_others(slope, i, d);
        to_slope(y, s, slope);
        return sum;
    }

    /// Logarithms of the weighted class shares, shifted to sum to zero.
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        Vector<S> total = Vector<S>::Zero(classes_);
        for (Index i = 0; i < y.rows(); ++i) total[code(y(i, 0))] += s[i];
        using std::log;
        Vector<S> eta(classes_);
        S mean(0);
        for (Index c = 0; c < classes_; ++c) mean += (eta[c] = log(total[c])) / S(static_cast<int>(classes_));
        for (Index c = 0; c < classes_; ++c) eta[c] -= mean;
        return eta;
    }

    /// The least value that any eta could give: zero.
    S saturated(const ConstMatrixView<S>&, const ConstVectorView<S>&) const { return S(0); }

    /// out_c = s sum_ab M_ab dC_ab/deta_c, C = diag(p) - p p': how the curvature changes, n x K. M: symmetric, packed
    /// as in pair_index.
    ///
    /// = s p_c (M_cc - sum_a p_a M_aa - 2 (M p)_c + 2 p'M p).
    void curvature_slope(const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, const ConstMatrixView<S>& M,
                         MatrixView<S> out) const {
        Matrix<S> p(eta.rows(), classes_);
        BlockArray<S> largest(eta.rows());
        exp_below_largest<S>(eta, p, largest);
        Vector<S> Mp(classes_);
        for (Index i = 0; i < eta.rows(); ++i) {
            S total(0), trace(0), form(0);
            for (Index c = 0; c < classes_; ++c) total += p(i, c);
            for (Index c = 0; c < classes_; ++c) p(i, c) /= total;
            for (Index c = 0; c < classes_; ++c) {
                Mp[c] = S(0);
                for (Index a = 0; a < classes_; ++a)
                    Mp[c] += M(i, pair_index(std::max(a, c), std::min(a, c), classes_)) * p(i, a);
                trace += p(i, c) * M(i, pair_index(c, c, classes_));
                form += p(i, c) * Mp[c];
            }
            for (Index c = 0; c < classes_; ++c)
                out(i, c) = s[i] * p(i, c) * (M(i, pair_index(c, c, classes_)) - trace - S(2) * Mp[c] + S(2) * form);
        }
    }

private:
    static Index code(const S& y) { return static_cast<Index>(y); }

    // p into `probability`; returns the sum of the losses
    S probabilities(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s,
                    MatrixView<S> probability) const {
        const Index rows = eta.rows();
        BlockArray<S> largest(rows), total = BlockArray<S>::Zero(rows), others(rows), gap(rows);
        exp_below_largest<S>(eta, probability, largest);
        for (Index c = 0; c < classes_; ++c)
            for (Index i = 0; i < rows; ++i) total[i] += probability(i, c);
        for (Index i = 0; i < rows; ++i) {
            const Index label = code(y(i, 0));
            gap[i] = largest[i] - eta(i, label);
            others[i] = gap[i] == S(0) ? sum_of_others(probability, i, label)
                                       : S(total[i] - S(1));  // the largest entry is exactly 1
        }
        for (Index c = 0; c < classes_; ++c)
            for (Index i = 0; i < rows; ++i) probability(i, c) /= total[i];
        const BlockArray<S> log_total = others.log1p();
        return lane_sum<S>(rows,
                           [&](Index i) { return s[i] * (gap[i] + log_total[i]); });  // log(total exp(largest - eta_y))
    }

    void to_slope(const ConstMatrixView<S>& y, const ConstVectorView<S>& s, MatrixView<S>& slope) const {
        for (Index i = 0; i < slope.rows(); ++i) {
            const Index label = code(y(i, 0));
            slope(i, label) = -sum_of_others(slope, i, label);
        }
        for (Index c = 0; c < classes_; ++c)
            for (Index i = 0; i < slope.rows(); ++i) slope(i, c) *= s[i];
    }

    static S sum_of_others(const MatrixView<S>& rows, Index i, Index label) {
        S sum(0);
        for (Index c = 0; c < rows.cols(); ++c)
            if (c != label) sum += rows(i, c);
        return sum;
    }

    Index classes_;
};

GRADUS_COMPILE(class Multinomial<double>)

}  // namespace gradus
