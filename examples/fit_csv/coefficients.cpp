#include "coefficients.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <ostream>

namespace fit_csv {

using Eigen::Index;

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
        if (has_intercept) table.push_back({outputs[c], "(Intercept)", b[column], -1});
        for (Index j = 0; j < W.rows(); ++j)
            table.push_back({outputs[c], answer.problem.feature_names[static_cast<std::size_t>(j)], W(j, column), j});
    }
    return table;
}

std::vector<Coefficient> coefficient_table(const Answer& answer) {
    return coefficient_table(answer, answer.fitted.coefficients, answer.fitted.intercept);
}

std::vector<Coefficient> threshold_table(const Answer& answer) {
    std::vector<Coefficient> table;
    if (!answer.options.is_ordinal()) return table;
    const std::vector<std::string> names = threshold_names(answer.problem.classes);
    for (std::size_t c = 0; c < names.size(); ++c)
        table.push_back({answer.problem.target_names[0], names[c], answer.fitted.intercept[static_cast<Index>(c)], -1});
    return table;
}

std::vector<std::string> threshold_names(const std::vector<std::string>& levels) {
    std::vector<std::string> names;
    for (std::size_t c = 0; c + 1 < levels.size(); ++c) names.push_back(levels[c] + "|" + levels[c + 1]);
    return names;
}

void say_what_is_cut(std::ostream& out, std::size_t count) {
    if (count > most_rows) out << "  and " << count - most_rows << " more, which --json FILE has\n";
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
        if (!place.has_converged) out << "  (did not converge)";
        out << '\n';
    }
    if (answer.fitted.unconverged_folds > 0)
        out << answer.fitted.unconverged_folds << " fits of folds did not converge: their losses may be too large\n";
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

}  // namespace fit_csv
