#pragma once
// Whole files, and what could not be read or written said.

#include <gradus/core/errors.hpp>

#include <fstream>
#include <istream>
#include <string>

namespace gradus::saved {

/// All that is left of a stream; `origin` names it in the refusal. Throws InvalidInput.
inline std::string content_of(std::istream& in, const std::string& origin) {
    std::string content;
    char block[4096];
    // read() turns into a bad state what the iterators of a stream buffer throw, as at a folder
    while (in.read(block, sizeof block) || in.gcount() > 0)
        content.append(block, static_cast<std::size_t>(in.gcount()));
    if (in.bad() || !in.eof()) reject("cannot read ", origin);
    return content;
}
/// All of a file. Throws InvalidInput.
inline std::string content_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return content_of(in, file);
}

/// Throws InvalidInput.
inline void write_file(const std::string& file, const std::string& content) {
    std::ofstream out(file, std::ios::binary);
    out << content;
    if (!out.flush()) reject("cannot write ", file);
}

}  // namespace gradus::saved
