// What a fit that did not succeed says would do better: options that can be followed, whatever the model, penalty,
// solver and scalar at hand.
#include "fit_csv/run_fit_csv.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

// What the report advises, each alternative as the words that follow.
std::vector<Arguments> remedies(const std::string& report) {
    const std::string mark = "; try  ";
    const std::size_t begin = report.find(mark);
    if (begin == report.npos) return {};
    std::string advice = report.substr(begin + mark.size(), report.find('\n', begin) - begin - mark.size());
    std::vector<Arguments> out;
    for (std::size_t comma; !advice.empty(); advice.erase(0, comma == advice.npos ? comma : comma + 5)) {
        comma = advice.find(", or ");
        std::istringstream words(advice.substr(0, comma));
        out.emplace_back();
        for (std::string word; words >> word;) out.back().push_back(word);
    }
    return out;
}

void leave_out(Arguments& arguments, const std::string& option) {
    const auto at = std::find(arguments.begin(), arguments.end(), option);
    if (at == arguments.end()) return;
    const bool has_value = option != "--firth" && option != "--standardize";
    arguments.erase(at, at + (has_value ? 2 : 1));
}

// "--firth without --solver", "--scalar double": what was there before of the same name goes.
Arguments followed(Arguments arguments, const Arguments& remedy) {
    const auto without = std::find(remedy.begin(), remedy.end(), "without");
    for (const std::string& word : remedy)
        if (word.rfind("--", 0) == 0) leave_out(arguments, word);
    arguments.insert(arguments.begin(), remedy.begin(), without);
    return arguments;
}

// Returns how many remedies there were. Of a large fit they are named without being tried.
std::size_t check_remedies(const Arguments& arguments, bool is_large = false) {
    CAPTURE(arguments);
    const Run run = fit_csv(arguments);
    INFO(run.out << run.err);
    CHECK((run.status == 0 || run.status == 3));
    for (const std::string word : {"gradus::", "FirthLogistic", "max_iterations", "max_megabytes", "NewtonCG", "LBFGS"})
        CHECK_THAT(run.out, !ContainsSubstring(word));
    const std::vector<Arguments> all = remedies(run.out);
    CHECK(all.empty() == (run.status == 0));
    for (const Arguments& remedy : all) {
        CAPTURE(remedy);
        REQUIRE_THAT(remedy[0], ContainsSubstring("--"));
        const Run after = fit_csv(followed(arguments, remedy));
        INFO(after.err);
        CHECK((after.status == 0 || (is_large && after.status == 3)));
    }
    return all.size();
}

std::string rows(bool is_hard) {
    std::string content = "x,z,y\n";
    for (int i = 0; i < 40; ++i) {
        const int x = i * 7 % 23, z = i * 5 % 17;
        content += std::to_string(x) + "," + std::to_string(is_hard ? 1000 * z + x : z) + "," +
                   std::to_string((x + z + i % 5) % 3 == 0) + "\n";
    }
    return content;
}

}  // namespace

TEST_CASE("remedies can be followed: too few iterations") {
    const TemporaryFile file(rows(true));
    std::size_t found = 0;
    for (const Arguments& model : std::vector<Arguments>{
             {"--model", "logistic"},
             {"--model", "logistic", "--firth"},
             {"--model", "logistic", "--penalty", "lasso=0.01"},
             {"--model", "linear", "--penalty", "elastic-net=0.01:0.5", "--solver", "fista"},
             {"--model", "poisson", "--penalty", "lasso=0.01", "--solver", "fista", "--scalar", "float"},
             {"--model", "ordinal", "--solver", "gradient-descent", "--scalar", "long-double"},
             {"--model", "logistic", "--solver", "gradient-descent", "--step", "1e-6"},
             {"--model", "linear", "--solver", "momentum", "--penalty", "ridge=1e-3"},
             {"--model", "huber", "--solver", "lbfgs"}}) {
        Arguments arguments = model;
        arguments.insert(arguments.end(), {"--target", "y", "--max-iterations", "1", file.path()});
        found += check_remedies(arguments);
    }
    CHECK(found >= 9);
}

TEST_CASE("remedies can be followed: no finite optimum, and columns that are too much alike") {
    const TemporaryFile separated("x,y\n1,0\n2,0\n3,1\n4,1\n"), counts("g,y\n0,3\n0,5\n0,1\n1,0\n1,0\n");
    std::string alike = "x,z,y\n";
    for (int i = 0; i < 30; ++i)
        alike += std::to_string(1000000 + i) + "," + std::to_string(1000000 + i) + (i % 3 ? ".0000001" : ".0000002") +
                 "," + std::to_string(i * i % 7 < 3) + "\n";
    const TemporaryFile dependent(alike);
    for (const std::string scalar : {"float", "double", "long-double"}) {
        for (const Arguments& more :
             std::vector<Arguments>{{}, {"--solver", "newton"}, {"--penalty", "ridge=0"}, {"--solver", "lbfgs"}}) {
            Arguments arguments{"--model", "logistic", "--target", "y", "--scalar", scalar};
            arguments.insert(arguments.end(), more.begin(), more.end());
            arguments.push_back(separated.path());
            CHECK(check_remedies(arguments) > 0);
            arguments.back() = dependent.path();
            check_remedies(arguments);
        }
        CHECK(check_remedies({"--model", "poisson", "--target", "y", "--scalar", scalar, counts.path()}) > 0);
        CHECK(check_remedies({"--model", "ordinal", "--target", "y", "--scalar", scalar, separated.path()}) > 0);
        check_remedies(
            {"--model", "linear", "--target", "y", "--solver", "cholesky", "--scalar", scalar, dependent.path()});
    }
    const Run run = fit_csv({"--model", "logistic", "--target", "y", "--solver", "newton", separated.path()});
    CHECK_THAT(run.out, ContainsSubstring("--firth without --solver"));
}

TEST_CASE("a limit on the iterations leaves the choice of the solver to the size of the problem") {
    const TemporaryFile small(rows(false));
    const Arguments logistic{"--model", "logistic", "--target", "y", "--penalty", "ridge=0.1"};
    const auto solver_of = [&](const TemporaryFile& file, Arguments more) {
        more.insert(more.begin(), logistic.begin(), logistic.end());
        more.push_back(file.path());
        return fit(more)["solver"].get<std::string>();
    };
    CHECK(solver_of(small, {}) == "newton");
    CHECK(solver_of(small, {"--max-iterations", "50"}) == "newton");
    std::string header = "y", content;
    for (int j = 0; j < 2500; ++j) header += ",x" + std::to_string(j);
    for (int i = 0; i < 30; ++i) {
        content += "\n" + std::to_string(i % 3 == 0);
        for (int j = 0; j < 2500; ++j) content += "," + std::to_string((i * (j + 3) + j * j) % 19);
    }
    const TemporaryFile wide(header + content + "\n");
    CHECK(solver_of(wide, {}) == "newton-cg");
    CHECK(solver_of(wide, {"--max-iterations", "2000000000"}) == "newton-cg");
    CHECK(solver_of(wide, {"--solver", "lbfgs"}) == "lbfgs");
    const Arguments one_step{"--model", "logistic", "--target", "y", "--max-iterations", "1", wide.path()};
    CHECK(check_remedies(one_step, true) == 1);
    CHECK_THAT(fit_csv(one_step).out,
               ContainsSubstring("after 1 steps") && ContainsSubstring("try  --max-iterations 10\n"));
}

TEST_CASE("what is advised succeeds where the first thought would not") {
    std::string growth = "x,y\n", powers = "x,y\n";
    for (int i = 0; i < 60; ++i) {
        growth += std::to_string(1000 * i) + "," + std::to_string(std::lround(std::exp(i / 10.0))) + "\n";
        powers += std::to_string(1000 + i / 10.0) + "," + std::to_string(std::sin(i) + i % 5) + "\n";
    }
    const TemporaryFile counts(growth), narrow(powers), separated("x,y\n1,0\n2,0\n3,1\n4,1\n");
    const Arguments poisson{"--model", "poisson", "--target", "y", counts.path()},
        linear{"--model", "linear", "--target", "y", narrow.path()};
    for (const std::string solver : {"gradient-descent", "sgd", "saga", "adam"})
        CHECK(check_remedies(with({"--solver", solver}, poisson)) > 0);
    CHECK(check_remedies(with({"--solver", "gradient-descent", "--step", "10"}, poisson)) > 0);
    for (const Arguments& more : std::vector<Arguments>{{}, {"--scalar", "long-double"}, {"--penalty", "ridge=1e-3"}})
        check_remedies(with(with({"--polynomial", "12"}, more), linear));
    for (const std::string penalty : {"lasso=1e-9", "elastic-net=1e-9:0.5", "ridge=1e-12"})
        check_remedies({"--model", "logistic", "--target", "y", "--penalty", penalty, separated.path()});
}
