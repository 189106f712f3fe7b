// The same data as sparse matrices of both orders, and as rows from a source that hands them out in order: the same
// answers and the same statuses.

#include "reference_models.hpp"
#include "support/catch.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/rows.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>

#include <Eigen/SparseCore>

using namespace gradus;
using namespace gradus::test;

namespace {

using SparseByColumns = Eigen::SparseMatrix<double>;
using SparseByRows = Eigen::SparseMatrix<double, Eigen::RowMajor, std::int64_t>;

/// Rows of a matrix, in order alone: asking for others is an error.
class Source {
public:
    explicit Source(const Eigen::MatrixXd& X) : X_(&X) {}
    Index rows() const { return X_->rows(); }
    Index columns() const { return X_->cols(); }
    void read(Index first, Eigen::Ref<Eigen::MatrixXd> out) const {
        if (first != next_ && first != 0) throw std::runtime_error("rows out of order");
        out = X_->middleRows(first, out.rows());
        next_ = first + out.rows();
    }

private:
    const Eigen::MatrixXd* X_;
    mutable Index next_ = 0;
};

/// The data of a model of the references.
struct Given {
    std::string name;
    Eigen::MatrixXd X;
    Eigen::VectorXd weights, trials;  ///< empty: none
    bool has_intercept;
    double lambda;  ///< 0: no penalty

    Given(std::string name_, Eigen::MatrixXd features)
        : name(std::move(name_)), X(std::move(features)), has_intercept(true), lambda(0) {}
    Given(const ReferenceModel& model, const Table& table)
        : name(model.name()), X(model.design<double>(table)), has_intercept(model.has_intercept), lambda(0) {
        if (!model.weights.empty()) weights = table.column<double>(model.weights);
        if (!model.lambda.empty()) lambda = from_text<double>(model.lambda) / static_cast<double>(table.size());
    }
};

/// One fit of each storage against the dense one. Entries count in units of the largest, so that one that is zero but
/// for rounding passes.
template <class Model, class Y>
void compare(const Given& given, const Model& untouched, const Y& y, double needed, DigitTable& judged) {
    const auto observed = [&](const auto& features, const auto& use) {
        if constexpr (std::is_same_v<Y, Eigen::VectorXd> && requires { untouched.classes(); }) {
            if (given.trials.size() > 0) return use(Observations(features, y).trials(given.trials));
        }
        if (given.weights.size() > 0) return use(Observations(features, y).weights(given.weights));
        return use(Observations(features, y));
    };
    const auto fit = [&](Model& model, const auto& features) {
        return observed(features, [&](const auto& data) { return model.fit(data); });
    };
    const auto score = [&](const Model& model, const auto& features) {
        if (given.trials.size() > 0) return 0.0;  // counts are no labels
        return observed(features, [&](const auto& data) -> double {
            if constexpr (requires { model.score(data); }) return model.score(data);
            else return 0;
        });
    };
    const auto eta = [](const Model& model, const auto& features) -> Eigen::MatrixXd {
        if constexpr (requires { model.decision_function(features); }) return model.decision_function(features);
        else return model.predict(features);
    };
    // the size of the terms of X w, to whose rounding two orders of summation may differ
    const auto terms = [&](const Model& model) {
        const Eigen::MatrixXd W = Eigen::MatrixXd(model.coefficients()).cwiseAbs();
        return 1 + Eigen::MatrixXd(given.X.cwiseAbs() * W).maxCoeff();
    };
    Model dense = untouched;
    const FitReport expected = fit(dense, given.X);
    const auto check = [&](const char* storage, const auto& features) {
        Model model = untouched;
        const FitReport report = fit(model, features);
        INFO(given.name << " " << storage << "\n" << expected << report);
        CHECK(name(report.status) == std::string(name(expected.status)));
        CHECK(report.existence == expected.existence);
        CHECK(report.rank == expected.rank);
        // where no estimate exists, where a run ended says nothing
        if (!is_success(expected.status)) return;
        const std::string what = given.name + " " + storage;
        judged.add(what,
                   correct_digits_of_all(Eigen::MatrixXd(model.coefficients()), Eigen::MatrixXd(dense.coefficients()),
                                         16, 1e-9),
                   needed);
        judged.add(
            what + " predictor",
            -std::log10(1e-16 + (eta(model, features) - eta(dense, given.X)).cwiseAbs().maxCoeff() / terms(dense)),
            needed);
        const double share = score(model, features), expected_share = score(dense, given.X);
        CHECK((std::abs(share - expected_share) <= 1e-9 ||
               (std::isnan(share) && std::isnan(expected_share))));  // NaN: a constant target
    };
    check("sparse by columns", SparseByColumns(given.X.sparseView()));
    check("sparse by rows", SparseByRows(given.X.sparseView()));
    const Source source(given.X);
    check("source", Rows(source));
}

/// With a ridge, or without any.
template <template <class, class> class Model, class Y>
void compare_model(const Given& given, const Y& y, double needed, DigitTable& judged) {
    const auto run = [&]<class Penalty>(Penalty penalty) {
        typename Model<double, Penalty>::Options options;
        options.penalty = penalty;
        if constexpr (requires { options.fit_intercept; }) options.fit_intercept = given.has_intercept;
        compare(given, Model<double, Penalty>(options), y, needed, judged);
    };
    if (given.lambda > 0) run(Ridge{.lambda = given.lambda});
    else run(NoPenalty());
}

template <class S, class P>
using Logits = OrdinalRegression<S, P, int, Logit>;
template <class S, class P>
using Probits = OrdinalRegression<S, P, int, Probit>;
template <class S, class P>
using ComplementaryLogLogs = OrdinalRegression<S, P, int, ComplementaryLogLog>;
template <class S, class P>
using Nominal = LogisticRegression<S, P, int>;

/// All but those of counts and trials.
const std::vector<std::string> sets = {"birthwt",
                                       "breast_cancer",
                                       "chile",
                                       "hsbdemo",
                                       "iris",
                                       "iris_versicolor_virginica",
                                       "linnerud",
                                       "nist_filip",
                                       "nist_longley",
                                       "nist_noint1",
                                       "nist_norris",
                                       "nist_wampler1",
                                       "nist_wampler4",
                                       "special_constant_column",
                                       "special_extreme_logits",
                                       "special_quasi_separated",
                                       "special_saturated",
                                       "special_scaled_longley",
                                       "special_separated",
                                       "special_shifted",
                                       "special_wide",
                                       "wine_bitterness",
                                       "wine_cultivars",
                                       "winequality_white",
                                       "wvs_poverty",
                                       "housing_satisfaction"};

}  // namespace

TEST_CASE("Sparse and streamed features give the dense answers: least squares", "[reference][storages]") {
    DigitTable judged;
    for (const std::string& set : sets) {
        const Table table = read_table(set);
        for (const ReferenceModel& model : reference_models(set, {"linear", "linear_l2"})) {
            const Given given(model, table);
            if (model.targets.size() > 1)
                compare_model<MultivariateRegression>(given, table.columns<double>(model.targets), 11, judged);
            else compare_model<LinearRegression>(given, table.column<double>(model.targets[0]), 11, judged);
        }
    }
    INFO(judged.text());
    CHECK(judged.judged() > 100);
    CHECK(judged.fallen_short() == 0);
}

TEST_CASE("Sparse and streamed features give the dense answers: classes and levels", "[reference][storages]") {
    DigitTable judged;
    int without_estimate = 0;
    for (const std::string& set : sets) {
        const Table table = read_table(set);
        for (const ReferenceModel& model :
             reference_models(set, {"binary_logistic", "binary_logistic_l2", "multinomial_logistic",
                                    "multinomial_logistic_l2", "ordinal"})) {
            const Given given(model, table);
            const Eigen::VectorXi y = table.column<double>(model.targets[0]).cast<int>();
            without_estimate += !model.estimate_exists;
            if (model.task != "ordinal") compare_model<Nominal>(given, y, 10, judged);
            else if (model.link == "probit") compare_model<Probits>(given, y, 10, judged);
            else if (model.link == "cloglog") compare_model<ComplementaryLogLogs>(given, y, 10, judged);
            else compare_model<Logits>(given, y, 10, judged);
        }
    }
    INFO(judged.text());
    CHECK(judged.judged() > 100);
    CHECK(without_estimate > 0);
    CHECK(judged.fallen_short() == 0);
}

TEST_CASE("Sparse and streamed features give the dense answers: counts out of trials", "[reference][storages]") {
    DigitTable judged;
    const auto check = [&](const char* set, const char* feature, const char* successes, const char* trials) {
        const Table table = read_table(set);
        Given given(set, table.columns<double>({feature}));
        given.trials = table.column<double>(trials);
        compare_model<Nominal>(given, table.column<double>(successes), 10, judged);
    };
    check("menarche", "age", "menarche", "total");
    check("orings", "temperature", "damaged", "o_rings");
    INFO(judged.text());
    CHECK(judged.judged() == 12);
    CHECK(judged.fallen_short() == 0);
}
