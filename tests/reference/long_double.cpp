// More digits from a wider scalar.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

double digits_in_long_double(const std::string& set, const std::string& id) {
    const ReferenceModel model = reference_model(set, id);
    const Table table = read_table(set);
    const Matrix<long double> X = model.design<long double>(table);
    const Vector<long double> y = table.column<long double>(model.targets[0]);
    LinearRegression<long double> ols{{.fit_intercept = model.has_intercept}};
    const FitReport report = ols.fit(X, y);
    INFO(report);
    CHECK(report.converged());
    Vector<long double> all(X.cols() + 1);
    all << ols.intercept(), ols.coefficients();
    return correct_digits_of_all(all, model.estimates<long double>(), 18.0);
}

}  // namespace

TEST_CASE("long double gains the digits that it has more than double", "[reference][linear]") {
    if (std::numeric_limits<long double>::digits < 64) SUCCEED("long double is double here");
    else {
        CHECK(digits_in_long_double("nist_filip", "nist") >= tolerance::digits::long_double_filip);
        CHECK(digits_in_long_double("nist_longley", "nist") >= tolerance::digits::long_double_longley);
        CHECK(digits_in_long_double("nist_norris", "nist") >= tolerance::digits::long_double_norris);
        CHECK(digits_in_long_double("special_shifted", "ols_shifted_both") >= tolerance::digits::long_double_shifted);
    }
}
