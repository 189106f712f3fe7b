#include "fit_csv/run_fit_csv.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <sys/wait.h>

namespace gradus::test {

namespace {

std::string quoted_for_the_shell(const std::string& argument) {
    std::string out = "'";
    for (const char c : argument) c == '\'' ? out += "'\\''" : out += c;
    return out + "'";
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

Run fit_csv(const std::vector<std::string>& arguments, const std::string& before) {
    const TemporaryFile out, err;
    std::string command = before + quoted_for_the_shell(GRADUS_FIT_CSV);
    for (const std::string& argument : arguments) command.append(" ").append(quoted_for_the_shell(argument));
    command.append(" > ")
        .append(quoted_for_the_shell(out.path()))
        .append(" 2> ")
        .append(quoted_for_the_shell(err.path()));
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out.content(), err.content()};
}

Json fit(std::vector<std::string> arguments, int status) {
    arguments.insert(arguments.end(), {"--json", "-"});
    const Run run = fit_csv(arguments);
    INFO(run.err);
    REQUIRE(run.status == status);
    return run.json();
}

std::string refusal(const std::vector<std::string>& arguments, const std::string& before) {
    const Run run = fit_csv(arguments, before);
    INFO(run.err);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.size() < 500);
    CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 1);
    return run.err;
}

TemporaryFile::TemporaryFile(const std::string& content) {
    static std::random_device random;
    path_ = std::filesystem::temp_directory_path() /
            ("gradus_test_" + std::to_string(random()) + "_" + std::to_string(random()));
    std::ofstream(path_, std::ios::binary) << content;
}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

std::string TemporaryFile::content() const { return read(path_); }

std::string data_file(const std::string& name) { return std::string(GRADUS_TEST_DATA) + "/" + name + ".csv"; }

Json reference(const std::string& name, const std::string& model) {
    const Json set = Json::parse(read(std::string(GRADUS_TEST_DATA) + "/" + name + ".reference.json"));
    for (const Json& candidate : set["models"])
        if (candidate["id"] == model) return candidate;
    throw std::runtime_error("no model " + model + " in " + name);
}

double number(const Json& text) {
    return text.is_string() ? std::strtod(text.get<std::string>().c_str(), nullptr) : text.get<double>();
}

double estimate(const Json& answer, const std::string& name, const std::string& output) {
    for (const Json& row : answer["coefficients"])
        if (row["name"] == name && (output.empty() || row["output"] == output)) return row["estimate"];
    FAIL("no coefficient " << name << " of " << output);
    return 0;
}

}  // namespace gradus::test
