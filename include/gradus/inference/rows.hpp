#pragma once
// The rows of the data in the metric of the information: what robust covariances and influence are made of. And
// probabilities of classes.

#include <gradus/inference/inference.hpp>

#include <cmath>

namespace gradus::detail {

/// One row: Q = R^-T J_i' (r x k; of a linear model r x 1, one for all targets), so that Q'Q = J_i (R'R)^-1 J_i'; slope
/// g_i (k numbers) and curvature C_i of its loss, the latter packed as in pair_index, both times the weight s that the
/// user gave it.
template <Scalar S>
struct WhitenedRow {
    Index index = 0;
    S s{0};
    Matrix<S> Q;
    Vector<S> slope, curvature;

    S curvature_of(Index a, Index b) const {
        return curvature[pair_index(std::max(a, b), std::min(a, b), slope.size())];
    }

    /// z = R^-T J_i' g_i, the score, in these units of the targets, of which all but a linear model have one; of a
    /// linear model those of the targets one after another.
    Vector<S> score(const Vector<S>& unit) const {
        const Index k = slope.size(), r = Q.rows();
        Vector<S> z = Vector<S>::Zero(Q.cols() < k ? r * k : r);
        for (Index c = 0; c < k; ++c)
            for (Index m = 0; m < r; ++m) {
                if (Q.cols() < k) z[c * r + m] = Q(m, 0) * (unit[c] * slope[c]);
                else z[m] += Q(m, c) * (unit[0] * slope[c]);
            }
        return z;
    }
    /// The leverage: the trace of C_i J_i (R'R)^-1 J_i'; of a linear model s |q|^2.
    S leverage() const {
        S sum(0);
        for (Index a = 0; a < Q.cols(); ++a)
            for (Index b = 0; b <= a; ++b) {
                S square(0);
                for (Index m = 0; m < Q.rows(); ++m) square += Q(m, a) * Q(m, b);
                sum += S(a == b ? 1 : 2) * curvature_of(a, b) * square;
            }
        return sum;
    }
};

/// at(row) for each row of the block that weighs something. O(k r^2) each.
template <Scalar S, class At>
void for_each_whitened(const Fitted<S>& fit, const EvaluatedRows<S>& rows, At&& at) {
    const Index k = fit.outputs();
    const S unit = fit.walk().sample().weight_scale;
    auto slope = rows.slope(), curvature = rows.curvature();
    fit.loss().derivatives(rows.y, rows.eta, rows.s, slope, curvature);
    WhitenedRow<S> row;
    row.Q.resize(fit.information.rank(), fit.is_linear() ? 1 : k);
    Vector<S> direction(fit.theta().size());
    fit.walk().for_each_row(rows, [&](Index i, const auto& add) {
        if (!(rows.s[i] > S(0))) return;
        row.index = rows.block.first() + i;
        row.s = rows.s[i] / unit;
        row.slope = slope.row(i).transpose() / unit;
        row.curvature = curvature.row(i).transpose() / unit;
        for (Index c = 0; c < row.Q.cols(); ++c) {
            direction.setZero();
            add(c, S(1), direction);
            row.Q.col(c) = fit.information.kept(direction);
        }
        solve_upper_transposed<S>(fit.information.R, row.Q);
        at(std::as_const(row));
    });
}

/// The probability of one class at one row, by its logarithm, with two derivatives with respect to eta: from the loss
/// alone.
template <Scalar S>
class ClassProbability {
public:
    explicit ClassProbability(const AnyLoss<S>& of)
        : loss_(&of),
          y_(1, 1),
          slope_(1, of.outputs()),
          curvature_(1, pair_count(of.outputs())),
          one_(Vector<S>::Ones(1)) {}

    /// eta: 1 x k
    void evaluate(Index code, const ConstMatrixView<S>& eta) {
        y_(0, 0) = S(static_cast<double>(code));
        loss = loss_->derivatives(y_, eta, one_, slope_, curvature_);
    }
    S probability() const {
        using std::exp;
        return exp(S(-loss));
    }
    /// 1 - P without cancellation.
    S complement() const {
        using std::expm1;
        return -expm1(S(-loss));
    }
    S slope(Index a) const { return -probability() * slope_(0, a); }
    S curvature(Index a, Index b) const {
        const Index k = slope_.cols(), pair = pair_index(std::max(a, b), std::min(a, b), k);
        return probability() * (slope_(0, a) * slope_(0, b) - curvature_(0, pair));
    }
    /// d log(P / (1 - P)) / d eta_a.
    S logit_slope(Index a) const { return -slope_(0, a) / complement(); }
    S logit() const {
        using std::log;
        return -loss - log(complement());
    }

    S loss{0};  ///< -log P

private:
    const AnyLoss<S>* loss_;
    Matrix<S> y_, slope_, curvature_;
    Vector<S> one_;
};

}  // namespace gradus::detail
