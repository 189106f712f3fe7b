// Least squares in 50 decimal digits on data read exactly: NIST's certified figures, all of them.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

using Wide = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

// 15 significant digits, as NIST prints them
std::string as_certified(const Wide& value) { return value.str(14, std::ios_base::scientific); }

void check_certified(const std::string& set) {
    const ReferenceModel model = reference_model(set, "nist");
    const Table table = read_table(set);
    const Matrix<Wide> X = model.design<Wide>(table);
    const Vector<Wide> y = table.column<Wide>(model.targets[0]);
    LinearRegression<Wide> ols{{.fit_intercept = model.has_intercept}};
    const FitReport report = ols.fit(X, y);
    INFO(set << "\n" << report);
    CHECK(report.converged());
    CHECK(report.rank == X.cols());
    Vector<Wide> all(X.cols() + 1);
    all << ols.intercept(), ols.coefficients();
    REQUIRE(model.certified.size() == static_cast<std::size_t>(all.size()));
    for (Index j = 0; j < all.size(); ++j)
        CHECK(as_certified(all[j]) == as_certified(Wide(model.certified[static_cast<std::size_t>(j)].estimate)));
    CHECK(correct_digits_of_all(all, model.estimates<Wide>(), 40.0) >= tolerance::digits::all_of_the_reference);
}

}  // namespace

TEST_CASE("50 digits reproduce NIST's certified figures to the last digit: Longley", "[reference][linear]") {
    check_certified("nist_longley");
}

TEST_CASE("50 digits reproduce NIST's certified figures to the last digit: Filip", "[reference][linear]") {
    check_certified("nist_filip");
}
