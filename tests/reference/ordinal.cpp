// Ordinal models against answers computed with 256 bits, in double, long double and 50 digits.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/ordinal_regression.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

using Wide = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

template <class S>
Vector<S> numbers(const std::vector<Coefficient>& list) {
    Vector<S> out(static_cast<Index>(list.size()));
    for (Index j = 0; j < out.size(); ++j) out[j] = from_text<S>(list[static_cast<std::size_t>(j)].estimate);
    return out;
}

template <class S, class Link>
void judge(const ReferenceModel& model, const Table& table, double most, double need, DigitTable& judged) {
    const Matrix<S> X = model.design<S>(table);
    const Eigen::VectorXi y = table.column<double>(model.targets[0]).cast<int>();
    const Vector<S> s = model.weights.empty() ? Vector<S>(Vector<S>::Ones(y.size())) : table.column<S>(model.weights);
    OrdinalRegression<S, NoPenalty, int, Link> fitted;
    const FitReport report = fitted.fit(Observations(X, y).weights(s));
    INFO(model.name() << "\n" << report);
    CHECK(report.converged());
    CHECK(report.iterations <= 12);
    judged.add(model.name() + " coefficients",
               correct_digits_of_all(fitted.coefficients(), numbers<S>(model.coefficients), most), need);
    judged.add(model.name() + " thresholds",
               correct_digits_of_all(fitted.thresholds(), numbers<S>(model.thresholds), most), need);
    const Matrix<S> log_probability = fitted.predict_log_probability(X);
    S log_likelihood(0);
    for (Index i = 0; i < y.size(); ++i) log_likelihood += s[i] * log_probability(i, y[i] - fitted.levels()[0]);
    judged.add(model.name() + " log-likelihood",
               correct_digits(log_likelihood, from_text<S>(model.statistics.at("loglik")), most), need);
}

template <class S>
void judge_link(const ReferenceModel& model, const Table& table, double most, double need, DigitTable& judged) {
    if (model.link == "probit") judge<S, Probit>(model, table, most, need, judged);
    else if (model.link == "cloglog") judge<S, ComplementaryLogLog>(model, table, most, need, judged);
    else judge<S, Logit>(model, table, most, need, judged);
}

}  // namespace

TEST_CASE("Ordinal fits give the digits of the references", "[reference][ordinal]") {
    DigitTable judged;
    for (const char* set : {"housing_satisfaction", "wine_bitterness", "wvs_poverty", "winequality_white"}) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"ordinal"}))
            judge_link<double>(model, table, 16, tolerance::digits::ordinal, judged);
    }
    INFO(judged.text());
    CHECK(judged.judged() == 24);
    CHECK(judged.fallen_short() == 0);
}

TEST_CASE("Ordinal fits in wider scalars give all digits of the references", "[reference][ordinal]") {
    DigitTable judged;
    for (const char* set : {"housing_satisfaction", "wine_bitterness"}) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"ordinal"})) {
            judge_link<long double>(model, table, 19, tolerance::digits::long_double_ordinal, judged);
            judge_link<Wide>(model, table, 40, tolerance::digits::all_of_the_reference, judged);
        }
    }
    INFO(judged.text());
    CHECK(judged.judged() == 30);
    CHECK(judged.fallen_short() == 0);
}
