// Random damage to CSV files and to saved models: a sentence or the right thing, never a crash. `files --rounds N`; to
// be run for long under the address sanitizer.

#include "fit_csv/coding.hpp"
#include <gradus/core/random.hpp>
#include <gradus/io/json.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/preprocessing/pipeline.hpp>
#include <gradus/preprocessing/polynomial_features.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

namespace {

using gradus::Random;

std::string damaged(std::string text, Random& random) {
    static const std::string_view pieces[] = {
        ",",  ";",   "\t",  "\"", "\"\"",  "\n", "\r\n", "\r",  "\xFF\xFE", std::string_view("\0", 1),
        "NA", "0x1", "inf", "-",  "1e999", "[",  "{",    "\\u", "null",     "\xEF\xBB\xBF"};
    for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
        const std::size_t at = random.below(text.size() + 1), size = text.size();
        switch (random.below(6)) {
        case 0:
            text.insert(at, pieces[random.below(std::size(pieces))]);
            break;
        case 1:
            text.erase(at, random.below(12));
            break;
        case 2:
            text.insert(at, text.substr(random.below(size + 1), random.below(60)));
            break;
        case 3:
            text.insert(at, std::string(random.below(300), "x,\"\n[1"[random.below(6)]));
            break;
        case 4:
            text.resize(at);
            break;
        default:
            if (at < size) text[at] = static_cast<char>(random.below(256));
        }
    }
    return text;
}

void check_sentence(const std::string& sentence) {
    if (sentence.empty() || sentence.size() > 1000)
        throw std::logic_error("a refusal of " + std::to_string(sentence.size()) + " bytes");
    for (const char c : sentence)
        if (c == '\n') throw std::logic_error("a refusal of several lines: " + sentence);
}

void read_table(const std::string& path, Random& random) {
    using namespace fit_csv;
    static const char separators[] = {0, 0, 0, ';', '\t', '^'};
    CsvTable table(path, separators[random.below(6)]);
    std::vector<std::size_t> columns;
    for (std::size_t j = 0; j < table.names().size(); ++j) columns.push_back(j);
    leave_out_missing(table, columns, random.below(2) == 0);
    Coding coding;
    for (const std::string& name : table.names()) {
        RealVector codes;
        coding.columns.push_back({name, {}});
        if (random.below(2) == 0) coding.columns.back().levels = Levels(table, table.column(name, "--x")).sorted(codes);
    }
    const RealMatrix X = coding.matrix(table, false);
    if (X.rows() != static_cast<Eigen::Index>(table.rows()) || !X.allFinite())
        throw std::logic_error("a table with other numbers than its file");
}

using Model = gradus::Pipeline<gradus::LogisticRegression<double, gradus::NoPenalty, std::string>,
                               gradus::StandardScaler<double>, gradus::PolynomialFeatures<double>>;

std::string saved_model() {
    Eigen::MatrixXd X(6, 2);
    X << 1, 2, 2, 1, 3, 5, 4, 1, 5, 3, 6, 4;
    Model model{{}, gradus::StandardScaler<double>(), gradus::PolynomialFeatures<double>({.degree = 1})};
    model.fit(X, std::vector<std::string>{"no", "yes", "no", "no", "yes", "yes"});
    std::ostringstream out;
    gradus::save(model, out);
    return out.str();
}

void read_model(const std::string& content, const std::string& good) {
    std::istringstream in(content);
    std::ostringstream out;
    gradus::save(gradus::load<Model>(in), out);
    if (out.str() != good) throw std::logic_error("another model was read");
}

}  // namespace

int main(int argc, char** argv) try {
    const int rounds = argc == 3 && std::string(argv[1]) == "--rounds" ? std::atoi(argv[2]) : 2000;
    const std::string path =
        (std::filesystem::temp_directory_path() / ("gradus_trial_" + std::to_string(std::random_device()()))).string();
    const std::string table = "id,x,\"a \"\"b\"\"\",c\n1,0.5,-3e2,red\n2,NA,7,\"blue, green\"\n\"3\",1,+2.,red\n";
    const std::string model = saved_model();
    Random random(static_cast<std::uint64_t>(rounds));
    int read = 0, refused = 0;
    const auto attempt = [&](auto&& what) {
        try {
            what();
            ++read;
        } catch (const fit_csv::BadInput& error) {
            check_sentence(error.what());
            ++refused;
        } catch (const gradus::InvalidInput& error) {
            check_sentence(error.what());
            ++refused;
        }
    };
    for (int round = 0; round < rounds; ++round) {
        std::ofstream(path, std::ios::binary) << damaged(table, random);
        attempt([&] { read_table(path, random); });
        attempt([&] { read_model(damaged(model, random), model); });
    }
    std::filesystem::remove(path);
    std::cout << read << " read, " << refused << " refused\n";
    return read > 0 && refused > 0 ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
