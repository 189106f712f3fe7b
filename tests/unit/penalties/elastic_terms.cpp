// Lasso and elastic net as functions: value, prox, distance to the subdifferential.

#include "support/catch.hpp"
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/objectives/composite.hpp>
#include <gradus/objectives/elastic_part.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/lasso.hpp>

using namespace gradus;
using namespace gradus::test;

static_assert(CornerPenalty<Lasso> && ElasticPenalty<Lasso> && !SmoothPenalty<Lasso>);
static_assert(CornerPenalty<ElasticNet> && ElasticPenalty<ElasticNet, float> && CornerPart<ElasticPart<double>>);

namespace {

// v minimises penalty(v) + |v - w|^2 / (2 t) where (w - v) / t is a subgradient at v.
template <class P>
void check_prox(const P& penalty, const Matrix<double>& W, const Vector<double>& steps) {
    Matrix<double> V = W;
    penalty.template prox<double>(steps, V);
    Matrix<double> G = V - W, distance(W.rows(), W.cols());
    for (Index j = 0; j < W.rows(); ++j) G.row(j) /= steps[j];
    penalty.template subdifferential_distance<double>(Coefficients<double>(V), G, distance);
    CHECK(distance.maxCoeff() <= 1e-13);
    CHECK(distance.minCoeff() >= 0);
}

}  // namespace

TEST_CASE("Prox and subdifferential of lasso and elastic net belong together", "[penalties]") {
    Random random(601);
    const Matrix<double> W = 2 * normal_matrix<double>(random, 30, 3);
    const Vector<double> steps = uniform_vector<double>(random, 30, 0.1, 4),
                         factors = uniform_vector<double>(random, 30, 0, 2);
    for (const double lambda : {0.0, 0.4, 100.0}) {
        check_prox(Lasso{lambda}, W, steps);
        check_prox(Lasso{lambda, factors}, W, steps);
        for (const double ratio : {0.0, 0.3, 1.0}) check_prox(ElasticNet{lambda, ratio, factors}, W, steps);
    }
    const Lasso lasso{0.7};
    CHECK_THAT(lasso.value<double>(Coefficients<double>(W)),
               near(0.7 * W.cwiseAbs().sum(), tolerance::product<double>));
    const ElasticNet net{0.7, 0.3};
    CHECK_THAT(net.value<double>(Coefficients<double>(W)),
               near(0.7 * (0.3 * W.cwiseAbs().sum() + 0.35 * W.squaredNorm()), tolerance::product<double>));
    CHECK(soft_threshold(0.5, 0.5) == 0);
    CHECK(soft_threshold(-0.75, 0.5) == -0.25);
}

TEST_CASE("Penalties refuse what they cannot mean", "[penalties]") {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double lambda : {-1.0, infinity, std::nan("")}) {
        CHECK_THROWS_AS(Lasso{lambda}.check(3), std::invalid_argument);
        CHECK_THROWS_AS((ElasticNet{lambda, 0.5}.check(3)), std::invalid_argument);
    }
    for (const double ratio : {-0.1, 1.1, std::nan("")})
        CHECK_THROWS_AS((ElasticNet{1, ratio}.check(3)), std::invalid_argument);
    CHECK_THROWS_AS((Lasso{1, Eigen::Vector2d(1, 1)}.check(3)), std::invalid_argument);
    CHECK_THROWS_AS((Lasso{1, Eigen::Vector2d(1, -1)}.check(2)), std::invalid_argument);
}
