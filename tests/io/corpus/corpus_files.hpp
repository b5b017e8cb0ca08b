#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

// Small files of the formats that users bring, written byte by byte.
namespace sslslr::io::test {

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << bytes;
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// The content of a .npy file of version 1. @param type  NumPy's name for it, such as "<f4"
inline std::string npy_bytes(const std::string& type, const std::vector<std::size_t>& shape,
                             const std::string& values, bool is_fortran = false) {
    auto header =
        fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}{}), }}", type,
                    is_fortran ? "True" : "False", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
    header.resize((header.size() + 10 + 64) / 64 * 64 - 10, ' ');
    header.back() = '\n';
    const auto length = static_cast<std::uint16_t>(header.size());
    return "\x93NUMPY\x01" + std::string(1, '\0') + std::string{reinterpret_cast<const char*>(&length), 2} +
           header + values;
}

}  // namespace sslslr::io::test
