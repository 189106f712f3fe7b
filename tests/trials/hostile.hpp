// Problems that are hard on a fit: conditioning, scales, shifts, weights, dependent columns, few rows.
#pragma once

#include "support/problems.hpp"

#include <Eigen/Core>
#include <cmath>

namespace gradus::trials {

enum class Kind { linear, multi_output, ridge, binary, multinomial, ordinal, poisson, huber, probit, cloglog, counted };
inline constexpr const char* kind_names[] = {"linear",  "multi-output", "ridge",  "binary",  "multinomial", "ordinal",
                                             "Poisson", "Huber",        "probit", "cloglog", "counted"};
inline constexpr int kind_count = 11;
inline bool is_ordinal(Kind kind) { return kind == Kind::ordinal || kind == Kind::probit || kind == Kind::cloglog; }
enum class SolverKind { qr, cholesky, svd, newton, newton_cg, lbfgs, cg };
inline constexpr const char* solver_names[] = {"QR", "Cholesky", "SVD", "Newton", "Newton-CG", "L-BFGS", "CG"};
enum class StorageKind { dense, sparse, rows };
inline constexpr const char* storage_names[] = {"", ", sparse", ", rows"};
enum class ScalarKind { single, normal, extended };
inline constexpr const char* scalar_names[] = {"float", "double", "long double"};

/// Data as they are handed to fit(), every number one that the scalar of the model holds.
struct Hostile {
    Kind kind = Kind::linear;
    SolverKind solver = SolverKind::qr;
    ScalarKind scalar = ScalarKind::normal;
    StorageKind storage = StorageKind::dense;
    bool intercept = true;
    Eigen::MatrixXd X, Y;                     ///< Y: numbers, counts, or codes of classes
    Eigen::VectorXd weights, offset, trials;  ///< empty: none
    double lambda = 0, delta = 1;
    Index classes = 0;
};

namespace detail {

inline bool happens(Random& random, double chance) { return random.uniform() < chance; }
inline double power(Random& random, double low, double high) { return std::pow(10.0, random.uniform(low, high)); }

/// Columns that share more and more of their values, then duplicates, shifts and scales.
/// The powers of ten that are left to scales: 1e-37 to 1e37 in float, 1e-300 to 1e300 otherwise.
inline double far_of(double digits) { return digits < 10 ? 30 : 290; }

inline Eigen::MatrixXd draw_columns(Random& random, Index n, Index p, double digits, bool may_shift) {
    Eigen::MatrixXd X = test::normal_matrix<double>(random, n, p);
    if (happens(random, 0.3)) X = (X * 16).array().round() / 16;
    const double share = happens(random, 0.6) ? power(random, -0.875 * digits, 0) : 1;
    for (Index j = 1; j < p; ++j)
        if (share < 1 && happens(random, 0.7)) X.col(j) = X.col(0) + share * X.col(j);
    const bool has_copy = p > 1 && happens(random, 0.15);
    if (has_copy) X.col(p - 1) = X.col(0) * (happens(random, 0.5) ? 1 : -2);
    // least norm among columns of unlike units is beyond a hundred digits where the units are as far apart as these
    const double far = has_copy || n <= p ? 6 : far_of(digits);
    for (Index j = 0; j < p; ++j) {
        if (may_shift && happens(random, 0.15)) X.col(j).array() += power(random, 0, 0.5 * digits);
        if (happens(random, 0.2)) X.col(j) *= power(random, -3, 3);
        else if (happens(random, 0.05)) X.col(j) *= power(random, -far, far);
    }
    return X;
}

inline Eigen::VectorXd draw_weights(Random& random, Index n, Eigen::MatrixXd& X, double digits) {
    if (happens(random, 0.6)) return {};
    const double range = happens(random, 0.5) ? 0.5 : 0.4 * digits;
    Eigen::VectorXd s(n);
    for (Index i = 0; i < n; ++i) s[i] = power(random, -range, range);
    if (happens(random, 0.3)) {  // a row without weight, whatever stands in it
        const Index i = static_cast<Index>(random.below(static_cast<std::uint64_t>(n)));
        s[i] = 0;
        X.row(i).setConstant(power(random, 0, far_of(digits)));
    }
    return s;
}

/// Class codes 0 ... K - 1, each there at least once, from eta that says something about them.
inline Eigen::VectorXd draw_codes(Random& random, const Eigen::VectorXd& eta, Index classes) {
    Eigen::VectorXd y(eta.size());
    for (Index i = 0; i < y.size(); ++i) {
        const double noisy = eta[i] + 1.5 * random.normal();
        y[i] = 0;
        for (Index c = 1; c < classes; ++c)
            y[i] += noisy > 1.2 * (static_cast<double>(c) - static_cast<double>(classes) / 2);
        if (i < classes) y[i] = static_cast<double>(i);
    }
    return y;
}

inline Eigen::MatrixXd draw_numbers(Random& random, const Eigen::MatrixXd& Z, Index targets, double digits) {
    Eigen::MatrixXd Y(Z.rows(), targets);
    const double noise = happens(random, 0.2) ? 0 : power(random, -4, 0.5);
    for (Index t = 0; t < targets; ++t) {
        Y.col(t) =
            Z * test::normal_vector<double>(random, Z.cols()) + noise * test::normal_vector<double>(random, Z.rows());
        if (happens(random, 0.1)) Y.col(t).array() += power(random, 0, 0.4 * digits);
        if (happens(random, 0.1)) Y.col(t) *= power(random, -far_of(digits), far_of(digits));
        else if (targets > 1) Y.col(t) *= power(random, -6, 6);
    }
    return Y;
}

template <class Numbers>
void round_to_float(Numbers& numbers) {
    numbers = numbers.template cast<float>().template cast<double>().eval();
}

/// Noise, and where an intercept can take it up a constant of any size beside it.
inline Eigen::VectorXd draw_offset(Random& random, Index n, bool may_shift, double digits) {
    Eigen::VectorXd offset = test::normal_vector<double>(random, n);
    if (may_shift && happens(random, 0.4)) offset.array() += power(random, 0, 0.9 * digits);
    return offset;
}

}  // namespace detail

/// From a billion on, of every kind and storage, and with offsets of any size; below that of the first seven kinds.
inline Hostile draw_problem(std::uint64_t seed) {
    using namespace detail;
    Random random(0x9E3779B9u + 7919 * seed);
    Hostile out;
    const bool is_of_any_kind = seed >= 1'000'000'000;
    out.kind = static_cast<Kind>(random.below(is_of_any_kind ? kind_count : 7));
    const bool is_linear = out.kind <= Kind::ridge;
    out.solver = static_cast<SolverKind>(is_linear && happens(random, 0.6) ? random.below(3) : 3 + random.below(4));
    out.scalar = happens(random, 0.7)   ? ScalarKind::normal
                 : happens(random, 0.5) ? ScalarKind::single
                                        : ScalarKind::extended;
    if (happens(random, 0.15)) out.storage = StorageKind::sparse;
    else if (is_of_any_kind && happens(random, 0.2)) out.storage = StorageKind::rows;
    out.intercept = is_ordinal(out.kind) || happens(random, 0.75);
    const double digits = out.scalar == ScalarKind::single ? 6 : 15.5;
    const bool is_wide = is_linear && happens(random, 0.12), is_saturated = is_linear && happens(random, 0.1);
    Index p = is_wide ? 3 + static_cast<Index>(random.below(5)) : 1 + static_cast<Index>(random.below(4));
    Index n = is_wide        ? 2 + static_cast<Index>(random.below(3))
              : is_saturated ? p + out.intercept
              : is_linear    ? p + 1 + static_cast<Index>(random.below(12))
                             : 10 + 4 * p + static_cast<Index>(random.below(20));
    out.X = draw_columns(random, n, p, digits, out.intercept);
    if (out.storage == StorageKind::sparse)
        for (Index i = 0; i < n; ++i)
            for (Index j = 0; j < p; ++j)
                if (happens(random, 0.3)) out.X(i, j) = 0;
    Eigen::MatrixXd Z = out.X;  // what the targets are made of
    for (Index j = 0; j < p; ++j) {
        const double unit = Z.col(j).cwiseAbs().maxCoeff();
        if (unit > 0) Z.col(j) /= unit;
    }
    out.weights = draw_weights(random, n, out.X, digits);
    if (is_linear || out.kind == Kind::huber)
        out.Y = draw_numbers(random, Z, out.kind == Kind::multi_output ? 3 : 1, digits);
    const Eigen::VectorXd eta = Z * test::normal_vector<double>(random, p);
    out.classes = out.kind == Kind::binary ? 2 : 3 + static_cast<Index>(random.below(2));
    if (out.kind == Kind::poisson) out.Y = (eta.array() + 0.5 * random.normal()).exp().round();
    else if (out.kind == Kind::huber) {
        const double middle = out.Y.col(0).mean();
        out.delta = (out.Y.array() - middle).abs().mean() * power(random, -2, 1);
        for (Index i = 0; i < n / 5; ++i) out.Y(i, 0) += 20 * random.normal() * (out.Y(i, 0) - middle);
    } else if (out.kind == Kind::counted) {
        out.Y.resize(n, 1), out.trials.resize(n);
        for (Index i = 0; i < n; ++i) {
            out.trials[i] = 1 + static_cast<double>(random.below(20));
            const double share = 1 / (1 + std::exp(-eta[i] - random.normal()));
            out.Y(i, 0) = std::round(share * out.trials[i]);
        }
    } else if (!is_linear) out.Y = draw_codes(random, eta, out.classes);
    if (out.kind == Kind::poisson)
        for (Index i = 0; i < n; ++i) out.Y(i, 0) += static_cast<double>(random.below(3));
    if (out.kind == Kind::ridge) out.lambda = power(random, happens(random, 0.2) ? -30 : -8, 1);
    if (is_of_any_kind) {
        if (out.kind != Kind::multi_output && out.kind != Kind::multinomial && happens(random, 0.3))
            out.offset = draw_offset(random, n, out.intercept, digits);
    } else if ((out.kind == Kind::linear || out.kind == Kind::poisson || out.kind == Kind::binary) &&
               happens(random, 0.15))
        out.offset = test::normal_vector<double>(random, n);
    if (out.scalar == ScalarKind::single) {
        round_to_float(out.X), round_to_float(out.Y);
        round_to_float(out.weights), round_to_float(out.offset);
        out.delta = static_cast<double>(static_cast<float>(out.delta));
    }
    return out;
}

}  // namespace gradus::trials
