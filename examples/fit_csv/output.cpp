#include "coefficients.hpp"
#include "words.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>

namespace fit_csv {

namespace {

using Eigen::Index;
using Json = nlohmann::ordered_json;

// what has no value is left out
void put(Json& json, const char* key, Real value) {
    const auto number = static_cast<double>(value);
    if (std::isfinite(number)) json[key] = number;
}

Json target_json(const std::string& name, const TargetStatistics& target) {
    Json json = {{"output", name}};
    put(json, "rss", target.rss);
    put(json, "r_squared", target.r_squared);
    put(json, "residual_standard_error", target.residual_standard_error);
    put(json, "log_likelihood", target.log_likelihood);
    put(json, "aic", target.aic);
    put(json, "bic", target.bic);
    return json;
}

void put_tests(Json& json, const gradus::Estimate& row) {
    put(json, "std_error", row.std_error);
    put(json, "statistic", row.statistic);
    put(json, "p_value", row.p_value);
    put(json, "log_p_value", row.log_p_value);
}

// Coefficients that are zero are left out.
Json path_json(const Answer& answer) {
    Json json = Json::array();
    for (const PathPlace& place : answer.fitted.path) {
        Json& row = json.emplace_back(Json{{"lambda", place.lambda}, {"nonzero", place.nonzero}});
        put(row, "degrees_of_freedom", place.degrees_of_freedom);
        put(row, "deviance_explained", place.deviance_explained);
        put(row, "aic", place.aic);
        put(row, "bic", place.bic);
        if (place.duality_gap >= 0) put(row, "duality_gap", place.duality_gap);
        row["converged"] = place.has_converged;
        if (answer.options.folds > 0) {
            put(row, "mean_loss", place.mean_loss);
            put(row, "standard_error", place.standard_error);
        }
        row["coefficients"] = Json::array();
        for (const Coefficient& one : coefficient_table(answer, place.coefficients, place.intercept))
            if (one.estimate != 0)
                put(row["coefficients"].emplace_back(Json{{"output", one.output}, {"name", one.name}}), "estimate",
                    one.estimate);
    }
    return json;
}

Json numbers_json(const RealVector& values) {
    Json json = Json::array();
    for (const Real value : values) json.push_back(static_cast<double>(value));
    return json;
}

// One number for each of these; where some are not known, those that are, and whose they are in KEY_of.
void put_each(Json& json, const std::string& key, const RealVector& values, const std::vector<std::string>& whose) {
    Json known = Json::array(), of = Json::array();
    for (std::size_t c = 0; c < whose.size() && static_cast<Index>(c) < values.size(); ++c) {
        const auto number = static_cast<double>(values[static_cast<Index>(c)]);
        if (!std::isfinite(number)) continue;
        known.push_back(number);
        of.push_back(whose[c]);
    }
    if (known.empty()) return;
    if (static_cast<Index>(known.size()) < values.size()) json[key + "_of"] = of;
    json[key] = std::move(known);
}

// Of the second of two classes, or of each.
std::vector<std::string> judged_classes(const Problem& problem) {
    return problem.classes.size() == 2 ? std::vector<std::string>{problem.classes[1]} : problem.classes;
}

Json metrics_json(const Problem& problem, const Metrics& metrics) {
    Json json = Json::object();
    put(json, "accuracy", metrics.accuracy);
    put(json, "log_loss", metrics.log_loss);
    put_each(json, "auc", metrics.auc, judged_classes(problem));
    for (Index j = 0; j < metrics.confusion.rows(); ++j)
        json["confusion"].push_back(numbers_json(metrics.confusion.row(j).transpose()));
    put_each(json, "r_squared", metrics.r_squared, problem.target_names);
    put_each(json, "root_mean_squared_error", metrics.root_mean_squared_error, problem.target_names);
    put_each(json, "mean_absolute_error", metrics.mean_absolute_error, problem.target_names);
    return json;
}

// Truth in rows, predictions in columns; of many classes there is no room for it.
void write_confusion(std::ostream& out, const std::string& whose, const std::vector<std::string>& labels,
                     const RealMatrix& confusion) {
    constexpr std::size_t most_classes = 10;
    if (confusion.size() == 0 || labels.size() > most_classes) return;
    const std::vector<std::string> classes = shortened(labels);
    std::size_t width = 10;
    for (const std::string& label : classes) width = std::max(width, letters(label) + 2);
    const auto cell = [&](const std::string& content) { out << right_aligned(content, width); };
    out << "\n  confusion of " << whose << ": truth in rows, predictions in columns\n  ";
    cell("");
    for (const std::string& label : classes) cell(label);
    for (Index j = 0; j < confusion.rows(); ++j) {
        out << "\n  ";
        cell(classes[static_cast<std::size_t>(j)]);
        for (Index c = 0; c < confusion.cols(); ++c) cell(gradus::text(static_cast<double>(confusion(j, c))));
    }
    out << '\n';
}

// A line for each figure: of the rows fitted and of those held out. What has no value is left out, with a word on why.
class MetricsTable {
public:
    MetricsTable(std::ostream& out, bool has_test) : out_(out), has_test_(has_test) {
        out << std::setprecision(6) << "\nmetrics             rows fitted" << (has_test ? "   rows held out\n" : "\n");
    }
    void line(const std::string& name, Real fitted, Real held_out, const std::string& why_not = "") {
        const bool is_complete = std::isfinite(fitted) && (!has_test_ || std::isfinite(held_out));
        out_ << "  " << padded(name, 18);
        if (!has_test_) out_ << figure(fitted);
        else out_ << padded(figure(fitted), 14) << figure(held_out);
        out_ << (is_complete || why_not.empty() ? "" : "  (" + why_not + ")") << '\n';
    }

private:
    static std::string figure(Real value) {
        return std::isfinite(value) ? gradus::text(static_cast<double>(value)) : "undefined";
    }

    std::ostream& out_;
    bool has_test_;
};

void write_metrics_of_classes(std::ostream& out, const Answer& answer, MetricsTable& table) {
    const auto& [fitted, test] = answer.judged;
    const std::vector<std::string> names = judged_classes(answer.problem);
    table.line("accuracy", fitted.accuracy, test.accuracy);
    table.line("log-loss", fitted.log_loss, test.log_loss);
    for (std::size_t c = 0; c < std::min(names.size(), most_rows); ++c) {
        const auto of = [&](const RealVector& values) {
            return static_cast<Index>(c) < values.size() ? values[static_cast<Index>(c)] : unknown;
        };
        table.line(names.size() == 1 ? "AUC" : "AUC " + shortened(names[c]), of(fitted.auc), of(test.auc),
                   "no row has this class, or all have it");
    }
    say_what_is_cut(out, names.size());
    write_confusion(out, "the rows fitted", answer.problem.classes, fitted.confusion);
    write_confusion(out, "the rows held out", answer.problem.classes, test.confusion);
}

// The shortest text that reads back as the same double.
std::string shortest(Real value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, static_cast<double>(value)).ptr};
}

// The cells of one row.
std::string prediction(const Predictions& predictions, Index i) {
    const RealMatrix& mean = predictions.mean;
    std::string line;
    if (!predictions.classes.empty()) {
        Index best = 0;
        mean.row(i).maxCoeff(&best);
        line = csv_cell(predictions.classes[static_cast<std::size_t>(best)]) + ',';
    }
    for (Index c = 0; c < mean.cols(); ++c) line.append(c ? "," : "").append(shortest(mean(i, c)));
    return line;
}

}  // namespace

void write_json(std::ostream& out, const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    const gradus::FitReport& report = fitted.report;
    Json json = {{"model", options.model},        {"solver", fitted.solver},   {"converged", report.converged()},
                 {"status", name(report.status)}, {"message", report.message}, {"iterations", report.iterations},
                 {"rows", problem.rows()}};
    if (!options.weights.empty()) json["weights_are"] = meaning_of_weights(options);
    if (problem.held_out_rows > 0) json["rows_held_out"] = problem.held_out_rows;
    if (problem.dropped_rows > 0) json["missing_rows_left_out"] = problem.dropped_rows;
    if (options.is_ordinal()) json["link"] = options.link;
    if (report.existence != gradus::Existence::not_examined) json["existence"] = name(report.existence);
    if (report.correct_digits >= 0) put(json, "correct_digits_as_stored", report.correct_digits);
    if (digits_of_input(report, options) >= 0) put(json, "digits_of_input", digits_of_input(report, options));
    if (report.rank >= 0) json["rank"] = report.rank + (options.has_intercept && !options.is_ordinal());
    put(json, "objective", report.objective);
    if (report.duality_gap >= 0) {
        put(json, "duality_gap", report.duality_gap);
        put(json, "relative_duality_gap", report.relative_duality_gap);
    }
    if (fitted.best_lambda >= 0) {
        put(json, "best_lambda", fitted.best_lambda);
        put(json, "one_standard_error_lambda", fitted.one_standard_error_lambda);
    }
    if (!fitted.path.empty()) json["path"] = path_json(answer);
    put(json, "log_likelihood", figures.log_likelihood);
    put(json, "penalised_log_likelihood", report.penalised_log_likelihood);
    put(json, "null_log_likelihood", figures.null_log_likelihood);
    put(json, "deviance", figures.deviance);
    put(json, "aic", figures.aic);
    put(json, "bic", figures.bic);
    if (options.has_classes()) json["classes"] = problem.classes;
    if (options.has_metrics) {
        json["metrics"]["fitted"] = metrics_json(problem, answer.judged.fitted);
        if (options.test_share > 0) json["metrics"]["held_out"] = metrics_json(problem, answer.judged.held_out);
    }
    for (std::size_t c = 0; c < figures.targets.size(); ++c)
        json["outputs"].push_back(target_json(problem.target_names[c], figures.targets[c]));
    json["coefficients"] = Json::array();
    const auto table = coefficient_table(answer);
    for (std::size_t i = 0; i < table.size(); ++i) {
        Json& row = json["coefficients"].emplace_back(Json{{"output", table[i].output}, {"name", table[i].name}});
        put(row, "estimate", table[i].estimate);
        if (fitted.inference) put_tests(row, fitted.inference->estimates[i]);
    }
    for (const Coefficient& threshold : threshold_table(answer)) {
        Json& row = json["thresholds"].emplace_back(Json{{"name", threshold.name}});
        put(row, "estimate", threshold.estimate);
        if (fitted.inference) put_tests(row, fitted.inference->estimates[table.size() + json["thresholds"].size() - 1]);
    }
    // names and labels may be in any encoding; JSON is UTF-8
    out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

void write_metrics(std::ostream& out, const Answer& answer) {
    const auto& [fitted, test] = answer.judged;
    if (std::isnan(fitted.accuracy) && fitted.r_squared.size() == 0) {
        out << "\nmetrics: none, since not every prediction is finite\n";
        return;
    }
    MetricsTable table(out, answer.options.test_share > 0);
    if (!answer.problem.classes.empty()) return write_metrics_of_classes(out, answer, table);
    const auto& names = answer.problem.target_names;
    const auto of = [](const RealVector& values, Index c) { return c < values.size() ? values[c] : unknown; };
    for (std::size_t target = 0; target < names.size(); ++target) {
        const auto c = static_cast<Index>(target);
        if (names.size() > 1) out << "  " << shortened(names[target]) << '\n';
        table.line(answer.options.has_intercept ? "R^2" : "R^2 about mean", of(fitted.r_squared, c),
                   of(test.r_squared, c), "the target is constant");
        table.line("RMSE", of(fitted.root_mean_squared_error, c), of(test.root_mean_squared_error, c));
        table.line("mean abs. error", of(fitted.mean_absolute_error, c), of(test.mean_absolute_error, c));
    }
}

void write_predictions(std::ostream& out, const Predictions& predictions) {
    const auto& [values, classes, target_names, is_left_out, has_unseen_level] = predictions;
    std::string header;
    if (!classes.empty()) {
        header = "prediction";
        for (const std::string& label : classes) header.append(",").append(csv_cell("probability_" + label));
    } else {
        for (const std::string& name : target_names) header.append(header.empty() ? "" : ",").append(csv_cell(name));
    }
    const std::size_t columns = classes.empty() ? target_names.size() : classes.size() + 1;
    // a line without anything in it would be skipped by those who read it
    const std::string nothing = columns == 1 ? "\"\"" : std::string(columns - 1, ',');
    out << header << '\n';
    std::size_t i = 0;
    for (const bool is_missing : is_left_out) {
        const bool has_none = is_missing || has_unseen_level[i];
        out << (has_none ? nothing : prediction(predictions, static_cast<Index>(i))) << '\n';
        i += !is_missing;
    }
}

}  // namespace fit_csv
