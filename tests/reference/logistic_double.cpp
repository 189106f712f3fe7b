// Logistic models against answers computed with 256 bits.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/logistic_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

// Coefficients are judged in units of their effect: relative to the reference, but to no less than a millionth of the
// largest effect of a feature, coefficient times standard deviation.
double digits_of(const Eigen::MatrixXd& W, const Eigen::VectorXd& b, const Eigen::MatrixXd& X,
                 const ReferenceModel& model) {
    const Eigen::VectorXd mean = X.colwise().mean().transpose();
    const Eigen::VectorXd spread =
        ((X.rowwise() - mean.transpose()).colwise().squaredNorm().transpose() / static_cast<double>(X.rows()))
            .cwiseSqrt();
    double largest = 0, digits = 16;
    for (Index c = 0; c < W.cols(); ++c)
        largest = std::max(largest, model.estimates<double>(static_cast<std::size_t>(c))
                                        .tail(W.rows())
                                        .cwiseAbs()
                                        .cwiseProduct(spread)
                                        .maxCoeff());
    for (Index c = 0; c < W.cols(); ++c) {
        const Eigen::VectorXd exact = model.estimates<double>(static_cast<std::size_t>(c));
        if (model.has_intercept) digits = std::min(digits, correct_digits(b[c], exact[0]));
        for (Index j = 0; j < W.rows(); ++j)
            digits = std::min(
                digits, correct_digits(W(j, c), exact[j + model.has_intercept], 16, 1, 1e-6 * largest / spread[j]));
    }
    return digits;
}

template <class Model>
void judge(Model fitted, const ReferenceModel& model, const Table& table, DigitTable& judged) {
    const Eigen::MatrixXd X = model.design<double>(table);
    const Eigen::VectorXi y = table.column<double>(model.targets[0]).cast<int>();
    const FitReport report = fitted.fit(X, y);
    INFO(model.name() << "\n" << report);
    CHECK(report.converged());
    CHECK(report.iterations < 100);
    judged.add(model.name(), digits_of(fitted.coefficients(), fitted.intercept(), X, model), model.digits);
    const Eigen::MatrixXd log_probability = fitted.predict_log_probability(X);
    double log_likelihood = 0;
    for (Index i = 0; i < y.size(); ++i) log_likelihood += log_probability(i, y[i]);
    judged.add(model.name() + " log-likelihood",
               correct_digits(log_likelihood, from_text<double>(model.statistics.at("loglik"))), model.digits);
    judged.add(model.name() + " mean loss in the report",
               correct_digits(-report.mean_loss * static_cast<double>(y.size()), log_likelihood), model.digits);
}

}  // namespace

TEST_CASE("Newton gives the digits of the references", "[reference][logistic]") {
    DigitTable judged;
    for (const char* set : {"breast_cancer", "iris_versicolor_virginica", "special_extreme_logits", "special_separated",
                            "iris", "wine_cultivars"}) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(
                 set, {"binary_logistic", "binary_logistic_l2", "multinomial_logistic", "multinomial_logistic_l2"})) {
            if (!model.estimate_exists) continue;
            if (model.lambda.empty()) {
                judge(LogisticRegression<double>{{.fit_intercept = model.has_intercept}}, model, table, judged);
            } else {
                const double lambda = from_text<double>(model.lambda) / static_cast<double>(table.size());
                judge(LogisticRegression<double, Ridge>{{.penalty = {.lambda = lambda},
                                                         .fit_intercept = model.has_intercept}},
                      model, table, judged);
            }
        }
    }
    INFO(judged.text());
    CHECK(judged.judged() >= 24);
    CHECK(judged.fallen_short() == 0);
}

TEST_CASE("Where no finite estimate exists, the report says so", "[reference][logistic]") {
    int judged = 0;
    for (const char* set : {"special_separated", "iris"}) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"binary_logistic", "multinomial_logistic"})) {
            if (model.estimate_exists) continue;
            const Eigen::MatrixXd X = model.design<double>(table);
            const Eigen::VectorXi y = table.column<double>(model.targets[0]).cast<int>();
            LogisticRegression<double> fitted;
            const FitReport report = fitted.fit(X, y);
            INFO(model.name() << "\n" << report);
            CHECK(report.status == Status::separated);
            CHECK_FALSE(report.converged());
            CHECK(report.iterations < 100);
            ++judged;
        }
    }
    CHECK(judged == 2);
}
