#pragma once
// Rows for paths of penalties with corners: five of the columns matter.

#include "support/problems.hpp"

namespace gradus::test {

struct PathData {
    Matrix<double> X;
    Vector<double> y;
    Eigen::VectorXi classes;
};
inline PathData draw_path_data(std::uint64_t seed, Index n, Index p) {
    Random random(seed);
    PathData data{normal_matrix<double>(random, n, p), normal_vector<double>(random, n), Eigen::VectorXi(n)};
    data.y.array() += 10;
    for (Index j = 0; j < 5; ++j) data.y += (j % 2 ? -1.0 : 1.5) * data.X.col(3 * j % p);
    for (Index i = 0; i < n; ++i) data.classes[i] = data.y[i] < 9 ? 0 : data.y[i] < 11 ? 1 : 2;
    return data;
}

}  // namespace gradus::test
