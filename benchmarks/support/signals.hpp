// A few signals among many features.
#pragma once

#include "benchmarks/support/problems.hpp"

namespace gradus::bench {

/// 2000 x 10000 normal numbers, neighbours correlated by a half, of which 100 matter; noise a third of the signal.
struct Signals {
    Eigen::MatrixXd X;
    Eigen::VectorXd y;

    explicit Signals(Index n = is_smoke() ? 100 : 2'000, Index p = is_smoke() ? 300 : 10'000) : X(n, p), y(n) {
        Random random(21);
        for (Index j = 0; j < p; ++j)
            for (Index i = 0; i < n; ++i)
                X(i, j) = j > 0 ? 0.5 * X(i, j - 1) + std::sqrt(0.75) * random.normal() : random.normal();
        y.setZero();
        for (Index l = 0; l < 100; ++l) y += random.normal() * X.col(l * p / 100);
        for (double& target : y) target += 3 * random.normal();
    }
};

}  // namespace gradus::bench
