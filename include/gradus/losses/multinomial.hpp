#pragma once
// Softmax cross-entropy: logistic regression with K classes.

#include <gradus/losses/loss.hpp>
#include <gradus/numeric/softmax.hpp>

#include <cmath>

namespace gradus {

/// l(y, eta) = log sum_d exp(eta_d) - eta_y = -log p_y, p = softmax(eta), for a class code y in {0, ..., K-1}.
/// Slope p_c - [c = y]; curvature diag(p) - p p', whose largest eigenvalue is at most 1/2 (Boehning, Ann. Inst. Statist. Math. 44 (1992), 197).
///
/// With eta_y subtracted first, l = log1p(sum over the others of exp(eta_d - eta_y)): a row that is fitted well keeps its digits, and the
/// slope of its own class is minus the sum of the other probabilities, not 1 - 1.
template <Scalar S = double>
class Multinomial {
public:
    using Scalar = S;
    static constexpr double max_curvature = 0.5;
    static constexpr bool is_classification = true;

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

    S value_and_slope(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, MatrixView<S> slope) const {
        const S sum = probabilities(y, eta, s, slope);
        to_slope(y, s, slope);
        return sum;
    }

    S derivatives(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, MatrixView<S> slope,
                  MatrixView<S> curvature) const {
        const S sum = probabilities(y, eta, s, slope);
        for (Index d = 0; d < classes_; ++d) {
            auto diagonal = curvature.col(pair_index(d, d, classes_)).array();
            diagonal.setZero();
            for (Index c = 0; c < classes_; ++c) {  // p_d (1 - p_d), with 1 - p_d as the sum of the others
                if (c == d) continue;
                diagonal += slope.col(c).array();
                if (c > d) curvature.col(pair_index(c, d, classes_)) = -s.array() * slope.col(c).array() * slope.col(d).array();
            }
            diagonal *= s.array() * slope.col(d).array();
        }
        to_slope(y, s, slope);
        return sum;
    }

    /// Logarithms of the weighted class shares, shifted to sum to zero.
    Vector<S> intercept_only(const ConstMatrixView<S>& y, const ConstVectorView<S>& s) const {
        Vector<S> total = Vector<S>::Zero(classes_);
        for (Index i = 0; i < y.rows(); ++i) total[code(y(i, 0))] += s[i];
        Vector<S> eta = total.array().log();
        eta.array() -= eta.mean();
        return eta;
    }

    /// The least value that any eta could give: zero.
    S saturated(const ConstMatrixView<S>&, const ConstVectorView<S>&) const { return S(0); }

private:
    static Index code(const S& y) { return static_cast<Index>(y); }

    // p into `probability`; returns the sum of the losses
    S probabilities(const ConstMatrixView<S>& y, const ConstMatrixView<S>& eta, const ConstVectorView<S>& s, MatrixView<S> probability) const {
        const Index rows = eta.rows();
        BlockArray<S> largest(rows), others = BlockArray<S>::Zero(rows), gap(rows);
        exp_below_largest<S>(eta, probability, largest);
        for (Index c = 0; c < classes_; ++c) others += probability.col(c).array();
        const BlockArray<S> total = others;
        others -= S(1);  // the largest entry is exactly 1
        for (Index i = 0; i < rows; ++i) {
            const Index label = code(y(i, 0));
            gap[i] = largest[i] - eta(i, label);
            if (gap[i] == S(0)) others[i] = sum_of_others(probability, i, label);
        }
        for (Index c = 0; c < classes_; ++c) probability.col(c).array() /= total;
        return (s.array() * (gap + others.log1p())).sum();  // log(total exp(largest - eta_y))
    }

    void to_slope(const ConstMatrixView<S>& y, const ConstVectorView<S>& s, MatrixView<S>& slope) const {
        for (Index i = 0; i < slope.rows(); ++i) {
            const Index label = code(y(i, 0));
            slope(i, label) = -sum_of_others(slope, i, label);
        }
        for (Index c = 0; c < classes_; ++c) slope.col(c).array() *= s.array();
    }

    static S sum_of_others(const MatrixView<S>& rows, Index i, Index label) {
        S sum(0);
        for (Index c = 0; c < rows.cols(); ++c)
            if (c != label) sum += rows(i, c);
        return sum;
    }

    Index classes_;
};

}  // namespace gradus
