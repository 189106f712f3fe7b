// What a header costs the compiler: one fit through each, in units of <Eigen/Dense> and one Cholesky solve; and where
// what depends on double alone is compiled elsewhere, and that itself. User time of the compiler, best of three.

#include "benchmarks/support/problems.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

using namespace gradus::bench;

namespace {

struct Program {
    const char *name, *text;
};

constexpr Program eigen = {"Eigen_and_one_solve", R"(#include <Eigen/Dense>
Eigen::VectorXd solve(const Eigen::MatrixXd& A, const Eigen::VectorXd& b) { return A.llt().solve(b); }
)"};

constexpr Program programs[] = {
    {"models/linear_regression.hpp", R"(#include <gradus/models/linear_regression.hpp>
bool fit(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    return gradus::LinearRegression<double>().fit(X, y).converged();
}
)"},
    {"models/multivariate_regression.hpp", R"(#include <gradus/models/multivariate_regression.hpp>
bool fit(const Eigen::MatrixXd& X, const Eigen::MatrixXd& Y) {
    return gradus::MultivariateRegression<double>().fit(X, Y).converged();
}
)"},
    {"models/logistic_regression.hpp", R"(#include <gradus/models/logistic_regression.hpp>
bool fit(const Eigen::MatrixXd& X, const Eigen::VectorXi& y) {
    return gradus::LogisticRegression<double>().fit(X, y).converged();
}
)"},
    {"penalties/lasso.hpp", R"(#include <gradus/models/linear_regression.hpp>
#include <gradus/penalties/lasso.hpp>
bool fit(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    return gradus::LinearRegression<double, gradus::Lasso>({.penalty = {0.1}}).fit(X, y).converged();
}
)"},
    {"models/cross_validation.hpp", R"(#include <gradus/models/cross_validation.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/penalties/lasso.hpp>
double choose(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    return cross_validate(gradus::LinearRegression<double, gradus::Lasso>(), X, y).best_lambda;
}
)"},
    {"models/regression.hpp", R"(#include <gradus/models/regression.hpp>
#include <gradus/losses/squared.hpp>
bool fit(const Eigen::MatrixXd& X, const Eigen::VectorXd& y) {
    return gradus::Regression<gradus::Squared<double>>().fit(X, y).converged();
}
)"},
    {"gradus.hpp", R"(#include <gradus/gradus.hpp>
bool fit(const Eigen::MatrixXd& X, const Eigen::VectorXi& y) {
    return gradus::LogisticRegression<double>().fit(X, y).converged();
}
)"},
};

constexpr Program here = {"GRADUS_COMPILED_HERE, gradus.hpp", R"(#define GRADUS_COMPILED_HERE
#include <gradus/gradus.hpp>
)"};

double user_seconds_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "gradus-XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no folder for temporary files");
        path = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
};

// negative: it does not compile
double seconds_to_compile(const Program& program, int runs, const std::string& flags = "") {
    const Folder folder;
    const std::string source = (folder.path / "program.cpp").string();
    std::ofstream(source) << program.text;
    const std::string command =
        std::string(GRADUS_BENCHMARK_COMPILE " ") + flags + " -c '" + source + "' -o '" + source + ".o'";
    double best = std::numeric_limits<double>::infinity();
    for (int run = 0; run < runs; ++run) {
        const double start = user_seconds_of_children();
        if (std::system(command.c_str()) != 0) return -1;
        best = std::min(best, user_seconds_of_children() - start);
    }
    return best;
}

double seconds_for_eigen() {
    static const double seconds = seconds_to_compile(eigen, 3);
    return seconds;
}

void compile(benchmark::State& state, const Program& program, const std::string& flags) {
    for (auto _ : state) {
        const double seconds = seconds_to_compile(program, is_smoke() ? 1 : 3, flags);
        if (seconds < 0) return state.SkipWithError("does not compile");
        state.SetIterationTime(seconds);
        if (!is_smoke()) state.counters["ratio"] = seconds / seconds_for_eigen();
    }
}

const bool are_registered = [] {
    const auto add = [](const Program& program, std::string flags = "") {
        benchmark::RegisterBenchmark((std::string(program.name) + (flags.empty() ? "" : " " + flags)).c_str(), compile,
                                     program, flags)
            ->UseManualTime()
            ->Iterations(1)
            ->Unit(benchmark::kSecond);
    };
    if (is_smoke()) return add(programs[0]), true;
    add(eigen);
    for (const Program& program : programs) add(program), add(program, "-D GRADUS_COMPILED_ELSEWHERE");
    add(here);
    return true;
}();

}  // namespace
