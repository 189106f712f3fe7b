// Are the digits that reports claim there? Hostile problems against answers in a hundred digits.
//
//     trials_digits [--problems N] [--first K] [--kind NAME] [--solver NAME] [--show]
//     trials_digits --only K,K,... [--show]
//
// Problem K is the same on every platform; from a billion on they are of more kinds (see draw_problem()). --show prints
// each problem that is judged badly.

#include "trials/fits.hpp"
#include "trials/reference.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

using namespace gradus;
using namespace gradus::trials;

namespace {

/// -log10 of the largest error of a target beside its largest coefficient, in units of the user and in units in which
/// every column varies by one; of all targets the worst.
double digits_of(const Outcome& outcome, const Answer& answer, bool one_target) {
    Wide worst(0);
    const Index p = answer.W.rows(), k = answer.W.cols();
    if (outcome.W.rows() != p || outcome.W.cols() != k) return -99;
    for (const bool in_user_units : {true, false}) {
        Wide error(0), size(0);
        for (Index c = 0; c < k; ++c) {
            if (!one_target) error = size = 0;
            for (Index j = 0; j < p; ++j) {
                if (!std::isfinite(outcome.W(j, c))) return -99;
                const Wide unit = in_user_units ? Wide(1) : answer.size[j];
                error = std::max<Wide>(error, abs(Wide(Wide(outcome.W(j, c)) - answer.W(j, c))) * unit);
                size = std::max<Wide>(size, abs(answer.W(j, c)) * unit);
            }
            if (one_target && c + 1 < k) continue;
            if (size > 0) worst = std::max<Wide>(worst, error / size);
            else if (error > 0) worst = std::max<Wide>(worst, Wide(1));
        }
    }
    return worst > 0 ? -static_cast<double>(log10(worst)) : 40;
}

double epsilon_of(ScalarKind scalar) {
    return scalar == ScalarKind::single   ? 0x1p-23
           : scalar == ScalarKind::normal ? 0x1p-52
                                          : static_cast<double>(std::numeric_limits<long double>::epsilon());
}

/// What the scalar can be asked for: condition numbers to a million in double, to the same power of epsilon in float.
double healthy_condition(ScalarKind scalar) { return std::min(1e6, std::pow(epsilon_of(scalar), -0.375)); }

/// Whether the scalar can hold the largest coefficient of every target, all others that do something, and squares of
/// what the largest does beside the target.
bool is_in_range(const Answer& answer, const Hostile& problem) {
    const Wide most = problem.scalar == ScalarKind::single ? Wide("1e36") : Wide("1e300");
    for (Index c = 0; c < answer.W.cols(); ++c) {
        const Wide size = answer.W.col(c).cwiseAbs().maxCoeff();
        const Wide effect = (answer.W.col(c).cwiseProduct(answer.size)).cwiseAbs().maxCoeff(),
                   target = problem.Y.col(std::min<Index>(c, problem.Y.cols() - 1)).cwiseAbs().maxCoeff();
        if (size > most || (size > 0 && size * most < 1) || effect * Wide("1e15") < target) return false;
        for (Index j = 0; j < answer.W.rows(); ++j) {
            const Wide one = abs(answer.W(j, c));
            if (one > 0 && one * most < 1 && one * answer.size[j] * Wide("1e16") > effect) return false;
        }
    }
    return true;
}

struct Tally {
    int fits = 0, claims = 0, right = 0, one_too_many = 0, two_too_many = 0, poor_success = 0, refused = 0;

    void add(const Tally& other) {
        fits += other.fits, claims += other.claims, right += other.right, one_too_many += other.one_too_many;
        two_too_many += other.two_too_many, poor_success += other.poor_success, refused += other.refused;
    }
    void print(const char* name) const {
        std::printf("%-14s %7d %7d %7d %10d %10d %14d %9d\n", name, fits, claims, right, one_too_many, two_too_many,
                    poor_success, refused);
    }
};

Tally judge(const Hostile& problem, std::uint64_t seed, bool show) {
    Answer answer = answer_of(problem);
    Tally tally;
    if (!answer.is_finite || !is_in_range(answer, problem)) return tally;
    Outcome outcome;
    try {
        outcome = fit_problem(problem);
    } catch (const std::exception& error) {
        outcome.report.message = error.what();
    }
    const FitReport& report = outcome.report;
    const bool is_healthy = answer.condition < healthy_condition(problem.scalar);
    // near the end of the arithmetic a report may call columns dependent, and then it answers another question
    if (report.rank >= 0 && report.rank < answer.rank && problem.lambda == 0) {
        if (report.dependent_columns.empty()) return tally;
        answer = answer_of(problem, report.dependent_columns);
    }
    const double digits = digits_of(outcome, answer, problem.kind == Kind::multinomial);
    const double most = std::clamp(digits, 0.0, -std::log10(epsilon_of(problem.scalar)));
    tally.fits = 1;
    tally.claims = report.correct_digits >= 0;
    const double excess = tally.claims ? report.correct_digits - most : 0;
    tally.right = tally.claims && excess <= 1;
    tally.one_too_many = excess > 1;
    tally.two_too_many = excess > 2;
    tally.poor_success = report.converged() && digits < 3;
    tally.refused = is_healthy && !report.converged();
    if (show && (tally.one_too_many || tally.poor_success || tally.refused))
        std::printf("%6llu %s%s%s%s by %s, %s%s, %ld x %ld, condition %.1e, %s: claims %.1f, has %.1f; %s: %s\n",
                    static_cast<unsigned long long>(seed),
                    tally.two_too_many   ? "CLAIM2 "
                    : tally.one_too_many ? "CLAIM "
                                         : "",
                    tally.poor_success ? "POOR " : "", tally.refused ? "REFUSED " : "",
                    kind_names[static_cast<int>(problem.kind)], solver_names[static_cast<int>(problem.solver)],
                    scalar_names[static_cast<int>(problem.scalar)], storage_names[static_cast<int>(problem.storage)],
                    static_cast<long>(problem.X.rows()), static_cast<long>(problem.X.cols()), answer.condition,
                    problem.weights.size() ? "weighted" : "unweighted", report.correct_digits, digits,
                    name(report.status), report.message.c_str());
    return tally;
}

std::vector<std::uint64_t> numbers_in(const std::string& text) {
    std::istringstream list(text);
    std::vector<std::uint64_t> out;
    for (std::string number; std::getline(list, number, ',');) out.push_back(std::stoull(number));
    return out;
}

}  // namespace

int main(int count, char** arguments) {
    std::uint64_t problems = 400, first = 0;
    std::string kind_name, solver_name;
    std::vector<std::uint64_t> seeds;
    bool show = false;
    for (int i = 1; i < count; ++i) {
        const std::string option = arguments[i];
        if (option == "--show") show = true;
        else if (option == "--problems" && i + 1 < count) problems = std::strtoull(arguments[++i], nullptr, 10);
        else if (option == "--first" && i + 1 < count) first = std::strtoull(arguments[++i], nullptr, 10);
        else if (option == "--only" && i + 1 < count) seeds = numbers_in(arguments[++i]);
        else if (option == "--kind" && i + 1 < count) kind_name = arguments[++i];
        else if (option == "--solver" && i + 1 < count) solver_name = arguments[++i];
        else return std::fprintf(stderr, "usage: see the head of tests/trials/digits.cpp\n"), 2;
    }
    Tally kinds[kind_count], all;
    if (seeds.empty())
        for (std::uint64_t seed = first; seed < first + problems; ++seed) seeds.push_back(seed);
    for (const std::uint64_t seed : seeds) {
        const Hostile problem = draw_problem(seed);
        const int kind = static_cast<int>(problem.kind), solver = static_cast<int>(problem.solver);
        if (!kind_name.empty() && kind_name != kind_names[kind]) continue;
        if (!solver_name.empty() && solver_name != solver_names[solver]) continue;
        kinds[kind].add(judge(problem, seed, show));
    }
    std::printf("%-14s %7s %7s %7s %10s %10s %14s %9s\n", "kind", "fits", "claims", "right", "> 1 many", "> 2 many",
                "success < 3", "refused");
    for (int kind = 0; kind < kind_count; ++kind) {
        kinds[kind].print(kind_names[kind]);
        all.add(kinds[kind]);
    }
    all.print("all");
    const bool is_good =
        all.one_too_many * 1000 <= all.claims && all.two_too_many == 0 && all.poor_success == 0 && all.refused == 0;
    return is_good ? 0 : 1;
}
