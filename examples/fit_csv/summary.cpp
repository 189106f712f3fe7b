#include "coefficients.hpp"
#include "words.hpp"
#include <gradus/diagnostics/collinearity.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <sstream>

namespace fit_csv {

namespace {

using Eigen::Index;

constexpr std::size_t column_width = 14;

// The rows of the table: a title for each parameter, padded to the same width.
class Titles {
public:
    explicit Titles(const Answer& answer) : rows_(coefficient_table(answer)) {
        slopes_ = rows_.size();
        const bool has_several_outputs = slopes_ > 0 && rows_.front().output != rows_.back().output;
        for (Coefficient& threshold : threshold_table(answer)) rows_.push_back(std::move(threshold));
        all_ = rows_.size();
        rows_.resize(std::min(all_, most_rows));
        for (const Coefficient& row : rows_)
            titles_.push_back(has_several_outputs ? shortened(row.output) + ": " + shortened(row.name)
                                                  : shortened(row.name, 60));
        for (const std::string& title : titles_) width_ = std::max(width_, letters(title));
    }
    std::size_t size() const { return rows_.size(); }
    std::size_t all() const { return all_; }
    const Coefficient& row(std::size_t i) const { return rows_[i]; }
    bool is_threshold(std::size_t i) const { return i >= slopes_; }
    std::string title(std::size_t i) const { return padded(titles_[i], width_); }
    std::string head() const { return std::string(width_, ' '); }

private:
    std::vector<Coefficient> rows_;
    std::vector<std::string> titles_;
    std::size_t slopes_ = 0, all_ = 0, width_ = 11;
};

std::string cell(const std::string& words) { return right_aligned(words, column_width); }
std::string cell(double value) {
    return cell(std::isnan(value) ? "-" : std::isinf(value) ? "unbounded" : gradus::text(value));
}

const char* ratio_name(const Options& options) { return options.is_count() ? "rate ratio" : "odds ratio"; }

// What helps where frequencies count fewer rows than there are.
std::string advice_on_freedom(const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    if (options.weights.empty() || options.weights_are_precisions ||
        static_cast<Real>(problem.rows_that_count()) <= figures.observations)
        return "";
    return options.is_linear() ? "; for weights that are no counts say --weights-are precisions"
                               : "; as frequencies the weights should count rows: scale them so that they do";
}

// A p-value whose exponent is too long for its column is bounded by one that is not; `begins` at its own column.
std::string with_short_p(const std::string& row, std::size_t begins) {
    const std::size_t power = row.find("10^-"), end = std::min(row.find(' ', power), row.size());
    if (power == row.npos || (end - power < column_width && row.compare(power, 7, "10^-inf") != 0)) return row;
    return row.substr(0, begins) + cell("< 10^-99999") + row.substr(end);
}

// The library aligns titles by their bytes, and letters may have several: it is given none, and they are put where it
// leaves room for them.
void write_tests(std::ostream& out, gradus::Inference inference, const Titles& titles, const Answer& answer) {
    constexpr std::size_t room = 11;
    inference.has_several_outputs = false;
    inference.estimates.resize(titles.size());
    for (gradus::Estimate& row : inference.estimates) row.output = row.name = "";
    std::ostringstream whole;
    whole << inference;
    std::istringstream lines(whole.str());
    bool is_in_table = false;
    std::size_t next = 0;
    for (std::string line; std::getline(lines, line);) {
        const bool is_head = !is_in_table && line.find("Std. Error") != line.npos && line.rfind("note: ", 0) != 0;
        is_in_table = is_in_table || is_head;
        if (is_head) out << titles.head() << line.substr(room) << '\n';
        else if (is_in_table && next < titles.size())
            out << titles.title(next++) << with_short_p(line.substr(room), 3 * column_width) << '\n';
        else if (line.find("No degrees of freedom are left") != line.npos)
            out << line << advice_on_freedom(answer) << '\n';
        else out << line << '\n';
    }
}

// By the rows that were fitted, each as often as it weighs: a row of weight two inflates as the row written twice.
Eigen::VectorXd variance_inflation(const Problem& problem) {
    if (problem.X.cols() == 0) return {};
    return gradus::collinearity(problem.X, {}, problem.outcomes().cast<double>()).variance_inflation;
}

// 95% confidence intervals, beside each slope the variance inflation of its column.
void write_intervals(std::ostream& out, const Answer& answer, const gradus::Inference& inference,
                     const Titles& titles) {
    const Eigen::VectorXd inflation = variance_inflation(answer.problem);
    const bool has_ratios = answer.options.has_odds_ratios;
    out << '\n' << titles.head() << cell("2.5 %") << cell("97.5 %");
    if (has_ratios) out << cell(ratio_name(answer.options)) << cell("2.5 %") << cell("97.5 %");
    if (inflation.size() > 0) out << cell("VIF");
    out << '\n';
    for (std::size_t i = 0; i < titles.size(); ++i) {
        const auto at = static_cast<Index>(i);
        const gradus::Estimate& row = inference.estimates[i];
        const bool is_known = !std::isnan(row.std_error) && !std::isnan(row.statistic);
        const auto bound = [&](double value) { return cell(is_known ? value : std::nan("")); };
        out << titles.title(i) << bound(inference.interval(at).lower) << bound(inference.interval(at).upper);
        if (has_ratios && !titles.is_threshold(i))
            out << cell(inference.odds_ratio(at)) << bound(inference.odds_ratio_interval(at).lower)
                << bound(inference.odds_ratio_interval(at).upper);
        if (inflation.size() > 0 && titles.row(i).feature >= 0) out << cell(inflation[titles.row(i).feature]);
        out << '\n';
    }
}

// The same table without tests, and why there are none.
void write_estimates(std::ostream& out, const Answer& answer, const Titles& titles) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    if (!fitted.report.converged()) write_report_of_fit(out, answer);
    else out << fitted.report.model << '\n';
    out << "note: no standard errors: " << fitted.why_no_inference << '\n';
    write_path(out, answer);
    if (fitted.path.empty()) out << '\n';
    out << titles.head() << cell("Estimate");
    if (options.has_odds_ratios) out << cell(ratio_name(options));
    out << '\n';
    for (std::size_t i = 0; i < titles.size(); ++i) {
        const auto estimate = static_cast<double>(titles.row(i).estimate);
        out << titles.title(i) << cell(estimate);
        if (options.has_odds_ratios && !titles.is_threshold(i)) out << cell(std::exp(estimate));
        out << '\n';
    }
}

// Where there are no tests, or weights that are all one, the library does not say it.
std::string meaning_of_weights(const Answer& answer, const std::string& of_tests) {
    const Options& options = answer.options;
    if (options.weights.empty()) return "";
    if (!of_tests.empty()) return of_tests;
    const std::string what = answer.problem.is_grouped() ? " outcomes" : " rows",
                      count = gradus::text(static_cast<double>(answer.statistics.observations)) + what;
    if (!options.weights_are_precisions) return "frequencies: " + count + " in all";
    return "precisions: " + count + ", whatever they weigh" +
           (options.is_linear() ? "" : "; each adds its weight times its loss");
}

// Which class is modelled, and against which: the estimates mean nothing without.
std::string classes_of(const Answer& answer) {
    const std::vector<std::string> names = shortened(answer.problem.classes);
    if (answer.options.is_ordinal()) return "levels " + listed(names) + " (from low to high)";
    if (names.size() > 2) return "classes " + listed(names) + " (each against the first)";
    return "the odds are those of " + names[1] + " against " + names[0];
}

// As the table has to show it: one meaning of weights, names that are short.
gradus::Inference shown(const Answer& answer) {
    const auto& [problem, options, fitted, figures, judged] = answer;
    gradus::Inference inference = *fitted.inference;
    inference.model = fitted.report.model;
    inference.weights = meaning_of_weights(answer, inference.weights);
    for (std::size_t c = 0; c < inference.targets.size(); ++c)
        inference.targets[c].output = shortened(problem.target_names[c]);
    return inference;
}

}  // namespace

void write_summary(std::ostream& out, const Answer& answer) {
    const Titles titles(answer);
    if (answer.fitted.inference) {
        const gradus::Inference inference = shown(answer);
        write_tests(out, inference, titles, answer);
        write_intervals(out, answer, inference, titles);
    } else {
        write_estimates(out, answer, titles);
        if (const std::string meaning = meaning_of_weights(answer, ""); !meaning.empty())
            out << "\nWeights are " << meaning << '\n';
    }
    say_what_is_cut(out, titles.all());
    if (answer.options.has_classes()) out << '\n' << classes_of(answer) << '\n';
    if (const std::size_t held_out = answer.problem.held_out_rows; held_out > 0)
        out << '\n' << counted(held_out, "more row") << ", held out, had no part in the fit\n";
}

}  // namespace fit_csv
