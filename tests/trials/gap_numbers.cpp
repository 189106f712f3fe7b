#include "trials/gap_fits.hpp"
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/lasso.hpp>

namespace gradus::test {

using Wide = long double;

Gaps lasso_gaps(const GapTrial& t) {
    const Lasso penalty{t.lambda};
    return gaps_of(LinearRegression<double, Lasso>{{.penalty = penalty}},
                   LinearRegression<Wide, Lasso>{{.penalty = penalty}}, t, t.y, wider(t.y), CoordinateDescent{});
}
Gaps poisson_gaps(const GapTrial& t) {
    const ElasticNet penalty{t.lambda, t.l1_ratio};
    return gaps_of(PoissonRegression<double, ElasticNet>{{.penalty = penalty}},
                   PoissonRegression<Wide, ElasticNet>{{.penalty = penalty}}, t, t.counts, wider(t.counts),
                   CoordinateDescent{});
}
Gaps huber_gaps(const GapTrial& t) {
    const Lasso penalty{t.lambda};
    return gaps_of(HuberRegression<double, Lasso>{{.penalty = penalty}},
                   HuberRegression<Wide, Lasso>{{.penalty = penalty}}, t, t.y, wider(t.y), CoordinateDescent{});
}

}  // namespace gradus::test
