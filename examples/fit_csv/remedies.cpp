#include "remedies.hpp"

#include <gradus/core/errors.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace fit_csv {

namespace {

using gradus::text;

// What to type, and the options that come of it.
struct Remedy {
    std::string words;
    Options options;
};

// Of one kind, the mildest first.
using Kind = std::vector<Remedy>;

// A number as it is typed is the one that is tried.
double as_typed(double amount) { return std::stod(text(amount)); }

// A limit or a step that was meant for another solver goes with it.
Remedy with_own_limits(std::string words, Options options, bool has_solver) {
    std::string without = has_solver ? " --solver" : "";
    if (options.step) without += " --step";
    if (options.max_iterations) without += " --max-iterations";
    options.step.reset();
    options.max_iterations.reset();
    return {std::move(words) + (without.empty() ? "" : " without" + without), std::move(options)};
}

Kind other_solver(const Options& options, const std::string& name) {
    if (name.empty() || name == options.solver) return {};
    Options other = options;
    other.solver = name;
    return {with_own_limits("--solver " + name, std::move(other), false)};
}

// One whose steps do not depend on the scale of the columns, where the one at hand has others.
Kind better_solver(const Options& options) {
    if (options.has_corners()) return other_solver(options, "coordinate-descent");
    if (options.has_firth || options.is_direct() || options.is_scale_free()) return {};
    return other_solver(options, "newton");
}

Kind factorisation(const Options& options) {
    return options.is_linear() && !options.has_corners() ? other_solver(options, "qr") : Kind{};
}

Kind matrix_free_solver(const Options& options) {
    return options.has_firth || options.has_corners() ? Kind{} : other_solver(options, "newton-cg");
}

Kind wider_scalar(const Options& options) {
    Kind out;
    for (const std::string scalar : {"double", "long-double"}) {
        if (options.scalar == scalar) out.clear();
        if (options.scalar == scalar || options.scalar == "long-double") continue;
        out.push_back({"--scalar " + scalar, options});
        out.back().options.scalar = scalar;
    }
    return out;
}

Kind firth(const Options& options) {
    if (options.model != "logistic" || options.has_firth || !options.penalty.empty()) return {};
    Options other = options;
    other.has_firth = true;
    other.solver = "auto";
    return {with_own_limits("--firth", std::move(other), options.solver != "auto")};
}

// A ridge, or more of the penalty at hand; with --path and --folds its amount is not the user's.
Kind more_penalty(const Options& options) {
    if (options.folds > 0 || options.has_path) return {};
    const std::string name = options.penalty.empty() ? "ridge" : options.penalty,
                      share = name == "elastic-net" ? text(":", options.l1_ratio) : std::string(),
                      without = options.has_firth ? " without --firth" : "";
    double amount = 10 * options.lambda.value_or(0);
    Kind out;
    for (int k = 0; k < 8 && std::isfinite(amount); ++k, amount *= 10) {
        if (amount == 0) amount = 1e-3;
        out.push_back({text("--penalty ", name, "=", amount, share, without), options});
        out.back().options.penalty = name;
        out.back().options.lambda = as_typed(amount);
        out.back().options.has_firth = false;
    }
    return out;
}

Kind more_iterations(const gradus::FitReport& report, const Options& options) {
    if (options.is_direct()) return {};
    constexpr double most = std::numeric_limits<int>::max();
    Kind out;
    double count = 10.0 * std::max(options.max_iterations.value_or(report.iterations), 1);
    do {
        count = std::min(count, most);
        out.push_back({text("--max-iterations ", static_cast<long long>(count)), options});
        out.back().options.max_iterations = static_cast<int>(count);
    } while (count < most && (count *= 10));
    return out;
}

Kind looser_tolerance(const gradus::FitReport& report, const Options& options) {
    if (options.is_direct() || !(report.relative_gradient > 0)) return {};
    const double tolerance = 2 * report.relative_gradient;
    Kind out{{text("--tolerance ", tolerance), options}};
    out[0].options.tolerance = as_typed(tolerance);
    return out;
}

Kind shorter_step(const Options& options) {
    Kind out;
    double step = options.step.value_or(0);
    for (int k = 0; k < 12 && step > 0; ++k) {
        step /= 10;
        out.push_back({text("--step ", step), options});
        out.back().options.step = as_typed(step);
    }
    return out;
}

// What its cause suggests.
std::vector<Kind> remedies_of_cause(const gradus::FitReport& report, const Options& options) {
    using gradus::Cause;
    if (report.status == gradus::Status::too_large)
        return {options.has_firth ? more_penalty(options) : matrix_free_solver(options)};
    switch (report.cause) {
    case Cause::separated:
    case Cause::existence_in_doubt:
        return {firth(options), more_penalty(options)};
    case Cause::unbounded:
    case Cause::saddle:
        return {more_penalty(options)};
    case Cause::rank_deficient:
        return {factorisation(options), wider_scalar(options)};
    case Cause::rounding_floor:
    case Cause::overflow:
        return {wider_scalar(options), looser_tolerance(report, options)};
    case Cause::step_too_long:
        return {better_solver(options), shorter_step(options)};
    case Cause::badly_scaled:
    case Cause::budget_used_up:
        return {better_solver(options), more_iterations(report, options)};
    case Cause::stopped_by_observer:
        return {better_solver(options), looser_tolerance(report, options)};
    default:
        return {better_solver(options), wider_scalar(options)};
    }
}

// What else there is, where none of these helps.
std::vector<Kind> further_remedies(const gradus::FitReport& report, const Options& options) {
    std::vector<Kind> out{factorisation(options),           better_solver(options), wider_scalar(options),
                          more_iterations(report, options), firth(options),         more_penalty(options)};
    Options wide = options;
    wide.scalar = "long-double";
    for (const Kind& kind : {better_solver(wide), more_penalty(wide)}) {
        out.push_back(kind);
        for (Remedy& remedy : out.back()) remedy.words.insert(0, "--scalar long-double ");
    }
    Options standardised = options;
    standardised.standardize = true;
    out.push_back(options.standardize ? Kind{} : more_penalty(standardised));
    for (Remedy& remedy : out.back()) remedy.words.insert(0, "--standardize ");
    return out;
}

// Of each kind the mildest that was seen to succeed, two at most.
std::string tried(const std::vector<Kind>& kinds, std::size_t most, const Attempt& attempt) {
    std::string out;
    std::size_t count = 0;
    for (const Kind& kind : kinds) {
        const auto good = count < most ? std::find_if(kind.begin(), kind.end(),
                                                      [&](const Remedy& remedy) { return attempt(remedy.options); })
                                       : kind.end();
        if (good == kind.end()) continue;
        out += (out.empty() ? "" : ", or ") + good->words;
        ++count;
    }
    return out;
}

// Of a fit at most, in products: a direct solver makes them many at once, an iterative one by one and with more around
// them.
double work(const Options& options, const Problem& problem, const gradus::FitReport& report) {
    const auto parameters = static_cast<double>(std::max<Eigen::Index>(report.parameters, 1));
    const bool is_direct = options.is_direct() || options.has_firth || options.solver == "auto" ||
                           options.solver == "newton" || options.solver == "newton-cg";
    const double entries = static_cast<double>(problem.rows()) * parameters;
    if (is_direct) return 100 * parameters * entries;
    const int usual = options.is_scale_free() || options.has_corners() ? 1000 : 100'000;
    return 10.0 * options.max_iterations.value_or(usual) * (entries + 200);
}

// A remedy is tried before it is named, where that takes a moment; else what most likely helps is named.
std::string remedy(const gradus::FitReport& report, const Options& options, const Problem& problem,
                   const Attempt& attempt) {
    constexpr double most_work = 2e8;
    const std::vector<Kind> kinds = remedies_of_cause(report, options);
    const auto all = [](const Options&) { return true; };
    Options quick = options;
    quick.solver = "newton";
    if (work(quick, problem, report) > most_work || options.folds > 0 || options.has_path ||
        report.cause == gradus::Cause::stopped_by_observer)
        return tried(kinds, 1, all);
    const auto affordable = [&](const Options& other) {
        return work(other, problem, report) <= most_work && attempt(other);
    };
    const std::string best = tried(kinds, 2, affordable);
    return best.empty() ? tried(further_remedies(report, options), 1, affordable) : best;
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

void put_into_options(Fitted& fitted, const Problem& problem, const Options& options, const Attempt& attempt) {
    gradus::FitReport& report = fitted.report;
    speak_of_options(report.message, options);
    if (fitted.inference) speak_of_options(fitted.inference->note, options);
    if (report.cause == gradus::Cause::none || report.is_held_by_no_penalty()) return;
    report.remedy = remedy(report, options, problem, attempt);
    if (report.remedy.empty())
        report.remedy = options.polynomial > 1 ? "a lower degree, by --polynomial" : "fewer columns, by --features";
}

}  // namespace fit_csv
