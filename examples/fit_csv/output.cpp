#include "output.hpp"

#include <gradus/diagnostics/collinearity.hpp>

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

struct Coefficient {
    std::string output, name;
    Real estimate;
};

// Output after output, the intercept first; more than two classes against the first one. Thresholds have a table of
// their own.
std::vector<Coefficient> coefficient_table(const Answer& answer, RealMatrix W, RealVector b) {
    std::vector<std::string> outputs = answer.problem.target_names;
    const bool has_intercept = answer.options.has_intercept && !answer.options.is_ordinal();
    if (answer.options.has_classes() && !answer.options.is_ordinal()) {
        outputs.assign(answer.problem.classes.begin() + 1, answer.problem.classes.end());
        if (W.cols() > 1) {
            W = (W.rightCols(W.cols() - 1).colwise() - W.col(0)).eval();
            b = (b.tail(b.size() - 1).array() - b[0]).eval();
        }
    }
    std::vector<Coefficient> table;
    for (std::size_t c = 0; c < outputs.size(); ++c) {
        const auto column = static_cast<Index>(c);
        if (has_intercept) table.push_back({outputs[c], "(Intercept)", b[column]});
        for (Index j = 0; j < W.rows(); ++j)
            table.push_back({outputs[c], answer.problem.feature_names[static_cast<std::size_t>(j)], W(j, column)});
    }
    return table;
}

std::vector<Coefficient> coefficient_table(const Answer& answer) {
    return coefficient_table(answer, answer.fitted.coefficients, answer.fitted.intercept);
}

std::vector<Coefficient> threshold_table(const Answer& answer) {
    std::vector<Coefficient> table;
    const RealVector& thresholds = answer.fitted.intercept;
    for (Index c = 0; answer.options.is_ordinal() && c < thresholds.size(); ++c) {
        const std::string* level = &answer.problem.classes[static_cast<std::size_t>(c)];
        table.push_back({answer.problem.target_names[0], level[0] + "|" + level[1], thresholds[c]});
    }
    return table;
}

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

void write_path(std::ostream& out, const Answer& answer) {
    if (answer.fitted.path.empty()) return;
    const bool has_folds = answer.options.folds > 0;
    out << "\nlambda        nonzero  deviance explained" << (has_folds ? "  loss of rows left out\n" : "\n");
    for (const PathPlace& place : answer.fitted.path) {
        out << std::left << std::setw(14) << place.lambda << std::setw(9) << place.nonzero << std::setw(20)
            << place.deviance_explained;
        if (has_folds) out << place.mean_loss << " +- " << place.standard_error;
        if (has_folds && place.lambda == answer.fitted.best_lambda) out << "  the least";
        if (has_folds && place.lambda == answer.fitted.one_standard_error_lambda) out << "  within one standard error";
        out << '\n';
    }
    out << '\n';
}

const char* meaning_of_weights(const Options& options) {
    return options.weights_are_precisions ? "precisions" : "frequencies";
}

// The library speaks of the numbers as it was given them. Those were rounded when decimals were read and powers were
// formed, and the condition number magnifies that; not known: -1.
double digits_of_input(const gradus::FitReport& report, const Options& options) {
    if (report.condition_number < 1) return -1;
    const Real epsilon = options.scalar == "float"    ? static_cast<Real>(std::numeric_limits<float>::epsilon())
                         : options.scalar == "double" ? static_cast<Real>(std::numeric_limits<double>::epsilon())
                                                      : std::numeric_limits<Real>::epsilon();
    return std::max(0.0, static_cast<double>(-std::log10(report.condition_number * epsilon)));
}

// 95% confidence intervals, beside each slope the variance inflation of its column.
void write_intervals(std::ostream& out, const Answer& answer, const gradus::Inference& inference) {
    const Eigen::VectorXd inflation =
        answer.problem.X.cols() > 0 ? gradus::collinearity(answer.problem.X).variance_inflation : Eigen::VectorXd();
    std::size_t width = 11;
    const auto title = [&](const gradus::Estimate& row) {
        return inference.has_several_outputs ? row.output + ": " + row.name : row.name;
    };
    for (const gradus::Estimate& row : inference.estimates) width = std::max(width, title(row).size());
    const auto cell = [&](const std::string& words) { out << std::setw(14) << std::right << words; };
    const auto number = [&](double value) {
        cell(std::isnan(value) ? "-" : std::isinf(value) ? "unbounded" : gradus::text(value));
    };
    out << '\n' << std::string(width, ' ');
    for (const char* head : {"2.5 %", "97.5 %"}) cell(head);
    if (answer.options.has_odds_ratios)
        for (const char* head : {"odds ratio", "2.5 %", "97.5 %"}) cell(head);
    if (inflation.size() > 0) cell("VIF");
    out << '\n';
    const auto& names = answer.problem.feature_names;
    for (std::size_t i = 0; i < inference.estimates.size(); ++i) {
        const auto at = static_cast<Index>(i);
        const gradus::Estimate& row = inference.estimates[i];
        const bool is_known = !std::isnan(row.std_error) && !std::isnan(row.statistic);
        const auto bound = [&](double value) { number(is_known ? value : std::nan("")); };
        out << std::left << std::setw(static_cast<int>(width)) << title(row);
        bound(inference.interval(at).lower);
        bound(inference.interval(at).upper);
        if (answer.options.has_odds_ratios) {
            number(inference.odds_ratio(at));
            bound(inference.odds_ratio_interval(at).lower);
            bound(inference.odds_ratio_interval(at).upper);
        }
        const auto feature = std::find(names.begin(), names.end(), row.name);
        if (inflation.size() > 0 && feature != names.end()) number(inflation[feature - names.begin()]);
        out << '\n';
    }
}

// Longer lists are cut: --json has all of them.
constexpr std::size_t most_rows = 50;

void say_what_is_cut(std::ostream& out, std::size_t count) {
    if (count > most_rows) out << "  and " << count - most_rows << " more, which --json FILE has\n";
}

Json numbers_json(const RealVector& values) {
    Json json = Json::array();
    for (const Real value : values) {
        const auto number = static_cast<double>(value);
        json.push_back(std::isfinite(number) ? Json(number) : Json());
    }
    return json;
}

Json metrics_json(const Metrics& metrics) {
    Json json = Json::object();
    put(json, "accuracy", metrics.accuracy);
    put(json, "log_loss", metrics.log_loss);
    if (metrics.auc.size() > 0) json["auc"] = numbers_json(metrics.auc);
    for (Index j = 0; j < metrics.confusion.rows(); ++j)
        json["confusion"].push_back(numbers_json(metrics.confusion.row(j).transpose()));
    const std::pair<const char*, const RealVector*> of_numbers[] = {
        {"r_squared", &metrics.r_squared},
        {"root_mean_squared_error", &metrics.root_mean_squared_error},
        {"mean_absolute_error", &metrics.mean_absolute_error}};
    for (const auto& [key, values] : of_numbers)
        if (values->size() > 0) json[key] = numbers_json(*values);
    return json;
}

// Truth in rows, predictions in columns; of many classes there is no room for it.
void write_confusion(std::ostream& out, const std::string& whose, const std::vector<std::string>& classes,
                     const RealMatrix& confusion) {
    constexpr std::size_t most_classes = 10;
    if (confusion.size() == 0 || classes.size() > most_classes) return;
    std::size_t width = 10;
    for (const std::string& label : classes) width = std::max(width, label.size() + 2);
    const auto cell = [&](const auto& content) { out << std::right << std::setw(static_cast<int>(width)) << content; };
    out << "\n  confusion of " << whose << ": truth in rows, predictions in columns\n  ";
    cell("");
    for (const std::string& label : classes) cell(label);
    for (Index j = 0; j < confusion.rows(); ++j) {
        out << "\n  ";
        cell(classes[static_cast<std::size_t>(j)]);
        for (Index c = 0; c < confusion.cols(); ++c) cell(static_cast<double>(confusion(j, c)));
    }
    out << '\n';
}

// The shortest text that reads back as the same double.
std::string shortest(Real value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, static_cast<double>(value)).ptr};
}

}  // namespace

void write_json(std::ostream& out, const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    const gradus::FitReport& report = fitted.report;
    Json json = {{"model", options.model},        {"solver", options.solver},  {"converged", report.converged()},
                 {"status", name(report.status)}, {"message", report.message}, {"iterations", report.iterations},
                 {"rows", problem.rows()}};
    if (!options.weights.empty()) json["weights_are"] = meaning_of_weights(options);
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
        json["metrics"]["fitted"] = metrics_json(answer.judged.fitted);
        if (options.test_share > 0) json["metrics"]["held_out"] = metrics_json(answer.judged.held_out);
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

void write_report(std::ostream& out, const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    const gradus::FitReport& report = fitted.report;
    const auto table = coefficient_table(answer), thresholds = threshold_table(answer);
    std::size_t output_width = 6, name_width = thresholds.empty() ? 4 : 9;  // of their titles
    for (const auto* rows : {&table, &thresholds})
        for (const Coefficient& row : *rows) {
            output_width = std::max(output_width, row.output.size());
            name_width = std::max(name_width, row.name.size());
        }
    const auto line = [&](const std::string& output, const std::string& name) -> std::ostream& {
        return out << "  " << std::left << std::setw(static_cast<int>(output_width) + 2) << output
                   << std::setw(static_cast<int>(name_width) + 2) << name;
    };
    const auto figure = [&](const char* what, Real value) {
        const auto number = static_cast<double>(value);
        if (std::isfinite(number)) out << "  " << what << ' ' << number << '\n';
    };

    out << report;
    const double allowed = digits_of_input(report, options);
    if (allowed >= 0 && allowed < report.correct_digits - 1)
        out << "  input       these digits are of the numbers as stored; rounding them to " << options.scalar
            << " when the file was read allows about " << gradus::text(std::round(10 * allowed) / 10) << '\n';
    out << '\n' << std::setprecision(8);
    write_path(out, answer);
    if (!options.weights.empty()) out << "weights are " << meaning_of_weights(options) << "\n\n";
    const auto rows = [&](const std::vector<Coefficient>& of) {
        for (std::size_t i = 0; i < std::min(of.size(), most_rows); ++i)
            line(of[i].output, of[i].name)
                << (of[i].estimate < 0 ? "" : " ") << static_cast<double>(of[i].estimate) << '\n';
        say_what_is_cut(out, of.size());
    };
    line("output", "name") << "estimate\n";
    rows(table);
    if (!thresholds.empty()) line("output", "threshold") << "estimate\n";
    rows(thresholds);
    for (std::size_t c = 0; c < figures.targets.size(); ++c) {
        const TargetStatistics& target = figures.targets[c];
        out << '\n' << problem.target_names[c] << '\n';
        figure("residual sum of squares", target.rss);
        figure("residual standard error", target.residual_standard_error);
        figure("R^2                    ", target.r_squared);
        figure("log-likelihood         ", target.log_likelihood);
        figure("AIC                    ", target.aic);
        figure("BIC                    ", target.bic);
    }
    if (options.is_linear()) return;
    out << '\n';
    for (std::size_t c = 0; c < problem.classes.size(); ++c)
        out << (c ? ", " : options.is_ordinal() ? "levels " : "classes ") << problem.classes[c];
    if (options.is_ordinal()) out << " (from low to high)\n";
    else if (options.has_classes()) out << " (coefficients against the first)\n";
    figure("log-likelihood", figures.log_likelihood);
    figure("null model    ", figures.null_log_likelihood);
    figure("deviance      ", figures.deviance);
    figure("AIC           ", figures.aic);
    figure("BIC           ", figures.bic);
}

void write_summary(std::ostream& out, const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    const auto table = coefficient_table(answer);
    if (!fitted.inference) {
        out << fitted.report << "\nNo standard errors: " << fitted.why_no_inference << "\n\n";
        for (std::size_t i = 0; i < std::min(table.size(), most_rows); ++i)
            out << "  " << table[i].output << "  " << table[i].name << "  " << static_cast<double>(table[i].estimate)
                << '\n';
        say_what_is_cut(out, table.size());
        return;
    }
    gradus::Inference inference = *fitted.inference;
    inference.model = fitted.report.model;
    if (const std::size_t at = inference.note.find("FirthLogisticRegression"); at != std::string::npos)
        inference.note.replace(at, 23, "--firth");
    for (std::size_t i = 0; i < table.size(); ++i) inference.estimates[i].output = table[i].output;
    const auto thresholds = threshold_table(answer);
    for (std::size_t c = 0; c < thresholds.size(); ++c) inference.estimates[table.size() + c].name = thresholds[c].name;
    for (std::size_t c = 0; c < inference.targets.size(); ++c) inference.targets[c].output = problem.target_names[c];
    const std::size_t all = inference.estimates.size();
    inference.estimates.resize(std::min(all, most_rows));
    out << inference;
    write_intervals(out, answer, inference);
    say_what_is_cut(out, all);
}

void write_metrics(std::ostream& out, const Answer& answer) {
    const bool has_test = answer.options.test_share > 0;
    out << std::setprecision(6) << "\nmetrics             rows fitted" << (has_test ? "   rows held out\n" : "\n");
    const auto line = [&](const std::string& name, Real fitted, Real held_out) {
        out << "  " << std::left << std::setw(18) << name << std::setw(14) << static_cast<double>(fitted);
        if (has_test) out << static_cast<double>(held_out);
        out << '\n';
    };
    const auto& [fitted, test] = answer.judged;
    const std::vector<std::string>& classes = answer.problem.classes;
    if (!classes.empty()) {
        line("accuracy", fitted.accuracy, test.accuracy);
        line("log-loss", fitted.log_loss, test.log_loss);
        for (Index c = 0; c < fitted.auc.size(); ++c)
            line(classes.size() == 2 ? "AUC" : "AUC " + classes[static_cast<std::size_t>(c)], fitted.auc[c],
                 test.auc.size() > 0 ? test.auc[c] : unknown);
        write_confusion(out, "the rows fitted", classes, fitted.confusion);
        write_confusion(out, "the rows held out", classes, test.confusion);
        return;
    }
    const auto& names = answer.problem.target_names;
    for (Index c = 0; c < fitted.r_squared.size(); ++c) {
        const auto of = [&](const RealVector& values) { return values.size() > 0 ? values[c] : unknown; };
        if (names.size() > 1) out << "  " << names[static_cast<std::size_t>(c)] << '\n';
        line("R^2", of(fitted.r_squared), of(test.r_squared));
        line("RMSE", of(fitted.root_mean_squared_error), of(test.root_mean_squared_error));
        line("mean abs. error", of(fitted.mean_absolute_error), of(test.mean_absolute_error));
    }
}

void write_predictions(std::ostream& out, const Predictions& predictions) {
    const auto& [values, classes, target_names] = predictions;
    std::string header;
    if (!classes.empty()) {
        header = "prediction";
        for (const std::string& label : classes) header.append(",").append(csv_cell("probability_" + label));
    } else {
        for (const std::string& name : target_names) header.append(header.empty() ? "" : ",").append(csv_cell(name));
    }
    out << header << '\n';
    for (Index i = 0; i < values.rows(); ++i) {
        std::string line;
        if (!classes.empty()) {
            Index best = 0;
            values.row(i).maxCoeff(&best);
            line = csv_cell(classes[static_cast<std::size_t>(best)]) + ',';
        }
        for (Index c = 0; c < values.cols(); ++c) line.append(c ? "," : "").append(shortest(values(i, c)));
        out << line << '\n';
    }
}

}  // namespace fit_csv
