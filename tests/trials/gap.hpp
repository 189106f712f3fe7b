// A random problem for trials_duality_gap, and one function for each kind of fit, so that they compile side by side.
#pragma once

#include <gradus/core/random.hpp>
#include <gradus/core/types.hpp>
#include <gradus/models/fit_report.hpp>

#include <vector>

namespace gradus::test {

struct GapTrial {
    Eigen::MatrixXd X;
    Eigen::VectorXd y, counts;
    Eigen::VectorXi labels, classes;
    double lambda, l1_ratio;
    int steps;  // after which FISTA is stopped
    std::uint64_t seed;
};

struct Gap {
    double said, is, relative;  // what the report says, what is known to be missing
    bool is_last;               // of a run to the end
};
using Gaps = std::vector<Gap>;

/// n up to 45 and p up to 30, columns of unlike size and place, some of them alike, lambda over six powers of e.
inline GapTrial draw_gap_trial(Random& random) {
    const Index n = 6 + static_cast<Index>(random.below(40)), p = 1 + static_cast<Index>(random.below(30));
    GapTrial out{Eigen::MatrixXd(n, p),  Eigen::VectorXd(n),
                 Eigen::VectorXd(n),     Eigen::VectorXi(n),
                 Eigen::VectorXi(n),     std::exp(random.uniform(-6, 0)),
                 random.uniform(0.2, 1), static_cast<int>(random.below(60)),
                 random.bits()};
    const bool is_scaled = random.below(3) == 0;
    for (Index j = 0; j < p; ++j) {
        const bool is_copy = j > 0 && random.below(10) == 0;
        const double size = is_scaled ? std::exp(random.uniform(-3, 3)) : 1, place = is_scaled ? random.normal() : 0;
        for (Index i = 0; i < n; ++i) out.X(i, j) = is_copy ? out.X(i, j - 1) : size * (random.normal() + place);
    }
    for (Index i = 0; i < n; ++i) {
        double eta = 0;
        for (Index j = 0; j < std::min<Index>(p, 4); ++j)
            eta += (j % 2 ? -0.8 : 1) * out.X(i, j) / (is_scaled ? 10 : 1);
        const double z = eta + random.normal();
        out.y[i] = 4 + z;
        out.labels[i] = i < 2 ? static_cast<int>(i) : z > 0.2;
        out.classes[i] = i < 3 ? static_cast<int>(i) : z < -0.8 ? 2 : z < 0.7 ? 0 : 1;
        out.counts[i] = i == 0 ? 1 : std::floor(std::exp(std::min(3.0, 0.3 * eta)) * random.uniform(0, 3));
    }
    return out;
}

Gaps lasso_gaps(const GapTrial&);
Gaps logistic_gaps(const GapTrial&);
Gaps multinomial_gaps(const GapTrial&);
Gaps poisson_gaps(const GapTrial&);
Gaps huber_gaps(const GapTrial&);
Gaps ordinal_gaps(const GapTrial&);
Gaps group_gaps(const GapTrial&);
Gaps bound_gaps(const GapTrial&);

}  // namespace gradus::test
