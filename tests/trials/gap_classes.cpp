#include "trials/gap_fits.hpp"
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/lasso.hpp>

namespace gradus::test {

using Wide = long double;

Gaps logistic_gaps(const GapTrial& t) {
    const ElasticNet penalty{t.lambda, t.l1_ratio};
    return gaps_of(LogisticRegression<double, ElasticNet>{{.penalty = penalty}},
                   LogisticRegression<Wide, ElasticNet>{{.penalty = penalty}}, t, t.labels, t.labels,
                   CoordinateDescent{});
}
Gaps multinomial_gaps(const GapTrial& t) {
    const Lasso penalty{t.lambda};
    return gaps_of(LogisticRegression<double, Lasso>{{.penalty = penalty}},
                   LogisticRegression<Wide, Lasso>{{.penalty = penalty}}, t, t.classes, t.classes, CoordinateDescent{});
}
Gaps ordinal_gaps(const GapTrial& t) {
    const Lasso penalty{t.lambda};
    return gaps_of(OrdinalRegression<double, Lasso>{{.penalty = penalty}},
                   OrdinalRegression<Wide, Lasso>{{.penalty = penalty}}, t, t.classes, t.classes, CoordinateDescent{});
}

}  // namespace gradus::test
