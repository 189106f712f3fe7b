#pragma once
// Softmax over the columns of a block of eta.

#include <gradus/core/types.hpp>

namespace gradus {

/// out(i, c) = exp(eta(i, c) - largest(i)), largest(i) = max_c eta(i, c): every entry in [0, 1] and one of each row
/// equal to 1, so nothing overflows and the sum of a row lies in [1, K].
template <Scalar S, class Largest>
void exp_below_largest(const ConstMatrixView<S>& eta, MatrixView<S> out, Largest& largest) {
    for (Index i = 0; i < eta.rows(); ++i) largest[i] = eta(i, 0);
    for (Index c = 1; c < eta.cols(); ++c)
        for (Index i = 0; i < eta.rows(); ++i) largest[i] = largest[i] < eta(i, c) ? eta(i, c) : largest[i];
    for (Index c = 0; c < eta.cols(); ++c) out.col(c) = (eta.col(c).array() - largest).exp();
}

/// Probabilities p(i, c) = exp(eta(i, c)) / sum_d exp(eta(i, d)).
template <Scalar S>
Matrix<S> softmax(const ConstMatrixView<S>& eta) {
    Matrix<S> p(eta.rows(), eta.cols());
    Eigen::Array<S, Eigen::Dynamic, 1> largest(eta.rows());
    exp_below_largest<S>(eta, p, largest);
    const Vector<S> total = p.rowwise().sum();
    for (Index c = 0; c < p.cols(); ++c) p.col(c).array() /= total.array();
    return p;
}

/// log p(i, c) = eta(i, c) - largest - log(sum): finite where the probability itself underflows to zero.
template <Scalar S>
Matrix<S> log_softmax(const ConstMatrixView<S>& eta) {
    Matrix<S> p(eta.rows(), eta.cols());
    Eigen::Array<S, Eigen::Dynamic, 1> largest(eta.rows());
    exp_below_largest<S>(eta, p, largest);
    // one entry of the row is 1: log1p of the sum of the others keeps the digits of a probability close to one
    Eigen::Array<S, Eigen::Dynamic, 1> others(eta.rows());
    for (Index i = 0; i < eta.rows(); ++i) {
        others[i] = S(0);
        bool skipped = false;
        for (Index c = 0; c < p.cols(); ++c) {
            if (!skipped && p(i, c) == S(1)) skipped = true;
            else others[i] += p(i, c);
        }
    }
    const Eigen::Array<S, Eigen::Dynamic, 1> log_total = others.log1p();
    for (Index c = 0; c < p.cols(); ++c) p.col(c) = eta.col(c).array() - largest - log_total;
    return p;
}

}  // namespace gradus
