// Bias-reduced fits against answers computed with 256 bits, and R's brglm2.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/firth_logistic_regression.hpp>

using namespace gradus;
using namespace gradus::test;

TEST_CASE("Firth's estimates have the digits of the references, separated or not", "[reference][firth]") {
    DigitTable judged;
    for (const char* set : {"birthwt", "orings", "special_separated", "special_quasi_separated"}) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"binary_logistic_firth"})) {
            const Eigen::MatrixXd X = model.design<double>(table);
            const Eigen::VectorXi y = table.column<double>(model.targets[0]).cast<int>();
            FirthLogisticRegression<double> fitted;
            const FitReport report = fitted.fit(X, y);
            INFO(model.name() << "\n" << report);
            CHECK(report.converged());
            CHECK(report.iterations < 30);
            const Eigen::VectorXd exact = model.estimates<double>();
            judged.add(model.name() + " intercept", correct_digits(fitted.intercept()[0], exact[0]),
                       tolerance::digits::logistic);
            for (Index j = 0; j < X.cols(); ++j)
                judged.add(model.name() + " " + model.features[static_cast<std::size_t>(j)],
                           correct_digits(fitted.coefficients()(j, 0), exact[j + 1]), tolerance::digits::logistic);
            judged.add(model.name() + " penalised log-likelihood",
                       correct_digits(report.penalised_log_likelihood,
                                      from_text<double>(model.statistics.at("penalised_loglik"))),
                       tolerance::digits::logistic);
            judged.add(model.name() + " log-likelihood",
                       correct_digits(-report.mean_loss * static_cast<double>(y.size()),
                                      from_text<double>(model.statistics.at("loglik"))),
                       tolerance::digits::logistic);
        }
    }
    INFO(judged.text());
    CHECK(judged.fallen_short() == 0);
}

TEST_CASE("Firth in long double has more of them", "[reference][firth]") {
    const Table table = read_table("orings");
    const ReferenceModel model = reference_model("orings", "firth_any_damage");
    FirthLogisticRegression<long double> fitted;
    const FitReport report = fitted.fit(model.design<long double>(table),
                                        Eigen::VectorXi(table.column<double>(model.targets[0]).cast<int>()));
    INFO(report);
    const Vector<long double> exact = model.estimates<long double>();
    CHECK(std::abs(static_cast<double>(fitted.intercept()[0] / exact[0] - 1)) < 1e-16);
    CHECK(std::abs(static_cast<double>(fitted.coefficients()(0, 0) / exact[1] - 1)) < 1e-16);
}
