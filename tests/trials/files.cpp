// Random damage to CSV files and to saved models: a sentence or the right thing, never a crash. `files --rounds N`; to
// be run for long under the address sanitizer.

#include "support/any_file.hpp"
#include <gradus/core/random.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

namespace {

using gradus::Random;
using namespace gradus::test;

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

}  // namespace

int main(int argc, char** argv) try {
    const int rounds = argc == 3 && std::string(argv[1]) == "--rounds" ? std::atoi(argv[2]) : 2000;
    const std::string path =
        (std::filesystem::temp_directory_path() / ("gradus_trial_" + std::to_string(std::random_device()()))).string();
    const std::string table = "id,x,\"a \"\"b\"\"\",c\n1,0.5,-3e2,red\n2,NA,7,\"blue, green\"\n\"3\",1,+2.,red\n";
    const std::string model = saved_model();
    Random random(static_cast<std::uint64_t>(rounds));
    int read = 0, refused = 0;
    const auto attempt = [&](auto&& what) { ++(is_read(what) ? read : refused); };
    const auto choose = [&](std::uint64_t n) { return random.below(n); };
    for (int round = 0; round < rounds; ++round) {
        std::ofstream(path, std::ios::binary) << damaged(table, random);
        attempt([&] { read_table(path, choose); });
        attempt([&] {
            if (saved_again<SavedModel>(damaged(model, random)) != model)
                throw std::logic_error("another model was read");
        });
    }
    std::filesystem::remove(path);
    std::cout << read << " read, " << refused << " refused\n";
    return read > 0 && refused > 0 ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
