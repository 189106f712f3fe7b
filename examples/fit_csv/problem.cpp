#include "problem.hpp"

#include "words.hpp"
#include <gradus/preprocessing/splits.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>
#include <utility>

namespace fit_csv {

namespace {

using Eigen::Index;

// a column that counts something: not negative
RealVector amounts(const CsvTable& table, const std::string& name, const std::string& option) {
    const std::size_t column = table.column(name, option);
    const RealVector values = numbers(table, column);
    for (Index i = 0; i < values.size(); ++i)
        if (values[i] < 0) {
            const auto row = static_cast<std::size_t>(i);
            throw BadInput(table.place(row, column) + ": " + table.cell(row, column) + " is negative, which " + option +
                           " must not be");
        }
    return values;
}

void refuse_duplicates(std::vector<std::string> names, const std::string& what) {
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) throw BadInput("column " + quoted(*twice) + " is named twice among the " + what);
}

// The features asked for, or every column that has no other part.
std::vector<std::string> choose_features(const CsvTable& table, const Options& options) {
    std::vector<std::string> taken = options.targets;
    if (options.features) {
        taken.insert(taken.end(), options.features->begin(), options.features->end());
        refuse_duplicates(taken, "targets and features");
        return *options.features;
    }
    for (const std::string& name : {options.weights, options.offset, options.trials})
        if (!name.empty()) taken.push_back(name);
    std::vector<std::string> features;
    for (std::size_t j = table.has_row_names(); j < table.names().size(); ++j)
        if (std::find(taken.begin(), taken.end(), table.names()[j]) == taken.end())
            features.push_back(table.names()[j]);
    return features;
}

// Every column that has a part.
std::vector<std::size_t> used_columns(const CsvTable& table, const Options& options,
                                      const std::vector<std::string>& features) {
    std::vector<std::size_t> out;
    const auto use = [&](const std::string& name, const std::string& option) {
        if (!name.empty()) out.push_back(table.column(name, option));
    };
    for (const std::string& name : options.targets) use(name, "--target");
    for (const std::string& name : features) use(name, "--features");
    use(options.weights, "--weights");
    use(options.offset, "--offset");
    use(options.trials, "--trials");
    return out;
}

// What stands for a missing value elsewhere is said, where it is taken for a word.
void note_what_looks_missing(const std::vector<std::string>& levels, const std::string& column, Problem& problem) {
    for (const std::string& level : levels)
        if (looks_missing(level))
            problem.notes.push_back(quoted(level) + " is taken for a level of column " + quoted(column) +
                                    "; if it stands for a missing value, write NA, and see --missing");
}

// Sorted, of the rows that count; into `codes` those of all rows.
std::vector<std::string> levels_of(const Levels& all, const std::string& column, RealVector& codes, Problem& problem) {
    std::vector<std::string> levels = all.sorted(codes);
    all.refuse_what_seems_missing(levels);
    note_what_looks_missing(levels, column, problem);
    return levels;
}

// Levels are those of the rows that are fitted. With another there is nothing to predict by: the zeros that stand for
// it in X are those of the first level.
void mark_unseen_levels(const CsvTable& table, Problem& problem) {
    problem.has_unseen_level.assign(table.rows(), false);
    for (const FeatureColumn& column : problem.coding.columns) {
        if (column.levels.empty()) continue;
        const std::size_t place = table.column(column.name, "--categorical");
        const RealVector codes = Levels(table, place).encoded(column.levels);
        std::set<std::string> unseen;
        for (std::size_t i = 0; i < table.rows(); ++i) {
            if (codes[static_cast<Index>(i)] >= 0) continue;
            problem.has_unseen_level[i] = true;
            unseen.insert(quoted(table.cell(i, place)));
        }
        if (!unseen.empty())
            problem.notes.push_back("no row that is fitted has " + listed({unseen.begin(), unseen.end()}) +
                                    " in column " + quoted(column.name) +
                                    ": rows that have are neither predicted nor judged");
    }
    for (Index i = 0; i < problem.rows(); ++i)
        if (problem.has_unseen_level[static_cast<std::size_t>(i)]) problem.held_out[i] = 0;
}

void take_features(const CsvTable& table, const Options& options, const std::vector<std::string>& features,
                   Problem& problem) {
    for (const std::string& name : options.categorical)
        if (std::find(features.begin(), features.end(), name) == features.end())
            throw BadInput("--categorical: " + quoted(name) + " is not among the features");
    for (const std::string& name : features) {
        const bool has_levels =
            std::find(options.categorical.begin(), options.categorical.end(), name) != options.categorical.end();
        problem.coding.columns.push_back({name, {}});
        if (!has_levels) continue;
        const Levels all(table, table.column(name, "--categorical"), problem.weights);
        RealVector codes;
        problem.coding.columns.back().levels = levels_of(all, name, codes, problem);
    }
    if (options.polynomial > 0 && (features.size() != 1 || !options.categorical.empty()))
        throw BadInput("--polynomial takes the powers of one feature, a number, and here are " +
                       std::to_string(features.size()) + ": choose it with --features");
    problem.coding.powers = options.polynomial;
    problem.feature_names = problem.coding.names();
    refuse_duplicates(problem.feature_names, "features, one of which may be a level of a --categorical one");
    problem.X = problem.coding.matrix(table, true);
    mark_unseen_levels(table, problem);
}

void check_levels(const std::vector<std::string>& levels) {
    std::vector<Real> number(levels.size());
    bool are_numbers = true;
    for (std::size_t c = 0; c < levels.size(); ++c)
        are_numbers = read_number(levels[c].c_str(), number[c]) && are_numbers;
    for (std::size_t c = 0; c < levels.size(); ++c)
        for (std::size_t d = 0; d < c; ++d)
            if (are_numbers ? number[c] == number[d] : levels[c] == levels[d])
                throw BadInput("--levels: " + quoted(levels[c]) + " is listed twice");
}

// Of the --levels, those that only rows of weight zero have are none.
void drop_levels_without_weight(const RealVector& codes, Problem& problem) {
    std::vector<std::string> kept;
    std::vector<Real> code;
    for (std::size_t c = 0; c < problem.classes.size(); ++c) {
        const auto has_level = codes.array() == static_cast<Real>(c);
        if (!has_level.any()) throw BadInput("--levels: no row has the level " + quoted(problem.classes[c]));
        code.push_back(static_cast<Real>(kept.size()));
        if ((has_level && problem.weights.array() > 0).any()) kept.push_back(problem.classes[c]);
        else
            problem.notes.push_back("all rows of the level " + quoted(problem.classes[c]) + " weigh nothing: left out");
    }
    problem.Y.resize(codes.size(), 1);
    for (Index i = 0; i < codes.size(); ++i)
        problem.Y(i, 0) = codes[i] < 0 ? 0 : code[static_cast<std::size_t>(codes[i])];
    problem.classes = kept;
}

// Numbers of so many values are seldom names of classes, however they are written.
void refuse_quantity(const Options& options, const std::vector<std::string>& classes) {
    constexpr std::size_t most_classes = 20;
    std::string odd;
    std::size_t numbers = 0;
    for (const std::string& label : classes) {
        Real value = 0;
        if (!looks_like_number(label)) continue;
        ++numbers;
        if (odd.empty() && !read_number(label.c_str(), value)) odd = label;
    }
    if (numbers <= most_classes || 2 * numbers <= classes.size()) return;
    throw BadInput("--target: column " + quoted(options.targets[0]) + " has " + std::to_string(numbers) +
                   " different numbers, and looks like a quantity, not like classes: say --model linear" +
                   (odd.empty() ? "" : ", and write " + quoted(odd) + " as a plain number, like 1234.5"));
}

// Levels that are no numbers have no order of their own.
void refuse_words(const CsvTable& table, const Options& options, const Problem& problem) {
    const std::size_t column = table.column(options.targets[0], "--target");
    std::size_t numbers = 0;
    for (const std::string& level : problem.classes) numbers += looks_like_number(level);
    for (std::size_t i = 0; i < table.rows() && 2 * numbers > problem.classes.size(); ++i)
        if (problem.weights[static_cast<Index>(i)] > 0)
            table.number(i, column, "; words need --levels, in their order");
    throw BadInput("--levels is missing: the levels of column " + quoted(options.targets[0]) +
                   " are words, whose order must be said, as in --levels low,mid,high");
}

void take_classes(const CsvTable& table, const Options& options, Problem& problem) {
    if (!options.trials.empty()) {
        problem.Y = amounts(table, options.targets[0], "--target");
        problem.trials = amounts(table, options.trials, "--trials");
        problem.classes = {"0", "1"};
        return;
    }
    const std::string& target = options.targets[0];
    const Levels labels(table, table.column(target, "--target"), problem.weights);
    RealVector codes;
    if (options.levels.empty()) {
        problem.classes = levels_of(labels, target, codes, problem);
        problem.Y = codes.cwiseMax(Real(0));  // of rows that weigh nothing: any
    } else {
        problem.classes = options.levels;
        drop_levels_without_weight(labels.encoded(options.levels, " among the --levels"), problem);
    }
    if (!options.is_ordinal()) refuse_quantity(options, problem.classes);
    if (problem.classes.size() < 2)
        throw BadInput("single class: column " + quoted(target) +
                       " needs at least two different labels, and every row has the same (" +
                       quoted(problem.classes[0]) + ")");
    if (options.is_ordinal() && options.levels.empty() && !labels.are_numbers()) refuse_words(table, options, problem);
    if (!options.offset.empty() && problem.classes.size() > 2 && !options.is_ordinal())
        throw BadInput("--offset: with more than two classes the same offset for each would change nothing");
}

void take_targets(const CsvTable& table, const Options& options, Problem& problem) {
    problem.Y.resize(problem.rows(), static_cast<Index>(options.targets.size()));
    for (std::size_t c = 0; c < options.targets.size(); ++c)
        problem.Y.col(static_cast<Index>(c)) = numbers(table, table.column(options.targets[c], "--target"),
                                                       "; words are labels, which --model logistic takes");
}

// Draws the share of the rows (of each class) that --test-share asks for: they weigh nothing in the fit.
void hold_out(const Options& options, Problem& problem) {
    problem.held_out.setZero(problem.rows());
    if (!(options.test_share > 0)) return;
    const bool has_classes = !problem.classes.empty() && !problem.is_grouped();
    std::vector<Index> rows;  // that count, and their classes
    std::vector<Real> classes;
    for (Index i = 0; i < problem.rows(); ++i)
        if (problem.weights[i] > 0) rows.push_back(i), classes.push_back(has_classes ? problem.Y(i, 0) : Real(0));
    const gradus::Split split = gradus::stratified_split(
        classes, {.test_share = options.test_share, .seed = static_cast<std::uint64_t>(options.seed)});
    for (const Index at : split.test) {
        const Index i = rows[static_cast<std::size_t>(at)];
        std::swap(problem.held_out[i], problem.weights[i]);
    }
    problem.held_out_rows = split.test.size();
    if (!(problem.held_out.maxCoeff() > 0)) throw BadInput("--test-share: there are too few rows to hold any out");
}

// Cells are read in more range than the scalar may have.
void check_range(const Options& options, const CsvTable& table, const std::vector<std::string>& names,
                 const RealMatrix& values, Problem& problem) {
    const bool is_float = options.scalar == "float", is_long = options.scalar == "long-double";
    const Real most = is_float  ? std::numeric_limits<float>::max()
                      : is_long ? std::numeric_limits<Real>::max()
                                : static_cast<Real>(std::numeric_limits<double>::max()),
               least = is_float  ? std::numeric_limits<float>::denorm_min()
                       : is_long ? Real(0)
                                 : static_cast<Real>(std::numeric_limits<double>::denorm_min());
    for (Index j = 0; j < values.cols(); ++j) {
        const auto place = [&](Index i) {
            std::ostringstream number;  // whose long doubles are not rounded to double
            number << values(i, j);
            return "line " + std::to_string(table.line(static_cast<std::size_t>(i))) + ", column " +
                   quoted(names[static_cast<std::size_t>(j)]) + ": " + number.str();
        };
        std::size_t zeros = 0;
        Index first = 0;
        for (Index i = 0; i < values.rows(); ++i) {
            const Real size = std::abs(values(i, j));
            if (!(size <= most))
                throw BadInput(name_of_input(options.file) + ", " + place(i) + " is beyond the range of " +
                               options.scalar + ": use a larger unit");
            if (size == 0 || size >= least / 2 || ++zeros > 1) continue;
            first = i;
        }
        if (zeros > 0)
            problem.notes.push_back(place(first) + (zeros > 1 ? " and " + std::to_string(zeros - 1) + " more" : "") +
                                    (zeros > 1 ? " are" : " is") + " too small for " + options.scalar +
                                    " and taken for 0: use a smaller unit");
    }
}

// Columns of the linear predictor.
Index predictor_columns(const Problem& problem, const Options& options) {
    const auto K = static_cast<Index>(problem.classes.size());
    if (options.has_classes()) return options.is_ordinal() || K == 2 ? 1 : K;
    return problem.Y.cols();
}

}  // namespace

Problem make_problem(CsvTable& table, const Options& options) {
    Problem problem;
    problem.target_names = options.targets;
    refuse_duplicates(options.targets, "targets");
    for (const std::string& name : options.targets) table.column(name, "--target");
    const std::vector<std::string> features = choose_features(table, options);
    problem.dropped_rows = leave_out_missing(table, used_columns(table, options, features), options.may_drop_missing);
    const auto n = static_cast<Index>(table.rows());
    problem.weights =
        options.weights.empty() ? RealVector(RealVector::Ones(n)) : amounts(table, options.weights, "--weights");
    if (!(problem.weights.maxCoeff() > 0))
        throw BadInput("--weights: column " + quoted(options.weights) + " is zero in every row");
    if (!options.levels.empty()) check_levels(options.levels);
    if (options.has_classes()) take_classes(table, options, problem);
    else take_targets(table, options, problem);
    hold_out(options, problem);
    take_features(table, options, features, problem);
    const RealVector offset = options.offset.empty() ? RealVector(RealVector::Zero(n))
                                                     : numbers(table, table.column(options.offset, "--offset"));
    check_range(options, table, problem.feature_names, problem.X, problem);
    check_range(options, table, problem.target_names, problem.Y, problem);
    check_range(options, table, {options.weights}, problem.weights, problem);
    check_range(options, table, {options.offset}, offset, problem);
    problem.offset = offset.replicate(1, predictor_columns(problem, options));
    return problem;
}

std::vector<std::string> parameter_names(const Problem& problem, const Options& options) {
    if (options.is_ordinal()) {
        std::vector<std::string> names = problem.feature_names;
        for (std::size_t c = 0; c + 1 < problem.classes.size(); ++c)
            names.push_back(problem.classes[c] + "|" + problem.classes[c + 1]);
        return names;
    }
    const auto& outputs = options.has_classes() ? problem.classes : problem.target_names;
    const bool is_single = outputs.size() == 1 || (options.has_classes() && outputs.size() == 2);
    std::vector<std::string> prefixes, names;
    for (const std::string& output : outputs) prefixes.push_back(output + ":");
    if (is_single) prefixes = {""};
    for (const std::string& prefix : prefixes)
        for (const std::string& name : problem.feature_names) names.push_back(prefix + name);
    for (const std::string& prefix : prefixes)
        if (options.has_intercept) names.push_back(prefix + "(Intercept)");
    return names;
}

Eigen::VectorXd penalty_factors(const Problem& problem, const Options& options) {
    Eigen::VectorXd factors = Eigen::VectorXd::Ones(problem.X.cols());
    if (!options.standardize) return factors;
    const RealVector s = problem.outcomes();
    for (Index j = 0; j < factors.size(); ++j) {
        const auto x = problem.X.col(j).array();
        const Real mean = s.dot(problem.X.col(j)) / s.sum();
        const Real variance = (s.array() * (x - mean).square()).sum() / s.sum();
        if (variance > 0)
            factors[j] = static_cast<double>(variance);  // a constant column has no spread to be scaled by
    }
    return factors;
}

}  // namespace fit_csv
