// Arrays of numbers in files, as numpy's tofile() and fromfile() have them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

template <class T>
std::vector<T> read(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        std::exit(2);
    }
    std::vector<T> out(static_cast<std::size_t>(file.tellg()) / sizeof(T));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * sizeof(T)));
    return out;
}

inline void write(std::ofstream& file, const double* numbers, std::ptrdiff_t count) {
    file.write(reinterpret_cast<const char*>(numbers), static_cast<std::streamsize>(sizeof(double)) * count);
}
