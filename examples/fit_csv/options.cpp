#include "options.hpp"

#include "csv_table.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <limits>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace fit_csv {

namespace {

// Words as they stand on the command line, before anything is known about them.
struct Words {
    std::string target, features, penalty, levels, link;
    bool no_intercept = false;
};

struct FileWords {
    std::string separator, missing = "refuse", categorical, weights_are = "frequencies";
};

void declare(CLI::App& app, Options& options, Words& words) {
    app.add_option("FILE.csv", options.file, "Data with a header row; - is standard input")->required()->type_name("");
    app.add_option("--model", options.model, "linear | logistic | ordinal | poisson | huber")->type_name("NAME");
    app.add_option("--target", words.target, "What to explain; for a linear model several columns, separated by commas")
        ->type_name("NAME,...");
    app.add_option("--features", words.features, "What to explain it by; otherwise every column that has no other part")
        ->type_name("NAME,...");
    app.add_flag("--no-intercept", words.no_intercept, "Leave the intercept out");
    app.add_option("--weights", options.weights, "Column of weights, see --weights-are")->type_name("NAME");
    app.add_option("--offset", options.offset, "Column added to the linear predictor")->type_name("NAME");
    app.add_option("--trials", options.trials, "Each row is a group of so many; the target counts its successes")
        ->type_name("NAME");
    app.add_option("--polynomial", options.polynomial, "Fit the powers 1 to D of the one feature")
        ->type_name("D")
        ->check(CLI::Range(1, 100));
    app.add_option("--levels", words.levels, "ordinal: the levels of the target from low to high; numbers sort without")
        ->type_name("low,mid,high");
    app.add_option("--link", words.link, "ordinal: logit | probit | cloglog; logit")->type_name("NAME");
    app.add_option("--penalty", words.penalty,
                   "Adds to the mean loss: ridge=L L/2 sum w^2; lasso=L L sum |w|; elastic-net=L:A L (A sum |w| + "
                   "(1 - A)/2 sum w^2). With --path or --folds L may be left out: lasso, elastic-net=:A")
        ->type_name("NAME=L");
    app.add_flag("--path", options.has_path,
                 "lasso, elastic-net: fit for a hundred L, from the one at which all coefficients are zero to a "
                 "hundredth of it, and list them");
    app.add_option(
           "--folds", options.folds,
           "lasso, elastic-net: choose L by cross-validation with so many folds; the fit is that with the least "
           "loss")
        ->type_name("N")
        ->check(CLI::Range(2, 1000000));
    app.add_flag("--progress", options.shows_progress,
                 "--path, --folds: tell on standard error how many fits are done; a terminal is told anyway");
    app.add_option("--delta", options.delta,
                   "huber: residuals beyond it, in units of the target, count by their sign alone; 1.345")
        ->type_name("D");
    app.add_flag(
        "--standardize", options.standardize,
        "The penalty acts on the coefficients of columns scaled to unit standard deviation (with --folds that of "
        "the rows fitted each time), and solvers whose "
        "steps depend on the scale (gradient-descent to saga) run on such columns");
    app.add_flag("--firth", options.has_firth,
                 "logistic: Firth's bias reduction, finite on separated classes too; it has a solver of its own");
    app.add_option("--solver", options.solver,
                   "linear: qr | cholesky | svd; lasso, elastic-net: coordinate-descent | fista; else: auto | newton | "
                   "newton-cg | lbfgs | conjugate-gradient | "
                   "gradient-descent | momentum | nesterov | barzilai-borwein | sgd | adam | saga")
        ->type_name("NAME");
    app.add_option("--step", options.step,
                   "The fixed step (learning rate) of a first-order solver; without it the solver finds its own")
        ->type_name("T");
    app.add_option("--tolerance", options.tolerance, "Of an iterative solver, on the relative gradient")
        ->type_name("T");
    app.add_option("--max-iterations", options.max_iterations, "Of an iterative solver")->type_name("N");
    app.add_option("--scalar", options.scalar, "float | double | long-double")->type_name("NAME");
    app.add_option("--threads", options.threads,
                   "Threads that walk over the rows, 0: as many as there are; the answer does not depend on it")
        ->type_name("N")
        ->check(CLI::Range(0, 1024));
    app.add_flag("--summary", options.has_summary, "Print the table of estimates, standard errors and tests");
    app.add_flag("--odds-ratios", options.has_odds_ratios,
                 "With --summary: exp(estimate) and its interval, the factor on the odds (poisson: on the mean)");
    app.add_flag("--metrics", options.has_metrics,
                 "Print accuracy, log-loss, AUC and confusion matrix, or R^2, RMSE and mean absolute error, of the "
                 "rows fitted");
    app.add_option("--test-share", options.test_share,
                   "With --metrics: hold this share of the rows (of each class) out of the fit, and judge by them too")
        ->type_name("S");
    app.add_option("--seed", options.seed, "With --test-share or --folds: another number draws other rows; 1")
        ->type_name("N");
    app.add_option("--trace", options.trace, "Write one row for each iteration of an iterative solver")
        ->type_name("FILE.csv|-");
    app.add_option("--json", options.json, "Write the result as JSON instead of a report; - is standard output")
        ->type_name("FILE|-");
    app.add_option("--predict", options.predictions, "Write the predictions for the rows of FILE.csv")
        ->type_name("OUT.csv|-");
    app.footer("Exit status: 0 fitted; 2 the command line or the file is wrong; 3 not converged, no finite optimum, or "
               "interrupted.");
}

// How the file is read, and models that are kept.
void declare_files(CLI::App& app, Options& options, FileWords& words) {
    app.add_option("--separator", words.separator,
                   "Between cells: comma | semicolon | tab | pipe, or the character; otherwise guessed from the "
                   "header, and where "
                   "that has several, from the rows")
        ->type_name("C");
    app.add_option("--missing", words.missing,
                   "Rows with an empty cell, NA, NaN, N/A, null or ? in a column that is used: refuse | drop; refuse")
        ->type_name("refuse|drop");
    app.add_option("--categorical", words.categorical,
                   "Features that are levels: a column NAME[LEVEL] of 0 and 1 for each but the first, in sorted order")
        ->type_name("NAME,...");
    app.add_option("--weights-are", words.weights_are,
                   "frequencies: 2 is the row twice; precisions: 2 is half the variance; frequencies")
        ->type_name("frequencies|precisions");
    app.add_option("--save", options.save, "Write the fitted model, with what was done to the columns")
        ->type_name("MODEL.json|-");
    app.add_option("--load", options.load,
                   "Fit nothing: --predict with a model that was saved, for the rows of FILE.csv, its columns found by "
                   "name and in any order")
        ->type_name("MODEL.json");
}

std::string one_of(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

void choose(const std::string& option, const std::string& value, const std::vector<std::string>& names) {
    if (std::find(names.begin(), names.end(), value) == names.end())
        throw BadInput(option + ": there is no " + quoted(value) + " here, only " + one_of(names));
}

double read_amount(const std::string& penalty, const std::string& amount, const char* form, double most) {
    long double value = 0;
    if (!read_number(amount.c_str(), value) || value < 0 || value > static_cast<long double>(most))
        throw BadInput("--penalty: " + quoted(penalty) + " is not " + form);
    return static_cast<double>(value);
}

// ridge=L, lasso=L, elastic-net=L:A; L may be missing where it is looked for
void read_penalty(const std::string& words, Options& options) {
    constexpr double any = std::numeric_limits<double>::max();
    const std::size_t equals = std::min(words.find('='), words.size());
    options.penalty = words.substr(0, equals);
    choose("--penalty", options.penalty, {"ridge", "lasso", "elastic-net"});
    std::string amount = words.substr(std::min(equals + 1, words.size()));
    const bool is_net = options.penalty == "elastic-net", seeks = options.has_path || options.folds > 0;
    const char* form = is_net                       ? "elastic-net=L:A with numbers L >= 0 and A from 0 to 1"
                       : options.penalty == "lasso" ? "lasso=L with a number L >= 0"
                                                    : "ridge=L with a number L >= 0";
    if (is_net) {
        const std::size_t colon = amount.find(':');
        if (colon == amount.npos) throw BadInput("--penalty: " + quoted(words) + " is not " + form);
        options.l1_ratio = read_amount(words, amount.substr(colon + 1), form, 1);
        amount.resize(colon);
    }
    if (seeks && !options.has_corners()) throw BadInput("--path and --folds go with --penalty lasso or elastic-net=:A");
    if (options.folds > 0 && !amount.empty())
        throw BadInput("--folds chooses the amount of the penalty: " +
                       std::string(is_net ? "--penalty elastic-net=:A" : "--penalty lasso"));
    if (!amount.empty() || !seeks) options.lambda = read_amount(words, amount, form, any);
}

const std::vector<std::string> iterative_solvers = {"newton",
                                                    "newton-cg",
                                                    "lbfgs",
                                                    "conjugate-gradient",
                                                    "gradient-descent",
                                                    "momentum",
                                                    "nesterov",
                                                    "barzilai-borwein",
                                                    "sgd",
                                                    "adam",
                                                    "saga"};

std::vector<std::string> all_of(std::vector<std::string> names, const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

// Names that may be none, but not empty.
std::vector<std::string> names_in(const std::string& option, const std::string& list) {
    std::vector<std::string> names = split_list(list);
    if (std::find(names.begin(), names.end(), "") != names.end())
        throw BadInput(option + ": " + quoted(list) + " has an empty name in its list");
    return names;
}

void complete(Options& options, const Words& words) {
    choose("--model", options.model, {"linear", "logistic", "ordinal", "poisson", "huber"});
    choose("--scalar", options.scalar, {"float", "double", "long-double"});
    if (options.has_firth) {
        if (options.model != "logistic") throw BadInput("--firth belongs to --model logistic");
        if (!words.penalty.empty()) throw BadInput("--firth is a penalty of its own, it does not go with --penalty");
        if (!options.solver.empty() && options.solver != "auto")
            throw BadInput("--firth has a solver of its own, it does not go with --solver");
    }
    if (!words.penalty.empty()) read_penalty(words.penalty, options);
    else if (options.has_path || options.folds > 0)
        throw BadInput("--path and --folds go with --penalty lasso or elastic-net=:A");
    if (options.solver.empty())
        options.solver = options.has_corners() ? "coordinate-descent" : options.is_linear() ? "qr" : "auto";
    if (options.has_corners()) choose("--solver", options.solver, {"coordinate-descent", "fista"});
    else if (options.is_linear())
        choose("--solver", options.solver, all_of({"qr", "cholesky", "svd"}, iterative_solvers));
    else choose("--solver", options.solver, all_of(iterative_solvers, {"auto"}));
    if ((options.has_path || options.folds > 0) && options.solver != "coordinate-descent")
        throw BadInput("--path and --folds are by coordinate descent, they do not go with --solver " + options.solver);

    options.targets = names_in("--target", words.target);
    options.has_intercept = !words.no_intercept;
    if (options.targets.empty()) throw BadInput("--target names no column");
    if (!options.is_linear() && options.targets.size() > 1)
        throw BadInput("--target: a " + options.model + " model has one target");
    if (options.delta && options.model != "huber") throw BadInput("--delta belongs to --model huber");
    if (options.delta && !(*options.delta > 0 && std::isfinite(*options.delta)))
        throw BadInput("--delta must be a number > 0");
    if (options.model != "logistic" && !options.trials.empty()) throw BadInput("--trials belongs to --model logistic");
    if (options.tolerance && !(*options.tolerance >= 0 && std::isfinite(*options.tolerance)))
        throw BadInput("--tolerance must be a number >= 0");
    if (options.max_iterations && *options.max_iterations < 0) throw BadInput("--max-iterations must be >= 0");
    if (options.step) {
        if (!(*options.step > 0 && std::isfinite(*options.step))) throw BadInput("--step must be a number > 0");
        choose("--step goes with a solver of fixed steps; --solver", options.solver,
               {"gradient-descent", "momentum", "nesterov", "sgd", "adam", "saga"});
    }
    if (options.has_odds_ratios && (!options.has_summary || options.is_linear() || options.model == "huber"))
        throw BadInput("--odds-ratios goes with --summary of a logistic, ordinal or poisson model");
    if (options.test_share != 0 && !options.has_metrics) throw BadInput("--test-share goes with --metrics");
    if (!(options.test_share >= 0 && options.test_share < 1))
        throw BadInput("--test-share must be a number between 0 and 1");
    if (options.seed < 0) throw BadInput("--seed must be >= 0");
    if (options.is_direct() && (options.tolerance || options.max_iterations))
        std::cerr << "fit_csv: note: " << options.solver
                  << " solves directly, so --tolerance and --max-iterations have no part in it\n";
    if (options.is_direct() && !options.trace.empty())
        std::cerr << "fit_csv: note: " << options.solver
                  << " solves directly, so the trace has no rows; --solver newton or gradient-descent iterates\n";
}

char read_separator(const std::string& separator) {
    const std::pair<const char*, char> names[] = {
        {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}, {"\\t", '\t'}};
    for (const auto& [name, character] : names)
        if (separator == name) return character;
    if (separator.size() != 1 || separator.find_first_of("\"\r\n") != separator.npos)
        throw BadInput("--separator: " + quoted(separator) +
                       " is neither comma, semicolon, tab, pipe nor one character");
    return separator[0];
}

// A file that is read and written at once would be lost; two outputs in one would be mixed.
void check_outputs(const Options& options) {
    const std::pair<const char*, const std::string*> outputs[] = {{"--json", &options.json},
                                                                  {"--predict", &options.predictions},
                                                                  {"--trace", &options.trace},
                                                                  {"--save", &options.save}};
    const auto is_same = [](const std::string& a, const std::string& b) {
        using namespace std::filesystem;
        std::error_code ignored;
        const auto place = [&](const std::string& file) { return weakly_canonical(absolute(file, ignored), ignored); };
        return !a.empty() && !b.empty() &&
               (a == b || (a != "-" && b != "-" && (equivalent(a, b, ignored) || place(a) == place(b))));
    };
    if (options.file == "-" && options.load == "-") throw BadInput("--load and FILE both read standard input");
    for (const auto& [option, file] : outputs) {
        for (const std::string* input : {&options.file, &options.load})
            if (*file != "-" && is_same(*file, *input == "-" ? "/dev/stdin" : *input))
                throw BadInput(std::string(option) + ": " + *file +
                               " is a file that is read, and would be overwritten");
        for (const auto& [other, same] : outputs)
            if (file != same && is_same(*file, *same))
                throw BadInput(std::string(option) + " and " + other + " both write to " +
                               (*file == "-" ? "standard output" : *file));
    }
}

void complete_files(Options& options, const FileWords& words) {
    if (!words.separator.empty()) options.separator = read_separator(words.separator);
    choose("--missing", words.missing, {"refuse", "drop"});
    options.may_drop_missing = words.missing == "drop";
    choose("--weights-are", words.weights_are, {"frequencies", "precisions"});
    options.weights_are_precisions = words.weights_are == "precisions";
    options.categorical = names_in("--categorical", words.categorical);
    check_outputs(options);
}

// With --load the model says everything else.
void check_load(const CLI::App& app, const Options& options) {
    for (const CLI::Option* option : app.get_options()) {
        const std::string name = option->get_name();
        if (option->count() > 0 && name.rfind("--", 0) == 0 && name != "--load" && name != "--predict" &&
            name != "--missing" && name != "--separator")
            throw BadInput(name + " does not go with --load, which fits nothing");
    }
    if (options.predictions.empty())
        throw BadInput("--load: nothing is asked of the model; --predict OUT.csv predicts");
}

void complete_ordinal(Options& options, const Words& words, bool has_levels, bool has_link) {
    if (!options.is_ordinal()) {
        if (has_levels) throw BadInput("--levels belongs to --model ordinal");
        if (has_link) throw BadInput("--link belongs to --model ordinal");
        return;
    }
    if (!options.has_intercept)
        throw BadInput(
            "--no-intercept: an ordinal model has thresholds in place of an intercept, and cannot do without");
    if (has_link) choose("--link", options.link = words.link, {"logit", "probit", "cloglog"});
    if (options.has_odds_ratios && options.link != "logit")
        throw BadInput("--odds-ratios: under --link " + options.link +
                       " exp(estimate) is no ratio of odds, as it is under logit");
    if (!has_levels) return;
    options.levels = names_in("--levels", words.levels);
    for (std::string& level : options.levels) level = std::string(trimmed(level));  // as cells are
    if (options.levels.size() < 2) throw BadInput("--levels: at least two levels are needed, as in low,mid,high");
}

}  // namespace

std::optional<Options> read_command_line(int argc, char** argv) {
    CLI::App app("Fits a linear, logistic, ordinal, Poisson or Huber model to a CSV file.", "fit_csv");
    Options options;
    Words words;
    declare(app, options, words);
    FileWords file_words;
    declare_files(app, options, file_words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return {};
    } catch (const CLI::ParseError& error) {
        throw BadInput(std::string(error.what()) + " (--help lists the options)");
    }
#if __has_include(<unistd.h>)
    options.shows_progress = options.shows_progress || isatty(STDERR_FILENO) != 0;
#endif
    complete_files(options, file_words);
    if (!options.load.empty()) return check_load(app, options), options;
    for (const char* name : {"--model", "--target"})
        if (app.count(name) == 0) throw BadInput(std::string(name) + " is required (--help lists the options)");
    if (app.count("--features") > 0) options.features = names_in("--features", words.features);
    complete(options, words);
    complete_ordinal(options, words, app.count("--levels") > 0, app.count("--link") > 0);
    return options;
}

}  // namespace fit_csv
