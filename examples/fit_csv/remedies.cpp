#include "remedies.hpp"

#include <gradus/core/errors.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace fit_csv {

namespace {

using gradus::text;

std::string either(const std::string& one, const std::string& other) {
    return one.empty() || other.empty() ? one + other : one + ", or " + other;
}

std::string wider_scalar(const Options& options) {
    if (options.scalar == "long-double") return "";
    return options.scalar == "float" ? "--scalar double" : "--scalar long-double";
}

std::string firth(const Options& options) {
    if (options.model != "logistic" || options.has_firth || !options.penalty.empty() || options.step) return "";
    return options.solver == "auto" ? "--firth" : "--firth without --solver";
}

// A ridge, or more of the penalty at hand; with --folds its amount is not the user's.
std::string more_penalty(const Options& options) {
    if (options.has_firth) return "--penalty ridge=1e-3 without --firth";
    if (options.folds > 0) return "";
    const double more = 10 * options.lambda.value_or(0);
    if (!std::isfinite(more)) return "";
    return text("--penalty ", options.penalty.empty() ? "ridge" : options.penalty, "=",
                more > 0 ? text(more) : std::string("1e-3"),
                options.penalty == "elastic-net" ? text(":", options.l1_ratio) : std::string());
}

// One whose steps do not depend on the scale of the columns, where the one at hand has others.
std::string better_solver(const Options& options) {
    if (options.has_corners()) return options.solver == "fista" ? "--solver coordinate-descent" : "";
    if (options.has_firth || options.is_direct() || options.is_scale_free()) return "";
    return options.step ? "--solver newton without --step" : "--solver newton";
}

std::string more_iterations(const gradus::FitReport& report, const Options& options) {
    constexpr long long most = std::numeric_limits<int>::max();
    return text("--max-iterations ",
                std::min(most, 10LL * std::max(options.max_iterations.value_or(report.iterations), 1)));
}

std::string looser_tolerance(const gradus::FitReport& report, const Options& options) {
    if (options.is_direct() || !(report.relative_gradient > 0)) return "";
    return text("--tolerance ", 2 * report.relative_gradient);
}

std::string matrix_free_solver(const Options& options) {
    if (options.has_firth) return more_penalty(options);
    if (options.has_corners() || options.solver == "newton-cg") return "";
    return "--solver newton-cg";
}

std::string remedy(const gradus::FitReport& report, const Options& options) {
    using gradus::Cause;
    const std::string wider = wider_scalar(options);
    if (report.status == gradus::Status::too_large) return matrix_free_solver(options);
    switch (report.cause) {
    case Cause::separated:
    case Cause::existence_in_doubt:
        return either(firth(options), more_penalty(options));
    case Cause::unbounded:
    case Cause::saddle:
        return more_penalty(options);
    case Cause::rank_deficient:
        if (options.is_linear() && !options.has_corners() && options.solver != "qr")
            return options.step ? "--solver qr without --step" : "--solver qr";
        return wider.empty() ? more_penalty(options) : wider;
    case Cause::rounding_floor:
    case Cause::overflow:
        return wider.empty() ? looser_tolerance(report, options) : wider;
    case Cause::step_too_long:
        return either(better_solver(options),
                      options.step ? text("--step ", *options.step / 10) : more_iterations(report, options));
    case Cause::badly_scaled:
    case Cause::budget_used_up:
        return either(better_solver(options), more_iterations(report, options));
    case Cause::stopped_by_observer:
        return either(better_solver(options), looser_tolerance(report, options));
    default:
        return either(better_solver(options), wider.empty() ? more_penalty(options) : wider);
    }
}

// The library speaks of its own types and members.
void speak_of_options(std::string& message, const Options& options) {
    const std::pair<std::string, std::string> words[] = {
        {"FirthLogisticRegression", "--firth"},
        // some that auto chooses take ten times as many
        {"max_iterations = ", options.solver == "auto" ? "" : "--max-iterations "},
        {"max_megabytes allows ", "newton takes no more than "},
        {"more than max_megabytes allows", "more than it takes"},
        {"NewtonCG and LBFGS need none", "--solver newton-cg and lbfgs need none"},
        {"NewtonCG and ConjugateGradient need none", "--solver newton-cg and conjugate-gradient need none"},
        {"; Newton does not depend", "; --solver newton does not depend"}};
    for (const auto& [theirs, ours] : words)
        for (std::size_t at = message.find(theirs); at != message.npos; at = message.find(theirs, at + ours.size()))
            message.replace(at, theirs.size(), ours);
}

}  // namespace

void put_into_options(Fitted& fitted, const Options& options) {
    gradus::FitReport& report = fitted.report;
    speak_of_options(report.message, options);
    if (fitted.inference) speak_of_options(fitted.inference->note, options);
    if (report.cause == gradus::Cause::none || report.is_held_by_no_penalty()) return;
    report.remedy = remedy(report, options);
    if (report.remedy.empty()) report.remedy = "fewer columns, by --features";
}

}  // namespace fit_csv
