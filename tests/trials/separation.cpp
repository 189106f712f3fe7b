// Random problems on the edge between separated and overlapping, in badly scaled and shifted columns: the verdict of a
// fit on existence, and on what becomes infinite, against rational arithmetic.
//
// usage: trials_separation [--problems N] [--seed S]

#include "unit/examination/exact_separation.hpp"
#include <gradus/core/random.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>
#include <gradus/models/poisson_regression.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace gradus;
using namespace gradus::test;

namespace {

struct Trial {
    MarginKind kind;
    int classes;  // of softmax and ordinal
    Eigen::MatrixXd X;
    Eigen::VectorXd y;
};

constexpr std::array kinds = {MarginKind::binary, MarginKind::softmax, MarginKind::ordinal, MarginKind::count};
constexpr std::array names = {"binary", "softmax", "ordinal", "count"};

int response(MarginKind kind, int classes, double eta) {
    switch (kind) {
    case MarginKind::binary:
        return eta > 0;
    case MarginKind::count:  // positive counts lie in a plane, zeros on one side of it
        return eta == 0 ? 1 : 0;
    default:
        return std::clamp(static_cast<int>(std::floor(eta)) + classes / 2, 0, classes - 1);
    }
}

// Rows around planes: small whole numbers, which lie in them and beside them, or normal ones.
Trial draw_rows(Random& random, MarginKind kind) {
    const Index p = 1 + static_cast<Index>(random.below(4)), n = 5 + static_cast<Index>(random.below(21));
    Trial out{kind, kind == MarginKind::softmax ? 3 : 3 + static_cast<int>(random.below(2)), Eigen::MatrixXd(n, p),
              Eigen::VectorXd(n)};
    const bool is_whole = kind == MarginKind::count || random.below(3) > 0;
    const auto values = 2 + random.below(4);
    const double noise = random.below(3) == 0 ? 0.15 : 0.02;
    for (Index i = 0; i < n; ++i) {
        double eta = is_whole ? static_cast<double>(random.below(3)) - 1 : 0;
        if (kind == MarginKind::count) eta = random.below(6) == 0 ? 0 : -eta * eta;
        for (Index j = 0; j < p; ++j) {
            out.X(i, j) = is_whole ? static_cast<double>(random.below(values)) - static_cast<double>(values / 2)
                                   : random.normal();
            eta += out.X(i, j) * (j % 2 ? -1 : 1);
        }
        if (kind == MarginKind::count && eta > 0 && random.below(4) > 0) {
            out.X(i, 0) -= eta + static_cast<double>(random.below(2));
            eta = 0;
            for (Index j = 0; j < p; ++j) eta += out.X(i, j) * (j % 2 ? -1 : 1);
        }
        out.y[i] = response(kind, out.classes, eta);
        if (random.uniform() < noise)
            out.y[i] = static_cast<double>(
                random.below(static_cast<std::uint64_t>(kind == MarginKind::binary ? 2 : out.classes)));
    }
    const int needed = kind == MarginKind::binary ? 2 : kind == MarginKind::count ? 0 : out.classes;
    for (int c = 0; c < needed; ++c) out.y[c] = c;
    if (kind == MarginKind::count && out.y.maxCoeff() == 0) out.y[0] = 1;
    return out;
}

// Some row is moved to the plane, or what lies in it a little aside.
void bring_near(Random& random, Trial& trial) {
    const double gap = std::pow(10, -random.uniform(3, 12)) * (random.below(2) ? 1 : -1);
    const auto rows = static_cast<std::uint64_t>(trial.X.rows()), columns = static_cast<std::uint64_t>(trial.X.cols());
    for (std::uint64_t moves = 1 + random.below(2); moves > 0; --moves) {
        const auto i = static_cast<Index>(random.below(rows)), j = static_cast<Index>(random.below(columns));
        if (random.below(2)) {
            double eta = 0;
            for (Index l = 0; l < trial.X.cols(); ++l) eta += trial.X(i, l) * (l % 2 ? -1 : 1);
            trial.X(i, j) -= (j % 2 ? -1 : 1) * (eta - std::round(eta));
        }
        trial.X(i, j) += gap;
    }
}

// The last column becomes the sum of the others, but for little or nothing in some rows.
void make_dependent(Random& random, Trial& trial, bool is_near) {
    const Index last = trial.X.cols() - 1;
    if (last == 0) return;
    trial.X.col(last) = trial.X.leftCols(last).rowwise().sum();
    const double gap = is_near ? std::pow(10, -random.uniform(3, 15)) : 0;
    for (Index i = 0; i < trial.X.rows(); ++i)
        if (random.below(3) == 0) trial.X(i, last) += gap * static_cast<double>(static_cast<int>(random.below(3)) - 1);
}

// Rounded as a user's own columns would be: what is stored is the problem.
void move_columns(Random& random, Trial& trial) {
    for (Index j = 0; j < trial.X.cols(); ++j) {
        const double scale = std::ldexp(1, static_cast<int>(random.below(81)) - 40);
        const double shift = random.below(2) ? 0 : std::pow(10, random.uniform(0, 7)) * random.normal();
        trial.X.col(j) = (trial.X.col(j).array() + shift) * scale;
    }
}

template <class Model, class Labels>
FitReport fit(const Trial& trial, const Labels& labels, bool is_rough) {
    Model model;
    return is_rough ? model.fit(trial.X, labels, LBFGS{.max_iterations = 200}) : model.fit(trial.X, labels);
}
FitReport fit(const Trial& trial, bool is_rough) {
    const Eigen::VectorXi code = trial.y.cast<int>();
    switch (trial.kind) {
    case MarginKind::ordinal:
        return fit<OrdinalRegression<double>>(trial, code, is_rough);
    case MarginKind::count:
        return fit<PoissonRegression<double>>(trial, trial.y, is_rough);
    default:
        return fit<LogisticRegression<double>>(trial, code, is_rough);
    }
}

// Whether each coefficient that is said to be infinite is, and no other.
bool flags_are_right(const Trial& trial, const FitReport& report, const ExactSeparation& truth) {
    const Index p = trial.X.cols();
    const auto d = truth.dimension(), width = static_cast<std::size_t>(p + 1);
    const bool is_softmax = trial.kind == MarginKind::softmax;
    const auto is_right = [&](Index j, Index c) {
        Rationals f(d, 0);
        if (is_softmax)  // against the first class, minus the mean over classes
            for (int e = 1; e < trial.classes; ++e)
                f[static_cast<std::size_t>(e - 1) * width + static_cast<std::size_t>(j)] =
                    Rational(e == c ? trial.classes - 1 : -1, trial.classes);
        else f[static_cast<std::size_t>(j < p ? j : p + c)] = 1;
        const int said = j < p ? report.infinite_slopes(j, c) : report.infinite_intercept[c];
        return truth.is_infinite(f) == (said != 0);
    };
    bool all = true;
    for (Index c = 0; c < report.infinite_slopes.cols(); ++c)
        for (Index j = 0; j < p; ++j) all = all && is_right(j, c);
    for (Index c = 0; c < report.infinite_intercept.size(); ++c) all = all && is_right(p, c);
    return all;
}

struct Tally {
    int problems = 0, separated = 0, right = 0, in_doubt = 0, wrong = 0, converged_though_separated = 0,
        failed_though_finite = 0, flags = 0, wrong_flags = 0;
    void print(const char* what) const {
        std::printf("%-8s %9d %10d %8d %9d %6d %11d %8d %6d %6d\n", what, problems, separated, right, in_doubt, wrong,
                    converged_though_separated, failed_though_finite, flags, wrong_flags);
    }
    bool good() const {
        return wrong == 0 && converged_though_separated == 0 && wrong_flags == 0 && 1000 * in_doubt <= problems;
    }
};

void judge(const Trial& trial, std::uint64_t seed, Tally& tally) {
    const ExactSeparation truth(exact_margins(trial.kind, trial.X, trial.y, trial.classes));
    const FitReport report = fit(trial, seed % 5 == 0);
    const Existence expected = !truth.is_separated ? Existence::finite
                               : truth.is_complete ? Existence::separated_completely
                                                   : Existence::separated_quasi;
    const bool is_wrong = !truth.is_proven || (report.existence != expected && report.existence != Existence::in_doubt);
    const bool has_flags = report.infinite_slopes.size() + report.infinite_intercept.size() > 0;
    const bool is_wrong_flag = truth.is_separated && has_flags && !flags_are_right(trial, report, truth);
    ++tally.problems;
    tally.separated += truth.is_separated;
    tally.right += report.existence == expected;
    tally.in_doubt += report.existence == Existence::in_doubt;
    tally.wrong += is_wrong;
    tally.converged_though_separated += truth.is_separated && report.converged();
    tally.failed_though_finite += !truth.is_separated && !report.converged();
    tally.flags += has_flags;
    tally.wrong_flags += is_wrong_flag;
    if (is_wrong || is_wrong_flag || (truth.is_separated && report.converged()))
        std::printf("seed %llu: %s, expected %s%s; %s: %s\n", static_cast<unsigned long long>(seed),
                    name(report.existence), name(expected), is_wrong_flag ? ", wrong flags" : "", name(report.status),
                    report.message.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t problems = 400, first = 1;
    for (int a = 1; a + 1 < argc; a += 2) {
        const std::string option = argv[a];
        if (option == "--problems") problems = std::strtoull(argv[a + 1], nullptr, 10);
        else if (option == "--seed") first = std::strtoull(argv[a + 1], nullptr, 10);
        else return std::printf("unknown option %s\n", argv[a]), 2;
    }
    std::array<Tally, 8> tallies;
    for (std::uint64_t i = 0; i < problems; ++i) {
        const std::size_t kind = i % 4, is_near = i / 4 % 2;
        Random random(0x5EED'0000'0000ULL + first + i);
        Trial trial = draw_rows(random, kinds[kind]);
        if (random.below(6) == 0) make_dependent(random, trial, is_near);
        if (is_near) bring_near(random, trial);
        if (random.below(4) > 0) move_columns(random, trial);
        judge(trial, first + i, tallies[2 * kind + is_near]);
    }
    std::printf("%-8s %9s %10s %8s %9s %6s %11s %8s %6s %6s\n", "", "problems", "separated", "right", "in doubt",
                "wrong", "converged*", "failed+", "flags", "wrong");
    bool good = true;
    for (std::size_t kind = 0; kind < 4; ++kind)
        for (std::size_t is_near = 0; is_near < 2; ++is_near) {
            tallies[2 * kind + is_near].print(is_near ? "  near" : names[kind]);
            good = good && tallies[2 * kind + is_near].good();
        }
    std::printf("* though separated   + though finite\n");
    return good ? 0 : 1;
}
