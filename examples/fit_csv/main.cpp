// Fits a linear, logistic, ordinal, Poisson or Huber model to a CSV file: fit_csv --help.

#include "output.hpp"

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
    if (column < names.size()) place.append(", column '").append(names[column]).append("'");
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

template <class Write>
void write_file(const std::string& path, Write&& write) {
    std::ofstream file(path);
    write(file);
    if (!file.flush()) throw BadInput("cannot write " + path);
}

Fitted fit_and_trace(const CsvTable& table, const Problem& problem, const Options& options) {
    Watch watch(problem, options, std::cerr);
    Fitted fitted = fit(table, problem, options, watch);
    if (watch.trace()) write_file(options.trace, [&](std::ostream& file) { watch.trace()->write_csv(file); });
    return fitted;
}

int run(const Options& options) {
    const CsvTable table(options.file);
    const Problem problem = make_problem(table, options);
    const Fitted fitted = fit_and_trace(table, problem, options);
    const Statistics figures = statistics(problem, options, fitted);
    const Answer answer{problem, options, fitted, figures};

    if (options.json.empty()) options.has_summary ? write_summary(std::cout, answer) : write_report(std::cout, answer);
    else if (options.json == "-") write_json(std::cout, answer);
    else write_file(options.json, [&](std::ostream& file) { write_json(file, answer); });
    if (!options.predictions.empty())
        write_file(options.predictions, [&](std::ostream& file) { write_predictions(file, answer); });
    return fitted.report.converged() ? exit_fine : exit_no_answer;
}

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
