#include "cases.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>

namespace gradus::test {

namespace {

constexpr double lambda = 0.25;

template <class Penalty>
LinearOptions<Penalty> options(const Data& data, bool has_intercept) {
    if constexpr (std::is_same_v<Penalty, Ridge>)
        return {.penalty = {.lambda = lambda, .factors = data.factors}, .fit_intercept = has_intercept};
    else return {.fit_intercept = has_intercept};
}

template <class Penalty>
Answer fit_single(const Data& data, bool has_intercept) {
    LinearRegression<double, Penalty> model{options<Penalty>(data, has_intercept)};
    const FitReport report = model.fit(Observations(data.X, data.Y).weights(data.s).offset(data.o));
    return {model.coefficients(), Eigen::VectorXd::Constant(1, model.intercept()), report};
}

template <class Penalty>
Answer fit_several(const Data& data, bool has_intercept) {
    MultivariateRegression<double, Penalty> model{options<Penalty>(data, has_intercept)};
    const FitReport report = model.fit(Observations(data.X, data.Y).weights(data.s).offset(data.o));
    return {model.coefficients(), model.intercept(), report};
}

}  // namespace

std::vector<Case> linear_cases() {
    std::vector<Case> cases;
    for (const bool has_intercept : {true, false}) {
        const std::string with = has_intercept ? ", intercept" : "";
        const Data one = made_data(11, 60, 4, 1, 0), three = made_data(12, 60, 4, 3, 0);
        cases.push_back({"linear" + with, has_intercept, false, 0, one,
                         [=](const Data& d) { return fit_single<NoPenalty>(d, has_intercept); }});
        cases.push_back({"linear, ridge" + with, has_intercept, true, 0, one,
                         [=](const Data& d) { return fit_single<Ridge>(d, has_intercept); }});
        cases.push_back({"multivariate" + with, has_intercept, false, 0, three,
                         [=](const Data& d) { return fit_several<NoPenalty>(d, has_intercept); }});
        cases.push_back({"multivariate, ridge" + with, has_intercept, true, 0, three,
                         [=](const Data& d) { return fit_several<Ridge>(d, has_intercept); }});
    }
    return cases;
}

}  // namespace gradus::test
