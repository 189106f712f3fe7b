// The program fit_csv as its users see it: arguments in; exit status, output and files out.
#pragma once

#include "support/catch.hpp"
#include "support/correct_digits.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace gradus::test {

using Json = nlohmann::json;
using Arguments = std::vector<std::string>;

inline Arguments with(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

struct Run {
    int status;
    std::string out, err;

    Json json() const { return Json::parse(out); }
};

/// Arguments reach the program as they are, whatever characters they hold; `before` is what the shell is to do first.
Run fit_csv(const std::vector<std::string>& arguments, const std::string& before = "");

/// The same with --json -; fails unless the program exits with `status`.
Json fit(std::vector<std::string> arguments, int status = 0);

/// The one line on standard error of a run that ends with status 2 and writes nothing else.
std::string refusal(const std::vector<std::string>& arguments, const std::string& before = "");

/// A file that lives as long as this object.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content = "");
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    std::string path() const { return path_.string(); }
    std::string content() const;

private:
    std::filesystem::path path_;
};

/// A set of tests/data, and one of the models in its reference.
std::string data_file(const std::string& name);
Json reference(const std::string& name, const std::string& model);

double number(const Json& text);  // the references are strings

/// The estimate with this name, and output where there are several; fails when there is none.
double estimate(const Json& answer, const std::string& name, const std::string& output = "");

}  // namespace gradus::test
