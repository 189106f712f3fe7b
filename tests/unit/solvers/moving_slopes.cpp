// The slopes of a parabola, whose coordinates move one after another.

#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/solvers/iterative/elastic_quadratic.hpp>

using namespace gradus;
using namespace gradus::test;

TEST_CASE("slopes follow every move, whether it waits or not", "[solvers]") {
    Random random(631);
    const Index d = 23;
    const Matrix<double> A = normal_matrix<double>(random, 2 * d, d), H = A.transpose() * A;
    const Matrix<float> rounded = H.cast<float>();
    for (const bool rounds : {false, true}) {
        detail::MovingSlopes<double> slopes(H, Vector<double>::Ones(d));
        Vector<double> z = Vector<double>::Zero(d), own = z;
        for (int move = 0; move < 14; ++move) {
            if (rounds && move == 2) slopes.round_to(rounded);
            const Index j = static_cast<Index>(random.bits() % d);
            const double change = random.normal();
            z[j] += change;
            own[j] += 0.1 * change;
            slopes.move(j, change, 0.1 * change);
            const Vector<double> expected = Vector<double>::Ones(d) + H * z + own;
            double error = 0;
            for (Index l = 0; l < d; ++l) error = std::max(error, std::abs(slopes[l] - expected[l]));
            CHECK(error <= (rounds ? 1e-6 : 1e-14) * expected.norm());
            if (rounds && move > 3) CHECK(error >= 1e-10 * expected.norm());
            if (move % 6 == 5) CHECK((slopes.all() - expected).norm() <= (rounds ? 1e-6 : 1e-14) * expected.norm());
        }
    }
}

TEST_CASE("moves in single precision lead to the minimum, to their digits", "[solvers]") {
    Random random(632);
    const Index d = 40;
    const Matrix<double> A = normal_matrix<double>(random, 3 * d, d), H = A.transpose() * A / (3.0 * d);
    const Matrix<float> rounded = H.cast<float>();
    const ElasticPart<double> part(Vector<double>::Constant(d, 0.3), Vector<double>::Constant(d, 0.1));
    const Vector<double> x = normal_vector<double>(random, d), g = 2 * normal_vector<double>(random, d);
    ElasticQuadratic<double> exact(H, part, x, g, 0), by_rounded(H, part, x, g, 0);
    by_rounded.round_moves_to(rounded);
    const Vector<double> allowed = Vector<double>::Constant(d, 1e-7), z = exact.minimise(),
                         near = by_rounded.minimise(2000, allowed);
    CHECK((near - z).norm() <= 1e-5 * z.norm());
    CHECK(near != z);
    for (Index j = 0; j < d; ++j) CHECK((near[j] == 0) == (z[j] == 0));
    CHECK(std::abs(by_rounded.change() - exact.change()) <= 1e-6 * std::abs(exact.change()));
}
