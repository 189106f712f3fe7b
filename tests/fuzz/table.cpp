// CSV files of anything: a table of finite numbers, or one short sentence. The first byte says how the file is to be
// read.

#include "support/any_file.hpp"

#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const int file = memfd_create("table", 0);
    static const std::string path = "/proc/self/fd/" + std::to_string(file);
    if (size == 0) return 0;
    std::size_t state = bytes[0];
    const auto choose = [&](std::size_t n) {
        const std::size_t choice = state % n;
        state = state / n + 7 * choice;
        return choice;
    };
    if (ftruncate(file, 0) != 0 || pwrite(file, bytes + 1, size - 1, 0) != static_cast<ssize_t>(size - 1)) return 0;
    gradus::test::is_read([&] { gradus::test::read_table(path, choose); });
    return 0;
}
