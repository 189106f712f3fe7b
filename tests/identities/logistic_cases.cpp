#include "cases.hpp"
#include <gradus/models/logistic_regression.hpp>

namespace gradus::test {

namespace {

constexpr double lambda = 0.05;

template <class Penalty>
Answer fit_classes(const Data& data, bool has_intercept) {
    typename LogisticRegression<double, Penalty>::Options options{.fit_intercept = has_intercept};
    if constexpr (std::is_same_v<Penalty, Ridge>) options.penalty = {.lambda = lambda, .factors = data.factors};
    LogisticRegression<double, Penalty> model{options};
    const Eigen::VectorXi labels = data.Y.col(0).cast<int>();
    const FitReport report = model.fit(Observations(data.X, labels).weights(data.s).offset(data.o));
    return {model.coefficients(), model.intercept(), report};
}

}  // namespace

std::vector<Case> logistic_cases() {
    std::vector<Case> cases;
    for (const bool has_intercept : {true, false})
        for (const Index classes : {Index(2), Index(3)}) {
            const std::string name =
                std::string(classes == 2 ? "binary" : "multinomial") + (has_intercept ? ", intercept" : "");
            const Data data = made_data(20 + static_cast<std::uint64_t>(classes), 120, 3, 1, classes);
            cases.push_back({name, has_intercept, false, classes, data,
                             [=](const Data& d) { return fit_classes<NoPenalty>(d, has_intercept); }});
            cases.push_back({name + ", ridge", has_intercept, true, classes, data,
                             [=](const Data& d) { return fit_classes<Ridge>(d, has_intercept); }});
        }
    return cases;
}

}  // namespace gradus::test
