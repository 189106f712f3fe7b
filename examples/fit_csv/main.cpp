// Fits a linear, logistic, ordinal, Poisson or Huber model to a CSV file: fit_csv --help.

#include "output.hpp"
#include "remedies.hpp"
#include "saved_model.hpp"
#include "words.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <regex>

namespace fit_csv {

namespace {

constexpr int exit_fine = 0, exit_bad_input = 2, exit_no_answer = 3;

// The library counts rows and columns from zero, and people look at lines and names in their file.
std::string in_terms_of_the_file(const std::string& message, const CsvTable& table, const Problem& problem) {
    std::smatch found;
    if (!std::regex_search(message, found, std::regex("row ([0-9]+)(, column ([0-9]+)( \\('.*'\\))?)?")))
        return message;
    const auto& names = message[0] == 'y' ? problem.target_names : problem.feature_names;
    const std::size_t row = std::stoul(found[1]), column = found[3].matched ? std::stoul(found[3]) : names.size();
    std::string place = "line " + std::to_string(table.line(row));
    if (column < names.size()) place += ", column " + quoted(names[column]);
    return found.prefix().str() + place + found.suffix().str();
}

Fitted fit(const CsvTable& table, const Problem& problem, const Options& options, Watch& watch) {
    try {
        if (options.scalar == "float") return fit_float(problem, options, watch);
        if (options.scalar == "double") return fit_double(problem, options, watch);
        return fit_long_double(problem, options, watch);
    } catch (const std::invalid_argument& error) {
        throw BadInput(options.file + ": " + in_terms_of_the_file(error.what(), table, problem));
    }
}

// Without a word on it, and without a trace.
bool would_succeed(const CsvTable& table, const Problem& problem, Options options) {
    options.trace.clear();
    options.shows_progress = false;
    std::ostream nowhere(nullptr);
    Watch watch(problem, options, nowhere);
    try {
        return fit(table, problem, options, watch).report.converged();
    } catch (const std::exception&) {
        return false;
    }
}

// `path`: - is standard output.
template <class Write>
void write_to(const std::string& path, Write&& write) {
    if (path == "-") return void(write(std::cout));
    std::ofstream file(path);
    write(file);
    if (!file.flush()) throw BadInput("cannot write " + path);
}

Fitted fit_and_trace(const CsvTable& table, const Problem& problem, const Options& options) {
    Watch watch(problem, options, std::cerr);
    Fitted fitted = fit(table, problem, options, watch);
    put_into_options(fitted, problem, options,
                     [&](const Options& others) { return would_succeed(table, problem, others); });
    if (watch.trace()) write_to(options.trace, [&](std::ostream& file) { watch.trace()->write_csv(file); });
    return fitted;
}

void print_notes(const std::vector<std::string>& notes) {
    for (const std::string& note : notes) std::cerr << "fit_csv: note: " << note << '\n';
}

int predict_only(const Options& options) {
    std::vector<std::string> notes;
    const Predictions predictions = predict_by_saved_model(options, notes);
    print_notes(notes);
    write_to(options.predictions, [&](std::ostream& file) { write_predictions(file, predictions); });
    return exit_fine;
}

int fit_and_write(const Options& options) {
    CsvTable table(options.file, options.separator);
    const Problem problem = make_problem(table, options);
    const Fitted fitted = fit_and_trace(table, problem, options);
    const Statistics figures = statistics(problem, options, fitted);
    Answer answer{problem, options, fitted, figures};
    if (options.has_metrics) {
        answer.judged.fitted = metrics(problem, options, figures.mean, problem.weights);
        answer.judged.held_out = metrics(problem, options, figures.mean, problem.held_out);
    }

    print_notes(table.notes());
    print_notes(problem.notes);
    if (problem.dropped_rows > 0)
        print_notes({counted(problem.dropped_rows, "row") + " with missing values" +
                     (problem.dropped_rows == 1 ? " is" : " are") + " left out" +
                     (options.predictions.empty() ? "" : ", and their predictions are empty cells")});
    if (!options.save.empty()) {
        const std::string model = saved_model(problem, options, fitted);
        write_to(options.save, [&](std::ostream& file) { file << model; });
    }
    if (!options.json.empty()) write_to(options.json, [&](std::ostream& file) { write_json(file, answer); });
    else if (!options.has_output_in_place_of_report()) {
        options.has_summary ? write_summary(std::cout, answer) : write_report(std::cout, answer);
        if (options.has_metrics) write_metrics(std::cout, answer);
    }
    const Predictions predictions{figures.mean, problem.classes, problem.target_names, table.is_left_out(),
                                  problem.has_unseen_level};
    if (!options.predictions.empty())
        write_to(options.predictions, [&](std::ostream& file) { write_predictions(file, predictions); });
    return fitted.report.converged() ? exit_fine : exit_no_answer;
}

int run(const Options& options) { return options.load.empty() ? fit_and_write(options) : predict_only(options); }

}  // namespace

}  // namespace fit_csv

int main(int argc, char** argv) {
    try {
        const auto options = fit_csv::read_command_line(argc, argv);
        return options ? fit_csv::run(*options) : fit_csv::exit_fine;
    } catch (const std::exception& error) {
        std::string line = error.what();
        std::replace(line.begin(), line.end(), '\n', ' ');
        std::cerr << "fit_csv: " << line << '\n';
        return fit_csv::exit_bad_input;
    }
}
