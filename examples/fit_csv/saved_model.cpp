#include "saved_model.hpp"

#include "predict.hpp"
#include "words.hpp"
#include <gradus/io/json.hpp>
#include <gradus/io/utf8.hpp>
#include <gradus/models/firth_logistic_regression.hpp>
#include <gradus/models/huber_regression.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/penalties/elastic_net.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>

#include <functional>

namespace fit_csv {

namespace {

using gradus::saved::Fields, gradus::saved::Json;

template <class S>
Json model_document(const Problem& problem, const Options& options, const Fitted& fitted) {
    using namespace gradus;
    const Matrix<S> W = fitted.coefficients.template cast<S>();
    const Vector<S> b = fitted.intercept.template cast<S>();
    const std::vector<std::string>&names = problem.feature_names, &classes = problem.classes;
    const auto document = [](const auto& model) { return saved::document_of(model); };
    const auto number_model = [&](auto model_options) {
        model_options.fit_intercept = options.has_intercept;
        model_options.feature_names = names;
        return model_options;
    };
    if (options.is_linear()) {
        const auto linear = number_model(LinearOptions<NoPenalty>{});
        if (W.cols() == 1) return document(LinearRegression<S>::from_parameters(W, b[0], linear));
        return document(MultivariateRegression<S>::from_parameters(W, b, linear));
    }
    if (options.is_count())
        return document(PoissonRegression<S>::from_parameters(W, b[0], number_model(PoissonOptions<NoPenalty>{})));
    if (options.model == "huber") {
        HuberOptions<NoPenalty> huber{.delta = options.delta.value_or(1.345)};
        return document(HuberRegression<S>::from_parameters(W, b[0], number_model(huber)));
    }
    if (options.is_ordinal()) {
        const auto ordinal = [&]<class Link>(Link) {
            using Model = OrdinalRegression<S, NoPenalty, std::string, Link>;
            return document(Model::from_parameters(W, b, classes, {.levels = classes, .feature_names = names}));
        };
        if (options.link == "probit") return ordinal(Probit());
        if (options.link == "cloglog") return ordinal(ComplementaryLogLog());
        return ordinal(Logit());
    }
    const auto logistic = number_model(LogisticOptions<NoPenalty, std::string>{.classes = classes});
    if (options.has_firth)
        return document(FirthLogisticRegression<S, std::string>::from_parameters(W, b, classes, logistic));
    return document(LogisticRegression<S, NoPenalty, std::string>::from_parameters(W, b, classes, logistic));
}

Json table_json(const Problem& problem, const Options& options) {
    Json columns = Json::array();
    for (const FeatureColumn& column : problem.coding.columns) {
        Json& json = columns.emplace_back(Json{{"name", column.name}});
        if (!column.levels.empty()) json["levels"] = column.levels;
    }
    return {{"targets", problem.target_names},
            {"columns", columns},
            {"powers", problem.coding.powers},
            {"offset", options.offset}};
}

using Step = std::function<RealMatrix(const RealMatrix&)>;

// Everything that predictions need.
struct SavedModel {
    ResponseKind kind;
    std::vector<std::string> classes, target_names;
    Coding coding;
    std::vector<Step> steps;  // that the columns take before the model sees them
    std::string offset;
    RealMatrix W;
    RealVector b;
};

template <class S>
void take_numbers(const Fields& fields, Eigen::Index features, SavedModel& model) {
    model.W = fields.columns<S>("coefficients", features).template cast<Real>();
    model.b = fields.numbers<S>("intercept").template cast<Real>();
}

void take_kind(const Fields& fields, SavedModel& model) {
    const std::pair<const char*, const char*> kinds[] = {{"linear regression", "linear"},
                                                         {"multivariate regression", "linear"},
                                                         {"Huber regression", "huber"},
                                                         {"Poisson regression", "poisson"},
                                                         {"ordinal regression", "ordinal"},
                                                         {"logistic regression", "logistic"},
                                                         {"Firth logistic regression", "logistic"}};
    const std::string name = fields.text("model");
    model.kind.model.clear();
    for (const auto& [saved, ours] : kinds)
        if (name == saved) model.kind.model = ours;
    if (model.kind.model.empty()) fields.refuse("holds a ", quoted(name), ", which fit_csv does not know");
    if (model.kind.model == "ordinal") model.kind.link = fields.text("link");
    if (model.kind.model != "ordinal" && model.kind.model != "logistic") return;
    for (const Json& label : fields.list("classes"))
        model.classes.push_back(label.is_string() ? label.get<std::string>() : label.dump());
}

// A model that the library saved has names of features alone.
void take_table(const Json& document, const Fields& fields, Eigen::Index features, SavedModel& model) {
    if (!document.contains("table")) {
        for (const std::string& name : fields.texts("feature_names")) model.coding.columns.push_back({name, {}});
        for (Eigen::Index c = 0; c < model.b.size(); ++c) model.target_names.push_back("y" + std::to_string(c));
        if (model.b.size() == 1) model.target_names = {"y"};
    } else {
        const Fields table(fields["table"], "the table of the saved model");
        model.target_names = table.texts("targets");
        model.offset = table.text("offset");
        model.coding.powers = static_cast<int>(table.number<double>("powers"));
        for (const Json& json : table.list("columns")) {
            const Fields column(json, "a column of the saved model");
            model.coding.columns.push_back({column.text("name"), {}});
            if (json.contains("levels")) model.coding.columns.back().levels = column.texts("levels");
        }
    }
    const bool is_powers = model.coding.powers > 0;
    if (model.coding.powers < 0 || (is_powers && model.coding.columns.size() != 1) ||
        static_cast<Eigen::Index>(model.coding.names().size()) != features)
        fields.refuse("has ", features, " features, and names of columns for ", model.coding.names().size());
}

template <class S>
Step scaler_of(const Json& json, const std::string& origin, Eigen::Index features) {
    gradus::StandardScaler<S> scaler;
    gradus::saved::detail::StepReader reader(json, origin);
    scaler.describe(reader);
    if (scaler.mean().size() != features)
        gradus::reject(origin, " was fitted to ", scaler.mean().size(), " features, and the model to ", features);
    return [scaler](const RealMatrix& X) { return RealMatrix(scaler.transform(X).template cast<Real>()); };
}

// What a Pipeline of the library did to the columns. Only steps that keep the names of the columns leave names by which
// a file can be searched.
void take_steps(const Json& document, const Fields& fields, Eigen::Index features, SavedModel& model) {
    if (!document.contains("preprocessing")) return;
    const std::string origin = "a step of preprocessing of the saved model",
                      scaler = gradus::StandardScaler<double>::kind;
    for (const Json& json : fields.list("preprocessing")) {
        const std::string kind = Fields(json, origin).text("step");
        if (kind != scaler)
            fields.refuse("holds a model behind the step ", quoted(kind), ", which fit_csv cannot take; it knows '",
                          scaler, "' alone, so predict with the library");
        const Json& means = Fields(json, origin).list("mean");
        const bool is_long_double = !means.empty() && means[0].is_string();
        model.steps.push_back(is_long_double ? scaler_of<long double>(json, origin, features)
                                             : scaler_of<double>(json, origin, features));
    }
}

SavedModel read_saved_model(const std::string& file) {
    const Json document = gradus::saved::document_of(content_of(file), name_of_input(file));
    const Fields fields(document, name_of_input(file));
    SavedModel model;
    take_kind(fields, model);
    const double features = fields.number<double>("features");
    if (!(features >= 0 && features < 1e15)) fields.refuse("has no number of features");
    const auto p = static_cast<Eigen::Index>(features);
    const std::string scalar = fields.text("scalar");
    if (scalar == "float") take_numbers<float>(fields, p, model);
    else if (scalar == "long double") take_numbers<long double>(fields, p, model);
    else take_numbers<double>(fields, p, model);
    take_steps(document, fields, p, model);
    take_table(document, fields, p, model);

    const auto K = static_cast<Eigen::Index>(model.classes.size());
    const bool is_ordinal = model.kind.model == "ordinal", has_classes = K > 0;
    const Eigen::Index outputs = is_ordinal    ? K - 1
                                 : K == 2      ? 1
                                 : has_classes ? K
                                               : static_cast<Eigen::Index>(model.target_names.size());
    if (model.b.size() != outputs || model.W.cols() != (is_ordinal ? 1 : outputs) || outputs < 1)
        fields.refuse("has ", model.W.cols(), " lists of coefficients and ", model.b.size(), " intercepts");
    return model;
}

// JSON is UTF-8, names and labels of the file may be in any encoding.
void refuse_what_is_not_utf8(const Problem& problem, const Options& options) {
    const auto check = [&](const std::vector<std::string>& texts, const std::string& what) {
        for (const std::string& text : texts)
            if (!gradus::is_utf8(text))
                throw BadInput("--save: " + what + quoted(text) + " of " + name_of_input(options.file) +
                               " is not UTF-8, as a saved model has to be: " + save_as_utf8);
    };
    for (const FeatureColumn& column : problem.coding.columns) {
        check({column.name}, "the name of column ");
        check(column.levels, "the level ");
    }
    check(problem.target_names, "the name of column ");
    check({options.offset}, "the name of column ");
    check(problem.classes, "the label ");
}

Json penalty_json(const Problem& problem, const Options& options, const Fitted& fitted) {
    const double lambda = options.lambda            ? *options.lambda
                          : fitted.best_lambda >= 0 ? fitted.best_lambda
                                                    : fitted.path.back().lambda;
    const Eigen::VectorXd factors = penalty_factors(problem, options);
    if (options.penalty == "ridge")
        return gradus::saved::json_of_penalty(gradus::Ridge{.lambda = lambda, .factors = factors});
    if (options.penalty == "lasso")
        return gradus::saved::json_of_penalty(gradus::Lasso{.lambda = lambda, .factors = factors.cwiseSqrt()});
    const gradus::ElasticNet net{lambda, options.l1_ratio};
    return gradus::saved::json_of_penalty(options.standardize ? net.in_units(factors.cwiseSqrt()) : net);
}

}  // namespace

std::string saved_model(const Problem& problem, const Options& options, const Fitted& fitted) {
    refuse_what_is_not_utf8(problem, options);
    Json document = options.scalar == "float"    ? model_document<float>(problem, options, fitted)
                    : options.scalar == "double" ? model_document<double>(problem, options, fitted)
                                                 : model_document<long double>(problem, options, fitted);
    if (options.is_penalised()) document["penalty"] = penalty_json(problem, options, fitted);
    document["table"] = table_json(problem, options);
    return gradus::saved::text_of(document);
}

Predictions predict_by_saved_model(const Options& options, std::vector<std::string>& notes) {
    const SavedModel model = read_saved_model(options.load);
    CsvTable table(options.file, options.separator);
    std::vector<std::size_t> used;
    for (const FeatureColumn& column : model.coding.columns) used.push_back(table.column(column.name, "--load"));
    if (!model.offset.empty()) used.push_back(table.column(model.offset, "--load"));
    const std::size_t dropped = leave_out_missing(table, used, options.may_drop_missing);
    notes = table.notes();
    if (dropped > 0)
        notes.push_back(counted(dropped, "row") + " with missing values" + (dropped == 1 ? " has" : " have") +
                        " no prediction: empty cells");

    RealMatrix X = model.coding.matrix(table, false);
    for (const Step& step : model.steps) X = step(X);
    const Eigen::Index k = model.W.cols();
    RealMatrix offset = RealMatrix::Zero(X.rows(), k);
    if (!model.offset.empty()) offset = numbers(table, table.column(model.offset, "--load")).replicate(1, k);
    return {response_means(model.kind, X, offset, model.W, model.b), model.classes, model.target_names,
            table.is_left_out(), std::vector<bool>(table.rows(), false)};
}

}  // namespace fit_csv
