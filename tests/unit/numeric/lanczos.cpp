// Lanczos against what is known by construction, and bounds that may never lie below the truth.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/numeric/eigenvalue_bound.hpp>
#include <gradus/numeric/jacobi.hpp>

#include <algorithm>
#include <functional>

using namespace gradus;
using namespace gradus::test;

namespace {

// Q diag(lambda) Q'
Matrix<double> with_spectrum(Random& random, const Vector<double>& lambda) {
    const Matrix<double> Q = orthonormal<double>(random, lambda.size(), lambda.size());
    Matrix<double> A = Q.lazyProduct(lambda.asDiagonal() * Q.transpose());
    return (A + A.transpose()) / 2;
}

auto times(const Matrix<double>& A) {
    return [&A](const Vector<double>& v, Vector<double>& out) { out = A.lazyProduct(v); };
}

}  // namespace

TEST_CASE("Eigenvalues of a tridiagonal matrix with a formula", "[lanczos]") {
    const Index m = 40;
    Vector<double> a = Vector<double>::Constant(m, 2.0);
    Matrix<double> Z = Matrix<double>::Identity(m, m);
    REQUIRE(tridiagonal_eigenvalues<double>(a, Vector<double>::Constant(m - 1, -1.0), Z));
    for (Index i = 0; i < m; ++i) {
        const double angle = std::numbers::pi * static_cast<double>(i + 1) / static_cast<double>(2 * (m + 1));
        CHECK_THAT(a[i], near(4 * std::pow(std::sin(angle), 2), tolerance::product<double>));
        Vector<double> left = (2 - a[i]) * Z.col(i);
        left.head(m - 1) -= Z.col(i).tail(m - 1);
        left.tail(m - 1) -= Z.col(i).head(m - 1);
        CHECK(left.norm() <= tolerance::product<double>);
    }
    CHECK(error_of((Z.transpose().lazyProduct(Z)).eval(), Matrix<double>::Identity(m, m)) <=
          tolerance::product<double>);
    Vector<double> zero = Vector<double>::Zero(3);
    Matrix<double> none(0, 3);
    CHECK(tridiagonal_eigenvalues<double>(zero, Vector<double>::Zero(2), none));
    Vector<double> broken = Vector<double>::Constant(4, std::numeric_limits<double>::quiet_NaN());
    Matrix<double> no_rows(0, 4);
    tridiagonal_eigenvalues<double>(broken, Vector<double>::Ones(3), no_rows);  // ends
}

TEST_CASE("A whole spectrum, its vectors and weights", "[lanczos]") {
    Random random(5);
    Vector<double> lambda(30);
    for (Index i = 0; i < 30; ++i) lambda[i] = std::pow(10.0, -static_cast<double>(i) / 10) * (i == 7 ? -1 : 1);
    const Matrix<double> A = with_spectrum(random, lambda);
    const Vector<double> v = normal_vector<double>(random, 30);
    const Spectrum<double> all = lanczos<double>(times(A), v, {.largest = 0, .smallest = 0});
    REQUIRE(all.is_whole);
    REQUIRE(all.values.size() == 30);
    std::sort(lambda.data(), lambda.data() + 30);
    CHECK(error_of(all.values, lambda) <= tolerance::product<double>);
    CHECK_THAT(all.weights.sum(), near(1, tolerance::product<double>));
    CHECK(error_of(A.lazyProduct(all.vectors).eval(), (all.vectors * all.values.asDiagonal()).eval()) <=
          tolerance::product<double>);
    for (Index i = 0; i < 30; ++i)
        CHECK_THAT(all.weights[i],
                   near(std::pow(all.vectors.col(i).dot(v) / v.norm(), 2), 0, tolerance::product<double>));
}

TEST_CASE("Few steps of Lanczos are Gauss quadrature", "[lanczos]") {
    Random random(6);
    const Matrix<double> A = with_spectrum(random, uniform_vector<double>(random, 40, 0.1, 2));
    const Vector<double> v = normal_vector<double>(random, 40);
    const Spectrum<double> some = lanczos<double>(times(A), v, {.max_products = 5, .largest = 0, .smallest = 0});
    REQUIRE(some.values.size() == 5);
    CHECK(some.products == 5);
    Vector<double> power = v;
    for (int degree = 0; degree <= 10; ++degree, power = A.lazyProduct(power).eval()) {
        double quadrature = 0;
        for (Index i = 0; i < 5; ++i) quadrature += some.weights[i] * std::pow(some.values[i], degree);
        const double moment = v.dot(power) / v.dot(v);
        INFO(degree);
        if (degree < 10) CHECK_THAT(quadrature, near(moment, tolerance::product<double>));
        else CHECK(std::abs(quadrature - moment) > tolerance::product<double> * moment);
    }
}

TEST_CASE("Lanczos stops where nothing is left", "[lanczos]") {
    Vector<double> lambda = Vector<double>::Constant(50, 3.0);
    lambda.head(2) << 1, 2;
    const Matrix<double> A = lambda.asDiagonal();
    const Spectrum<double> three = lanczos<double>(times(A), 50);
    CHECK(three.is_whole);
    CHECK(three.values.size() == 3);
    const Spectrum<double> zero = lanczos<double>([](const Vector<double>& v, Vector<double>& out) { out = 0 * v; }, 4);
    REQUIRE(zero.values.size() == 1);
    CHECK(zero.largest() == 0);
    CHECK(lanczos<double>(times(A), Vector<double>(Vector<double>::Zero(50))).empty());
    CHECK(lanczos<double>(times(A), 0).empty());
    const auto nan = [](const Vector<double>& v, Vector<double>& out) { out = v / 0.0 * 0.0; };
    CHECK(lanczos<double>(nan, 4).empty());
}

TEST_CASE("Bounds of eigenvalues hold and are close", "[lanczos]") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Random random(seed);
        const Index d = 1 + static_cast<Index>(random.below(60));
        Vector<double> lambda(d);
        const bool clustered = seed % 3 == 0, indefinite = seed % 5 == 0;
        for (Index i = 0; i < d; ++i) {
            lambda[i] = clustered ? 1 - 1e-5 * random.uniform() : std::pow(10, random.uniform(-8, 3));
            if (indefinite && i % 3 == 1) lambda[i] = -lambda[i];
        }
        const Matrix<double> A = with_spectrum(random, lambda);
        const double most = lambda.maxCoeff(), bound = eigenvalue_bound<double>(A);
        INFO("seed " << seed << ", d " << d);
        CHECK(bound >= most);
        CHECK(bound <= 1.005 * most);
        CHECK(is_eigenvalue_bound<double>(A, 1.001 * most));
        CHECK_FALSE(is_eigenvalue_bound<double>(A, most - 1e-9 * lambda.cwiseAbs().maxCoeff()));
        CHECK(eigenvalue_bound<double>(A, 0.5 * most) >= 1.5 * most);  // what the caller is not sure of
        CHECK(eigenvalue_bound<float>(A.cast<float>()) >= static_cast<float>(most) * (1 - 1e-5F));
    }
    CHECK(eigenvalue_bound<double>(Matrix<double>::Zero(3, 3)) == 0);
    CHECK(
        std::isnan(eigenvalue_bound<double>(Matrix<double>::Constant(2, 2, std::numeric_limits<double>::infinity()))));
}

TEST_CASE("Jacobi's rotations make a symmetric matrix diagonal", "[lanczos]") {
    Random random(23);
    for (const Vector<double>& lambda :
         {Vector<double>{{3, 1, 1, 0, -2}}, Vector<double>{{1e8, 1, 1e-8}}, Vector<double>{{7}}, Vector<double>{}}) {
        const Matrix<double> A = with_spectrum(random, lambda);
        Matrix<double> D = A;
        const Matrix<double> V = jacobi_eigenvectors(D);
        const Index m = lambda.size();
        CHECK((V.transpose().lazyProduct(V) - Matrix<double>::Identity(m, m)).norm() <= tolerance::product<double>);
        CHECK((V.lazyProduct(D.lazyProduct(V.transpose())) - A).norm() <= tolerance::product<double> * A.norm());
        Vector<double> found = D.diagonal();
        D.diagonal().setZero();
        CHECK(D.norm() <= tolerance::product<double> * A.norm());
        std::sort(found.begin(), found.end(), std::greater<>());
        CHECK((found - lambda).norm() <= tolerance::product<double> * A.norm());
    }
    Matrix<double> zero = Matrix<double>::Zero(3, 3);
    CHECK(jacobi_eigenvectors(zero) == Matrix<double>::Identity(3, 3));
}
