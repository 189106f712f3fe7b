#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/solvers/iterative/curvature_system.hpp>
#include <gradus/solvers/iterative/newton.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

Matrix<double> gram(std::uint64_t seed, Index rows, Index size) {
    Random random(seed);
    const Matrix<double> A = normal_matrix<double>(random, rows, size);
    return A.transpose().lazyProduct(A);
}

}  // namespace

TEST_CASE("a definite Hessian is solved, whatever the units of its parameters", "[newton]") {
    Matrix<double> H = gram(89, 20, 5);
    const Vector<double> units = (Vector<double>(5) << 1, 1e-8, 1e9, 3, 1e-3).finished();
    H = units.asDiagonal() * H * units.asDiagonal();
    const Vector<double> x = units.cwiseInverse();
    CurvatureSystem<double> system;
    system.factor(H);
    CHECK(system.rank() == 5);
    CHECK(!system.is_shifted());
    CHECK(error_of(system.solve(H.lazyProduct(x)).cwiseProduct(units), Vector<double>::Ones(5)) <=
          tolerance::second_order<double>);
    CHECK(system.condition() < 100);
}

TEST_CASE("the condition number is that of the scaled Hessian", "[newton]") {
    // unit diagonal, 1 + 0.999 and 1 - 0.999 the eigenvalues, so 1999; the iteration starts nowhere special
    Matrix<double> H(2, 2);
    H << 4, 2 * 0.999 * 100, 2 * 0.999 * 100, 1e4;
    CurvatureSystem<double> system;
    system.factor(H);
    CHECK_THAT(system.condition(), near(1999, 0.01));
}

TEST_CASE("a semidefinite Hessian is solved in the parameters that its rank allows", "[newton]") {
    const Matrix<double> H = gram(97, 3, 5);  // rank 3
    Random random(101);
    const Vector<double> r = H.lazyProduct(normal_vector<double>(random, 5));
    CurvatureSystem<double> system;
    system.factor(H);
    CHECK(system.rank() == 3);
    CHECK(!system.is_shifted());
    const Vector<double> d = system.solve(r);
    CHECK(error_of(H.lazyProduct(d), r) <= tolerance::second_order<double>);
    CHECK((d.array() == 0).count() == 2);
    CHECK(std::isinf(system.condition()));
}

TEST_CASE("parameters without curvature get no step", "[newton]") {
    CurvatureSystem<double> system;
    system.factor(Matrix<double>::Zero(3, 3));
    CHECK(system.rank() == 0);
    CHECK(system.solve(Vector<double>::Ones(3)).isZero(0));
}

// A pivoted factorisation that gives up before its end must not leave its rank behind.
TEST_CASE("an indefinite Hessian gives a descent direction", "[newton]") {
    const Vector<double> g = Eigen::Vector3d(1, -2, 3);
    for (const auto& diagonal :
         {Eigen::Vector3d(1, -1, 2), Eigen::Vector3d(-1, -1, -5), Eigen::Vector3d(1e-12, 1, -1e-3)}) {
        Matrix<double> H = diagonal.asDiagonal();
        H(1, 0) = H(0, 1) = 0.1;
        CurvatureSystem<double> system;
        system.factor(H);
        CHECK(system.is_shifted());
        CHECK(system.rank() == 3);
        CHECK(g.dot(system.solve(g)) > 0);
    }
}

// Zero on the diagonal but not beside it: eigenvalues 1 and -1, and a pivoted factorisation sees no pivot.
TEST_CASE("an indefinite Hessian with a zero diagonal gives a descent direction", "[newton]") {
    Matrix<double> H(2, 2);
    H << 0, 1, 1, 0;
    const Vector<double> g = Eigen::Vector2d(1, 1);
    CurvatureSystem<double> system;
    system.factor(H);
    CHECK(g.dot(system.solve(g)) > 0);
}

TEST_CASE("a vanishing diagonal entry beside large ones leaves the other parameters their steps", "[newton]") {
    Matrix<double> H(2, 2);
    H << 1e12, -1e4, -1e4, 1e-43;
    const Vector<double> g = Eigen::Vector2d(-1e6, 0);
    CurvatureSystem<double> system;
    system.factor(H);
    CHECK(system.solve(g, -1.0)[0] > 1e-9);  // 1e-6 without the other parameter
}

TEST_CASE("a curvature that has vanished is held for a while, and then forgotten", "[newton]") {
    CurvatureSystem<double> system;
    system.factor(Matrix<double>::Constant(1, 1, 1e30));
    const Vector<double> g = Vector<double>::Ones(1);
    const Matrix<double> H = Matrix<double>::Constant(1, 1, 1e-12);
    system.factor(H);
    CHECK(system.is_shifted());
    CHECK(system.solve(g)[0] == 0);
    for (int i = 0; i < 10; ++i) system.factor(H);
    CHECK(!system.is_shifted());
    CHECK_THAT(system.solve(g)[0], near(1e12, tolerance::rounding<double>));
}

TEST_CASE("systems of all sizes around a block are solved", "[newton]") {
    for (const Index size : {1, 2, 7, 31, 64, 65}) {
        const Matrix<double> H = gram(103, 3 * size, size);
        CurvatureSystem<double> system;
        system.factor(H);
        CHECK(error_of(system.solve(H.lazyProduct(Vector<double>::Ones(size))), Vector<double>::Ones(size)) <=
              tolerance::second_order<double>);
    }
}
