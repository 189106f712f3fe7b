#include "problem.hpp"

#include <algorithm>
#include <numeric>

namespace fit_csv {

namespace {

using Eigen::Index;

RealVector numbers(const CsvTable& table, std::size_t column) {
    RealVector values(static_cast<Index>(table.rows()));
    for (std::size_t i = 0; i < table.rows(); ++i) values[static_cast<Index>(i)] = table.number(i, column);
    return values;
}

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
    if (twice != names.end()) throw BadInput("column '" + *twice + "' is named twice among the " + what);
}

// The features asked for, or every column that has no other part.
std::vector<std::string> choose_features(const CsvTable& table, const Options& options) {
    std::vector<std::string> taken = options.targets;
    if (options.features) {
        taken.insert(taken.end(), options.features->begin(), options.features->end());
        refuse_duplicates(taken, "targets and features");
        return *options.features;
    }
    taken.insert(taken.end(), {options.weights, options.offset, options.trials});
    std::vector<std::string> features;
    for (const std::string& name : table.names())
        if (std::find(taken.begin(), taken.end(), name) == taken.end()) features.push_back(name);
    return features;
}

void take_features(const CsvTable& table, const Options& options, Problem& problem) {
    const std::vector<std::string> features = choose_features(table, options);
    problem.X.resize(static_cast<Index>(table.rows()), static_cast<Index>(features.size()));
    problem.feature_names = features;
    for (std::size_t j = 0; j < features.size(); ++j)
        problem.X.col(static_cast<Index>(j)) = numbers(table, table.column(features[j], "--features"));
    if (options.polynomial == 0) return;

    if (features.size() != 1)
        throw BadInput("--polynomial takes the powers of one feature, and here are " + std::to_string(features.size()) +
                       ": choose it with --features");
    problem.X.conservativeResize(Eigen::NoChange, options.polynomial);
    problem.feature_names.clear();
    for (int power = 1; power <= options.polynomial; ++power) {
        if (power > 1) problem.X.col(power - 1) = problem.X.col(power - 2).cwiseProduct(problem.X.col(0));
        problem.feature_names.push_back(features[0] + "^" + std::to_string(power));
    }
}

// Labels are the same class when their texts are, or, where all labels are numbers, when these are; so are they sorted.
class Labels {
public:
    Labels(const CsvTable& table, std::size_t column) : table_(table), column_(column) {
        are_numbers_ = true;
        for (std::size_t i = 0; i < table.rows() && are_numbers_; ++i)
            are_numbers_ = read_number(text(i), number_.emplace_back());
    }

    RealVector encode(std::vector<std::string>& classes, const std::vector<std::string>& levels) const {
        return levels.empty() ? encode_sorted(classes) : encode_ordered(classes = levels);
    }

private:
    // codes by the order given, in which every label has to be
    RealVector encode_ordered(const std::vector<std::string>& levels) const {
        std::vector<Real> number(levels.size());
        const bool are_numbers = are_numbers_ && std::equal(levels.begin(), levels.end(), number.begin(),
                                                            [](const std::string& level, Real& value) {
                                                                return read_number(level.c_str(), value);
                                                            });
        const auto is_same = [&](std::size_t a, std::size_t b) {
            return are_numbers ? number[a] == number[b] : levels[a] == levels[b];
        };
        for (std::size_t c = 0; c < levels.size(); ++c)
            for (std::size_t d = 0; d < c; ++d)
                if (is_same(c, d)) throw BadInput("--levels: '" + levels[c] + "' is listed twice");
        RealVector codes(static_cast<Index>(table_.rows()));
        for (std::size_t i = 0; i < table_.rows(); ++i) {
            std::size_t c = 0;
            while (c < levels.size() && !(are_numbers ? number[c] == number_[i] : levels[c] == text(i))) ++c;
            if (c == levels.size())
                throw BadInput(table_.place(i, column_) + ": '" + text(i) + "' is not among the --levels");
            codes[static_cast<Index>(i)] = static_cast<Real>(c);
        }
        return codes;
    }

    RealVector encode_sorted(std::vector<std::string>& classes) const {
        std::vector<std::size_t> order(table_.rows());
        std::iota(order.begin(), order.end(), std::size_t(0));
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return is_before(a, b); });
        RealVector codes(static_cast<Index>(order.size()));
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i == 0 || is_before(order[i - 1], order[i])) classes.emplace_back(text(order[i]));
            codes[static_cast<Index>(order[i])] = static_cast<Real>(classes.size() - 1);
        }
        return codes;
    }

    const char* text(std::size_t row) const {
        const char* cell = table_.cell(row, column_);
        if (*cell == '\0') throw BadInput(table_.place(row, column_) + ": the cell is empty");
        return cell;
    }
    bool is_before(std::size_t a, std::size_t b) const {
        return are_numbers_ ? number_[a] < number_[b] : std::string_view(text(a)) < std::string_view(text(b));
    }

    const CsvTable& table_;
    std::size_t column_;
    bool are_numbers_;
    std::vector<Real> number_;
};

// A class that only rows of weight zero have is none: its rows may have any code.
void drop_classes_without_weight(const Options& options, Problem& problem) {
    std::vector<bool> is_seen(problem.classes.size(), false);
    for (Index i = 0; i < problem.rows(); ++i)
        if (problem.weights[i] > 0) is_seen[static_cast<std::size_t>(problem.Y(i, 0))] = true;
    for (std::size_t c = 0; c < options.levels.size(); ++c)
        if (!is_seen[c])
            throw BadInput("--levels: no row with positive weight has the level '" + options.levels[c] + "'");
    std::vector<Real> code(is_seen.size(), 0);
    std::vector<std::string> seen;
    for (std::size_t c = 0; c < is_seen.size(); ++c) {
        if (!is_seen[c]) continue;
        code[c] = static_cast<Real>(seen.size());
        seen.push_back(problem.classes[c]);
    }
    for (Real& y : problem.Y.reshaped()) y = code[static_cast<std::size_t>(y)];
    problem.classes = seen;
}

void take_classes(const CsvTable& table, const Options& options, Problem& problem) {
    if (!options.trials.empty()) {
        problem.Y = amounts(table, options.targets[0], "--target");
        problem.trials = amounts(table, options.trials, "--trials");
        problem.classes = {"0", "1"};
        return;
    }
    problem.Y = Labels(table, table.column(options.targets[0], "--target")).encode(problem.classes, options.levels);
    drop_classes_without_weight(options, problem);
    if (problem.classes.size() < 2)
        throw BadInput("single class: column '" + options.targets[0] +
                       "' needs at least two different labels, and every row has the same ('" + problem.classes[0] +
                       "')");
    if (!options.offset.empty() && problem.classes.size() > 2 && !options.is_ordinal())
        throw BadInput("--offset: with more than two classes the same offset for each would change nothing");
}

void take_targets(const CsvTable& table, const Options& options, Problem& problem) {
    problem.Y.resize(problem.rows(), static_cast<Index>(options.targets.size()));
    for (std::size_t c = 0; c < options.targets.size(); ++c)
        problem.Y.col(static_cast<Index>(c)) = numbers(table, table.column(options.targets[c], "--target"));
}

// Columns of the linear predictor.
Index predictor_columns(const Problem& problem, const Options& options) {
    const auto K = static_cast<Index>(problem.classes.size());
    if (options.has_classes()) return options.is_ordinal() || K == 2 ? 1 : K;
    return problem.Y.cols();
}

}  // namespace

Problem make_problem(const CsvTable& table, const Options& options) {
    Problem problem;
    const auto n = static_cast<Index>(table.rows());
    problem.target_names = options.targets;
    refuse_duplicates(options.targets, "targets");
    for (const std::string& name : options.targets) table.column(name, "--target");
    take_features(table, options, problem);
    problem.weights =
        options.weights.empty() ? RealVector(RealVector::Ones(n)) : amounts(table, options.weights, "--weights");
    if (!(problem.weights.maxCoeff() > 0))
        throw BadInput("--weights: column '" + options.weights + "' is zero in every row");
    if (options.has_classes()) take_classes(table, options, problem);
    else take_targets(table, options, problem);
    const RealVector offset = options.offset.empty() ? RealVector(RealVector::Zero(n))
                                                     : numbers(table, table.column(options.offset, "--offset"));
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
