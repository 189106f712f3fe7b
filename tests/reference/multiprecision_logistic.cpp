// A logistic fit in 50 decimal digits.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/logistic_regression.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {
using Wide = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
}

TEST_CASE("A logistic fit in 50 digits agrees with the reference and with double", "[reference][logistic]") {
    const ReferenceModel model = reference_model("iris_versicolor_virginica", "logit");
    const Table table = read_table(model.set);
    const Eigen::VectorXi y = table.labels();

    LogisticRegression<Wide> wide;
    const FitReport report = wide.fit(model.design<Wide>(table), y);
    INFO(report);
    CHECK(report.converged());
    Vector<Wide> all(wide.coefficients().rows() + 1);
    all << wide.intercept()[0], wide.coefficients().col(0);
    CHECK(correct_digits_of_all(all, model.estimates<Wide>(), 40.0) >= tolerance::digits::all_of_the_reference);

    LogisticRegression<double> plain;
    const Eigen::MatrixXd X = model.design<double>(table);
    CHECK(plain.fit(X, y).converged());
    // the same data: the decimal cells as double reads them
    const Matrix<Wide> X_as_double = X.cast<Wide>();
    CHECK(wide.fit(X_as_double, y).converged());
    CHECK(correct_digits_of_all(plain.coefficients(), Eigen::MatrixXd(wide.coefficients().cast<double>())) >=
          tolerance::digits::double_against_wide);
    CHECK(correct_digits_of_all(plain.intercept(), Eigen::VectorXd(wide.intercept().cast<double>())) >=
          tolerance::digits::double_against_wide);
}
