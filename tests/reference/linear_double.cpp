// Linear models against exact answers, by every direct solver.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/solvers/direct/cholesky.hpp>
#include <gradus/solvers/direct/svd.hpp>

using namespace gradus;
using namespace gradus::test;

namespace {

Eigen::VectorXd joined(bool has_intercept, double intercept, const Eigen::VectorXd& w) {
    if (!has_intercept) return w;
    Eigen::VectorXd all(w.size() + 1);
    all << intercept, w;
    return all;
}

Eigen::MatrixXd targets_of(const ReferenceModel& model, const Table& table) {
    return table.columns<double>(model.targets);
}

// a ridge of the file is RSS + lambda |w|^2, ours 1/(2n) RSS + lambda/2 |w|^2
Ridge ridge_of(const ReferenceModel& model, const Table& table) {
    return {.lambda = from_text<double>(model.lambda) / static_cast<double>(table.size())};
}

template <class Model>
void judge(Model fitted, const ReferenceModel& model, const Table& table, const std::string& how, double needed,
           DigitTable& judged, const auto& solver) {
    const Eigen::MatrixXd X = model.design<double>(table), Y = targets_of(model, table);
    const FitReport report = fitted.fit(X, Y, solver);
    INFO(model.name() << " by " << how << "\n" << report);
    CHECK(report.converged());
    double reached = 16;
    for (Index c = 0; c < Y.cols(); ++c) {
        const Eigen::VectorXd w = fitted.coefficients().col(c);
        double b = 0;
        if constexpr (requires { fitted.intercept()[0]; }) b = fitted.intercept()[c];
        else b = fitted.intercept();
        reached = std::min(reached, correct_digits_of_all(joined(model.has_intercept, b, w),
                                                          model.estimates<double>(static_cast<std::size_t>(c))));
    }
    judged.add(model.name() + " by " + how, reached, needed);
    if (model.statistics.contains("rss") && model.targets.size() == 1) {
        const double exact = from_text<double>(model.statistics.at("rss")), size = Y.squaredNorm();
        if (exact > 1e-9 * size) {
            const double rss = (Y - fitted.predict(X)).squaredNorm();
            judged.add(model.name() + " residual sum of squares by " + how, correct_digits(rss, exact),
                       std::min(needed, model.rss_digits));
        }
    }
}

template <class Solver>
void judge_with(const ReferenceModel& model, const Table& table, const std::string& how, double needed,
                DigitTable& judged, const Solver& solver) {
    if (model.lambda.empty()) {
        if (model.targets.size() == 1)
            judge(LinearRegression<double>{{.fit_intercept = model.has_intercept}}, model, table, how, needed, judged,
                  solver);
        judge(MultivariateRegression<double>{{.fit_intercept = model.has_intercept}}, model, table,
              how + ", multivariate", needed, judged, solver);
    } else {
        judge(MultivariateRegression<double, Ridge>{{.penalty = ridge_of(model, table),
                                                     .fit_intercept = model.has_intercept}},
              model, table, how, needed, judged, solver);
    }
}

constexpr const char* sets[] = {"nist_norris",
                                "nist_noint1",
                                "nist_longley",
                                "nist_filip",
                                "nist_wampler1",
                                "nist_wampler4",
                                "linnerud",
                                "special_wide",
                                "special_scaled_longley",
                                "special_constant_column",
                                "special_shifted",
                                "special_saturated",
                                "winequality_white"};

}  // namespace

TEST_CASE("QR gives every digit that the data allow", "[reference][linear]") {
    DigitTable judged;
    for (const char* set : sets) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"linear", "linear_l2"})) {
            const double needed =
                model.is_degenerate ? std::min(model.digits, tolerance::digits::least_norm) : model.digits;
            judge_with(model, table, "QR", needed, judged, QR{});
        }
    }
    INFO(judged.text());
    CHECK(judged.judged() > 30);
    CHECK(judged.fallen_short() == 0);
}

// Rounding in a Gram matrix is multiplied by the condition number squared, here 10^20: no digit would be left, so QR
// has to be asked, and the report has to say so.
TEST_CASE("Cholesky leaves Filip to QR", "[reference][linear]") {
    const ReferenceModel model = reference_model("nist_filip", "nist");
    const Table table = read_table(model.set);
    LinearRegression<double> ols;
    const FitReport report = ols.fit(model.design<double>(table), table.column<double>("y"), Cholesky{});
    INFO(report);
    CHECK(report.converged());
    CHECK(report.message.find("by QR, because") != std::string::npos);
    LinearRegression<double> by_qr;
    const FitReport of_qr = by_qr.fit(model.design<double>(table), table.column<double>("y"));
    CHECK(ols.coefficients() == by_qr.coefficients());
    CHECK(report.correct_digits == of_qr.correct_digits);
}

TEST_CASE("Cholesky with refinement does as well where the conditioning lets it", "[reference][linear]") {
    DigitTable judged;
    for (const char* set : sets) {
        if (set == std::string("nist_filip")) continue;
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"linear", "linear_l2"})) {
            const double needed =
                model.is_degenerate ? std::min(model.digits, tolerance::digits::least_norm) : model.digits;
            judge_with(model, table, "Cholesky", needed, judged, Cholesky{});
        }
    }
    INFO(judged.text());
    CHECK(judged.fallen_short() == 0);
}

TEST_CASE("SVD is right to the digits of an unrefined solution", "[reference][linear]") {
    DigitTable judged;
    for (const char* set : sets) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"linear", "linear_l2"})) {
            const double needed = std::min(model.digits, model.is_degenerate ? tolerance::digits::least_norm
                                                                             : tolerance::digits::unrefined);
            judge_with(model, table, "SVD", needed, judged, SVD{});
        }
    }
    INFO(judged.text());
    CHECK(judged.fallen_short() == 0);
}
