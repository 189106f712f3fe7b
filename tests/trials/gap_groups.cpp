#include "trials/gap_fits.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/penalties/bounds.hpp>
#include <gradus/penalties/group_lasso.hpp>

namespace gradus::test {

using Wide = long double;

Gaps group_gaps(const GapTrial& t) {
    GroupLasso penalty{.lambda = t.lambda};
    if (t.seed % 2)
        for (Index j = 0; j < t.X.cols(); ++j) penalty.groups.push_back(j % ((t.X.cols() + 2) / 3));
    return gaps_of(LogisticRegression<double, GroupLasso>{{.penalty = penalty}},
                   LogisticRegression<Wide, GroupLasso>{{.penalty = penalty}}, t, t.classes, t.classes,
                   CoordinateDescent{});
}
Gaps bound_gaps(const GapTrial& t) {
    const Index p = t.X.cols();
    const Bounds penalty{Eigen::VectorXd::Constant(p, -t.lambda), Eigen::VectorXd::Constant(p, 2 * t.lambda)};
    return gaps_of(LinearRegression<double, Bounds>{{.penalty = penalty}},
                   LinearRegression<Wide, Bounds>{{.penalty = penalty}}, t, t.y, wider(t.y), CoordinateDescent{});
}

}  // namespace gradus::test
