#include "coefficients.hpp"
#include "words.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

namespace fit_csv {

namespace {

using Eigen::Index;

constexpr std::size_t most_terms = 12;  // on one line

// Of parameters, by their names, those that `term` has something to say of.
template <class Term>
std::string terms(const std::vector<std::string>& names, const Term& term) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (const std::string words = term(static_cast<Index>(i)); !words.empty()) out.push_back(names[i] + words);
    return out.empty() ? "none" : listed(out, most_terms);
}

// Slopes and intercepts of one output; of an ordinal model all thresholds belong to its only slopes.
struct Parameters {
    std::vector<std::string> names;
    Index features, first_intercept;
};

Parameters parameters_of(const Answer& answer, Index output) {
    Parameters out;
    for (const std::string& name : answer.problem.feature_names) out.names.push_back("'" + shortened(name) + "'");
    out.features = static_cast<Index>(out.names.size());
    out.first_intercept = answer.options.is_ordinal() ? 0 : output;
    if (!answer.options.is_ordinal()) out.names.push_back("intercept");
    else
        for (const std::string& name : threshold_names(shortened(answer.problem.classes)))
            out.names.push_back("'" + name + "'");
    return out;
}

// Along which way the likelihood of separated classes grows for ever, and what goes to infinity with it.
void write_directions(std::ostream& out, const Answer& answer) {
    constexpr Index most_outputs = 10;
    const gradus::FitReport& report = answer.fitted.report;
    const Index outputs = report.separating_slopes.cols();
    const bool are_classes = outputs > 1 && outputs == static_cast<Index>(answer.problem.classes.size());
    for (Index c = 0; c < std::min(outputs, most_outputs); ++c) {
        const Parameters of = parameters_of(answer, c);
        const auto entry = [&](const auto& slopes, const auto& intercepts, Index i) {
            return i < of.features ? slopes(i, c) : intercepts[of.first_intercept + i - of.features];
        };
        const std::string whose =
            are_classes ? shortened(answer.problem.classes[static_cast<std::size_t>(c)]) + ": " : "";
        out << "  direction   " << whose << terms(of.names, [&](Index i) {
            const double value = entry(report.separating_slopes, report.separating_intercept, i);
            return value == 0 && i < of.features ? std::string() : gradus::text(" ", value);
        }) << '\n';
        if (report.infinite_slopes.size() == 0) continue;
        out << "  infinite    " << whose << terms(of.names, [&](Index i) -> std::string {
            const int sign = entry(report.infinite_slopes, report.infinite_intercept, i);
            return sign == 0 ? "" : sign > 0 ? " +" : " -";
        }) << '\n';
    }
    if (outputs > most_outputs) out << "              and those of " << outputs - most_outputs << " more classes\n";
}

void write_coefficients(std::ostream& out, const Answer& answer) {
    const auto table = coefficient_table(answer), thresholds = threshold_table(answer);
    const auto name_of = [](const Coefficient& row) { return shortened(row.name, 60); };
    std::size_t output_width = 6, name_width = thresholds.empty() ? 4 : 9;  // of their titles
    for (const auto* rows : {&table, &thresholds})
        for (std::size_t i = 0; i < std::min(rows->size(), most_rows); ++i) {
            output_width = std::max(output_width, letters(shortened((*rows)[i].output)));
            name_width = std::max(name_width, letters(name_of((*rows)[i])));
        }
    const auto line = [&](const std::string& output, const std::string& name) -> std::ostream& {
        return out << "  " << padded(output, output_width + 2) << padded(name, name_width + 2);
    };
    const auto rows = [&](const std::vector<Coefficient>& of) {
        for (std::size_t i = 0; i < std::min(of.size(), most_rows); ++i)
            line(shortened(of[i].output), name_of(of[i]))
                << (of[i].estimate < 0 ? "" : " ") << static_cast<double>(of[i].estimate) << '\n';
        say_what_is_cut(out, of.size());
    };
    line("output", "name") << "estimate\n";
    rows(table);
    if (!thresholds.empty()) line("output", "threshold") << "estimate\n";
    rows(thresholds);
}

}  // namespace

void write_report_of_fit(std::ostream& out, const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    gradus::FitReport report = fitted.report;
    report.rows -= static_cast<Index>(problem.held_out_rows);
    report.separating_slopes.resize(0, 0);
    out << report;
    write_directions(out, answer);
    const double allowed = digits_of_input(report, options);
    if (allowed >= 0 && report.correct_digits >= 0)
        out << "  input       these digits are of the numbers as stored; rounding them to " << options.scalar
            << " when the file was read allows about " << gradus::text(std::round(10 * allowed) / 10) << '\n';
    if (problem.held_out_rows > 0)
        out << "  held out    " << counted(problem.held_out_rows, "more row") << ", which had no part in the fit\n";
}

void write_report(std::ostream& out, const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    const auto figure = [&](const char* what, Real value) {
        const auto number = static_cast<double>(value);
        if (std::isfinite(number)) out << "  " << what << ' ' << number << '\n';
    };
    write_report_of_fit(out, answer);
    out << '\n' << std::setprecision(8);
    write_path(out, answer);
    if (!options.weights.empty()) out << "weights are " << meaning_of_weights(options) << "\n\n";
    write_coefficients(out, answer);
    for (std::size_t c = 0; c < figures.targets.size(); ++c) {
        const TargetStatistics& target = figures.targets[c];
        out << '\n' << shortened(problem.target_names[c]) << '\n';
        figure("residual sum of squares", target.rss);
        figure("residual standard error", target.residual_standard_error);
        figure(options.has_intercept ? "R^2                    " : "R^2 about zero         ", target.r_squared);
        figure("log-likelihood         ", target.log_likelihood);
        figure("AIC                    ", target.aic);
        figure("BIC                    ", target.bic);
    }
    if (options.is_linear()) return;
    out << '\n';
    if (options.has_classes())
        out << (options.is_ordinal() ? "levels " : "classes ") << listed(shortened(problem.classes));
    if (options.is_ordinal()) out << " (from low to high)\n";
    else if (options.has_classes()) out << " (coefficients against the first)\n";
    figure("log-likelihood", figures.log_likelihood);
    figure("null model    ", figures.null_log_likelihood);
    figure("deviance      ", figures.deviance);
    figure("AIC           ", figures.aic);
    figure("BIC           ", figures.bic);
}

}  // namespace fit_csv
